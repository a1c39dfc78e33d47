import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FrameAllocator } from "../../../src/kernel/vm/frames.ts";
import { createBufferRam } from "../../../src/machine/ram.ts";
import { PAGE_SIZE } from "../../../src/zx/pages.ts";
import { statusOf } from "../../support/address_spaces.ts";
import { ramWithoutBytes } from "../../support/ram_without_bytes.ts";

const P = PAGE_SIZE;

/** Two ranges with a hole between them, and something reserved in each. */
function frames(): FrameAllocator {
  return new FrameAllocator(
    createBufferRam({
      ranges: [
        { base: 0, size: 40 * P },
        { base: 0x10_0000, size: 60 * P },
      ],
      reserved: [
        { base: 0, size: 2 * P },
        { base: 0x10_0000 + 10, size: P },
      ],
    }),
  );
}

describe("a frame allocator", () => {
  test("gives every frame once that is not reserved in any part, the lowest first", () => {
    const allocator = frames();
    expect([allocator.total, allocator.free, allocator.used]).toEqual([96, 96, 0]);
    const paddrs = Array.from({ length: 96 }, () => allocator.paddrOf(allocator.allocate()));
    expect(new Set(paddrs).size).toBe(96);
    expect([paddrs[0], paddrs[37], paddrs[38]]).toEqual([2 * P, 39 * P, 0x10_0000 + 2 * P]);
    expect(statusOf(() => allocator.allocate())).toBe("NO_MEMORY");
    expect([allocator.free, allocator.used]).toEqual([0, 96]);
  });

  test("knows a frame by its physical address and the other way round", () => {
    const allocator = frames();
    for (const paddr of [0, 39 * P, 0x10_0000, 0x10_0000 + 59 * P]) {
      expect(allocator.paddrOf(allocator.frameOf(paddr + 17)!)).toBe(paddr);
    }
    expect(allocator.frameOf(40 * P)).toBeUndefined();
  });

  test("aligns consecutive frames by their physical address", () => {
    const allocator = new FrameAllocator(ramWithoutBytes(0x8000_3000, 64 * P));
    const frame = allocator.allocateContiguous(4, 16);
    expect(allocator.paddrOf(frame)).toBe(0x8001_0000);
  });

  test("does not take the end of one range and the start of the next for consecutive", () => {
    const allocator = frames();
    const frame = allocator.allocateContiguous(50);
    expect(allocator.paddrOf(frame)).toBe(0x10_0000 + 2 * P);
    expect(statusOf(() => allocator.allocateContiguous(50))).toBe("NO_MEMORY");
  });

  test("refuses to free what is not allocated", () => {
    const allocator = frames();
    const frame = allocator.allocate();
    allocator.release(frame);
    for (const bad of [frame, 0, -1, 1000, 0.5, Number.NaN]) {
      expect(statusOf(() => allocator.release(bad))).toBe("INTERNAL");
    }
    expect(allocator.used).toBe(0);
  });

  test("asks for frames back before it gives up", () => {
    const allocator = frames();
    const hoard = Array.from({ length: 96 }, () => allocator.allocate());
    const stop = allocator.addReclaimer(() => {
      const frame = hoard.pop();
      if (frame !== undefined) allocator.release(frame);
      return frame !== undefined;
    });
    expect(allocator.allocateContiguous(10)).toBeGreaterThan(0);
    stop();
    const free = allocator.free;
    for (let i = 0; i < free; i++) allocator.allocate();
    expect(statusOf(() => allocator.allocate())).toBe("NO_MEMORY");
  });

  test("never gives a frame twice, whatever is allocated and freed", () => {
    const action = fc.record({
      count: fc.integer({ min: 1, max: 12 }),
      log2: fc.integer({ min: 12, max: 15 }),
      free: fc.nat(),
    });
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
        const allocator = frames();
        let runs: { frame: number; count: number }[] = [];
        const taken = new Set<number>();
        for (const { count, log2, free } of actions) {
          if (free % 3 === 0) {
            const victim = runs[free % Math.max(1, runs.length)];
            if (victim === undefined) continue;
            allocator.release(victim.frame, victim.count);
            for (let i = 0; i < victim.count; i++) taken.delete(victim.frame + i);
            runs = runs.filter((run) => run !== victim);
          } else {
            let frame: number;
            try {
              frame = count === 1 ? allocator.allocate() : allocator.allocateContiguous(count, log2);
            } catch {
              continue;
            }
            if (count > 1) expect(allocator.paddrOf(frame) % 2 ** log2).toBe(0);
            for (let i = 0; i < count; i++) {
              expect(taken.has(frame + i)).toBe(false);
              expect(allocator.paddrOf(frame + i)).toBe(allocator.paddrOf(frame) + i * P);
              taken.add(frame + i);
            }
            runs.push({ frame, count });
          }
          expect([allocator.used, allocator.free]).toEqual([taken.size, 96 - taken.size]);
        }
      }),
      { numRuns: 300 },
    );
  });

  test("works for 64 GiB of RAM as for little", () => {
    const allocator = new FrameAllocator({
      ranges: [{ base: 0, size: 2 ** 36 }],
      reserved: [],
      bytes: undefined,
      fd: undefined,
      io: createBufferRam({ ranges: [] }).io,
      offsetOf: (paddr) => (paddr < 2 ** 36 ? paddr : undefined),
      read: () => {},
      write: () => {},
      fill: () => {},
    });
    expect(allocator.total).toBe(2 ** 24);
    const frame = allocator.allocateContiguous(2 ** 20, 36);
    expect(frame).toBe(0);
    expect(allocator.paddrOf(allocator.allocate())).toBe(2 ** 32);
  });
});

describe("RAM", () => {
  test.each<[string, { base: number; size: number }[], { base: number; size: number }[], string]>([
    ["of one range", [{ base: 0, size: P }], [], "OK"],
    ["of nothing", [], [], "OK"],
    [
      "with ranges that overlap",
      [
        { base: 0, size: 2 * P },
        { base: P, size: P },
      ],
      [],
      "INVALID_ARGS",
    ],
    [
      "with ranges that descend",
      [
        { base: 2 * P, size: P },
        { base: 0, size: P },
      ],
      [],
      "INVALID_ARGS",
    ],
    ["with half a page", [{ base: 0, size: 100 }], [], "INVALID_ARGS"],
    ["with an unaligned base", [{ base: 1, size: P }], [], "INVALID_ARGS"],
    ["with NaN", [{ base: Number.NaN, size: P }], [], "INVALID_ARGS"],
    [
      "with something reserved that is not RAM",
      [{ base: 0, size: P }],
      [{ base: P, size: 1 }],
      "INVALID_ARGS",
    ],
    ["that is too large", [{ base: 0, size: 2 ** 52 }], [], "NO_MEMORY"],
  ])("%s", (_name, ranges, reserved, expected) => {
    expect(statusOf(() => createBufferRam({ ranges, reserved }))).toBe(expected);
  });

  test("is read and written by physical address, in one range at a time", () => {
    const ram = createBufferRam({
      ranges: [
        { base: 0, size: P },
        { base: 4 * P, size: P },
      ],
    });
    ram.write(4 * P, Uint8Array.of(1, 2, 3));
    expect([ram.offsetOf(4 * P), ram.offsetOf(P), ram.bytes?.[P + 1]]).toEqual([P, undefined, 2]);
    ram.fill(4 * P + 1, 1, 9);
    const bytes = new Uint8Array(3);
    ram.read(4 * P, bytes);
    expect([...bytes]).toEqual([1, 9, 3]);
    expect(statusOf(() => ram.read(P - 1, new Uint8Array(2)))).toBe("OUT_OF_RANGE");
    expect(statusOf(() => ram.write(2 * P, bytes))).toBe("OUT_OF_RANGE");
  });

  test("has accesses of every width, little endian", () => {
    const { io } = createBufferRam({ ranges: [{ base: 0, size: P }] });
    io.write64(8, 0x55667788, 0x11223344);
    expect([io.read64(8), io.high]).toEqual([0x55667788, 0x11223344]);
    expect([io.read32(12), io.read16(8), io.read8(15)]).toEqual([0x11223344, 0x7788, 0x11]);
    io.write8(0, 0xff);
    io.write16(2, 0xabcd);
    io.write32(4, 0x89abcdef);
    expect(io.read64(0)).toBe(0xabcd00ff);
    expect(io.high).toBe(0x89abcdef);
  });
});
