import { InterruptMode } from "../../fidl/fuchsia.hardware.pci.ts";
import { type Handle, INVALID_HANDLE } from "../../zx/constants.ts";
import { ZxError } from "../../zx/error.ts";
import { Rights } from "../../zx/rights.ts";
import type { Zx } from "../../zx/syscalls.ts";
import { packAddress } from "./address.ts";
import type { PciDevice } from "./device.ts";
import type { DeviceInterrupts } from "./interrupts.ts";
import type { PciRoot } from "./pciroot.ts";

export interface FunctionParts {
  readonly zx: Zx;
  readonly root: PciRoot;
  readonly device: PciDevice;
  readonly interrupts: DeviceInterrupts;
  readonly log: { warn(text: string): void; error(text: string): void };
}

/** A function that works: its address space is placed, its interrupts can be had; and what outlives its driver. */
export class PciFunction {
  readonly device: PciDevice;
  readonly interrupts: DeviceInterrupts;
  readonly #parts: FunctionParts;
  /** One for all drivers that it has in turn: pages that one of them left pinned are in its quarantine for the next one to release. */
  #bti: Handle = INVALID_HANDLE;
  #connections = 0;

  constructor(parts: FunctionParts) {
    this.#parts = parts;
    this.device = parts.device;
    this.interrupts = parts.interrupts;
  }

  /** A new handle to its BTI. OUT_OF_RANGE for any index but 0. */
  getBti(index: number): Handle {
    const { zx, root, device } = this.#parts;
    if (index !== 0)
      throw new ZxError(
        "OUT_OF_RANGE",
        `${device.name} has one bus transaction initiator, 0, and not ${index}`,
      );
    if (this.#bti === INVALID_HANDLE) {
      this.#bti = root.getBti(packAddress(device.address), index);
      zx.objectSetName(this.#bti, `${device.name} bti`);
    }
    return zx.handleDuplicate(this.#bti, Rights.SAME_RIGHTS);
  }

  connected(): void {
    this.#connections++;
  }

  /** When the last one goes its driver is gone, and the device must neither interrupt nor write to memory any more. */
  disconnected(): void {
    this.#connections--;
    if (this.#connections === 0) this.#quiet();
  }

  /** Turns it off and gives everything back. No device can reach the pages in quarantine any more: they are free. */
  stop(): void {
    const { zx, device, interrupts, log } = this.#parts;
    try {
      interrupts.disable();
    } catch (error) {
      log.error(`${device.name}: ${String(error)}`);
    }
    device.disable();
    if (this.#bti === INVALID_HANDLE) return;
    zx.btiReleaseQuarantine(this.#bti);
    zx.handleClose(this.#bti);
    this.#bti = INVALID_HANDLE;
  }

  /** What a driver that stops in good order has done by itself is not told. */
  #quiet(): void {
    const { device, interrupts, log } = this.#parts;
    if (!device.enabled) return;
    const done: string[] = [];
    if (device.isBusMaster && !device.isBridge) {
      device.setBusMastering(false);
      done.push("bus mastering");
    }
    try {
      if (interrupts.mode !== InterruptMode.DISABLED) {
        interrupts.disable();
        done.push("interrupts");
      }
    } catch (error) {
      log.error(`${device.name}: ${String(error)}`);
    }
    if (done.length > 0) log.warn(`${device.name}: its driver is gone; ${done.join(" and ")} switched off`);
  }
}
