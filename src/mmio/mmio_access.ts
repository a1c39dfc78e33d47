/**
 * What is the same for every buffer and view, whatever memory is behind it: checks, and transfers made of single accesses. The
 * single accesses are those of the two subclasses.
 */

import { type Halves, join, split } from "../registers/halves.ts";
import type { RegisterNames } from "../registers/names.ts";
import { type PollClock, type PollOptions, pollUntil } from "../registers/poll.ts";
import { shown } from "../registers/shown.ts";
import type { Handle } from "../zx/constants.ts";
import { ZxError } from "../zx/error.ts";
import type { AccessKind, IoPolled, Window } from "../zx/memory.ts";
import { hex } from "../zx/pages.ts";
import { bigArgument, fitsBig, fitsNumber, numberArgument } from "./arguments.ts";
import { BitAccess } from "./bit_access.ts";
import type { MmioPin } from "./mapped_vmo.ts";
import type { AccessWidth, Armed, Mapping } from "./mapping.ts";
import type { MmioBuffer } from "./mmio_buffer.ts";
import type { AccessArray, MmioView } from "./mmio_view.ts";

/** What a buffer has and a view has not. */
export interface Owner {
  readonly address: number;
  readonly vmo: Handle;
  pin(bti: Handle): MmioPin;
  release(): void;
}

/**
 * A buffer and a view are one class, so that a driver's code meets as few classes as there are kinds of memory; the type of a
 * view lacks what only an owner can do.
 */
export abstract class MmioAccess extends BitAccess implements MmioBuffer, Armed {
  readonly size: number;
  /** Bits 63..32 of the last `read64Halves`. */
  high = 0;
  protected readonly mapping: Mapping;
  /** Bytes from the start of the mapping. */
  protected readonly base: number;
  readonly #owner: Owner | undefined;

  constructor(mapping: Mapping, base: number, size: number, owner?: Owner) {
    super();
    this.#owner = owner;
    this.mapping = mapping;
    this.base = base;
    this.size = size;
  }

  abstract arm(window: Window): void;
  abstract disarm(): void;
  abstract view(offset: number, size?: number): MmioView;
  abstract read64Halves(offset: number): number;
  abstract write64Halves(offset: number, low: number, high: number): void;

  get name(): string {
    return this.mapping.name;
  }

  get clock(): PollClock {
    return this.mapping.clock;
  }

  get address(): number {
    return this.#own("address").address;
  }

  get vmo(): Handle {
    return this.#own("vmo").vmo;
  }

  pin(bti: Handle): MmioPin {
    return this.#own("pin").pin(bti);
  }

  release(): void {
    this.#own("release").release();
  }

  [Symbol.dispose](): void {
    this.release();
  }

  describe(names: RegisterNames): void {
    this.mapping.describe(names, this.base);
  }

  flush(): void {
    this.mapping.flush();
  }

  read64(offset: number): bigint {
    const low = this.read64Halves(offset);
    return (BigInt(this.high) << 32n) | BigInt(low);
  }

  write64(offset: number, value: bigint): void {
    if (!fitsBig(value)) {
      const at = this.place("write", 64, offset);
      throw new ZxError(
        "INVALID_ARGS",
        `${this.mapping.what("write", 64, at)}: ${shown(value)} is not a bigint of 64 bits`,
      );
    }
    const bits = BigInt.asUintN(64, value);
    this.write64Halves(offset, Number(bits & 0xffff_ffffn), Number(bits >> 32n));
  }

  readBlock(offset: number, into: AccessArray): void {
    this.#transfer("read", offset, 0, into);
  }

  writeBlock(offset: number, from: AccessArray): void {
    this.#transfer("write", offset, 0, from);
  }

  readRange(offset: number, into: AccessArray): void {
    this.#transfer("read", offset, 1, into);
  }

  writeRange(offset: number, from: AccessArray): void {
    this.#transfer("write", offset, 1, from);
  }

  copyFrom(offset: number, source: MmioView, sourceOffset: number, count: number, width: AccessWidth): void {
    if (width !== 8 && width !== 16 && width !== 32 && width !== 64) {
      throw new ZxError(
        "INVALID_ARGS",
        `copy in accesses of ${shown(width)} bits: there are 8, 16, 32 and 64`,
      );
    }
    if (!(source instanceof MmioAccess))
      throw new ZxError("INVALID_ARGS", `copy from ${shown(source)}, which is no MmioBuffer`);
    if (!(Number.isSafeInteger(count) && count >= 0))
      throw new ZxError("INVALID_ARGS", `copy of ${shown(count)} elements`);
    if (count === 0) return;
    this.place("write", width, offset, count);
    source.place("read", width, sourceOffset, count);
    const bytes = width / 8;
    for (let i = 0; i < count; ) {
      i += this.moveFrom(offset + i * bytes, source, sourceOffset + i * bytes, count - i, width);
      if (i === count) return;
      const [to, from] = [offset + i * bytes, sourceOffset + i * bytes];
      if (width === 8) this.write8(to, source.read8(from));
      else if (width === 16) this.write16(to, source.read16(from));
      else if (width === 32) this.write32(to, source.read32(from));
      else this.write64Halves(to, source.read64Halves(from), source.high);
      i++;
    }
  }

  poll8(offset: number, mask: number, expected: number, options: PollOptions): number {
    return this.#poll(8, offset, mask, expected, options);
  }

  poll16(offset: number, mask: number, expected: number, options: PollOptions): number {
    return this.#poll(16, offset, mask, expected, options);
  }

  poll32(offset: number, mask: number, expected: number, options: PollOptions): number {
    return this.#poll(32, offset, mask, expected, options);
  }

  poll64(offset: number, mask: bigint, expected: bigint, options: PollOptions): bigint {
    const at = this.place("read", 64, offset);
    const bits = split(bigArgument("mask", mask));
    const wanted = split(bigArgument("expected", expected));
    this.#checkPoll(64, at, bits, wanted);
    const { done, low, high } =
      this.pollThere(64, offset, bits, wanted, options) ?? this.#poll64Here(offset, bits, wanted, options);
    if (!done) throw this.#late(64, at, mask, expected, options, join(low, high));
    return join(low, high);
  }

  /**
   * Moves elements of `array`, from index `start` on, in one go: to or from the register at `offset`, or registers that follow
   * it (`step` 1). Returns how many it has moved: 0 where this memory knows no such way.
   */
  protected moveArray(
    _op: AccessKind,
    _offset: number,
    _step: 0 | 1,
    _array: AccessArray,
    _start: number,
  ): number {
    return 0;
  }

  /** The same for a copy from another buffer. */
  protected moveFrom(
    _offset: number,
    _from: MmioAccess,
    _fromOffset: number,
    _count: number,
    _width: AccessWidth,
  ): number {
    return 0;
  }

  /** Reads once or a few times, until the value matches; returns the last value. */
  protected pollSome(width: 8 | 16 | 32, offset: number, _mask: number, _expected: number): number {
    return width === 32 ? this.read32(offset) : width === 16 ? this.read16(offset) : this.read8(offset);
  }

  protected pollSome64(offset: number, _mask: Halves, _expected: Halves): number {
    return this.read64Halves(offset);
  }

  /** As `RegisterIo.pollThere`. */
  pollThere(
    _width: AccessWidth,
    _offset: number,
    _mask: Halves,
    _expected: Halves,
    _options: PollOptions,
  ): IoPolled | undefined {
    return undefined;
  }

  /** An access that the fast road did not take: what is wrong with it, or the slow road. */
  protected slowRead(width: AccessWidth, offset: number): number {
    return this.mapping.access("read", width, this.place("read", width, offset));
  }

  protected slowWrite(width: 8 | 16 | 32, offset: number, value: number): void {
    const at = this.place("write", width, offset);
    this.#checkValue(width, width, at, value);
    this.mapping.access("write", width, at, value < 0 ? value + 2 ** width : value);
  }

  protected slowWrite64(offset: number, low: number, high: number): void {
    const at = this.place("write", 64, offset);
    this.#checkValue(64, 32, at, low);
    this.#checkValue(64, 32, at, high);
    this.mapping.access("write", 64, at, low >>> 0, high >>> 0);
  }

  /** Where in the mapping `count` accesses from `offset` on begin. Alignment is checked first, as in Fuchsia's mmio crate. */
  protected place(op: AccessKind, width: AccessWidth, offset: number, count = 1): number {
    const bytes = width / 8;
    if (!Number.isSafeInteger(offset)) {
      throw new ZxError(
        "INVALID_ARGS",
        `${op}${width} at ${shown(offset)} of ${this.#place()}: an offset is a number of bytes`,
      );
    }
    if (offset % bytes !== 0) {
      throw new ZxError(
        "INVALID_ARGS",
        `${this.mapping.what(op, width, this.base + offset)}: accesses of ${width} bits are aligned to ${bytes} bytes`,
      );
    }
    if (!(offset >= 0 && offset + count * bytes <= this.size)) {
      const what = count === 1 ? `${op}${width}` : `${count} times ${op}${width}`;
      throw new ZxError(
        "OUT_OF_RANGE",
        `${what} at offset ${shown(offset)} of ${this.#place()}: it has ${hex(this.size)} bytes`,
      );
    }
    return this.base + offset;
  }

  /** The range of a view to be made. */
  protected subrange(offset: number, size: number): void {
    if (
      !(
        Number.isSafeInteger(offset) &&
        Number.isSafeInteger(size) &&
        offset >= 0 &&
        size > 0 &&
        offset + size <= this.size
      )
    ) {
      throw new ZxError(
        "OUT_OF_RANGE",
        `view of ${shown(size)} bytes at ${shown(offset)} of ${this.#place()}: it has ${hex(this.size)} bytes`,
      );
    }
  }

  #own(what: string): Owner {
    if (this.#owner === undefined)
      throw new ZxError("NOT_SUPPORTED", `${what} of ${this.#place()}, which owns nothing`);
    return this.#owner;
  }

  #place(): string {
    const whole = this.base === 0 && this.size === this.mapping.size;
    const name = JSON.stringify(this.name);
    return whole ? name : `the view of ${name} from ${hex(this.base)} on`;
  }

  #checkValue(width: AccessWidth, bits: number, at: number, value: number): void {
    if (fitsNumber(value, bits)) return;
    throw new ZxError(
      "INVALID_ARGS",
      `${this.mapping.what("write", width, at)}: ${shown(value)} is not a number of ${bits} bits`,
    );
  }

  #transfer(op: AccessKind, offset: number, step: 0 | 1, array: AccessArray): void {
    const width = widthOf(array);
    const { length } = array;
    const at = this.place(op, width, offset, step === 0 ? 1 : length);
    if (this.mapping.released) this.mapping.access(op, width, at);
    for (let i = 0; i < length; ) {
      i += this.moveArray(op, offset + i * step * (width / 8), step, array, i);
      if (i === length) return;
      this.#moveOne(op, offset + i * step * (width / 8), array, i);
      i++;
    }
  }

  #moveOne(op: AccessKind, offset: number, array: AccessArray, i: number): void {
    if (array instanceof BigUint64Array) {
      if (op === "read") array[i] = this.read64(offset);
      else this.write64(offset, array[i]!);
    } else if (array instanceof Uint32Array) {
      if (op === "read") array[i] = this.read32(offset);
      else this.write32(offset, array[i]!);
    } else if (array instanceof Uint16Array) {
      if (op === "read") array[i] = this.read16(offset);
      else this.write16(offset, array[i]!);
    } else if (op === "read") array[i] = this.read8(offset);
    else this.write8(offset, array[i]!);
  }

  #poll(width: 8 | 16 | 32, offset: number, mask: number, expected: number, options: PollOptions): number {
    const at = this.place("read", width, offset);
    const bits = numberArgument("mask", mask, width);
    const wanted = numberArgument("expected", expected, width);
    this.#checkPoll(width, at, { low: bits, high: 0 }, { low: wanted, high: 0 });
    const { done, low } =
      this.pollThere(width, offset, { low: bits, high: 0 }, { low: wanted, high: 0 }, options) ??
      this.#pollHere(width, offset, bits, wanted, options);
    if (!done) throw this.#late(width, at, mask, expected, options, low);
    return low;
  }

  #pollHere(
    width: 8 | 16 | 32,
    offset: number,
    mask: number,
    expected: number,
    options: PollOptions,
  ): IoPolled {
    let low = 0;
    const done = pollUntil(this.clock, options, () => {
      low = this.pollSome(width, offset, mask, expected);
      return (low & mask) >>> 0 === expected;
    });
    return { done, low, high: 0 };
  }

  #poll64Here(offset: number, mask: Halves, expected: Halves, options: PollOptions): IoPolled {
    let low = 0;
    const done = pollUntil(this.clock, options, () => {
      low = this.pollSome64(offset, mask, expected);
      return (low & mask.low) >>> 0 === expected.low && (this.high & mask.high) >>> 0 === expected.high;
    });
    return { done, low, high: this.high };
  }

  #checkPoll(width: AccessWidth, at: number, mask: Halves, expected: Halves): void {
    if ((expected.low & ~mask.low) !== 0 || (expected.high & ~mask.high) !== 0) {
      throw new ZxError(
        "INVALID_ARGS",
        `poll: ${this.mapping.what("read", width, at)}: the expected value has bits outside the mask`,
      );
    }
  }

  #late(
    width: AccessWidth,
    at: number,
    mask: number | bigint,
    expected: number | bigint,
    { timeout }: PollOptions,
    last: number | bigint,
  ): ZxError {
    const fields = this.mapping.fields(at, width, last);
    return new ZxError(
      "TIMED_OUT",
      `${this.mapping.what("read", width, at)}: (value & ${shown(mask)}) == ${shown(expected)} did not come within ${timeout} ns; ` +
        `last value ${hex(last, width / 4)}${fields === undefined ? "" : ` ${fields}`}`,
    );
  }
}

/** The width of a transfer is that of the array's elements. */
function widthOf(array: AccessArray): AccessWidth {
  if (array instanceof Uint8Array) return 8;
  if (array instanceof Uint16Array) return 16;
  if (array instanceof Uint32Array) return 32;
  if (array instanceof BigUint64Array) return 64;
  throw new ZxError(
    "INVALID_ARGS",
    "a transfer wants a Uint8Array, Uint16Array, Uint32Array or BigUint64Array: its elements say the width",
  );
}
