import type { MsiBlock } from "../../machine/machine.ts";
import { ObjectType } from "../../zx/constants.ts";
import { ZxError } from "../../zx/error.ts";
import type { MsiInfo } from "../../zx/syscalls.ts";
import { Dispatcher } from "./dispatcher.ts";
import type { KernelCore } from "./kernel_core.ts";

const MAX_MSIS = 32;

/** A block of message-signalled interrupts: the address and data that a device must write to signal one. */
export class MsiAllocationDispatcher extends Dispatcher {
  static readonly TYPE = ObjectType.MSI;
  readonly block: MsiBlock;
  readonly #taken = new Set<number>();

  private constructor(core: KernelCore, block: MsiBlock) {
    super(core, ObjectType.MSI);
    this.block = block;
  }

  /** INVALID_ARGS unless `count` is a power of two up to 32; NO_RESOURCES. */
  static create(core: KernelCore, count: number): MsiAllocationDispatcher {
    const isPowerOfTwo = count > 0 && (count & (count - 1)) === 0;
    if (!isPowerOfTwo || count > MAX_MSIS) {
      throw new ZxError("INVALID_ARGS", `${count} MSIs: a power of two from 1 to ${MAX_MSIS}`);
    }
    return new MsiAllocationDispatcher(core, core.machine.allocateMsi(count));
  }

  info(): MsiInfo {
    const { address, data, count } = this.block;
    return { targetAddress: address, targetData: data, numIrq: count, interruptCount: this.#taken.size };
  }

  /** INVALID_ARGS beyond the block. */
  checkId(id: number): void {
    if (id >= this.block.count)
      throw new ZxError("INVALID_ARGS", `MSI id ${id} of a block of ${this.block.count}`);
  }

  /** Takes an id for an interrupt, which keeps the block alive. ALREADY_BOUND. */
  reserve(id: number): void {
    if (this.#taken.has(id))
      throw new ZxError("ALREADY_BOUND", `MSI id ${id} of ${this.describe()} has an interrupt`);
    this.#taken.add(id);
    this.retain();
  }

  unreserve(id: number): void {
    if (this.#taken.delete(id)) this.release();
  }

  protected override onDestroy(): void {
    this.block.free();
  }
}
