/** Checks of what callers give, whatever JavaScript value it is. */
import { shown } from "../registers/shown.ts";
import { ZxError } from "../zx/error.ts";

/** Whether `value` is an integer of `width` bits, unsigned or in two's complement. At most 32 bits. */
export function fitsNumber(value: unknown, width: number): value is number {
  return (
    typeof value === "number" && Number.isInteger(value) && value >= -(2 ** (width - 1)) && value < 2 ** width
  );
}

/** The bits of `value` as an unsigned number; INVALID_ARGS where it has more than `width` (at most 32). */
export function numberArgument(name: string, value: number, width: number): number {
  if (!fitsNumber(value, width))
    throw new ZxError("INVALID_ARGS", `${name} ${shown(value)} is not a number of ${width} bits`);
  return value < 0 ? value + 2 ** width : value;
}

export function fitsBig(value: unknown, width = 64): value is bigint {
  return (
    typeof value === "bigint" &&
    (BigInt.asUintN(width, value) === value || BigInt.asIntN(width, value) === value)
  );
}

/** The bits of `value` as an unsigned bigint. */
export function bigArgument(name: string, value: bigint, width = 64): bigint {
  if (!fitsBig(value, width))
    throw new ZxError("INVALID_ARGS", `${name} ${shown(value)} is not a bigint of ${width} bits`);
  return BigInt.asUintN(width, value);
}

/** Checks bit numbers; returns as many ones as they span, up to 32. */
export function bitRange(hi: number, lo: number, width: number): number {
  if (!(Number.isInteger(hi) && Number.isInteger(lo) && lo >= 0 && hi >= lo && hi < width)) {
    throw new ZxError("INVALID_ARGS", `bits ${shown(hi)}..${shown(lo)} of a register of ${width} bits`);
  }
  return hi - lo >= 31 ? 0xffff_ffff : 2 ** (hi - lo + 1) - 1;
}
