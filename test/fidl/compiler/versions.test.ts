import { describe, expect, it } from "vitest";
import { compile } from "../../../src/fidl/compiler/index.ts";
import { compiled, declared, filesOf } from "./support.ts";

const PROGRAM = `@available(added=2)
library example;

type S = struct {
  a uint8;
  @available(added=5) b uint8;
  @available(added=3, removed=6) c uint8;
  @available(deprecated=4, note="use a") d uint8;
};

@available(replaced=7)
type T = struct { old uint8; };
@available(added=7)
type T = table {};

type U = resource(added=8) union {};
open(added=9) ajar(removed=9) protocol P {
  @available(added=10) strict M();
  @available(removed=HEAD) strict N();
};
`;

const at = (version: number | string) => compiled(PROGRAM, { available: { example: version } });
const members = (version: number | string) =>
  declared(at(version), "S", "struct").members.map(({ name }) => name);

describe("a library at a version", () => {
  it("is empty before it was added", () => {
    expect(at(1).declarations.size).toBe(0);
  });

  it("has what has been added and is not yet removed", () => {
    expect(members(2)).toEqual(["a", "d"]);
    expect(members(3)).toEqual(["a", "c", "d"]);
    expect(members(5)).toEqual(["a", "b", "c", "d"]);
    expect(members(6)).toEqual(["a", "b", "d"]);
    expect(members("NEXT")).toEqual(["a", "b", "d"]);
  });

  it("has one of two declarations that follow each other", () => {
    expect(declared(at(6), "T", "struct").members).toHaveLength(1);
    expect(declared(at(7), "T", "table").members).toHaveLength(0);
  });

  it("has the modifiers of that version", () => {
    expect(declared(at(7), "U", "union").resource).toBe(false);
    expect(declared(at(8), "U", "union").resource).toBe(true);
    expect(declared(at(8), "P", "protocol").openness).toBe("ajar");
    expect(declared(at(9), "P", "protocol").openness).toBe("open");
  });

  it("is at HEAD if nothing is said", () => {
    const ir = compiled(PROGRAM, {});
    expect(declared(ir, "P", "protocol").methods.map(({ name }) => name)).toEqual(["M"]);
    const next = declared(at("NEXT"), "P", "protocol");
    expect(next.methods.map(({ name }) => name)).toEqual(["M", "N"]);
  });

  it("says what is deprecated, and why", () => {
    const deprecated = (version: number) =>
      declared(at(version), "S", "struct").members.find(({ name }) => name === "d")!.deprecated;
    expect(deprecated(3)).toBe(null);
    expect(deprecated(4)).toBe("use a");
  });

  it("is chosen by the platform that the library names", () => {
    const program = '@available(platform="mine", added=5)\nlibrary example;\ntype S = struct {};';
    expect(compiled(program, { available: { example: 1 } }).declarations.size).toBe(1);
    expect(compiled(program, { available: { mine: 4 } }).declarations.size).toBe(0);
  });

  it("lets what is deprecated refer to what is", () => {
    const program = "@available(added=1)\nlibrary example;\n@available(deprecated=2)\ntype D = struct {};\n";
    expect(compiled(`${program}@available(deprecated=2)\ntype S = struct { d D; };`).declarations.size).toBe(
      2,
    );
    expect(
      compiled(`${program}type S = struct { d D; };`, { available: { example: 1 } }).declarations.size,
    ).toBe(2);
  });

  it("lets things end, and others follow them as the same thing on the wire", () => {
    const program = `@available(added=1)
library example;
@available(replaced=3)
type T = table {
  @available(replaced=2) 1: a uint8;
  @available(added=2) 1: a uint16;
  @available(removed=2) 2: b uint8;
};
@available(added=3)
type T = table {
  1: a uint16;
  @available(replaced=4, renamed="d") 3: c uint8;
  @available(added=4) 3: d uint8;
};
closed protocol P {
  @available(replaced=2, renamed="B") strict A();
  @available(added=2) @selector("A") strict B();
};
`;
    const names = (version: number) => {
      const ir = compiled(program, { available: { example: version } });
      return declared(ir, "T", "table").members.map(({ name }) => name);
    };
    expect([1, 2, 3, 4].map(names)).toEqual([["a", "b"], ["a"], ["a", "c"], ["a", "d"]]);
    const ordinal = (version: number) =>
      declared(compiled(program, { available: { example: version } }), "P", "protocol").methods[0]!.ordinal;
    expect(ordinal(2)).toBe(ordinal(1));
  });

  it("must be a version", () => {
    for (const version of [0, -1, 1.5, 2 ** 31, "head", ""])
      expect(() => compile(filesOf(PROGRAM), { available: { example: version } })).toThrow(RangeError);
  });
});
