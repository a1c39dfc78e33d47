import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { AddressMap } from "../../../src/machine/sim/address_map.ts";

describe("an address map", () => {
  test("finds the range that an address lies in", () => {
    const map = new AddressMap(2 ** 40);
    const a = map.add(0x1000, 0x1000, "a", undefined);
    const b = map.add(0x2000, 0x10, "b", undefined);
    expect([0xfff, 0x1000, 0x1fff, 0x2000, 0x200f, 0x2010].map((address) => map.find(address))).toEqual([
      undefined,
      a,
      a,
      b,
      b,
      undefined,
    ]);
  });

  test("refuses a range that overlaps another, and names both", () => {
    const map = new AddressMap(2 ** 40);
    map.add(0x1000, 0x1000, "edu BAR 0", undefined);
    expect(() => map.add(0x1ff0, 0x100, "testdev BAR 2", undefined)).toThrow(
      "ALREADY_EXISTS: testdev BAR 2 at [0x1ff0, 0x20f0): edu BAR 0 is at [0x1000, 0x2000)",
    );
    expect(() => map.add(0x0, 0x10_0000, "all", undefined)).toThrow(/^ALREADY_EXISTS/);
  });

  test.each([
    [0x10000, 4],
    [-4, 8],
    [0, 0],
    [2, 4],
    [0, 6],
    [Number.NaN, 4],
    [0, Number.POSITIVE_INFINITY],
  ])("refuses [%d, +%d): it is no range of this map", (base, size) => {
    expect(() => new AddressMap(0x10000).add(base, size, "bad", undefined)).toThrow(/^INVALID_ARGS: bad/);
  });

  test("tells its watchers of changes, and forgets a range once", () => {
    const map = new AddressMap(0x10000);
    const watchers = Array.from({ length: 100 }, () => ({ moved: vi.fn() }));
    for (const watcher of watchers) map.watch(watcher);
    const range = map.add(0, 16, "a", undefined);
    map.remove(range);
    map.remove(range);
    for (const { moved } of watchers) expect(moved).toHaveBeenCalledTimes(2);
    expect(map.find(0)).toBeUndefined();
  });

  test("agrees with a list that is searched from end to end", () => {
    const cell = fc.record({ base: fc.nat(63), size: fc.integer({ min: 1, max: 12 }), remove: fc.boolean() });
    fc.assert(
      fc.property(fc.array(cell, { maxLength: 40 }), (steps) => {
        const map = new AddressMap(4 * 80);
        const list: ReturnType<AddressMap["add"]>[] = [];
        for (const { base, size, remove } of steps) {
          if (remove) {
            const range = list.splice(base % (list.length + 1), 1)[0];
            if (range !== undefined) map.remove(range);
            continue;
          }
          const free = list.every(
            (other) => other.base >= 4 * (base + size) || other.base + other.size <= 4 * base,
          );
          if (free) list.push(map.add(4 * base, 4 * size, "x", undefined));
          else expect(() => map.add(4 * base, 4 * size, "x", undefined)).toThrow(/^ALREADY_EXISTS/);
        }
        for (let address = 0; address < 4 * 80; address++) {
          expect(map.find(address)).toBe(list.find((r) => address >= r.base && address < r.base + r.size));
        }
      }),
    );
  });
});
