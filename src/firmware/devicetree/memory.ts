/** RAM, and what of it is set apart. Source: Devicetree Specification v0.4, 3.4 and 3.5. */

import { joinCells, sizeCells } from "./cells.ts";
import { reasonOf } from "./fdt.ts";
import type { DeviceTreeNode } from "./node.ts";
import { phandleList } from "./phandle_list.ts";
import { type RegDescription, regOf } from "./reg.ts";
import type { DeviceTree } from "./tree.ts";

/** RAM that a memory node tells of. */
export interface MemoryDescription {
  readonly path: string;
  readonly reg: readonly RegDescription[];
  /** It may be taken out, or put in only later. */
  readonly hotpluggable: boolean;
}

/** RAM that is set apart: at a place (`reg`), or wherever there is room (`dynamic`). */
export interface ReservedMemory {
  readonly path: string;
  readonly compatible: readonly string[];
  readonly reg: readonly RegDescription[];
  readonly dynamic: DynamicReservation | null;
  /** The system must not map it, not even to look ahead. */
  readonly noMap: boolean;
  /** The system may use it until its owner wants it. */
  readonly reusable: boolean;
  readonly problem: string | null;
}

export interface DynamicReservation {
  readonly size: bigint;
  readonly alignment: bigint | null;
  /** Where it may be; anywhere if there are none. */
  readonly within: readonly RegDescription[];
}

/** What a device refers to in `memory-region`, as far as it can be found; `problem` says why no further. */
export interface MemoryRegions {
  readonly regions: readonly ReservedMemory[];
  readonly problem: string | null;
}

const NO_REGIONS: MemoryRegions = { regions: [], problem: null };

/** The nodes that describe RAM. */
export function memoryOf(tree: DeviceTree): MemoryDescription[] {
  return [...tree.root.children.values()]
    .filter((node) => node.get("device_type")?.isString("memory"))
    .map((node) => ({
      path: node.path,
      reg: regOf(node),
      hotpluggable: node.has("hotpluggable"),
    }));
}

/** What `/reserved-memory` sets apart. The file's own list is `tree.reservations`. */
export function reservedMemoryOf(tree: DeviceTree): ReservedMemory[] {
  const nodes = tree.root.children.get("reserved-memory")?.children.values() ?? [];
  return [...nodes].map(reservedMemory);
}

/** The regions that a device refers to in `memory-region`. */
export function memoryRegionsOf(device: DeviceTreeNode): MemoryRegions {
  const property = device.get("memory-region");
  if (property === undefined) return NO_REGIONS;
  const { references, problem } = phandleList(property);
  // Many devices can refer to one region, and one device to it many times: it is described once.
  const regions = references.flatMap(({ node }) =>
    node === undefined ? [] : [node.tree.memo(node, () => reservedMemory(node))],
  );
  return { regions, problem: problem ?? null };
}

function reservedMemory(node: DeviceTreeNode): ReservedMemory {
  let dynamic: DynamicReservation | null = null;
  let problem: string | null = null;
  let compatible: readonly string[] = [];
  try {
    compatible = node.compatible;
    dynamic = node.has("reg") ? null : dynamicReservation(node);
    if (dynamic === null && !node.has("reg")) problem = `${node.path} has neither reg nor size`;
  } catch (error) {
    problem = reasonOf(error);
  }
  return {
    path: node.path,
    compatible,
    reg: regOf(node),
    dynamic,
    noMap: node.has("no-map"),
    reusable: node.has("reusable"),
    problem,
  };
}

function dynamicReservation(node: DeviceTreeNode): DynamicReservation | null {
  const { parent } = node;
  if (parent === undefined) return null;
  const number = (name: string): bigint | null => {
    const property = node.get(name);
    if (property === undefined) return null;
    const cells = sizeCells(parent);
    if (property.length !== 4 * cells) throw property.fault(`is no size of ${cells} cells`);
    return joinCells(property, 0, cells);
  };
  const size = number("size");
  if (size === null) return null;
  return { size, alignment: number("alignment"), within: regOf(node, { property: "alloc-ranges" }) };
}
