/**
 * `sim-arm64`: a board with an Arm processor, made of models, that a device tree describes (sim_arm64.dts). Where QEMU's `virt` has
 * the same device it has the same address and interrupt.
 *
 * | addresses | | INTID |
 * |---|---|---|
 * | 0x08000000, 128 KiB; 0x08020000, 4 KiB | GICv2, 288 interrupts; GICv2m frame for messages: the kernel's | messages 80 to 143 |
 * | 0x09000000 | PL011 UART | 33 |
 * | 0x09010000 | PL031 real-time clock | 34 |
 * | 0x09030000 | PL061 GPIO | 39 |
 * | 0x09040000 | PL080 DMA controller: serves the UART (0 receives, 1 transmits) | 40 |
 * | 0x09050400, 0x09051800 | CRC engine, two regions | 41 |
 * | 0x10000000 .. 0x3eff0000, 0x80_0000_0000, 512 GiB | PCI memory | 35 to 38 |
 * | 0x3eff0000, 64 KiB | PCI I/O | |
 * | 0x40000000 .. | RAM | |
 * | 0x40_1000_0000, 256 MiB | PCI ECAM; devices take 00:01.0 and up | |
 *
 * Devices' DMA goes past the processor's caches.
 */
import type { EventStream } from "../events/events.ts";
import type { Ram } from "../machine/machine.ts";
import { createBufferRam, type RamLayout } from "../machine/ram.ts";
import type { SimCacheOptions } from "../machine/sim/cache/sim_cache.ts";
import { SimGicV2m } from "../machine/sim/gicv2m.ts";
import { SimMachine } from "../machine/sim/sim.ts";
import { CrcEngine } from "../models/crc_engine.ts";
import { pciGenericHost } from "../models/pci_generic_host.ts";
import type { PciHost } from "../models/pci_host.ts";
import { Pl011 } from "../models/pl011.ts";
import { Pl031 } from "../models/pl031.ts";
import { Pl061 } from "../models/pl061.ts";
import { Pl080 } from "../models/pl080.ts";
import { platformPort } from "../models/platform_port.ts";
import { CRC_BUFFER_SIZE, CRC_CONTROL_SIZE } from "../registers/crc_engine.ts";
import { PRIMECELL_SIZE } from "../registers/primecell.ts";
import { ZxError } from "../zx/error.ts";
import { hex, isPageAligned } from "../zx/pages.ts";
import { consoleLines } from "./console_lines.ts";
import { type DeviceRequest, parseDevice } from "./devices.ts";
import { simArm64DeviceTree } from "./sim_arm64_tree.ts";

const MIB = 2 ** 20;
const RAM_BASE = 0x4000_0000;
const DEFAULT_MEMORY = 128 * MIB;
/** ECAM starts here. */
const RAM_LIMIT = 0x40_1000_0000;
const INTERRUPTS = 288;
/** INTIDs below are software-generated interrupts, which processors send each other. */
const FIRST_PPI = 16;
const UART_CLOCK_HZ = 24e6;
/** What the RTC's battery has kept: 2025-01-01 00:00 UTC. */
const RTC_START = 1_735_689_600;

const GIC = { base: 0x0800_0000, size: 0x2_0000, name: "GIC" } as const;
const V2M = { base: 0x0802_0000, size: 0x1000, name: "GICv2m" } as const;
const V2M_INTIDS = { firstIntid: 80, count: 64 } as const;
const UART = { base: 0x0900_0000, intid: 33 } as const;
const RTC = { base: 0x0901_0000, intid: 34 } as const;
const GPIO = { base: 0x0903_0000, intid: 39 } as const;
const DMA = { base: 0x0904_0000, intid: 40, uartReceive: 0, uartTransmit: 1 } as const;
const CRC = { control: 0x0905_0400, buffer: 0x0905_1800, intid: 41 } as const;
const PCI = {
  ecam: { base: 0x40_1000_0000, size: 2 ** 28 },
  memory: [
    { base: 0x1000_0000, size: 0x2eff_0000 },
    { base: 0x80_0000_0000, size: 0x80_0000_0000 },
  ],
  ioBase: 0x3eff_0000,
  vectors: [35, 36, 37, 38],
} as const;

export interface SimArm64Options {
  /**
   * What is plugged into PCI, in this order (default: `["edu"]`): a name as in QEMU's `-device` (`"edu,addr=4,dma_mask=0xffffffff"`), or a
   * model.
   */
  readonly devices?: readonly (string | DeviceRequest)[];
  /** Bytes of RAM (default 128 MiB). */
  readonly memory?: number;
  /** RAM made elsewhere (one that the host's MMU can map), laid out as `simArm64Ram` says. */
  readonly ram?: Ram;
  /** What is random on the machine comes from this number (default 0). */
  readonly seed?: number;
  /** The processor's cache. */
  readonly cache?: SimCacheOptions;
  /** Where the machine and its models log. */
  readonly events?: EventStream;
}

export class SimArm64 extends SimMachine {
  readonly uart: Pl011;
  readonly rtc: Pl031;
  readonly gpio: Pl061;
  readonly pci: PciHost;

  constructor(ram: Ram, { seed = 0, cache, events }: SimArm64Options) {
    super({
      name: "sim-arm64",
      architecture: "arm64",
      board: { compatible: ["zirconia,sim-arm64"], deviceTree: simArm64DeviceTree(ram.ranges) },
      ram,
      coherent: false,
      cache,
      interrupts: INTERRUPTS,
      interruptLines: { keepEdges: true, firstVector: FIRST_PPI },
      msi: (machine) => new SimGicV2m({ frame: V2M, ...V2M_INTIDS }, machine.interrupts, machine.log),
      denied: [GIC, V2M],
      seed,
      ...(events && { events }),
    });
    this.uart = new Pl011(platformPort(this, "serial@0", UART.intid), UART_CLOCK_HZ);
    this.uart.onTransmit(consoleLines((line) => this.log("serial@0", "info", line)));
    this.bus.add(UART.base, PRIMECELL_SIZE, "serial@0", this.uart);
    this.rtc = new Pl031(platformPort(this, "rtc@10000", RTC.intid), RTC_START);
    this.bus.add(RTC.base, PRIMECELL_SIZE, "rtc@10000", this.rtc);
    this.gpio = new Pl061(platformPort(this, "gpio@30000", GPIO.intid));
    this.bus.add(GPIO.base, PRIMECELL_SIZE, "gpio@30000", this.gpio);
    const requests = new Map([
      [DMA.uartReceive, this.uart.receiveRequest],
      [DMA.uartTransmit, this.uart.transmitRequest],
    ]);
    const dma = new Pl080(platformPort(this, "dma-controller@40000", DMA.intid), requests);
    this.bus.add(DMA.base, PRIMECELL_SIZE, "dma-controller@40000", dma);
    const crc = new CrcEngine(platformPort(this, "crc@50400", CRC.intid));
    this.bus.add(CRC.control, CRC_CONTROL_SIZE, "crc@50400 control", crc.control);
    this.bus.add(CRC.buffer, CRC_BUFFER_SIZE, "crc@50400 buffer", crc.buffer);
    this.pci = pciGenericHost(this, PCI);
  }
}

/** Where RAM of `memory` bytes lies. INVALID_ARGS unless it is some whole pages that end before PCI's ECAM. */
export function simArm64Ram(memory: number = DEFAULT_MEMORY): RamLayout {
  if (
    !Number.isSafeInteger(memory) ||
    memory <= 0 ||
    memory > RAM_LIMIT - RAM_BASE ||
    !isPageAligned(memory)
  ) {
    throw new ZxError(
      "INVALID_ARGS",
      `RAM of ${String(memory)} bytes: whole pages, from ${hex(RAM_BASE)} to at most ${hex(RAM_LIMIT)}`,
    );
  }
  return { ranges: [{ base: RAM_BASE, size: memory }] };
}

/** RAM of the default size. */
export const SIM_ARM64_RAM: RamLayout = simArm64Ram();

/**
 * Makes the machine. NOT_FOUND or INVALID_ARGS for a device that cannot be made, ALREADY_EXISTS for two in one slot,
 * NO_MEMORY where the engine gives no such RAM.
 */
export function createSimArm64(options: SimArm64Options = {}): SimArm64 {
  const { devices = ["edu"], memory } = options;
  // What may be wrong with the devices is said before memory is taken.
  const requests = devices.map((device) => (typeof device === "string" ? parseDevice(device) : device));
  const ram = options.ram ?? createBufferRam(simArm64Ram(memory));
  const machine = new SimArm64(ram, options);
  for (const { model, slot } of requests) machine.pci.add(model, slot);
  return machine;
}
