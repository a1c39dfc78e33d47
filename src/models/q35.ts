/**
 * The chip set of a Q35 board as far as a PCI host needs it: the memory controller hub's host bridge (Intel 3 Series
 * Express Chipset datasheet) and the LPC function of the ICH9 (I/O Controller Hub 9 datasheet).
 */
import { ZxError } from "../zx/error.ts";
import type { PciHost } from "./pci_host.ts";
import type { PciModel, PciPort } from "./pci_model.ts";

/** PCIEXBAR of the host bridge: base, length and enable bit of the ECAM window. */
const PCIEXBAR = 0x60;
const PCIEXBAR_RESET = 0xb000_0000;
const PCIEXBAR_ENABLE = 1 << 0;
/** By the length field, bits 2..1: buses 0-255, 0-127, 0-63. The fourth value is reserved. */
const PCIEXBAR_SIZES = [2 ** 28, 2 ** 27, 2 ** 26] as const;
/** The length and enable bits, and address lines 35..26. */
const PCIEXBAR_WRITABLE = { low: 0xfc00_0007, high: 0xf } as const;

/** PIRQ[A-D]_ROUT and PIRQ[E-H]_ROUT of the LPC function: with an I/O APIC they stay as they come, "not routed". */
const PIRQ_ROUTING = [0x60, 0x68] as const;
const PIRQ_NOT_ROUTED = 0x8080_8080;

/** Vectors of the I/O APIC that the interrupt pins of PCI devices come to: PIRQ A is the first. */
const FIRST_PIRQ_VECTOR = 16;
const PIRQ_E = 4;
/** Devices from here on are the ICH9's own. */
const FIRST_ICH9_DEVICE = 25;

/**
 * The vector that a pin (0 = A) of a device on bus 0 is wired to: PIRQ E to H in turn for devices in slots, PIRQ A to D for
 * the ICH9's own, whose routing registers come with that value (D25IR to D31IR, 3210h).
 */
export function q35VectorOf(device: number, pin: number): number {
  return FIRST_PIRQ_VECTOR + (device < FIRST_ICH9_DEVICE ? PIRQ_E + ((device + pin) % 4) : pin);
}

export function q35HostBridge(host: PciHost): PciModel {
  return {
    name: "host bridge",
    vendorId: 0x8086,
    deviceId: 0x29c0,
    classCode: 0x060000,
    create(port) {
      port.config.set(PCIEXBAR, 4, PCIEXBAR_RESET);
      port.config.allow(PCIEXBAR, 4, PCIEXBAR_WRITABLE.low);
      port.config.allow(PCIEXBAR + 4, 4, PCIEXBAR_WRITABLE.high);
      port.config.watch(PCIEXBAR, 8, () => followPciexbar(host, port));
      return [];
    },
  };
}

function followPciexbar(host: PciHost, port: PciPort): void {
  const low = port.config.read(PCIEXBAR, 4);
  const size = PCIEXBAR_SIZES[(low >>> 1) & 3];
  const address = port.config.read(PCIEXBAR + 4, 4) * 2 ** 32 + (low - (low % 2 ** 26));
  try {
    const isOpen = (low & PCIEXBAR_ENABLE) !== 0 && size !== undefined;
    host.setEcam(isOpen ? { base: address - (address % size), size } : undefined);
  } catch (error) {
    if (!(error instanceof ZxError)) throw error;
    port.log("error", `PCIEXBAR is not decoded: ${error.detail}`);
  }
}

export const ich9Lpc: PciModel = {
  name: "ICH9 LPC",
  vendorId: 0x8086,
  deviceId: 0x2918,
  revision: 2,
  classCode: 0x060100,
  multifunction: true,
  create({ config }) {
    for (const register of PIRQ_ROUTING) {
      config.set(register, 4, PIRQ_NOT_ROUTED);
      // Bit 7 of each: not routed; bits 3..0: the interrupt.
      config.allow(register, 4, 0x8f8f_8f8f);
    }
    return [];
  },
};
