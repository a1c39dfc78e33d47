/**
 * The pages behind a paged VMO: frames given on demand, shared page by page with the VMOs that it was a snapshot of or that
 * are snapshots of it, and copied when one of them writes.
 *
 * A VMO and its references and slices have one `CowPages`; every snapshot has its own. All that descend from one another
 * are a family, which knows for each shared frame who shares it, the oldest first: that one is charged for it. When it lets go,
 * the next is, so that every committed page is accounted to exactly one VMO at any time.
 */
import type { Accessor, CacheOperation, PhysicalRange } from "../../machine/machine.ts";
import { ZxError } from "../../zx/error.ts";
import { PAGE_SIZE } from "../../zx/pages.ts";
import type { FrameAllocator } from "./frames.ts";
import { PageList } from "./page_list.ts";

interface Family {
  readonly sharers: Map<number, CowPages[]>;
  members: number;
}

/** Pages that must keep their frames: `pin` for devices, `view` for typed arrays that the program holds. */
export interface HeldPages {
  readonly why: "pin" | "view";
  readonly first: number;
  readonly count: number;
}

/** Hears that pages [first, first+count) show other frames, or may not be written any more without asking. */
export type PagesWatcher = (first: number, count: number) => void;

export class CowPages {
  readonly #frames: FrameAllocator;
  readonly #list = new PageList();
  readonly #watchers = new Set<PagesWatcher>();
  readonly #held = new Set<HeldPages>();
  /** Pages without a frame that a mapping shows as zeros. */
  readonly #zeroMapped = new Set<number>();
  /** Frames are consecutive and all there, for good. */
  readonly contiguous: boolean;
  /** False where no mapping is: what the kernel writes must not stay in the cache then. */
  #cached = true;
  #family: Family | undefined;
  #pageCount: number;
  #charged = 0;

  constructor(frames: FrameAllocator, pageCount: number, contiguousBase?: number) {
    this.#frames = frames;
    this.#pageCount = pageCount;
    this.contiguous = contiguousBase !== undefined;
    if (contiguousBase === undefined) return;
    for (let page = 0; page < pageCount; page++) this.#list.set(page, contiguousBase + page);
    this.#charged = pageCount;
    frames.bytes.zero(contiguousBase, 0, pageCount * PAGE_SIZE);
  }

  get pageCount(): number {
    return this.#pageCount;
  }

  /** Frames that are accounted to this one. */
  get chargedPages(): number {
    return this.#charged;
  }

  chargedPagesIn(first: number, count: number): number {
    let pages = 0;
    this.#list.forEach(first, first + count, (_page, frame) => {
      const sharers = this.#family?.sharers.get(frame);
      if (sharers === undefined || sharers[0] === this) pages++;
    });
    return pages;
  }

  /** Whether a snapshot of it, or what it is a snapshot of, still lives. */
  get isInFamily(): boolean {
    return this.#family !== undefined && this.#family.members > 1;
  }

  watch(watcher: PagesWatcher): void {
    this.#watchers.add(watcher);
  }

  unwatch(watcher: PagesWatcher): void {
    this.#watchers.delete(watcher);
  }

  /** Frame of a page, or -1. */
  frameAt(page: number): number {
    return this.#list.get(page);
  }

  isOwn(page: number): boolean {
    const frame = this.#list.get(page);
    return frame >= 0 && this.#family?.sharers.has(frame) !== true;
  }

  zeroPageMapped(page: number): void {
    this.#zeroMapped.add(page);
  }

  /** The frame of a page for writing: given now, or copied now if it is shared. NO_MEMORY. */
  own(page: number): number {
    const frame = this.#list.get(page);
    if (frame >= 0 && this.#family?.sharers.has(frame) !== true) return frame;
    const fresh = this.#frames.allocate();
    if (frame < 0) {
      this.#zero(fresh, 0, PAGE_SIZE);
    } else {
      this.#frames.bytes.copy(frame, fresh);
      this.#letGo(frame);
    }
    this.#list.set(page, fresh);
    this.#charged++;
    if (frame >= 0 || this.#zeroMapped.delete(page)) this.#changed(page, 1);
    return fresh;
  }

  /** Page of a frame, or -1. */
  pageOf(frame: number): number {
    let found = -1;
    this.#list.forEach(0, this.#pageCount, (page, itsFrame) => {
      if (itsFrame === frame) found = page;
    });
    return found;
  }

  /**
   * Whether mappings are cached from now on. Either way the cache must have nothing of the pages: what was written through it, be
   * it by the kernel, has to be in memory; and what it may have fetched ahead would be old by the time it is used again.
   */
  setCached(cached: boolean): void {
    if (cached !== this.#cached) this.maintain("cleanInvalidate", 0, this.#pageCount * PAGE_SIZE);
    this.#cached = cached;
  }

  /** Cache maintenance of the part of a range that has frames. */
  maintain(operation: CacheOperation, offset: number, size: number, who?: Accessor): void {
    if (this.#frames.cache === undefined) return;
    const run = { frame: 0, offset: 0, size: 0 };
    const flush = () => {
      if (run.size > 0) this.#frames.maintain(operation, run.frame, run.offset, run.size, who);
    };
    const first = Math.floor(offset / PAGE_SIZE);
    this.#list.forEach(first, Math.ceil((offset + size) / PAGE_SIZE), (page, frame) => {
      const start = Math.max(offset - page * PAGE_SIZE, 0);
      const count = Math.min(offset + size - page * PAGE_SIZE, PAGE_SIZE) - start;
      if (
        run.size > 0 &&
        start === 0 &&
        frame * PAGE_SIZE === run.frame * PAGE_SIZE + run.offset + run.size
      ) {
        run.size += count;
        return;
      }
      flush();
      run.frame = frame;
      run.offset = start;
      run.size = count;
    });
    flush();
  }

  commit(first: number, count: number): void {
    if (count > this.#frames.total) {
      throw new ZxError("NO_MEMORY", `${count} pages asked for; RAM has ${this.#frames.total} frames`);
    }
    for (let page = first; page < first + count; page++) this.own(page);
  }

  read(offset: number, into: Uint8Array): void {
    let done = 0;
    while (done < into.length) {
      const run = this.#run(offset + done, into.length - done, (page) => this.#list.get(page));
      if (run.frame < 0) into.fill(0, done, done + run.size);
      else this.#frames.bytes.read(run.frame, run.inPage, into, done, run.size);
      done += run.size;
    }
  }

  write(offset: number, from: Uint8Array): void {
    let done = 0;
    while (done < from.length) {
      const run = this.#run(offset + done, from.length - done, (page) => this.own(page));
      this.#frames.bytes.write(run.frame, run.inPage, from, done, run.size);
      done += run.size;
    }
  }

  /** Bytes become zero. Whole pages lose their frames, unless these are held or consecutive for good. */
  zero(offset: number, size: number): void {
    const end = offset + size;
    const first = Math.ceil(offset / PAGE_SIZE);
    const last = Math.floor(end / PAGE_SIZE);
    if (first > last) {
      this.#zeroInside(offset, size);
      return;
    }
    this.#zeroInside(offset, first * PAGE_SIZE - offset);
    this.#zeroInside(last * PAGE_SIZE, end - last * PAGE_SIZE);
    this.dropPages(first, last - first);
  }

  /** Pages read as zero from now on; those that are held keep their frames. */
  dropPages(first: number, count: number): void {
    if (count === 0) return;
    this.#list.forEach(first, first + count, (page, frame) => {
      if (this.contiguous || this.isHeld(page)) this.#zero(frame, 0, PAGE_SIZE);
      else this.#free(page, frame);
    });
    this.#changed(first, count);
  }

  /** Changes the number of pages; those cut off are gone, held by a view or not (the caller has looked for pins). */
  resize(pageCount: number): void {
    const before = this.#pageCount;
    this.#pageCount = pageCount;
    if (pageCount >= before) return;
    this.#list.forEach(pageCount, before, (page, frame) => this.#free(page, frame));
    this.#changed(pageCount, before - pageCount);
  }

  /**
   * Copy-on-write pages: page i of the result is page `first + i` of this, as it is now, for i < `available`; the pages
   * from there to `pageCount` are zero.
   */
  snapshot(first: number, pageCount: number, available: number): CowPages {
    const child = new CowPages(this.#frames, pageCount);
    const family = this.#family ?? { sharers: new Map<number, CowPages[]>(), members: 1 };
    this.#family = family;
    child.#family = family;
    family.members++;
    const end = first + Math.min(pageCount, available);
    try {
      this.#list.forEach(first, end, (page, frame) => this.#share(page, frame, child, page - first));
    } catch (error) {
      child.destroy();
      throw error;
    }
    this.#changed(first, end - first);
    return child;
  }

  /** Keeps the pages where they are until `unhold`. Commits them; NO_MEMORY. */
  hold(why: HeldPages["why"], first: number, count: number): HeldPages {
    const held = { why, first, count };
    this.commit(first, count);
    this.#held.add(held);
    return held;
  }

  unhold(held: HeldPages): void {
    this.#held.delete(held);
  }

  isHeld(page: number): boolean {
    for (const { first, count } of this.#held) if (page >= first && page < first + count) return true;
    return false;
  }

  /** Whether a page of [first, first+count) is pinned. */
  isPinned(first = 0, count = this.#pageCount): boolean {
    for (const held of this.#held) {
      if (held.why === "pin" && held.first < first + count && first < held.first + held.count) return true;
    }
    return false;
  }

  get hasHeldPages(): boolean {
    return this.#held.size > 0;
  }

  /** Physical addresses of committed pages, consecutive ones put together. */
  physicalRanges(first: number, count: number): PhysicalRange[] {
    const ranges: { base: number; size: number }[] = [];
    for (let page = first; page < first + count; page++) {
      const paddr = this.#frames.paddrOf(this.#list.get(page));
      const last = ranges.at(-1);
      if (last !== undefined && last.base + last.size === paddr) last.size += PAGE_SIZE;
      else ranges.push({ base: paddr, size: PAGE_SIZE });
    }
    return ranges;
  }

  /** Gives every frame back. */
  destroy(): void {
    this.#list.forEach(0, this.#pageCount, (page, frame) => this.#free(page, frame));
    if (this.#family !== undefined) this.#family.members--;
    this.#family = undefined;
  }

  #zeroInside(offset: number, size: number): void {
    const page = Math.floor(offset / PAGE_SIZE);
    if (size > 0 && this.#list.get(page) >= 0) {
      this.#zero(this.own(page), offset - page * PAGE_SIZE, size);
    }
  }

  #zero(frame: number, offset: number, size: number): void {
    this.#frames.bytes.zero(frame, offset, size);
    if (!this.#cached) this.#frames.maintain("cleanInvalidate", frame, offset, size);
  }

  #share(page: number, frame: number, child: CowPages, childPage: number): void {
    if (this.isHeld(page)) {
      // Whoever holds the page writes it without asking, so the child gets its copy now.
      const copy = this.#frames.allocate();
      this.#frames.bytes.copy(frame, copy);
      child.#list.set(childPage, copy);
      child.#charged++;
      return;
    }
    const sharers = this.#family!.sharers.get(frame);
    if (sharers === undefined) this.#family!.sharers.set(frame, [this, child]);
    else sharers.push(child);
    child.#list.set(childPage, frame);
  }

  #free(page: number, frame: number): void {
    this.#list.delete(page);
    this.#zeroMapped.delete(page);
    this.#letGo(frame);
  }

  /** Stops using a frame: the next sharer is charged for it, or it is free. */
  #letGo(frame: number): void {
    const sharers = this.#family?.sharers.get(frame);
    if (sharers === undefined) {
      this.#charged--;
      this.#frames.release(frame);
      return;
    }
    const index = sharers.indexOf(this);
    sharers.splice(index, 1);
    if (index === 0) {
      this.#charged--;
      sharers[0]!.#charged++;
    }
    if (sharers.length === 1) this.#family!.sharers.delete(frame);
  }

  /** The longest run from `offset` on whose frames follow one another (or are all absent). */
  #run(
    offset: number,
    limit: number,
    frameOf: (page: number) => number,
  ): { frame: number; inPage: number; size: number } {
    let page = Math.floor(offset / PAGE_SIZE);
    const inPage = offset - page * PAGE_SIZE;
    const frame = frameOf(page);
    let size = PAGE_SIZE - inPage;
    let next = frame + 1;
    while (size < limit && frameOf(++page) === (frame < 0 ? -1 : next)) {
      size += PAGE_SIZE;
      next++;
    }
    return { frame, inPage, size: Math.min(size, limit) };
  }

  #changed(first: number, count: number): void {
    for (const watcher of this.#watchers) watcher(first, count);
  }
}
