import type { Visitor } from "../visitor.ts";

/** `compatible`: what drivers bind to, by its first and most specific string. */
export const bindPropertyVisitor: Visitor = {
  name: "bind-property",
  visit(device) {
    const [first] = device.description.compatible;
    if (first === undefined) return;
    device.addProperty("fuchsia.devicetree.FIRST_COMPATIBLE", first);
    // The newer key, that other buses give their nodes, too.
    device.addProperty("fuchsia.COMPATIBLE", first);
  },
};
