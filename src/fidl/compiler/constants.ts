/** Values: what a constant expression is worth as a given type. */
import type { LiteralValue, NameValue, ValueNode } from "./ast.ts";
import { Fi } from "./codes.ts";
import type { ConstantValue, IntegerSubtype, PrimitiveSubtype } from "./ir.ts";
import type { ConstDecl, LayoutDecl, ResolvedType } from "./model.ts";
import type { Target } from "./references.ts";
import { type Resolver, type Scope, scopeOf } from "./resolver.ts";
import { spanText } from "./source.ts";
import { describeType } from "./type_names.ts";

export const UINT32: ResolvedType = { kind: "primitive", subtype: "uint32", alias: null };
export const STRING: ResolvedType = { kind: "string", bound: null, optional: false, alias: null };
export const BOOL: ResolvedType = { kind: "primitive", subtype: "bool", alias: null };

const MAX_FLOAT32 = 3.4028234663852886e38;

/** Lowest and highest value of an integer type. */
export function integerRange(subtype: IntegerSubtype): { readonly low: bigint; readonly high: bigint } {
  const bits = BigInt(subtype.replace(/^u?int/, ""));
  if (subtype.startsWith("u")) return { low: 0n, high: (1n << bits) - 1n };
  return { low: -(1n << (bits - 1n)), high: (1n << (bits - 1n)) - 1n };
}

export function isInteger(subtype: PrimitiveSubtype): subtype is IntegerSubtype {
  return subtype.includes("int");
}

export function resolveConstant(
  r: Resolver,
  value: ValueNode,
  type: ResolvedType,
  scope: Scope,
): ConstantValue | undefined {
  if (value.kind === "literal") return literal(r, value, type);
  if (value.kind === "name") return named(r, value, type, scope);
  return disjunction(r, value, type, scope);
}

/** `A | B | C`; a long one leans to the left, and is walked without recursion. */
function disjunction(r: Resolver, value: ValueNode, type: ResolvedType, scope: Scope): bigint | undefined {
  const isBits = type.kind === "identifier" && type.decl.kind === "bits";
  if (!isBits && !(type.kind === "primitive" && isInteger(type.subtype)))
    return r.report(
      Fi.OR_OPERATOR_ON_NON_PRIMITIVE,
      value.span,
      `'|' joins integers and bits, not values of ${describeType(type)}`,
    );
  const operands: ValueNode[] = [];
  let rest = value;
  while (rest.kind === "or") {
    operands.push(rest.right);
    rest = rest.left;
  }
  operands.push(rest);
  let all: bigint | undefined = 0n;
  for (const operand of operands.reverse()) {
    const one = resolveConstant(r, operand, type, scope);
    all = typeof one === "bigint" && all !== undefined ? all | one : undefined;
  }
  return all;
}

function literal(r: Resolver, value: LiteralValue, type: ResolvedType): ConstantValue | undefined {
  const shown = spanText(value.span);
  const cannot = () =>
    r.report(
      Fi.TYPE_CANNOT_BE_CONVERTED,
      value.span,
      `${shown} (a ${value.literal}) cannot be converted to ${describeType(type)}`,
    );
  if (value.literal === "string") {
    if (type.kind !== "string") return cannot();
    return checkLength(r, value, value.text, type);
  }
  if (type.kind === "identifier" && type.decl.kind === "bits" && parseInteger(value.text) === 0n) return 0n;
  if (type.kind !== "primitive") return cannot();
  if (value.literal === "bool") return type.subtype === "bool" ? value.text === "true" : cannot();
  if (type.subtype === "bool") return cannot();
  const number = isInteger(type.subtype) ? parseInteger(value.text) : parseFloat64(value.text);
  return number === undefined ? cannot() : inRange(r, value, number, type.subtype);
}

function parseInteger(text: string): bigint | undefined {
  const match = /^(-?)(0x[0-9a-f]+|0b[01]+|[0-9]+)$/i.exec(text);
  // No integer type has more digits than a 64-bit one in binary.
  if (match === null || text.length > 100) return undefined;
  const magnitude = BigInt(match[2]!);
  return match[1] === "-" ? -magnitude : magnitude;
}

function parseFloat64(text: string): number | undefined {
  const integer = parseInteger(text);
  if (integer !== undefined) return Number(integer);
  return /^-?[0-9]+(\.[0-9]+)?(e[+-]?[0-9]+)?$/i.test(text) ? Number(text) : undefined;
}

function inRange(
  r: Resolver,
  { span }: ValueNode,
  value: bigint | number,
  subtype: PrimitiveSubtype,
): ConstantValue | undefined {
  let fits: boolean;
  if (isInteger(subtype)) {
    const { low, high } = integerRange(subtype);
    fits = value >= low && value <= high;
  } else fits = Math.abs(Number(value)) <= (subtype === "float32" ? MAX_FLOAT32 : Number.MAX_VALUE);
  if (fits) return value;
  return r.report(Fi.CONSTANT_OVERFLOWS_TYPE, span, `${spanText(span)} does not fit in ${subtype}`);
}

function checkLength(
  r: Resolver,
  { span }: ValueNode,
  text: string,
  type: ResolvedType & { kind: "string" },
): string | undefined {
  const bytes = new TextEncoder().encode(text).length;
  if (type.bound === null || bytes <= type.bound) return text;
  return r.report(
    Fi.TYPE_CANNOT_BE_CONVERTED,
    span,
    `a string of ${bytes} bytes cannot be converted to ${describeType(type)}`,
  );
}

function named(r: Resolver, value: NameValue, type: ResolvedType, scope: Scope): ConstantValue | undefined {
  const target = r.name(value.name, scope, "value");
  return target === undefined ? undefined : targetValue(r, value, target, type);
}

/** The value of what a name refers to, as a given type. */
export function targetValue(
  r: Resolver,
  value: NameValue,
  target: Target,
  type: ResolvedType,
): ConstantValue | undefined {
  const shown = spanText(value.span);
  if (target.kind === "builtin") {
    const code =
      target.name === "optional" || target.name === "MAX"
        ? Fi.CANNOT_RESOLVE_CONSTANT_VALUE
        : Fi.EXPECTED_VALUE_BUT_GOT_TYPE;
    return r.report(code, value.span, `'${shown}' is no value here`);
  }
  let from: ResolvedType;
  let result: ConstantValue;
  if (target.kind === "member") {
    resolveValues(r, target.decl);
    if (target.member.value === undefined) return undefined;
    from = { kind: "identifier", decl: target.decl, optional: false, alias: null };
    result = target.member.value;
  } else if (target.decl.kind === "const") {
    const constant = target.decl;
    r.chained(value.span, () => resolveConst(r, constant));
    if (constant.type === undefined || constant.value === undefined) return undefined;
    from = constant.type;
    result = constant.value;
  } else
    return r.report(
      Fi.EXPECTED_VALUE_BUT_GOT_TYPE,
      value.span,
      `'${shown}' is a ${target.decl.kind}, but a value was expected`,
    );
  return convert(r, value, result, from, type);
}

function convert(
  r: Resolver,
  value: NameValue,
  result: ConstantValue,
  from: ResolvedType,
  to: ResolvedType,
): ConstantValue | undefined {
  const shown = spanText(value.span);
  if (to.kind === "identifier") {
    if (from.kind === "identifier" && from.decl === to.decl) return result;
    return r.report(
      Fi.MISMATCHED_NAME_TYPE_ASSIGNMENT,
      value.span,
      `a value of type ${describeType(to)} cannot be '${shown}', which is of type ${describeType(from)}`,
    );
  }
  if (to.kind === "string" && typeof result === "string") return checkLength(r, value, result, to);
  if (to.kind === "primitive") {
    if (to.subtype === "bool" && typeof result === "boolean") return result;
    if (isInteger(to.subtype) && typeof result === "bigint") return inRange(r, value, result, to.subtype);
    const isFloat = to.subtype === "float32" || to.subtype === "float64";
    if (isFloat && typeof result === "number") return inRange(r, value, result, to.subtype);
  }
  return r.report(
    Fi.TYPE_CANNOT_BE_CONVERTED,
    value.span,
    `'${shown}' (of type ${describeType(from)}) cannot be converted to ${describeType(to)}`,
  );
}

export function resolveConst(r: Resolver, decl: ConstDecl): void {
  if (decl.progress === "done") return;
  if (decl.progress === "running") {
    r.report(Fi.INCLUDE_CYCLE, decl.span, `const '${decl.name}' is made of itself`);
    return;
  }
  decl.progress = "running";
  const scope = scopeOf(decl.file, decl.availability);
  // Now, so that an attribute of a constant that is made of the constant is found.
  r.attributes(decl.attributes, "const", false, scope);
  const type = r.type(decl.node.type, scope);
  if (type !== undefined) {
    if (isConstantType(type)) {
      const value = r.constant(decl.node.value, type, scope);
      decl.type = type;
      decl.value = value;
      if (value === undefined)
        r.reporter.report(
          Fi.CANNOT_RESOLVE_CONSTANT_VALUE,
          decl.node.value.span,
          `the value of '${decl.name}' cannot be determined`,
        );
    } else
      r.report(
        Fi.INVALID_CONSTANT_TYPE,
        decl.node.type.span,
        `a constant cannot be of type ${describeType(type)}; it can be a bool, number, string, enum or bits`,
      );
  }
  decl.progress = "done";
}

function isConstantType(type: ResolvedType): boolean {
  if (type.kind === "primitive") return true;
  if (type.kind === "string") return !type.optional;
  return type.kind === "identifier" && (type.decl.kind === "bits" || type.decl.kind === "enum");
}

/** Finds the type behind bits or an enum, and its members' values. */
export function resolveValues(r: Resolver, decl: LayoutDecl): void {
  if (decl.progress === "done") return;
  if (decl.progress === "running") {
    r.report(Fi.INCLUDE_CYCLE, decl.span, `${decl.kind} '${decl.name}' is made of itself`);
    return;
  }
  decl.progress = "running";
  r.chained(decl.span, () => {
    const subtype = resolveSubtype(r, decl);
    if (subtype === undefined) return;
    decl.subtype = subtype;
    const type: ResolvedType = { kind: "primitive", subtype, alias: null };
    for (const member of decl.members) {
      const value = r.constant(member.valueNode!, type, scopeOf(decl.file, member.availability));
      if (typeof value === "bigint") member.value = value;
      else
        r.report(
          Fi.COULD_NOT_RESOLVE_MEMBER,
          member.span,
          `the value of ${decl.kind} member '${member.name}' cannot be determined`,
        );
    }
  });
  decl.progress = "done";
}

function resolveSubtype(r: Resolver, decl: LayoutDecl): IntegerSubtype | undefined {
  const node = decl.node?.subtype ?? null;
  if (node === null) return "uint32";
  const type = r.type(node, scopeOf(decl.file, decl.availability));
  if (type === undefined) return undefined;
  if (
    type.kind === "primitive" &&
    isInteger(type.subtype) &&
    (decl.kind === "enum" || type.subtype.startsWith("u"))
  )
    return type.subtype;
  if (decl.kind === "bits")
    return r.report(
      Fi.BITS_TYPE_MUST_BE_UNSIGNED,
      node.span,
      `bits are of an unsigned integer type, not of ${describeType(type)}`,
    );
  return r.report(
    Fi.ENUM_TYPE_MUST_BE_INTEGRAL,
    node.span,
    `enums are of an integer type, not of ${describeType(type)}`,
  );
}
