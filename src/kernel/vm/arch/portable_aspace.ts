/**
 * An address space without an MMU, for browsers, other systems, and machines whose RAM is not a file. Nothing is mapped
 * ahead: an access finds its frame by asking the mapping and the VMO, which are the page tables.
 */
import type { Ram } from "../../../machine/machine.ts";
import { ZxError } from "../../../zx/error.ts";
import { PAGE_SIZE } from "../../../zx/pages.ts";
import type { VmMapping } from "../vm_mapping.ts";
import type { ArchAspace, ArchView, ArchWindow, FrameRun } from "./arch_aspace.ts";
import { deviceWindow } from "./device_window.ts";
import { ramWindow } from "./ram_window.ts";

export class PortableAspace implements ArchAspace {
  readonly kind = "portable";
  readonly hasMmu = false;
  readonly #ram: Ram;

  constructor(ram: Ram) {
    this.#ram = ram;
  }

  mapFrames(): void {}
  mapZeros(): void {}
  mapFile(): void {}
  unmap(): void {}
  destroy(): void {}

  window(mapping: VmMapping, address: number, size: number): ArchWindow {
    const { device } = mapping.vmo;
    if (device?.kind === "dispatched") return deviceWindow(mapping, device.io, address, size);
    if (device !== undefined) {
      throw new ZxError(
        "NOT_SUPPORTED",
        `${mapping.vmo.describe()} is ${device.name}: it needs the native address space`,
      );
    }
    return ramWindow(mapping, this.#ram.io, address, size);
  }

  createView(runs: readonly FrameRun[], pages: number): ArchView {
    const first = runs[0];
    if (this.#ram.bytes === undefined || first === undefined || runs.length > 1) {
      throw new ZxError(
        "NOT_SUPPORTED",
        this.#ram.bytes === undefined
          ? "a view of memory of a machine whose RAM is not a buffer; use read and write"
          : `a view of ${pages} pages in ${runs.length} separate runs of frames; on the portable address space they must be consecutive`,
      );
    }
    const start = first.frame * PAGE_SIZE;
    const bytes = this.#ram.bytes.subarray(start, start + pages * PAGE_SIZE);
    return { bytes, detach() {}, release() {} };
  }
}
