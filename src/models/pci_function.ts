/**
 * One function on a PCI bus: a type 0 configuration space made from what a model declares, with BARs that move when
 * they are written, interrupts by pin or message, and memory accesses that the command register gates.
 */
import type { LogEvent } from "../events/events.ts";
import type { Clock } from "../machine/machine.ts";
import type { DmaPort } from "../machine/sim/dma.ts";
import type { SimMachine } from "../machine/sim/sim.ts";
import { ZxError } from "../zx/error.ts";
import { hex } from "../zx/pages.ts";
import { randomStream } from "../zx/random.ts";
import { guardedClock } from "./guarded_clock.ts";
import { PciBar } from "./pci_bar.ts";
import { Command, ConfigRegister, PciConfigSpace, StatusBit } from "./pci_config_space.ts";
import type { PciModel, PciPort } from "./pci_model.ts";
import { PciMsi } from "./pci_msi.ts";
import type { PciSpaces } from "./pci_spaces.ts";

const VENDOR_CAPABILITY = 0x09;
/** Of the header type register. */
const MULTIFUNCTION = 0x80;

/** Where a function is plugged in. */
export interface PciSlot {
  /** 0 to 31. */
  readonly device: number;
  /** 0 to 7. */
  readonly function: number;
}

/** What a function is plugged into. */
export interface PciSurroundings {
  readonly machine: SimMachine;
  readonly spaces: PciSpaces;
  /** Sets the level of the line that the pin is wired to. */
  readonly line: ((level: boolean) => void) | undefined;
  /** Told after a BAR gave addresses back. */
  readonly released: () => void;
}

export class PciFunction implements PciPort {
  readonly slot: PciSlot;
  readonly name: string;
  readonly config = new PciConfigSpace();
  readonly clock: Clock;
  readonly dma: PciPort["dma"];
  readonly random: () => number;
  readonly #machine: SimMachine;
  readonly #memory: DmaPort;
  readonly #around: PciSurroundings;
  readonly #bars: readonly PciBar[];
  readonly #msi: PciMsi | undefined;
  /** What the model last said of its pin. */
  #level = false;

  constructor(model: PciModel, slot: PciSlot, around: PciSurroundings) {
    this.slot = slot;
    this.name = `${slotName(slot)} ${model.name}`;
    this.#machine = around.machine;
    this.#memory = around.machine.dma.port({ name: this.name });
    this.#around = around;
    this.clock = guardedClock(this.#machine, this.name);
    this.random = randomStream(this.#machine.seed, this.name);
    this.dma = {
      read: (paddr, into) => this.#dmaRead(paddr, into),
      write: (paddr, from) => this.#dmaWrite(paddr, from),
    };
    this.#declare(model);
    this.#msi =
      model.msi && new PciMsi(this.config, model.msi, (address, data) => this.#sendMessage(address, data));
    for (const body of model.vendorCapabilities ?? []) {
      this.config.addCapability(VENDOR_CAPABILITY, Uint8Array.of(body.length + 3, ...body));
    }
    this.#bars = this.#makeBars(model);
    const headerChanged = () => this.#update();
    this.config.watch(ConfigRegister.COMMAND, 2, headerChanged);
    this.config.watch(ConfigRegister.BASE_ADDRESS_0, 24, headerChanged);
    this.config.watch(0x40, 0xc0, headerChanged);
  }

  get msiEnabled(): boolean {
    return this.#msi?.enabled ?? false;
  }

  intx(level: boolean): void {
    this.#level = level;
    this.#updateLine();
  }

  msi(index: number): void {
    this.#msi?.signal(index);
  }

  log(severity: LogEvent["severity"], message: string): void {
    this.#machine.log(this.name, severity, message);
  }

  /** Another function is in the same slot. */
  showMultifunction(): void {
    this.config.set(ConfigRegister.HEADER_TYPE, 1, MULTIFUNCTION);
  }

  /** Decodes what another function's addresses were in the way of. */
  retryBars(): void {
    for (const bar of this.#bars) bar.update(() => {});
  }

  #declare(model: PciModel): void {
    const { config } = this;
    config.set(ConfigRegister.VENDOR_ID, 2, model.vendorId);
    config.set(ConfigRegister.DEVICE_ID, 2, model.deviceId);
    config.set(ConfigRegister.REVISION_ID, 1, model.revision ?? 0);
    config.set(ConfigRegister.CLASS_CODE, 1, model.classCode);
    config.set(ConfigRegister.CLASS_CODE + 1, 2, model.classCode >>> 8);
    config.set(ConfigRegister.SUBSYSTEM_VENDOR_ID, 2, model.subsystemVendorId ?? 0x1af4);
    config.set(ConfigRegister.SUBSYSTEM_ID, 2, model.subsystemId ?? 0x1100);
    if (model.interruptPin) config.set(ConfigRegister.INTERRUPT_PIN, 1, pinNumber(model.interruptPin) + 1);
    if (model.multifunction) this.showMultifunction();
  }

  #makeBars(model: PciModel): readonly PciBar[] {
    const specs = model.bars ?? [];
    const answering = model.create(this);
    if (answering.length !== specs.length) {
      throw new ZxError(
        "INVALID_ARGS",
        `${this.name} has ${specs.length} BARs, and ${answering.length} to answer for them`,
      );
    }
    return specs.map((spec, i) => {
      const { memory, io } = this.#around.spaces;
      return new PciBar(spec, this.name, this.config, spec.kind === "io" ? io : memory, answering[i]!);
    });
  }

  #update(): void {
    let released = false;
    for (const bar of this.#bars) {
      if (bar.update((message) => this.log("error", message))) released = true;
    }
    this.#updateLine();
    if (released) this.#around.released();
  }

  /** The pin is silent while INT_DISABLE is set or messages are on; STATUS shows the condition all the same. */
  #updateLine(): void {
    const pending = this.#level && !this.msiEnabled;
    this.config.setBits16(ConfigRegister.STATUS, StatusBit.INTERRUPT, pending);
    this.#around.line?.(pending && !this.#commanded(Command.INT_DISABLE));
  }

  #commanded(bit: number): boolean {
    return (this.config.read(ConfigRegister.COMMAND, 2) & bit) !== 0;
  }

  #sendMessage(address: number, data: number): void {
    this.#dmaWrite(address, Uint8Array.of(data, data >> 8, data >> 16, data >> 24));
  }

  #dmaRead(paddr: number, into: Uint8Array): void {
    if (this.#isMaster("read", paddr, into.length)) {
      if (this.#memory.read(paddr, into)) return;
      this.#masterAbort("read", paddr, into.length);
    }
    into.fill(0xff);
  }

  #dmaWrite(paddr: number, from: Uint8Array): void {
    if (!this.#isMaster("write", paddr, from.length)) return;
    if (!this.#memory.write(paddr, from)) this.#masterAbort("write", paddr, from.length);
  }

  #isMaster(what: string, paddr: number, size: number): boolean {
    if (this.#commanded(Command.BUS_MASTER)) return true;
    this.log("error", `DMA ${what} of ${size} bytes at ${hex(paddr)}: bus mastering is off`);
    return false;
  }

  #masterAbort(what: string, paddr: number, size: number): void {
    this.config.setBits16(ConfigRegister.STATUS, StatusBit.RECEIVED_MASTER_ABORT, true);
    this.log("error", `DMA ${what} of ${size} bytes at ${hex(paddr)}: no memory answers there`);
  }
}

/** `00:1f.0`. */
export function slotName(slot: PciSlot): string {
  return `00:${slot.device.toString(16).padStart(2, "0")}.${slot.function}`;
}

/** 0 for A to 3 for D. */
export function pinNumber(pin: "A" | "B" | "C" | "D"): number {
  return "ABCD".indexOf(pin);
}
