import type { TriggerMode } from "../../machine/machine.ts";
import { InterruptOption } from "../../zx/constants.ts";
import { ZxError } from "../../zx/error.ts";
import { hex } from "../../zx/pages.ts";
import { InterruptDispatcher } from "./interrupt_dispatcher.ts";
import type { KernelCore } from "./kernel_core.ts";

/** ISA interrupts are edge-triggered on a PC; everything after them, and everything on arm64, is level-triggered. */
const ISA_VECTORS = 16;

const MODES = new Map<number, TriggerMode>([
  [InterruptOption.MODE_EDGE_LOW, "edge"],
  [InterruptOption.MODE_EDGE_HIGH, "edge"],
  [InterruptOption.MODE_EDGE_BOTH, "edge"],
  [InterruptOption.MODE_LEVEL_LOW, "level"],
  [InterruptOption.MODE_LEVEL_HIGH, "level"],
]);

/** A vector of the machine's interrupt controller. Level-triggered ones are masked from trigger to acknowledgement. */
export class VectorInterrupt extends InterruptDispatcher {
  readonly vector: number;
  readonly mode: TriggerMode;

  private constructor(core: KernelCore, vector: number, mode: TriggerMode) {
    super(core);
    this.vector = vector;
    this.mode = mode;
  }

  /** INVALID_ARGS for a mode or a vector that does not exist, ALREADY_BOUND if the vector has an interrupt object. */
  static create(core: KernelCore, vector: number, options: number): VectorInterrupt {
    const { interrupts } = core.machine;
    const mode = triggerMode(core, vector, options & InterruptOption.MODE_MASK);
    if (vector >= interrupts.count) {
      throw new ZxError(
        "INVALID_ARGS",
        `vector ${vector}: the machine has vectors 0 to ${interrupts.count - 1}`,
      );
    }
    const holder = core.vectors.get(vector);
    if (holder !== undefined)
      throw new ZxError("ALREADY_BOUND", `vector ${vector} belongs to ${holder.describe()}`);
    const interrupt = new VectorInterrupt(core, vector, mode);
    core.vectors.set(vector, interrupt);
    try {
      // A line that is asserted already fires before this returns.
      interrupts.attach(vector, mode, () => interrupt.fire(core.now()));
    } catch (error) {
      core.vectors.delete(vector);
      throw error;
    }
    return interrupt;
  }

  protected override mask(): void {
    if (this.mode === "level") this.core.machine.interrupts.mask(this.vector);
  }

  protected override unmask(): void {
    if (this.mode === "level") this.core.machine.interrupts.unmask(this.vector);
  }

  protected override disconnect(): void {
    this.core.vectors.delete(this.vector);
    const { interrupts } = this.core.machine;
    try {
      interrupts.mask(this.vector);
    } finally {
      interrupts.detach(this.vector);
    }
  }
}

function triggerMode(core: KernelCore, vector: number, mode: number): TriggerMode {
  if (mode === InterruptOption.MODE_DEFAULT) {
    return core.machine.architecture === "x64" && vector < ISA_VECTORS ? "edge" : "level";
  }
  const known = MODES.get(mode);
  if (known === undefined) throw new ZxError("INVALID_ARGS", `interrupt mode ${hex(mode)} does not exist`);
  return known;
}
