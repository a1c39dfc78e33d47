import { expect, test } from "vitest";
import { CachePolicy, VmOption, VmoInfoFlag, VmoOp, VmoOption } from "../../../src/zx/constants.ts";
import { PAGE_SIZE } from "../../../src/zx/pages.ts";
import { DefaultRights, Rights } from "../../../src/zx/rights.ts";
import { statusOf } from "../../support/address_spaces.ts";
import { onBothKernels } from "../../support/kernel.ts";

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

  test("VmoTestCase.NoResize: a VMO that is not resizable is UNAVAILABLE, even without the right; then RESIZE is needed", () => {
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

  test("VmoTestCase.ContentSize: at most the VMO's size; what it crosses becomes zero; needs WRITE", () => {
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
  test("committed, consecutive and zero; not resizable", () => {
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

  test("LOCK needs READ or WRITE, the whole VMO, and is counted", () => {
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
