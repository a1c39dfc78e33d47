import type { Kernel } from "../../src/kernel/kernel.ts";
import { PmtDispatcher } from "../../src/kernel/object/bti_dispatcher.ts";
import { ChannelDispatcher } from "../../src/kernel/object/channel_dispatcher.ts";
import type { Dispatcher } from "../../src/kernel/object/dispatcher.ts";
import type { KernelHandle } from "../../src/kernel/object/handle.ts";
import { VmoDispatcher } from "../../src/kernel/object/vmo_dispatcher.ts";
import type { VmObject } from "../../src/kernel/vm/vm_object.ts";
import { PAGE_SIZE } from "../../src/zx/pages.ts";

/** What does not add up in a kernel's books: handle counts, live objects, frames, mappings. Empty when everything does. */
export function findProblems(kernel: Kernel): string[] {
  return [...handleProblems(kernel), ...frameProblems(kernel), ...siblingProblems(kernel)];
}

/** Every handle is in one process's table or in one message, and its object counts exactly those. */
function handleProblems(kernel: Kernel): string[] {
  const problems: string[] = [];
  const counts = new Map<Dispatcher, number>();
  const seen = new Set<KernelHandle>();
  const count = (handle: KernelHandle, where: string): void => {
    if (seen.has(handle))
      problems.push(`a handle to ${handle.object.describe()} is in two places, one is ${where}`);
    seen.add(handle);
    counts.set(handle.object, (counts.get(handle.object) ?? 0) + 1);
  };
  for (const object of kernel.objects()) {
    if (object.isDestroyed) problems.push(`${object.describe()} is destroyed and still listed`);
    if (object instanceof ChannelDispatcher) {
      for (const handle of object.handlesInTransit()) count(handle, `a message in ${object.describe()}`);
    }
  }
  for (const process of kernel.processes()) {
    for (const [, handle] of process.handles.entries()) count(handle, process.describe());
  }
  for (const object of kernel.objects()) {
    const counted = counts.get(object) ?? 0;
    if (counted !== object.handleCount) {
      problems.push(`${object.describe()} counts ${object.handleCount} handles, there are ${counted}`);
    }
    counts.delete(object);
  }
  for (const object of counts.keys()) problems.push(`${object.describe()} has handles and is not listed`);
  return problems;
}

/** Every frame that is taken is accounted to exactly one VMO. */
function frameProblems(kernel: Kernel): string[] {
  const problems: string[] = [];
  const vmos = new Map<number, VmObject>();
  for (const object of kernel.objects()) {
    if (object instanceof VmoDispatcher) vmos.set(object.koid, object.vmo);
    if (object instanceof PmtDispatcher) vmos.set(object.pin.vmo.koid, object.pin.vmo);
  }
  for (const process of kernel.processes()) {
    if (process.state === "dead") continue;
    for (const { vmo } of process.aspace.mappings()) vmos.set(vmo.koid, vmo);
  }
  let committed = 0;
  let complete = true;
  for (const vmo of vmos.values()) {
    committed += vmo.committedBytes;
    // A parent that only its slices keep cannot be found from here.
    if (vmo.parentKoid !== 0 && !vmos.has(vmo.parentKoid)) complete = false;
    if (!vmo.alive) problems.push(`${vmo.describe()} is referred to after its end`);
  }
  const used = kernel.frames.used * PAGE_SIZE;
  if (complete ? committed !== used : committed > used) {
    problems.push(`frames taken: ${used} bytes; accounted to VMOs: ${committed} bytes`);
  }
  return problems;
}

/** No two siblings of an address space overlap, and children lie inside their parents. */
function siblingProblems(kernel: Kernel): string[] {
  const problems: string[] = [];
  for (const process of kernel.processes()) {
    if (process.state === "dead") continue;
    const path: { base: number; end: number; next: number }[] = [];
    for (const { base, size, depth, name } of process.aspace.maps()) {
      path.length = depth;
      const parent = path[depth - 1];
      if (parent !== undefined) {
        if (base < parent.next || base + size > parent.end) {
          problems.push(
            `${process.describe()}: ${name} at 0x${base.toString(16)} overlaps a sibling or leaves its parent`,
          );
        }
        parent.next = base + size;
      }
      path.push({ base, end: base + size, next: base });
    }
  }
  return problems;
}
