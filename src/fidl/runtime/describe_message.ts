/**
 * Messages as text, for traces and for bytes that somebody has found.
 */
import { hex } from "../../zx/pages.ts";
import { statusName } from "../../zx/status.ts";
import { describeValue, type ValueTextOptions, WIDTH } from "./describe_value.ts";
import { type Header, ordinalOf } from "./message.ts";
import type { Method } from "./method.ts";
import type { ProtocolInfo } from "./protocol.ts";
import { type MessageBody, type MessageReading, type ReadOptions, readMessage } from "./read_message.ts";
import type { Result } from "./result.ts";
import { layOut } from "./text_layout.ts";

export interface MessageTextOptions extends ReadOptions {
  /** Columns of a line, 100 by default; what does not fit is spread over several lines. */
  readonly width?: number;
}

/**
 * A message as text: what it is, of which method, and its body. Never throws: what is wrong with a message is said in the text.
 *
 *     response fuchsia.hardware.pci/Device.MapInterrupt (transaction 1) = { interrupt: zx.Handle:INTERRUPT = interrupt }
 *
 * `handles` say what the handles of the message are (`vmo "edu bar 0"`); undefined if nobody knows, not even how many there are.
 */
export function describeMessage(
  bytes: Uint8Array,
  handles: readonly string[] | undefined,
  protocols: readonly ProtocolInfo[],
  { from, width = WIDTH }: MessageTextOptions = {},
): string {
  const reading = readMessage(bytes, handles?.length, protocols, { from });
  return describeReading(reading, bytes.length, handles, width);
}

/** What has been read of a message of `size` bytes, as text. */
export function describeReading(
  reading: MessageReading,
  size: number,
  handles: readonly string[] | undefined,
  width: number,
): string {
  switch (reading.what) {
    case "nothing":
      return `no FIDL message: ${reading.error.detail}`;
    case "epitaph":
      return `epitaph = ${statusName(reading.status)}`;
    case "unknown":
      return describeUnknown(reading.header, size, handles);
    case "damaged":
      return `${reading.kind} ${titleOf(reading)}: ${reading.error.detail}`;
    case "message": {
      const handleText = (handle: number) => handles?.[handle - 1] ?? `handle ${handle}`;
      const body = bodyText(reading.method, reading, { handleText, width: Number.POSITIVE_INFINITY });
      const title = `${reading.kind} ${titleOf(reading)}`;
      return layOut(body === "" ? title : `${title} = ${body}`, width);
    }
  }
}

/** The body of a message of a method, as text; empty where it has none. */
export function bodyText(method: Method, { kind, body }: MessageBody, options: ValueTextOptions): string {
  if (kind === "response") return resultText(method, body, options);
  return payloadText(kind === "request" ? method.request : method.response, body, options);
}

/** An answer: its payload, or its error. */
function resultText(method: Method, result: Result, options: ValueTextOptions): string {
  if (result.kind === "response") return payloadText(method.response, result.response, options);
  return describeValue(method.result!, result, options);
}

function payloadText(codec: Method["request"], body: unknown, options: ValueTextOptions): string {
  return codec === undefined ? "" : describeValue(codec, body, options);
}

function titleOf({ method, header }: { readonly method: Method; readonly header: Header }): string {
  return `${method.name}${transactionOf(header)}`;
}

function transactionOf({ txid }: Header): string {
  return txid === 0 ? "" : ` (transaction ${txid})`;
}

function describeUnknown(header: Header, size: number, handles: readonly string[] | undefined): string {
  const strictness = header.flexible ? "flexible" : "strict";
  const carried = handles === undefined || handles.length === 0 ? "" : `, with ${handles.join(", ")}`;
  return `${strictness} message of an unknown method, ordinal ${hex(ordinalOf(header), 16)}${transactionOf(header)}: ${size} bytes${carried}`;
}
