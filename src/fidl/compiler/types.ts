/** Types: layout parameters and constraints, checked and resolved. */
import type { TypeNode, TypeParameter, ValueNode } from "./ast.ts";
import { Fi } from "./codes.ts";
import { resolveValues, UINT32 } from "./constants.ts";
import { type PrimitiveSubtype, UNBOUNDED } from "./ir.ts";
import type { AliasDecl, ProtocolDecl, ResolvedType, ResourceDecl } from "./model.ts";
import { isBuiltin, type Target } from "./references.ts";
import { type Resolver, type Scope, scopeOf } from "./resolver.ts";
import { resolveResource } from "./resources.ts";
import { type Span, spanText } from "./source.ts";
import { describeType } from "./type_names.ts";

export function resolveType(r: Resolver, node: TypeNode, scope: Scope): ResolvedType | undefined {
  const { layout } = node;
  if ("kind" in layout) {
    const decl = scope.file.library.layouts.get(layout);
    if (decl === undefined) return undefined;
    if (!hasParameters(r, node, layout.kind, 0)) return undefined;
    return constrain(r, { kind: "identifier", decl, optional: false, alias: null }, node, scope);
  }
  const target = r.name(layout, scope, "type");
  if (target === undefined) return undefined;
  const bare = target.kind === "builtin" ? builtin(r, node, target.name, scope) : declared(r, node, target);
  return bare === undefined ? undefined : constrain(r, bare, node, scope);
}

type HandleOf = ResolvedType & { readonly kind: "handle" };

/** A type before its constraints; an endpoint still lacks its protocol. */
type Bare =
  | ResolvedType
  | { readonly kind: "end"; readonly role: "client_end" | "server_end"; readonly alias: null };

function hasParameters(r: Resolver, { parameters, span }: TypeNode, name: string, expected: number): boolean {
  const count = parameters?.items.length ?? 0;
  if (count === expected) return true;
  r.report(
    Fi.WRONG_NUMBER_OF_LAYOUT_PARAMETERS,
    parameters?.span ?? span,
    `${name} has ${expected === 0 ? "no parameters" : `${expected} parameter${expected === 1 ? "" : "s"}`} in angle brackets, not ${count}`,
  );
  return false;
}

function builtin(r: Resolver, node: TypeNode, name: string, scope: Scope): Bare | undefined {
  switch (name) {
    case "optional":
    case "MAX":
    case "HEAD":
    case "NEXT":
      return notAType(r, node.layout.span);
    case "client_end":
    case "server_end":
      return hasParameters(r, node, name, 0) ? { kind: "end", role: name, alias: null } : undefined;
    case "string":
      return hasParameters(r, node, name, 0)
        ? { kind: "string", bound: null, optional: false, alias: null }
        : undefined;
    case "vector": {
      if (!hasParameters(r, node, name, 1)) return undefined;
      const element = elementType(r, node.parameters!.items[0]!, scope);
      return element && { kind: "vector", element, bound: null, optional: false, alias: null };
    }
    case "array": {
      if (!hasParameters(r, node, name, 2)) return undefined;
      const [first, second] = node.parameters!.items as [TypeParameter, TypeParameter];
      const element = elementType(r, first, scope);
      const count = sizeOf(r, second, name, scope);
      if (count === 0)
        return r.report(Fi.MUST_HAVE_NON_ZERO_SIZE, second.span, "an array has at least one element");
      if (element === undefined || count === undefined) return undefined;
      return { kind: "array", element, count, alias: null };
    }
    case "box":
      return hasParameters(r, node, name, 1) ? box(r, node.parameters!.items[0]!, scope) : undefined;
    default: {
      const subtype = name === "byte" ? "uint8" : (name as PrimitiveSubtype);
      return hasParameters(r, node, name, 0) ? { kind: "primitive", subtype, alias: null } : undefined;
    }
  }
}

function declared(
  r: Resolver,
  node: TypeNode,
  target: Exclude<Target, { kind: "builtin" }>,
): ResolvedType | undefined {
  if (target.kind === "member") return notAType(r, node.layout.span);
  const { decl } = target;
  if (decl.kind === "const" || decl.kind === "service") return notAType(r, node.layout.span);
  if (decl.kind === "protocol")
    return r.report(
      Fi.EXPECTED_TYPE,
      node.layout.span,
      `protocol '${decl.name}' is no type; write client_end:${decl.name} or server_end:${decl.name}`,
    );
  if (!hasParameters(r, node, decl.name, 0)) return undefined;
  if (decl.kind === "alias") {
    r.chained(node.span, () => resolveAlias(r, decl));
    return decl.type && { ...decl.type, alias: decl.fullName };
  }
  if (decl.kind === "resource")
    return {
      kind: "handle",
      resource: decl,
      subtype: null,
      objectType: 0,
      rights: null,
      optional: false,
      alias: null,
    };
  return { kind: "identifier", decl, optional: false, alias: null };
}

function notAType(r: Resolver, span: Span): undefined {
  return r.report(Fi.EXPECTED_TYPE, span, `expected a type, and '${spanText(span)}' is none`);
}

export function resolveAlias(r: Resolver, decl: AliasDecl): void {
  if (decl.progress === "done") return;
  if (decl.progress === "running") {
    r.report(Fi.INCLUDE_CYCLE, decl.span, `alias '${decl.name}' is made of itself`);
    return;
  }
  decl.progress = "running";
  decl.type = r.type(decl.node.type, scopeOf(decl.file, decl.availability));
  decl.progress = "done";
}

function typeParameter(r: Resolver, parameter: TypeParameter, scope: Scope): ResolvedType | undefined {
  if ("layout" in parameter) return r.type(parameter, scope);
  return r.report(
    Fi.EXPECTED_TYPE,
    parameter.span,
    `expected a type, and ${spanText(parameter.span)} is a value`,
  );
}

/** Vectors of vectors, through aliases too, end before the stack does. */
const MAX_NESTING = 64;

function elementType(r: Resolver, parameter: TypeParameter, scope: Scope): ResolvedType | undefined {
  const type = typeParameter(r, parameter, scope);
  let nesting = 0;
  for (let inner = type; inner?.kind === "vector" || inner?.kind === "array"; inner = inner.element)
    nesting++;
  if (nesting >= MAX_NESTING)
    return r.report(Fi.TOO_DEEP, parameter.span, `vectors and arrays nested more than ${MAX_NESTING} deep`);
  return type;
}

/** A size: a parameter of an array, or the bound of a vector or string. */
function sizeOf(
  r: Resolver,
  given: TypeParameter | ValueNode,
  name: string,
  scope: Scope,
): number | undefined {
  let value: ValueNode;
  if ("kind" in given) value = given;
  else if ("kind" in given.layout || given.parameters !== null || given.constraints !== null)
    return r.report(Fi.COULD_NOT_RESOLVE_SIZE_BOUND, given.span, `the size of ${name} is not a number`);
  else value = { kind: "name", name: given.layout, span: given.span };
  if (value.kind === "name" && isBuiltin(value.name, "MAX", scope)) return UNBOUNDED;
  const size = r.constant(value, UINT32, scope);
  if (typeof size === "bigint") return Number(size);
  return r.report(Fi.COULD_NOT_RESOLVE_SIZE_BOUND, value.span, `the size of ${name} cannot be determined`);
}

function box(r: Resolver, parameter: TypeParameter, scope: Scope): ResolvedType | undefined {
  const boxed = typeParameter(r, parameter, scope);
  if (boxed === undefined) return undefined;
  if (boxed.kind === "identifier" && boxed.decl.kind === "struct")
    return { kind: "box", struct: boxed.decl, alias: null };
  const canBeOptional =
    ["vector", "string", "handle", "endpoint"].includes(boxed.kind) ||
    (boxed.kind === "identifier" && boxed.decl.kind === "union");
  const shown = describeType(boxed);
  if (canBeOptional)
    return r.report(
      Fi.CANNOT_BE_BOXED_SHOULD_BE_OPTIONAL,
      parameter.span,
      `${shown} cannot be boxed, only structs can; write it with :optional`,
    );
  return r.report(
    Fi.CANNOT_BE_BOXED_NOR_OPTIONAL,
    parameter.span,
    `${shown} cannot be boxed; only structs can`,
  );
}

function constrain(r: Resolver, type: Bare, node: TypeNode, scope: Scope): ResolvedType | undefined {
  const given = node.constraints?.items ?? [];
  if (type.kind === "end") return endpoint(r, type.role, node, given, scope);
  if (given.length === 0) return type;
  switch (type.kind) {
    case "string":
    case "vector":
      return sized(r, type, given, scope);
    case "handle":
      return handle(r, type, given, scope);
    case "endpoint": {
      const [only] = given as [ValueNode];
      if (given.length === 1 && isOptional(only, scope)) return asOptional(r, type, only);
      return r.report(
        Fi.CANNOT_CONSTRAIN_TWICE,
        only.span,
        `${describeType(type)} already names its protocol`,
      );
    }
    case "identifier":
      if (type.decl.kind === "union" && limit(r, type, given, 1)) {
        const [only] = given as [ValueNode];
        return isOptional(only, scope) ? asOptional(r, type, only) : unexpected(r, type, only);
      }
      return type.decl.kind === "union" ? undefined : unconstrained(r, type, given, scope);
    default:
      return unconstrained(r, type, given, scope);
  }
}

function isOptional(value: ValueNode, scope: Scope): boolean {
  return value.kind === "name" && isBuiltin(value.name, "optional", scope);
}

function asOptional<T extends ResolvedType & { readonly optional: boolean }>(
  r: Resolver,
  type: T,
  { span }: ValueNode,
): T | undefined {
  if (type.optional)
    return r.report(Fi.CANNOT_INDICATE_OPTIONAL_TWICE, span, `${describeType(type)} is already optional`);
  return { ...type, optional: true };
}

function limit(r: Resolver, type: ResolvedType, given: readonly ValueNode[], most: number): boolean {
  if (given.length <= most) return true;
  r.report(
    Fi.TOO_MANY_CONSTRAINTS,
    given[most]!.span,
    `${describeType(type)} has at most ${most} constraint${most === 1 ? "" : "s"}, not ${given.length}`,
  );
  return false;
}

function unexpected(r: Resolver, type: ResolvedType, { span }: ValueNode): undefined {
  return r.report(
    Fi.UNEXPECTED_CONSTRAINT,
    span,
    `'${spanText(span)}' is no constraint that ${describeType(type)} can have`,
  );
}

/** Types that cannot have constraints. */
function unconstrained(
  r: Resolver,
  type: ResolvedType,
  given: readonly ValueNode[],
  scope: Scope,
): undefined {
  const [first] = given as [ValueNode];
  const shown = describeType(type);
  if (given.length > 1 || !isOptional(first, scope)) {
    limit(r, type, given, 0);
    return undefined;
  }
  if (type.kind === "box")
    return r.report(Fi.BOX_CANNOT_BE_OPTIONAL, first.span, "a box is optional as it is");
  if (type.kind === "identifier" && type.decl.kind === "struct")
    return r.report(
      Fi.STRUCT_CANNOT_BE_OPTIONAL,
      first.span,
      `a struct cannot be optional; write box<${type.decl.name}>`,
    );
  return r.report(Fi.CANNOT_BE_OPTIONAL, first.span, `${shown} cannot be optional`);
}

function sized(
  r: Resolver,
  type: ResolvedType & { readonly kind: "string" | "vector" },
  given: readonly ValueNode[],
  scope: Scope,
): ResolvedType | undefined {
  if (!limit(r, type, given, 2)) return undefined;
  const [first, second] = given as [ValueNode, ValueNode?];
  if (second === undefined && isOptional(first, scope)) return asOptional(r, type, first);
  const bound = sizeOf(r, first, type.kind, scope);
  if (bound === undefined) return undefined;
  if (type.bound !== null)
    return r.report(Fi.CANNOT_BOUND_TWICE, first.span, `${describeType(type)} already has a bound`);
  const bounded = { ...type, bound };
  if (second === undefined) return bounded;
  return isOptional(second, scope) ? asOptional(r, bounded, second) : unexpected(r, type, second);
}

function handle(
  r: Resolver,
  type: HandleOf,
  given: readonly ValueNode[],
  scope: Scope,
): ResolvedType | undefined {
  if (!limit(r, type, given, 3)) return undefined;
  const last = given.at(-1)!;
  const isLastOptional = isOptional(last, scope);
  if (!isLastOptional && given.length === 3) return unexpected(r, type, last);
  const values = isLastOptional ? given.slice(0, -1) : given;
  const [subtype, rights] = values as [ValueNode?, ValueNode?];
  let result: HandleOf | undefined = type;
  if (subtype !== undefined) result = withSubtype(r, type, subtype, scope);
  if (rights !== undefined && result !== undefined) result = withRights(r, result, rights, scope);
  if (result === undefined || !isLastOptional) return result;
  return asOptional<HandleOf>(r, result, last);
}

function withSubtype(r: Resolver, type: HandleOf, value: ValueNode, scope: Scope): HandleOf | undefined {
  const resource: ResourceDecl = type.resource;
  resolveResource(r, resource);
  const { subtypeEnum } = resource;
  if (subtypeEnum === undefined) return undefined;
  resolveValues(r, subtypeEnum);
  if (type.subtype !== null)
    return r.report(Fi.CANNOT_CONSTRAIN_TWICE, value.span, `${describeType(type)} already has a subtype`);
  // The members of the resource's enum are in scope: Handle:VMO.
  const bare = value.kind === "name" && value.name.parts.length === 1 ? value.name.parts[0]!.text : undefined;
  let member = subtypeEnum.members.find(({ name }) => name === bare);
  if (member === undefined && value.kind === "name" && value.name.parts.length > 1) {
    const target = r.name(value.name, scope, "constraint");
    if (target?.kind === "member" && target.decl === subtypeEnum) member = target.member;
  }
  if (member === undefined) {
    if (value.kind === "literal")
      r.report(
        Fi.TYPE_CANNOT_BE_CONVERTED,
        value.span,
        `${spanText(value.span)} (a ${value.literal}) cannot be converted to ${subtypeEnum.name}`,
      );
    return unexpected(r, type, value);
  }
  if (member.value === undefined) return undefined;
  return { ...type, subtype: member.name, objectType: Number(member.value) };
}

function withRights(r: Resolver, type: HandleOf, value: ValueNode, scope: Scope): HandleOf | undefined {
  const { rights } = type.resource;
  if (rights === undefined) return unexpected(r, type, value);
  if (type.rights !== null)
    return r.report(Fi.CANNOT_CONSTRAIN_TWICE, value.span, `${describeType(type)} already has rights`);
  const mask = r.constant(value, rights, scope);
  return typeof mask === "bigint" ? { ...type, rights: Number(mask) } : unexpected(r, type, value);
}

function endpoint(
  r: Resolver,
  role: "client_end" | "server_end",
  node: TypeNode,
  given: readonly ValueNode[],
  scope: Scope,
): ResolvedType | undefined {
  const [first, second, third] = given;
  if (first === undefined || isOptional(first, scope))
    return r.report(
      Fi.PROTOCOL_CONSTRAINT_REQUIRED,
      first?.span ?? node.span,
      `${role} must name its protocol first, as in ${role}:P`,
    );
  if (third !== undefined)
    return r.report(
      Fi.TOO_MANY_CONSTRAINTS,
      third.span,
      `${role} has at most 2 constraints, not ${given.length}`,
    );
  const protocol = protocolOf(r, first, scope);
  if (protocol === undefined) return undefined;
  const type = { kind: "endpoint", role, protocol, optional: false, alias: null } as const;
  if (second === undefined) return type;
  return isOptional(second, scope) ? asOptional(r, type, second) : unexpected(r, type, second);
}

function protocolOf(r: Resolver, value: ValueNode, scope: Scope): ProtocolDecl | undefined {
  if (value.kind === "name") {
    const target = r.name(value.name, scope, "protocol");
    if (target === undefined) return undefined;
    if (target.kind === "decl" && target.decl.kind === "protocol") return target.decl;
  }
  return r.report(Fi.MUST_BE_A_PROTOCOL, value.span, `'${spanText(value.span)}' is no protocol`);
}
