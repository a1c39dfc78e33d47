/**
 * A PCI function that has what edu lacks, for tests of bus drivers and of the kernel: a BAR of every kind, one smaller
 * than a page, several maskable MSI vectors and vendor capabilities. It is not a model of anything that exists.
 *
 * | BAR | kind | size | answers |
 * |---|---|---|---|
 * | 0 | 64-bit, prefetchable | 64 KiB | RAM |
 * | 2 | 32-bit | 4 KiB | the registers below |
 * | 3 | I/O | 32 | the same registers |
 * | 4 | 32-bit | 256 | RAM |
 *
 * Registers take accesses of every width, and keep a record of the last one for tests of exactness.
 */
import { createBufferRam } from "../machine/ram.ts";
import type { Io } from "../zx/memory.ts";
import { PAGE_SIZE } from "../zx/pages.ts";
import type { PciModel, PciPort } from "./pci_model.ts";

/** Byte offsets of the registers; each has 32 bits. */
export const TestDeviceRegister = {
  /** Reads as "TEST". */
  ID: 0x00,
  /** Keeps what is written, byte by byte. */
  SCRATCH: 0x04,
  /** Reads and writes of other registers so far. Accesses to this one and the next do not count. */
  ACCESSES: 0x08,
  /** The last such access: its offset, its width in bits from bit 16, and bit 24 if it was a write. */
  LAST_ACCESS: 0x0c,
  /** Bit 0 is the level of the interrupt pin (B). */
  PIN: 0x10,
  /** A write of n sends MSI n. */
  MESSAGE: 0x14,
  /** Address for DMA, below 4 GiB. */
  DMA_ADDRESS: 0x18,
  /** A read is a DMA read of 32 bits at that address, a write a DMA write. */
  DMA_DATA: 0x1c,
} as const;

const ID = 0x54534554;
const REGISTER_BYTES = 32;
const PREFETCHABLE_BYTES = 0x1_0000;
const SMALL_BYTES = 0x100;

export const testDevice: PciModel = {
  name: "testdev",
  vendorId: 0x1234,
  deviceId: 0x7e57,
  revision: 1,
  classCode: 0xff0000,
  interruptPin: "B",
  bars: [
    { index: 0, kind: "memory64", size: PREFETCHABLE_BYTES, prefetchable: true },
    { index: 2, kind: "memory32", size: PAGE_SIZE },
    { index: 3, kind: "io", size: REGISTER_BYTES },
    { index: 4, kind: "memory32", size: SMALL_BYTES },
  ],
  msi: { vectors: 4, address64: false, maskable: true },
  vendorCapabilities: [Uint8Array.of(0x5a, 0x49, 0x52, 0x43), Uint8Array.of(0x4f)],
  create(port) {
    const registers = new TestRegisters(port);
    return [bytesIo(PREFETCHABLE_BYTES), registers, registers, bytesIo(PAGE_SIZE)];
  },
};

function bytesIo(size: number): Io {
  return createBufferRam({ ranges: [{ base: 0, size }] }).io;
}

class TestRegisters implements Io {
  high = 0;
  readonly #port: PciPort;
  #scratch = 0;
  #accesses = 0;
  #last = 0;
  #pin = 0;
  #address = 0;

  constructor(port: PciPort) {
    this.#port = port;
  }

  read8(offset: number): number {
    return this.#read(offset, 8) & 0xff;
  }

  read16(offset: number): number {
    return this.#read(offset, 16) & 0xffff;
  }

  read32(offset: number): number {
    return this.#read(offset, 32);
  }

  /** Two registers in one access. */
  read64(offset: number): number {
    this.high = this.#value(offset + 4);
    return this.#read(offset, 64);
  }

  write8(offset: number, value: number): void {
    this.#write(offset, 8, value);
  }

  write16(offset: number, value: number): void {
    this.#write(offset, 16, value);
  }

  write32(offset: number, value: number): void {
    this.#write(offset, 32, value);
  }

  write64(offset: number, low: number, high: number): void {
    this.#write(offset, 64, low);
    this.#set(offset + 4, 32, high);
  }

  #read(offset: number, width: number): number {
    const value = this.#value(offset - (offset % 4)) >>> (8 * (offset % 4));
    this.#record(offset, width, 0);
    return value;
  }

  #write(offset: number, width: number, value: number): void {
    this.#record(offset, width, 1);
    this.#set(offset, Math.min(width, 32), value);
  }

  #record(offset: number, width: number, write: 0 | 1): void {
    const register = offset - (offset % 4);
    if (register === TestDeviceRegister.ACCESSES || register === TestDeviceRegister.LAST_ACCESS) return;
    this.#accesses = (this.#accesses + 1) >>> 0;
    this.#last = (write << 24) | (width << 16) | offset;
  }

  #value(register: number): number {
    switch (register) {
      case TestDeviceRegister.ID:
        return ID;
      case TestDeviceRegister.SCRATCH:
        return this.#scratch;
      case TestDeviceRegister.ACCESSES:
        return this.#accesses;
      case TestDeviceRegister.LAST_ACCESS:
        return this.#last;
      case TestDeviceRegister.PIN:
        return this.#pin;
      case TestDeviceRegister.DMA_ADDRESS:
        return this.#address;
      case TestDeviceRegister.DMA_DATA:
        return this.#dmaRead();
      default:
        return 0;
    }
  }

  #set(offset: number, width: number, value: number): void {
    const register = offset - (offset % 4);
    switch (register) {
      case TestDeviceRegister.SCRATCH:
        this.#scratch = merge(this.#scratch, offset % 4, width, value);
        return;
      case TestDeviceRegister.PIN:
        this.#pin = value & 1;
        this.#port.intx(this.#pin === 1);
        return;
      case TestDeviceRegister.MESSAGE:
        this.#port.msi(value & 31);
        return;
      case TestDeviceRegister.DMA_ADDRESS:
        this.#address = merge(this.#address, offset % 4, width, value);
        return;
      case TestDeviceRegister.DMA_DATA:
        this.#port.dma.write(this.#address, Uint8Array.of(value, value >> 8, value >> 16, value >> 24));
    }
  }

  #dmaRead(): number {
    const bytes = new Uint8Array(4);
    this.#port.dma.read(this.#address, bytes);
    return new DataView(bytes.buffer).getUint32(0, true);
  }
}

/** `width` bits of `value` put over `old` from byte `byte` on. */
function merge(old: number, byte: number, width: number, value: number): number {
  const mask = (2 ** width - 1) * 2 ** (8 * byte);
  return ((old & ~mask) | ((value << (8 * byte)) & mask)) >>> 0;
}
