import type { MmioView } from "../mmio/mmio_view.ts";
import type { Io } from "../zx/memory.ts";

/** What a machine asks of a device, asked of a double: each access is one of the same width. */
export class RegistersIo implements Io {
  high = 0;
  readonly #registers: MmioView;

  constructor(registers: MmioView) {
    this.#registers = registers;
  }

  read8(offset: number): number {
    return this.#registers.read8(offset);
  }

  read16(offset: number): number {
    return this.#registers.read16(offset);
  }

  read32(offset: number): number {
    return this.#registers.read32(offset);
  }

  read64(offset: number): number {
    const value = this.#registers.read64(offset);
    this.high = Number(value >> 32n);
    return Number(value & 0xffff_ffffn);
  }

  write8(offset: number, value: number): void {
    this.#registers.write8(offset, value);
  }

  write16(offset: number, value: number): void {
    this.#registers.write16(offset, value);
  }

  write32(offset: number, value: number): void {
    this.#registers.write32(offset, value);
  }

  write64(offset: number, low: number, high: number): void {
    this.#registers.write64(offset, (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0));
  }
}
