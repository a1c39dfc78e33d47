/**
 * An address space that the host's MMU enforces: one Wasm memory, in which every page is without permission until RAM or
 * a device is laid there with mmap. An access that is not allowed traps before it happens, and is a page fault.
 *
 * Typed arrays are never given out over it, since their accesses would not trap but end the process: they have a memory of
 * their own (`ViewArena`), in which every page can be read and written at any time.
 */
import {
  type Libc,
  MAP_ANONYMOUS,
  MAP_FIXED,
  MAP_NORESERVE,
  MAP_PRIVATE,
  MAP_SHARED,
  PROT_NONE,
  PROT_READ,
  PROT_WRITE,
} from "../../../native/libc.ts";
import { VmOption } from "../../../zx/constants.ts";
import { PAGE_SIZE } from "../../../zx/pages.ts";
import type { VmMapping } from "../vm_mapping.ts";
import type { ArchAspace, ArchView, ArchWindow, FrameRun } from "./arch_aspace.ts";
import { deviceWindow } from "./device_window.ts";
import { hostMappings } from "./host_mappings.ts";
import { ViewArena } from "./view_arena.ts";

/** Of 64 KiB: 2 GiB, all of which small integers of V8 can address. lib/mmio's accessor module imports exactly this. */
export const MEMORY_PAGES = 32768;
const MEMORY_SIZE = MEMORY_PAGES * 65536;

export class NativeAspace implements ArchAspace {
  readonly kind = "native";
  readonly hasMmu = true;
  readonly #libc: Libc;
  readonly #ramFd: number;
  readonly #memory: WebAssembly.Memory;
  /** Where the Wasm memory is in the host's process. */
  readonly #origin: number;
  #arena: ViewArena | undefined;
  changes = 0;

  constructor(libc: Libc, ramFd: number) {
    this.#libc = libc;
    this.#ramFd = ramFd;
    this.#memory = new WebAssembly.Memory({ initial: MEMORY_PAGES, maximum: MEMORY_PAGES, shared: true });
    this.#origin = libc.addressOf(new Uint8Array(this.#memory.buffer));
    this.forgetAll();
    hostMappings.add(this);
  }

  mapFrames(address: number, frame: number, pages: number, permissions: number): void {
    this.#map(
      address,
      pages * PAGE_SIZE,
      protectionOf(permissions),
      MAP_SHARED,
      this.#ramFd,
      frame * PAGE_SIZE,
    );
  }

  mapZeros(address: number, pages: number): void {
    this.#map(address, pages * PAGE_SIZE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  }

  mapFile(address: number, size: number, fd: number, fdOffset: number, permissions: number): void {
    this.#map(address, size, protectionOf(permissions), MAP_SHARED, fd, fdOffset);
  }

  unmap(address: number, size: number): void {
    this.#forbid(address, size);
    hostMappings.charge(this);
  }

  /** Unmaps everything; whoever still needs a page faults it in again. */
  forgetAll(): void {
    this.#forbid(0, MEMORY_SIZE);
  }

  window(mapping: VmMapping, address: number, size: number): ArchWindow {
    const { device } = mapping.vmo;
    if (device?.kind === "dispatched") return deviceWindow(mapping, device.io, address, size);
    const { some } = mapping.permissionsWithin(address, size);
    const window = {
      kind: "direct",
      memory: this.#memory,
      address,
      size,
      readable: (some & VmOption.PERM_READ) !== 0,
      writable: (some & VmOption.PERM_WRITE) !== 0,
    } as const;
    return { window, followsFrames: false };
  }

  createView(runs: readonly FrameRun[], pages: number): ArchView {
    this.#arena ??= new ViewArena(this.#libc, this.#ramFd);
    return this.#arena.create(runs, pages);
  }

  destroy(): void {
    hostMappings.remove(this);
  }

  #map(address: number, size: number, protection: number, flags: number, fd: number, fdOffset: number): void {
    hostMappings.charge(this);
    this.#libc.mmap(this.#origin + address, size, protection, flags | MAP_FIXED, fd, fdOffset);
  }

  #forbid(address: number, size: number): void {
    const flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED;
    this.#libc.mmap(this.#origin + address, size, PROT_NONE, flags, -1, 0);
  }
}

function protectionOf(permissions: number): number {
  const read = (permissions & VmOption.PERM_READ) !== 0 ? PROT_READ : PROT_NONE;
  return (permissions & VmOption.PERM_WRITE) !== 0 ? read | PROT_WRITE : read;
}
