/** Windows on RAM whose accesses are calls: without an MMU, or where they go through a model of a cache. */
import { VmOption } from "../../../zx/constants.ts";
import type { Io } from "../../../zx/memory.ts";
import { PAGE_SIZE } from "../../../zx/pages.ts";
import type { VmMapping } from "../vm_mapping.ts";
import type { ArchWindow } from "./arch_aspace.ts";
import { TranslatingIo } from "./translating_io.ts";

/**
 * A window on RAM whose frames are all there, consecutive and its own is `ram` itself; it is revoked when the frames change. Any
 * other window translates each access. `ram` takes offsets in the RAM's backing.
 */
export function ramWindow(mapping: VmMapping, ram: Io, address: number, size: number): ArchWindow {
  const { some, every } = mapping.permissionsWithin(address, size);
  const readable = (some & VmOption.PERM_READ) !== 0;
  const writable = (some & VmOption.PERM_WRITE) !== 0;
  const frame = some === every ? consecutiveFrames(mapping, address, size, writable) : -1;
  const target: { io: Io; offset: number } =
    frame >= 0
      ? { io: ram, offset: frame * PAGE_SIZE + (address % PAGE_SIZE) }
      : { io: new TranslatingIo(mapping, ram), offset: address };
  return { window: { kind: "dispatched", ...target, size, readable, writable }, followsFrames: frame >= 0 };
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
