/**
 * What the processor's MMU does for an address space. It is a cache of what the VMAR tree and the VMOs say: it may hold
 * less at any time, and an access that it does not let through is a page fault, which fills it again.
 */
import type { Window } from "../../../zx/memory.ts";
import type { VmMapping } from "../vm_mapping.ts";

export type AspaceKind = "native" | "portable";

/** A run of frames with consecutive numbers. */
export interface FrameRun {
  readonly frame: number;
  readonly pages: number;
}

/** Typed-array memory that shows frames, apart from the address space itself. */
export interface ArchView {
  readonly bytes: Uint8Array;
  /** The bytes of pages [first, first+count) show something harmless from now on; reading and writing them stays safe. */
  detach(first: number, count: number): void;
  /** After every page was detached: the place may be used again. */
  release(): void;
}

export interface ArchWindow {
  readonly window: Window;
  /** Whether the window depends on which frames the pages have, so that it is revoked when these change. */
  readonly followsFrames: boolean;
}

export interface ArchAspace {
  readonly kind: AspaceKind;
  /** Whether the map and unmap calls below do anything. */
  readonly hasMmu: boolean;
  /** Frames with consecutive numbers at consecutive pages, whatever was there before. `permissions`: PERM_READ and PERM_WRITE bits. */
  mapFrames(address: number, frame: number, pages: number, permissions: number): void;
  /** Pages of zeros that can only be read. */
  mapZeros(address: number, pages: number): void;
  /** Part of a file: device memory that the host can map. */
  mapFile(address: number, size: number, fd: number, fdOffset: number, permissions: number): void;
  /** Every access to the pages faults from now on. */
  unmap(address: number, size: number): void;
  /** How lib/mmio reaches [address, address+size) of a mapping; the caller has checked permissions and the VMO's size. */
  window(mapping: VmMapping, address: number, size: number): ArchWindow;
  /** NOT_SUPPORTED where these frames cannot be shown as one array. */
  createView(runs: readonly FrameRun[], pages: number): ArchView;
  /** The address space is gone; views that exist stay safe. */
  destroy(): void;
}
