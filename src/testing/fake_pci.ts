import {
  type Bar,
  type DeviceInfo,
  type DeviceServer,
  InterruptMode,
  type InterruptModes,
} from "../fidl/fuchsia.hardware.pci.ts";
import type { MmioView } from "../mmio/mmio_view.ts";
import type { Handle } from "../zx/constants.ts";
import { ZxError } from "../zx/error.ts";
import type { TestEnvironment, TestInterrupt } from "./environment.ts";

const CONFIG_SIZE = 4096;
/** The header is the bus driver's. */
const HEADER_END = 0x40;

export interface FakePciOptions {
  readonly vendorId?: number;
  readonly deviceId?: number;
  /** Doubles of what is behind the base address registers, by number. */
  readonly bars?: Readonly<Record<number, MmioView>>;
  /** What can be had of message-signalled interrupts (default: none; there is a legacy one). */
  readonly msiCount?: number;
}

/**
 * `fuchsia.hardware.pci/Device` without a device: doubles for its registers, interrupts that the test triggers, and a record of what
 * the driver has turned on. `offer(Device, () => fake)`.
 */
export class FakePci implements DeviceServer {
  /** All of configuration space, for the test to fill in and to look at. */
  readonly config = new DataView(new ArrayBuffer(CONFIG_SIZE));
  isBusMaster = false;
  interruptMode: number = InterruptMode.DISABLED;
  /** How often the driver has acknowledged a legacy interrupt. */
  acks = 0;
  resets = 0;
  readonly #env: TestEnvironment;
  readonly #options: FakePciOptions;
  #interrupts: TestInterrupt[] = [];

  constructor(env: TestEnvironment, options: FakePciOptions = {}) {
    this.#env = env;
    this.#options = options;
    this.config.setUint16(0, options.vendorId ?? 0, true);
    this.config.setUint16(2, options.deviceId ?? 0, true);
  }

  /** Has the device interrupt. BAD_STATE unless the driver has asked for so many interrupts. */
  trigger(which = 0): void {
    const interrupt = this.#interrupts[which];
    if (interrupt === undefined)
      throw new ZxError(
        "BAD_STATE",
        `interrupt ${which}: the driver has asked for ${this.#interrupts.length}`,
      );
    interrupt.trigger();
  }

  getDeviceInfo(): DeviceInfo {
    const byte = (offset: number) => this.config.getUint8(offset);
    return {
      vendorId: this.config.getUint16(0, true),
      deviceId: this.config.getUint16(2, true),
      revisionId: byte(8),
      programInterface: byte(9),
      subClass: byte(10),
      baseClass: byte(11),
      busId: 0,
      devId: 0,
      funcId: 0,
      padding: {},
    };
  }

  getBar(barId: number): Bar {
    const double = this.#options.bars?.[barId];
    if (double === undefined) throw new ZxError("NOT_FOUND", `the fake has no BAR ${barId}`);
    const vmo = this.#env.registers(double, `fake bar ${barId}`);
    return { barId, size: BigInt(double.size), result: { kind: "vmo", vmo } };
  }

  setBusMastering(enabled: boolean): void {
    this.isBusMaster = enabled;
  }

  resetDevice(): void {
    this.resets++;
  }

  ackInterrupt(): void {
    if (this.interruptMode !== InterruptMode.LEGACY)
      throw new ZxError("BAD_STATE", "only legacy interrupts are acknowledged");
    this.acks++;
  }

  mapInterrupt(whichIrq: number): Handle {
    const interrupt = this.#interrupts[whichIrq];
    if (interrupt === undefined)
      throw new ZxError("INVALID_ARGS", `interrupt ${whichIrq} of ${this.#interrupts.length}`);
    return interrupt.handle();
  }

  getInterruptModes(): InterruptModes {
    return { hasLegacy: true, msiCount: this.#options.msiCount ?? 0, msixCount: 0 };
  }

  setInterruptMode(mode: number, requestedIrqCount: number): void {
    const { msiCount = 0 } = this.#options;
    const isLegacy = mode === InterruptMode.LEGACY || mode === InterruptMode.LEGACY_NOACK;
    const most = isLegacy ? 1 : mode === InterruptMode.MSI ? msiCount : 0;
    if (mode !== InterruptMode.DISABLED && requestedIrqCount > most)
      throw new ZxError(
        most === 0 ? "NOT_SUPPORTED" : "INVALID_ARGS",
        `mode ${mode} with ${requestedIrqCount} interrupts`,
      );
    this.interruptMode = mode;
    const count = mode === InterruptMode.DISABLED ? 0 : requestedIrqCount;
    this.#interrupts = Array.from({ length: count }, () => this.#env.interrupt());
  }

  readConfig8(offset: number): number {
    return this.config.getUint8(this.#at(offset, 1));
  }

  readConfig16(offset: number): number {
    return this.config.getUint16(this.#at(offset, 2), true);
  }

  readConfig32(offset: number): number {
    return this.config.getUint32(this.#at(offset, 4), true);
  }

  writeConfig8(offset: number, value: number): void {
    this.config.setUint8(this.#writable(offset, 1), value);
  }

  writeConfig16(offset: number, value: number): void {
    this.config.setUint16(this.#writable(offset, 2), value, true);
  }

  writeConfig32(offset: number, value: number): void {
    this.config.setUint32(this.#writable(offset, 4), value, true);
  }

  /** The fake has no capabilities. */
  getCapabilities(): Uint8Array {
    return new Uint8Array(0);
  }

  getExtendedCapabilities(): readonly number[] {
    return [];
  }

  getBti(index: number): Handle {
    if (index !== 0) throw new ZxError("OUT_OF_RANGE", `bus transaction initiator ${index} of one`);
    return this.#env.bti();
  }

  #at(offset: number, width: number): number {
    if (offset + width > CONFIG_SIZE) throw new ZxError("OUT_OF_RANGE", `offset ${offset} of configuration`);
    return offset;
  }

  #writable(offset: number, width: number): number {
    if (offset < HEADER_END)
      throw new ZxError("ACCESS_DENIED", `the header, up to ${HEADER_END}, is not to be written`);
    return this.#at(offset, width);
  }
}
