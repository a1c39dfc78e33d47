/** Buffers over memory that is reached by calls: device models, QEMU, the portable address space, test doubles. */
import type { Io, Window } from "../zx/memory.ts";
import { is32Bits, isOffset, isWithin } from "./fast_checks.ts";
import type { Mapping } from "./mapping.ts";
import { MmioAccess, type Owner } from "./mmio_access.ts";
import type { MmioView } from "./mmio_view.ts";

/** `end` is 0 where the fast road is closed, as in DirectMmio. */
export class DispatchedMmio extends MmioAccess {
  #end = 0;
  /** Of the first byte in the `Io`. */
  #start = 0;
  // Called as `io.read32`, so that a process with few kinds of `Io` (most machines have one for all their devices) keeps the
  // engine's inline caches, and with them inlining.
  #io: Io | undefined;

  constructor(mapping: Mapping, base: number, size: number, owner?: Owner) {
    super(mapping, base, size, owner);
    mapping.follow(this);
  }

  arm(window: Window): void {
    if (window.kind !== "dispatched") return;
    this.#io = window.io;
    this.#start = window.offset + this.base;
    this.#end = this.size;
  }

  disarm(): void {
    this.#end = 0;
  }

  view(offset: number, size: number = this.size - offset): MmioView {
    this.subrange(offset, size);
    return new DispatchedMmio(this.mapping, this.base + offset, size);
  }

  read8(offset: number): number {
    if (!(isOffset(offset) && offset < this.#end)) return this.slowRead(8, offset);
    const io = this.#io!;
    try {
      return io.read8(this.#start + offset) & 0xff;
    } catch (error) {
      throw this.mapping.inContext(error, "read", 8, this.base + offset);
    }
  }

  read16(offset: number): number {
    if (!(isOffset(offset) && (offset & 1) === 0 && offset < this.#end - 1)) return this.slowRead(16, offset);
    const io = this.#io!;
    try {
      return io.read16(this.#start + offset) & 0xffff;
    } catch (error) {
      throw this.mapping.inContext(error, "read", 16, this.base + offset);
    }
  }

  read32(offset: number): number {
    if (!(isOffset(offset) && (offset & 3) === 0 && offset < this.#end - 3)) return this.slowRead(32, offset);
    const io = this.#io!;
    try {
      return io.read32(this.#start + offset) >>> 0;
    } catch (error) {
      throw this.mapping.inContext(error, "read", 32, this.base + offset);
    }
  }

  read64Halves(offset: number): number {
    if (!(isOffset(offset) && (offset & 7) === 0 && offset < this.#end - 7)) {
      const low = this.slowRead(64, offset);
      this.high = this.mapping.high;
      return low;
    }
    const io = this.#io!;
    try {
      const low = io.read64(this.#start + offset) >>> 0;
      this.high = io.high >>> 0;
      return low;
    } catch (error) {
      throw this.mapping.inContext(error, "read", 64, this.base + offset);
    }
  }

  write8(offset: number, value: number): void {
    if (!(isOffset(offset) && offset < this.#end && isWithin(value, 0xff))) {
      this.slowWrite(8, offset, value);
      return;
    }
    const io = this.#io!;
    try {
      io.write8(this.#start + offset, value);
    } catch (error) {
      throw this.mapping.inContext(error, "write", 8, this.base + offset);
    }
  }

  write16(offset: number, value: number): void {
    if (!(isOffset(offset) && (offset & 1) === 0 && offset < this.#end - 1 && isWithin(value, 0xffff))) {
      this.slowWrite(16, offset, value);
      return;
    }
    const io = this.#io!;
    try {
      io.write16(this.#start + offset, value);
    } catch (error) {
      throw this.mapping.inContext(error, "write", 16, this.base + offset);
    }
  }

  write32(offset: number, value: number): void {
    if (!(isOffset(offset) && (offset & 3) === 0 && offset < this.#end - 3 && is32Bits(value))) {
      this.slowWrite(32, offset, value);
      return;
    }
    const io = this.#io!;
    try {
      io.write32(this.#start + offset, value >>> 0);
    } catch (error) {
      throw this.mapping.inContext(error, "write", 32, this.base + offset);
    }
  }

  write64Halves(offset: number, low: number, high: number): void {
    if (
      !(isOffset(offset) && (offset & 7) === 0 && offset < this.#end - 7 && is32Bits(low) && is32Bits(high))
    ) {
      this.slowWrite64(offset, low, high);
      return;
    }
    const io = this.#io!;
    try {
      io.write64(this.#start + offset, low >>> 0, high >>> 0);
    } catch (error) {
      throw this.mapping.inContext(error, "write", 64, this.base + offset);
    }
  }
}
