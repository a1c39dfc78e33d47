/** Lines of tables that fit a terminal. */

/** Columns of the narrowest terminal that tables are made for. */
export const TABLE_WIDTH = 100;

/** A piece of text that is not broken, and what it looks like on a terminal. */
export interface Piece {
  readonly text: string;
  readonly paint: (text: string) => string;
}

/** A row: columns of fixed width, then pieces for which new lines are begun where one is full. */
export function row(columns: string, pieces: readonly (string | Piece)[]): string {
  const texts = pieces.map((piece) => (typeof piece === "string" ? piece : piece.text));
  const longest = widest(texts);
  const indent = Math.max(0, Math.min(columns.length + 1, TABLE_WIDTH - longest));
  const lines: string[] = [];
  let line = columns;
  let used = columns.length;
  pieces.forEach((piece, i) => {
    const text = texts[i]!;
    if (used + 1 + text.length > TABLE_WIDTH) {
      lines.push(line.trimEnd());
      line = " ".repeat(indent);
      used = indent;
    } else {
      line += " ";
      used++;
    }
    line += typeof piece === "string" ? text : piece.paint(text);
    used += text.length;
  });
  lines.push(line.trimEnd());
  return lines.join("\n");
}

/** Bytes as Fuchsia's tools have them: `0B`, `4k`, `33.6k`, `2M`. */
export function shortSize(bytes: number | string): string {
  let value = Number(bytes);
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${Number.isInteger(value) ? value : value.toFixed(1)}${UNITS[unit]}`;
}
const UNITS = "BkMGTPE";

/** A name that a program chose: nothing in it moves the cursor or changes colours. */
export function printable(name: string): string {
  return name.replace(/\p{C}/gu, "?");
}

/** Length of the longest. */
export function widest(texts: readonly string[]): number {
  return texts.reduce((most, { length }) => Math.max(most, length), 0);
}

/** `1 handle`, `2 handles`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
