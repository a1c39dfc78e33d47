import type { Identifier } from "./ast.ts";
import { Fi, type FiCode } from "./codes.ts";
import type { Reporter } from "./diagnostic.ts";
import type { Token, TokenKind } from "./lexer.ts";
import type { SourceFile, Span } from "./source.ts";

/** Thrown after a syntax error has been reported; whoever can go on behind the error catches it. */
export class SyntaxFailure extends Error {}

/** More than anybody nests, and few enough that the parser's recursion cannot exhaust the stack. */
const MAX_NESTING = 64;

const DECLARATION_WORDS = new Set([
  "alias",
  "const",
  "library",
  "protocol",
  "resource_definition",
  "service",
  "type",
  "using",
]);

/**
 * The reader's place in a file's tokens, and what every rule of the grammar needs: look ahead, expect, report, recover.
 * The rules themselves are in `parse_*.ts`. A keyword is one only where the grammar can use it.
 */
export class Parser {
  readonly file: SourceFile;
  readonly reporter: Reporter;
  readonly #tokens: readonly Token[];
  #at = 0;
  #nesting = 0;

  constructor(file: SourceFile, tokens: readonly Token[], reporter: Reporter) {
    this.file = file;
    this.#tokens = tokens;
    this.reporter = reporter;
  }

  /** The token `ahead` of the current one, without moving; the end of the file repeats. */
  peek(ahead = 0): Token {
    return this.#tokens[Math.min(this.#at + ahead, this.#tokens.length - 1)]!;
  }

  is(kind: TokenKind, ahead = 0): boolean {
    return this.peek(ahead).kind === kind;
  }

  isWord(word: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === "identifier" && token.text === word;
  }

  advance(): Token {
    const token = this.peek();
    if (token.kind !== "end") this.#at++;
    return token;
  }

  accept(kind: TokenKind): Token | undefined {
    return this.is(kind) ? this.advance() : undefined;
  }

  expect(kind: TokenKind): Token {
    const token = this.accept(kind);
    if (token !== undefined) return token;
    const found = this.peek();
    throw this.fail(
      Fi.UNEXPECTED_TOKEN_OF_KIND,
      this.spanOf(found),
      `unexpected ${described(found)}, was expecting ${describedKind(kind)}${legacyHint(found)}`,
    );
  }

  expectWord(word: string): Token {
    if (this.isWord(word)) return this.advance();
    const found = this.peek();
    const code = found.kind === "identifier" ? Fi.UNEXPECTED_IDENTIFIER : Fi.UNEXPECTED_TOKEN_OF_KIND;
    throw this.fail(code, this.spanOf(found), `unexpected ${described(found)}, was expecting '${word}'`);
  }

  identifier(): Identifier {
    const token = this.expect("identifier");
    return { text: token.text, span: this.spanOf(token) };
  }

  /** What is behind the partner of the parenthesis `ahead`, as a number of tokens ahead. */
  behindParentheses(ahead: number): number {
    let depth = 0;
    for (let at = ahead; ; at++) {
      const { kind } = this.peek(at);
      if (kind === "(") depth++;
      else if (kind === ")") depth--;
      if (depth === 0) return at + 1;
      // Nothing that has arguments contains one of these.
      if (kind === ";" || kind === "end") return at;
    }
  }

  /** Offset of the current token: where a span begins. */
  get start(): number {
    return this.peek().start;
  }

  /** The span from an offset to the last token read. */
  spanFrom(start: number): Span {
    const last = this.#tokens[this.#at - 1];
    return { file: this.file, start, end: Math.max(start, last?.end ?? start) };
  }

  spanOf({ start, end }: { start: number; end: number }): Span {
    return { file: this.file, start, end };
  }

  report(code: FiCode, span: Span, message: string): void {
    this.reporter.report(code, span, message);
  }

  /** Reports, and gives what to throw where the rule cannot go on. */
  fail(code: FiCode, span: Span, message: string): SyntaxFailure {
    this.reporter.report(code, span, message);
    return new SyntaxFailure(message);
  }

  unexpected(): SyntaxFailure {
    const found = this.peek();
    return this.fail(
      Fi.UNEXPECTED_TOKEN,
      this.spanOf(found),
      `unexpected ${described(found)}${legacyHint(found)}`,
    );
  }

  /** Runs a rule that can contain itself. */
  nested<T>(rule: () => T): T {
    if (this.#nesting >= MAX_NESTING)
      throw this.fail(Fi.TOO_DEEP, this.spanOf(this.peek()), `nested more than ${MAX_NESTING} deep`);
    this.#nesting++;
    try {
      return rule();
    } finally {
      this.#nesting--;
    }
  }

  /**
   * Members up to the closing brace, which is left to be read. After a syntax error it goes on behind the member in
   * which the error is.
   */
  members<T>(rule: () => T | undefined): T[] {
    const members: T[] = [];
    while (!this.is("}") && !this.is("end")) {
      const before = this.#at;
      try {
        const member = rule();
        if (member !== undefined) members.push(member);
      } catch (error) {
        if (!(error instanceof SyntaxFailure)) throw error;
        if (!this.#skipMember(before)) throw error;
      }
    }
    return members;
  }

  /**
   * Skips to behind the `;` of the member that begins at token `from`; false if its braces never close, or if it is not a
   * member at all but the next declaration, the brace before it missing.
   */
  #skipMember(from: number): boolean {
    const failed = this.#at;
    let depth = 0;
    for (let at = from; ; at++) {
      const { kind } = this.#tokens[at]!;
      if (kind === "end" || this.#startsDeclaration(at)) {
        this.#at = at;
        return false;
      }
      if (kind === "{") depth++;
      else if (kind === "}" && depth-- === 0) {
        this.#at = at;
        return true;
      } else if (kind === ";" && depth === 0 && at >= failed) {
        this.#at = at + 1;
        return true;
      }
    }
  }

  /** Skips to the next declaration after a syntax error in one. */
  skipDeclaration(from: Token): void {
    let depth = 0;
    if (this.peek() === from) this.advance();
    for (; !this.is("end"); this.advance()) {
      const { kind } = this.peek();
      if (this.#startsDeclaration(this.#at)) return;
      if (kind === "{") depth++;
      else if (kind === "}") depth = Math.max(0, depth - 1);
      else if (kind === ";" && depth === 0) {
        this.advance();
        // The rest of a declaration whose body has been given up.
        while (this.is("}") || this.is(";")) this.advance();
        return;
      }
    }
  }

  /** A word that begins declarations, at the very start of a line: whatever came before, here is one. */
  #startsDeclaration(index: number): boolean {
    const { kind, text, start } = this.#tokens[index]!;
    return (
      kind === "identifier" &&
      DECLARATION_WORDS.has(text) &&
      (start === 0 || this.file.text[start - 1] === "\n") &&
      this.#tokens[index + 1]?.kind === "identifier"
    );
  }
}

function described({ kind, text }: Token): string {
  if (kind === "end") return "end of file";
  if (kind === "string") return "string";
  if (kind === "doc") return "doc comment";
  return `'${text}'`;
}

function describedKind(kind: TokenKind): string {
  switch (kind) {
    case "identifier":
      return "a name";
    case "number":
      return "a number";
    case "string":
      return "a string";
    case "doc":
      return "a doc comment";
    case "end":
      return "the end of the file";
    default:
      return `'${kind}'`;
  }
}

/** For those who still write the syntax that FIDL had before 2021. */
function legacyHint({ kind }: Token): string {
  if (kind === "?") return " (optional types are written `box<T>` or `T:optional`)";
  if (kind === "[") return " (attributes are written `@name(...)`)";
  return "";
}
