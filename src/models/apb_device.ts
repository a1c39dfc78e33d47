import { NarrowIo } from "../machine/sim/narrow_io.ts";

/** The eight identification registers of a PrimeCell, from offset 0xfe0 on. */
export type PrimecellIds = readonly [number, number, number, number, number, number, number, number];

const IDS = 0xfe0;

/**
 * An Arm PrimeCell on its 32-bit bus (APB), which knows 32-bit accesses only: a narrower read gives the bytes of the register that it
 * lies in, and a narrower write writes that register with its other bytes 0.
 */
export abstract class ApbDevice extends NarrowIo {
  readonly #ids: PrimecellIds;

  constructor(ids: PrimecellIds) {
    super();
    this.#ids = ids;
  }

  /** A read of the register at `offset`, a multiple of 4 below the identification registers. */
  protected abstract readRegister(offset: number): number;
  protected abstract writeRegister(offset: number, value: number): void;

  read32(offset: number): number {
    if (offset < IDS) return this.readRegister(offset);
    return this.#ids[(offset - IDS) / 4] ?? 0;
  }

  write32(offset: number, value: number): void {
    if (offset < IDS) this.writeRegister(offset, value);
  }

  read8(offset: number): number {
    return (this.read32(offset - (offset % 4)) >>> (8 * (offset % 4))) & 0xff;
  }

  read16(offset: number): number {
    return (this.read32(offset - (offset % 4)) >>> (8 * (offset % 4))) & 0xffff;
  }

  write8(offset: number, value: number): void {
    this.write32(offset - (offset % 4), ((value & 0xff) << (8 * (offset % 4))) >>> 0);
  }

  write16(offset: number, value: number): void {
    this.write32(offset - (offset % 4), ((value & 0xffff) << (8 * (offset % 4))) >>> 0);
  }
}
