/**
 * The data cache of a sim machine whose devices do not see it. A line may be evicted, or fetched ahead of any use, at any access:
 * a seed decides, as on hardware the rest of the system does. So a cache operation that is missing goes wrong sooner or later,
 * and the sanitizer says so at once.
 *
 * An operation acts on whole lines, also those that its range has only a part of: CACHE_INVALIDATE of half a line throws away what
 * was written to the other half. CACHE_SYNC reaches the point where instructions are fetched from, which is in front of memory: no
 * device sees the difference.
 */

import { ZxError } from "../../../zx/error.ts";
import type { Io } from "../../../zx/memory.ts";
import { hex, PAGE_SIZE } from "../../../zx/pages.ts";
import { randomStream } from "../../../zx/random.ts";
import type { Accessor, CacheOperation, DataCache, Ram } from "../../machine.ts";
import { ramOffset } from "../../ram.ts";
import { CachedIo, CachedRam } from "./cached_ram.ts";
import { CacheLines, type CacheShape, type LineHome } from "./lines.ts";
import { type CacheUser, CoherencySanitizer, type ReportSink } from "./sanitizer.ts";
import { UncachedRam } from "./uncached_ram.ts";

export interface SimCacheOptions extends Partial<CacheShape> {
  /** The chance that at an access a line is evicted that did not have to be (default 1/32). */
  readonly evictions?: number;
  /** The chance that at an access a line is fetched that nobody asked for (default 1/32). */
  readonly prefetches?: number;
  /**
   * `report` tells of missing cache operations in `sanitizer.reports` and as events; `strict` also throws IO_DATA_INTEGRITY at the
   * program's access, or, where a device made it, at the program's next one. Default `off`, which costs nothing.
   */
  readonly sanitizer?: "off" | "report" | "strict";
}

/** A Cortex-A53's first-level cache. */
const DEFAULT_SHAPE: CacheShape = { lineSize: 64, sets: 128, ways: 4 };
const DEFAULT_CHANCE = 1 / 32;
/** Lines that were used last: those that come and go by chance are taken from them and their neighbours. */
const RECENT = 16;
/** Lines of registers have this much added to their physical address, so that they are no lines of RAM. */
const REGISTERS = 2 ** 50;

/** Places are offsets in the RAM's backing, or REGISTERS + physical address. */
export class SimCache implements DataCache {
  readonly lineSize: number;
  readonly lines: CacheLines;
  /** Undefined where it is off. */
  readonly sanitizer: CoherencySanitizer | undefined;
  readonly #ram: Ram;
  readonly #bytes: Uint8Array;
  readonly #home: LineHome;
  readonly #random: () => number;
  readonly #evictions: number;
  readonly #prefetches: number;
  readonly #recent = new Float64Array(RECENT);
  #recentNext = 0;
  #describe: (paddr: number) => string | undefined = () => undefined;

  /** INVALID_ARGS for a shape that no cache has, NOT_SUPPORTED for RAM that is not one array. */
  constructor(ram: Ram, seed: number, options: SimCacheOptions = {}, sink: ReportSink = () => {}) {
    if (ram.bytes === undefined)
      throw new ZxError("NOT_SUPPORTED", "a cache over RAM that is not one array of bytes");
    const { evictions = DEFAULT_CHANCE, prefetches = DEFAULT_CHANCE, sanitizer = "off" } = options;
    this.#random = randomStream(seed, "cache");
    this.lines = new CacheLines({ ...DEFAULT_SHAPE, ...options }, this.#random);
    this.lineSize = this.lines.lineSize;
    this.#ram = ram;
    this.#bytes = ram.bytes;
    this.#home = ramHome(ram.bytes, this.lineSize);
    this.#evictions = evictions;
    this.#prefetches = prefetches;
    this.sanitizer =
      sanitizer === "off"
        ? undefined
        : new CoherencySanitizer({
            lineSize: this.lineSize,
            isStrict: sanitizer === "strict",
            cachedByte: (place) => this.#cachedByte(place),
            memoryByte: (place) => this.#bytes[place]!,
            addressOf: (place) => this.#addressOf(place),
            describe: (place) => this.#describePlace(place),
            sink,
          });
  }

  ram(who: Accessor, path: "cached" | "uncached"): Ram {
    if (path === "cached") return new CachedRam(this, this.#ram, this.#home, who);
    return new UncachedRam(this, this.#ram, who);
  }

  registers(io: Io, paddr: number, who: Accessor): Io {
    return new CachedIo(this, registersHome(io, paddr, this.lineSize), REGISTERS + paddr, who);
  }

  maintain(operation: CacheOperation, paddr: number, size: number, who: Accessor): void {
    const offset = this.#ram.offsetOf(paddr);
    const start = offset ?? REGISTERS + paddr;
    this.#stir(this.#lineOf(start));
    if (offset !== undefined) this.sanitizer?.operation(operation, start, size, who);
    for (let line = this.#lineOf(start); line < start + size; line += this.lineSize) {
      if (operation === "clean") this.lines.clean(line);
      else if (operation === "cleanInvalidate") this.lines.evict(line);
      else if (operation === "invalidate") this.lines.drop(line);
    }
  }

  nameMemory(describe: (paddr: number) => string | undefined): void {
    this.#describe = describe;
  }

  /** Where in `lines.bytes` the bytes of a cached read are, which lie in one line. */
  reading(place: number, size: number, home: LineHome, who: Accessor): number {
    const line = this.#lineOf(place);
    this.#stir(line);
    this.#watch("read", place, size, who);
    return this.lines.fetch(line, home) + (place - line);
  }

  /** The same for a write. */
  writing(place: number, size: number, home: LineHome, who: Accessor): number {
    const line = this.#lineOf(place);
    this.#stir(line);
    this.#watch("write", place, size, who);
    return this.lines.fetchToWrite(line, home, size === this.lineSize) + (place - line);
  }

  /** A cached copy out of RAM, of any length. */
  readBytes(place: number, into: Uint8Array, who: Accessor): void {
    this.#stirRange(place, into.length);
    this.#watch("read", place, into.length, who);
    this.#eachLine(place, into.length, (line, from, done, count) => {
      const at = this.lines.fetch(line, this.#home) + from;
      into.set(this.lines.bytes.subarray(at, at + count), done);
    });
  }

  /** A cached copy into RAM: of `from`, or, where that is a number, of so many times it. */
  writeBytes(place: number, size: number, from: Uint8Array | number, who: Accessor): void {
    this.#stirRange(place, size);
    this.#watch("write", place, size, who);
    this.#eachLine(place, size, (line, start, done, count) => {
      const at = this.lines.fetchToWrite(line, this.#home, count === this.lineSize) + start;
      if (typeof from === "number") this.lines.bytes.fill(from, at, at + count);
      else this.lines.bytes.set(from.subarray(done, done + count), at);
    });
  }

  /** A read that goes past the cache is about to be made. */
  readingPast(place: number, size: number, who: CacheUser): void {
    this.#stirRange(place, size);
    this.sanitizer?.readPast(place, size, who);
  }

  writingPast(place: number, bytes: Uint8Array, who: CacheUser): void {
    this.#stirRange(place, bytes.length);
    this.sanitizer?.writePast(place, bytes, who);
  }

  /** A device reads RAM; `isCoherent` says that the cache is asked first. */
  deviceRead(paddr: number, into: Uint8Array, device: CacheUser, isCoherent: boolean): void {
    const offset = ramOffset(this.#ram.ranges, paddr, into.length);
    if (!isCoherent) {
      this.readingPast(offset, into.length, device);
      into.set(this.#bytes.subarray(offset, offset + into.length));
      return;
    }
    this.#stirRange(offset, into.length);
    this.sanitizer?.readThrough(offset, into.length, device);
    into.set(this.#bytes.subarray(offset, offset + into.length));
    this.#eachLine(offset, into.length, (line, from, done, count) => {
      const at = this.lines.find(line);
      if (at >= 0) into.set(this.lines.bytes.subarray(at + from, at + from + count), done);
    });
  }

  /** A device writes RAM; where it is coherent, lines that the cache has of it go, what was written to them first. */
  deviceWrite(paddr: number, from: Uint8Array, device: CacheUser, isCoherent: boolean): void {
    const offset = ramOffset(this.#ram.ranges, paddr, from.length);
    if (isCoherent) {
      this.#stirRange(offset, from.length);
      this.sanitizer?.writeCoherent(offset, from.length);
      const end = offset + from.length;
      for (let line = this.#lineOf(offset); line < end; line += this.lineSize) this.lines.evict(line);
    } else this.writingPast(offset, from, device);
    this.#bytes.set(from, offset);
  }

  #watch(op: "read" | "write", place: number, size: number, who: Accessor): void {
    const { sanitizer } = this;
    if (sanitizer === undefined) return;
    if (place >= REGISTERS) sanitizer.cachedRegisters(op, place, size, who);
    else if (op === "read") sanitizer.readThrough(place, size, who);
    else sanitizer.writeThrough(place, size, who);
  }

  #eachLine(
    place: number,
    size: number,
    visit: (line: number, from: number, done: number, count: number) => void,
  ): void {
    for (let done = 0; done < size; ) {
      const line = this.#lineOf(place + done);
      const from = place + done - line;
      const count = Math.min(this.lineSize - from, size - done);
      visit(line, from, done, count);
      done += count;
    }
  }

  #stirRange(place: number, size: number): void {
    for (let line = this.#lineOf(place); line < place + size; line += this.lineSize) this.#stir(line);
  }

  /** What may happen before an access to a line: it, or one that was used lately, goes or comes, or the one behind it comes. */
  #stir(line: number): void {
    if (this.#evictions + this.#prefetches === 0) return;
    this.#recent[this.#recentNext] = line;
    this.#recentNext = (this.#recentNext + 1) % RECENT;
    const dice = this.#random();
    if (dice >= this.#evictions + this.#prefetches) return;
    const chosen = this.#random() < 0.5 ? line : this.#recent[Math.floor(this.#random() * RECENT)]!;
    if (dice < this.#evictions) this.lines.evict(chosen);
    else this.#prefetch(chosen);
  }

  /** Processors fetch ahead from normal memory, and never into the next page. */
  #prefetch(line: number): void {
    if (line >= REGISTERS) return;
    const next = line + this.lineSize;
    this.lines.fetch(next % PAGE_SIZE !== 0 && this.#random() < 0.5 ? next : line, this.#home);
  }

  #lineOf(place: number): number {
    return place - (place % this.lineSize);
  }

  #cachedByte(place: number): number {
    const line = this.#lineOf(place);
    const at = this.lines.find(line);
    return at < 0 ? this.#bytes[place]! : this.lines.bytes[at + (place - line)]!;
  }

  #addressOf(place: number): number {
    if (place >= REGISTERS) return place - REGISTERS;
    let start = 0;
    for (const { base, size } of this.#ram.ranges) {
      if (place < start + size) return base + (place - start);
      start += size;
    }
    throw new ZxError("INTERNAL", `offset ${hex(place)} is beyond RAM`);
  }

  #describePlace(place: number): string {
    const address = this.#addressOf(place);
    return this.#describe(address) ?? `${place >= REGISTERS ? "registers" : "RAM"} at ${hex(address)}`;
  }
}

function ramHome(bytes: Uint8Array, lineSize: number): LineHome {
  return {
    fill: (place, into) => into.set(bytes.subarray(place, place + lineSize)),
    writeBack: (place, from) => bytes.set(from, place),
  };
}

/** A line of registers comes and goes in accesses of 32 bits, all of them: that is what is wrong with it. */
function registersHome(io: Io, paddr: number, lineSize: number): LineHome {
  const base = REGISTERS + paddr;
  return {
    fill(place, into) {
      const view = new DataView(into.buffer, into.byteOffset, lineSize);
      for (let i = 0; i < lineSize; i += 4) view.setUint32(i, io.read32(place - base + i), true);
    },
    writeBack(place, from) {
      const view = new DataView(from.buffer, from.byteOffset, lineSize);
      for (let i = 0; i < lineSize; i += 4) io.write32(place - base + i, view.getUint32(i, true));
    },
  };
}
