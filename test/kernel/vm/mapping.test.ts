import { afterEach, beforeEach, expect, test } from "vitest";
import { VmOption } from "../../../src/zx/constants.ts";
import { PAGE_SIZE } from "../../../src/zx/pages.ts";
import { mappedPages, onBothSpaces, READ, RW, type Space, statusOf } from "../../support/address_spaces.ts";

onBothSpaces("a mapping", (spaceUnderTest) => {
  let space: Space;
  beforeEach(async () => {
    space = await spaceUnderTest.create();
  });
  afterEach(() => space.close());

  test("shows the bytes of its VMO, and the VMO its writes", () => {
    const vmo = space.vmo(2);
    vmo.write(5, Uint8Array.of(1, 2, 3));
    const { base } = space.map(vmo);
    expect(space.cpu.load8(base + 6)).toBe(2);
    space.cpu.store32(base + PAGE_SIZE + 8, 0x12345678);
    const bytes = new Uint8Array(4);
    vmo.read(PAGE_SIZE + 8, bytes);
    expect([...bytes]).toEqual([0x78, 0x56, 0x34, 0x12]);
  });

  test("of the same VMO as another one shows the same memory", () => {
    const vmo = space.vmo(1);
    const first = space.map(vmo);
    const second = space.map(vmo);
    expect(first.base).not.toBe(second.base);
    space.cpu.store32(first.base + 16, 0xcafe);
    expect(space.cpu.load32(second.base + 16)).toBe(0xcafe);
  });

  test("reads as zero where nothing was written, without taking RAM", () => {
    const vmo = space.vmo(3);
    const { base } = space.map(vmo);
    const before = space.frames.used;
    expect(space.cpu.load32(base + PAGE_SIZE)).toBe(0);
    expect(vmo.committedBytes).toBe(0);
    expect(space.frames.used).toBe(before);
  });

  test("sees a page that it has read as zero after the VMO was written", () => {
    const vmo = space.vmo(1);
    const { base } = space.map(vmo);
    expect(space.cpu.load8(base)).toBe(0);
    vmo.write(0, Uint8Array.of(7));
    expect(space.cpu.load8(base)).toBe(7);
  });

  test("keeps the VMO after everybody else let go, and gives its frames back with its end", () => {
    const before = space.frames.used;
    const vmo = space.vmo(1);
    const { base } = space.map(vmo);
    space.cpu.store8(base, 1);
    vmo.release();
    expect(space.cpu.load8(base)).toBe(1);
    space.root.unmap(base, PAGE_SIZE);
    expect(space.frames.used).toBe(before);
  });

  test("without WRITE refuses a store and leaves the memory as it was", () => {
    const vmo = space.vmo(1);
    vmo.write(0, Uint8Array.of(9));
    const { base } = space.map(vmo, { options: READ });
    expect(statusOf(() => space.cpu.store8(base, 1))).toBe("ACCESS_DENIED");
    expect(space.cpu.load8(base)).toBe(9);
  });

  test("without permissions refuses loads and stores", () => {
    const { base } = space.map(space.vmo(1), { options: 0 });
    expect(statusOf(() => space.cpu.load8(base))).toBe("ACCESS_DENIED");
    expect(statusOf(() => space.cpu.store8(base, 1))).toBe("ACCESS_DENIED");
  });

  test("may be longer than its VMO; beyond the end accesses fault", () => {
    const { base } = space.map(space.vmo(1), { pages: 2 });
    expect(space.cpu.load8(base)).toBe(0);
    expect(statusOf(() => space.cpu.load8(base + PAGE_SIZE))).toBe("OUT_OF_RANGE");
  });

  test("with MAP_RANGE works as without", () => {
    const vmo = space.vmo(4);
    vmo.write(PAGE_SIZE, Uint8Array.of(1));
    vmo.write(3 * PAGE_SIZE, Uint8Array.of(3));
    const { base } = space.map(vmo, { options: RW | VmOption.MAP_RANGE, pages: 5 });
    expect([0, 1, 2, 3].map((page) => space.cpu.load8(base + page * PAGE_SIZE))).toEqual([0, 1, 0, 3]);
    space.cpu.store8(base + 2 * PAGE_SIZE, 2);
    const bytes = new Uint8Array(1);
    vmo.read(2 * PAGE_SIZE, bytes);
    expect(bytes[0]).toBe(2);
  });

  test("can start in the middle of its VMO", () => {
    const vmo = space.vmo(3);
    vmo.write(2 * PAGE_SIZE, Uint8Array.of(5));
    const { base } = space.map(vmo, { vmoPage: 2, pages: 1 });
    expect(space.cpu.load8(base)).toBe(5);
  });

  test("that is cut by unmap in the middle keeps its ends, with their bytes", () => {
    const vmo = space.vmo(5);
    for (let page = 0; page < 5; page++) vmo.write(page * PAGE_SIZE, Uint8Array.of(page + 1));
    const { base } = space.map(vmo, { options: RW | VmOption.MAP_RANGE });
    space.root.unmap(base + 2 * PAGE_SIZE, PAGE_SIZE);
    expect(mappedPages(space, base, 5)).toBe("11011");
    expect(space.cpu.load8(base + 3 * PAGE_SIZE)).toBe(4);
    space.cpu.store8(base + 4 * PAGE_SIZE, 50);
    const bytes = new Uint8Array(1);
    vmo.read(4 * PAGE_SIZE, bytes);
    expect(bytes[0]).toBe(50);
    expect(vmo.numMappings).toBe(2);
  });

  test("changes its permissions with protect, page by page", () => {
    const vmo = space.vmo(3);
    const { base } = space.map(vmo);
    for (let page = 0; page < 3; page++) space.cpu.store8(base + page * PAGE_SIZE, page + 1);
    space.root.protect(READ, base + PAGE_SIZE, PAGE_SIZE);
    const stores = [0, 1, 2].map((page) => statusOf(() => space.cpu.store8(base + page * PAGE_SIZE, 9)));
    expect(stores).toEqual(["OK", "ACCESS_DENIED", "OK"]);
    expect(space.cpu.load8(base + PAGE_SIZE)).toBe(2);
    space.root.protect(RW, base + PAGE_SIZE, PAGE_SIZE);
    space.cpu.store8(base + PAGE_SIZE, 9);
    expect(space.cpu.load8(base + PAGE_SIZE)).toBe(9);
    expect(vmo.numMappings).toBe(1);
  });

  test("of contiguous memory changes its permissions too", () => {
    const vmo = space.contiguous(3);
    const { base } = space.map(vmo);
    space.cpu.store8(base + PAGE_SIZE, 1);
    space.root.protect(READ, base + PAGE_SIZE, PAGE_SIZE);
    expect(statusOf(() => space.cpu.store8(base + PAGE_SIZE, 9))).toBe("ACCESS_DENIED");
    space.root.protect(0, base, 3 * PAGE_SIZE);
    expect(statusOf(() => space.cpu.load8(base))).toBe("ACCESS_DENIED");
    space.root.protect(RW, base, 3 * PAGE_SIZE);
    expect(space.cpu.load8(base + PAGE_SIZE)).toBe(1);
  });

  test("loses the pages that its VMO loses by resizing", () => {
    const vmo = space.vmo(3, { resizable: true });
    const { base } = space.map(vmo);
    space.cpu.store8(base + 2 * PAGE_SIZE, 1);
    vmo.resize(PAGE_SIZE);
    expect(statusOf(() => space.cpu.load8(base + 2 * PAGE_SIZE))).toBe("OUT_OF_RANGE");
    vmo.resize(3 * PAGE_SIZE);
    expect(space.cpu.load8(base + 2 * PAGE_SIZE)).toBe(0);
  });

  test("reads as zero after DECOMMIT", () => {
    const vmo = space.vmo(2);
    const { base } = space.map(vmo);
    space.cpu.store8(base, 1);
    vmo.decommit(0, PAGE_SIZE);
    expect(space.cpu.load8(base)).toBe(0);
    space.cpu.store8(base, 2);
    const bytes = new Uint8Array(1);
    vmo.read(0, bytes);
    expect(bytes[0]).toBe(2);
  });

  test("with FAULT_BEYOND_STREAM_SIZE ends at the page in which the stream ends", () => {
    const vmo = space.vmo(4);
    vmo.write(0, new Uint8Array(4 * PAGE_SIZE).fill(1));
    vmo.setStreamSize(PAGE_SIZE + 1);
    const options = RW | VmOption.ALLOW_FAULTS | VmOption.FAULT_BEYOND_STREAM_SIZE;
    const { base } = space.map(vmo, { options });
    expect(mappedPages(space, base, 4)).toBe("1100");
    vmo.write(2 * PAGE_SIZE, Uint8Array.of(1));
    expect(mappedPages(space, base, 4)).toBe("1100");
    vmo.setStreamSize(3 * PAGE_SIZE);
    expect(mappedPages(space, base, 4)).toBe("1110");
    vmo.setStreamSize(0);
    expect(mappedPages(space, base, 4)).toBe("0000");
  });

  test("crossing pages works for unaligned accesses as well", () => {
    const vmo = space.vmo(2);
    const { base } = space.map(vmo);
    space.cpu.store32(base + PAGE_SIZE - 2, 0x11223344);
    expect(space.cpu.load32(base + PAGE_SIZE - 2)).toBe(0x11223344);
    const bytes = new Uint8Array(4);
    vmo.read(PAGE_SIZE - 2, bytes);
    expect([...bytes]).toEqual([0x44, 0x33, 0x22, 0x11]);
  });

  test("are many: each of 2,000 pages in a scattered order is where it belongs", () => {
    const vmo = space.vmo(2000);
    const bases = Array.from({ length: 2000 }, (_, page) => {
      vmo.write(page * PAGE_SIZE, Uint8Array.of(page & 0xff, page >> 8));
      return space.map(vmo, { vmoPage: (page * 7) % 2000, pages: 1, options: READ | VmOption.MAP_RANGE })
        .base;
    });
    for (const [index, base] of bases.entries()) {
      const page = (index * 7) % 2000;
      expect(space.cpu.load32(base) & 0xffff).toBe(page);
    }
  });
});
