/** Why bind rules hold for a node or do not, statement by statement: what `ffx driver debug-bind` is for. */
import { compileRules } from "./compile_rules.ts";
import { blockHolds, type Comparison, propertyOf, type Verdict } from "./match.ts";
import { printCondition, printStatement } from "./print.ts";
import type { Block, NodeRole, Operand, Place, Statement } from "./program.ts";
import { formatValue, type NodeProperties, type PropertyValue } from "./properties.ts";
import type { BindRules } from "./rules.ts";

/** What became of one statement that was reached. */
export interface StatementOutcome {
  /** Of an `if`, only the condition is meant; `held: false` there means that the `else` is taken. */
  readonly kind: Statement["kind"];
  readonly held: boolean;
  /** It cannot be compared with what the node has: whatever the other statements say, the driver is out. */
  readonly mismatch: boolean;
  /** As the bind language writes it, with full names. */
  readonly text: string;
  readonly at: Place;
  /** What the node has; absent if it lacks the property or none is asked for. */
  readonly actual?: PropertyValue;
  /** In a sentence, where the outcome needs one. */
  readonly reason?: string;
}

export interface BlockExplanation {
  readonly matches: boolean;
  /** Those on the way that was taken, in order. Failed ones do not hide those behind them. */
  readonly statements: readonly StatementOutcome[];
}

export type Explanation =
  | ({ readonly kind: "rules" } & BlockExplanation)
  /** For each node of composite rules, what it says of these properties. */
  | {
      readonly kind: "composite";
      readonly name: string;
      /** Composite rules bind to composite nodes only. */
      readonly matches: false;
      readonly nodes: readonly NodeExplanation[];
    };

export interface NodeExplanation extends BlockExplanation {
  readonly name: string;
  readonly role: NodeRole;
  readonly at: Place;
}

/**
 * Says of each statement that is reached whether it holds, and why. `matches` is what `match` says.
 *
 * @throws ZxError INVALID_ARGS for an object that is no bind rules
 */
export function explain(rules: BindRules, properties: NodeProperties): Explanation {
  const program = compileRules(rules);
  if (program.kind === "rules") return { kind: "rules", ...explainBlock(program.block, properties) };
  const nodes = program.nodes.map(({ name, role, block, at }) => ({
    name,
    role,
    at,
    ...explainBlock(block, properties),
  }));
  return { kind: "composite", name: program.name, matches: false, nodes };
}

export function explainBlock(block: Block, properties: NodeProperties): BlockExplanation {
  const statements: StatementOutcome[] = [];
  const matches = blockHolds(block, properties, (statement, verdict) =>
    statements.push(outcomeOf(statement, verdict, properties)),
  );
  return { matches, statements };
}

function outcomeOf(
  statement: Statement,
  { held, comparison }: Verdict,
  properties: NodeProperties,
): StatementOutcome {
  const { kind, at } = statement;
  const text = kind === "if" ? printCondition(statement.condition) : printStatement(statement);
  const base = { kind, held, mismatch: comparison === "mismatch", text, at };
  const compared = comparedBy(statement);
  if (compared === undefined) return base;
  const actual = propertyOf(properties, compared.key);
  if (actual === undefined) return { ...base, reason: `Device had no value for \`${compared.key}\`.` };
  const reason = reasonFor(compared, actual, comparison);
  return { ...base, actual, ...(reason !== undefined && { reason }) };
}

interface Compared {
  readonly key: string;
  readonly operands: readonly Operand[];
  readonly isAccept: boolean;
}

/** What a statement compares; `true` and `false` compare nothing. */
function comparedBy(statement: Statement): Compared | undefined {
  switch (statement.kind) {
    case "true":
    case "false":
      return undefined;
    case "accept":
      return { key: statement.key, operands: statement.operands, isAccept: true };
    case "if":
      return { ...statement.condition, operands: [statement.condition.operand], isAccept: false };
    case "condition":
      return { ...statement, operands: [statement.operand], isAccept: false };
  }
}

/** As in Fuchsia's debugger, the actual value is told where the statement itself does not give it away. */
function reasonFor(
  { key, operands, isAccept }: Compared,
  actual: PropertyValue,
  comparison: Comparison | undefined,
): string | undefined {
  const shown = formatValue(actual);
  if (comparison === "mismatch")
    return `Actual value of \`${key}\` was literal ${shown}, a ${typeof actual}; it cannot be compared with a ${typeof operands[0]!.value}.`;
  if (comparison === "different") return `Actual value of \`${key}\` was literal ${shown}.`;
  if (!isAccept) return undefined;
  const name = operands.find(({ value }) => value === actual)?.name;
  return `Value of \`${key}\` was ${name === undefined ? shown : `\`${name}\` [${shown}]`}.`;
}
