/** Bind rules as objects: what they mean, and what is refused. */
import { describe, expect, it } from "vitest";
import { type BindRules, compileRules, match } from "../../src/bind/index.ts";
import { defineDriver } from "../../src/driver/define.ts";
import { isStatus } from "../../src/zx/error.ts";
import { compiled, meaning } from "./support.ts";

const same: readonly (readonly [text: string, rules: BindRules])[] = [
  ["gizmo.COUNT == 1;", { "gizmo.COUNT": 1 }],
  [
    'gizmo.COUNT == 1; gizmo.LABEL == "x"; gizmo.FAST == false;',
    { "gizmo.COUNT": 1, "gizmo.LABEL": "x", "gizmo.FAST": false },
  ],
  ["accept gizmo.COUNT { 1, 2 }", { "gizmo.COUNT": [1, 2] }],
  ["gizmo.COUNT != 1;", { "gizmo.COUNT": { not: 1 } }],
  ["gizmo.COUNT != 1; gizmo.COUNT != 2;", { "gizmo.COUNT": { not: [1, 2] } }],
  ["gizmo.COUNT != 1; accept gizmo.COUNT { 2 }", [{ "gizmo.COUNT": { not: 1 } }, { "gizmo.COUNT": [2] }]],
  ["true;", true],
  ["false;", false],
  ["if gizmo.COUNT == 1 { true; } else { false; }", { if: { "gizmo.COUNT": 1 }, do: true, else: false }],
  [
    "gizmo.OTHER == 1; if gizmo.COUNT != 1 { gizmo.FAST == true; } else if gizmo.COUNT == 2 { accept gizmo.OTHER { 3 } } else { gizmo.OTHER != 4; gizmo.OTHER != 5; }",
    [
      { "gizmo.OTHER": 1 },
      {
        if: { "gizmo.COUNT": { not: 1 } },
        do: { "gizmo.FAST": true },
        else: {
          if: { "gizmo.COUNT": 2 },
          do: { "gizmo.OTHER": [3] },
          else: [{ "gizmo.OTHER": { not: 4 } }, { "gizmo.OTHER": { not: 5 } }],
        },
      },
    ],
  ],
];

describe("An object means what the text does:", () => {
  it.each(same)("%s", (text, rules) => {
    expect(meaning(compileRules(rules))).toEqual(meaning(compiled(`using gizmo; ${text}`)));
  });

  it("composite rules too", () => {
    const text =
      'composite c; using gizmo; primary node "p" { gizmo.COUNT == 1; } node "a" { true; } node "b" { false; } optional node "o" { gizmo.COUNT != 2; }';
    const rules = {
      composite: "c",
      primary: { p: { "gizmo.COUNT": 1 } },
      additional: { a: true, b: false },
      optional: { o: { "gizmo.COUNT": { not: 2 } } },
    };
    expect(meaning(compileRules(rules))).toEqual(meaning(compiled(text)));
  });

  it("says by path where each statement stands", () => {
    const program = compileRules([{ "a.b": 1 }, { if: { c: { not: 1 } }, do: { d: [1] }, else: true }]);
    expect(program).toMatchObject({
      block: [
        { at: { path: 'bind[0]["a.b"]' } },
        {
          at: { path: "bind[1]" },
          condition: { at: { path: "bind[1].if.c" } },
          block: [{ at: { path: "bind[1].do.d" } }],
          otherwise: [{ at: { path: "bind[1].else" } }],
        },
      ],
    });
  });

  it("and compiled rules are taken as they are, each object being compiled once", () => {
    const program = compiled("true;");
    expect(compileRules(program)).toBe(program);
    const rules = { a: 1 };
    expect(compileRules(rules)).toBe(compileRules(rules));
  });

  it("properties called kind and block are properties", () => {
    expect(match({ kind: "rules", block: "x" }, { kind: "rules", block: "x" })).toBe(true);
    expect(match({ kind: "rules", block: ["x"] }, { kind: "rules" })).toBe(false);
  });
});

describe("An object is refused,", () => {
  const cyclic: { if: object; do: unknown; else: unknown } = { if: { a: 1 }, do: true, else: true };
  cyclic.else = cyclic;
  const deep: typeof cyclic = { if: { a: 1 }, do: true, else: true };
  deep.do = deep;

  it.each<[unknown, string]>([
    [{}, "bind: bind rules are empty; write true for rules that every node satisfies"],
    [[], "bind: bind rules are empty; write true for rules that every node satisfies"],
    [[{}], "bind: bind rules are empty; write true for rules that every node satisfies"],
    [null, "bind: conditions by key, or an `if`, not null"],
    [undefined, "bind: conditions by key, or an `if`, not undefined"],
    ["fuchsia.BIND_PCI_VID == 1;", "bind: conditions by key, or an `if`, not a value of type string"],
    [[{ a: 1 }, true], "bind[1]: conditions by key, or an `if`, not true among others"],
    [[[{ a: 1 }]], "bind[0]: conditions by key, or an `if`, not an array"],
    [{ a: -1 }, "bind.a: -1 is no integer from 0 to 0xffffffff"],
    [{ a: 1.5 }, "bind.a: 1.5 is no integer from 0 to 0xffffffff"],
    [{ a: 2 ** 32 }, "bind.a: 4294967296 is no integer from 0 to 0xffffffff"],
    [{ a: Number.NaN }, "bind.a: NaN is no integer from 0 to 0xffffffff"],
    [{ a: 1n }, "bind.a: a value of type bigint is no number, string or boolean"],
    [{ a: undefined }, "bind.a: undefined is no number, string or boolean"],
    [{ a: "x".repeat(256) }, "bind.a: a string of 256 bytes; at most 255 are possible"],
    [{ ["x".repeat(256)]: 1 }, `bind.${"x".repeat(256)}: a string of 256 bytes; at most 255 are possible`],
    [{ "": 1 }, 'bind[""]: a property\'s key is not empty'],
    [{ "a.b": [] }, 'bind["a.b"]: a list of values has at least one'],
    [{ a: [1, "2"] }, "bind.a[1]: a string among values of type number"],
    [{ a: { not: [] } }, "bind.a.not: a list of values has at least one"],
    [{ a: { not: 1, or: 2 } }, "bind.a.or: no such part; there are not"],
    [{ if: { a: 1 }, do: true }, "bind: `if` without `else`"],
    [{ if: { a: 1 }, else: true }, "bind: `if` without `do`"],
    [
      { if: { a: 1 }, do: {}, else: true },
      "bind.do: bind rules are empty; write true for rules that every node satisfies",
    ],
    [
      { if: { a: 1 }, do: true, else: true, elseif: true },
      "bind.elseif: no such part; there are if, do, else",
    ],
    [
      { if: { a: 1, b: 1 }, do: true, else: true },
      "bind.if: a condition is one key with one value, or with { not: value }",
    ],
    [
      { if: { a: [1] }, do: true, else: true },
      "bind.if: a condition is one key with one value, or with { not: value }",
    ],
    [
      { if: true, do: true, else: true },
      "bind.if: a condition is one key with one value, or with { not: value }",
    ],
    [[{ if: { a: 1 }, do: true, else: true }, { a: 1 }], "bind[0]: `if` is the last statement of a block"],
    [cyclic, "bind.else: an `if` stands in its own `else`"],
    [
      { composite: "", primary: { p: true } },
      "bind.composite: a composite has a name: identifiers, joined by dots",
    ],
    [
      { composite: "a b", primary: { p: true } },
      "bind.composite: a composite has a name: identifiers, joined by dots",
    ],
    [{ composite: "c" }, "bind.primary: exactly one node is primary, not 0"],
    [{ composite: "c", primary: { p: true, q: true } }, "bind.primary: exactly one node is primary, not 2"],
    [
      { composite: "c", primary: { p: true }, optional: { p: true } },
      "bind.optional.p: two nodes have this name",
    ],
    [
      { composite: "c", primary: { p: {} } },
      "bind.primary.p: bind rules are empty; write true for rules that every node satisfies",
    ],
    [{ composite: "c", primary: { "": true } }, 'bind.primary[""]: a node has a name'],
    [{ composite: "c", primary: true }, "bind.primary: nodes by name, not a value of type boolean"],
    [
      { composite: "c", primary: { p: true }, nodes: {} },
      "bind.nodes: no such part; there are composite, primary, additional, optional",
    ],
  ])("%o", (rules, detail) => {
    try {
      compileRules(rules as BindRules);
      expect.unreachable();
    } catch (error) {
      expect(isStatus(error, "INVALID_ARGS") && error.detail).toBe(detail);
    }
  });

  it("where `if` is nested more than a hundred deep, or without an end", () => {
    expect(() => compileRules(deep as unknown as BindRules)).toThrow("`if` is nested more than 100 deep");
  });
});

describe("defineDriver", () => {
  const start = async () => {};

  it("takes each form of rules", () => {
    for (const bind of [
      { a: 1 },
      true,
      compiled("true;"),
      { composite: "c", primary: { p: true } },
    ] satisfies BindRules[])
      expect(defineDriver({ name: "a", bind, start }).bind).toBe(bind);
  });

  it("throws TypeError with the driver's name and the path to what is wrong", () => {
    expect(() => defineDriver({ name: "a", bind: {}, start })).toThrow(
      new TypeError("driver a: bind: bind rules are empty; write true for rules that every node satisfies"),
    );
  });
});
