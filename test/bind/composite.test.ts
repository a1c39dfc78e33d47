/** Both directions of composite binding. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type BindRule,
  type CompositeBindRules,
  checkParentSpecs,
  explainComposite,
  explainParent,
  formatBindRule,
  formatCompositeExplanation,
  matchCompositeDriver,
  matchesParent,
  matchParents,
} from "../../src/bind/index.ts";
import { isStatus } from "../../src/zx/error.ts";

const RULES: CompositeBindRules = {
  composite: "gizmo",
  primary: { pci: { bus: "pci" } },
  additional: { clock: { bus: "clock" }, gpio: { bus: "gpio" } },
  optional: { acpi: { bus: "acpi" } },
};

const parents = (...buses: string[]) => buses.map((bus) => ({ properties: { bus } }));

describe("A composite driver matches the parents of a composite node", () => {
  it("in any order, and names each of them", () => {
    expect(matchCompositeDriver(RULES, parents("gpio", "pci", "acpi", "clock"))).toEqual({
      compositeName: "gizmo",
      parentNames: ["gpio", "pci", "acpi", "clock"],
      primaryParentIndex: 1,
      ambiguous: [],
    });
  });

  it("without those that are optional", () => {
    expect(matchCompositeDriver(RULES, parents("pci", "clock", "gpio"))?.parentNames).toEqual([
      "pci",
      "clock",
      "gpio",
    ]);
  });

  it.each([
    ["the primary one is missing", ["clock", "gpio", "acpi"]],
    ["an additional one is missing", ["pci", "clock", "acpi"]],
    ["there is one too many", ["pci", "clock", "gpio", "acpi", "spi"]],
    ["there is one that no node of the rules wants", ["pci", "clock", "gpio", "spi"]],
    ["there is one twice", ["pci", "clock", "gpio", "gpio"]],
    ["there are none", []],
  ])("not if %s", (_, buses) => {
    expect(matchCompositeDriver(RULES, parents(...buses))).toBeUndefined();
  });

  it("not if its rules are not composite", () => {
    expect(matchCompositeDriver({ bus: "pci" }, parents("pci"))).toBeUndefined();
  });

  it("where one parent must leave a node to another that fits nowhere else, and says that there was a choice", () => {
    const rules: CompositeBindRules = {
      composite: "c",
      primary: { any: true },
      additional: { red: { colour: ["red", "blue"] }, blue: { colour: { not: "green" } } },
    };
    const found = matchCompositeDriver(rules, [
      { properties: { colour: "red" } },
      { properties: { colour: 7 } },
      { properties: { colour: "blue" } },
    ]);
    expect(found?.parentNames[1]).toBe("any");
    expect([...(found?.parentNames ?? [])].sort()).toEqual(["any", "blue", "red"]);
    expect(found?.ambiguous).toEqual([0, 2]);
  });

  it("exactly if there is a way to give each parent a node and each node that needs one a parent", () => {
    const shape = fc.record({
      optional: fc.array(fc.boolean(), { maxLength: 4 }),
      fits: fc.array(fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }), { maxLength: 5 }),
    });
    fc.assert(
      fc.property(shape, ({ optional, fits }) => {
        // The node `n<i>` wants the property p<i>; a parent has the properties of the nodes that it fits.
        const nodes = Object.entries(optional).map(
          ([index, isOptional]) => [`n${Number(index) + 1}`, isOptional] as const,
        );
        const wants = (name: string) => ({ [`p${name.slice(1)}`]: true });
        const group = (isOptional: boolean) =>
          Object.fromEntries(
            nodes.filter(([, one]) => one === isOptional).map(([name]) => [name, wants(name)]),
          );
        const rules = {
          composite: "c",
          primary: { n0: wants("n0") },
          additional: group(false),
          optional: group(true),
        };
        const specs = fits.map((row) => ({
          properties: Object.fromEntries(row.flatMap((isFit, node) => (isFit ? [[`p${node}`, true]] : []))),
        }));
        const all = [["n0", false] as const, ...nodes];
        const found = matchCompositeDriver(rules, specs);
        expect(found !== undefined).toBe(
          hasAssignment(
            all.map(([, isOptional]) => isOptional),
            fits,
          ),
        );
        if (found === undefined) return;
        expect(new Set(found.parentNames).size).toBe(specs.length);
        for (const [parent, name] of found.parentNames.entries())
          expect(fits[parent]?.[Number(name.slice(1))]).toBe(true);
        for (const [name, isOptional] of all) if (!isOptional) expect(found.parentNames).toContain(name);
        expect(found.parentNames[found.primaryParentIndex]).toBe("n0");
      }),
      { seed: 1, numRuns: 2000 },
    );
  });
});

/** By trying everything. */
function hasAssignment(
  optional: readonly boolean[],
  fits: readonly (readonly boolean[])[],
  used = new Set<number>(),
): boolean {
  const [row, ...rest] = fits;
  if (row === undefined) return optional.every((isOptional, node) => isOptional || used.has(node));
  return optional.some(
    (_, node) =>
      row[node] === true && !used.has(node) && hasAssignment(optional, rest, new Set([...used, node])),
  );
}

describe("explainComposite", () => {
  it("says for each parent what each node makes of it, and which nodes got none", () => {
    const rules: CompositeBindRules = {
      composite: "gizmo",
      primary: { pci: { bus: "pci" } },
      additional: { gpio: { bus: "gpio" } },
    };
    const explanation = explainComposite(rules, parents("pci", "spi"));
    expect(explanation).toMatchObject({ matches: false, unmatched: ["gpio"] });
    expect(formatCompositeExplanation(explanation!)).toBe(`Composite driver \`gizmo\`
Parent 0: no node of the driver
  Primary node "pci" matches:
    bind.primary.pci.bus: Condition statement succeeded: bus == "pci";
  Node "gpio" doesn't match:
    bind.additional.gpio.bus: Condition statement failed: bus == "gpio";
    	Actual value of \`bus\` was literal "pci".
Parent 1: no node of the driver
  Primary node "pci" doesn't match:
    bind.primary.pci.bus: Condition statement failed: bus == "pci";
    	Actual value of \`bus\` was literal "spi".
  Node "gpio" doesn't match:
    bind.additional.gpio.bus: Condition statement failed: bus == "gpio";
    	Actual value of \`bus\` was literal "spi".
Node "gpio" has no parent.
Driver doesn't bind to the composite node.
`);
  });

  it("names the node that each parent got", () => {
    const explanation = explainComposite(RULES, parents("gpio", "pci", "clock"));
    expect(explanation?.parents.map(({ boundTo }) => boundTo)).toEqual(["gpio", "pci", "clock"]);
    expect(formatCompositeExplanation(explanation!)).toMatch(
      /^Parent 1: "pci"$.*Driver binds to the composite node\.\n$/ms,
    );
  });

  it("has nothing to say of rules that are not composite", () => {
    expect(explainComposite({ bus: "pci" }, parents("pci"))).toBeUndefined();
  });
});

const accept = (key: string, ...values: BindRule["values"]): BindRule => ({
  key,
  condition: "ACCEPT",
  values,
});
const reject = (key: string, ...values: BindRule["values"]): BindRule => ({
  key,
  condition: "REJECT",
  values,
});

describe("A node is a parent of a composite node if", () => {
  it.each<[string, BindRule, boolean[]]>([
    // The node has k = 1; k = 2; no k; k = "1".
    ["it has one of the values that are accepted", accept("k", 1, 3), [true, false, false, false]],
    ["it has none of the values that are rejected", reject("k", 1, 3), [false, true, true, true]],
    ["it lacks a boolean for which false is accepted", accept("k", false), [false, false, true, false]],
    ["it has a boolean for which only true is accepted", accept("k", true), [false, false, false, false]],
    ["it lacks a boolean for which false is rejected", reject("k", false), [true, true, true, true]],
  ])("%s", (_, rule, expected) => {
    const nodes = [{ k: 1 }, { k: 2 }, {}, { k: "1" }];
    expect(nodes.map((node) => matchesParent({ bindRules: [rule], properties: {} }, node))).toEqual(expected);
  });

  it("each rule holds; it may be several parents", () => {
    const specs = [
      { bindRules: [accept("vid", 0x8086), reject("did", 5)], properties: {} },
      { bindRules: [accept("vid", 0x1234)], properties: {} },
      { bindRules: [accept("vid", 0x8086)], properties: {} },
    ];
    expect(matchParents(specs, { vid: 0x8086, did: 4 })).toEqual([0, 2]);
    expect(matchParents(specs, { vid: 0x8086, did: 5 })).toEqual([2]);
    expect(matchParents(specs, {})).toEqual([]);
  });

  it("and which rule does not hold can be told", () => {
    const rules = [accept("vid", 0x8086, 0x10ec), reject("name", "x")];
    expect(explainParent({ bindRules: rules, properties: {} }, { vid: 1 })).toEqual([
      { rule: rules[0], held: false, actual: 1 },
      { rule: rules[1], held: true },
    ]);
    expect(rules.map(formatBindRule)).toEqual(['Accept "vid" { 0x8086, 0x10ec }', 'Reject "name" { "x" }']);
  });
});

describe("Parents of a composite node are refused", () => {
  it.each<[string, readonly BindRule[], string]>([
    ["without bind rules", [], "parent 1: no bind rules"],
    ["with two rules for a key", [accept("k", 1), reject("k", 2)], "parent 1: two rules for k"],
    ["with a rule without values", [accept("k")], "parent 1: k: no values"],
    ["with values of two types", [accept("k", 1, "1")], 'parent 1: k: 0x1 and "1" have different types'],
    [
      "with a value that no property can have",
      [accept("k", -1)],
      "parent 1: k: -1 is no integer from 0 to 0xffffffff",
    ],
    [
      "with a condition that there is not",
      [{ key: "k", condition: "UNKNOWN" as "ACCEPT", values: [1] }],
      "parent 1: k: UNKNOWN is no condition; there are ACCEPT and REJECT",
    ],
  ])("%s", (_, bindRules, detail) => {
    try {
      checkParentSpecs([
        { bindRules: [accept("k", 1)], properties: {} },
        { bindRules, properties: {} },
      ]);
      expect.unreachable();
    } catch (error) {
      expect(isStatus(error, "INVALID_ARGS") && error.detail).toBe(detail);
    }
  });
});
