/** Truth tables: what statements say of nodes, as Fuchsia's matcher does. */
import { describe, expect, it } from "vitest";
import { type BindRules, deprecatedKeyName, match, transportOf, withAutobind } from "../../src/bind/index.ts";
import { compiled } from "./support.ts";

const program = (text: string) => compiled(`using gizmo; ${text}`);

/** A node that has the value, another value, no value, and a value of another type. */
const NODES = [{ "gizmo.COUNT": 1 }, { "gizmo.COUNT": 9 }, {}, { "gizmo.COUNT": "1" }];

describe("For a node that has the value, another one, none, and one of another type,", () => {
  it.each<[string, boolean[]]>([
    ["gizmo.COUNT == 1;", [true, false, false, false]],
    ["gizmo.COUNT != 1;", [false, true, true, false]],
    ["accept gizmo.COUNT { 2, 1 }", [true, false, false, false]],
    ["accept gizmo.COUNT { 1 }", [true, false, false, false]],
    ["if gizmo.COUNT == 1 { true; } else { false; }", [true, false, false, false]],
    ["if gizmo.COUNT == 1 { false; } else { true; }", [false, true, true, false]],
    ["if gizmo.COUNT != 1 { true; } else { false; }", [false, true, true, false]],
    ["if gizmo.COUNT != 1 { false; } else { true; }", [true, false, false, false]],
    [
      "if gizmo.COUNT == 5 { false; } else if gizmo.COUNT == 1 { true; } else { false; }",
      [true, false, false, false],
    ],
    ["true;", [true, true, true, true]],
    ["false;", [false, false, false, false]],
  ])("%s", (text, expected) => {
    expect(NODES.map((node) => match(program(text), node))).toEqual(expected);
  });
});

describe("A program holds for a node if", () => {
  it("each of its statements does, in whatever order they stand", () => {
    const [one, other] = ["gizmo.COUNT == 1;", "gizmo.OTHER != 2;"];
    for (const text of [`${one} ${other}`, `${other} ${one}`]) {
      expect(match(program(text), { "gizmo.COUNT": 1 })).toBe(true);
      expect(match(program(text), { "gizmo.COUNT": 1, "gizmo.OTHER": 2 })).toBe(false);
      expect(match(program(text), { "gizmo.OTHER": 3 })).toBe(false);
    }
  });

  it("the statements of the branch do that is taken, and those in front of it", () => {
    const text =
      "gizmo.OTHER == 1; if gizmo.COUNT == 1 { gizmo.LABEL == gizmo.LABEL.RED; } else { gizmo.FAST == true; }";
    const nodes: [boolean, Record<string, number | string | boolean>][] = [
      [true, { "gizmo.OTHER": 1, "gizmo.COUNT": 1, "gizmo.LABEL": "red" }],
      [false, { "gizmo.OTHER": 1, "gizmo.COUNT": 1, "gizmo.FAST": true }],
      [true, { "gizmo.OTHER": 1, "gizmo.COUNT": 2, "gizmo.FAST": true }],
      [true, { "gizmo.OTHER": 1, "gizmo.FAST": true }],
      [false, { "gizmo.OTHER": 2, "gizmo.FAST": true }],
    ];
    for (const [expected, node] of nodes) expect(match(program(text), node)).toBe(expected);
  });

  it("no statement that is reached compares values of two types, not even one that asks for inequality or chooses a branch", () => {
    expect(match(program("gizmo.COUNT != 1;"), { "gizmo.COUNT": true })).toBe(false);
    expect(match(program("if gizmo.COUNT == 1 { true; } else { true; }"), { "gizmo.COUNT": true })).toBe(
      false,
    );
    expect(
      match(program("if gizmo.OTHER == 1 { gizmo.COUNT == 1; } else { true; }"), { "gizmo.COUNT": true }),
    ).toBe(true);
  });

  it("a member of an enum is its full name", () => {
    const rules = program("gizmo.SHAPE == gizmo.SHAPE.ROUND;");
    expect(match(rules, { "gizmo.SHAPE": "gizmo.SHAPE.ROUND" })).toBe(true);
    expect(match(rules, { "gizmo.SHAPE": "gizmo.SHAPE.SQUARE" })).toBe(false);
  });

  it("a property that every object inherits is none", () => {
    expect(match({ toString: { not: "x" } }, {})).toBe(true);
    expect(match({ constructor: "x" }, {})).toBe(false);
  });
});

describe("Composite rules", () => {
  it("hold for no single node", () => {
    const rules: BindRules = compiled('composite c; primary node "p" { true; }');
    expect(match(rules, {})).toBe(false);
  });
});

describe("What the framework adds to a node's properties:", () => {
  it("a service that it offers is a property, whose value says how it is reached", () => {
    const rules = compiled(
      "using fuchsia.hardware.pci; fuchsia.hardware.pci.Service == fuchsia.hardware.pci.Service.ZirconTransport;",
    );
    const service = "fuchsia.hardware.pci.Service";
    expect(match(rules, { [service]: transportOf(service) })).toBe(true);
    expect(match(rules, { [service]: transportOf(service, "DriverTransport") })).toBe(false);
    expect(match(rules, {})).toBe(false);
  });

  it("fuchsia.BIND_AUTOBIND is 1 unless somebody asked, so rules with disableAutobind bind by request only", () => {
    const rules = compiled("true;", { disableAutobind: true });
    expect(match(rules, withAutobind({}, false))).toBe(false);
    expect(match(rules, withAutobind({}, true))).toBe(true);
    expect(withAutobind({ a: 1 }, false)).toEqual({ a: 1, "fuchsia.BIND_AUTOBIND": 1 });
  });

  it("a key that is a number is the name that it once had", () => {
    expect(deprecatedKeyName(0x0001)).toBe("fuchsia.BIND_PROTOCOL");
    expect(deprecatedKeyName(0x0100)).toBe("fuchsia.BIND_PCI_VID");
    expect(deprecatedKeyName(0x0305)).toBe("fuchsia.BIND_PLATFORM_DEV_INTERRUPT_ID");
    expect(deprecatedKeyName(0x0106)).toBeUndefined();
  });
});
