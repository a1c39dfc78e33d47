/** The drivers between a board and its devices: without them nothing is found. */
import type { Driver } from "../driver/define.ts";
import q35 from "./board/q35.ts";
import pciBus from "./pci/pci_bus.ts";

export const busDrivers: readonly Driver[] = [q35, pciBus];
