/** The drivers between a board and its devices: without them nothing is found. */
import type { Driver } from "../driver/define.ts";
import deviceTreeBoard from "./board/devicetree_board.ts";
import ecamHost from "./board/ecam_host.ts";
import q35 from "./board/q35.ts";
import pciBus from "./pci/pci_bus.ts";
import platformBus from "./platform/platform_bus.ts";

export const busDrivers: readonly Driver[] = [platformBus, deviceTreeBoard, ecamHost, q35, pciBus];
