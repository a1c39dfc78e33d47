import { BtiPin, type Handle, VmOption } from "../zx/constants.ts";
import { ZxError } from "../zx/error.ts";
import { hex, roundUp } from "../zx/pages.ts";
import type { Zx } from "../zx/syscalls.ts";

/**
 * RAM that a device can reach: a contiguous VMO, mapped in this host and pinned for the device behind a BTI.
 *
 * `deviceAddress` is what the device is told; `address` is where this process sees the same bytes.
 */
export class DmaBuffer implements Disposable {
  /** Bytes, a multiple of the page size. */
  readonly size: number;
  /** Address in this process. */
  readonly address: number;
  /** Address for the device: physical on a machine without IOMMU. */
  readonly deviceAddress: number;
  readonly #zx: Zx;
  readonly #vmo: Handle;
  #pmt: Handle;

  /** Throws as vmo_create_contiguous, vmar_map and bti_pin do, with nothing left behind. */
  constructor(zx: Zx, bti: Handle, size: number, name = "dma buffer") {
    this.#zx = zx;
    this.size = roundUp(size);
    this.#vmo = zx.vmoCreateContiguous(bti, this.size, 0);
    try {
      zx.objectSetName(this.#vmo, name);
      const options = VmOption.PERM_READ | VmOption.PERM_WRITE | VmOption.MAP_RANGE;
      this.address = zx.vmarMap(zx.vmarRootSelf, options, 0, this.#vmo, 0, this.size);
    } catch (error) {
      zx.handleClose(this.#vmo);
      throw error;
    }
    try {
      const pinOptions = BtiPin.PERM_READ | BtiPin.PERM_WRITE | BtiPin.CONTIGUOUS;
      const { addrs, pmt } = zx.btiPin(bti, pinOptions, this.#vmo, 0, this.size);
      this.deviceAddress = addrs[0]!;
      this.#pmt = pmt;
    } catch (error) {
      zx.vmarUnmap(zx.vmarRootSelf, this.address, this.size);
      zx.handleClose(this.#vmo);
      throw error;
    }
  }

  /** Copies bytes out of the buffer. */
  read(offset: number, length: number): Uint8Array {
    this.#check("read", offset, length);
    const bytes = new Uint8Array(length);
    this.#zx.memory.read(this.address + offset, bytes);
    return bytes;
  }

  /** Copies bytes into the buffer. */
  write(offset: number, bytes: Uint8Array): void {
    this.#check("write", offset, bytes.length);
    this.#zx.memory.write(this.address + offset, bytes);
  }

  /** Unpins, unmaps and closes. The device must have stopped using the buffer. Idempotent. */
  release(): void {
    if (this.#pmt === 0) return;
    const pmt = this.#pmt;
    this.#pmt = 0;
    this.#zx.pmtUnpin(pmt);
    this.#zx.vmarUnmap(this.#zx.vmarRootSelf, this.address, this.size);
    this.#zx.handleClose(this.#vmo);
  }

  [Symbol.dispose](): void {
    this.release();
  }

  #check(what: string, offset: number, length: number): void {
    if (this.#pmt === 0) throw new ZxError("BAD_STATE", `${what} of a DMA buffer that was released`);
    if (!(offset >= 0 && length >= 0 && offset + length <= this.size)) {
      throw new ZxError(
        "OUT_OF_RANGE",
        `${what} of ${hex(length)} bytes at ${hex(offset)} of a DMA buffer of ${hex(this.size)} bytes`,
      );
    }
  }
}
