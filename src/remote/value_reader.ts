/** Values out of bytes that nobody vouches for: whatever they are, the result is a value or IO_DATA_INTEGRITY. */
import { PageFault, ZxError } from "../zx/error.ts";
import { MAX_COPY } from "./mailbox.ts";
import { KEY_AS_TEXT, KEYS, malformed, SOMETHING_ELSE, Tag } from "./values.ts";

const MAX_DEPTH = 16;
const MAX_KEY = 128;

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
const utf16 = new TextDecoder("utf-16le", { ignoreBOM: true });

export class ValueReader {
  /** The bytes that a call was given to fill, if there was such an argument. */
  out: Uint8Array<ArrayBuffer> | undefined;
  #bytes: Uint8Array<ArrayBuffer>;
  #view: DataView;
  #at = 0;

  /** Views of `bytes` are never given out. */
  constructor(bytes: Uint8Array<ArrayBuffer>) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  u8(): number {
    this.#need(1);
    return this.#bytes[this.#at++]!;
  }

  u32(): number {
    this.#need(4);
    const value = this.#view.getUint32(this.#at, true);
    this.#at += 4;
    return value;
  }

  /** A copy of the next bytes. */
  raw(length: number): Uint8Array<ArrayBuffer> {
    this.#need(length);
    const bytes = this.#bytes.slice(this.#at, this.#at + length);
    this.#at += length;
    return bytes;
  }

  value(depth = 0): unknown {
    const tag = this.u8();
    switch (tag) {
      case Tag.UNDEFINED:
        return undefined;
      case Tag.NULL:
        return null;
      case Tag.FALSE:
        return false;
      case Tag.TRUE:
        return true;
      case Tag.INT:
        return this.u32() | 0;
      case Tag.DOUBLE:
        return this.#double();
      case Tag.BIGINT:
        return this.#bigint();
      case Tag.TEXT:
        return utf8.decode(this.#part(this.u32()));
      case Tag.TEXT16:
        return this.#text16();
      case Tag.BYTES:
        return this.raw(this.u32());
      case Tag.ARRAY:
        return this.#array(depth);
      case Tag.OBJECT:
        return this.#object(depth);
      case Tag.OUT:
        return this.#out();
      case Tag.OTHER:
        return SOMETHING_ELSE;
      default:
        throw malformed(`a value of kind ${tag}`);
    }
  }

  number(): number {
    const value = this.value();
    if (typeof value !== "number") throw malformed("a number was expected");
    return value;
  }

  list(): unknown[] {
    if (this.u8() !== Tag.ARRAY) throw malformed("a list was expected");
    return this.#array(0);
  }

  /** What `ValueWriter.error` wrote. */
  error(): ZxError {
    const status = this.number();
    const detail = String(this.value());
    const outputs = this.value() as Record<string, number>;
    const faultAddress = this.value();
    return typeof faultAddress === "number"
      ? new PageFault(status, detail, faultAddress)
      : new ZxError(status, detail, { outputs });
  }

  #double(): number {
    this.#need(8);
    const value = this.#view.getFloat64(this.#at, true);
    this.#at += 8;
    return value;
  }

  #bigint(): bigint {
    const isNegative = this.u8() !== 0;
    const count = this.u8();
    let digits = "0x0";
    for (const byte of this.#part(count)) digits += byte.toString(16).padStart(2, "0");
    const magnitude = BigInt(digits);
    return isNegative ? -magnitude : magnitude;
  }

  #text16(): string {
    const length = this.u32();
    if (length % 2 !== 0) throw malformed("half a character");
    const part = this.#part(length);
    let text = "";
    for (let i = 0; i < length; i += 2) text += String.fromCharCode(part[i]! | (part[i + 1]! << 8));
    return text;
  }

  #array(depth: number): unknown[] {
    const length = this.u32();
    // Each element takes a byte at least.
    this.#need(length);
    if (depth >= MAX_DEPTH) throw malformed("lists in lists without end");
    const array: unknown[] = [];
    for (let i = 0; i < length; i++) array.push(this.value(depth + 1));
    return array;
  }

  #object(depth: number): Record<string, unknown> {
    const count = this.u32();
    this.#need(2 * count);
    if (depth >= MAX_DEPTH) throw malformed("objects in objects without end");
    const object: Record<string, unknown> = {};
    for (let i = 0; i < count; i++) {
      const key = this.#key();
      const value = this.value(depth + 1);
      // A field like any other, not the object's prototype.
      if (key === "__proto__") Object.defineProperty(object, key, { value, enumerable: true });
      else object[key] = value;
    }
    return object;
  }

  #key(): string {
    const number = this.u8();
    const known = KEYS[number];
    if (known !== undefined) return known;
    if (number !== KEY_AS_TEXT) throw malformed(`key ${number}`);
    const tag = this.u8();
    if (tag !== Tag.TEXT && tag !== Tag.TEXT16) throw malformed("a key that is no text");
    const length = this.u32();
    if (length > MAX_KEY) throw malformed(`a key of ${length} bytes`);
    return (tag === Tag.TEXT ? utf8 : utf16).decode(this.#part(length));
  }

  #out(): Uint8Array {
    const length = this.u32();
    if (length > MAX_COPY || this.out !== undefined) throw malformed("room for too many bytes");
    this.out = new Uint8Array(length);
    return this.out;
  }

  /** The next bytes, where they are. */
  #part(length: number): Uint8Array<ArrayBuffer> {
    this.#need(length);
    const part = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += length;
    return part;
  }

  #need(length: number): void {
    if (length > this.#bytes.length - this.#at) throw malformed("it ends too early");
  }
}
