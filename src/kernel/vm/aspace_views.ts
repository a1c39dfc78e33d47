/**
 * The typed-array views that a program holds on RAM in its mappings. Their pages keep their frames as long as the view is
 * good; where it ends (unmapped, permissions taken away, cut off the VMO), the array shows something harmless instead.
 */
import { ZxError } from "../../zx/error.ts";
import { PAGE_SIZE } from "../../zx/pages.ts";
import type { ArchAspace, ArchView, FrameRun } from "./arch/arch_aspace.ts";
import type { FrameAllocator } from "./frames.ts";
import type { VmMapping } from "./vm_mapping.ts";
import type { VmPin } from "./vm_object.ts";

/** A part of a view that still shows RAM: addresses, and the hold on its pages. */
interface Segment {
  readonly start: number;
  readonly end: number;
  readonly pin: VmPin;
}

interface View {
  readonly start: number;
  readonly end: number;
  readonly arch: ArchView;
  segments: Segment[];
}

/** A page-aligned range in one mapping that a view is wanted of. */
export interface ViewPiece {
  readonly mapping: VmMapping;
  readonly start: number;
  readonly end: number;
}

export class AspaceViews {
  readonly #arch: ArchAspace;
  readonly #frames: FrameAllocator;
  readonly #views = new Set<View>();

  constructor(arch: ArchAspace, frames: FrameAllocator) {
    this.#arch = arch;
    this.#frames = frames;
  }

  /** The bytes of a view that exists already and still shows all of [start, end) of what is mapped there. */
  find(start: number, end: number): Uint8Array | undefined {
    for (const view of this.#views) {
      if (start < view.start || end > view.end) continue;
      let at = start;
      for (const segment of view.segments) if (segment.start <= at && segment.end > at) at = segment.end;
      if (at >= end) return view.arch.bytes.subarray(start - view.start, end - view.start);
    }
    return undefined;
  }

  /** A view of pieces that follow one another. */
  create(pieces: readonly ViewPiece[]): Uint8Array {
    const segments: Segment[] = [];
    const runs: FrameRun[] = [];
    let pages = 0;
    let arch: ArchView;
    try {
      for (const { mapping, start, end } of pieces) {
        const pin = hold(mapping, start, end);
        segments.push({ start, end, pin });
        for (const { base, size } of pin.ranges) addRun(runs, this.#frames.frameOf(base), size / PAGE_SIZE);
        pages += (end - start) / PAGE_SIZE;
      }
      arch = this.#arch.createView(runs, pages);
    } catch (error) {
      for (const { pin } of segments) pin.unpin();
      throw error;
    }
    this.#views.add({ start: pieces[0]!.start, end: pieces.at(-1)!.end, arch, segments });
    return arch.bytes;
  }

  /** Views stop showing what is mapped at [start, end). */
  detach(start: number, end: number): void {
    if (this.#views.size === 0) return;
    for (const view of this.#views) {
      if (view.end <= start || view.start >= end) continue;
      view.segments = view.segments.flatMap((segment) => detachPart(view, segment, start, end));
      this.#releaseIfDone(view);
    }
  }

  detachAll(): void {
    for (const view of this.#views) {
      view.arch.detach(0, (view.end - view.start) / PAGE_SIZE);
      for (const { pin } of view.segments) pin.unpin();
      view.segments = [];
      this.#releaseIfDone(view);
    }
  }

  #releaseIfDone(view: View): void {
    if (view.segments.length > 0) return;
    this.#views.delete(view);
    view.arch.release();
  }
}

function hold(mapping: VmMapping, start: number, end: number): VmPin {
  return mapping.vmo.holdForView(mapping.vmoOffset + (start - mapping.base), end - start);
}

/** Returns what is left of a segment. The pages that stay are held anew, each part by itself. */
function detachPart(view: View, segment: Segment, start: number, end: number): Segment[] {
  const from = Math.max(start, segment.start);
  const to = Math.min(end, segment.end);
  if (from >= to) return [segment];
  view.arch.detach((from - view.start) / PAGE_SIZE, (to - from) / PAGE_SIZE);
  const rest: Segment[] = [];
  const keep = (partStart: number, partEnd: number) => {
    if (partStart >= partEnd) return;
    const offset = segment.pin.offset + (partStart - segment.start);
    const pin = segment.pin.vmo.holdForView(offset, partEnd - partStart);
    rest.push({ start: partStart, end: partEnd, pin });
  };
  keep(segment.start, from);
  keep(to, segment.end);
  segment.pin.unpin();
  return rest;
}

function addRun(runs: { frame: number; pages: number }[], frame: number | undefined, pages: number): void {
  if (frame === undefined) throw new ZxError("INTERNAL", "a page of RAM without a frame");
  const last = runs.at(-1);
  if (last !== undefined && last.frame + last.pages === frame) last.pages += pages;
  else runs.push({ frame, pages });
}
