/**
 * The coherency sanitizer: finds accesses that would have been wrong on hardware, whatever the cache of this run happened to hold.
 *
 * A processor may fetch any line of normal memory at any time, and evict any line at any time. So, byte by byte:
 *
 * - what was written through the cache is for certain in memory only after a clean;
 * - what was written past the cache is for certain seen through it only after an invalidation that came later;
 * - while a line is dirty, what is written past the cache to any of its bytes may be overwritten by the whole line's eviction;
 * - what is written through the cache to a line that may be stale makes the line dirty, and its other bytes overwrite what is newer;
 * - an invalidation without a clean throws away what was written and may or may not have been evicted before.
 *
 * The first two are found when the bytes are read; the others leave bytes that nobody can be sure of, which is told when one of
 * them is read. What is told once counts as repaired, so that one mistake is one report.
 */
import { ZxError } from "../../../zx/error.ts";
import { PAGE_SIZE } from "../../../zx/pages.ts";
import type { Accessor, CacheOperation } from "../../machine.ts";
import { OPERATION_NAMES, type Report, whatWasDone, withText } from "./report.ts";
import { DIRTY, LineShadow, LOST, type Loss, OperationHistory, type Somebody, STALE } from "./shadow.ts";

/** Who uses memory: a program, the kernel, or a device. */
export type CacheUser = Accessor | { readonly kind: "device"; describe(): string };

export type ReportSink = (report: Report) => void;

/** The cache as it is, and what is where. Places as in `SimCache`. */
export interface SanitizedCache {
  readonly lineSize: number;
  readonly isStrict: boolean;
  /** A byte as a cached access would see it now. */
  cachedByte(place: number): number;
  memoryByte(place: number): number;
  addressOf(place: number): number;
  describe(place: number): string;
  readonly sink: ReportSink;
}

const INVALIDATION = OPERATION_NAMES.cleanInvalidate;

/** Reports that are kept; all are sent. */
const MOST_REPORTS = 100;

export class CoherencySanitizer {
  /** What was found, oldest first; the first hundred. */
  readonly reports: Report[] = [];
  readonly #cache: SanitizedCache;
  readonly #lines = new Map<number, LineShadow>();
  readonly #operations = new OperationHistory(PAGE_SIZE);
  /** Pages of registers of which it was told that they are cached. */
  readonly #toldRegisters = new Set<number>();
  /** For the program's next access: a device cannot be told. */
  #owed: ZxError | undefined;
  /** Counts what is written and done. */
  #time = 0;

  constructor(cache: SanitizedCache) {
    this.#cache = cache;
  }

  /** A read through the cache: a program's, the kernel's, or a coherent device's. */
  readThrough(place: number, size: number, who: CacheUser): void {
    this.#throwOwed(who);
    this.#check(place, size, who, STALE, (at) => this.#cache.cachedByte(at), this.#cache.memoryByte);
  }

  /** A read past the cache: a device's, or one through a mapping that is not cached. */
  readPast(place: number, size: number, who: CacheUser): void {
    this.#throwOwed(who);
    this.#check(place, size, who, DIRTY, (at) => this.#cache.memoryByte(at), this.#cache.cachedByte);
  }

  writeThrough(place: number, size: number, who: CacheUser): void {
    this.#throwOwed(who);
    const time = ++this.#time;
    this.#eachLine(place, size, (line, from, to) => {
      const shadow = this.#shadowOf(line);
      shadow.states.fill(DIRTY, from, to);
      if (shadow.has(STALE)) {
        const { device, changed } = shadow;
        const missing = `${INVALIDATION} after ${device!.describe()} wrote to the line and before ${who.describe()} did`;
        this.#lose(shadow, line, STALE, {
          problem: "written while stale",
          writer: device!,
          missing,
          since: changed,
        });
        shadow.clear(STALE);
      }
      shadow.writer = who;
      shadow.written = time;
    });
  }

  writePast(place: number, bytes: Uint8Array, who: CacheUser): void {
    this.#throwOwed(who);
    const time = ++this.#time;
    this.#eachLine(place, bytes.length, (line, from, to) => {
      const shadow = this.#shadowOf(line);
      if (shadow.has(DIRTY)) {
        const { writer, written } = shadow;
        const missing = `${INVALIDATION} of the line before ${who.describe()} wrote: what ${writer!.describe()} had written to it could be evicted over that`;
        const loss = { problem: "written while dirty", writer: who, missing, since: written } as const;
        shadow.lose(loss, from, to, (i) => bytes[line + i - place]!);
      } else shadow.states.fill(STALE, from, to);
      shadow.device = who;
      shadow.changed = time;
    });
  }

  /** A coherent device writes: its bytes are in memory, and no line that it wrote to is in the cache. */
  writeCoherent(place: number, size: number): void {
    this.#eachLine(place, size, (line, from, to) => {
      const shadow = this.#lines.get(line);
      if (shadow === undefined) return;
      shadow.clear(DIRTY | STALE);
      shadow.clear(LOST, from, to);
      this.#forgetIfClean(line, shadow);
    });
  }

  operation(operation: CacheOperation, place: number, size: number, who: Accessor): void {
    this.#throwOwed(who);
    if (size === 0) return;
    const time = ++this.#time;
    this.#operations.add({ operation, start: place, end: place + size, who, time });
    if (operation === "sync") return;
    this.#eachLine(place, size, (line) => {
      const shadow = this.#lines.get(line);
      if (shadow === undefined) return;
      if (operation === "clean") shadow.clear(DIRTY);
      else {
        if (operation === "invalidate" && shadow.has(DIRTY)) {
          const writer = shadow.writer!;
          const missing = `${INVALIDATION}: the ${OPERATION_NAMES.invalidate} by ${who.describe()} threw away what had been written`;
          this.#lose(shadow, line, DIRTY, {
            problem: "invalidated while dirty",
            writer,
            missing,
            since: time,
          });
        }
        shadow.clear(DIRTY | STALE);
      }
      this.#forgetIfClean(line, shadow);
    });
  }

  /** Registers that are mapped CACHED: a line is fetched for one of them and read again only when it was evicted. Told once a page. */
  cachedRegisters(op: "read" | "write", place: number, size: number, who: CacheUser): void {
    this.#throwOwed(who);
    const page = Math.floor(place / PAGE_SIZE);
    if (this.#toldRegisters.has(page)) return;
    this.#toldRegisters.add(page);
    const line = place - (place % this.#cache.lineSize);
    this.#tell(who, {
      problem: "cached registers",
      by: who.describe(),
      op,
      address: this.#cache.addressOf(place),
      size,
      line: this.#cache.addressOf(line),
      lines: 1,
      memory: this.#cache.describe(place),
      writer: "the device itself",
      missing: "a mapping that is not CACHED: vmo_set_cache_policy with UNCACHED_DEVICE before vmar_map",
      lastOperation: undefined,
      wrongThisTime: true,
    });
  }

  /** Tells of a read of bytes that are lost or in `state`. `actual` is what it sees; `other` what it should see of the latter. */
  #check(
    place: number,
    size: number,
    who: CacheUser,
    state: number,
    actual: (place: number) => number,
    other: (place: number) => number,
  ): void {
    let first: { readonly line: number; readonly at: number; readonly shadow: LineShadow } | undefined;
    let lines = 0;
    let isWrong = false;
    this.#eachLine(place, size, (line, from, to) => {
      const shadow = this.#lines.get(line);
      if (shadow === undefined) return;
      let found = -1;
      for (let i = from; i < to; i++) {
        const flags = shadow.states[i]! & (state | LOST);
        if (flags === 0) continue;
        // What is lost is told before what is only in the wrong place.
        if (found < 0 || (flags & LOST & ~shadow.states[found]!) !== 0) found = i;
        const expected = (flags & LOST) !== 0 ? shadow.loss!.expected[i] : other(line + i);
        if (actual(line + i) !== expected) isWrong = true;
      }
      if (found < 0) return;
      first ??= { line, at: found, shadow };
      lines++;
    });
    if (first === undefined) return;
    const report = this.#reportOf(place, size, who, state, first, lines, isWrong);
    this.#eachLine(place, size, (line) => this.#repair(line, state));
    this.#tell(who, report);
  }

  #reportOf(
    place: number,
    size: number,
    who: CacheUser,
    state: number,
    { line, at, shadow }: { readonly line: number; readonly at: number; readonly shadow: LineShadow },
    lines: number,
    wrongThisTime: boolean,
  ): Omit<Report, "message"> {
    const isLost = (shadow.states[at]! & LOST) !== 0;
    const cause = isLost ? shadow.loss! : state === DIRTY ? notCleaned(shadow) : notInvalidated(shadow);
    const { lineSize } = this.#cache;
    const access = { start: place, end: place + size };
    const done = this.#operations.likely(line, lineSize, access, cause.since);
    return {
      problem: cause.problem,
      by: who.describe(),
      op: "read",
      address: this.#cache.addressOf(place),
      size,
      line: this.#cache.addressOf(line),
      lines,
      memory: this.#cache.describe(line + at),
      writer: cause.writer.describe(),
      missing: cause.missing,
      lastOperation:
        done && whatWasDone(done, { line, lineSize, since: cause.since }, (p) => this.#cache.describe(p)),
      wrongThisTime,
    };
  }

  /** The bytes in a state become lost, unless they are so already. Right now the cache, or else memory, has what they should be. */
  #lose(shadow: LineShadow, line: number, state: number, loss: Omit<Loss, "expected">): void {
    const { cachedByte, memoryByte } = this.#cache;
    const byteAt = state === DIRTY ? cachedByte : memoryByte;
    for (let i = 0; i < this.#cache.lineSize; i++) {
      if ((shadow.states[i]! & (state | LOST)) === state) shadow.lose(loss, i, i + 1, () => byteAt(line + i));
    }
  }

  /** What was told once is not told again. */
  #repair(line: number, state: number): void {
    const shadow = this.#lines.get(line);
    if (shadow === undefined) return;
    shadow.clear(state | LOST);
    this.#forgetIfClean(line, shadow);
  }

  #tell(who: CacheUser, facts: Omit<Report, "message">): void {
    const report = withText(facts);
    if (this.reports.length < MOST_REPORTS) this.reports.push(report);
    this.#cache.sink(report);
    if (!this.#cache.isStrict) return;
    const error = new ZxError("IO_DATA_INTEGRITY", report.message);
    if (who.kind === "program") throw error;
    this.#owed ??= error;
  }

  #throwOwed(who: CacheUser): void {
    if (this.#owed === undefined || who.kind !== "program") return;
    const error = this.#owed;
    this.#owed = undefined;
    throw error;
  }

  #shadowOf(line: number): LineShadow {
    const known = this.#lines.get(line);
    if (known !== undefined) return known;
    const shadow = new LineShadow(this.#cache.lineSize);
    this.#lines.set(line, shadow);
    return shadow;
  }

  #forgetIfClean(line: number, shadow: LineShadow): void {
    if (!shadow.has(DIRTY | STALE | LOST)) this.#lines.delete(line);
  }

  #eachLine(place: number, size: number, visit: (line: number, from: number, to: number) => void): void {
    const { lineSize } = this.#cache;
    for (let line = place - (place % lineSize); line < place + size; line += lineSize) {
      visit(line, Math.max(place - line, 0), Math.min(place + size - line, lineSize));
    }
  }
}

interface Cause {
  readonly problem: Report["problem"];
  readonly writer: Somebody;
  readonly missing: string;
  readonly since: number;
}

function notCleaned({ writer, written }: LineShadow): Cause {
  const missing = `${OPERATION_NAMES.clean} after the write and before the read`;
  return { problem: "not cleaned", writer: writer!, missing, since: written };
}

function notInvalidated({ device, changed }: LineShadow): Cause {
  const missing = `${INVALIDATION} after the write and before the read`;
  return { problem: "not invalidated", writer: device!, missing, since: changed };
}
