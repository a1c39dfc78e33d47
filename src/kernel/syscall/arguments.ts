/**
 * Checks of arguments that C's types make: whatever a program passes, the kernel sees an unsigned integer, bytes, or a
 * string, or says INVALID_ARGS. Ranges are for the system calls to check, in Zircon's order.
 */

import { MAX_NAME_LEN } from "../../zx/constants.ts";
import { ZxError } from "../../zx/error.ts";
import { hex } from "../../zx/pages.ts";

/** An address, size or offset: a whole number from 0; beyond 2^53 it only has to be too large for anything. */
export function unsigned(value: number, what: string): number {
  if (typeof value !== "number" || !Number.isInteger(value) || value < 0)
    throw bad(value, what, "a whole number from 0");
  return value;
}

/** A 32-bit mask. Negative numbers are what JavaScript's operators make of bit 31. */
export function mask32(value: number, what: string): number {
  if (typeof value !== "number" || !Number.isInteger(value) || value < -0x8000_0000 || value > 0xffff_ffff) {
    throw bad(value, what, "32 bits");
  }
  return value >>> 0;
}

/** A time in nanoseconds; infinite ones are allowed. */
export function time(value: number, what: string): number {
  if (typeof value !== "number" || Number.isNaN(value)) throw bad(value, what, "a time in nanoseconds");
  return value;
}

/** A 64-bit key. */
export function key64(value: bigint, what: string): bigint {
  if (typeof value !== "bigint" || value < 0n || value > 0xffff_ffff_ffff_ffffn)
    throw bad(value, what, "a 64-bit bigint");
  return value;
}

export function bytes(value: Uint8Array, what: string): Uint8Array {
  // isView asks what the value is, not what it says it is.
  if (!ArrayBuffer.isView(value) || !(value instanceof Uint8Array)) throw bad(value, what, "a Uint8Array");
  // Bytes whose buffer was transferred away have no length either, but fail when they are touched.
  return value.length === 0 ? new Uint8Array() : value;
}

/** Longer lists than any system call has a use for are not even copied. */
const MAX_LIST = 0x1_0000;

/** A list, copied so that its owner cannot change it meanwhile. */
export function list<T>(value: readonly T[], what: string): readonly T[] {
  const length = peek(() => (Array.isArray(value) ? value.length : undefined), what);
  if (length === undefined) throw bad(value, what, "an array");
  if (length > MAX_LIST)
    throw new ZxError("INVALID_ARGS", `${what}: a list of ${length} is too long to be read`);
  return peek(() => {
    const copy: T[] = [];
    for (let i = 0; i < length; i++) copy.push(value[i]!);
    return copy;
  }, what);
}

/** An object's name: it ends at a NUL, and is cut to 31 bytes of UTF-8 (never inside a character). */
export function objectName(value: string, what: string): string {
  if (typeof value !== "string") throw bad(value, what, "a string");
  const [text] = value.split("\0", 1) as [string];
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(MAX_NAME_LEN - 1));
  return text.slice(0, read);
}

/** Named arguments, copied: what else the object has does not matter. */
export function record<T extends object, K extends keyof T>(
  value: T,
  what: string,
  keys: readonly K[],
): Pick<T, K> {
  if (typeof value !== "object" || value === null) throw bad(value, what, "an object");
  return peek(() => {
    const copy: Partial<Pick<T, K>> = {};
    for (const key of keys) copy[key] = value[key];
    return copy as Pick<T, K>;
  }, what);
}

/** Looks at something of the caller's, which may have getters and traps that throw whatever they like. */
function peek<T>(read: () => T, what: string): T {
  try {
    return read();
  } catch (cause) {
    throw new ZxError("INVALID_ARGS", `${what} cannot be read`, { cause });
  }
}

function bad(value: unknown, what: string, wanted: string): ZxError {
  return new ZxError("INVALID_ARGS", `${what} must be ${wanted}, not ${show(value)}`);
}

/** A value as a message can show it, whatever it is. */
function show(value: unknown): string {
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "string") return JSON.stringify(value.slice(0, 40));
  if (typeof value === "object" && value !== null) return "an object";
  return typeof value === "function" ? "a function" : String(value);
}

/** For calls that have an `options` argument and no options: INVALID_ARGS unless it is 0. */
export function noOptions(value: number, call: string): void {
  const options = mask32(value, "options");
  if (options !== 0) throw new ZxError("INVALID_ARGS", `${call}: options ${hex(options)}: there are none`);
}
