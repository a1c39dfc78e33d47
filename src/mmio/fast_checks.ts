/** The checks of the fast road: small, so that the engine makes a compare or two of each. */

/** Whether `offset` is a whole number from 0 to 2^32-1: not a fraction, not NaN, not a string that looks like one. */
export function isOffset(offset: unknown): offset is number {
  return typeof offset === "number" && offset >>> 0 === offset;
}

/** Whether `value` is a number of 32 bits, signed or unsigned. */
export function is32Bits(value: unknown): value is number {
  return typeof value === "number" && (value >>> 0 === value || (value | 0) === value);
}

/** Whether `value` is an unsigned number in `mask` (0xff, 0xffff). */
export function isWithin(value: unknown, mask: number): value is number {
  return typeof value === "number" && (value & mask) === value;
}

/** A page fault arrives as a trap of the accessor module; whatever else was thrown goes on. */
export function rethrowUnlessTrap(error: unknown): void {
  if (!(error instanceof WebAssembly.RuntimeError)) throw error;
}
