/**
 * RAM as one array of bytes: what the sim machine has in a browser, and what a file of RAM looks like once it is mapped.
 */
import { BytesIo } from "../zx/bytes_io.ts";
import { ZxError } from "../zx/error.ts";
import type { Io } from "../zx/memory.ts";
import { hex, isPageAligned, MAX_ADDRESS, PAGE_SIZE } from "../zx/pages.ts";
import type { PhysicalRange, Ram } from "./machine.ts";

export interface RamLayout {
  /** Ascending, page aligned, not overlapping. */
  readonly ranges: readonly PhysicalRange[];
  /** Inside `ranges`; nothing when left out. */
  readonly reserved?: readonly PhysicalRange[];
}

class BytesRam implements Ram {
  readonly ranges: readonly PhysicalRange[];
  readonly reserved: readonly PhysicalRange[];
  readonly bytes: Uint8Array;
  readonly fd: number | undefined;
  readonly io: Io;

  constructor(bytes: Uint8Array, layout: RamLayout, fd: number | undefined) {
    this.ranges = layout.ranges;
    this.reserved = layout.reserved ?? [];
    this.bytes = bytes;
    this.fd = fd;
    this.io = new BytesIo(bytes);
  }

  offsetOf(paddr: number): number | undefined {
    let start = 0;
    for (const { base, size } of this.ranges) {
      if (paddr >= base && paddr < base + size) return start + (paddr - base);
      start += size;
    }
    return undefined;
  }

  read(paddr: number, into: Uint8Array): void {
    const offset = this.#locate(paddr, into.length);
    into.set(this.bytes.subarray(offset, offset + into.length));
  }

  write(paddr: number, from: Uint8Array): void {
    this.bytes.set(from, this.#locate(paddr, from.length));
  }

  fill(paddr: number, size: number, value: number): void {
    const offset = this.#locate(paddr, size);
    this.bytes.fill(value, offset, offset + size);
  }

  #locate(paddr: number, size: number): number {
    return ramOffset(this.ranges, paddr, size);
  }
}

/** Offset in the RAM's backing of [paddr, paddr+size), which lies in one of its ranges; OUT_OF_RANGE where it does not. */
export function ramOffset(ranges: readonly PhysicalRange[], paddr: number, size: number): number {
  let start = 0;
  for (const range of ranges) {
    if (paddr >= range.base && paddr + size <= range.base + range.size) return start + (paddr - range.base);
    start += range.size;
  }
  throw new ZxError(
    "OUT_OF_RANGE",
    `[${hex(paddr)}, ${hex(paddr + size)}) is not RAM: ${describeRanges(ranges)}`,
  );
}

/** Bytes of all ranges together: the size of the RAM's backing. */
export function ramSize(layout: RamLayout): number {
  return layout.ranges.reduce((sum, { size }) => sum + size, 0);
}

/** Throws INVALID_ARGS where the ranges are not ascending, page aligned, separate, or a reserved one is not inside RAM. */
export function checkRamLayout(layout: RamLayout): void {
  let end = 0;
  for (const { base, size } of layout.ranges) {
    const isGood = Number.isSafeInteger(base) && Number.isSafeInteger(size) && base >= end && size > 0;
    if (!isGood || !isPageAligned(base) || !isPageAligned(size) || base + size > MAX_ADDRESS) {
      throw new ZxError(
        "INVALID_ARGS",
        `RAM ranges must ascend in multiples of ${hex(PAGE_SIZE)} without overlap: ${describeRanges(layout.ranges)}`,
      );
    }
    end = base + size;
  }
  for (const kept of layout.reserved ?? []) {
    const inside = layout.ranges.some(
      (r) => kept.base >= r.base && kept.size >= 0 && kept.base + kept.size <= r.base + r.size,
    );
    if (!inside) {
      throw new ZxError(
        "INVALID_ARGS",
        `reserved ${describeRanges([kept])} is not inside RAM: ${describeRanges(layout.ranges)}`,
      );
    }
  }
}

function describeRanges(ranges: readonly PhysicalRange[]): string {
  if (ranges.length === 0) return "none";
  return ranges.map(({ base, size }) => `[${hex(base)}, ${hex(base + size)})`).join(" ");
}

/**
 * RAM over bytes that exist already, in which the ranges follow one another.
 *
 * `fd` is the file that the bytes are a mapping of, where there is one. INVALID_ARGS when the layout is wrong or the
 * bytes are not as many as it says.
 */
export function ramOver(bytes: Uint8Array, layout: RamLayout, fd?: number): Ram {
  checkRamLayout(layout);
  if (bytes.length !== ramSize(layout)) {
    throw new ZxError("INVALID_ARGS", `${hex(bytes.length)} bytes for RAM of ${hex(ramSize(layout))}`);
  }
  return new BytesRam(bytes, layout, fd);
}

/**
 * RAM in one buffer of the JavaScript heap. NO_MEMORY when it is more than the engine gives in one buffer.
 *
 * `shared` makes it a SharedArrayBuffer, for driver hosts in other threads; copies in and out of one take V8 two to three
 * times as long, so it is not the default.
 */
export function createBufferRam(layout: RamLayout, options: { readonly shared?: boolean } = {}): Ram {
  checkRamLayout(layout);
  const size = ramSize(layout);
  let bytes: Uint8Array;
  try {
    bytes = new Uint8Array(options.shared === true ? new SharedArrayBuffer(size) : new ArrayBuffer(size));
  } catch (cause) {
    throw new ZxError("NO_MEMORY", `no buffer of ${hex(size)} bytes for RAM`, { cause });
  }
  return ramOver(bytes, layout);
}
