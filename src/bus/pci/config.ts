/**
 * Configuration space: the registers that every PCI function has, and the two roads to them.
 *
 * Source: PCI Local Bus 3.0, 3.2.2.3.2 (mechanism #1) and chapter 6; PCI Express Base 7.2.2 (ECAM).
 */
import { ZxError } from "../../zx/error.ts";
import { hex } from "../../zx/pages.ts";
import type { IoPorts } from "../../zx/syscalls.ts";
import { type PciAddress, packAddress } from "./address.ts";

/** Offsets of a type 0 header. */
export const Config = {
  VENDOR_ID: 0x00,
  DEVICE_ID: 0x02,
  COMMAND: 0x04,
  STATUS: 0x06,
  REVISION_ID: 0x08,
  PROGRAM_INTERFACE: 0x09,
  SUB_CLASS: 0x0a,
  BASE_CLASS: 0x0b,
  HEADER_TYPE: 0x0e,
  BASE_ADDRESSES: 0x10,
  CAPABILITIES_PTR: 0x34,
  INTERRUPT_LINE: 0x3c,
  INTERRUPT_PIN: 0x3d,
  /** Where the header ends, and what a function's driver may write begins. */
  HEADER_END: 0x40,
} as const;

export const Command = {
  IO_EN: 1 << 0,
  MEM_EN: 1 << 1,
  BUS_MASTER_EN: 1 << 2,
  INT_DISABLE: 1 << 10,
} as const;
export const ConfigStatus = { INTERRUPT: 1 << 3, CAPABILITIES_LIST: 1 << 4 } as const;
export const HeaderType = { STANDARD: 0, BRIDGE: 1, CARD_BUS: 2, MASK: 0x7f, MULTI_FN: 0x80 } as const;

/** What the vendor ID reads where there is no function. */
export const NO_FUNCTION = 0xffff;

export const BASE_SIZE = 256;
export const EXTENDED_SIZE = 4096;

/** One function's configuration space. A view of a mapped ECAM is one as it is. */
export interface ConfigSpace {
  /** 256, or 4096 where the extended space can be reached. */
  readonly size: number;
  read8(offset: number): number;
  read16(offset: number): number;
  read32(offset: number): number;
  write8(offset: number, value: number): void;
  write16(offset: number, value: number): void;
  write32(offset: number, value: number): void;
}

/** A road to the configuration spaces of a segment. */
export interface ConfigAccess {
  at(address: PciAddress): ConfigSpace;
}

/** A mapping that can be divided; an `MmioBuffer` is one. */
interface Divisible {
  view(offset: number, size: number): ConfigSpace;
}

/** The memory-mapped road: 4 KiB for every function, from that of `startBus`:00.0 on. */
export class EcamAccess implements ConfigAccess {
  readonly #ecam: Divisible;
  readonly #startBus: number;

  constructor(ecam: Divisible, startBus: number) {
    this.#ecam = ecam;
    this.#startBus = startBus;
  }

  at(address: PciAddress): ConfigSpace {
    const index = packAddress({ ...address, bus: address.bus - this.#startBus });
    return this.#ecam.view(index * EXTENDED_SIZE, EXTENDED_SIZE);
  }
}

export const CONFIG_ADDRESS_PORT = 0xcf8;
export const CONFIG_DATA_PORT = 0xcfc;

/** The road of an x86 machine whose ECAM is not set up: an address port and a data port, 256 bytes a function. */
export class PortAccess implements ConfigAccess {
  readonly #ports: IoPorts;

  /** The ports 0xcf8 to 0xcff must have been requested. */
  constructor(ports: IoPorts) {
    this.#ports = ports;
  }

  at(address: PciAddress): ConfigSpace {
    return new PortConfig(this.#ports, packAddress(address));
  }
}

class PortConfig implements ConfigSpace {
  readonly size = BASE_SIZE;
  readonly #ports: IoPorts;
  readonly #function: number;

  constructor(ports: IoPorts, packedAddress: number) {
    this.#ports = ports;
    this.#function = packedAddress;
  }

  read8(offset: number): number {
    return this.#ports.in8(this.#select(offset, 1));
  }

  read16(offset: number): number {
    return this.#ports.in16(this.#select(offset, 2));
  }

  read32(offset: number): number {
    return this.#ports.in32(this.#select(offset, 4));
  }

  write8(offset: number, value: number): void {
    this.#ports.out8(this.#select(offset, 1), value);
  }

  write16(offset: number, value: number): void {
    this.#ports.out16(this.#select(offset, 2), value);
  }

  write32(offset: number, value: number): void {
    this.#ports.out32(this.#select(offset, 4), value);
  }

  /** Points the data port at the double word of `offset`; returns the port that `offset` has in it. */
  #select(offset: number, width: number): number {
    if (!(offset >= 0 && offset + width <= BASE_SIZE && offset % width === 0)) {
      throw new ZxError("OUT_OF_RANGE", `${width * 8}-bit access to configuration space at ${hex(offset)}`);
    }
    const enable = 0x8000_0000;
    this.#ports.out32(CONFIG_ADDRESS_PORT, enable + this.#function * BASE_SIZE + (offset & 0xfc));
    return CONFIG_DATA_PORT + (offset & 3);
  }
}
