/** Why a driver is bound to no node: which nodes came near, and what kept them apart. */
import { compileRules } from "../bind/compile_rules.ts";
import { explain, type StatementOutcome } from "../bind/explain.ts";
import { withAutobind } from "../bind/properties.ts";
import type { Driver } from "../driver/define.ts";
import type { DriverManager } from "../framework/driver_manager.ts";
import type { Node } from "../framework/node.ts";
import type { Style } from "../inspect/style.ts";
import { driverOf, nodesWith } from "./driver_records.ts";

/** How many nodes are named at most. */
const MOST = 3;

export interface NearMiss {
  readonly node: string;
  /** The rules that do not hold; none if only somebody else has the node. */
  readonly failed: readonly StatementOutcome[];
  /** Why it is not bound although its rules hold. */
  readonly instead: string | null;
}

/** The nodes that came nearest, nearest first; none for a driver that is bound, and for composite rules. */
export function nearMisses(manager: DriverManager, driver: Driver): NearMiss[] {
  if (nodesWith(manager, driver).length > 0) return [];
  const candidates = [...manager.root.walk()].flatMap((node) => {
    const explanation = explain(driver.bind, withAutobind(node.properties, false));
    if (explanation.kind === "composite") return [];
    const { matches, statements } = explanation;
    const failed = statements.filter(({ kind, held }) => kind !== "if" && !held);
    const miss = { node: node.moniker, failed, instead: matches ? insteadOf(node) : null };
    return [{ miss, held: statements.length - failed.length, comparable: failed.some(isComparable) }];
  });
  // Nodes that satisfy some rule; if there is none, those that have a property that a rule asks for.
  const satisfying = candidates.filter(({ miss, held }) => held > 0 || miss.instead !== null);
  const near = satisfying.length > 0 ? satisfying : candidates.filter(({ comparable }) => comparable);
  near.sort((a, b) => a.miss.failed.length - b.miss.failed.length || b.held - a.held);
  return near.slice(0, MOST).map(({ miss }) => miss);
}

/** The node has the property, with another value. */
function isComparable({ actual }: StatementOutcome): boolean {
  return actual !== undefined;
}

function insteadOf(node: Node): string {
  if (node.error !== undefined && node.driver === undefined) return `not bound: ${node.error.message}`;
  return node.driver === undefined ? driverOf(node) : `bound to ${node.driver.url}`;
}

/** Lines that say why a driver is bound to no node, for under a line that says it is. `debugBind`: the command that says more of a node. */
export function formatUnbound(
  manager: DriverManager,
  driver: Driver,
  debugBind: (node: string) => string,
  style: Style,
): string[] {
  if (compileRules(driver.bind).kind === "composite")
    return formatUnboundComposite(manager, driver, debugBind, style);
  const misses = nearMisses(manager, driver);
  const [nearest] = misses;
  if (nearest === undefined) return [`  no node has any of the properties that ${driver.name} asks for`];
  const lines = misses.flatMap(({ node, failed, instead }) => [
    `  ${style.bold(node)}${instead === null ? "" : ` matches, but is ${instead}`}`,
    ...failed.flatMap(({ text, reason }) => [
      `    ${style.bad(text)}`,
      ...(reason === undefined ? [] : [`      ${reason}`]),
    ]),
  ]);
  return nearest.instead === null
    ? [...lines, style.dim(`  Rule by rule: ${debugBind(nearest.node)}`)]
    : lines;
}

function formatUnboundComposite(
  manager: DriverManager,
  driver: Driver,
  debugBind: (node: string) => string,
  style: Style,
): string[] {
  const specs = manager.compositeNodeSpecs;
  const own = specs.filter((state) => state.driver?.url === driver.url);
  if (own.length > 0)
    return own.map(({ spec, parentNames, nodes }) => {
      const missing = parentNames.filter((_, i) => nodes[i] === undefined);
      return `  ${style.bold(spec.name)} matches, but has no node yet for its parents ${missing.join(", ")}`;
    });
  if (specs.length === 0) return ["  it is for composite nodes, and nobody has specified one"];
  return [
    "  it is for composite nodes, and matches none of the specifications that there are:",
    ...specs.map(({ spec }) => `  ${style.bold(spec.name)}`),
    style.dim(`  Rule by rule: ${debugBind(specs[0]!.spec.name)}`),
  ];
}
