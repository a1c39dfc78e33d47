import { MmioBuffer } from "../mmio/mmio_buffer.ts";
import type { MmioView } from "../mmio/mmio_view.ts";
import {
  BtiPin,
  CacheFlush,
  CachePolicy,
  type CachePolicyName,
  type Handle,
  VmOption,
} from "../zx/constants.ts";
import { ZxError } from "../zx/error.ts";
import { hex, roundUp } from "../zx/pages.ts";
import type { Zx } from "../zx/syscalls.ts";

/**
 * RAM that a device can reach: a contiguous VMO, mapped in this host and pinned for the device behind a BTI.
 *
 * `deviceAddress` is what the device is told; `address` is where this process sees the same bytes.
 *
 * Where devices do not see the processor's cache the buffer is UNCACHED, and nothing has to be done. A driver that asks for a
 * CACHED one there flushes what it wrote before the device reads it (`cacheFlush`), and flushes and invalidates both before the
 * device writes and again before it reads what the device wrote (`cacheFlushInvalidate`), in whole lines. On other machines the
 * same calls do nothing.
 */
export class DmaBuffer implements Disposable {
  /** Bytes, a multiple of the page size. */
  readonly size: number;
  /** Address in this process. */
  readonly address: number;
  /** Address for the device: physical on a machine without IOMMU. */
  readonly deviceAddress: number;
  readonly policy: CachePolicyName;
  readonly #name: string;
  readonly #zx: Zx;
  readonly #vmar: Handle;
  readonly #vmo: Handle;
  #view: MmioView | undefined;
  #pmt: Handle;

  /**
   * Throws as vmo_create_contiguous, vmo_set_cache_policy, vmar_map and bti_pin do, with nothing left behind. `policy`: CACHED where
   * that needs no maintenance and UNCACHED elsewhere, unless it is given. `vmar`: what to map into; it must stay open as long.
   */
  constructor(
    zx: Zx,
    bti: Handle,
    size: number,
    name = "dma buffer",
    policy?: CachePolicyName,
    vmar: Handle = zx.vmarRootSelf,
  ) {
    this.#zx = zx;
    this.#vmar = vmar;
    this.#name = name;
    this.policy = policy ?? (zx.memory.coherent ? "CACHED" : "UNCACHED");
    this.size = roundUp(size);
    this.#vmo = zx.vmoCreateContiguous(bti, this.size, 0);
    try {
      zx.objectSetName(this.#vmo, name);
      if (this.policy !== "CACHED") zx.vmoSetCachePolicy(this.#vmo, CachePolicy[this.policy]);
      const options = VmOption.PERM_READ | VmOption.PERM_WRITE | VmOption.MAP_RANGE;
      this.address = zx.vmarMap(vmar, options, 0, this.#vmo, 0, this.size);
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
      zx.vmarUnmap(vmar, this.address, this.size);
      zx.handleClose(this.#vmo);
      throw error;
    }
    // The kernel's zeros may be in the cache only.
    this.cacheFlushInvalidate(0, this.size);
  }

  /** The same bytes for single accesses of one width: descriptors that the device reads while they change. */
  get view(): MmioView {
    this.#check("view", 0, this.size);
    this.#view ??= MmioBuffer.at(this.#zx, this.address, this.size, { name: this.#name });
    return this.#view;
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

  /** What was written to these lines is in memory afterwards: before the device reads it. */
  cacheFlush(offset: number, length: number): void {
    this.#maintain("cacheFlush", offset, length, CacheFlush.DATA);
  }

  /**
   * The same, and the next read is from memory: before the device writes, so that nothing is evicted over what it writes, and again
   * after it has written, since the processor may have fetched the lines meanwhile.
   */
  cacheFlushInvalidate(offset: number, length: number): void {
    this.#maintain("cacheFlushInvalidate", offset, length, CacheFlush.DATA | CacheFlush.INVALIDATE);
  }

  /** Unpins, unmaps and closes. The device must have stopped using the buffer. Idempotent. */
  release(): void {
    if (this.#pmt === 0) return;
    const pmt = this.#pmt;
    this.#pmt = 0;
    this.#zx.pmtUnpin(pmt);
    this.#zx.vmarUnmap(this.#vmar, this.address, this.size);
    this.#zx.handleClose(this.#vmo);
  }

  [Symbol.dispose](): void {
    this.release();
  }

  #maintain(what: string, offset: number, length: number, options: number): void {
    this.#check(what, offset, length);
    if (this.policy !== "CACHED" || this.#zx.memory.coherent) return;
    this.#zx.cacheFlush(this.address + offset, length, options);
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
