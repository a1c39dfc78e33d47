/**
 * The 256 bytes of a function's configuration space: which bits software may write, which it clears by writing ones, and
 * who wants to know (PCI Local Bus Specification 3.0, chapter 6).
 */
import { ZxError } from "../zx/error.ts";
import { hex } from "../zx/pages.ts";

export const CONFIG_SIZE = 0x100;

/** Registers of a type 0 header (section 6.1). */
export const ConfigRegister = {
  VENDOR_ID: 0x00,
  DEVICE_ID: 0x02,
  COMMAND: 0x04,
  STATUS: 0x06,
  REVISION_ID: 0x08,
  CLASS_CODE: 0x09,
  CACHE_LINE_SIZE: 0x0c,
  HEADER_TYPE: 0x0e,
  BASE_ADDRESS_0: 0x10,
  SUBSYSTEM_VENDOR_ID: 0x2c,
  SUBSYSTEM_ID: 0x2e,
  CAPABILITIES: 0x34,
  INTERRUPT_LINE: 0x3c,
  INTERRUPT_PIN: 0x3d,
} as const;

/** Bits of the command register (section 6.2.2) that a conventional function has. */
export const Command = {
  IO: 1 << 0,
  MEMORY: 1 << 1,
  BUS_MASTER: 1 << 2,
  SERR: 1 << 8,
  INT_DISABLE: 1 << 10,
} as const;

/** Bits of the status register (section 6.2.3). */
export const StatusBit = { INTERRUPT: 1 << 3, CAPABILITIES: 1 << 4, RECEIVED_MASTER_ABORT: 1 << 13 } as const;

/** The error bits, which software clears by writing ones. */
const STATUS_ERRORS = 0xf900;

/** First byte after the header. */
const FIRST_CAPABILITY = 0x40;

/** Bytes of one access. */
export type ConfigWidth = 1 | 2 | 4;

export class PciConfigSpace {
  readonly #bytes = new Uint8Array(CONFIG_SIZE);
  /** Bits that a write changes. */
  readonly #writable = new Uint8Array(CONFIG_SIZE);
  /** Bits that a write of one clears. */
  readonly #clearable = new Uint8Array(CONFIG_SIZE);
  readonly #watches: { readonly offset: number; readonly end: number; readonly changed: () => void }[] = [];
  #capabilitiesEnd = FIRST_CAPABILITY;
  /** Where the next capability's offset is to be written. */
  #nextPointer: number = ConfigRegister.CAPABILITIES;

  constructor() {
    const { IO, MEMORY, BUS_MASTER, SERR, INT_DISABLE } = Command;
    this.allow(ConfigRegister.COMMAND, 2, IO | MEMORY | BUS_MASTER | SERR | INT_DISABLE);
    this.allow(ConfigRegister.CACHE_LINE_SIZE, 1, 0xff);
    this.allow(ConfigRegister.INTERRUPT_LINE, 1, 0xff);
    this.#clearable[ConfigRegister.STATUS + 1] = STATUS_ERRORS >> 8;
  }

  /** A read by software, at an aligned offset of the 256 bytes. */
  read(offset: number, width: ConfigWidth): number {
    let value = 0;
    for (let i = width - 1; i >= 0; i--) value = value * 0x100 + this.#bytes[offset + i]!;
    return value;
  }

  /** A write by software: what it may not change stays, and the watchers of the bytes are told. */
  write(offset: number, width: ConfigWidth, value: number): void {
    for (let i = 0; i < width; i++) {
      const at = offset + i;
      const byte = (value >>> (8 * i)) & 0xff;
      const writable = this.#writable[at]!;
      this.#bytes[at] = (this.#bytes[at]! & ~writable & ~(byte & this.#clearable[at]!)) | (byte & writable);
    }
    for (const watch of this.#watches)
      if (offset < watch.end && watch.offset < offset + width) watch.changed();
  }

  /** Sets a register from the device's side: no masks, no watchers. */
  set(offset: number, width: ConfigWidth, value: number): void {
    for (let i = 0; i < width; i++) this.#bytes[offset + i] = value >>> (8 * i);
  }

  /** Sets or clears bits of a 16-bit register from the device's side. */
  setBits16(offset: number, bits: number, on: boolean): void {
    const value = this.read(offset, 2);
    this.set(offset, 2, on ? value | bits : value & ~bits);
  }

  /** Lets software write these bits of a register. */
  allow(offset: number, width: ConfigWidth, mask: number): void {
    for (let i = 0; i < width; i++) this.#writable[offset + i]! |= (mask >>> (8 * i)) & 0xff;
  }

  /** Calls `changed` after each write that touches [offset, offset+size). */
  watch(offset: number, size: number, changed: () => void): void {
    this.#watches.push({ offset, end: offset + size, changed });
  }

  /**
   * Appends a capability to the list: its id, the pointer to the next one, and `body` after them. Returns its offset.
   * NO_RESOURCES when the 192 bytes after the header are used up.
   */
  addCapability(id: number, body: Uint8Array): number {
    const offset = this.#capabilitiesEnd;
    const end = offset + 2 + body.length;
    if (end > CONFIG_SIZE) {
      throw new ZxError(
        "NO_RESOURCES",
        `capability ${hex(id, 2)} of ${2 + body.length} bytes does not fit at ${hex(offset)}`,
      );
    }
    this.#bytes[offset] = id;
    this.#bytes.set(body, offset + 2);
    this.#bytes[this.#nextPointer] = offset;
    this.#nextPointer = offset + 1;
    this.#capabilitiesEnd = end + ((4 - (end % 4)) % 4);
    this.setBits16(ConfigRegister.STATUS, StatusBit.CAPABILITIES, true);
    return offset;
  }
}
