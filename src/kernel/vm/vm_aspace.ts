/** The address space of a process: the tree of its VMARs, what the MMU does for it, and the memory that its program sees. */
import type { Machine } from "../../machine/machine.ts";
import { VmOption } from "../../zx/constants.ts";
import type { AccessKind } from "../../zx/memory.ts";
import { hex } from "../../zx/pages.ts";
import type { MapsEntry } from "../../zx/syscalls.ts";
import type { ArchAspace, AspaceKind } from "./arch/arch_aspace.ts";
import { AspaceMemory } from "./aspace_memory.ts";
import { AspaceViews } from "./aspace_views.ts";
import type { FrameAllocator } from "./frames.ts";
import { CAN_MAP_PERMISSIONS } from "./region_options.ts";
import { UnmapHistory } from "./unmap_history.ts";
import { VmAddressRegion } from "./vm_address_region.ts";
import type { Access, VmMapping } from "./vm_mapping.ts";
import { WindowTable } from "./window_table.ts";

/** The root VMAR begins where Fuchsia's does, so that small numbers are never addresses, and ends one unit below 2 GiB. */
export const ROOT_BASE = 0x20_0000;
export const ROOT_END = 0x7fff_0000;

export interface AspaceShape {
  /** Name of the process, for messages. */
  readonly name: string;
  /** Uniform in [0, 1); mappings go to the lowest fitting address when left out. */
  readonly random?: () => number;
}

export class VmAspace {
  readonly name: string;
  readonly machine: Pick<Machine, "architecture" | "coherent">;
  readonly arch: ArchAspace;
  readonly frames: FrameAllocator;
  readonly random: (() => number) | undefined;
  readonly root: VmAddressRegion;
  readonly memory: AspaceMemory;
  readonly windows = new WindowTable();
  readonly views: AspaceViews;
  readonly history = new UnmapHistory();

  constructor(arch: ArchAspace, frames: FrameAllocator, machine: VmAspace["machine"], shape: AspaceShape) {
    this.name = shape.name;
    this.machine = machine;
    this.arch = arch;
    this.frames = frames;
    this.random = shape.random;
    this.views = new AspaceViews(arch, frames);
    this.memory = new AspaceMemory(this);
    this.root = new VmAddressRegion(this, undefined, {
      name: "root",
      base: ROOT_BASE,
      size: ROOT_END - ROOT_BASE,
      options: CAN_MAP_PERMISSIONS | VmOption.CAN_MAP_SPECIFIC,
    });
  }

  get kind(): AspaceKind {
    return this.arch.kind;
  }

  get alive(): boolean {
    return this.root.alive;
  }

  /** The mapping at an address. */
  find(address: number): VmMapping | undefined {
    return this.root.find(address);
  }

  /** Every mapping, ascending. */
  mappings(): VmMapping[] {
    const found: VmMapping[] = [];
    const visit = (region: VmAddressRegion) => {
      for (const child of region.children) {
        if (child.kind === "mapping") found.push(child);
        else visit(child);
      }
    };
    visit(this.root);
    return found;
  }

  /** ZX_INFO_PROCESS_MAPS: the address space has depth 0, the root VMAR 1. */
  maps(): MapsEntry[] {
    const { base, size } = this.root;
    return [{ type: "aspace", name: this.name, base, size, depth: 0 }, ...this.root.maps(1)];
  }

  /** The process has ended: nothing is mapped any more, every operation on a VMAR is BAD_STATE. Idempotent. */
  destroy(by = "the process ended"): void {
    if (!this.alive) return;
    this.history.end(by);
    this.arch.destroy();
    this.views.detachAll();
    this.root.abandon();
    this.windows.revokeAll();
  }

  /** `read of 4 bytes at 0x201000 by "pci"`. */
  describeAccess(access: AccessKind, { address, size }: Access): string {
    return `${access} of ${size} byte${size === 1 ? "" : "s"} at ${hex(address)} by ${JSON.stringify(this.name)}`;
  }

  /** A mapping is about to lose [start, end). */
  mappingChanging(mapping: VmMapping, start: number, end: number, by: string): void {
    const vmoOffset = mapping.vmoOffset + (start - mapping.base);
    this.history.record({ base: start, size: end - start, vmo: mapping.vmo, vmoOffset, by });
    this.windows.revoke(mapping, mapping.base, mapping.end, "all");
    this.views.detach(start, end);
  }

  /** A part of a mapping is about to have other permissions. */
  permissionsChanging(mapping: VmMapping, start: number, end: number, permissions: number): void {
    this.windows.revoke(mapping, start, end, "all");
    const needed = VmOption.PERM_READ | VmOption.PERM_WRITE;
    if ((permissions & needed) !== needed) this.views.detach(start, end);
  }

  /** Other frames are at [start, end) of a mapping; from `gone` on the VMO has ended. */
  framesChanging(mapping: VmMapping, start: number, end: number, gone: number): void {
    this.windows.revoke(mapping, start, end, "followsFrames");
    if (gone >= end) return;
    this.windows.revoke(mapping, gone, end, "all");
    this.views.detach(gone, end);
  }
}
