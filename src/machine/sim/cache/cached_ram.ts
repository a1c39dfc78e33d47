/** The cache as somebody's accesses meet it: of one width each, or copies. */
import type { Io } from "../../../zx/memory.ts";
import type { Accessor, PhysicalRange, Ram } from "../../machine.ts";
import { ramOffset } from "../../ram.ts";
import type { LineHome } from "./lines.ts";
import type { SimCache } from "./sim_cache.ts";

/** Accesses through the cache. One that lies in two lines, as an access that is not aligned may, is made in two parts. */
export class CachedIo implements Io {
  high = 0;
  readonly #cache: SimCache;
  readonly #home: LineHome;
  /** Place of offset 0. */
  readonly #base: number;
  readonly #who: Accessor;

  constructor(cache: SimCache, home: LineHome, base: number, who: Accessor) {
    this.#cache = cache;
    this.#home = home;
    this.#base = base;
    this.#who = who;
  }

  read8(offset: number): number {
    return this.#cache.lines.view.getUint8(this.#reading(offset, 1));
  }

  read16(offset: number): number {
    if (this.#crosses(offset, 2)) return this.read8(offset) + this.read8(offset + 1) * 0x100;
    return this.#cache.lines.view.getUint16(this.#reading(offset, 2), true);
  }

  read32(offset: number): number {
    if (this.#crosses(offset, 4)) return this.read16(offset) + this.read16(offset + 2) * 0x1_0000;
    return this.#cache.lines.view.getUint32(this.#reading(offset, 4), true);
  }

  read64(offset: number): number {
    if (this.#crosses(offset, 8)) {
      this.high = this.read32(offset + 4);
      return this.read32(offset);
    }
    const at = this.#reading(offset, 8);
    this.high = this.#cache.lines.view.getUint32(at + 4, true);
    return this.#cache.lines.view.getUint32(at, true);
  }

  write8(offset: number, value: number): void {
    this.#cache.lines.view.setUint8(this.#writing(offset, 1), value);
  }

  write16(offset: number, value: number): void {
    if (this.#crosses(offset, 2)) {
      this.write8(offset, value & 0xff);
      this.write8(offset + 1, value >>> 8);
    } else this.#cache.lines.view.setUint16(this.#writing(offset, 2), value, true);
  }

  write32(offset: number, value: number): void {
    if (this.#crosses(offset, 4)) {
      this.write16(offset, value & 0xffff);
      this.write16(offset + 2, value >>> 16);
    } else this.#cache.lines.view.setUint32(this.#writing(offset, 4), value, true);
  }

  write64(offset: number, low: number, high: number): void {
    if (this.#crosses(offset, 8)) {
      this.write32(offset, low);
      this.write32(offset + 4, high);
    } else {
      const at = this.#writing(offset, 8);
      this.#cache.lines.view.setUint32(at, low, true);
      this.#cache.lines.view.setUint32(at + 4, high, true);
    }
  }

  #reading(offset: number, size: number): number {
    return this.#cache.reading(this.#base + offset, size, this.#home, this.#who);
  }

  #writing(offset: number, size: number): number {
    return this.#cache.writing(this.#base + offset, size, this.#home, this.#who);
  }

  #crosses(offset: number, size: number): boolean {
    return ((this.#base + offset) % this.#cache.lineSize) + size > this.#cache.lineSize;
  }
}

/** RAM through the cache. */
export class CachedRam implements Ram {
  readonly ranges: readonly PhysicalRange[];
  readonly reserved: readonly PhysicalRange[];
  readonly bytes = undefined;
  readonly fd = undefined;
  readonly io: Io;
  readonly #cache: SimCache;
  readonly #ram: Ram;
  readonly #who: Accessor;

  constructor(cache: SimCache, ram: Ram, home: LineHome, who: Accessor) {
    this.ranges = ram.ranges;
    this.reserved = ram.reserved;
    this.io = new CachedIo(cache, home, 0, who);
    this.#cache = cache;
    this.#ram = ram;
    this.#who = who;
  }

  offsetOf(paddr: number): number | undefined {
    return this.#ram.offsetOf(paddr);
  }

  read(paddr: number, into: Uint8Array): void {
    this.#cache.readBytes(ramOffset(this.ranges, paddr, into.length), into, this.#who);
  }

  write(paddr: number, from: Uint8Array): void {
    this.#cache.writeBytes(ramOffset(this.ranges, paddr, from.length), from.length, from, this.#who);
  }

  fill(paddr: number, size: number, value: number): void {
    this.#cache.writeBytes(ramOffset(this.ranges, paddr, size), size, value, this.#who);
  }
}
