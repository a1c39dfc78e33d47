/**
 * Arguments and results as bytes: numbers, bigints, strings, booleans, undefined, null, bytes, arrays and plain objects. One byte says
 * what follows. What is none of these crosses as "something else", which every system call refuses.
 */
import { pageFaultOf, ZxError } from "../zx/error.ts";
import { MAX_COPY } from "./mailbox.ts";
import { needMuchStack } from "./stack.ts";

export const Tag = {
  UNDEFINED: 0,
  NULL: 1,
  FALSE: 2,
  TRUE: 3,
  /** A signed 32-bit number. */
  INT: 4,
  DOUBLE: 5,
  /** Sign, count, and so many bytes of the magnitude. */
  BIGINT: 6,
  /** UTF-8. */
  TEXT: 7,
  /** UTF-16, for strings with lone surrogates. */
  TEXT16: 8,
  BYTES: 9,
  ARRAY: 10,
  OBJECT: 11,
  /** A typed array that the call fills: only its length crosses. */
  OUT: 12,
  OTHER: 13,
} as const;

/** Of a key of an object: this, or the place in `KEYS`. */
export const KEY_AS_TEXT = 255;

/** Names of fields that cross often. Both sides have the same list. */
export const KEYS = [
  "bytes",
  "handles",
  "handle",
  "type",
  "rights",
  "operation",
  "key",
  "status",
  "user",
  "signals",
  "koid",
  "name",
  "base",
  "size",
  "timestamp",
] as const;

const keyNumbers = new Map<string, number>(KEYS.map((key, i) => [key, i]));

/** Nesting beyond this, and longer arrays, are nothing that a system call takes. */
const MAX_DEPTH = 16;
const MAX_ELEMENTS = 0x1_0001;

const textEncoder = new TextEncoder();

/** Writes values one after the other into bytes of its own. */
export class ValueWriter {
  length = 0;
  #bytes: Uint8Array<ArrayBuffer>;
  #view: DataView;

  constructor(size = 256) {
    this.#bytes = new Uint8Array(size);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** What was written so far: good until the next write. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.length);
  }

  clear(): void {
    this.length = 0;
    if (this.#bytes.length > MOST_KEPT) this.#resize(256);
  }

  u8(value: number): void {
    this.#room(1);
    this.#bytes[this.length++] = value;
  }

  u32(value: number): void {
    this.#room(4);
    this.#view.setUint32(this.length, value, true);
    this.length += 4;
  }

  raw(bytes: Uint8Array): void {
    this.#room(bytes.length);
    this.#bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** What throws when it is looked at is something else. Throws RangeError itself, and only, where little stack is left. */
  value(value: unknown, depth = 0): void {
    const start = this.length;
    try {
      this.#any(value, depth);
    } catch {
      this.length = start;
      needMuchStack();
      this.u8(Tag.OTHER);
    }
  }

  /** Arguments; the one numbered `out` is bytes that the call is to fill. */
  array(values: readonly unknown[], out?: number): void {
    this.u8(Tag.ARRAY);
    this.u32(values.length);
    for (let i = 0; i < values.length; i++) {
      if (i === out) this.#out(values[i]);
      else this.value(values[i], 1);
    }
  }

  #out(into: unknown): void {
    if (!isBytes(into) || into.length > MAX_COPY) {
      this.u8(Tag.OTHER);
      return;
    }
    this.u8(Tag.OUT);
    this.u32(into.length);
  }

  error(error: ZxError): void {
    this.value(error.status);
    this.value(error.detail);
    this.value(error.outputs);
    this.value(pageFaultOf(error)?.address);
  }

  #any(value: unknown, depth: number): void {
    switch (typeof value) {
      case "number":
        this.#number(value);
        return;
      case "string":
        this.#text(value);
        return;
      case "boolean":
        this.u8(value ? Tag.TRUE : Tag.FALSE);
        return;
      case "undefined":
        this.u8(Tag.UNDEFINED);
        return;
      case "bigint":
        this.#bigint(value);
        return;
      case "object":
        if (value === null) {
          this.u8(Tag.NULL);
          return;
        }
        if (ArrayBuffer.isView(value)) {
          this.#view8(value);
          return;
        }
        if (depth === MAX_DEPTH) {
          this.u8(Tag.OTHER);
          return;
        }
        Array.isArray(value) ? this.#array(value, depth) : this.#object(value, depth);
        return;
      default:
        this.u8(Tag.OTHER);
        return;
    }
  }

  #number(value: number): void {
    if ((value | 0) === value && !Object.is(value, -0)) {
      this.#room(5);
      this.#bytes[this.length] = Tag.INT;
      this.#view.setInt32(this.length + 1, value, true);
      this.length += 5;
    } else {
      this.#room(9);
      this.#bytes[this.length] = Tag.DOUBLE;
      this.#view.setFloat64(this.length + 1, value, true);
      this.length += 9;
    }
  }

  #bigint(value: bigint): void {
    const digits = (value < 0n ? -value : value).toString(16);
    const count = (digits.length + 1) >> 1;
    if (count > 0xff) {
      this.u8(Tag.OTHER);
      return;
    }
    this.u8(Tag.BIGINT);
    this.u8(value < 0n ? 1 : 0);
    this.u8(count);
    const even = digits.padStart(2 * count, "0");
    for (let i = 0; i < count; i++) this.u8(Number.parseInt(even.slice(2 * i, 2 * i + 2), 16));
  }

  #text(text: string): void {
    if (!isWellFormed(text)) {
      this.u8(Tag.TEXT16);
      this.u32(2 * text.length);
      this.#room(2 * text.length);
      for (let i = 0; i < text.length; i++)
        this.#view.setUint16(this.length + 2 * i, text.charCodeAt(i), true);
      this.length += 2 * text.length;
      return;
    }
    this.u8(Tag.TEXT);
    this.#room(4 + 3 * text.length);
    const { written } = textEncoder.encodeInto(text, this.#bytes.subarray(this.length + 4));
    this.u32(written);
    this.length += written;
  }

  #view8(value: ArrayBufferView): void {
    if (!isBytes(value) || value.length > MAX_COPY) {
      this.u8(Tag.OTHER);
      return;
    }
    this.u8(Tag.BYTES);
    this.u32(value.length);
    if (value.length > 0) this.raw(value);
  }

  #array(array: readonly unknown[], depth: number): void {
    const { length } = array;
    if (length > MAX_ELEMENTS) {
      this.u8(Tag.OTHER);
      return;
    }
    this.u8(Tag.ARRAY);
    this.u32(length);
    for (let i = 0; i < length; i++) this.value(array[i], depth + 1);
  }

  #object(object: object, depth: number): void {
    const entries = Object.entries(object);
    this.u8(Tag.OBJECT);
    this.u32(entries.length);
    for (const [key, value] of entries) {
      const number = keyNumbers.get(key);
      if (number !== undefined) this.u8(number);
      else {
        this.u8(KEY_AS_TEXT);
        this.#text(key);
      }
      this.value(value, depth + 1);
    }
  }

  #room(size: number): void {
    const needed = this.length + size;
    if (needed > this.#bytes.length) this.#resize(Math.max(needed, 2 * this.#bytes.length));
  }

  #resize(size: number): void {
    const bytes = new Uint8Array(size);
    bytes.set(this.#bytes.subarray(0, this.length));
    const view = new DataView(bytes.buffer);
    // Both or none, should there be no stack left.
    this.#bytes = bytes;
    this.#view = view;
  }
}

/** Larger buffers are not kept for the next message. */
const MOST_KEPT = 0x4_0000;

/** What the value is, not what it says it is; bytes whose buffer is gone have no length. */
function isBytes(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value) && value instanceof Uint8Array;
}

function isWellFormed(text: string): boolean {
  return (text as { isWellFormed?(): boolean }).isWellFormed?.() ?? !/\p{Surrogate}/u.test(text);
}

/** What crossed as "something else": no number, no text, no list, no bytes. */
export const SOMETHING_ELSE: unknown = Symbol("something else");

/** The bytes make no sense: IO_DATA_INTEGRITY. */
export function malformed(what: string): ZxError {
  return new ZxError("IO_DATA_INTEGRITY", `a malformed message: ${what}`);
}
