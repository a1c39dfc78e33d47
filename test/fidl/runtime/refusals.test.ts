import { describe, expect, it } from "vitest";
import {
  type AnyCodec,
  array,
  bool,
  box,
  byteArray,
  bytes,
  type Codec,
  decodeBody,
  encodeBody,
  type FidlErrorCode,
  flexibleUnion,
  float32,
  handle,
  int8,
  int16,
  int32,
  int64,
  optional,
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
import { Rights } from "../../../src/zx/rights.ts";
import type { HandleInfo } from "../../../src/zx/syscalls.ts";
import { codeOf, createProcess, decode, encodeError, fromHex, hexBytes } from "./support.ts";

const vmo = (handle: number): HandleInfo => ({ handle, type: ObjectType.VMO, rights: 0 });
const event = (handle: number): HandleInfo => ({ handle, type: ObjectType.EVENT, rights: 0 });

const VMO = handle(ObjectType.VMO);
const LARGE = struct<object>("L", { a: uint32, b: uint32 });
const U = flexibleUnion<{ small: number; large: object }>("U", { small: [1, uint16], large: [2, LARGE] });
const S = strictUnion<{ small: number }>("S", { small: [1, uint16] });
const T = table<object>("T", { small: [1, uint16], large: [2, LARGE] });

/** The header of a present vector, string or table. */
function head(count: number): string {
  return `${hexBytes(new Uint8Array(new Uint32Array([count]).buffer))} 00000000 ffffffff ffffffff`;
}
const absent = "00000000 00000000 00000000 00000000";

describe("decoding refuses", () => {
  const cases: [string, FidlErrorCode, AnyCodec, string, HandleInfo[]?][] = [
    ["a bool of 2", "INVALID_BOOL", bool, "02000000 00000000"],
    ["an address beyond 2^53", "INVALID_VALUE", size64, "00000000 00002000"],
    [
      "a strict enum's unknown value",
      "STRICT_ENUM_UNKNOWN_VALUE",
      strictEnum("E", uint8, { A: 1 }),
      "02000000 00000000",
    ],
    [
      "a strict enum's unknown int64",
      "STRICT_ENUM_UNKNOWN_VALUE",
      strictEnum("E", int64, { A: 1n }),
      "02000000 00000000",
    ],
    [
      "strict bits' unknown bit",
      "STRICT_BITS_UNKNOWN_BIT",
      strictBits("B", uint32, { A: 1 }),
      "01000080 00000000",
    ],
    [
      "strict bits' unknown bit of 64",
      "STRICT_BITS_UNKNOWN_BIT",
      strictBits("B", uint64, { A: 1n }),
      "01000000 00000080",
    ],

    ["padding after the primary object", "INVALID_PADDING_BYTE", uint32, "02000000 00000100"],
    [
      "padding inside a struct",
      "INVALID_PADDING_BYTE",
      struct<object>("S", { a: uint8, b: uint16 }),
      "01010200 00000000",
    ],
    [
      "padding at a struct's end, in a vector",
      "INVALID_PADDING_BYTE",
      vector(struct<object>("S", { a: uint16, b: uint8 })),
      `${head(2)} 01000100 01000101`,
    ],
    ["padding after a vector", "INVALID_PADDING_BYTE", bytes(8), `${head(1)} 01000000 00000001`],
    ["padding after a string", "INVALID_PADDING_BYTE", string(), `${head(1)} 61000000 00000001`],
    [
      "an empty struct that is not zero",
      "INVALID_PADDING_BYTE",
      struct<object>("E", {}),
      "01000000 00000000",
    ],
    ["padding in an envelope", "INVALID_PADDING_BYTE", U, "01000000 00000000 01000100 00000100"],
    ["padding in the envelope of a table", "INVALID_PADDING_BYTE", T, `${head(1)} 01000001 00000100`],
    [
      "padding after a box",
      "INVALID_PADDING_BYTE",
      box(struct<object>("B", { a: uint8 })),
      "ffffffff ffffffff 01000000 00000001",
    ],

    ["too few bytes", "TOO_FEW_BYTES_IN_PRIMARY_OBJECT", uint64, "01000000"],
    ["no padding after the primary object", "TOO_FEW_BYTES_IN_PRIMARY_OBJECT", uint32, "01000000"],
    ["no bytes", "TOO_FEW_BYTES_IN_PRIMARY_OBJECT", uint8, ""],
    ["bytes left over", "TOO_MANY_BYTES_IN_MESSAGE", uint32, "02000000 00000000 00000000 00000000"],
    ["handles left over", "TOO_MANY_HANDLES_IN_MESSAGE", uint32, "02000000 00000000", [vmo(3)]],

    ["a handle that did not come", "TOO_FEW_HANDLES", VMO, "ffffffff 00000000"],
    ["an absent handle", "NON_NULLABLE_TYPE_WITH_NULL_VALUE", VMO, "00000000 00000000"],
    ["half a handle marker", "INVALID_HANDLE_PRESENCE_INDICATOR", VMO, "ffffff00 00000000", [vmo(3)]],
    [
      "half an optional handle marker",
      "INVALID_HANDLE_PRESENCE_INDICATOR",
      optional(VMO),
      "01000000 00000000",
      [vmo(3)],
    ],
    ["a handle of another type", "INCORRECT_HANDLE_TYPE", VMO, "ffffffff 00000000", [event(3)]],
    [
      "a handle without a right",
      "MISSING_REQUIRED_HANDLE_RIGHTS",
      handle(ObjectType.VMO, Rights.READ | Rights.MAP),
      "ffffffff 00000000",
      [{ ...vmo(3), rights: Rights.READ }],
    ],

    ["an absent string", "NON_NULLABLE_TYPE_WITH_NULL_VALUE", string(), absent],
    [
      "an absent string of 1",
      "NON_EMPTY_STRING_WITH_NULL_BODY",
      string(),
      "01000000 00000000 00000000 00000000",
    ],
    [
      "an absent optional string of 1",
      "NON_EMPTY_STRING_WITH_NULL_BODY",
      optional(string()),
      "01000000 00000000 00000000 00000000",
    ],
    [
      "half a presence marker of a string",
      "INVALID_PRESENCE_INDICATOR",
      string(),
      "00000000 00000000 ffffffff 00000000",
    ],
    ["a string over its bound", "STRING_TOO_LONG", string(2), `${head(3)} 61626300 00000000`],
    [
      "a string over its bound in bytes, not in characters",
      "STRING_TOO_LONG",
      string(2),
      `${head(3)} e282ac00 00000000`,
    ],
    [
      "a string's length above 32 bits",
      "STRING_COUNT_EXCEEDS_32_BIT_LIMIT",
      string(),
      "01000000 01000000 ffffffff ffffffff",
    ],
    ["a string beyond the message", "TOO_FEW_BYTES", string(), `${head(9)} 61626364 65666768`],
    ["a string of 4 GiB", "TOO_FEW_BYTES", string(), head(0xffff_ffff)],
    ["a lone continuation byte", "STRING_NOT_UTF8", string(), `${head(1)} 80000000 00000000`],
    ["an overlong character", "STRING_NOT_UTF8", string(), `${head(2)} c0af0000 00000000`],
    ["half a surrogate pair", "STRING_NOT_UTF8", string(), `${head(3)} eda08000 00000000`],
    ["a character beyond U+10FFFF", "STRING_NOT_UTF8", string(), `${head(4)} f4908080 00000000`],
    ["a character that is cut short", "STRING_NOT_UTF8", string(), `${head(2)} e2820000 00000000`],
    [
      "a long string with a bad byte at its end",
      "STRING_NOT_UTF8",
      string(),
      `${head(64)} ${"61".repeat(63)}ff`,
    ],

    ["an absent vector", "NON_NULLABLE_TYPE_WITH_NULL_VALUE", bytes(8), absent],
    [
      "an absent vector of 1",
      "NON_EMPTY_VECTOR_WITH_NULL_BODY",
      vector(uint8),
      "01000000 00000000 00000000 00000000",
    ],
    [
      "an absent optional vector of 1",
      "NON_EMPTY_VECTOR_WITH_NULL_BODY",
      optional(bytes()),
      "01000000 00000000 00000000 00000000",
    ],
    [
      "half a presence marker of a vector",
      "INVALID_PRESENCE_INDICATOR",
      bytes(8),
      "00000000 00000000 ffffffff 00000000",
    ],
    ["a vector over its bound", "COUNT_EXCEEDS_LIMIT", bytes(8), head(9)],
    [
      "a count above 32 bits",
      "VECTOR_COUNT_EXCEEDS_32_BIT_LIMIT",
      bytes(8),
      "01000000 01000000 ffffffff ffffffff",
    ],
    ["a count beyond the message", "TOO_FEW_BYTES", vector(uint64), head(0xffff_ffff)],
    [
      "a count beyond what is left of the message",
      "TOO_FEW_BYTES",
      vector(uint8),
      `${head(17)} 00000000 00000000`,
    ],

    ["an odd marker of a box", "INVALID_PRESENCE_INDICATOR", box(LARGE), "01000000 00000000"],
    ["a box without its struct", "TOO_FEW_BYTES", box(LARGE), "ffffffff ffffffff"],

    ["an absent table", "NON_NULLABLE_TYPE_WITH_NULL_VALUE", T, absent],
    [
      "half a presence marker of a table",
      "INVALID_PRESENCE_INDICATOR",
      T,
      "00000000 00000000 00000000 ffffffff",
    ],
    [
      "a table's count above 32 bits",
      "TABLE_COUNT_EXCEEDS_32_BIT_LIMIT",
      T,
      "01000000 01000000 ffffffff ffffffff",
    ],
    ["a table of 4 G members", "TOO_FEW_BYTES", T, head(0xffff_ffff)],
    [
      "a table's large member in its envelope",
      "INVALID_INLINE_BIT_IN_ENVELOPE",
      T,
      `${head(2)} 00000000 00000000 01000000 00000100`,
    ],
    [
      "a table's small member out of line",
      "INVALID_INLINE_BIT_IN_ENVELOPE",
      T,
      `${head(1)} 08000000 00000000 01000000 00000000`,
    ],
    ["an inline marker of 0xee01", "INVALID_INLINE_MARKER_IN_ENVELOPE", T, `${head(1)} 01000000 000001ee`],
    [
      "an unknown member's inline marker of 2",
      "INVALID_INLINE_MARKER_IN_ENVELOPE",
      T,
      `${head(3)} ${absent} 01000000 00000200`,
    ],
    [
      "handles in an envelope without any",
      "INVALID_NUM_HANDLES_IN_ENVELOPE",
      T,
      `${head(1)} 01000000 01000100`,
      [vmo(3)],
    ],

    ["a union without a member", "UNION_FIELD_NOT_SET", U, absent],
    [
      "a union without a member, but with content",
      "UNION_FIELD_NOT_SET",
      optional(U),
      "00000000 00000000 01000000 00000100",
    ],
    [
      "a union's small member with a zero envelope",
      "UNION_FIELD_NOT_SET",
      U,
      "01000000 00000000 00000000 00000000",
    ],
    [
      "a union's large member with a zero envelope",
      "UNION_FIELD_NOT_SET",
      U,
      "02000000 00000000 00000000 00000000",
    ],
    [
      "a union's unknown member with a zero envelope",
      "UNION_FIELD_NOT_SET",
      U,
      "03000000 00000000 00000000 00000000",
    ],
    [
      "a strict union's unknown member",
      "STRICT_UNION_UNKNOWN_FIELD",
      S,
      "02000000 00000000 01000000 00000100",
    ],
    [
      "a small member out of line",
      "INVALID_INLINE_BIT_IN_ENVELOPE",
      U,
      "01000000 00000000 08000000 00000000 01000000 00000000",
    ],
    [
      "a large member in the envelope",
      "INVALID_INLINE_BIT_IN_ENVELOPE",
      U,
      "02000000 00000000 01000000 00000100",
    ],
    [
      "an inline marker of 0xff",
      "INVALID_INLINE_MARKER_IN_ENVELOPE",
      U,
      "01000000 00000000 01000000 0000ff00",
    ],
    [
      "a wrong byte count in an envelope",
      "INVALID_NUM_BYTES_IN_ENVELOPE",
      U,
      "02000000 00000000 10000000 00000000 01000000 02000000",
    ],
    [
      "no byte count in an envelope, but handles",
      "INVALID_NUM_BYTES_IN_ENVELOPE",
      U,
      "02000000 00000000 00000000 01000000",
      [vmo(3)],
    ],
    [
      "a wrong handle count in an envelope",
      "INVALID_NUM_HANDLES_IN_ENVELOPE",
      U,
      "01000000 00000000 01000000 01000100",
      [vmo(3)],
    ],
    [
      "an odd byte count in an unknown envelope",
      "INVALID_NUM_BYTES_IN_ENVELOPE",
      U,
      "03000000 00000000 04000000 00000000 00000000",
    ],
    [
      "an unknown envelope beyond the bytes",
      "ENVELOPE_BYTES_EXCEED_MESSAGE_LENGTH",
      U,
      "03000000 00000000 10000000 00000000 00000000 00000000",
    ],
    [
      "an unknown envelope beyond the handles",
      "ENVELOPE_HANDLES_EXCEED_MESSAGE_LENGTH",
      U,
      "03000000 00000000 01000000 02000100",
      [vmo(3)],
    ],
  ];
  it.each(cases)("%s: %s", (_, code, codec, hex, handles = []) => {
    expect(codeOf(() => decode(codec, hex, handles))).toBe(code);
  });

  it("a count before anything is allocated for it", () => {
    // 25 elements in a message of 24 bytes are refused by the count alone, whatever is in the message.
    expect(() => decode(vector(uint8), `${head(25)} 00000000 00000000`)).toThrow(
      /a vector of 25 bytes in a message of 24/,
    );
  });
});

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

describe("32 out-of-line objects may follow one another, 33 may not:", () => {
  const le32 = (value: number) => hexBytes(new Uint8Array(new Uint32Array([value]).buffer));
  interface Level {
    readonly step: number;
    /** What makes a type, a value of it, and its bytes one step deeper. */
    deepen(codec: AnyCodec): AnyCodec;
    enclose(value: unknown): unknown;
    wrap(size: number): string;
  }
  const levels: Record<string, Level> = {
    vectors: {
      step: 1,
      deepen: (codec) => vector(codec),
      enclose: (value) => [value],
      wrap: () => head(1),
    },
    boxes: {
      step: 1,
      deepen: (codec) => box(struct<object>("B", { of: codec })),
      enclose: (of) => ({ of }),
      wrap: () => "ffffffff ffffffff",
    },
    unions: {
      step: 1,
      deepen: (codec) => strictUnion<{ of: unknown }>("U", { of: [1, codec] }),
      enclose: (of) => ({ kind: "of", of }),
      wrap: (size) => `01000000 00000000 ${le32(size)} 00000000`,
    },
    "tables, which count twice": {
      step: 2,
      deepen: (codec) => table<object>("T", { of: [1, codec] }),
      enclose: (of) => ({ of }),
      wrap: (size) => `${head(1)} ${le32(size)} 00000000`,
    },
  };
  it.each(Object.entries(levels))("%s", (_, { step, deepen, enclose, wrap }) => {
    // The innermost, a string, is a level of its own; all others are made around it.
    let [codec, value]: [AnyCodec, unknown] = [string(), "x"];
    let depth = 1;
    for (; depth + step <= 32; depth += step) [codec, value] = [deepen(codec), enclose(value)];
    const { bytes: good, error } = encodeBody(codec, value);
    expect(error).toBeUndefined();
    expect(decode(codec, good)).toEqual(value);

    const deeper = deepen(codec);
    expect(encodeError(deeper, enclose(value))).toBe("EXCEEDED_MAX_OUT_OF_LINE_DEPTH");
    const wire = `${wrap(good.length)} ${hexBytes(good)}`;
    expect(codeOf(() => decode(deeper, wire))).toBe("EXCEEDED_MAX_OUT_OF_LINE_DEPTH");
  });

  it("boxes on the wire, of which nobody has encoded so many", () => {
    interface Chain {
      next: Chain | undefined;
    }
    const CHAIN: Codec<Chain> = struct<Chain>("Chain", {
      next: box(recursive<Chain>("Chain", 8, 8, () => CHAIN)),
    });
    const wire = (boxes: number) => fromHex(`${"ff".repeat(8 * boxes)}${"00".repeat(8)}`);
    expect(() => decode(CHAIN, wire(32))).not.toThrow();
    expect(codeOf(() => decode(CHAIN, wire(33)))).toBe("EXCEEDED_MAX_OUT_OF_LINE_DEPTH");
    expect(codeOf(() => decode(CHAIN, wire(8000)))).toBe("EXCEEDED_MAX_OUT_OF_LINE_DEPTH");
  });

  it("an unknown envelope counts too", () => {
    const wrap = (codec: AnyCodec) => vector(codec);
    let codec: AnyCodec = flexibleUnion<object>("U", {});
    for (let i = 0; i < 32; i++) codec = wrap(codec);
    const unknown = "09000000 00000000 08000000 00000000 aaaaaaaa bbbbbbbb";
    const hex = `${head(1).repeat(32)} ${unknown}`;
    expect(codeOf(() => decode(codec, hex))).toBe("EXCEEDED_MAX_OUT_OF_LINE_DEPTH");
  });
});

describe("rights of a handle that comes", () => {
  const READ_ONLY = handle(ObjectType.VMO, Rights.READ | Rights.MAP);

  it("beyond what the schema names are taken away", async () => {
    const zx = await createProcess();
    const strong = zx.vmoCreate(4096, 0);
    const { rights } = zx.objectGetInfo(strong, "HANDLE_BASIC");
    const infos: HandleInfo[] = [{ handle: strong, type: ObjectType.VMO, rights }];
    const { value } = decodeBody(READ_ONLY, fromHex("ffffffff 00000000"), infos, zx);
    expect(zx.objectGetInfo(value, "HANDLE_BASIC").rights).toBe(Rights.READ | Rights.MAP);
    expect(() => zx.objectGetInfo(strong, "HANDLE_BASIC")).toThrow(/^BAD_HANDLE/);
    // Whoever closes the message after a failure closes the handle that took its place.
    expect(infos[0]?.handle).toBe(value);
  });

  it("stay where the schema names none, or just those", async () => {
    const zx = await createProcess();
    const weak = zx.handleReplace(zx.vmoCreate(4096, 0), Rights.READ | Rights.MAP);
    const info = { handle: weak, type: ObjectType.VMO, rights: Rights.READ | Rights.MAP };
    for (const codec of [VMO, READ_ONLY]) {
      expect(decodeBody(codec, fromHex("ffffffff 00000000"), [info], zx).value).toBe(weak);
    }
  });
});
