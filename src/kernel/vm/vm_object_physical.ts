/**
 * Physical VMOs: a fixed physical range, a device's registers usually. "Always committed and always pinned"; the kernel
 * itself never reads or writes it.
 */
import type { PhysicalRange, PhysicalTarget } from "../../machine/machine.ts";
import { CachePolicy } from "../../zx/constants.ts";
import { ZxError } from "../../zx/error.ts";
import { hex, isPageAligned, MAX_ADDRESS, PAGE_SIZE } from "../../zx/pages.ts";
import type { FrameAllocator } from "./frames.ts";
import { type ChildOptions, MAX_VMO_SIZE, roundVmoSize, VmObject, type VmPin } from "./vm_object.ts";

export interface PhysicalOptions {
  readonly koid: number;
  /** Base page aligned; the size is rounded up to pages. */
  readonly range: PhysicalRange;
  /** The kernel's question to the machine; not asked for RAM. */
  readonly resolve: (paddr: number, size: number) => PhysicalTarget;
}

export class VmObjectPhysical extends VmObject {
  readonly kind = "physical";
  readonly resizable = false;
  readonly discardable = false;
  readonly contiguous = true;
  readonly isCowClone = false;
  readonly isSlice: boolean;
  readonly committedBytes = 0;
  readonly streamSize = 0;
  readonly range: PhysicalRange;
  readonly device: PhysicalTarget | undefined;
  readonly #frames: FrameAllocator;
  /** Number of the first frame, where the range is RAM. */
  readonly #firstFrame: number;
  readonly #resolve: PhysicalOptions["resolve"];

  private constructor(
    frames: FrameAllocator,
    options: PhysicalOptions,
    place: { firstFrame: number; device: PhysicalTarget | undefined },
    parent: VmObjectPhysical | undefined,
  ) {
    super(options.koid, parent?.cachePolicy ?? CachePolicy.UNCACHED, parent, parent !== undefined);
    this.range = options.range;
    this.device = place.device;
    this.isSlice = parent !== undefined;
    this.#frames = frames;
    this.#resolve = options.resolve;
    this.#firstFrame = place.firstFrame;
  }

  /**
   * The VMO that *is* a physical range; its policy is UNCACHED. INVALID_ARGS when the base is not page aligned, the size is 0 or
   * the range ends beyond the largest address; NOT_SUPPORTED when it begins in RAM and ends outside.
   */
  static create(frames: FrameAllocator, options: PhysicalOptions): VmObjectPhysical {
    const { base, size } = options.range;
    if (!isPageAligned(base))
      throw new ZxError("INVALID_ARGS", `physical address ${hex(base)} is not page aligned`);
    if (size === 0) throw new ZxError("INVALID_ARGS", "a physical VMO of 0 bytes");
    if (size > MAX_ADDRESS - base) {
      throw new ZxError(
        "INVALID_ARGS",
        `physical range ${hex(base)} + ${hex(size)} ends beyond ${hex(MAX_ADDRESS)}`,
      );
    }
    const rounded = { ...options, range: { base, size: roundVmoSize(size) } };
    return new VmObjectPhysical(frames, rounded, locate(frames, rounded), undefined);
  }

  override get size(): number {
    return this.range.size;
  }

  override describe(): string {
    return `${super.describe()} at ${hex(this.range.base)}`;
  }

  override committedBytesIn(): number {
    return 0;
  }

  override setStreamSize(): void {
    throw this.notSupported("a stream size");
  }

  override read(): void {
    throw this.notSupported("read");
  }

  override write(): void {
    throw this.notSupported("write");
  }

  override resize(): void {
    throw new ZxError("UNAVAILABLE", `physical ${this.describe()} is not resizable`);
  }

  override commit(): void {
    throw this.notSupported("COMMIT");
  }

  override decommit(): void {
    throw this.notSupported("DECOMMIT");
  }

  override zero(): void {
    throw this.notSupported("ZERO");
  }

  override prefetch(offset: number, size: number): void {
    this.checkRange(offset, size);
  }

  override cacheOperation(): void {
    throw this.notSupported("cache maintenance");
  }

  override lock(): { discarded: boolean } {
    throw this.notSupported("LOCK");
  }

  override tryLock(): void {
    throw this.notSupported("TRY_LOCK");
  }

  override unlock(): void {
    throw this.notSupported("UNLOCK");
  }

  override pin(offset: number, size: number): VmPin {
    if (size === 0 || !isPageAligned(offset) || !isPageAligned(size)) {
      throw new ZxError("INVALID_ARGS", `pin of [${hex(offset)}, ${hex(offset + size)}): not whole pages`);
    }
    this.checkRange(offset, size);
    this.retain();
    let isHeld = true;
    return {
      vmo: this,
      offset,
      size,
      ranges: [{ base: this.range.base + offset, size }],
      unpin: () => {
        if (isHeld) this.release();
        isHeld = false;
      },
    };
  }

  override holdForView(offset: number, size: number): VmPin {
    if (this.device !== undefined) throw this.notSupported("a view of the bytes");
    return this.pin(offset, size);
  }

  override createChild(options: ChildOptions): VmObjectPhysical {
    if (options.kind === "slice" && options.resizable) {
      throw new ZxError("INVALID_ARGS", "a slice cannot be RESIZABLE");
    }
    const { offset } = options;
    if (!isPageAligned(offset))
      throw new ZxError("INVALID_ARGS", `offset ${hex(offset)} is not page aligned`);
    const size = roundVmoSize(options.size);
    if (offset + size > MAX_VMO_SIZE) {
      throw new ZxError(
        "OUT_OF_RANGE",
        `child [${hex(offset)}, ${hex(offset + size)}) ends beyond ${hex(MAX_VMO_SIZE)}`,
      );
    }
    if (options.kind !== "slice") throw this.notSupported(`a ${options.kind}`);
    if (size === 0 || offset > this.size || size > this.size - offset) {
      throw new ZxError(
        "INVALID_ARGS",
        `slice [${hex(offset)}, ${hex(offset + size)}) of ${this.describe()} of ${hex(this.size)} bytes`,
      );
    }
    const range = { base: this.range.base + offset, size };
    const child = { koid: options.koid, range, resolve: this.#resolve };
    return new VmObjectPhysical(this.#frames, child, locate(this.#frames, child), this);
  }

  /** As drivers do it, asking for the policy that it has is no request at all, also while it is mapped. */
  override setCachePolicy(policy: number): void {
    if (policy === this.policy) return;
    if (this.policyIsFixed) throw this.policyError(policy);
    this.policy = policy;
  }

  override checkAccessible(): void {}

  override frameAt(page: number): number {
    return this.#firstFrame < 0 ? -1 : this.#firstFrame + page;
  }

  override isFrameOwn(): boolean {
    return true;
  }

  override frameForWrite(page: number): number {
    return this.frameAt(page);
  }

  override physicalAddressOf(offset: number): number | undefined {
    return offset < this.size ? this.range.base + offset : undefined;
  }

  override offsetOf(paddr: number): number | undefined {
    const { base, size } = this.range;
    return paddr >= base && paddr < base + size ? paddr - base : undefined;
  }

  override zeroPageMapped(): void {}

  protected override destroy(): void {}
}

/** What lies at a range: RAM, from which frame on, or what the machine says. */
function locate(
  frames: FrameAllocator,
  { range: { base, size }, resolve }: PhysicalOptions,
): { firstFrame: number; device: PhysicalTarget | undefined } {
  const first = frames.frameOf(base);
  const last = frames.frameOf(base + size - PAGE_SIZE);
  if (first === undefined && last === undefined) return { firstFrame: -1, device: resolve(base, size) };
  if (first === undefined || last !== first + size / PAGE_SIZE - 1) {
    throw new ZxError("NOT_SUPPORTED", `[${hex(base)}, ${hex(base + size)}) is RAM in part only`);
  }
  return { firstFrame: first, device: undefined };
}
