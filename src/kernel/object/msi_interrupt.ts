import { CachePolicy, MsiOption } from "../../zx/constants.ts";
import { ZxError } from "../../zx/error.ts";
import { hex, PAGE_SIZE } from "../../zx/pages.ts";
import type { VmObject } from "../vm/vm_object.ts";
import { InterruptDispatcher } from "./interrupt_dispatcher.ts";
import type { KernelCore } from "./kernel_core.ts";
import type { MsiAllocationDispatcher } from "./msi_allocation_dispatcher.ts";
import { type MsiRegisterSpace, type MsiRegisters, msiCapability, msixEntry } from "./msi_registers.ts";

export interface MsiInterruptOptions {
  readonly allocation: MsiAllocationDispatcher;
  readonly options: number;
  readonly id: number;
  /** What holds the MSI capability, or the MSI-X table. */
  readonly vmo: VmObject;
  readonly vmoOffset: number;
}

/** One vector of a block of MSIs: masked in the function's own registers from trigger to acknowledgement. */
export class MsiInterrupt extends InterruptDispatcher {
  readonly vector = undefined;
  readonly #allocation: MsiAllocationDispatcher;
  readonly #id: number;
  readonly #vmo: VmObject;
  readonly #registers: MsiRegisters;

  private constructor(core: KernelCore, options: MsiInterruptOptions, registers: MsiRegisters) {
    super(core);
    this.#allocation = options.allocation;
    this.#id = options.id;
    this.#vmo = options.vmo;
    this.#registers = registers;
    this.#vmo.retain();
  }

  /** INVALID_ARGS, ALREADY_BOUND, NOT_SUPPORTED (registers that only the host's MMU reaches). */
  static create(core: KernelCore, wanted: MsiInterruptOptions): MsiInterrupt {
    const { allocation, options, id, vmo, vmoOffset } = wanted;
    if ((options & ~MsiOption.MODE_MSI_X) !== 0)
      throw new ZxError("INVALID_ARGS", `msi_create: options ${hex(options)}`);
    if (!vmo.contiguous || vmoOffset >= vmo.size || vmo.cachePolicy !== CachePolicy.UNCACHED_DEVICE) {
      throw new ZxError(
        "INVALID_ARGS",
        `msi_create: ${vmo.describe()} must be physical, UNCACHED_DEVICE, and reach beyond offset ${hex(vmoOffset)}`,
      );
    }
    allocation.checkId(id);
    allocation.reserve(id);
    try {
      const space = registerSpace(core, vmo, vmoOffset);
      const isMsix = options === MsiOption.MODE_MSI_X;
      const registers = isMsix ? msixEntry(space, id, allocation.block) : msiCapability(space, id);
      const interrupt = new MsiInterrupt(core, wanted, registers);
      allocation.block.attach(id, () => interrupt.fire(core.now()));
      registers.unmask();
      return interrupt;
    } catch (error) {
      allocation.unreserve(id);
      throw error;
    }
  }

  protected override mask(): void {
    this.#registers.mask();
  }

  protected override unmask(): void {
    this.#registers.unmask();
  }

  protected override disconnect(): void {
    try {
      this.#registers.disconnect();
    } finally {
      this.#allocation.block.detach(this.#id);
      this.#vmo.release();
      this.#allocation.unreserve(this.#id);
    }
  }
}

/** The kernel's own way to a VMO's memory: a device's, or consecutive frames of RAM. */
function registerSpace(core: KernelCore, vmo: VmObject, vmoOffset: number): MsiRegisterSpace {
  const { device } = vmo;
  if (device?.kind === "dispatched") return { io: device.io, offset: vmoOffset, end: vmo.size };
  if (device !== undefined) {
    throw new ZxError(
      "NOT_SUPPORTED",
      `msi_create: ${vmo.describe()} is memory that only a driver host's MMU reaches`,
    );
  }
  const start = vmo.frameAt(0) * PAGE_SIZE;
  return { io: core.machine.ram.io, offset: start + vmoOffset, end: start + vmo.size };
}
