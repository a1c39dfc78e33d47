/** A driver host with the drivers that come with Zirconia, each loaded when it is asked for. */
import { runDriverHost } from "../../../src/framework/worker_host/host_program.ts";

void runDriverHost({
  "fuchsia-boot:///#meta/crc-engine.cm": () => import("../../../src/drivers/crc_engine.ts"),
  "fuchsia-boot:///#meta/devicetree.cm": () => import("../../../src/bus/board/devicetree_board.ts"),
  "fuchsia-boot:///#meta/edu.cm": () => import("../../../src/drivers/edu.ts"),
  "fuchsia-boot:///#meta/pci-host-ecam.cm": () => import("../../../src/bus/board/ecam_host.ts"),
  "fuchsia-boot:///#meta/pci.cm": () => import("../../../src/bus/pci/pci_bus.ts"),
  "fuchsia-boot:///#meta/pl011.cm": () => import("../../../src/drivers/pl011.ts"),
  "fuchsia-boot:///#meta/pl031.cm": () => import("../../../src/drivers/pl031.ts"),
  "fuchsia-boot:///#meta/pl061.cm": () => import("../../../src/drivers/pl061.ts"),
  "fuchsia-boot:///#meta/pl080.cm": () => import("../../../src/drivers/pl080.ts"),
  "fuchsia-boot:///#meta/platform-bus.cm": () => import("../../../src/bus/platform/platform_bus.ts"),
  "fuchsia-boot:///#meta/q35.cm": () => import("../../../src/bus/board/q35.ts"),
});
