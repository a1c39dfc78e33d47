import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { AddressAllocator, type AddressRange } from "../../src/bus/pci/allocator.ts";
import { isStatus } from "../../src/zx/error.ts";

const WINDOW = { base: 0xc000_0000, size: 0x3ec0_0000 };

describe("AddressAllocator", () => {
  it("aligns naturally and fills holes from below", () => {
    const allocator = new AddressAllocator([WINDOW]);
    expect(allocator.allocate({ size: 0x1000 }).base).toBe(0xc000_0000);
    expect(allocator.allocate({ size: 0x10_0000 }).base).toBe(0xc010_0000);
    expect(allocator.allocate({ size: 0x1000 }).base).toBe(0xc000_1000);
  });

  it("rounds the alignment of an odd size up to a power of two", () => {
    const allocator = new AddressAllocator([WINDOW]);
    allocator.allocate({ size: 0x1000 });
    expect(allocator.allocate({ size: 0x3000 })).toEqual({ base: 0xc000_4000, size: 0x3000 });
  });

  it("gives an exact base, aligned or not", () => {
    const allocator = new AddressAllocator([WINDOW]);
    expect(allocator.allocate({ base: 0xfeb0_1000, size: 0x4000 }).base).toBe(0xfeb0_1000);
    expect(() => allocator.allocate({ base: 0xfeb0_4000, size: 0x1000 })).toThrow(
      /^NOT_FOUND.*0xfeb04000 is taken/,
    );
    expect(() => allocator.allocate({ base: 0xfebf_f000, size: 0x2000 })).toThrow(
      /^NOT_FOUND.*outside \[0xc0000000, 0xfec00000\)/,
    );
    expect(() => allocator.allocate({ base: -0x1000, size: 0x1000 })).toThrow(/^NOT_FOUND/);
    expect(() => allocator.allocate({ base: Number.NaN, size: 0x1000 })).toThrow(/^NOT_FOUND/);
  });

  it("never crosses from one window into the next, 4 GiB included", () => {
    const allocator = new AddressAllocator([
      { base: 0xf000_0000, size: 0x1000_0000 },
      { base: 0x1_0000_0000, size: 0x1000_0000 },
    ]);
    allocator.allocate({ size: 0x800_0000 });
    expect(allocator.allocate({ size: 0x1000_0000 }).base).toBe(0x1_0000_0000);
    expect(() => allocator.allocate({ base: 0xffff_f000, size: 0x2000 })).toThrow(/^NOT_FOUND/);
    expect(() => allocator.allocate({ size: 0x1000_0000 })).toThrow(/^NO_RESOURCES/);
  });

  it.each([0, -4096, 1.5, Number.NaN, 2 ** 63])("refuses the size %d with INVALID_ARGS", (size) => {
    expect(() => new AddressAllocator([WINDOW]).allocate({ size })).toThrow(/^INVALID_ARGS/);
  });

  it.each([0, 3, -1, Number.NaN])("refuses the alignment %d with INVALID_ARGS", (alignment) => {
    expect(() => new AddressAllocator([WINDOW]).allocate({ size: 1, alignment })).toThrow(/^INVALID_ARGS/);
  });

  it("takes back only what it gave", () => {
    const allocator = new AddressAllocator([WINDOW]);
    const range = allocator.allocate({ size: 0x2000 });
    expect(() => allocator.free({ base: range.base, size: 0x1000 })).toThrow(/^NOT_FOUND/);
    allocator.free(range);
    expect(() => allocator.free(range)).toThrow(/^NOT_FOUND/);
    expect(allocator.allocate({ size: 0x2000 })).toEqual(range);
  });

  test("whatever is asked for: aligned, inside a window, without overlap, and nothing is lost", () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant("any" as const), log2: fc.nat({ max: 24 }) }),
      fc.record({
        kind: fc.constant("exact" as const),
        log2: fc.nat({ max: 20 }),
        page: fc.nat({ max: 0x3000 }),
      }),
      fc.record({ kind: fc.constant("free" as const), index: fc.nat({ max: 50 }) }),
    );
    const windows = [
      { base: 0x1000, size: 0xf000 },
      { base: 0x10_0000, size: 0x80_0000 },
      { base: 0xff00_0000, size: 0x200_0000 },
    ];
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const allocator = new AddressAllocator(windows);
        const mine: AddressRange[] = [];
        for (const action of steps) {
          if (action.kind === "free") {
            const [range] = mine.splice(action.index, 1);
            if (range !== undefined) allocator.free(range);
            continue;
          }
          const size = 2 ** action.log2;
          const base = action.kind === "exact" ? action.page * 0x1000 : undefined;
          try {
            const range = allocator.allocate(base === undefined ? { size } : { size, base });
            expect(base === undefined ? range.base % size : range.base - base).toBe(0);
            mine.push(range);
          } catch (error) {
            if (!isStatus(error, base === undefined ? "NO_RESOURCES" : "NOT_FOUND")) throw error;
            if (base === undefined) expect(fitsSomewhere(windows, mine, size)).toBe(false);
          }
        }
        const sorted = [...mine].sort((a, b) => a.base - b.base);
        expect(allocator.taken).toEqual(sorted);
        sorted.forEach(({ base, size }, i) => {
          expect(windows.some((w) => w.base <= base && base + size <= w.base + w.size)).toBe(true);
          const next = sorted[i + 1];
          if (next !== undefined) expect(base + size).toBeLessThanOrEqual(next.base);
        });
      }),
    );
  });
});

/** The naive answer: tries every aligned place. */
function fitsSomewhere(windows: AddressRange[], taken: AddressRange[], size: number): boolean {
  for (const window of windows) {
    for (
      let base = Math.ceil(window.base / size) * size;
      base + size <= window.base + window.size;
      base += size
    ) {
      if (!taken.some((range) => range.base < base + size && base < range.base + range.size)) return true;
    }
  }
  return false;
}
