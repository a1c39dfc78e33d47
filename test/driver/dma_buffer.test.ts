import { describe, expect, test } from "vitest";
import { DmaBuffer } from "../../src/driver/dma_buffer.ts";
import type { SyscallEvent } from "../../src/events/events.ts";
import { CachePolicy } from "../../src/zx/constants.ts";
import { PAGE_SIZE } from "../../src/zx/pages.ts";
import { withKernel } from "../support/kernel.ts";

describe("a DMA buffer on a machine that is coherent", () => {
  const get = withKernel();

  test("is CACHED, and its cache operations cost no system call", () => {
    const { zx, kernel } = get();
    using buffer = new DmaBuffer(zx, get().bti(), 100, "ring");
    expect([buffer.policy, buffer.size]).toEqual(["CACHED", PAGE_SIZE]);
    const calls: string[] = [];
    const stop = kernel.events.listen((event) => calls.push((event as SyscallEvent).name), ["syscall"]);
    buffer.cacheFlush(0, PAGE_SIZE);
    buffer.cacheFlushInvalidate(0, PAGE_SIZE);
    stop();
    expect(calls).toEqual([]);
  });

  test("checks the range of its cache operations all the same", () => {
    const { zx } = get();
    const buffer = new DmaBuffer(zx, get().bti(), 100, "ring");
    for (const [offset, length] of [
      [0, PAGE_SIZE + 1],
      [-1, 1],
      [Number.NaN, 1],
    ] as const) {
      expect(() => buffer.cacheFlush(offset, length)).toThrow(/^OUT_OF_RANGE: cacheFlush/);
      expect(() => buffer.cacheFlushInvalidate(offset, length)).toThrow(/^OUT_OF_RANGE/);
    }
    buffer.release();
    expect(() => buffer.cacheFlush(0, 1)).toThrow(/^BAD_STATE: cacheFlush of a DMA buffer that was released/);
  });

  test("has another policy where that is asked for", () => {
    const { zx } = get();
    using buffer = new DmaBuffer(zx, get().bti(), 100, "frames", "WRITE_COMBINING");
    const { mapping } = zx
      .objectGetInfo(zx.vmarRootSelf, "VMAR_MAPS")
      .find(({ base }) => base === buffer.address)!;
    expect(mapping).toMatchObject({ cachePolicy: CachePolicy.WRITE_COMBINING, memoryType: "WC" });
  });

  test("can be viewed for accesses of one width, which end with it", () => {
    const { zx } = get();
    const buffer = new DmaBuffer(zx, get().bti(), 100, "ring");
    const { view } = buffer;
    view.write32(4, 0x0403_0201);
    expect([...buffer.read(4, 4)]).toEqual([1, 2, 3, 4]);
    expect(buffer.view).toBe(view);
    buffer.release();
    expect(() => view.read32(4)).toThrow(/^NOT_FOUND: read32 at offset 0x4 of "ring"/);
    expect(() => buffer.view).toThrow(/^BAD_STATE/);
  });
});
