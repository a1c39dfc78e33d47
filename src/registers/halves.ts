/**
 * Numbers of up to 64 bits as two unsigned 32-bit halves, so that no bigint is needed where none is asked for.
 */

const TWO_32 = 2 ** 32;

export interface Halves {
  low: number;
  high: number;
}

export function split(value: number | bigint): Halves {
  return typeof value === "bigint"
    ? { low: Number(BigInt.asUintN(32, value)), high: Number(BigInt.asUintN(32, value >> 32n)) }
    : { low: value >>> 0, high: Math.floor(value / TWO_32) >>> 0 };
}

export function join(low: number, high: number): bigint {
  return (BigInt(high) << 32n) | BigInt(low);
}

/** `count` ones from bit `lo` on. */
export function maskOf(lo: number, count: number): Halves {
  return shiftLeft({ low: ones(count), high: ones(count - 32) }, lo);
}

/** 0x1f for 5; nothing for a negative count, 32 ones at most. */
function ones(count: number): number {
  return count <= 0 ? 0 : count >= 32 ? 0xffff_ffff : 2 ** count - 1;
}

export function shiftLeft({ low, high }: Halves, by: number): Halves {
  if (by === 0) return { low, high };
  if (by >= 32) return { low: 0, high: (low << (by - 32)) >>> 0 };
  return { low: (low << by) >>> 0, high: ((high << by) | (low >>> (32 - by))) >>> 0 };
}

/** Bits `hi`..`lo` as a number; exact for up to 53 bits. */
export function extract(low: number, high: number, hi: number, lo: number): number {
  if (hi < 32) return ((low >>> lo) & ones(hi - lo + 1)) >>> 0;
  if (lo >= 32) return ((high >>> (lo - 32)) & ones(hi - lo + 1)) >>> 0;
  return ((high & ones(hi - 31)) >>> 0) * 2 ** (32 - lo) + (low >>> lo);
}

/** Bits `hi`..`lo` as a bigint. */
export function extractBig(low: number, high: number, hi: number, lo: number): bigint {
  return BigInt.asUintN(hi - lo + 1, join(low, high) >> BigInt(lo));
}
