/** The device memory that a driver has mapped, as its host tells the driver manager. */
import type { MmioOptions } from "../../driver/context.ts";
import type { Mapping } from "../../fidl/zirconia.driver.host.ts";
import type { MmioTrace } from "../../mmio/access_trace.ts";
import { MmioBuffer } from "../../mmio/mmio_buffer.ts";
import { CachePolicy, type Handle } from "../../zx/constants.ts";
import type { VmoInfo, Zx } from "../../zx/syscalls.ts";

export interface DeviceMemoryParts {
  readonly zx: Zx;
  readonly vmar: Handle;
  readonly trace: MmioTrace;
  /** Hears of all mappings whenever there is another one. */
  readonly changed: (mappings: readonly Mapping[]) => void;
}

export class DeviceMemory {
  readonly #parts: DeviceMemoryParts;
  readonly #mappings: Mapping[] = [];

  constructor(parts: DeviceMemoryParts) {
    this.#parts = parts;
  }

  /** Consumes `vmo`. */
  map(vmo: Handle, options: MmioOptions): MmioBuffer {
    const { zx, vmar, trace, changed } = this.#parts;
    const { offset = 0, policy = "UNCACHED_DEVICE" } = options;
    let info: VmoInfo;
    try {
      info = zx.objectGetInfo(vmo, "VMO");
    } catch (error) {
      zx.handleClose(vmo);
      throw error;
    }
    const name = options.name ?? info.name;
    const size = options.size ?? info.sizeBytes - offset;
    const cachePolicy = CachePolicy[policy];
    const buffer = MmioBuffer.create(zx, {
      vmo,
      vmar,
      offset,
      size,
      policy: cachePolicy,
      name,
      trace,
    });
    this.#mappings.push({
      name,
      vmoKoid: BigInt(info.koid),
      vmoOffset: BigInt(offset),
      size: BigInt(size),
      address: BigInt(buffer.address),
      cachePolicy,
    });
    changed([...this.#mappings]);
    return buffer;
  }
}
