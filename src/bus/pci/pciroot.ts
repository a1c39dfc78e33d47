import type { Handle } from "../../zx/constants.ts";

/** Its name among a node's in-process protocols. */
export const PCIROOT = "fuchsia.hardware.pciroot";

/** `fuchsia.pci.BIND_PROTOCOL.ROOT`: a node with this `fuchsia.BIND_PROTOCOL` has that protocol, and is for the PCI bus driver. */
export const PCIROOT_BIND_PROTOCOL = 0x20;

/** In `IrqRoutingEntry`: the function is on the root bus. */
export const NO_PARENT = 0xff;

/** To which vectors the four pins of a device lead. */
export interface IrqRoutingEntry {
  /** The root port that the device is behind; NO_PARENT for the root bus itself. */
  readonly portDeviceId: number;
  readonly portFunctionId: number;
  readonly deviceId: number;
  /** Vectors of the pins A to D; 0 where a pin leads nowhere. */
  readonly pins: readonly [number, number, number, number];
}

export interface LegacyIrq {
  readonly vector: number;
  readonly interrupt: Handle;
}

/** What a board knows of a PCI segment. */
export interface PciPlatformInfo {
  readonly name: string;
  readonly startBus: number;
  readonly endBus: number;
  readonly segmentGroup: number;
  /** The ECAM: 1 MiB a bus, from that of `startBus` on. */
  readonly cam: { readonly vmo: Handle };
  readonly legacyIrqs: readonly LegacyIrq[];
  readonly irqRouting: readonly IrqRoutingEntry[];
}

export interface AddressSpaceRequest {
  readonly type: "memory" | "io";
  /** Bytes, or ports. */
  readonly size: number;
  /** Exactly here; by default anywhere, naturally aligned. */
  readonly base?: number;
  /** Below 4 GiB. */
  readonly low: boolean;
}

/** A part of the root's address windows, in use until it is released. */
export interface AddressSpace {
  /** On the bus: what a base address register is given. */
  readonly base: number;
  readonly size: number;
  /** Where processors find it, which on some boards is elsewhere. */
  readonly cpuBase: number;
  /** An exclusive resource for the range; the address space owns it. */
  readonly resource: Handle;
  /** Gives the range back. Idempotent. */
  release(): void;
}

/**
 * What a board driver offers the PCI bus driver, in the same process (Banjo `fuchsia.hardware.pciroot`).
 *
 * Source: Fuchsia's pciroot.fidl, as far as a bus whose ECAM is mapped needs it.
 */
export interface PciRoot {
  /** The handles in it are new ones at each call, and the caller's. */
  getPciPlatformInfo(): PciPlatformInfo;
  /** `bdf`: bus << 8 | device << 3 | function. OUT_OF_RANGE for any index but 0. */
  getBti(bdf: number, index: number): Handle;
  /** NO_RESOURCES where nothing is left; NOT_FOUND where the exact base cannot be had. */
  getAddressSpace(request: AddressSpaceRequest): AddressSpace;
  /** A block of `count` message-signalled interrupts, a power of two. */
  allocateMsi(count: number): Handle;
}
