/** Bind rules: which driver a node's properties ask for. They run anywhere, a browser included. */
export type { BindCode } from "./codes.ts";
export { type BindOptions, type CompiledBind, compileBind, parseBind } from "./compile.ts";
export { compileRules } from "./compile_rules.ts";
export {
  type CompositeDriverMatch,
  type CompositeExplanation,
  explainComposite,
  matchCompositeDriver,
} from "./composite.ts";
export { deprecatedKeyName } from "./deprecated_keys.ts";
export { type BindDiagnostic, formatBindDiagnostic } from "./diagnostic.ts";
export {
  type BlockExplanation,
  type Explanation,
  explain,
  type NodeExplanation,
  type StatementOutcome,
} from "./explain.ts";
export { formatCompositeExplanation, formatExplanation } from "./format_explanation.ts";
export { match } from "./match.ts";
export {
  type BindRule,
  type BindRuleOutcome,
  checkParentSpecs,
  explainParent,
  formatBindRule,
  matchesParent,
  matchParents,
  type ParentSpec,
} from "./parent_spec.ts";
export { printProgram } from "./print.ts";
export type * from "./program.ts";
export {
  formatValue,
  type NodeProperties,
  type PropertyValue,
  type Transport,
  transportOf,
  withAutobind,
} from "./properties.ts";
export type * from "./rules.ts";
export type { SourceText } from "./source.ts";
