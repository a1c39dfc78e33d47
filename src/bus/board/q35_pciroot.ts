import { type Handle, InterruptOption, ResourceKind } from "../../zx/constants.ts";
import { ZxError } from "../../zx/error.ts";
import type { Zx } from "../../zx/syscalls.ts";
import type { AddressRange } from "../pci/allocator.ts";
import type {
  AddressSpace,
  AddressSpaceRequest,
  IrqRoutingEntry,
  LegacyIrq,
  PciPlatformInfo,
  PciRoot,
} from "../pci/pciroot.ts";
import { NO_PARENT } from "../pci/pciroot.ts";
import { type RootWindow, RootWindows } from "../pci/root_windows.ts";

/** Where the board has its ECAM: the PCIEXBAR of SeaBIOS and OVMF. */
export const ECAM: AddressRange = { base: 0xb000_0000, size: 256 * 1024 * 1024 };
const MMIO32: AddressRange = { base: 0xc000_0000, size: 0xfec0_0000 - 0xc000_0000 };
const MMIO64: AddressRange = { base: 0x8_0000_0000, size: 32 * 2 ** 30 };
/** Below it are the ports of the chipset. */
const IO: AddressRange = { base: 0x1000, size: 0x1_0000 - 0x1000 };

/** PIRQ A to H of the ICH9 are the inputs 16 to 23 of the I/O APIC. */
const FIRST_PIRQ = 16;
const PIRQ_COUNT = 8;

/** Root resources. The handles stay the board driver's. */
export interface RootResources {
  readonly mmio: Handle;
  readonly ioport: Handle;
  readonly irq: Handle;
  readonly system: Handle;
  readonly iommu: Handle;
}

/** `pciroot` of a Q35: its address windows, its ECAM, and the way of its interrupt pins. */
export class Q35PciRoot implements PciRoot {
  readonly #zx: Zx;
  readonly #resources: RootResources;
  readonly #windows: RootWindows;

  constructor(zx: Zx, resources: RootResources) {
    this.#zx = zx;
    this.#resources = resources;
    this.#windows = new RootWindows({
      zx,
      mmio32: [identity(MMIO32)],
      mmio64: [identity(MMIO64)],
      io: [identity(IO)],
      memoryResource: resources.mmio,
      ioResource: resources.ioport,
      ioKind: ResourceKind.IOPORT,
    });
  }

  getPciPlatformInfo(): PciPlatformInfo {
    const vmo = this.#zx.vmoCreatePhysical(this.#resources.mmio, ECAM.base, ECAM.size);
    const legacyIrqs: LegacyIrq[] = [];
    try {
      this.#zx.objectSetName(vmo, "PCI ECAM");
      for (let vector = FIRST_PIRQ; vector < FIRST_PIRQ + PIRQ_COUNT; vector++) {
        const interrupt = this.#zx.interruptCreate(
          this.#resources.irq,
          vector,
          InterruptOption.MODE_LEVEL_HIGH,
        );
        legacyIrqs.push({ vector, interrupt });
      }
    } catch (error) {
      this.#zx.handleCloseMany([vmo, ...legacyIrqs.map(({ interrupt }) => interrupt)]);
      throw error;
    }
    return {
      name: "PCI0",
      startBus: 0,
      endBus: 255,
      segmentGroup: 0,
      cam: { vmo },
      legacyIrqs,
      irqRouting: irqRouting(),
    };
  }

  getBti(bdf: number, index: number): Handle {
    if (index !== 0)
      throw new ZxError(
        "OUT_OF_RANGE",
        `bus transaction initiator ${index} of a PCI function, which has one`,
      );
    return this.#zx.btiCreate(this.#resources.iommu, 0, bdf);
  }

  getAddressSpace(request: AddressSpaceRequest): AddressSpace {
    return this.#windows.getAddressSpace(request);
  }

  allocateMsi(count: number): Handle {
    return this.#zx.msiAllocate(this.#resources.system, count);
  }
}

/** Processors and devices have the same addresses. */
function identity(range: AddressRange): RootWindow {
  return { ...range, cpuBase: range.base };
}

/**
 * How the ICH9 routes interrupt pins when its registers are as at reset: devices 25 to 31 have a PIRQ for each pin (A to D),
 * the others take turns at E to H.
 */
export function irqRouting(): IrqRoutingEntry[] {
  return Array.from({ length: 32 }, (_, deviceId) => {
    const vector = (pin: number) =>
      deviceId >= 25 ? FIRST_PIRQ + pin : FIRST_PIRQ + 4 + ((deviceId + pin) % 4);
    return {
      portDeviceId: NO_PARENT,
      portFunctionId: NO_PARENT,
      deviceId,
      pins: [vector(0), vector(1), vector(2), vector(3)],
    };
  });
}
