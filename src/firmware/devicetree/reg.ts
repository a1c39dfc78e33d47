import { hex } from "../../zx/pages.ts";
import { addressCells, countEntries, joinCells, sizeCells } from "./cells.ts";
import { reasonOf } from "./fdt.ts";
import type { DeviceTreeNode } from "./node.ts";
import { decodePciAddress, formatPciFunction, isPciBus, pciOffset } from "./pci.ts";
import type { Property } from "./property.ts";
import { type AddressHop, type TranslationRule, translateAddress } from "./translate.ts";

/** Entries of `reg`, or interrupts, of one node that are resolved: far more than any device has. */
export const MAX_ENTRIES = 1024;

interface RegEntry {
  readonly index: number;
  /** From `reg-names`. */
  readonly name: string | null;
  /** As the device's bus has it; of a PCI address, what is behind the first cell. */
  readonly busAddress: bigint;
  readonly busSize: bigint;
}

/** Where an entry comes out. */
type Outcome =
  | {
      /** A range of the processors' addresses: registers, or RAM in nodes that describe RAM. */
      readonly kind: "cpu";
      readonly base: number;
      /** Bytes. */
      readonly size: number;
      /** The buses from the device to the processors. */
      readonly hops: readonly AddressHop[];
      readonly note: string | null;
    }
  | {
      /** `local`: an address that is not meant to be the processors' (of an I2C device, say); `unresolved`: something is broken. */
      readonly kind: "local" | "unresolved";
      /** As far as the way was found. */
      readonly hops: readonly AddressHop[];
      readonly reason: string;
    };

/** An entry of `reg`. */
export type RegDescription = RegEntry & Outcome;

export interface RegOptions {
  /** `spec` where not given. */
  readonly rule?: TranslationRule;
  /** Names of the entries. */
  readonly names?: readonly string[];
  /** Entries that are looked at; `MAX_ENTRIES` where not given. */
  readonly limit?: number;
  /** A property that is made like `reg`. */
  readonly property?: string;
}

/** The entries of a device's `reg`, as ranges of the processors' addresses where they are such. Never throws: what is not says why. */
export function regOf(device: DeviceTreeNode, options: RegOptions = {}): RegDescription[] {
  const { parent } = device;
  const property = device.get(options.property ?? "reg");
  if (property === undefined) return [];
  const broken = (reason: string): RegDescription[] => [
    {
      kind: "unresolved",
      index: 0,
      name: options.names?.[0] ?? null,
      busAddress: 0n,
      busSize: 0n,
      hops: [],
      reason,
    },
  ];
  if (parent === undefined) return broken("the root node is on no bus");
  try {
    return readReg(parent, property, options);
  } catch (error) {
    return broken(reasonOf(error));
  }
}

function readReg(
  bus: DeviceTreeNode,
  property: Property,
  { rule = "spec", names = [], limit = MAX_ENTRIES }: RegOptions,
): RegDescription[] {
  const addressWidth = addressCells(bus);
  const sizeWidth = sizeCells(bus);
  const count = Math.min(countEntries(property, addressWidth, sizeWidth), limit);
  const isPci = isPciBus(bus);
  const entries: RegDescription[] = [];
  for (let index = 0; index < count; index++) {
    const at = index * (addressWidth + sizeWidth);
    const address = joinCells(property, at, addressWidth);
    const busSize = joinCells(property, at + addressWidth, sizeWidth);
    entries.push({
      index,
      name: names[index] ?? null,
      busAddress: isPci ? pciOffset(address) : address,
      busSize,
      ...(isPci && property.name === "reg"
        ? pciFunction(address)
        : sizeWidth === 0
          ? { kind: "local", hops: [], reason: `an address on ${bus.path}, whose #size-cells is 0` }
          : cpuRange(bus, address, busSize, rule)),
    });
  }
  return entries;
}

/** A function's entries tell its address and the sizes of its registers. Where those are, `assigned-addresses` says. */
function pciFunction(address: bigint): Outcome {
  const pci = decodePciAddress(address);
  const register = pci.register === 0 ? "" : `, register ${hex(pci.register)}`;
  return { kind: "local", hops: [], reason: `PCI function ${formatPciFunction(pci)}${register}` };
}

function cpuRange(bus: DeviceTreeNode, address: bigint, size: bigint, rule: TranslationRule): Outcome {
  const translation = translateAddress(bus, address, { rule, size });
  if (translation.kind !== "cpu") return translation;
  const { address: base, hops, note } = translation;
  if (size === 0n) return { kind: "local", hops, reason: "its size is 0" };
  if (base + size > BigInt(Number.MAX_SAFE_INTEGER))
    return { kind: "unresolved", hops, reason: `${hex(base)} + ${hex(size)} is beyond 2^53` };
  return { kind: "cpu", hops, base: Number(base), size: Number(size), note };
}
