/** RAM that is a file which QEMU has mapped: DMA buffers without the protocol, coherent with the devices. */
import { readSync, writeSync } from "node:fs";
import { isStatus, ZxError } from "../../zx/error.ts";
import type { Io } from "../../zx/memory.ts";
import { hex } from "../../zx/pages.ts";
import type { PhysicalRange, Ram } from "../machine.ts";
import { mapRamFile } from "../native_ram.ts";

const MIB = 2 ** 20;

/** Real-mode memory, and the hole of a PC in which the processor does not see RAM. */
const RESERVED: readonly PhysicalRange[] = [{ base: 0, size: MIB }];

export interface QemuRam extends Ram {
  /** The file is about to be closed: its descriptor may soon be another file's. */
  close(): void;
}

/**
 * The RAM in a file, all of it from physical address 0: as an array where koffi can map it and `view` does not forbid it, by reads and
 * writes of the file otherwise.
 */
export async function openFileRam(fd: number, size: number, view: boolean): Promise<QemuRam> {
  const layout = { ranges: [{ base: 0, size }], reserved: RESERVED };
  if (!view) return new FileRam(fd, size);
  try {
    return Object.assign(await mapRamFile(fd, layout), { close: () => {} });
  } catch (error) {
    if (isStatus(error, "NOT_SUPPORTED")) return new FileRam(fd, size);
    throw error;
  }
}

/** Each access is a system call of the host: about a microsecond. */
class FileRam implements QemuRam {
  readonly ranges: readonly PhysicalRange[];
  readonly reserved = RESERVED;
  readonly bytes = undefined;
  readonly fd: number;
  readonly io: Io;
  readonly #size: number;
  #isOpen = true;

  constructor(fd: number, size: number) {
    this.fd = fd;
    this.#size = size;
    this.ranges = [{ base: 0, size }];
    this.io = new FileIo(this);
  }

  offsetOf(paddr: number): number | undefined {
    return paddr >= 0 && paddr < this.#size ? paddr : undefined;
  }

  read(paddr: number, into: Uint8Array): void {
    this.#check(paddr, into.length);
    for (let done = 0; done < into.length; ) {
      done += readSync(this.fd, into, done, into.length - done, paddr + done);
    }
  }

  write(paddr: number, from: Uint8Array): void {
    this.#check(paddr, from.length);
    for (let done = 0; done < from.length; ) {
      done += writeSync(this.fd, from, done, from.length - done, paddr + done);
    }
  }

  fill(paddr: number, size: number, value: number): void {
    this.#check(paddr, size);
    const chunk = new Uint8Array(Math.min(size, MIB)).fill(value);
    for (let done = 0; done < size; done += chunk.length) {
      this.write(paddr + done, chunk.subarray(0, Math.min(chunk.length, size - done)));
    }
  }

  close(): void {
    this.#isOpen = false;
  }

  #check(paddr: number, size: number): void {
    if (!this.#isOpen) throw new ZxError("BAD_STATE", "RAM of a machine that was closed");
    if (paddr >= 0 && size >= 0 && paddr + size <= this.#size) return;
    throw new ZxError(
      "OUT_OF_RANGE",
      `[${hex(paddr)}, ${hex(paddr + size)}) is not RAM: [0x0, ${hex(this.#size)})`,
    );
  }
}

class FileIo implements Io {
  high = 0;
  readonly #ram: FileRam;
  readonly #bytes = new Uint8Array(8);
  readonly #view = new DataView(this.#bytes.buffer);

  constructor(ram: FileRam) {
    this.#ram = ram;
  }

  read8(offset: number): number {
    return this.#read(offset, 1).getUint8(0);
  }

  read16(offset: number): number {
    return this.#read(offset, 2).getUint16(0, true);
  }

  read32(offset: number): number {
    return this.#read(offset, 4).getUint32(0, true);
  }

  read64(offset: number): number {
    const view = this.#read(offset, 8);
    this.high = view.getUint32(4, true);
    return view.getUint32(0, true);
  }

  write8(offset: number, value: number): void {
    this.#view.setUint8(0, value);
    this.#write(offset, 1);
  }

  write16(offset: number, value: number): void {
    this.#view.setUint16(0, value, true);
    this.#write(offset, 2);
  }

  write32(offset: number, value: number): void {
    this.#view.setUint32(0, value, true);
    this.#write(offset, 4);
  }

  write64(offset: number, low: number, high: number): void {
    this.#view.setUint32(0, low, true);
    this.#view.setUint32(4, high, true);
    this.#write(offset, 8);
  }

  #read(offset: number, size: number): DataView {
    this.#ram.read(offset, this.#bytes.subarray(0, size));
    return this.#view;
  }

  #write(offset: number, size: number): void {
    this.#ram.write(offset, this.#bytes.subarray(0, size));
  }
}
