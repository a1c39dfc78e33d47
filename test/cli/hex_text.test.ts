import { describe, expect, it } from "vitest";
import { excerpt, parseHex } from "../../src/cli/hex_text.ts";

const message = Uint8Array.from([
  0x01, 0, 0, 0, 0x02, 0, 0, 0x01, 0x79, 0xf6, 0xbf, 0xfb, 0xf6, 0x83, 0x26, 0x6b, 0x61, 0x62, 0, 0, 0, 0, 0,
  0,
]);

describe("bytes are read from", () => {
  const cases: [string, string][] = [
    ["digits alone", "010000000200000179f6bffbf683266b6162000000000000"],
    ["one word with a prefix", "0x010000000200000179f6bffbf683266b6162000000000000"],
    ["groups, and bars between them", "01000000 0200 00 01 | 79f6bffb f683266b | 61620000 00000000"],
    ["capitals over several lines", "01000000 02000001\n79F6BFFB F683266B\n\n61620000 00000000\n"],
    [
      "lines whose first words rise, as offsets do",
      "01000000 02000001 79f6bffb f683266b\n\n61620000 00000000\n",
    ],
    [
      "the elements of an array",
      "{ 0x1, 0x00, 0x0, 0x0, 0x2, 0x0, 0x0, 0x1,\n  0x79, 0xf6, 0xbf, 0xfb, 0xf6, 0x83, 0x26, 0x6b,\n  0x61, 0x62, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0 };",
    ],
    [
      "a string with escapes",
      String.raw`"\x01\x00\x00\x00\x02\x00\x00\x01\x79\xf6\xbf\xfb\xf6\x83\x26\x6b" "\x61\x62\x00\x00\x00\x00\x00\x00"`,
    ],
    ["colons", "01:00:00:00:02:00:00:01:79:f6:bf:fb:f6:83:26:6b:61:62:00:00:00:00:00:00"],
    [
      "xxd",
      "00000000: 0100 0000 0200 0001 79f6 bffb f683 266b  ........y.....&k\n00000010: 6162 0000 0000 0000                      ab......\n",
    ],
    [
      "xxd -g1 -c8, whose characters are hex digits, too",
      "00000000: 01 00 00 00 02 00 00 01  ........\n00000008: 79 f6 bf fb f6 83 26 6b  y.....&k\n00000010: 61 62 00 00 00 00 00 00  abababab\n",
    ],
    [
      "hexdump -C",
      "00000000  01 00 00 00 02 00 00 01  79 f6 bf fb f6 83 26 6b  |........y.....&k|\n00000010  61 62 00 00 00 00 00 00                           |ab......|\n00000018\n",
    ],
    [
      "od -A x -t x1",
      "000000 01 00 00 00 02 00 00 01 79 f6 bf fb f6 83 26 6b\n000010 61 62 00 00 00 00 00 00\n000018\n",
    ],
    [
      "od, with octal offsets",
      "0000000 01 00 00 00 02 00 00 01 79 f6 bf fb f6 83 26 6b\n0000020 61 62 00 00 00 00 00 00\n0000030\n",
    ],
    [
      "a packet's dump, without colons or bars",
      "0000   01 00 00 00 02 00 00 01  79 f6 bf fb f6 83 26 6b   ........ y.....&k\n0010   61 62 00 00 00 00 00 00   ab......\n",
    ],
    [
      "a dump that does not begin at zero",
      "0x1f0: 01 00 00 00 02 00 00 01\n0x1f8: 79 f6 bf fb f6 83 26 6b\n0x200: 61 62 00 00 00 00 00 00\n",
    ],
  ];
  it.each(cases)("%s", (_, text) => {
    expect(parseHex(text)).toEqual(message);
  });

  it("a dump that leaves out lines like the one before", () => {
    const zeros = "00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|";
    const text = `00000000  ${zeros}\n*\n00000040  01 02\n00000042\n`;
    const expected = new Uint8Array(66);
    expected.set([1, 2], 64);
    expect(parseHex(text)).toEqual(expected);
  });

  it("nothing", () => {
    expect(parseHex(" \n")).toEqual(new Uint8Array());
  });
});

describe("what is no hex is an error that names the line", () => {
  const cases: [string, string, RegExp][] = [
    ["another letter", "01 02\n0x03 zz", /^line 2: 'zz' is not hex$/],
    ["half a byte", "010", /^line 1: '010' has an odd number of hex digits$/],
    [
      "words, whose byte order nobody knows",
      "0x01000000 0x02000001",
      /line 1: '0x01000000' is more than a byte/,
    ],
    ["a dump with a line missing", "0000: 01 02\n0004: 03 04", /^line 1: 2 bytes, where the offsets say 4$/],
    [
      "a dump with a line too short",
      "000000 01 02\n000004 03 04\n000006",
      /^line 1: 2 bytes, where the offsets say 4$/,
    ],
    ["a dump that goes back", "0010: 01 02\n0000: 03 04", /^line 1: /],
    ["a repetition of nothing", "*\n0000: 01", /line 1/],
  ];
  it.each(cases)("%s", (_, text, message) => {
    expect(() => parseHex(text)).toThrow(message);
  });
});

describe("an excerpt", () => {
  it("is the line of 16 bytes that a byte is in, and marks it", () => {
    const bytes = Uint8Array.from({ length: 40 }, (_, i) => i);
    expect(excerpt(bytes, 18)).toEqual([
      "  0x10: 10 11 12 13 14 15 16 17 18 19 1a 1b 1c 1d 1e 1f",
      "              ^^",
    ]);
  });

  it("marks the place behind the last byte", () => {
    expect(excerpt(Uint8Array.of(1, 2), 2)).toEqual(["  0x0: 01 02", "             ^^"]);
    expect(excerpt(Uint8Array.of(), 0)).toEqual(["  0x0: ", "       ^^"]);
  });
});
