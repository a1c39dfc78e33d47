/**
 * Physical addresses as a processor reaches them. A window looks up once who answers and then calls it directly; it
 * looks again only when the map changes (a BAR was moved, decoding was switched off).
 */
import type { Io } from "../../zx/memory.ts";
import { hex } from "../../zx/pages.ts";
import type { AddressMap, AddressRange, MapWatcher } from "./address_map.ts";
import type { VirtualClock } from "./clock.ts";
import type { Log } from "./log.ts";

const ONES_32 = 0xffff_ffff;

/** What lies at [base, base+size): one device where the range is its first bytes, else a look-up for each access. */
export class BusWindow implements Io, MapWatcher {
  high = 0;
  /** What the range was called when the window was made. */
  readonly name: string;
  readonly #map: AddressMap;
  readonly #clock: VirtualClock;
  readonly #log: Log;
  readonly #base: number;
  readonly #size: number;
  /** Takes the window's own offsets, so that the usual window, which starts where a BAR does, has nothing to add. */
  #target: Io;

  constructor(map: AddressMap, clock: VirtualClock, log: Log, base: number, size: number) {
    this.#map = map;
    this.#clock = clock;
    this.#log = log;
    this.#base = base;
    this.#size = size;
    const names = map.overlapping(base, size).map((range) => range.name);
    this.name = names.length === 0 ? "unassigned" : names.join(", ");
    this.#target = this.#find();
    map.watch(this);
  }

  moved(): void {
    this.#target = this.#find();
  }

  read8(offset: number): number {
    this.#clock.access();
    return this.#target.read8(offset);
  }

  read16(offset: number): number {
    this.#clock.access();
    return this.#target.read16(offset);
  }

  read32(offset: number): number {
    this.#clock.access();
    return this.#target.read32(offset);
  }

  read64(offset: number): number {
    this.#clock.access();
    const low = this.#target.read64(offset);
    this.high = this.#target.high;
    return low;
  }

  write8(offset: number, value: number): void {
    this.#clock.access();
    this.#target.write8(offset, value);
  }

  write16(offset: number, value: number): void {
    this.#clock.access();
    this.#target.write16(offset, value);
  }

  write32(offset: number, value: number): void {
    this.#clock.access();
    this.#target.write32(offset, value);
  }

  write64(offset: number, low: number, high: number): void {
    this.#clock.access();
    this.#target.write64(offset, low, high);
  }

  #find(): Io {
    const range = this.#map.find(this.#base);
    if (range?.io !== undefined && this.#base === range.base && this.#size <= range.size) return range.io;
    return new ScatteredRange(this.#map, this.#log, this.#base, this.name);
  }
}

/**
 * A range in which several devices answer, or none, or one in a part of it. Where nobody does, reads are all ones and
 * writes are lost, as on a PCI bus, and the first such access is reported. It is made anew whenever the map changes.
 */
class ScatteredRange implements Io {
  high = 0;
  readonly #map: AddressMap;
  readonly #log: Log;
  readonly #base: number;
  readonly #name: string;
  #reported = false;
  /** Who answered last, and at which offsets of this range: most likely who answers next. */
  #device: Io | undefined;
  #start = 0;
  #end = 0;

  constructor(map: AddressMap, log: Log, base: number, name: string) {
    this.#map = map;
    this.#log = log;
    this.#base = base;
    this.#name = name;
  }

  read8(offset: number): number {
    return this.#reaches(offset, "read8") ? this.#device!.read8(offset - this.#start) : 0xff;
  }

  read16(offset: number): number {
    return this.#reaches(offset, "read16") ? this.#device!.read16(offset - this.#start) : 0xffff;
  }

  read32(offset: number): number {
    return this.#reaches(offset, "read32") ? this.#device!.read32(offset - this.#start) : ONES_32;
  }

  read64(offset: number): number {
    this.high = ONES_32;
    if (!this.#reaches(offset, "read64")) return ONES_32;
    const device = this.#device!;
    const low = device.read64(offset - this.#start);
    this.high = device.high;
    return low;
  }

  write8(offset: number, value: number): void {
    if (this.#reaches(offset, "write8")) this.#device!.write8(offset - this.#start, value);
  }

  write16(offset: number, value: number): void {
    if (this.#reaches(offset, "write16")) this.#device!.write16(offset - this.#start, value);
  }

  write32(offset: number, value: number): void {
    if (this.#reaches(offset, "write32")) this.#device!.write32(offset - this.#start, value);
  }

  write64(offset: number, low: number, high: number): void {
    if (this.#reaches(offset, "write64")) this.#device!.write64(offset - this.#start, low, high);
  }

  /** Whether `#device` answers at an offset, after a look at the map if need be. */
  #reaches(offset: number, access: string): boolean {
    if (offset >= this.#start && offset < this.#end) return true;
    const range = this.#map.find(this.#base + offset);
    if (range?.io === undefined) {
      this.#report(offset, access, range);
      return false;
    }
    this.#device = range.io;
    this.#start = range.base - this.#base;
    this.#end = this.#start + range.size;
    return true;
  }

  #report(offset: number, access: string, range: AddressRange | undefined): void {
    if (this.#reported) return;
    this.#reported = true;
    const who = range === undefined ? "nothing" : `${range.name} does not, and nothing else`;
    const was = this.#name === "unassigned" ? "" : `; the range was mapped for ${this.#name}`;
    this.#log("bus", "warning", `${access} at ${hex(this.#base + offset)}: ${who} answers there${was}`);
  }
}
