import { Fi } from "./codes.ts";
import type { Reporter } from "./diagnostic.ts";
import type { SourceFile } from "./source.ts";

/** A punctuation mark is its own kind. Keywords are identifiers: which of them are, depends on where they stand. */
export type TokenKind = "identifier" | "number" | "string" | "doc" | "end" | Punctuation;
export type Punctuation =
  | "("
  | ")"
  | "["
  | "]"
  | "{"
  | "}"
  | "<"
  | ">"
  | "@"
  | "."
  | ","
  | ";"
  | ":"
  | "?"
  | "="
  | "&"
  | "|"
  | "->";

export interface Token {
  readonly kind: TokenKind;
  /** In UTF-16 units. */
  readonly start: number;
  readonly end: number;
  /** As written; of a string what it stands for. */
  readonly text: string;
}

/** A comment that is no doc comment; only a formatter wants it. */
export interface Comment {
  readonly start: number;
  readonly end: number;
}

export interface Tokens {
  /** The last one is of kind "end". */
  readonly tokens: readonly Token[];
  readonly comments: readonly Comment[];
}

const BLANK = /[ \t\r\n]+/y;
const WORD = /[A-Za-z][A-Za-z0-9_]*/y;
/** All that could belong to a number; whether it is one is found where its value is wanted. */
const NUMBER = /-?[0-9A-Za-z_.-]+/y;
const LINE_COMMENT = /\/\/[^\n]*/y;
const PUNCTUATION = /->|[()[\]{}<>@.,;:?=&|]/y;

/** Cuts a file into tokens. What is wrong is reported and left out. */
export function lex(file: SourceFile, reporter: Reporter): Tokens {
  const { text } = file;
  const tokens: Token[] = [];
  const comments: Comment[] = [];
  let at = 0;

  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0];
  };
  const push = (kind: TokenKind, length: number, value = text.slice(at, at + length)): void => {
    tokens.push({ kind, start: at, end: at + length, text: value });
    at += length;
  };

  while (at < text.length) {
    const blank = match(BLANK);
    if (blank !== undefined) {
      at += blank.length;
      continue;
    }
    const char = text[at]!;
    const comment = match(LINE_COMMENT)?.replace(/\r$/, "");
    const punctuation = match(PUNCTUATION) as Punctuation | undefined;
    const word = match(WORD);
    if (comment !== undefined) {
      if (comment.startsWith("///") && !comment.startsWith("////")) push("doc", comment.length);
      else {
        comments.push({ start: at, end: at + comment.length });
        at += comment.length;
      }
    } else if (word !== undefined) {
      if (word.endsWith("_"))
        reporter.report(
          Fi.INVALID_IDENTIFIER,
          { file, start: at, end: at + word.length },
          `invalid identifier '${word}': it ends in an underscore`,
        );
      push("identifier", word.length);
    } else if (char === '"') {
      const string = lexString(file, at, reporter);
      push("string", string.end - at, string.value);
    } else if (punctuation !== undefined) push(punctuation, punctuation.length);
    else if (/[0-9-]/.test(char)) push("number", match(NUMBER)?.length ?? 1);
    else {
      const bad = String.fromCodePoint(text.codePointAt(at)!);
      const start = at;
      at += bad.length;
      reporter.report(Fi.INVALID_CHARACTER, { file, start, end: at }, `invalid character '${bad}'`);
    }
  }
  push("end", 0);
  return { tokens, comments };
}

const SIMPLE_ESCAPES: { readonly [char: string]: string } = {
  "\\": "\\",
  '"': '"',
  n: "\n",
  r: "\r",
  t: "\t",
};
const MAX_CODE_POINT = 0x10_ffff;

/** Reads a string literal that starts at `start`, up to its closing quote or its line's end. */
function lexString(file: SourceFile, start: number, reporter: Reporter): { value: string; end: number } {
  const { text } = file;
  let value = "";
  let at = start + 1;
  for (;;) {
    const char = text[at];
    if (char === undefined || char === "\n" || char === "\r") {
      reporter.report(
        Fi.UNEXPECTED_LINE_BREAK,
        { file, start: at, end: Math.min(at + 1, text.length) },
        "unexpected line break in a string: its closing quote is missing",
      );
      return { value, end: at };
    }
    if (char === '"') return { value, end: at + 1 };
    if (char === "\\") {
      const sequence = lexEscape(file, at, reporter);
      value += sequence.value;
      at = sequence.end;
      continue;
    }
    if (char < " " || char === "\u007f")
      reporter.report(
        Fi.UNEXPECTED_CONTROL_CHARACTER,
        { file, start: at, end: at + 1 },
        `control character in a string; write \\u{${char.charCodeAt(0).toString(16)}} instead`,
      );
    value += char;
    at++;
  }
}

/** Reads an escape sequence whose backslash is at `start`. */
function lexEscape(file: SourceFile, start: number, reporter: Reporter): { value: string; end: number } {
  const { text } = file;
  const char = text[start + 1] ?? "";
  const simple = SIMPLE_ESCAPES[char];
  if (simple !== undefined) return { value: simple, end: start + 2 };
  if (char !== "u") {
    // A line break after the backslash is left for the string to find.
    const end = char === "" || char === "\n" || char === "\r" ? start + 1 : start + 2;
    reporter.report(
      Fi.INVALID_ESCAPE_SEQUENCE,
      { file, start, end },
      `invalid escape sequence '${text.slice(start, end)}'; there are \\\\ \\" \\n \\r \\t and \\u{...}`,
    );
    return { value: "", end };
  }
  if (text[start + 2] !== "{") {
    reporter.report(
      Fi.UNICODE_ESCAPE_MISSING_BRACES,
      { file, start, end: start + 2 },
      "a Unicode escape has braces, as in \\u{a} for U+000A",
    );
    return { value: "", end: start + 2 };
  }
  let end = start + 3;
  let valid = true;
  for (; text[end] !== "}"; end++) {
    const digit = text[end];
    if (digit === undefined || digit === '"' || digit === "\n" || digit === "\r") {
      reporter.report(
        Fi.UNICODE_ESCAPE_UNTERMINATED,
        { file, start, end },
        "a Unicode escape lacks its closing brace",
      );
      return { value: "", end };
    }
    if (!/[0-9a-fA-F]/.test(digit)) {
      valid = false;
      reporter.report(
        Fi.INVALID_HEX_DIGIT,
        { file, start: end, end: end + 1 },
        `invalid hex digit '${digit}'`,
      );
    }
  }
  const digits = text.slice(start + 3, end);
  const span = { file, start, end: end + 1 };
  const codePoint = Number.parseInt(digits, 16);
  if (!valid) return { value: "", end: span.end };
  if (digits === "")
    reporter.report(Fi.UNICODE_ESCAPE_EMPTY, span, "a Unicode escape has at least one hex digit");
  else if (digits.length > 6)
    reporter.report(Fi.UNICODE_ESCAPE_TOO_LONG, span, "a Unicode escape has at most six hex digits");
  else if (codePoint > MAX_CODE_POINT)
    reporter.report(
      Fi.UNICODE_ESCAPE_TOO_LARGE,
      span,
      `invalid code point U+${digits.toUpperCase()}; the largest is U+10FFFF`,
    );
  else return { value: String.fromCodePoint(codePoint), end: span.end };
  return { value: "", end: span.end };
}
