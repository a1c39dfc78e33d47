/** Rules of the grammar for files and declarations. */
import type {
  AttributeNode,
  ComposeNode,
  DeclarationNode,
  DottedName,
  FileNode,
  MethodNode,
  Modifier,
  PayloadNode,
  ProtocolNode,
  ResourceNode,
  ServiceNode,
  TypeDeclNode,
  UsingNode,
} from "./ast.ts";
import { Fi } from "./codes.ts";
import type { Reporter } from "./diagnostic.ts";
import { lex } from "./lexer.ts";
import { afterAttributes, checkModifiers, namedMember, type } from "./parse_types.ts";
import { attributes, dottedName, modifiers, value } from "./parse_values.ts";
import { Parser, SyntaxFailure } from "./parser.ts";
import type { SourceFile } from "./source.ts";

const MODIFIERS: ReadonlySet<string> = new Set(["strict", "flexible", "resource", "open", "ajar", "closed"]);
const OPENNESS = ["open", "ajar", "closed"];
const STRICTNESS = ["strict", "flexible"];

/** Parses a file; undefined if it does not even say which library it belongs to. */
export function parseFile(file: SourceFile, reporter: Reporter): FileNode | undefined {
  const p = new Parser(file, lex(file, reporter).tokens, reporter);
  const recovering = (rule: () => void): void => {
    const first = p.peek();
    try {
      rule();
    } catch (error) {
      if (!(error instanceof SyntaxFailure)) throw error;
      p.skipDeclaration(first);
    }
  };

  let libraryAttributes: readonly AttributeNode[] = [];
  let library: DottedName | undefined;
  recovering(() => {
    libraryAttributes = attributes(p);
    library = libraryName(p);
  });
  const imports: UsingNode[] = [];
  const declarations: DeclarationNode[] = [];
  while (!p.is("end")) {
    recovering(() => {
      const { start } = p;
      const given = attributes(p);
      if (p.is("end")) afterAttributes(p, given);
      else if (p.isWord("using") && p.is("identifier", 1))
        imports.push(using(p, given, declarations.length > 0));
      else declarations.push(declaration(p, start, given));
    });
  }
  return library === undefined
    ? undefined
    : { file, library, attributes: libraryAttributes, imports, declarations };
}

function libraryName(p: Parser): DottedName {
  p.expectWord("library");
  const name = dottedName(p);
  for (const { text, span } of name.parts) {
    if (!/^[a-z][a-z0-9]*$/.test(text))
      p.report(
        Fi.INVALID_LIBRARY_NAME_COMPONENT,
        span,
        `invalid part '${text}' of a library's name: it consists of lower-case letters and digits`,
      );
  }
  p.expect(";");
  return name;
}

function using(p: Parser, given: readonly AttributeNode[], isLate: boolean): UsingNode {
  const { start } = p;
  p.expectWord("using");
  const library = dottedName(p);
  const alias = p.isWord("as") && p.advance() ? p.identifier() : null;
  if (p.is("="))
    throw p.fail(
      Fi.UNEXPECTED_TOKEN_OF_KIND,
      p.spanOf(p.peek()),
      "unexpected '=', was expecting ';' (aliases of types are written `alias A = B;`)",
    );
  p.expect(";");
  const span = p.spanFrom(start);
  for (const one of given)
    p.report(
      Fi.ATTRIBUTES_NOT_ALLOWED_ON_IMPORT,
      one.span,
      "an import has neither attributes nor doc comments",
    );
  if (isLate) p.report(Fi.LIBRARY_IMPORTS_MUST_BE_GROUPED, span, "imports stand before all declarations");
  return { library, alias, span };
}

function declaration(p: Parser, start: number, given: readonly AttributeNode[]): DeclarationNode {
  const words = modifiers(p, MODIFIERS, (ahead) => p.is("identifier", ahead));
  const word = p.peek();
  const begin = { attributes: given };
  if (word.text !== "protocol" && word.kind === "identifier") checkModifiers(p, words, [], `'${word.text}'`);
  switch (word.kind === "identifier" ? word.text : "") {
    case "const": {
      p.advance();
      const name = p.identifier();
      const constType = type(p);
      p.expect("=");
      const constant = value(p);
      p.expect(";");
      return { ...begin, kind: "const", name, type: constType, value: constant, span: p.spanFrom(start) };
    }
    case "type":
      return typeDeclaration(p, start, given);
    case "alias": {
      p.advance();
      const name = p.identifier();
      p.expect("=");
      const target = type(p);
      p.expect(";");
      return { ...begin, kind: "alias", name, type: target, span: p.spanFrom(start) };
    }
    case "protocol":
      return protocol(p, start, given, words);
    case "service":
      return service(p, start, given);
    case "resource_definition":
      return resource(p, start, given);
    default:
      throw invalidDeclaration(p);
  }
}

function invalidDeclaration(p: Parser): SyntaxFailure {
  const { kind, text } = p.peek();
  const isLayout = kind === "identifier" && ["struct", "table", "union", "bits", "enum"].includes(text);
  const hint = isLayout
    ? ` (it is written \`type Name = ${text} {...};\`)`
    : kind === "["
      ? " (attributes are written `@name(...)`)"
      : "";
  const shown = kind === "end" ? "end of file" : kind === "string" ? "a string" : `'${text}'`;
  return p.fail(
    Fi.EXPECTED_DECLARATION,
    p.spanOf(p.peek()),
    `${shown} begins no declaration${hint}; there are alias, const, protocol, resource_definition, service and type`,
  );
}

function typeDeclaration(p: Parser, start: number, given: readonly AttributeNode[]): TypeDeclNode {
  p.expectWord("type");
  const name = p.identifier();
  p.expect("=");
  const target = type(p);
  p.expect(";");
  if ("kind" in target.layout) {
    for (const { span } of target.layout.attributes)
      p.report(
        Fi.ATTRIBUTE_INSIDE_TYPE_DECLARATION,
        span,
        "attributes of a declared layout stand before the word `type`",
      );
  }
  return { kind: "type", attributes: given, name, type: target, span: p.spanFrom(start) };
}

function protocol(
  p: Parser,
  start: number,
  given: readonly AttributeNode[],
  words: readonly Modifier[],
): ProtocolNode {
  p.expectWord("protocol");
  checkModifiers(p, words, OPENNESS, "a protocol");
  const name = p.identifier();
  const composed: ComposeNode[] = [];
  const methods: MethodNode[] = [];
  p.expect("{");
  p.members(() => {
    const from = p.start;
    const memberAttributes = attributes(p);
    if (p.is("}") || p.is("end")) return afterAttributes(p, memberAttributes);
    const memberWords = modifiers(p, MODIFIERS, (ahead) => isMethodName(p, ahead));
    if (p.isWord("compose") && p.is("identifier", 1)) {
      p.advance();
      checkModifiers(p, memberWords, [], "'compose'");
      const target = dottedName(p);
      p.expect(";");
      composed.push({ attributes: memberAttributes, name: target, span: p.spanFrom(from) });
    } else {
      checkModifiers(p, memberWords, STRICTNESS, "a method");
      methods.push(method(p, from, memberAttributes, memberWords));
    }
    return undefined;
  });
  p.expect("}");
  p.expect(";");
  const span = p.spanFrom(start);
  return { kind: "protocol", attributes: given, modifiers: words, name, composed, methods, span };
}

/** What follows a modifier of a method, and not a method called `strict`: a name, or an event's arrow and name. */
function isMethodName(p: Parser, ahead: number): boolean {
  return p.is("identifier", ahead) || (p.is("->", ahead) && p.is("identifier", ahead + 1));
}

function method(
  p: Parser,
  start: number,
  given: readonly AttributeNode[],
  words: readonly Modifier[],
): MethodNode {
  const begin = { attributes: given, modifiers: words };
  if (p.accept("->")) {
    const name = p.identifier();
    const response = payload(p);
    if (p.isWord("error"))
      throw p.fail(
        Fi.UNEXPECTED_IDENTIFIER,
        p.spanOf(p.peek()),
        "unexpected 'error', was expecting ';': events have none",
      );
    p.expect(";");
    return { ...begin, name, request: null, response, error: null, span: p.spanFrom(start) };
  }
  if (!p.is("identifier"))
    throw p.fail(
      Fi.INVALID_PROTOCOL_MEMBER,
      p.spanOf(p.peek()),
      "a protocol contains methods, events and compose",
    );
  const name = p.identifier();
  if (!p.is("("))
    throw p.fail(
      Fi.INVALID_PROTOCOL_MEMBER,
      p.spanOf(p.peek()),
      `a method's name is followed by its request in parentheses, as in \`${name.text}();\``,
    );
  const request = payload(p);
  let response: PayloadNode | null = null;
  let error = null;
  if (p.accept("->")) {
    response = payload(p);
    if (p.isWord("error")) {
      p.advance();
      error = type(p);
    }
  }
  p.expect(";");
  return { ...begin, name, request, response, error, span: p.spanFrom(start) };
}

function payload(p: Parser): PayloadNode {
  const open = p.expect("(");
  if (p.is("doc"))
    p.report(
      Fi.DOC_COMMENT_ON_PARAMETERS,
      p.spanOf(p.peek()),
      "a doc comment cannot stand before a request or response; write it before the method",
    );
  while (p.accept("doc"));
  const given = p.is(")") ? null : type(p);
  p.expect(")");
  return { type: given, span: p.spanFrom(open.start) };
}

function service(p: Parser, start: number, given: readonly AttributeNode[]): ServiceNode {
  p.expectWord("service");
  const name = p.identifier();
  p.expect("{");
  const members = p.members(() => {
    const from = p.start;
    const memberAttributes = attributes(p);
    if (p.is("}") || p.is("end")) return afterAttributes(p, memberAttributes);
    return namedMember(p, from, memberAttributes);
  });
  p.expect("}");
  p.expect(";");
  return { kind: "service", attributes: given, name, members, span: p.spanFrom(start) };
}

function resource(p: Parser, start: number, given: readonly AttributeNode[]): ResourceNode {
  p.expectWord("resource_definition");
  const name = p.identifier();
  const subtype = p.accept(":") ? type(p, true) : null;
  p.expect("{");
  const word = p.expectWord("properties");
  p.expect("{");
  const properties = p.members(() => {
    const from = p.start;
    return namedMember(p, from, attributes(p));
  });
  p.expect("}");
  p.expect(";");
  if (properties.length === 0)
    p.report(Fi.MUST_HAVE_ONE_PROPERTY, p.spanOf(word), "a resource has at least one property");
  p.expect("}");
  p.expect(";");
  return { kind: "resource", attributes: given, name, subtype, properties, span: p.spanFrom(start) };
}
