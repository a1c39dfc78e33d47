/**
 * A PCI host with one bus, whatever the machine around it: its functions, enhanced configuration access (ECAM, PCI Express
 * base specification, section 7.2.2) as a window that opens where the machine wants it, and the wiring of INTx.
 */
import type { AddressRange } from "../machine/sim/address_map.ts";
import { NarrowIo } from "../machine/sim/narrow_io.ts";
import type { SimMachine } from "../machine/sim/sim.ts";
import { ZxError } from "../zx/error.ts";
import { CONFIG_SIZE, type ConfigWidth } from "./pci_config_space.ts";
import { PciFunction, type PciSlot, pinNumber, slotName } from "./pci_function.ts";
import type { PciModel } from "./pci_model.ts";
import type { PciSpaces } from "./pci_spaces.ts";

const DEVICES = 32;
const FUNCTIONS = 8;
/** What a read of an absent function gives. */
const ONES = 0xffff_ffff;

export interface PciHostOptions {
  /** The interrupt vector that a device's pin (0 = A) is wired to. */
  readonly vectorOf: (device: number, pin: number) => number;
  /** Where BARs can be. */
  readonly spaces: PciSpaces;
}

export class PciHost {
  readonly #machine: SimMachine;
  readonly #options: PciHostOptions;
  /** By device * 8 + function. */
  readonly #functions: (PciFunction | undefined)[] = new Array(DEVICES * FUNCTIONS).fill(undefined);
  #ecam: AddressRange | undefined;

  constructor(machine: SimMachine, options: PciHostOptions) {
    this.#machine = machine;
    this.#options = options;
  }

  /** The functions that are plugged in, in order of their slots. */
  get functions(): readonly PciFunction[] {
    return this.#functions.filter((fn) => fn !== undefined);
  }

  /**
   * Plugs in a device: at `slot`, or as function 0 of the first free one after the host bridge.
   *
   * ALREADY_EXISTS if the slot is taken, OUT_OF_RANGE if there is no such slot, NO_RESOURCES if none is free.
   */
  add(model: PciModel, slot: PciSlot = this.#freeSlot()): PciFunction {
    const { device, function: number } = slot;
    const isSlot = Number.isInteger(device) && device >= 0 && device < DEVICES;
    if (!isSlot || !Number.isInteger(number) || number < 0 || number >= FUNCTIONS) {
      throw new ZxError("OUT_OF_RANGE", `no PCI slot ${device}.${number} for ${model.name}: 0.0 to 31.7`);
    }
    const index = device * FUNCTIONS + number;
    const taken = this.#functions[index];
    if (taken !== undefined) {
      throw new ZxError(
        "ALREADY_EXISTS",
        `${slotName(slot)} is taken by ${taken.name}: no room for ${model.name}`,
      );
    }
    const pin = model.interruptPin;
    const line = pin && this.#machine.interrupts.source(this.#options.vectorOf(device, pinNumber(pin)));
    const fn = new PciFunction(model, slot, {
      machine: this.#machine,
      spaces: this.#options.spaces,
      line,
      released: () => this.#retryBars(),
    });
    this.#functions[index] = fn;
    const together = this.functions.filter((other) => other.slot.device === device);
    if (together.length > 1) for (const other of together) other.showMultifunction();
    return fn;
  }

  /** A configuration read on any bus. What is not there reads as all ones. */
  readConfig(bus: number, devfn: number, offset: number, width: ConfigWidth): number {
    const fn = bus === 0 ? this.#functions[devfn] : undefined;
    if (fn === undefined || offset >= CONFIG_SIZE) return ONES >>> (32 - 8 * width);
    return fn.config.read(offset, width);
  }

  writeConfig(bus: number, devfn: number, offset: number, width: ConfigWidth, value: number): void {
    const fn = bus === 0 ? this.#functions[devfn] : undefined;
    if (fn !== undefined && offset < CONFIG_SIZE) fn.config.write(offset, width, value);
  }

  /** Opens the window of memory-mapped configuration space, moves it, or closes it. */
  setEcam(window: { readonly base: number; readonly size: number } | undefined): void {
    if (this.#ecam !== undefined) this.#machine.bus.remove(this.#ecam);
    this.#ecam = undefined;
    if (window !== undefined)
      this.#ecam = this.#machine.bus.add(window.base, window.size, "PCI ECAM", new EcamWindow(this));
    this.#retryBars();
  }

  #freeSlot(): PciSlot {
    for (let device = 1; device < DEVICES; device++) {
      const inUse = this.#functions
        .slice(device * FUNCTIONS, (device + 1) * FUNCTIONS)
        .some((fn) => fn !== undefined);
      if (!inUse) return { device, function: 0 };
    }
    throw new ZxError("NO_RESOURCES", `all ${DEVICES} device numbers of the PCI bus are in use`);
  }

  #retryBars(): void {
    for (const fn of this.functions) fn.retryBars();
  }
}

/** 4 KiB for each function: bus in bits 27..20 of the offset, device and function in bits 19..12. */
class EcamWindow extends NarrowIo {
  readonly #host: PciHost;

  constructor(host: PciHost) {
    super();
    this.#host = host;
  }

  read8(offset: number): number {
    return this.#read(offset, 1);
  }

  read16(offset: number): number {
    return this.#read(offset, 2);
  }

  read32(offset: number): number {
    return this.#read(offset, 4);
  }

  write8(offset: number, value: number): void {
    this.#write(offset, 1, value);
  }

  write16(offset: number, value: number): void {
    this.#write(offset, 2, value);
  }

  write32(offset: number, value: number): void {
    this.#write(offset, 4, value);
  }

  #read(offset: number, width: ConfigWidth): number {
    return this.#host.readConfig(offset >>> 20, (offset >>> 12) & 0xff, offset & 0xfff, width);
  }

  #write(offset: number, width: ConfigWidth, value: number): void {
    this.#host.writeConfig(offset >>> 20, (offset >>> 12) & 0xff, offset & 0xfff, width, value);
  }
}
