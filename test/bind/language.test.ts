/** What programs of the bind language are compiled to. */
import { describe, expect, it } from "vitest";
import { parseBind, printProgram } from "../../src/bind/index.ts";
import { compiled, meaning, OPTIONS } from "./support.ts";

const condition = (key: string, op: string, value: unknown) => ({
  kind: "condition",
  key,
  op,
  operand: { value },
});

describe("A program", () => {
  it("is a list of conditions, with values by name or as literals", () => {
    const program = compiled(`using gizmo;
      gizmo.COUNT == gizmo.COUNT.TWO;
      gizmo.LABEL != "blue";
      gizmo.FAST == true;
      gizmo.FAST != gizmo.FAST.NO;
      gizmo.COUNT != 0xfF;
      gizmo.COUNT != 4294967295;
      gizmo.LABEL != gizmo.LABEL.QUOTED;`);
    expect(meaning(program)).toEqual({
      kind: "rules",
      block: [
        condition("gizmo.COUNT", "==", 2),
        condition("gizmo.LABEL", "!=", "blue"),
        condition("gizmo.FAST", "==", true),
        condition("gizmo.FAST", "!=", false),
        condition("gizmo.COUNT", "!=", 255),
        condition("gizmo.COUNT", "!=", 0xffff_ffff),
        condition("gizmo.LABEL", "!=", 'a "b" \\c'),
      ],
    });
  });

  it("keeps names of values, and places, for those who debug it", () => {
    const program = compiled("using gizmo as g;\n\n  g.COUNT == g.COUNT.ONE;\n\taccept g.COUNT { 3 }");
    const [first, second] = program.kind === "rules" ? program.block : [];
    expect(first).toMatchObject({
      operand: { value: 1, name: "gizmo.COUNT.ONE" },
      at: { file: "test.bind", line: 3, column: 3 },
    });
    expect(second).toMatchObject({ at: { line: 4, column: 2 } });
  });

  it("compares enums by the full name of the member, whatever the library is called here", () => {
    expect(meaning(compiled("using gizmo as g; g.SHAPE == g.SHAPE.ROUND;"))).toEqual({
      kind: "rules",
      block: [condition("gizmo.SHAPE", "==", "gizmo.SHAPE.ROUND")],
    });
  });

  it("may end a list of accepted values with a comma", () => {
    expect(meaning(compiled("using gizmo; accept gizmo.COUNT { gizmo.COUNT.ONE, 7, }"))).toEqual({
      kind: "rules",
      block: [{ kind: "accept", key: "gizmo.COUNT", operands: [{ value: 1 }, { value: 7 }] }],
    });
  });

  it("reads `else if` as an `if` in the `else`", () => {
    const chain = compiled(`using gizmo;
      if gizmo.COUNT == 1 { true; } else if gizmo.COUNT != 2 { gizmo.OTHER == 3; } else { false; }`);
    const nested = compiled(`using gizmo;
      if gizmo.COUNT == 1 { true; } else { if gizmo.COUNT != 2 { gizmo.OTHER == 3; } else { false; } }`);
    expect(meaning(chain)).toEqual(meaning(nested));
    expect(meaning(chain)).toMatchObject({
      block: [
        {
          kind: "if",
          condition: { key: "gizmo.COUNT", op: "==", operand: { value: 1 } },
          block: [{ kind: "true" }],
          otherwise: [{ kind: "if", otherwise: [{ kind: "false" }] }],
        },
      ],
    });
  });

  it("may be spelled with comments in one another, any white space, and `abort` for `false`", () => {
    const text =
      "/* a /* b */ c */ using\tgizmo ; // d\r\nif gizmo.COUNT==1{true;}else{abort;} /**/ // no end of line";
    expect(meaning(compiled(text))).toEqual(
      meaning(compiled("using gizmo; if gizmo.COUNT == 1 { true; } else { false; }")),
    );
  });

  it("uses keys of the library fuchsia without importing it, and values that another library added", () => {
    expect(
      meaning(compiled("using gizmo; fuchsia.BIND_PCI_VID == gizmo.BIND_PCI_VID.GIZMOTRONICS;")),
    ).toEqual({
      kind: "rules",
      block: [condition("fuchsia.BIND_PCI_VID", "==", 0x4242)],
    });
  });

  it("sees libraries that its libraries import", () => {
    const libraries = [
      { name: "a", text: "library a; uint K { V = 1 };" },
      { name: "b", text: "library b; using a as other; extend uint other.K { W = 2 };" },
    ];
    expect(meaning(compiled("using b; accept a.K { a.K.V, b.K.W }", { libraries }))).toMatchObject({
      block: [{ operands: [{ value: 1 }, { value: 2 }] }],
    });
  });

  it("prefers a library that it is given to the package's one of the same name", () => {
    const libraries = [{ name: "mine", text: "library fuchsia.acpi; uint HID;" }];
    expect(() => compiled("using fuchsia.acpi; fuchsia.acpi.HID == 3;", { libraries })).not.toThrow();
    expect(() => compiled("using fuchsia.acpi; fuchsia.acpi.HID == 3;")).toThrow("E603");
  });

  it("for drivers that bind by request only, begins with fuchsia.BIND_AUTOBIND == 0", () => {
    expect(meaning(compiled("true;", { disableAutobind: true }))).toEqual({
      kind: "rules",
      block: [condition("fuchsia.BIND_AUTOBIND", "==", 0), { kind: "true" }],
    });
  });

  it("has as many `else if` as one likes, and `if` in one another a hundred deep", () => {
    const chain = `if gizmo.COUNT == 0 { true; } ${"else if gizmo.COUNT == 1 { true; } ".repeat(5000)} else { false; }`;
    expect(() => printProgram(compiled(`using gizmo; ${chain}`))).not.toThrow();
    const nest = (depth: number) =>
      `using gizmo; ${"if gizmo.COUNT == 1 { ".repeat(depth)} true; ${"} else { false; } ".repeat(depth)}`;
    expect(() => compiled(nest(100))).not.toThrow();
    expect(() => compiled(nest(101))).toThrow("E901");
    expect(() => compiled(nest(100_000))).toThrow("E901");
  });
});

describe("A composite program", () => {
  it("has a name and nodes, one of them primary, with `node` or `parent` for the word", () => {
    const program = compiled(`composite gizmo.pci;
      using gizmo;
      node "a" { gizmo.COUNT == 1; }
      primary parent "b \\"c\\"" { true; }
      optional node "d" { false; }`);
    expect(meaning(program)).toEqual({
      kind: "composite",
      name: "gizmo.pci",
      nodes: [
        { name: "a", role: "additional", block: [condition("gizmo.COUNT", "==", 1)] },
        { name: 'b "c"', role: "primary", block: [{ kind: "true" }] },
        { name: "d", role: "optional", block: [{ kind: "false" }] },
      ],
    });
  });
});

describe("printProgram", () => {
  it("writes a program that compiles to the same", () => {
    for (const text of [
      'using gizmo;\ngizmo.COUNT == gizmo.COUNT.ONE;\naccept gizmo.LABEL { "x\\"", gizmo.LABEL.RED }\nif gizmo.FAST == true { true; } else if gizmo.COUNT != 3 { gizmo.OTHER == 1; gizmo.OTHER != 2; } else { false; }',
      'composite c; using gizmo; primary node "p\\\\" { true; } optional node "o" { gizmo.COUNT == 1; }',
    ]) {
      const program = compiled(text);
      const [head = "", ...rest] = printProgram(program).split("\n");
      const printed =
        program.kind === "composite" ? [head, "using gizmo;", ...rest] : ["using gizmo;", head, ...rest];
      expect(meaning(compiled(printed.join("\n")))).toEqual(meaning(program));
    }
  });

  it("lays it out like this", () => {
    const program = parseBind(
      'composite c; using gizmo; primary node "p" { if gizmo.FAST == true { true; } else if gizmo.COUNT != 3 { gizmo.OTHER == gizmo.COUNT.ONE; } else { accept gizmo.COUNT { 16, gizmo.COUNT.TWO } } } optional node "o" { false; }',
      OPTIONS,
    );
    expect(printProgram(program)).toBe(`composite c;

primary node "p" {
  if gizmo.FAST == true {
    true;
  } else if gizmo.COUNT != 0x3 {
    gizmo.OTHER == gizmo.COUNT.ONE;
  } else {
    accept gizmo.COUNT { 0x10, gizmo.COUNT.TWO }
  }
}

optional node "o" {
  false;
}
`);
  });
});
