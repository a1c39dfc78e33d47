/**
 * Paged VMOs: RAM on demand, zero at first. Also their children: slices and references are windows on the same pages, snapshots
 * share them until somebody writes.
 */
import type { Accessor, CacheOperation } from "../../machine/machine.ts";
import { CachePolicy, cachePolicyName } from "../../zx/constants.ts";
import { ZxError } from "../../zx/error.ts";
import { hex, isPageAligned, PAGE_SHIFT, PAGE_SIZE } from "../../zx/pages.ts";
import { CowPages } from "./cow_pages.ts";
import { DiscardableState } from "./discardable.ts";
import type { FrameAllocator } from "./frames.ts";
import { checkPagedChild } from "./paged_child_checks.ts";
import { type ChildOptions, MAX_VMO_SIZE, roundVmoSize, VmObject, type VmPin } from "./vm_object.ts";

export interface PagedOptions {
  readonly koid: number;
  /** Bytes, rounded up to pages; the stream size starts at the unrounded value. */
  readonly size: number;
  readonly resizable?: boolean;
  readonly discardable?: boolean;
  /** `size` is the stream size; the VMO itself is as large as can be. */
  readonly unbounded?: boolean;
}

interface Shape {
  readonly koid: number;
  readonly policy: number;
  readonly parent: VmObjectPaged | undefined;
  readonly relation: "none" | "snapshot" | "slice" | "reference";
  readonly pages: CowPages;
  /** Window on the pages: a slice's. */
  readonly firstPage: number;
  readonly windowPages: number | undefined;
  readonly stream: { size: number };
  readonly resizable: boolean;
  readonly discardable: boolean;
}

export class VmObjectPaged extends VmObject {
  readonly kind = "paged";
  readonly device = undefined;
  readonly resizable: boolean;
  readonly isCowClone: boolean;
  readonly isSlice: boolean;
  readonly #ownsPages: boolean;
  readonly #frames: FrameAllocator;
  readonly #pages: CowPages;
  readonly #firstPage: number;
  readonly #windowPages: number | undefined;
  readonly #stream: { size: number };
  readonly #discardable: DiscardableState | undefined;
  readonly #watcher = (first: number, count: number) => this.#pagesChanged(first, count);

  private constructor(frames: FrameAllocator, shape: Shape) {
    const sharesPages = shape.relation === "slice" || shape.relation === "reference";
    super(shape.koid, shape.policy, shape.parent, sharesPages);
    this.#frames = frames;
    this.resizable = shape.resizable;
    this.isCowClone = shape.relation === "snapshot";
    this.isSlice = shape.relation === "slice";
    this.#ownsPages = !sharesPages;
    this.#pages = shape.pages;
    this.#firstPage = shape.firstPage;
    this.#windowPages = shape.windowPages;
    this.#stream = shape.stream;
    this.#discardable = shape.discardable ? new DiscardableState(frames, () => this.#discard()) : undefined;
    this.#pages.watch(this.#watcher);
  }

  /** An empty VMO. OUT_OF_RANGE for a size beyond MAX_VMO_SIZE. */
  static create(frames: FrameAllocator, options: PagedOptions): VmObjectPaged {
    const rounded = roundVmoSize(options.size);
    const size = options.unbounded === true ? MAX_VMO_SIZE : rounded;
    return new VmObjectPaged(frames, {
      koid: options.koid,
      policy: CachePolicy.CACHED,
      parent: undefined,
      relation: "none",
      pages: new CowPages(frames, size / PAGE_SIZE),
      firstPage: 0,
      windowPages: undefined,
      stream: { size: options.size },
      resizable: options.resizable ?? false,
      discardable: options.discardable ?? false,
    });
  }

  /**
   * A VMO whose frames have consecutive addresses, all there and zero. `alignmentLog2` 0 means a page.
   * INVALID_ARGS for size 0 and for an alignment below the page's or above 63, OUT_OF_RANGE, NO_MEMORY.
   */
  static createContiguous(
    frames: FrameAllocator,
    options: { readonly koid: number; readonly size: number; readonly alignmentLog2: number },
  ): VmObjectPaged {
    const { koid, size } = options;
    if (size === 0) throw new ZxError("INVALID_ARGS", "a contiguous VMO of 0 bytes");
    const alignmentLog2 = options.alignmentLog2 === 0 ? PAGE_SHIFT : options.alignmentLog2;
    if (alignmentLog2 < PAGE_SHIFT || alignmentLog2 >= 64) {
      throw new ZxError("INVALID_ARGS", `alignment_log2 ${alignmentLog2}: 0, or ${PAGE_SHIFT} to 63`);
    }
    const pageCount = roundVmoSize(size) / PAGE_SIZE;
    const base = frames.allocateContiguous(pageCount, alignmentLog2);
    return new VmObjectPaged(frames, {
      koid,
      policy: CachePolicy.CACHED,
      parent: undefined,
      relation: "none",
      pages: new CowPages(frames, pageCount, base),
      firstPage: 0,
      windowPages: undefined,
      stream: { size },
      resizable: false,
      discardable: false,
    });
  }

  override get size(): number {
    return (this.#windowPages ?? this.#pages.pageCount) * PAGE_SIZE;
  }

  override get contiguous(): boolean {
    return this.#pages.contiguous;
  }

  override get discardable(): boolean {
    return this.#discardable !== undefined;
  }

  /** Slices and references are charged nothing: their parent is. */
  override get committedBytes(): number {
    return this.#ownsPages ? this.#pages.chargedPages * PAGE_SIZE : 0;
  }

  override committedBytesIn(offset: number, size: number): number {
    if (!this.#ownsPages) return 0;
    const { first, count } = this.#pagesAround(offset, size);
    return this.#pages.chargedPagesIn(first, count) * PAGE_SIZE;
  }

  override get streamSize(): number {
    return this.#stream.size;
  }

  override setStreamSize(size: number): void {
    if (size > this.size) {
      throw new ZxError(
        "OUT_OF_RANGE",
        `stream size ${hex(size)} of ${this.describe()} of ${hex(this.size)} bytes`,
      );
    }
    const before = this.#stream.size;
    this.#pages.zero(this.#offset(Math.min(before, size)), Math.abs(before - size));
    this.#stream.size = size;
  }

  override read(offset: number, into: Uint8Array): void {
    this.#checkCached("read");
    this.checkRange(offset, into.length);
    this.checkAccessible();
    this.#pages.read(this.#offset(offset), into);
  }

  override write(offset: number, from: Uint8Array): void {
    this.#checkCached("written");
    this.checkRange(offset, from.length);
    this.checkAccessible();
    this.#grow(() => this.#pages.write(this.#offset(offset), from));
  }

  override resize(size: number): void {
    if (!this.resizable) throw new ZxError("UNAVAILABLE", `${this.describe()} is not resizable`);
    const pageCount = roundVmoSize(size) / PAGE_SIZE;
    const before = this.#pages.pageCount;
    if (pageCount < before && this.#pages.isPinned(pageCount, before - pageCount)) {
      throw new ZxError("BAD_STATE", `${this.describe()} has pinned pages beyond ${hex(size)}`);
    }
    const kept = Math.min(pageCount * PAGE_SIZE, this.size);
    if (size < kept) this.#pages.zero(size, kept - size);
    this.#pages.resize(pageCount);
    this.#stream.size = size;
  }

  override commit(offset: number, size: number): void {
    this.checkRange(offset, size);
    this.checkAccessible();
    const { first, count } = this.#pagesAround(offset, size);
    this.#grow(() => this.#pages.commit(first, count));
  }

  override decommit(offset: number, size: number): void {
    if (this.contiguous) throw this.notSupported("DECOMMIT of contiguous");
    this.checkRange(offset, size);
    if (this.#pages.isInFamily) throw this.notSupported("DECOMMIT of copy-on-write");
    if (!isPageAligned(offset) || !isPageAligned(size)) {
      throw new ZxError(
        "INVALID_ARGS",
        `DECOMMIT of [${hex(offset)}, ${hex(offset + size)}): not whole pages`,
      );
    }
    const { first, count } = this.#pagesAround(offset, size);
    if (this.#pages.isPinned(first, count)) {
      throw new ZxError("BAD_STATE", `DECOMMIT of pinned pages of ${this.describe()}`);
    }
    this.#pages.dropPages(first, count);
  }

  override zero(offset: number, size: number): void {
    this.checkRange(offset, size);
    this.checkAccessible();
    this.#pages.zero(this.#offset(offset), size);
  }

  override prefetch(offset: number, size: number): void {
    this.checkRange(offset, size);
  }

  override cacheOperation(operation: CacheOperation, offset: number, size: number, who?: Accessor): void {
    if (size === 0) throw new ZxError("INVALID_ARGS", `cache maintenance of 0 bytes of ${this.describe()}`);
    this.checkRange(offset, size);
    this.#checkCached("cleaned or invalidated");
    this.#pages.maintain(operation, this.#offset(offset), size, who);
  }

  override lock(offset: number, size: number): { discarded: boolean } {
    return { discarded: this.#lockState(offset, size).lock() };
  }

  override tryLock(offset: number, size: number): void {
    if (!this.#lockState(offset, size).tryLock()) {
      throw new ZxError("UNAVAILABLE", `the content of ${this.describe()} was discarded`);
    }
  }

  override unlock(offset: number, size: number): void {
    if (!this.#lockState(offset, size).unlock())
      throw new ZxError("BAD_STATE", `${this.describe()} is not locked`);
  }

  override pin(offset: number, size: number): VmPin {
    return this.#hold("pin", offset, size);
  }

  override holdForView(offset: number, size: number): VmPin {
    return this.#hold("view", offset, size);
  }

  override createChild(options: ChildOptions): VmObjectPaged {
    const size = checkPagedChild(this, options);
    const { koid, resizable } = options;
    const shape = this.#childShape(options, size);
    return new VmObjectPaged(this.#frames, {
      koid,
      policy: this.policy,
      parent: this,
      resizable,
      discardable: false,
      ...shape,
    });
  }

  get hasPinnedPages(): boolean {
    return this.#pages.isPinned();
  }

  override setCachePolicy(policy: number): void {
    if (this.policyIsFixed) throw this.policyError(policy);
    if (this.hasPinnedPages) throw new ZxError("BAD_STATE", `${this.describe()} has pinned pages`);
    const { CACHED } = CachePolicy;
    if (this.#pages.chargedPages > 0 && this.policy !== CACHED && policy !== CACHED) {
      const asked = `${cachePolicyName(this.policy)} to ${cachePolicyName(policy)}`;
      throw new ZxError(
        "BAD_STATE",
        `cache policy of ${this.describe()} cannot go from ${asked}: it has pages`,
      );
    }
    this.policy = policy;
    this.#pages.setCached(policy === CACHED);
  }

  override checkAccessible(): void {
    if (this.#discardable?.discarded === true) {
      throw new ZxError("NOT_FOUND", `the content of ${this.describe()} was discarded; lock it first`);
    }
  }

  override frameAt(page: number): number {
    return this.#pages.frameAt(this.#firstPage + page);
  }

  override isFrameOwn(page: number): boolean {
    return this.#pages.isOwn(this.#firstPage + page);
  }

  override frameForWrite(page: number): number {
    return this.#grow(() => this.#pages.own(this.#firstPage + page));
  }

  override physicalAddressOf(offset: number): number | undefined {
    const frame = offset < this.size ? this.frameAt(Math.floor(offset / PAGE_SIZE)) : -1;
    return frame < 0 ? undefined : this.#frames.paddrOf(frame) + (offset % PAGE_SIZE);
  }

  override offsetOf(paddr: number): number | undefined {
    const frame = this.#frames.frameOf(paddr);
    const page = frame === undefined ? -1 : this.#pages.pageOf(frame) - this.#firstPage;
    const isOwn = page >= 0 && page < this.size / PAGE_SIZE;
    return isOwn ? page * PAGE_SIZE + (paddr % PAGE_SIZE) : undefined;
  }

  override zeroPageMapped(page: number): void {
    this.#pages.zeroPageMapped(this.#firstPage + page);
  }

  protected override destroy(): void {
    this.#pages.unwatch(this.#watcher);
    this.#discardable?.destroy();
    if (this.#ownsPages) this.#pages.destroy();
  }

  /** What is particular to a kind of child. */
  #childShape(
    { kind, offset, size: streamSize }: ChildOptions,
    size: number,
  ): Pick<Shape, "relation" | "pages" | "firstPage" | "windowPages" | "stream"> {
    const firstPage = this.#firstPage + offset / PAGE_SIZE;
    const pageCount = size / PAGE_SIZE;
    if (kind === "reference") {
      const window = { firstPage, windowPages: this.#windowPages };
      return { relation: "reference", pages: this.#pages, stream: this.#stream, ...window };
    }
    const stream = { size: streamSize };
    if (kind === "slice") {
      return { relation: "slice", pages: this.#pages, firstPage, windowPages: pageCount, stream };
    }
    const available = Math.max(0, (this.size - offset) / PAGE_SIZE);
    const pages = this.#pages.snapshot(firstPage, pageCount, available);
    return { relation: "snapshot", pages, firstPage: 0, windowPages: undefined, stream };
  }

  #hold(why: "pin" | "view", offset: number, size: number): VmPin {
    if (size === 0 || !isPageAligned(offset) || !isPageAligned(size)) {
      throw new ZxError("INVALID_ARGS", `pin of [${hex(offset)}, ${hex(offset + size)}): not whole pages`);
    }
    this.checkRange(offset, size);
    this.checkAccessible();
    const first = this.#firstPage + offset / PAGE_SIZE;
    const count = size / PAGE_SIZE;
    const held = this.#grow(() => this.#pages.hold(why, first, count));
    this.retain();
    let isHeld = true;
    return {
      vmo: this,
      offset,
      size,
      ranges: this.#pages.physicalRanges(first, count),
      unpin: () => {
        if (!isHeld) return;
        isHeld = false;
        this.#pages.unhold(held);
        this.release();
      },
    };
  }

  #lockState(offset: number, size: number): DiscardableState {
    if (this.#discardable === undefined) throw this.notSupported("LOCK or UNLOCK");
    if (offset !== 0 || size !== this.size) {
      throw new ZxError(
        "OUT_OF_RANGE",
        `lock of [${hex(offset)}, ${hex(offset + size)}): only all of ${this.describe()}, ${hex(this.size)} bytes`,
      );
    }
    return this.#discardable;
  }

  #grow<T>(action: () => T): T {
    return this.#discardable === undefined ? action() : this.#discardable.whileGrowing(action);
  }

  #discard(): boolean {
    if (this.#pages.hasHeldPages || this.#pages.chargedPages === 0) return false;
    this.#pages.dropPages(0, this.#pages.pageCount);
    return true;
  }

  #checkCached(what: string): void {
    if (this.policy === CachePolicy.CACHED) return;
    throw new ZxError(
      "BAD_STATE",
      `${this.describe()} is ${cachePolicyName(this.policy)} and cannot be ${what}`,
    );
  }

  /** Offset in the pages of an offset in this VMO. */
  #offset(offset: number): number {
    return this.#firstPage * PAGE_SIZE + offset;
  }

  #pagesAround(offset: number, size: number): { first: number; count: number } {
    const first = Math.floor(offset / PAGE_SIZE);
    const count = size === 0 ? 0 : Math.ceil((offset + size) / PAGE_SIZE) - first;
    return { first: this.#firstPage + first, count };
  }

  #pagesChanged(first: number, count: number): void {
    if (this.numMappings === 0) return;
    for (const mapping of this.mappings()) mapping.pagesChanged(first - this.#firstPage, count);
  }
}
