/** One direction of composite binding: which node of a composite driver's rules each parent of a composite node is. */
import { compileRules } from "./compile_rules.ts";
import { explainBlock, type NodeExplanation } from "./explain.ts";
import { blockHolds } from "./match.ts";
import type { ParentSpec } from "./parent_spec.ts";
import type { CompositeNode } from "./program.ts";
import type { BindRules } from "./rules.ts";

/** `fuchsia.driver.framework/CompositeDriverMatch`. */
export interface CompositeDriverMatch {
  /** The composite's name in the driver's rules. */
  readonly compositeName: string;
  /** By index of the parent: the node's name in the driver's rules, under which the driver sees the parent's services. */
  readonly parentNames: readonly string[];
  readonly primaryParentIndex: number;
  /** Parents that several nodes of the rules would take: which one they got is only a matter of order. */
  readonly ambiguous: readonly number[];
}

/** `matches` is whether `matchCompositeDriver` finds a way to give each parent a node. */
export interface CompositeExplanation {
  readonly name: string;
  readonly matches: boolean;
  readonly parents: readonly {
    readonly index: number;
    /** The node that it got; without a match, none has one. */
    readonly boundTo?: string;
    readonly nodes: readonly NodeExplanation[];
  }[];
  /** Nodes that must have a parent and that no parent satisfies. */
  readonly unmatched: readonly string[];
}

/**
 * Matches a composite driver's rules against the properties of a composite node's parents, in any order: each parent is one node of the
 * rules, the primary node and all additional nodes are some parent. Undefined if that cannot be, or for rules that are not composite.
 *
 * @throws ZxError INVALID_ARGS for an object that is no bind rules
 */
export function matchCompositeDriver(
  rules: BindRules,
  parents: readonly Pick<ParentSpec, "properties">[],
): CompositeDriverMatch | undefined {
  const program = compileRules(rules);
  if (program.kind !== "composite") return undefined;
  // Fewer parents than there are optional nodes besides, or more than there are nodes, are told at once.
  const { nodes } = program;
  const needed = nodes.filter(({ role }) => role !== "optional").length;
  if (parents.length < needed || parents.length > nodes.length) return undefined;
  const fits = parents.map(({ properties }) => nodes.map(({ block }) => blockHolds(block, properties)));
  const owners = assign(nodes, fits);
  if (owners === undefined) return undefined;
  const parentNames = parents.map((_, parent) => nodes[owners.indexOf(parent)]!.name);
  return {
    compositeName: program.name,
    parentNames,
    primaryParentIndex: owners[nodes.findIndex(({ role }) => role === "primary")]!,
    ambiguous: fits.flatMap((row, parent) => (row.filter(Boolean).length > 1 ? [parent] : [])),
  };
}

/** Which parent satisfies which node, statement by statement; undefined for rules that are not composite. */
export function explainComposite(
  rules: BindRules,
  parents: readonly Pick<ParentSpec, "properties">[],
): CompositeExplanation | undefined {
  const program = compileRules(rules);
  if (program.kind !== "composite") return undefined;
  const found = matchCompositeDriver(program, parents);
  const explained = parents.map(({ properties }, index) => {
    const boundTo = found?.parentNames[index];
    const nodes = program.nodes.map(({ name, role, block, at }) => ({
      name,
      role,
      at,
      ...explainBlock(block, properties),
    }));
    return { index, ...(boundTo !== undefined && { boundTo }), nodes };
  });
  const unmatched = program.nodes.flatMap(({ name, role }, node) =>
    role !== "optional" && !explained.some(({ nodes }) => nodes[node]!.matches) ? [name] : [],
  );
  return { name: program.name, matches: found !== undefined, parents: explained, unmatched };
}

/**
 * The parent of each node, so that each parent has one and only optional nodes have none; undefined if there is no such way.
 *
 * `fits[parent][node]` says whether they can go together. Fuchsia takes the first node that fits, and so misses matches where an earlier
 * parent took the only node that a later one could have had; here an earlier choice gives way (augmenting paths).
 */
function assign(
  nodes: readonly CompositeNode[],
  fits: readonly (readonly boolean[])[],
): readonly (number | undefined)[] | undefined {
  const parentOf: (number | undefined)[] = nodes.map(() => undefined);
  const nodeOf: (number | undefined)[] = fits.map(() => undefined);
  const join = (node: number, parent: number): true => {
    parentOf[node] = parent;
    nodeOf[parent] = node;
    return true;
  };
  /** Finds a parent for `node`; one that is taken is let go if its node finds another. */
  const serveNode = (node: number, tried: Set<number>): boolean =>
    fits.some((row, parent) => {
      if (!row[node] || tried.has(parent)) return false;
      tried.add(parent);
      const other = nodeOf[parent];
      return (other === undefined || serveNode(other, tried)) && join(node, parent);
    });
  /** The same from the other side; nodes that have a parent keep having one. */
  const serveParent = (parent: number, tried: Set<number>): boolean =>
    nodes.some((_, node) => {
      if (!fits[parent]![node] || tried.has(node)) return false;
      tried.add(node);
      const other = parentOf[node];
      return (other === undefined || serveParent(other, tried)) && join(node, parent);
    });

  const byNeed = nodes.map((_, node) => node).filter((node) => nodes[node]!.role !== "optional");
  if (!byNeed.every((node) => serveNode(node, new Set()))) return undefined;
  const unserved = fits.flatMap((_, parent) => (nodeOf[parent] === undefined ? [parent] : []));
  return unserved.every((parent) => serveParent(parent, new Set())) ? parentOf : undefined;
}
