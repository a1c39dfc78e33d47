import { hex } from "../../zx/pages.ts";
import { sliceCells } from "./cells.ts";
import type { DeviceTreeNode } from "./node.ts";
import type { Property } from "./property.ts";

/** A reference to a node, with the numbers that follow it: `<&gic 0 33 4>`. */
export interface PhandleReference {
  /** Undefined where the phandle is 0: an entry that is left out, so that those behind it keep their index. */
  readonly node: DeviceTreeNode | undefined;
  readonly args: readonly number[];
}

export interface PhandleList {
  readonly references: readonly PhandleReference[];
  /** Why the list could not be read to its end: what follows a broken reference is anybody's guess. */
  readonly problem: string | undefined;
}

/**
 * Reads a property that refers to nodes. How many numbers follow a phandle says the node itself, in the property called `cellsName`
 * (`"#clock-cells"` for `clocks`); without that name, none do (`memory-region`).
 */
export function phandleList(property: Property, cellsName?: string): PhandleList {
  const references: PhandleReference[] = [];
  const stop = (problem: string): PhandleList => ({ references, problem });
  if (property.length % 4 !== 0) return stop(property.fault("is no list of 4-byte cells").detail);
  const count = property.length / 4;
  for (let index = 0; index < count; ) {
    const phandle = property.cell(index++);
    if (phandle === 0) {
      references.push({ node: undefined, args: [] });
      continue;
    }
    const node = property.node.tree.nodeByPhandle(phandle);
    const what = `entry ${references.length} of ${property.name} refers to`;
    if (node === undefined) return stop(`${what} phandle ${hex(phandle)}, which no node has`);
    let size = 0;
    if (cellsName !== undefined) {
      const cells = node.get(cellsName);
      if (cells === undefined) return stop(`${what} ${node.path}, which has no ${cellsName}`);
      if (cells.length !== 4) return stop(`${what} ${node.path}, whose ${cellsName} is no number`);
      size = cells.u32();
    }
    if (size > count - index)
      return stop(`${what} ${node.path}, whose ${cellsName} is ${size}, but ${count - index} cells are left`);
    references.push({ node, args: sliceCells(property, index, size) });
    index += size;
  }
  return { references, problem: undefined };
}
