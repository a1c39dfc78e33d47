import {
  type Bar,
  type DeviceInfo,
  type DeviceServer,
  InterruptMode,
  type InterruptModes,
  MAX_CAPABILITIES,
  MAX_EXT_CAPABILITIES,
} from "../../fidl/fuchsia.hardware.pci.ts";
import type { Handle } from "../../zx/constants.ts";
import { ZxError } from "../../zx/error.ts";
import { hex, roundUp } from "../../zx/pages.ts";
import { Rights } from "../../zx/rights.ts";
import type { Zx } from "../../zx/syscalls.ts";
import type { Capability } from "./capabilities.ts";
import { Config } from "./config.ts";
import type { PciDevice } from "./device.ts";
import type { PciFunction } from "./function.ts";
import type { DeviceInterrupts } from "./interrupts.ts";

/** `fuchsia.hardware.pci/Device` for one function: what its driver may ask, and what it is given. */
export class PciDeviceServer implements DeviceServer {
  readonly #zx: Zx;
  readonly #function: PciFunction;
  readonly #device: PciDevice;
  readonly #interrupts: DeviceInterrupts;

  /** One for each connection; `disconnected` is to be called when it is over. */
  constructor(zx: Zx, fn: PciFunction) {
    this.#zx = zx;
    this.#function = fn;
    this.#device = fn.device;
    this.#interrupts = fn.interrupts;
    fn.connected();
  }

  disconnected(): void {
    this.#function.disconnected();
  }

  getDeviceInfo(): DeviceInfo {
    return this.#device.info;
  }

  /** Memory becomes a VMO, a new one at each call, of whole pages. INTERNAL if the kernel refuses. */
  getBar(barId: number): Bar {
    const { bar, space } = this.#device.bar(barId);
    const name = `${this.#device.name} bar ${barId}`;
    const size = BigInt(bar.size);
    try {
      if (bar.kind === "io") {
        const resource = this.#zx.handleDuplicate(space.resource, Rights.SAME_RIGHTS);
        const io = { address: BigInt(space.cpuBase), resource };
        return { barId, size, result: { kind: "io", io } };
      }
      const vmo = this.#zx.vmoCreatePhysical(space.resource, space.cpuBase, roundUp(bar.size));
      this.#zx.objectSetName(vmo, name);
      return { barId, size, result: { kind: "vmo", vmo } };
    } catch (cause) {
      throw new ZxError("INTERNAL", `${name} at ${hex(space.cpuBase)}: ${String(cause)}`, { cause });
    }
  }

  setBusMastering(enabled: boolean): void {
    this.#device.setBusMastering(enabled);
  }

  /** As with Fuchsia's bus driver, no function is reset. */
  resetDevice(): never {
    const { name } = this.#device;
    if (this.#interrupts.mode !== InterruptMode.DISABLED)
      throw new ZxError("BAD_STATE", `${name} is not reset before its interrupts are disabled`);
    throw new ZxError("NOT_SUPPORTED", `${name} has no reset`);
  }

  ackInterrupt(): void {
    this.#interrupts.ack();
  }

  mapInterrupt(whichIrq: number): Handle {
    return this.#interrupts.map(whichIrq);
  }

  getInterruptModes(): InterruptModes {
    return this.#interrupts.modes;
  }

  setInterruptMode(mode: number, requestedIrqCount: number): void {
    this.#interrupts.setMode(mode, requestedIrqCount);
  }

  readConfig8(offset: number): number {
    this.#checkConfig(offset, 1);
    return this.#device.config.read8(offset);
  }

  readConfig16(offset: number): number {
    this.#checkConfig(offset, 2);
    return this.#device.config.read16(offset);
  }

  readConfig32(offset: number): number {
    this.#checkConfig(offset, 4);
    return this.#device.config.read32(offset);
  }

  writeConfig8(offset: number, value: number): void {
    this.#checkConfigWrite(offset, 1);
    this.#device.config.write8(offset, value);
  }

  writeConfig16(offset: number, value: number): void {
    this.#checkConfigWrite(offset, 2);
    this.#device.config.write16(offset, value);
  }

  writeConfig32(offset: number, value: number): void {
    this.#checkConfigWrite(offset, 4);
    this.#device.config.write32(offset, value);
  }

  getCapabilities(id: number): Uint8Array {
    return Uint8Array.from(offsetsOf(this.#device.capabilities, id).slice(0, MAX_CAPABILITIES));
  }

  getExtendedCapabilities(id: number): readonly number[] {
    return offsetsOf(this.#device.extendedCapabilities, id).slice(0, MAX_EXT_CAPABILITIES);
  }

  getBti(index: number): Handle {
    return this.#function.getBti(index);
  }

  #checkConfig(offset: number, width: number): void {
    const { name, config } = this.#device;
    if (offset + width > config.size) {
      throw new ZxError(
        "OUT_OF_RANGE",
        `${name}: ${width} bytes at ${hex(offset)} of ${hex(config.size)} of configuration`,
      );
    }
    if (offset % width !== 0) {
      throw new ZxError(
        "INVALID_ARGS",
        `${name}: ${width} bytes of configuration at ${hex(offset)} are not aligned`,
      );
    }
  }

  /** The header is the bus driver's. */
  #checkConfigWrite(offset: number, width: number): void {
    this.#checkConfig(offset, width);
    if (offset < Config.HEADER_END) {
      throw new ZxError(
        "ACCESS_DENIED",
        `${this.#device.name}: the header, up to ${hex(Config.HEADER_END)}, is not to be written`,
      );
    }
  }
}

function offsetsOf(capabilities: readonly Capability[], id: number): number[] {
  return capabilities.filter((capability) => capability.id === id).map(({ offset }) => offset);
}
