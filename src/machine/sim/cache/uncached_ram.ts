/** RAM as accesses meet it that go past the cache. */
import type { Io } from "../../../zx/memory.ts";
import type { Accessor, PhysicalRange, Ram } from "../../machine.ts";
import { ramOffset } from "../../ram.ts";
import type { SimCache } from "./sim_cache.ts";

export class UncachedRam implements Ram {
  readonly ranges: readonly PhysicalRange[];
  readonly reserved: readonly PhysicalRange[];
  readonly bytes = undefined;
  readonly fd = undefined;
  readonly io: Io;
  readonly #ram: Ram;
  readonly #cache: SimCache;
  readonly #who: Accessor;

  constructor(cache: SimCache, ram: Ram, who: Accessor) {
    this.ranges = ram.ranges;
    this.reserved = ram.reserved;
    this.io = new UncachedIo(cache, ram.io, who);
    this.#ram = ram;
    this.#cache = cache;
    this.#who = who;
  }

  offsetOf(paddr: number): number | undefined {
    return this.#ram.offsetOf(paddr);
  }

  read(paddr: number, into: Uint8Array): void {
    this.#cache.readingPast(ramOffset(this.ranges, paddr, into.length), into.length, this.#who);
    this.#ram.read(paddr, into);
  }

  write(paddr: number, from: Uint8Array): void {
    this.#cache.writingPast(ramOffset(this.ranges, paddr, from.length), from, this.#who);
    this.#ram.write(paddr, from);
  }

  fill(paddr: number, size: number, value: number): void {
    this.write(paddr, new Uint8Array(size).fill(value));
  }
}

class UncachedIo implements Io {
  readonly #io: Io;
  readonly #cache: SimCache;
  readonly #who: Accessor;
  readonly #written = new DataView(new ArrayBuffer(8));

  constructor(cache: SimCache, io: Io, who: Accessor) {
    this.#io = io;
    this.#cache = cache;
    this.#who = who;
  }

  get high(): number {
    return this.#io.high;
  }

  read8(offset: number): number {
    this.#cache.readingPast(offset, 1, this.#who);
    return this.#io.read8(offset);
  }

  read16(offset: number): number {
    this.#cache.readingPast(offset, 2, this.#who);
    return this.#io.read16(offset);
  }

  read32(offset: number): number {
    this.#cache.readingPast(offset, 4, this.#who);
    return this.#io.read32(offset);
  }

  read64(offset: number): number {
    this.#cache.readingPast(offset, 8, this.#who);
    return this.#io.read64(offset);
  }

  write8(offset: number, value: number): void {
    this.#written.setUint8(0, value);
    this.#writing(offset, 1);
    this.#io.write8(offset, value);
  }

  write16(offset: number, value: number): void {
    this.#written.setUint16(0, value, true);
    this.#writing(offset, 2);
    this.#io.write16(offset, value);
  }

  write32(offset: number, value: number): void {
    this.#written.setUint32(0, value, true);
    this.#writing(offset, 4);
    this.#io.write32(offset, value);
  }

  write64(offset: number, low: number, high: number): void {
    this.#written.setUint32(0, low, true);
    this.#written.setUint32(4, high, true);
    this.#writing(offset, 8);
    this.#io.write64(offset, low, high);
  }

  #writing(offset: number, size: number): void {
    this.#cache.writingPast(offset, new Uint8Array(this.#written.buffer, 0, size), this.#who);
  }
}
