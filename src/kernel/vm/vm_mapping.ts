/** A mapping: a range of an address space that shows a range of a VMO. A leaf of the VMAR tree. */
import type { Accessor, Ram } from "../../machine/machine.ts";
import { VmOption } from "../../zx/constants.ts";
import { ZxError } from "../../zx/error.ts";
import type { AccessKind } from "../../zx/memory.ts";
import { hex, PAGE_SIZE, roundDown, roundUp } from "../../zx/pages.ts";
import type { FrameBytes } from "./frame_bytes.ts";
import { type MemoryType, memoryType } from "./memory_type.ts";
import type { ProtectionRun, ProtectionRuns } from "./protection_runs.ts";
import { permissionNames } from "./region_options.ts";
import type { VmAspace } from "./vm_aspace.ts";
import type { VmObject, VmoMapping } from "./vm_object.ts";

/** Pages before and behind a faulting one that are mapped with it, where their frames follow one another. */
const FAULT_AROUND_PAGES = 16;

/** The access that a fault is about, for its message. */
export interface Access {
  readonly address: number;
  readonly size: number;
}

export interface NewMapping {
  readonly aspace: VmAspace;
  readonly base: number;
  readonly size: number;
  readonly vmo: VmObject;
  readonly vmoOffset: number;
  readonly protection: ProtectionRuns;
  /** PERM_* bits that no protect can go beyond: those of the VMO's handle at the time. */
  readonly ceiling: number;
  readonly cachePolicy: number;
  readonly faultBeyondStreamSize: boolean;
}

export class VmMapping implements VmoMapping {
  readonly kind = "mapping";
  readonly aspace: VmAspace;
  readonly vmo: VmObject;
  readonly ceiling: number;
  /** The VMO's at the time. */
  readonly cachePolicy: number;
  readonly #faultBeyondStreamSize: boolean;
  #base: number;
  #size: number;
  #vmoOffset: number;
  #protection: ProtectionRuns;
  /** Addresses between which the MMU may hold pages of this mapping. */
  #presentLow = Number.POSITIVE_INFINITY;
  #presentHigh = 0;
  #ram: Ram | undefined;

  constructor(from: NewMapping) {
    this.aspace = from.aspace;
    this.vmo = from.vmo;
    this.ceiling = from.ceiling;
    this.cachePolicy = from.cachePolicy;
    this.#faultBeyondStreamSize = from.faultBeyondStreamSize;
    this.#base = from.base;
    this.#size = from.size;
    this.#vmoOffset = from.vmoOffset;
    this.#protection = from.protection;
    this.vmo.addMapping(this);
  }

  get base(): number {
    return this.#base;
  }

  get size(): number {
    return this.#size;
  }

  get end(): number {
    return this.#base + this.#size;
  }

  get vmoOffset(): number {
    return this.#vmoOffset;
  }

  get memoryType(): MemoryType {
    return memoryType(this.aspace.machine.architecture, this.cachePolicy);
  }

  /** Who makes the accesses, for the machine's cache. */
  get accessor(): Accessor {
    return {
      kind: "program",
      describe: () => `${JSON.stringify(this.aspace.name)} through ${this.describe()}`,
    };
  }

  /** RAM as this mapping reaches it: through the cache of a machine that has one to maintain, or past it. */
  get ram(): Ram {
    const { cache, ram } = this.aspace.frames;
    if (cache === undefined) return ram;
    this.#ram ??= cache.ram(this.accessor, this.memoryType.cached ? "cached" : "uncached");
    return this.#ram;
  }

  /** The same for copies. */
  get bytes(): FrameBytes {
    const { frames } = this.aspace;
    return frames.cache === undefined ? frames.bytes : frames.bytesThrough(this.ram);
  }

  /** Runs of equal permissions, offsets from `base`. */
  get protection(): readonly ProtectionRun[] {
    return this.#protection.runs;
  }

  permissionsAt(address: number): number {
    return this.#protection.at(address - this.#base);
  }

  /** PERM_* bits that some byte and that every byte of a range has. */
  permissionsWithin(address: number, size: number): { some: number; every: number } {
    const start = address - this.#base;
    return this.#protection.within(start, start + size);
  }

  /** `[0x200000, 0x201000) of vmo "edu bar 0" (koid 1042) +0x0`. */
  describe(): string {
    return `[${hex(this.#base)}, ${hex(this.end)}) of ${this.vmo.describe()} +${hex(this.#vmoOffset)}`;
  }

  /**
   * Throws what an access at `address` (in this mapping) faults with: ACCESS_DENIED, OUT_OF_RANGE beyond the VMO, NOT_FOUND
   * when its content was discarded.
   */
  check(address: number, access: AccessKind, about: Access): void {
    const permissions = this.permissionsAt(address);
    if ((permissions & permissionFor(access)) === 0) {
      const what = `${this.describe()} allows ${permissionNames(permissions)}`;
      throw new ZxError("ACCESS_DENIED", `${this.aspace.describeAccess(access, about)}: ${what}`);
    }
    this.checkBounds(address, access, about);
    this.vmo.checkAccessible();
  }

  /** OUT_OF_RANGE where the VMO, or its stream if that is what counts, has no page at `address`. */
  checkBounds(address: number, access: AccessKind, about: Access): void {
    const offset = this.#offsetOf(address);
    if (roundDown(offset) < this.#extent) return;
    const what = this.#faultBeyondStreamSize ? "its stream" : "it";
    throw new ZxError(
      "OUT_OF_RANGE",
      `${this.aspace.describeAccess(access, about)}: ${this.describe()}, and ${what} ends at +${hex(this.#extent)}`,
    );
  }

  /** Whether an access may be made, without the cost of an error. */
  allows(address: number, access: AccessKind): boolean {
    return (
      (this.permissionsAt(address) & permissionFor(access)) !== 0 &&
      roundDown(this.#offsetOf(address)) < this.#extent
    );
  }

  /** The frame behind an address, after the checks: given or copied for a write, -1 if a page that is read has none. RAM only. */
  frameFor(address: number, access: AccessKind, about: Access): number {
    this.check(address, access, about);
    const page = Math.floor(this.#offsetOf(address) / PAGE_SIZE);
    return access === "write" ? this.vmo.frameForWrite(page) : this.vmo.frameAt(page);
  }

  /** Physical address of what is at an address; undefined for RAM that has no frame yet. */
  physicalAddressOf(address: number): number | undefined {
    return this.vmo.physicalAddressOf(this.#offsetOf(address));
  }

  /** The page fault of an access: returns when the access may be tried again. */
  fault(address: number, access: AccessKind, about: Access): void {
    if (this.vmo.device !== undefined) {
      this.check(address, access, about);
      this.populate(this.#base, this.end);
      return;
    }
    const frame = this.frameFor(address, access, about);
    if (!this.#hasMmu) return;
    const start = roundDown(address);
    if (frame < 0) {
      this.aspace.arch.mapZeros(start, 1);
      this.#notePresent(start, start + PAGE_SIZE);
      this.vmo.zeroPageMapped(this.#pageOf(start));
    } else {
      const around = FAULT_AROUND_PAGES * PAGE_SIZE;
      this.#mapRun(start, Math.max(this.#base, start - around), Math.min(this.end, start + around));
    }
  }

  /** Has the MMU hold what is there of [start, end), so that accesses need no fault. */
  populate(start: number, end: number): void {
    if (!this.#hasMmu) return;
    const { arch } = this.aspace;
    const stop = Math.min(end, this.#base + Math.max(0, roundUp(this.#extent) - this.#vmoOffset));
    const { device } = this.vmo;
    if (device === undefined) {
      for (let address = start; address < stop; ) address = this.#mapRun(address, address, stop);
    } else if (device.kind === "direct") {
      this.#eachRun(start, stop, (from, to, permissions) => {
        arch.mapFile(from, to - from, device.fd, device.fdOffset + this.#offsetOf(from), permissions);
        this.#notePresent(from, to);
      });
    }
  }

  /** Sets the permissions of [start, end). */
  protect(start: number, end: number, permissions: number): void {
    this.aspace.permissionsChanging(this, start, end, permissions);
    this.#protection.set(start - this.#base, end - this.#base, permissions);
    // Pages that never change are laid out again at once, the others come back by faults.
    if (this.vmo.contiguous) this.populate(start, end);
    else this.#forget(start, end);
  }

  pagesChanged(firstPage: number, count: number): void {
    const start = this.#base + firstPage * PAGE_SIZE - this.#vmoOffset;
    const low = Math.max(this.#base, start);
    const high = Math.min(this.end, start + count * PAGE_SIZE);
    if (low >= high) return;
    const vmoEnd = this.#base + this.vmo.size - this.#vmoOffset;
    this.aspace.framesChanging(this, low, high, Math.max(low, vmoEnd));
    this.#forget(low, high);
  }

  /**
   * Takes [start, end) out. What is left of the mapping (nothing, this one made smaller, or this one and a second) is
   * returned; the caller has this one out of its tree meanwhile.
   */
  cut(start: number, end: number, by: string): VmMapping[] {
    this.aspace.mappingChanging(this, start, end, by);
    this.#forget(start, end);
    const rest: VmMapping[] = [];
    if (end < this.end && start > this.#base) rest.push(this.#copy(end, this.end));
    if (start > this.#base) this.#become(this.#base, start);
    else if (end < this.end) this.#become(end, this.end);
    else {
      this.vmo.removeMapping(this);
      return rest;
    }
    rest.push(this);
    return rest;
  }

  /** The address space is gone as a whole. */
  drop(): void {
    this.vmo.removeMapping(this);
  }

  /** Bytes of RAM accounted to the VMO in [start, end). */
  committedBytes(start: number, end: number): number {
    return this.vmo.committedBytesIn(this.#offsetOf(start), end - start);
  }

  #copy(start: number, end: number): VmMapping {
    const copy = new VmMapping({
      aspace: this.aspace,
      base: start,
      size: end - start,
      vmo: this.vmo,
      vmoOffset: this.#offsetOf(start),
      protection: this.#protection.slice(start - this.#base, end - this.#base),
      ceiling: this.ceiling,
      cachePolicy: this.cachePolicy,
      faultBeyondStreamSize: this.#faultBeyondStreamSize,
    });
    copy.#presentLow = Math.max(start, this.#presentLow);
    copy.#presentHigh = Math.min(end, this.#presentHigh);
    return copy;
  }

  #become(start: number, end: number): void {
    this.#protection = this.#protection.slice(start - this.#base, end - this.#base);
    this.#vmoOffset = this.#offsetOf(start);
    this.#base = start;
    this.#size = end - start;
    this.#presentLow = Math.max(start, this.#presentLow);
    this.#presentHigh = Math.min(end, this.#presentHigh);
  }

  /** Maps the page at `address` and those around it, within [low, high), that one mmap can map. Returns the run's end. */
  #mapRun(address: number, low: number, high: number): number {
    const { vmo } = this;
    const page = this.#pageOf(address);
    const frame = vmo.frameAt(page);
    if (frame < 0) return address + PAGE_SIZE;
    const own = vmo.isFrameOwn(page);
    const run = this.#protection.runAt(address - this.#base);
    const first = Math.max(this.#pageOf(low), this.#pageOf(this.#base + run.start));
    const last = Math.min(
      this.#pageOf(high),
      this.#pageOf(this.#base + run.end),
      Math.ceil(this.#extent / PAGE_SIZE),
    );
    let from = page;
    while (
      from > first &&
      vmo.frameAt(from - 1) === frame - (page - from) - 1 &&
      vmo.isFrameOwn(from - 1) === own
    )
      from--;
    let to = page + 1;
    while (to < last && vmo.frameAt(to) === frame + (to - page) && vmo.isFrameOwn(to) === own) to++;
    const start = this.#base + from * PAGE_SIZE - this.#vmoOffset;
    const permissions = own ? run.permissions : run.permissions & ~VmOption.PERM_WRITE;
    this.aspace.arch.mapFrames(start, frame - (page - from), to - from, permissions);
    const end = start + (to - from) * PAGE_SIZE;
    this.#notePresent(start, end);
    return end;
  }

  #eachRun(start: number, end: number, visit: (from: number, to: number, permissions: number) => void): void {
    for (const run of this.#protection.runs) {
      const from = Math.max(start, this.#base + run.start);
      const to = Math.min(end, this.#base + run.end);
      if (from < to) visit(from, to, run.permissions);
    }
  }

  /** Whether the host's MMU makes the accesses. Those to RAM are calls where a cache lies between. */
  get #hasMmu(): boolean {
    const { arch, frames } = this.aspace;
    return arch.hasMmu && (frames.cache === undefined || this.vmo.device !== undefined);
  }

  #notePresent(start: number, end: number): void {
    this.#presentLow = Math.min(this.#presentLow, start);
    this.#presentHigh = Math.max(this.#presentHigh, end);
  }

  /** The MMU forgets what it holds of [start, end). */
  #forget(start: number, end: number): void {
    const low = Math.max(start, this.#presentLow);
    const high = Math.min(end, this.#presentHigh);
    if (low >= high) return;
    this.aspace.arch.unmap(low, high - low);
    if (low === this.#presentLow) this.#presentLow = high;
    if (high === this.#presentHigh) this.#presentHigh = low;
    if (this.#presentLow >= this.#presentHigh) {
      this.#presentLow = Number.POSITIVE_INFINITY;
      this.#presentHigh = 0;
    }
  }

  #offsetOf(address: number): number {
    return this.#vmoOffset + (address - this.#base);
  }

  #pageOf(address: number): number {
    return Math.floor(this.#offsetOf(address) / PAGE_SIZE);
  }

  /** Bytes of the VMO that can be accessed. */
  get #extent(): number {
    return this.#faultBeyondStreamSize ? this.vmo.streamSize : this.vmo.size;
  }
}

function permissionFor(access: AccessKind): number {
  return access === "write" ? VmOption.PERM_WRITE : VmOption.PERM_READ;
}
