import { expect, test } from "vitest";
import {
  CachePolicy,
  ResourceKind,
  Signals,
  SystemResource,
  VmOption,
  VmoChildOption,
  VmoInfoFlag,
  VmoOp,
  VmoOption,
} from "../../../src/zx/constants.ts";
import { PAGE_SIZE } from "../../../src/zx/pages.ts";
import { DefaultRights, Rights } from "../../../src/zx/rights.ts";
import { statusOf } from "../../support/address_spaces.ts";
import { FakeDevice } from "../../support/fake_machine.ts";
import { onBothKernels, rejection } from "../../support/kernel.ts";

const { SNAPSHOT, RESIZABLE, SLICE, SNAPSHOT_AT_LEAST_ON_WRITE, NO_WRITE, REFERENCE, SNAPSHOT_MODIFIED } =
  VmoChildOption;
const RW = VmOption.PERM_READ | VmOption.PERM_WRITE;

onBothKernels("zx_vmo_create", (get) => {
  const create = (size: number, options = 0) => statusOf(() => get().zx.vmoCreate(size, options));
  const info = (vmo: number) => get().zx.objectGetInfo(vmo, "VMO");

  test("VmoTestCase.Create: any size, rounded up to pages", () => {
    const { zx } = get();
    const sizes = [0, 1, PAGE_SIZE, PAGE_SIZE + 1].map((size) => zx.vmoGetSize(zx.vmoCreate(size, 0)));
    expect(sizes).toEqual([0, PAGE_SIZE, PAGE_SIZE, 2 * PAGE_SIZE]);
  });

  test("VmoTestCase.SizeAlign: the content ends where it was asked to", () => {
    const { zx } = get();
    expect(zx.vmoGetStreamSize(zx.vmoCreate(PAGE_SIZE + 1, 0))).toBe(PAGE_SIZE + 1);
  });

  test("options that do not exist, or not together, are INVALID_ARGS; a size that is too large is OUT_OF_RANGE", () => {
    const { RESIZABLE: resizable, DISCARDABLE, TRAP_DIRTY, UNBOUNDED } = VmoOption;
    expect(create(0, 1)).toBe("INVALID_ARGS");
    expect(create(0, 1 << 5)).toBe("INVALID_ARGS");
    expect(create(0, TRAP_DIRTY)).toBe("INVALID_ARGS");
    expect(create(0, UNBOUNDED | resizable)).toBe("INVALID_ARGS");
    expect(create(2 ** 60, UNBOUNDED | resizable)).toBe("INVALID_ARGS");
    expect(create(2 ** 60)).toBe("OUT_OF_RANGE");
    expect(create(Number.MAX_SAFE_INTEGER)).toBe("OUT_OF_RANGE");
    expect(
      [resizable, DISCARDABLE, UNBOUNDED, resizable | DISCARDABLE].map((options) =>
        create(PAGE_SIZE, options),
      ),
    ).toEqual(["OK", "OK", "OK", "OK"]);
  });

  test("VmoTestCase.Info: flags, sizes and counts", () => {
    const { zx } = get();
    const vmo = zx.vmoCreate(2 * PAGE_SIZE, VmoOption.RESIZABLE);
    zx.objectSetName(vmo, "scratch");
    zx.vmoOpRange(vmo, VmoOp.COMMIT, 0, PAGE_SIZE);
    zx.vmarMap(zx.vmarRootSelf, RW, 0, vmo, 0, PAGE_SIZE);
    expect(info(vmo)).toEqual({
      koid: zx.objectGetInfo(vmo, "HANDLE_BASIC").koid,
      name: "scratch",
      sizeBytes: 2 * PAGE_SIZE,
      parentKoid: 0,
      numChildren: 0,
      numMappings: 1,
      shareCount: 1,
      flags: VmoInfoFlag.TYPE_PAGED | VmoInfoFlag.RESIZABLE | VmoInfoFlag.VIA_HANDLE,
      committedBytes: PAGE_SIZE,
      handleRights: DefaultRights.VMO | Rights.RESIZE,
      cachePolicy: CachePolicy.CACHED,
    });
  });
});

onBothKernels("zx_vmo_read and zx_vmo_write", (get) => {
  test("VmoTestCase.ReadWrite: bytes come back; the rest is zero", () => {
    const { zx } = get();
    const vmo = zx.vmoCreate(2 * PAGE_SIZE, 0);
    zx.vmoWrite(vmo, Uint8Array.of(1, 2, 3), PAGE_SIZE - 1);
    const bytes = new Uint8Array(5).fill(9);
    zx.vmoRead(vmo, bytes, PAGE_SIZE - 2);
    expect([...bytes]).toEqual([0, 1, 2, 3, 0]);
  });

  test("VmoTestCase.ReadWriteRange: the limit is the VMO's size, in pages; nothing at its end is OK", () => {
    const { zx } = get();
    const vmo = zx.vmoCreate(100, 0);
    const read = (offset: number, size: number) =>
      statusOf(() => zx.vmoRead(vmo, new Uint8Array(size), offset));
    expect(read(PAGE_SIZE - 1, 1)).toBe("OK");
    expect(read(PAGE_SIZE, 0)).toBe("OK");
    expect(read(PAGE_SIZE, 1)).toBe("OUT_OF_RANGE");
    expect(read(PAGE_SIZE + 1, 0)).toBe("OUT_OF_RANGE");
    expect(read(2 ** 60, 1)).toBe("OUT_OF_RANGE");
    expect(statusOf(() => zx.vmoWrite(vmo, new Uint8Array(2), PAGE_SIZE - 1))).toBe("OUT_OF_RANGE");
  });

  test("VmoTestCase.Rights: READ and WRITE are needed", () => {
    const { zx } = get();
    const vmo = zx.vmoCreate(PAGE_SIZE, 0);
    const [reader, writer] = [zx.handleDuplicate(vmo, Rights.READ), zx.handleDuplicate(vmo, Rights.WRITE)];
    const byte = new Uint8Array(1);
    expect(statusOf(() => zx.vmoWrite(reader, byte, 0))).toBe("ACCESS_DENIED");
    expect(statusOf(() => zx.vmoRead(writer, byte, 0))).toBe("ACCESS_DENIED");
    expect(statusOf(() => zx.vmoRead(reader, byte, 0))).toBe("OK");
    expect(statusOf(() => zx.vmoWrite(writer, byte, 0))).toBe("OK");
  });

  test("of a VMO that is not CACHED is BAD_STATE, even of no bytes", () => {
    const { zx } = get();
    const vmo = zx.vmoCreate(PAGE_SIZE, 0);
    zx.vmoSetCachePolicy(vmo, CachePolicy.UNCACHED);
    expect(statusOf(() => zx.vmoRead(vmo, new Uint8Array(0), 0))).toBe("BAD_STATE");
    expect(statusOf(() => zx.vmoWrite(vmo, new Uint8Array(0), 0))).toBe("BAD_STATE");
  });
});

onBothKernels("zx_vmo_set_size and the stream size", (get) => {
  test("VmoTestCase.Resize: grows with zeros, shrinks for good", () => {
    const { zx } = get();
    const vmo = zx.vmoCreate(PAGE_SIZE, VmoOption.RESIZABLE);
    zx.vmoWrite(vmo, new Uint8Array(PAGE_SIZE).fill(5), 0);
    zx.vmoSetSize(vmo, 2 * PAGE_SIZE);
    const bytes = new Uint8Array(2);
    zx.vmoRead(vmo, bytes, PAGE_SIZE - 1);
    expect([...bytes]).toEqual([5, 0]);
    zx.vmoSetSize(vmo, 100);
    expect(zx.vmoGetSize(vmo)).toBe(PAGE_SIZE);
    expect(zx.vmoGetStreamSize(vmo)).toBe(100);
    zx.vmoRead(vmo, bytes, 99);
    expect([...bytes]).toEqual([5, 0]);
  });

  test("a VMO that is not resizable is UNAVAILABLE, even without the right; then RESIZE is needed", () => {
    const { zx } = get();
    const fixed = zx.vmoCreate(PAGE_SIZE, 0);
    const resizable = zx.vmoCreate(PAGE_SIZE, VmoOption.RESIZABLE);
    expect(statusOf(() => zx.vmoSetSize(fixed, 0))).toBe("UNAVAILABLE");
    expect(statusOf(() => zx.vmoSetSize(zx.handleDuplicate(fixed, 0), 0))).toBe("UNAVAILABLE");
    const weak = zx.handleDuplicate(resizable, Rights.READ | Rights.WRITE);
    expect(statusOf(() => zx.vmoSetSize(weak, 0))).toBe("ACCESS_DENIED");
    expect(statusOf(() => zx.vmoSetSize(resizable, 2 ** 60))).toBe("OUT_OF_RANGE");
  });

  test("VmoTestCase.ResizeHazard: a mapped page that is cut off faults with OUT_OF_RANGE", () => {
    const { zx, cpu } = get();
    const vmo = zx.vmoCreate(2 * PAGE_SIZE, VmoOption.RESIZABLE);
    const address = zx.vmarMap(zx.vmarRootSelf, RW, 0, vmo, 0, 2 * PAGE_SIZE);
    cpu.store8(address + PAGE_SIZE, 1);
    zx.vmoSetSize(vmo, PAGE_SIZE);
    expect(statusOf(() => cpu.load8(address + PAGE_SIZE))).toBe("OUT_OF_RANGE");
    expect(cpu.load8(address)).toBe(0);
  });

  test("VmoTestCase.StreamSize: at most the VMO's size; what it crosses becomes zero; needs WRITE", () => {
    const { zx } = get();
    const vmo = zx.vmoCreate(PAGE_SIZE, 0);
    zx.vmoWrite(vmo, Uint8Array.of(1, 2, 3, 4), 0);
    zx.vmoSetStreamSize(vmo, 2);
    zx.vmoSetStreamSize(vmo, 4);
    const bytes = new Uint8Array(4);
    zx.vmoRead(vmo, bytes, 0);
    expect([...bytes]).toEqual([1, 2, 0, 0]);
    expect(statusOf(() => zx.vmoSetStreamSize(vmo, PAGE_SIZE + 1))).toBe("OUT_OF_RANGE");
    expect(statusOf(() => zx.vmoSetStreamSize(zx.handleDuplicate(vmo, Rights.READ), 0))).toBe(
      "ACCESS_DENIED",
    );
  });
});

onBothKernels("zx_vmo_create_contiguous", (get) => {
  test("VmoTestCase.ContiguousVmo: committed, consecutive and zero; not resizable", () => {
    const { zx } = get();
    const vmo = zx.vmoCreateContiguous(get().bti(), 3 * PAGE_SIZE - 1, 16);
    expect(zx.objectGetInfo(vmo, "VMO")).toMatchObject({
      sizeBytes: 3 * PAGE_SIZE,
      committedBytes: 3 * PAGE_SIZE,
      flags: VmoInfoFlag.TYPE_PAGED | VmoInfoFlag.CONTIGUOUS | VmoInfoFlag.VIA_HANDLE,
      handleRights: DefaultRights.VMO,
    });
    const { addrs, pmt } = zx.btiPin(get().bti(), 1 | 16, vmo, 0, PAGE_SIZE);
    expect(addrs[0]! % 2 ** 16).toBe(0);
    zx.pmtUnpin(pmt);
  });

  test("check order: size and alignment, then the BTI and its MAP, then memory", () => {
    const { zx } = get();
    const bti = get().bti();
    const create = (handle: number, size: number, alignment: number) =>
      statusOf(() => zx.vmoCreateContiguous(handle, size, alignment));
    expect(create(0x7003, 0, 0)).toBe("INVALID_ARGS");
    expect(create(0x7003, 1, 11)).toBe("INVALID_ARGS");
    expect(create(0x7003, 1, 64)).toBe("INVALID_ARGS");
    expect(create(0x7003, 1, 12)).toBe("BAD_HANDLE");
    expect(create(zx.eventCreate(0), 1, 12)).toBe("WRONG_TYPE");
    expect(create(zx.handleDuplicate(bti, Rights.READ), 1, 12)).toBe("ACCESS_DENIED");
    expect(create(bti, 2 ** 40, 0)).toBe("NO_MEMORY");
    expect(create(bti, 1, 12)).toBe("OK");
  });
});

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

  test("Resource.VmoCreationSmaller / Unaligned: a resource of half a page grants the whole page", () => {
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

  test("cannot be resized or snapshot; a slice is a part of the same device", () => {
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

  test("VmoTestCase.CachePolicy: bad bits come before the handle; then MAP is needed", () => {
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

onBothKernels("zx_vmo_create_child", (get) => {
  const rights = (handle: number) => get().zx.objectGetInfo(handle, "HANDLE_BASIC").rights;

  test("VmoClone2TestCase.Rights / VmoTestCase.NoWriteResizable: check order", () => {
    const { zx } = get();
    const vmo = zx.vmoCreate(PAGE_SIZE, 0);
    const discardable = zx.vmoCreate(PAGE_SIZE, VmoOption.DISCARDABLE);
    const child = (handle: number, options: number, offset = 0, size = PAGE_SIZE) =>
      statusOf(() => zx.vmoCreateChild(handle, options, offset, size));
    expect(child(0x7003, SNAPSHOT | 2)).toBe("INVALID_ARGS");
    expect(child(0x7003, 0)).toBe("BAD_HANDLE");
    expect(child(zx.eventCreate(0), 0)).toBe("WRONG_TYPE");
    expect(child(zx.handleDuplicate(vmo, Rights.READ), 0)).toBe("ACCESS_DENIED");
    expect(child(zx.handleDuplicate(vmo, Rights.DUPLICATE), 0)).toBe("ACCESS_DENIED");
    expect(child(discardable, SNAPSHOT | NO_WRITE | RESIZABLE)).toBe("INVALID_ARGS");
    expect(child(discardable, 0)).toBe("NOT_SUPPORTED");
    expect(child(vmo, 0)).toBe("INVALID_ARGS");
    expect(child(vmo, SNAPSHOT | SLICE)).toBe("INVALID_ARGS");
    expect(child(vmo, SLICE | RESIZABLE)).toBe("INVALID_ARGS");
    expect(child(vmo, SNAPSHOT, 1)).toBe("INVALID_ARGS");
    expect(child(vmo, SNAPSHOT, 0, 2 ** 60)).toBe("OUT_OF_RANGE");
    expect(child(vmo, SNAPSHOT, 2 ** 52, 2 ** 53)).toBe("OUT_OF_RANGE");
    expect(child(vmo, SLICE, 0, 2 * PAGE_SIZE)).toBe("INVALID_ARGS");
  });

  test("a snapshot is a copy of now, that may reach beyond its parent", () => {
    const { zx } = get();
    const vmo = zx.vmoCreate(PAGE_SIZE, 0);
    zx.objectSetName(vmo, "parent");
    zx.vmoWrite(vmo, Uint8Array.of(1), 0);
    const snapshot = zx.vmoCreateChild(vmo, SNAPSHOT, 0, 2 * PAGE_SIZE);
    zx.vmoWrite(vmo, Uint8Array.of(2), 0);
    zx.vmoWrite(snapshot, Uint8Array.of(3), PAGE_SIZE);
    const byte = new Uint8Array(1);
    zx.vmoRead(snapshot, byte, 0);
    expect(byte[0]).toBe(1);
    expect(zx.objectGetInfo(snapshot, "VMO")).toMatchObject({
      name: "parent",
      parentKoid: zx.objectGetInfo(vmo, "HANDLE_BASIC").koid,
    });
    expect(zx.objectGetInfo(snapshot, "VMO").flags & VmoInfoFlag.IS_COW_CLONE).not.toBe(0);
  });

  test("rights: copies are writable and not executable; NO_WRITE takes WRITE; RESIZE comes with RESIZABLE", () => {
    const { zx, root } = get();
    const executable = zx.vmoReplaceAsExecutable(zx.vmoCreate(PAGE_SIZE, 0), root.system);
    const parent = zx.handleReplace(executable, Rights.DUPLICATE | Rights.READ | Rights.MAP | Rights.EXECUTE);
    const property = Rights.GET_PROPERTY | Rights.SET_PROPERTY;
    const base = Rights.DUPLICATE | Rights.READ | Rights.MAP | property;
    const child = (options: number) =>
      rights(zx.vmoCreateChild(parent, options, 0, options & REFERENCE ? 0 : PAGE_SIZE));
    expect(child(SNAPSHOT)).toBe(base | Rights.WRITE);
    expect(child(SNAPSHOT_AT_LEAST_ON_WRITE)).toBe(base | Rights.WRITE);
    expect(child(SNAPSHOT_MODIFIED)).toBe(base | Rights.WRITE);
    expect(child(SNAPSHOT | NO_WRITE)).toBe(base);
    expect(child(SNAPSHOT | RESIZABLE)).toBe(base | Rights.WRITE | Rights.RESIZE);
    expect(child(SLICE)).toBe(base | Rights.EXECUTE);
    expect(child(REFERENCE)).toBe(base | Rights.EXECUTE);
  });

  test("a reference is the same pages under another koid; a resizable one of a fixed parent is ACCESS_DENIED", () => {
    const { zx } = get();
    const vmo = zx.vmoCreate(PAGE_SIZE, 0);
    const reference = zx.vmoCreateChild(vmo, REFERENCE, 0, 0);
    zx.vmoWrite(reference, Uint8Array.of(8), 5);
    const byte = new Uint8Array(1);
    zx.vmoRead(vmo, byte, 5);
    expect(byte[0]).toBe(8);
    expect(statusOf(() => zx.vmoCreateChild(vmo, REFERENCE | RESIZABLE, 0, 0))).toBe("ACCESS_DENIED");
    expect(statusOf(() => zx.vmoCreateChild(vmo, REFERENCE, 0, PAGE_SIZE))).toBe("INVALID_ARGS");
  });

  test("VmoZeroTestCase.ZeroChildren: ZERO_CHILDREN is asserted while there is none, mapped ones included", async () => {
    const { zx } = get();
    const vmo = zx.vmoCreate(PAGE_SIZE, 0);
    const zeroChildren = () => rejection(zx.objectWaitOne(vmo, Signals.VMO_ZERO_CHILDREN, 0));
    expect(await zeroChildren()).toBe("OK");
    const slice = zx.vmoCreateChild(vmo, SLICE, 0, PAGE_SIZE);
    expect(await zeroChildren()).toBe("TIMED_OUT");
    const address = zx.vmarMap(zx.vmarRootSelf, RW, 0, slice, 0, PAGE_SIZE);
    zx.handleClose(slice);
    expect(await zeroChildren()).toBe("TIMED_OUT");
    expect(zx.objectGetInfo(vmo, "VMO").numChildren).toBe(1);
    zx.vmarUnmap(zx.vmarRootSelf, address, PAGE_SIZE);
    expect(await zeroChildren()).toBe("OK");
  });
});

onBothKernels("zx_vmo_op_range", (get) => {
  const operation = (vmo: number, op: number, offset = 0, size = PAGE_SIZE) =>
    statusOf(() => get().zx.vmoOpRange(vmo, op, offset, size));

  test.each([
    ["COMMIT", VmoOp.COMMIT, [Rights.WRITE]],
    ["DECOMMIT", VmoOp.DECOMMIT, [Rights.WRITE]],
    ["ZERO", VmoOp.ZERO, [Rights.WRITE]],
    ["CACHE_SYNC", VmoOp.CACHE_SYNC, [Rights.READ]],
    ["CACHE_CLEAN", VmoOp.CACHE_CLEAN, [Rights.READ]],
    ["CACHE_CLEAN_INVALIDATE", VmoOp.CACHE_CLEAN_INVALIDATE, [Rights.READ]],
    ["PREFETCH", VmoOp.PREFETCH, [Rights.READ]],
    ["DONT_NEED", VmoOp.DONT_NEED, [0, Rights.READ, Rights.WRITE]],
    ["ALWAYS_NEED", VmoOp.ALWAYS_NEED, [0, Rights.READ, Rights.WRITE]],
  ] as [string, number, number[]][])(
    "VmoTestCase.CacheOp / Rights: %s needs its right",
    (_name, op, enough) => {
      const { zx } = get();
      const vmo = zx.vmoCreate(PAGE_SIZE, 0);
      zx.vmoWrite(vmo, Uint8Array.of(1), 0);
      for (const rights of [0, Rights.READ, Rights.WRITE]) {
        const status = operation(zx.handleDuplicate(vmo, rights), op);
        expect(status).toBe(enough.includes(rights) ? "OK" : "ACCESS_DENIED");
      }
    },
  );

  test("unknown operations are INVALID_ARGS; ranges beyond the VMO OUT_OF_RANGE", () => {
    const { zx } = get();
    const vmo = zx.vmoCreate(PAGE_SIZE, 0);
    expect([0, 5, 15, 99].map((op) => operation(vmo, op))).toEqual(new Array(4).fill("INVALID_ARGS"));
    for (const op of [1, 2, 10, 12, 13, 14, 6, 8, 9])
      expect(operation(vmo, op, 0, 2 * PAGE_SIZE)).toBe("OUT_OF_RANGE");
  });

  test("CACHE_INVALIDATE is NOT_SUPPORTED without debugging system calls, before rights", () => {
    const { zx } = get();
    const vmo = zx.handleReplace(zx.vmoCreate(PAGE_SIZE, 0), 0);
    expect(operation(vmo, VmoOp.CACHE_INVALIDATE)).toBe("NOT_SUPPORTED");
  });

  test("COMMIT gives pages, DECOMMIT takes them, ZERO clears", () => {
    const { zx } = get();
    const vmo = zx.vmoCreate(2 * PAGE_SIZE, 0);
    const committed = () => zx.objectGetInfo(vmo, "VMO").committedBytes;
    zx.vmoOpRange(vmo, VmoOp.COMMIT, 1, PAGE_SIZE);
    expect(committed()).toBe(2 * PAGE_SIZE);
    expect(operation(vmo, VmoOp.DECOMMIT, 1)).toBe("INVALID_ARGS");
    zx.vmoOpRange(vmo, VmoOp.DECOMMIT, 0, PAGE_SIZE);
    expect(committed()).toBe(PAGE_SIZE);
    zx.vmoWrite(vmo, Uint8Array.of(1, 2, 3), PAGE_SIZE);
    zx.vmoOpRange(vmo, VmoOp.ZERO, PAGE_SIZE + 1, 1);
    const bytes = new Uint8Array(3);
    zx.vmoRead(vmo, bytes, PAGE_SIZE);
    expect([...bytes]).toEqual([1, 0, 3]);
  });

  test("VmoTestCase.Discardable: LOCK needs READ or WRITE, the whole VMO, and is counted", () => {
    const { zx } = get();
    const vmo = zx.vmoCreate(PAGE_SIZE, VmoOption.DISCARDABLE);
    expect(operation(zx.handleDuplicate(vmo, Rights.MAP), VmoOp.TRY_LOCK)).toBe("ACCESS_DENIED");
    expect(operation(vmo, VmoOp.UNLOCK)).toBe("BAD_STATE");
    expect(zx.vmoOpRange(vmo, VmoOp.LOCK, 0, PAGE_SIZE)).toEqual({
      offset: 0,
      size: PAGE_SIZE,
      discardedOffset: 0,
      discardedSize: 0,
    });
    expect(operation(zx.handleDuplicate(vmo, Rights.READ), VmoOp.TRY_LOCK)).toBe("OK");
    expect(operation(vmo, VmoOp.UNLOCK, 0, 2 * PAGE_SIZE)).toBe("OUT_OF_RANGE");
    expect([
      operation(vmo, VmoOp.UNLOCK),
      operation(vmo, VmoOp.UNLOCK),
      operation(vmo, VmoOp.UNLOCK),
    ]).toEqual(["OK", "OK", "BAD_STATE"]);
    expect(operation(zx.vmoCreate(PAGE_SIZE, 0), VmoOp.LOCK)).toBe("NOT_SUPPORTED");
  });
});

onBothKernels(
  "zx_vmo_op_range with debugging system calls",
  (get) => {
    test("CACHE_INVALIDATE needs WRITE", () => {
      const { zx } = get();
      const vmo = zx.vmoCreate(PAGE_SIZE, 0);
      const invalidate = (handle: number) =>
        statusOf(() => zx.vmoOpRange(handle, VmoOp.CACHE_INVALIDATE, 0, PAGE_SIZE));
      expect(invalidate(zx.handleDuplicate(vmo, Rights.READ))).toBe("ACCESS_DENIED");
      expect(invalidate(vmo)).toBe("OK");
    });
  },
  { debuggingSyscalls: true },
);

onBothKernels("zx_vmo_replace_as_executable", (get) => {
  test("gives EXECUTE to who holds the VMEX resource, or whose job policy allows it; always consumes the handle", () => {
    const { zx, root } = get();
    const vmex = zx.resourceCreate(root.system, ResourceKind.SYSTEM, SystemResource.VMEX, 1, "vmex");
    const other = zx.resourceCreate(root.system, ResourceKind.SYSTEM, SystemResource.MSI, 1, "msi");
    const replace = (handle: number, with_: number) => {
      const status = statusOf(() => zx.vmoReplaceAsExecutable(handle, with_));
      expect(statusOf(() => zx.handleClose(handle))).toBe("BAD_HANDLE");
      return status;
    };
    const vmo = () => zx.vmoCreate(PAGE_SIZE, 0);
    expect(replace(vmo(), vmex)).toBe("OK");
    expect(replace(vmo(), 0)).toBe("OK");
    expect(replace(vmo(), zx.eventCreate(0))).toBe("WRONG_TYPE");
    expect(replace(vmo(), root.mmio)).toBe("WRONG_TYPE");
    expect(replace(vmo(), other)).toBe("OUT_OF_RANGE");
    expect(replace(zx.eventCreate(0), vmex)).toBe("BAD_HANDLE");
    const result = zx.vmoReplaceAsExecutable(vmo(), vmex);
    expect(zx.objectGetInfo(result, "HANDLE_BASIC").rights).toBe(DefaultRights.VMO | Rights.EXECUTE);
  });
});
