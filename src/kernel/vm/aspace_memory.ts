/** The loads and stores of a process: windows, page faults, views and copies, by address. */
import type { Accessor, CacheOperation } from "../../machine/machine.ts";
import { PageFault, ZxError } from "../../zx/error.ts";
import type { AccessKind, Memory, Window } from "../../zx/memory.ts";
import { hex, PAGE_SIZE, roundDown, roundUp } from "../../zx/pages.ts";
import { typedWindow } from "./arch/typed_window.ts";
import type { ViewPiece } from "./aspace_views.ts";
import type { FrameBytes } from "./frame_bytes.ts";
import type { VmAspace } from "./vm_aspace.ts";
import type { Access, VmMapping } from "./vm_mapping.ts";

export class AspaceMemory implements Memory {
  readonly #aspace: VmAspace;

  constructor(aspace: VmAspace) {
    this.#aspace = aspace;
  }

  get coherent(): boolean {
    return this.#aspace.machine.coherent;
  }

  window(address: number, size: number, revoked: () => void): Window {
    checkAccess(address, size);
    if (typeof revoked !== "function")
      throw new ZxError("INVALID_ARGS", `a window without a function to call when it is revoked`);
    const about = { address, size };
    const mapping = this.#mappingAt(address, "read", about);
    const end = address + Math.max(size, 1);
    if (end > mapping.end) {
      this.#mappingAt(mapping.end, "read", about);
      throw new ZxError(
        "INVALID_ARGS",
        `a window of ${hex(size)} bytes at ${hex(address)} leaves ${mapping.describe()}`,
      );
    }
    mapping.checkBounds(address, "read", about);
    mapping.checkBounds(end - 1, "read", about);
    const { window, followsFrames } = typedWindow(mapping, address, size);
    this.#aspace.windows.add({ window, mapping, start: address, end, followsFrames, revoked });
    return window;
  }

  release(window: Window): void {
    this.#aspace.windows.release(window);
  }

  fault(address: number, access: AccessKind, size: number): void {
    checkAccess(address, size);
    if (access !== "read" && access !== "write")
      throw new ZxError("INVALID_ARGS", "a fault of an access that is neither a read nor a write");
    const about = { address, size };
    const end = address + Math.max(size, 1);
    this.#faulting(address, () => {
      for (let at = address; at < end; at = roundDown(at) + PAGE_SIZE) {
        this.#mappingAt(at, access, about).fault(at, access, about);
      }
    });
  }

  bytes(address: number, size: number): Uint8Array {
    checkAccess(address, size);
    if (size === 0) return new Uint8Array(0);
    const start = roundDown(address);
    const end = roundUp(address + size);
    const view =
      this.#aspace.views.find(start, end) ?? this.#aspace.views.create(this.#viewPieces(start, end));
    return view.subarray(address - start, address - start + size);
  }

  read(address: number, into: Uint8Array): void {
    checkAccess(address, sizeOf(into));
    this.#finish(this.copyOut(address, into), address, into.length, "read");
  }

  write(address: number, from: Uint8Array): void {
    checkAccess(address, sizeOf(from));
    this.#finish(this.copyIn(address, from), address, from.length, "write");
  }

  /** Copies bytes out up to the first that faults; returns how many. */
  copyOut(address: number, into: Uint8Array): number {
    return this.#copy(address, into.length, "read", (bytes, frame, offset, done, count) => {
      if (frame < 0) into.fill(0, done, done + count);
      else bytes.read(frame, offset, into, done, count);
    });
  }

  /** Copies bytes in up to the first that faults; returns how many. */
  copyIn(address: number, from: Uint8Array): number {
    return this.#copy(address, from.length, "write", (bytes, frame, offset, done, count) => {
      bytes.write(frame, offset, from, done, count);
    });
  }

  #copy(
    address: number,
    size: number,
    access: AccessKind,
    move: (bytes: FrameBytes, frame: number, offset: number, done: number, count: number) => void,
  ): number {
    let done = 0;
    while (done < size) {
      const at = address + done;
      const mapping = this.#aspace.find(at);
      if (mapping === undefined || !mapping.allows(at, access)) break;
      if (mapping.vmo.device !== undefined) throw this.#deviceError(mapping, access, { address, size });
      const offset = at % PAGE_SIZE;
      const count = Math.min(PAGE_SIZE - offset, size - done);
      move(mapping.bytes, mapping.frameFor(at, access, { address, size }), offset, done, count);
      done += count;
    }
    return done;
  }

  /**
   * Cache maintenance of what is mapped at [address, address+size), by line. Faults as a read would, before anything is done; pages
   * that have no memory yet have nothing in a cache either.
   */
  maintain(operation: CacheOperation, address: number, size: number, who: Accessor): void {
    checkAccess(address, size);
    const { frames } = this.#aspace;
    const ranges: { base: number; size: number }[] = [];
    const about = { address, size };
    for (let at = address; at < address + size; ) {
      const mapping = this.#faulting(at, () => this.#readable(at, about));
      const end = Math.min(address + size, roundDown(at) + PAGE_SIZE);
      const base = mapping.physicalAddressOf(at);
      const last = ranges.at(-1);
      if (base !== undefined) {
        if (last !== undefined && last.base + last.size === base) last.size += end - at;
        else ranges.push({ base, size: end - at });
      }
      at = end;
    }
    for (const { base, size } of ranges) frames.cache?.maintain(operation, base, size, who);
  }

  /** Where a copy ended early, what stopped it is the error. */
  #finish(done: number, address: number, size: number, access: AccessKind): void {
    if (done === size) return;
    const about = { address, size };
    this.#faulting(address, () => {
      this.#mappingAt(address + done, access, about).check(address + done, access, about);
    });
  }

  #readable(address: number, about: Access): VmMapping {
    const mapping = this.#mappingAt(address, "read", about);
    mapping.check(address, "read", about);
    return mapping;
  }

  /** What `act` throws is a page fault. */
  #faulting<T>(address: number, act: () => T): T {
    try {
      return act();
    } catch (error) {
      if (!(error instanceof ZxError)) throw error;
      throw new PageFault(error.status, error.detail, address, { cause: error });
    }
  }

  #viewPieces(start: number, end: number): ViewPiece[] {
    const about = { address: start, size: end - start };
    const pieces: ViewPiece[] = [];
    for (let at = start; at < end; ) {
      const mapping = this.#mappingAt(at, "write", about);
      if (mapping.vmo.device !== undefined) throw this.#deviceError(mapping, "read", about);
      if (this.#aspace.frames.cache !== undefined && mapping.memoryType.cached) {
        throw new ZxError(
          "NOT_SUPPORTED",
          `a view of ${mapping.describe()}: it is CACHED on a machine whose caches must be maintained, and no array goes through a cache; map it UNCACHED, or use read and write`,
        );
      }
      const stop = Math.min(end, mapping.end);
      for (let page = at; page < stop; page += PAGE_SIZE) mapping.check(page, "write", about);
      pieces.push({ mapping, start: at, end: stop });
      at = stop;
    }
    return pieces;
  }

  #mappingAt(address: number, access: AccessKind, about: Access): VmMapping {
    const mapping = this.#aspace.find(address);
    if (mapping !== undefined) return mapping;
    const past = this.#aspace.history.tell(address);
    const what = past === undefined ? "nothing is mapped there" : `nothing is mapped there; ${past}`;
    const where = address === about.address ? "" : ` from ${hex(address)} on`;
    throw new ZxError("NOT_FOUND", `${this.#aspace.describeAccess(access, about)}: ${what}${where}`);
  }

  #deviceError(mapping: VmMapping, access: AccessKind, about: Access): ZxError {
    const what = `${mapping.describe()} is device memory, which is accessed through a window`;
    return new ZxError("NOT_SUPPORTED", `${this.#aspace.describeAccess(access, about)}: ${what}`);
  }
}

/** Loads and stores come from programs: what is no address is refused before anything else. */
function checkAccess(address: number, size: number): void {
  if (Number.isSafeInteger(address) && address >= 0 && Number.isSafeInteger(size) && size >= 0) {
    if (Number.isSafeInteger(address + size)) return;
  }
  throw new ZxError("INVALID_ARGS", `no address range: ${shown(address)}, ${shown(size)} bytes`);
}

function shown(value: unknown): string {
  return typeof value === "number" ? String(value) : `a ${typeof value}`;
}

function sizeOf(bytes: Uint8Array): number {
  if (ArrayBuffer.isView(bytes) && bytes instanceof Uint8Array) return bytes.length;
  throw new ZxError("INVALID_ARGS", `memory is copied to and from a Uint8Array, not ${shown(bytes)}`);
}
