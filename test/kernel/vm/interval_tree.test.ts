import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Interval, IntervalTree } from "../../../src/kernel/vm/interval_tree.ts";
import { ProtectionRuns } from "../../../src/kernel/vm/protection_runs.ts";

const SPAN = 200;
const edit = fc.record({
  base: fc.nat(SPAN - 1),
  size: fc.integer({ min: 1, max: 12 }),
  remove: fc.nat(2).map((n) => n === 0),
});
const query = fc.record({
  size: fc.integer({ min: 1, max: 20 }),
  alignment: fc.constantFrom(1, 2, 4, 16),
  from: fc.nat(SPAN),
  limit: fc.nat(SPAN),
});

describe("an interval tree", () => {
  test("agrees with a list about what is where and where there is room", () => {
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 80 }), query, (edits, { size, alignment, from, limit }) => {
        const tree = new IntervalTree<Interval>();
        let list: Interval[] = [];
        for (const { base, size: bytes, remove } of edits) {
          const there = list.filter((item) => item.base < base + bytes && base < item.base + item.size);
          expect(tree.isFree(base, base + bytes)).toBe(there.length === 0);
          expect(tree.overlapping(base, base + bytes)).toEqual(there.toSorted((a, b) => a.base - b.base));
          if (remove && there[0] !== undefined) {
            tree.delete(there[0]);
            list = list.filter((item) => item !== there[0]);
          } else if (there.length === 0) {
            const item = { base, size: bytes };
            tree.insert(item);
            list.push(item);
          }
        }
        expect(tree.items()).toEqual(list.toSorted((a, b) => a.base - b.base));
        expect([tree.count, tree.lowestBase()]).toEqual([
          list.length,
          Math.min(...list.map(({ base }) => base)),
        ]);
        const taken = new Set(
          list.flatMap((item) => Array.from({ length: item.size }, (_, i) => item.base + i)),
        );
        const found = Array.from({ length: SPAN }, (_, address) => address).filter((address) =>
          tree.at(address),
        );
        expect(found).toEqual([...taken].filter((address) => address < SPAN).toSorted((a, b) => a - b));
        const fits = (address: number) =>
          address >= from &&
          address + size <= limit &&
          address % alignment === 0 &&
          Array.from({ length: size }, (_, i) => address + i).every((at) => !taken.has(at));
        const lowest = Array.from({ length: SPAN }, (_, address) => address).find(fits) ?? -1;
        expect(tree.lowestFit(size, alignment, from, limit)).toBe(lowest);
      }),
      { numRuns: 1000 },
    );
  });

  test("stays flat: 100,000 ascending items are found in the depth of a balanced tree", () => {
    const tree = new IntervalTree<Interval>();
    for (let i = 0; i < 100_000; i++) tree.insert({ base: i * 2, size: 1 });
    expect(tree.lowestFit(2, 1, 0, 300_000)).toBe(199_999);
    expect(tree.lowestFit(1, 1, 100_000, 300_000)).toBe(100_001);
    expect(tree.at(150_000)?.base).toBe(150_000);
    expect(tree.at(150_001)).toBeUndefined();
  });
});

describe("protection runs", () => {
  test("agree with an array of permissions, and neighbours always differ", () => {
    const change = fc.record({
      start: fc.nat(30),
      size: fc.integer({ min: 1, max: 31 }),
      permissions: fc.nat(3),
    });
    fc.assert(
      fc.property(
        fc.array(change, { maxLength: 20 }),
        fc.nat(30),
        fc.nat(31),
        (changes, cutStart, cutEnd) => {
          const runs = new ProtectionRuns(31, 3);
          const plain = new Array<number>(31).fill(3);
          for (const { start, size, permissions } of changes) {
            const end = Math.min(31, start + size);
            runs.set(start, end, permissions);
            plain.fill(permissions, start, end);
          }
          const flat = (r: ProtectionRuns) =>
            r.runs.flatMap((run) => new Array(run.end - run.start).fill(run.permissions));
          expect(flat(runs)).toEqual(plain);
          expect(Array.from({ length: 31 }, (_, i) => runs.at(i))).toEqual(plain);
          for (let i = 1; i < runs.runs.length; i++)
            expect(runs.runs[i]?.permissions).not.toBe(runs.runs[i - 1]?.permissions);
          if (cutStart < cutEnd) {
            const part = plain.slice(cutStart, cutEnd);
            expect(flat(runs.slice(cutStart, cutEnd))).toEqual(part);
            expect(runs.within(cutStart, cutEnd)).toEqual({
              some: part.reduce((a, b) => a | b, 0),
              every: part.reduce((a, b) => a & b, -1),
            });
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
