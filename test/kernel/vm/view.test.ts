import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { PAGE_SIZE } from "../../../src/zx/pages.ts";
import {
  onBothSpaces,
  READ,
  RW,
  type Space,
  spacesUnderTest,
  statusOf,
} from "../../support/address_spaces.ts";

const P = PAGE_SIZE;

onBothSpaces("a typed-array view", (spaceUnderTest) => {
  let space: Space;
  beforeEach(async () => {
    space = await spaceUnderTest.create();
  });
  afterEach(() => space.close());

  test("is the memory itself, in both directions", () => {
    const vmo = space.contiguous(2);
    const { base } = space.map(vmo);
    const view = space.aspace.memory.bytes(base + 100, P);
    expect(view.length).toBe(P);
    view[0] = 7;
    expect(space.cpu.load8(base + 100)).toBe(7);
    space.cpu.store8(base + 101, 8);
    expect(view[1]).toBe(8);
    const bytes = new Uint8Array(2);
    vmo.read(100, bytes);
    expect([...bytes]).toEqual([7, 8]);
  });

  test("commits its pages", () => {
    const vmo = space.vmo(3);
    const { base } = space.map(vmo);
    space.aspace.memory.bytes(base, P + 1);
    expect(vmo.committedBytes).toBe(2 * P);
  });

  test("of 0 bytes is empty and needs nothing", () => {
    expect(space.aspace.memory.bytes(0x5000, 0)).toHaveLength(0);
  });

  test("is refused where an access would fault, for device memory, and without WRITE", () => {
    const { memory } = space.aspace;
    const ram = space.map(space.vmo(1), { page: 0, pages: 2 });
    const readOnly = space.map(space.vmo(1), { page: 4, options: READ });
    const device = space.map(space.physical(0xfeb0_0000, P), { page: 8 });
    expect(statusOf(() => memory.bytes(ram.base + 2 * P, 1))).toBe("NOT_FOUND");
    expect(statusOf(() => memory.bytes(ram.base, P + 1))).toBe("OUT_OF_RANGE");
    expect(statusOf(() => memory.bytes(readOnly.base, 1))).toBe("ACCESS_DENIED");
    expect(statusOf(() => memory.bytes(device.base, 1))).toBe("NOT_SUPPORTED");
  });

  test("can be had twice, and of a part", () => {
    const { base } = space.map(space.contiguous(2));
    const whole = space.aspace.memory.bytes(base, 2 * P);
    const part = space.aspace.memory.bytes(base + P, 16);
    part[0] = 5;
    expect(whole[P]).toBe(5);
  });

  test("stays the memory when its pages are zeroed or decommitted", () => {
    const vmo = space.vmo(1);
    const { base } = space.map(vmo);
    const view = space.aspace.memory.bytes(base, P);
    view.fill(1);
    vmo.zero(0, P);
    expect(view[0]).toBe(0);
    view[0] = 2;
    expect(space.cpu.load8(base)).toBe(2);
    vmo.decommit(0, P);
    expect([view[0], space.cpu.load8(base)]).toEqual([0, 0]);
    space.cpu.store8(base, 3);
    expect(view[0]).toBe(3);
  });

  test("does not reach into a snapshot that is made meanwhile", () => {
    const vmo = space.vmo(1);
    const { base } = space.map(vmo);
    const view = space.aspace.memory.bytes(base, P);
    view[0] = 1;
    const snapshot = space.child(vmo, "snapshot", 0, 1);
    view[0] = 2;
    const byte = new Uint8Array(1);
    snapshot.read(0, byte);
    expect(byte[0]).toBe(1);
    expect(space.cpu.load8(base)).toBe(2);
  });

  test("is harmless after its mapping was unmapped, and the frames are free", () => {
    const before = space.frames.used;
    const vmo = space.vmo(1);
    const { base } = space.map(vmo);
    const view = space.aspace.memory.bytes(base, P);
    view.fill(9);
    vmo.release();
    space.root.unmap(base, P);
    expect(space.frames.used).toBe(before);
    view[3] = 1;
    expect(view[3]).toBe(1);
    expect(statusOf(() => space.cpu.load8(base))).toBe("NOT_FOUND");
  });

  test("is harmless after the process has ended", () => {
    const before = space.frames.used;
    const vmo = space.vmo(2);
    const { base } = space.map(vmo);
    const view = space.aspace.memory.bytes(base, P);
    vmo.release();
    space.aspace.destroy();
    expect(space.frames.used).toBe(before);
    view[0] = 1;
    expect(view[0]).toBe(1);
  });

  test("of reserved RAM works too", () => {
    space.machine.ram.write(0x2000, Uint8Array.of(1, 2));
    const { base } = space.map(space.physical(0x2000, P));
    expect([...space.aspace.memory.bytes(base, 2)]).toEqual([1, 2]);
  });
});

const native = spacesUnderTest.find(({ kind }) => kind === "native")!;
const withoutNative = native.missing === undefined ? "" : ` (skipped: ${native.missing})`;

describe.skipIf(native.missing !== undefined)(`a view on the native address space${withoutNative}`, () => {
  let space: Space;
  beforeEach(async () => {
    space = await native.create();
  });
  afterEach(() => space.close());

  /** Two VMOs that got their pages alternately, so that neither has two consecutive frames. */
  function scattered(pages: number) {
    const vmos = [space.vmo(pages), space.vmo(pages)] as const;
    for (let page = 0; page < pages; page++) for (const vmo of vmos) vmo.commit(page * P, P);
    return vmos[0];
  }

  test("shows scattered frames, and several mappings, as one array", () => {
    const vmo = scattered(3);
    expect(vmo.frameAt(1)).not.toBe(vmo.frameAt(0) + 1);
    const { base } = space.map(vmo, { page: 0 });
    space.map(space.contiguous(2), { page: 3 });
    const view = space.aspace.memory.bytes(base, 5 * P);
    for (let page = 0; page < 5; page++) view[page * P] = page + 1;
    const loaded = [0, 1, 2, 3, 4].map((page) => space.cpu.load8(base + page * P));
    expect(loaded).toEqual([1, 2, 3, 4, 5]);
  });

  test("shows zeros after unmap, even in optimised code that goes on using it", () => {
    const { base } = space.map(space.vmo(4));
    const view = space.aspace.memory.bytes(base, 4 * P);
    view.fill(1);
    const sum = () => {
      let total = 0;
      for (let i = 0; i < view.length; i++) total += view[i]!;
      return total;
    };
    for (let i = 0; i < 200; i++) expect(sum()).toBe(4 * P);
    space.root.unmap(base + P, P);
    expect(sum()).toBe(3 * P);
    space.root.unmap(base, 4 * P);
    expect(sum()).toBe(0);
    view.fill(2);
    expect(sum()).toBe(8 * P);
    space.map(space.vmo(4), { page: 0, options: READ });
    view.fill(3);
    expect(space.cpu.load8(base)).toBe(0);
  });

  test("ends where WRITE is taken away, and not where it stays", () => {
    const { base } = space.map(space.vmo(2));
    const view = space.aspace.memory.bytes(base, 2 * P);
    view.fill(1);
    space.root.protect(READ, base, P);
    view.fill(2);
    expect([space.cpu.load8(base), space.cpu.load8(base + P)]).toEqual([1, 2]);
    space.root.protect(RW, base, P);
    space.aspace.memory.bytes(base, 2 * P)[0] = 3;
    expect(space.cpu.load8(base)).toBe(3);
  });

  test("ends where its VMO does", () => {
    const vmo = space.vmo(2, { resizable: true });
    const { base } = space.map(vmo);
    const view = space.aspace.memory.bytes(base, 2 * P);
    view.fill(1);
    const used = space.frames.used;
    vmo.resize(P);
    expect(space.frames.used).toBe(used - 1);
    view.fill(2);
    expect(space.cpu.load8(base)).toBe(2);
    vmo.resize(2 * P);
    expect(space.cpu.load8(base + P)).toBe(0);
  });

  test("can be had of many buffers one after the other: their places are used again", () => {
    for (let round = 0; round < 40; round++) {
      const vmo = space.contiguous(2048);
      const mapping = space.map(vmo, { page: 0 });
      vmo.release();
      for (let part = 0; part < 20; part++) {
        const view = space.aspace.memory.bytes(mapping.base, (2000 + part) * P);
        view[0] = part;
        expect(space.cpu.load8(mapping.base)).toBe(part);
      }
      space.root.unmap(mapping.base, mapping.size);
    }
  });
});

describe("a view on the portable address space", () => {
  test("needs consecutive frames, and says so", async () => {
    const space = await spacesUnderTest.find(({ kind }) => kind === "portable")!.create();
    const vmo = space.vmo(2);
    vmo.commit(0, P);
    space.vmo(1).commit(0, P);
    const { base } = space.map(vmo);
    expect(() => space.aspace.memory.bytes(base, 2 * P)).toThrow(
      /NOT_SUPPORTED: .*2 separate runs of frames/,
    );
    expect(statusOf(() => space.aspace.memory.bytes(base, P))).toBe("OK");
    vmo.decommit(P, P);
    expect(vmo.committedBytes).toBe(P);
  });
});
