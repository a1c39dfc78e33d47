import { expect, test } from "vitest";
import {
  CachePolicy,
  ResourceKind,
  VmOption,
  VmoChildOption,
  VmoInfoFlag,
  VmoOp,
} from "../../../src/zx/constants.ts";
import { PAGE_SIZE } from "../../../src/zx/pages.ts";
import { DefaultRights, Rights } from "../../../src/zx/rights.ts";
import { statusOf } from "../../support/address_spaces.ts";
import { FakeDevice } from "../../support/fake_machine.ts";
import { onBothKernels } from "../../support/kernel.ts";

const { SNAPSHOT, SLICE, SNAPSHOT_AT_LEAST_ON_WRITE } = VmoChildOption;
const RW = VmOption.PERM_READ | VmOption.PERM_WRITE;

onBothKernels("zx_vmo_create_physical", (get) => {
  const BASE = 0xfe00_0000;
  const part = (base: number, size: number) =>
    get().zx.resourceCreate(get().root.mmio, ResourceKind.MMIO, base, size, "device");
  const create = (resource: number, base: number, size: number) =>
    statusOf(() => get().zx.vmoCreatePhysical(resource, base, size));

  test("without the resource: BAD_HANDLE, WRONG_TYPE for what is no MMIO resource", () => {
    const { zx, root } = get();
    expect(create(0, BASE, PAGE_SIZE)).toBe("BAD_HANDLE");
    expect(create(zx.eventCreate(0), BASE, PAGE_SIZE)).toBe("WRONG_TYPE");
    expect(create(root.irq, BASE, PAGE_SIZE)).toBe("WRONG_TYPE");
  });

  test("Resource.VmoCreationSmaller / VmoCreationUnaligned: a resource of half a page grants the whole page", () => {
    const resource = part(BASE + 0x800, 0x100);
    expect(create(resource, BASE, PAGE_SIZE)).toBe("OK");
    expect(create(resource, BASE, 1)).toBe("OK");
    expect(create(resource, BASE, PAGE_SIZE + 1)).toBe("OUT_OF_RANGE");
    expect(create(resource, BASE + PAGE_SIZE, PAGE_SIZE)).toBe("OUT_OF_RANGE");
    expect(create(resource, BASE - PAGE_SIZE, 2 * PAGE_SIZE)).toBe("OUT_OF_RANGE");
  });

  test("the range is checked before the alignment; an unaligned size is rounded up", () => {
    const { zx, root } = get();
    const resource = part(BASE, 0x4000);
    expect(create(resource, BASE + 1, 0x5000)).toBe("OUT_OF_RANGE");
    expect(create(resource, BASE + 1, 1)).toBe("INVALID_ARGS");
    expect(create(resource, BASE, 0)).toBe("INVALID_ARGS");
    expect(create(root.mmio, BASE, 2 ** 53)).toBe("INVALID_ARGS");
    expect(zx.vmoGetSize(zx.vmoCreatePhysical(resource, BASE, 0x1001))).toBe(0x2000);
  });

  test("RAM is ACCESS_DENIED, except what firmware keeps", () => {
    const { zx, root, machine } = get();
    expect(create(root.mmio, 0x20_0000, PAGE_SIZE)).toBe("ACCESS_DENIED");
    machine.ram.write(0xe_1000, Uint8Array.of(0x52, 0x53, 0x44));
    const vmo = zx.vmoCreatePhysical(root.mmio, 0xe_1000, PAGE_SIZE);
    const address = zx.vmarMap(zx.vmarRootSelf, VmOption.PERM_READ, 0, vmo, 0, PAGE_SIZE);
    expect([0, 1, 2].map((i) => get().cpu.load8(address + i))).toEqual([0x52, 0x53, 0x44]);
  });

  test("the VMO is UNCACHED, has the rights of any VMO (no EXECUTE), and is of neither type nor size that it was not asked for", () => {
    const { zx, root } = get();
    const vmo = zx.vmoCreatePhysical(root.mmio, BASE, PAGE_SIZE);
    expect(zx.objectGetInfo(vmo, "VMO")).toMatchObject({
      name: "",
      sizeBytes: PAGE_SIZE,
      cachePolicy: CachePolicy.UNCACHED,
      committedBytes: 0,
      handleRights: DefaultRights.VMO,
      parentKoid: 0,
    });
    expect(zx.objectGetInfo(vmo, "VMO").flags & VmoInfoFlag.TYPE_PAGED).toBe(0);
    zx.objectSetName(vmo, "edu bar 0");
    expect(zx.objectGetName(vmo)).toBe("edu bar 0");
  });

  test("a mapping of it reaches the device; vmo_read and vmo_write are NOT_SUPPORTED", () => {
    const { zx, root, machine, cpu } = get();
    const device = new FakeDevice(0x1000);
    machine.addDevice(BASE, 0x1000, "a device", device);
    const vmo = zx.vmoCreatePhysical(root.mmio, BASE, PAGE_SIZE);
    expect(statusOf(() => zx.vmoRead(vmo, new Uint8Array(4), 0))).toBe("NOT_SUPPORTED");
    expect(statusOf(() => zx.vmoWrite(vmo, new Uint8Array(4), 0))).toBe("NOT_SUPPORTED");
    const address = zx.vmarMap(zx.vmarRootSelf, RW, 0, vmo, 0, PAGE_SIZE);
    cpu.store32(address + 0x10, 0xabcd);
    expect(cpu.load32(address + 0x10)).toBe(0xabcd);
    expect(device.log).toEqual(["write32 0x10 = 0xabcd", "read32 0x10"]);
  });

  test.each([
    ["COMMIT", VmoOp.COMMIT, "NOT_SUPPORTED"],
    ["DECOMMIT", VmoOp.DECOMMIT, "NOT_SUPPORTED"],
    ["ZERO", VmoOp.ZERO, "NOT_SUPPORTED"],
    ["PREFETCH", VmoOp.PREFETCH, "OK"],
    ["LOCK", VmoOp.LOCK, "NOT_SUPPORTED"],
    ["TRY_LOCK", VmoOp.TRY_LOCK, "NOT_SUPPORTED"],
    ["UNLOCK", VmoOp.UNLOCK, "NOT_SUPPORTED"],
    ["DONT_NEED", VmoOp.DONT_NEED, "OK"],
    ["ALWAYS_NEED", VmoOp.ALWAYS_NEED, "OK"],
    ["CACHE_SYNC", VmoOp.CACHE_SYNC, "NOT_SUPPORTED"],
    ["CACHE_CLEAN", VmoOp.CACHE_CLEAN, "NOT_SUPPORTED"],
    ["CACHE_CLEAN_INVALIDATE", VmoOp.CACHE_CLEAN_INVALIDATE, "NOT_SUPPORTED"],
  ])("op_range %s is what it is on device memory", (_name, op, status) => {
    const { zx, root } = get();
    const vmo = zx.vmoCreatePhysical(root.mmio, BASE, PAGE_SIZE);
    expect(statusOf(() => zx.vmoOpRange(vmo, op, 0, PAGE_SIZE))).toBe(status);
  });

  test("VmoTestCase.PhysicalSlice: cannot be resized or snapshot; a slice is a part of the same device", () => {
    const { zx, root, machine, cpu } = get();
    const device = new FakeDevice(0x3000);
    machine.addDevice(BASE, 0x3000, "a device", device);
    const vmo = zx.vmoCreatePhysical(root.mmio, BASE, 0x3000);
    expect(statusOf(() => zx.vmoSetSize(vmo, 0))).toBe("UNAVAILABLE");
    expect(statusOf(() => zx.vmoCreateChild(vmo, SNAPSHOT, 0, PAGE_SIZE))).toBe("NOT_SUPPORTED");
    expect(statusOf(() => zx.vmoCreateChild(vmo, SNAPSHOT_AT_LEAST_ON_WRITE, 0, PAGE_SIZE))).toBe(
      "NOT_SUPPORTED",
    );
    expect(statusOf(() => zx.vmoCreateChild(vmo, SLICE, 0x2000, 0x2000))).toBe("INVALID_ARGS");
    const slice = zx.vmoCreateChild(vmo, SLICE, 0x1000, 0x1000);
    expect(zx.objectGetInfo(slice, "VMO")).toMatchObject({
      cachePolicy: CachePolicy.UNCACHED,
      sizeBytes: 0x1000,
    });
    const address = zx.vmarMap(zx.vmarRootSelf, RW, 0, slice, 0, 0x1000);
    cpu.load32(address + 8);
    expect(device.log).toEqual(["read32 0x1008"]);
  });

  test("RAM is no question to the machine, but an event too", () => {
    const { zx, root, kernel } = get();
    const events: unknown[] = [];
    kernel.events.listen((event) => events.push(event), ["resolve"]);
    zx.vmoCreatePhysical(root.mmio, 0xe_0000, 1);
    expect(events).toEqual([
      { kind: "resolve", time: 0, address: 0xe_0000, size: PAGE_SIZE, name: "RAM", how: "direct" },
    ]);
  });

  test("the kernel's question to the machine is an event", () => {
    const { zx, root, kernel, machine } = get();
    machine.addDevice(BASE, 0x1000, "edu", new FakeDevice(0x1000));
    const events: unknown[] = [];
    kernel.events.listen((event) => events.push(event), ["resolve"]);
    zx.vmoCreatePhysical(root.mmio, BASE, 0x1000);
    expect(events).toEqual([
      { kind: "resolve", time: 0, address: BASE, size: 0x1000, name: "edu", how: "dispatched" },
    ]);
  });
});

onBothKernels("zx_vmo_set_cache_policy", (get) => {
  const { CACHED, UNCACHED, UNCACHED_DEVICE, WRITE_COMBINING } = CachePolicy;

  test("VmoTestCase.Cache: bad bits come before the handle; then MAP is needed", () => {
    const { zx } = get();
    const vmo = zx.vmoCreate(PAGE_SIZE, 0);
    expect(statusOf(() => zx.vmoSetCachePolicy(0x7003, 4))).toBe("INVALID_ARGS");
    expect(statusOf(() => zx.vmoSetCachePolicy(0x7003, UNCACHED))).toBe("BAD_HANDLE");
    const weak = zx.handleDuplicate(vmo, DefaultRights.VMO & ~Rights.MAP);
    expect(statusOf(() => zx.vmoSetCachePolicy(weak, UNCACHED))).toBe("ACCESS_DENIED");
    for (const policy of [UNCACHED, UNCACHED_DEVICE, WRITE_COMBINING, CACHED]) {
      zx.vmoSetCachePolicy(vmo, policy);
      expect(zx.objectGetInfo(vmo, "VMO").cachePolicy).toBe(policy);
    }
  });

  test("of a mapped VMO is BAD_STATE; for a physical one, the policy that it has is OK", () => {
    const { zx, root } = get();
    const physical = zx.vmoCreatePhysical(root.mmio, 0xfe00_0000, PAGE_SIZE);
    const paged = zx.vmoCreate(PAGE_SIZE, 0);
    for (const vmo of [physical, paged]) zx.vmarMap(zx.vmarRootSelf, RW, 0, vmo, 0, PAGE_SIZE);
    expect(statusOf(() => zx.vmoSetCachePolicy(physical, UNCACHED))).toBe("OK");
    expect(statusOf(() => zx.vmoSetCachePolicy(physical, UNCACHED_DEVICE))).toBe("BAD_STATE");
    expect(statusOf(() => zx.vmoSetCachePolicy(paged, CACHED))).toBe("BAD_STATE");
  });

  test("children freeze it on both sides", () => {
    const { zx, root } = get();
    const vmo = zx.vmoCreatePhysical(root.mmio, 0xfe00_0000, PAGE_SIZE);
    const slice = zx.vmoCreateChild(vmo, SLICE, 0, PAGE_SIZE);
    expect(statusOf(() => zx.vmoSetCachePolicy(vmo, UNCACHED_DEVICE))).toBe("BAD_STATE");
    expect(statusOf(() => zx.vmoSetCachePolicy(slice, UNCACHED_DEVICE))).toBe("BAD_STATE");
    zx.handleClose(slice);
    expect(statusOf(() => zx.vmoSetCachePolicy(vmo, UNCACHED_DEVICE))).toBe("OK");
  });

  test("a mapping keeps the policy that it was made with", () => {
    const { zx, root } = get();
    const vmo = zx.vmoCreatePhysical(root.mmio, 0xfe00_0000, PAGE_SIZE);
    zx.vmoSetCachePolicy(vmo, WRITE_COMBINING);
    zx.vmarMap(zx.vmarRootSelf, RW, 0, vmo, 0, PAGE_SIZE);
    const maps = zx.objectGetInfo(zx.processSelf, "PROCESS_MAPS");
    expect(maps.at(-1)!.mapping).toMatchObject({ cachePolicy: WRITE_COMBINING, permissions: RW });
  });
});
