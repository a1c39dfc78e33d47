import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { AddressAllocator } from "../../src/bus/pci/allocator.ts";
import type { BarProbe } from "../../src/bus/pci/bar.ts";
import type { AddressSpace, AddressSpaceRequest } from "../../src/bus/pci/pciroot.ts";
import { placeBars } from "../../src/bus/pci/placement.ts";

const bar = (id: number, size: number, more: Partial<BarProbe> = {}): BarProbe => ({
  id,
  kind: "memory",
  size,
  is64: false,
  prefetchable: false,
  address: 0,
  ...more,
});

/** Windows of 1 MiB below 4 GiB and 1 GiB above, 4 KiB of ports. */
function windows() {
  const low = new AddressAllocator([{ base: 0xc000_0000, size: 0x10_0000 }]);
  const high = new AddressAllocator([{ base: 0x8_0000_0000, size: 2 ** 30 }]);
  const io = new AddressAllocator([{ base: 0x1000, size: 0x1000 }]);
  const log: string[] = [];
  const allocate = ({ type, size, base, low: isLow }: AddressSpaceRequest): AddressSpace => {
    const allocator = type === "io" ? io : isLow ? low : high;
    const range = allocator.allocate(base === undefined ? { size } : { size, base });
    log.push(`${type} 0x${size.toString(16)}`);
    return { ...range, cpuBase: range.base, resource: 0, release: () => allocator.free(range) };
  };
  return { low, high, io, log, allocate };
}

function bases(spaces: ReadonlyMap<number, AddressSpace> | undefined): Record<number, number> {
  return Object.fromEntries([...(spaces ?? [])].map(([id, { base }]) => [id, base]));
}

describe("placing base address registers", () => {
  it("goes by size, the largest first, over all functions", () => {
    const { log, allocate } = windows();
    placeBars([{ bars: [bar(0, 0x1000), bar(1, 0x8000)] }, { bars: [bar(0, 0x4000)] }], allocate);
    expect(log).toEqual(["memory 0x8000", "memory 0x4000", "memory 0x1000"]);
  });

  it("leaves what firmware placed where it is, before anything else is placed", () => {
    const { allocate } = windows();
    const floating = { bars: [bar(0, 0x8_0000)] };
    const settled = { bars: [bar(0, 0x1000, { address: 0xc000_0000 })] };
    const { placed } = placeBars([floating, settled], allocate);
    expect(bases(placed.get(settled))).toEqual({ 0: 0xc000_0000 });
    expect(bases(placed.get(floating))).toEqual({ 0: 0xc008_0000 });
  });

  it("moves what firmware placed outside the windows, or on top of each other", () => {
    const { allocate } = windows();
    const outside = { bars: [bar(0, 0x1000, { address: 0xfee0_0000 })] };
    const first = { bars: [bar(0, 0x1000, { address: 0xc000_4000 })] };
    const second = { bars: [bar(0, 0x1000, { address: 0xc000_4000 })] };
    const { placed } = placeBars([outside, first, second], allocate);
    expect(bases(placed.get(first))).toEqual({ 0: 0xc000_4000 });
    expect(bases(placed.get(outside))).toEqual({ 0: 0xc000_0000 });
    expect(bases(placed.get(second))).toEqual({ 0: 0xc000_1000 });
  });

  it("gives memory in whole pages, so that no VMO shows a neighbour", () => {
    const { allocate } = windows();
    const a = { bars: [bar(0, 0x20), bar(1, 0x80, { address: 0xc000_0080 })] };
    const { placed } = placeBars([a], allocate);
    for (const space of placed.get(a)!.values())
      expect([space.base % 0x1000, space.size]).toEqual([0, 0x1000]);
    expect(new Set(Object.values(bases(placed.get(a)))).size).toBe(2);
  });

  it("puts 64-bit memory below 4 GiB as long as there is room, 32-bit memory always", () => {
    const { allocate } = windows();
    const wide = { bars: [bar(0, 0x10_0000, { is64: true }), bar(2, 0x10_0000, { is64: true })] };
    const { placed } = placeBars([wide], allocate);
    expect(bases(placed.get(wide))).toEqual({ 0: 0xc000_0000, 2: 0x8_0000_0000 });
    const narrow = { bars: [bar(0, 0x10_0000)] };
    expect(placeBars([narrow], allocate).failed.get(narrow)).toMatchObject({ statusName: "NOT_FOUND" });
  });

  it("keeps a 64-bit register that firmware placed above 4 GiB there", () => {
    const { allocate } = windows();
    const owner = { bars: [bar(0, 0x1000, { is64: true, address: 0x8_0000_5000 })] };
    expect(bases(placeBars([owner], allocate).placed.get(owner))).toEqual({ 0: 0x8_0000_5000 });
  });

  it("gives a function all it wants or nothing, and the others theirs", () => {
    const { low, allocate } = windows();
    const greedy = { bars: [bar(0, 0x8_0000), bar(1, 0x20_0000)] };
    const modest = { bars: [bar(0, 0x1000)] };
    const { placed, failed } = placeBars([greedy, modest], allocate);
    expect(placed.has(greedy)).toBe(false);
    expect(failed.get(greedy)?.message).toMatch(
      /^NOT_FOUND: no room for BAR 1 \(0x200000 bytes\): no 0x200000 aligned/,
    );
    expect(low.taken).toEqual([{ base: placed.get(modest)!.get(0)!.base, size: 0x1000 }]);
  });

  it("places I/O ports at their natural size", () => {
    const { allocate } = windows();
    const owner = { bars: [bar(0, 0x20, { kind: "io" }), bar(1, 0x40, { kind: "io", address: 0x1010 })] };
    expect(bases(placeBars([owner], allocate).placed.get(owner))).toEqual({ 0: 0x1060, 1: 0x1010 });
  });

  test("whatever is wanted, every function has everything or nothing, and nothing is lost", () => {
    const anyBar = fc.record({
      kind: fc.constantFrom("memory" as const, "io" as const),
      log2: fc.integer({ min: 2, max: 21 }),
      is64: fc.boolean(),
      address: fc.oneof(
        fc.constant(0),
        fc.nat({ max: 0x20 }).map((n) => 0xc000_0000 + n * 0x8000),
      ),
    });
    fc.assert(
      fc.property(fc.array(fc.array(anyBar, { maxLength: 3 }), { maxLength: 8 }), (wanted) => {
        const { low, high, io, allocate } = windows();
        const owners = wanted.map((bars) => ({
          bars: bars.map(({ kind, log2, is64, address }, i) =>
            bar(i * 2, 2 ** log2, {
              kind,
              is64: is64 && kind === "memory",
              address: kind === "memory" ? address : 0,
            }),
          ),
        }));
        const { placed, failed } = placeBars(owners, allocate);
        for (const owner of owners) {
          expect(placed.has(owner)).toBe(!failed.has(owner));
          const spaces = placed.get(owner);
          if (spaces !== undefined)
            expect([...spaces.keys()].sort()).toEqual(owner.bars.map(({ id }) => id).sort());
        }
        const handedOut = [...placed.values()].flatMap((spaces) => [...spaces.values()]);
        expect(handedOut).toHaveLength(low.taken.length + high.taken.length + io.taken.length);
      }),
    );
  });
});
