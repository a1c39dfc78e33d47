import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { VmAddressRegion } from "../../../src/kernel/vm/vm_address_region.ts";
import { VmarOp, VmOption } from "../../../src/zx/constants.ts";
import { PAGE_SIZE } from "../../../src/zx/pages.ts";
import { mappedPages, onBothSpaces, READ, RW, type Space, statusOf } from "../../support/address_spaces.ts";

const {
  SPECIFIC,
  SPECIFIC_OVERWRITE,
  CAN_MAP_READ,
  CAN_MAP_WRITE,
  CAN_MAP_EXECUTE,
  CAN_MAP_SPECIFIC,
  COMPACT,
  MAP_RANGE,
  ALLOW_FAULTS,
  REQUIRE_NON_RESIZABLE,
  OFFSET_IS_UPPER_LIMIT,
  FAULT_BEYOND_STREAM_SIZE,
  PERM_WRITE,
  PERM_EXECUTE,
  PERM_READ_IF_XOM_UNSUPPORTED,
} = VmOption;
const CAN_MAP_RW = CAN_MAP_READ | CAN_MAP_WRITE;
const P = PAGE_SIZE;
const align = (log2: number) => (log2 << VmOption.ALIGN_BASE) >>> 0;

onBothSpaces("a VMAR", (spaceUnderTest) => {
  let space: Space;
  /** 16 pages at a known place, with everything allowed. */
  let vmar: VmAddressRegion;
  beforeEach(async () => {
    space = await spaceUnderTest.create();
    vmar = region(space.root, 0x100, 16);
  });
  afterEach(() => space.close());

  function region(
    parent: VmAddressRegion,
    page: number,
    pages: number,
    canMap = CAN_MAP_RW | CAN_MAP_SPECIFIC,
  ) {
    return parent.allocate({ options: canMap | SPECIFIC, offset: page * P, size: pages * P });
  }

  describe("allocates sub-regions", () => {
    test.each<[string, number, number, number, string]>([
      ["at a place", CAN_MAP_RW | SPECIFIC, 0, 4 * P, "OK"],
      ["anywhere", CAN_MAP_RW, 0, 4 * P, "OK"],
      ["below a limit", CAN_MAP_RW | OFFSET_IS_UPPER_LIMIT, 8 * P, 4 * P, "OK"],
      ["that may place although the parent could not pass that on", CAN_MAP_SPECIFIC, 0, P, "OK"],
      ["as large as the parent", CAN_MAP_RW, 0, 16 * P, "OK"],
      ["not of 0 bytes", CAN_MAP_RW, 0, 0, "INVALID_ARGS"],
      ["not of half a page", CAN_MAP_RW, 0, P / 2, "INVALID_ARGS"],
      ["not with permissions", CAN_MAP_RW | VmOption.PERM_READ, 0, P, "INVALID_ARGS"],
      ["not with SPECIFIC_OVERWRITE", CAN_MAP_RW | SPECIFIC_OVERWRITE, 0, P, "INVALID_ARGS"],
      ["not with MAP_RANGE", CAN_MAP_RW | MAP_RANGE, 0, P, "INVALID_ARGS"],
      ["not with an unknown option", CAN_MAP_RW | (1 << 20), 0, P, "INVALID_ARGS"],
      ["not aligned to 2^9", CAN_MAP_RW | align(9), 0, P, "INVALID_ARGS"],
      ["not aligned to 2^33", CAN_MAP_RW | align(33), 0, P, "INVALID_ARGS"],
      ["not with EXECUTE, which the parent lacks", CAN_MAP_EXECUTE, 0, P, "ACCESS_DENIED"],
      [
        "not with both SPECIFIC and a limit",
        CAN_MAP_RW | SPECIFIC | OFFSET_IS_UPPER_LIMIT,
        P,
        P,
        "INVALID_ARGS",
      ],
      ["not with an offset that means nothing", CAN_MAP_RW, P, P, "INVALID_ARGS"],
      ["not at an unaligned offset", CAN_MAP_RW | SPECIFIC, 100, P, "INVALID_ARGS"],
      ["not behind the parent's end", CAN_MAP_RW | SPECIFIC, 16 * P, P, "INVALID_ARGS"],
      ["not across the parent's end", CAN_MAP_RW | SPECIFIC, 15 * P, 2 * P, "INVALID_ARGS"],
      ["not below a limit that is too low", CAN_MAP_RW | OFFSET_IS_UPPER_LIMIT, P, 2 * P, "INVALID_ARGS"],
      ["not below a limit beyond the end", CAN_MAP_RW | OFFSET_IS_UPPER_LIMIT, 17 * P, P, "INVALID_ARGS"],
      ["not larger than the parent", CAN_MAP_RW, 0, 17 * P, "INVALID_ARGS"],
      [
        "not at an offset that the alignment excludes",
        CAN_MAP_RW | SPECIFIC | align(16),
        P,
        P,
        "INVALID_ARGS",
      ],
    ])("%s", (_name, options, offset, size, expected) => {
      expect(statusOf(() => vmar.allocate({ options, offset, size }))).toBe(expected);
    });

    test("not where something is", () => {
      region(vmar, 2, 2);
      expect(statusOf(() => region(vmar, 3, 2))).toBe("ALREADY_EXISTS");
      expect(statusOf(() => region(vmar, 4, 2))).toBe("OK");
    });

    test("not where there is no gap left", () => {
      region(vmar, 0, 10);
      expect(statusOf(() => vmar.allocate({ options: CAN_MAP_RW, offset: 0, size: 6 * P }))).toBe("OK");
      expect(statusOf(() => vmar.allocate({ options: CAN_MAP_RW, offset: 0, size: P }))).toBe("NO_RESOURCES");
    });

    test("not at a place of its choice without CAN_MAP_SPECIFIC", () => {
      const fixed = region(vmar, 0, 8, CAN_MAP_RW);
      expect(statusOf(() => region(fixed, 0, 1))).toBe("ACCESS_DENIED");
      const limit = { options: CAN_MAP_RW | OFFSET_IS_UPPER_LIMIT, offset: 2 * P, size: P };
      expect(statusOf(() => fixed.allocate(limit))).toBe("ACCESS_DENIED");
      expect(statusOf(() => fixed.allocate({ options: CAN_MAP_RW, offset: 0, size: P }))).toBe("OK");
    });

    test("in one another up to a depth that nobody needs", () => {
      let inner = vmar;
      const nest = () => {
        for (let depth = 0; depth < 1000; depth++) inner = region(inner, 0, 16);
      };
      expect(statusOf(nest)).toBe("NO_MEMORY");
      expect(space.aspace.maps().length).toBeGreaterThan(200);
      vmar.destroy();
      expect(inner.alive).toBe(false);
    });
  });

  describe("maps VMOs", () => {
    const cases: [
      string,
      { options: number; offset?: number; vmoOffset?: number; length?: number },
      string,
    ][] = [
      ["anywhere", { options: RW }, "OK"],
      ["at a place", { options: RW | SPECIFIC, offset: 3 * P }, "OK"],
      ["below a limit", { options: RW | OFFSET_IS_UPPER_LIMIT, offset: 4 * P }, "OK"],
      ["without any permission", { options: 0 }, "OK"],
      ["with a length that is rounded up", { options: RW, length: 1 }, "OK"],
      ["beyond the VMO's end", { options: RW, length: 8 * P }, "OK"],
      ["behind the VMO's end", { options: RW, vmoOffset: 64 * P }, "OK"],
      ["with REQUIRE_NON_RESIZABLE", { options: RW | REQUIRE_NON_RESIZABLE }, "OK"],
      [
        "with the flag that adds READ where there is no execute-only memory",
        { options: PERM_READ_IF_XOM_UNSUPPORTED },
        "OK",
      ],
      ["not with WRITE but not READ", { options: PERM_WRITE }, "INVALID_ARGS"],
      ["not with EXECUTE but not READ", { options: PERM_EXECUTE }, "INVALID_ARGS"],
      [
        "not with MAP_RANGE and SPECIFIC_OVERWRITE",
        { options: RW | MAP_RANGE | SPECIFIC_OVERWRITE },
        "INVALID_ARGS",
      ],
      ["not with CAN_MAP_READ", { options: RW | CAN_MAP_READ }, "INVALID_ARGS"],
      ["not with COMPACT", { options: RW | COMPACT }, "INVALID_ARGS"],
      ["not with CAN_MAP_SPECIFIC", { options: RW | CAN_MAP_SPECIFIC }, "INVALID_ARGS"],
      ["not with an unknown option", { options: RW | (1 << 16) }, "INVALID_ARGS"],
      ["not with a bad alignment", { options: RW | align(3) }, "INVALID_ARGS"],
      ["not with FAULT_BEYOND_STREAM_SIZE alone", { options: RW | FAULT_BEYOND_STREAM_SIZE }, "INVALID_ARGS"],
      ["not from an unaligned offset of the VMO", { options: RW, vmoOffset: 1 }, "INVALID_ARGS"],
      ["not 0 bytes", { options: RW, length: 0 }, "INVALID_ARGS"],
      ["not with more bytes than there are addresses", { options: RW, length: 2 ** 53 - 1 }, "OUT_OF_RANGE"],
      ["not up to beyond the last offset", { options: RW, vmoOffset: 2 ** 53 - P }, "OUT_OF_RANGE"],
      ["not executable, which the region does not allow", { options: READ | PERM_EXECUTE }, "ACCESS_DENIED"],
      ["not with SPECIFIC and a limit", { options: RW | SPECIFIC | OFFSET_IS_UPPER_LIMIT }, "INVALID_ARGS"],
      ["not with an offset that means nothing", { options: RW, offset: P }, "INVALID_ARGS"],
      ["not at an unaligned offset", { options: RW | SPECIFIC, offset: 8 }, "INVALID_ARGS"],
      ["not outside", { options: RW | SPECIFIC, offset: 16 * P }, "INVALID_ARGS"],
      ["not across the end", { options: RW | SPECIFIC, offset: 15 * P, length: 2 * P }, "INVALID_ARGS"],
      ["not if it is larger than the region", { options: RW, length: 17 * P }, "INVALID_ARGS"],
    ];
    test.each(cases)("%s", (_name, { options, offset = 0, vmoOffset = 0, length = P }, expected) => {
      const vmo = space.vmo(4);
      const map = () => vmar.map({ options, vmarOffset: offset, vmo, vmoOffset, length });
      expect(statusOf(map)).toBe(expected);
      expect(vmo.numMappings).toBe(expected === "OK" ? 1 : 0);
    });

    test("not with more than the handles allow, and says which permissions these are", () => {
      const map = (vmarPermissions: number, vmoPermissions: number) => () =>
        vmar.map({
          options: RW,
          vmarOffset: 0,
          vmo: space.vmo(1),
          vmoOffset: 0,
          length: P,
          vmarPermissions,
          vmoPermissions,
        });
      expect(map(RW, READ)).toThrow(
        "ACCESS_DENIED: READ|WRITE; the handles of the VMAR and the VMO allow READ",
      );
      expect(statusOf(map(READ, RW))).toBe("ACCESS_DENIED");
      expect(statusOf(map(RW, RW))).toBe("OK");
    });

    test("not resizable ones with REQUIRE_NON_RESIZABLE", () => {
      const vmo = space.vmo(1, { resizable: true });
      expect(statusOf(() => space.map(vmo, { in: vmar, options: RW | REQUIRE_NON_RESIZABLE }))).toBe(
        "NOT_SUPPORTED",
      );
      expect(statusOf(() => space.map(vmo, { in: vmar }))).toBe("OK");
    });

    test("not discardable ones without ALLOW_FAULTS", () => {
      const vmo = space.vmo(1, { discardable: true });
      expect(statusOf(() => space.map(vmo, { in: vmar }))).toBe("NOT_SUPPORTED");
      expect(statusOf(() => space.map(vmo, { in: vmar, options: RW | ALLOW_FAULTS }))).toBe("OK");
    });

    test("not contiguous ones with FAULT_BEYOND_STREAM_SIZE", () => {
      const options = RW | ALLOW_FAULTS | FAULT_BEYOND_STREAM_SIZE;
      expect(statusOf(() => space.map(space.contiguous(1), { in: vmar, options }))).toBe("NOT_SUPPORTED");
    });

    test("not where something is, unless it overwrites", () => {
      const old = space.vmo(4);
      const fresh = space.vmo(2);
      old.write(0, new Uint8Array(4 * P).fill(1));
      fresh.write(0, new Uint8Array(2 * P).fill(2));
      space.map(old, { in: vmar, page: 2 });
      expect(statusOf(() => space.map(fresh, { in: vmar, page: 3 }))).toBe("ALREADY_EXISTS");
      space.map(fresh, { in: vmar, page: 3, options: RW | SPECIFIC_OVERWRITE });
      const bytes = [2, 3, 4, 5].map((page) => space.cpu.load8(vmar.base + page * P));
      expect(bytes).toEqual([1, 2, 2, 1]);
      expect(old.numMappings).toBe(2);
    });

    test("not over a sub-region, and then changes nothing", () => {
      const { base } = space.map(space.vmo(2), { in: vmar, page: 0 });
      region(vmar, 2, 1);
      const overwrite = () =>
        space.map(space.vmo(3), { in: vmar, page: 0, options: RW | SPECIFIC_OVERWRITE });
      expect(statusOf(overwrite)).toBe("INVALID_ARGS");
      expect(mappedPages(space, base, 3)).toBe("110");
    });

    test("aligned as asked for", () => {
      const { base } = space.map(space.vmo(1), { options: RW | align(21) });
      expect(base % 2 ** 21).toBe(0);
    });

    test("below the limit as asked for, and honours the VMO's offset", () => {
      const vmo = space.vmo(4);
      vmo.write(2 * P, Uint8Array.of(42));
      const options = RW | OFFSET_IS_UPPER_LIMIT;
      const mapping = vmar.map({ options, vmarOffset: 2 * P, vmo, vmoOffset: 2 * P, length: 2 * P });
      expect(mapping.base).toBe(vmar.base);
      expect(space.cpu.load8(mapping.base)).toBe(42);
    });
  });

  describe("unmaps", () => {
    const cases: [string, number, number, string][] = [
      ["all of a mapping", 2, 4, "0000000000"],
      ["its first page", 2, 1, "0001110000"],
      ["its last page", 5, 1, "0011100000"],
      ["its middle", 3, 2, "0010010000"],
      ["more than the mapping", 0, 10, "0000000000"],
      ["across its start", 0, 4, "0000110000"],
      ["across its end", 4, 6, "0011000000"],
      ["nothing, which is fine", 8, 2, "0011110000"],
    ];
    test.each(cases)("%s", (_name, page, pages, expected) => {
      const vmo = space.vmo(4);
      vmo.commit(0, 4 * P);
      space.map(vmo, { in: vmar, page: 2, options: RW | MAP_RANGE });
      vmar.unmap(vmar.base + page * P, pages * P);
      expect(mappedPages(space, vmar.base, 10)).toBe(expected);
    });

    test("a length that is rounded up", () => {
      space.map(space.vmo(2), { in: vmar, page: 0 });
      vmar.unmap(vmar.base, 1);
      expect(mappedPages(space, vmar.base, 2)).toBe("01");
    });

    test.each<[string, number, number, string]>([
      ["not at an unaligned address", 1, P, "INVALID_ARGS"],
      ["not 0 bytes", 0, 0, "INVALID_ARGS"],
      ["not before the region", -P, P, "INVALID_ARGS"],
      ["not beyond the region", 15 * P, 2 * P, "INVALID_ARGS"],
    ])("%s", (_name, offset, length, expected) => {
      expect(statusOf(() => vmar.unmap(vmar.base + offset, length))).toBe(expected);
    });

    test("sub-regions that are wholly in the range, with what is in them", () => {
      const inner = region(vmar, 4, 4);
      const vmo = space.vmo(1);
      space.map(vmo, { in: inner, page: 1 });
      vmar.unmap(vmar.base + 4 * P, 4 * P);
      expect(inner.alive).toBe(false);
      expect(vmo.numMappings).toBe(0);
    });

    test("no part of a sub-region, and then nothing at all", () => {
      const { base } = space.map(space.vmo(4), { in: vmar, page: 0 });
      const inner = region(vmar, 4, 4);
      expect(statusOf(() => vmar.unmap(base, 5 * P))).toBe("INVALID_ARGS");
      expect(mappedPages(space, base, 4)).toBe("1111");
      expect(inner.alive).toBe(true);
    });

    test("no sub-region without OP_CHILDREN", () => {
      region(vmar, 4, 4);
      expect(statusOf(() => vmar.unmap(vmar.base, 16 * P, { children: false }))).toBe("INVALID_ARGS");
      expect(statusOf(() => vmar.unmap(vmar.base, 4 * P, { children: false }))).toBe("OK");
    });

    test("part of a sub-region through that region", () => {
      const inner = region(vmar, 4, 4);
      space.map(space.vmo(4), { in: inner, page: 0 });
      inner.unmap(inner.base + P, P);
      expect(mappedPages(space, inner.base, 4)).toBe("1011");
    });
  });

  describe("protects", () => {
    /** Which of the pages can be written. */
    const writable = (count: number) =>
      Array.from({ length: count }, (_, page) =>
        statusOf(() => space.cpu.store8(vmar.base + page * P, 1)) === "OK" ? "w" : "-",
      ).join("");

    test.each<[string, number, number, string]>([
      ["one page", 1, 1, "w-wwww"],
      ["a whole mapping", 0, 3, "---www"],
      ["across two mappings", 2, 2, "ww--ww"],
      ["both mappings", 0, 6, "------"],
    ])("%s", (_name, page, pages, expected) => {
      space.map(space.vmo(3), { in: vmar, page: 0 });
      space.map(space.vmo(3), { in: vmar, page: 3 });
      vmar.protect(READ, vmar.base + page * P, pages * P);
      expect(writable(6)).toBe(expected);
    });

    test("shows equal runs of permissions as one line of the maps", () => {
      space.map(space.vmo(4), { in: vmar, page: 0 });
      const runs = () => vmar.maps().filter(({ type }) => type === "mapping");
      vmar.protect(READ, vmar.base + P, P);
      expect(runs().map(({ size, mapping }) => [size / P, mapping?.permissions])).toEqual([
        [1, RW],
        [1, READ],
        [2, RW],
      ]);
      vmar.protect(RW, vmar.base + P, P);
      expect(runs()).toHaveLength(1);
    });

    test.each<[string, number, number, number, string]>([
      ["not with WRITE but not READ", PERM_WRITE, 0, P, "INVALID_ARGS"],
      ["not with an option that is no permission", RW | SPECIFIC, 0, P, "INVALID_ARGS"],
      ["not at an unaligned address", RW, 1, P, "INVALID_ARGS"],
      ["not 0 bytes", RW, 0, 0, "INVALID_ARGS"],
      ["not outside the region", RW, 15 * P, 2 * P, "INVALID_ARGS"],
      ["not across a gap", READ, 0, 4 * P, "NOT_FOUND"],
      ["not where nothing is", READ, 8 * P, P, "NOT_FOUND"],
      ["not beyond the region's permissions", READ | PERM_EXECUTE, 0, P, "ACCESS_DENIED"],
    ])("%s", (_name, options, offset, length, expected) => {
      space.map(space.vmo(3), { in: vmar, page: 0 });
      expect(statusOf(() => vmar.protect(options, vmar.base + offset, length))).toBe(expected);
      expect(writable(3)).toBe("www");
    });

    test("not beyond the rights that the VMO's handle had, and then changes nothing", () => {
      space.map(space.vmo(1), { in: vmar, page: 0, options: READ });
      space.map(space.vmo(1), { in: vmar, page: 1, options: READ, ceiling: READ });
      expect(statusOf(() => vmar.protect(RW, vmar.base, 2 * P))).toBe("ACCESS_DENIED");
      expect(writable(2)).toBe("--");
      expect(statusOf(() => vmar.protect(RW, vmar.base, P))).toBe("OK");
      expect(writable(2)).toBe("w-");
    });

    test("in sub-regions only less, and only with OP_CHILDREN", () => {
      const inner = region(vmar, 0, 4);
      space.map(space.vmo(2), { in: inner, page: 0 });
      expect(statusOf(() => vmar.protect(READ, vmar.base, 2 * P, { children: false }))).toBe("INVALID_ARGS");
      expect(statusOf(() => vmar.protect(READ, vmar.base, 2 * P))).toBe("OK");
      expect(writable(2)).toBe("--");
      expect(statusOf(() => vmar.protect(RW, vmar.base, 2 * P))).toBe("ACCESS_DENIED");
      expect(statusOf(() => inner.protect(RW, vmar.base, 2 * P))).toBe("OK");
    });
  });

  describe("is destroyed", () => {
    test("with everything in it, and its place is free again", () => {
      const inner = region(vmar, 4, 4);
      const vmo = space.vmo(2);
      const { base } = space.map(vmo, { in: inner, page: 0 });
      vmar.destroy();
      expect(mappedPages(space, base, 2)).toBe("00");
      expect(vmo.numMappings).toBe(0);
      expect([vmar.alive, inner.alive]).toEqual([false, false]);
      expect(region(space.root, 0x100, 16).base).toBe(vmar.base);
    });

    test("and then refuses every operation with BAD_STATE", () => {
      const inner = region(vmar, 4, 4);
      vmar.destroy();
      const operations = [vmar, inner].flatMap((dead) => [
        () => dead.allocate({ options: CAN_MAP_RW, offset: 0, size: P }),
        () => space.map(space.vmo(1), { in: dead }),
        () => dead.unmap(dead.base, P),
        () => dead.protect(READ, dead.base, P),
        () => dead.opRange(VmarOp.COMMIT, dead.base, P),
        () => dead.destroy(),
      ]);
      expect(new Set(operations.map(statusOf))).toEqual(new Set(["BAD_STATE"]));
    });

    test("but never if it is the root", () => {
      expect(statusOf(() => space.root.destroy())).toBe("NOT_SUPPORTED");
    });
  });

  describe("op_range", () => {
    test("COMMIT gives pages, DECOMMIT and ZERO take them away", () => {
      const vmo = space.vmo(4);
      const { base } = space.map(vmo, { in: vmar, page: 0 });
      vmar.opRange(VmarOp.COMMIT, base, 3 * P);
      expect(vmo.committedBytes).toBe(3 * P);
      space.cpu.store8(base, 1);
      vmar.opRange(VmarOp.DECOMMIT, base, P);
      expect(vmo.committedBytes).toBe(2 * P);
      vmar.opRange(VmarOp.ZERO, base + P, P);
      expect(vmo.committedBytes).toBe(P);
      expect(space.cpu.load8(base)).toBe(0);
    });

    test("works across several mappings, with a read-only one among them", () => {
      const first = space.vmo(1);
      const second = space.vmo(1);
      space.map(first, { in: vmar, page: 0 });
      space.map(second, { in: vmar, page: 1, options: READ });
      vmar.opRange(VmarOp.COMMIT, vmar.base, 2 * P);
      expect([first.committedBytes, second.committedBytes]).toEqual([P, P]);
    });

    test.each<[string, number, number, number, string]>([
      ["unknown operation", 99, 0, P, "INVALID_ARGS"],
      ["0 bytes", VmarOp.COMMIT, 0, 0, "INVALID_ARGS"],
      ["unaligned address", VmarOp.COMMIT, 1, P, "INVALID_ARGS"],
      ["outside the region", VmarOp.COMMIT, 15 * P, 2 * P, "OUT_OF_RANGE"],
      ["a gap", VmarOp.COMMIT, 0, 3 * P, "BAD_STATE"],
      ["a sub-region", VmarOp.COMMIT, 8 * P, P, "INVALID_ARGS"],
      ["a hint in a sub-region", VmarOp.ALWAYS_NEED, 8 * P, P, "OK"],
      ["a mapping without WRITE in its VMO's handle", VmarOp.COMMIT, 10 * P, P, "ACCESS_DENIED"],
      ["MAP_RANGE of that", VmarOp.MAP_RANGE, 10 * P, P, "OK"],
    ])("%s", (_name, op, offset, size, expected) => {
      space.map(space.vmo(2), { in: vmar, page: 0 });
      space.map(space.vmo(1), { in: region(vmar, 8, 1), page: 0 });
      space.map(space.vmo(1), { in: vmar, page: 10, options: READ, ceiling: READ });
      expect(statusOf(() => vmar.opRange(op, vmar.base + offset, size))).toBe(expected);
    });

    test("needs WRITE on the VMAR for what changes memory, OP_CHILDREN for sub-regions", () => {
      space.map(space.vmo(1), { in: vmar, page: 0 });
      space.map(space.vmo(1), { in: region(vmar, 1, 1), page: 0 });
      expect(statusOf(() => vmar.opRange(VmarOp.ZERO, vmar.base, P, { writable: false }))).toBe(
        "ACCESS_DENIED",
      );
      const prefetch = () => vmar.opRange(VmarOp.PREFETCH, vmar.base, 2 * P, { children: false });
      expect(statusOf(prefetch)).toBe("INVALID_ARGS");
    });
  });

  test("lists its maps depth first: the address space, the root, and what is in it", () => {
    space.map(space.vmo(1, { name: "a" }), { in: vmar, page: 1 });
    const inner = region(vmar, 4, 2);
    space.map(space.vmo(1, { name: "b" }), { in: inner, page: 1 });
    space.map(space.vmo(1, { name: "c" }), { in: vmar, page: 8 });
    const lines = space.aspace.maps().map(({ depth, type, name }) => `${depth} ${type} ${name}`);
    expect(lines).toEqual([
      "0 aspace host",
      "1 vmar root",
      "2 vmar useralloc",
      "3 mapping a",
      "3 vmar useralloc",
      "4 mapping b",
      "3 mapping c",
    ]);
  });
});

onBothSpaces("the choice of a place", (spaceUnderTest) => {
  test("is the lowest that fits without randomness", async () => {
    const space = await spaceUnderTest.create();
    const bases = [1, 2, 1].map((pages) => space.map(space.vmo(pages)).base - space.root.base);
    expect(bases).toEqual([0, P, 3 * P]);
    space.root.unmap(space.root.base + P, 2 * P);
    expect(space.map(space.vmo(3)).base).toBe(space.root.base + 4 * P);
    expect(space.map(space.vmo(2)).base).toBe(space.root.base + P);
    space.close();
  });

  test("is scattered with randomness, but together in a COMPACT region", async () => {
    const space = await spaceUnderTest.create(seeded(7));
    const bases = Array.from({ length: 20 }, () => space.map(space.vmo(1)).base);
    expect(Math.max(...bases) - Math.min(...bases)).toBeGreaterThan(2 ** 28);
    const options = CAN_MAP_RW | COMPACT;
    const compact = space.root.allocate({ options, offset: 0, size: 2 ** 24 });
    const near = Array.from({ length: 20 }, () => space.map(space.vmo(1), { in: compact }).base);
    expect(Math.max(...near) - Math.min(...near)).toBe(19 * P);
    space.close();
  });

  test("finds the last gap of a full region", async () => {
    const space = await spaceUnderTest.create(seeded(11));
    const region = space.root.allocate({ options: CAN_MAP_RW, offset: 0, size: 64 * P });
    const vmo = space.vmo(1);
    const bases = Array.from({ length: 64 }, () => space.map(vmo, { in: region }).base);
    expect(new Set(bases).size).toBe(64);
    expect(statusOf(() => space.map(vmo, { in: region }))).toBe("NO_RESOURCES");
    region.unmap(bases[13]!, P);
    expect(space.map(vmo, { in: region }).base).toBe(bases[13]);
    space.close();
  });
});

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
