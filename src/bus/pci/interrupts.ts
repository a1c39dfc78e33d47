/**
 * How one function signals interrupts: by its pin (legacy) or by messages (MSI), one of the two at a time.
 *
 * The pin's driver never sees the shared vector: it gets a virtual interrupt of its own, which is triggered when the
 * function's status says that it was this one.
 *
 * Source: PCI Local Bus 3.0, 6.2.2 (INTx), 6.8.1 (MSI); `fuchsia.hardware.pci/Device`.
 */
import { CapabilityId, InterruptMode, type InterruptModes } from "../../fidl/fuchsia.hardware.pci.ts";
import { type Handle, INVALID_HANDLE, InterruptOption } from "../../zx/constants.ts";
import { isStatus, ZxError } from "../../zx/error.ts";
import { DefaultRights, Rights } from "../../zx/rights.ts";
import type { Zx } from "../../zx/syscalls.ts";
import { Command, Config, ConfigStatus } from "./config.ts";
import type { PciDevice } from "./device.ts";
import type { PciRoot } from "./pciroot.ts";
import type { PinUser, SharedVector } from "./shared_vector.ts";

const MSI_CONTROL = 2;
const MSI_ENABLE = 1 << 0;
const MSI_MULTIPLE_CAPABLE_SHIFT = 1;
const MSI_MULTIPLE_ENABLE_SHIFT = 4;
const MSI_MULTIPLE_MASK = 7;
const MSI_64BIT = 1 << 7;
const MSI_ADDRESS = 4;

/** A pin without acknowledgement that fires more often than this in a second is turned off. */
const STORM_LIMIT = 10_000;
const SECOND = 1e9;

/** What can be waited on with the virtual interrupt, but not triggered. */
const DRIVER_RIGHTS = DefaultRights.INTERRUPT & ~Rights.SIGNAL;

export interface InterruptParts {
  readonly zx: Zx;
  readonly root: PciRoot;
  readonly device: PciDevice;
  /** Where the pin leads, if anywhere. */
  readonly vector: SharedVector | undefined;
  /** The function's configuration space, for the kernel, which masks MSIs: a VMO and the offset of the function in it. */
  readonly configVmo: { readonly vmo: Handle; readonly offset: number };
  readonly logError: (text: string) => void;
}

export class DeviceInterrupts implements PinUser {
  readonly modes: InterruptModes;
  readonly #parts: InterruptParts;
  /** Offset of the MSI capability in configuration space. */
  readonly #msiOffset: number | undefined;
  #mode: number = InterruptMode.DISABLED;
  /** The virtual interrupt of the legacy modes, or the block of MSIs. */
  #object: Handle = INVALID_HANDLE;
  #msiCount = 0;
  #storm = { since: 0, count: 0 };

  constructor(parts: InterruptParts) {
    this.#parts = parts;
    const { config, capabilities } = parts.device;
    this.#msiOffset = capabilities.find(({ id }) => id === CapabilityId.MSI)?.offset;
    const control = this.#msiOffset === undefined ? undefined : config.read16(this.#msiOffset + MSI_CONTROL);
    this.modes = {
      hasLegacy: parts.vector !== undefined,
      msiCount:
        control === undefined ? 0 : 1 << ((control >> MSI_MULTIPLE_CAPABLE_SHIFT) & MSI_MULTIPLE_MASK),
      msixCount: 0,
    };
  }

  get mode(): number {
    return this.#mode;
  }

  /** INVALID_ARGS for a count that cannot be, NOT_SUPPORTED, BAD_STATE while handles of the present MSIs are open. */
  setMode(mode: number, count: number): void {
    const enable = mode === InterruptMode.DISABLED ? undefined : this.#enabler(mode, count);
    this.disable();
    enable?.();
  }

  /** BAD_STATE while handles of MSIs are open. Whoever waits for the virtual interrupt of the pin gets CANCELED. */
  disable(): void {
    const { zx, device, vector } = this.#parts;
    if (this.#mode === InterruptMode.DISABLED) return;
    if (this.#mode === InterruptMode.MSI) {
      const { interruptCount } = zx.objectGetInfo(this.#object, "MSI");
      if (interruptCount > 0)
        throw new ZxError("BAD_STATE", `${device.name}: ${interruptCount} MSIs are still mapped`);
      device.config.write16(this.#msiOffset! + MSI_CONTROL, this.#msiControl() & ~MSI_ENABLE);
    } else {
      vector!.remove(this);
      device.modifyCommand(0, Command.INT_DISABLE);
      destroyInterrupt(zx, this.#object);
    }
    zx.handleClose(this.#object);
    this.#object = INVALID_HANDLE;
    this.#mode = InterruptMode.DISABLED;
  }

  /** A new handle. BAD_STATE while disabled, INVALID_ARGS, ALREADY_BOUND if there is a handle of this MSI. */
  map(which: number): Handle {
    const { zx, device, configVmo } = this.#parts;
    if (this.#mode === InterruptMode.DISABLED)
      throw new ZxError("BAD_STATE", `${device.name}: interrupts are disabled`);
    const count = this.#mode === InterruptMode.MSI ? this.#msiCount : 1;
    if (which >= count) throw new ZxError("INVALID_ARGS", `${device.name}: interrupt ${which} of ${count}`);
    if (this.#mode !== InterruptMode.MSI) return zx.handleDuplicate(this.#object, DRIVER_RIGHTS);
    return zx.msiCreate(this.#object, 0, which, configVmo.vmo, configVmo.offset + this.#msiOffset!);
  }

  /** Lets the pin signal again. BAD_STATE in any other mode than LEGACY. */
  ack(): void {
    const { device } = this.#parts;
    if (this.#mode !== InterruptMode.LEGACY) {
      throw new ZxError("BAD_STATE", `${device.name}: only legacy interrupts are acknowledged`);
    }
    device.modifyCommand(Command.INT_DISABLE, 0);
  }

  service(timestamp: number): boolean {
    const { zx, device } = this.#parts;
    if ((device.config.read16(Config.STATUS) & ConfigStatus.INTERRUPT) === 0) return false;
    if ((device.config.read16(Config.COMMAND) & Command.INT_DISABLE) !== 0) return false;
    if (this.#mode === InterruptMode.LEGACY || this.#isStorm(timestamp))
      device.modifyCommand(0, Command.INT_DISABLE);
    zx.interruptTrigger(this.#object, 0, timestamp);
    return true;
  }

  /** What turns a mode on, once it is known that it can be had. */
  #enabler(mode: number, count: number): () => void {
    const { device, vector } = this.#parts;
    const msiOffset = this.#msiOffset;
    if (count === 0) throw new ZxError("INVALID_ARGS", `${device.name}: 0 interrupts are asked for`);
    if (!device.enabled) throw device.disabledError();
    if (mode === InterruptMode.MSI && msiOffset !== undefined) {
      const { msiCount } = this.modes;
      if (count > msiCount || (count & (count - 1)) !== 0) {
        const detail = `${device.name}: ${count} MSIs are asked for; it has a power of two up to ${msiCount}`;
        throw new ZxError("INVALID_ARGS", detail);
      }
      return () => this.#enableMsi(msiOffset, count);
    }
    if ((mode !== InterruptMode.LEGACY && mode !== InterruptMode.LEGACY_NOACK) || vector === undefined) {
      throw new ZxError("NOT_SUPPORTED", `${device.name} has no interrupt mode ${mode}`);
    }
    if (count !== 1)
      throw new ZxError("INVALID_ARGS", `${device.name}: ${count} interrupts are asked for; a pin is one`);
    return () => this.#enablePin(mode, vector);
  }

  #enablePin(mode: number, vector: SharedVector): void {
    const { zx, device } = this.#parts;
    this.#object = zx.interruptCreate(INVALID_HANDLE, 0, InterruptOption.VIRTUAL);
    this.#mode = mode;
    this.#storm = { since: zx.clockGetMonotonic(), count: 0 };
    vector.add(this);
    device.modifyCommand(Command.INT_DISABLE, 0);
  }

  #enableMsi(offset: number, count: number): void {
    const { zx, root, device } = this.#parts;
    const { config } = device;
    const block = root.allocateMsi(count);
    try {
      const { targetAddress, targetData } = zx.objectGetInfo(block, "MSI");
      const is64 = (this.#msiControl() & MSI_64BIT) !== 0;
      const address = offset + MSI_ADDRESS;
      config.write32(address, targetAddress % 2 ** 32);
      if (is64) config.write32(address + 4, Math.floor(targetAddress / 2 ** 32));
      config.write16(address + (is64 ? 8 : 4), targetData);
    } catch (error) {
      zx.handleClose(block);
      throw error;
    }
    this.#object = block;
    this.#mode = InterruptMode.MSI;
    this.#msiCount = count;
    const control = this.#msiControl() & ~(MSI_MULTIPLE_MASK << MSI_MULTIPLE_ENABLE_SHIFT);
    config.write16(
      offset + MSI_CONTROL,
      control | (Math.log2(count) << MSI_MULTIPLE_ENABLE_SHIFT) | MSI_ENABLE,
    );
    // A message is a write to memory.
    device.setBusMastering(true);
  }

  #msiControl(): number {
    return this.#parts.device.config.read16(this.#msiOffset! + MSI_CONTROL);
  }

  #isStorm(timestamp: number): boolean {
    if (timestamp - this.#storm.since > SECOND) this.#storm = { since: timestamp, count: 0 };
    this.#storm.count++;
    if (this.#storm.count <= STORM_LIMIT) return false;
    this.#parts.logError(
      `${this.#parts.device.name}: more than ${STORM_LIMIT} interrupts in a second; its pin is turned off`,
    );
    return true;
  }
}

/** A packet that was read and not acknowledged makes the call fail, but not the destruction. */
function destroyInterrupt(zx: Zx, interrupt: Handle): void {
  try {
    zx.interruptDestroy(interrupt);
  } catch (error) {
    if (!isStatus(error, "NOT_FOUND")) throw error;
  }
}
