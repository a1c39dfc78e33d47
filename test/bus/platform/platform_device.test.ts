/** What the platform bus gives the driver of a device: `fuchsia.hardware.platform.device/Device`, and the same without messages. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { KERNEL_RESOURCES, type KernelResources } from "../../../src/bus/platform/kernel_resources.ts";
import { PDEV, type Pdev } from "../../../src/bus/platform/pdev.ts";
import { defineDriver } from "../../../src/driver/define.ts";
import { PDev } from "../../../src/driver/pdev.ts";
import { ZirconInterruptMode } from "../../../src/fidl/fuchsia.hardware.platform.bus.ts";
import { CachePolicy, InterruptOption } from "../../../src/zx/constants.ts";
import { Status } from "../../../src/zx/status.ts";
import { DEVICE, PlatformTest } from "./harness.ts";

let platform: PlatformTest;
beforeEach(async () => {
  platform = await PlatformTest.boot();
});
afterEach(() => platform.system.stop());

const { EDGE_HIGH, LEVEL_HIGH } = ZirconInterruptMode;

describe("Registers of a platform device", () => {
  test("come as a VMO of the pages around them, with the offset of the first register and the exact size", async () => {
    expect(await platform.mmio(0x8000_1234, 0x10)).toMatchObject({
      physical: 0x8000_1000,
      vmo: { sizeBytes: 0x1000 },
      offset: 0x234,
      size: 0x10,
    });
  });

  test("that cross a page come as two pages", async () => {
    expect(await platform.mmio(0x8000_1ff8, 0x10)).toMatchObject({
      physical: 0x8000_1000,
      vmo: { sizeBytes: 0x2000 },
      offset: 0xff8,
      size: 0x10,
    });
  });

  test("that are whole pages come as they are", async () => {
    expect(await platform.mmio(0x8000_2000, 0x1000)).toMatchObject({
      physical: 0x8000_2000,
      vmo: { sizeBytes: 0x1000 },
      offset: 0,
      size: 0x1000,
    });
  });

  test("come in a VMO that is named by their index, with the policy that the kernel gives every physical one: who maps it sets another", async () => {
    const { vmo } = await platform.mmio(DEVICE, 0x1000);
    expect(vmo).toMatchObject({ name: "mmio 0", numMappings: 0, cachePolicy: CachePolicy.UNCACHED });
  });

  test("come as a new VMO at each call, and both show the same registers", async () => {
    const { device, ctx } = await platform.device({
      name: "twice",
      mmio: [{ base: BigInt(DEVICE), length: 0x100n }],
    });
    const [first, second] = [await device.getMmioById(0), await device.getMmioById(0)];
    const koid = (vmo: number) => ctx.zx.objectGetInfo(vmo, "VMO").koid;
    expect(koid(first.vmo!)).not.toBe(koid(second.vmo!));
    ctx.mapMmio(first.vmo!).write32(0x40, 0x1234_5678);
    expect(ctx.mapMmio(second.vmo!).read32(0x40)).toBe(0x1234_5678);
  });

  test("in several regions come as one VMO for each", async () => {
    const { device, ctx } = await platform.device({
      name: "regions",
      mmio: [
        { base: 0x8000_0400n, length: 0x100n, name: "control" },
        { base: 0x8000_1800n, length: 0x400n, name: "buffer" },
      ],
    });
    const regions = [await device.getMmioById(0), await device.getMmioByName("buffer")];
    expect(regions.map(({ offset, size }) => [offset, size])).toEqual([
      [0x400n, 0x100n],
      [0x800n, 0x400n],
    ]);
    expect(regions.map(({ vmo }) => ctx.zx.objectGetName(vmo!))).toEqual(["mmio 0", "mmio 1"]);
  });

  test("beyond the last index are OUT_OF_RANGE, and the answer says how many there are", async () => {
    const { device } = await platform.device({ name: "one", mmio: [{ base: BigInt(DEVICE), length: 1n }] });
    await expect(device.getMmioById(1)).rejects.toMatchObject({ status: Status.OUT_OF_RANGE });
  });

  test("of a name that there is not are OUT_OF_RANGE, and of no name INVALID_ARGS", async () => {
    const { device } = await platform.device({
      name: "named",
      mmio: [{ base: BigInt(DEVICE), length: 1n, name: "control" }],
    });
    await expect(device.getMmioByName("data")).rejects.toMatchObject({ status: Status.OUT_OF_RANGE });
    await expect(device.getMmioByName("")).rejects.toMatchObject({ status: Status.INVALID_ARGS });
  });

  test("whose address the board driver does not know are NOT_FOUND; those behind them keep their index", async () => {
    const { device } = await platform.device({
      name: "gap",
      mmio: [{ length: 0x100n }, { base: BigInt(DEVICE), length: 0x100n }],
    });
    await expect(device.getMmioById(0)).rejects.toMatchObject({ status: Status.NOT_FOUND });
    expect(await device.getMmioById(1)).toMatchObject({ offset: 0n, size: 0x100n });
  });

  test("that the kernel does not give out have the kernel's status", async () => {
    const { device } = await platform.device({ name: "empty", mmio: [{ base: BigInt(DEVICE), length: 0n }] });
    await expect(device.getMmioById(0)).rejects.toMatchObject({ status: Status.INVALID_ARGS });
    const far = await platform.device({ name: "far", mmio: [{ base: 2n ** 63n, length: 0x1000n }] });
    await expect(far.device.getMmioById(0)).rejects.toMatchObject({ status: Status.INVALID_ARGS });
  });
});

describe("An interrupt of a platform device", () => {
  const irq = [
    { irq: 5, mode: LEVEL_HIGH, name: "rx" },
    { irq: 6, mode: EDGE_HIGH, name: "tx" },
  ];

  test("has the board's mode where the driver asks for none", async () => {
    const ctx = await platform.driver({ name: "uart", irq });
    const pdev = await PDev.connect(ctx);
    const rx = await pdev.mapInterrupt("rx");
    platform.machine.interrupts.raise(5);
    await rx.wait(1e9);
    // A level that lasts interrupts again when it is acknowledged; an edge does not.
    await rx.ack();
    await rx.wait(1e9);
    platform.machine.interrupts.lower(5);
    await rx.ack();
    expect(platform.log).toEqual([]);
  });

  test("has the driver's mode where it asks for another one, which is told", async () => {
    const { device } = await platform.device({ name: "uart", irq });
    await device.getInterruptById(1, InterruptOption.MODE_LEVEL_HIGH);
    expect(platform.log).toEqual(["warning: uart: irq 1 is taken with mode 0x8, though the board says 0x4"]);
  });

  test("goes by index and by name: OUT_OF_RANGE, INVALID_ARGS", async () => {
    const { device } = await platform.device({ name: "uart", irq });
    await expect(device.getInterruptById(2, 0)).rejects.toMatchObject({ status: Status.OUT_OF_RANGE });
    await expect(device.getInterruptByName("err", 0)).rejects.toMatchObject({ status: Status.OUT_OF_RANGE });
    await expect(device.getInterruptByName("", 0)).rejects.toMatchObject({ status: Status.INVALID_ARGS });
  });

  test("wakes the system if the board says so; a driver that does is refused", async () => {
    const { device } = await platform.device({ name: "uart", irq });
    await expect(device.getInterruptById(0, InterruptOption.WAKE_VECTOR)).rejects.toMatchObject({
      status: Status.INVALID_ARGS,
    });
  });

  test("that a driver has cannot be had twice", async () => {
    const { device } = await platform.device({ name: "uart", irq });
    await device.getInterruptById(0, 0);
    await expect(device.getInterruptById(0, 0)).rejects.toMatchObject({ status: Status.ALREADY_BOUND });
  });
});

describe("A bus transaction initiator of a platform device", () => {
  test("is one object however often it is asked for, named by its device and number", async () => {
    const { device, ctx } = await platform.device({
      name: "dma-controller-40000",
      bti: [{ iommuId: 0, btiId: 7, name: "main" }],
    });
    const [byId, byName] = [await device.getBtiById(0), await device.getBtiByName("main")];
    const koid = (bti: number) => ctx.zx.objectGetInfo(bti, "HANDLE_BASIC").koid;
    expect(koid(byId)).toBe(koid(byName));
    expect(ctx.zx.objectGetName(byId)).toBe("dma-controll.pbus[0:7]");
  });

  test("behind an IOMMU that nobody has registered is NOT_FOUND; beyond the last one OUT_OF_RANGE", async () => {
    const bti = [{ iommuId: 3, btiId: 0 }];
    const { device } = await platform.device({ name: "gpu", bti });
    await expect(device.getBtiById(0)).rejects.toMatchObject({ status: Status.NOT_FOUND });
    await expect(device.getBtiById(1)).rejects.toMatchObject({ status: Status.OUT_OF_RANGE });
    await platform.bus.registerIommu(3, { kind: "stubIommu", stubIommu: {} });
    expect(await device.getBtiById(0)).not.toBe(0);
  });
});

describe("What else a platform device knows", () => {
  test("are its ids and counts, and its metadata by id", async () => {
    const { device } = await platform.device({
      name: "sensor",
      vid: 1,
      pid: 2,
      did: 0x99,
      mmio: [{ base: BigInt(DEVICE), length: 1n }],
      irq: [{ irq: 9, mode: EDGE_HIGH }],
      metadata: [{ id: "calibration", data: Uint8Array.of(1, 2, 3) }],
    });
    expect(await device.getNodeDeviceInfo()).toEqual({
      vid: 1,
      pid: 2,
      did: 0x99,
      mmioCount: 1,
      irqCount: 1,
      btiCount: 0,
      smcCount: 0,
      metadataCount: 1,
      name: "sensor",
    });
    expect(await device.getMetadata("calibration")).toEqual(Uint8Array.of(1, 2, 3));
    await expect(device.getMetadata("serial number")).rejects.toMatchObject({ status: Status.NOT_FOUND });
  });

  test("is the board, as its driver has named it", async () => {
    const { device } = await platform.device({ name: "sensor" });
    expect(await device.getBoardInfo()).toEqual({
      vid: 0,
      pid: 0,
      boardName: "zirconia,fake",
      boardRevision: 0,
    });
    await platform.bus.setBoardInfo({ boardName: "Fake Mark II", boardRevision: 2 });
    expect(await device.getBoardInfo()).toMatchObject({ boardName: "Fake Mark II", boardRevision: 2 });
  });

  test("are items of the boot loader, by their type in decimal digits", async () => {
    const DEVICETREE = 0xd00d_feed;
    const { device } = await platform.device({
      name: "sensor",
      bootMetadata: [
        { zbiType: DEVICETREE, zbiExtra: 0 },
        { zbiType: 0x1234, zbiExtra: 0 },
      ],
    });
    expect(await device.getMetadata(String(DEVICETREE))).toEqual(platform.machine.board.deviceTree);
    await expect(device.getMetadata(String(0x1234))).rejects.toMatchObject({ status: Status.NOT_FOUND });
  });

  test("are its secure monitor calls, which the kernel does not make", async () => {
    const smc = [{ serviceCallNumBase: 0xc200_0000, count: 1, exclusive: false, name: "psci" }];
    const { device } = await platform.device({ name: "firmware", smc });
    await expect(device.getSmcByName("psci")).rejects.toMatchObject({ status: Status.NOT_SUPPORTED });
    await expect(device.getSmcById(1)).rejects.toMatchObject({ status: Status.OUT_OF_RANGE });
  });
});

test("A driver in the platform bus's own host asks without messages, and can have the root resources", async () => {
  let pdev: Pdev | undefined;
  let kernel: KernelResources | undefined;
  const colocated = defineDriver({
    name: "colocated",
    bind: { "fuchsia.BIND_PLATFORM_DEV_DID": 0x77 },
    colocate: true,
    async start(ctx) {
      pdev = ctx.banjo<Pdev>(PDEV);
      kernel = ctx.banjo<KernelResources>(KERNEL_RESOURCES);
      const { offset, size, vmo } = pdev.getMmio(0);
      ctx.mapMmio(vmo, { offset, size }).write32(0, 0xcafe);
    },
  });
  await using test = await PlatformTest.boot(colocated);
  await test.bus.nodeAdd({
    name: "host",
    did: 0x77,
    mmio: [{ base: BigInt(DEVICE + 0x10), length: 0x10n }],
    irq: [{ irq: 3, mode: LEVEL_HIGH }],
    bti: [{ iommuId: 0, btiId: 1 }],
  });
  await test.system.manager.settled();
  expect(test.machine.device.log).toEqual(["write32 0x10 = 0xcafe"]);
  expect(pdev!.getInterrupt(0, 0)).not.toBe(0);
  expect(pdev!.getBti(0)).not.toBe(0);
  expect(() => pdev!.getMmio(1)).toThrow(/^OUT_OF_RANGE: host has no mmio 1: 1 in all/);
  expect(() => pdev!.getSmc(0)).toThrow(/^OUT_OF_RANGE/);
  expect(pdev!.getDeviceInfo()).toMatchObject({ name: "host", mmioCount: 1, irqCount: 1, btiCount: 1 });
  expect(kernel!.get("mmio")).not.toBe(0);
});

test("A driver in another host gets neither: NOT_FOUND", async () => {
  const ctx = await platform.driver({ name: "elsewhere" });
  expect(() => ctx.banjo(PDEV)).toThrow(/^NOT_FOUND/);
  expect(() => ctx.banjo(KERNEL_RESOURCES)).toThrow(/^NOT_FOUND/);
  expect(() => ctx.resource("mmio")).toThrow(/^ACCESS_DENIED/);
});

test("PDev maps registers by index or name, with another name and cache policy if asked for", async () => {
  const ctx = await platform.driver({
    name: "screen",
    mmio: [
      { base: BigInt(DEVICE + 0x234), length: 0x10n },
      { base: BigInt(DEVICE + 0x1000), length: 0x1000n, name: "frames" },
    ],
  });
  const pdev = await PDev.connect(ctx);
  const registers = await pdev.mapMmio();
  registers.write32(4, 1);
  expect(platform.machine.device.log).toEqual(["write32 0x238 = 0x1"]);
  expect(registers.size).toBe(0x10);
  const frames = await pdev.mapMmio("frames", { name: "frame buffer", policy: "WRITE_COMBINING" });
  const policyOf = (vmo: number) => ctx.zx.objectGetInfo(vmo, "VMO").cachePolicy;
  expect(policyOf(registers.vmo)).toBe(CachePolicy.UNCACHED_DEVICE);
  expect(policyOf(frames.vmo)).toBe(CachePolicy.WRITE_COMBINING);
  expect(() => registers.read32(0x10)).toThrow(/screen mmio 0/);
  expect(() => frames.read32(0x1000)).toThrow(/frame buffer/);
  await expect(pdev.mapMmio("sprites")).rejects.toMatchObject({ status: Status.OUT_OF_RANGE });
});
