/** Values that no message can carry, and what becomes of the handles in them. */
import { describe, expect, it } from "vitest";
import {
  type AnyCodec,
  array,
  bool,
  box,
  byteArray,
  bytes,
  type Codec,
  encodeBody,
  type FidlErrorCode,
  flexibleUnion,
  float32,
  handle,
  int8,
  int16,
  int32,
  int64,
  recursive,
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
import { encodeError } from "./support.ts";

const VMO = handle(ObjectType.VMO);
const LARGE = struct<object>("L", { a: uint32, b: uint32 });
const U = flexibleUnion<{ small: number; large: object }>("U", { small: [1, uint16], large: [2, LARGE] });
const S = strictUnion<{ small: number }>("S", { small: [1, uint16] });
const T = table<object>("T", { small: [1, uint16], large: [2, LARGE] });

describe("encoding refuses", () => {
  const cases: [string, FidlErrorCode, AnyCodec, unknown][] = [
    ["256 as uint8", "INVALID_VALUE", uint8, 256],
    ["128 as int8", "INVALID_VALUE", int8, 128],
    ["-1 as uint16", "INVALID_VALUE", uint16, -1],
    ["32768 as int16", "INVALID_VALUE", int16, 32768],
    ["1.5 as uint32", "INVALID_VALUE", uint32, 1.5],
    ["2^32 as uint32", "INVALID_VALUE", uint32, 2 ** 32],
    ["2^31 as int32", "INVALID_VALUE", int32, 2 ** 31],
    ["a bigint as uint32", "INVALID_VALUE", uint32, 1n],
    ["a string as uint32", "INVALID_VALUE", uint32, "1"],
    ["a symbol as uint8", "INVALID_VALUE", uint8, Symbol("x")],
    ["an object that says it is a number", "INVALID_VALUE", uint8, { valueOf: () => 1 }],
    ["a number as uint64", "INVALID_VALUE", uint64, 1],
    ["2^64 as uint64", "INVALID_VALUE", uint64, 1n << 64n],
    ["-1 as uint64", "INVALID_VALUE", uint64, -1n],
    ["2^63 as int64", "INVALID_VALUE", int64, 1n << 63n],
    ["NaN as a size", "INVALID_VALUE", size64, Number.NaN],
    ["2^53 as a size", "INVALID_VALUE", size64, 2 ** 53],
    ["-1 as a size", "INVALID_VALUE", size64, -1],
    ["a bigint as float32", "INVALID_VALUE", float32, 1n],
    ["1 as bool", "INVALID_VALUE", bool, 1],
    ["handle 0", "NON_NULLABLE_TYPE_WITH_NULL_VALUE", VMO, 0],
    ["undefined as a handle", "NON_NULLABLE_TYPE_WITH_NULL_VALUE", VMO, undefined],
    ["a strict enum's unknown value", "STRICT_ENUM_UNKNOWN_VALUE", strictEnum("E", uint8, { A: 1 }), 2],
    ["a number that is no enum's", "INVALID_VALUE", strictEnum("E", uint8, { A: 1 }), 256],
    ["strict bits' unknown bit", "STRICT_BITS_UNKNOWN_BIT", strictBits("B", uint8, { A: 1 }), 3],
    ["a string as strict bits", "INVALID_VALUE", strictBits("B", uint64, { A: 1n }), "1"],
    ["a number as a string", "INVALID_VALUE", string(), 5],
    ["a string of 4 bytes where 3 are allowed", "STRING_TOO_LONG", string(3), "abcd"],
    ["2 characters of 4 bytes where 3 are allowed", "STRING_TOO_LONG", string(3), "éé"],
    ["half a surrogate pair", "STRING_NOT_UTF8", string(), "a\ud800"],
    [
      "half a surrogate pair, the other one, in a long string",
      "STRING_NOT_UTF8",
      string(),
      `${"é".repeat(40)}\udc00x`,
    ],
    ["a string larger than a message", "TOO_MANY_BYTES_IN_MESSAGE", string(), "x".repeat(65_537)],
    [
      "a string that is larger than a message as UTF-8",
      "TOO_MANY_BYTES_IN_MESSAGE",
      string(),
      "é".repeat(40_000),
    ],
    ["an array as bytes", "INVALID_VALUE", bytes(8), [1, 2]],
    ["9 bytes where 8 are allowed", "COUNT_EXCEEDS_LIMIT", bytes(8), new Uint8Array(9)],
    ["70,000 bytes", "TOO_MANY_BYTES_IN_MESSAGE", bytes(), new Uint8Array(70_000)],
    ["bytes as a vector of numbers", "INVALID_VALUE", vector(uint8), new Uint8Array(2)],
    ["3 elements where 2 are allowed", "COUNT_EXCEEDS_LIMIT", vector(uint8, 2), [1, 2, 3]],
    ["a list with a hole", "INVALID_VALUE", vector(uint8), new Array(1)],
    ["an endless list", "TOO_MANY_BYTES_IN_MESSAGE", vector(uint8), new Array(2 ** 32 - 1)],
    ["an array of another length", "INVALID_VALUE", array(uint8, 2), [1, 2, 3]],
    ["an array of bytes of another length", "INVALID_VALUE", byteArray(2), new Uint8Array(3)],
    ["undefined as a struct", "INVALID_VALUE", LARGE, undefined],
    ["a struct without a member", "INVALID_VALUE", LARGE, { a: 1 }],
    ["null as a table", "INVALID_VALUE", T, null],
    ["a table's member that is null", "INVALID_VALUE", T, { large: null }],
    ["null as a union", "INVALID_VALUE", U, null],
    ["a union without a kind", "INVALID_VALUE", U, {}],
    ["a union of no declared kind", "INVALID_VALUE", U, { kind: "medium" }],
    ["a union of a kind that every object has", "INVALID_VALUE", U, { kind: "constructor" }],
    [
      "a flexible union's unknown member",
      "FLEXIBLE_UNION_UNKNOWN_FIELD",
      U,
      { kind: "unknown", ordinal: 9n },
    ],
    ["a flexible union of no ordinal", "UNION_FIELD_NOT_SET", U, { kind: "unknown", ordinal: 0n }],
    ["a strict union's unknown member", "INVALID_VALUE", S, { kind: "large", large: {} }],
  ];
  it.each(cases)("%s: %s", (_, code, codec, value) => {
    expect(encodeError(codec, value)).toBe(code);
  });

  it("a value whose getter throws, and keeps what it threw", () => {
    const cause = new Error("no");
    const value = {
      a: 1,
      get b() {
        throw cause;
      },
    };
    const { error } = encodeBody(LARGE, value);
    expect(error?.code).toBe("INVALID_VALUE");
    expect(error?.cause).toBe(cause);
    expect(encodeError(LARGE, { a: 1, b: 2 })).toBe("it can be encoded");
  });
});

describe("encoding that fails still finds every handle:", () => {
  const HANDLES = struct<object>("S", { a: VMO, wrong: uint8, list: vector(VMO, 2), tail: VMO });
  const cases: [string, AnyCodec, unknown, number[]][] = [
    [
      "before and after what is wrong",
      HANDLES,
      { a: 3, wrong: 999, list: [7, 11], tail: 15 },
      [3, 7, 11, 15],
    ],
    [
      "in a vector that is too long",
      HANDLES,
      { a: 3, wrong: 1, list: [7, 11, 19], tail: 15 },
      [3, 7, 11, 19, 15],
    ],
    ["in an array that is too long", array(VMO, 2), [3, 7, 11], [3, 7, 11]],
    [
      "after a union's unknown member",
      struct<object>("S", { u: U, a: VMO }),
      { u: { kind: "unknown", ordinal: 9n }, a: 3 },
      [3],
    ],
    ["after a string that is no string", struct<object>("S", { s: string(), a: VMO }), { s: 1, a: 3 }, [3]],
    [
      "behind more bytes than a message has",
      struct<object>("S", { list: vector(bytes()), a: VMO }),
      { list: [new Uint8Array(40_000), new Uint8Array(40_000)], a: 3 },
      [3],
    ],
  ];
  it.each(cases)("%s", (_, codec, value, handles) => {
    const message = encodeBody(codec, value);
    expect(message.error).toBeDefined();
    expect(message.handles).toEqual(handles);
  });

  interface Chain {
    handle: number;
    next: Chain | undefined;
  }
  const CHAIN: Codec<Chain> = struct<Chain>("Chain", {
    handle: VMO,
    next: box(recursive<Chain>("Chain", 16, 8, () => CHAIN)),
  });
  const chain = (length: number): Chain => {
    let value: Chain = { handle: 4 * length + 3, next: undefined };
    for (let i = length - 1; i > 0; i--) value = { handle: 4 * i + 3, next: value };
    return value;
  };

  it("deeper than a message may be", () => {
    const { error, handles } = encodeBody(CHAIN, chain(40));
    expect(error?.code).toBe("EXCEEDED_MAX_OUT_OF_LINE_DEPTH");
    expect(handles).toHaveLength(40);
  });

  it("but not without end, in a value that contains itself", () => {
    const value: Chain = { handle: 3, next: undefined };
    value.next = value;
    expect(encodeError(CHAIN, value)).toBe("EXCEEDED_MAX_OUT_OF_LINE_DEPTH");
    interface Tree {
      left: Tree | undefined;
      right: Tree | undefined;
    }
    const TREE: Codec<Tree> = struct<Tree>("Tree", {
      left: box(recursive<Tree>("Tree", 16, 8, () => TREE)),
      right: box(recursive<Tree>("Tree", 16, 8, () => TREE)),
    });
    const tree: Tree = { left: undefined, right: undefined };
    tree.left = tree;
    tree.right = tree;
    expect(encodeError(TREE, tree)).toBe("EXCEEDED_MAX_OUT_OF_LINE_DEPTH");
  });
});
