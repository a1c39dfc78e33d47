/** Rules of the grammar for types and layouts. */
import type {
  AttributeNode,
  DottedName,
  LayoutKind,
  LayoutNode,
  LiteralValue,
  MemberNode,
  Modifier,
  TypeNode,
  TypeParameter,
  ValueNode,
} from "./ast.ts";
import { Fi } from "./codes.ts";
import { attributes, dottedName, literal, modifiers, value } from "./parse_values.ts";
import type { Parser } from "./parser.ts";
import { spanText } from "./source.ts";

const LAYOUT_KINDS: ReadonlySet<string> = new Set<LayoutKind>(["struct", "table", "union", "bits", "enum"]);
const LAYOUT_MODIFIERS: ReadonlySet<string> = new Set(["strict", "flexible", "resource"]);
/** Which modifiers each kind of layout may have. */
const ALLOWED_MODIFIERS: { readonly [K in LayoutKind]: readonly string[] } = {
  struct: ["resource"],
  table: ["resource"],
  union: ["strict", "flexible", "resource"],
  bits: ["strict", "flexible"],
  enum: ["strict", "flexible"],
};
/** Table and union ordinals are 64 bits on the wire, and 32 in the language. */
const MAX_ORDINAL = 0xffff_ffff;

/**
 * A type wherever one is wanted, with the attributes that an anonymous layout may have. `beforeBody`: the one behind bits, an enum or a
 * resource, whose body follows.
 */
export function type(p: Parser, beforeBody = false): TypeNode {
  return p.nested(() => {
    const { start } = p;
    const given = attributes(p);
    const words = modifiers(p, LAYOUT_MODIFIERS, (ahead) => p.is("identifier", ahead));
    let layout: DottedName | LayoutNode;
    if (isLayout(p)) layout = layoutBody(p, start, given, words);
    else {
      if (given.length > 0) rejectAttributes(p, given);
      if (!p.is("identifier")) throw p.unexpected();
      layout = dottedName(p);
      if (p.is("{") && !beforeBody) {
        throw p.fail(
          Fi.INVALID_LAYOUT_CLASS,
          layout.span,
          `'${spanText(layout.span)}' is no kind of layout; there are bits, enum, struct, table and union`,
        );
      }
      for (const word of words)
        p.report(
          Fi.CANNOT_SPECIFY_MODIFIER,
          word.span,
          `'${word.name}' stands before a layout, not before the name of a type`,
        );
    }
    return typeRest(p, start, layout);
  });
}

function typeRest(p: Parser, start: number, layout: DottedName | LayoutNode): TypeNode {
  const parameters = p.is("<") ? typeParameters(p) : null;
  const constraints = p.accept(":") ? typeConstraints(p) : null;
  if (p.is(":"))
    throw p.fail(
      Fi.MULTIPLE_CONSTRAINT_DEFINITIONS,
      p.spanOf(p.peek()),
      "a type has one set of constraints; several are written as :<A, B>",
    );
  return { layout, parameters, constraints, span: p.spanFrom(start) };
}

function typeParameters(p: Parser): NonNullable<TypeNode["parameters"]> {
  const open = p.expect("<");
  const items = [typeParameter(p)];
  while (p.accept(",")) items.push(typeParameter(p));
  p.expect(">");
  return { items, span: p.spanFrom(open.start) };
}

function typeParameter(p: Parser): TypeParameter {
  return literal(p) ?? type(p);
}

function typeConstraints(p: Parser): NonNullable<TypeNode["constraints"]> {
  const { start } = p;
  const items: ValueNode[] = [];
  if (p.accept("<")) {
    do items.push(value(p));
    while (p.accept(","));
    p.expect(">");
  } else items.push(value(p));
  return { items, span: p.spanFrom(start) };
}

function rejectAttributes(p: Parser, given: readonly AttributeNode[]): void {
  for (const { span, isDocComment } of given) {
    if (isDocComment)
      p.report(Fi.DOC_COMMENT_ON_PARAMETERS, span, "a doc comment cannot stand before a type");
    else
      p.report(
        Fi.CANNOT_ATTACH_ATTRIBUTE_TO_IDENTIFIER,
        span,
        "an attribute can stand before a layout, not before the name of a type",
      );
  }
}

/** Whether a layout begins `ahead`: its kind and then a brace or a colon, so that `struct` can also be a name. */
function isLayout(p: Parser, ahead = 0): boolean {
  const token = p.peek(ahead);
  if (token.kind !== "identifier") return false;
  if (token.text === "overlay") return p.is("{", ahead + 1);
  return LAYOUT_KINDS.has(token.text) && (p.is("{", ahead + 1) || isSubtyped(p, ahead));
}

/** `bits : uint8 {`, and not `x enum:optional;`, where `enum` is the name of a type. */
function isSubtyped(p: Parser, ahead: number): boolean {
  if (!p.is(":", ahead + 1)) return false;
  for (let at = ahead + 2; ; at++) {
    const { kind } = p.peek(at);
    if (kind === "{") return true;
    if (kind === ";" || kind === "end" || kind === ")" || kind === "}" || kind === "=") return false;
  }
}

function layoutBody(
  p: Parser,
  start: number,
  given: readonly AttributeNode[],
  words: readonly Modifier[],
): LayoutNode {
  const word = p.advance();
  if (word.text === "overlay")
    throw p.fail(
      Fi.NOT_SUPPORTED,
      p.spanOf(word),
      "overlays are experimental in FIDL and not supported here",
    );
  const kind = word.text as LayoutKind;
  checkModifiers(p, words, ALLOWED_MODIFIERS[kind], kind);
  let subtype: TypeNode | null = null;
  if (p.is(":")) {
    const colon = p.advance();
    subtype = p.is("number") || p.is("string") ? wrappedLiteral(p) : type(p, true);
    if (kind !== "bits" && kind !== "enum")
      p.report(
        Fi.CANNOT_SPECIFY_SUBTYPE,
        p.spanFrom(colon.start),
        `a ${kind} has no type behind it; bits and enums have`,
      );
    else if ("kind" in subtype.layout)
      p.report(
        Fi.INVALID_WRAPPED_TYPE,
        subtype.span,
        `the type behind ${kind === "bits" ? "bits" : "an enum"} is named, not written out`,
      );
  }
  const open = p.expect("{");
  const { errors } = p.reporter;
  const members = p.members(() => member(p, kind));
  p.expect("}");
  const span = p.spanFrom(start);
  if (members.length === 0 && p.reporter.errors === errors)
    checkEmpty(p, kind, words, p.spanFrom(open.start));
  return { kind, attributes: given, modifiers: words, subtype, members, span };
}

function wrappedLiteral(p: Parser): never {
  throw p.fail(
    Fi.INVALID_WRAPPED_TYPE,
    p.spanOf(p.peek()),
    "the type behind bits or an enum is the name of an integer type",
  );
}

function checkEmpty(p: Parser, kind: LayoutKind, words: readonly Modifier[], span: MemberNode["span"]): void {
  if (kind === "struct" || kind === "table" || !words.some((word) => word.name === "strict")) return;
  p.report(Fi.MUST_HAVE_ONE_MEMBER, span, `a strict ${kind} has at least one member`);
}

/** Reports modifiers that do not belong, that repeat, or that contradict each other. */
export function checkModifiers(
  p: Parser,
  words: readonly Modifier[],
  allowed: readonly string[],
  what: string,
): void {
  const seen: Modifier[] = [];
  for (const word of words) {
    const same = seen.find((other) => other.name === word.name);
    const rival = seen.find((other) => isRival(other.name, word.name));
    if (!allowed.includes(word.name))
      p.report(
        Fi.CANNOT_SPECIFY_MODIFIER,
        word.span,
        `'${word.name}' is no modifier of ${what}; there ${
          allowed.length === 0 ? "are none" : `${allowed.length === 1 ? "is" : "are"} ${allowed.join(", ")}`
        }`,
      );
    // Versions of one modifier may follow each other: strict(removed=2) flexible(added=2).
    else if (same !== undefined && word.available === null)
      p.report(Fi.DUPLICATE_MODIFIER, word.span, `'${word.name}' is written twice`);
    else if (rival !== undefined && word.available === null)
      p.report(Fi.CONFLICTING_MODIFIER, word.span, `'${word.name}' contradicts '${rival.name}'`);
    seen.push(word);
  }
}

function isRival(one: string, other: string): boolean {
  const families = [
    ["strict", "flexible"],
    ["open", "ajar", "closed"],
  ];
  return one !== other && families.some((family) => family.includes(one) && family.includes(other));
}

function member(p: Parser, kind: LayoutKind): MemberNode | undefined {
  const { start } = p;
  const given = attributes(p);
  if (p.is("}") || p.is("end")) return afterAttributes(p, given);
  switch (kind) {
    case "struct":
      return namedMember(p, start, given);
    case "table":
    case "union":
      return ordinalMember(p, start, given);
    default: {
      const name = p.identifier();
      p.expect("=");
      const memberValue = value(p);
      p.expect(";");
      return {
        attributes: given,
        name,
        ordinal: null,
        type: null,
        value: memberValue,
        span: p.spanFrom(start),
      };
    }
  }
}

/** Attributes at the end of a body, before nothing. */
export function afterAttributes(p: Parser, given: readonly AttributeNode[]): undefined {
  if (given.some((one) => !one.isDocComment)) throw p.unexpected();
  return undefined;
}

/** `name type;` as in structs, services and resource definitions; of structs with a default. */
export function namedMember(p: Parser, start: number, given: readonly AttributeNode[]): MemberNode {
  const name = p.identifier();
  const memberType = type(p);
  const initial = p.accept("=") ? value(p) : null;
  p.expect(";");
  return {
    attributes: given,
    name,
    ordinal: null,
    type: memberType,
    value: initial,
    span: p.spanFrom(start),
  };
}

function ordinalMember(p: Parser, start: number, given: readonly AttributeNode[]): MemberNode | undefined {
  const number = p.accept("number");
  if (number === undefined) {
    if (p.is("identifier"))
      throw p.fail(
        Fi.MISSING_ORDINAL_BEFORE_MEMBER,
        p.spanOf(p.peek()),
        "a member of a table or union begins with its ordinal, as in `1: name type;`",
      );
    throw p.unexpected();
  }
  const span = p.spanOf(number);
  const ordinal: LiteralValue = { kind: "literal", literal: "number", text: number.text, span };
  checkOrdinal(p, ordinal);
  p.expect(":");
  if (p.isWord("reserved") && p.is(";", 1)) {
    p.report(
      Fi.RESERVED_NOT_ALLOWED,
      p.spanOf(p.advance()),
      "reserved members are no longer part of FIDL; leave the ordinal out, or use @available(removed=...)",
    );
    p.expect(";");
    return undefined;
  }
  const name = p.identifier();
  const memberType = type(p);
  p.expect(";");
  return { attributes: given, name, ordinal, type: memberType, value: null, span: p.spanFrom(start) };
}

function checkOrdinal(p: Parser, { text, span }: LiteralValue): void {
  const number = /^(0x[0-9a-f]+|0b[01]+|\d+)$/i.test(text) ? Number(text) : Number.NaN;
  if (number === 0) p.report(Fi.ORDINALS_MUST_START_AT_ONE, span, "ordinals start at 1");
  else if (!(number <= MAX_ORDINAL))
    p.report(Fi.ORDINAL_OUT_OF_BOUND, span, `'${text}' is no ordinal: they are numbers from 1 to 0xffffffff`);
}
