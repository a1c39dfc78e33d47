/** One `.fidl` file, as given. */
export interface SourceText {
  /** For messages; a path or anything else. */
  readonly name: string;
  readonly text: string;
}

/** A file with its lines found, so that offsets become lines and columns. */
export class SourceFile {
  readonly name: string;
  readonly text: string;
  #lineStarts: number[] | undefined;

  constructor({ name, text }: SourceText) {
    this.name = name;
    this.text = text;
  }

  /** Line and column, from 1, of an offset in UTF-16 units. */
  position(offset: number): { readonly line: number; readonly column: number } {
    const starts = this.#starts();
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - starts[low]! + 1 };
  }

  /** The text of a line (from 1) without its end. */
  line(line: number): string {
    const starts = this.#starts();
    const end = starts[line] ?? this.text.length + 1;
    return this.text.slice(starts[line - 1], end - 1).replace(/\r$/, "");
  }

  #starts(): number[] {
    if (this.#lineStarts !== undefined) return this.#lineStarts;
    const starts = [0];
    for (let at = this.text.indexOf("\n"); at !== -1; at = this.text.indexOf("\n", at + 1))
      starts.push(at + 1);
    this.#lineStarts = starts;
    return starts;
  }
}

/** Offsets `start` to `end` (exclusive) of a file, in UTF-16 units. */
export interface Span {
  readonly file: SourceFile;
  readonly start: number;
  readonly end: number;
}

export function spanText({ file, start, end }: Span): string {
  return file.text.slice(start, end);
}

/** `file:line:column`, for a message that mentions another place. */
export function placeOf({ file, start }: Span): string {
  const { line, column } = file.position(start);
  return `${file.name}:${line}:${column}`;
}
