/**
 * Messages as they cross a channel: the 16-byte header, and the body that a method has in each direction.
 *
 * Source: FIDL wire format v2, "transactional messages"; `zircon/fidl.h`.
 */
import { CHANNEL_MAX_MSG_HANDLES } from "../../zx/constants.ts";
import type { Codec } from "./codec.ts";
import type { Decoder } from "./decoder.ts";
import type { Encoder } from "./encoder.ts";
import { FidlError } from "./errors.ts";
import type { Method } from "./method.ts";
import { type Result, status, UNKNOWN_METHOD_ANSWER, UNKNOWN_METHOD_RESULT } from "./result.ts";

export const HEADER_SIZE = 16;
/** Transaction ids are 31 bits: the kernel keeps those with the high bit for channel_call. */
export const MAX_TXID = 0x7fff_ffff;

const AT_REST_FLAG_V2 = 0x02;
const DYNAMIC_FLAG_FLEXIBLE = 0x80;
const MAGIC = 1;
/** Each half of the ordinal of an epitaph. */
const ALL_ONES = 0xffff_ffff;

export interface Header {
  readonly txid: number;
  readonly flexible: boolean;
  readonly ordinalLow: number;
  readonly ordinalHigh: number;
}

/** The header of a message, whose flag bits are ignored where nobody knows them. Throws INVALID_HEADER. */
export function decodeHeader(decoder: Decoder): Header {
  if (decoder.length < HEADER_SIZE) {
    throw new FidlError("INVALID_HEADER", `${decoder.length} bytes; a header has ${HEADER_SIZE}`, 0);
  }
  const magic = decoder.uint8(7);
  if (magic !== MAGIC) throw new FidlError("INVALID_HEADER", `magic number ${magic} is not ${MAGIC}`, 7);
  if ((decoder.uint8(4) & AT_REST_FLAG_V2) === 0) {
    throw new FidlError("INVALID_HEADER", "the message is not in wire format v2", 4);
  }
  return {
    txid: decoder.uint32(0),
    flexible: (decoder.uint8(6) & DYNAMIC_FLAG_FLEXIBLE) !== 0,
    ordinalLow: decoder.uint32(8),
    ordinalHigh: decoder.uint32(12),
  };
}

export function isEpitaph({ txid, ordinalLow, ordinalHigh }: Header): boolean {
  return txid === 0 && ordinalLow === ALL_ONES && ordinalHigh === ALL_ONES;
}

/** Whether a message with this header is of this method, in whichever direction. */
export function isOf(method: Method, { ordinalLow, ordinalHigh }: Header): boolean {
  return method.ordinalLow === ordinalLow && method.ordinalHigh === ordinalHigh;
}

export function ordinalOf({ ordinalLow, ordinalHigh }: Header): bigint {
  return (BigInt(ordinalHigh) << 32n) | BigInt(ordinalLow);
}

/** None of the encoding functions throws: what is wrong with a message is in `encoder.error`. */
export function encodeRequest(encoder: Encoder, method: Method, txid: number, request: unknown): void {
  encodeHeader(encoder, txid, method.ordinalLow, method.ordinalHigh, method.flexible);
  encodePayload(encoder, method.request, request);
}

export function encodeEvent(encoder: Encoder, method: Method, payload: unknown): void {
  encodeHeader(encoder, 0, method.ordinalLow, method.ordinalHigh, method.flexible);
  encodePayload(encoder, method.response, payload);
}

export function encodeResponse(encoder: Encoder, method: Method, txid: number, result: Result): void {
  encodeHeader(encoder, txid, method.ordinalLow, method.ordinalHigh, method.flexible);
  if (method.result !== undefined) encodePayload(encoder, method.result, result);
  else if (result.kind === "response") encodePayload(encoder, method.response, result.response);
  else encoder.fail("INVALID_VALUE", HEADER_SIZE, `${method.name} is declared without an error`);
}

/** What an open protocol's server answers to a flexible method with an answer that it does not know. */
export function encodeUnknownMethod(encoder: Encoder, { txid, ordinalLow, ordinalHigh }: Header): void {
  encodeHeader(encoder, txid, ordinalLow, ordinalHigh, true);
  encodePayload(encoder, UNKNOWN_METHOD_ANSWER, UNKNOWN_METHOD_RESULT);
}

/** The last message before a server closes a channel: with the reason. */
export function encodeEpitaph(encoder: Encoder, reason: number): void {
  encodeHeader(encoder, 0, ALL_ONES, ALL_ONES, false);
  encodePayload(encoder, status, reason);
}

export function decodeRequest(decoder: Decoder, method: Method): unknown {
  return decodePayload(decoder, method.request);
}

export function decodeEvent(decoder: Decoder, method: Method): unknown {
  return decodePayload(decoder, method.response);
}

export function decodeResponse(decoder: Decoder, method: Method): Result {
  if (method.result !== undefined) return decoder.body(method.result, HEADER_SIZE);
  return { kind: "response", response: decodePayload(decoder, method.response) };
}

export function decodeEpitaph(decoder: Decoder): number {
  return decoder.body(status, HEADER_SIZE);
}

function encodeHeader(encoder: Encoder, txid: number, low: number, high: number, flexible: boolean): void {
  encoder.reserve(HEADER_SIZE);
  encoder.uint32(0, txid);
  encoder.uint8(4, AT_REST_FLAG_V2);
  if (flexible) encoder.uint8(6, DYNAMIC_FLAG_FLEXIBLE);
  encoder.uint8(7, MAGIC);
  encoder.uint32(8, low);
  encoder.uint32(12, high);
}

/** What follows the header: nothing at all where there is no payload. */
function encodePayload<T>(encoder: Encoder, codec: Codec<T> | undefined, value: T): void {
  if (codec === undefined) return;
  encoder.body(codec, value);
  if (encoder.handleCount > CHANNEL_MAX_MSG_HANDLES) {
    const detail = `${encoder.handleCount} handles; a channel takes ${CHANNEL_MAX_MSG_HANDLES}`;
    encoder.fail("TOO_MANY_HANDLES_IN_MESSAGE", HEADER_SIZE, detail);
  }
}

function decodePayload(decoder: Decoder, codec: Codec<unknown> | undefined): unknown {
  if (codec !== undefined) return decoder.body(codec, HEADER_SIZE);
  decoder.nothing(HEADER_SIZE);
  return undefined;
}
