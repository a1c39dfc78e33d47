/** A driver host with the drivers that a machine needs. */
import { runDriverHost } from "../../../src/framework/worker_host/host_program.ts";

void runDriverHost({
  "fuchsia-boot:///#meta/q35.cm": () => import("../../../src/bus/board/q35.ts"),
  "fuchsia-boot:///#meta/pci.cm": () => import("../../../src/bus/pci/pci_bus.ts"),
  "fuchsia-boot:///#meta/edu.cm": () => import("../../../src/drivers/edu.ts"),
});
