import type { Io } from "../../zx/memory.ts";

/** An `Io` for ports or registers of which only 8, 16 and 32 bits exist: a 64-bit access is two of 32. */
export abstract class NarrowIo implements Io {
  high = 0;

  abstract read8(offset: number): number;
  abstract read16(offset: number): number;
  abstract read32(offset: number): number;
  abstract write8(offset: number, value: number): void;
  abstract write16(offset: number, value: number): void;
  abstract write32(offset: number, value: number): void;

  read64(offset: number): number {
    const low = this.read32(offset);
    this.high = this.read32(offset + 4);
    return low;
  }

  write64(offset: number, low: number, high: number): void {
    this.write32(offset, low);
    this.write32(offset + 4, high);
  }
}
