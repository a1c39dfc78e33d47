/**
 * The lines of a processor's data cache: set-associative, write-back, write-allocate, physically tagged. Which line makes room, and
 * which come and go without the program having asked, is random: a program that maintains its caches cannot tell.
 */
import { ZxError } from "../../../zx/error.ts";

/** What lines are filled from and written back to. Places are bytes, of the first byte of a line. */
export interface LineHome {
  fill(place: number, into: Uint8Array): void;
  writeBack(place: number, from: Uint8Array): void;
}

export interface CacheShape {
  /** Bytes of a line: 32, 64 or 128. */
  readonly lineSize: number;
  readonly sets: number;
  /** Lines of one set. */
  readonly ways: number;
}

const EMPTY = -1;

export class CacheLines {
  readonly lineSize: number;
  readonly #ways: number;
  readonly #sets: number;
  readonly #random: () => number;
  /** What all slots hold, one after the other. */
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Place of the line in each slot. */
  readonly #places: Float64Array;
  readonly #dirty: Uint8Array;
  readonly #homes: (LineHome | undefined)[];

  /** INVALID_ARGS for another size of line, or for none. */
  constructor({ lineSize, sets, ways }: CacheShape, random: () => number) {
    const isGood =
      [32, 64, 128].includes(lineSize) && [sets, ways].every((n) => Number.isInteger(n) && n > 0);
    if (!isGood || sets * ways > 2 ** 20) {
      throw new ZxError(
        "INVALID_ARGS",
        `a cache of ${sets} sets of ${ways} lines of ${lineSize} bytes: lines have 32, 64 or 128, of which there are at most 2^20`,
      );
    }
    const slots = sets * ways;
    this.lineSize = lineSize;
    this.#ways = ways;
    this.#sets = sets;
    this.#random = random;
    this.bytes = new Uint8Array(slots * lineSize);
    this.view = new DataView(this.bytes.buffer);
    this.#places = new Float64Array(slots).fill(EMPTY);
    this.#dirty = new Uint8Array(slots);
    this.#homes = new Array(slots).fill(undefined);
  }

  /** Where in `bytes` the line of a place is; -1 if it is not there. */
  find(place: number): number {
    const slot = this.#slotOf(place);
    return slot < 0 ? -1 : slot * this.lineSize;
  }

  isDirty(place: number): boolean {
    const slot = this.#slotOf(place);
    return slot >= 0 && this.#dirty[slot] !== 0;
  }

  /** Where in `bytes` the line is, after it was fetched if need be. */
  fetch(place: number, home: LineHome): number {
    const known = this.#slotOf(place);
    if (known >= 0) return known * this.lineSize;
    const at = this.#take(place, home) * this.lineSize;
    home.fill(place, this.bytes.subarray(at, at + this.lineSize));
    return at;
  }

  /** The same for a line that is about to be written: it is dirty. `whole`: all of it will be, so it is not read first. */
  fetchToWrite(place: number, home: LineHome, whole: boolean): number {
    const known = this.#slotOf(place);
    const at = known >= 0 || !whole ? this.fetch(place, home) : this.#take(place, home) * this.lineSize;
    this.#dirty[at / this.lineSize] = 1;
    return at;
  }

  /** Writes a dirty line back; it stays. */
  clean(place: number): void {
    const slot = this.#slotOf(place);
    if (slot >= 0) this.#writeBack(slot);
  }

  /** Forgets a line, and what was written to it. */
  drop(place: number): void {
    const slot = this.#slotOf(place);
    if (slot >= 0) this.#empty(slot);
  }

  /** Writes a dirty line back and forgets it. */
  evict(place: number): void {
    const slot = this.#slotOf(place);
    if (slot < 0) return;
    this.#writeBack(slot);
    this.#empty(slot);
  }

  #slotOf(place: number): number {
    const first = this.#firstSlot(place);
    for (let slot = first; slot < first + this.#ways; slot++) if (this.#places[slot] === place) return slot;
    return -1;
  }

  #firstSlot(place: number): number {
    return ((place / this.lineSize) % this.#sets) * this.#ways;
  }

  /** A slot for a line that has none: an empty one, or that of a line that has to go. */
  #take(place: number, home: LineHome): number {
    const first = this.#firstSlot(place);
    let slot = first;
    while (slot < first + this.#ways && this.#places[slot] !== EMPTY) slot++;
    if (slot === first + this.#ways) {
      slot = first + Math.floor(this.#random() * this.#ways);
      this.#writeBack(slot);
    }
    this.#places[slot] = place;
    this.#homes[slot] = home;
    this.#dirty[slot] = 0;
    return slot;
  }

  #writeBack(slot: number): void {
    if (this.#dirty[slot] === 0) return;
    this.#dirty[slot] = 0;
    const at = slot * this.lineSize;
    this.#homes[slot]!.writeBack(this.#places[slot]!, this.bytes.subarray(at, at + this.lineSize));
  }

  #empty(slot: number): void {
    this.#places[slot] = EMPTY;
    this.#homes[slot] = undefined;
    this.#dirty[slot] = 0;
  }
}
