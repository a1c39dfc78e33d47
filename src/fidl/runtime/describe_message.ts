/**
 * Messages as text, for traces and for bytes that somebody has found.
 */
import { CHANNEL_MAX_MSG_HANDLES, type Handle, ObjectType } from "../../zx/constants.ts";
import { hex } from "../../zx/pages.ts";
import { statusName } from "../../zx/status.ts";
import { acquireDecoder, releaseDecoder } from "./body.ts";
import type { Decoder } from "./decoder.ts";
import { describeValue, type ValueTextOptions } from "./describe_value.ts";
import { FidlError } from "./errors.ts";
import {
  decodeEpitaph,
  decodeEvent,
  decodeHeader,
  decodeRequest,
  decodeResponse,
  type Header,
  isEpitaph,
  isOf,
  ordinalOf,
} from "./message.ts";
import type { Method } from "./method.ts";
import type { ProtocolInfo } from "./protocol.ts";
import type { Result } from "./result.ts";

export interface MessageTextOptions {
  /** Who sent the message. Where that is not said, a message that can be read as a request is one. */
  readonly from?: "client" | "server";
  /** Columns of a line, 100 by default; what does not fit is spread over several lines. */
  readonly width?: number;
}

/** Which of a method's messages one is. */
export type MessageKind = "request" | "response" | "event";

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
  options: MessageTextOptions = {},
): string {
  const decoder = acquireDecoder();
  try {
    decoder.load(bytes, [], undefined);
    const header = decodeHeader(decoder);
    if (isEpitaph(header)) return `epitaph = ${statusName(decodeEpitaph(decoder))}`;
    const method = protocols.flatMap(({ methods }) => methods).find((each) => isOf(each, header));
    if (method === undefined) return describeUnknown(header, bytes.length, handles);
    return describeKnown(decoder, method, header, bytes, handles, options);
  } catch (error) {
    if (error instanceof FidlError) return `no FIDL message: ${error.detail}`;
    throw error;
  } finally {
    releaseDecoder(decoder);
  }
}

/** The body of a message of a method, as text; empty where it has none. */
export function describeBody(
  method: Method,
  kind: MessageKind,
  body: unknown,
  options: ValueTextOptions,
): string {
  const codec = kind === "request" ? method.request : method.response;
  return codec === undefined ? "" : describeValue(codec, body, options);
}

/** An answer, as text: its payload, or its error. */
export function describeResult(method: Method, result: Result, options: ValueTextOptions): string {
  if (result.kind === "response") return describeBody(method, "response", result.response, options);
  return describeValue(method.result!, result, options);
}

function describeKnown(
  decoder: Decoder,
  method: Method,
  header: Header,
  bytes: Uint8Array,
  handles: readonly string[] | undefined,
  { from, width }: MessageTextOptions,
): string {
  const transaction = header.txid === 0 ? "" : ` (transaction ${header.txid})`;
  const titleOf = (kind: MessageKind) => `${kind} ${method.name}${transaction}`;
  const handleText = (handle: Handle) => handles?.[handle - 1] ?? `handle ${handle}`;
  const text = { handleText, ...(width === undefined ? {} : { width }) };
  // Where the handles are lost, there are as many as the message needs.
  const first = handles?.length ?? 0;
  const last = handles?.length ?? CHANNEL_MAX_MSG_HANDLES;
  const kinds = kindsOf(method, from);
  let failure: FidlError | undefined;
  for (const kind of kinds) {
    for (let count = first; count <= last; count++) {
      decoder.load(bytes, placeholders(count), undefined);
      try {
        const body = describeDecoded(decoder, method, kind, text);
        return body === "" ? titleOf(kind) : `${titleOf(kind)} = ${body}`;
      } catch (error) {
        if (!(error instanceof FidlError)) throw error;
        if (count === last || !needsHandles(error)) {
          failure ??= error;
          break;
        }
      }
    }
  }
  return `${titleOf(kinds[0]!)}: ${failure?.detail}`;
}

function describeDecoded(
  decoder: Decoder,
  method: Method,
  kind: MessageKind,
  text: ValueTextOptions,
): string {
  if (kind === "request") return describeBody(method, kind, decodeRequest(decoder, method), text);
  if (kind === "event") return describeBody(method, kind, decodeEvent(decoder, method), text);
  return describeResult(method, decodeResponse(decoder, method), text);
}

function kindsOf(method: Method, from: MessageTextOptions["from"]): readonly MessageKind[] {
  if (method.kind === "event") return ["event"];
  if (method.kind === "oneWay" || from === "client") return ["request"];
  return from === "server" ? ["response"] : ["request", "response"];
}

function describeUnknown(header: Header, size: number, handles: readonly string[] | undefined): string {
  const transaction = header.txid === 0 ? "" : ` (transaction ${header.txid})`;
  const strictness = header.flexible ? "flexible" : "strict";
  const carried = handles === undefined || handles.length === 0 ? "" : `, with ${handles.join(", ")}`;
  return `${strictness} message of an unknown method, ordinal ${hex(ordinalOf(header), 16)}${transaction}: ${size} bytes${carried}`;
}

/** Handles by their place in the message, of no type. */
function placeholders(count: number) {
  return Array.from({ length: count }, (_, i) => ({ handle: i + 1, type: ObjectType.NONE, rights: 0 }));
}

function needsHandles({ code }: FidlError): boolean {
  return code === "TOO_FEW_HANDLES" || code === "ENVELOPE_HANDLES_EXCEED_MESSAGE_LENGTH";
}
