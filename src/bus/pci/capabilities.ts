/**
 * The lists of capabilities in configuration space. What a device has there is not to be trusted: every list ends.
 *
 * Source: PCI Local Bus 3.0, 6.7; PCI Express Base, 7.9.3 (extended capabilities).
 */
import { CapabilityId } from "../../fidl/fuchsia.hardware.pci.ts";
import { ZxError } from "../../zx/error.ts";
import { hex } from "../../zx/pages.ts";
import { BASE_SIZE, Config, type ConfigSpace, ConfigStatus } from "./config.ts";

export interface Capability {
  readonly id: number;
  /** In configuration space. */
  readonly offset: number;
}

/** Pointers are multiples of 4; their two low bits are reserved. */
const POINTER_MASK = 0xfc;
/** A function has at most one of these. */
const FIXED: ReadonlySet<number> = new Set([
  CapabilityId.PCI_PWR_MGMT,
  CapabilityId.MSI,
  CapabilityId.PCI_EXPRESS,
  CapabilityId.MSIX,
]);

/** OUT_OF_RANGE for a pointer into the header; BAD_STATE for a list that runs in a circle or names a capability twice. */
export function readCapabilities(config: ConfigSpace): Capability[] {
  if ((config.read16(Config.STATUS) & ConfigStatus.CAPABILITIES_LIST) === 0) return [];
  const found: Capability[] = [];
  const seen = new Set<number>();
  let offset = config.read8(Config.CAPABILITIES_PTR) & POINTER_MASK;
  while (offset !== 0) {
    if (offset < Config.HEADER_END) throw outOfList(offset, Config.HEADER_END);
    if (seen.has(offset)) throw circle(offset);
    seen.add(offset);
    const id = config.read8(offset);
    if (FIXED.has(id) && found.some((other) => other.id === id)) {
      throw new ZxError("BAD_STATE", `a second capability ${hex(id, 2)} at ${hex(offset)}`);
    }
    found.push({ id, offset });
    offset = config.read8(offset + 1) & POINTER_MASK;
  }
  return found;
}

/** Those beyond the first 256 bytes. Only PCI Express functions have them. */
export function readExtendedCapabilities(config: ConfigSpace): Capability[] {
  const found: Capability[] = [];
  const seen = new Set<number>();
  let offset = BASE_SIZE;
  while (offset !== 0 && offset < config.size) {
    if (offset < BASE_SIZE) throw outOfList(offset, BASE_SIZE);
    if (seen.has(offset)) throw circle(offset);
    seen.add(offset);
    const header = config.read32(offset);
    // No list at all reads as zeros, or as ones where nothing decodes the extended space.
    if (header === 0 || header === 0xffff_ffff) break;
    found.push({ id: header & 0xffff, offset });
    offset = (header >>> 20) & ~3;
  }
  return found;
}

function outOfList(offset: number, start: number): ZxError {
  return new ZxError("OUT_OF_RANGE", `a capability pointer to ${hex(offset)}, below ${hex(start)}`);
}

function circle(offset: number): ZxError {
  return new ZxError("BAD_STATE", `the capabilities run in a circle at ${hex(offset)}`);
}
