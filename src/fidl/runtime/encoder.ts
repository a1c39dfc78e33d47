import {
  CHANNEL_MAX_MSG_BYTES,
  CHANNEL_MAX_MSG_HANDLES,
  type Handle,
  INVALID_HANDLE,
} from "../../zx/constants.ts";
import { roundUp } from "../../zx/pages.ts";
import { type Codec, MAX_DEPTH } from "./codec.ts";
import { FidlError, type FidlErrorCode } from "./errors.ts";

const PRESENT = 0xffff_ffff;

/**
 * Writes one message in wire format v2: little endian, out-of-line objects 8-aligned, zero padded, in depth-first order.
 *
 * The first thing that cannot be encoded is kept in `error` and the rest of the value is walked all the same, so that `handles`
 * is then complete and the caller can close all of them: encoding moves handles, also when it fails.
 */
export class Encoder {
  handles: Handle[] = [];
  error: FidlError | undefined;
  #bytes = new Uint8Array(512);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;
  #depth = 0;

  /** The message so far, as a copy. */
  bytes(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  /** Makes the encoder ready for another message, with the memory it has. */
  reset(): void {
    this.#bytes.fill(0, 0, this.#length);
    this.#length = 0;
    this.#depth = 0;
    this.handles = [];
    this.error = undefined;
  }

  /** Reserves the next out-of-line object, zeroed, and returns its offset. */
  reserve(size: number): number {
    const offset = this.#length;
    this.#length = offset + roundUp(size, 8);
    if (this.#length > this.#bytes.length) this.#grow();
    return offset;
  }

  uint8(offset: number, value: number): void {
    if (this.#isInteger(offset, value, 0, 0xff, "uint8")) this.#view.setUint8(offset, value);
  }

  uint16(offset: number, value: number): void {
    if (this.#isInteger(offset, value, 0, 0xffff, "uint16")) this.#view.setUint16(offset, value, true);
  }

  uint32(offset: number, value: number): void {
    if (this.#isInteger(offset, value, 0, 0xffff_ffff, "uint32")) this.#view.setUint32(offset, value, true);
  }

  int32(offset: number, value: number): void {
    if (this.#isInteger(offset, value, -0x8000_0000, 0x7fff_ffff, "int32")) {
      this.#view.setInt32(offset, value, true);
    }
  }

  /** A uint64 that is an address, a size or an offset: a safe integer. */
  size64(offset: number, value: number): void {
    if (!this.#isInteger(offset, value, 0, Number.MAX_SAFE_INTEGER, "uint64")) return;
    this.#view.setUint32(offset, value % 2 ** 32, true);
    this.#view.setUint32(offset + 4, Math.floor(value / 2 ** 32), true);
  }

  bool(offset: number, value: boolean): void {
    if (typeof value === "boolean") this.#view.setUint8(offset, value ? 1 : 0);
    else this.fail("INVALID_VALUE", offset, `${show(value)} is not a bool`);
  }

  /** A handle that must be there. */
  handle(offset: number, handle: Handle): void {
    if (typeof handle !== "number" || handle === INVALID_HANDLE) {
      this.fail("NON_NULLABLE_TYPE_WITH_NULL_VALUE", offset, "the handle is not optional");
      return;
    }
    this.#view.setUint32(offset, PRESENT, true);
    this.handles.push(handle);
  }

  /** Whether `value` is an object that a struct or union can be encoded from; fails the message otherwise. */
  isObject(offset: number, value: unknown, type: string): boolean {
    if (typeof value === "object" && value !== null) return true;
    this.fail("INVALID_VALUE", offset, `${show(value)} is not a ${type}`);
    return false;
  }

  /** `vector<uint8>:bound`. */
  byteVector(offset: number, value: Uint8Array, bound: number): void {
    if (!(value instanceof Uint8Array)) {
      this.fail("INVALID_VALUE", offset, "vector<uint8> takes a Uint8Array");
      return;
    }
    if (!this.#vectorHeader(offset, value.length, bound, 1)) return;
    if (this.#enter(offset)) {
      const start = this.reserve(value.length);
      this.#bytes.set(value, start);
    }
    this.#depth--;
  }

  /** `vector<T>:bound`. */
  vector<T>(offset: number, value: readonly T[], bound: number, element: Codec<T>): void {
    if (!Array.isArray(value)) {
      this.fail("INVALID_VALUE", offset, `vector<${element.name}> takes an array`);
      return;
    }
    const fits = this.#vectorHeader(offset, value.length, bound, element.size);
    // Too long a vector is still walked, for its handles, one element over the other.
    if (this.#enter(offset)) {
      const start = fits ? this.reserve(value.length * element.size) : this.reserve(element.size);
      value.forEach((item, i) => {
        element.encode(this, fits ? start + i * element.size : start, item);
      });
    }
    this.#depth--;
  }

  /** The member of a union: its ordinal and its envelope. */
  union<T>(offset: number, ordinal: number, member: Codec<T>, value: T): void {
    this.size64(offset, ordinal);
    this.envelope(offset + 8, member, value);
  }

  /** 8 bytes that hold a value of at most 4 bytes, or say how much lies out of line. */
  envelope<T>(offset: number, content: Codec<T>, value: T): void {
    const handlesBefore = this.handles.length;
    if (content.size <= 4) {
      content.encode(this, offset, value);
      this.#view.setUint16(offset + 6, 1, true);
    } else {
      if (this.#enter(offset)) {
        const start = this.reserve(content.size);
        content.encode(this, start, value);
        this.#view.setUint32(offset, this.#length - start, true);
      }
      this.#depth--;
    }
    this.#view.setUint16(offset + 4, this.handles.length - handlesBefore, true);
  }

  /** Keeps the first error of the message. */
  fail(code: FidlErrorCode, offset: number, detail: string): void {
    this.error ??= new FidlError(code, detail, offset);
  }

  /** Checks what holds for a message as a whole. */
  finish(): void {
    if (this.#length > CHANNEL_MAX_MSG_BYTES) {
      this.error ??= new FidlError(
        "TOO_MANY_BYTES_IN_MESSAGE",
        `${this.#length} bytes; a channel takes ${CHANNEL_MAX_MSG_BYTES}`,
      );
    }
    if (this.handles.length > CHANNEL_MAX_MSG_HANDLES) {
      const detail = `${this.handles.length} handles; a channel takes ${CHANNEL_MAX_MSG_HANDLES}`;
      this.error ??= new FidlError("TOO_MANY_HANDLES_IN_MESSAGE", detail);
    }
  }

  /** False, with the error kept, for more elements than the vector or a message may have. */
  #vectorHeader(offset: number, count: number, bound: number, elementSize: number): boolean {
    this.#view.setUint32(offset, count, true);
    this.#view.setUint32(offset + 8, PRESENT, true);
    this.#view.setUint32(offset + 12, PRESENT, true);
    if (count > bound) {
      this.fail("COUNT_EXCEEDS_LIMIT", offset, `a vector of ${count}, whose bound is ${bound}`);
      return false;
    }
    if (count * elementSize > CHANNEL_MAX_MSG_BYTES) {
      const detail = `a vector of ${count * elementSize} bytes; a channel takes ${CHANNEL_MAX_MSG_BYTES}`;
      this.fail("TOO_MANY_BYTES_IN_MESSAGE", offset, detail);
      return false;
    }
    return true;
  }

  /** One level deeper. False, with the error kept, beyond the limit; the caller then goes no further. */
  #enter(offset: number): boolean {
    this.#depth++;
    if (this.#depth <= MAX_DEPTH) return true;
    this.fail(
      "EXCEEDED_MAX_OUT_OF_LINE_DEPTH",
      offset,
      `more than ${MAX_DEPTH} levels of out-of-line objects`,
    );
    return false;
  }

  #isInteger(offset: number, value: number, min: number, max: number, type: string): boolean {
    if (Number.isInteger(value) && value >= min && value <= max) return true;
    this.fail("INVALID_VALUE", offset, `${show(value)} is not a ${type}`);
    return false;
  }

  #grow(): void {
    const bytes = new Uint8Array(Math.max(this.#length, this.#bytes.length * 2));
    bytes.set(this.#bytes);
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
  }
}

function show(value: unknown): string {
  return typeof value === "object" && value !== null ? "an object" : String(value);
}
