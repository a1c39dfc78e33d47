import { beforeEach, describe, expect, test } from "vitest";
import type { VmObject } from "../../../src/kernel/vm/vm_object.ts";
import { CachePolicy } from "../../../src/zx/constants.ts";
import { PAGE_SIZE } from "../../../src/zx/pages.ts";
import { type Space, spacesUnderTest, statusOf } from "../../support/address_spaces.ts";
import { FakeDevice, MiB } from "../../support/fake_machine.ts";

const P = PAGE_SIZE;
const BAR = 0xfebf_0000;
let space: Space;
let bar: VmObject;
beforeEach(async () => {
  space = await spacesUnderTest.find(({ kind }) => kind === "portable")!.create();
  space.machine.addDevice(BAR, 4 * P, "edu", new FakeDevice(4 * P));
  bar = space.physical(BAR, 4 * P);
});

describe("a physical VMO", () => {
  test("is a fixed range, uncached, always there, and takes no RAM", () => {
    expect([bar.kind, bar.size, bar.cachePolicy]).toEqual(["physical", 4 * P, CachePolicy.UNCACHED]);
    expect([bar.contiguous, bar.resizable, bar.committedBytes, bar.name]).toEqual([true, false, 0, ""]);
    expect(space.frames.used).toBe(0);
  });

  test.each<[string, number, number, string]>([
    ["of a size that is rounded up", BAR, 100, "OK"],
    ["of an unaligned base", BAR + 1, P, "INVALID_ARGS"],
    ["of 0 bytes", BAR, 0, "INVALID_ARGS"],
    ["beyond the last address", 2 ** 53 - P, P, "INVALID_ARGS"],
    ["that is RAM in part", 15 * MiB, 2 * MiB, "NOT_SUPPORTED"],
  ])("%s", (_name, base, size, expected) => {
    expect(statusOf(() => space.physical(base, size))).toBe(expected);
  });

  test("asks the machine what lies there, but not for RAM", () => {
    const asked: number[] = [];
    const { resolve } = space.machine;
    space.machine.resolve = (paddr, size) => {
      asked.push(paddr);
      return resolve.call(space.machine, paddr, size);
    };
    const device = space.physical(BAR + P, P);
    const ram = space.physical(0, P);
    expect(asked).toEqual([BAR + P]);
    expect([device.device?.name, ram.device]).toEqual(["edu", undefined]);
  });

  test.each<[string, (vmo: VmObject) => unknown, string]>([
    ["read", (vmo) => vmo.read(0, new Uint8Array(4)), "NOT_SUPPORTED"],
    ["write", (vmo) => vmo.write(0, new Uint8Array(4)), "NOT_SUPPORTED"],
    ["COMMIT", (vmo) => vmo.commit(0, P), "NOT_SUPPORTED"],
    ["DECOMMIT", (vmo) => vmo.decommit(0, P), "NOT_SUPPORTED"],
    ["ZERO", (vmo) => vmo.zero(0, P), "NOT_SUPPORTED"],
    ["LOCK", (vmo) => vmo.lock(0, vmo.size), "NOT_SUPPORTED"],
    ["TRY_LOCK", (vmo) => vmo.tryLock(0, vmo.size), "NOT_SUPPORTED"],
    ["UNLOCK", (vmo) => vmo.unlock(0, vmo.size), "NOT_SUPPORTED"],
    ["cache operations", (vmo) => vmo.cacheOperation("clean", 0, P), "NOT_SUPPORTED"],
    ["a stream size", (vmo) => vmo.setStreamSize(0), "NOT_SUPPORTED"],
    ["set_size", (vmo) => vmo.resize(P), "UNAVAILABLE"],
    ["PREFETCH", (vmo) => vmo.prefetch(0, P), "OK"],
    ["PREFETCH beyond the end", (vmo) => vmo.prefetch(4 * P, 1), "OUT_OF_RANGE"],
    ["a slice", (vmo) => space.child(vmo, "slice", 1, 2), "OK"],
    ["a slice beyond the end", (vmo) => space.child(vmo, "slice", 3, 2), "INVALID_ARGS"],
    ["a snapshot", (vmo) => space.child(vmo, "snapshot", 0, 1), "NOT_SUPPORTED"],
    ["a reference", (vmo) => space.child(vmo, "reference"), "NOT_SUPPORTED"],
    ["a pin", (vmo) => vmo.pin(P, 2 * P), "OK"],
    ["a pin of nothing", (vmo) => vmo.pin(0, 0), "INVALID_ARGS"],
    ["a pin of parts of pages", (vmo) => vmo.pin(1, P), "INVALID_ARGS"],
    ["a pin beyond the end", (vmo) => vmo.pin(4 * P, P), "OUT_OF_RANGE"],
  ])("answers to %s", (_name, action, expected) => {
    expect(statusOf(() => action(bar))).toBe(expected);
  });

  test("is pinned at its own addresses, and kept by the pin", () => {
    const pin = bar.pin(P, 2 * P);
    expect(pin.ranges).toEqual([{ base: BAR + P, size: 2 * P }]);
    bar.release();
    expect(bar.alive).toBe(true);
    pin.unpin();
    pin.unpin();
    expect(bar.alive).toBe(false);
  });

  test("may be asked for the policy that it has while it is mapped, but not for another", () => {
    const { base } = space.map(bar);
    expect(statusOf(() => bar.setCachePolicy(CachePolicy.UNCACHED))).toBe("OK");
    expect(statusOf(() => bar.setCachePolicy(CachePolicy.UNCACHED_DEVICE))).toBe("BAD_STATE");
    space.root.unmap(base, 4 * P);
    expect(statusOf(() => bar.setCachePolicy(CachePolicy.UNCACHED_DEVICE))).toBe("OK");
    expect(space.map(bar).cachePolicy).toBe(CachePolicy.UNCACHED_DEVICE);
  });

  test("and its slices freeze each other's policy, which the slice has from its parent", () => {
    bar.setCachePolicy(CachePolicy.WRITE_COMBINING);
    const slice = space.child(bar, "slice", 2, 1);
    expect(slice.cachePolicy).toBe(CachePolicy.WRITE_COMBINING);
    for (const vmo of [bar, slice])
      expect(statusOf(() => vmo.setCachePolicy(CachePolicy.UNCACHED))).toBe("BAD_STATE");
    slice.release();
    expect(statusOf(() => bar.setCachePolicy(CachePolicy.UNCACHED))).toBe("OK");
  });

  test("is reached through a slice at the slice's place", () => {
    const device = bar.device;
    const { base } = space.map(space.child(bar, "slice", 2, 1));
    space.cpu.store32(base + 8, 0x77);
    expect(device?.kind === "dispatched" && device.io.read32(2 * P + 8)).toBe(0x77);
  });

  test("is named with its address where an error is about it", () => {
    bar.name = "edu bar 0";
    expect(() => bar.read(0, new Uint8Array(1))).toThrow(
      `NOT_SUPPORTED: read on physical vmo "edu bar 0" (koid ${bar.koid}) at 0xfebf0000`,
    );
  });
});
