import { expect, test } from "vitest";
import type { LogEvent } from "../../../src/events/events.ts";
import { BtiPin, SystemResource, VmoOp, VmoOption } from "../../../src/zx/constants.ts";
import { PAGE_SIZE } from "../../../src/zx/pages.ts";
import { Rights } from "../../../src/zx/rights.ts";
import { statusOf } from "../../support/address_spaces.ts";
import { onBothKernels } from "../../support/kernel.ts";

const { PERM_READ, PERM_WRITE, PERM_EXECUTE, COMPRESS, CONTIGUOUS } = BtiPin;

onBothKernels("zx_bti_create", (get) => {
  test("Bti.Create: of the dummy IOMMU any id will do; pages are the contiguity", () => {
    const { zx, root } = get();
    const bti = zx.btiCreate(root.iommu, 0, 0xdeadbeef);
    expect(zx.objectGetInfo(bti, "BTI")).toEqual({
      minimumContiguity: PAGE_SIZE,
      aspaceSize: 0xffff_ffff_ffff_ffffn,
      pmoCount: 0,
      quarantineCount: 0,
    });
  });

  test("options are INVALID_ARGS, before the IOMMU is looked at", () => {
    const { zx } = get();
    expect(statusOf(() => zx.btiCreate(0x7003, 1, 0))).toBe("INVALID_ARGS");
    expect(statusOf(() => zx.btiCreate(0x7003, 0, 0))).toBe("BAD_HANDLE");
    expect(statusOf(() => zx.btiCreate(zx.eventCreate(0), 0, 0))).toBe("WRONG_TYPE");
  });

  test("Bti.NameSupport: has a name", () => {
    const { zx } = get();
    const bti = get().bti();
    zx.objectSetName(bti, "edu");
    expect(zx.objectGetName(bti)).toBe("edu");
  });

  test("zx_iommu_create makes dummies only, for those who hold the SYSTEM resource", () => {
    const { zx, root } = get();
    const vmex = zx.resourceCreate(root.system, 5, SystemResource.VMEX, 1, "vmex");
    expect(statusOf(() => zx.iommuCreate(root.mmio, 0))).toBe("WRONG_TYPE");
    expect(statusOf(() => zx.iommuCreate(vmex, 0))).toBe("OUT_OF_RANGE");
    expect(statusOf(() => zx.iommuCreate(root.system, 1))).toBe("NOT_SUPPORTED");
    expect(statusOf(() => zx.btiCreate(zx.iommuCreate(root.system, 0), 0, 1))).toBe("OK");
  });
});

onBothKernels("zx_bti_pin", (get) => {
  test("Bti.Pin: commits the pages and tells their physical addresses", () => {
    const { zx, machine } = get();
    const vmo = zx.vmoCreate(4 * PAGE_SIZE, 0);
    zx.vmoWrite(vmo, Uint8Array.of(1, 2, 3), 2 * PAGE_SIZE);
    const { addrs, pmt } = zx.btiPin(get().bti(), PERM_READ | PERM_WRITE, vmo, PAGE_SIZE, 2 * PAGE_SIZE);
    expect(addrs.length).toBe(2);
    const seen = new Uint8Array(3);
    machine.ram.read(addrs[1]!, seen);
    expect([...seen]).toEqual([1, 2, 3]);
    machine.ram.write(addrs[0]! + 5, Uint8Array.of(77));
    const read = new Uint8Array(1);
    zx.vmoRead(vmo, read, PAGE_SIZE + 5);
    expect(read[0]).toBe(77);
    expect(zx.objectGetInfo(vmo, "VMO").committedBytes).toBe(2 * PAGE_SIZE);
    zx.pmtUnpin(pmt);
  });

  test("Bti.PinContiguous / PinContigFlag: CONTIGUOUS tells one address, COMPRESS one per contiguity unit", () => {
    const { zx } = get();
    const bti = get().bti();
    const vmo = zx.vmoCreateContiguous(bti, 4 * PAGE_SIZE, 0);
    const pin = (options: number) => zx.btiPin(bti, PERM_READ | options, vmo, 0, 4 * PAGE_SIZE);
    const [one, many, units] = [pin(CONTIGUOUS), pin(0), pin(COMPRESS)];
    const expected = [0, 1, 2, 3].map((page) => one.addrs[0]! + page * PAGE_SIZE);
    expect([one.addrs, many.addrs, units.addrs]).toEqual([[expected[0]], expected, expected]);
    for (const { pmt } of [one, many, units]) zx.pmtUnpin(pmt);
  });

  test("a physical VMO counts as contiguous, at its own address", () => {
    const { zx, root } = get();
    const vmo = zx.vmoCreatePhysical(root.mmio, 0xfe00_0000, 2 * PAGE_SIZE);
    const { addrs, pmt } = zx.btiPin(get().bti(), PERM_READ | CONTIGUOUS, vmo, PAGE_SIZE, PAGE_SIZE);
    expect(addrs).toEqual([0xfe00_1000]);
    zx.pmtUnpin(pmt);
  });

  test("check order: BTI, alignment, VMO, MAP, permissions, options, size, range", () => {
    const { zx } = get();
    const bti = get().bti();
    const vmo = zx.vmoCreate(PAGE_SIZE, 0);
    const without = (right: number) =>
      zx.handleDuplicate(vmo, zx.objectGetInfo(vmo, "HANDLE_BASIC").rights & ~right);
    const weakBti = zx.handleDuplicate(bti, Rights.READ);
    const pin = (device: number, options: number, source: number, offset = 0, size = PAGE_SIZE) =>
      statusOf(() => zx.btiPin(device, options, source, offset, size));
    expect(pin(0x7003, 0, 0x7003, 1)).toBe("BAD_HANDLE");
    expect(pin(vmo, 0, 0x7003, 1)).toBe("WRONG_TYPE");
    expect(pin(weakBti, 0, 0x7003, 1)).toBe("ACCESS_DENIED");
    expect(pin(bti, 0, 0x7003, 1)).toBe("INVALID_ARGS");
    expect(pin(bti, 0, 0x7003, 0, 1)).toBe("INVALID_ARGS");
    expect(pin(bti, 0, 0x7003)).toBe("BAD_HANDLE");
    expect(pin(bti, 0, bti)).toBe("WRONG_TYPE");
    expect(pin(bti, PERM_READ | 0x20, without(Rights.MAP))).toBe("ACCESS_DENIED");
    expect(pin(bti, PERM_READ | 0x20, without(Rights.READ))).toBe("ACCESS_DENIED");
    expect(pin(bti, PERM_WRITE | 0x20, without(Rights.WRITE))).toBe("ACCESS_DENIED");
    expect(pin(bti, PERM_EXECUTE | 0x20, without(Rights.READ))).toBe("ACCESS_DENIED");
    expect(pin(bti, PERM_READ | 0x20, vmo, 0, 0)).toBe("INVALID_ARGS");
    expect(pin(bti, 0, vmo)).toBe("INVALID_ARGS");
    expect(pin(bti, PERM_READ | COMPRESS | CONTIGUOUS, vmo)).toBe("INVALID_ARGS");
    expect(pin(bti, PERM_READ | CONTIGUOUS, vmo)).toBe("INVALID_ARGS");
    expect(pin(bti, PERM_READ, vmo, PAGE_SIZE, 0)).toBe("INVALID_ARGS");
    expect(pin(bti, PERM_READ, vmo, PAGE_SIZE)).toBe("OUT_OF_RANGE");
    expect(zx.objectGetInfo(bti, "BTI").pmoCount).toBe(0);
  });

  test("Bti.Resize / DecommitRace: pinned pages can be neither decommitted nor cut off", () => {
    const { zx } = get();
    const vmo = zx.vmoCreate(2 * PAGE_SIZE, VmoOption.RESIZABLE);
    const { pmt } = zx.btiPin(get().bti(), PERM_READ, vmo, PAGE_SIZE, PAGE_SIZE);
    expect(statusOf(() => zx.vmoOpRange(vmo, VmoOp.DECOMMIT, 0, 2 * PAGE_SIZE))).toBe("BAD_STATE");
    expect(statusOf(() => zx.vmoSetSize(vmo, PAGE_SIZE))).toBe("BAD_STATE");
    expect(statusOf(() => zx.vmoSetCachePolicy(vmo, 2))).toBe("BAD_STATE");
    expect(statusOf(() => zx.vmoCreateChild(vmo, 1, 0, PAGE_SIZE))).toBe("BAD_STATE");
    zx.pmtUnpin(pmt);
    expect(statusOf(() => zx.vmoSetSize(vmo, PAGE_SIZE))).toBe("OK");
  });

  test("pinned pages outlive every handle to their VMO", () => {
    const { zx, kernel } = get();
    const before = kernel.frames.used;
    const vmo = zx.vmoCreate(PAGE_SIZE, 0);
    const { pmt } = zx.btiPin(get().bti(), PERM_READ, vmo, 0, PAGE_SIZE);
    zx.handleClose(vmo);
    expect(kernel.frames.used).toBe(before + 1);
    zx.pmtUnpin(pmt);
    expect(kernel.frames.used).toBe(before);
  });
});

onBothKernels("zx_pmt_unpin and the quarantine", (get) => {
  const pinned = () => {
    const { zx } = get();
    const bti = get().bti();
    const vmo = zx.vmoCreate(PAGE_SIZE, 0);
    const { pmt } = zx.btiPin(bti, PERM_READ, vmo, 0, PAGE_SIZE);
    zx.handleClose(vmo);
    return { zx, bti, pmt, counts: () => zx.objectGetInfo(bti, "BTI") };
  };

  test("unpin consumes the handle, whatever it is", () => {
    const { zx, pmt } = pinned();
    zx.pmtUnpin(pmt);
    expect(statusOf(() => zx.pmtUnpin(pmt))).toBe("BAD_HANDLE");
    const event = zx.eventCreate(0);
    expect(statusOf(() => zx.pmtUnpin(event))).toBe("WRONG_TYPE");
    expect(statusOf(() => zx.handleClose(event))).toBe("BAD_HANDLE");
  });

  test("a pin can be neither duplicated nor sent", () => {
    const { zx, pmt } = pinned();
    expect(statusOf(() => zx.handleDuplicate(pmt, Rights.SAME_RIGHTS))).toBe("ACCESS_DENIED");
    const [a] = zx.channelCreate();
    expect(statusOf(() => zx.channelWrite(a, new Uint8Array(), [pmt]))).toBe("ACCESS_DENIED");
  });

  test("Bti.GetInfoTest: a pin that is closed stays pinned until release_quarantine", () => {
    const { zx, bti, pmt, counts } = pinned();
    const used = get().kernel.frames.used;
    expect(counts()).toMatchObject({ pmoCount: 1, quarantineCount: 0 });
    zx.handleClose(pmt);
    expect(counts()).toMatchObject({ pmoCount: 1, quarantineCount: 1 });
    expect(get().kernel.frames.used).toBe(used);
    expect(statusOf(() => zx.btiReleaseQuarantine(zx.handleDuplicate(bti, Rights.READ)))).toBe(
      "ACCESS_DENIED",
    );
    zx.btiReleaseQuarantine(bti);
    expect(counts()).toMatchObject({ pmoCount: 0, quarantineCount: 0 });
    expect(get().kernel.frames.used).toBe(used - 1);
  });

  test("pinning while there is something in quarantine is allowed", () => {
    const { zx, bti, pmt } = pinned();
    zx.handleClose(pmt);
    const again = zx.btiPin(bti, PERM_READ, zx.vmoCreate(PAGE_SIZE, 0), 0, PAGE_SIZE);
    expect(zx.objectGetInfo(bti, "BTI")).toMatchObject({ pmoCount: 2, quarantineCount: 1 });
    zx.pmtUnpin(again.pmt);
  });

  test("a host that dies leaves its pins in the quarantine of the BTI that somebody else holds", () => {
    const { zx } = get();
    const host = get().host();
    const bti = get().bti();
    const [inHost] = host.give(zx.handleDuplicate(bti, Rights.SAME_RIGHTS));
    host.zx.btiPin(inHost!, PERM_WRITE, host.zx.vmoCreate(PAGE_SIZE, 0), 0, PAGE_SIZE);
    zx.taskKill(host.process);
    expect(zx.objectGetInfo(bti, "BTI")).toMatchObject({ pmoCount: 1, quarantineCount: 1 });
    zx.btiReleaseQuarantine(bti);
  });

  test("a BTI that is closed with pins in quarantine leaks them, with a warning", () => {
    const { zx, bti, pmt } = pinned();
    const { kernel } = get();
    const logs: LogEvent[] = [];
    kernel.events.listen((event) => logs.push(event as LogEvent), ["log"]);
    const used = kernel.frames.used;
    zx.handleClose(pmt);
    zx.handleClose(bti);
    expect(kernel.frames.used).toBe(used);
    expect(logs).toMatchObject([
      { severity: "warning", message: expect.stringContaining("leaked 1 pages of 1 pins") },
    ]);
  });
});
