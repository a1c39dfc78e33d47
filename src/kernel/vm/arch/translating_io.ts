/** Accesses to RAM that look up the frame of each one: the page-table walk of the portable address space. */
import type { AccessKind, Io } from "../../../zx/memory.ts";
import { PAGE_SIZE } from "../../../zx/pages.ts";
import type { VmMapping } from "../vm_mapping.ts";

/** Offsets are addresses of the address space. An access that may not be throws what its page fault would. */
export class TranslatingIo implements Io {
  readonly #mapping: VmMapping;
  /** By offset in the RAM's backing. */
  readonly #ram: Io;
  high = 0;

  constructor(mapping: VmMapping, ram: Io) {
    this.#mapping = mapping;
    this.#ram = ram;
  }

  /** Offset in RAM, or -1 for a page that has no frame and reads as zero. */
  #translate(address: number, access: AccessKind, size: number): number {
    const frame = this.#mapping.frameFor(address, access, { address, size });
    return frame < 0 ? -1 : frame * PAGE_SIZE + (address % PAGE_SIZE);
  }

  read8(address: number): number {
    const offset = this.#translate(address, "read", 1);
    return offset < 0 ? 0 : this.#ram.read8(offset);
  }

  read16(address: number): number {
    if (crosses(address, 2)) return this.read8(address) + this.read8(address + 1) * 0x100;
    const offset = this.#translate(address, "read", 2);
    return offset < 0 ? 0 : this.#ram.read16(offset);
  }

  read32(address: number): number {
    if (crosses(address, 4)) return this.read16(address) + this.read16(address + 2) * 0x1_0000;
    const offset = this.#translate(address, "read", 4);
    return offset < 0 ? 0 : this.#ram.read32(offset);
  }

  read64(address: number): number {
    if (crosses(address, 8)) {
      this.high = this.read32(address + 4);
      return this.read32(address);
    }
    const offset = this.#translate(address, "read", 8);
    if (offset < 0) {
      this.high = 0;
      return 0;
    }
    const low = this.#ram.read64(offset);
    this.high = this.#ram.high;
    return low;
  }

  write8(address: number, value: number): void {
    this.#ram.write8(this.#translate(address, "write", 1), value);
  }

  write16(address: number, value: number): void {
    if (crosses(address, 2)) {
      this.#translate(address + 1, "write", 1);
      this.write8(address, value & 0xff);
      this.write8(address + 1, value >>> 8);
    } else {
      this.#ram.write16(this.#translate(address, "write", 2), value);
    }
  }

  write32(address: number, value: number): void {
    if (crosses(address, 4)) {
      this.#translate(address + 3, "write", 1);
      this.write16(address, value & 0xffff);
      this.write16(address + 2, value >>> 16);
    } else {
      this.#ram.write32(this.#translate(address, "write", 4), value);
    }
  }

  write64(address: number, low: number, high: number): void {
    if (crosses(address, 8)) {
      this.#translate(address + 7, "write", 1);
      this.write32(address, low);
      this.write32(address + 4, high);
    } else {
      this.#ram.write64(this.#translate(address, "write", 8), low, high);
    }
  }
}

/** Whether an access lies in two pages: only one that is not aligned does. */
function crosses(address: number, size: number): boolean {
  return (address % PAGE_SIZE) + size > PAGE_SIZE;
}
