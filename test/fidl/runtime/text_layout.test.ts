import { describe, expect, it } from "vitest";
import { layOut } from "../../../src/fidl/runtime/text_layout.ts";

describe("text of a value", () => {
  const bar = "bar: lib/Bar = { id: uint32 = 0, size: uint64 = 0x20000 }";

  it("stays in one line where that is short enough", () => {
    expect(layOut(bar, bar.length)).toBe(bar);
  });

  it("goes one member to a line, where it is not", () => {
    expect(layOut(bar, bar.length - 1)).toBe(
      "bar: lib/Bar = {\n  id: uint32 = 0\n  size: uint64 = 0x20000\n}",
    );
  });

  it("is spread no further than it must be", () => {
    expect(layOut("{ a: A = { x: uint8 = 1 }, b: B = { y: uint8 = 22, z: uint8 = 3 } }", 34)).toBe(
      "{\n  a: A = { x: uint8 = 1 }\n  b: B = {\n    y: uint8 = 22\n    z: uint8 = 3\n  }\n}",
    );
  });

  it("may begin somewhere in a line, and be indented", () => {
    expect(layOut("{ a: uint8 = 1, b: uint8 = 2 }", 40, 4, 4)).toBe("{ a: uint8 = 1, b: uint8 = 2 }");
    expect(layOut("{ a: uint8 = 1, b: uint8 = 2 }", 30, 4, 4)).toBe(
      "{\n      a: uint8 = 1\n      b: uint8 = 2\n    }",
    );
  });

  it("is not taken apart within quotes, nor within the brackets of a type", () => {
    const text =
      '{ m: vector<A>:<3, optional> = [ "a, { b", "]\\" ," ], n: array<uint8, 3> = <3 bytes: 01 02 03> }';
    expect(layOut(text, 44).split("\n")).toEqual([
      "{",
      "  m: vector<A>:<3, optional> = [",
      '    "a, { b"',
      '    "]\\" ,"',
      "  ]",
      "  n: array<uint8, 3> = <3 bytes: 01 02 03>",
      "}",
    ]);
  });

  it("is broken at spaces where there are no brackets", () => {
    expect(layOut("{ data: bytes = <12 bytes: 00 01 02 03 04 05 06 07 08 09 0a 0b> }", 41)).toBe(
      "{\n  data: bytes = <12 bytes: 00 01 02 03 04\n      05 06 07 08 09 0a 0b>\n}",
    );
  });

  it("keeps a word whole that is longer than a line", () => {
    const word = "x".repeat(50);
    expect(layOut(`{ a: string = "${word}", b: uint8 = 1 }`, 30)).toBe(
      `{\n  a: string =\n      "${word}"\n  b: uint8 = 1\n}`,
    );
  });

  it("whatever it is, comes out with all its words", () => {
    const pieces = ["{ ", " }", "[ ", " ]", ", ", '"', "\\", "<", ">", "word", " ", "{}"];
    let seed = 1;
    const below = (limit: number) => {
      seed = (seed * 48_271) % 0x7fff_ffff;
      return seed % limit;
    };
    for (let run = 0; run < 3000; run++) {
      const text = Array.from({ length: below(30) }, () => pieces[below(pieces.length)]).join("");
      const words = (of: string) => of.split("word").length;
      expect(words(layOut(text, 1 + below(40)))).toBe(words(text));
    }
  });
});
