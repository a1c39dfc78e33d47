/** Rules of the grammar for names, values and attributes. */
import type {
  AttributeArg,
  AttributeNode,
  DottedName,
  Identifier,
  LiteralValue,
  Modifier,
  ValueNode,
} from "./ast.ts";
import { Fi } from "./codes.ts";
import type { Token } from "./lexer.ts";
import type { Parser } from "./parser.ts";
import { spanText } from "./source.ts";

export function dottedName(p: Parser): DottedName {
  const { start } = p;
  const parts = [p.identifier()];
  while (p.accept(".")) parts.push(p.identifier());
  return { parts, span: p.spanFrom(start) };
}

export function literal(p: Parser): LiteralValue | undefined {
  const token = p.peek();
  let kind: LiteralValue["literal"];
  if (token.kind === "string" || token.kind === "number") kind = token.kind;
  else if (p.isWord("true") || p.isWord("false")) kind = "bool";
  else return undefined;
  p.advance();
  return { kind: "literal", literal: kind, text: token.text, span: p.spanOf(token) };
}

/** `A | b.C | 4` */
export function value(p: Parser): ValueNode {
  const { start } = p;
  let left = term(p);
  while (p.accept("|")) {
    const right = term(p);
    left = { kind: "or", left, right, span: p.spanFrom(start) };
  }
  return left;
}

function term(p: Parser): ValueNode {
  if (p.accept("(")) {
    const inner = p.nested(() => value(p));
    p.expect(")");
    return inner;
  }
  const known = literal(p);
  if (known !== undefined) return known;
  if (!p.is("identifier")) throw p.unexpected();
  const name = dottedName(p);
  return { kind: "name", name, span: name.span };
}

/** Doc comments and attributes, in front of anything. */
export function attributes(p: Parser): AttributeNode[] {
  const list: AttributeNode[] = [];
  for (;;) {
    if (p.is("doc")) list.push(docComment(p));
    else if (p.is("@")) list.push(attribute(p));
    else return list;
  }
}

/** Lines of `///` that follow each other, as one attribute. */
function docComment(p: Parser): AttributeNode {
  const first = p.advance();
  const lines = [first];
  while (p.is("doc")) {
    const previous = lines.at(-1)!;
    const next = p.advance();
    checkBetween(p, previous, next);
    lines.push(next);
  }
  const span = p.spanFrom(first.start);
  if (p.is("end") || p.is("}"))
    p.report(
      Fi.DOC_COMMENT_MUST_BE_FOLLOWED,
      span,
      "a doc comment that nothing follows; write // for a plain comment",
    );
  const text = lines.map((line) => line.text.slice(3).trimEnd().replace(/^ /, "")).join("\n");
  return {
    name: { text: "doc", span },
    args: [{ name: null, value: { kind: "literal", literal: "string", text, span }, span }],
    isDocComment: true,
    span,
  };
}

function checkBetween(p: Parser, previous: Token, next: Token): void {
  const span = p.spanOf({ start: previous.end, end: next.start });
  const between = spanText(span);
  if (between.includes("//"))
    p.report(Fi.COMMENT_WITHIN_DOC_COMMENT, p.spanOf(next), "a doc comment with a plain comment inside");
  else if (between.indexOf("\n") !== between.lastIndexOf("\n"))
    p.report(Fi.BLANK_LINES_WITHIN_DOC_COMMENT, p.spanOf(next), "a doc comment with an empty line inside");
}

function attribute(p: Parser): AttributeNode {
  const { start } = p;
  p.expect("@");
  const name = p.identifier();
  const args = p.is("(") ? attributeArgs(p) : [];
  return { name, args, isDocComment: false, span: p.spanFrom(start) };
}

function attributeArgs(p: Parser): AttributeArg[] {
  const open = p.expect("(");
  if (p.accept(")")) {
    p.report(
      Fi.ATTRIBUTE_WITH_EMPTY_PARENS,
      p.spanFrom(open.start),
      "an attribute without arguments has no parentheses",
    );
    return [];
  }
  const args = [attributeArg(p)];
  while (p.accept(",")) args.push(attributeArg(p));
  p.expect(")");
  const unnamed = args.find((arg) => arg.name === null);
  if (args.length > 1 && unnamed !== undefined)
    p.report(
      Fi.ATTRIBUTE_ARGS_MUST_ALL_BE_NAMED,
      unnamed.span,
      "an attribute with more than one argument names them all",
    );
  return args;
}

function attributeArg(p: Parser): AttributeArg {
  const { start } = p;
  let name: Identifier | null = null;
  if (p.is("identifier") && p.is("=", 1)) {
    name = p.identifier();
    p.advance();
  }
  const given = value(p);
  if (name === null && given.kind === "name" && p.is("="))
    throw p.fail(
      Fi.INVALID_IDENTIFIER,
      given.span,
      `invalid identifier '${spanText(given.span)}': an argument's name is a plain word`,
    );
  return { name, value: given, span: p.spanFrom(start) };
}

/** `strict`, `resource(added=2)`: each word of `words` that is followed by what a modifier can be followed by. */
export function modifiers(
  p: Parser,
  words: ReadonlySet<string>,
  isFollowed: (ahead: number) => boolean,
): Modifier[] {
  const list: Modifier[] = [];
  for (;;) {
    const token = p.peek();
    if (token.kind !== "identifier" || !words.has(token.text)) return list;
    const hasArgs = p.is("(", 1);
    if (!isFollowed(hasArgs ? p.behindParentheses(1) : 1)) return list;
    const { start } = p;
    p.advance();
    const args = hasArgs ? attributeArgs(p) : [];
    const span = p.spanFrom(start);
    const name = { text: "available", span: p.spanOf(token) };
    list.push({
      name: token.text,
      available: hasArgs ? { name, args, isDocComment: false, span } : null,
      span: p.spanOf(token),
    });
  }
}
