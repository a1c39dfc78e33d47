/** One `.bind` file, as given. */
export interface SourceText {
  /** For messages: a path, or anything else. */
  readonly name: string;
  readonly text: string;
}

/** A part of a file, in UTF-16 units; `end` is behind the last one. */
export interface Span {
  readonly file: SourceFile;
  readonly start: number;
  readonly end: number;
}

/** A file with its lines found. */
export class SourceFile {
  readonly name: string;
  readonly text: string;
  readonly #lineStarts: readonly number[];

  constructor({ name, text }: SourceText) {
    this.name = name;
    this.text = text;
    const starts = [0];
    for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
    this.#lineStarts = starts;
  }

  /** Line and column, from 1, of an offset. */
  position(offset: number): { readonly line: number; readonly column: number } {
    let low = 0;
    let high = this.#lineStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.#lineStarts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - this.#lineStarts[low]! + 1 };
  }

  /** The text of a line (from 1) without its end. */
  line(line: number): string {
    const end = this.#lineStarts[line] ?? this.text.length + 1;
    return this.text.slice(this.#lineStarts[line - 1], end - 1).replace(/\r$/, "");
  }
}
