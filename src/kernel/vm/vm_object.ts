/**
 * A VMO: a page-granular array of bytes that can be mapped. Two families: paged (frames of RAM, on demand) and physical
 * (a fixed physical range). Mechanism only: no handles, no rights.
 */
import type { Accessor, CacheOperation, PhysicalRange, PhysicalTarget } from "../../machine/machine.ts";
import { cachePolicyName } from "../../zx/constants.ts";
import { ZxError } from "../../zx/error.ts";
import { hex, MAX_ADDRESS, PAGE_SIZE } from "../../zx/pages.ts";

/** The largest VMO: an UNBOUNDED one. */
export const MAX_VMO_SIZE = MAX_ADDRESS;

/** What a VMO knows of a mapping of itself. */
export interface VmoMapping {
  /** The address space it is in, to count how many share the VMO. */
  readonly aspace: object;
  /**
   * Pages [firstPage, firstPage+count) of the VMO show other frames from now on, or may no longer be written
   * without asking: what the MMU holds of them must go.
   */
  pagesChanged(firstPage: number, count: number): void;
}

/** Pages that may not move or vanish, because a device or a typed-array view reaches them by their address. */
export interface VmPin {
  readonly vmo: VmObject;
  readonly offset: number;
  readonly size: number;
  /** The physical addresses, in order, consecutive pages put together. */
  readonly ranges: readonly PhysicalRange[];
  /** Lets go of the pages and of the VMO. Idempotent. */
  unpin(): void;
}

export type ChildKind = "snapshot" | "snapshotAtLeastOnWrite" | "slice" | "reference";

export interface ChildOptions {
  readonly koid: number;
  readonly kind: ChildKind;
  readonly resizable: boolean;
  readonly offset: number;
  readonly size: number;
}

export abstract class VmObject {
  readonly koid: number;
  /** 0 where it is nobody's child; stays when the parent is gone. */
  readonly parentKoid: number;
  name = "";
  /** Called when the number of children goes from or to zero: the ZERO_CHILDREN signal. */
  onChildrenChanged: ((zeroChildren: boolean) => void) | undefined;

  abstract readonly kind: "paged" | "physical";
  /** Bytes, a multiple of the page. */
  abstract readonly size: number;
  abstract readonly resizable: boolean;
  abstract readonly discardable: boolean;
  /** Its frames have consecutive addresses and never move (physical ones too). */
  abstract readonly contiguous: boolean;
  /** A copy-on-write child. */
  abstract readonly isCowClone: boolean;
  abstract readonly isSlice: boolean;
  /** Bytes of RAM accounted to this VMO: every committed page is accounted to exactly one. */
  abstract readonly committedBytes: number;
  /** As `committedBytes`, of a range of whole pages (which may reach beyond the VMO). */
  abstract committedBytesIn(offset: number, size: number): number;
  /** What answers accesses where that is not RAM. */
  abstract readonly device: PhysicalTarget | undefined;

  protected policy: number;
  /** While it lives. */
  #parent: VmObject | undefined;
  /** Whether the parent's pages are this VMO's own, so that it must live as long. */
  readonly #keepsParent: boolean;
  readonly #children = new Set<VmObject>();
  /** One mapping, and the others: most VMOs have one at a time, for which a Set is slow. */
  #mapping: VmoMapping | undefined;
  readonly #otherMappings = new Set<VmoMapping>();
  #references = 1;

  protected constructor(koid: number, policy: number, parent: VmObject | undefined, keepsParent: boolean) {
    this.koid = koid;
    this.policy = policy;
    this.#parent = parent;
    this.parentKoid = parent?.koid ?? 0;
    this.#keepsParent = keepsParent;
    if (parent === undefined) return;
    this.name = parent.name;
    if (keepsParent) parent.retain();
    parent.#children.add(this);
    if (parent.#children.size === 1) parent.onChildrenChanged?.(false);
  }

  get cachePolicy(): number {
    return this.policy;
  }

  get numChildren(): number {
    return this.#children.size;
  }

  get numMappings(): number {
    return this.#otherMappings.size + (this.#mapping === undefined ? 0 : 1);
  }

  /** Address spaces that map it. */
  get shareCount(): number {
    return new Set([...this.mappings()].map(({ aspace }) => aspace)).size;
  }

  /** Every mapping of it. */
  *mappings(): IterableIterator<VmoMapping> {
    if (this.#mapping !== undefined) yield this.#mapping;
    yield* this.#otherMappings;
  }

  /** Whether something still holds it. */
  get alive(): boolean {
    return this.#references > 0;
  }

  /** Takes a reference: a dispatcher, a mapping, a pin and a slice hold one each. The creator has the first. */
  retain(): void {
    if (this.#references === 0) throw new ZxError("INTERNAL", `${this.describe()} is used after its end`);
    this.#references++;
  }

  /** Gives a reference back; with the last one the frames are freed. */
  release(): void {
    // A slice's end may be its parent's, and so on: a loop, since such a chain may be long.
    let next: VmObject | undefined = this;
    while (next !== undefined) next = next.#releaseOne();
  }

  /** Returns the parent, if its reference is to be given back now. */
  #releaseOne(): VmObject | undefined {
    if (this.#references === 0) throw new ZxError("INTERNAL", `${this.describe()} is released twice`);
    this.#references--;
    if (this.#references > 0) return undefined;
    this.destroy();
    for (const child of this.#children) child.#parent = undefined;
    const parent = this.#parent;
    if (parent === undefined) return undefined;
    parent.#children.delete(this);
    if (parent.#children.size === 0) parent.onChildrenChanged?.(true);
    return this.#keepsParent ? parent : undefined;
  }

  addMapping(mapping: VmoMapping): void {
    if (this.#mapping === undefined) this.#mapping = mapping;
    else this.#otherMappings.add(mapping);
    this.retain();
  }

  removeMapping(mapping: VmoMapping): void {
    if (this.#mapping === mapping) this.#mapping = undefined;
    else if (!this.#otherMappings.delete(mapping)) return;
    this.release();
  }

  /** `vmo "edu bar 0" (koid 1042)`. */
  describe(): string {
    return `vmo ${JSON.stringify(this.name)} (koid ${this.koid})`;
  }

  /** Bytes up to which the content goes; at most `size`. NOT_SUPPORTED on physical VMOs. */
  abstract readonly streamSize: number;
  /** OUT_OF_RANGE beyond the VMO; the bytes crossed become zero. */
  abstract setStreamSize(size: number): void;

  /** Copies bytes out. BAD_STATE when the policy is not CACHED, OUT_OF_RANGE beyond `size`, NOT_SUPPORTED for physical ones. */
  abstract read(offset: number, into: Uint8Array): void;
  /** Copies bytes in; errors as `read`, and NO_MEMORY. */
  abstract write(offset: number, from: Uint8Array): void;

  /** UNAVAILABLE if it is not resizable, OUT_OF_RANGE, BAD_STATE over pinned pages. */
  abstract resize(size: number): void;

  /** Gives RAM to every page of the range (rounded out). OUT_OF_RANGE, NO_MEMORY, NOT_SUPPORTED for physical ones. */
  abstract commit(offset: number, size: number): void;
  /** Takes the RAM of whole pages away: they read as zero. Errors in zircon.md 1.5's order. */
  abstract decommit(offset: number, size: number): void;
  /** Makes bytes zero; whole pages are given back where that can be. */
  abstract zero(offset: number, size: number): void;
  /** PREFETCH: OUT_OF_RANGE; nothing else to see. */
  abstract prefetch(offset: number, size: number): void;
  /**
   * Cache maintenance of the pages that have memory: INVALID_ARGS for size 0, OUT_OF_RANGE, BAD_STATE unless CACHED, NOT_SUPPORTED for
   * physical ones.
   */
  abstract cacheOperation(operation: CacheOperation, offset: number, size: number, who?: Accessor): void;

  /** Locks a discardable VMO; says whether its content had been lost. Counted. NOT_SUPPORTED for others. */
  abstract lock(offset: number, size: number): { discarded: boolean };
  /** As `lock`, but UNAVAILABLE when the content was lost. */
  abstract tryLock(offset: number, size: number): void;
  /** BAD_STATE when it is not locked. */
  abstract unlock(offset: number, size: number): void;

  /** Commits the pages and keeps them where they are. OUT_OF_RANGE, NO_MEMORY, INVALID_ARGS for size 0 or unaligned. */
  abstract pin(offset: number, size: number): VmPin;
  /** As `pin`, for a typed array that the program holds: no operation fails because of it. RAM only. */
  abstract holdForView(offset: number, size: number): VmPin;

  /** A child VMO; check order and statuses as in zircon.md 1.5. */
  abstract createChild(options: ChildOptions): VmObject;

  /** BAD_STATE while mapped, pinned, with children or being a child, as each family says. */
  abstract setCachePolicy(policy: number): void;

  /** NOT_FOUND when the content was discarded and it is not locked: what a fault on it says. */
  abstract checkAccessible(): void;
  /** The frame of a page, without giving it one: -1 for none (reads as zero). Only where `device` is undefined. */
  abstract frameAt(page: number): number;
  /** Whether the frame of a page belongs to this VMO alone, so that it can be written. */
  abstract isFrameOwn(page: number): boolean;
  /** Where in physical memory the byte at an offset is; undefined where it has no memory, or is not of this VMO. */
  abstract physicalAddressOf(offset: number): number | undefined;
  /** Offset of the byte at a physical address; undefined if it is not of this VMO. Takes time. */
  abstract offsetOf(paddr: number): number | undefined;
  /** The frame of a page for writing: gives it one, or a copy of its own. */
  abstract frameForWrite(page: number): number;
  /** Says that a mapping shows a page that has no frame as zeros, so that it must hear when it gets one. */
  abstract zeroPageMapped(page: number): void;

  /** Frees what the VMO holds; nobody refers to it any more. */
  protected abstract destroy(): void;

  /** Whether there is a mapping, a child or a parent: then the cache policy stays. */
  protected get policyIsFixed(): boolean {
    return this.numMappings > 0 || this.#children.size > 0 || this.parentKoid !== 0;
  }

  protected policyError(policy: number): ZxError {
    const why: string[] = [];
    if (this.numMappings > 0) why.push(`${this.numMappings} mappings`);
    if (this.#children.size > 0) why.push(`${this.#children.size} children`);
    if (this.parentKoid !== 0) why.push(`a parent (koid ${this.parentKoid})`);
    const asked = `${cachePolicyName(this.policy)} to ${cachePolicyName(policy)}`;
    return new ZxError(
      "BAD_STATE",
      `cache policy of ${this.describe()} cannot go from ${asked}: it has ${why.join(", ")}`,
    );
  }

  /** Throws OUT_OF_RANGE unless [offset, offset+size) lies in the VMO. */
  protected checkRange(offset: number, size: number): void {
    if (offset > this.size || size > this.size - offset) {
      throw new ZxError(
        "OUT_OF_RANGE",
        `[${hex(offset)}, ${hex(offset + size)}) is not inside ${this.describe()} of ${hex(this.size)} bytes`,
      );
    }
  }

  protected notSupported(operation: string): ZxError {
    return new ZxError("NOT_SUPPORTED", `${operation} on ${this.kind} ${this.describe()}`);
  }
}

/** Rounds a size up to pages; OUT_OF_RANGE beyond the largest VMO. */
export function roundVmoSize(size: number): number {
  if (size > MAX_VMO_SIZE)
    throw new ZxError("OUT_OF_RANGE", `a VMO of ${size} bytes: at most ${hex(MAX_VMO_SIZE)}`);
  return Math.ceil(size / PAGE_SIZE) * PAGE_SIZE;
}
