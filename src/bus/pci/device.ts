import type { DeviceInfo } from "../../fidl/fuchsia.hardware.pci.ts";
import { CapabilityId } from "../../fidl/fuchsia.hardware.pci.ts";
import { ZxError } from "../../zx/error.ts";
import { formatAddress, type PciAddress } from "./address.ts";
import { type BarProbe, probeBars, writeBar } from "./bar.ts";
import { type Capability, readCapabilities, readExtendedCapabilities } from "./capabilities.ts";
import { Command, Config, type ConfigSpace } from "./config.ts";
import type { AddressSpace } from "./pciroot.ts";

const BAR_COUNT = 6;
const BASE_CLASS_BRIDGE = 0x06;

/**
 * A function with a type 0 header, as the bus driver sees it: what it is, where its memory and ports are, and whether
 * it may use them. It begins quiet (no interrupts, no bus mastering) and without address space.
 */
export class PciDevice {
  readonly address: PciAddress;
  /** `00:04.0`. */
  readonly name: string;
  readonly config: ConfigSpace;
  readonly info: DeviceInfo;
  readonly capabilities: readonly Capability[];
  readonly extendedCapabilities: readonly Capability[];
  readonly bars: readonly BarProbe[];
  #spaces: ReadonlyMap<number, AddressSpace> | undefined;

  /** Reads what the function says of itself. Throws what its capability lists and base address registers deserve. */
  constructor(address: PciAddress, config: ConfigSpace) {
    this.address = address;
    this.name = formatAddress(address);
    this.config = config;
    this.info = {
      vendorId: config.read16(Config.VENDOR_ID),
      deviceId: config.read16(Config.DEVICE_ID),
      baseClass: config.read8(Config.BASE_CLASS),
      subClass: config.read8(Config.SUB_CLASS),
      programInterface: config.read8(Config.PROGRAM_INTERFACE),
      revisionId: config.read8(Config.REVISION_ID),
      busId: address.bus,
      devId: address.device,
      funcId: address.function,
      padding: {},
    };
    // The chipset's own bridges go on with what the board set up; everybody else asks for bus mastering anew.
    this.modifyCommand(this.isBridge ? 0 : Command.BUS_MASTER_EN, Command.INT_DISABLE);
    this.capabilities = readCapabilities(config);
    const isExpress = this.capabilities.some(({ id }) => id === CapabilityId.PCI_EXPRESS);
    this.extendedCapabilities = isExpress ? readExtendedCapabilities(config) : [];
    this.bars = probeBars(config, BAR_COUNT);
  }

  /** Whether it has its address space and decodes it. */
  get enabled(): boolean {
    return this.#spaces !== undefined;
  }

  get isBridge(): boolean {
    return this.info.baseClass === BASE_CLASS_BRIDGE;
  }

  get isBusMaster(): boolean {
    return (this.config.read16(Config.COMMAND) & Command.BUS_MASTER_EN) !== 0;
  }

  /** Programs the base address registers and turns decoding on. The spaces, by BAR id, are the device's from now on. */
  enable(spaces: ReadonlyMap<number, AddressSpace>): void {
    this.modifyCommand(Command.IO_EN | Command.MEM_EN, 0);
    let decode = 0;
    for (const bar of this.bars) {
      writeBar(this.config, bar, spaces.get(bar.id)!.base);
      decode |= bar.kind === "io" ? Command.IO_EN : Command.MEM_EN;
    }
    this.#spaces = spaces;
    this.modifyCommand(0, decode);
  }

  /** Turns everything off and gives the address space back. Idempotent. */
  disable(): void {
    this.config.write16(Config.COMMAND, Command.INT_DISABLE);
    for (const space of this.#spaces?.values() ?? []) space.release();
    this.#spaces = undefined;
  }

  /** A BAR with its address space. INVALID_ARGS, NOT_FOUND, BAD_STATE (the device is disabled). */
  bar(id: number): { readonly bar: BarProbe; readonly space: AddressSpace } {
    if (id >= BAR_COUNT)
      throw new ZxError("INVALID_ARGS", `${this.name} cannot have a BAR ${id}: they are 0 to 5`);
    const bar = this.bars.find((candidate) => candidate.id === id);
    if (bar === undefined) {
      const known = this.bars.map((candidate) => candidate.id).join(", ") || "none";
      throw new ZxError("NOT_FOUND", `${this.name} has no BAR ${id} (it has: ${known})`);
    }
    const space = this.#spaces?.get(id);
    if (space === undefined) throw this.disabledError();
    return { bar, space };
  }

  /** BAD_STATE if the device is disabled. */
  setBusMastering(enabled: boolean): void {
    if (!this.enabled) throw this.disabledError();
    this.modifyCommand(Command.BUS_MASTER_EN, enabled ? Command.BUS_MASTER_EN : 0);
  }

  modifyCommand(clear: number, set: number): void {
    this.config.write16(Config.COMMAND, (this.config.read16(Config.COMMAND) & ~clear) | set);
  }

  disabledError(): ZxError {
    return new ZxError("BAD_STATE", `${this.name} is disabled`);
  }
}
