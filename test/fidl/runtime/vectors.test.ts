import { describe, expect, it } from "vitest";
import {
  type AnyCodec,
  array,
  bool,
  box,
  byteArray,
  bytes,
  type Codec,
  clientEnd,
  flexibleBits,
  flexibleEnum,
  flexibleUnion,
  float32,
  float64,
  handle,
  int8,
  int16,
  int32,
  int64,
  optional,
  recursive,
  serverEnd,
  size64,
  strictBits,
  strictEnum,
  strictUnion,
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
import { DefaultRights } from "../../../src/zx/rights.ts";
import type { HandleInfo } from "../../../src/zx/syscalls.ts";
import { codeOf, decode, encode, encodeError, fromHex, hexBytes } from "./support.ts";

interface Small {
  a: number;
}
interface Large {
  a: number;
  b: number;
}
const SMALL = struct<Small>("Small", { a: uint8 });
const LARGE = struct<Large>("Large", { a: uint32, b: uint32 });
const EMPTY = struct<object>("Empty", {});
const VMO = handle(ObjectType.VMO);
const COLOUR = { RED: 1, BLUE: 7 };
const U = flexibleUnion<{ small: number; large: Large; vmo: number; empty: object }>("U", {
  small: [1, uint16],
  large: [2, LARGE],
  vmo: [4, VMO],
  empty: [5, EMPTY],
});
const S = strictUnion<{ small: number; large: Large }>("S", { small: [1, uint16], large: [2, LARGE] });
interface T {
  small?: number;
  large?: Large;
  vmo?: number;
}
const TABLE = table<T>("T", { small: [1, uint8], large: [2, LARGE], vmo: [4, VMO] });

/** The 16 bytes of something out of line with `count` parts. */
const present = (count: number) =>
  `${hexBytes(new Uint8Array(new Uint32Array([count]).buffer))} 00000000 ffffffff ffffffff`;
const absent = "00000000 00000000 00000000 00000000";

/** A value and its one encoding. */
const vectors: [string, AnyCodec, unknown, string][] = [
  ["uint8", uint8, 0xfe, "fe000000 00000000"],
  ["int8", int8, -2, "fe000000 00000000"],
  ["uint16", uint16, 0xfedc, "dcfe0000 00000000"],
  ["int16", int16, -2, "feff0000 00000000"],
  ["uint32", uint32, 0xfedc_ba98, "98badcfe 00000000"],
  ["int32", int32, -2, "feffffff 00000000"],
  ["uint64", uint64, 0xfedc_ba98_7654_3210n, "10325476 98badcfe"],
  ["int64", int64, -2n, "feffffff ffffffff"],
  ["size64", size64, Number.MAX_SAFE_INTEGER, "ffffffff ffff1f00"],
  ["float32", float32, 1.5, "0000c03f 00000000"],
  ["float32, negative zero", float32, -0, "00000080 00000000"],
  ["float32, infinite", float32, Number.NEGATIVE_INFINITY, "000080ff 00000000"],
  ["float64", float64, 0.1, "9a999999 9999b93f"],
  ["float64, not a number", float64, Number.NaN, "00000000 0000f87f"],
  ["bool, true", bool, true, "01000000 00000000"],
  ["bool, false", bool, false, "00000000 00000000"],
  ["a strict enum", strictEnum("E", uint8, COLOUR), 7, "07000000 00000000"],
  ["a strict enum of int64", strictEnum("E", int64, { LOW: -1n }), -1n, "ffffffff ffffffff"],
  ["a flexible enum's unknown value", flexibleEnum("E", uint16, COLOUR), 9, "09000000 00000000"],
  ["strict bits", strictBits("B", uint32, { A: 1, B: 0x8000_0000 }), 0x8000_0001, "01000080 00000000"],
  ["strict bits of uint64", strictBits("B", uint64, { A: 1n << 63n }), 1n << 63n, "00000000 00000080"],
  ["flexible bits with an unknown bit", flexibleBits("B", uint8, { A: 1 }), 3, "03000000 00000000"],
  ["an empty string", string(), "", present(0)],
  ["a string of ASCII", string(5), "hello", `${present(5)} 68656c6c 6f000000`],
  ["a string of 8 bytes, without padding", string(), "12345678", `${present(8)} 31323334 35363738`],
  [
    "a string of 2, 3 and 4 byte characters",
    string(9),
    "é€😀",
    `${present(9)} c3a9e282 acf09f98 80000000 00000000`,
  ],
  ["a string with a NUL and a byte order mark", string(), "\0\ufeff", `${present(4)} 00efbbbf 00000000`],
  ["an absent string", optional(string(3)), undefined, absent],
  ["an optional string that is present", optional(string(3)), "abc", `${present(3)} 61626300 00000000`],
  ["an optional string that is present and empty", optional(string(3)), "", present(0)],
  ["bytes", bytes(3), Uint8Array.of(1, 2, 3), `${present(3)} 01020300 00000000`],
  ["no bytes", bytes(3), new Uint8Array(), present(0)],
  ["absent bytes", optional(bytes(3)), undefined, absent],
  ["a vector of uint16", vector(uint16, 3), [1, 2, 3], `${present(3)} 01000200 03000000`],
  [
    "a vector of structs, whose padding is that of the whole",
    vector(SMALL),
    [{ a: 1 }, { a: 2 }],
    `${present(2)} 01020000 00000000`,
  ],
  ["an absent vector", optional(vector(uint8)), undefined, absent],
  [
    "a vector of vectors: bodies in depth-first order",
    vector(vector(uint8)),
    [[1], [2, 3]],
    `${present(2)} ${present(1)} ${present(2)} 01000000 00000000 02030000 00000000`,
  ],
  ["an array", array(uint16, 3), [1, 2, 3], "01000200 03000000"],
  ["an array of bytes", byteArray(3), Uint8Array.of(1, 2, 3), "01020300 00000000"],
  ["an empty struct", EMPTY, {}, "00000000 00000000"],
  [
    "a struct: natural alignment, zeros between",
    struct<object>("P", { a: uint8, b: uint32, c: uint16, d: uint64, e: bool }),
    { a: 1, b: 2, c: 3, d: 4n, e: true },
    "01000000 02000000 03000000 00000000 04000000 00000000 01000000 00000000",
  ],
  [
    "a struct in a struct is not padded to 8",
    struct<object>("P", { a: SMALL, b: SMALL }),
    { a: { a: 1 }, b: { a: 2 } },
    "01020000 00000000",
  ],
  ["a box", box(LARGE), { a: 1, b: 2 }, "ffffffff ffffffff 01000000 02000000"],
  ["a box of a small struct, padded to 8", box(SMALL), { a: 1 }, "ffffffff ffffffff 01000000 00000000"],
  ["an absent box", box(LARGE), undefined, "00000000 00000000"],
  [
    "a union's small member, in the envelope",
    U,
    { kind: "small", small: 0x1234 },
    "01000000 00000000 34120000 00000100",
  ],
  [
    "a union's large member, out of line",
    U,
    { kind: "large", large: { a: 1, b: 2 } },
    "02000000 00000000 08000000 00000000 01000000 02000000",
  ],
  [
    "a union's empty struct, in the envelope",
    U,
    { kind: "empty", empty: {} },
    "05000000 00000000 00000000 00000100",
  ],
  ["a strict union", S, { kind: "small", small: 0 }, "01000000 00000000 00000000 00000100"],
  ["an absent union", optional(U), undefined, absent],
  [
    "an optional union that is present",
    optional(S),
    { kind: "small", small: 1 },
    "01000000 00000000 01000000 00000100",
  ],
  ["a table without members", TABLE, {}, present(0)],
  ["a table's member that is zero, but set", TABLE, { small: 0 }, `${present(1)} 00000000 00000100`],
  [
    "a table's second member alone",
    TABLE,
    { large: { a: 1, b: 2 } },
    `${present(2)} 00000000 00000000 08000000 00000000 01000000 02000000`,
  ],
  [
    "a table of tables",
    table<object>("O", { inner: [1, TABLE] }),
    { inner: { small: 5 } },
    `${present(1)} 18000000 00000000 ${present(1)} 05000000 00000100`,
  ],
];

describe("every value has one encoding, and comes back from it:", () => {
  it.each(vectors)("%s", (_, codec, value, hex) => {
    expect(hexBytes(encode(codec, value))).toBe(hex);
    expect(decode(codec, hex)).toEqual(value);
  });

  it("a float32 that is a signalling NaN becomes a quiet one", () => {
    expect(hexBytes(encode(float32, decode(float32, "0000a07f 00000000")))).toBe("0000e07f 00000000");
  });

  it("a struct without members can be left out altogether", () => {
    expect(hexBytes(encode(EMPTY, undefined as never))).toBe("00000000 00000000");
  });

  it("a null that a program means for absent is refused, not sent", () => {
    expect(encodeError(optional(string()), null)).toBe("INVALID_VALUE");
  });
});

describe("handles", () => {
  const info = (handle: number, type: number = ObjectType.VMO): HandleInfo => ({ handle, type, rights: 0 });
  const cases: [string, AnyCodec, unknown, string, HandleInfo[]][] = [
    ["a handle", VMO, 7, "ffffffff 00000000", [info(7)]],
    ["a handle of any type", handle(), 7, "ffffffff 00000000", [info(7, 99)]],
    ["an absent handle", optional(VMO), undefined, "00000000 00000000", []],
    ["a vector of handles", vector(VMO), [7, 11], `${present(2)} ffffffff ffffffff`, [info(7), info(11)]],
    ["an array of one handle is padded", array(VMO, 1), [7], "ffffffff 00000000", [info(7)]],
    [
      "a union's handle, in the envelope, counted",
      U,
      { kind: "vmo", vmo: 7 },
      "04000000 00000000 ffffffff 01000100",
      [info(7)],
    ],
    [
      "a table's handle, after a gap",
      TABLE,
      { vmo: 7 },
      `${present(4)} 00000000 00000000 00000000 00000000 00000000 00000000 ffffffff 01000100`,
      [info(7)],
    ],
    [
      "an envelope counts all handles below it",
      table<object>("O", { list: [1, vector(VMO)] }),
      { list: [7, 11] },
      `${present(1)} 18000000 02000000 ${present(2)} ffffffff ffffffff`,
      [info(7), info(11)],
    ],
  ];
  it.each(cases)("%s", (_, codec, value, hex, handles) => {
    expect(hexBytes(encode(codec, value))).toBe(hex);
    expect(decode(codec, hex, [...handles])).toEqual(value);
  });

  it("a struct's own handle comes after those out of line that stand before it", () => {
    const codec = struct<{ a: readonly number[]; b: number }>("P", { a: vector(VMO), b: VMO });
    const hex = `${present(1)} ffffffff 00000000 ffffffff 00000000`;
    expect(decode(codec, hex, [info(7), info(11)])).toEqual({ a: [7], b: 11 });
  });

  const channel = (handle: number, rights: number): HandleInfo => ({
    handle,
    type: ObjectType.CHANNEL,
    rights,
  });
  it.each([
    ["client_end", clientEnd("test/Echo")],
    ["server_end", serverEnd("test/Echo")],
  ])("a %s is a channel with a channel's rights", (_, codec) => {
    const all = DefaultRights.CHANNEL;
    expect(decode<number>(codec, "ffffffff 00000000", [channel(7, all)])).toBe(7);
    expect(codeOf(() => decode<number>(codec, "ffffffff 00000000", [info(7)]))).toBe("INCORRECT_HANDLE_TYPE");
    const fewer = channel(7, all & ~4);
    expect(codeOf(() => decode<number>(codec, "ffffffff 00000000", [fewer]))).toBe(
      "MISSING_REQUIRED_HANDLE_RIGHTS",
    );
  });
});

describe("what the schema does not know", () => {
  const info = (handle: number): HandleInfo => ({ handle, type: ObjectType.EVENT, rights: 0 });

  it.each([
    ["in the envelope", "09000000 00000000 12345678 00000100"],
    ["out of line", "09000000 00000000 10000000 00000000 aaaaaaaa bbbbbbbb cccccccc dddddddd"],
    ["with no bytes at all, but a handle", "09000000 00000000 00000000 01000000"],
    ["with an ordinal of 64 bits", "ffffffff ffffffff 12345678 00000100"],
  ])("a flexible union's member %s is named by its ordinal", (_, hex) => {
    const ordinal = Buffer.from(fromHex(hex)).readBigUInt64LE(0);
    const handles = hex.endsWith("01000000") ? [info(3)] : [];
    expect(decode(U, hex, handles)).toEqual({ kind: "unknown", ordinal });
  });

  it("a table's members are skipped wherever they are", () => {
    const envelopes =
      "05000000 00000100 00000000 00000000 08000000 01000000 00000000 00000000 77000000 02000100";
    const hex = `${present(5)} ${envelopes} aaaaaaaa bbbbbbbb`;
    expect(decode(TABLE, hex, [info(3), info(7), info(11)])).toEqual({ small: 5 });
  });

  it("a table that ends with members that are not set is read all the same", () => {
    expect(decode(TABLE, `${present(3)} 05000000 00000100 00000000 00000000 00000000 00000000`)).toEqual({
      small: 5,
    });
  });

  it("a recursive type is read to its end", () => {
    interface List {
      value: number;
      next: List | undefined;
    }
    const LIST: Codec<List> = struct<List>("List", {
      value: uint8,
      next: box(recursive<List>("List", 16, 8, () => LIST)),
    });
    const value: List = { value: 1, next: { value: 2, next: undefined } };
    const hex = "01000000 00000000 ffffffff ffffffff 02000000 00000000 00000000 00000000";
    expect(hexBytes(encode(LIST, value))).toBe(hex);
    expect(decode(LIST, hex)).toEqual(value);
  });
});

describe("types that FIDL does not have", () => {
  it("are refused when they are made", () => {
    expect(() => optional(uint8)).toThrow(/^uint8 cannot be optional/);
    expect(() => optional(LARGE)).toThrow(/cannot be optional/);
    expect(() => optional(TABLE)).toThrow(/cannot be optional/);
    expect(() => array(uint64, 8192)).toThrow(RangeError);
    expect(array(uint8, 65_535).size).toBe(65_535);
  });

  it("the others are named as FIDL writes them", () => {
    const names: [AnyCodec, string][] = [
      [vector(string(3), 4), "vector<string:3>:4"],
      [optional(string(3)), "string:<3, optional>"],
      [optional(vector(string(3))), "vector<string:3>:optional"],
      [optional(VMO), "zx.Handle:<VMO, optional>"],
      [array(bool, 2), "array<bool, 2>"],
      [box(LARGE), "box<Large>"],
      [optional(clientEnd("a/B")), "client_end:<a/B, optional>"],
    ];
    for (const [codec, name] of names) expect(codec.name).toBe(name);
  });
});
