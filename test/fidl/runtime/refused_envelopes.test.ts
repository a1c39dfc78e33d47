/** Tables and unions that break the wire format. */
import { describe, expect, it } from "vitest";
import {
  type AnyCodec,
  bool,
  type FidlErrorCode,
  flexibleUnion,
  optional,
  strictUnion,
  string,
  struct,
  table,
  uint16,
  uint32,
} from "../../../src/fidl/runtime/index.ts";
import { ObjectType } from "../../../src/zx/constants.ts";
import type { HandleInfo } from "../../../src/zx/syscalls.ts";
import { ABSENT, codeOf, decode, head } from "./support.ts";

const vmo = (handle: number): HandleInfo => ({ handle, type: ObjectType.VMO, rights: 0 });
const LARGE = struct<object>("L", { a: uint32, b: uint32 });
const U = flexibleUnion<{ small: number; large: object }>("U", { small: [1, uint16], large: [2, LARGE] });
const S = strictUnion<{ small: number }>("S", { small: [1, uint16] });
const T = table<object>("T", { small: [1, uint16], large: [2, LARGE] });

describe("decoding refuses, of tables and unions,", () => {
  const cases: [string, FidlErrorCode, AnyCodec, string, HandleInfo[]?][] = [
    ["padding in an envelope", "INVALID_PADDING_BYTE", U, "01000000 00000000 01000100 00000100"],
    ["padding in the envelope of a table", "INVALID_PADDING_BYTE", T, `${head(1)} 01000001 00000100`],
    ["an absent table", "NON_NULLABLE_TYPE_WITH_NULL_VALUE", T, ABSENT],
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
      `${head(3)} ${ABSENT} 01000000 00000200`,
    ],
    [
      "handles in an envelope without any",
      "INVALID_NUM_HANDLES_IN_ENVELOPE",
      T,
      `${head(1)} 01000000 01000100`,
      [vmo(3)],
    ],
    ["a union without a member", "NON_NULLABLE_TYPE_WITH_NULL_VALUE", U, ABSENT],
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
    [
      "a bool of 2, in an envelope",
      "INVALID_BOOL",
      table<object>("T", { b: [1, bool] }),
      `${head(1)} 02000000 00000100`,
    ],
    [
      "a table's second member before its first, out of line",
      "INVALID_NUM_BYTES_IN_ENVELOPE",
      table<object>("T", { a: [1, LARGE], b: [2, string()] }),
      `${head(2)} 18000000 00000000 08000000 00000000 ${head(1)} 61000000 00000000 01000000 02000000`,
    ],
    [
      "a table's unknown member whose bytes are no multiple of 8",
      "INVALID_NUM_BYTES_IN_ENVELOPE",
      T,
      `${head(3)} ${ABSENT} 14000000 00000000 ${ABSENT} 00000000 00000000`,
    ],
    [
      "a table's unknown member beyond the bytes",
      "ENVELOPE_BYTES_EXCEED_MESSAGE_LENGTH",
      T,
      `${head(3)} ${ABSENT} 08000000 00000000`,
    ],
    [
      "more handles in an envelope than came",
      "ENVELOPE_HANDLES_EXCEED_MESSAGE_LENGTH",
      U,
      "01000000 00000000 01000000 01000100",
    ],
    [
      "a union without an ordinal, but with content, that is not optional",
      "UNION_FIELD_NOT_SET",
      U,
      "00000000 00000000 08000000 00000000 00000000 00000000",
    ],
    [
      "an inline marker of 0xfffe",
      "INVALID_INLINE_MARKER_IN_ENVELOPE",
      U,
      "02000000 00000000 08000000 0000feff 00000000 00000000",
    ],
    [
      "an inline marker of an unknown member of a union",
      "INVALID_INLINE_MARKER_IN_ENVELOPE",
      U,
      "63000000 00000000 08000000 00000300 00000000 00000000",
    ],
  ];
  it.each(cases)("%s: %s", (_, code, codec, hex, handles = []) => {
    expect(codeOf(() => decode(codec, hex, handles))).toBe(code);
  });
});
