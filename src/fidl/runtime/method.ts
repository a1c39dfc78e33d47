/** Methods as data: what generated code says of each. */
import type { Codec } from "./codec.ts";
import { type Result, resultOf } from "./result.ts";

/** A method or event, whatever its types. */
export interface Method {
  readonly kind: "twoWay" | "oneWay" | "event";
  /** `fuchsia.hardware.pci/Device.GetBar`. */
  readonly name: string;
  /** From SHA-256 of the name, as fidlc computes it. */
  readonly ordinal: bigint;
  readonly ordinalLow: number;
  readonly ordinalHigh: number;
  /** Whether an end that does not know the method may go on without it. */
  readonly flexible: boolean;
  /** What the client sends; undefined where there is no payload. */
  readonly request: Codec<unknown> | undefined;
  /** What the server sends: the payload of a response, or of an event. */
  readonly response: Codec<unknown> | undefined;
  /** What a server answers instead, where the method is declared with `error`. */
  readonly error: Codec<unknown> | undefined;
  /** The union of these that an answer is, where the method has an error or is flexible. */
  readonly result: Codec<Result> | undefined;
}

declare const requestOf: unique symbol;
declare const responseOf: unique symbol;

/** A method with an answer. `void` where there is no payload. */
export interface TwoWay<Request, Response> extends Method {
  readonly kind: "twoWay";
  readonly [requestOf]?: (request: Request) => Request;
  readonly [responseOf]?: (response: Response) => Response;
}

/** A method without an answer. */
export interface OneWay<Request> extends Method {
  readonly kind: "oneWay";
  readonly [requestOf]?: (request: Request) => Request;
}

/** What a server says without being asked. */
export interface Event<Payload> extends Method {
  readonly kind: "event";
  readonly [responseOf]?: (payload: Payload) => Payload;
}

interface Named {
  readonly name: string;
  readonly ordinal: bigint;
  /** Strict by default. */
  readonly flexible?: boolean;
}

// The declared types decide and the codecs are checked against them, so they must not be inferred from these.

export function twoWay<Request = void, Response = void>(
  definition: Named & {
    readonly request?: Codec<NoInfer<Request>>;
    readonly response?: Codec<NoInfer<Response>>;
    readonly error?: Codec<unknown> | undefined;
  },
): TwoWay<Request, Response> {
  const { request, response, error } = definition;
  return method("twoWay", definition, request, response, error) as TwoWay<Request, Response>;
}

export function oneWay<Request = void>(
  definition: Named & { readonly request?: Codec<NoInfer<Request>> },
): OneWay<Request> {
  return method("oneWay", definition, definition.request, undefined, undefined) as OneWay<Request>;
}

export function event<Payload = void>(
  definition: Named & { readonly payload?: Codec<NoInfer<Payload>> },
): Event<Payload> {
  return method("event", definition, undefined, definition.payload, undefined) as Event<Payload>;
}

function method(
  kind: Method["kind"],
  { name, ordinal, flexible = false }: Named,
  request: Codec<unknown> | undefined,
  response: Codec<unknown> | undefined,
  error: Codec<unknown> | undefined,
): Method {
  const hasResult = kind === "twoWay" && (error !== undefined || flexible);
  return {
    kind,
    name,
    ordinal,
    ordinalLow: Number(ordinal & 0xffff_ffffn),
    ordinalHigh: Number(ordinal >> 32n),
    flexible,
    request,
    response,
    error,
    result: hasResult ? resultOf(name, response, error, flexible) : undefined,
  };
}
