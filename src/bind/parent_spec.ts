/** The other direction of composite binding: which node of the topology a composite node's parent is. */
import { ZxError } from "../zx/error.ts";
import { propertyOf } from "./match.ts";
import { formatValue, type NodeProperties, type PropertyValue, valueProblem } from "./properties.ts";

/** `fuchsia.driver.framework/BindRule2`. */
export interface BindRule {
  readonly key: string;
  readonly condition: "ACCEPT" | "REJECT";
  /** At least one, all of one type. */
  readonly values: readonly PropertyValue[];
}

/** `fuchsia.driver.framework/ParentSpec2`. */
export interface ParentSpec {
  /** Which node the parent is. At least one rule; each key once. */
  readonly bindRules: readonly BindRule[];
  /** What the composite driver's bind rules see of it. */
  readonly properties: NodeProperties;
}

export interface BindRuleOutcome {
  readonly rule: BindRule;
  readonly held: boolean;
  /** Absent if the node lacks the property. */
  readonly actual?: PropertyValue;
}

/** @throws ZxError INVALID_ARGS for no rules, a key twice, no values, or values of several types */
export function checkParentSpecs(parents: readonly ParentSpec[]): void {
  for (const [index, { bindRules }] of parents.entries()) {
    const at = `parent ${index}`;
    if (bindRules.length === 0) throw new ZxError("INVALID_ARGS", `${at}: no bind rules`);
    const keys = new Set<string>();
    for (const { key, condition, values } of bindRules) {
      if (keys.has(key)) throw new ZxError("INVALID_ARGS", `${at}: two rules for ${key}`);
      keys.add(key);
      if (condition !== "ACCEPT" && condition !== "REJECT")
        throw new ZxError(
          "INVALID_ARGS",
          `${at}: ${key}: ${String(condition)} is no condition; there are ACCEPT and REJECT`,
        );
      checkValues(`${at}: ${key}`, values);
    }
  }
}

function checkValues(at: string, values: readonly PropertyValue[]): void {
  if (values.length === 0) throw new ZxError("INVALID_ARGS", `${at}: no values`);
  for (const value of values) {
    const problem = valueProblem(value);
    if (problem !== undefined) throw new ZxError("INVALID_ARGS", `${at}: ${problem}`);
    if (typeof value !== typeof values[0])
      throw new ZxError(
        "INVALID_ARGS",
        `${at}: ${formatValue(values[0]!)} and ${formatValue(value)} have different types`,
      );
  }
}

/** Indices of the parents that a node with these properties is; a node may be several. */
export function matchParents(parents: readonly ParentSpec[], properties: NodeProperties): number[] {
  return parents.flatMap((parent, index) => (matchesParent(parent, properties) ? [index] : []));
}

/** Whether each ACCEPT key is there with one of its values, and no REJECT value is. */
export function matchesParent({ bindRules }: ParentSpec, properties: NodeProperties): boolean {
  return bindRules.every((rule) => ruleHolds(rule, propertyOf(properties, rule.key)));
}

/** Rule by rule, what a node has and whether that is right. */
export function explainParent({ bindRules }: ParentSpec, properties: NodeProperties): BindRuleOutcome[] {
  return bindRules.map((rule) => {
    const actual = propertyOf(properties, rule.key);
    return { rule, held: ruleHolds(rule, actual), ...(actual !== undefined && { actual }) };
  });
}

/** A missing property counts as false where ACCEPT asks for a boolean. Unlike in bind rules, another type is just another value. */
function ruleHolds({ condition, values }: BindRule, actual: PropertyValue | undefined): boolean {
  if (condition === "REJECT") return actual === undefined || !values.includes(actual);
  return values.includes(actual ?? false);
}

/** `Accept "fuchsia.BIND_PCI_VID" { 0x8086 }`, as `ffx driver list-composite-node-specs -v` shows it. */
export function formatBindRule({ key, condition, values }: BindRule): string {
  const word = condition === "ACCEPT" ? "Accept" : "Reject";
  return `${word} ${JSON.stringify(key)} { ${values.map(formatValue).join(", ")} }`;
}
