/** Layouts: their members' types and values, and the rules that each kind of layout has. */
import { Fi } from "./codes.ts";
import { integerRange, resolveValues } from "./constants.ts";
import type { LayoutDecl, Member } from "./model.ts";
import { type Resolver, scopeOf } from "./resolver.ts";
import { placeOf } from "./source.ts";
import { describeType } from "./type_names.ts";

const MAX_TABLE_ORDINAL = 64;

export function resolveLayout(r: Resolver, decl: LayoutDecl): void {
  if (decl.kind === "bits" || decl.kind === "enum") {
    resolveValues(r, decl);
    if (decl.kind === "bits") checkBits(r, decl);
    else checkEnum(r, decl);
    checkValues(r, decl);
    return;
  }
  for (const member of decl.members) {
    if (member.typeNode === null) continue;
    member.type = r.type(member.typeNode, scopeOf(decl.file, member.availability));
    if (decl.kind === "struct") checkDefault(r, member);
    else checkMember(r, decl, member);
  }
  if (decl.kind === "table" || decl.kind === "union") checkOrdinals(r, decl);
}

function checkDefault(r: Resolver, { valueNode }: Member): void {
  if (valueNode !== null)
    r.report(Fi.DEPRECATED_STRUCT_DEFAULTS, valueNode.span, "struct members no longer have defaults");
}

function checkMember(r: Resolver, decl: LayoutDecl, { type, typeNode, ordinal, span }: Member): void {
  if (type === undefined) return;
  const isOptional = type.kind === "box" || ("optional" in type && type.optional);
  if (isOptional)
    r.report(
      decl.kind === "table" ? Fi.OPTIONAL_TABLE_MEMBER : Fi.OPTIONAL_UNION_MEMBER,
      typeNode!.span,
      decl.kind === "table"
        ? "a member of a table cannot be optional: each of them can be absent anyway"
        : `a member of a union cannot be optional, as ${describeType(type)} is`,
    );
  if (decl.kind !== "table") return;
  if (ordinal > MAX_TABLE_ORDINAL)
    r.report(Fi.TABLE_ORDINAL_TOO_LARGE, span, `the ordinals of tables go up to ${MAX_TABLE_ORDINAL}`);
  else if (ordinal === MAX_TABLE_ORDINAL && !(type.kind === "identifier" && type.decl.kind === "table"))
    r.report(
      Fi.MAX_ORDINAL_NOT_TABLE,
      typeNode!.span,
      `member ${MAX_TABLE_ORDINAL} of a table must be a table itself, so that more members can come`,
    );
}

function checkOrdinals(r: Resolver, decl: LayoutDecl): void {
  const seen = new Map<number, Member>();
  for (const member of decl.members) {
    const other = seen.get(member.ordinal);
    if (other === undefined) seen.set(member.ordinal, member);
    else
      r.report(
        decl.kind === "table" ? Fi.DUPLICATE_TABLE_ORDINAL : Fi.DUPLICATE_UNION_ORDINAL,
        member.span,
        `two members have ordinal ${member.ordinal}: '${member.name}' and '${other.name}' at ${placeOf(other.span)}`,
      );
  }
  if (decl.strict && decl.kind === "union" && !decl.isResult && decl.members.length === 0)
    r.report(Fi.MUST_HAVE_ONE_MEMBER, decl.span, "a strict union has at least one member");
}

function checkBits(r: Resolver, decl: LayoutDecl): void {
  for (const { value, valueNode } of decl.members)
    if (value !== undefined && (value <= 0n || (value & (value - 1n)) !== 0n))
      r.report(
        Fi.BITS_MEMBER_MUST_BE_POWER_OF_TWO,
        valueNode!.span,
        "each member of bits is one bit, a power of two",
      );
}

function checkEnum(r: Resolver, decl: LayoutDecl): void {
  if (decl.subtype === undefined) return;
  const unknown = decl.members.filter(isUnknown);
  const maximum = integerRange(decl.subtype).high;
  for (const member of unknown) {
    if (decl.strict)
      r.report(
        Fi.UNKNOWN_ATTRIBUTE_ON_STRICT_ENUM,
        member.span,
        "@unknown is for members of flexible enums; to a strict one nothing is unknown",
      );
    else if (member !== unknown[0])
      r.report(Fi.UNKNOWN_ATTRIBUTE_ON_MULTIPLE_MEMBERS, member.span, "@unknown stands on one member only");
  }
  if (decl.strict || unknown.length > 0) return;
  for (const member of decl.members)
    if (member.value === maximum)
      r.report(
        Fi.FLEXIBLE_ENUM_MEMBER_WITH_MAX_VALUE,
        member.span,
        `${maximum} stands for unknown values in a flexible enum: change '${member.name}', or mark it @unknown`,
      );
}

export function isUnknown({ attributes }: Member): boolean {
  return attributes.some(({ name, isDocComment }) => !isDocComment && name.text === "unknown");
}

function checkValues(r: Resolver, decl: LayoutDecl): void {
  const seen = new Map<bigint, Member>();
  for (const member of decl.members) {
    if (member.value === undefined) continue;
    const other = seen.get(member.value);
    if (other === undefined) seen.set(member.value, member);
    else
      r.report(
        Fi.DUPLICATE_MEMBER_VALUE,
        member.span,
        `'${member.name}' has the value of '${other.name}' at ${placeOf(other.span)}: ${member.value}`,
      );
  }
}
