import type { BuiltInDrivers } from "../framework/worker_host/host_program.ts";

/** The drivers that come with Zirconia, by URL, each in its module: a driver host loads those that it is told to start, and no others. */
export const builtinDriverModules: BuiltInDrivers = {
  "fuchsia-boot:///#meta/platform-bus.cm": () => import("../bus/platform/platform_bus.ts"),
  "fuchsia-boot:///#meta/devicetree.cm": () => import("../bus/board/devicetree_board.ts"),
  "fuchsia-boot:///#meta/pci-host-ecam.cm": () => import("../bus/board/ecam_host.ts"),
  "fuchsia-boot:///#meta/q35.cm": () => import("../bus/board/q35.ts"),
  "fuchsia-boot:///#meta/pci.cm": () => import("../bus/pci/pci_bus.ts"),
  "fuchsia-boot:///#meta/crc-engine.cm": () => import("../drivers/crc_engine.ts"),
  "fuchsia-boot:///#meta/edu.cm": () => import("../drivers/edu.ts"),
  "fuchsia-boot:///#meta/pl011.cm": () => import("../drivers/pl011.ts"),
  "fuchsia-boot:///#meta/pl031.cm": () => import("../drivers/pl031.ts"),
  "fuchsia-boot:///#meta/pl061.cm": () => import("../drivers/pl061.ts"),
  "fuchsia-boot:///#meta/pl080.cm": () => import("../drivers/pl080.ts"),
};
