/** RAM that is a file which QEMU has mapped: DMA buffers without the protocol, coherent with the devices. */
import { readSync, writeSync } from "node:fs";
import { isStatus, ZxError } from "../../zx/error.ts";
import type { Io } from "../../zx/memory.ts";
import { hex } from "../../zx/pages.ts";
import type { PhysicalRange, Ram } from "../machine.ts";
import { mapRamFile } from "../native_ram.ts";

const MIB = 2 ** 20;

/** One range of RAM, and what of it is not to be allocated. */
export interface QemuRamLayout extends PhysicalRange {
  readonly reserved: readonly PhysicalRange[];
}

export interface QemuRam extends Ram {
  /** The file is about to be closed: its descriptor may soon be another file's. */
  close(): void;
}

/** The RAM in a file: as an array where koffi can map it and `view` does not forbid it, by reads and writes of the file otherwise. */
export async function openFileRam(fd: number, layout: QemuRamLayout, view: boolean): Promise<QemuRam> {
  if (!view) return new FileRam(fd, layout);
  const { base, size, reserved } = layout;
  try {
    return Object.assign(await mapRamFile(fd, { ranges: [{ base, size }], reserved }), { close: () => {} });
  } catch (error) {
    if (isStatus(error, "NOT_SUPPORTED")) return new FileRam(fd, layout);
    throw error;
  }
}

/** Each access is a system call of the host: about a microsecond. */
class FileRam implements QemuRam {
  readonly ranges: readonly PhysicalRange[];
  readonly reserved: readonly PhysicalRange[];
  readonly bytes = undefined;
  readonly fd: number;
  readonly io: Io;
  readonly #base: number;
  readonly #size: number;
  #isOpen = true;

  constructor(fd: number, { base, size, reserved }: QemuRamLayout) {
    this.fd = fd;
    this.#base = base;
    this.#size = size;
    this.ranges = [{ base, size }];
    this.reserved = reserved;
    this.io = new FileIo(this, base);
  }

  offsetOf(paddr: number): number | undefined {
    const offset = paddr - this.#base;
    return offset >= 0 && offset < this.#size ? offset : undefined;
  }

  read(paddr: number, into: Uint8Array): void {
    const offset = this.#locate(paddr, into.length);
    for (let done = 0; done < into.length; ) {
      done += readSync(this.fd, into, done, into.length - done, offset + done);
    }
  }

  write(paddr: number, from: Uint8Array): void {
    const offset = this.#locate(paddr, from.length);
    for (let done = 0; done < from.length; ) {
      done += writeSync(this.fd, from, done, from.length - done, offset + done);
    }
  }

  fill(paddr: number, size: number, value: number): void {
    this.#locate(paddr, size);
    const chunk = new Uint8Array(Math.min(size, MIB)).fill(value);
    for (let done = 0; done < size; done += chunk.length) {
      this.write(paddr + done, chunk.subarray(0, Math.min(chunk.length, size - done)));
    }
  }

  close(): void {
    this.#isOpen = false;
  }

  /** Offset in the file. */
  #locate(paddr: number, size: number): number {
    if (!this.#isOpen) throw new ZxError("BAD_STATE", "RAM of a machine that was closed");
    const offset = paddr - this.#base;
    if (offset >= 0 && size >= 0 && offset + size <= this.#size) return offset;
    throw new ZxError(
      "OUT_OF_RANGE",
      `[${hex(paddr)}, ${hex(paddr + size)}) is not RAM: [${hex(this.#base)}, ${hex(this.#base + this.#size)})`,
    );
  }
}

class FileIo implements Io {
  high = 0;
  readonly #ram: FileRam;
  /** Physical address of offset 0. */
  readonly #base: number;
  readonly #bytes = new Uint8Array(8);
  readonly #view = new DataView(this.#bytes.buffer);

  constructor(ram: FileRam, base: number) {
    this.#ram = ram;
    this.#base = base;
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
    this.#ram.read(this.#base + offset, this.#bytes.subarray(0, size));
    return this.#view;
  }

  #write(offset: number, size: number): void {
    this.#ram.write(this.#base + offset, this.#bytes.subarray(0, size));
  }
}
