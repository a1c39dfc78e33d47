/**
 * What the author of a model on the machine's own bus is given: devices that do not announce themselves, as a device tree lists
 * them. (For those behind PCI see `pci_model.ts`.)
 */
import type { LogEvent } from "../events/events.ts";
import type { Clock } from "../machine/machine.ts";
import type { DmaPort } from "../machine/sim/dma.ts";
import type { SimMachine } from "../machine/sim/sim.ts";
import type { Io } from "../zx/memory.ts";
import { randomStream } from "../zx/random.ts";
import { guardedClock } from "./guarded_clock.ts";

/** A model's way out: its connections to the rest of the machine. */
export interface PlatformPort {
  /** As in the device tree: `serial@0`. */
  readonly name: string;
  readonly clock: Clock;
  /** Sets the level of its interrupt line. */
  irq(level: boolean): void;
  /** The device's own accesses to memory. False where no memory answers; nothing is read or written then. */
  readonly dma: DmaPort;
  /** The device whose registers lie at an address, for models that drive others; offsets count from its start. */
  peer(paddr: number): { readonly io: Io; readonly offset: number } | undefined;
  log(severity: LogEvent["severity"], message: string): void;
  /** The next number in [0, 1) of this device's own stream. */
  random(): number;
}

/** A place for a model on `machine`, with an interrupt line of its own. */
export function platformPort(machine: SimMachine, name: string, vector: number): PlatformPort {
  return {
    name,
    clock: guardedClock(machine, name),
    irq: machine.interrupts.source(vector),
    dma: machine.dma.port({ name }),
    peer(paddr) {
      const range = machine.bus.find(paddr);
      return range?.io && { io: range.io, offset: paddr - range.base };
    },
    log: (severity, message) => machine.log(name, severity, message),
    random: randomStream(machine.seed, name),
  };
}
