import { hex } from "../../zx/pages.ts";
import type { VmObject } from "../vm/vm_object.ts";
import { PmtDispatcher } from "./bti_dispatcher.ts";
import type { KernelCore } from "./kernel_core.ts";
import { ProcessDispatcher } from "./process_dispatcher.ts";
import { VmoDispatcher } from "./vmo_dispatcher.ts";

/** What is at a physical address: `vmo "ring" (koid 1042) +0x40`. Looks at everything, for reports that come once. */
export function memoryNameOf(core: KernelCore, paddr: number): string | undefined {
  for (const vmo of vmosOf(core)) {
    const offset = vmo.offsetOf(paddr);
    if (offset !== undefined) return `${vmo.describe()} +${hex(offset)}`;
  }
  return undefined;
}

/** VMOs that something holds: a handle, a pin or a mapping. */
function* vmosOf(core: KernelCore): Generator<VmObject> {
  const objects = [...core.objects.values()];
  for (const object of objects) if (object instanceof VmoDispatcher) yield object.vmo;
  for (const object of objects) if (object instanceof PmtDispatcher) yield object.pin.vmo;
  for (const object of objects) {
    if (object instanceof ProcessDispatcher) for (const { vmo } of object.aspace.mappings()) yield vmo;
  }
}
