/** Kernels on a machine whose devices do not see the processor's cache, with the sanitizer on. */
import { afterEach, beforeEach } from "vitest";
import { Kernel } from "../../src/kernel/kernel.ts";
import type { AspaceKind } from "../../src/kernel/vm/aspace_factory.ts";
import { createNativeRam } from "../../src/machine/native_ram.ts";
import { createBufferRam } from "../../src/machine/ram.ts";
import type { SimCacheOptions } from "../../src/machine/sim/cache/sim_cache.ts";
import type { DmaPort } from "../../src/machine/sim/dma.ts";
import { SimMachine } from "../../src/machine/sim/sim.ts";
import type { Handle } from "../../src/zx/constants.ts";
import type { Zx } from "../../src/zx/syscalls.ts";
import { onBothSpaces } from "./address_spaces.ts";
import { Cpu } from "./cpu.ts";

/** The first page is firmware's, and can be mapped as physical memory. */
const LAYOUT = { ranges: [{ base: 0, size: 0x1_0000 }], reserved: [{ base: 0, size: 0x1000 }] };

export interface NoncoherentOptions extends SimCacheOptions {
  readonly seed?: number;
  readonly debuggingSyscalls?: boolean;
}

export class Noncoherent {
  readonly machine: SimMachine;
  readonly kernel: Kernel;
  readonly zx: Zx;
  readonly cpu: Cpu;
  /** A device's way to memory. */
  readonly device: DmaPort;
  readonly #closeRam: () => void;

  constructor(machine: SimMachine, kernel: Kernel, closeRam: () => void) {
    this.machine = machine;
    this.kernel = kernel;
    this.zx = kernel.root.zx;
    this.cpu = new Cpu(this.zx.memory);
    this.device = machine.dma.port({ name: "dma0" });
    this.#closeRam = closeRam;
  }

  /** What the sanitizer has found: of each report its problem. */
  get problems(): string[] {
    return this.machine.cache!.sanitizer!.reports.map(({ problem }) => problem);
  }

  bti(): Handle {
    return this.zx.btiCreate(this.kernel.root.iommu, 0, 7);
  }

  /** What a device reads. */
  deviceRead(paddr: number, size: number): number[] {
    const bytes = new Uint8Array(size);
    this.device.read(paddr, bytes);
    return [...bytes];
  }

  async close(): Promise<void> {
    await this.kernel.close();
    this.#closeRam();
  }
}

/** Nothing is evicted or fetched by chance unless that is asked for, so that a test can say what is in the cache. */
export async function createNoncoherent(
  kind: AspaceKind,
  { seed = 1, debuggingSyscalls = true, ...cache }: NoncoherentOptions = {},
): Promise<Noncoherent> {
  const native = kind === "native" ? await createNativeRam(LAYOUT) : undefined;
  const machine = new SimMachine({
    name: "sim-noncoherent",
    architecture: "arm64",
    board: { compatible: ["zirconia,test"] },
    ram: native ?? createBufferRam(LAYOUT),
    coherent: false,
    cache: { evictions: 0, prefetches: 0, sanitizer: "report", ...cache },
    interrupts: 8,
    denied: [],
    seed,
  });
  const kernel = await Kernel.create({ machine, addressSpace: kind, seed, debuggingSyscalls });
  return new Noncoherent(machine, kernel, () => native?.close());
}

/** A kernel for each test, on both kinds of address space. */
export function onBothNoncoherent(
  subject: string,
  tests: (get: () => Noncoherent) => void,
  options: NoncoherentOptions = {},
): void {
  onBothSpaces(subject, ({ kind }) => {
    let current: Noncoherent;
    beforeEach(async () => {
      current = await createNoncoherent(kind, options);
    });
    afterEach(() => current.close());
    tests(() => current);
  });
}
