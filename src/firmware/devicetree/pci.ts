/** Addresses on a PCI bus. Source: IEEE 1275 PCI Bus Binding 2.1, 2.2.1.1. */
import type { DeviceTreeNode } from "./node.ts";

/** What an address of three cells says. */
export interface PciAddress {
  readonly space: "config" | "io" | "mem32" | "mem64";
  readonly prefetchable: boolean;
  readonly bus: number;
  readonly device: number;
  readonly function: number;
  /** In configuration space: of the base address register that the entry is about. */
  readonly register: number;
  /** In the address space. */
  readonly offset: bigint;
}

const SPACES = ["config", "io", "mem32", "mem64"] as const;
/** What PCI buses, and those that work like them, are called as `device_type`. */
const PCI_TYPES = ["pci", "pciex", "ht", "vci"];
const OFFSET_MASK = (1n << 64n) - 1n;

/** Whether the children of this node are addressed as PCI functions. */
export function isPciBus(node: DeviceTreeNode): boolean {
  const cells = node.get("#address-cells");
  if (cells?.length !== 4 || cells.u32() !== 3) return false;
  const type = node.get("device_type");
  // The type is deprecated outside of PCI, and even there it is left out at times.
  return type === undefined ? /^pcie?$/.test(node.baseName) : PCI_TYPES.some((name) => type.isString(name));
}

/** Takes an address of three cells apart. */
export function decodePciAddress(address: bigint): PciAddress {
  const high = Number((address >> 64n) & 0xffff_ffffn);
  return {
    space: SPACES[(high >>> 24) & 3]!,
    prefetchable: (high & (1 << 30)) !== 0,
    bus: (high >>> 16) & 0xff,
    device: (high >>> 11) & 0x1f,
    function: (high >>> 8) & 7,
    register: high & 0xff,
    offset: address & OFFSET_MASK,
  };
}

/** Whether two addresses are in one space; memory is one space, however wide its addresses are. */
export function isSamePciSpace(a: bigint, b: bigint): boolean {
  const spaceOf = (address: bigint) => Math.min(Number((address >> 88n) & 3n), 2);
  return spaceOf(a) === spaceOf(b);
}

/** The address without the cell that says which space it is in. */
export function pciOffset(address: bigint): bigint {
  return address & OFFSET_MASK;
}

/** `00:1f.0`. */
export function formatPciFunction({ bus, device, function: number }: PciAddress): string {
  return `${bus.toString(16).padStart(2, "0")}:${device.toString(16).padStart(2, "0")}.${number}`;
}
