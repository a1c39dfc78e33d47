import { ZxError } from "../../zx/error.ts";
import type { Io, IoLender } from "../../zx/memory.ts";
import { hex } from "../../zx/pages.ts";
import { readCommand, type Width, writeCommand } from "./commands.ts";
import type { Qtest } from "./qtest.ts";

/**
 * Accesses to a range of physical addresses. Reads wait for the device, writes are posted. An access of 64 bits is one access
 * for QEMU, which makes two of it where the device has only 32-bit registers.
 */
export class DeviceIo implements Io {
  high = 0;
  readonly loan: { readonly lender: IoLender; readonly base: number };
  readonly #qtest: Qtest;
  readonly #base: number;
  readonly #size: number;

  constructor(qtest: Qtest, base: number, size: number) {
    this.loan = { lender: qtest, base };
    this.#qtest = qtest;
    this.#base = base;
    this.#size = size;
  }

  read8(offset: number): number {
    return this.#read(8, offset);
  }

  read16(offset: number): number {
    return this.#read(16, offset);
  }

  read32(offset: number): number {
    return this.#read(32, offset);
  }

  read64(offset: number): number {
    const low = this.#read(64, offset);
    this.high = this.#qtest.high;
    return low;
  }

  write8(offset: number, value: number): void {
    this.#write(8, offset, value, 0);
  }

  write16(offset: number, value: number): void {
    this.#write(16, offset, value, 0);
  }

  write32(offset: number, value: number): void {
    this.#write(32, offset, value, 0);
  }

  write64(offset: number, low: number, high: number): void {
    this.#write(64, offset, low, high);
  }

  flush(): void {
    this.#qtest.flush();
  }

  #read(width: Width, offset: number): number {
    return this.#qtest.ask(readCommand(width, this.#at(width, offset)));
  }

  #write(width: Width, offset: number, low: number, high: number): void {
    this.#qtest.post(writeCommand(width, this.#at(width, offset), low, high));
  }

  #at(width: Width, offset: number): number {
    if (offset >= 0 && offset + width / 8 <= this.#size) return this.#base + offset;
    const range = `[${hex(this.#base)}, ${hex(this.#base + this.#size)})`;
    throw new ZxError("OUT_OF_RANGE", `a ${width}-bit access at offset ${String(offset)} of ${range}`);
  }
}
