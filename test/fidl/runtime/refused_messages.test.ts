/** Messages that break the wire format, and what is said of them: the codes are those of Fuchsia's conformance suite. */
import { describe, expect, it } from "vitest";
import {
  type AnyCodec,
  array,
  bool,
  box,
  bytes,
  type FidlErrorCode,
  handle,
  int64,
  optional,
  size64,
  strictBits,
  strictEnum,
  string,
  struct,
  uint8,
  uint16,
  uint32,
  uint64,
  vector,
} from "../../../src/fidl/runtime/index.ts";
import { ObjectType } from "../../../src/zx/constants.ts";
import { Rights } from "../../../src/zx/rights.ts";
import type { HandleInfo } from "../../../src/zx/syscalls.ts";
import { ABSENT, codeOf, decode, head } from "./support.ts";

const vmo = (handle: number): HandleInfo => ({ handle, type: ObjectType.VMO, rights: 0 });
const event = (handle: number): HandleInfo => ({ handle, type: ObjectType.EVENT, rights: 0 });
const VMO = handle(ObjectType.VMO);
const LARGE = struct<object>("L", { a: uint32, b: uint32 });

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
    ["an absent string", "NON_NULLABLE_TYPE_WITH_NULL_VALUE", string(), ABSENT],
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
    ["an absent vector", "NON_NULLABLE_TYPE_WITH_NULL_VALUE", bytes(8), ABSENT],
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
    ["a bool of 255, in a vector", "INVALID_BOOL", vector(bool), `${head(3)} 0100ff00 00000000`],
    [
      "strict bits without any member",
      "STRICT_BITS_UNKNOWN_BIT",
      strictBits("B", uint16, {}),
      "01000000 00000000",
    ],
    [
      "a handle that is wrong, and padding that is wrong: the padding",
      "INVALID_PADDING_BYTE",
      VMO,
      "ffffffff 00000001",
      [event(3)],
    ],
    [
      "bytes and handles left over: the bytes",
      "TOO_MANY_BYTES_IN_MESSAGE",
      VMO,
      "ffffffff 00000000 00000000 00000000",
      [vmo(3), vmo(7)],
    ],
    ["an array with a handle too few", "TOO_FEW_HANDLES", array(VMO, 2), "ffffffff ffffffff", [vmo(3)]],
    [
      "an array with one handle absent",
      "NON_NULLABLE_TYPE_WITH_NULL_VALUE",
      array(VMO, 2),
      "ffffffff 00000000",
      [vmo(3)],
    ],
    [
      "a handle of another type and fewer rights: the type",
      "INCORRECT_HANDLE_TYPE",
      handle(ObjectType.VMO, Rights.READ),
      "ffffffff 00000000",
      [{ ...event(3), rights: Rights.WAIT }],
    ],
    [
      "an absent vector, whatever handles came",
      "NON_NULLABLE_TYPE_WITH_NULL_VALUE",
      vector(VMO),
      ABSENT,
      [vmo(3)],
    ],
    [
      "a count whose size in bytes is 16 in 32 bits",
      "TOO_FEW_BYTES",
      vector(uint32),
      `${head(0x4000_0004)} ${ABSENT}`,
    ],
    [
      "a count of 2^64 - 1",
      "VECTOR_COUNT_EXCEEDS_32_BIT_LIMIT",
      vector(uint8),
      "ffffffff ffffffff ffffffff ffffffff",
    ],
    [
      "an out-of-line object that begins 4 bytes early",
      "INVALID_PADDING_BYTE",
      struct<object>("S", { a: vector(uint8), b: vector(uint8) }),
      `${head(4)} ${head(4)} 01020304 05060708`,
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
