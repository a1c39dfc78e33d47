import type { RegisterIo } from "../registers/io.ts";
import type { PollOptions } from "../registers/poll.ts";

/** Arrays of the four widths: the element's size is the width of each access. */
export type AccessArray = Uint8Array | Uint16Array | Uint32Array | BigUint64Array;

/**
 * Registers that can be accessed: a buffer, or a window of one.
 *
 * An access is one access of its width, at `offset` bytes from the start; nothing drops, merges, splits or repeats it. A write
 * to memory that the MMU maps is followed by a full barrier, as in Fuchsia's lib/mmio.
 *
 * Always checked, and before anything is accessed: INVALID_ARGS for an offset that is not aligned to the width, and for values
 * that do not fit (negative numbers down to -2^(width-1) count as their bit pattern); OUT_OF_RANGE beyond the end; BAD_STATE
 * after `release`; and what the page fault says (NOT_FOUND, ACCESS_DENIED, OUT_OF_RANGE) where the mapping is gone or forbids the
 * access. The message names the register, the mapping and the cause.
 */
export interface MmioView extends RegisterIo {
  /** Bytes. */
  readonly size: number;

  read64(offset: number): bigint;
  write64(offset: number, value: bigint): void;

  /** The read value's bits in `mask`; one read. */
  readMasked8(offset: number, mask: number): number;
  readMasked16(offset: number, mask: number): number;
  readMasked32(offset: number, mask: number): number;
  readMasked64(offset: number, mask: bigint): bigint;

  /** Replaces the bits in `mask` by those of `value`: exactly one read and one write. */
  modifyBits8(offset: number, mask: number, value: number): void;
  modifyBits16(offset: number, mask: number, value: number): void;
  modifyBits32(offset: number, mask: number, value: number): void;
  modifyBits64(offset: number, mask: bigint, value: bigint): void;

  /** Sets the bits in `mask`: one read, one write. */
  setBits8(offset: number, mask: number): void;
  setBits16(offset: number, mask: number): void;
  setBits32(offset: number, mask: number): void;
  setBits64(offset: number, mask: bigint): void;

  /** Clears the bits in `mask`: one read, one write. */
  clearBits8(offset: number, mask: number): void;
  clearBits16(offset: number, mask: number): void;
  clearBits32(offset: number, mask: number): void;
  clearBits64(offset: number, mask: bigint): void;

  /** Bits `hi`..`lo`, inclusive, of one read. `getBits32(0x10, 4, 4)` is bit 4. */
  getBits8(offset: number, hi: number, lo: number): number;
  getBits16(offset: number, hi: number, lo: number): number;
  getBits32(offset: number, hi: number, lo: number): number;
  getBits64(offset: number, hi: number, lo: number): bigint;

  /** Replaces bits `hi`..`lo`, inclusive: one read, one write. INVALID_ARGS for a value that does not fit in them. */
  putBits8(offset: number, hi: number, lo: number, value: number): void;
  putBits16(offset: number, hi: number, lo: number, value: number): void;
  putBits32(offset: number, hi: number, lo: number, value: number): void;
  putBits64(offset: number, hi: number, lo: number, value: bigint): void;

  /** Reads the one register at `offset` once for each element (a FIFO). Where `into` is RAM of this process, in one go. */
  readBlock(offset: number, into: AccessArray): void;
  /** Writes each element to the one register at `offset`; one barrier, at the end at the latest. */
  writeBlock(offset: number, from: AccessArray): void;
  /** Reads registers that follow one another, each with one access of the element's width. */
  readRange(offset: number, into: AccessArray): void;
  writeRange(offset: number, from: AccessArray): void;
  /**
   * Copies `count` elements of `width` bits from `source`, one read and one write each, in ascending order.
   */
  copyFrom(
    offset: number,
    source: MmioView,
    sourceOffset: number,
    count: number,
    width: 8 | 16 | 32 | 64,
  ): void;

  /**
   * Reads until `(value & mask) == expected`; returns that value. TIMED_OUT, with the last value, after `options.timeout` ns of
   * the machine's clock.
   */
  poll8(offset: number, mask: number, expected: number, options: PollOptions): number;
  poll16(offset: number, mask: number, expected: number, options: PollOptions): number;
  poll32(offset: number, mask: number, expected: number, options: PollOptions): number;
  poll64(offset: number, mask: bigint, expected: bigint, options: PollOptions): bigint;

  /** Waits until writes that the machine has posted reach the device. Reads do so by themselves. */
  flush(): void;

  /** A window [offset, offset+size) of this one; `size` is the rest by default. It works as long as its buffer does. */
  view(offset: number, size?: number): MmioView;
}
