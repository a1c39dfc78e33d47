import { describe, expect, test } from "vitest";
import { Kernel } from "../../../src/kernel/kernel.ts";
import { type Handle, VmarOp, VmOption } from "../../../src/zx/constants.ts";
import { PAGE_SIZE } from "../../../src/zx/pages.ts";
import { Rights } from "../../../src/zx/rights.ts";
import { statusOf } from "../../support/address_spaces.ts";
import { FakeMachine } from "../../support/fake_machine.ts";
import { onBothKernels } from "../../support/kernel.ts";

const { PERM_READ, SPECIFIC, CAN_MAP_READ, CAN_MAP_WRITE, CAN_MAP_SPECIFIC } = VmOption;
const RW = PERM_READ | VmOption.PERM_WRITE;
const CAN_MAP_RW = CAN_MAP_READ | CAN_MAP_WRITE;

describe("the numbers of VMARs", () => {
  test("options are Zircon's bits", () => {
    const names =
      "PERM_READ PERM_WRITE PERM_EXECUTE COMPACT SPECIFIC SPECIFIC_OVERWRITE CAN_MAP_SPECIFIC CAN_MAP_READ CAN_MAP_WRITE " +
      "CAN_MAP_EXECUTE MAP_RANGE REQUIRE_NON_RESIZABLE ALLOW_FAULTS OFFSET_IS_UPPER_LIMIT PERM_READ_IF_XOM_UNSUPPORTED " +
      "FAULT_BEYOND_STREAM_SIZE";
    const bits = Object.fromEntries(names.split(" ").map((name, bit) => [name, 2 ** bit]));
    expect(VmOption).toEqual({ ...bits, ALIGN_BASE: 24 });
  });
});

onBothKernels("the root VMAR", (get) => {
  test("begins at 2 MiB at most, and never at 0; everything may be mapped in it, anywhere", () => {
    const { zx } = get();
    const { base, length } = zx.objectGetInfo(zx.vmarRootSelf, "VMAR");
    expect(base).toBeGreaterThan(0);
    expect(base).toBeLessThanOrEqual(0x20_0000);
    const vmo = zx.vmoReplaceAsExecutable(zx.vmoCreate(PAGE_SIZE, 0), 0);
    const all = RW | VmOption.PERM_EXECUTE;
    const at = length - PAGE_SIZE;
    expect(zx.vmarMap(zx.vmarRootSelf, all | SPECIFIC, at, vmo, 0, PAGE_SIZE)).toBe(base + at);
  });
});

onBothKernels("zx_vmar_map, more", (get) => {
  const map = (vmar: Handle, options: number, vmo: Handle, offset = 0, length = PAGE_SIZE) =>
    statusOf(() => get().zx.vmarMap(vmar, options, offset, vmo, 0, length));

  test("MAP_RANGE commits nothing, and may run past the VMO's end", () => {
    const { zx } = get();
    const vmo = zx.vmoCreate(PAGE_SIZE, 0);
    expect(map(zx.vmarRootSelf, RW | VmOption.MAP_RANGE, vmo, 0, 4 * PAGE_SIZE)).toBe("OK");
    expect(zx.objectGetInfo(vmo, "VMO").committedBytes).toBe(0);
  });

  test("Vmar.OvermappingTest: what overwrites takes the place of mappings, never of regions", () => {
    const { zx, cpu } = get();
    const { vmar, address } = zx.vmarAllocate(
      zx.vmarRootSelf,
      CAN_MAP_RW | CAN_MAP_SPECIFIC,
      0,
      8 * PAGE_SIZE,
    );
    const [old, fresh] = [zx.vmoCreate(4 * PAGE_SIZE, 0), zx.vmoCreate(4 * PAGE_SIZE, 0)];
    zx.vmoWrite(fresh, Uint8Array.of(7), 0);
    zx.vmarMap(vmar, RW | SPECIFIC, 0, old, 0, 4 * PAGE_SIZE);
    zx.vmarAllocate(vmar, CAN_MAP_RW | SPECIFIC, 4 * PAGE_SIZE, PAGE_SIZE);
    const overwrite = RW | VmOption.SPECIFIC_OVERWRITE;
    expect(map(vmar, overwrite, fresh, 3 * PAGE_SIZE, 2 * PAGE_SIZE)).toBe("INVALID_ARGS");
    expect(zx.objectGetInfo(old, "VMO").numMappings).toBe(1);
    expect(map(vmar, overwrite, fresh, PAGE_SIZE, 2 * PAGE_SIZE)).toBe("OK");
    expect(cpu.load8(address + PAGE_SIZE)).toBe(7);
    expect(zx.objectGetInfo(old, "VMO").numMappings).toBe(2);
  });

  test("Vmar.AllocateOobTest: what does not fit is INVALID_ARGS, where it is told to be and anywhere", () => {
    const { zx } = get();
    const { vmar } = zx.vmarAllocate(zx.vmarRootSelf, CAN_MAP_RW | CAN_MAP_SPECIFIC, 0, 4 * PAGE_SIZE);
    const vmo = zx.vmoCreate(8 * PAGE_SIZE, 0);
    expect(map(vmar, RW | SPECIFIC, vmo, 4 * PAGE_SIZE)).toBe("INVALID_ARGS");
    expect(map(vmar, RW | SPECIFIC, vmo, PAGE_SIZE, 4 * PAGE_SIZE)).toBe("INVALID_ARGS");
    expect(map(vmar, RW, vmo, 0, 5 * PAGE_SIZE)).toBe("INVALID_ARGS");
  });

  test("Vmar.NestedRegionPermsTest: a region inside can allow less than its parent, not more", () => {
    const { zx } = get();
    const vmo = zx.vmoCreate(PAGE_SIZE, 0);
    const outer = zx.vmarAllocate(zx.vmarRootSelf, CAN_MAP_RW, 0, 4 * PAGE_SIZE).vmar;
    const inner = zx.vmarAllocate(outer, CAN_MAP_READ, 0, PAGE_SIZE).vmar;
    expect(map(inner, PERM_READ, vmo)).toBe("OK");
    const rights =
      zx.objectGetInfo(inner, "HANDLE_BASIC").rights & (Rights.READ | Rights.WRITE | Rights.EXECUTE);
    expect(rights).toBe(Rights.READ);
    expect(statusOf(() => zx.vmarAllocate(inner, CAN_MAP_WRITE, 0, PAGE_SIZE))).toBe("ACCESS_DENIED");
  });

  test("Vmar.MapOverDestroyedTest: the place of a destroyed region is free", () => {
    const { zx } = get();
    const outer = zx.vmarAllocate(zx.vmarRootSelf, CAN_MAP_RW | CAN_MAP_SPECIFIC, 0, 2 * PAGE_SIZE).vmar;
    const inner = zx.vmarAllocate(outer, CAN_MAP_RW | SPECIFIC, 0, PAGE_SIZE).vmar;
    const vmo = zx.vmoCreate(PAGE_SIZE, 0);
    expect(map(outer, RW | SPECIFIC, vmo)).toBe("ALREADY_EXISTS");
    zx.vmarDestroy(inner);
    expect(map(outer, RW | SPECIFIC, vmo)).toBe("OK");
  });
});

onBothKernels("a destroyed VMAR, check order", (get) => {
  test("arguments that are wrong anyway come before BAD_STATE", () => {
    const { zx } = get();
    const { vmar, address } = zx.vmarAllocate(zx.vmarRootSelf, CAN_MAP_RW, 0, PAGE_SIZE);
    const vmo = zx.vmoCreate(PAGE_SIZE, 0);
    zx.vmarDestroy(vmar);
    const calls: [call: () => unknown, status: string][] = [
      [() => zx.vmarAllocate(vmar, PERM_READ, 0, PAGE_SIZE), "INVALID_ARGS"],
      [() => zx.vmarAllocate(vmar, CAN_MAP_READ, 0, 1), "INVALID_ARGS"],
      [() => zx.vmarAllocate(vmar, CAN_MAP_READ, 0, 0), "BAD_STATE"],
      [() => zx.vmarMap(vmar, RW, 0, vmo, 1, PAGE_SIZE), "INVALID_ARGS"],
      [() => zx.vmarMap(vmar, RW, 0, vmo, 0, 0), "BAD_STATE"],
      [() => zx.vmarUnmap(vmar, address + 1, PAGE_SIZE), "INVALID_ARGS"],
      [() => zx.vmarUnmap(vmar, 0, PAGE_SIZE), "BAD_STATE"],
      [() => zx.vmarProtect(vmar, PERM_READ, address, 0), "INVALID_ARGS"],
      [() => zx.vmarProtect(vmar, PERM_READ, 0, PAGE_SIZE), "BAD_STATE"],
      [() => zx.vmarOpRange(vmar, VmarOp.COMMIT, address, 0), "INVALID_ARGS"],
      [() => zx.vmarOpRange(vmar, VmarOp.COMMIT, address, PAGE_SIZE), "BAD_STATE"],
    ];
    expect(calls.map(([call]) => statusOf(call))).toEqual(calls.map(([, status]) => status));
  });
});

onBothKernels("zx_vmar_unmap and zx_vmar_protect, more", (get) => {
  test("unmap needs no right", () => {
    const { zx } = get();
    const address = zx.vmarMap(zx.vmarRootSelf, RW, 0, zx.vmoCreate(PAGE_SIZE, 0), 0, PAGE_SIZE);
    const weak = zx.handleDuplicate(zx.vmarRootSelf, Rights.NONE);
    expect(statusOf(() => zx.vmarUnmap(weak, address, PAGE_SIZE))).toBe("OK");
  });

  test("Vmar.UnmapMultipleTest: one range may hold mappings, gaps and whole regions", () => {
    const { zx } = get();
    const { vmar, address } = zx.vmarAllocate(
      zx.vmarRootSelf,
      CAN_MAP_RW | CAN_MAP_SPECIFIC,
      0,
      8 * PAGE_SIZE,
    );
    const vmo = zx.vmoCreate(PAGE_SIZE, 0);
    const inner = zx.vmarAllocate(vmar, CAN_MAP_RW | SPECIFIC, 4 * PAGE_SIZE, PAGE_SIZE).vmar;
    for (const page of [0, 2]) zx.vmarMap(vmar, RW | SPECIFIC, page * PAGE_SIZE, vmo, 0, PAGE_SIZE);
    zx.vmarMap(inner, RW, 0, vmo, 0, PAGE_SIZE);
    zx.vmarUnmap(vmar, address, 8 * PAGE_SIZE);
    expect(zx.objectGetInfo(vmo, "VMO").numMappings).toBe(0);
    expect(statusOf(() => zx.vmarMap(inner, RW, 0, vmo, 0, PAGE_SIZE))).toBe("BAD_STATE");
  });

  test("Vmar.ProtectMultipleTest: several mappings in one call, up to the middle of the last", () => {
    const { zx, cpu } = get();
    const { vmar, address } = zx.vmarAllocate(
      zx.vmarRootSelf,
      CAN_MAP_RW | CAN_MAP_SPECIFIC,
      0,
      4 * PAGE_SIZE,
    );
    for (const page of [0, 2]) {
      zx.vmarMap(vmar, RW | SPECIFIC, page * PAGE_SIZE, zx.vmoCreate(2 * PAGE_SIZE, 0), 0, 2 * PAGE_SIZE);
    }
    zx.vmarProtect(vmar, PERM_READ, address + PAGE_SIZE, 2 * PAGE_SIZE);
    const writes = [0, 1, 2, 3].map((page) => statusOf(() => cpu.store8(address + page * PAGE_SIZE, 1)));
    expect(writes).toEqual(["OK", "ACCESS_DENIED", "ACCESS_DENIED", "OK"]);
  });
});

onBothKernels("zx_vmar_op_range, more", (get) => {
  test("MAP_RANGE and PREFETCH commit nothing; DECOMMIT does not reach into sub-regions", () => {
    const { zx } = get();
    const vmo = zx.vmoCreate(PAGE_SIZE, 0);
    const { vmar, address } = zx.vmarAllocate(zx.vmarRootSelf, CAN_MAP_RW, 0, PAGE_SIZE);
    zx.vmarMap(vmar, RW, 0, vmo, 0, PAGE_SIZE);
    const operation = (op: number) => statusOf(() => zx.vmarOpRange(zx.vmarRootSelf, op, address, PAGE_SIZE));
    expect([VmarOp.MAP_RANGE, VmarOp.PREFETCH, VmarOp.DONT_NEED].map(operation)).toEqual(["OK", "OK", "OK"]);
    expect(zx.objectGetInfo(vmo, "VMO").committedBytes).toBe(0);
    expect(operation(VmarOp.DECOMMIT)).toBe("INVALID_ARGS");
  });
});

describe("a place that nobody chose", () => {
  const bases = async (seed: number) => {
    const kernel = await Kernel.create({ machine: new FakeMachine(), addressSpace: "portable", seed });
    const { zx } = kernel.root;
    const vmo = zx.vmoCreate(PAGE_SIZE, 0);
    const places = Array.from({ length: 8 }, () => zx.vmarMap(zx.vmarRootSelf, RW, 0, vmo, 0, PAGE_SIZE));
    await kernel.close();
    return places;
  };

  test("is random, and the same again for the same seed", async () => {
    const [first, again, other] = [await bases(1), await bases(1), await bases(2)];
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
    expect(new Set(first).size).toBe(8);
  });
});
