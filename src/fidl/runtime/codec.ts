import type { Decoder } from "./decoder.ts";
import type { Encoder } from "./encoder.ts";

/** Out-of-line objects may follow one another this deep (wire format, "recursion depth"). */
export const MAX_DEPTH = 32;

/** The bound of a string or vector that has none (`MAX` in FIDL). */
export const MAX_BOUND = 0xffff_ffff;

/** What a struct or an array may take in line, in bytes: fidlc's limit, and ours for what one small message can make us reserve. */
export const MAX_INLINE_SIZE = 65_535;

/** What marks a pointer or a handle as present. */
export const PRESENT = 0xffff_ffff;

/** A member of a struct, table or union, for a program that prints or makes values of any type. */
export interface Member {
  /** As in the `.fidl` text: `bar_id`. */
  readonly name: string;
  /** As in TypeScript: `barId`. */
  readonly key: string;
  readonly codec: AnyCodec;
  /** Bytes from the start of a struct; the ordinal in a table or union. */
  readonly position: number;
}

/** What a type is, for a program that prints or makes values of any type. */
export type TypeInfo =
  | { readonly kind: "integer"; readonly bits: number; readonly signed: boolean; readonly bigint: boolean }
  | { readonly kind: "float" | "bool" }
  | { readonly kind: "string" | "bytes"; readonly bound: number }
  | { readonly kind: "byteArray"; readonly count: number }
  | { readonly kind: "vector"; readonly element: AnyCodec; readonly bound: number }
  | { readonly kind: "array"; readonly element: AnyCodec; readonly count: number }
  | { readonly kind: "optional" | "box"; readonly of: AnyCodec }
  | { readonly kind: "struct" | "table"; readonly members: readonly Member[] }
  | { readonly kind: "union"; readonly members: readonly Member[]; readonly strict: boolean }
  | { readonly kind: "enum" | "bits"; readonly values: readonly NamedValue[]; readonly of: AnyCodec }
  | { readonly kind: "handle"; readonly type: number; readonly rights: number }
  | { readonly kind: "recursive"; readonly of: () => AnyCodec };

export interface NamedValue {
  readonly name: string;
  readonly value: number | bigint;
}

/** A codec of a type that does not matter. */
// biome-ignore lint/suspicious/noExplicitAny: neither unknown (encode takes it) nor never (decode gives it) would do.
export type AnyCodec = Codec<any>;

/** The two functions of a codec. They deal with the inline part at `offset`; what is out of line they ask the encoder or decoder for. */
export interface CodecFunctions<T> {
  /** The inline part has been reserved, and is zero. */
  encode(encoder: Encoder, offset: number, value: T): void;
  /** The inline part has been checked to be in the message. */
  decode(decoder: Decoder, offset: number): T;
}

/**
 * How a type lies in a message. One class for all types, so that the places that call codecs see one shape of object.
 *
 * The size is at most 65,535 bytes; RangeError for a type that would take more.
 */
export class Codec<T> {
  /** As FIDL writes the type: `uint32`, `vector<uint8>:32`, `fuchsia.hardware.pci/Bar`. */
  readonly name: string;
  /** Bytes of the inline part, trailing padding included. */
  readonly size: number;
  /** 1, 2, 4 or 8. */
  readonly alignment: number;
  readonly type: TypeInfo;
  readonly encode: CodecFunctions<T>["encode"];
  readonly decode: CodecFunctions<T>["decode"];

  constructor(name: string, size: number, alignment: number, type: TypeInfo, functions: CodecFunctions<T>) {
    if (size > MAX_INLINE_SIZE) {
      throw new RangeError(`${name} takes ${size} bytes in line; a type may take ${MAX_INLINE_SIZE}`);
    }
    this.name = name;
    this.size = size;
    this.alignment = alignment;
    this.type = type;
    this.encode = functions.encode;
    this.decode = functions.decode;
  }
}

/** The values that a codec takes and gives. */
export type ValueOf<C> = C extends Codec<infer T> ? T : never;
