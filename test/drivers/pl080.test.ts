import { afterEach, describe, expect, test, vi } from "vitest";
import { createSimArm64, type SimArm64 } from "../../src/boards/sim_arm64.ts";
import { busDrivers } from "../../src/bus/index.ts";
import { DmaBuffer } from "../../src/driver/dma_buffer.ts";
import pl080 from "../../src/drivers/pl080.ts";
import { Copier, type CopierClient } from "../../src/fidl/zirconia.dma.ts";
import { System, type SystemOptions } from "../../src/framework/system.ts";
import { randomStream } from "../../src/zx/random.ts";
import { Status } from "../../src/zx/status.ts";
import { hostsUnderTest } from "../support/hosts.ts";

const NODE = "root.sys.platform.dma-controller-40000";
/** Where lines come and go by themselves, so that what is wrong comes out. */
const CACHE = { evictions: 1 / 8, prefetches: 1 / 8, sanitizer: "report" } as const;

/** What the driver does to the cache for one copy, in this order. */
const OPERATIONS = [
  "flush the source",
  "flush the list item",
  "flush and invalidate the destination before",
  "flush and invalidate the destination after",
] as const;

let system: System;
let machine: SimArm64;

async function boot(seed: number, hosts?: SystemOptions["hosts"]): Promise<CopierClient> {
  machine = createSimArm64({ devices: [], seed, cache: CACHE });
  const drivers = [...busDrivers, pl080];
  system = await System.boot({ machine, drivers, addressSpace: "portable", seed, hosts });
  return system.connect(NODE, Copier);
}

afterEach(async () => {
  vi.restoreAllMocks();
  await system.stop();
});

const reports = () => machine.cache!.sanitizer!.reports;

function bytes(seed: number): Uint8Array {
  const random = randomStream(seed, "data");
  return Uint8Array.from({ length: 1 + Math.floor(random() * 300) }, () => random() * 256);
}

describe.each(hostsUnderTest.map((kind) => [kind.where, kind.hosts] as const))(
  "The PL080 driver%s",
  (where, hosts) => {
    test("copies memory, up to a page, and the sanitizer is silent", async () => {
      const copier = await boot(1, hosts());
      expect(system.manager.find(NODE).running!.inspect).toEqual({ policy: "CACHED" });
      for (const length of [1, 2, 64, 1023, 4096]) {
        const data = Uint8Array.from({ length }, (_, i) => (i * 7 + length) & 0xff);
        expect(await copier.copy(data)).toEqual(data);
      }
      await expect(copier.copy(new Uint8Array())).rejects.toMatchObject({ status: Status.INVALID_ARGS });
      expect(reports()).toEqual([]);
    });

    test("takes copies that come at once in turn", async () => {
      const copier = await boot(1, hosts());
      const all = [1, 2, 3].map(bytes);
      expect(await Promise.all(all.map((data) => copier.copy(data)))).toEqual(all);
    });

    // A copy takes longer by messages between threads, and what it does to the cache is the same.
    const seeds = Array.from({ length: where === "" ? 20 : 4 }, (_, seed) => seed);
    test.each(seeds)(
      "is right in 500 copies, with all of its cache operations, and the sanitizer silent: seed %i",
      async (seed) => {
        const copier = await boot(seed, hosts());
        for (let round = 0; round < 500; round++) {
          const data = bytes(1000 * seed + round);
          const copied = await copier.copy(data);
          if (!copied.every((byte, i) => byte === data[i])) expect(copied).toEqual(data);
        }
        expect(reports()).toEqual([]);
      },
    );
  },
);

describe("The PL080 driver without one of its cache operations is found out: it does not", () => {
  /** Does all operations of a copy but the one with this number. */
  function leaveOut(without: number): void {
    let count = 0;
    for (const name of ["cacheFlush", "cacheFlushInvalidate"] as const) {
      const original = DmaBuffer.prototype[name];
      vi.spyOn(DmaBuffer.prototype, name).mockImplementation(function (this: DmaBuffer, offset, length) {
        if (count++ % OPERATIONS.length !== without) original.call(this, offset, length);
      });
    }
  }

  const EXPECTED: readonly (readonly [problem: string, ...named: RegExp[]])[] = [
    ["not cleaned", /device "dma-controller@40000"/, /vmo "pl080 dma" \(koid \d+\) \+0x1000/],
    ["not cleaned", /device "dma-controller@40000"/, /vmo "pl080 dma" \(koid \d+\) \+0x0/],
    ["written while dirty", /device "dma-controller@40000"/, /vmo "pl080 dma" \(koid \d+\) \+0x2000/],
    ["not invalidated", /by "driver-host:pl080"/, /vmo "pl080 dma" \(koid \d+\) \+0x2000/],
  ];

  test.each(OPERATIONS.map((operation, index) => ({ operation, index })))("$operation", async ({ index }) => {
    const copier = await boot(1);
    leaveOut(index);
    await copier.copy(bytes(1)).catch(() => undefined);
    const [problem, ...named] = EXPECTED[index]!;
    expect(reports()[0]?.problem).toBe(problem);
    for (const name of named) expect(reports()[0]!.message).toMatch(name);
  });
});
