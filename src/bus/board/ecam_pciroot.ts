import { type Host, Space, type Window } from "../../fidl/zirconia.pci.host.ts";
import { type Handle, ResourceKind } from "../../zx/constants.ts";
import { ZxError } from "../../zx/error.ts";
import { hex } from "../../zx/pages.ts";
import type { Zx } from "../../zx/syscalls.ts";
import {
  type AddressSpace,
  type AddressSpaceRequest,
  type IrqRoutingEntry,
  type LegacyIrq,
  NO_PARENT,
  type PciPlatformInfo,
  type PciRoot,
} from "../pci/pciroot.ts";
import { type RootWindow, RootWindows } from "../pci/root_windows.ts";
import type { KernelResources } from "../platform/kernel_resources.ts";
import type { Pdev } from "../platform/pdev.ts";

const FOUR_GIB = 2 ** 32;
/** A base address register that is 0 counts as not placed; and low ports are where ISA devices used to be. */
const FIRST_PORT = 0x1000;

/** `pciroot` of a host bridge whose windows and interrupt routes the board driver has described. */
export class EcamPciRoot implements PciRoot {
  readonly name: string;
  /** What each window is, in words. */
  readonly windows: readonly (readonly [name: string, text: string])[];
  readonly #zx: Zx;
  readonly #pdev: Pdev;
  readonly #kernel: KernelResources;
  readonly #host: Host;
  readonly #spaces: RootWindows;

  constructor(zx: Zx, pdev: Pdev, kernel: KernelResources, host: Host) {
    this.#zx = zx;
    this.#pdev = pdev;
    this.#kernel = kernel;
    this.#host = host;
    this.name = `PCI${host.segmentGroup ?? 0}`;
    const { mmio32, mmio64, io } = windowsOf(host.windows ?? []);
    this.windows = [
      ...mmio32.map((window) => ["memory", describe(window)] as const),
      ...mmio64.map((window) => ["memory above 4 GiB", describe(window)] as const),
      ...io.map((window) => ["ports", describe(window)] as const),
    ];
    const memoryResource = kernel.get("mmio");
    this.#spaces = new RootWindows({
      zx,
      mmio32,
      mmio64,
      io,
      memoryResource,
      ioResource: memoryResource,
      ioKind: ResourceKind.MMIO,
    });
  }

  getPciPlatformInfo(): PciPlatformInfo {
    const { segmentGroup = 0, startBus = 0, endBus = 0xff, vectors = [], interruptRoutes = [] } = this.#host;
    const { vmo } = this.#pdev.getMmio(0);
    const legacyIrqs: LegacyIrq[] = [];
    try {
      this.#zx.objectSetName(vmo, "PCI ECAM");
      for (const [i, vector] of vectors.entries())
        legacyIrqs.push({ vector, interrupt: this.#pdev.getInterrupt(i, 0) });
    } catch (error) {
      this.#zx.handleCloseMany([vmo, ...legacyIrqs.map(({ interrupt }) => interrupt)]);
      throw error;
    }
    const irqRouting = interruptRoutes.map(
      ({ device, pins: [a = 0, b = 0, c = 0, d = 0] }): IrqRoutingEntry => ({
        portDeviceId: NO_PARENT,
        portFunctionId: NO_PARENT,
        deviceId: device,
        pins: [a, b, c, d],
      }),
    );
    return { name: this.name, startBus, endBus, segmentGroup, cam: { vmo }, legacyIrqs, irqRouting };
  }

  getBti(bdf: number, index: number): Handle {
    if (index !== 0)
      throw new ZxError(
        "OUT_OF_RANGE",
        `bus transaction initiator ${index} of a PCI function, which has one`,
      );
    return this.#zx.btiCreate(this.#kernel.get("iommu"), 0, bdf);
  }

  getAddressSpace(request: AddressSpaceRequest): AddressSpace {
    return this.#spaces.getAddressSpace(request);
  }

  allocateMsi(count: number): Handle {
    return this.#zx.msiAllocate(this.#kernel.get("system"), count);
  }
}

/** Memory is parted at 4 GiB, by its addresses on the bus. What overlaps with a window before it is left out. */
function windowsOf(windows: readonly Window[]): {
  mmio32: RootWindow[];
  mmio64: RootWindow[];
  io: RootWindow[];
} {
  const found = { mmio32: [] as RootWindow[], mmio64: [] as RootWindow[], io: [] as RootWindow[] };
  const add = (list: RootWindow[], { cpuBase, ...whole }: RootWindow, from: number, to: number) => {
    const base = Math.max(whole.base, from);
    const end = Math.min(whole.base + whole.size, to);
    const isFree = list.every((other) => end <= other.base || other.base + other.size <= base);
    if (base < end && isFree) list.push({ base, size: end - base, cpuBase: cpuBase + (base - whole.base) });
  };
  for (const { space, pciBase, cpuBase, size } of windows) {
    const window = { base: Number(pciBase), cpuBase: Number(cpuBase), size: Number(size) };
    if (space === Space.IO) add(found.io, window, FIRST_PORT, FOUR_GIB);
    else {
      add(found.mmio32, window, 0, FOUR_GIB);
      add(found.mmio64, window, FOUR_GIB, Number.MAX_SAFE_INTEGER);
    }
  }
  return found;
}

function describe({ base, size, cpuBase }: RootWindow): string {
  const at = base === cpuBase ? "" : ` at ${hex(cpuBase)}`;
  return `${hex(base)} + ${hex(size)}${at}`;
}
