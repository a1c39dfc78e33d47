/**
 * A PCI host as the device tree binding `pci-host-ecam-generic` describes it: nothing to program, only windows at fixed
 * addresses. ECAM is always open; memory has the same addresses on the bus as for the processor, and the 64 KiB of I/O are a
 * window of memory (a machine with an Arm processor has no I/O instructions).
 */
import { AddressMap } from "../machine/sim/address_map.ts";
import { BusWindow } from "../machine/sim/bus_window.ts";
import type { SimMachine } from "../machine/sim/sim.ts";
import { PciHost } from "./pci_host.ts";
import type { PciModel } from "./pci_model.ts";
import { type PciWindow, WindowedSpace } from "./pci_spaces.ts";

const IO_SIZE = 0x1_0000;

export interface PciGenericHostOptions {
  /** 1 MiB for each bus. */
  readonly ecam: PciWindow;
  readonly memory: readonly PciWindow[];
  /** Where the I/O addresses 0 .. 0xffff lie. */
  readonly ioBase: number;
  /** The interrupt vectors of the four lines that pins are wired to: pin A of device 0 to the first, B to the next, ... */
  readonly vectors: readonly [number, number, number, number];
}

/** Puts a host on the machine's bus, with a host bridge at 00:00.0. */
export function pciGenericHost(machine: SimMachine, options: PciGenericHostOptions): PciHost {
  const io = new AddressMap(IO_SIZE);
  const { ecam, memory, ioBase, vectors } = options;
  const host = new PciHost(machine, {
    // Device by device one line further, so that four devices with one pin each do not share one.
    vectorOf: (device, pin) => vectors[(device + pin) % 4]!,
    spaces: { memory: new WindowedSpace(machine.bus, memory), io },
  });
  host.setEcam(ecam);
  machine.bus.add(ioBase, IO_SIZE, "PCI I/O", new BusWindow(io, machine.clock, machine.log, 0, IO_SIZE));
  host.add(hostBridge, { device: 0, function: 0 });
  return host;
}

/** The same as QEMU's boards with such a host have. */
const hostBridge: PciModel = {
  name: "host bridge",
  vendorId: 0x1b36,
  deviceId: 0x0008,
  classCode: 0x060000,
  create: () => [],
};
