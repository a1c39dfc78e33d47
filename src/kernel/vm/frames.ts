/**
 * The frames of a machine's RAM: which 4 KiB of physical memory are taken.
 *
 * A frame is named by its number in the RAM's backing (offset / PAGE_SIZE), so that the bytes of frame `f` are at
 * `f * PAGE_SIZE` of `ram.bytes` and of `ram.fd`; `paddrOf` gives the address that a device uses.
 */
import type { Accessor, CacheOperation, DataCache, PhysicalRange, Ram } from "../../machine/machine.ts";
import { ZxError } from "../../zx/error.ts";
import { hex, PAGE_SHIFT, PAGE_SIZE, roundDown, roundUp } from "../../zx/pages.ts";
import { FrameBytes } from "./frame_bytes.ts";
import { FreeBits } from "./free_bits.ts";

interface Range {
  readonly base: number;
  /** Number of the range's first frame. */
  readonly first: number;
  readonly count: number;
}

const KERNEL: Accessor = { kind: "kernel", describe: () => "the kernel" };

export class FrameAllocator {
  readonly ram: Ram;
  /** Frames that can be allocated: RAM without what is reserved. */
  readonly total: number;
  /** The processor's cache, where devices do not see what is in it. */
  readonly cache: DataCache | undefined;
  readonly #ranges: readonly Range[];
  readonly #reserved: readonly PhysicalRange[];
  readonly #bits: FreeBits;
  readonly #reclaimers = new Set<() => boolean>();
  #bytes: FrameBytes;

  constructor(ram: Ram, cache?: DataCache) {
    this.ram = ram;
    this.cache = cache;
    this.#bytes = this.bytesThrough(cache?.ram(KERNEL, "cached") ?? ram);
    let frames = 0;
    this.#ranges = ram.ranges.map(({ base, size }) => {
      const range = { base, first: frames, count: Math.floor(size / PAGE_SIZE) };
      frames += range.count;
      return range;
    });
    this.#bits = new FreeBits(frames);
    for (const { first, count } of this.#ranges) this.#bits.setFree(first, count);
    this.#reserved = ram.reserved
      .map(({ base, size }) => ({ base: roundDown(base), size: roundUp(base + size) - roundDown(base) }))
      .filter(({ size }) => size > 0);
    for (const { base, size } of this.#reserved) {
      for (let paddr = base; paddr < base + size; paddr += PAGE_SIZE) {
        const frame = this.frameOf(paddr);
        if (frame !== undefined && this.#bits.isFree(frame)) this.#bits.take(frame, 1);
      }
    }
    this.total = this.#bits.freeCount;
  }

  /** What is in the frames, as the kernel sees it: through the cache, if there is one. */
  get bytes(): FrameBytes {
    return this.#bytes;
  }

  /** What is in the frames, as somebody sees it who reaches RAM in a way of their own. */
  bytesThrough(ram: Ram): FrameBytes {
    return new FrameBytes(ram, (frame) => this.paddrOf(frame));
  }

  /** What the kernel copies in `action`, it copies for `caller`: for reports about the cache. */
  onBehalfOf(caller: () => string, action: () => void): void {
    const { cache } = this;
    if (cache === undefined) {
      action();
      return;
    }
    const own = this.#bytes;
    this.#bytes = this.bytesThrough(cache.ram({ kind: "kernel", describe: caller }, "cached"));
    try {
      action();
    } finally {
      this.#bytes = own;
    }
  }

  /** Cache maintenance of bytes of a run of frames; the kernel's own unless `who` says otherwise. */
  maintain(operation: CacheOperation, frame: number, offset: number, size: number, who?: Accessor): void {
    this.cache?.maintain(operation, this.paddrOf(frame) + offset, size, who ?? KERNEL);
  }

  get free(): number {
    return this.#bits.freeCount;
  }

  get used(): number {
    return this.total - this.#bits.freeCount;
  }

  /** The lowest free frame; its bytes are whatever they were. NO_MEMORY when there is none and none can be reclaimed. */
  allocate(): number {
    let frame = this.#bits.lowest();
    while (frame < 0 && this.#reclaim()) frame = this.#bits.lowest();
    if (frame < 0) throw new ZxError("NO_MEMORY", `no free frame: all ${this.total} are in use`);
    this.#bits.take(frame, 1);
    return frame;
  }

  /**
   * `count` frames with consecutive physical addresses, the first at a multiple of 2^alignmentLog2 bytes (at least a page).
   * Returns the first one's number. NO_MEMORY where no such run is free.
   */
  allocateContiguous(count: number, alignmentLog2 = PAGE_SHIFT): number {
    const alignment = 2 ** Math.max(alignmentLog2, PAGE_SHIFT) / PAGE_SIZE;
    do {
      for (const range of this.#ranges) {
        const phase = (range.base / PAGE_SIZE - range.first) % alignment;
        const frame = this.#bits.findRun(range.first, range.first + range.count, count, alignment, phase);
        if (frame >= 0) {
          this.#bits.take(frame, count);
          return frame;
        }
      }
    } while (this.#reclaim());
    throw new ZxError(
      "NO_MEMORY",
      `no ${count} consecutive frames aligned to ${hex(alignment * PAGE_SIZE)}: ${this.free} of ${this.total} are free`,
    );
  }

  /** Gives frames back. Freeing what is not allocated is a bug of the kernel's: INTERNAL. */
  release(frame: number, count = 1): void {
    for (let i = 0; i < count; i++) {
      if (!this.#isAllocated(frame + i)) {
        throw new ZxError("INTERNAL", `frame ${frame + i} is freed but was not allocated`);
      }
    }
    this.#bits.setFree(frame, count);
  }

  /** Physical address of a frame. */
  paddrOf(frame: number): number {
    for (const { base, first, count } of this.#ranges) {
      if (frame < first + count) return base + (frame - first) * PAGE_SIZE;
    }
    throw new ZxError("INTERNAL", `frame ${frame} is not of this RAM`);
  }

  /** Number of the frame at a physical address (any byte of it); undefined if that is not RAM. */
  frameOf(paddr: number): number | undefined {
    const offset = this.ram.offsetOf(paddr);
    return offset === undefined ? undefined : Math.floor(offset / PAGE_SIZE);
  }

  /**
   * Registers somebody who can give frames back when there are none left (unlocked discardable VMOs): returns whether it
   * did. The returned function takes it out again.
   */
  addReclaimer(reclaim: () => boolean): () => void {
    this.#reclaimers.add(reclaim);
    return () => this.#reclaimers.delete(reclaim);
  }

  #reclaim(): boolean {
    for (const reclaim of this.#reclaimers) if (reclaim()) return true;
    return false;
  }

  #isAllocated(frame: number): boolean {
    if (!Number.isInteger(frame) || frame < 0 || frame >= this.#bits.size || this.#bits.isFree(frame))
      return false;
    if (this.#reserved.length === 0) return true;
    const paddr = this.paddrOf(frame);
    return !this.#reserved.some(({ base, size }) => paddr >= base && paddr < base + size);
  }
}
