import { persist } from "../../../../fidl/runtime/body.ts";
import { CLOCKS, METADATA_ID } from "../../../../fidl/zirconia.clock.ts";
import type { DeviceTreeNode } from "../../../../firmware/devicetree/node.ts";
import { phandleList } from "../../../../firmware/devicetree/phandle_list.ts";
import type { Visitor } from "../visitor.ts";

const FIXED_CLOCK = new Set(["fixed-clock"]);

/**
 * `clocks` that always run at one speed: their frequencies, as metadata. A device none of whose clocks is such has none.
 * Source: binding fixed-clock.
 */
export const fixedClocksVisitor: Visitor = {
  name: "fixed-clocks",
  visit(device) {
    const property = device.node.get("clocks");
    if (property === undefined) return;
    const { references } = phandleList(property, "#clock-cells");
    const frequencies = references.map(({ node }) => (node === undefined ? 0 : frequencyOf(node)));
    if (frequencies.every((frequency) => frequency === 0)) return;
    const names = device.node.get("clock-names")?.strings() ?? [];
    const clocks = frequencies.map((frequency, i) => ({ name: names[i] ?? "", frequency }));
    device.addMetadata(METADATA_ID, persist(CLOCKS, { clocks }));
  },
};

function frequencyOf(clock: DeviceTreeNode): number {
  const property = clock.isCompatible(FIXED_CLOCK) ? clock.get("clock-frequency") : undefined;
  return property?.length === 4 ? property.u32() : 0;
}
