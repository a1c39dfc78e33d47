/**
 * A board of which there is nothing but a device tree: `zirconia boot --machine sim-arm64 --dtb FILE`. A board driver finds the tree's
 * nodes; but no device answers at their addresses, and no interrupt ever comes.
 */
import type { EventStream } from "../events/events.ts";
import type { PhysicalRange, Ram } from "../machine/machine.ts";
import { SimMachine } from "../machine/sim/sim.ts";
import { ZxError } from "../zx/error.ts";

/** As many as a GIC can have without extensions: INTIDs from 1020 on are special. */
const INTERRUPTS = 1020;
const FIRST_PPI = 16;

export interface ForeignArm64Options {
  readonly deviceTree: Uint8Array;
  /** `compatible` of the tree's root. */
  readonly compatible: readonly string[];
  /** RAM where the tree's /memory says that there is some. */
  readonly ram: Ram;
  /** The tree's interrupt controllers: ranges that are the kernel's. */
  readonly denied?: readonly (PhysicalRange & { readonly name: string })[];
  /** What is random on the machine comes from this number (default 0). */
  readonly seed?: number;
  readonly events?: EventStream;
}

/** Makes the machine. ALREADY_EXISTS where RAM and what is denied overlap. */
export function createForeignArm64({
  deviceTree,
  compatible,
  ram,
  denied = [],
  seed = 0,
  events,
}: ForeignArm64Options): SimMachine {
  return new SimMachine({
    name: "sim-arm64",
    architecture: "arm64",
    board: { compatible, deviceTree },
    ram,
    coherent: false,
    interrupts: INTERRUPTS,
    interruptLines: { keepEdges: true, firstVector: FIRST_PPI },
    msi: () => NO_MESSAGES,
    denied,
    seed,
    ...(events && { events }),
  });
}

const NO_MESSAGES = {
  messages: { base: 0, size: 0 },
  allocate(): never {
    throw new ZxError("NOT_SUPPORTED", "a board that is only a device tree has no interrupt messages");
  },
  signal() {},
};
