/** Attributes: whether they may stand where they do, what their arguments are worth. */
import type { AttributeArg, AttributeNode, ValueNode } from "./ast.ts";
import { type AttributeSchema, nearMiss, type Placement, schemaOf } from "./attribute_schemas.ts";
import { Fi } from "./codes.ts";
import type { Named } from "./collisions.ts";
import { BOOL, STRING, targetValue } from "./constants.ts";
import { isIdentifier } from "./consume.ts";
import type { Attribute, ConstantValue } from "./ir.ts";
import { canonicalName } from "./names.ts";
import type { Resolver, Scope } from "./resolver.ts";
import { placeOf, spanText } from "./source.ts";

/** The name of an argument that is written without one. */
const UNNAMED = "value";

/** Checks the attributes of one element, and resolves their arguments; without `doc`. */
export function resolveAttributes(
  r: Resolver,
  nodes: readonly AttributeNode[],
  placement: Placement,
  isAnonymous: boolean,
  scope: Scope,
): Attribute[] {
  checkRepeats(r, nodes, Fi.DUPLICATE_ATTRIBUTE, Fi.DUPLICATE_ATTRIBUTE_CANONICAL, "attribute");
  const resolved: Attribute[] = [];
  for (const node of nodes) {
    if (node.isDocComment) continue;
    const schema = schemaOf(node.name.text);
    if (schema === undefined) warnOfTypo(r, node);
    else checkPlacement(r, node, schema, placement, isAnonymous);
    const args = resolveArgs(r, node, schema, placement, scope);
    if (node.name.text !== "doc") resolved.push({ name: node.name.text, arguments: args });
  }
  return resolved;
}

/** The text of `///` or `@doc`, empty if there is none. */
export function docOf(nodes: readonly AttributeNode[]): string {
  const value = nodes.find(({ name }) => name.text === "doc")?.args[0]?.value;
  return value?.kind === "literal" ? value.text : "";
}

export function findAttribute(attributes: readonly Attribute[], name: string): Attribute | undefined {
  return attributes.find((attribute) => attribute.name === name);
}

function checkRepeats(
  r: Resolver,
  nodes: readonly { readonly name: { readonly text: string } | null; readonly span: Named["span"] }[],
  code: typeof Fi.DUPLICATE_ATTRIBUTE | typeof Fi.DUPLICATE_ATTRIBUTE_ARG,
  canonicalCode: typeof Fi.DUPLICATE_ATTRIBUTE_CANONICAL | typeof Fi.DUPLICATE_ATTRIBUTE_ARG_CANONICAL,
  what: string,
): void {
  const seen = new Map<string, { text: string; span: Named["span"] }>();
  for (const { name, span } of nodes) {
    if (name === null) continue;
    const canonical = canonicalName(name.text);
    const other = seen.get(canonical);
    if (other === undefined) seen.set(canonical, { text: name.text, span });
    else if (other.text === name.text)
      r.report(code, span, `the ${what} '${name.text}' is there twice, first at ${placeOf(other.span)}`);
    else
      r.report(
        canonicalCode,
        span,
        `the ${what} '${name.text}' conflicts with '${other.text}' at ${placeOf(other.span)}: both are '${canonical}' once re-cased`,
      );
  }
}

function warnOfTypo(r: Resolver, { name, span }: AttributeNode): void {
  if (name.text === "no_resource")
    r.report(
      Fi.EXPERIMENTAL_NO_RESOURCE,
      span,
      "@no_resource is experimental in FIDL and not supported here",
    );
  const meant = nearMiss(name.text);
  if (meant !== undefined)
    r.report(Fi.ATTRIBUTE_TYPO, span, `did you mean @${meant}, and not @${name.text}?`);
}

function checkPlacement(
  r: Resolver,
  { name, span }: AttributeNode,
  { placements, anonymous, retired }: AttributeSchema,
  placement: Placement,
  isAnonymous: boolean,
): void {
  if (retired !== undefined)
    r.report(Fi.DEPRECATED_ATTRIBUTE, span, `@${name.text} is no longer used: ${retired}`);
  const isMisplaced =
    (placements !== undefined && !placements.includes(placement)) ||
    (anonymous === "only" && !isAnonymous) ||
    (anonymous === "never" && isAnonymous);
  if (!isMisplaced) return;
  const shown = isAnonymous ? `${placement} without a name of its own` : placement;
  r.report(Fi.INVALID_ATTRIBUTE_PLACEMENT, span, `@${name.text} cannot stand on a ${shown}`);
}

function resolveArgs(
  r: Resolver,
  node: AttributeNode,
  schema: AttributeSchema | undefined,
  placement: Placement,
  scope: Scope,
): Map<string, ConstantValue> {
  const { args } = node;
  const name = node.name.text;
  const resolved = new Map<string, ConstantValue>();
  checkRepeats(r, args, Fi.DUPLICATE_ATTRIBUTE_ARG, Fi.DUPLICATE_ATTRIBUTE_ARG_CANONICAL, "argument");
  if (schema !== undefined && name !== "available") checkArgs(r, node, schema);
  for (const arg of args) {
    const key = arg.name?.text ?? UNNAMED;
    if (placement === "library" && arg.value.kind !== "literal" && name !== "available") {
      r.report(
        Fi.REFERENCE_IN_LIBRARY_ATTRIBUTE,
        arg.value.span,
        "the attributes of a library have literals as arguments, not names of constants",
      );
      continue;
    }
    const value =
      name === "available"
        ? availableArg(arg.value)
        : schema === undefined
          ? userArg(r, arg, name, scope)
          : knownArg(r, arg, name, schema, scope);
    if (value === undefined) continue;
    resolved.set(key, value);
    checkValue(r, name, key, value, arg.value);
  }
  return resolved;
}

/** Checks which arguments are there against which the attribute has. */
function checkArgs(r: Resolver, { args, name, span }: AttributeNode, schema: AttributeSchema): void {
  const known = schema.args;
  if (known.length === 0 && args.length > 0) {
    r.report(Fi.ATTRIBUTE_DISALLOWS_ARGS, span, `@${name.text} has no arguments`);
    return;
  }
  for (const arg of args) {
    const given = arg.name?.text;
    if (schema.isUnnamed && args.length === 1) {
      if (given !== undefined)
        r.report(Fi.ATTRIBUTE_ARG_MUST_NOT_BE_NAMED, arg.span, `the argument of @${name.text} is not named`);
    } else if (given === undefined) {
      if (args.length === 1)
        r.report(
          Fi.ATTRIBUTE_ARG_NOT_NAMED,
          arg.span,
          `the arguments of @${name.text} are named: ${known.join(", ")}`,
        );
    } else if (!known.includes(given))
      r.report(Fi.UNKNOWN_ATTRIBUTE_ARG, arg.span, `@${name.text} has no argument '${given}'`);
  }
  if (schema.isUnnamed && args.length === 0)
    r.report(Fi.MISSING_REQUIRED_ANONYMOUS_ATTRIBUTE_ARG, span, `@${name.text} lacks its argument`);
}

/** Versions are shown as written. */
function availableArg(value: ValueNode): ConstantValue {
  return value.kind === "literal" ? value.text : spanText(value.span);
}

function knownArg(
  r: Resolver,
  { value }: AttributeArg,
  name: string,
  { needsLiteral }: AttributeSchema,
  scope: Scope,
): ConstantValue | undefined {
  if (needsLiteral && value.kind !== "literal")
    return r.report(
      Fi.ATTRIBUTE_ARG_REQUIRES_LITERAL,
      value.span,
      `the argument of @${name} is a literal, not the name of a constant`,
    );
  const resolved = r.constant(value, STRING, scope);
  if (resolved === undefined)
    r.report(Fi.COULD_NOT_RESOLVE_ATTRIBUTE_ARG, value.span, `an argument of @${name} is no string`);
  return resolved;
}

/** A user's attribute has strings and booleans as arguments. */
function userArg(
  r: Resolver,
  { value, name: key }: AttributeArg,
  name: string,
  scope: Scope,
): ConstantValue | undefined {
  const refuse = () =>
    r.report(
      Fi.CAN_ONLY_USE_STRING_OR_BOOL,
      value.span,
      `the argument '${key?.text ?? UNNAMED}' of @${name} is neither a string nor a bool`,
    );
  if (value.kind === "literal")
    return value.literal === "number"
      ? refuse()
      : r.constant(value, value.literal === "string" ? STRING : BOOL, scope);
  if (value.kind === "or") return refuse();
  const target = r.name(value.name, scope, "value");
  if (target === undefined)
    return r.report(
      Fi.COULD_NOT_RESOLVE_ATTRIBUTE_ARG,
      value.span,
      `an argument of @${name} cannot be determined`,
    );
  if (target.kind !== "decl" || target.decl.kind !== "const") return refuse();
  const { type } = target.decl.node;
  const resolved = r.type(type, scope);
  if (resolved?.kind === "string") return targetValue(r, value, target, STRING);
  if (resolved?.kind === "primitive" && resolved.subtype === "bool")
    return targetValue(r, value, target, BOOL);
  return refuse();
}

const TRANSPORTS = ["Banjo", "Channel", "Driver", "Syscall"];
const LIBRARY_NAME = /^[a-z][a-z0-9]*(\.[a-z][a-z0-9]*)*$/;

function checkValue(
  r: Resolver,
  attribute: string,
  key: string,
  value: ConstantValue,
  { span }: ValueNode,
): void {
  const text = String(value);
  if (attribute === "generated_name" && !isIdentifier(text))
    r.report(Fi.INVALID_GENERATED_NAME, span, `'${text}' is no identifier`);
  else if (attribute === "transport" && !TRANSPORTS.includes(text))
    r.report(
      Fi.INVALID_TRANSPORT_TYPE,
      span,
      `there is no transport '${text}'; there are ${TRANSPORTS.join(", ")}`,
    );
  else if (attribute === "selector" && !isSelector(text))
    r.report(
      Fi.INVALID_SELECTOR_VALUE,
      span,
      `'${text}' is neither the name of a method nor library/Protocol.Method`,
    );
  else if (attribute === "discoverable" && key === "name") {
    const dot = text.lastIndexOf(".");
    if (!LIBRARY_NAME.test(text.slice(0, dot)) || !isIdentifier(text.slice(dot + 1)))
      r.report(Fi.INVALID_DISCOVERABLE_NAME, span, `'${text}' is not of the form the.library.Protocol`);
  } else if (attribute === "discoverable" && (key === "client" || key === "server")) {
    const places = text === "" ? [] : text.split(",").map((place) => place.trim());
    if (!places.every((place) => place === "platform" || place === "external"))
      r.report(
        Fi.INVALID_DISCOVERABLE_LOCATION,
        span,
        `'${text}' is neither 'platform' nor 'external' nor both with a comma`,
      );
  }
}

function isSelector(text: string): boolean {
  const match = /^([^/]*)\/([^/.]*)\.([^/.]*)$/.exec(text);
  if (match === null) return isIdentifier(text);
  return LIBRARY_NAME.test(match[1]!) && isIdentifier(match[2]!) && isIdentifier(match[3]!);
}
