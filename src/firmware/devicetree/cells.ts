/** Numbers in properties, and how many cells they take. Source: Devicetree Specification v0.4, 2.3.5. */
import type { DeviceTreeNode } from "./node.ts";
import type { Property } from "./property.ts";

/** Cells of an address on this bus, as in its children's `reg`. Not inherited. */
export function addressCells(bus: DeviceTreeNode): number {
  return bus.get("#address-cells")?.u32() ?? 2;
}

/** Cells of a size on this bus, as in its children's `reg`. Not inherited. */
export function sizeCells(bus: DeviceTreeNode): number {
  return bus.get("#size-cells")?.u32() ?? 1;
}

/** The number that `count` cells from `index` on make together, the most significant one first; 0 if there are none. */
export function joinCells(property: Property, index: number, count: number): bigint {
  if (count === 1) return BigInt(property.cell(index));
  let value = 0n;
  for (let i = 0; i < count; i++) value = (value << 32n) | BigInt(property.cell(index + i));
  return value;
}

/** `count` cells from `index` on. */
export function sliceCells(property: Property, index: number, count: number): number[] {
  const cells: number[] = [];
  for (let i = 0; i < count; i++) cells.push(property.cell(index + i));
  return cells;
}

/** How many entries a property has that consist of so many cells each. IO_DATA_INTEGRITY if that does not come out even. */
export function countEntries(property: Property, address: number, size: number, parentAddress = 0): number {
  const cells = address + parentAddress + size;
  const count = property.length / (4 * cells);
  if (property.length === 0) return 0;
  if (Number.isInteger(count)) return count;
  const parent = parentAddress === 0 ? "" : ` parent's address ${parentAddress},`;
  throw property.fault(`but an entry has ${cells} cells (address ${address},${parent} size ${size})`);
}
