/** Explanations as text, laid out as Fuchsia's bind debugger reports. */
import type { CompositeExplanation } from "./composite.ts";
import type { BlockExplanation, Explanation, NodeExplanation, StatementOutcome } from "./explain.ts";
import type { NodeRole, Place } from "./program.ts";

/**
 *     Line 3: Condition statement succeeded: fuchsia.BIND_PCI_VID == fuchsia.pci.BIND_PCI_VID.INTEL;
 *     Line 4: Accept statement failed: accept fuchsia.BIND_PCI_DID { 0x100e, 0x10d3 }
 *     	Actual value of `fuchsia.BIND_PCI_DID` was literal 0x2922.
 *     Driver doesn't bind to the node.
 *
 * Where rules are an object, the path stands for the line.
 */
export function formatExplanation(explanation: Explanation): string {
  const lines =
    explanation.kind === "rules"
      ? formatStatements(explanation)
      : [
          `Composite driver \`${explanation.name}\`: each of its nodes is matched against a parent of a composite node.`,
          ...explanation.nodes.flatMap((node) => [
            `${titleOf(node)} ${node.matches ? "matches" : "doesn't match"} these properties:`,
            ...formatStatements(node),
          ]),
        ];
  return `${[...lines, conclusion(explanation.matches, "the node")].join("\n")}\n`;
}

/** As `formatExplanation`, for each parent of a composite node and each node of the driver's rules. */
export function formatCompositeExplanation(explanation: CompositeExplanation): string {
  const parents = explanation.parents.flatMap(({ index, boundTo, nodes }) => [
    `Parent ${index}: ${boundTo === undefined ? "no node of the driver" : `"${boundTo}"`}`,
    ...nodes.flatMap((node) => [
      `  ${titleOf(node)} ${node.matches ? "matches" : "doesn't match"}:`,
      ...formatStatements(node).map((line) => `    ${line}`),
    ]),
  ]);
  const missing = explanation.unmatched.map((name) => `Node "${name}" has no parent.`);
  const title = `Composite driver \`${explanation.name}\``;
  return `${[title, ...parents, ...missing, conclusion(explanation.matches, "the composite node")].join("\n")}\n`;
}

const TITLES: Readonly<Record<NodeRole, string>> = {
  primary: "Primary node",
  additional: "Node",
  optional: "Optional node",
};

function titleOf({ role, name }: NodeExplanation): string {
  return `${TITLES[role]} "${name}"`;
}

function conclusion(matches: boolean, what: string): string {
  return `Driver ${matches ? "binds" : "doesn't bind"} to ${what}.`;
}

function formatStatements({ statements }: BlockExplanation): string[] {
  return statements.flatMap((outcome) => {
    const line = `${formatPlace(outcome.at)}: ${describe(outcome)}`;
    return outcome.reason === undefined ? [line] : [line, `\t${outcome.reason}`];
  });
}

function describe({ kind, held, text }: StatementOutcome): string {
  const outcome = held ? "succeeded" : "failed";
  switch (kind) {
    case "condition":
      return `Condition statement ${outcome}: ${text}`;
    case "accept":
      return `Accept statement ${outcome}: ${text}`;
    case "if":
      return `If statement condition ${outcome}: ${text}`;
    case "true":
    case "false":
      return `${kind === "true" ? "True" : "False"} statement reached.`;
  }
}

function formatPlace(at: Place): string {
  return "path" in at ? at.path : `Line ${at.line}`;
}
