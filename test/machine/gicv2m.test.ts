import { describe, expect, test } from "vitest";
import { GicV2m } from "../../src/machine/gicv2m.ts";
import { VirtualClock } from "../../src/machine/sim/clock.ts";
import { SimGicV2m } from "../../src/machine/sim/gicv2m.ts";
import { InterruptLines } from "../../src/machine/sim/interrupts.ts";

const FRAME = { frame: { base: 0x0802_0000, size: 0x1000 }, firstIntid: 80, count: 64 };

function gic() {
  return new InterruptLines(288, new VirtualClock(), { keepEdges: true, firstVector: 16 });
}

describe("a GICv2m frame", () => {
  test("gives blocks whose first INTID is a multiple of their size", () => {
    const frame = new GicV2m(FRAME, gic());
    const one = frame.allocate(1);
    expect([one.address, one.data, one.count]).toEqual([0x0802_0040, 80, 1]);
    expect([frame.allocate(4).data, frame.allocate(32).data, frame.allocate(1).data]).toEqual([84, 96, 81]);
  });

  test("gives an INTID again once its block is freed", () => {
    const frame = new GicV2m(FRAME, gic());
    const first = frame.allocate(32);
    expect(() => frame.allocate(32)).toThrow(/^NO_RESOURCES: no 32 consecutive INTIDs are left at 0x8020000/);
    first.free();
    expect(frame.allocate(32).data).toBe(first.data);
  });

  test.each([0, 3, 64, 1.5, Number.NaN, "1" as unknown as number])("refuses a block of %s", (count) => {
    expect(() => new GicV2m(FRAME, gic()).allocate(count)).toThrow(/^INVALID_ARGS/);
  });

  test("has one handler for each message, and none after the block is freed", () => {
    const lines = gic();
    const block = new GicV2m(FRAME, lines).allocate(2);
    block.attach(1, () => {});
    expect(() => block.attach(1, () => {})).toThrow(/^ALREADY_BOUND: MSI 1 has a handler already/);
    expect(() => block.attach(2, () => {})).toThrow(/^OUT_OF_RANGE: MSI 2: the block has 2/);
    expect(() => block.detach(-1)).toThrow(/^OUT_OF_RANGE/);
    block.detach(1);
    block.attach(1, () => {});
    block.free();
    block.free();
    expect(() => block.attach(0, () => {})).toThrow(/^BAD_STATE/);
    lines.attach(81, "edge", () => {});
  });

  test("on sim, makes an edge of a message", () => {
    const lines = gic();
    const frame = new SimGicV2m(FRAME, lines, () => {});
    const block = frame.allocate(2);
    const seen: number[] = [];
    block.attach(0, () => seen.push(0));
    block.attach(1, () => seen.push(1));
    for (const data of [81, 80, 81]) frame.signal(block.address, data);
    expect(seen).toEqual([1, 0, 1]);
  });
});
