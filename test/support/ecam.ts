import type { Machine } from "../../src/machine/machine.ts";
import type { Io } from "../../src/zx/memory.ts";
import { ioAt } from "./pci.ts";

/** Where sim-arm64 and QEMU's virt have the configuration space of bus 0. */
const ECAM = 0x40_1000_0000;

/** The configuration space of one function on bus 0, by memory accesses. */
export function ecamOf(machine: Machine, device: number, fn = 0): Io {
  return ioAt(machine, ECAM + device * 0x8000 + fn * 0x1000, 0x1000);
}

/** The same device on both Arm machines: plugged in as the first one. */
export const EDU = { device: 1, bar: 0x1000_0000, size: 0x10_0000, intid: 36, msi: 0x40 } as const;

/** Edu, decoded and a bus master. */
export function bringUpEdu(machine: Machine): Io {
  const config = ecamOf(machine, EDU.device);
  config.write32(0x10, EDU.bar);
  config.write16(0x04, 6);
  return ioAt(machine, EDU.bar, EDU.size);
}

/** Aims edu's interrupt messages, which then come instead of INTx. */
export function aimEduMessages(machine: Machine, address: number, data: number): void {
  const config = ecamOf(machine, EDU.device);
  config.write32(EDU.msi + 4, address);
  config.write32(EDU.msi + 8, 0);
  config.write16(EDU.msi + 12, data);
  config.write16(EDU.msi + 2, config.read16(EDU.msi + 2) | 1);
}
