/**
 * Codecs of FIDL's types, and of structs and unions made of them, for bindings that are written by hand.
 */
import type { Handle } from "../../zx/constants.ts";
import { roundUp } from "../../zx/pages.ts";
import type { Codec } from "./codec.ts";

export const UINT8: Codec<number> = {
  name: "uint8",
  size: 1,
  alignment: 1,
  encode: (encoder, offset, value) => encoder.uint8(offset, value),
  decode: (decoder, offset) => decoder.uint8(offset),
};

export const UINT16: Codec<number> = {
  name: "uint16",
  size: 2,
  alignment: 2,
  encode: (encoder, offset, value) => encoder.uint16(offset, value),
  decode: (decoder, offset) => decoder.uint16(offset),
};

export const UINT32: Codec<number> = {
  name: "uint32",
  size: 4,
  alignment: 4,
  encode: (encoder, offset, value) => encoder.uint32(offset, value),
  decode: (decoder, offset) => decoder.uint32(offset),
};

/** int32, as `error zx.Status` and epitaphs carry it. */
export const STATUS: Codec<number> = {
  name: "zx.Status",
  size: 4,
  alignment: 4,
  encode: (encoder, offset, value) => encoder.int32(offset, value),
  decode: (decoder, offset) => decoder.int32(offset),
};

/** A uint64 that is an address, a size or an offset, as a safe integer. */
export const SIZE64: Codec<number> = {
  name: "uint64",
  size: 8,
  alignment: 8,
  encode: (encoder, offset, value) => encoder.size64(offset, value),
  decode: (decoder, offset) => decoder.size64(offset),
};

export const BOOL: Codec<boolean> = {
  name: "bool",
  size: 1,
  alignment: 1,
  encode: (encoder, offset, value) => encoder.bool(offset, value),
  decode: (decoder, offset) => decoder.bool(offset),
};

/** The struct without members: one zero byte. */
export const EMPTY_STRUCT: Codec<undefined> = {
  name: "struct {}",
  size: 1,
  alignment: 1,
  encode() {},
  decode(decoder, offset) {
    decoder.padding(offset, 1);
    return undefined;
  },
};

/** `zx.Handle:TYPE`; `type` is one of `ObjectType`, NONE for any. */
export function handleOf(type: number): Codec<Handle> {
  return {
    name: "handle",
    size: 4,
    alignment: 4,
    encode: (encoder, offset, value) => encoder.handle(offset, value),
    decode: (decoder, offset) => decoder.handle(offset, type),
  };
}

/** `vector<uint8>:bound`. */
export function byteVectorOf(bound: number): Codec<Uint8Array> {
  return {
    name: `vector<uint8>:${bound}`,
    size: 16,
    alignment: 8,
    encode: (encoder, offset, value) => encoder.byteVector(offset, value, bound),
    decode: (decoder, offset) => decoder.byteVector(offset, bound),
  };
}

/** `vector<T>:bound`. */
export function vectorOf<T>(element: Codec<T>, bound: number): Codec<readonly T[]> {
  return {
    name: `vector<${element.name}>:${bound}`,
    size: 16,
    alignment: 8,
    encode: (encoder, offset, value) => encoder.vector(offset, value, bound, element),
    decode: (decoder, offset) => decoder.vector(offset, bound, element),
  };
}

/** A struct: members in the order in which they are written, each at its natural alignment. */
export function struct<T extends object>(
  name: string,
  members: { readonly [K in keyof T]: Codec<T[K]> },
): Codec<T> {
  const fields: { key: keyof T; codec: Codec<T[keyof T]>; offset: number; end: number; next: number }[] = [];
  let end = 0;
  let alignment = 1;
  for (const key of Object.keys(members) as (keyof T)[]) {
    const codec = members[key];
    const offset = roundUp(end, codec.alignment);
    if (fields.length > 0) fields.at(-1)!.next = offset;
    end = offset + codec.size;
    alignment = Math.max(alignment, codec.alignment);
    fields.push({ key, codec, offset, end, next: end });
  }
  const size = roundUp(end, alignment);
  if (fields.length > 0) fields.at(-1)!.next = size;
  return {
    name,
    size,
    alignment,
    encode(encoder, start, value) {
      if (!encoder.isObject(start, value, name)) return;
      for (const { key, codec, offset } of fields) codec.encode(encoder, start + offset, value[key]);
    },
    decode(decoder, start) {
      const value: Partial<T> = {};
      for (const { key, codec, offset, end, next } of fields) {
        value[key] = codec.decode(decoder, start + offset);
        decoder.padding(start + end, next - end);
      }
      return value as T;
    },
  };
}

/** What a flexible union is when the other side knows more members than we do. */
export interface UnknownVariant {
  readonly kind: "unknown";
  readonly ordinal: bigint;
}

/** `{ kind: "vmo", vmo: ... }` for each member of `T`. */
export type Variant<T extends object> = {
  [K in keyof T]: { readonly kind: K } & { readonly [P in K]: T[K] };
}[keyof T];

/** A flexible union, its members by name with their ordinals. */
export function union<T extends object>(
  name: string,
  members: { readonly [K in keyof T]: readonly [ordinal: number, codec: Codec<T[K]>] },
): Codec<Variant<T> | UnknownVariant> {
  const names = Object.keys(members) as (keyof T & string)[];
  const byOrdinal = new Map(names.map((key) => [BigInt(members[key][0]), key]));
  return {
    name,
    size: 16,
    alignment: 8,
    encode(encoder, offset, value) {
      if (!encoder.isObject(offset, value, name)) return;
      const kind = value.kind as keyof T & string;
      if (!Object.hasOwn(members, kind)) {
        encoder.fail("FLEXIBLE_UNION_UNKNOWN_FIELD", offset, `${name} cannot be sent as ${String(kind)}`);
        return;
      }
      const [ordinal, codec] = members[kind];
      encoder.union(offset, ordinal, codec, (value as unknown as T)[kind]);
    },
    decode(decoder, offset) {
      const ordinal = decoder.unionOrdinal(offset);
      const kind = byOrdinal.get(ordinal);
      if (kind === undefined) {
        decoder.unknownEnvelope(offset + 8);
        return { kind: "unknown", ordinal };
      }
      return { kind, [kind]: decoder.envelope(offset + 8, members[kind][1]) } as Variant<T>;
    },
  };
}
