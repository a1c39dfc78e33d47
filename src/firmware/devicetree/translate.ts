/** From an address on a bus to the address that a processor uses, and for DMA. Source: Devicetree Specification v0.4, 2.3.8, 2.3.9. */
import { hex } from "../../zx/pages.ts";
import { reasonOf } from "./fdt.ts";
import type { DeviceTreeNode } from "./node.ts";
import { decodePciAddress, isPciBus, type PciAddress, pciOffset } from "./pci.ts";
import { type BusRange, mapThrough, rangesOf } from "./ranges.ts";

/**
 * What a bus without `ranges` means. `spec`: its addresses are its own, processors cannot reach them. `lenient`, as Fuchsia's
 * devicetree library has it: they are taken for processor addresses as they are.
 */
export type TranslationRule = "spec" | "lenient";

/** One bus that an address goes through. */
export interface AddressHop {
  /** Path of the bus. */
  readonly bus: string;
  /** The address on it. */
  readonly from: bigint;
  /** The address on the bus that it is a device of; the processors' at last. */
  readonly to: bigint;
  /** The space that `from` is in, if it is a PCI bus. */
  readonly space: PciAddress["space"] | null;
}

/** `local`: there is no way to the processors, and none is meant to be. `unresolved`: what should be a way is broken. */
export type Translation =
  | {
      readonly kind: "cpu";
      readonly address: bigint;
      readonly hops: readonly AddressHop[];
      /** What is odd about it, though it has an address. */
      readonly note: string | null;
    }
  | { readonly kind: "local" | "unresolved"; readonly hops: readonly AddressHop[]; readonly reason: string };

/**
 * Translates an address as a child of `bus` has it in its `reg`, hop by hop, into one of the processors. Addresses of three cells
 * (PCI) are one number of 96 bits. As everywhere, it is the first byte's address that is translated; should the window end before
 * `size` bytes do, `note` says so.
 */
export function translateAddress(
  bus: DeviceTreeNode,
  address: bigint,
  { rule = "spec", size = 0n }: { readonly rule?: TranslationRule; readonly size?: bigint } = {},
): Translation {
  return follow(bus, address, size, "ranges", rule === "spec" ? "stop" : "arrive");
}

/**
 * Translates an address that a device on `bus` uses for DMA into one of the processors, through `dma-ranges`. A bus without them
 * passes addresses on as they are.
 */
export function translateDmaAddress(bus: DeviceTreeNode, address: bigint, size = 0n): Translation {
  return follow(bus, address, size, "dma-ranges", "pass");
}

function follow(
  start: DeviceTreeNode,
  startAddress: bigint,
  size: bigint,
  property: "ranges" | "dma-ranges",
  /** At a bus without the property. */
  missing: "stop" | "arrive" | "pass",
): Translation {
  const hops: AddressHop[] = [];
  let address = startAddress;
  let note: string | null = null;
  let bus = start;
  for (; bus.parent !== undefined; bus = bus.parent) {
    let ranges: readonly BusRange[] | undefined;
    try {
      ranges = rangesOf(bus, property);
    } catch (error) {
      return { kind: "unresolved", hops, reason: reasonOf(error) };
    }
    const isPci = isPciBus(bus);
    const from = isPci ? pciOffset(address) : address;
    if (ranges === undefined && missing !== "pass") {
      if (missing === "stop")
        return { kind: "local", hops, reason: `${bus.path} has no ranges: its addresses are its own` };
      return {
        kind: "cpu",
        address: from,
        hops,
        note: `${bus.path} has no ranges: the address is taken as it is`,
      };
    }
    const space = isPci ? decodePciAddress(address).space : null;
    if (ranges === undefined || ranges.length === 0) {
      // Both address spaces are one, which for two PCI buses includes the space that an address is in.
      if (!(isPci && isPciBus(bus.parent))) address = from;
    } else {
      const mapped = mapThrough(bus, ranges, address);
      if (mapped === undefined)
        return {
          kind: "unresolved",
          hops,
          reason: `${bus.path}: no entry of ${property} covers ${describe(space, from)}`,
        };
      if (mapped.left < size)
        note ??= `${hex(size)} bytes, but the window of ${bus.path} ends after ${hex(mapped.left)}`;
      address = mapped.address;
    }
    hops.push({ bus: bus.path, from, to: isPciBus(bus.parent) ? pciOffset(address) : address, space });
  }
  return { kind: "cpu", address: isPciBus(bus) ? pciOffset(address) : address, hops, note };
}

function describe(space: PciAddress["space"] | null, address: bigint): string {
  return space === null ? hex(address) : `${space} ${hex(address)}`;
}
