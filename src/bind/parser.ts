import type { NameNode, UsingNode, ValueNode } from "./ast.ts";
import { type BindCode, Code } from "./codes.ts";
import type { Reporter } from "./diagnostic.ts";
import { lex, type Punctuation, type Token, type TokenKind } from "./lexer.ts";
import type { SourceFile, Span } from "./source.ts";

/** Thrown where a statement or a declaration cannot be understood any further; the diagnostic has been reported. */
export class Misread extends Error {}

const PUNCTUATION_CODES: Readonly<Partial<Record<Punctuation, BindCode>>> = {
  ";": Code.SEMICOLON,
  "=": Code.ASSIGNMENT,
};

/** What the parsers of rules and of libraries share: a place among the tokens, and what is common to both languages. */
export class Parser {
  readonly file: SourceFile;
  readonly reporter: Reporter;
  readonly #tokens: readonly Token[];
  #next = 0;
  /** Braces that are open. */
  #depth = 0;

  constructor(file: SourceFile, reporter: Reporter) {
    this.file = file;
    this.reporter = reporter;
    this.#tokens = lex(file, reporter);
  }

  get token(): Token {
    return this.#tokens[this.#next]!;
  }

  /** The last token is of kind "end" and stays. */
  advance(): Token {
    const { token } = this;
    if (token.kind !== "end") this.#next++;
    if (token.kind === "{") this.#depth++;
    if (token.kind === "}") this.#depth--;
    return token;
  }

  isAt(kind: TokenKind): boolean {
    return this.token.kind === kind;
  }

  isAtKeyword(...words: readonly string[]): boolean {
    return this.token.kind === "name" && words.includes(this.token.text);
  }

  take(kind: Punctuation): boolean {
    const found = this.isAt(kind);
    if (found) this.advance();
    return found;
  }

  takeKeyword(word: string): boolean {
    const found = this.isAtKeyword(word);
    if (found) this.advance();
    return found;
  }

  expect(kind: Punctuation, code: BindCode | undefined, what: string): Token {
    if (this.isAt(kind)) return this.advance();
    throw this.misread(code ?? PUNCTUATION_CODES[kind] ?? Code.CHARACTER, `expected \`${kind}\` ${what}`);
  }

  /** A missing semicolon is reported behind what it should end. At the end of a line, nothing else is taken to be wrong. */
  semicolon(): void {
    if (this.take(";")) return;
    const { file, token } = this;
    const { end } = this.#tokens[Math.max(0, this.#next - 1)]!;
    this.reporter.error(
      Code.SEMICOLON,
      { file, start: end, end },
      `expected \`;\` here, found ${this.found()}`,
    );
    if (!file.text.slice(end, token.start).includes("\n") && token.kind !== "}") throw new Misread();
  }

  name(what: string): NameNode {
    if (!this.isAt("name")) throw this.misread(Code.IDENTIFIER, `expected ${what}`);
    const token = this.advance();
    return { text: token.text, span: this.span(token) };
  }

  /** A name without dots that is no keyword. */
  identifier(what: string, keywords: readonly string[]): NameNode {
    const name = this.name(what);
    if (name.text.includes("."))
      this.reporter.error(Code.IDENTIFIER, name.span, `${what} has no dots in it: \`${name.text}\``);
    else if (keywords.includes(name.text))
      this.reporter.error(Code.IDENTIFIER, name.span, `\`${name.text}\` is a keyword and cannot be ${what}`);
    return name;
  }

  value(): ValueNode {
    const { token } = this;
    const span = this.span(token);
    if (!this.isAt("number") && !this.isAt("string") && !this.isAt("name"))
      throw this.misread(
        Code.CONDITION_VALUE,
        "expected a value: a number, a string, true, false or the name of a value",
      );
    this.advance();
    if (token.kind === "number") return { kind: "literal", value: Number(token.text), span };
    if (token.kind === "string") return { kind: "literal", value: token.text, span };
    if (token.text === "true" || token.text === "false")
      return { kind: "literal", value: token.text === "true", span };
    return { kind: "name", text: token.text, span };
  }

  /** `using a.b.c;` and `using a.b.c as d;`, any number of them. */
  usingList(keywords: readonly string[]): UsingNode[] {
    const all: UsingNode[] = [];
    while (this.isAtKeyword("using")) {
      this.recovering(() => {
        this.advance();
        const library = this.name("a library's name");
        const alias = this.takeKeyword("as")
          ? this.identifier("a library's other name", keywords)
          : undefined;
        all.push({ library, alias });
        this.semicolon();
      });
    }
    return all;
  }

  /** Reads one statement or declaration; when it is misread, goes on behind it. */
  recovering(read: () => void): void {
    const start = this.#next;
    const depth = this.#depth;
    try {
      read();
    } catch (error) {
      if (!(error instanceof Misread)) throw error;
      if (this.reporter.isFull) this.#next = this.#tokens.length - 1;
      this.#skip(depth);
      if (this.#next === start) this.advance();
      this.#depth = depth;
    }
  }

  /** To behind the next semicolon or whole block, or in front of the end of the block that we are in, whose depth is given. */
  #skip(depth: number): void {
    // A semicolon also ends a list that was left open; blocks that open from here on must close.
    const inside = this.#depth;
    while (!this.isAt("end")) {
      if (this.isAt("}") && this.#depth === depth) return;
      const { kind } = this.advance();
      if (this.#depth > inside) continue;
      if (kind === ";") return;
      // A declaration's list is followed by a semicolon, a block by what continues it.
      if (kind === "}" && this.#depth === depth && !this.isAt(";") && !this.isAtKeyword("else")) return;
    }
  }

  misread(code: BindCode, expected: string): Misread {
    this.reporter.error(code, this.span(this.token), `${expected}, found ${this.found()}`);
    return new Misread();
  }

  found(): string {
    const { kind, text } = this.token;
    if (kind === "end") return "the end of the file";
    return kind === "string" ? "a string" : `\`${text}\``;
  }

  span(first: Token | Span, last: Token | Span = first): Span {
    return { file: this.file, start: first.start, end: last.end };
  }
}
