/**
 * Where an address space's typed-array views live: a Wasm memory whose every page can be read and written, RAM while the
 * view is good and zeros afterwards, so that a view that is used too late finds zeros instead of ending the process.
 */
import {
  type Libc,
  MAP_ANONYMOUS,
  MAP_FIXED,
  MAP_NORESERVE,
  MAP_PRIVATE,
  MAP_SHARED,
  PROT_READ,
  PROT_WRITE,
} from "../../../native/libc.ts";
import { ZxError } from "../../../zx/error.ts";
import { hex, PAGE_SIZE } from "../../../zx/pages.ts";
import { type Interval, IntervalTree } from "../interval_tree.ts";
import type { ArchView, FrameRun } from "./arch_aspace.ts";

const ARENA_WASM_PAGES = 32768;
const ARENA_SIZE = ARENA_WASM_PAGES * 65536;

export class ViewArena {
  readonly #libc: Libc;
  readonly #ramFd: number;
  readonly #memory: WebAssembly.Memory;
  readonly #origin: number;
  readonly #used = new IntervalTree<Interval>();
  /** New views go behind the last one, so that places are not used again soon after their view ended. */
  #next = 0;

  constructor(libc: Libc, ramFd: number) {
    this.#libc = libc;
    this.#ramFd = ramFd;
    this.#memory = new WebAssembly.Memory({
      initial: ARENA_WASM_PAGES,
      maximum: ARENA_WASM_PAGES,
      shared: true,
    });
    this.#origin = libc.addressOf(new Uint8Array(this.#memory.buffer));
  }

  create(runs: readonly FrameRun[], pages: number): ArchView {
    const size = pages * PAGE_SIZE;
    const place = { base: this.#place(size), size };
    this.#used.insert(place);
    try {
      let address = this.#origin + place.base;
      for (const run of runs) {
        const bytes = run.pages * PAGE_SIZE;
        const protection = PROT_READ | PROT_WRITE;
        this.#libc.mmap(
          address,
          bytes,
          protection,
          MAP_SHARED | MAP_FIXED,
          this.#ramFd,
          run.frame * PAGE_SIZE,
        );
        address += bytes;
      }
    } catch (error) {
      this.#zeros(place.base, size);
      this.#used.delete(place);
      throw error;
    }
    return {
      bytes: new Uint8Array(this.#memory.buffer, place.base, size),
      detach: (first, count) => this.#zeros(place.base + first * PAGE_SIZE, count * PAGE_SIZE),
      release: () => this.#used.delete(place),
    };
  }

  #place(size: number): number {
    let base = this.#used.lowestFit(size, PAGE_SIZE, this.#next, ARENA_SIZE);
    if (base < 0) base = this.#used.lowestFit(size, PAGE_SIZE, 0, ARENA_SIZE);
    if (base < 0)
      throw new ZxError(
        "NO_RESOURCES",
        `no room for a view of ${hex(size)} bytes beside ${this.#used.count} others`,
      );
    this.#next = base + size;
    return base;
  }

  #zeros(offset: number, size: number): void {
    const flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED;
    this.#libc.mmap(this.#origin + offset, size, PROT_READ | PROT_WRITE, flags, -1, 0);
  }
}
