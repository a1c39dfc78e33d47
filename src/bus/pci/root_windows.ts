import { type Handle, ResourceFlag, ResourceKind } from "../../zx/constants.ts";
import { ZxError } from "../../zx/error.ts";
import type { Zx } from "../../zx/syscalls.ts";
import { AddressAllocator, type AddressRange } from "./allocator.ts";
import type { AddressSpace, AddressSpaceRequest } from "./pciroot.ts";

/** A window through which processors reach the bus. */
export interface RootWindow extends AddressRange {
  /** `base` is on the bus; the processors find it here. */
  readonly cpuBase: number;
}

export interface RootWindowsParts {
  readonly zx: Zx;
  /** Memory below and above 4 GiB on the bus. */
  readonly mmio32: readonly RootWindow[];
  readonly mmio64: readonly RootWindow[];
  readonly io: readonly RootWindow[];
  /** What resources for memory and for I/O are cut from. On machines without I/O ports both are MMIO. They stay the caller's. */
  readonly memoryResource: Handle;
  readonly ioResource: Handle;
  readonly ioKind: number;
}

interface Space {
  readonly name: string;
  readonly windows: readonly RootWindow[];
  readonly allocator: AddressAllocator;
  readonly resource: Handle;
  readonly kind: number;
}

/** Gives out parts of a PCI root's windows, each with an exclusive resource. */
export class RootWindows {
  readonly #zx: Zx;
  readonly #mmio32: Space;
  readonly #mmio64: Space;
  readonly #io: Space;

  constructor({ zx, mmio32, mmio64, io, memoryResource, ioResource, ioKind }: RootWindowsParts) {
    this.#zx = zx;
    const space = (name: string, windows: readonly RootWindow[], resource: Handle, kind: number): Space => ({
      name,
      windows,
      allocator: new AddressAllocator(windows),
      resource,
      kind,
    });
    this.#mmio32 = space("PCI Mmio32", mmio32, memoryResource, ResourceKind.MMIO);
    this.#mmio64 = space("PCI Mmio64", mmio64, memoryResource, ResourceKind.MMIO);
    this.#io = space("PCI Io", io, ioResource, ioKind);
  }

  /** See `PciRoot.getAddressSpace`. */
  getAddressSpace({ type, size, base, low }: AddressSpaceRequest): AddressSpace {
    const space = type === "io" ? this.#io : low ? this.#mmio32 : this.#mmio64;
    const { allocator } = space;
    const range = allocator.allocate(base === undefined ? { size } : { size, base });
    const cpuBase = toCpu(space, range);
    let resource: Handle;
    try {
      const options = space.kind | ResourceFlag.EXCLUSIVE;
      resource = this.#zx.resourceCreate(space.resource, options, cpuBase, range.size, space.name);
    } catch (error) {
      allocator.free(range);
      throw error;
    }
    let held = true;
    const release = () => {
      if (!held) return;
      held = false;
      this.#zx.handleClose(resource);
      allocator.free(range);
    };
    return { ...range, cpuBase, resource, release };
  }
}

function toCpu({ windows, name }: Space, { base }: AddressRange): number {
  const window = windows.find((window) => window.base <= base && base < window.base + window.size);
  if (window === undefined) throw new ZxError("INTERNAL", `${name}: allocated outside of its windows`);
  return window.cpuBase + (base - window.base);
}
