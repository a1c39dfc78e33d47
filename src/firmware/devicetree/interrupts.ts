/** Where interrupts go. Source: Devicetree Specification v0.4, 2.4. */
import { hex } from "../../zx/pages.ts";
import { sliceCells } from "./cells.ts";
import { reasonOf } from "./fdt.ts";
import { decodeGicInterrupt, type GicInterrupt, gicVersion } from "./gic.ts";
import { routeThroughNexus, unitAddressFor } from "./nexus.ts";
import type { DeviceTreeNode } from "./node.ts";
import { phandleList } from "./phandle_list.ts";
import type { Property } from "./property.ts";
import { MAX_ENTRIES } from "./reg.ts";

/** A nexus node that an interrupt passes on its way to its controller. */
export interface InterruptHop {
  /** Path of the node with `interrupt-map`. */
  readonly nexus: string;
  readonly unitAddress: readonly number[];
  readonly specifier: readonly number[];
}

export type InterruptDescription =
  | {
      readonly kind: "resolved";
      readonly index: number;
      /** From `interrupt-names`. */
      readonly name: string | null;
      /** Path of the interrupt controller. */
      readonly controller: string;
      /** The controller's cells. */
      readonly specifier: readonly number[];
      /** The same, where the controller is a GIC. */
      readonly gic: GicInterrupt | null;
      readonly through: readonly InterruptHop[];
    }
  | {
      readonly kind: "unresolved";
      readonly index: number;
      readonly name: string | null;
      readonly through: readonly InterruptHop[];
      readonly reason: string;
    };

/** The start of an interrupt's way: the interrupt parent and the cells that the device has for it, or why there is none. */
type Source = { readonly node: DeviceTreeNode; readonly specifier: readonly number[] } | string;

/**
 * The interrupts of a device: those of `interrupts-extended`, or else of `interrupts`, resolved to their controllers through every
 * `interrupt-map`; at most `limit` of them. Never throws: what cannot be resolved says why.
 */
export function interruptsOf(
  device: DeviceTreeNode,
  names: readonly string[] = [],
  limit = MAX_ENTRIES,
): InterruptDescription[] {
  const extended = device.get("interrupts-extended");
  const plain = device.get("interrupts");
  if (extended !== undefined) return resolveAll(device, extendedSources(extended), names, limit);
  return plain === undefined ? [] : resolveAll(device, plainSources(device, plain), names, limit);
}

/**
 * The node that a device's `interrupts` are meant for: what the nearest `interrupt-parent` refers to, or the nearest ancestor that takes
 * interrupts. A string is why there is none.
 */
export function interruptParent(device: DeviceTreeNode): DeviceTreeNode | string {
  for (let node = device; ; ) {
    const property = node.get("interrupt-parent");
    if (property !== undefined) {
      if (property.length !== 4) return property.fault("is no phandle").detail;
      const phandle = property.u32();
      const parent = device.tree.nodeByPhandle(phandle);
      if (parent === undefined)
        return `interrupt-parent of ${node.path} is phandle ${hex(phandle)}, which no node has`;
      if (!parent.has("#interrupt-cells"))
        return `interrupt-parent of ${node.path} is ${parent.path}, which has no #interrupt-cells`;
      return parent;
    }
    if (node.parent === undefined) return "there is no interrupt-parent, here or above";
    node = node.parent;
    if (node.has("#interrupt-cells")) return node;
  }
}

function plainSources(device: DeviceTreeNode, property: Property): Source[] {
  const node = interruptParent(device);
  if (typeof node === "string") return [node];
  const size = node.get("#interrupt-cells")!;
  if (size.length !== 4 || size.u32() === 0)
    return [`#interrupt-cells of ${node.path} is no number of cells`];
  const width = size.u32();
  const count = Math.floor(property.length / (4 * width));
  const sources: Source[] = [];
  for (let i = 0; i < count; i++) sources.push({ node, specifier: sliceCells(property, width * i, width) });
  const rest = property.length - 4 * width * count;
  if (rest > 0)
    sources.push(`interrupts ends with ${rest} bytes, but an interrupt of ${node.path} has ${4 * width}`);
  return sources;
}

function extendedSources(property: Property): Source[] {
  const { references, problem } = phandleList(property, "#interrupt-cells");
  const sources = references.map(
    ({ node, args }): Source =>
      node === undefined ? "left out: the phandle is 0" : { node, specifier: args },
  );
  return problem === undefined ? sources : [...sources, problem];
}

function resolveAll(
  device: DeviceTreeNode,
  sources: readonly Source[],
  names: readonly string[],
  limit: number,
): InterruptDescription[] {
  return sources.slice(0, limit).map((source, index) => resolve(device, source, index, names[index] ?? null));
}

function resolve(
  device: DeviceTreeNode,
  source: Source,
  index: number,
  name: string | null,
): InterruptDescription {
  if (typeof source === "string") return { kind: "unresolved", index, name, through: [], reason: source };
  const { node, specifier } = source;
  let unitAddress: readonly number[] = [];
  if (node.has("interrupt-map")) {
    try {
      unitAddress = unitAddressFor(node, device);
    } catch (error) {
      return { kind: "unresolved", index, name, through: [], reason: reasonOf(error) };
    }
  }
  const routed = routeThroughNexus("interrupt", { node, unitAddress, specifier });
  const through = routed.through.map(
    (hop): InterruptHop => ({ nexus: hop.node.path, unitAddress: hop.unitAddress, specifier: hop.specifier }),
  );
  const unresolved = (reason: string): InterruptDescription => ({
    kind: "unresolved",
    index,
    name,
    through,
    reason,
  });
  if (routed.end === undefined) return unresolved(routed.problem!);
  const { node: controller, specifier: cells } = routed.end;
  if (!controller.has("interrupt-controller"))
    return unresolved(`${controller.path} has neither interrupt-controller nor interrupt-map`);
  const version = gicVersion(controller);
  const gic = version === undefined ? null : decodeGicInterrupt(version, cells);
  if (typeof gic === "string") return unresolved(`${controller.path}: ${gic}`);
  return { kind: "resolved", index, name, controller: controller.path, specifier: cells, gic, through };
}
