import type { DeviceTreeNode } from "../../../../firmware/devicetree/node.ts";
import type { DeviceTree } from "../../../../firmware/devicetree/tree.ts";

export function isIommu(node: DeviceTreeNode): boolean {
  return node.has("#iommu-cells");
}

/** The nodes of IOMMUs, in the order of the tree: the platform bus knows them as 1, 2, ... */
export function iommusOf(tree: DeviceTree): readonly DeviceTreeNode[] {
  return tree.memo(iommusOf, () => [...tree.nodes()].filter(isIommu));
}
