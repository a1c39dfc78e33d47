import type { Io } from "../zx/memory.ts";
import type { Accessors } from "./accessors.ts";

/** A direct window as an `Io`: for accesses off the fast path, whatever the kind of memory. */
export class DirectIo implements Io {
  readonly #accessors: Accessors;
  readonly #address: number;
  #high = 0;

  constructor(accessors: Accessors, address: number) {
    this.#accessors = accessors;
    this.#address = address;
  }

  get high(): number {
    return this.#high;
  }

  read8(offset: number): number {
    return this.#accessors.read8(this.#address + offset);
  }

  read16(offset: number): number {
    return this.#accessors.read16(this.#address + offset);
  }

  read32(offset: number): number {
    return this.#accessors.read32(this.#address + offset) >>> 0;
  }

  read64(offset: number): number {
    const low = this.#accessors.read64(this.#address + offset) >>> 0;
    this.#high = this.#accessors.high() >>> 0;
    return low;
  }

  write8(offset: number, value: number): void {
    this.#accessors.write8(this.#address + offset, value);
  }

  write16(offset: number, value: number): void {
    this.#accessors.write16(this.#address + offset, value);
  }

  write32(offset: number, value: number): void {
    this.#accessors.write32(this.#address + offset, value);
  }

  write64(offset: number, low: number, high: number): void {
    this.#accessors.write64(this.#address + offset, low, high);
  }
}
