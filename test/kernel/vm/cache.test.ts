/** Memory behind a cache that devices do not see: to programs and to the kernel it is memory like any other. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { VmMapping } from "../../../src/kernel/vm/vm_mapping.ts";
import type { VmObject } from "../../../src/kernel/vm/vm_object.ts";
import { PAGE_SIZE } from "../../../src/zx/pages.ts";
import { onBothSpaces, type Space } from "../../support/address_spaces.ts";

const P = PAGE_SIZE;
const PAGES = 3;
const SIZE = PAGES * P;

/** A VMO, a mapping of it, and what should be in it. */
interface Model {
  readonly vmo: VmObject;
  readonly mapping: VmMapping;
  readonly bytes: Uint8Array;
}

const step = fc.record({
  do: fc.constantFrom("store", "copy", "write", "load", "zero", "snapshot", "decommit", "release"),
  which: fc.nat(7),
  at: fc.nat(SIZE - 1),
  size: fc.integer({ min: 1, max: 300 }),
  value: fc.integer({ min: 1, max: 255 }),
});

onBothSpaces("memory behind a cache", (spaceUnderTest) => {
  test("is what was written last, whichever way it is written and read, whatever is evicted meanwhile", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), fc.nat(), async (steps, seed) => {
        const space = await spaceUnderTest.createCached(seed);
        try {
          run(space, steps);
        } finally {
          space.close();
        }
      }),
      { numRuns: 100 },
    );
  });
});

function run(space: Space, steps: readonly (typeof step extends fc.Arbitrary<infer T> ? T : never)[]): void {
  let models: Model[] = [add(space, space.vmo(PAGES), new Uint8Array(SIZE))];
  for (const { do: action, which, at, size: wanted, value } of steps) {
    const model = models[which % models.length];
    if (model === undefined) return;
    const { vmo, mapping, bytes } = model;
    const size = Math.min(wanted, SIZE - at);
    if (action === "store") {
      space.cpu.store8(mapping.base + at, value);
      bytes[at] = value;
    } else if (action === "copy" || action === "write") {
      const from = new Uint8Array(size).fill(value);
      if (action === "copy") space.aspace.memory.write(mapping.base + at, from);
      else vmo.write(at, from);
      bytes.set(from, at);
    } else if (action === "zero") {
      vmo.zero(at, size);
      bytes.fill(0, at, at + size);
    } else if (action === "snapshot") {
      models.push(add(space, space.child(vmo, "snapshot", 0, PAGES), bytes.slice()));
    } else if (action === "decommit" && models.length === 1) {
      vmo.decommit(0, P);
      bytes.fill(0, 0, P);
    } else if (action === "release") {
      space.root.unmap(mapping.base, SIZE);
      vmo.release();
      models = models.filter((other) => other !== model);
    }
    for (const { vmo, mapping, bytes } of models) {
      expect(space.cpu.load8(mapping.base + at)).toBe(bytes[at]);
      const into = new Uint8Array(size);
      if (value % 2 === 0) vmo.read(at, into);
      else space.aspace.memory.read(mapping.base + at, into);
      expect(into).toEqual(bytes.subarray(at, at + size));
    }
  }
}

function add(space: Space, vmo: VmObject, bytes: Uint8Array): Model {
  return { vmo, mapping: space.map(vmo), bytes };
}
