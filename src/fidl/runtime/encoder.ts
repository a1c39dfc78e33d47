import { CHANNEL_MAX_MSG_BYTES, type Handle, INVALID_HANDLE } from "../../zx/constants.ts";
import { type Codec, MAX_DEPTH, PRESENT } from "./codec.ts";
import { FidlError, type FidlErrorCode } from "./errors.ts";
import { writeUtf8 } from "./utf8.ts";

/** How many out-of-line objects a value that is too deep is still searched for handles. A value that contains itself has no end. */
const MAX_OBJECTS_TOO_DEEP = 4096;

/** Up to here a loop beats the call of `fill`. */
const SHORT_TO_CLEAR = 128;

/** Ends the walk over a value; `error` says why. */
const GIVE_UP = Symbol("give up");

/**
 * Writes one message in wire format v2: little endian, out-of-line objects 8-aligned, zero padded, in depth-first order.
 *
 * The first thing that cannot be encoded is kept in `error` and the rest of the value is walked all the same, so that `handles`
 * is then complete and the caller can close all of them: encoding moves handles, also when it fails.
 *
 * Codecs are its users; others call `encodeBody`, `persist`, or a client or server.
 */
export class Encoder {
  /** How many handles the message has so far. */
  handleCount = 0;
  error: FidlError | undefined;
  // Longer than `handleCount` after a message with more handles: arrays that stay are cheaper than new ones.
  readonly #handles: Handle[] = [];
  readonly #types: number[] = [];
  readonly #rights: number[] = [];
  #bytes = new Uint8Array(1024);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;
  #depth = 0;
  #maxBytes = CHANNEL_MAX_MSG_BYTES;
  #objectsTooDeep = 0;

  /** The message so far: a view of memory that the next message will be written to. */
  get bytes(): Uint8Array {
    return new Uint8Array(this.#bytes.buffer, 0, this.#length);
  }

  /** The handles of the message so far. */
  get handles(): Handle[] {
    return this.#handles.slice(0, this.handleCount);
  }

  /** What the schema says of each handle: its `ObjectType`. */
  get types(): number[] {
    return this.#types.slice(0, this.handleCount);
  }

  /** What the schema says of each handle: the rights that it arrives with. */
  get rights(): number[] {
    return this.#rights.slice(0, this.handleCount);
  }

  get length(): number {
    return this.#length;
  }

  /** Bytes of memory that it keeps. */
  get capacity(): number {
    return this.#bytes.length;
  }

  /** Makes the encoder ready for another message of at most `maxBytes`, with the memory it has. */
  reset(maxBytes: number = CHANNEL_MAX_MSG_BYTES): void {
    // A message that failed may have written anywhere.
    const written = this.error === undefined ? this.#length : this.#bytes.length;
    if (written > SHORT_TO_CLEAR) this.#bytes.fill(0, 0, written);
    else for (let i = 0; i < written; i += 8) this.#view.setFloat64(i, 0);
    this.#length = 0;
    this.#depth = 0;
    this.#maxBytes = maxBytes;
    this.#objectsTooDeep = 0;
    this.handleCount = 0;
    this.error = undefined;
  }

  /** Encodes the primary object. Never throws: whatever goes wrong is in `error`. */
  body<T>(codec: Codec<T>, value: T): void {
    try {
      codec.encode(this, this.reserve(codec.size), value);
    } catch (error) {
      // Anything else comes out of the value itself: a getter, a proxy.
      if (error !== GIVE_UP) {
        this.error ??= new FidlError(
          "INVALID_VALUE",
          `the value cannot be read: ${text(error)}`,
          undefined,
          error,
        );
      }
    }
  }

  /** Reserves the next out-of-line object, zeroed, and returns its offset. */
  reserve(size: number): number {
    const offset = this.#length;
    const end = offset + ((size + 7) & ~7);
    if (end > this.#bytes.length || end > this.#maxBytes) return this.#reserveMore(size, end);
    this.#length = end;
    return offset;
  }

  /** Goes to an object out of line. */
  enter(offset: number): void {
    if (++this.#depth > MAX_DEPTH) this.#tooDeep(offset);
  }

  leave(): void {
    this.#depth--;
  }

  uint8(offset: number, value: number): void {
    if (typeof value !== "number" || (value & 0xff) !== value) this.#refuse(offset, value, "uint8");
    else this.#bytes[offset] = value;
  }

  int8(offset: number, value: number): void {
    if (typeof value !== "number" || (value << 24) >> 24 !== value) this.#refuse(offset, value, "int8");
    else this.#bytes[offset] = value;
  }

  uint16(offset: number, value: number): void {
    if (typeof value !== "number" || (value & 0xffff) !== value) this.#refuse(offset, value, "uint16");
    else this.#view.setUint16(offset, value, true);
  }

  int16(offset: number, value: number): void {
    if (typeof value !== "number" || (value << 16) >> 16 !== value) this.#refuse(offset, value, "int16");
    else this.#view.setInt16(offset, value, true);
  }

  uint32(offset: number, value: number): void {
    if (typeof value !== "number" || value >>> 0 !== value) this.#refuse(offset, value, "uint32");
    else this.#view.setUint32(offset, value, true);
  }

  int32(offset: number, value: number): void {
    if (typeof value !== "number" || (value | 0) !== value) this.#refuse(offset, value, "int32");
    else this.#view.setInt32(offset, value, true);
  }

  uint64(offset: number, value: bigint): void {
    if (typeof value !== "bigint" || BigInt.asUintN(64, value) !== value)
      this.#refuse(offset, value, "uint64");
    else this.#view.setBigUint64(offset, value, true);
  }

  int64(offset: number, value: bigint): void {
    if (typeof value !== "bigint" || BigInt.asIntN(64, value) !== value) this.#refuse(offset, value, "int64");
    else this.#view.setBigInt64(offset, value, true);
  }

  /** A uint64 that is an address, a size or an offset: a safe integer. */
  size64(offset: number, value: number): void {
    if (!Number.isSafeInteger(value) || value < 0) {
      this.#refuse(offset, value, "uint64 below 2^53");
      return;
    }
    this.#view.setUint32(offset, value, true);
    this.#view.setUint32(offset + 4, value / 2 ** 32, true);
  }

  float32(offset: number, value: number): void {
    if (typeof value !== "number") this.#refuse(offset, value, "float32");
    else this.#view.setFloat32(offset, value, true);
  }

  float64(offset: number, value: number): void {
    if (typeof value !== "number") this.#refuse(offset, value, "float64");
    else this.#view.setFloat64(offset, value, true);
  }

  bool(offset: number, value: boolean): void {
    if (typeof value !== "boolean") this.#refuse(offset, value, "bool");
    else this.#bytes[offset] = value ? 1 : 0;
  }

  /** A handle that must be there. */
  handle(offset: number, handle: Handle, type: number, rights: number): void {
    if (typeof handle !== "number" || handle === INVALID_HANDLE) {
      this.fail("NON_NULLABLE_TYPE_WITH_NULL_VALUE", offset, "the handle is not optional");
      return;
    }
    this.#view.setUint32(offset, PRESENT, true);
    const index = this.handleCount++;
    this.#handles[index] = handle;
    this.#types[index] = type;
    this.#rights[index] = rights;
  }

  /** The marker of something out of line that is present. */
  present(offset: number): void {
    this.#view.setUint32(offset, PRESENT, true);
    this.#view.setUint32(offset + 4, PRESENT, true);
  }

  /** A string that must be there, of at most `bound` bytes of UTF-8. */
  string(offset: number, value: string, bound: number): void {
    if (typeof value !== "string") {
      this.#refuse(offset, value, "string");
      return;
    }
    // As many bytes as UTF-16 units at least, and three times as many at most.
    if (value.length > this.#maxBytes || value.length > bound) {
      this.#tooLong(offset, value.length, bound);
      return;
    }
    this.enter(offset);
    const start = this.#length;
    const room = start + 3 * value.length + 8;
    if (room > this.#bytes.length) this.#grow(room);
    const size = writeUtf8(this.#bytes, start, value);
    this.#depth--;
    if (size < 0) {
      this.fail("STRING_NOT_UTF8", offset, "the string contains half a surrogate pair");
    } else if (size > bound) {
      this.#tooLong(offset, size, bound);
    } else {
      this.reserve(size);
      this.#view.setUint32(offset, size, true);
      this.present(offset + 8);
    }
  }

  /** `vector<uint8>` that must be there. */
  byteVector(offset: number, value: Uint8Array, bound: number): void {
    if (!(value instanceof Uint8Array)) {
      this.#refuse(offset, value, "Uint8Array");
      return;
    }
    if (!this.vectorHeader(offset, value.length, 1, bound)) return;
    this.enter(offset);
    const start = this.reserve(value.length);
    if (this.error === undefined) this.#bytes.set(value, start);
    this.#depth--;
  }

  /** `array<uint8, N>`. */
  byteArray(offset: number, value: Uint8Array, count: number): void {
    if (!(value instanceof Uint8Array) || value.length !== count)
      this.#refuse(offset, value, `Uint8Array of ${count}`);
    else this.#bytes.set(value, offset);
  }

  /** The inline part of a vector that is present. False, with the error kept, for more elements than it or a message may have. */
  vectorHeader(offset: number, count: number, elementSize: number, bound: number): boolean {
    this.#view.setUint32(offset, count, true);
    this.present(offset + 8);
    if (count > bound) {
      this.fail("COUNT_EXCEEDS_LIMIT", offset, `a vector of ${count}, whose bound is ${bound}`);
      return false;
    }
    if (count * elementSize > this.#maxBytes) {
      const detail = `a vector of ${count * elementSize} bytes; a message may have ${this.#maxBytes}`;
      this.fail("TOO_MANY_BYTES_IN_MESSAGE", offset, detail);
      return false;
    }
    return true;
  }

  /** The header of a table whose highest member is `max`, and its envelopes, at the offset that is returned. `leave` ends it. */
  enterTable(offset: number, max: number): number {
    this.#view.setUint32(offset, max, true);
    this.present(offset + 8);
    this.enter(offset);
    return this.reserve(8 * max);
  }

  /** The member of a union: its ordinal, for which the language has 32 of the 64 bits, and its envelope. */
  union<T>(offset: number, ordinal: number, codec: Codec<T>, value: T): void {
    this.#view.setUint32(offset, ordinal, true);
    this.envelope(offset + 8, codec, value);
  }

  /** 8 bytes that hold a value of at most 4 bytes, or say how much lies out of line. */
  envelope<T>(offset: number, codec: Codec<T>, value: T): void {
    const handlesBefore = this.handleCount;
    if (codec.size <= 4) {
      codec.encode(this, offset, value);
      this.#view.setUint16(offset + 6, 1, true);
    } else {
      this.enter(offset);
      const start = this.reserve(codec.size);
      codec.encode(this, start, value);
      this.#view.setUint32(offset, this.#length - start, true);
      this.#depth--;
    }
    const handles = this.handleCount - handlesBefore;
    if (handles !== 0) this.#view.setUint16(offset + 4, handles, true);
  }

  /** Whether `value` is an object that a struct, table or union can be encoded from; fails the message otherwise. */
  object(offset: number, value: unknown, type: string): boolean {
    if (typeof value === "object" && value !== null) return true;
    this.#refuse(offset, value, type);
    return false;
  }

  /** Whether `value` is an array; fails the message otherwise. */
  list(offset: number, value: unknown, type: string): boolean {
    if (Array.isArray(value)) return true;
    this.#refuse(offset, value, type);
    return false;
  }

  /** For a union: fails the message, since a member that is not declared cannot be sent. */
  unknownVariant(
    offset: number,
    value: { readonly kind: string; readonly ordinal?: bigint },
    type: string,
  ): void {
    const code =
      value.kind !== "unknown"
        ? "INVALID_VALUE"
        : value.ordinal === 0n
          ? "UNION_FIELD_NOT_SET"
          : "FLEXIBLE_UNION_UNKNOWN_FIELD";
    this.fail(code, offset, `${type} cannot be sent as ${text(value.kind)}`);
  }

  /** Keeps the first error of the message. */
  fail(code: FidlErrorCode, offset: number, detail: string): void {
    this.error ??= new FidlError(code, detail, offset);
  }

  #refuse(offset: number, value: unknown, type: string): void {
    this.fail("INVALID_VALUE", offset, `${text(value)} is not a ${type}`);
  }

  #tooLong(offset: number, length: number, bound: number): void {
    if (length > bound)
      this.fail("STRING_TOO_LONG", offset, `a string of ${length} bytes, whose bound is ${bound}`);
    else this.#tooManyBytes(offset, length);
  }

  #tooManyBytes(offset: number, length: number): void {
    this.fail("TOO_MANY_BYTES_IN_MESSAGE", offset, `${length} bytes; a message may have ${this.#maxBytes}`);
  }

  #tooDeep(offset: number): void {
    this.fail(
      "EXCEEDED_MAX_OUT_OF_LINE_DEPTH",
      offset,
      `more than ${MAX_DEPTH} levels of out-of-line objects`,
    );
    if (++this.#objectsTooDeep > MAX_OBJECTS_TOO_DEEP) throw GIVE_UP;
  }

  /** Where the message is too long, its beginning is written over: all that matters from now on is its handles. */
  #reserveMore(size: number, end: number): number {
    if (end <= this.#maxBytes) {
      this.#grow(end);
      this.#length = end;
      return end - ((size + 7) & ~7);
    }
    this.#tooManyBytes(this.#length, end);
    if (size > this.#bytes.length) this.#grow(size);
    return 0;
  }

  #grow(length: number): void {
    const bytes = new Uint8Array(Math.max(length, this.#bytes.length * 2));
    bytes.set(this.#bytes);
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
  }
}

/** A value for a message, whatever it is. */
function text(value: unknown): string {
  if (typeof value === "object" && value !== null)
    return value instanceof Error ? value.message : "an object";
  if (typeof value === "function") return "a function";
  return typeof value === "bigint" ? `${value}n` : String(value);
}
