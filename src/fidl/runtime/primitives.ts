/** Codecs of the types that FIDL is made of. */
import { Codec, type CodecFunctions, type TypeInfo } from "./codec.ts";

function primitive<T>(name: string, size: number, type: TypeInfo, functions: CodecFunctions<T>): Codec<T> {
  return new Codec(name, size, size, type, functions);
}

function integer(bits: number, signed: boolean, bigint = false): TypeInfo {
  return { kind: "integer", bits, signed, bigint };
}

export const uint8: Codec<number> = primitive("uint8", 1, integer(8, false), {
  encode: (e, offset, value) => e.uint8(offset, value),
  decode: (d, offset) => d.uint8(offset),
});
export const int8: Codec<number> = primitive("int8", 1, integer(8, true), {
  encode: (e, offset, value) => e.int8(offset, value),
  decode: (d, offset) => d.int8(offset),
});
export const uint16: Codec<number> = primitive("uint16", 2, integer(16, false), {
  encode: (e, offset, value) => e.uint16(offset, value),
  decode: (d, offset) => d.uint16(offset),
});
export const int16: Codec<number> = primitive("int16", 2, integer(16, true), {
  encode: (e, offset, value) => e.int16(offset, value),
  decode: (d, offset) => d.int16(offset),
});
export const uint32: Codec<number> = primitive("uint32", 4, integer(32, false), {
  encode: (e, offset, value) => e.uint32(offset, value),
  decode: (d, offset) => d.uint32(offset),
});
export const int32: Codec<number> = primitive("int32", 4, integer(32, true), {
  encode: (e, offset, value) => e.int32(offset, value),
  decode: (d, offset) => d.int32(offset),
});
export const uint64: Codec<bigint> = primitive("uint64", 8, integer(64, false, true), {
  encode: (e, offset, value) => e.uint64(offset, value),
  decode: (d, offset) => d.uint64(offset),
});
export const int64: Codec<bigint> = primitive("int64", 8, integer(64, true, true), {
  encode: (e, offset, value) => e.int64(offset, value),
  decode: (d, offset) => d.int64(offset),
});

/** A uint64 that is an address, a size or an offset: a safe integer; INVALID_VALUE for one from 2^53 on, in both directions. */
export const size64: Codec<number> = primitive("uint64", 8, integer(64, false), {
  encode: (e, offset, value) => e.size64(offset, value),
  decode: (d, offset) => d.size64(offset),
});

/** A signalling NaN becomes a quiet one. */
export const float32: Codec<number> = primitive(
  "float32",
  4,
  { kind: "float" },
  {
    encode: (e, offset, value) => e.float32(offset, value),
    decode: (d, offset) => d.float32(offset),
  },
);
export const float64: Codec<number> = primitive(
  "float64",
  8,
  { kind: "float" },
  {
    encode: (e, offset, value) => e.float64(offset, value),
    decode: (d, offset) => d.float64(offset),
  },
);
export const bool: Codec<boolean> = primitive(
  "bool",
  1,
  { kind: "bool" },
  {
    encode: (e, offset, value) => e.bool(offset, value),
    decode: (d, offset) => d.bool(offset),
  },
);
