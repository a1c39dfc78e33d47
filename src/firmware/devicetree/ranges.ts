import { addressCells, countEntries, joinCells, sizeCells } from "./cells.ts";
import type { DeviceTreeNode } from "./node.ts";
import { isPciBus, isSamePciSpace, pciOffset } from "./pci.ts";

/** A window of a bus into its parent's address space. On a PCI bus `child` has three cells, the space in the first (`pci.ts`). */
export interface BusRange {
  readonly child: bigint;
  readonly parent: bigint;
  readonly size: bigint;
}

/** An address on a bus, in its parent's terms. */
export interface MappedAddress {
  readonly address: bigint;
  /** Bytes from there to the end of the window. */
  readonly left: bigint;
}

/**
 * The windows of a bus: what its `ranges` (or `dma-ranges`) says. Undefined if it has no such property; none if that is empty, which
 * means that both address spaces are one. IO_DATA_INTEGRITY if it cannot be read.
 *
 * Source: Devicetree Specification v0.4, 2.3.8 and 2.3.9.
 */
export function rangesOf(
  bus: DeviceTreeNode,
  name: "ranges" | "dma-ranges" = "ranges",
): readonly BusRange[] | undefined {
  const property = bus.get(name);
  if (property === undefined) return undefined;
  return bus.tree.memo(property, () => {
    const childCells = addressCells(bus);
    const parentCells = bus.parent === undefined ? childCells : addressCells(bus.parent);
    const size = sizeCells(bus);
    const count = countEntries(property, childCells, size, parentCells);
    const ranges: BusRange[] = [];
    for (let i = 0, at = 0; i < count; i++, at += childCells + parentCells + size) {
      ranges.push({
        child: joinCells(property, at, childCells),
        parent: joinCells(property, at + childCells, parentCells),
        size: joinCells(property, at + childCells + parentCells, size),
      });
    }
    return ranges;
  });
}

/** Where the first window that covers `address` puts it; undefined if none does. */
export function mapThrough(
  bus: DeviceTreeNode,
  ranges: readonly BusRange[],
  address: bigint,
): MappedAddress | undefined {
  const isPci = isPciBus(bus);
  for (const { child, parent, size } of ranges) {
    if (isPci && !isSamePciSpace(child, address)) continue;
    const offset = isPci ? pciOffset(address) - pciOffset(child) : address - child;
    if (offset >= 0n && offset < size) return { address: parent + offset, left: size - offset };
  }
  return undefined;
}
