/**
 * The union that a two-way method answers with if it is declared with `error`, or is flexible.
 *
 * Source: FIDL language, "method results"; RFC-0138 for methods that the server may not know.
 */
import { Status } from "../../zx/status.ts";
import { Codec, type Member } from "./codec.ts";
import { struct } from "./layouts.ts";
import { int32 } from "./primitives.ts";
import { flexibleEnum } from "./values.ts";

/** The error that methods declare as `error zx.Status`. */
export const status: Codec<number> = new Codec("zx.Status", 4, 4, int32.type, int32);

/** What a call brings: a response, the method's error, or the news that the server does not know the method. */
export type Result =
  | { readonly kind: "response"; readonly response: unknown }
  | { readonly kind: "err"; readonly err: unknown }
  | { readonly kind: "frameworkErr"; readonly frameworkErr: number };

/** The one error of the framework. */
const UNKNOWN_METHOD = Status.NOT_SUPPORTED;
export const UNKNOWN_METHOD_RESULT: Result = { kind: "frameworkErr", frameworkErr: UNKNOWN_METHOD };

const RESPONSE = 1;
const ERROR = 2;
const FRAMEWORK_ERROR = 3;

const EMPTY = struct<object>("struct {}", {});
const FRAMEWORK_ERROR_CODEC = flexibleEnum<number>("fidl/FrameworkErr", int32, { UNKNOWN_METHOD });

/** The result union of a method. It is strict: there is nothing but what the method can answer. */
export function resultOf(
  method: string,
  response: Codec<unknown> | undefined,
  error: Codec<unknown> | undefined,
  flexible: boolean,
): Codec<Result> {
  const name = `${method} result`;
  const success: Codec<unknown> = response ?? EMPTY;
  const members: Member[] = [{ name: "response", key: "response", codec: success, position: RESPONSE }];
  if (error !== undefined) members.push({ name: "err", key: "err", codec: error, position: ERROR });
  if (flexible) {
    const key = "frameworkErr";
    members.push({ name: "framework_err", key, codec: FRAMEWORK_ERROR_CODEC, position: FRAMEWORK_ERROR });
  }
  return new Codec<Result>(
    name,
    16,
    8,
    { kind: "union", members, strict: true },
    {
      encode(e, offset, result) {
        if (result.kind === "response") {
          e.union(offset, RESPONSE, success, response === undefined ? undefined : result.response);
        } else if (result.kind === "err" && error !== undefined) {
          e.union(offset, ERROR, error, result.err);
        } else if (result.kind === "frameworkErr" && flexible) {
          e.union(offset, FRAMEWORK_ERROR, FRAMEWORK_ERROR_CODEC, result.frameworkErr);
        } else {
          e.unknownVariant(offset, result, name);
        }
      },
      decode(d, offset) {
        const ordinal = d.unionOrdinal(offset);
        if (ordinal === RESPONSE) {
          const value = d.envelope(offset + 8, success);
          return { kind: "response", response: response === undefined ? undefined : value };
        }
        if (ordinal === ERROR && error !== undefined) {
          const err = d.envelope(offset + 8, error);
          if (error === status && err === Status.OK) {
            d.fail("INVALID_VALUE", offset + 8, "an error whose status is OK");
          }
          return { kind: "err", err };
        }
        if (ordinal === FRAMEWORK_ERROR && flexible) {
          const frameworkErr = d.envelope(offset + 8, FRAMEWORK_ERROR_CODEC);
          if (frameworkErr !== UNKNOWN_METHOD) {
            d.fail("INVALID_VALUE", offset + 8, `the framework has no error ${frameworkErr}`);
          }
          return UNKNOWN_METHOD_RESULT;
        }
        return d.strictVariant(offset, name);
      },
    },
  );
}

/** What an open protocol's server answers to a flexible method with an answer that it does not know. */
export const UNKNOWN_METHOD_ANSWER: Codec<Result> = resultOf("an unknown method", undefined, undefined, true);
