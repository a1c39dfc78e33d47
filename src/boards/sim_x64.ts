/**
 * `sim-x64`: a PC like QEMU's q35 as far as a kernel without firmware sees it, made of models. One board driver serves both.
 *
 * | addresses | |
 * |---|---|
 * | 0 .. RAM size (at most 2 GiB) | RAM; the first MiB is kept, as firmware keeps it on a PC |
 * | 0xb0000000, 256 MiB | ECAM, once PCIEXBAR is enabled (software may choose another place) |
 * | 0xfec00000, 4 KiB | I/O APIC, 24 vectors (0xfee00000, 1 MiB: local APIC and MSI): the kernel's |
 * | 0x1_0000_0000 .. | RAM beyond 2 GiB |
 * | ports 0xcf8 to 0xcff | PCI configuration |
 *
 * PCI: host bridge at 00:00.0, LPC at 00:1f.0; devices take 00:01.0 and up, as under QEMU.
 */
import type { EventStream } from "../events/events.ts";
import type { Ram } from "../machine/machine.ts";
import { createBufferRam, type RamLayout } from "../machine/ram.ts";
import { LOCAL_APIC_RANGE } from "../machine/sim/msi.ts";
import type { SimPorts } from "../machine/sim/ports.ts";
import { SimMachine } from "../machine/sim/sim.ts";
import { addConfigPorts } from "../models/pci_config_ports.ts";
import { PciHost } from "../models/pci_host.ts";
import { ich9Lpc, q35HostBridge, q35VectorOf } from "../models/q35.ts";
import { ZxError } from "../zx/error.ts";
import { hex, isPageAligned } from "../zx/pages.ts";
import { type DeviceRequest, parseDevice } from "./devices.ts";

const MIB = 2 ** 20;
const GIB = 2 ** 30;
/** RAM ends here; the rest of it starts at 4 GiB. Between them are the devices. */
const LOW_RAM_END = 2 * GIB;
const HIGH_RAM_BASE = 4 * GIB;
const FIRMWARE_RAM = MIB;
const DEFAULT_MEMORY = 128 * MIB;
const IO_APIC_VECTORS = 24;
const LPC_SLOT = { device: 0x1f, function: 0 } as const;

export interface SimX64Options {
  /**
   * What is plugged in, in this order (default: `["edu"]`): a name as in QEMU's `-device` (`"edu,addr=4,dma_mask=0xffffffff"`), or a
   * model.
   */
  readonly devices?: readonly (string | DeviceRequest)[];
  /** Bytes of RAM (default 128 MiB). */
  readonly memory?: number;
  /** RAM made elsewhere (one that the host's MMU can map), laid out as `simX64Ram` says. */
  readonly ram?: Ram;
  /** What is random on the machine comes from this number (default 0). */
  readonly seed?: number;
  /** Where the machine and its models log. */
  readonly events?: EventStream;
}

export class SimX64 extends SimMachine {
  declare readonly ports: SimPorts;
  readonly pci: PciHost;

  constructor(ram: Ram, seed: number, events: EventStream | undefined) {
    super({
      name: "sim-x64",
      architecture: "x64",
      board: { compatible: ["zirconia,sim-x64", "intel,q35"] },
      ram,
      coherent: true,
      interrupts: IO_APIC_VECTORS,
      denied: [
        { base: 0xfec0_0000, size: 0x1000, name: "I/O APIC" },
        { ...LOCAL_APIC_RANGE, name: "local APIC" },
      ],
      seed,
      ...(events && { events }),
    });
    this.pci = new PciHost(this, {
      vectorOf: q35VectorOf,
      spaces: { memory: this.bus, io: this.ports.map },
    });
    addConfigPorts(this.pci, this.ports);
    this.pci.add(q35HostBridge(this.pci), { device: 0, function: 0 });
    this.pci.add(ich9Lpc, LPC_SLOT);
  }
}

/** Where RAM of `memory` bytes lies. INVALID_ARGS unless it is some whole pages, and more than firmware keeps. */
export function simX64Ram(memory: number = DEFAULT_MEMORY): RamLayout {
  if (!Number.isSafeInteger(memory) || memory <= FIRMWARE_RAM || !isPageAligned(memory)) {
    throw new ZxError(
      "INVALID_ARGS",
      `RAM of ${String(memory)} bytes: whole pages, more than ${hex(FIRMWARE_RAM)}`,
    );
  }
  const low = Math.min(memory, LOW_RAM_END);
  const ranges = [{ base: 0, size: low }];
  if (memory > low) ranges.push({ base: HIGH_RAM_BASE, size: memory - low });
  return { ranges, reserved: [{ base: 0, size: FIRMWARE_RAM }] };
}

/** RAM of the default size. */
export const SIM_X64_RAM: RamLayout = simX64Ram();

/**
 * Makes the machine. NOT_FOUND or INVALID_ARGS for a device that cannot be made, ALREADY_EXISTS for two in one slot,
 * NO_MEMORY where the engine gives no such RAM.
 */
export function createSimX64(options: SimX64Options = {}): SimX64 {
  const { devices = ["edu"], memory, seed = 0, events } = options;
  // What may be wrong with the devices is said before memory is taken.
  const requests = devices.map((device) => (typeof device === "string" ? parseDevice(device) : device));
  const ram = options.ram ?? createBufferRam(simX64Ram(memory));
  const machine = new SimX64(ram, seed, events);
  for (const { model, slot } of requests) machine.pci.add(model, slot);
  return machine;
}
