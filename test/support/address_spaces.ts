/** The two kinds of address space under one suite of tests. */
import { describe } from "vitest";
import { type AspaceKind, createAspaceFactory } from "../../src/kernel/vm/aspace_factory.ts";
import { FrameAllocator } from "../../src/kernel/vm/frames.ts";
import type { VmAddressRegion } from "../../src/kernel/vm/vm_address_region.ts";
import type { VmAspace } from "../../src/kernel/vm/vm_aspace.ts";
import type { VmMapping } from "../../src/kernel/vm/vm_mapping.ts";
import type { VmObject } from "../../src/kernel/vm/vm_object.ts";
import { VmObjectPaged } from "../../src/kernel/vm/vm_object_paged.ts";
import { VmObjectPhysical } from "../../src/kernel/vm/vm_object_physical.ts";
import { createNativeRam } from "../../src/machine/native_ram.ts";
import { SimCache } from "../../src/machine/sim/cache/sim_cache.ts";
import { VmOption } from "../../src/zx/constants.ts";
import { ZxError } from "../../src/zx/error.ts";
import { PAGE_SIZE } from "../../src/zx/pages.ts";
import { Cpu } from "./cpu.ts";
import { FakeMachine, MiB } from "./fake_machine.ts";

const LAYOUT = { ranges: [{ base: 0, size: 16 * MiB }], reserved: [{ base: 0, size: MiB }] };

/** A kernel's memory without a kernel: frames, VMOs and one address space. */
export class Space {
  readonly machine: FakeMachine;
  readonly frames: FrameAllocator;
  readonly aspace: VmAspace;
  readonly cpu: Cpu;
  readonly #newAspace: (name: string) => VmAspace;
  readonly #closeRam: () => void;
  #nextKoid = 1024;

  constructor(
    machine: FakeMachine,
    frames: FrameAllocator,
    newAspace: (name: string) => VmAspace,
    closeRam: () => void,
  ) {
    this.machine = machine;
    this.frames = frames;
    this.#closeRam = closeRam;
    this.#newAspace = newAspace;
    this.aspace = newAspace("host");
    this.cpu = new Cpu(this.aspace.memory);
  }

  get root(): VmAddressRegion {
    return this.aspace.root;
  }

  koid(): number {
    return this.#nextKoid++;
  }

  newAspace(name: string): VmAspace {
    return this.#newAspace(name);
  }

  vmo(
    pages: number,
    options: { resizable?: boolean; discardable?: boolean; name?: string } = {},
  ): VmObjectPaged {
    const vmo = VmObjectPaged.create(this.frames, { koid: this.koid(), size: pages * PAGE_SIZE, ...options });
    vmo.name = options.name ?? "test";
    return vmo;
  }

  contiguous(pages: number, alignmentLog2 = 0): VmObjectPaged {
    return VmObjectPaged.createContiguous(this.frames, {
      koid: this.koid(),
      size: pages * PAGE_SIZE,
      alignmentLog2,
    });
  }

  physical(base: number, size: number): VmObjectPhysical {
    const resolve = (paddr: number, bytes: number) => this.machine.resolve(paddr, bytes);
    return VmObjectPhysical.create(this.frames, { koid: this.koid(), range: { base, size }, resolve });
  }

  child(
    parent: VmObject,
    kind: "snapshot" | "slice" | "reference",
    firstPage = 0,
    pages = 0,
    resizable = false,
  ): VmObject {
    const range = { offset: firstPage * PAGE_SIZE, size: pages * PAGE_SIZE };
    return parent.createChild({ koid: this.koid(), kind, resizable, ...range });
  }

  /** Maps all of a VMO readable and writable; `page` is where in the root VMAR, in pages. */
  map(vmo: VmObject, options: MapOptions = {}): VmMapping {
    return (options.in ?? this.root).map({
      options: (options.options ?? RW) | (options.page === undefined ? 0 : VmOption.SPECIFIC),
      vmarOffset: (options.page ?? 0) * PAGE_SIZE,
      vmo,
      vmoOffset: (options.vmoPage ?? 0) * PAGE_SIZE,
      length: (options.pages ?? vmo.size / PAGE_SIZE) * PAGE_SIZE,
      ...(options.ceiling === undefined ? {} : { vmoPermissions: options.ceiling }),
    });
  }

  close(): void {
    this.aspace.destroy();
    this.#closeRam();
  }
}

export interface MapOptions {
  readonly page?: number;
  readonly pages?: number;
  readonly vmoPage?: number;
  readonly options?: number;
  readonly in?: VmAddressRegion;
  readonly ceiling?: number;
}

export const READ = VmOption.PERM_READ;
export const RW = VmOption.PERM_READ | VmOption.PERM_WRITE;

export interface SpaceUnderTest {
  readonly kind: AspaceKind;
  readonly missing: string | undefined;
  /** Mappings go to the lowest fitting address unless `random` is given. */
  create(random?: () => number): Promise<Space>;
  /** The same behind a cache, in which everything that can happen by chance happens often. */
  createCached(seed: number): Promise<Space>;
}

async function createSpace(
  kind: AspaceKind,
  { random, cacheSeed }: { random?: (() => number) | undefined; cacheSeed?: number } = {},
): Promise<Space> {
  const nativeRam = kind === "native" ? await createNativeRam(LAYOUT) : undefined;
  const machine = new FakeMachine(nativeRam === undefined ? {} : { ram: nativeRam });
  const cache =
    cacheSeed === undefined
      ? undefined
      : new SimCache(machine.ram, cacheSeed, { evictions: 0.2, prefetches: 0.2, sets: 16, ways: 2 });
  const frames = new FrameAllocator(machine.ram, cache);
  const factory = await createAspaceFactory({ machine, frames, kind });
  const create = (name: string) => factory.create(random === undefined ? { name } : { name, random });
  return new Space(machine, frames, create, () => nativeRam?.close());
}

async function whyMissing(kind: AspaceKind): Promise<string | undefined> {
  try {
    (await createSpace(kind)).close();
    return undefined;
  } catch (error) {
    if (error instanceof ZxError) return error.detail;
    throw error;
  }
}

export const spacesUnderTest: readonly SpaceUnderTest[] = await Promise.all(
  (["portable", "native"] as const).map(async (kind) => ({
    kind,
    missing: await whyMissing(kind),
    create: (random?: () => number) => createSpace(kind, { random }),
    createCached: (cacheSeed: number) => createSpace(kind, { cacheSeed }),
  })),
);

/** Runs the same tests on both address spaces; one that cannot be had here is skipped, with the reason in its name. */
export function onBothSpaces(subject: string, tests: (space: SpaceUnderTest) => void): void {
  for (const space of spacesUnderTest) {
    const reason = space.missing === undefined ? "" : ` (skipped: ${space.missing})`;
    describe.skipIf(space.missing !== undefined)(`${subject}, ${space.kind} address space${reason}`, () =>
      tests(space),
    );
  }
}

/** The status name that a call fails with, or "OK". Anything but a ZxError is thrown on. */
export function statusOf(action: () => unknown): string {
  try {
    action();
    return "OK";
  } catch (error) {
    if (error instanceof ZxError) return error.statusName;
    throw error;
  }
}

/** Which of `count` pages from `base` on can be read, first page first: `"1101"`. */
export function mappedPages(space: Space, base: number, count: number): string {
  let bitmap = "";
  for (let page = 0; page < count; page++) {
    bitmap += statusOf(() => space.cpu.load8(base + page * PAGE_SIZE)) === "OK" ? "1" : "0";
  }
  return bitmap;
}
