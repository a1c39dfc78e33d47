/**
 * Whether V8 turns an access to a page without permission into an exception. It does so by its trap handler, which can be
 * switched off (`--disable-wasm-trap-handler`, a flag given at run time); then such an access would end the process, so
 * this is found out by looking, before one is made.
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
} from "../../../native/libc.ts";
import { ZxError } from "../../../zx/error.ts";
import { PAGE_SIZE } from "../../../zx/pages.ts";
import { MEMORY_PAGES } from "./native_aspace.ts";

const GiB = 2 ** 30;

/** `(func (export "f") (param i32) (result i32) (i32.load (local.get 0)))` over an imported memory `m.m`. */
const LOAD_MODULE = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  ...[0x01, 0x06, 0x01, 0x60, 0x01, 0x7f, 0x01, 0x7f],
  // The memory: shared, and 32768 pages at least and at most.
  ...[0x02, 0x0d, 0x01, 0x01, 0x6d, 0x01, 0x6d, 0x02, 0x03, 0x80, 0x80, 0x02, 0x80, 0x80, 0x02],
  ...[0x03, 0x02, 0x01, 0x00],
  ...[0x07, 0x05, 0x01, 0x01, 0x66, 0x00, 0x00],
  ...[0x0a, 0x09, 0x01, 0x07, 0x00, 0x20, 0x00, 0x28, 0x02, 0x00, 0x0b],
);

/** Throws NOT_SUPPORTED, or what mmap says, if native address spaces do not work in this process. */
export function testNative(libc: Libc, ramFd: number): void {
  const memory = new WebAssembly.Memory({ initial: MEMORY_PAGES, maximum: MEMORY_PAGES, shared: true });
  const origin = libc.addressOf(new Uint8Array(memory.buffer));
  // With the trap handler V8 reserves 8 GiB, all that a 32-bit address plus a 32-bit offset can reach; without, no more
  // than the memory itself.
  if (!libc.isMapped(origin + 3 * GiB) || !libc.isMapped(origin + 7 * GiB)) {
    throw new ZxError(
      "NOT_SUPPORTED",
      "the native address space needs V8's WebAssembly trap handler, which is off",
    );
  }
  const instance = new WebAssembly.Instance(new WebAssembly.Module(LOAD_MODULE), { m: { m: memory } });
  const load = instance.exports.f as (address: number) => number;
  const page = 16 * PAGE_SIZE;
  libc.mmap(origin + page, PAGE_SIZE, PROT_READ, MAP_SHARED | MAP_FIXED, ramFd, 0);
  const anonymous = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED;
  libc.mmap(origin + page, PAGE_SIZE, PROT_NONE, anonymous, -1, 0);
  try {
    load(page);
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) return;
    throw error;
  }
  throw new ZxError("NOT_SUPPORTED", "an access to a page without permission did not trap");
}
