/** Buffers over memory that the host's MMU maps: each access is a call of the accessor module. */
import type { Halves } from "../registers/halves.ts";
import type { AccessKind, Window } from "../zx/memory.ts";
import { type Accessors, accessorsOf } from "./accessors.ts";
import { fastEnd } from "./fast_road.ts";
import type { AccessWidth, Mapping } from "./mapping.ts";
import { MmioAccess, type Owner } from "./mmio_access.ts";
import type { AccessArray, MmioView } from "./mmio_view.ts";

/** Reads that a poll makes before it looks at the clock: of a register across PCIe, about ten microseconds. */
const POLL_READS = 16;

/**
 * The fast road: `offset & 0x7fff_fffc` is `offset` itself for whole numbers from 0 to 2^31-4 that are multiples of 4, and for nothing
 * else, be it 4.5, NaN or "4"; and it is below `end` only where the road is open. What these two comparisons turn away takes the
 * slow road, which finds out why. The masks are written out because an imported constant is loaded anew for each access.
 */
export class DirectMmio extends MmioAccess {
  #end = 0;
  /** Of the first byte in the Wasm memory, as a signed 32-bit number: sums with it stay in 32-bit arithmetic. */
  #address = 0;
  #accessors: Accessors;
  #memory: WebAssembly.Memory;
  // The engine calls a function in a field faster than one in the exports object of an instance.
  #read8: Accessors["read8"];
  #read16: Accessors["read16"];
  #read32: Accessors["read32"];
  #read64: Accessors["read64"];
  #readHigh: Accessors["high"];
  #write8: Accessors["write8"];
  #write16: Accessors["write16"];
  #write32: Accessors["write32"];
  #write64: Accessors["write64"];

  constructor(mapping: Mapping, memory: WebAssembly.Memory, base: number, size: number, owner?: Owner) {
    super(mapping, base, size, owner);
    const accessors = accessorsOf(memory);
    this.#memory = memory;
    this.#accessors = accessors;
    this.#read8 = accessors.read8;
    this.#read16 = accessors.read16;
    this.#read32 = accessors.read32;
    this.#read64 = accessors.read64;
    this.#readHigh = accessors.high;
    this.#write8 = accessors.write8;
    this.#write16 = accessors.write16;
    this.#write32 = accessors.write32;
    this.#write64 = accessors.write64;
    mapping.follow(this);
  }

  arm(window: Window): void {
    // Other memory may have come to lie at the same address: then the slow road is the only one.
    if (window.kind !== "direct" || window.memory !== this.#memory) return;
    this.#address = (window.address + this.base) | 0;
    this.#end = fastEnd(this.size);
  }

  disarm(): void {
    this.#end = 0;
  }

  view(offset: number, size: number = this.size - offset): MmioView {
    this.subrange(offset, size);
    return new DirectMmio(this.mapping, this.#memory, this.base + offset, size);
  }

  read8(offset: number): number {
    try {
      const at = offset & 0x7fff_ffff;
      if (at === offset && at < this.#end) {
        const read = this.#read8;
        return read((this.#address + at) | 0);
      }
    } catch (error) {
      rethrowUnlessFault(error);
    }
    return this.slowRead(8, offset);
  }

  read16(offset: number): number {
    try {
      const at = offset & 0x7fff_fffe;
      if (at === offset && at + 1 < this.#end) {
        const read = this.#read16;
        return read((this.#address + at) | 0);
      }
    } catch (error) {
      rethrowUnlessFault(error);
    }
    return this.slowRead(16, offset);
  }

  read32(offset: number): number {
    try {
      const at = offset & 0x7fff_fffc;
      if (at === offset && at + 3 < this.#end) {
        const read = this.#read32;
        return read((this.#address + at) | 0) >>> 0;
      }
    } catch (error) {
      rethrowUnlessFault(error);
    }
    return this.slowRead(32, offset);
  }

  read64Halves(offset: number): number {
    try {
      const at = offset & 0x7fff_fff8;
      if (at === offset && at + 7 < this.#end) {
        const read = this.#read64;
        const readHigh = this.#readHigh;
        const low = read((this.#address + at) | 0) >>> 0;
        this.high = readHigh() >>> 0;
        return low;
      }
    } catch (error) {
      rethrowUnlessFault(error);
    }
    const low = this.slowRead(64, offset);
    this.high = this.mapping.high;
    return low;
  }

  write8(offset: number, value: number): void {
    try {
      const at = offset & 0x7fff_ffff;
      if (at === offset && at < this.#end && (value & 0xff) === value) {
        const write = this.#write8;
        write((this.#address + at) | 0, value);
        return;
      }
    } catch (error) {
      rethrowUnlessFault(error);
    }
    this.slowWrite(8, offset, value);
  }

  write16(offset: number, value: number): void {
    try {
      const at = offset & 0x7fff_fffe;
      if (at === offset && at + 1 < this.#end && (value & 0xffff) === value) {
        const write = this.#write16;
        write((this.#address + at) | 0, value);
        return;
      }
    } catch (error) {
      rethrowUnlessFault(error);
    }
    this.slowWrite(16, offset, value);
  }

  write32(offset: number, value: number): void {
    try {
      const at = offset & 0x7fff_fffc;
      if (at === offset && at + 3 < this.#end && ((value | 0) === value || value >>> 0 === value)) {
        const write = this.#write32;
        write((this.#address + at) | 0, value);
        return;
      }
    } catch (error) {
      rethrowUnlessFault(error);
    }
    this.slowWrite(32, offset, value);
  }

  write64Halves(offset: number, low: number, high: number): void {
    try {
      const fits = ((low | 0) === low || low >>> 0 === low) && ((high | 0) === high || high >>> 0 === high);
      const at = offset & 0x7fff_fff8;
      if (at === offset && at + 7 < this.#end && fits) {
        const write = this.#write64;
        write((this.#address + at) | 0, low, high);
        return;
      }
    } catch (error) {
      rethrowUnlessFault(error);
    }
    this.slowWrite64(offset, low, high);
  }

  protected override moveArray(
    op: AccessKind,
    offset: number,
    step: 0 | 1,
    array: AccessArray,
    start: number,
  ): number {
    if (this.#end === 0 || array.buffer !== this.#memory.buffer) return 0;
    const bytes = array.BYTES_PER_ELEMENT;
    const register = this.#address + offset;
    const ram = array.byteOffset + start * bytes;
    const count = array.length - start;
    return op === "read"
      ? this.#move(bytes, ram, bytes, register, step * bytes, count)
      : this.#move(bytes, register, step * bytes, ram, bytes, count);
  }

  protected override moveFrom(
    offset: number,
    from: MmioAccess,
    fromOffset: number,
    count: number,
    width: AccessWidth,
  ): number {
    if (!(from instanceof DirectMmio) || from.#memory !== this.#memory || this.#end === 0 || from.#end === 0)
      return 0;
    const bytes = width / 8;
    return this.#move(bytes, this.#address + offset, bytes, from.#address + fromOffset, bytes, count);
  }

  /** Returns how many elements were moved before a trap, if there was one. */
  #move(bytes: number, to: number, toStep: number, from: number, fromStep: number, count: number): number {
    const { move8, move16, move32, move64, moved } = this.#accessors;
    const move = bytes === 8 ? move64 : bytes === 4 ? move32 : bytes === 2 ? move16 : move8;
    try {
      move(to | 0, toStep, from | 0, fromStep, count);
    } catch (error) {
      rethrowUnlessFault(error);
    }
    return moved();
  }

  protected override pollSome(width: 8 | 16 | 32, offset: number, mask: number, expected: number): number {
    if (this.#end !== 0) {
      const { poll8, poll16, poll32 } = this.#accessors;
      const poll = width === 32 ? poll32 : width === 16 ? poll16 : poll8;
      try {
        return poll((this.#address + offset) | 0, mask, expected, POLL_READS) >>> 0;
      } catch (error) {
        rethrowUnlessFault(error);
      }
    }
    return super.pollSome(width, offset, mask, expected);
  }

  protected override pollSome64(offset: number, mask: Halves, expected: Halves): number {
    if (this.#end !== 0) {
      const { poll64, high } = this.#accessors;
      try {
        const low =
          poll64(
            (this.#address + offset) | 0,
            mask.low,
            mask.high,
            expected.low,
            expected.high,
            POLL_READS,
          ) >>> 0;
        this.high = high() >>> 0;
        return low;
      } catch (error) {
        rethrowUnlessFault(error);
      }
    }
    return super.pollSome64(offset, mask, expected);
  }
}

/**
 * A page fault arrives as a trap of the accessor module, an argument that is no number as a TypeError before the access; both are
 * for the slow road. Whatever else was thrown (the stack is full) goes on.
 */
function rethrowUnlessFault(error: unknown): void {
  if (!(error instanceof WebAssembly.RuntimeError || error instanceof TypeError)) throw error;
}
