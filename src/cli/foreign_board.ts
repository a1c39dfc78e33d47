import { createForeignArm64 } from "../boards/foreign_arm64.ts";
import type { EventStream } from "../events/events.ts";
import { gicVersion } from "../firmware/devicetree/gic.ts";
import { memoryOf } from "../firmware/devicetree/memory.ts";
import { parseDeviceTree } from "../firmware/devicetree/parse.ts";
import type { RegDescription } from "../firmware/devicetree/reg.ts";
import { regOf } from "../firmware/devicetree/reg.ts";
import type { DeviceTree } from "../firmware/devicetree/tree.ts";
import type { Machine, PhysicalRange } from "../machine/machine.ts";
import { createBufferRam } from "../machine/ram.ts";
import { roundDown, roundUp } from "../zx/pages.ts";

/** As much RAM as drivers without devices can want. */
const RAM_SIZE = 64 * 2 ** 20;
/** Where RAM is put if the tree does not say (boot loaders put that in): beyond all devices of any board. */
const RAM_BASE = 2 ** 44;

/** A machine of which there is nothing but this device tree: see `createForeignArm64`. IO_DATA_INTEGRITY for a file that is none. */
export function createForeignBoard(deviceTree: Uint8Array, events: EventStream): Machine {
  const tree = parseDeviceTree(deviceTree);
  const controllers = interruptControllersOf(tree);
  return createForeignArm64({
    deviceTree,
    compatible: tree.root.get("compatible")?.strings() ?? [],
    ram: createBufferRam({ ranges: [ramOf(tree, controllers)] }),
    denied: controllers,
    events,
  });
}

function ramOf(tree: DeviceTree, controllers: readonly PhysicalRange[]): PhysicalRange {
  for (const { base, size } of memoryOf(tree).flatMap(({ reg }) => rangesOf(reg))) {
    const start = roundUp(base);
    const range = { base: start, size: Math.min(roundDown(base + size) - start, RAM_SIZE) };
    if (range.size === RAM_SIZE && controllers.every((controller) => areApart(controller, range)))
      return range;
  }
  return { base: RAM_BASE, size: RAM_SIZE };
}

/** Ranges that are the kernel's, each only once. */
function interruptControllersOf(tree: DeviceTree): (PhysicalRange & { readonly name: string })[] {
  const found: (PhysicalRange & { readonly name: string })[] = [];
  for (const node of tree.nodes()) {
    if (gicVersion(node) === undefined) continue;
    for (const { base, size } of rangesOf(regOf(node))) {
      const start = roundDown(base);
      const range = { base: start, size: roundUp(base + size) - start, name: node.name };
      if (found.every((other) => areApart(other, range))) found.push(range);
    }
  }
  return found;
}

function rangesOf(reg: readonly RegDescription[]): PhysicalRange[] {
  return reg.flatMap((entry) => (entry.kind === "cpu" ? [{ base: entry.base, size: entry.size }] : []));
}

function areApart(a: PhysicalRange, b: PhysicalRange): boolean {
  return a.base + a.size <= b.base || b.base + b.size <= a.base;
}
