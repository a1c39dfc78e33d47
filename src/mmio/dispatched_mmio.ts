/** Buffers over memory that is reached by calls: device models, QEMU, the portable address space, test doubles. */
import type { Halves } from "../registers/halves.ts";
import { checkedPoll, type PollOptions } from "../registers/poll.ts";
import type { AccessKind, Io, IoPolled, Window } from "../zx/memory.ts";
import { fastEnd, smallInteger } from "./fast_road.ts";
import type { AccessWidth, Mapping } from "./mapping.ts";
import { MmioAccess, type Owner } from "./mmio_access.ts";
import type { MmioView } from "./mmio_view.ts";

/** The fast road is that of DirectMmio, with a call of the `Io` at its end. */
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
    this.#start = smallInteger(window.offset + this.base);
    this.#end = fastEnd(this.size);
  }

  disarm(): void {
    this.#end = 0;
  }

  view(offset: number, size: number = this.size - offset): MmioView {
    this.subrange(offset, size);
    return new DispatchedMmio(this.mapping, this.base + offset, size);
  }

  read8(offset: number): number {
    try {
      const at = offset & 0x7fff_ffff;
      if (at === offset && at < this.#end) {
        return this.#io!.read8(this.#start + at) & 0xff;
      }
    } catch (error) {
      this.#failed(error, "read", 8, offset, 0);
    }
    return this.slowRead(8, offset);
  }

  read16(offset: number): number {
    try {
      const at = offset & 0x7fff_fffe;
      if (at === offset && at + 1 < this.#end) {
        return this.#io!.read16(this.#start + at) & 0xffff;
      }
    } catch (error) {
      this.#failed(error, "read", 16, offset, 0);
    }
    return this.slowRead(16, offset);
  }

  read32(offset: number): number {
    try {
      const at = offset & 0x7fff_fffc;
      if (at === offset && at + 3 < this.#end) {
        return this.#io!.read32(this.#start + at) >>> 0;
      }
    } catch (error) {
      this.#failed(error, "read", 32, offset, 0);
    }
    return this.slowRead(32, offset);
  }

  read64Halves(offset: number): number {
    try {
      const at = offset & 0x7fff_fff8;
      if (at === offset && at + 7 < this.#end) {
        const io = this.#io!;
        const low = io.read64(this.#start + at) >>> 0;
        this.high = io.high >>> 0;
        return low;
      }
    } catch (error) {
      this.#failed(error, "read", 64, offset, 0);
    }
    const low = this.slowRead(64, offset);
    this.high = this.mapping.high;
    return low;
  }

  write8(offset: number, value: number): void {
    try {
      const at = offset & 0x7fff_ffff;
      if (at === offset && at < this.#end && (value & 0xff) === value) {
        this.#io!.write8(this.#start + at, value);
        return;
      }
    } catch (error) {
      this.#failed(error, "write", 8, offset, value);
    }
    this.slowWrite(8, offset, value);
  }

  write16(offset: number, value: number): void {
    try {
      const at = offset & 0x7fff_fffe;
      if (at === offset && at + 1 < this.#end && (value & 0xffff) === value) {
        this.#io!.write16(this.#start + at, value);
        return;
      }
    } catch (error) {
      this.#failed(error, "write", 16, offset, value);
    }
    this.slowWrite(16, offset, value);
  }

  write32(offset: number, value: number): void {
    try {
      const at = offset & 0x7fff_fffc;
      if (at === offset && at + 3 < this.#end && ((value | 0) === value || value >>> 0 === value)) {
        this.#io!.write32(this.#start + at, value >>> 0);
        return;
      }
    } catch (error) {
      this.#failed(error, "write", 32, offset, value);
    }
    this.slowWrite(32, offset, value);
  }

  write64Halves(offset: number, low: number, high: number): void {
    try {
      const fits = ((low | 0) === low || low >>> 0 === low) && ((high | 0) === high || high >>> 0 === high);
      const at = offset & 0x7fff_fff8;
      if (at === offset && at + 7 < this.#end && fits) {
        this.#io!.write64(this.#start + at, low >>> 0, high >>> 0);
        return;
      }
    } catch (error) {
      this.#failed(error, "write", 64, offset, typeof low === "number" ? high : low);
    }
    this.slowWrite64(offset, low, high);
  }

  override pollThere(
    width: AccessWidth,
    offset: number,
    mask: Halves,
    expected: Halves,
    options: PollOptions,
  ): IoPolled | undefined {
    const io = this.#io;
    if (this.#end === 0 || io?.poll === undefined) return undefined;
    const { timeout, interval } = checkedPoll(options);
    const at = this.place("read", width, offset);
    try {
      return io.poll({ width, offset: this.#start + offset, mask, expected, timeout, interval });
    } catch (error) {
      throw this.mapping.inContext(error, "read", width, at);
    }
  }

  /** What the device threw goes on with the access in front of it. Returns where the arguments were what threw. */
  #failed(error: unknown, op: AccessKind, width: AccessWidth, offset: unknown, value: unknown): void {
    if (typeof offset !== "number" || typeof value !== "number") return;
    throw this.mapping.inContext(error, op, width, this.base + offset);
  }
}
