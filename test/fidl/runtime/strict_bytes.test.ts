/** Bytes that can only have one value, one after the other. */
import { describe, expect, it } from "vitest";
import {
  type AnyCodec,
  bool,
  box,
  byteArray,
  bytes,
  flexibleUnion,
  handle,
  optional,
  string,
  struct,
  table,
  uint8,
  uint16,
  uint32,
  uint64,
  vector,
} from "../../../src/fidl/runtime/index.ts";
import { ObjectType } from "../../../src/zx/constants.ts";
import { codeOf, decode, fromHex, head } from "./support.ts";

const VMO = handle(ObjectType.VMO);
const LARGE = struct<object>("L", { a: uint32, b: uint32 });
const U = flexibleUnion<{ small: number; large: object }>("U", { small: [1, uint16], large: [2, LARGE] });
const T = table<object>("T", { small: [1, uint16], large: [2, LARGE] });

describe("each byte counts:", () => {
  /** The message with one byte changed, and what becomes of it. */
  const codesOf = (codec: AnyCodec, hex: string, offsets: readonly number[], value: number) =>
    offsets.map((offset) => {
      const bytes = fromHex(hex);
      bytes[offset] = value;
      return codeOf(() => decode(codec, bytes));
    });
  const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

  const padded: [string, AnyCodec, string, readonly number[]][] = [
    ["behind a primary object of 1", uint8, "01000000 00000000", range(1, 8)],
    ["behind a primary object of 5", byteArray(5), "01020304 05000000", range(5, 8)],
    ["behind a string", string(), `${head(3)} 61626300 00000000`, range(19, 24)],
    ["behind a vector", vector(uint16), `${head(3)} 01000200 03000000`, range(22, 24)],
    ["behind an array of handles", optional(VMO), "00000000 00000000", range(4, 8)],
    ["in a union's envelope", U, "01000000 00000000 01000000 00000100", range(10, 12)],
    ["in a table's envelope", T, `${head(1)} 01000000 00000100`, range(18, 20)],
    [
      "in an empty struct's envelope",
      flexibleUnion<{ e: object }>("U", { e: [1, struct<object>("E", {})] }),
      "01000000 00000000 00000000 00000100",
      range(8, 12),
    ],
    [
      "between members",
      struct<object>("S", { a: uint8, b: uint64, c: uint32 }),
      "01000000 00000000 02000000 00000000 03000000 00000000",
      [...range(1, 8), ...range(20, 24)],
    ],
    [
      "between the elements of a vector",
      vector(struct<object>("S", { a: uint32, b: uint8 })),
      `${head(2)} 01000000 02000000 03000000 04000000`,
      [...range(21, 24), ...range(29, 32)],
    ],
  ];
  it.each(padded)("padding %s is zero", (_, codec, hex, offsets) => {
    expect(() => decode(codec, hex)).not.toThrow();
    for (const value of [1, 0x80, 0xff])
      expect(new Set(codesOf(codec, hex, offsets, value))).toEqual(new Set(["INVALID_PADDING_BYTE"]));
  });

  const marked: [string, AnyCodec, string, number][] = [
    ["a string", string(), `${head(1)} 61000000 00000000`, 8],
    ["an optional string", optional(string()), `${head(1)} 61000000 00000000`, 8],
    ["a vector", vector(uint8), `${head(1)} 61000000 00000000`, 8],
    ["bytes", bytes(), `${head(1)} 61000000 00000000`, 8],
    ["a box", box(LARGE), "ffffffff ffffffff 01000000 02000000", 0],
    ["a table", T, head(0), 8],
  ];
  it.each(marked)("the marker of %s is all ones", (_, codec, hex, offset) => {
    expect(() => decode(codec, hex)).not.toThrow();
    for (const value of [0, 1, 0xfe])
      expect(new Set(codesOf(codec, hex, range(offset, offset + 8), value))).toEqual(
        new Set(["INVALID_PRESENCE_INDICATOR"]),
      );
  });

  it("a bool is 0 or 1", () => {
    for (let value = 2; value < 256; value++)
      expect(codesOf(bool, "00000000 00000000", [0], value)).toEqual(["INVALID_BOOL"]);
  });
});
