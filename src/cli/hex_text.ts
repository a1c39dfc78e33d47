/** Bytes as hex digits. */

/** Bytes of a line of an excerpt. */
const ROW = 16;

/**
 * The line of bytes that `offset` is in, and a mark under it.
 *
 *     0x10: 06 00 00 00 01 00 00 00
 *                       ^^
 */
export function excerpt(bytes: Uint8Array, offset: number): string[] {
  const start = offset - (offset % ROW);
  const row = Array.from(bytes.subarray(start, start + ROW), (byte) => byte.toString(16).padStart(2, "0"));
  const label = `  0x${start.toString(16)}: `;
  return [label + row.join(" "), `${" ".repeat(label.length + 3 * (offset - start))}^^`];
}

/**
 * Reads bytes that somebody has copied from somewhere: plain hex digits with any separators, `0x01, 0x02`, or what xxd, hexdump -C, od and
 * their like print, with a column of offsets in front and one of characters behind.
 *
 * Throws an Error that says what is no hex, and where.
 */
export function parseHex(text: string): Uint8Array {
  const lines = text.split(/\r?\n/).map((line, i) => ({ text: withoutCharacters(line), number: i + 1 }));
  const filled = lines.filter((line) => line.text.trim() !== "");
  return Uint8Array.from(dumpOf(filled) ?? plain(filled));
}

interface Line {
  readonly text: string;
  /** From 1. */
  readonly number: number;
}

/** The column of characters that hexdump -C puts between bars. */
function withoutCharacters(line: string): string {
  return line.replace(/\|[^|]*\|\s*$/, "");
}

// ---- With offsets

interface Row extends Line {
  readonly offset: number;
  /** What stands behind the offset, up to each gap of two spaces or more. */
  readonly columns: readonly string[];
}

/** `00000010: ...`, which cannot be bytes, and `00000010  ...`, which can. */
const WITH_COLON = /^\s*(?:0x)?([0-9a-f]{1,16}):(?:\s+|$)(.*)$/i;
const WITHOUT_COLON = /^\s*([0-9a-f]{4,16})(?:\s+|$)(.*)$/i;
const HEX = /^[0-9a-f\s]+$/i;
/** Stands for lines that are the same as the one before. */
const REPEATED = /^\s*\*\s*$/;

/** The bytes of a dump; undefined where there are no offsets, or none that make sense. */
function dumpOf(lines: readonly Line[]): number[] | undefined {
  const offsets = lines.filter(({ text }) => !REPEATED.test(text));
  if (offsets.length === 0) return undefined;
  if (offsets.every(({ text }) => WITH_COLON.test(text))) return dumped(lines, WITH_COLON, 16);
  if (offsets.length < 2 || !offsets.every(({ text }) => WITHOUT_COLON.test(text))) return undefined;
  let failure: unknown;
  // Octal is od's, which leaves no gaps.
  const radixes = offsets.every(({ text }) => !/\S\s{2,}\S/.test(text)) ? [16, 8] : [16];
  for (const radix of radixes) {
    if (!areOffsets(offsets, radix, offsets.length < lines.length)) continue;
    try {
      return dumped(lines, WITHOUT_COLON, radix);
    } catch (error) {
      failure ??= error;
    }
  }
  if (failure !== undefined) throw failure;
  return undefined;
}

/** Rows of a dump are short, and each begins where the one before ends. */
const MAX_ROW = 64;

function areOffsets(lines: readonly Line[], radix: number, hasRepeated: boolean): boolean {
  const offsets = lines.map(({ text }) => offsetOf(WITHOUT_COLON.exec(text)![1]!, radix));
  return offsets.every((offset, i) => {
    if (offset === undefined) return false;
    const step = i === 0 ? 1 : offset - offsets[i - 1]!;
    return step > 0 && (step <= MAX_ROW || hasRepeated);
  });
}

function offsetOf(digits: string, radix: number): number | undefined {
  const offset = Number.parseInt(digits, radix);
  return offset.toString(radix) === digits.toLowerCase().replace(/^0+(?=.)/, "") ? offset : undefined;
}

function dumped(lines: readonly Line[], pattern: RegExp, radix: number): number[] {
  const bytes: number[] = [];
  const rows = lines.map((line) => (REPEATED.test(line.text) ? undefined : rowOf(line, pattern, radix)));
  const start = rows.find((row) => row !== undefined)?.offset ?? 0;
  const following = offsetsAfter(rows);
  let last: number[] = [];
  // Where nothing tells how many bytes a row has, it has the columns of the row above.
  // Characters stand behind a gap, or have been taken off. A row whose first column is short has no second one.
  let width = 0;
  let columns = pattern === WITH_COLON ? 1 : Number.POSITIVE_INFINITY;
  for (const [i, row] of rows.entries()) {
    const next = following[i];
    if (row === undefined) {
      const missing = next === undefined ? 0 : next - start - bytes.length;
      if (missing < 0 || missing > MAX_REPEATED || last.length === 0)
        throw new Error(`line ${lines[i]!.number}: no line to repeat`);
      for (let k = 0; k < missing; k++) bytes.push(last[k % last.length]!);
      continue;
    }
    if (row.offset !== start + bytes.length)
      throw new Error(`line ${row.number}: offset ${row.offset}, where ${start + bytes.length} is due`);
    const due = next === undefined || rows[i + 1] === undefined ? undefined : next - row.offset;
    last = [];
    for (const [column, text] of row.columns.entries()) {
      const isBehind = column >= columns || (column > 0 && (last.length < width || !HEX.test(text)));
      if (due === undefined ? isBehind : last.length >= due) break;
      last.push(...bytesOf({ text, number: row.number }));
      if (column === 0 && due !== undefined) width = last.length;
      if (due !== undefined) columns = column + 1;
    }
    if (due !== undefined && last.length !== due)
      throw new Error(`line ${row.number}: ${last.length} bytes, where the offsets say ${due}`);
    bytes.push(...last);
  }
  return bytes;
}

/** For each row, the offset of the next one that has any. */
function offsetsAfter(rows: readonly (Row | undefined)[]): (number | undefined)[] {
  let next: number | undefined;
  return rows
    .map((_, i) => rows[rows.length - 1 - i])
    .map((row) => {
      const after = next;
      next = row?.offset ?? next;
      return after;
    })
    .reverse();
}

/** A message has 64 KiB; nothing that is worth decoding is much longer. */
const MAX_REPEATED = 1 << 24;

function rowOf(line: Line, pattern: RegExp, radix: number): Row {
  const [, digits = "", rest = ""] = pattern.exec(line.text)!;
  const offset = offsetOf(digits, radix)!;
  return { ...line, offset, columns: rest === "" ? [] : rest.split(/\s{2,}/) };
}

// ---- Without

/** What may stand between bytes. */
const SEPARATORS = /[\s,;:|_'"()[\]{}]+/;

function plain(lines: readonly Line[]): number[] {
  const words = lines.flatMap(({ text, number }) => wordsOf(text).map((word) => ({ word, number })));
  for (const { word, number } of words) {
    if (words.length > 1 && /^0x[0-9a-f]{3,}$/i.test(word))
      throw new Error(
        `line ${number}: '${shown(word)}' is more than a byte, and nothing says in which order`,
      );
  }
  return words.flatMap(({ word, number }) => wordBytes(word, number));
}

function bytesOf({ text, number }: Line): number[] {
  return wordsOf(text).flatMap((word) => wordBytes(word, number));
}

function wordsOf(text: string): string[] {
  return text.split(SEPARATORS).filter((word) => word !== "");
}

function wordBytes(word: string, line: number): number[] {
  const prefixed = /^(0x|\\x)/i.test(word);
  const digits = word.replace(/\\x/gi, "").replace(/^0x/i, "");
  if (!/^[0-9a-f]+$/i.test(digits)) throw new Error(`line ${line}: '${shown(word)}' is not hex`);
  const whole = prefixed && digits.length === 1 ? `0${digits}` : digits;
  if (whole.length % 2 !== 0) {
    throw new Error(`line ${line}: '${shown(word)}' has an odd number of hex digits`);
  }
  return Array.from({ length: whole.length / 2 }, (_, i) =>
    Number.parseInt(whole.slice(2 * i, 2 * i + 2), 16),
  );
}

function shown(word: string): string {
  return word.length > 32 ? `${word.slice(0, 32)}...` : word;
}
