import { type Handle, ObjectType } from "../../zx/constants.ts";
import { hex } from "../../zx/pages.ts";
import type { HandleInfo } from "../../zx/syscalls.ts";
import { type Codec, MAX_DEPTH } from "./codec.ts";
import { FidlError, type FidlErrorCode } from "./errors.ts";

const PRESENT = 0xffff_ffff;

/**
 * Reads one message in wire format v2, and takes only what an encoder would have written: zero padding, every byte and every
 * handle used, envelopes that count right. Nothing is allocated for a count before the message was seen to be long enough.
 *
 * Throws `FidlError`. Whoever made the decoder owns the message's handles until decoding has succeeded; then those in the
 * value belong to the value, and those in `discarded` are left to close.
 */
export class Decoder {
  /** Handles of envelopes that nobody knows. */
  readonly discarded: Handle[] = [];
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #handles: readonly HandleInfo[];
  #nextObject: number;
  #nextHandle = 0;
  #depth = 0;

  /** `start`: where the primary object lies, a multiple of 8. */
  constructor(bytes: Uint8Array, handles: readonly HandleInfo[], start: number) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#handles = handles;
    this.#nextObject = start;
  }

  /** Decodes the primary object and checks that nothing is left over. */
  message<T>(codec: Pick<Codec<T>, "size" | "decode">): T {
    const value = codec.decode(this, this.claim(codec.size, this.#nextObject));
    this.finish();
    return value;
  }

  /** Checks that all bytes and handles have been used. */
  finish(): void {
    if (this.#nextObject !== this.#bytes.length) {
      const detail = `${this.#bytes.length - this.#nextObject} bytes after the end of the message`;
      this.fail("TOO_MANY_BYTES_IN_MESSAGE", this.#nextObject, detail);
    }
    if (this.#nextHandle !== this.#handles.length) {
      const detail = `${this.#handles.length} handles came, ${this.#nextHandle} belong to the message`;
      this.fail("TOO_MANY_HANDLES_IN_MESSAGE", this.#bytes.length, detail);
    }
  }

  /** The offset of the next out-of-line object, which has `size` bytes; `from` is where it was called for. */
  claim(size: number, from: number): number {
    const offset = this.#nextObject;
    const left = this.#bytes.length - offset;
    const padded = size + ((8 - (size % 8)) % 8);
    if (padded > left)
      this.fail(
        "TOO_FEW_BYTES",
        from,
        `an object of ${padded} bytes at ${hex(offset)}, where ${left} are left`,
      );
    this.#nextObject = offset + padded;
    this.padding(offset + size, padded - size);
    return offset;
  }

  uint8(offset: number): number {
    return this.#view.getUint8(offset);
  }

  uint16(offset: number): number {
    return this.#view.getUint16(offset, true);
  }

  uint32(offset: number): number {
    return this.#view.getUint32(offset, true);
  }

  int32(offset: number): number {
    return this.#view.getInt32(offset, true);
  }

  uint64(offset: number): bigint {
    return this.#view.getBigUint64(offset, true);
  }

  /** A uint64 that is an address, a size or an offset: a safe integer. */
  size64(offset: number): number {
    const value = this.uint32(offset + 4) * 2 ** 32 + this.uint32(offset);
    if (!Number.isSafeInteger(value))
      this.fail("INVALID_VALUE", offset, `${hex(this.uint64(offset))} is beyond 2^53`);
    return value;
  }

  bool(offset: number): boolean {
    const value = this.#view.getUint8(offset);
    if (value > 1) this.fail("INVALID_BOOL", offset, `${hex(value)} is not a bool`);
    return value === 1;
  }

  /** Checks that `count` bytes are zero. */
  padding(offset: number, count: number): void {
    for (let i = offset; i < offset + count; i++) {
      if (this.#bytes[i] !== 0) this.fail("INVALID_PADDING_BYTE", i, `padding byte ${hex(this.#bytes[i]!)}`);
    }
  }

  /** A handle that must be there, of an object of `type` (`ObjectType`; NONE for any). */
  handle(offset: number, type: number): Handle {
    const marker = this.uint32(offset);
    if (marker === 0) this.fail("NON_NULLABLE_TYPE_WITH_NULL_VALUE", offset, "the handle is not optional");
    if (marker !== PRESENT) this.fail("INVALID_HANDLE_PRESENCE_INDICATOR", offset, hex(marker, 8));
    const info = this.#handles[this.#nextHandle];
    if (info === undefined)
      this.fail("TOO_FEW_HANDLES", offset, `${this.#handles.length} handles came with the message`);
    this.#nextHandle++;
    if (type !== ObjectType.NONE && info.type !== type) {
      this.fail("INCORRECT_HANDLE_TYPE", offset, `an object of type ${info.type} where ${type} is due`);
    }
    return info.handle;
  }

  /** `vector<uint8>:bound`, copied. */
  byteVector(offset: number, bound: number): Uint8Array {
    const count = this.#vectorHeader(offset, bound, 1);
    this.#enter(offset);
    const start = this.claim(count, offset);
    this.#depth--;
    return this.#bytes.slice(start, start + count);
  }

  /** `vector<T>:bound`. */
  vector<T>(offset: number, bound: number, element: Codec<T>): T[] {
    const count = this.#vectorHeader(offset, bound, element.size);
    this.#enter(offset);
    const start = this.claim(count * element.size, offset);
    const items = Array.from({ length: count }, (_, i) => element.decode(this, start + i * element.size));
    this.#depth--;
    return items;
  }

  /** The content of an envelope that must be there. */
  envelope<T>(offset: number, content: Codec<T>): T {
    const inline = this.#inlineMarker(offset);
    if (inline !== content.size <= 4) {
      const detail = `${content.name} has ${content.size} bytes, so it lies ${inline ? "out of line" : "in the envelope"}`;
      this.fail("INVALID_INLINE_BIT_IN_ENVELOPE", offset + 6, detail);
    }
    const firstHandle = this.#nextHandle;
    let value: T;
    if (inline) {
      this.padding(offset + content.size, 4 - content.size);
      value = content.decode(this, offset);
    } else {
      this.#enter(offset);
      const start = this.claim(content.size, offset);
      value = content.decode(this, start);
      this.#depth--;
      const used = this.#nextObject - start;
      const stated = this.uint32(offset);
      if (stated !== used) {
        this.fail("INVALID_NUM_BYTES_IN_ENVELOPE", offset, `${stated} bytes are stated, ${used} are there`);
      }
    }
    const used = this.#nextHandle - firstHandle;
    const stated = this.uint16(offset + 4);
    if (stated !== used) {
      this.fail(
        "INVALID_NUM_HANDLES_IN_ENVELOPE",
        offset + 4,
        `${stated} handles are stated, ${used} are there`,
      );
    }
    return value;
  }

  /** Skips the content of an envelope that nobody knows; its handles go to `discarded`. */
  unknownEnvelope(offset: number): void {
    if (!this.#inlineMarker(offset)) {
      this.#enter(offset);
      const size = this.uint32(offset);
      if (size % 8 !== 0)
        this.fail("INVALID_NUM_BYTES_IN_ENVELOPE", offset, `${size} is not a multiple of 8`);
      const left = this.#bytes.length - this.#nextObject;
      if (size > left)
        this.fail("ENVELOPE_BYTES_EXCEED_MESSAGE_LENGTH", offset, `${size} bytes, where ${left} are left`);
      this.#nextObject += size;
      this.#depth--;
    }
    const count = this.uint16(offset + 4);
    const left = this.#handles.length - this.#nextHandle;
    if (count > left) {
      this.fail(
        "ENVELOPE_HANDLES_EXCEED_MESSAGE_LENGTH",
        offset + 4,
        `${count} handles, where ${left} are left`,
      );
    }
    for (let i = 0; i < count; i++) this.discarded.push(this.#handles[this.#nextHandle++]!.handle);
  }

  /** The ordinal of a union that must be there; its envelope is 8 bytes on. */
  unionOrdinal(offset: number): bigint {
    const ordinal = this.uint64(offset);
    if (ordinal === 0n) this.fail("UNION_FIELD_NOT_SET", offset, "the union is not optional");
    return ordinal;
  }

  fail(code: FidlErrorCode, offset: number, detail: string): never {
    throw new FidlError(code, detail, offset);
  }

  #vectorHeader(offset: number, bound: number, elementSize: number): number {
    const low = this.uint32(offset + 8);
    if (low !== this.uint32(offset + 12) || (low !== 0 && low !== PRESENT)) {
      this.fail("INVALID_PRESENCE_INDICATOR", offset + 8, hex(this.uint64(offset + 8), 16));
    }
    if (this.uint32(offset + 4) !== 0)
      this.fail("COUNT_EXCEEDS_32_BIT_LIMIT", offset, hex(this.uint64(offset)));
    const count = this.uint32(offset);
    if (low === 0) {
      const code = count === 0 ? "NON_NULLABLE_TYPE_WITH_NULL_VALUE" : "NON_EMPTY_VECTOR_WITH_NULL_BODY";
      this.fail(code, offset + 8, `a vector of ${count} is marked absent`);
    }
    if (count > bound)
      this.fail("COUNT_EXCEEDS_LIMIT", offset, `a vector of ${count}, whose bound is ${bound}`);
    if (count * elementSize > this.#bytes.length) {
      this.fail(
        "TOO_FEW_BYTES",
        offset,
        `a vector of ${count * elementSize} bytes in a message of ${this.#bytes.length}`,
      );
    }
    return count;
  }

  #inlineMarker(offset: number): boolean {
    const flags = this.uint16(offset + 6);
    if (flags > 1) this.fail("INVALID_INLINE_MARKER_IN_ENVELOPE", offset + 6, hex(flags, 4));
    return flags === 1;
  }

  #enter(offset: number): void {
    if (++this.#depth > MAX_DEPTH) {
      this.fail(
        "EXCEEDED_MAX_OUT_OF_LINE_DEPTH",
        offset,
        `more than ${MAX_DEPTH} levels of out-of-line objects`,
      );
    }
  }
}
