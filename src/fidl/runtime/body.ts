/**
 * Values and the bytes that they are, without a header or a channel; and values at rest.
 *
 * Source: FIDL wire format v2; for values at rest `zircon/fidl.h` and Fuchsia's RFC-0120.
 */
import type { Handle } from "../../zx/constants.ts";
import type { HandleInfo } from "../../zx/syscalls.ts";
import type { Codec } from "./codec.ts";
import { Decoder, type HandleOwner } from "./decoder.ts";
import { Encoder } from "./encoder.ts";
import { FidlError } from "./errors.ts";

/** Beyond this a value at rest is refused: memory runs out first. */
const MAX_AT_REST_BYTES = 0x7fff_fff0;

/** Memory beyond this, which no message takes, is not kept: a large value at rest has come by. */
const MAX_KEPT_BYTES = 0x4_0000;

// An encoder and a decoder that nobody is using: their memory is worth keeping from message to message.
let idleEncoder: Encoder | undefined;
let idleDecoder: Decoder | undefined;

/** An empty encoder, until it is released. Whoever gets one while it is out gets another. */
export function acquireEncoder(): Encoder {
  const encoder = idleEncoder ?? new Encoder();
  idleEncoder = undefined;
  return encoder;
}

export function releaseEncoder(encoder: Encoder): void {
  encoder.reset();
  if (encoder.capacity <= MAX_KEPT_BYTES) idleEncoder = encoder;
}

export function acquireDecoder(): Decoder {
  const decoder = idleDecoder ?? new Decoder();
  idleDecoder = undefined;
  return decoder;
}

export function releaseDecoder(decoder: Decoder): void {
  if (decoder.capacity <= MAX_KEPT_BYTES) idleDecoder = decoder;
}

/** What becomes of a value. */
export interface EncodedBody {
  readonly bytes: Uint8Array;
  readonly handles: readonly Handle[];
  /** What the schema says of each handle, `ObjectType` and rights. */
  readonly types: readonly number[];
  readonly rights: readonly number[];
  /** Why it is no message; the handles are then to be closed, and all of them are there. */
  readonly error: FidlError | undefined;
}

/** Encodes a value as the body of a message. */
export function encodeBody<T>(codec: Codec<T>, value: T): EncodedBody {
  const encoder = acquireEncoder();
  try {
    encoder.body(codec, value);
    return {
      bytes: encoder.bytes.slice(),
      handles: encoder.handles,
      types: encoder.types,
      rights: encoder.rights,
      error: encoder.error,
    };
  } finally {
    releaseEncoder(encoder);
  }
}

/** What a body is decoded to. */
export interface DecodedBody<T> {
  readonly value: T;
  /** Handles that came with it and belong to nothing in it: for the caller to close. */
  readonly discarded: readonly Handle[];
}

/**
 * Decodes a body. Throws FidlError; the caller then has all handles to close, those in `handles`, where handles whose rights
 * `owner` has reduced are replaced.
 */
export function decodeBody<T>(
  codec: Codec<T>,
  bytes: Uint8Array,
  handles: HandleInfo[] = [],
  owner?: HandleOwner,
): DecodedBody<T> {
  const decoder = acquireDecoder();
  try {
    decoder.load(bytes, handles, owner);
    return { value: decoder.body(codec, 0), discarded: decoder.discarded };
  } finally {
    releaseDecoder(decoder);
  }
}

const AT_REST_HEADER_SIZE = 8;
const AT_REST_MAGIC = 1;
const AT_REST_FLAG_V2 = 0x02;

/** A value without handles as bytes to keep: eight bytes that say in which wire format, and the body. Throws FidlError. */
export function persist<T>(codec: Codec<T>, value: T): Uint8Array {
  const encoder = acquireEncoder();
  try {
    encoder.reset(MAX_AT_REST_BYTES);
    encoder.reserve(AT_REST_HEADER_SIZE);
    encoder.uint8(1, AT_REST_MAGIC);
    encoder.uint8(2, AT_REST_FLAG_V2);
    encoder.body(codec, value);
    if (encoder.handleCount > 0) encoder.fail("INVALID_VALUE", 0, "handles cannot be kept at rest");
    if (encoder.error !== undefined) throw encoder.error;
    return encoder.bytes.slice();
  } finally {
    releaseEncoder(encoder);
  }
}

/** Whether bytes begin as values at rest do, all eight of them. */
export function isPersisted(bytes: Uint8Array): boolean {
  const [disambiguator, magic, flags, ...zeros] = bytes.subarray(0, AT_REST_HEADER_SIZE);
  const isHeader = disambiguator === 0 && magic === AT_REST_MAGIC && flags === AT_REST_FLAG_V2;
  return isHeader && zeros.length === AT_REST_HEADER_SIZE - 3 && zeros.every((byte) => byte === 0);
}

/** The value that `persist` made bytes of. Throws FidlError. */
export function unpersist<T>(codec: Codec<T>, bytes: Uint8Array): T {
  if (bytes.length < AT_REST_HEADER_SIZE) {
    throw new FidlError("INVALID_HEADER", `${bytes.length} bytes; the header of a value at rest has 8`, 0);
  }
  if (bytes[0] !== 0 || bytes[1] !== AT_REST_MAGIC) {
    const detail = `${bytes[0]} and magic number ${bytes[1]} are not 0 and ${AT_REST_MAGIC}`;
    throw new FidlError("INVALID_HEADER", detail, 0);
  }
  if ((bytes[2]! & AT_REST_FLAG_V2) === 0) {
    throw new FidlError("INVALID_HEADER", "the value is not in wire format v2", 2);
  }
  const decoder = acquireDecoder();
  try {
    decoder.load(bytes, [], undefined);
    return decoder.body(codec, AT_REST_HEADER_SIZE);
  } finally {
    releaseDecoder(decoder);
  }
}
