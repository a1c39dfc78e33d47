/**
 * Who answers at which addresses: ranges that do not overlap, in order. One map is the machine's physical addresses,
 * another its I/O ports.
 */
import { ZxError } from "../../zx/error.ts";
import type { Io } from "../../zx/memory.ts";
import { hex } from "../../zx/pages.ts";

export interface AddressRange {
  readonly base: number;
  readonly size: number;
  readonly name: string;
  /** Who answers, by offset from `base`; undefined where a range is taken but accesses do not get there. */
  readonly io: Io | undefined;
}

/** Is told after ranges have come or gone. */
export interface MapWatcher {
  moved(): void;
}

export class AddressMap {
  /** Ascending. */
  #ranges: AddressRange[] = [];
  readonly #end: number;
  /** Who holds on to a result of `find`. Weakly: nobody says when a window is no longer used. */
  #watchers: WeakRef<MapWatcher>[] = [];
  /** Number of watchers at which to look for those that are gone. */
  #pruneAt = 16;

  /** Addresses are 0 .. end-1. */
  constructor(end: number) {
    this.#end = end;
  }

  /**
   * INVALID_ARGS for a range that is empty or leaves the map, or whose ends are not multiples of 4 (so that no aligned
   * access lies in two ranges); ALREADY_EXISTS for one that overlaps another, which the message names.
   */
  add(base: number, size: number, name: string, io: Io | undefined): AddressRange {
    const isGood = Number.isSafeInteger(base) && Number.isSafeInteger(size) && base >= 0 && size > 0;
    if (!isGood || base + size > this.#end || base % 4 !== 0 || size % 4 !== 0) {
      throw new ZxError(
        "INVALID_ARGS",
        `${name}: ${span(base, size)} is not a range of multiples of 4 below ${hex(this.#end)}`,
      );
    }
    const place = this.#placeOf(base);
    const taken = [this.#ranges[place - 1], this.#ranges[place]].find(
      (other) => other !== undefined && other.base < base + size && base < other.base + other.size,
    );
    if (taken !== undefined) {
      throw new ZxError(
        "ALREADY_EXISTS",
        `${name} at ${span(base, size)}: ${taken.name} is at ${span(taken.base, taken.size)}`,
      );
    }
    const range: AddressRange = { base, size, name, io };
    this.#ranges.splice(place, 0, range);
    this.#changed();
    return range;
  }

  /** Nothing happens if the range has been removed already. */
  remove(range: AddressRange): void {
    const place = this.#ranges.indexOf(range);
    if (place < 0) return;
    this.#ranges.splice(place, 1);
    this.#changed();
  }

  clear(): void {
    this.#ranges = [];
    this.#changed();
  }

  find(address: number): AddressRange | undefined {
    const range = this.#ranges[this.#placeOf(address + 1) - 1];
    return range !== undefined && address < range.base + range.size ? range : undefined;
  }

  /** The ranges that have a part in [base, base+size), ascending. */
  overlapping(base: number, size: number): readonly AddressRange[] {
    return this.#ranges.filter((range) => range.base < base + size && base < range.base + range.size);
  }

  /** Tells `watcher` of changes for as long as somebody else holds it. */
  watch(watcher: MapWatcher): void {
    this.#watchers.push(new WeakRef(watcher));
    if (this.#watchers.length < this.#pruneAt) return;
    this.#watchers = this.#watchers.filter((ref) => ref.deref() !== undefined);
    this.#pruneAt = 2 * this.#watchers.length + 16;
  }

  #changed(): void {
    for (const ref of this.#watchers) ref.deref()?.moved();
  }

  /** Number of ranges that start below `address`. */
  #placeOf(address: number): number {
    let low = 0;
    let high = this.#ranges.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#ranges[middle]!.base < address) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function span(base: number, size: number): string {
  return `[${hex(base)}, ${hex(base + size)})`;
}
