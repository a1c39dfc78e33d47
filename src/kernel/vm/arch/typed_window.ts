/**
 * Windows that are what the mapping's memory type says, the same in both kinds of address space: through the cache of a machine
 * that has a model of one, or past it; and with the alignment faults of device memory.
 */

import { AlignmentFault } from "../../../zx/error.ts";
import type { AccessKind, Io, Window } from "../../../zx/memory.ts";
import type { VmMapping } from "../vm_mapping.ts";
import { VmObjectPhysical } from "../vm_object_physical.ts";
import type { ArchWindow } from "./arch_aspace.ts";
import { deviceWindow } from "./device_window.ts";
import { ramWindow } from "./ram_window.ts";

/** Accesses of all widths are aligned where their window is and their offset in it. */
const WIDEST_ACCESS = 8;

export function typedWindow(mapping: VmMapping, address: number, size: number): ArchWindow {
  const found = windowOf(mapping, address, size);
  if (!mapping.memoryType.aligned || address % WIDEST_ACCESS === 0) return found;
  const { window, followsFrames } = found;
  if (window.kind === "dispatched") return { window: aligned(mapping, address, window), followsFrames };
  // Memory that the host's MMU maps does not fault for us; RAM can be reached in another way.
  if (mapping.vmo.device !== undefined) return found;
  const other = ramWindow(mapping, mapping.aspace.frames.ram.io, address, size);
  return { ...other, window: aligned(mapping, address, other.window) };
}

function windowOf(mapping: VmMapping, address: number, size: number): ArchWindow {
  const { aspace, vmo } = mapping;
  const { cache } = aspace.frames;
  if (cache === undefined) return aspace.arch.window(mapping, address, size);
  const { cached } = mapping.memoryType;
  if (vmo.device === undefined) return ramWindow(mapping, mapping.ram.io, address, size);
  if (cached && vmo.device.kind === "dispatched" && vmo instanceof VmObjectPhysical) {
    const io = cache.registers(vmo.device.io, vmo.range.base, mapping.accessor);
    return deviceWindow(mapping, io, address, size);
  }
  return aspace.arch.window(mapping, address, size);
}

function aligned(mapping: VmMapping, address: number, window: Window): Window {
  if (window.kind !== "dispatched") return window;
  return { ...window, io: new AlignedIo(mapping, window.io, address - window.offset) };
}

/** Device memory of an arm64: an access that is not aligned to its width is an alignment fault. */
class AlignedIo implements Io {
  readonly #mapping: VmMapping;
  readonly #io: Io;
  /** Address of offset 0. */
  readonly #base: number;

  constructor(mapping: VmMapping, io: Io, base: number) {
    this.#mapping = mapping;
    this.#io = io;
    this.#base = base;
  }

  get high(): number {
    return this.#io.high;
  }

  #check(offset: number, access: AccessKind, size: number): void {
    const address = this.#base + offset;
    if (address % size === 0) return;
    const { aspace, memoryType } = this.#mapping;
    const what = `${this.#mapping.describe()} is ${memoryType.name}, where an access is aligned to its width`;
    throw new AlignmentFault(
      "INVALID_ARGS",
      `alignment fault: ${aspace.describeAccess(access, { address, size })}: ${what}`,
      address,
    );
  }

  read8(offset: number): number {
    return this.#io.read8(offset);
  }

  read16(offset: number): number {
    this.#check(offset, "read", 2);
    return this.#io.read16(offset);
  }

  read32(offset: number): number {
    this.#check(offset, "read", 4);
    return this.#io.read32(offset);
  }

  read64(offset: number): number {
    this.#check(offset, "read", 8);
    return this.#io.read64(offset);
  }

  write8(offset: number, value: number): void {
    this.#io.write8(offset, value);
  }

  write16(offset: number, value: number): void {
    this.#check(offset, "write", 2);
    this.#io.write16(offset, value);
  }

  write32(offset: number, value: number): void {
    this.#check(offset, "write", 4);
    this.#io.write32(offset, value);
  }

  write64(offset: number, low: number, high: number): void {
    this.#check(offset, "write", 8);
    this.#io.write64(offset, low, high);
  }

  flush(): void {
    this.#io.flush?.();
  }
}
