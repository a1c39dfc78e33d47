import type { Ram } from "../machine.ts";
import { LOCAL_APIC_RANGE, type MsiVectors } from "./msi.ts";

/**
 * The machine's memory as devices reach it: RAM, and for writes of one 32-bit word the interrupt messages. Transfers
 * between devices are not routed. Both functions return false where nothing answers.
 */
export class SystemDma {
  readonly #ram: Ram;
  readonly #msi: MsiVectors;

  constructor(ram: Ram, msi: MsiVectors) {
    this.#ram = ram;
    this.#msi = msi;
  }

  read(paddr: number, into: Uint8Array): boolean {
    if (!this.#isRam(paddr, into.length)) return false;
    this.#ram.read(paddr, into);
    return true;
  }

  write(paddr: number, from: Uint8Array): boolean {
    if (this.#isRam(paddr, from.length)) {
      this.#ram.write(paddr, from);
      return true;
    }
    const { base, size } = LOCAL_APIC_RANGE;
    if (from.length !== 4 || paddr % 4 !== 0 || paddr < base || paddr >= base + size) return false;
    this.#msi.signal(paddr, (from[0]! | (from[1]! << 8) | (from[2]! << 16) | (from[3]! << 24)) >>> 0);
    return true;
  }

  #isRam(paddr: number, size: number): boolean {
    return this.#ram.ranges.some((range) => paddr >= range.base && paddr + size <= range.base + range.size);
  }
}
