import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { VmOption } from "../../../src/zx/constants.ts";
import { hex, PAGE_SIZE } from "../../../src/zx/pages.ts";
import { onBothSpaces, READ, RW, type Space, statusOf } from "../../support/address_spaces.ts";

const P = PAGE_SIZE;

onBothSpaces("a page fault", (spaceUnderTest) => {
  let space: Space;
  beforeEach(async () => {
    space = await spaceUnderTest.create();
  });
  afterEach(() => space.close());

  test("where nothing was ever mapped is NOT_FOUND", () => {
    expect(() => space.cpu.load32(0x123000)).toThrow(
      'NOT_FOUND: read of 4 bytes at 0x123000 by "host": nothing is mapped there',
    );
  });

  test("at address 0 is NOT_FOUND", () => {
    expect(statusOf(() => space.cpu.load8(0))).toBe("NOT_FOUND");
    expect(statusOf(() => space.aspace.memory.fault(0, "read", 1))).toBe("NOT_FOUND");
  });

  test("names what was mapped there and who unmapped it", () => {
    const vmo = space.vmo(2, { name: "edu bar 0" });
    const { base } = space.map(vmo);
    space.root.unmap(base, 2 * P, { by: 'vmar_unmap by "host"' });
    expect(() => space.cpu.store8(base + P + 8, 1)).toThrow(
      `NOT_FOUND: read of 1 byte at ${hex(base + P + 8)} by "host": nothing is mapped there; ` +
        `vmo "edu bar 0" (koid ${vmo.koid}) +0x1008 was mapped there until: vmar_unmap by "host"`,
    );
    expect(() => space.aspace.memory.fault(base, "write", 1)).toThrow(/^NOT_FOUND: write of 1 byte/);
  });

  test("names the VMAR's end, if that is what unmapped it", () => {
    const options = VmOption.CAN_MAP_READ | VmOption.CAN_MAP_WRITE;
    const vmar = space.root.allocate({ options, offset: 0, size: 4 * P });
    const { base } = space.map(space.vmo(1), { in: vmar });
    vmar.destroy();
    expect(() => space.cpu.load8(base)).toThrow("until: vmar_destroy");
  });

  test("names the mapping and its permissions where these forbid the access", () => {
    const vmo = space.vmo(1, { name: "table" });
    const { base } = space.map(vmo, { options: READ });
    expect(() => space.cpu.store32(base + 4, 1)).toThrow(
      `ACCESS_DENIED: write of 4 bytes at ${hex(base + 4)} by "host": ` +
        `[${hex(base)}, ${hex(base + P)}) of vmo "table" (koid ${vmo.koid}) +0x0 allows READ`,
    );
  });

  test("names the VMO's end where the access is beyond it", () => {
    const vmo = space.vmo(1, { name: "short" });
    const { base } = space.map(vmo, { pages: 3 });
    expect(() => space.cpu.load8(base + P)).toThrow(
      `OUT_OF_RANGE: read of 1 byte at ${hex(base + P)} by "host": ` +
        `[${hex(base)}, ${hex(base + 3 * P)}) of vmo "short" (koid ${vmo.koid}) +0x0, and it ends at +0x1000`,
    );
  });

  test("looks at permissions before the VMO's size", () => {
    const { base } = space.map(space.vmo(1), { options: READ, pages: 2 });
    expect(statusOf(() => space.aspace.memory.fault(base + P, "write", 1))).toBe("ACCESS_DENIED");
    expect(statusOf(() => space.aspace.memory.fault(base + P, "read", 1))).toBe("OUT_OF_RANGE");
  });

  test("of an access across two pages looks at both", () => {
    const { base } = space.map(space.vmo(1), { page: 0 });
    space.map(space.vmo(1), { page: 1, options: READ });
    expect(statusOf(() => space.aspace.memory.fault(base + P - 2, "write", 4))).toBe("ACCESS_DENIED");
    expect(statusOf(() => space.aspace.memory.fault(base + P - 2, "read", 4))).toBe("OK");
    expect(statusOf(() => space.aspace.memory.fault(base + 2 * P - 2, "read", 4))).toBe("NOT_FOUND");
  });

  test("that a page answers commits it for a write, not for a read", () => {
    const vmo = space.vmo(2);
    const { base } = space.map(vmo);
    space.aspace.memory.fault(base, "read", 1);
    expect(vmo.committedBytes).toBe(0);
    space.aspace.memory.fault(base, "write", 1);
    expect(vmo.committedBytes).toBe(P);
  });

  test("when RAM has run out is NO_MEMORY", () => {
    const { base } = space.map(space.vmo(1));
    const hog = space.vmo(space.frames.free);
    hog.commit(0, hog.size);
    expect(statusOf(() => space.cpu.store8(base, 1))).toBe("NO_MEMORY");
    expect(space.cpu.load8(base)).toBe(0);
    hog.release();
    expect(statusOf(() => space.cpu.store8(base, 1))).toBe("OK");
  });

  test("after the process's end is NOT_FOUND and says so", () => {
    const { base } = space.map(space.vmo(1));
    space.aspace.destroy('process "host" was killed');
    expect(() => space.cpu.load8(base)).toThrow('everything was unmapped: process "host" was killed');
    expect(statusOf(() => space.map(space.vmo(1)))).toBe("BAD_STATE");
  });

  test("takes nothing from garbage but INVALID_ARGS", () => {
    const { memory } = space.aspace;
    space.map(space.vmo(1));
    const garbage = [Number.NaN, -1, 0.5, 2 ** 53, Number.POSITIVE_INFINITY, 1n, "0", undefined, {}];
    for (const value of garbage as number[]) {
      expect(statusOf(() => memory.fault(value, "read", 1))).toBe("INVALID_ARGS");
      expect(statusOf(() => memory.fault(0x200000, "read", value))).toBe("INVALID_ARGS");
      expect(statusOf(() => memory.window(value, 1, () => {}))).toBe("INVALID_ARGS");
      expect(statusOf(() => memory.bytes(0x200000, value))).toBe("INVALID_ARGS");
    }
  });
});

onBothSpaces("copies by address", (spaceUnderTest) => {
  let space: Space;
  beforeEach(async () => {
    space = await spaceUnderTest.create();
  });
  afterEach(() => space.close());

  const pattern = (size: number) => Uint8Array.from({ length: size }, (_, i) => (i * 7 + 3) & 0xff);

  test("go through mappings that lie side by side", () => {
    const { base } = space.map(space.vmo(2), { page: 0 });
    space.map(space.vmo(2), { page: 2 });
    space.aspace.memory.write(base + 100, pattern(3 * P));
    const back = new Uint8Array(3 * P);
    space.aspace.memory.read(base + 100, back);
    expect(back).toEqual(pattern(3 * P));
  });

  test("fault where an access would, and say where", () => {
    const { base } = space.map(space.vmo(1), { page: 0 });
    const { memory } = space.aspace;
    expect(() => memory.read(base + P - 8, new Uint8Array(16))).toThrow(
      `nothing is mapped there from ${hex(base + P)} on`,
    );
    space.map(space.vmo(1), { page: 1, options: READ });
    expect(statusOf(() => memory.write(base + P - 8, new Uint8Array(16)))).toBe("ACCESS_DENIED");
    expect(statusOf(() => memory.read(base + P - 8, new Uint8Array(16)))).toBe("OK");
  });

  test("can be asked how far they got", () => {
    const { base } = space.map(space.vmo(1), { page: 0 });
    expect(space.aspace.memory.copyIn(base + P - 8, pattern(16))).toBe(8);
    const back = new Uint8Array(16);
    expect(space.aspace.memory.copyOut(base + P - 8, back)).toBe(8);
    expect([...back]).toEqual([...pattern(8), ...new Array(8).fill(0)]);
  });

  test("are not made of device memory", () => {
    const { base } = space.map(space.physical(0xfeb0_0000, P));
    expect(statusOf(() => space.aspace.memory.read(base, new Uint8Array(4)))).toBe("NOT_SUPPORTED");
    expect(statusOf(() => space.aspace.memory.write(base, new Uint8Array(4)))).toBe("NOT_SUPPORTED");
  });
});

describe("a fault of portable memory", () => {
  test("is the same error as of native memory", async () => {
    const { spacesUnderTest } = await import("../../support/address_spaces.ts");
    const messages = new Set<string>();
    for (const under of spacesUnderTest.filter(({ missing }) => missing === undefined)) {
      const space = await under.create();
      const { base } = space.map(space.vmo(1), { options: RW });
      space.root.protect(READ, base, P);
      try {
        space.cpu.store8(base, 1);
      } catch (error) {
        messages.add(String(error));
      }
      space.close();
    }
    expect([...messages]).toHaveLength(1);
  });
});
