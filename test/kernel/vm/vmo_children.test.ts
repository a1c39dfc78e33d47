import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import type { ChildKind, VmObject } from "../../../src/kernel/vm/vm_object.ts";
import { CachePolicy } from "../../../src/zx/constants.ts";
import { PAGE_SIZE } from "../../../src/zx/pages.ts";
import { onBothSpaces, type Space, spacesUnderTest, statusOf } from "../../support/address_spaces.ts";

const P = PAGE_SIZE;
const portable = spacesUnderTest.find(({ kind }) => kind === "portable")!;
let space: Space;
beforeEach(async () => {
  space = await portable.create();
});

function byteAt(vmo: VmObject, page: number): number {
  const byte = new Uint8Array(1);
  vmo.read(page * P, byte);
  return byte[0]!;
}

function setByte(vmo: VmObject, page: number, value: number): void {
  vmo.write(page * P, Uint8Array.of(value));
}

describe("a snapshot", () => {
  test("and its parent do not see each other's later writes", () => {
    const parent = space.vmo(2);
    setByte(parent, 0, 1);
    setByte(parent, 1, 2);
    const child = space.child(parent, "snapshot", 0, 2);
    setByte(parent, 0, 10);
    setByte(child, 1, 20);
    expect([byteAt(parent, 0), byteAt(parent, 1)]).toEqual([10, 2]);
    expect([byteAt(child, 0), byteAt(child, 1)]).toEqual([1, 20]);
  });

  test("sees nothing of what its parent writes to pages that were empty", () => {
    const parent = space.vmo(1);
    const child = space.child(parent, "snapshot", 0, 1);
    setByte(parent, 0, 1);
    expect(byteAt(child, 0)).toBe(0);
  });

  test("takes frames only for what is written", () => {
    const parent = space.vmo(4);
    parent.commit(0, 4 * P);
    const child = space.child(parent, "snapshot", 0, 4);
    expect(space.frames.used).toBe(4);
    setByte(child, 0, 1);
    expect([space.frames.used, parent.committedBytes, child.committedBytes]).toEqual([5, 4 * P, P]);
  });

  test("is charged for what it shares once nobody older has it any more", () => {
    const parent = space.vmo(2);
    parent.commit(0, 2 * P);
    const child = space.child(parent, "snapshot", 0, 2);
    setByte(parent, 0, 1);
    expect([parent.committedBytes, child.committedBytes, space.frames.used]).toEqual([2 * P, P, 3]);
    parent.release();
    expect([child.committedBytes, space.frames.used]).toEqual([2 * P, 2]);
    child.release();
    expect(space.frames.used).toBe(0);
  });

  test("may begin inside, reach beyond its parent, and lie wholly beyond it", () => {
    const parent = space.vmo(2);
    setByte(parent, 1, 5);
    const child = space.child(parent, "snapshot", 1, 3);
    expect([0, 1, 2].map((page) => byteAt(child, page))).toEqual([5, 0, 0]);
    setByte(child, 2, 7);
    expect(byteAt(child, 2)).toBe(7);
    const beyond = space.child(parent, "snapshot", 10, 1);
    expect(byteAt(beyond, 0)).toBe(0);
  });

  test("outlives its parent, and remembers whose child it was", () => {
    const parent = space.vmo(1);
    setByte(parent, 0, 1);
    const child = space.child(parent, "snapshot", 0, 1);
    const { koid } = parent;
    parent.release();
    expect([byteAt(child, 0), child.parentKoid]).toEqual([1, koid]);
  });

  test("of a snapshot shares with both", () => {
    const parent = space.vmo(1);
    setByte(parent, 0, 1);
    const child = space.child(parent, "snapshot", 0, 1);
    const grandchild = space.child(child, "snapshot", 0, 1);
    expect(space.frames.used).toBe(1);
    setByte(child, 0, 2);
    expect([parent, child, grandchild].map((vmo) => byteAt(vmo, 0))).toEqual([1, 2, 1]);
    expect(space.frames.used).toBe(2);
  });

  test("of a slice ends where the slice does", () => {
    const parent = space.vmo(3);
    for (let page = 0; page < 3; page++) setByte(parent, page, page + 1);
    const slice = space.child(parent, "slice", 1, 1);
    const snapshot = space.child(slice, "snapshot", 0, 2);
    expect([byteAt(snapshot, 0), byteAt(snapshot, 1)]).toEqual([2, 0]);
  });

  test("at least on write is a snapshot at once", () => {
    const parent = space.vmo(1);
    setByte(parent, 0, 1);
    const range = { offset: 0, size: P, resizable: false };
    const child = parent.createChild({ koid: 9, kind: "snapshotAtLeastOnWrite", ...range });
    setByte(parent, 0, 2);
    expect([byteAt(child, 0), child.isCowClone]).toEqual([1, true]);
  });

  test("is refused for contiguous, uncached and pinned memory", () => {
    const uncached = space.vmo(1);
    uncached.setCachePolicy(CachePolicy.UNCACHED);
    const pinned = space.vmo(1);
    pinned.pin(0, P);
    expect(statusOf(() => space.child(space.contiguous(1), "snapshot", 0, 1))).toBe("INVALID_ARGS");
    expect(statusOf(() => space.child(uncached, "snapshot", 0, 1))).toBe("BAD_STATE");
    expect(statusOf(() => space.child(pinned, "snapshot", 0, 1))).toBe("BAD_STATE");
  });
});

describe("a slice", () => {
  test("is a window on its parent's own pages", () => {
    const parent = space.vmo(4);
    const slice = space.child(parent, "slice", 1, 2);
    setByte(slice, 1, 5);
    expect(byteAt(parent, 2)).toBe(5);
    setByte(parent, 1, 6);
    expect(byteAt(slice, 0)).toBe(6);
    expect(statusOf(() => byteAt(slice, 2))).toBe("OUT_OF_RANGE");
    expect([slice.size, slice.isSlice, slice.isCowClone]).toEqual([2 * P, true, false]);
  });

  test("keeps its parent's memory, which stays accounted to the parent", () => {
    const parent = space.vmo(2);
    parent.commit(0, 2 * P);
    const slice = space.child(parent, "slice", 0, 1);
    parent.release();
    expect([space.frames.used, slice.committedBytes, parent.committedBytes]).toEqual([2, 0, 2 * P]);
    slice.release();
    expect(space.frames.used).toBe(0);
  });

  test("inherits the policy and contiguity, and can be pinned and committed in its own offsets", () => {
    const parent = space.contiguous(4);
    parent.setCachePolicy(CachePolicy.UNCACHED);
    const slice = space.child(parent, "slice", 2, 2);
    expect([slice.cachePolicy, slice.contiguous]).toEqual([CachePolicy.UNCACHED, true]);
    expect(slice.pin(P, P).ranges).toEqual([{ base: space.frames.paddrOf(parent.frameAt(3)), size: P }]);
  });

  test.each<[string, number, number, string]>([
    ["inside", 1, 3, "OK"],
    ["beyond the end", 2, 3, "INVALID_ARGS"],
    ["that begins behind the end", 5, 0, "INVALID_ARGS"],
  ])("%s", (_name, page, pages, expected) => {
    expect(statusOf(() => space.child(space.vmo(4), "slice", page, pages))).toBe(expected);
  });

  test("is refused of a resizable VMO, and itself never is one", () => {
    expect(statusOf(() => space.child(space.vmo(2, { resizable: true }), "slice", 0, 1))).toBe(
      "NOT_SUPPORTED",
    );
    expect(statusOf(() => space.child(space.vmo(2), "slice", 0, 1, true))).toBe("INVALID_ARGS");
  });
});

describe("a reference", () => {
  test("is the whole parent under another koid, with its sizes", () => {
    const parent = space.vmo(2, { resizable: true });
    const reference = space.child(parent, "reference", 0, 0, true);
    setByte(reference, 1, 3);
    expect(byteAt(parent, 1)).toBe(3);
    expect([reference.committedBytes, parent.committedBytes]).toEqual([0, P]);
    reference.resize(3 * P);
    reference.setStreamSize(5);
    expect([parent.size, parent.streamSize, reference.koid === parent.koid]).toEqual([3 * P, 5, false]);
  });

  test("is of the whole only, and resizable only if the parent is", () => {
    const parent = space.vmo(2);
    expect(statusOf(() => space.child(parent, "reference", 0, 1))).toBe("INVALID_ARGS");
    expect(statusOf(() => space.child(parent, "reference", 1, 0))).toBe("INVALID_ARGS");
    expect(statusOf(() => space.child(parent, "reference", 0, 0, true))).toBe("ACCESS_DENIED");
    const resizable = space.vmo(2, { resizable: true });
    expect(statusOf(() => space.child(resizable, "reference").resize(P))).toBe("UNAVAILABLE");
  });
});

describe("children", () => {
  test.each<ChildKind>(["snapshot", "slice", "reference"])(
    "of the kind %s are counted and told of",
    (kind) => {
      const told: boolean[] = [];
      const parent = space.vmo(1, { name: "parent" });
      parent.onChildrenChanged = (none) => told.push(none);
      const range = { offset: 0, size: kind === "reference" ? 0 : P, resizable: false };
      const first = parent.createChild({ koid: 100, kind, ...range });
      const second = parent.createChild({ koid: 101, kind, ...range });
      expect([parent.numChildren, first.parentKoid, first.name]).toEqual([2, parent.koid, "parent"]);
      const mapping = space.map(second, { pages: 1 });
      first.release();
      second.release();
      expect([parent.numChildren, told]).toEqual([1, [false]]);
      space.root.unmap(mapping.base, P);
      expect([parent.numChildren, told]).toEqual([0, [false, true]]);
    },
  );

  test("may be children of children without end", () => {
    let vmo: VmObject = space.vmo(1);
    for (let depth = 0; depth < 50_000; depth++) {
      const slice = space.child(vmo, "slice", 0, 1);
      vmo.release();
      vmo = slice;
    }
    setByte(vmo, 0, 1);
    expect(space.frames.used).toBe(1);
    vmo.release();
    expect(space.frames.used).toBe(0);
  });

  test("begin at whole pages and end before the last offset", () => {
    const parent = space.vmo(1);
    const create = (offset: number, size: number) => () =>
      parent.createChild({ koid: 100, kind: "snapshot", resizable: false, offset, size });
    expect(statusOf(create(1, P))).toBe("INVALID_ARGS");
    expect(statusOf(create(0, 2 ** 53))).toBe("OUT_OF_RANGE");
    expect(statusOf(create(2 ** 53 - P, P))).toBe("OUT_OF_RANGE");
    expect(statusOf(create(0, 1))).toBe("OK");
  });
});

onBothSpaces("mappings of snapshots", (spaceUnderTest) => {
  test("go apart when one of them is written", async () => {
    const here = await spaceUnderTest.create();
    const parent = here.vmo(2);
    const first = here.map(parent);
    here.cpu.store8(first.base, 1);
    here.cpu.store8(first.base + P, 2);
    const second = here.map(here.child(parent, "snapshot", 0, 2));
    expect([here.cpu.load8(second.base), here.cpu.load8(second.base + P)]).toEqual([1, 2]);
    here.cpu.store8(first.base, 10);
    here.cpu.store8(second.base + P, 20);
    expect([here.cpu.load8(first.base), here.cpu.load8(first.base + P)]).toEqual([10, 2]);
    expect([here.cpu.load8(second.base), here.cpu.load8(second.base + P)]).toEqual([1, 20]);
    here.close();
  });

  test("of the same VMO stay together when it gets its own copy", async () => {
    const here = await spaceUnderTest.create();
    const parent = here.vmo(1);
    const first = here.map(parent);
    const second = here.map(parent);
    here.cpu.store8(first.base, 1);
    expect(here.cpu.load8(second.base)).toBe(1);
    const snapshot = here.child(parent, "snapshot", 0, 1);
    here.cpu.store8(second.base, 2);
    expect(here.cpu.load8(first.base)).toBe(2);
    expect(byteAt(snapshot, 0)).toBe(1);
    here.close();
  });
});

/** One step of a random history of VMOs that descend from one another. */
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant("write"), which: fc.nat(), page: fc.nat(5), value: fc.nat(255) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("snapshot"), which: fc.nat(), page: fc.nat(6), value: fc.nat(6) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("slice"), which: fc.nat(), page: fc.nat(5), value: fc.nat(5) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("zero"), which: fc.nat(), page: fc.nat(5), value: fc.nat(5) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("release"), which: fc.nat(), page: fc.nat(0), value: fc.nat(0) }),
  },
);

/** A VMO as a plain array: a byte per page; slices share the array of their parent. */
interface Model {
  readonly vmo: VmObject;
  readonly bytes: number[];
  readonly first: number;
  readonly pages: number;
  /** Where the bytes are charged: a slice's are its parent's. */
  readonly ownsBytes: boolean;
}

describe("any tree of snapshots and slices", () => {
  test("behaves as plain arrays, accounts each frame once, and leaves nothing behind", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const root = space.vmo(6);
        let models: Model[] = [
          { vmo: root, bytes: new Array(6).fill(0), first: 0, pages: 6, ownsBytes: true },
        ];
        const everything = new Set<VmObject>([root]);
        for (const { do: action, which, page, value } of steps) {
          const model = models[which % models.length];
          if (model === undefined) break;
          if (action === "write" && page < model.pages) {
            setByte(model.vmo, page, value);
            model.bytes[model.first + page] = value;
          } else if (action === "snapshot") {
            const vmo = space.child(model.vmo, "snapshot", page, value);
            const bytes = Array.from({ length: value }, (_, i) =>
              page + i < model.pages ? model.bytes[model.first + page + i]! : 0,
            );
            models.push({ vmo, bytes, first: 0, pages: value, ownsBytes: true });
            everything.add(vmo);
          } else if (action === "slice" && page + value <= model.pages) {
            const vmo = space.child(model.vmo, "slice", page, value);
            models.push({ ...model, vmo, first: model.first + page, pages: value, ownsBytes: false });
            everything.add(vmo);
          } else if (action === "zero" && page + value <= model.pages) {
            model.vmo.zero(page * P, value * P);
            model.bytes.fill(0, model.first + page, model.first + page + value);
          } else if (action === "release") {
            model.vmo.release();
            models = models.filter((other) => other !== model);
          }
          for (const { vmo, bytes, first, pages } of models) {
            const seen = Array.from({ length: pages }, (_, i) => byteAt(vmo, i));
            expect(seen).toEqual(bytes.slice(first, first + pages));
          }
          const charged = [...everything]
            .filter(({ alive }) => alive)
            .reduce((sum, vmo) => sum + vmo.committedBytes, 0);
          expect(charged).toBe(space.frames.used * P);
        }
        for (const { vmo } of models) vmo.release();
        expect(space.frames.used).toBe(0);
      }),
      { numRuns: 3000 },
    );
  });
});
