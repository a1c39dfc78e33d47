/**
 * The canonical form of a `.fidl` file, in the manner of `fidl-format`: four spaces of indentation, a line for each member, for each attribute in
 * front of one and for each doc comment, one space where there is any, at most one empty line. Comments stay where they are.
 */
import { type Diagnostic, Reporter } from "./diagnostic.ts";
import { type Comment, lex, type Token } from "./lexer.ts";
import { parseFile } from "./parse_declarations.ts";
import { SourceFile, type SourceText } from "./source.ts";

export interface Formatted {
  /** There if there is no syntax error. */
  readonly text?: string;
  readonly diagnostics: readonly Diagnostic[];
}

/** Formats one file. Its names need not mean anything, but its syntax must be right. */
export function format(source: SourceText): Formatted {
  const file = new SourceFile(source);
  const reporter = new Reporter();
  parseFile(file, reporter);
  const errors = reporter.diagnostics.filter(({ severity }) => severity === "error");
  if (errors.length > 0) return { diagnostics: errors };
  const { tokens, comments } = lex(file, reporter);
  return { text: new Formatter(source.text, tokens, comments).run(), diagnostics: [] };
}

const INDENT = "    ";
const LAYOUT_WORDS: ReadonlySet<string> = new Set(["bits", "enum", "struct", "table", "union"]);

class Formatter {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  readonly #comments: readonly Comment[];
  #out = "";
  /** End of what was written last, in the source; undefined at its beginning. */
  #end: number | undefined;
  /** What the current token stands in. */
  readonly #brackets: ("(" | "{")[] = [];
  #mustBreak = false;
  /** Whether the next token begins a declaration or member. */
  #isStart = true;

  constructor(text: string, tokens: readonly Token[], comments: readonly Comment[]) {
    this.#text = text;
    this.#tokens = tokens;
    this.#comments = comments;
  }

  run(): string {
    let comment = 0;
    /** Last token of an attribute that has a line of its own. */
    let attributeEnd = -1;
    for (const [index, token] of this.#tokens.entries()) {
      for (
        let next = this.#comments[comment];
        next !== undefined && next.start < token.start;
        next = this.#comments[comment]
      ) {
        this.#comment(next);
        comment++;
      }
      if (token.kind === "end") break;
      if (token.kind === "@" && this.#isStart && index > attributeEnd)
        attributeEnd = this.#attributeEnd(index);
      this.#token(index, token);
      if (index === attributeEnd) {
        this.#mustBreak = true;
        this.#isStart = true;
      }
    }
    return this.#out === "" ? "" : `${this.#out}\n`;
  }

  #comment({ start, end }: Comment): void {
    const isTrailing = this.#end !== undefined && !this.#text.slice(this.#end, start).includes("\n");
    if (isTrailing) this.#out += " ";
    else this.#break(start);
    this.#out += this.#text.slice(start, end).trimEnd();
    this.#end = end;
    this.#mustBreak = true;
  }

  #token(index: number, token: Token): void {
    const { kind, start, end } = token;
    const previous = this.#tokens[index - 1];
    const isEmptyBody = kind === "}" && previous?.kind === "{" && !this.#mustBreakForComment(previous);
    if (kind === "}" || kind === ")") this.#brackets.pop();
    if (isEmptyBody) {
      this.#mustBreak = false;
    } else if (this.#end === undefined) this.#mustBreak = false;
    else if (this.#mustBreak || kind === "}" || kind === "doc") this.#break(start);
    else if (previous !== undefined && this.#isSpaced(index, previous, token)) this.#out += " ";
    this.#out += this.#text.slice(start, end).trimEnd();
    this.#end = end;
    if (kind === "{" || kind === "(") this.#brackets.push(kind);
    const endsLine = kind === "{" || kind === ";" || kind === "doc";
    this.#mustBreak = endsLine;
    this.#isStart = endsLine;
  }

  /** Whether a comment stands behind the brace. */
  #mustBreakForComment(brace: Token): boolean {
    return this.#end !== brace.end;
  }

  /** Begins a line for what is at `start` in the source, behind an empty one if there is one in the source. */
  #break(start: number): void {
    this.#mustBreak = false;
    if (this.#end === undefined) return;
    const between = this.#text.slice(this.#end, start);
    const isInside = !this.#out.endsWith("{") && this.#text[start] !== "}";
    const hasEmptyLine = isInside && between.indexOf("\n") !== between.lastIndexOf("\n");
    const depth = this.#brackets.filter((bracket) => bracket === "{").length;
    // A line within a declaration, which only a comment makes, is indented once more.
    const isContinued = !this.#isStart && this.#text[start] !== "}";
    this.#out += `${hasEmptyLine ? "\n\n" : "\n"}${INDENT.repeat(depth + (isContinued ? 1 : 0))}`;
  }

  #isSpaced(index: number, previous: Token, { kind }: Token): boolean {
    if (kind === ":" || previous.kind === ":")
      return this.#isSpacedColon(kind === ":" ? index : index - 1, kind === ":");
    if (kind === "=" || previous.kind === "=") return this.#brackets.at(-1) !== "(";
    if ([";", ",", ".", ")", ">", "<"].includes(kind)) return false;
    if (["(", "<", ".", "@"].includes(previous.kind)) return false;
    if (kind === "(") return previous.kind !== "identifier";
    return true;
  }

  /** `1: name`, `enum : uint8 {`, `vector<T>:N` */
  #isSpacedColon(colon: number, isBefore: boolean): boolean {
    const before = this.#tokens[colon - 1]!;
    const isResource = this.#tokens[colon - 2]?.text === "resource_definition";
    if (isResource || (LAYOUT_WORDS.has(before.text) && this.#opensBody(colon))) return true;
    const starter = this.#tokens[colon - 2]?.kind;
    const isOrdinal =
      before.kind === "number" &&
      (starter === "{" || starter === ";" || starter === "doc" || this.#isAttributeEnd(colon - 2));
    return isOrdinal && !isBefore;
  }

  /** Whether a type behind a colon is followed by a body. */
  #opensBody(colon: number): boolean {
    for (let at = colon + 1; ; at++) {
      const { kind } = this.#tokens[at]!;
      if (kind === "{") return true;
      if (kind !== "identifier" && kind !== ".") return false;
    }
  }

  /** Whether an attribute ends at a token: what is before the ordinal of a member. */
  #isAttributeEnd(index: number): boolean {
    const { kind } = this.#tokens[index]!;
    return kind === ")" || (kind === "identifier" && this.#tokens[index - 1]?.kind === "@");
  }

  #attributeEnd(at: number): number {
    if (this.#tokens[at + 2]?.kind !== "(") return at + 1;
    let depth = 0;
    for (let index = at + 2; index < this.#tokens.length; index++) {
      const { kind } = this.#tokens[index]!;
      if (kind === "(") depth++;
      else if (kind === ")" && --depth === 0) return index;
    }
    return at + 1;
  }
}
