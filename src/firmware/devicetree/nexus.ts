/**
 * Nexus nodes: `interrupt-map`, `gpio-map` and their like, which turn a specifier of one domain into one of another. Source:
 * Devicetree Specification v0.4, 2.4.3 and 2.5.
 */
import { hex } from "../../zx/pages.ts";
import { addressCells, sliceCells } from "./cells.ts";
import { reasonOf } from "./fdt.ts";
import type { DeviceTreeNode } from "./node.ts";
import type { Property } from "./property.ts";

/** What a node is asked for: a specifier, and for interrupts the unit address of who asks. */
export interface Request {
  readonly node: DeviceTreeNode;
  /** Empty for everything but interrupts. */
  readonly unitAddress: readonly number[];
  readonly specifier: readonly number[];
}

export interface Routed {
  /** The nexus nodes that were passed. */
  readonly through: readonly Request[];
  /** The node that has no map, with the specifier in its terms; undefined if there is no way there. */
  readonly end: Request | undefined;
  /** Why. */
  readonly problem: string | undefined;
}

interface NexusMap {
  readonly mask: readonly number[];
  /** Bits that are taken from the request; undefined where none are. */
  readonly passThru: readonly number[];
  /** By the masked request. */
  readonly entries: ReadonlyMap<string, Request>;
  /** Why there may be entries that were not read. */
  readonly problem: string | undefined;
}

/** Nexus nodes that one request can pass: more than any tree has, so a circle ends here. */
const MAX_HOPS = 32;

/**
 * Follows the maps called `<domain>-map` from a node to the one that has none: from a PCI host bridge to the interrupt controller
 * behind it, from a connector to the GPIO controller.
 */
export function routeThroughNexus(domain: string, request: Request): Routed {
  const through: Request[] = [];
  let at = request;
  for (; at.node.has(`${domain}-map`); ) {
    if (through.length === MAX_HOPS)
      return {
        through,
        end: undefined,
        problem: `the way goes in circles: ${MAX_HOPS} nodes with ${domain}-map were passed`,
      };
    through.push(at);
    let map: NexusMap;
    try {
      map = mapOf(at.node, domain);
    } catch (error) {
      return { through, end: undefined, problem: reasonOf(error) };
    }
    const asked = [...at.unitAddress, ...at.specifier];
    const entry = map.entries.get(keyOf(asked, map.mask));
    if (entry === undefined) {
      const looked = `${domain}-map of ${at.node.path} has no entry for ${asked.map((cell) => hex(cell)).join(" ")}`;
      return {
        through,
        end: undefined,
        problem: map.problem === undefined ? looked : `${looked}; ${map.problem}`,
      };
    }
    const specifier = entry.specifier.map((cell, i) => {
      const passed = map.passThru[i] ?? 0;
      return ((cell & ~passed) | ((at.specifier[i] ?? 0) & passed)) >>> 0;
    });
    at = { ...entry, specifier };
  }
  return { through, end: at, problem: undefined };
}

/** The unit address by which `device` asks an interrupt nexus: the first cells of its `reg`, 0 where it has none. */
export function unitAddressFor(nexus: DeviceTreeNode, device: DeviceTreeNode): number[] {
  const reg = device.get("reg");
  const here = reg === undefined ? 0 : Math.floor(reg.length / 4);
  return Array.from({ length: limited(addressCells(nexus)) }, (_, i) => (i < here ? reg!.cell(i) : 0));
}

function mapOf(nexus: DeviceTreeNode, domain: string): NexusMap {
  const property = nexus.get(`${domain}-map`)!;
  return nexus.tree.memo(property, () => readMap(nexus, domain, property));
}

function readMap(nexus: DeviceTreeNode, domain: string, property: Property): NexusMap {
  const cellsName = `#${domain}-cells`;
  const isInterrupt = domain === "interrupt";
  const addressed = isInterrupt ? limited(addressCells(nexus)) : 0;
  const width = addressed + limited(nexus.get(cellsName)?.u32() ?? 0);
  const mask = cellsOf(nexus, `${domain}-map-mask`, width) ?? new Array<number>(width).fill(0xffff_ffff);
  const passThru = nexus.get(`${domain}-map-pass-thru`)?.cells() ?? [];
  const entries = new Map<string, Request>();
  const map = (problem?: string): NexusMap => ({ mask, passThru, entries, problem });

  const cells = property.cells();
  for (let at = 0, index = 0; at < cells.length; index++) {
    const what = `entry ${index} of ${property.name}`;
    if (at + width >= cells.length) return map(`${what} is cut off`);
    const key = keyOf(cells.slice(at, at + width), mask);
    at += width;
    const phandle = cells[at++]!;
    const node = nexus.tree.nodeByPhandle(phandle);
    if (node === undefined) return map(`${what} refers to phandle ${hex(phandle)}, which no node has`);
    const specifierCells = node.get(cellsName);
    if (specifierCells?.length !== 4) return map(`${what} refers to ${node.path}, which has no ${cellsName}`);
    // A controller that no bus hangs on often has no #address-cells, and then means that there are none.
    const unitCells = isInterrupt ? (node.get("#address-cells")?.u32() ?? 0) : 0;
    const size = unitCells + specifierCells.u32();
    if (size > cells.length - at)
      return map(`${what} is cut off: ${size} cells for ${node.path}, ${cells.length - at} are left`);
    const unitAddress = sliceCells(property, at, unitCells);
    const specifier = sliceCells(property, at + unitCells, size - unitCells);
    if (!entries.has(key)) entries.set(key, { node, unitAddress, specifier });
    at += size;
  }
  return map();
}

function cellsOf(nexus: DeviceTreeNode, name: string, width: number): number[] | undefined {
  const property = nexus.get(name);
  if (property === undefined) return undefined;
  const cells = property.cells();
  if (cells.length !== width) throw property.fault(`does not have ${width} cells`);
  return cells;
}

/** Both what is asked and what an entry says are masked, so that an entry with bits outside of the mask is found as Linux finds it. */
function keyOf(cells: readonly number[], mask: readonly number[]): string {
  return mask.map((bits, i) => ((cells[i] ?? 0) & bits) >>> 0).join(" ");
}

/** A number of cells that is asked for before it is clear that there are so many: no binding has more than this. */
function limited(cells: number): number {
  return Math.min(cells, 64);
}
