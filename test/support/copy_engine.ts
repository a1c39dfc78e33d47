/**
 * A DMA engine and its driver, for tests of cache maintenance. The engine takes a descriptor from memory - source, destination and
 * length, of 32 bits each - copies, and writes 1 to the descriptor's fourth word.
 */
import { DmaBuffer } from "../../src/driver/dma_buffer.ts";
import type { Clock } from "../../src/machine/machine.ts";
import type { DmaPort } from "../../src/machine/sim/dma.ts";
import { NarrowIo } from "../../src/machine/sim/narrow_io.ts";
import type { MmioView } from "../../src/mmio/mmio_view.ts";
import type { CachePolicyName, Handle } from "../../src/zx/constants.ts";
import type { Zx } from "../../src/zx/syscalls.ts";

const DOORBELL = 0;
const BUSY = 4;
const TRANSFER_TIME = 2000;

export class CopyEngine extends NarrowIo {
  readonly #dma: DmaPort;
  readonly #clock: Clock;
  #busy = 0;

  constructor(dma: DmaPort, clock: Clock) {
    super();
    this.#dma = dma;
    this.#clock = clock;
  }

  read32(offset: number): number {
    return offset === BUSY ? this.#busy : 0;
  }

  write32(offset: number, value: number): void {
    if (offset !== DOORBELL) return;
    this.#busy = 1;
    this.#clock.at(this.#clock.now() + TRANSFER_TIME, () => this.#transfer(value));
  }

  read8 = () => 0;
  read16 = () => 0;
  write8() {}
  write16() {}

  #transfer(descriptor: number): void {
    const words = new Uint32Array(3);
    this.#dma.read(descriptor, new Uint8Array(words.buffer));
    const bytes = new Uint8Array(words[2]!);
    this.#dma.read(words[0]!, bytes);
    this.#dma.write(words[1]!, bytes);
    this.#dma.write(descriptor + 12, Uint8Array.of(1, 0, 0, 0));
    this.#busy = 0;
  }
}

/** The driver's cache operations, in its order. */
export const CACHE_OPERATIONS = [
  "flush the source",
  "flush and invalidate the destination before",
  "flush the descriptor",
  "invalidate the descriptor",
  "invalidate the destination after",
] as const;
export type CacheOperationName = (typeof CACHE_OPERATIONS)[number];

const DESCRIPTOR = 0;
const SOURCE = 0x100;
const DESTINATION = 0x200;
export const MOST = 0x100;

/** Copies `data` (at most MOST bytes) through the engine, and returns what has arrived. */
export class CopyDriver {
  readonly buffer: DmaBuffer;
  readonly #engine: MmioView;
  readonly #without: CacheOperationName | undefined;

  /** `without` is left out, as by a driver that is wrong. */
  constructor(zx: Zx, bti: Handle, engine: MmioView, policy?: CachePolicyName, without?: CacheOperationName) {
    this.buffer = new DmaBuffer(zx, bti, 0x1000, "copy", policy);
    this.#engine = engine;
    this.#without = without;
  }

  copy(data: Uint8Array): Uint8Array {
    const { buffer } = this;
    const { view, deviceAddress } = buffer;
    buffer.write(SOURCE, data);
    this.#do("flush the source", () => buffer.cacheFlush(SOURCE, data.length));
    // So that what is read afterwards is what has arrived.
    buffer.write(DESTINATION, new Uint8Array(data.length).fill(0xee));
    this.#do("flush and invalidate the destination before", () =>
      buffer.cacheFlushInvalidate(DESTINATION, data.length),
    );
    view.write32(DESCRIPTOR, deviceAddress + SOURCE);
    view.write32(DESCRIPTOR + 4, deviceAddress + DESTINATION);
    view.write32(DESCRIPTOR + 8, data.length);
    view.write32(DESCRIPTOR + 12, 0);
    this.#do("flush the descriptor", () => buffer.cacheFlush(DESCRIPTOR, 16));

    this.#engine.write32(DOORBELL, deviceAddress + DESCRIPTOR);
    this.#engine.poll32(BUSY, 1, 0, { timeout: 1e6 });

    this.#do("invalidate the descriptor", () => buffer.cacheFlushInvalidate(DESCRIPTOR, 16));
    view.read32(DESCRIPTOR + 12);
    this.#do("invalidate the destination after", () => buffer.cacheFlushInvalidate(DESTINATION, data.length));
    return buffer.read(DESTINATION, data.length);
  }

  #do(name: CacheOperationName, operation: () => void): void {
    if (name !== this.#without) operation();
  }
}
