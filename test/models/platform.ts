import { createBufferRam } from "../../src/machine/ram.ts";
import { SimMachine } from "../../src/machine/sim/sim.ts";
import { type PlatformPort, platformPort } from "../../src/models/platform_port.ts";
import type { Io } from "../../src/zx/memory.ts";
import { ioAt, logOf } from "../support/pci.ts";

export const RAM = 0x4000_0000;
const BASE = 0x900_0000;
const VECTOR = 33;

/** A machine with 64 KiB of RAM and one device, whose interrupt is vector 33. */
export function withDevice<D extends Io>(make: (port: PlatformPort) => D) {
  const machine = new SimMachine({
    name: "sim-test",
    architecture: "arm64",
    board: { compatible: ["zirconia,test"] },
    ram: createBufferRam({ ranges: [{ base: RAM, size: 0x1_0000 }] }),
    coherent: true,
    interrupts: 64,
    denied: [],
    seed: 0,
  });
  const device = make(platformPort(machine, "device", VECTOR));
  machine.bus.add(BASE, 0x1000, "device", device);
  return {
    machine,
    device,
    io: ioAt(machine, BASE, 0x1000),
    clock: machine.clock,
    log: logOf(machine),
    isInterrupting: () => machine.interrupts.isAsserted(VECTOR),
  };
}
