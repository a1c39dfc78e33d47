import { describe, expect, it } from "vitest";
import { string } from "../../../src/fidl/runtime/index.ts";
import { codeOf, decode, encode, encodeError, head, hexBytes } from "./support.ts";

/** The body of a string of these bytes. */
function stringOf(bytes: readonly number[]): string {
  const padded = [...bytes, ...Array(-bytes.length & 7).fill(0)];
  return `${head(bytes.length)} ${hexBytes(Uint8Array.from(padded))}`;
}

/** The same bytes alone, and behind so many letters that they are read in another way. */
const surroundings = [0, 1, 7, 63, 200].map((before) => Array(before).fill(0x61) as number[]);

describe("text is taken if it is UTF-8:", () => {
  const good: [string, number[], string][] = [
    ["the first and last of 1 byte", [0x00, 0x7f], "\0\x7f"],
    ["the first and last of 2 bytes", [0xc2, 0x80, 0xdf, 0xbf], "\x80\u07ff"],
    ["the first of 3 bytes", [0xe0, 0xa0, 0x80], "\u0800"],
    ["the last before the surrogates", [0xed, 0x9f, 0xbf], "\ud7ff"],
    ["the first behind the surrogates", [0xee, 0x80, 0x80], "\ue000"],
    ["the last of 3 bytes", [0xef, 0xbf, 0xbf], "\uffff"],
    ["the first of 4 bytes", [0xf0, 0x90, 0x80, 0x80], "\u{10000}"],
    ["the last of all", [0xf4, 0x8f, 0xbf, 0xbf], "\u{10ffff}"],
    ["a byte order mark", [0xef, 0xbb, 0xbf], "\ufeff"],
  ];
  it.each(good)("%s", (_, bytes, text) => {
    for (const before of surroundings) {
      const whole = String.fromCharCode(...before) + text;
      expect(decode(string(), stringOf([...before, ...bytes]))).toBe(whole);
      expect(hexBytes(encode(string(), whole))).toBe(stringOf([...before, ...bytes]));
    }
  });
});

describe("text is refused if it is not UTF-8:", () => {
  const bad: [string, number[]][] = [
    ["a continuation byte alone", [0x80]],
    ["the last continuation byte alone", [0xbf]],
    ["2 bytes for what 1 would do for", [0xc0, 0x80]],
    ["2 bytes for the last of 1", [0xc1, 0xbf]],
    ["3 bytes for what 1 would do for", [0xe0, 0x80, 0xaf]],
    ["3 bytes for the last of 2", [0xe0, 0x9f, 0xbf]],
    ["4 bytes for the last of 3", [0xf0, 0x8f, 0xbf, 0xbf]],
    ["5 bytes", [0xf8, 0x88, 0x80, 0x80, 0x80]],
    ["6 bytes", [0xfc, 0x84, 0x80, 0x80, 0x80, 0x80]],
    ["the first half of a pair", [0xed, 0xa0, 0x80]],
    ["the last first half of a pair", [0xed, 0xaf, 0xbf]],
    ["the second half of a pair", [0xed, 0xbf, 0xbf]],
    ["a pair of halves", [0xed, 0xa0, 0x80, 0xed, 0xb0, 0x80]],
    ["beyond U+10FFFF", [0xf4, 0x90, 0x80, 0x80]],
    ["far beyond it", [0xf7, 0xbf, 0xbf, 0xbf]],
    ["a byte that is never there", [0xff]],
    ["the other one", [0xfe]],
    ["2 bytes cut short", [0xc3]],
    ["3 bytes cut short", [0xe2, 0x82]],
    ["4 bytes cut short", [0xf0, 0x9f, 0x98]],
    ["2 bytes, of which the second is a letter", [0xc3, 0x61]],
    ["3 bytes, of which the third is a letter", [0xe2, 0x82, 0x61]],
    ["4 bytes, of which the fourth begins another", [0xf0, 0x9f, 0x98, 0xc3]],
  ];
  it.each(bad)("%s", (_, bytes) => {
    for (const before of surroundings) {
      for (const after of [[], [0x61]]) {
        const hex = stringOf([...before, ...bytes, ...after]);
        expect(codeOf(() => decode(string(), hex))).toBe("STRING_NOT_UTF8");
      }
    }
  });

  it("half a pair, when it is to be sent", () => {
    for (const before of surroundings) {
      const letters = String.fromCharCode(...before);
      for (const half of ["\ud800", "\udbff", "\udc00", "\udfff", "\udc00\ud800"]) {
        expect(encodeError(string(), letters + half)).toBe("STRING_NOT_UTF8");
        expect(encodeError(string(), half + letters)).toBe("STRING_NOT_UTF8");
      }
    }
  });
});
