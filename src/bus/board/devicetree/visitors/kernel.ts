import { gicVersion } from "../../../../firmware/devicetree/gic.ts";
import type { Visitor } from "../visitor.ts";

/** What turns messages of devices into interrupts, beside the controllers themselves. */
const MESSAGE_FRAMES = new Set(["arm,gic-v2m-frame", "arm,gic-v3-its"]);

/** Interrupt controllers that the kernel drives: nobody else may have them. */
export const kernelVisitor: Visitor = {
  name: "kernel",
  visit(device) {
    const { node } = device;
    if (gicVersion(node) !== undefined || node.isCompatible(MESSAGE_FRAMES))
      device.withhold("the kernel drives it");
  },
};
