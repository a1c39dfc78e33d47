import { describe, expect, test } from "vitest";
import { EventStream, type SanitizerEvent } from "../../../../src/events/events.ts";
import type { CacheOperation } from "../../../../src/machine/machine.ts";
import { createBufferRam } from "../../../../src/machine/ram.ts";
import { SimMachine } from "../../../../src/machine/sim/sim.ts";
import { who } from "../../../support/cache_programs.ts";

/** One page of RAM at 0, a program, the kernel and two devices, one of which is coherent. */
function system(sanitizer: "report" | "strict" = "report") {
  const events = new EventStream();
  const told: SanitizerEvent[] = [];
  events.listen((event) => told.push(event as SanitizerEvent), ["sanitizer"]);
  const machine = new SimMachine({
    name: "sim",
    architecture: "arm64",
    board: { compatible: [] },
    ram: createBufferRam({ ranges: [{ base: 0, size: 0x2000 }] }),
    coherent: false,
    cache: { evictions: 0, prefetches: 0, sanitizer },
    interrupts: 1,
    denied: [],
    seed: 0,
    events,
  });
  const cache = machine.cache!;
  cache.nameMemory((paddr) => (paddr < 0x2000 ? `vmo "ring" +0x${paddr.toString(16)}` : undefined));
  const program = who("driver");
  const uncached = cache.ram(program, "uncached");
  const device = machine.dma.port({ name: "dma" });
  return {
    machine,
    told,
    cached: cache.ram(program, "cached"),
    kernel: cache.ram({ kind: "kernel", describe: () => "the kernel" }, "cached"),
    uncached,
    device,
    coherent: machine.dma.port({ name: "snooper", coherent: true }),
    op: (operation: CacheOperation, paddr: number, size: number) =>
      cache.maintain(operation, paddr, size, who("driver's operation")),
    deviceReads: (paddr: number, size: number) => device.read(paddr, new Uint8Array(size)),
    deviceWrites: (paddr: number, ...bytes: number[]) => device.write(paddr, Uint8Array.from(bytes)),
    problems: () => told.map(({ problem }) => problem),
  };
}

describe("the coherency sanitizer", () => {
  test("tells of a device that reads what was written and not cleaned: who wrote, which line of what, what was missing", () => {
    const { machine, cached, deviceReads, told } = system();
    cached.write(0x40, Uint8Array.of(1, 2, 3, 4));
    machine.clock.spin(500);
    deviceReads(0x40, 4);
    const { message, ...facts } = told[0]!;
    expect(facts).toEqual({
      kind: "sanitizer",
      sanitizer: "coherency",
      time: 500,
      problem: "not cleaned",
      by: 'device "dma"',
      op: "read",
      address: 0x40,
      size: 4,
      line: 0x40,
      lines: 1,
      memory: 'vmo "ring" +0x40',
      writer: '"driver"',
      missing: "CACHE_CLEAN after the write and before the read",
      lastOperation: undefined,
      wrongThisTime: true,
    });
    expect(message.split("\n")).toEqual([
      'coherency: read of 4 bytes at 0x40 by device "dma"',
      "  sees bytes that may still be in the cache only (it was wrong this time)",
      '  memory:  vmo "ring" +0x40, line 0x40',
      '  writer:  "driver"',
      "  missing: CACHE_CLEAN after the write and before the read",
      "  done:    no cache operation on that page",
    ]);
  });

  test("tells of it also when the line happened to be evicted in time", () => {
    const { machine, cached, deviceReads, told } = system();
    cached.io.write8(0, 1);
    machine.cache!.lines.evict(0);
    deviceReads(0, 1);
    expect(told[0]).toMatchObject({ problem: "not cleaned", wrongThisTime: false });
    expect(told[0]!.message).toContain("by chance it was right this time");
  });

  test.each<[string, CacheOperation, number, number, RegExp]>([
    [
      "on another part of the range",
      "clean",
      0x80,
      0x40,
      /CACHE_CLEAN of 0x40 bytes from vmo "ring" \+0x80 on, by "driver's operation": does not reach that line/,
    ],
    ["of too few bytes", "clean", 0x40, 0x40, /does not reach that line/],
    ["of another kind", "sync", 0x0, 0x1000, /CACHE_SYNC.*says nothing about devices/],
  ])("says of an operation %s why it did not help", (_, operation, paddr, size, why) => {
    const { cached, op, deviceReads, told } = system();
    cached.write(0x40, new Uint8Array(0x80).fill(1));
    op(operation, paddr, size);
    deviceReads(0x40, 0x80);
    expect(told[0]!.lastOperation).toMatch(why);
    expect(told).toHaveLength(1);
  });

  test("says of an operation that came too early that it did", () => {
    const { cached, op, deviceReads, told } = system();
    cached.io.write8(0, 1);
    op("clean", 0, 64);
    cached.io.write8(0, 2);
    deviceReads(0, 1);
    expect(told[0]!.lastOperation).toMatch(/came too early$/);
  });

  test("tells of the processor that reads what a device wrote without an invalidation since, also if there was one before", () => {
    const { cached, op, deviceWrites, told } = system();
    op("cleanInvalidate", 0, 64);
    deviceWrites(3, 9);
    expect(cached.io.read8(2)).toBe(0);
    expect(told).toEqual([]);
    cached.io.read8(3);
    expect(told[0]).toMatchObject({ problem: "not invalidated", by: '"driver"', writer: 'device "dma"' });
    expect(told[0]!.lastOperation).toMatch(/came too early/);
  });

  test("says of a clean where an invalidation is needed that it leaves the line in the cache", () => {
    const { cached, op, deviceWrites, told } = system();
    cached.io.read8(0);
    deviceWrites(0, 9);
    op("clean", 0, 64);
    cached.io.read8(0);
    expect(told[0]).toMatchObject({ problem: "not invalidated", wrongThisTime: true });
    expect(told[0]!.lastOperation).toMatch(/CACHE_CLEAN of .* leaves the line in the cache/);
  });

  test("tells of a buffer that a device wrote to while a line of it was dirty, although it was invalidated afterwards", () => {
    const { cached, op, deviceWrites, told } = system();
    cached.io.write8(60, 1);
    deviceWrites(0, 9);
    op("cleanInvalidate", 0, 64);
    expect(cached.io.read8(60)).toBe(1);
    expect(told).toEqual([]);
    expect(cached.io.read8(0)).toBe(0);
    expect(told[0]).toMatchObject({
      problem: "written while dirty",
      writer: 'device "dma"',
      wrongThisTime: true,
    });
    expect(told[0]!.missing).toMatch(
      /CACHE_CLEAN_INVALIDATE of the line before device "dma" wrote: what "driver" had written/,
    );
  });

  test("tells of a line that the processor wrote to before it saw what a device had written beside it", () => {
    const { cached, op, deviceWrites, deviceReads, told } = system();
    deviceWrites(0, 9, 9);
    cached.io.write8(1, 1);
    op("clean", 0, 64);
    deviceReads(1, 1);
    expect(told).toEqual([]);
    deviceReads(0, 1);
    expect(told[0]).toMatchObject({
      problem: "written while stale",
      by: 'device "dma"',
      writer: 'device "dma"',
    });
  });

  test("tells of bytes that an invalidation may have thrown away", () => {
    const { cached, op, told } = system();
    cached.io.write8(0, 1);
    op("invalidate", 32, 1);
    cached.io.read8(0);
    expect(told[0]).toMatchObject({ problem: "invalidated while dirty", wrongThisTime: true });
    expect(told[0]!.missing).toMatch(/the CACHE_INVALIDATE by "driver's operation" threw away/);
  });

  test("is silent where all is done: clean before the device reads, clean and invalidate around its writes", () => {
    const { cached, op, deviceReads, deviceWrites, problems } = system();
    for (let round = 1; round < 5; round++) {
      cached.write(0x20, new Uint8Array(200).fill(round));
      op("clean", 0x20, 200);
      deviceReads(0x20, 200);
      op("cleanInvalidate", 0x20, 200);
      deviceWrites(0x20, round, round, round);
      op("cleanInvalidate", 0x20, 3);
      expect(cached.io.read8(0x21)).toBe(round);
    }
    expect(problems()).toEqual([]);
  });

  test("knows a device that is coherent", () => {
    const { cached, coherent, deviceWrites, problems } = system();
    cached.io.write8(0, 1);
    coherent.read(0, new Uint8Array(64));
    coherent.write(0, new Uint8Array(64).fill(2));
    cached.io.read8(0);
    expect(problems()).toEqual([]);
    deviceWrites(0, 3);
    coherent.read(0, new Uint8Array(1));
    expect(problems()).toEqual(["not invalidated"]);
  });

  test("takes a program that goes past the cache for a device that does", () => {
    const { cached, uncached, problems } = system();
    cached.io.write32(0, 1);
    uncached.io.read32(0);
    uncached.io.write32(0x80, 1);
    cached.io.read32(0x80);
    expect(problems()).toEqual(["not cleaned", "not invalidated"]);
  });

  test("tells of one transfer once, with the number of lines", () => {
    const { cached, deviceReads, told } = system();
    cached.fill(0, 0x1000, 1);
    deviceReads(0, 0x1000);
    deviceReads(0, 0x1000);
    expect(told).toHaveLength(1);
    expect(told[0]).toMatchObject({ line: 0, lines: 64 });
    expect(told[0]!.message).toContain("line 0x0, and 63 more");
  });

  test("tells of registers that are mapped CACHED, once a page", () => {
    const { machine, told } = system();
    const bank = createBufferRam({ ranges: [{ base: 0, size: 0x1000 }] }).io;
    const io = machine.cache!.registers(bank, 0x10_0000, who("driver"));
    io.read32(0);
    io.write32(0x80, 1);
    expect(told).toHaveLength(1);
    expect(told[0]).toMatchObject({ problem: "cached registers", memory: "registers at 0x100000" });
    expect(told[0]!.missing).toContain("UNCACHED_DEVICE");
  });

  test("in strict mode throws at the program's access, and what a device did at the program's next one", () => {
    const { cached, kernel, deviceReads, deviceWrites, machine } = system("strict");
    deviceWrites(0, 1);
    expect(() => cached.io.read8(0)).toThrow(
      /^IO_DATA_INTEGRITY: coherency: read of 1 byte at 0x0 by "driver"/,
    );
    expect(cached.io.read8(0)).toBe(1);
    cached.io.write8(0x40, 1);
    deviceReads(0x40, 1);
    kernel.io.read8(0x80);
    expect(() => cached.io.read8(0x80)).toThrow(/by device "dma"/);
    expect(cached.io.read8(0x80)).toBe(0);
    expect(machine.cache!.sanitizer!.reports).toHaveLength(2);
  });

  test("is not there unless it is asked for", () => {
    const ram = createBufferRam({ ranges: [{ base: 0, size: 0x1000 }] });
    const config = {
      name: "sim",
      architecture: "arm64",
      board: { compatible: [] },
      ram,
      interrupts: 1,
      denied: [],
      seed: 0,
    } as const;
    expect(new SimMachine({ ...config, coherent: false }).cache?.sanitizer).toBeUndefined();
    expect(new SimMachine({ ...config, coherent: true }).cache).toBeUndefined();
  });
});
