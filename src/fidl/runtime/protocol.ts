import type { EventStream } from "../../events/events.ts";
import type { Handle } from "../../zx/constants.ts";
import type { ZxError } from "../../zx/error.ts";
import type { Zx } from "../../zx/syscalls.ts";
import { ClientCore } from "./client.ts";
import type { ClientEnd, ServerEnd } from "./handles.ts";
import { KernelTransport } from "./kernel_transport.ts";
import type { Event, Method, OneWay, TwoWay } from "./method.ts";
import { ServerBinding } from "./server.ts";
import type { Transport } from "./transport.ts";

/** Which messages the ends of a protocol may meet that they do not know: all flexible ones, those without an answer, none. */
export type Openness = "open" | "ajar" | "closed";

/** A message that was not known, and passed over. Its handles are closed. */
export interface UnknownInteraction {
  readonly kind: "oneWay" | "twoWay" | "event";
  readonly ordinal: bigint;
}

export interface ConnectionOptions {
  /** Every message becomes a `message` event here, built only while somebody listens. */
  readonly events?: EventStream;
  /** What a handle is, for those events (`vmo "edu bar 0"`); by default the kernel is asked. */
  readonly describeHandle?: (handle: Handle) => string;
  /** Called for each message that is not known, where the protocol lets the ends go on. */
  readonly onUnknown?: (interaction: UnknownInteraction) => void;
}

/** What one call may be given beside its arguments. */
export interface CallOptions {
  /** Gives the call up with CANCELED. The request has been sent; the server knows nothing of it. */
  readonly signal?: AbortSignal | undefined;
  /** Gives the call up with TIMED_OUT: nanoseconds of the machine's clock (`zx.clockGetMonotonic()`). */
  readonly deadline?: number | undefined;
}

/** What a server's method returns: its answer, or the promise of it. */
export type MaybePromise<T> = T | Promise<T>;

/** The client's end of a connection, which every client has beside its methods. */
export interface Connection extends Disposable {
  /** Closes the channel; calls in flight fail with CANCELED. Idempotent. */
  close(): void;
}

/** The server's end of a connection. */
export interface Binding<Events = unknown> {
  /** Resolves once the connection is over: with the reason, or undefined where the client hung up or `close` was called. */
  readonly closed: Promise<ZxError | undefined>;
  /** Sends the protocol's events. */
  readonly events: Events;
  /** Closes the channel, after an epitaph if a status is given. Answers to requests in progress are dropped. Idempotent. */
  close(epitaph?: number): void;
}

/** What the sender of a protocol's events is made of. */
export interface EventSender {
  /**
   * Sends an event, whose handles are gone afterwards. Throws FidlError for what cannot be encoded. Once the connection is over it
   * does nothing.
   */
  send<Payload>(event: Event<Payload>, payload: Payload): void;
}

/** What a protocol is as data. */
export interface ProtocolInfo {
  /** `fuchsia.hardware.pci/Device`. */
  readonly name: string;
  readonly openness: Openness;
  readonly methods: readonly Method[];
}

/** What a FIDL `protocol` is to a program: its names, and the two ends of a channel that speaks it. */
export interface Protocol<Client, Server, Events = unknown, Name extends string = string>
  extends ProtocolInfo {
  readonly name: Name;
  /** The service that has it as a member, `fuchsia.hardware.pci.Service`; the protocol's discoverable name where there is none. */
  readonly service: string;
  /** Speaks the protocol over `channel`, which is consumed. */
  client(zx: Zx, channel: ClientEnd<Name>, options?: ConnectionOptions): Client;
  /** Answers requests that come over `channel`, which is consumed. */
  serve(
    zx: Zx,
    channel: ServerEnd<Name>,
    implementation: Server,
    options?: ConnectionOptions,
  ): Binding<Events>;
  /** As `client`, over another transport: `new MessagePortTransport(port)`. */
  clientOver(transport: Transport, options?: ConnectionOptions): Client;
  /** As `serve`, over another transport. */
  serveOver(transport: Transport, implementation: Server, options?: ConnectionOptions): Binding<Events>;
}

/** A method as a server meets it: the message's types are hidden in the functions. */
export interface ServerMethod<Server, Events = unknown> {
  readonly method: Method;
  /** Undefined for an event. */
  readonly call:
    | ((implementation: Server, request: unknown, binding: Binding<Events>) => unknown)
    | undefined;
  /** Makes the payload of the response of what `call` gave. */
  readonly wrap: ((answer: unknown) => unknown) | undefined;
}

/**
 * Joins a method to the function of a server that answers it. `call` gets the request's payload and returns, or promises, the
 * response's; or something else, of which `wrap` makes the response's.
 */
export function serverMethod<Server, Request, Response, Answer = Response, Events = unknown>(
  method: TwoWay<Request, Response> | OneWay<Request>,
  call: (implementation: Server, request: Request, binding: Binding<Events>) => Answer | PromiseLike<Answer>,
  wrap?: (answer: Answer) => Response,
): ServerMethod<Server, Events> {
  return {
    method,
    call: call as ServerMethod<Server, Events>["call"],
    wrap: wrap as ServerMethod<Server, Events>["wrap"],
  };
}

/** Names an event among a protocol's methods. */
export function eventMethod<Payload>(method: Event<Payload>): ServerMethod<unknown> {
  return { method, call: undefined, wrap: undefined };
}

/** The parts that generated code makes a protocol of: a client over the core, and a table of methods. */
export interface ProtocolDefinition<Client, Server, Events = unknown, Name extends string = string> {
  readonly name: Name;
  readonly service?: string;
  /** Closed by default. */
  readonly openness?: Openness;
  readonly client: (core: ClientCore) => Client;
  /** Left out where there are no events. */
  readonly events?: (sender: EventSender) => Events;
  readonly methods: readonly ServerMethod<Server, Events>[];
}

export function defineProtocol<Client, Server, Events = unknown, Name extends string = string>(
  definition: ProtocolDefinition<Client, Server, Events, Name>,
): Protocol<Client, Server, Events, Name> {
  const { name, openness = "closed", service = name.replace("/", "."), client } = definition;
  const methods = definition.methods.map(({ method }) => method);
  const protocol: Protocol<Client, Server, Events, Name> = {
    name,
    service,
    openness,
    methods,
    client: (zx, channel, options) => protocol.clientOver(new KernelTransport(zx, channel), options),
    serve: (zx, channel, implementation, options) =>
      protocol.serveOver(new KernelTransport(zx, channel), implementation, options),
    clientOver: (transport, options = {}) => client(new ClientCore(transport, protocol, options)),
    serveOver: (transport, implementation, options = {}) =>
      new ServerBinding(transport, definition, implementation, options),
  };
  return protocol;
}

/** A fresh channel whose ends speak a protocol. */
export function createEndpoints<Name extends string>(
  zx: Zx,
  _protocol: { readonly name: Name },
): { client: ClientEnd<Name>; server: ServerEnd<Name> } {
  const [client, server] = zx.channelCreate();
  return { client, server };
}
