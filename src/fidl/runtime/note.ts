/** What message events say of each kind of message. */
import { statusName } from "../../zx/status.ts";
import { bodyText } from "./describe_message.ts";
import { describeValue } from "./describe_value.ts";
import type { MessageNote } from "./link.ts";
import type { Method } from "./method.ts";
import { type Result, status, UNKNOWN_METHOD_ANSWER, UNKNOWN_METHOD_RESULT } from "./result.ts";

export function noteOf(method: Method, what: "request" | "event", txid: number, body: unknown): MessageNote {
  const describe: MessageNote["describe"] = (options) => bodyText(method, { kind: what, body }, options);
  return { method: method.name, what, txid, body, describe };
}

export function noteOfResponse(method: Method, txid: number, result: Result): MessageNote {
  const describe: MessageNote["describe"] = (options) =>
    bodyText(method, { kind: "response", body: result }, options);
  return { method: method.name, what: "response", txid, body: bodyOf(result), describe };
}

/** `method`: what can be said of it. */
export function noteOfUnknownMethod(method: string, txid: number): MessageNote {
  const result = UNKNOWN_METHOD_RESULT;
  const describe: MessageNote["describe"] = (options) =>
    describeValue(UNKNOWN_METHOD_ANSWER, result, options);
  return { method, what: "response", txid, body: bodyOf(result), describe };
}

/** `protocol`: whose server hangs up. */
export function noteOfEpitaph(protocol: string, reason: number): MessageNote {
  const body = { error: statusName(reason) };
  const describe: MessageNote["describe"] = (options) => describeValue(status, reason, options);
  return { method: protocol, what: "epitaph", txid: 0, body, describe };
}

/** What message events show of a result as data. */
function bodyOf(result: Result): unknown {
  if (result.kind === "response") return result.response;
  const error = result.kind === "err" ? result.err : result.frameworkErr;
  return { error: typeof error === "number" ? statusName(error) : error };
}
