import type { DeviceTreeNode } from "../../../../firmware/devicetree/node.ts";
import { phandleList } from "../../../../firmware/devicetree/phandle_list.ts";
import type { Visitor } from "../visitor.ts";
import { iommusOf } from "./iommu.ts";

/** Number 0 is the platform bus's own, which leaves addresses as they are. */
const STUB_IOMMU = 0;
/** What a node has that reads or writes memory by itself, where there is no IOMMU. */
const MASTERS = ["#dma-cells", "dma-coherent", "dma-noncoherent"];

/**
 * `iommus`: the bus transaction initiators of a device. Where there are none, a device whose node shows that it is a master of its own
 * has one without translation, named by the device.
 */
export const btiVisitor: Visitor = {
  name: "bti",
  visit(device, { tree }) {
    const { node } = device;
    const property = node.get("iommus");
    if (property === undefined) {
      if (isMaster(node)) device.addBti({ iommuId: STUB_IOMMU, btiId: device.index });
      return;
    }
    const { references, problem } = phandleList(property, "#iommu-cells");
    if (problem !== undefined) device.note(problem);
    const iommus = iommusOf(tree);
    for (const { node: iommu, args } of references) {
      const index = iommu === undefined ? -1 : iommus.indexOf(iommu);
      // The stream id; an IOMMU without cells has one initiator for each device.
      if (index >= 0) device.addBti({ iommuId: index + 1, btiId: args[0] ?? device.index });
    }
  },
};

function isMaster(node: DeviceTreeNode): boolean {
  return MASTERS.some((name) => node.has(name));
}
