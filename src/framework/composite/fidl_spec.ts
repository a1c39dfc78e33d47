/** Composite node specifications as FIDL has them. */
import { checkParentSpecs, type ParentSpec } from "../../bind/parent_spec.ts";
import type { CompositeNodeSpec } from "../../driver/node.ts";
import {
  fromFidlProperties,
  fromFidlValue,
  toFidlProperties,
  toFidlValue,
} from "../../driver/property_values.ts";
import {
  CompositeNodeSpecError,
  Condition,
  type CompositeNodeSpec as FidlSpec,
  type ParentSpec2,
} from "../../fidl/fuchsia.driver.framework.ts";
import { DomainError } from "../../fidl/runtime/errors.ts";
import { ZxError } from "../../zx/error.ts";

export function toFidlSpec({ name, parents, driverHost }: CompositeNodeSpec): FidlSpec {
  return { name, driverHost, parents2: parents.map(toFidlParent) };
}

function toFidlParent({ bindRules, properties }: ParentSpec): ParentSpec2 {
  return {
    bindRules: bindRules.map(({ key, condition, values }) => ({
      key,
      condition: Condition[condition],
      values: values.map(toFidlValue),
    })),
    properties: toFidlProperties(properties),
  };
}

/**
 * Throws what AddSpec answers (`DomainError` of CompositeNodeSpecError): MISSING_ARGS without name or parents, with parents in the older
 * form, or with rules that make no sense; EMPTY_NODES; DUPLICATE_PARENTS for two parents with the same rules.
 */
export function fromFidlSpec({ name, parents, parents2, driverHost }: FidlSpec): CompositeNodeSpec {
  if (!name) throw specError("MISSING_ARGS", "a specification without a name");
  if (parents !== undefined)
    throw specError("MISSING_ARGS", `${name}: parents in the older form are not understood`);
  if (parents2 === undefined) throw specError("MISSING_ARGS", `${name}: no parents`);
  if (parents2.length === 0) throw specError("EMPTY_NODES", `${name}: no parents`);
  const known = parents2.map(fromFidlParent);
  try {
    checkParentSpecs(known);
  } catch (error) {
    if (!(error instanceof ZxError)) throw error;
    throw specError("MISSING_ARGS", `${name}: ${error.detail}`);
  }
  const rules = known.map(({ bindRules }) => JSON.stringify(bindRules));
  if (new Set(rules).size < rules.length)
    throw specError("DUPLICATE_PARENTS", `${name}: two parents with the same rules`);
  return driverHost === undefined ? { name, parents: known } : { name, parents: known, driverHost };
}

function fromFidlParent({ bindRules, properties }: ParentSpec2): ParentSpec {
  return {
    bindRules: bindRules.map(({ key, condition, values }) => ({
      key,
      condition: conditionOf(condition),
      values: values.flatMap((value) => fromFidlValue(value) ?? []),
    })),
    properties: fromFidlProperties(properties),
  };
}

function conditionOf(condition: Condition): "ACCEPT" | "REJECT" {
  if (condition === Condition.ACCEPT) return "ACCEPT";
  if (condition === Condition.REJECT) return "REJECT";
  throw specError("MISSING_ARGS", "a bind rule that neither accepts nor rejects");
}

export function specError(name: keyof typeof CompositeNodeSpecError, detail: string): DomainError<number> {
  return new DomainError(CompositeNodeSpecError[name], detail);
}
