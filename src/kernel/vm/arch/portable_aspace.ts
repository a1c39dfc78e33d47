/**
 * An address space without an MMU, for browsers, other systems, and machines whose RAM is not a file. Nothing is mapped
 * ahead: an access finds its frame by asking the mapping and the VMO, which are the page tables.
 *
 * A window on RAM whose frames are all there, consecutive and its own is the RAM's own `Io`, as fast as a device's; it
 * is revoked when the frames change. Any other window translates each access.
 */
import type { Ram } from "../../../machine/machine.ts";
import { VmOption } from "../../../zx/constants.ts";
import { ZxError } from "../../../zx/error.ts";
import type { Io } from "../../../zx/memory.ts";
import { PAGE_SIZE } from "../../../zx/pages.ts";
import type { VmMapping } from "../vm_mapping.ts";
import type { ArchAspace, ArchView, ArchWindow, FrameRun } from "./arch_aspace.ts";
import { deviceWindow } from "./device_window.ts";
import { TranslatingIo } from "./translating_io.ts";

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
    const { some, every } = mapping.permissionsWithin(address, size);
    const readable = (some & VmOption.PERM_READ) !== 0;
    const writable = (some & VmOption.PERM_WRITE) !== 0;
    const frame = some === every ? consecutiveFrames(mapping, address, size, writable) : -1;
    const target: { io: Io; offset: number } =
      frame >= 0
        ? { io: this.#ram.io, offset: frame * PAGE_SIZE + (address % PAGE_SIZE) }
        : { io: new TranslatingIo(mapping, this.#ram.io), offset: address };
    return { window: { kind: "dispatched", ...target, size, readable, writable }, followsFrames: frame >= 0 };
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

/** The first of the consecutive frames under a range of a mapping, if they are so (and may be written, if asked); else -1. */
function consecutiveFrames(mapping: VmMapping, address: number, size: number, forWrite: boolean): number {
  const { vmo } = mapping;
  const offset = address - mapping.base + mapping.vmoOffset;
  const first = Math.floor(offset / PAGE_SIZE);
  const count = Math.ceil((offset + size) / PAGE_SIZE) - first;
  const frame = vmo.frameAt(first);
  if (frame < 0) return -1;
  for (let page = 0; page < count; page++) {
    if (vmo.frameAt(first + page) !== frame + page) return -1;
    if (forWrite && !vmo.isFrameOwn(first + page)) return -1;
  }
  return frame;
}
