import { describe, expect, test } from "vitest";
import { createBufferRam } from "../../../../src/machine/ram.ts";
import { SimCache, type SimCacheOptions } from "../../../../src/machine/sim/cache/sim_cache.ts";
import { DEVICE, who } from "../../../support/cache_programs.ts";
import { ramWithoutBytes } from "../../../support/ram_without_bytes.ts";

const LINE = 64;

/** Two pages of RAM, a processor with a cache that does nothing by chance, and devices. */
function system(options: SimCacheOptions = {}) {
  const ram = createBufferRam({ ranges: [{ base: 0x1000, size: 0x2000 }] });
  const cache = new SimCache(ram, 1, { evictions: 0, prefetches: 0, ...options });
  const cached = cache.ram(who("cpu"), "cached");
  const uncached = cache.ram(who("cpu"), "uncached");
  const deviceRead = (paddr: number, coherent = false) => {
    const into = new Uint8Array(1);
    cache.deviceRead(paddr, into, DEVICE, coherent);
    return into[0];
  };
  const deviceWrite = (paddr: number, value: number, coherent = false) =>
    cache.deviceWrite(paddr, Uint8Array.of(value), DEVICE, coherent);
  return { ram, cache, cached, uncached, deviceRead, deviceWrite };
}

describe("a data cache", () => {
  test("keeps what is written to itself until it is cleaned", () => {
    const { cache, cached, deviceRead } = system();
    cached.io.write8(5, 7);
    expect(deviceRead(0x1005)).toBe(0);
    cache.maintain("clean", 0x1005, 1, who("cpu"));
    expect(deviceRead(0x1005)).toBe(7);
  });

  test("goes on giving what it has read until it is invalidated", () => {
    const { cache, cached, deviceWrite } = system();
    cached.io.read8(5);
    deviceWrite(0x1005, 7);
    expect(cached.io.read8(5)).toBe(0);
    cache.maintain("clean", 0x1000, LINE, who("cpu"));
    expect(cached.io.read8(5)).toBe(0);
    cache.maintain("invalidate", 0x1000, LINE, who("cpu"));
    expect(cached.io.read8(5)).toBe(7);
  });

  test("writes a whole line back, over what a device wrote to other bytes of it", () => {
    const { cache, cached, deviceRead, deviceWrite } = system();
    cached.io.write8(0, 1);
    deviceWrite(0x1001, 2);
    cache.maintain("cleanInvalidate", 0x1000, 1, who("cpu"));
    expect([deviceRead(0x1000), deviceRead(0x1001)]).toEqual([1, 0]);
  });

  test("throws away what was written when it is invalidated without being cleaned, all of the line", () => {
    const { cache, cached } = system();
    cached.io.write8(0, 1);
    cached.io.write8(LINE - 1, 2);
    cached.io.write8(LINE, 3);
    cache.maintain("invalidate", 0x1000, 1, who("cpu"));
    expect([cached.io.read8(0), cached.io.read8(LINE - 1), cached.io.read8(LINE)]).toEqual([0, 0, 3]);
  });

  test("is not changed by CACHE_SYNC as far as devices can see", () => {
    const { cache, cached, deviceRead } = system();
    cached.io.write8(0, 1);
    cache.maintain("sync", 0x1000, LINE, who("cpu"));
    expect(deviceRead(0x1000)).toBe(0);
  });

  test("is gone past by accesses that are not cached, and shared by those that are", () => {
    const { cache, cached, uncached } = system();
    const other = cache.ram(who("another process"), "cached");
    cached.io.write32(0, 0x1234_5678);
    expect([other.io.read32(0), uncached.io.read32(0)]).toEqual([0x1234_5678, 0]);
    uncached.io.write32(4, 5);
    expect([cached.io.read32(4), uncached.io.read32(4)]).toEqual([0, 5]);
  });

  test("is asked by a coherent device", () => {
    const { cached, deviceRead, deviceWrite } = system();
    cached.io.write8(0, 1);
    expect(deviceRead(0x1000, true)).toBe(1);
    deviceWrite(0x1001, 2, true);
    expect([cached.io.read8(0), cached.io.read8(1)]).toEqual([1, 2]);
    expect([deviceRead(0x1000), deviceRead(0x1001)]).toEqual([1, 2]);
  });

  test("takes accesses of every width, also across two lines, and copies", () => {
    const { cache, cached, ram } = system();
    const { io } = cached;
    io.write64(0, 0x89ab_cdef, 0x0123_4567);
    expect([io.read64(0), io.high, io.read16(6), io.read8(7)]).toEqual([
      0x89ab_cdef, 0x0123_4567, 0x0123, 0x01,
    ]);
    io.write16(LINE - 1, 0x1122);
    io.write32(2 * LINE - 2, 0x3344_5566);
    io.write64(3 * LINE - 4, 0x7788_99aa, 0xbbcc_ddee);
    expect([io.read16(LINE - 1), io.read32(2 * LINE - 2)]).toEqual([0x1122, 0x3344_5566]);
    expect([io.read64(3 * LINE - 4), io.high]).toEqual([0x7788_99aa, 0xbbcc_ddee]);
    cached.write(
      0x1100,
      Uint8Array.from({ length: 200 }, (_, i) => i),
    );
    cached.fill(0x1110, 4, 0xff);
    const into = new Uint8Array(6);
    cached.read(0x110f, into);
    expect([...into]).toEqual([15, 255, 255, 255, 255, 20]);
    expect(ram.bytes!.every((byte) => byte === 0)).toBe(true);
    cache.maintain("clean", 0x1000, 0x1000, who("cpu"));
    expect(ram.bytes![0x100 + 199]).toBe(199);
  });

  test("writes a line back when it needs the place for another", () => {
    const { cached, deviceRead } = system({ sets: 2, ways: 1 });
    cached.io.write8(0, 1);
    cached.io.read8(LINE);
    expect(deviceRead(0x1000)).toBe(0);
    cached.io.read8(2 * LINE);
    expect(deviceRead(0x1000)).toBe(1);
  });

  test("evicts and prefetches by itself, as its seed says and no other way", () => {
    const run = (seed: number) => {
      const ram = createBufferRam({ ranges: [{ base: 0, size: 0x1000 }] });
      const cache = new SimCache(ram, seed, { evictions: 0.1, prefetches: 0.1 });
      const { io } = cache.ram(who("cpu"), "cached");
      const seen: number[] = [];
      for (let i = 1; i <= 200; i++) {
        io.write8(0, i);
        seen.push(ram.bytes![0]!, cache.lines.find(LINE));
      }
      return seen;
    };
    expect(run(1)).toEqual(run(1));
    expect(run(1)).not.toEqual(run(2));
    const memory = run(1).filter((_, i) => i % 2 === 0);
    expect(new Set(memory).size).toBeGreaterThan(5);
    // The line behind the one that is used has come without being asked for.
    expect(run(1).filter((_, i) => i % 2 === 1)).toContain(-1);
    expect(run(1).at(-1)).toBeGreaterThanOrEqual(0);
  });

  test.each([
    [{ lineSize: 48 }, /lines of 48 bytes/],
    [{ sets: 0 }, /0 sets/],
    [{ ways: 1.5 }, /of 1.5 lines/],
    [{ sets: 2 ** 20, ways: 2 }, /at most 2\^20/],
  ])("of the shape %j is refused", (shape, message) => {
    expect(() => system(shape)).toThrow(message);
  });

  test("needs RAM that is one array", () => {
    expect(() => new SimCache(ramWithoutBytes(0, 0x1000), 1)).toThrow(/^NOT_SUPPORTED/);
  });

  test("reads and writes the registers of a device a line at a time, which is why they are not mapped CACHED", () => {
    const { cache } = system();
    const accesses: string[] = [];
    const bank = createBufferRam({ ranges: [{ base: 0, size: 0x1000 }] }).io;
    const device = {
      ...bank,
      high: 0,
      read32(offset: number) {
        accesses.push(`read ${offset}`);
        return bank.read32(offset);
      },
      write32(offset: number, value: number) {
        accesses.push(`write ${offset}`);
        bank.write32(offset, value);
      },
    };
    const io = cache.registers(device as typeof bank, 0x10_0000, who("cpu"));
    io.read32(0x44);
    expect(accesses).toEqual(Array.from({ length: 16 }, (_, i) => `read ${0x40 + 4 * i}`));
    io.write32(0x48, 7);
    bank.write32(0x44, 1);
    expect([io.read32(0x44), bank.read32(0x48), accesses.length]).toEqual([0, 0, 16]);
    cache.maintain("cleanInvalidate", 0x10_0040, 4, who("cpu"));
    expect([bank.read32(0x48), bank.read32(0x44), io.read32(0x44)]).toEqual([7, 0, 0]);
  });
});
