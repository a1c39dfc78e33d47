/**
 * Overlays: trees that change another one, with references into it left open. The form is that of `dtc -@`: `__fixups__` and
 * `__local_fixups__` say which cells hold phandles, fragments what goes where.
 */
import { ZxError } from "../../zx/error.ts";
import { hex } from "../../zx/pages.ts";
import type { DeviceTreeNode } from "./node.ts";
import type { Property } from "./property.ts";
import { DeviceTree, nodesUnder } from "./tree.ts";

/** The largest phandle: 0xffffffff is what dtc writes where one is left open. */
const MAX_PHANDLE = 0xffff_fffe;

/** A part of an overlay that has found its place. */
interface Fragment {
  readonly name: string;
  readonly target: DeviceTreeNode;
}

/**
 * Applies an overlay to a tree, as libfdt (`fdtoverlay`) does, and returns the tree that comes of it; neither of the two is changed. The
 * overlay's phandles are renumbered to stand behind the base's, except that a node of the base keeps the phandle it has, since
 * others refer to it by that. Nodes are matched by their whole names.
 *
 * NOT_FOUND for a label or target that the base does not have. IO_DATA_INTEGRITY for an overlay that is malformed.
 */
export function applyOverlay(base: DeviceTree, overlay: DeviceTree): DeviceTree {
  const result = copyTree(base);
  const patch = copyTree(overlay);
  const shift = highestPhandle(result);
  renumber(patch, (phandle) => phandle + shift);
  fixReferences(patch, result);
  const nodes = [...patch.root.children.values()].filter(({ children }) => children.has("__overlay__"));
  if (nodes.length === 0)
    throw new ZxError("IO_DATA_INTEGRITY", "the overlay has no node with __overlay__ in it");
  const kept = phandlesOfBase(nodes, result);
  renumber(patch, (phandle) => kept.get(phandle) ?? phandle);
  // One after the other: a fragment's target can be what an earlier one adds.
  const fragments = nodes.map((node): Fragment => {
    const target = findTarget(node, result);
    copyInto(node.children.get("__overlay__")!, target);
    return { name: node.name, target };
  });
  addSymbols(patch, result, fragments);
  return result;
}

/** With values of its own, so that cells can be changed. */
function copyTree(tree: DeviceTree): DeviceTree {
  const { version, bootCpu, reservations, padding } = tree;
  const copy = new DeviceTree({ version, bootCpu, reservations, padding });
  copyInto(tree.root, copy.root);
  return copy;
}

/** Copies properties and children; those of one name are replaced and merged. */
function copyInto(from: DeviceTreeNode, to: DeviceTreeNode): void {
  for (const [node, target] of pairs(from, to, childOf))
    for (const property of node.properties.values())
      target.setProperty(property.name, new Uint8Array(property.bytes));
}

/** The nodes of a tree, each with its counterpart in another one, as far as `step` finds the counterparts of children. */
function* pairs(
  from: DeviceTreeNode,
  to: DeviceTreeNode,
  step: (parent: DeviceTreeNode, name: string) => DeviceTreeNode | undefined,
): Generator<[DeviceTreeNode, DeviceTreeNode], void, undefined> {
  const counterparts = new Map([[from, to]]);
  for (const node of nodesUnder(from)) {
    const above = node === from ? undefined : counterparts.get(node.parent!);
    const counterpart = node === from ? to : above && step(above, node.name);
    if (counterpart === undefined) continue;
    counterparts.set(node, counterpart);
    yield [node, counterpart];
  }
}

function childOf(node: DeviceTreeNode, name: string): DeviceTreeNode {
  return node.children.get(name) ?? node.addNode(name);
}

function highestPhandle(tree: DeviceTree): number {
  let highest = 0;
  for (const { phandle } of tree.nodes())
    if (phandle !== undefined && phandle <= MAX_PHANDLE && phandle > highest) highest = phandle;
  return highest;
}

/**
 * Changes the phandles of an overlay's own nodes, and with them what refers to them. Where that is, `__local_fixups__` says: it has the
 * overlay's shape, and its properties are lists of the offsets at which the overlay's hold phandles.
 */
function renumber(patch: DeviceTree, change: (phandle: number) => number): void {
  for (const node of patch.nodes()) {
    for (const name of ["phandle", "linux,phandle"]) {
      const property = node.get(name);
      if (property !== undefined) changeCell(property, 0, change);
    }
  }
  const fixups = patch.root.children.get("__local_fixups__");
  if (fixups !== undefined) {
    const child = (parent: DeviceTreeNode, name: string) => parent.children.get(name);
    for (const [node, counterpart] of pairs(fixups, patch.root, child)) {
      for (const offsets of node.properties.values()) {
        const property = counterpart.get(offsets.name);
        if (property === undefined)
          throw offsets.fault(`is about a property that ${counterpart.path} does not have`);
        for (const offset of offsets.cells()) changeCell(property, offset, change);
      }
    }
  }
  patch.changed();
}

/** By the phandle of an overlay's node: that of the node of the base which it is merged into, if that has one. */
function phandlesOfBase(fragments: readonly DeviceTreeNode[], result: DeviceTree): Map<number, number> {
  const kept = new Map<number, number>();
  for (const fragment of fragments) {
    const target = targetOf(fragment, result);
    if (typeof target === "string") continue;
    const child = (parent: DeviceTreeNode, name: string) => parent.children.get(name);
    for (const [node, { phandle }] of pairs(fragment.children.get("__overlay__")!, target, child))
      if (node.phandle !== undefined && phandle !== undefined) kept.set(node.phandle, phandle);
  }
  return kept;
}

/** `__fixups__` has a property for each label of the base, and in it the places that want its phandle: `path:property:offset`. */
function fixReferences(patch: DeviceTree, result: DeviceTree): void {
  const symbols = result.symbols;
  for (const label of patch.root.children.get("__fixups__")?.properties.values() ?? []) {
    const symbol = symbols.get(label.name);
    const phandle = symbol?.node?.phandle;
    if (phandle === undefined) {
      const why =
        symbol === undefined
          ? "has no such symbol"
          : symbol.node === undefined
            ? `has no ${symbol.path}`
            : `gives ${symbol.path} no phandle`;
      throw new ZxError("NOT_FOUND", `the overlay refers to ${label.name}, but the base ${why}`);
    }
    for (const place of label.strings()) {
      const [, path, name, offset] = /^(\/[^:]*):([^:]*):(\d{1,9})$/.exec(place) ?? [];
      const property = path === undefined ? undefined : patch.find(path)?.get(name!);
      if (property === undefined) throw label.fault(`names ${place}, which is no place in the overlay`);
      setCell(property, Number(offset), phandle);
    }
  }
}

function findTarget(fragment: DeviceTreeNode, result: DeviceTree): DeviceTreeNode {
  const target = targetOf(fragment, result);
  if (typeof target === "string")
    throw new ZxError("NOT_FOUND", `${fragment.path}: the base has no node ${target}`);
  return target;
}

/** A string is what there is no node of. */
function targetOf(fragment: DeviceTreeNode, result: DeviceTree): DeviceTreeNode | string {
  const byPhandle = fragment.get("target")?.u32();
  if (byPhandle !== undefined) return result.nodeByPhandle(byPhandle) ?? `of phandle ${hex(byPhandle)}`;
  const path = fragment.get("target-path")?.string();
  if (path === undefined)
    throw new ZxError("IO_DATA_INTEGRITY", `${fragment.path} has neither target nor target-path`);
  return result.find(path) ?? path;
}

/** The overlay's labels become the result's, with the paths that their nodes now have. */
function addSymbols(patch: DeviceTree, result: DeviceTree, fragments: readonly Fragment[]): void {
  for (const [label, { path }] of patch.symbols) {
    const [, name, middle, ...rest] = path.split("/");
    const fragment = fragments.find((one) => one.name === name);
    if (fragment === undefined || middle !== "__overlay__") continue;
    const { target } = fragment;
    const moved = [target.parent === undefined ? "" : target.path, ...rest].join("/");
    childOf(result.root, "__symbols__").setProperty(
      label,
      new TextEncoder().encode(`${moved === "" ? "/" : moved}\0`),
    );
  }
}

function changeCell(property: Property, offset: number, change: (phandle: number) => number): void {
  const cell = cellAt(property, offset);
  const changed = change(cell.getUint32(0));
  if (changed > MAX_PHANDLE)
    throw property.fault(`has phandle ${hex(cell.getUint32(0))}, which becomes too large`);
  cell.setUint32(0, changed);
}

function setCell(property: Property, offset: number, value: number): void {
  cellAt(property, offset).setUint32(0, value);
}

/** Cells need not be aligned: `[00 01 &label]` is allowed. */
function cellAt(property: Property, offset: number): DataView {
  if (offset > property.length - 4) throw property.fault(`has no phandle at offset ${offset}`);
  const { buffer, byteOffset } = property.bytes;
  return new DataView(buffer, byteOffset + offset, 4);
}
