/** A driver that keeps its DMA buffer in the cache, on a machine where the device does not see that. */
import { describe, expect, test } from "vitest";
import { DmaBuffer } from "../../src/driver/dma_buffer.ts";
import { MmioBuffer } from "../../src/mmio/mmio_buffer.ts";
import { randomStream } from "../../src/zx/random.ts";
import {
  CACHE_OPERATIONS,
  type CacheOperationName,
  CopyDriver,
  CopyEngine,
  MOST,
} from "../support/copy_engine.ts";
import { createNoncoherent, type Noncoherent, type NoncoherentOptions } from "../support/noncoherent.ts";

const ENGINE = 0x100_0000;
const BY_CHANCE = { evictions: 1 / 8, prefetches: 1 / 8 };

async function withDriver<T>(
  options: NoncoherentOptions,
  without: CacheOperationName | undefined,
  act: (driver: CopyDriver, system: Noncoherent) => T,
): Promise<T> {
  const system = await createNoncoherent("portable", options);
  const { machine, kernel, zx } = system;
  machine.bus.add(ENGINE, 0x1000, "copy engine", new CopyEngine(system.device, machine.clock));
  const vmo = zx.vmoCreatePhysical(kernel.root.mmio, ENGINE, 0x1000);
  const engine = MmioBuffer.create(zx, { vmo, name: "copy engine" });
  try {
    return act(new CopyDriver(zx, system.bti(), engine, "CACHED", without), system);
  } finally {
    await system.close();
  }
}

/** What the sanitizer says of each operation that is left out: the problem, and what the report must name. */
const WHAT_IS_MISSED: Readonly<Record<CacheOperationName, readonly [problem: string, ...named: RegExp[]]>> = {
  "flush the source": ["not cleaned", /device "dma0"/, /\+0x100, line/, /writer: +"userboot" through/],
  "flush and invalidate the destination before": [
    "written while dirty",
    /by "userboot"/,
    /\+0x200, line/,
    /before device "dma0" wrote/,
  ],
  "flush the descriptor": ["not cleaned", /device "dma0"/, /\+0x0, line/, /missing: CACHE_CLEAN after/],
  "invalidate the descriptor": ["not invalidated", /by "userboot"/, /\+0xc, line/, /writer: +device "dma0"/],
  "invalidate the destination after": [
    "not invalidated",
    /by "userboot"/,
    /\+0x200, line/,
    /CACHE_CLEAN_INVALIDATE.*came too early/,
  ],
};

describe("a DMA driver with a cached buffer", () => {
  test.each(CACHE_OPERATIONS)("that does not %s is found out, with every seed", async (without) => {
    const [problem, ...named] = WHAT_IS_MISSED[without];
    let wrong = 0;
    for (let seed = 0; seed < 100; seed++) {
      const reports = await withDriver({ seed, ...BY_CHANCE }, without, (driver, { machine }) => {
        driver.copy(Uint8Array.from({ length: 100 }, (_, i) => i + 1));
        return machine.cache!.sanitizer!.reports;
      });
      expect(reports[0]?.problem).toBe(problem);
      expect(reports[0]!.message).toContain('vmo "copy" (koid ');
      for (const name of named) expect(reports[0]!.message).toMatch(name);
      if (reports[0]!.wrongThisTime) wrong++;
    }
    // It is no false alarm: in some of the runs, or in all, the value was wrong.
    expect(wrong).toBeGreaterThan(0);
  });

  test("that leaves nothing out is right and nothing is told of it, with 10,000 seeds", async () => {
    for (let seed = 0; seed < 10_000; seed++) {
      await withDriver({ seed, ...BY_CHANCE }, undefined, (driver, system) =>
        checkCopy(driver, system, seed),
      );
    }
  });

  test("that leaves nothing out stays right, whatever the lines were used for before", async () => {
    for (let seed = 0; seed < 50; seed++) {
      await withDriver({ seed, ...BY_CHANCE, sets: 4, ways: 2 }, undefined, (driver, system) => {
        for (let round = 0; round < 50; round++) checkCopy(driver, system, 50 * seed + round);
      });
    }
  });

  test("needs no cache operation where it leaves the policy of its buffer to the machine", async () => {
    await withDriver(BY_CHANCE, undefined, (_, system) => {
      const { zx } = system;
      using buffer = new DmaBuffer(zx, system.bti(), 64);
      expect(buffer.policy).toBe("UNCACHED");
      const bytes = Uint8Array.from({ length: 64 }, (_, i) => i);
      buffer.write(0, bytes);
      expect(system.deviceRead(buffer.deviceAddress, 64)).toEqual([...bytes]);
      system.device.write(buffer.deviceAddress, bytes.reverse());
      expect(buffer.read(0, 64)).toEqual(bytes);
      expect(buffer.view.read32(60)).toBe(0x0001_0203);
      expect(system.problems).toEqual([]);
    });
  });
});

function checkCopy(driver: CopyDriver, system: Noncoherent, seed: number): void {
  const random = randomStream(seed, "data");
  const data = Uint8Array.from({ length: 1 + Math.floor(random() * MOST) }, () => random() * 256);
  if (!driver.copy(data).every((byte, i) => byte === data[i])) throw new Error(`seed ${seed}: wrong data`);
  if (system.problems.length > 0) throw new Error(`seed ${seed}: ${system.problems}`);
}
