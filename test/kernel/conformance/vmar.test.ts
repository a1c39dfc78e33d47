import { expect, test } from "vitest";
import { CachePolicy, VmarOp, VmOption, VmoOption } from "../../../src/zx/constants.ts";
import { PAGE_SIZE } from "../../../src/zx/pages.ts";
import { DefaultRights, Rights } from "../../../src/zx/rights.ts";
import { statusOf } from "../../support/address_spaces.ts";
import { onBothKernels } from "../../support/kernel.ts";

const {
  PERM_READ,
  PERM_WRITE,
  PERM_EXECUTE,
  SPECIFIC,
  CAN_MAP_SPECIFIC,
  CAN_MAP_READ,
  CAN_MAP_WRITE,
  CAN_MAP_EXECUTE,
} = VmOption;
const RW = PERM_READ | PERM_WRITE;
const CAN_MAP_RW = CAN_MAP_READ | CAN_MAP_WRITE;

onBothKernels("zx_vmar_allocate", (get) => {
  const allocate = (parent: number, options: number, size = PAGE_SIZE) =>
    statusOf(() => get().zx.vmarAllocate(parent, options, 0, size));

  test("Vmar.BasicAllocateTest: a region inside its parent, whose handle says what may be mapped there", () => {
    const { zx } = get();
    const { vmar, address } = zx.vmarAllocate(
      zx.vmarRootSelf,
      CAN_MAP_READ | CAN_MAP_WRITE,
      0,
      4 * PAGE_SIZE,
    );
    const root = zx.objectGetInfo(zx.vmarRootSelf, "VMAR");
    expect(address).toBeGreaterThanOrEqual(root.base);
    expect(address + 4 * PAGE_SIZE).toBeLessThanOrEqual(root.base + root.length);
    expect(zx.objectGetInfo(vmar, "VMAR")).toEqual({ base: address, length: 4 * PAGE_SIZE });
    expect(zx.objectGetInfo(vmar, "HANDLE_BASIC").rights).toBe(
      DefaultRights.VMAR | Rights.READ | Rights.WRITE,
    );
  });

  test("check order: handle with the rights that the flags ask for, then the flags", () => {
    const { zx } = get();
    const weak = zx.handleDuplicate(zx.vmarRootSelf, Rights.READ);
    expect(allocate(0x7003, PERM_READ)).toBe("BAD_HANDLE");
    expect(allocate(zx.eventCreate(0), PERM_READ)).toBe("WRONG_TYPE");
    expect(allocate(weak, PERM_READ | CAN_MAP_WRITE)).toBe("ACCESS_DENIED");
    expect(allocate(weak, PERM_READ | CAN_MAP_EXECUTE)).toBe("ACCESS_DENIED");
    expect(allocate(weak, PERM_READ | CAN_MAP_READ)).toBe("INVALID_ARGS");
    expect(allocate(weak, CAN_MAP_READ, 1)).toBe("INVALID_ARGS");
    expect(allocate(weak, CAN_MAP_READ)).toBe("OK");
    expect(allocate(zx.vmarRootSelf, CAN_MAP_RW, 2 ** 40)).toBe("INVALID_ARGS");
  });

  test("a region cannot allow what its parent does not", () => {
    const { zx } = get();
    const { vmar } = zx.vmarAllocate(zx.vmarRootSelf, CAN_MAP_READ, 0, 4 * PAGE_SIZE);
    expect(allocate(vmar, CAN_MAP_WRITE)).toBe("ACCESS_DENIED");
    expect(allocate(vmar, CAN_MAP_READ | CAN_MAP_SPECIFIC)).toBe("OK");
  });
});

onBothKernels("zx_vmar_map", (get) => {
  const map = (vmar: number, options: number, vmo: number, length = PAGE_SIZE, vmoOffset = 0, offset = 0) =>
    statusOf(() => get().zx.vmarMap(vmar, options, offset, vmo, vmoOffset, length));

  test("check order: VMAR, VMO, MAP, flags, rights of both handles", () => {
    const { zx } = get();
    const root = zx.vmarRootSelf;
    const vmo = zx.vmoCreate(PAGE_SIZE, 0);
    const unmappable = zx.handleDuplicate(vmo, Rights.READ | Rights.WRITE);
    const readable = zx.handleDuplicate(vmo, Rights.READ | Rights.MAP);
    const readVmar = zx.handleDuplicate(root, Rights.READ);
    expect(map(0x7003, PERM_WRITE, 0x7003)).toBe("BAD_HANDLE");
    expect(map(vmo, PERM_WRITE, 0x7003)).toBe("WRONG_TYPE");
    expect(map(root, PERM_WRITE, 0x7003)).toBe("BAD_HANDLE");
    expect(map(root, PERM_WRITE, root)).toBe("WRONG_TYPE");
    expect(map(root, PERM_WRITE, unmappable)).toBe("ACCESS_DENIED");
    expect(map(root, PERM_WRITE, vmo)).toBe("INVALID_ARGS");
    expect(map(root, PERM_READ | CAN_MAP_READ, readable)).toBe("INVALID_ARGS");
    expect(map(root, RW, readable)).toBe("ACCESS_DENIED");
    expect(map(readVmar, RW, vmo)).toBe("ACCESS_DENIED");
    expect(map(root, PERM_READ | PERM_EXECUTE, vmo)).toBe("ACCESS_DENIED");
    expect(map(root, PERM_READ, vmo, PAGE_SIZE, 1)).toBe("INVALID_ARGS");
    expect(map(root, PERM_READ, vmo, 0)).toBe("INVALID_ARGS");
    expect(map(root, PERM_READ, vmo, PAGE_SIZE, 0, PAGE_SIZE)).toBe("INVALID_ARGS");
    expect(map(root, PERM_READ, vmo, 2 ** 53, PAGE_SIZE)).toBe("OUT_OF_RANGE");
    expect(map(root, PERM_READ, vmo)).toBe("OK");
    expect(map(root, 0, vmo)).toBe("OK");
  });

  test("an unaligned length is rounded up; past the VMO's end accesses fault", () => {
    const { zx, cpu } = get();
    const vmo = zx.vmoCreate(PAGE_SIZE, 0);
    const address = zx.vmarMap(zx.vmarRootSelf, RW, 0, vmo, 0, PAGE_SIZE + 1);
    cpu.store8(address, 1);
    expect(statusOf(() => cpu.load8(address + PAGE_SIZE))).toBe("OUT_OF_RANGE");
  });

  test("Vmar.MapSpecificOverwriteTest: at base + offset, where there is room", () => {
    const { zx } = get();
    const vmo = zx.vmoCreate(PAGE_SIZE, 0);
    const region = zx.vmarAllocate(zx.vmarRootSelf, CAN_MAP_RW | CAN_MAP_SPECIFIC, 0, 4 * PAGE_SIZE);
    const fixed = zx.vmarAllocate(zx.vmarRootSelf, CAN_MAP_RW, 0, 4 * PAGE_SIZE);
    const at = zx.vmarMap(region.vmar, RW | SPECIFIC, 2 * PAGE_SIZE, vmo, 0, PAGE_SIZE);
    expect(at).toBe(region.address + 2 * PAGE_SIZE);
    expect(map(region.vmar, RW | SPECIFIC, vmo, PAGE_SIZE, 0, 2 * PAGE_SIZE)).toBe("ALREADY_EXISTS");
    expect(map(region.vmar, RW | VmOption.SPECIFIC_OVERWRITE, vmo, PAGE_SIZE, 0, 2 * PAGE_SIZE)).toBe("OK");
    expect(map(fixed.vmar, RW | SPECIFIC, vmo)).toBe("ACCESS_DENIED");
  });

  test("REQUIRE_NON_RESIZABLE and discardable VMOs without ALLOW_FAULTS are NOT_SUPPORTED", () => {
    const { zx } = get();
    const resizable = zx.vmoCreate(PAGE_SIZE, VmoOption.RESIZABLE);
    const discardable = zx.vmoCreate(PAGE_SIZE, VmoOption.DISCARDABLE);
    const root = zx.vmarRootSelf;
    expect(map(root, RW, resizable)).toBe("OK");
    expect(map(root, RW | VmOption.REQUIRE_NON_RESIZABLE, resizable)).toBe("NOT_SUPPORTED");
    expect(map(root, RW, discardable)).toBe("NOT_SUPPORTED");
    expect(map(root, RW | VmOption.ALLOW_FAULTS, discardable)).toBe("OK");
  });

  test("the mapping holds the VMO: its handle may be closed", () => {
    const { zx, cpu, kernel } = get();
    const before = kernel.frames.used;
    const vmo = zx.vmoCreate(PAGE_SIZE, 0);
    const address = zx.vmarMap(zx.vmarRootSelf, RW, 0, vmo, 0, PAGE_SIZE);
    zx.handleClose(vmo);
    cpu.store32(address, 0x1234);
    expect(cpu.load32(address)).toBe(0x1234);
    zx.vmarUnmap(zx.vmarRootSelf, address, PAGE_SIZE);
    expect(kernel.frames.used).toBe(before);
  });

  test("two processes that map one VMO share its memory", () => {
    const { zx, cpu } = get();
    const host = get().host();
    const vmo = zx.vmoCreate(PAGE_SIZE, 0);
    const here = zx.vmarMap(zx.vmarRootSelf, RW, 0, vmo, 0, PAGE_SIZE);
    const [inHost] = host.give(zx.handleDuplicate(vmo, Rights.SAME_RIGHTS));
    const there = host.zx.vmarMap(host.zx.vmarRootSelf, RW, 0, inHost!, 0, PAGE_SIZE);
    cpu.store32(here + 8, 0xfeed);
    expect(host.cpu.load32(there + 8)).toBe(0xfeed);
    expect(zx.objectGetInfo(vmo, "VMO")).toMatchObject({ numMappings: 2, shareCount: 2 });
  });
});

onBothKernels("zx_vmar_unmap, zx_vmar_protect and zx_vmar_destroy", (get) => {
  const mapped = (rights: number = Rights.SAME_RIGHTS, permissions = RW) => {
    const { zx } = get();
    const vmo = zx.handleReplace(zx.vmoCreate(4 * PAGE_SIZE, 0), rights);
    return zx.vmarMap(zx.vmarRootSelf, permissions, 0, vmo, 0, 4 * PAGE_SIZE);
  };

  test("Vmar.UnmapSplitTest: the middle goes, the rest stays; nothing there is OK", () => {
    const { zx, cpu } = get();
    const address = mapped();
    zx.vmarUnmap(zx.vmarRootSelf, address + PAGE_SIZE, 2 * PAGE_SIZE);
    zx.vmarUnmap(zx.vmarRootSelf, address + PAGE_SIZE, 2 * PAGE_SIZE);
    const pages = [0, 1, 2, 3].map((page) => statusOf(() => cpu.load8(address + page * PAGE_SIZE)));
    expect(pages).toEqual(["OK", "NOT_FOUND", "NOT_FOUND", "OK"]);
  });

  test("an access after unmap names the address and who unmapped it", () => {
    const { zx, cpu } = get();
    const address = mapped();
    zx.vmarUnmap(zx.vmarRootSelf, address, 4 * PAGE_SIZE);
    expect(() => cpu.load8(address)).toThrow(/NOT_FOUND.*vmar_unmap by process "userboot"/s);
  });

  test("Vmar.UnalignedLenTest / InvalidArgsTest: unaligned address or length 0 is INVALID_ARGS; a length rounds up", () => {
    const { zx, cpu } = get();
    const address = mapped();
    const unmap = (at: number, length: number) => statusOf(() => zx.vmarUnmap(zx.vmarRootSelf, at, length));
    expect(unmap(address + 1, PAGE_SIZE)).toBe("INVALID_ARGS");
    expect(unmap(address, 0)).toBe("INVALID_ARGS");
    expect(unmap(0, PAGE_SIZE)).toBe("INVALID_ARGS");
    expect(unmap(address, 1)).toBe("OK");
    expect(statusOf(() => cpu.load8(address + PAGE_SIZE - 1))).toBe("NOT_FOUND");
  });

  test("Vmar.ProtectTest: needs the VMAR's right, and what the VMO's handle allowed when it was mapped", () => {
    const { zx, cpu } = get();
    const address = mapped(Rights.READ | Rights.MAP, PERM_READ);
    const protect = (vmar: number, options: number) =>
      statusOf(() => zx.vmarProtect(vmar, options, address, PAGE_SIZE));
    const readVmar = zx.handleDuplicate(zx.vmarRootSelf, Rights.READ);
    expect(protect(0x7003, SPECIFIC)).toBe("BAD_HANDLE");
    expect(protect(readVmar, RW | SPECIFIC)).toBe("ACCESS_DENIED");
    expect(protect(readVmar, PERM_READ | SPECIFIC)).toBe("INVALID_ARGS");
    expect(protect(zx.vmarRootSelf, PERM_WRITE)).toBe("INVALID_ARGS");
    expect(protect(zx.vmarRootSelf, RW)).toBe("ACCESS_DENIED");
    expect(protect(zx.vmarRootSelf, 0)).toBe("OK");
    expect(statusOf(() => cpu.load8(address))).toBe("ACCESS_DENIED");
    expect(protect(zx.vmarRootSelf, PERM_READ)).toBe("OK");
    expect(statusOf(() => cpu.load8(address))).toBe("OK");
    expect(statusOf(() => cpu.store8(address, 1))).toBe("ACCESS_DENIED");
  });

  test("a gap in the range is NOT_FOUND, and nothing changes", () => {
    const { zx, cpu } = get();
    const address = mapped();
    zx.vmarUnmap(zx.vmarRootSelf, address + PAGE_SIZE, PAGE_SIZE);
    expect(statusOf(() => zx.vmarProtect(zx.vmarRootSelf, PERM_READ, address, 4 * PAGE_SIZE))).toBe(
      "NOT_FOUND",
    );
    expect(statusOf(() => cpu.store8(address, 1))).toBe("OK");
  });

  test("Vmar.DestroyTest: everything in it goes; the handle stays, and every operation is BAD_STATE", () => {
    const { zx, cpu } = get();
    const { vmar } = zx.vmarAllocate(zx.vmarRootSelf, CAN_MAP_RW, 0, 4 * PAGE_SIZE);
    const vmo = zx.vmoCreate(PAGE_SIZE, 0);
    const address = zx.vmarMap(vmar, RW, 0, vmo, 0, PAGE_SIZE);
    zx.vmarDestroy(vmar);
    expect(statusOf(() => cpu.load8(address))).toBe("NOT_FOUND");
    expect(statusOf(() => zx.vmarMap(vmar, RW, 0, vmo, 0, PAGE_SIZE))).toBe("BAD_STATE");
    expect(statusOf(() => zx.vmarUnmap(vmar, address, PAGE_SIZE))).toBe("BAD_STATE");
    expect(statusOf(() => zx.vmarProtect(vmar, PERM_READ, address, PAGE_SIZE))).toBe("BAD_STATE");
    expect(statusOf(() => zx.vmarAllocate(vmar, CAN_MAP_READ, 0, PAGE_SIZE))).toBe("BAD_STATE");
    expect(statusOf(() => zx.vmarDestroy(vmar))).toBe("BAD_STATE");
  });

  test("the root cannot be destroyed: NOT_SUPPORTED; destroy needs OP_CHILDREN", () => {
    const { zx } = get();
    expect(statusOf(() => zx.vmarDestroy(zx.vmarRootSelf))).toBe("NOT_SUPPORTED");
    const { vmar } = zx.vmarAllocate(zx.vmarRootSelf, CAN_MAP_RW, 0, PAGE_SIZE);
    expect(statusOf(() => zx.vmarDestroy(zx.handleDuplicate(vmar, Rights.READ)))).toBe("ACCESS_DENIED");
  });

  test("closing a VMAR handle changes nothing in the address space", () => {
    const { zx, cpu } = get();
    const { vmar } = zx.vmarAllocate(zx.vmarRootSelf, CAN_MAP_RW, 0, 4 * PAGE_SIZE);
    const address = zx.vmarMap(vmar, RW, 0, zx.vmoCreate(PAGE_SIZE, 0), 0, PAGE_SIZE);
    zx.handleClose(vmar);
    cpu.store8(address, 3);
    expect(cpu.load8(address)).toBe(3);
  });

  test("without OP_CHILDREN a sub-region can be neither unmapped nor protected", () => {
    const { zx } = get();
    const { vmar, address } = zx.vmarAllocate(zx.vmarRootSelf, CAN_MAP_RW, 0, PAGE_SIZE);
    zx.vmarMap(vmar, RW, 0, zx.vmoCreate(PAGE_SIZE, 0), 0, PAGE_SIZE);
    const weak = zx.handleDuplicate(zx.vmarRootSelf, Rights.READ | Rights.WRITE);
    expect(statusOf(() => zx.vmarProtect(weak, PERM_READ, address, PAGE_SIZE))).toBe("INVALID_ARGS");
    expect(statusOf(() => zx.vmarProtect(zx.vmarRootSelf, PERM_READ, address, PAGE_SIZE))).toBe("OK");
    expect(statusOf(() => zx.vmarUnmap(zx.vmarRootSelf, address, PAGE_SIZE))).toBe("OK");
  });
});

onBothKernels("zx_vmar_op_range", (get) => {
  test("Vmar.RangeOpCommitVmoPages: commits through the mapping; needs WRITE on the VMAR, and of the VMO", () => {
    const { zx } = get();
    const vmo = zx.vmoCreate(2 * PAGE_SIZE, 0);
    const address = zx.vmarMap(zx.vmarRootSelf, PERM_READ, 0, vmo, 0, 2 * PAGE_SIZE);
    const operation = (vmar: number, op: number, at = address, size = 2 * PAGE_SIZE) =>
      statusOf(() => zx.vmarOpRange(vmar, op, at, size));
    const readVmar = zx.handleDuplicate(zx.vmarRootSelf, Rights.READ | Rights.OP_CHILDREN);
    expect(operation(0x7003, 99)).toBe("BAD_HANDLE");
    expect(operation(zx.vmarRootSelf, 99)).toBe("INVALID_ARGS");
    expect(operation(readVmar, VmarOp.COMMIT)).toBe("ACCESS_DENIED");
    expect(operation(zx.vmarRootSelf, VmarOp.COMMIT, address + 1)).toBe("INVALID_ARGS");
    expect(operation(zx.vmarRootSelf, VmarOp.COMMIT, address, 0)).toBe("INVALID_ARGS");
    expect(operation(zx.vmarRootSelf, VmarOp.COMMIT, 0)).toBe("OUT_OF_RANGE");
    expect(operation(zx.vmarRootSelf, VmarOp.COMMIT)).toBe("OK");
    expect(zx.objectGetInfo(vmo, "VMO").committedBytes).toBe(2 * PAGE_SIZE);
    expect(operation(zx.vmarRootSelf, VmarOp.DECOMMIT)).toBe("OK");
    expect(zx.objectGetInfo(vmo, "VMO").committedBytes).toBe(0);
    zx.vmarUnmap(zx.vmarRootSelf, address + PAGE_SIZE, PAGE_SIZE);
    expect(operation(zx.vmarRootSelf, VmarOp.COMMIT)).toBe("BAD_STATE");
    const readOnly = zx.handleReplace(zx.vmoCreate(PAGE_SIZE, 0), Rights.READ | Rights.MAP);
    const fixed = zx.vmarMap(zx.vmarRootSelf, PERM_READ, 0, readOnly, 0, PAGE_SIZE);
    expect(operation(zx.vmarRootSelf, VmarOp.COMMIT, fixed, PAGE_SIZE)).toBe("ACCESS_DENIED");
  });
});

onBothKernels("ZX_INFO_PROCESS_MAPS and ZX_INFO_VMAR_MAPS", (get) => {
  test("ProcessGetInfoTest.InfoProcessMapsSmokeTest: the address space, the root, and below it everything, depth first", () => {
    const { zx } = get();
    const host = get().host("driver-host");
    const { vmar, address } = host.zx.vmarAllocate(host.zx.vmarRootSelf, CAN_MAP_RW, 0, 4 * PAGE_SIZE);
    const vmo = host.zx.vmoCreate(2 * PAGE_SIZE, 0);
    host.zx.objectSetName(vmo, "bar 0");
    const at = host.zx.vmarMap(vmar, RW, 0, vmo, PAGE_SIZE, PAGE_SIZE);
    host.cpu.store8(at, 1);
    const maps = zx.objectGetInfo(host.process, "PROCESS_MAPS");
    expect(maps.map(({ type, depth }) => [type, depth])).toEqual([
      ["aspace", 0],
      ["vmar", 1],
      ["vmar", 2],
      ["mapping", 3],
    ]);
    expect(maps[2]).toMatchObject({ base: address, size: 4 * PAGE_SIZE });
    expect(maps[3]).toMatchObject({
      name: "bar 0",
      base: at,
      size: PAGE_SIZE,
      mapping: {
        permissions: RW,
        cachePolicy: CachePolicy.CACHED,
        vmoKoid: host.zx.objectGetInfo(vmo, "HANDLE_BASIC").koid,
        vmoOffset: PAGE_SIZE,
        committedBytes: PAGE_SIZE,
      },
    });
    expect(host.zx.objectGetInfo(vmar, "VMAR_MAPS").length).toBe(2);
    expect(zx.objectGetInfo(host.process, "PROCESS_VMOS").map(({ name }) => name)).toEqual([
      "bar 0",
      "bar 0",
    ]);
    zx.taskKill(host.process);
    expect(statusOf(() => zx.objectGetInfo(host.process, "PROCESS_MAPS"))).toBe("BAD_STATE");
    expect(statusOf(() => zx.objectGetInfo(host.process, "PROCESS_VMOS"))).toBe("BAD_STATE");
  });
});
