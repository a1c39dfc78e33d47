import type { Io } from "./memory.ts";

/** Accesses of one width to an array of bytes, little endian as every machine here is. */
export class BytesIo implements Io {
  readonly #view: DataView;
  high = 0;

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  read8(offset: number): number {
    return this.#view.getUint8(offset);
  }

  read16(offset: number): number {
    return this.#view.getUint16(offset, true);
  }

  read32(offset: number): number {
    return this.#view.getUint32(offset, true);
  }

  read64(offset: number): number {
    this.high = this.#view.getUint32(offset + 4, true);
    return this.#view.getUint32(offset, true);
  }

  write8(offset: number, value: number): void {
    this.#view.setUint8(offset, value);
  }

  write16(offset: number, value: number): void {
    this.#view.setUint16(offset, value, true);
  }

  write32(offset: number, value: number): void {
    this.#view.setUint32(offset, value, true);
  }

  write64(offset: number, low: number, high: number): void {
    this.#view.setUint32(offset, low, true);
    this.#view.setUint32(offset + 4, high, true);
  }
}
