/** What bind rules say of a node: Fuchsia's `match_bind`, on the common program. */
import { compileRules } from "./compile_rules.ts";
import type { Block, Condition, Operand, Statement } from "./program.ts";
import type { NodeProperties, PropertyValue } from "./properties.ts";
import type { BindRules } from "./rules.ts";

/**
 * - `missing`: the node does not have the property.
 * - `mismatch`: it has, as a value of another type than the rule's. Then the two cannot be compared, and the driver is out.
 */
export type Comparison = "equal" | "different" | "missing" | "mismatch";

/** What became of one statement, or of the condition of an `if`. */
export interface Verdict {
  readonly held: boolean;
  /** The comparison that decided; undefined for `true` and `false`. */
  readonly comparison: Comparison | undefined;
}

/**
 * Whether the rules hold for a node with these properties. A missing property fails `==` and `accept`, satisfies
 * `!=`, and sends `if` with `==` into its `else`. Composite rules never hold for a single node: they are matched with
 * `matchCompositeDriver`.
 *
 * @throws ZxError INVALID_ARGS for an object that is no bind rules
 */
export function match(rules: BindRules, properties: NodeProperties): boolean {
  const program = compileRules(rules);
  return program.kind === "rules" && blockHolds(program.block, properties);
}

/**
 * Whether each statement on the way through `block` holds. With `visit`, statements that come after a failed one are
 * looked at too, up to an `if` whose condition cannot be decided.
 */
export function blockHolds(
  block: Block,
  properties: NodeProperties,
  visit?: (statement: Statement, verdict: Verdict) => void,
): boolean {
  let holds = true;
  for (let rest: Block | undefined = block; rest !== undefined; ) {
    let next: Block | undefined;
    for (const statement of rest) {
      const verdict = judge(statement, properties);
      visit?.(statement, verdict);
      if (statement.kind === "if" && verdict.comparison !== "mismatch")
        next = verdict.held ? statement.block : statement.otherwise;
      else if (!verdict.held) {
        if (visit === undefined) return false;
        holds = false;
      }
    }
    rest = next;
  }
  return holds;
}

function judge(statement: Statement, properties: NodeProperties): Verdict {
  switch (statement.kind) {
    case "true":
    case "false":
      return { held: statement.kind === "true", comparison: undefined };
    case "if":
      return judgeCondition(statement.condition, properties);
    case "condition":
      return judgeCondition(statement, properties);
    case "accept": {
      const comparison = compareAny(statement.operands, propertyOf(properties, statement.key));
      return { held: comparison === "equal", comparison };
    }
  }
}

function judgeCondition({ key, op, operand }: Condition, properties: NodeProperties): Verdict {
  const comparison = compare(operand.value, propertyOf(properties, key));
  if (comparison === "mismatch") return { held: false, comparison };
  return { held: (comparison === "equal") === (op === "=="), comparison };
}

/** All values of an `accept` have one type. */
function compareAny(operands: readonly Operand[], actual: PropertyValue | undefined): Comparison {
  const comparisons = operands.map(({ value }) => compare(value, actual));
  return comparisons.find((comparison) => comparison === "equal") ?? comparisons[0]!;
}

function compare(wanted: PropertyValue, actual: PropertyValue | undefined): Comparison {
  if (actual === undefined) return "missing";
  if (typeof actual !== typeof wanted) return "mismatch";
  return actual === wanted ? "equal" : "different";
}

/** Names such as `toString` are no properties unless somebody made them. */
export function propertyOf(properties: NodeProperties, key: string): PropertyValue | undefined {
  return Object.hasOwn(properties, key) ? properties[key] : undefined;
}
