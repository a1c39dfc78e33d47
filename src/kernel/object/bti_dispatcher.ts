import { ObjectType } from "../../zx/constants.ts";
import { ZxError } from "../../zx/error.ts";
import { hex, PAGE_SIZE } from "../../zx/pages.ts";
import type { BtiInfo } from "../../zx/syscalls.ts";
import type { VmObject, VmPin } from "../vm/vm_object.ts";
import { Dispatcher } from "./dispatcher.ts";
import type { IommuDispatcher } from "./iommu_dispatcher.ts";
import type { KernelCore } from "./kernel_core.ts";
import { NamedDispatcher } from "./named_dispatcher.ts";

/**
 * A device's right to DMA. It knows every pin made for the device, also those that nobody unpinned: they lie in
 * quarantine, since the device may still use them.
 */
export class BtiDispatcher extends NamedDispatcher {
  static readonly TYPE = ObjectType.BTI;
  readonly id: number;
  readonly #iommu: IommuDispatcher;
  readonly #live = new Set<PmtDispatcher>();
  readonly #quarantine = new Set<PmtDispatcher>();

  constructor(core: KernelCore, iommu: IommuDispatcher, id: number) {
    super(core, ObjectType.BTI);
    this.id = id;
    this.#iommu = iommu;
    iommu.retain();
  }

  get minimumContiguity(): number {
    return this.#iommu.minimumContiguity;
  }

  info(): BtiInfo {
    return {
      minimumContiguity: this.minimumContiguity,
      aspaceSize: this.#iommu.aspaceSize,
      pmoCount: this.#live.size + this.#quarantine.size,
      quarantineCount: this.#quarantine.size,
    };
  }

  /** Pins pages for the device. INVALID_ARGS for size 0, OUT_OF_RANGE, NO_MEMORY. */
  pin(vmo: VmObject, offset: number, size: number): PmtDispatcher {
    if (size === 0)
      throw new ZxError("INVALID_ARGS", `pin of 0 bytes at ${hex(offset)} of ${vmo.describe()}`);
    const pmt = new PmtDispatcher(this.core, this, vmo.pin(offset, size));
    this.#live.add(pmt);
    this.retain();
    return pmt;
  }

  /** For a pin that has been undone: the BTI forgets it. */
  forget(pmt: PmtDispatcher): void {
    if (this.#live.delete(pmt)) this.release();
  }

  /** For a pin whose handle went without unpin: its pages stay where they are. */
  quarantine(pmt: PmtDispatcher): void {
    this.#live.delete(pmt);
    this.#quarantine.add(pmt);
    pmt.retain();
    if (this.handleCount === 0) this.#warnOfLeak();
  }

  releaseQuarantine(): void {
    for (const pmt of [...this.#quarantine]) {
      this.#quarantine.delete(pmt);
      pmt.unpin();
      pmt.release();
      this.release();
    }
  }

  protected override onZeroHandles(): void {
    if (this.#quarantine.size > 0) this.#warnOfLeak();
  }

  protected override onDestroy(): void {
    this.#iommu.release();
  }

  #warnOfLeak(): void {
    const { events } = this.core;
    if (!events.wants.log) return;
    let pages = 0;
    for (const { size } of this.#quarantine) pages += size / PAGE_SIZE;
    events.emit({
      kind: "log",
      time: this.core.now(),
      source: "kernel",
      severity: "warning",
      message: `${this.describe()}, device ${hex(this.id)}, has leaked ${pages} pages of ${this.#quarantine.size} pins`,
    });
  }
}

/** Pinned pages. Unpinning is the only right way to end it; closing it leaves the pages in the BTI's quarantine. */
export class PmtDispatcher extends Dispatcher {
  static readonly TYPE = ObjectType.PMT;
  readonly size: number;
  readonly #bti: BtiDispatcher;
  readonly #pin: VmPin;
  #pinned = true;

  constructor(core: KernelCore, bti: BtiDispatcher, pin: VmPin) {
    super(core, ObjectType.PMT);
    this.size = pin.size;
    this.#bti = bti;
    this.#pin = pin;
  }

  /** What the device must use: the address of every `unit` bytes. */
  addresses(unit: number): number[] {
    const addresses: number[] = [];
    let next = 0;
    let start = 0;
    for (const { base, size } of this.#pin.ranges) {
      for (; next < start + size; next += unit) addresses.push(base + (next - start));
      start += size;
    }
    return addresses;
  }

  unpin(): void {
    if (!this.#pinned) return;
    this.#pinned = false;
    this.#pin.unpin();
    this.#bti.forget(this);
  }

  get pin(): VmPin {
    return this.#pin;
  }

  protected override onZeroHandles(): void {
    if (this.#pinned) this.#bti.quarantine(this);
  }
}
