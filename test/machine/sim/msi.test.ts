import { describe, expect, test, vi } from "vitest";
import { MsiVectors } from "../../../src/machine/sim/msi.ts";

describe("message-signalled interrupts", () => {
  test("a write of data + i to the block's address signals vector i", () => {
    const msi = new MsiVectors(() => {});
    const block = msi.allocate(4);
    const handlers = [0, 1, 2, 3].map((index) => {
      const handler = vi.fn();
      block.attach(index, handler);
      return handler;
    });
    msi.signal(block.address, block.data + 2);
    expect(handlers.map((handler) => handler.mock.calls.length)).toEqual([0, 0, 1, 0]);
    block.detach(2);
    msi.signal(block.address, block.data + 2);
    expect(handlers[2]).toHaveBeenCalledTimes(1);
  });

  test("blocks are aligned to their count and share no vector", () => {
    const msi = new MsiVectors(() => {});
    const taken = new Set<number>();
    for (const count of [1, 8, 2, 32, 1, 16, 4]) {
      const { data } = msi.allocate(count);
      expect(data % count).toBe(0);
      for (let i = 0; i < count; i++) {
        expect(taken.has(data + i)).toBe(false);
        taken.add(data + i);
      }
    }
  });

  test("run out with NO_RESOURCES, and come back when a block is freed", () => {
    const msi = new MsiVectors(() => {});
    const blocks = Array.from({ length: 6 }, () => msi.allocate(32));
    expect(() => msi.allocate(32)).toThrow(/^NO_RESOURCES/);
    blocks[3]!.free();
    blocks[3]!.free();
    expect(msi.allocate(32).data).toBe(blocks[3]!.data);
  });

  test("a message that nobody listens to is logged, and nothing else happens", () => {
    const log = vi.fn();
    const msi = new MsiVectors(log);
    const block = msi.allocate(1);
    block.attach(0, () => {});
    block.free();
    msi.signal(0xfee0_0000, block.data);
    expect(log).toHaveBeenCalledWith("msi", "warning", expect.stringContaining("nobody listens"));
    expect(() => block.attach(0, () => {})).toThrow(/^BAD_STATE/);
  });

  test.each([0, 3, 64, -1, 1.5, Number.NaN])("cannot be allocated %d at a time", (count) => {
    expect(() => new MsiVectors(() => {}).allocate(count)).toThrow(/^INVALID_ARGS/);
  });

  test("an index outside the block is OUT_OF_RANGE, and a second handler ALREADY_BOUND", () => {
    const block = new MsiVectors(() => {}).allocate(2);
    expect(() => block.attach(2, () => {})).toThrow(/^OUT_OF_RANGE/);
    block.attach(1, () => {});
    expect(() => block.attach(1, () => {})).toThrow(/^ALREADY_BOUND/);
  });
});
