import { Code } from "./codes.ts";
import type { Reporter } from "./diagnostic.ts";
import { MAX_NUMBER, stringProblem } from "./properties.ts";
import type { SourceFile } from "./source.ts";

/**
 * A punctuation mark is its own kind. A name is one identifier or several joined by dots; keywords are names, and which of them are,
 * depends on where they stand.
 */
export type TokenKind = "name" | "number" | "string" | "end" | Punctuation;
export type Punctuation = "{" | "}" | ";" | "," | "=" | "==" | "!=";

export interface Token {
  readonly kind: TokenKind;
  readonly start: number;
  readonly end: number;
  /** As written; of a string what it stands for. */
  readonly text: string;
}

const BLANK = /[ \t\r\n]+/y;
const LINE_COMMENT = /\/\/[^\n]*/y;
const NAME = /[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z][A-Za-z0-9_]*)*/y;
/** All that could belong to a number. */
const NUMBER = /[0-9][0-9A-Za-z_.]*/y;
const PUNCTUATION = /==|!=|[{};,=]/y;
const STRING = /"(?:[^"\\\n]|\\[^\n])*/y;
const COMMENT_MARK = /\/\*|\*\//g;

/** Cuts a file into tokens, the last of which is of kind "end". What is wrong is reported; a bad literal stays as a token. */
export function lex(file: SourceFile, reporter: Reporter): Token[] {
  const { text } = file;
  const tokens: Token[] = [];
  let at = 0;
  const match = (pattern: RegExp): number => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0].length ?? 0;
  };
  const error = (code: Parameters<Reporter["error"]>[0], start: number, end: number, message: string) =>
    reporter.error(code, { file, start, end }, message);
  const push = (kind: TokenKind, length: number, value = text.slice(at, at + length)): void => {
    tokens.push({ kind, start: at, end: at + length, text: value });
    at += length;
  };

  while (at < text.length) {
    const skipped = match(BLANK) || match(LINE_COMMENT);
    if (skipped > 0) {
      at += skipped;
      continue;
    }
    if (text.startsWith("/*", at)) {
      const end = blockCommentEnd(text, at);
      if (end === undefined)
        error(
          Code.UNTERMINATED_COMMENT,
          at,
          at + 2,
          "this comment has no end; comments can stand in one another",
        );
      at = end ?? text.length;
      continue;
    }
    const name = match(NAME);
    const punctuation = match(PUNCTUATION);
    const number = match(NUMBER);
    if (name > 0) {
      for (const part of text.slice(at, at + name).split("."))
        if (part.endsWith("_"))
          error(Code.IDENTIFIER, at, at + name, `\`${part}\` is no identifier: it ends in an underscore`);
      push("name", name);
    } else if (number > 0) {
      const problem = numberProblem(text.slice(at, at + number));
      if (problem !== undefined) error(problem.code, at, at + number, problem.message);
      push("number", number);
    } else if (punctuation > 0) push(text.slice(at, at + punctuation) as Punctuation, punctuation);
    else if (text[at] === '"') lexString();
    else {
      const bad = String.fromCodePoint(text.codePointAt(at)!);
      error(Code.CHARACTER, at, at + bad.length, `unexpected character '${bad}'`);
      at += bad.length;
    }
  }
  push("end", 0);
  return tokens;

  function lexString(): void {
    const length = match(STRING);
    const isClosed = text[at + length] === '"';
    const written = text.slice(at + 1, at + length);
    const value = written.replaceAll(/\\(.)/gsu, "$1");
    if (!isClosed)
      error(Code.STRING_LITERAL, at, at + length, "the closing quote of this string is missing on its line");
    for (const { index, 0: sequence } of written.matchAll(/\\./gsu))
      if (sequence !== '\\"' && sequence !== "\\\\")
        error(
          Code.STRING_LITERAL,
          at + 1 + index,
          at + 1 + index + sequence.length,
          `unknown escape '${sequence}'; there are \\" and \\\\`,
        );
    const problem = stringProblem(value);
    if (problem !== undefined) error(Code.STRING_LENGTH, at, at + length, problem);
    push("string", length + (isClosed ? 1 : 0), value);
  }
}

function numberProblem(text: string): { code: "E003" | "E602"; message: string } | undefined {
  if (!/^(?:[0-9]+|0x[0-9A-Fa-f]+)$/.test(text))
    return { code: Code.NUMERIC_LITERAL, message: `\`${text}\` is no number; numbers are like 42 and 0x2a` };
  if (Number(text) > MAX_NUMBER)
    return {
      code: Code.INTEGER_OUT_OF_RANGE,
      message: `${text} is too large; the largest number is 0xffffffff`,
    };
  return undefined;
}

/** Where the comment that starts at `start` ends, or undefined. */
function blockCommentEnd(text: string, start: number): number | undefined {
  let depth = 0;
  COMMENT_MARK.lastIndex = start;
  for (let mark = COMMENT_MARK.exec(text); mark !== null; mark = COMMENT_MARK.exec(text)) {
    depth += mark[0] === "/*" ? 1 : -1;
    if (depth === 0) return COMMENT_MARK.lastIndex;
  }
  return undefined;
}
