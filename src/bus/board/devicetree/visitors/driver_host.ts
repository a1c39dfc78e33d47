import type { Visitor } from "../visitor.ts";

/** `fuchsia,driver-host = "name"`: devices with the same name have their drivers in one host. */
export const driverHostVisitor: Visitor = {
  name: "driver-host",
  visit(device) {
    device.driverHost = device.node.get("fuchsia,driver-host")?.string();
  },
};
