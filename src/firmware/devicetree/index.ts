/** Device trees: flattened device trees (DTB) in and out, and what they say of devices as plain data. It runs anywhere, a browser included. */
export { addressCells, sizeCells } from "./cells.ts";
export * from "./chosen.ts";
export * from "./dma.ts";
export { formatDeviceTree } from "./dts.ts";
export * from "./gic.ts";
export * from "./interrupts.ts";
export * from "./memory.ts";
export { type Request, type Routed, routeThroughNexus, unitAddressFor } from "./nexus.ts";
export type { DeviceTreeNode } from "./node.ts";
export { applyOverlay } from "./overlay.ts";
export { parseDeviceTree } from "./parse.ts";
export { decodePciAddress, formatPciFunction, isPciBus, type PciAddress } from "./pci.ts";
export * from "./phandle_list.ts";
export type { Property } from "./property.ts";
export { type BusRange, rangesOf } from "./ranges.ts";
export * from "./reg.ts";
export * from "./resolve.ts";
export { serializeDeviceTree } from "./serialize.ts";
export * from "./status.ts";
export * from "./translate.ts";
export {
  DeviceTree,
  type DeviceTreeOptions,
  type MemoryReservation,
  type NamedPath,
  nodesUnder,
} from "./tree.ts";
