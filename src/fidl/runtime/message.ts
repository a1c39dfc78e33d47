/**
 * Messages as they cross a channel: the 16-byte header, and the body that a method has in each direction.
 *
 * Source: FIDL wire format v2, "transactional messages"; `zircon/fidl.h`.
 */
import type { Handle } from "../../zx/constants.ts";
import { Status } from "../../zx/status.ts";
import type { HandleInfo } from "../../zx/syscalls.ts";
import type { Codec } from "./codec.ts";
import { Decoder } from "./decoder.ts";
import { Encoder } from "./encoder.ts";
import { FidlError } from "./errors.ts";
import type { Method } from "./protocol.ts";
import { EMPTY_STRUCT, STATUS } from "./types.ts";

export const HEADER_SIZE = 16;
/** Transaction ids are 31 bits: the kernel keeps those with the high bit for channel_call. */
export const MAX_TXID = 0x7fff_ffff;
export const EPITAPH_ORDINAL = 0xffff_ffff_ffff_ffffn;

const AT_REST_FLAG_V2 = 0x02;
const MAGIC = 1;

const RESULT_RESPONSE = 1;
const RESULT_ERROR = 2;

export interface Header {
  readonly txid: number;
  readonly ordinal: bigint;
}

/** An encoded message. Its handles are in nobody else's hands any more. */
export interface Outgoing {
  readonly bytes: Uint8Array;
  readonly handles: readonly Handle[];
  /** Why it must not be sent; the handles are then to be closed. */
  readonly error: FidlError | undefined;
}

/** What a two-way method with `error` brings: a response, or the status that the server gave instead. */
export type Result<T> = { readonly response: T } | { readonly error: number };

export function encodeRequest<Request>(
  method: Method<Request, unknown>,
  txid: number,
  request: Request,
): Outgoing {
  return encode({ txid, ordinal: method.ordinal }, (encoder) => {
    if (method.request !== undefined) body(encoder, method.request, request);
  });
}

export function encodeResponse<Response>(
  method: Method<unknown, Response>,
  txid: number,
  result: Result<Response>,
): Outgoing {
  return encode({ txid, ordinal: method.ordinal }, (encoder) => {
    if (method.error) {
      const offset = encoder.reserve(16);
      const response = (method.response ?? EMPTY_STRUCT) as Codec<Response>;
      if ("response" in result) encoder.union(offset, RESULT_RESPONSE, response, result.response);
      else encoder.union(offset, RESULT_ERROR, STATUS, result.error);
    } else if ("response" in result) {
      if (method.response !== undefined) body(encoder, method.response, result.response);
    } else {
      encoder.fail("INVALID_VALUE", HEADER_SIZE, `${method.name} is declared without an error`);
    }
  });
}

/** The last message before a server closes a channel: with the reason. */
export function encodeEpitaph(status: number): Outgoing {
  return encode({ txid: 0, ordinal: EPITAPH_ORDINAL }, (encoder) => body(encoder, STATUS, status));
}

/** Throws INVALID_HEADER where the bytes are no message of wire format v2. Flag bits that nobody knows are ignored. */
export function decodeHeader(bytes: Uint8Array): Header {
  if (bytes.length < HEADER_SIZE) {
    throw new FidlError("INVALID_HEADER", `${bytes.length} bytes; a header has ${HEADER_SIZE}`, 0);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, HEADER_SIZE);
  if (view.getUint8(7) !== MAGIC)
    throw new FidlError("INVALID_HEADER", `magic number ${view.getUint8(7)} is not ${MAGIC}`, 7);
  if ((view.getUint8(4) & AT_REST_FLAG_V2) === 0) {
    throw new FidlError("INVALID_HEADER", "the message is not in wire format v2", 4);
  }
  return { txid: view.getUint32(0, true), ordinal: view.getBigUint64(8, true) };
}

/** A decoded body, and the handles that came with it but belong to nothing in it: for the caller to close. */
export interface Incoming<T> {
  readonly value: T;
  readonly discarded: readonly Handle[];
}

export function decodeRequest<Request>(
  method: Method<Request, unknown>,
  bytes: Uint8Array,
  handles: readonly HandleInfo[],
): Incoming<Request> {
  return decodePayload(method.request, new Decoder(bytes, handles, HEADER_SIZE));
}

export function decodeResponse<Response>(
  method: Method<unknown, Response>,
  bytes: Uint8Array,
  handles: readonly HandleInfo[],
): Incoming<Result<Response>> {
  const decoder = new Decoder(bytes, handles, HEADER_SIZE);
  if (method.error) {
    return {
      value: decoder.message(resultOf((method.response ?? EMPTY_STRUCT) as Codec<Response>)),
      discarded: decoder.discarded,
    };
  }
  const { value, discarded } = decodePayload(method.response, decoder);
  return { value: { response: value }, discarded };
}

export function decodeEpitaph(bytes: Uint8Array, handles: readonly HandleInfo[]): number {
  return new Decoder(bytes, handles, HEADER_SIZE).message(STATUS);
}

/** The union that stands for `-> (T) error zx.Status`. It is strict: nothing but a response or an error. */
function resultOf<T>(response: Codec<T>): Pick<Codec<Result<T>>, "size" | "decode"> {
  return {
    size: 16,
    decode(decoder, offset) {
      const ordinal = decoder.unionOrdinal(offset);
      if (ordinal === BigInt(RESULT_RESPONSE)) return { response: decoder.envelope(offset + 8, response) };
      if (ordinal !== BigInt(RESULT_ERROR)) {
        decoder.fail("STRICT_UNION_UNKNOWN_FIELD", offset, `a result has no member ${ordinal}`);
      }
      const error = decoder.envelope(offset + 8, STATUS);
      if (error === Status.OK) decoder.fail("INVALID_VALUE", offset + 8, "an error whose status is OK");
      return { error };
    },
  };
}

function decodePayload<T>(codec: Codec<T> | undefined, decoder: Decoder): Incoming<T> {
  if (codec !== undefined) return { value: decoder.message(codec), discarded: decoder.discarded };
  decoder.finish();
  return { value: undefined as T, discarded: decoder.discarded };
}

/** An encoder that nobody is using: its memory is worth keeping from message to message. */
let idle: Encoder | undefined;

function encode(header: Header, fill: (encoder: Encoder) => void): Outgoing {
  const encoder = idle ?? new Encoder();
  idle = undefined;
  encoder.reserve(HEADER_SIZE);
  encoder.uint32(0, header.txid);
  encoder.uint8(4, AT_REST_FLAG_V2);
  encoder.uint8(7, MAGIC);
  encoder.uint32(8, Number(header.ordinal & 0xffff_ffffn));
  encoder.uint32(12, Number(header.ordinal >> 32n));
  fill(encoder);
  encoder.finish();
  const message = { bytes: encoder.bytes(), handles: encoder.handles, error: encoder.error };
  encoder.reset();
  idle = encoder;
  return message;
}

function body<T>(encoder: Encoder, codec: Codec<T>, value: T): void {
  codec.encode(encoder, encoder.reserve(codec.size), value);
}
