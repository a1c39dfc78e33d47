import { beforeEach, describe, expect, test } from "vitest";
import { FrameAllocator } from "../../../src/kernel/vm/frames.ts";
import { MAX_VMO_SIZE, type VmObject } from "../../../src/kernel/vm/vm_object.ts";
import { VmObjectPaged } from "../../../src/kernel/vm/vm_object_paged.ts";
import { CachePolicy } from "../../../src/zx/constants.ts";
import { PAGE_SIZE } from "../../../src/zx/pages.ts";
import { type Space, spacesUnderTest, statusOf } from "../../support/address_spaces.ts";
import { FakeMachine } from "../../support/fake_machine.ts";
import { ramWithoutBytes } from "../../support/ram_without_bytes.ts";

const P = PAGE_SIZE;
let space: Space;
beforeEach(async () => {
  space = await spacesUnderTest.find(({ kind }) => kind === "portable")!.create();
});

function read(vmo: VmObject, offset: number, size: number): number[] {
  const bytes = new Uint8Array(size);
  vmo.read(offset, bytes);
  return [...bytes];
}

describe("a paged VMO", () => {
  test("is zero at first, takes no RAM, and is as large as whole pages", () => {
    const vmo = VmObjectPaged.create(space.frames, { koid: 1, size: P + 1 });
    expect([vmo.size, vmo.streamSize, vmo.committedBytes]).toEqual([2 * P, P + 1, 0]);
    expect(read(vmo, P - 1, 3)).toEqual([0, 0, 0]);
    expect(space.frames.used).toBe(0);
  });

  test("may have no bytes at all", () => {
    const vmo = VmObjectPaged.create(space.frames, { koid: 1, size: 0 });
    expect(vmo.size).toBe(0);
    expect(statusOf(() => read(vmo, 0, 0))).toBe("OK");
    expect(statusOf(() => read(vmo, 0, 1))).toBe("OUT_OF_RANGE");
  });

  test("may be as large as the largest, and not larger", () => {
    const vmo = VmObjectPaged.create(space.frames, { koid: 1, size: MAX_VMO_SIZE });
    vmo.write(MAX_VMO_SIZE - 4, Uint8Array.of(1, 2, 3, 4));
    expect(read(vmo, MAX_VMO_SIZE - 4, 4)).toEqual([1, 2, 3, 4]);
    expect(vmo.committedBytes).toBe(P);
    vmo.zero(0, MAX_VMO_SIZE);
    expect(vmo.committedBytes).toBe(0);
    expect(statusOf(() => VmObjectPaged.create(space.frames, { koid: 1, size: MAX_VMO_SIZE + 1 }))).toBe(
      "OUT_OF_RANGE",
    );
  });

  test("that is unbounded has the stream size that was asked for", () => {
    const vmo = VmObjectPaged.create(space.frames, { koid: 1, size: 100, unbounded: true });
    expect([vmo.size, vmo.streamSize]).toEqual([MAX_VMO_SIZE, 100]);
  });

  test("gives its frames back with the last reference", () => {
    const vmo = space.vmo(3);
    vmo.commit(0, 3 * P);
    vmo.retain();
    vmo.release();
    expect(space.frames.used).toBe(3);
    vmo.release();
    expect(space.frames.used).toBe(0);
    expect(statusOf(() => vmo.release())).toBe("INTERNAL");
    expect(statusOf(() => vmo.retain())).toBe("INTERNAL");
  });

  test("never shows what a frame held before", () => {
    const first = space.vmo(1);
    first.write(0, new Uint8Array(P).fill(0xaa));
    const frame = first.frameAt(0);
    first.release();
    const second = space.vmo(1);
    second.write(0, Uint8Array.of(1));
    expect(second.frameAt(0)).toBe(frame);
    expect(read(second, 0, 3)).toEqual([1, 0, 0]);
  });

  test("cannot be read or written beyond its size", () => {
    const vmo = space.vmo(1);
    expect(statusOf(() => read(vmo, P - 1, 2))).toBe("OUT_OF_RANGE");
    expect(statusOf(() => vmo.write(P, Uint8Array.of(1)))).toBe("OUT_OF_RANGE");
    expect(statusOf(() => read(vmo, P + 1, 0))).toBe("OUT_OF_RANGE");
    expect(statusOf(() => read(vmo, P, 0))).toBe("OK");
  });

  test("cannot be read or written at all unless it is CACHED", () => {
    const vmo = space.vmo(1);
    vmo.setCachePolicy(CachePolicy.UNCACHED);
    expect(statusOf(() => read(vmo, 0, 0))).toBe("BAD_STATE");
    expect(statusOf(() => vmo.write(2 * P, Uint8Array.of(1)))).toBe("BAD_STATE");
  });

  test("refuses to commit more than there is", () => {
    const vmo = VmObjectPaged.create(space.frames, { koid: 1, size: MAX_VMO_SIZE });
    expect(statusOf(() => vmo.commit(0, MAX_VMO_SIZE))).toBe("NO_MEMORY");
    expect(space.frames.used).toBe(0);
  });
});

describe("a resizable VMO", () => {
  test("loses its pages when it shrinks, and the rest of the last one is zero", () => {
    const vmo = space.vmo(3, { resizable: true });
    vmo.write(0, new Uint8Array(3 * P).fill(1));
    vmo.resize(P + 10);
    expect([vmo.size, vmo.streamSize, vmo.committedBytes]).toEqual([2 * P, P + 10, 2 * P]);
    expect(read(vmo, P + 9, 3)).toEqual([1, 0, 0]);
    vmo.resize(3 * P);
    expect(read(vmo, 2 * P, 1)).toEqual([0]);
  });

  test("cannot shrink over pinned pages, nor be too large", () => {
    const vmo = space.vmo(3, { resizable: true });
    const pin = vmo.pin(P, P);
    expect(statusOf(() => vmo.resize(P))).toBe("BAD_STATE");
    expect(statusOf(() => vmo.resize(2 * P))).toBe("OK");
    pin.unpin();
    expect(statusOf(() => vmo.resize(0))).toBe("OK");
    expect(statusOf(() => vmo.resize(MAX_VMO_SIZE + 1))).toBe("OUT_OF_RANGE");
  });

  test("is another thing than one that is not", () => {
    expect(statusOf(() => space.vmo(1).resize(P))).toBe("UNAVAILABLE");
  });
});

describe("the stream size", () => {
  test("ends at the VMO's", () => {
    const vmo = space.vmo(2);
    expect(statusOf(() => vmo.setStreamSize(2 * P + 1))).toBe("OUT_OF_RANGE");
    vmo.setStreamSize(5);
    expect([vmo.streamSize, vmo.size]).toEqual([5, 2 * P]);
  });

  test("makes the bytes zero that it crosses", () => {
    const vmo = space.vmo(2);
    vmo.write(0, new Uint8Array(2 * P).fill(1));
    vmo.setStreamSize(P + 2);
    expect(read(vmo, P, 4)).toEqual([1, 1, 0, 0]);
    vmo.write(P + 2, Uint8Array.of(7, 7));
    vmo.setStreamSize(P + 3);
    expect(read(vmo, P, 4)).toEqual([1, 1, 0, 7]);
  });
});

describe("op_range", () => {
  test("COMMIT rounds out, and commits once", () => {
    const vmo = space.vmo(4);
    vmo.commit(P - 1, 2);
    expect(vmo.committedBytes).toBe(2 * P);
    vmo.commit(0, 4 * P);
    expect(vmo.committedBytes).toBe(4 * P);
    expect(statusOf(() => vmo.commit(4 * P, 1))).toBe("OUT_OF_RANGE");
    expect(statusOf(() => vmo.commit(4 * P, 0))).toBe("OK");
  });

  test("DECOMMIT takes whole pages", () => {
    const vmo = space.vmo(4);
    vmo.write(0, new Uint8Array(4 * P).fill(1));
    vmo.decommit(P, 2 * P);
    expect(vmo.committedBytes).toBe(2 * P);
    expect([read(vmo, P - 1, 2), read(vmo, 3 * P, 1)]).toEqual([[1, 0], [1]]);
    expect(statusOf(() => vmo.decommit(1, P))).toBe("INVALID_ARGS");
    expect(statusOf(() => vmo.decommit(P, 1))).toBe("INVALID_ARGS");
    expect(statusOf(() => vmo.decommit(4 * P, P))).toBe("OUT_OF_RANGE");
  });

  test("DECOMMIT is refused for pinned, copy-on-write and contiguous pages", () => {
    const vmo = space.vmo(2);
    const pin = vmo.pin(0, P);
    expect(statusOf(() => vmo.decommit(0, P))).toBe("BAD_STATE");
    expect(statusOf(() => vmo.decommit(P, P))).toBe("OK");
    pin.unpin();
    const snapshot = space.child(vmo, "snapshot", 0, 2);
    expect(statusOf(() => vmo.decommit(0, P))).toBe("NOT_SUPPORTED");
    expect(statusOf(() => snapshot.decommit(0, P))).toBe("NOT_SUPPORTED");
    snapshot.release();
    expect(statusOf(() => vmo.decommit(0, P))).toBe("OK");
    expect(statusOf(() => space.contiguous(1).decommit(0, P))).toBe("NOT_SUPPORTED");
  });

  test.each<[string, number, number, number]>([
    ["within a page", 10, 20, 3],
    ["across pages", P - 5, 10, 3],
    ["whole pages, which it gives back", P, P, 2],
    ["whole pages and parts", P - 1, 2 * P, 2],
    ["nothing", 100, 0, 3],
  ])("ZERO of %s", (_name, offset, size, pages) => {
    const vmo = space.vmo(3);
    vmo.write(0, new Uint8Array(3 * P).fill(1));
    vmo.zero(offset, size);
    const expected = new Array(3 * P).fill(1).fill(0, offset, offset + size);
    expect(read(vmo, 0, 3 * P)).toEqual(expected);
    expect(vmo.committedBytes).toBe(pages * P);
  });

  test("ZERO keeps the frames of contiguous and pinned pages", () => {
    const contiguous = space.contiguous(2);
    contiguous.write(0, new Uint8Array(2 * P).fill(1));
    contiguous.zero(0, 2 * P);
    expect([contiguous.committedBytes, read(contiguous, P, 1)[0]]).toEqual([2 * P, 0]);
    const vmo = space.vmo(1);
    const pin = vmo.pin(0, P);
    vmo.write(0, Uint8Array.of(1));
    vmo.zero(0, P);
    expect([vmo.frameAt(0) * P, read(vmo, 0, 1)[0]]).toEqual([pin.ranges[0]?.base, 0]);
  });

  test("cache operations are checked", () => {
    const vmo = space.vmo(1);
    expect(statusOf(() => vmo.cacheOperation("clean", 0, P))).toBe("OK");
    expect(statusOf(() => vmo.cacheOperation("clean", 0, 0))).toBe("INVALID_ARGS");
    expect(statusOf(() => vmo.cacheOperation("invalidate", P, 1))).toBe("OUT_OF_RANGE");
    vmo.setCachePolicy(CachePolicy.WRITE_COMBINING);
    expect(statusOf(() => vmo.cacheOperation("sync", 0, P))).toBe("BAD_STATE");
  });
});

describe("a contiguous VMO", () => {
  test("has consecutive, aligned physical addresses, all there and zero", () => {
    const vmo = space.contiguous(5, 16);
    const pin = vmo.pin(0, 5 * P);
    expect(pin.ranges).toHaveLength(1);
    expect(pin.ranges[0]!.size).toBe(5 * P);
    expect(pin.ranges[0]!.base % 2 ** 16).toBe(0);
    expect([vmo.committedBytes, vmo.contiguous]).toEqual([5 * P, true]);
    expect(read(vmo, 0, 5 * P)).toEqual(new Array(5 * P).fill(0));
  });

  test.each<[string, number, number, string]>([
    ["of 0 bytes", 0, 0, "INVALID_ARGS"],
    ["aligned to less than a page", P, 11, "INVALID_ARGS"],
    ["aligned to 2^64", P, 64, "INVALID_ARGS"],
    ["aligned to 2^40, as address 0 is", P, 40, "OK"],
    ["of more than RAM", 64 * 1024 * P, 0, "NO_MEMORY"],
    ["that is too large", 2 ** 53, 0, "OUT_OF_RANGE"],
  ])("%s", (_name, size, alignmentLog2, expected) => {
    const frames = new FrameAllocator(new FakeMachine({ ram: ramWithoutBytes(0, 64 * P) }).ram);
    const create = () => VmObjectPaged.createContiguous(frames, { koid: 1, size, alignmentLog2 });
    expect(statusOf(create)).toBe(expected);
  });
});

describe("a pin", () => {
  test("commits the pages, tells their addresses, and keeps them and the VMO", () => {
    const vmo = space.vmo(4);
    const pin = vmo.pin(P, 2 * P);
    const paddrs = [1, 2].map((page) => space.frames.paddrOf(vmo.frameAt(page)));
    expect(
      pin.ranges.flatMap(({ base, size }) => Array.from({ length: size / P }, (_, i) => base + i * P)),
    ).toEqual(paddrs);
    expect(vmo.committedBytes).toBe(2 * P);
    vmo.release();
    expect(space.frames.used).toBe(2);
    pin.unpin();
    pin.unpin();
    expect(space.frames.used).toBe(0);
  });

  test.each<[string, number, number, string]>([
    ["of nothing", 0, 0, "INVALID_ARGS"],
    ["of part of a page", 0, 100, "INVALID_ARGS"],
    ["from the middle of a page", 100, P, "INVALID_ARGS"],
    ["beyond the end", 3 * P, 2 * P, "OUT_OF_RANGE"],
  ])("%s", (_name, offset, size, expected) => {
    expect(statusOf(() => space.vmo(4).pin(offset, size))).toBe(expected);
  });

  test("counts: pages stay pinned until the last one ends", () => {
    const vmo = space.vmo(1);
    const pins = [vmo.pin(0, P), vmo.pin(0, P)];
    pins[0]!.unpin();
    expect(statusOf(() => vmo.decommit(0, P))).toBe("BAD_STATE");
    pins[1]!.unpin();
    expect(statusOf(() => vmo.decommit(0, P))).toBe("OK");
  });
});

describe("a discardable VMO", () => {
  test("loses its pages when RAM runs out and it is not locked, and says so with the next lock", () => {
    const vmo = space.vmo(10, { discardable: true });
    vmo.lock(0, 10 * P);
    vmo.write(0, Uint8Array.of(1));
    vmo.unlock(0, 10 * P);
    const hog = space.vmo(space.frames.total);
    expect(statusOf(() => hog.commit(0, hog.size))).toBe("OK");
    expect(vmo.committedBytes).toBe(0);
    expect(statusOf(() => read(vmo, 0, 1))).toBe("NOT_FOUND");
    expect(statusOf(() => vmo.tryLock(0, 10 * P))).toBe("UNAVAILABLE");
    expect(vmo.lock(0, 10 * P)).toEqual({ discarded: true });
    expect(read(vmo, 0, 1)).toEqual([0]);
    expect(vmo.lock(0, 10 * P)).toEqual({ discarded: false });
  });

  test("keeps its pages while it is locked, pinned or viewed", () => {
    const vmo = space.vmo(1, { discardable: true });
    vmo.write(0, Uint8Array.of(1));
    const hog = space.vmo(space.frames.total);
    vmo.tryLock(0, P);
    expect(statusOf(() => hog.commit(0, hog.size))).toBe("NO_MEMORY");
    vmo.unlock(0, P);
    const pin = vmo.pin(0, P);
    expect(statusOf(() => hog.commit(0, hog.size))).toBe("NO_MEMORY");
    pin.unpin();
    expect(statusOf(() => hog.commit(0, hog.size))).toBe("OK");
  });

  test("does not lose its own pages for its own growth", () => {
    const vmo = space.vmo(space.frames.total + 1, { discardable: true });
    vmo.write(0, Uint8Array.of(1));
    expect(statusOf(() => vmo.commit(0, space.frames.total * P))).toBe("OK");
    expect(statusOf(() => vmo.write(space.frames.total * P, Uint8Array.of(1)))).toBe("NO_MEMORY");
    expect(read(vmo, 0, 1)).toEqual([1]);
  });

  test("is locked as a whole, and as often as it is unlocked", () => {
    const vmo = space.vmo(2, { discardable: true });
    expect(statusOf(() => vmo.lock(0, P))).toBe("OUT_OF_RANGE");
    expect(statusOf(() => vmo.unlock(0, 2 * P))).toBe("BAD_STATE");
    vmo.lock(0, 2 * P);
    vmo.lock(0, 2 * P);
    vmo.unlock(0, 2 * P);
    expect(statusOf(() => vmo.unlock(0, 2 * P))).toBe("OK");
    expect(statusOf(() => vmo.unlock(0, 2 * P))).toBe("BAD_STATE");
    expect(statusOf(() => space.vmo(1).lock(0, P))).toBe("NOT_SUPPORTED");
  });

  test("of several the one that was unlocked first goes first", () => {
    const lockedVmo = () => {
      const vmo = space.vmo(4, { discardable: true });
      vmo.lock(0, 4 * P);
      vmo.commit(0, 4 * P);
      return vmo;
    };
    const first = lockedVmo();
    const second = lockedVmo();
    second.unlock(0, 4 * P);
    first.unlock(0, 4 * P);
    const hog = space.vmo(space.frames.total);
    hog.commit(0, (space.frames.total - 4) * P);
    expect([first.committedBytes, second.committedBytes]).toEqual([4 * P, 0]);
  });

  test("has no children", () => {
    const vmo = space.vmo(1, { discardable: true });
    expect(statusOf(() => space.child(vmo, "slice", 0, 1))).toBe("NOT_SUPPORTED");
  });
});

describe("the cache policy of a paged VMO", () => {
  const { CACHED, UNCACHED, WRITE_COMBINING } = CachePolicy;

  test("is CACHED at first, and can be changed back and forth", () => {
    const vmo = space.vmo(1);
    expect(vmo.cachePolicy).toBe(CACHED);
    vmo.setCachePolicy(UNCACHED);
    vmo.setCachePolicy(WRITE_COMBINING);
    expect(vmo.cachePolicy).toBe(WRITE_COMBINING);
  });

  test("of committed pages can leave CACHED and come back, not go from one uncached kind to another", () => {
    const vmo = space.contiguous(1);
    vmo.setCachePolicy(UNCACHED);
    expect(statusOf(() => vmo.setCachePolicy(WRITE_COMBINING))).toBe("BAD_STATE");
    expect(statusOf(() => vmo.setCachePolicy(CACHED))).toBe("OK");
  });

  test("stays as it is while there are mappings, children, a parent or pins, even where nothing would change", () => {
    const mapped = space.vmo(1);
    space.map(mapped);
    const parent = space.vmo(1);
    const child = space.child(parent, "slice", 0, 1);
    const pinned = space.vmo(1);
    pinned.pin(0, P);
    for (const vmo of [mapped, parent, child, pinned]) {
      expect(statusOf(() => vmo.setCachePolicy(CACHED))).toBe("BAD_STATE");
    }
  });
});

describe("RAM that is not one array", () => {
  test("serves VMOs by copies", () => {
    const frames = new FrameAllocator(ramWithoutBytes(0x8000_0000, 16 * P));
    const vmo = VmObjectPaged.create(frames, { koid: 1, size: 4 * P });
    const bytes = Uint8Array.from({ length: 2 * P + 7 }, (_, i) => (i * 13) & 0xff);
    vmo.write(100, bytes);
    expect(read(vmo, 100, bytes.length)).toEqual([...bytes]);
    const snapshot = vmo.createChild({ koid: 2, kind: "snapshot", resizable: false, offset: 0, size: 4 * P });
    vmo.zero(100, 4);
    expect(read(vmo, 100, 5)).toEqual([0, 0, 0, 0, bytes[4]]);
    expect(read(snapshot, 100, 5)).toEqual([...bytes.subarray(0, 5)]);
  });
});
