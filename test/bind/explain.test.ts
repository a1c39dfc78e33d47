/** What the debugger says, statement by statement. */
import { describe, expect, it } from "vitest";
import { explain, formatExplanation } from "../../src/bind/index.ts";
import { compiled } from "./support.ts";

const RULES = `using fuchsia.pci;
using gizmo;

accept fuchsia.BIND_PCI_VID { fuchsia.pci.BIND_PCI_VID.INTEL, 0x4242 }
fuchsia.BIND_PCI_DID != 0x2922;
fuchsia.BIND_PCI_CLASS == 0x1;
if gizmo.COUNT == gizmo.COUNT.ONE {
  true;
} else if gizmo.SHAPE != gizmo.SHAPE.ROUND {
  gizmo.LABEL == "red";
} else {
  false;
}
`;

const debug = (properties: Record<string, number | string | boolean>) =>
  formatExplanation(explain(compiled(RULES), properties));

describe("formatExplanation", () => {
  it("of a driver that binds says how each statement on the way was met", () => {
    expect(debug({ "fuchsia.BIND_PCI_VID": 0x8086, "fuchsia.BIND_PCI_CLASS": 1, "gizmo.COUNT": 1 })).toBe(
      `Line 4: Accept statement succeeded: accept fuchsia.BIND_PCI_VID { fuchsia.pci.BIND_PCI_VID.INTEL, 0x4242 }
	Value of \`fuchsia.BIND_PCI_VID\` was \`fuchsia.pci.BIND_PCI_VID.INTEL\` [0x8086].
Line 5: Condition statement succeeded: fuchsia.BIND_PCI_DID != 0x2922;
	Device had no value for \`fuchsia.BIND_PCI_DID\`.
Line 6: Condition statement succeeded: fuchsia.BIND_PCI_CLASS == 0x1;
Line 7: If statement condition succeeded: gizmo.COUNT == gizmo.COUNT.ONE
Line 8: True statement reached.
Driver binds to the node.
`,
    );
  });

  it("of a driver that does not, tells each reason, not only the first", () => {
    expect(
      debug({
        "fuchsia.BIND_PCI_VID": 0x1234,
        "fuchsia.BIND_PCI_DID": 0x2922,
        "gizmo.COUNT": 2,
        "gizmo.SHAPE": "gizmo.SHAPE.SQUARE",
        "gizmo.LABEL": "blue",
      }),
    ).toBe(
      `Line 4: Accept statement failed: accept fuchsia.BIND_PCI_VID { fuchsia.pci.BIND_PCI_VID.INTEL, 0x4242 }
	Actual value of \`fuchsia.BIND_PCI_VID\` was literal 0x1234.
Line 5: Condition statement failed: fuchsia.BIND_PCI_DID != 0x2922;
Line 6: Condition statement failed: fuchsia.BIND_PCI_CLASS == 0x1;
	Device had no value for \`fuchsia.BIND_PCI_CLASS\`.
Line 7: If statement condition failed: gizmo.COUNT == gizmo.COUNT.ONE
	Actual value of \`gizmo.COUNT\` was literal 0x2.
Line 9: If statement condition succeeded: gizmo.SHAPE != gizmo.SHAPE.ROUND
	Actual value of \`gizmo.SHAPE\` was literal "gizmo.SHAPE.SQUARE".
Line 10: Condition statement failed: gizmo.LABEL == "red";
	Actual value of \`gizmo.LABEL\` was literal "blue".
Driver doesn't bind to the node.
`,
    );
  });

  it("says which values cannot be compared, and goes into no branch then", () => {
    expect(
      debug({ "fuchsia.BIND_PCI_VID": "0x8086", "fuchsia.BIND_PCI_CLASS": 1, "gizmo.COUNT": true }),
    ).toBe(
      `Line 4: Accept statement failed: accept fuchsia.BIND_PCI_VID { fuchsia.pci.BIND_PCI_VID.INTEL, 0x4242 }
	Actual value of \`fuchsia.BIND_PCI_VID\` was literal "0x8086", a string; it cannot be compared with a number.
Line 5: Condition statement succeeded: fuchsia.BIND_PCI_DID != 0x2922;
	Device had no value for \`fuchsia.BIND_PCI_DID\`.
Line 6: Condition statement succeeded: fuchsia.BIND_PCI_CLASS == 0x1;
Line 7: If statement condition failed: gizmo.COUNT == gizmo.COUNT.ONE
	Actual value of \`gizmo.COUNT\` was literal true, a boolean; it cannot be compared with a number.
Driver doesn't bind to the node.
`,
    );
  });

  it("gives the path where rules are an object", () => {
    const rules = [
      { "gizmo.COUNT": [1, 2] },
      { if: { "gizmo.FAST": true }, do: { "gizmo.LABEL": { not: "red" } }, else: false },
    ];
    expect(
      formatExplanation(explain(rules, { "gizmo.COUNT": 2, "gizmo.FAST": true, "gizmo.LABEL": "red" })),
    ).toBe(
      `bind[0]["gizmo.COUNT"]: Accept statement succeeded: accept gizmo.COUNT { 0x1, 0x2 }
	Value of \`gizmo.COUNT\` was 0x2.
bind[1]: If statement condition succeeded: gizmo.FAST == true
bind[1].do["gizmo.LABEL"]: Condition statement failed: gizmo.LABEL != "red";
Driver doesn't bind to the node.
`,
    );
  });

  it("of composite rules says what each node makes of the properties", () => {
    const rules = { composite: "gizmo", primary: { pci: { vid: 1 } }, optional: { acpi: false } };
    expect(formatExplanation(explain(rules, { vid: 1 }))).toBe(
      `Composite driver \`gizmo\`: each of its nodes is matched against a parent of a composite node.
Primary node "pci" matches these properties:
bind.primary.pci.vid: Condition statement succeeded: vid == 0x1;
Optional node "acpi" doesn't match these properties:
bind.optional.acpi: False statement reached.
Driver doesn't bind to the node.
`,
    );
  });
});

describe("explain", () => {
  it("is plain data, with places and values apart", () => {
    const { statements } = explain(compiled("using gizmo;\ngizmo.COUNT == gizmo.COUNT.ONE;"), {
      "gizmo.COUNT": 5,
    }) as Extract<ReturnType<typeof explain>, { kind: "rules" }>;
    expect(statements).toEqual([
      {
        kind: "condition",
        held: false,
        mismatch: false,
        text: "gizmo.COUNT == gizmo.COUNT.ONE;",
        at: { file: "test.bind", line: 2, column: 1 },
        actual: 5,
        reason: "Actual value of `gizmo.COUNT` was literal 0x5.",
      },
    ]);
  });
});
