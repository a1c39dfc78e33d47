/** What an MmioBuffer owns: a VMO's handle and a mapping of it. Fuchsia's mmio_buffer_init, mmio_buffer_release, mmio_buffer_pin. */
import { shown } from "../registers/shown.ts";
import { BtiPin, type Handle, VmOption } from "../zx/constants.ts";
import { ZxError } from "../zx/error.ts";
import { hex, roundDown, roundUp } from "../zx/pages.ts";
import type { VmoInfo, Zx } from "../zx/syscalls.ts";

/** A pinned buffer: a device may use it as the target of DMA. */
export interface MmioPin extends Disposable {
  /** Address of the buffer's first byte for the device behind the BTI. */
  readonly deviceAddress: number;
  /** Idempotent. */
  unpin(): void;
}

export class MappedVmo {
  /** Address of the first byte in the process. */
  readonly address: number;
  /** Bytes from the start of the VMO. */
  readonly offset: number;
  readonly size: number;
  readonly vmo: Handle;
  readonly #zx: Zx;
  readonly #vmar: Handle;
  readonly #start: number;
  readonly #mapped: number;
  #open = true;

  /**
   * Sets the cache policy where it is another one, and maps the pages around the range. Does not close `vmo` when it fails: its
   * caller does.
   */
  constructor(
    zx: Zx,
    vmar: Handle,
    vmo: Handle,
    info: VmoInfo,
    offset: number,
    size: number,
    policy: number,
  ) {
    if (info.cachePolicy !== policy) zx.vmoSetCachePolicy(vmo, policy);
    if (
      !(
        Number.isSafeInteger(offset) &&
        Number.isSafeInteger(size) &&
        offset >= 0 &&
        size >= 0 &&
        offset + size <= info.sizeBytes
      )
    ) {
      throw new ZxError(
        "OUT_OF_RANGE",
        `${shown(size)} bytes at ${shown(offset)} of the VMO ${JSON.stringify(info.name)}: it has ${hex(info.sizeBytes)} bytes`,
      );
    }
    this.#start = roundDown(offset);
    this.#mapped = roundUp(size + (offset - this.#start));
    const options = VmOption.PERM_READ | VmOption.PERM_WRITE | VmOption.MAP_RANGE;
    const mapped = zx.vmarMap(vmar, options, 0, vmo, this.#start, this.#mapped);
    this.address = mapped + (offset - this.#start);
    this.offset = offset;
    this.size = size;
    this.vmo = vmo;
    this.#zx = zx;
    this.#vmar = vmar;
  }

  /** mmio_buffer_pin: BAD_STATE after release, otherwise as bti_pin. */
  pin(bti: Handle): MmioPin {
    if (!this.#open) throw new ZxError("BAD_STATE", "pin: the buffer was released");
    const zx = this.#zx;
    const options = BtiPin.PERM_READ | BtiPin.PERM_WRITE | BtiPin.CONTIGUOUS;
    const { addrs, pmt } = zx.btiPin(bti, options, this.vmo, this.#start, this.#mapped);
    let pinned = true;
    const unpin = () => {
      if (pinned) zx.pmtUnpin(pmt);
      pinned = false;
    };
    return { deviceAddress: addrs[0]! + (this.offset - this.#start), unpin, [Symbol.dispose]: unpin };
  }

  /** Unmaps the pages that were mapped and closes the handle. Idempotent; what is gone already is no error. */
  release(): void {
    if (!this.#open) return;
    this.#open = false;
    const start = this.address - (this.offset - this.#start);
    ignoreStatus(() => this.#zx.vmarUnmap(this.#vmar, start, this.#mapped));
    ignoreStatus(() => this.#zx.handleClose(this.vmo));
  }
}

/** Does what may have been done by somebody else: the range unmapped, the VMAR destroyed, the process killed. */
export function ignoreStatus(undo: () => void): void {
  try {
    undo();
  } catch (error) {
    if (!(error instanceof ZxError)) throw error;
  }
}
