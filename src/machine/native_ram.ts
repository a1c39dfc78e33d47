/**
 * RAM as a file in memory of the host, so that address spaces can map it with the host's MMU, and as one array, so that
 * device models see the same bytes.
 */

import { loadLibc, MAP_FIXED, MAP_SHARED, PROT_READ, PROT_WRITE } from "../native/libc.ts";
import { ZxError } from "../zx/error.ts";
import { hex } from "../zx/pages.ts";
import type { Ram } from "./machine.ts";
import { checkRamLayout, type RamLayout, ramOver, ramSize } from "./ram.ts";

/** A Wasm memory, which holds the view of RAM, has at most 4 GiB. */
const MAX_NATIVE_RAM = 2 ** 32;
const WASM_PAGE = 65536;

export interface NativeRam extends Ram {
  readonly fd: number;
  readonly bytes: Uint8Array;
  /** Closes the file. Views and mappings of it stay what they are. Idempotent. */
  close(): void;
}

/**
 * RAM that is a file, from its first byte on: the file as one array. NOT_SUPPORTED without Linux and koffi, INVALID_ARGS for a
 * wrong layout, OUT_OF_RANGE beyond 4 GiB. The file stays the caller's to close; the view outlives that.
 */
export async function mapRamFile(
  fd: number,
  layout: RamLayout,
): Promise<Ram & { readonly bytes: Uint8Array }> {
  checkRamLayout(layout);
  const libc = await loadLibc();
  const size = ramSize(layout);
  if (size > MAX_NATIVE_RAM) {
    throw new ZxError("OUT_OF_RANGE", `native RAM of ${hex(size)} bytes: at most ${hex(MAX_NATIVE_RAM)}`);
  }
  const pages = Math.ceil(size / WASM_PAGE);
  // Not a shared memory: V8 takes two to three times as long for copies in and out of those.
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  const bytes = new Uint8Array(memory.buffer, 0, size);
  if (size > 0) libc.mmap(libc.addressOf(bytes), size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0);
  return Object.assign(ramOver(bytes, layout, fd), { bytes });
}

/**
 * RAM in a memfd. Takes host memory only for pages that are written. NOT_SUPPORTED without Linux and koffi, INVALID_ARGS for
 * a wrong layout, OUT_OF_RANGE beyond 4 GiB.
 */
export async function createNativeRam(layout: RamLayout): Promise<NativeRam> {
  checkRamLayout(layout);
  const libc = await loadLibc();
  const fd = libc.memfdCreate("zirconia-ram");
  let open = true;
  const close = () => {
    if (open) libc.close(fd);
    open = false;
  };
  try {
    libc.ftruncate(fd, ramSize(layout));
    return Object.assign(await mapRamFile(fd, layout), { fd, close });
  } catch (error) {
    close();
    throw error;
  }
}
