import { expect, test } from "vitest";
import {
  BtiPin,
  CachePolicy,
  type Handle,
  JobPolicyAction,
  JobPolicyCondition,
  PortOption,
  ResourceFlag,
  ResourceKind,
  Signals,
  VmOption,
  VmoChildOption,
  VmoInfoFlag,
  VmoOp,
  VmoOption,
} from "../../../src/zx/constants.ts";
import { PAGE_SIZE } from "../../../src/zx/pages.ts";
import { Rights } from "../../../src/zx/rights.ts";
import type { Zx } from "../../../src/zx/syscalls.ts";
import { statusOf } from "../../support/address_spaces.ts";
import { onBothKernels, rejection, type TestKernel } from "../../support/kernel.ts";

const { SNAPSHOT, SNAPSHOT_AT_LEAST_ON_WRITE, SLICE, REFERENCE } = VmoChildOption;
const RW = VmOption.PERM_READ | VmOption.PERM_WRITE;
const DEVICE = 0xfe00_0000;

onBothKernels("zx_vmo_create and zx_vmo_create_contiguous, more", (get) => {
  /** A process that may make no VMOs. */
  const jailed = (): Zx => {
    const { zx, root, kernel } = get();
    const job = zx.jobCreate(root.job, 0);
    zx.jobSetPolicy(job, 0, [{ condition: JobPolicyCondition.NEW_VMO, action: JobPolicyAction.DENY }]);
    const { process } = zx.processCreate(job, "jailed");
    zx.processStart(process, 0);
    return kernel.zxOf(zx.objectGetInfo(process, "HANDLE_BASIC").koid);
  };

  test("check order: options, the job's policy, size", () => {
    const jail = jailed();
    expect(statusOf(() => jail.vmoCreate(2 ** 60, 1))).toBe("INVALID_ARGS");
    expect(statusOf(() => jail.vmoCreate(2 ** 60, 0))).toBe("ACCESS_DENIED");
    expect(statusOf(() => get().zx.vmoCreate(2 ** 60, 0))).toBe("OUT_OF_RANGE");
  });

  test("contiguous: size and alignment, the job's policy, the BTI", () => {
    const jail = jailed();
    expect(statusOf(() => jail.vmoCreateContiguous(0x7003, 0, 0))).toBe("INVALID_ARGS");
    expect(statusOf(() => jail.vmoCreateContiguous(0x7003, PAGE_SIZE, 0))).toBe("ACCESS_DENIED");
  });

  test("a fresh VMO is zero, CACHED, and ends where it was asked to", () => {
    const { zx } = get();
    const vmo = zx.vmoCreate(PAGE_SIZE + 5, 0);
    const bytes = new Uint8Array(2 * PAGE_SIZE).fill(9);
    zx.vmoRead(vmo, bytes, 0);
    expect(bytes.every((byte) => byte === 0)).toBe(true);
    expect(zx.objectGetInfo(vmo, "VMO")).toMatchObject({
      cachePolicy: CachePolicy.CACHED,
      committedBytes: 0,
    });
    expect(zx.vmoGetStreamSize(vmo)).toBe(PAGE_SIZE + 5);
  });

  test("UNBOUNDED: the size asked for is the stream's; the VMO is as large as can be", () => {
    const { zx } = get();
    const vmo = zx.vmoCreate(5, VmoOption.UNBOUNDED);
    expect(zx.vmoGetStreamSize(vmo)).toBe(5);
    expect(zx.vmoGetSize(vmo)).toBeGreaterThan(2 ** 52);
    zx.vmoWrite(vmo, Uint8Array.of(1), 2 ** 50);
    expect(zx.objectGetInfo(vmo, "VMO").committedBytes).toBe(PAGE_SIZE);
  });

  test("a contiguous VMO is not resizable, has no snapshots, and keeps its pages", () => {
    const { zx } = get();
    const vmo = zx.vmoCreateContiguous(get().bti(), 2 * PAGE_SIZE, 0);
    expect(statusOf(() => zx.vmoSetSize(vmo, PAGE_SIZE))).toBe("UNAVAILABLE");
    expect(statusOf(() => zx.vmoOpRange(vmo, VmoOp.DECOMMIT, 0, PAGE_SIZE))).toBe("NOT_SUPPORTED");
    zx.vmoOpRange(vmo, VmoOp.ZERO, 0, 2 * PAGE_SIZE);
    expect(zx.objectGetInfo(vmo, "VMO").committedBytes).toBe(2 * PAGE_SIZE);
  });
});

onBothKernels("zx_vmo_create_child of every kind of parent", (get) => {
  const parents: Record<string, (kernel: TestKernel) => Handle> = {
    "a plain VMO": ({ zx }) => zx.vmoCreate(2 * PAGE_SIZE, 0),
    "a VMO with pinned pages": (kernel) => {
      const vmo = kernel.zx.vmoCreate(2 * PAGE_SIZE, 0);
      kernel.zx.btiPin(kernel.bti(), BtiPin.PERM_READ, vmo, 0, PAGE_SIZE);
      return vmo;
    },
    "an uncached VMO": ({ zx }) => {
      const vmo = zx.vmoCreate(2 * PAGE_SIZE, 0);
      zx.vmoSetCachePolicy(vmo, CachePolicy.UNCACHED);
      return vmo;
    },
    "a contiguous VMO": (kernel) => kernel.zx.vmoCreateContiguous(kernel.bti(), 2 * PAGE_SIZE, 0),
    "a physical VMO": ({ zx, root }) => zx.vmoCreatePhysical(root.mmio, DEVICE, 2 * PAGE_SIZE),
    "a resizable VMO": ({ zx }) => zx.vmoCreate(2 * PAGE_SIZE, VmoOption.RESIZABLE),
    "a discardable VMO": ({ zx }) => zx.vmoCreate(2 * PAGE_SIZE, VmoOption.DISCARDABLE),
  };

  test.each([
    ["a plain VMO", "OK", "OK", "OK", "OK"],
    ["a VMO with pinned pages", "BAD_STATE", "BAD_STATE", "OK", "OK"],
    ["an uncached VMO", "BAD_STATE", "BAD_STATE", "OK", "OK"],
    ["a contiguous VMO", "INVALID_ARGS", "INVALID_ARGS", "OK", "OK"],
    ["a physical VMO", "NOT_SUPPORTED", "NOT_SUPPORTED", "OK", "NOT_SUPPORTED"],
    ["a resizable VMO", "OK", "OK", "NOT_SUPPORTED", "OK"],
    ["a discardable VMO", "NOT_SUPPORTED", "NOT_SUPPORTED", "NOT_SUPPORTED", "NOT_SUPPORTED"],
  ])("%s: SNAPSHOT %s, SNAPSHOT_AT_LEAST_ON_WRITE %s, SLICE %s, REFERENCE %s", (name, ...expected) => {
    const { zx } = get();
    const parent = parents[name]!(get());
    const statuses = [SNAPSHOT, SNAPSHOT_AT_LEAST_ON_WRITE, SLICE, REFERENCE].map((kind) =>
      statusOf(() => zx.vmoCreateChild(parent, kind, 0, kind === REFERENCE ? 0 : PAGE_SIZE)),
    );
    expect(statuses).toEqual(expected);
  });

  test("VmoReference.Write: a reference and its parent are the same pages and the same sizes", () => {
    const { zx } = get();
    const parent = zx.vmoCreate(PAGE_SIZE, VmoOption.RESIZABLE);
    const reference = zx.vmoCreateChild(parent, REFERENCE | VmoChildOption.RESIZABLE, 0, 0);
    zx.vmoWrite(parent, Uint8Array.of(1), 0);
    zx.vmoSetSize(reference, 2 * PAGE_SIZE);
    zx.vmoWrite(reference, Uint8Array.of(2), PAGE_SIZE);
    const bytes = new Uint8Array(PAGE_SIZE + 1);
    zx.vmoRead(parent, bytes, 0);
    expect([bytes[0], bytes[PAGE_SIZE]]).toEqual([1, 2]);
    zx.vmoSetStreamSize(parent, 7);
    expect(zx.vmoGetStreamSize(reference)).toBe(7);
    expect(zx.objectGetInfo(parent, "VMO").numChildren).toBe(1);
    expect(zx.objectGetInfo(reference, "HANDLE_BASIC").koid).not.toBe(
      zx.objectGetInfo(parent, "HANDLE_BASIC").koid,
    );
  });

  test("VmoSliceTestCase.WriteThrough: a slice is its parent's pages, with a stream size of its own", () => {
    const { zx } = get();
    const parent = zx.vmoCreate(2 * PAGE_SIZE, 0);
    const slice = zx.vmoCreateChild(parent, SLICE, PAGE_SIZE, PAGE_SIZE);
    zx.vmoWrite(slice, Uint8Array.of(3), 0);
    const byte = new Uint8Array(1);
    zx.vmoRead(parent, byte, PAGE_SIZE);
    expect(byte[0]).toBe(3);
    zx.vmoSetStreamSize(slice, 1);
    expect([zx.vmoGetStreamSize(slice), zx.vmoGetStreamSize(parent)]).toEqual([1, 2 * PAGE_SIZE]);
  });

  test("a slice has its parent's cache policy, and is CONTIGUOUS where the parent is", () => {
    const { zx } = get();
    const parent = zx.vmoCreateContiguous(get().bti(), 2 * PAGE_SIZE, 0);
    zx.vmoSetCachePolicy(parent, CachePolicy.UNCACHED);
    const { cachePolicy, flags } = zx.objectGetInfo(
      zx.vmoCreateChild(parent, SLICE, PAGE_SIZE, PAGE_SIZE),
      "VMO",
    );
    expect(cachePolicy).toBe(CachePolicy.UNCACHED);
    expect(flags & VmoInfoFlag.CONTIGUOUS).toBe(VmoInfoFlag.CONTIGUOUS);
  });

  test("Bti.Clone: a child counts until nothing pins it any more", async () => {
    const { zx } = get();
    const parent = zx.vmoCreate(PAGE_SIZE, VmoOption.RESIZABLE);
    const child = zx.vmoCreateChild(parent, SNAPSHOT, 0, PAGE_SIZE);
    const { pmt } = zx.btiPin(get().bti(), BtiPin.PERM_READ, child, 0, PAGE_SIZE);
    zx.handleClose(child);
    const zeroChildren = () => rejection(zx.objectWaitOne(parent, Signals.VMO_ZERO_CHILDREN, 0));
    expect(await zeroChildren()).toBe("TIMED_OUT");
    zx.pmtUnpin(pmt);
    expect(await zeroChildren()).toBe("OK");
  });

  test("VmoClone2TestCase.Info: a snapshot is a COW clone of its parent; a slice and a reference are not", () => {
    const { zx } = get();
    const parent = zx.vmoCreate(PAGE_SIZE, 0);
    const { koid } = zx.objectGetInfo(parent, "HANDLE_BASIC");
    const clone = (kind: number, size: number) =>
      zx.objectGetInfo(zx.vmoCreateChild(parent, kind, 0, size), "VMO");
    const children = [clone(SNAPSHOT, PAGE_SIZE), clone(SLICE, PAGE_SIZE), clone(REFERENCE, 0)];
    expect(children.map(({ parentKoid }) => parentKoid)).toEqual([koid, koid, koid]);
    expect(children.map(({ flags }) => (flags & VmoInfoFlag.IS_COW_CLONE) !== 0)).toEqual([
      true,
      false,
      false,
    ]);
    expect(zx.objectGetInfo(parent, "VMO").numChildren).toBe(3);
  });
});

onBothKernels("zx_vmo_get_size and zx_vmo_get_stream_size", (get) => {
  test("need no right, but a VMO", () => {
    const { zx } = get();
    const weak = zx.handleReplace(zx.vmoCreate(5, 0), Rights.NONE);
    for (const [call, size] of [
      [zx.vmoGetSize, PAGE_SIZE],
      [zx.vmoGetStreamSize, 5],
    ] as const) {
      expect(call(weak)).toBe(size);
      expect(statusOf(() => call(0x7003))).toBe("BAD_HANDLE");
      expect(statusOf(() => call(zx.eventCreate(0)))).toBe("WRONG_TYPE");
    }
  });
});

onBothKernels("zx_vmo_op_range, of nothing and of copies", (get) => {
  const operation = (vmo: Handle, op: number, offset: number, size: number) =>
    statusOf(() => get().zx.vmoOpRange(vmo, op, offset, size));

  test("0 bytes are OK for COMMIT, ZERO, PREFETCH and hints; INVALID_ARGS for cache operations", () => {
    const vmo = get().zx.vmoCreate(PAGE_SIZE, 0);
    const { COMMIT, ZERO, PREFETCH, DONT_NEED, CACHE_SYNC, CACHE_CLEAN, CACHE_CLEAN_INVALIDATE } = VmoOp;
    for (const op of [COMMIT, ZERO, PREFETCH, DONT_NEED]) expect(operation(vmo, op, PAGE_SIZE, 0)).toBe("OK");
    for (const op of [CACHE_SYNC, CACHE_CLEAN, CACHE_CLEAN_INVALIDATE])
      expect(operation(vmo, op, 0, 0)).toBe("INVALID_ARGS");
  });

  test("VmoTestCase.DecommitMisaligned: only whole pages can be decommitted", () => {
    const vmo = get().zx.vmoCreate(2 * PAGE_SIZE, 0);
    expect(operation(vmo, VmoOp.DECOMMIT, 1, PAGE_SIZE)).toBe("INVALID_ARGS");
    expect(operation(vmo, VmoOp.DECOMMIT, 0, PAGE_SIZE - 1)).toBe("INVALID_ARGS");
  });

  test("DECOMMIT is NOT_SUPPORTED on a snapshot and on its parent, and works beside a slice", () => {
    const { zx } = get();
    const [copied, sliced] = [zx.vmoCreate(PAGE_SIZE, 0), zx.vmoCreate(PAGE_SIZE, 0)];
    const snapshot = zx.vmoCreateChild(copied, SNAPSHOT, 0, PAGE_SIZE);
    zx.vmoCreateChild(sliced, SLICE, 0, PAGE_SIZE);
    const statuses = [copied, snapshot, sliced].map((vmo) => operation(vmo, VmoOp.DECOMMIT, 0, PAGE_SIZE));
    expect(statuses).toEqual(["NOT_SUPPORTED", "NOT_SUPPORTED", "OK"]);
  });

  test("hints and PREFETCH commit nothing", () => {
    const { zx } = get();
    const vmo = zx.vmoCreate(PAGE_SIZE, 0);
    for (const op of [VmoOp.PREFETCH, VmoOp.ALWAYS_NEED, VmoOp.DONT_NEED]) operation(vmo, op, 0, PAGE_SIZE);
    expect(zx.objectGetInfo(vmo, "VMO").committedBytes).toBe(0);
  });
});

onBothKernels("zx_vmo_create_physical, more", (get) => {
  const physical = () => get().zx.vmoCreatePhysical(get().root.mmio, DEVICE, 2 * PAGE_SIZE);

  test("can be mapped with MAP_RANGE; FAULT_BEYOND_STREAM_SIZE is NOT_SUPPORTED", () => {
    const { zx } = get();
    const vmo = physical();
    const map = (options: number) =>
      statusOf(() => zx.vmarMap(zx.vmarRootSelf, RW | options, 0, vmo, 0, PAGE_SIZE));
    expect(map(VmOption.MAP_RANGE)).toBe("OK");
    expect(map(VmOption.ALLOW_FAULTS | VmOption.FAULT_BEYOND_STREAM_SIZE)).toBe("NOT_SUPPORTED");
  });

  test("a mapping can have no more than the VMO's handle: read-only registers stay so", () => {
    const { zx } = get();
    const vmo = zx.handleReplace(physical(), Rights.READ | Rights.MAP);
    expect(statusOf(() => zx.vmarMap(zx.vmarRootSelf, RW, 0, vmo, 0, PAGE_SIZE))).toBe("ACCESS_DENIED");
    expect(statusOf(() => zx.vmarMap(zx.vmarRootSelf, VmOption.PERM_READ, 0, vmo, 0, PAGE_SIZE))).toBe("OK");
  });

  test.each([
    ["of nothing", 0, 0, "INVALID_ARGS"],
    ["from the middle of a page", 8, PAGE_SIZE, "INVALID_ARGS"],
    ["beyond its end", PAGE_SIZE, 2 * PAGE_SIZE, "OUT_OF_RANGE"],
  ])("a pin %s is refused (%i, %i: %s)", (_name, offset, size, expected) => {
    const { zx } = get();
    const options = BtiPin.PERM_READ | BtiPin.CONTIGUOUS;
    expect(statusOf(() => zx.btiPin(get().bti(), options, physical(), offset, size))).toBe(expected);
  });

  test("has a stream of nothing, which cannot be set", () => {
    const { zx } = get();
    const vmo = physical();
    expect(zx.vmoGetStreamSize(vmo)).toBe(0);
    expect(statusOf(() => zx.vmoSetStreamSize(vmo, 0))).toBe("NOT_SUPPORTED");
  });

  test("keeps no resource: an exclusive one can be made again while the VMO lives", () => {
    const { zx, root } = get();
    const exclusive = () =>
      zx.resourceCreate(root.mmio, ResourceKind.MMIO | ResourceFlag.EXCLUSIVE, DEVICE, PAGE_SIZE, "bar");
    const resource = exclusive();
    zx.vmoCreatePhysical(resource, DEVICE, PAGE_SIZE);
    expect(statusOf(exclusive)).toBe("NOT_FOUND");
    zx.handleClose(resource);
    expect(statusOf(exclusive)).toBe("OK");
  });

  test("a read of it from another process is NOT_SUPPORTED: the kernel never touches a device", () => {
    const { zx, root } = get();
    const { process, rootVmar } = zx.processCreate(root.job, "p");
    const address = zx.vmarMap(rootVmar, RW, 0, physical(), 0, PAGE_SIZE);
    const bytes = new Uint8Array(4);
    expect(statusOf(() => zx.processReadMemory(process, address, bytes))).toBe("NOT_SUPPORTED");
    expect(statusOf(() => zx.processWriteMemory(process, address, bytes))).toBe("NOT_SUPPORTED");
  });

  test("cannot be a port's, an interrupt's or a BTI's resource", () => {
    const { zx, root } = get();
    const vmo = physical();
    expect(statusOf(() => zx.interruptCreate(vmo, 3, 0))).toBe("WRONG_TYPE");
    expect(statusOf(() => zx.ioportsRequest(vmo, 0x60, 1))).toBe("WRONG_TYPE");
    expect(statusOf(() => zx.iommuCreate(vmo, 0))).toBe("WRONG_TYPE");
    expect(statusOf(() => zx.interruptBind(vmo, zx.portCreate(PortOption.BIND_TO_INTERRUPT), 0n, 0))).toBe(
      "WRONG_TYPE",
    );
    expect(statusOf(() => zx.vmoCreatePhysical(root.ioport, DEVICE, PAGE_SIZE))).toBe("WRONG_TYPE");
  });
});
