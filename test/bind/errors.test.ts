/** What is wrong in a program is said with Fuchsia's number, at its line and columns. */
import { describe, expect, it } from "vitest";
import { compileBind, formatBindDiagnostic, parseBind } from "../../src/bind/index.ts";
import { isStatus } from "../../src/zx/error.ts";
import { diagnosticsOf, GIZMO, OPTIONS, unmarked } from "./support.ts";

const RULES: readonly (readonly [title: string, marked: string])[] = [
  ["no statement", "«E021»«/»"],
  ["an import and no statement", "using gizmo;\n«E021»«/»"],
  ["an empty block", "using gizmo;\nif gizmo.COUNT == 1 «E021»{ }«/» else { true; }"],
  [
    "a missing semicolon, and what comes on the next line is understood",
    "using gizmo;\ngizmo.COUNT == 1«E006/»\ngizmo.OTHER «E018»;«/»",
  ],
  [
    "a missing semicolon in front of a brace",
    "using gizmo;\nif gizmo.COUNT == 1 { true«E006/» } else { false; }",
  ],
  ["a statement that goes on where it should end", "using gizmo;\ngizmo.COUNT == 1«E006/» 2;\ntrue;"],
  ["an operator that there is not", "using gizmo;\ngizmo.COUNT «E018»=«/» 1;"],
  ["no value", "using gizmo;\ngizmo.COUNT == «E019»;«/»"],
  ["no list", "using gizmo;\naccept gizmo.COUNT «E008»1«/»;"],
  ["an empty list", "using gizmo;\naccept gizmo.COUNT { «E019»}«/»"],
  [
    "a list without a comma",
    "using gizmo;\naccept gizmo.COUNT { 1 «E009»2«/» }\nfuchsia.BIND_PCI_VID «E018»;«/»",
  ],
  [
    "a list without an end",
    "using gizmo;\naccept gizmo.COUNT { 1\n«E009»fuchsia.BIND_PCI_VID«/» == 3;\nfuchsia.BIND_PCI_VID «E018»;«/»",
  ],
  ["`if` without `else`", "using gizmo;\nif gizmo.COUNT == 1 { true; }\n«E017»gizmo.COUNT«/» == 1;"],
  ["`if` without a block", "using gizmo;\nif gizmo.COUNT == 1 «E014»;«/»"],
  ["a block without an end", "using gizmo;\nif gizmo.COUNT == 1 { true; } else { false;«E015»«/»"],
  ["a brace too many", "using gizmo;\ngizmo.COUNT == 1;\n«E005»}«/»\ngizmo.COUNT «E018»1«/»;"],
  ["a character that means nothing", "using gizmo;\ngizmo.COUNT == 1 «E900»?«/»;"],
  ["a character beyond 16 bits, which has two columns", "«E900»\u{1f600}«/»\ntrue;"],
  ["a name that ends in an underscore", "using gizmo;\n«E005»gizmo.COUNT_«/» == 1;"],
  ["a name that ends in a dot", "using gizmo;\ngizmo«E900».«/» == 1;"],
  ["a number that is none", "using gizmo;\ngizmo.COUNT == «E003»12ab«/»;"],
  ["a hexadecimal number without digits", "using gizmo;\ngizmo.COUNT == «E003»0x«/»;"],
  [
    "a number beyond 32 bits",
    "using gizmo;\ngizmo.COUNT == «E602»0x100000000«/»;\ngizmo.COUNT == «E602»99999999999999999999«/»;",
  ],
  ["a string without an end", 'using gizmo;\ngizmo.LABEL == «E002»"abc;«/»«E006/»\ntrue;'],
  ["an escape that there is not", 'using gizmo;\ngizmo.LABEL == "a«E002»\\n«/»b";'],
  ["a string that is too long", `using gizmo;\ngizmo.LABEL == «E600»"${"ä".repeat(128)}«/»";`],
  ["a comment without an end", "true; «E023»/*«/» /* */ "],
  ["a library that there is not", "using «E200»gizmo.nothing«/»;\ntrue;"],
  ["another name for two libraries", "using gizmo as g;\nusing fuchsia.pci as «E102»g«/»;\ntrue;"],
  ["another name with dots", "using gizmo as «E005»a.b«/»;\ntrue;"],
  ["another name that is a keyword", "using gizmo as «E005»accept«/»;\ntrue;"],
  ["a key that is not declared", "using gizmo;\n«E108»gizmo.NUMBER«/» == 1;\n«E108»COUNT«/» == 1;"],
  ["a key whose library is not imported", "«E108»gizmo.COUNT«/» == 1;"],
  ["a value that is not declared", "using gizmo;\ngizmo.COUNT == «E108»gizmo.COUNT.THREE«/»;"],
  [
    "a member that an enum does not have",
    "using gizmo;\naccept gizmo.SHAPE { gizmo.SHAPE.ROUND, «E108»gizmo.SHAPE.OVAL«/» }",
  ],
  [
    "a value of another type",
    'using gizmo;\ngizmo.COUNT == «E603»"1"«/»;\ngizmo.LABEL != «E603»true«/»;\naccept gizmo.FAST { true, «E603»0«/» }\ngizmo.COUNT == «E603»gizmo.LABEL.RED«/»;',
  ],
  ["a string for an enum's member", 'using gizmo;\ngizmo.SHAPE == «E603»"gizmo.SHAPE.ROUND"«/»;'],
  [
    "a value in place of a key, and a key in place of a value",
    "using gizmo;\n«E604»gizmo.COUNT.ONE«/» == 1;\ngizmo.COUNT == «E604»gizmo.OTHER«/»;",
  ],
  [
    "a value of another key, of which there is only a warning",
    "using gizmo;\ngizmo.OTHER == «E903»gizmo.COUNT.ONE«/»;",
  ],
  [
    "`if` that is not the last statement",
    "using gizmo;\n«E109»if gizmo.COUNT == 1«/» { true; } else { false; }\ngizmo.COUNT == 1;",
  ],
  ["`true` and `false` that are not alone", "using gizmo;\n«E110»true«/»;\n«E111»false«/»;"],
  ["nodes in a file that is not composite", 'node «E029»"a"«/» { true; }'],
];

const COMPOSITES: readonly (readonly [title: string, marked: string])[] = [
  ["no nodes", "composite «E028»a.b«/»;"],
  ["no primary node", 'composite «E032»a«/»;\nnode "x" { true; }'],
  ["two primary nodes", 'composite a;\nprimary node "x" { true; }\n«E032»primary node "y"«/» { true; }'],
  ["two nodes of one name", 'composite a;\nprimary node "x" { true; }\noptional node «E033»"x"«/» { true; }'],
  ["a node without a name", 'composite a;\nprimary node «E032»{«/» true; }\nnode «E032»""«/» { true; }'],
  [
    "something else than a node",
    'composite a;\nprimary «E030»nod«/» "x" { true; }\n«E030»fuchsia.BIND_PCI_VID«/» == 1;',
  ],
  ["no name", "composite «E005»;«/»\n"],
  [
    "what is wrong in a node",
    'composite a;\nprimary node "x" { «E108»x.y«/» == 1; }\nnode "y" { «E110»true«/»; «E111»false«/»; }',
  ],
];

const LIBRARIES: readonly (readonly [title: string, marked: string])[] = [
  ["no library", "«E011»uint«/» COUNT;"],
  ["no type", "library a;\n«E001»int«/» COUNT;\nuint K «E008»=«/» 3;"],
  ["a value without `=`", "library a;\nuint K { A «E007»1«/» };"],
  [
    "a value of another type",
    'library a;\nuint K { A = «E003»"1"«/» };\nstring S { A = «E002»1«/» };\nbool B { A = «E004»1«/» };',
  ],
  ["a declaration without a semicolon", "library a;\nuint K { A = 1 }«E006/»\nuint L;"],
  ["a key that is a keyword", "library a;\nuint «E005»enum«/»;"],
  ["a name with dots for a value", "library a;\nuint K { «E005»A.B«/» = 1 };"],
];

const MEANINGLESS_LIBRARIES: readonly (readonly [title: string, marked: string])[] = [
  ["a key twice", "library a;\nuint K;\nstring «E102»K«/»;"],
  ["a value twice", "library a;\nuint K { A = 1, «E102»A«/» = 2 };"],
  ["a new key of another library", "library a;\nuint «E106»fuchsia.K«/»;"],
  ["an extension of one's own key", "library a;\nuint K;\nextend uint «E107»K«/» { A = 1 };"],
  [
    "an extension of a library that is not imported",
    "library a;\nextend uint «E104»gizmo.COUNT«/» { A = 1 };",
  ],
  ["an extension of a key that there is not", "library a;\nextend uint «E105»fuchsia.K«/» { A = 1 };"],
  ["an extension with another type", 'library a;\nextend string «E103»fuchsia.BIND_PCI_VID«/» { A = "1" };'],
  ["an import of what there is not", "library a;\nusing «E200»b«/»;"],
  ["an import of itself", "library a;\nusing «E201»a«/»;"],
];

describe("Rules are refused for", () => {
  it.each([...RULES, ...COMPOSITES])("%s", (_, marked) => {
    const { text, expected } = unmarked("test.bind", marked);
    expect(diagnosticsOf(text)).toEqual(expected);
  });
});

describe("A library is refused for", () => {
  it.each(LIBRARIES)("%s", (_, marked) => {
    const { text, expected } = unmarked("a.bind", marked);
    expect(diagnosticsOf("true;", [{ name: "a.bind", text }])).toEqual(expected);
  });

  it.each(MEANINGLESS_LIBRARIES)("%s, when it is used", (_, marked) => {
    const { text, expected } = unmarked("a.bind", marked);
    expect(diagnosticsOf("using a; true;", [GIZMO, { name: "a.bind", text }])).toEqual(expected);
  });

  it("being given twice", () => {
    const again = { name: "again.bind", text: "library gizmo;" };
    expect(diagnosticsOf("true;", [GIZMO, again])).toEqual(["E102 again.bind:1:9-14"]);
  });

  it("importing a library that imports it", () => {
    const libraries = [
      { name: "a.bind", text: "library a; using b;" },
      { name: "b.bind", text: "library b; using a;" },
    ];
    expect(diagnosticsOf("using a; true;", libraries)).toEqual(["E201 b.bind:1:18-19"]);
  });
});

describe("A message", () => {
  const messageOf = (text: string) =>
    compileBind({ name: "test.bind", text }, OPTIONS).diagnostics[0]?.message;

  it("says what was found", () => {
    expect(messageOf("using gizmo;\ngizmo.COUNT = 1;")).toBe("expected `==` or `!=`, found `=`");
    expect(messageOf("using gizmo;\ngizmo.COUNT ==")).toMatch(
      /^expected a value: .* found the end of the file$/,
    );
  });

  it("says what there is, beginning with what looks most like it", () => {
    expect(messageOf("using gizmo; gizmo.COUNT == gizmo.COUNT.THREE;")).toBe(
      "`gizmo.COUNT.THREE` is not declared; `gizmo.COUNT` has TWO, ONE",
    );
    expect(messageOf("fuchsia.BIND_PCI_VIDEO == 1;")).toMatch(
      /^`fuchsia.BIND_PCI_VIDEO` is not declared; `fuchsia` has BIND_PCI_VID, BIND_PCI_.*, \.\.\.$/,
    );
    expect(messageOf("using gizmo; gizmo.SHAPE == 1;")).toBe(
      "`gizmo.SHAPE` is an enum, and 0x1 is a uint; `gizmo.SHAPE` has ROUND, SQUARE",
    );
  });

  it("says which library is not imported", () => {
    expect(messageOf('fuchsia.acpi.HID == "PNP0303";')).toBe(
      "`fuchsia.acpi.HID` is not declared; it may be in the library `fuchsia.acpi`: add `using fuchsia.acpi;`",
    );
  });

  it("is shown with its line and a caret, tabs kept", () => {
    const { diagnostics } = compileBind(
      { name: "a.bind", text: "using gizmo;\r\n\tgizmo.COUNT == gizmo.X;\r\n" },
      OPTIONS,
    );
    expect(diagnostics.map(formatBindDiagnostic)).toEqual([
      "a.bind:2:17: error: `gizmo.X` is not declared [E108]\n    \tgizmo.COUNT == gizmo.X;\n    \t               ^~~~~~~",
    ]);
  });

  it("of a long line shows the surroundings only", () => {
    const text = `using gizmo; ${" ".repeat(5000)}gizmo.COUNT == gizmo.X; ${" ".repeat(5000)}`;
    const [shown = ""] = compileBind({ name: "a.bind", text }, OPTIONS).diagnostics.map(formatBindDiagnostic);
    const [, line = "", caret = ""] = shown.split("\n");
    expect(line.length).toBeLessThanOrEqual(100);
    expect(line.slice(caret.indexOf("^")).startsWith("gizmo.X;")).toBe(true);
  });

  it("of a hundred first places is kept, and then one says that there is more", () => {
    const { diagnostics } = compileBind({ name: "a.bind", text: "x.y == 1;\n".repeat(500) });
    expect(diagnostics).toHaveLength(101);
    expect(diagnostics.at(-1)).toMatchObject({ code: "E902", line: 101 });
  });
});

describe("parseBind", () => {
  it("throws INVALID_ARGS with every error, its place and its line", () => {
    try {
      parseBind("a.b == 1;\nc.d == 2;", { name: "edu.bind" });
      expect.unreachable();
    } catch (error) {
      expect(isStatus(error, "INVALID_ARGS")).toBe(true);
      expect(String(error)).toContain(
        "edu.bind:1:1: error: `a.b` is not declared [E108]\n    a.b == 1;\n    ^~~",
      );
      expect(String(error)).toContain("edu.bind:2:1: error:");
    }
  });

  it("does not mind a warning", () => {
    expect(() => parseBind("using gizmo; gizmo.OTHER == gizmo.COUNT.ONE;", OPTIONS)).not.toThrow();
  });
});
