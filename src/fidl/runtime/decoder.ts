import { type Handle, ObjectType } from "../../zx/constants.ts";
import { hex } from "../../zx/pages.ts";
import { Rights, rightsNames } from "../../zx/rights.ts";
import type { HandleInfo, Zx } from "../../zx/syscalls.ts";
import { type Codec, MAX_DEPTH, PRESENT } from "./codec.ts";
import { FidlError, type FidlErrorCode } from "./errors.ts";
import { readUtf8 } from "./utf8.ts";

/** Who owns the handles of a message while it is decoded: what reduces the rights of one to those that the schema names. */
export type HandleOwner = Pick<Zx, "handleReplace">;

/**
 * Reads one message in wire format v2, and takes only what an encoder would have written: zero padding, every byte and every
 * handle used, envelopes that count right. Nothing is allocated for a count before the message was seen to be long enough.
 *
 * Throws `FidlError`. Whoever loaded the message owns its handles until decoding has succeeded; then those in the
 * value belong to the value, and those in `discarded` are left to close.
 *
 * Codecs are its users; others call `decodeBody`, `unpersist`, or a client or server.
 */
export class Decoder {
  /** Handles of envelopes that nobody knows. */
  discarded: Handle[] = [];
  /** How many envelopes the table has that was entered last. */
  envelopes = 0;
  #bytes = new Uint8Array(1024);
  #view = new DataView(this.#bytes.buffer);
  /** What the larger byte vectors of the value are views of. */
  #copyOfMessage: ArrayBuffer | undefined;
  #length = 0;
  #handles: HandleInfo[] = NO_HANDLES;
  #owner: HandleOwner | undefined;
  #nextObject = 0;
  #nextHandle = 0;
  #depth = 0;

  /**
   * Begins with another message, which is copied. A handle whose rights are reduced is replaced in `handles`, so that they are
   * the ones to close if decoding fails. Without an `owner` rights stay as they are.
   */
  load(bytes: Uint8Array, handles: HandleInfo[], owner: HandleOwner | undefined): void {
    if (bytes.length > this.#bytes.length) {
      this.#bytes = new Uint8Array(Math.max(bytes.length, 2 * this.#bytes.length));
      this.#view = new DataView(this.#bytes.buffer);
    }
    this.#bytes.set(bytes);
    this.#length = bytes.length;
    this.#handles = handles;
    this.#owner = owner;
    this.#nextHandle = 0;
    this.#depth = 0;
    this.#copyOfMessage = undefined;
    if (this.discarded.length > 0) this.discarded = [];
  }

  get length(): number {
    return this.#length;
  }

  /** Bytes of memory that it keeps. */
  get capacity(): number {
    return this.#bytes.length;
  }

  /** Decodes the primary object, at `start` (a multiple of 8), and checks that nothing is left over. */
  body<T>(codec: Codec<T>, start: number): T {
    this.#nextObject = start;
    if (this.#length - start < ((codec.size + 7) & ~7)) {
      const detail = `${codec.name} takes ${codec.size} bytes and padding to 8, where ${this.#length - start} are left`;
      this.fail("TOO_FEW_BYTES_IN_PRIMARY_OBJECT", start, detail);
    }
    const value = codec.decode(this, this.claim(codec.size, start));
    this.#finish();
    return value;
  }

  /** Checks that nothing comes after `start`. */
  nothing(start: number): void {
    this.#nextObject = start;
    this.#finish();
  }

  /** The offset of the next out-of-line object, which has `size` bytes; `from` is where it was called for. */
  claim(size: number, from: number): number {
    const offset = this.#nextObject;
    const left = this.#length - offset;
    // Not with bit operators: a count times a size may pass 2^32.
    const padding = (8 - (size % 8)) % 8;
    if (size + padding > left) {
      const detail = `an object of ${size + padding} bytes at ${hex(offset)}, where ${left} are left`;
      this.fail("TOO_FEW_BYTES", from, detail);
    }
    this.#nextObject = offset + size + padding;
    if (padding !== 0) this.padding(offset + size, padding);
    return offset;
  }

  /** Goes to an object out of line. */
  enter(offset: number): void {
    if (++this.#depth > MAX_DEPTH) {
      this.fail(
        "EXCEEDED_MAX_OUT_OF_LINE_DEPTH",
        offset,
        `more than ${MAX_DEPTH} levels of out-of-line objects`,
      );
    }
  }

  leave(): void {
    this.#depth--;
  }

  uint8(offset: number): number {
    return this.#view.getUint8(offset);
  }

  int8(offset: number): number {
    return this.#view.getInt8(offset);
  }

  uint16(offset: number): number {
    return this.#view.getUint16(offset, true);
  }

  int16(offset: number): number {
    return this.#view.getInt16(offset, true);
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

  int64(offset: number): bigint {
    return this.#view.getBigInt64(offset, true);
  }

  /** A uint64 that is an address, a size or an offset: a safe integer. */
  size64(offset: number): number {
    const value = this.uint32(offset + 4) * 2 ** 32 + this.uint32(offset);
    if (!Number.isSafeInteger(value))
      this.fail("INVALID_VALUE", offset, `${hex(this.uint64(offset))} is beyond 2^53`);
    return value;
  }

  float32(offset: number): number {
    return this.#view.getFloat32(offset, true);
  }

  float64(offset: number): number {
    return this.#view.getFloat64(offset, true);
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

  /** Whether `size` bytes, a multiple of 4, are all zero: how an optional value is absent. */
  isZero(offset: number, size: number): boolean {
    for (let i = offset; i < offset + size; i += 4) if (this.#view.getUint32(i, true) !== 0) return false;
    return true;
  }

  /** A handle that must be there, of an object of `type` (`ObjectType`; NONE for any), with `rights` exactly (SAME_RIGHTS for any). */
  handle(offset: number, type: number, rights: number): Handle {
    const marker = this.uint32(offset);
    if (marker === 0) this.fail("NON_NULLABLE_TYPE_WITH_NULL_VALUE", offset, "the handle is not optional");
    if (marker !== PRESENT) this.fail("INVALID_HANDLE_PRESENCE_INDICATOR", offset, hex(marker, 8));
    const info = this.#handles[this.#nextHandle];
    if (info === undefined) {
      this.fail("TOO_FEW_HANDLES", offset, `${this.#handles.length} handles came with the message`);
    }
    const index = this.#nextHandle++;
    // NONE is the type of a handle that nobody has looked at: one in a log.
    if (type !== info.type && type !== ObjectType.NONE && info.type !== ObjectType.NONE) {
      this.fail("INCORRECT_HANDLE_TYPE", offset, `an object of type ${info.type} where ${type} is due`);
    }
    if (rights === info.rights || rights === Rights.SAME_RIGHTS || info.type === ObjectType.NONE)
      return info.handle;
    return this.#reduce(index, info, rights, offset);
  }

  /** The presence marker of something out of line: false if absent. */
  presence(offset: number): boolean {
    const low = this.uint32(offset);
    if (low !== this.uint32(offset + 4) || (low !== 0 && low !== PRESENT)) {
      this.fail("INVALID_PRESENCE_INDICATOR", offset, hex(this.uint64(offset), 16));
    }
    return low === PRESENT;
  }

  /** A string that must be there, of at most `bound` bytes of UTF-8. */
  string(offset: number, bound: number): string {
    const size = this.uint32(offset);
    if (!this.presence(offset + 8)) this.#absent(offset, "NON_EMPTY_STRING_WITH_NULL_BODY", "string");
    if (this.uint32(offset + 4) !== 0) {
      this.fail("STRING_COUNT_EXCEEDS_32_BIT_LIMIT", offset, hex(this.uint64(offset)));
    }
    if (size > bound)
      this.fail("STRING_TOO_LONG", offset, `a string of ${size} bytes, whose bound is ${bound}`);
    this.enter(offset);
    const start = this.claim(size, offset);
    this.#depth--;
    return (
      readUtf8(this.#bytes, this.#view, start, start + size) ??
      this.fail("STRING_NOT_UTF8", start, "not UTF-8")
    );
  }

  /** `vector<uint8>` that must be there, copied; `bytes` says how. */
  byteVector(offset: number, bound: number): Uint8Array {
    const count = this.vectorHeader(offset, 1, bound);
    this.enter(offset);
    const start = this.claim(count, offset);
    this.#depth--;
    return this.#copy(start, count);
  }

  /** `array<uint8, N>`, copied. */
  byteArray(offset: number, count: number): Uint8Array {
    return this.#copy(offset, count);
  }

  /** The count of a vector that must be there, for whose elements there are bytes enough in the whole message. */
  vectorHeader(offset: number, elementSize: number, bound: number): number {
    const count = this.uint32(offset);
    if (!this.presence(offset + 8)) this.#absent(offset, "NON_EMPTY_VECTOR_WITH_NULL_BODY", "vector");
    if (this.uint32(offset + 4) !== 0) {
      this.fail("VECTOR_COUNT_EXCEEDS_32_BIT_LIMIT", offset, hex(this.uint64(offset)));
    }
    if (count > bound)
      this.fail("COUNT_EXCEEDS_LIMIT", offset, `a vector of ${count}, whose bound is ${bound}`);
    if (count * elementSize > this.#length) {
      const detail = `a vector of ${count * elementSize} bytes in a message of ${this.#length}`;
      this.fail("TOO_FEW_BYTES", offset, detail);
    }
    return count;
  }

  /** The offset of a table's envelopes; `envelopes` says how many there are. `leaveTable` ends it. */
  enterTable(offset: number): number {
    const count = this.uint32(offset);
    if (!this.presence(offset + 8)) {
      this.fail("NON_NULLABLE_TYPE_WITH_NULL_VALUE", offset + 8, "a table is never absent");
    }
    if (this.uint32(offset + 4) !== 0) {
      this.fail("TABLE_COUNT_EXCEEDS_32_BIT_LIMIT", offset, hex(this.uint64(offset)));
    }
    this.enter(offset);
    this.envelopes = count;
    return this.claim(8 * count, offset);
  }

  /** Skips the envelopes of ordinals above `known`, of `count` that lie at `offset`, and leaves the table. */
  leaveTable(offset: number, count: number, known: number): void {
    for (let i = known; i < count; i++) this.unknownEnvelope(offset + 8 * i);
    this.#depth--;
  }

  /** The content of an envelope of a table: undefined where the member is not set. */
  optionalEnvelope<T>(offset: number, codec: Codec<T>): T | undefined {
    return this.isZero(offset, 8) ? undefined : this.envelope(offset, codec);
  }

  /** The content of an envelope that must be there. */
  envelope<T>(offset: number, codec: Codec<T>): T {
    const flags = this.uint16(offset + 6);
    const firstHandle = this.#nextHandle;
    let value: T;
    if (codec.size <= 4) {
      if (flags !== 1) this.#wrongEnvelope(offset, flags, codec);
      this.padding(offset + codec.size, 4 - codec.size);
      value = codec.decode(this, offset);
    } else {
      if (flags !== 0) this.#wrongEnvelope(offset, flags, codec);
      if (this.uint32(offset) === 0) this.#wrongEnvelope(offset, flags, codec);
      this.enter(offset);
      const start = this.claim(codec.size, offset);
      value = codec.decode(this, start);
      this.#depth--;
      const used = this.#nextObject - start;
      const stated = this.uint32(offset);
      if (stated !== used) {
        this.fail("INVALID_NUM_BYTES_IN_ENVELOPE", offset, `${stated} bytes are stated, ${used} are there`);
      }
    }
    const used = this.#nextHandle - firstHandle;
    const stated = this.uint16(offset + 4);
    if (stated !== used) this.#wrongHandleCount(offset + 4, stated, used, this.#handles.length - firstHandle);
    return value;
  }

  /** Skips the content of an envelope that nobody knows, absent or not; its handles go to `discarded`. */
  unknownEnvelope(offset: number): void {
    const flags = this.uint16(offset + 6);
    if (flags > 1) this.fail("INVALID_INLINE_MARKER_IN_ENVELOPE", offset + 6, hex(flags, 4));
    if (flags === 0 && !this.isZero(offset, 8)) {
      this.enter(offset);
      const size = this.uint32(offset);
      if (size % 8 !== 0)
        this.fail("INVALID_NUM_BYTES_IN_ENVELOPE", offset, `${size} is not a multiple of 8`);
      const left = this.#length - this.#nextObject;
      if (size > left) {
        this.fail("ENVELOPE_BYTES_EXCEED_MESSAGE_LENGTH", offset, `${size} bytes, where ${left} are left`);
      }
      this.#nextObject += size;
      this.#depth--;
    }
    const count = this.uint16(offset + 4);
    const left = this.#handles.length - this.#nextHandle;
    if (count > left) {
      const detail = `${count} handles, where ${left} are left`;
      this.fail("ENVELOPE_HANDLES_EXCEED_MESSAGE_LENGTH", offset + 4, detail);
    }
    for (let i = 0; i < count; i++) this.discarded.push(this.#handles[this.#nextHandle++]!.handle);
  }

  /** The ordinal of a union that must be there; its envelope is 8 bytes on. Beyond 2^53 it is not exact, and nobody's. */
  unionOrdinal(offset: number): number {
    const ordinal = this.uint32(offset) + this.uint32(offset + 4) * 2 ** 32;
    if (ordinal === 0) this.#absentUnion(offset);
    return ordinal;
  }

  /** The member of a flexible union that nobody knows. */
  unknownVariant(offset: number): UnknownVariant {
    if (this.isZero(offset + 8, 8)) this.#emptyEnvelope(offset + 8);
    this.unknownEnvelope(offset + 8);
    return { kind: "unknown", ordinal: this.uint64(offset) };
  }

  /** Refuses the member of a strict union that nobody knows. */
  strictVariant(offset: number, type: string): never {
    this.fail("STRICT_UNION_UNKNOWN_FIELD", offset, `${type} has no member ${this.uint64(offset)}`);
  }

  fail(code: FidlErrorCode, offset: number, detail: string): never {
    throw new FidlError(code, detail, offset);
  }

  #copy(start: number, count: number): Uint8Array {
    if (count <= SMALL_COPY) return this.#bytes.slice(start, start + count);
    this.#copyOfMessage ??= this.#view.buffer.slice(0, this.#length) as ArrayBuffer;
    return new Uint8Array(this.#copyOfMessage, start, count);
  }

  /** Checks that all bytes and handles have been used. */
  #finish(): void {
    if (this.#nextObject !== this.#length) {
      const detail = `${this.#length - this.#nextObject} bytes after the end of the message`;
      this.fail("TOO_MANY_BYTES_IN_MESSAGE", this.#nextObject, detail);
    }
    if (this.#nextHandle !== this.#handles.length) {
      const detail = `${this.#handles.length} handles came, ${this.#nextHandle} belong to the message`;
      this.fail("TOO_MANY_HANDLES_IN_MESSAGE", this.#length, detail);
    }
  }

  #absent(offset: number, codeIfCounted: FidlErrorCode, type: string): never {
    const isEmpty = this.isZero(offset, 8);
    const code = isEmpty ? "NON_NULLABLE_TYPE_WITH_NULL_VALUE" : codeIfCounted;
    this.fail(code, offset + 8, `a ${type} of ${this.uint64(offset)} is marked absent`);
  }

  #wrongEnvelope(offset: number, flags: number, codec: Codec<unknown>): never {
    if (flags > 1) this.fail("INVALID_INLINE_MARKER_IN_ENVELOPE", offset + 6, hex(flags, 4));
    if (this.isZero(offset, 8)) this.#emptyEnvelope(offset);
    if (flags === 0 && codec.size > 4) {
      this.fail("INVALID_NUM_BYTES_IN_ENVELOPE", offset, `no bytes are stated for ${codec.name}`);
    }
    const where = flags === 1 ? "out of line" : "in the envelope";
    const detail = `${codec.name} has ${codec.size} bytes, so it lies ${where}`;
    this.fail("INVALID_INLINE_BIT_IN_ENVELOPE", offset + 6, detail);
  }

  #wrongHandleCount(offset: number, stated: number, used: number, left: number): never {
    if (stated > left) {
      const detail = `${stated} handles, where ${left} are left`;
      this.fail("ENVELOPE_HANDLES_EXCEED_MESSAGE_LENGTH", offset, detail);
    }
    const detail = `${stated} handles are stated, ${used} are there`;
    this.fail("INVALID_NUM_HANDLES_IN_ENVELOPE", offset, detail);
  }

  #absentUnion(offset: number): never {
    if (this.isZero(offset + 8, 8)) {
      this.fail("NON_NULLABLE_TYPE_WITH_NULL_VALUE", offset, "the union is not optional");
    }
    this.fail("UNION_FIELD_NOT_SET", offset, "the union has an envelope, but its ordinal is 0");
  }

  #emptyEnvelope(offset: number): never {
    this.fail("UNION_FIELD_NOT_SET", offset, "the union has an ordinal, but its envelope is empty");
  }

  /** A handle with more rights than the schema names is replaced by one with just those. */
  #reduce(index: number, info: HandleInfo, rights: number, offset: number): Handle {
    const missing = (rights & ~info.rights) >>> 0;
    if (missing !== 0) {
      const detail = `${rightsNames(missing)} missing, of ${rightsNames(rights)}`;
      this.fail("MISSING_REQUIRED_HANDLE_RIGHTS", offset, detail);
    }
    if (this.#owner === undefined) return info.handle;
    const handle = this.#owner.handleReplace(info.handle, rights);
    this.#handles[index] = { handle, type: info.type, rights };
    return handle;
  }
}

/** What a flexible union is when the other side knows more members than we do. */
export interface UnknownVariant {
  readonly kind: "unknown";
  readonly ordinal: bigint;
}

const NO_HANDLES: HandleInfo[] = [];

/** Up to here engines keep a Uint8Array's bytes beside other objects; memory of its own costs more than all else in a message. */
const SMALL_COPY = 64;
