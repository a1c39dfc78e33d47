/** UTF-8 as FIDL wants it: every string on the wire is valid, a byte order mark is a character like others. */

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** Up to here a loop over ASCII beats the call into TextEncoder. */
const SHORT_TO_ENCODE = 40;
/** Up to here `String.fromCharCode` beats the call into TextDecoder. */
const SHORT_TO_DECODE = 48;

const LONE_SURROGATE = /\p{Surrogate}/u;

/** Writes `value` at `start`, where there is room for 3 bytes per UTF-16 unit. Returns the number of bytes, -1 for a lone surrogate. */
export function writeUtf8(bytes: Uint8Array, start: number, value: string): number {
  const { length } = value;
  if (length <= SHORT_TO_ENCODE) {
    let units = 0;
    for (let i = 0; i < length; i++) {
      const unit = value.charCodeAt(i);
      units |= unit;
      bytes[start + i] = unit;
    }
    if (units <= 0x7f) return length;
  }
  const { written } = encoder.encodeInto(value, bytes.subarray(start, start + 3 * length));
  // TextEncoder makes a lone surrogate U+FFFD without a word; strings of ASCII only cannot hold one.
  return written !== length && LONE_SURROGATE.test(value) ? -1 : written;
}

/** The string in [start, end) of `bytes`, padded with zeros to 8; undefined where it is not UTF-8. `view`: of the same memory. */
export function readUtf8(bytes: Uint8Array, view: DataView, start: number, end: number): string | undefined {
  if (end - start <= SHORT_TO_DECODE && isAscii(view, start, end)) return readAscii(bytes, start, end);
  try {
    return decoder.decode(bytes.subarray(start, end));
  } catch {
    return undefined;
  }
}

function isAscii(view: DataView, start: number, end: number): boolean {
  for (let i = start; i < end; i += 4) if ((view.getInt32(i, true) & 0x8080_8080) !== 0) return false;
  return true;
}

const chars = String.fromCharCode;

/** One call for 16 characters, then for what is left: many arguments are cheaper than many strings to join. */
function readAscii(b: Uint8Array, start: number, end: number): string {
  let text = "";
  let i = start;
  for (; i + 16 <= end; i += 16) {
    text += chars(
      b[i]!,
      b[i + 1]!,
      b[i + 2]!,
      b[i + 3]!,
      b[i + 4]!,
      b[i + 5]!,
      b[i + 6]!,
      b[i + 7]!,
      b[i + 8]!,
      b[i + 9]!,
      b[i + 10]!,
      b[i + 11]!,
      b[i + 12]!,
      b[i + 13]!,
      b[i + 14]!,
      b[i + 15]!,
    );
  }
  const left = end - i;
  if ((left & 8) !== 0) {
    text += chars(b[i]!, b[i + 1]!, b[i + 2]!, b[i + 3]!, b[i + 4]!, b[i + 5]!, b[i + 6]!, b[i + 7]!);
    i += 8;
  }
  if ((left & 4) !== 0) {
    text += chars(b[i]!, b[i + 1]!, b[i + 2]!, b[i + 3]!);
    i += 4;
  }
  if ((left & 2) !== 0) {
    text += chars(b[i]!, b[i + 1]!);
    i += 2;
  }
  return (left & 1) !== 0 ? text + chars(b[i]!) : text;
}
