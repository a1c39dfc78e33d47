/** Text of a value in one line, as `describeValue` makes it, spread over several lines. */

const INDENT = 2;
/** A line has room for this much at least, however far it is indented. */
const MIN_ROOM = 20;

/** A piece between commas: text, and at most one list in brackets, with what comes behind it. */
interface Piece {
  readonly head: string;
  readonly list: List | undefined;
  readonly tail: string;
}

interface List {
  readonly open: string;
  readonly close: string;
  readonly pieces: readonly Piece[];
  /** Characters that it takes in one line. */
  readonly length: number;
}

/**
 * Spreads text over lines of at most `width` characters: what stands in brackets and is too long goes one piece to a line, indented; what
 * is too long without brackets is broken at spaces. A word that is too long stays whole.
 *
 *     bar: Bar = { id: uint32 = 0, size: uint64 = 0x20000 }        bar: Bar = {
 *                                                                    id: uint32 = 0
 *                                                                    size: uint64 = 0x20000
 *                                                                  }
 *
 * The first line begins at column `column`, and those below it are indented by `indent`.
 */
export function layOut(text: string, width: number, column = 0, indent = 0): string {
  const lines: string[] = [];
  write(new Parser(text).piece(""), { width, lines }, " ".repeat(column), indent);
  return lines.join("\n").slice(column);
}

interface Page {
  readonly width: number;
  readonly lines: string[];
}

/** Writes a piece whose first line begins with `start`. */
function write({ head, list, tail }: Piece, page: Page, start: string, indent: number): void {
  const { width, lines } = page;
  const first = start + head;
  if (list === undefined) lines.push(...broken(first, width, indent));
  else if (first.length + list.length + tail.length <= width) lines.push(first + flat(list) + tail);
  else {
    lines.push(...broken(first + list.open, width, indent));
    const inner = indent + INDENT;
    for (const piece of list.pieces) write(piece, page, " ".repeat(inner), inner);
    lines.push(" ".repeat(indent) + list.close + tail);
  }
}

/** A line, or several where it is too long, of which all but the first are indented further. */
function broken(line: string, width: number, indent: number): string[] {
  const lines: string[] = [];
  const further = " ".repeat(indent + 2 * INDENT);
  const least = further.length + MIN_ROOM;
  let rest = line;
  while (rest.length > width) {
    const space = rest.lastIndexOf(" ", Math.max(width, least));
    if (space <= further.length) break;
    lines.push(rest.slice(0, space).trimEnd());
    rest = further + rest.slice(space + 1);
  }
  lines.push(rest);
  return lines;
}

function flat({ open, close, pieces }: List): string {
  const parts = pieces.map(({ head, list, tail }) => head + (list === undefined ? "" : flat(list)) + tail);
  return `${open} ${parts.join(", ")} ${close}`;
}

function lengthOf({ head, list, tail }: Piece): number {
  return head.length + (list?.length ?? 0) + tail.length;
}

/** Takes text apart at the brackets and commas that are not in quotes, nor in the angle brackets of a type. */
class Parser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Up to the comma or the bracket that ends it; neither is consumed. */
  piece(close: string): Piece {
    const head = this.#plain(close);
    const open = this.#text.charAt(this.#at);
    if (open !== "{" && open !== "[") return { head, list: undefined, tail: "" };
    const list = this.#list(open);
    return { head, list, tail: this.#plain(close, true) };
  }

  #list(open: string): List {
    const close = open === "{" ? "}" : "]";
    const pieces: Piece[] = [];
    let length = 4;
    do {
      // Behind the bracket or the comma, and the space that follows it.
      this.#at += 2;
      const piece = this.piece(` ${close}`);
      pieces.push(piece);
      length += lengthOf(piece) + (pieces.length > 1 ? 2 : 0);
    } while (this.#text.startsWith(", ", this.#at));
    this.#at += close.length + 1;
    return { open, close, pieces, length };
  }

  /** Text in which no list begins, unless it is one of `withLists`. Without a `close`, commas do not end it. */
  #plain(close: string, withLists = false): string {
    const start = this.#at;
    let angles = 0;
    for (; this.#at < this.#text.length; this.#at++) {
      const char = this.#text.charAt(this.#at);
      if (char === '"') this.#skipString();
      else if (char === "<") angles++;
      else if (char === ">") angles--;
      else if (!withLists && (char === "{" || char === "[") && this.#text.charAt(this.#at + 1) === " ") break;
      else if (close !== "" && angles <= 0) {
        if (char === "," || this.#text.startsWith(close, this.#at)) break;
      }
    }
    return this.#text.slice(start, this.#at);
  }

  /** To the quote that ends a string; to the end of the text where there is none. */
  #skipString(): void {
    for (this.#at++; this.#at < this.#text.length && this.#text.charAt(this.#at) !== '"'; this.#at++) {
      if (this.#text.charAt(this.#at) === "\\") this.#at++;
    }
  }
}
