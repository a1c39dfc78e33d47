/** Random programs of a processor and devices that share a few lines of memory, and what they should see. */
import fc from "fast-check";
import type { Accessor, CacheOperation, Ram } from "../../src/machine/machine.ts";
import { createBufferRam } from "../../src/machine/ram.ts";
import { SimCache, type SimCacheOptions } from "../../src/machine/sim/cache/sim_cache.ts";
import type { Io } from "../../src/zx/memory.ts";
import { PAGE_SIZE } from "../../src/zx/pages.ts";

export const LINE = 64;
/** Programs touch this much, from 0 on. */
const SPAN = 4 * LINE;

export type Path = "cached" | "uncached" | "device" | "coherent device";

export type Step =
  | { readonly do: "read" | "write"; readonly path: Path; readonly at: number; readonly size: number }
  /** One access of the processor, of 1, 2, 4 or 8 bytes. */
  | {
      readonly do: "load" | "store";
      readonly path: "cached" | "uncached";
      readonly at: number;
      readonly size: number;
    }
  | { readonly do: CacheOperation; readonly at: number; readonly size: number };

const range = (most: number) =>
  fc
    .tuple(fc.nat(SPAN - 1), fc.integer({ min: 1, max: most }))
    .map(([at, size]) => ({ at, size: Math.min(size, SPAN - at) }));
const single = fc
  .tuple(fc.nat(SPAN - 8), fc.constantFrom(1, 2, 4, 8))
  .map(([at, size]) => ({ at: at - (at % size), size }));

export const step: fc.Arbitrary<Step> = fc.oneof(
  fc
    .tuple(
      fc.constantFrom("read", "write"),
      fc.constantFrom<Path>("cached", "uncached", "device", "coherent device"),
      range(100),
    )
    .map(([what, path, where]): Step => ({ do: what as "read" | "write", path, ...where })),
  fc
    .tuple(fc.constantFrom("load", "store"), fc.constantFrom("cached", "uncached"), single)
    .map(([what, path, where]) => ({ do: what, path, ...where }) as Step),
  fc
    .tuple(fc.constantFrom<CacheOperation>("sync", "clean", "invalidate", "cleanInvalidate"), range(150))
    .map(([what, where]): Step => ({ do: what, ...where })),
);

/** Where nothing is cached: what everybody should always see. */
export class OneMemory {
  readonly bytes = new Uint8Array(SPAN);

  read(at: number, size: number): number[] {
    return [...this.bytes.subarray(at, at + size)];
  }

  write(at: number, bytes: Uint8Array): void {
    this.bytes.set(bytes, at);
  }
}

/** A processor with a cache, beside devices, at work on a program. */
export class Runner {
  readonly cache: SimCache;
  readonly #memory = createBufferRam({ ranges: [{ base: 0, size: PAGE_SIZE }] });
  readonly #cached: Ram;
  readonly #uncached: Ram;
  readonly #view = new DataView(new ArrayBuffer(8));

  constructor(seed: number, options: SimCacheOptions) {
    this.cache = new SimCache(this.#memory, seed, options);
    this.#cached = this.cache.ram(who("cpu"), "cached");
    this.#uncached = this.cache.ram(who("uncached cpu"), "uncached");
  }

  /** The bytes that a step read; nothing for others. `bytes` are what it writes. */
  run(step: Step, bytes: Uint8Array): number[] | undefined {
    switch (step.do) {
      case "read":
        return this.#read(step);
      case "write":
        this.#write(step, bytes);
        return undefined;
      case "load":
        return this.#load(step.path === "cached" ? this.#cached.io : this.#uncached.io, step.at, step.size);
      case "store":
        this.#store(step.path === "cached" ? this.#cached.io : this.#uncached.io, step.at, bytes);
        return undefined;
      default:
        this.cache.maintain(step.do, step.at, step.size, who("cpu"));
        return undefined;
    }
  }

  #read({ path, at, size }: Step & { path: Path }): number[] {
    const into = new Uint8Array(size);
    if (path === "cached") this.#cached.read(at, into);
    else if (path === "uncached") this.#uncached.read(at, into);
    else this.cache.deviceRead(at, into, DEVICE, path === "coherent device");
    return [...into];
  }

  #write({ path, at }: Step & { path: Path }, bytes: Uint8Array): void {
    if (path === "cached") this.#cached.write(at, bytes);
    else if (path === "uncached") this.#uncached.write(at, bytes);
    else this.cache.deviceWrite(at, bytes, DEVICE, path === "coherent device");
  }

  #load(io: Io, at: number, size: number): number[] {
    const view = this.#view;
    if (size === 1) view.setUint8(0, io.read8(at));
    else if (size === 2) view.setUint16(0, io.read16(at), true);
    else if (size === 4) view.setUint32(0, io.read32(at), true);
    else {
      view.setUint32(0, io.read64(at), true);
      view.setUint32(4, io.high, true);
    }
    return [...new Uint8Array(view.buffer, 0, size)];
  }

  #store(io: Io, at: number, bytes: Uint8Array): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    if (bytes.length === 1) io.write8(at, view.getUint8(0));
    else if (bytes.length === 2) io.write16(at, view.getUint16(0, true));
    else if (bytes.length === 4) io.write32(at, view.getUint32(0, true));
    else io.write64(at, view.getUint32(0, true), view.getUint32(4, true));
  }
}

export const DEVICE = { kind: "device", describe: () => 'device "dma"' } as const;

export function who(name: string): Accessor {
  return { kind: "program", describe: () => JSON.stringify(name) };
}

/** Longest program for which `bytesOf` has values. */
export const MOST_STEPS = 40;

/** Bytes that are 0 nowhere and differ from those of every other step, so that what is old is never equal to what is new. */
export function bytesOf(index: number, size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, i) => index + 1 + (MOST_STEPS + 1) * (i % 6));
}
