import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { match, parseBind } from "../../src/bind/index.ts";
import { createSimX64 } from "../../src/boards/sim_x64.ts";
import q35 from "../../src/bus/board/q35.ts";
import pciBus from "../../src/bus/pci/pci_bus.ts";
import type { DriverContext } from "../../src/driver/context.ts";
import { defineDriver } from "../../src/driver/define.ts";
import { type DeviceClient, InterruptMode, Device as Pci } from "../../src/fidl/fuchsia.hardware.pci.ts";
import { System } from "../../src/framework/system.ts";
import { TestDeviceRegister as Register, testDevice } from "../../src/models/test_device.ts";
import type { Handle } from "../../src/zx/constants.ts";

/** The test device is the first: 00:01.0, whose pin B leads to GSI 22. */
const MONIKER = "root.board.pci.00_01_0";

let system: System;
let ctx: DriverContext;
let pci: DeviceClient;

/** A driver that does nothing by itself: the tests do what a driver would, with its context. */
const probe = defineDriver({
  name: "probe",
  bind: { "fuchsia.BIND_PCI_VID": 0x1234, "fuchsia.BIND_PCI_DID": 0x7e57 },
  async start(context) {
    ctx = context;
    pci = await context.connect(Pci);
  },
});

beforeEach(async () => {
  const machine = createSimX64({ devices: [{ model: testDevice }, "edu"] });
  system = await System.boot({ machine, drivers: [q35, pciBus, probe], addressSpace: "portable", seed: 1 });
});
afterEach(() => system.stop());

async function vmoOfBar(id: number): Promise<Handle> {
  const { result } = await pci.getBar(id);
  if (result.kind !== "vmo") throw new Error(`BAR ${id} is ${result.kind}`);
  return ctx.own(result.vmo);
}

describe("a Q35 board without firmware", () => {
  it("shows a node for each function, with what drivers bind to", () => {
    const { children, state } = system.manager.find("root.board.pci");
    expect(state).toBe("running");
    expect(children.map(({ name }) => name)).toEqual(["00:00.0", "00:01.0", "00:02.0", "00:1f.0"]);
    expect(system.manager.find(MONIKER).properties).toEqual({
      "fuchsia.NAME": "00:01.0",
      "fuchsia.Service": "fuchsia.hardware.pci.Service",
      "fuchsia.BIND_PCI_VID": 0x1234,
      "fuchsia.BIND_PCI_DID": 0x7e57,
      "fuchsia.BIND_PCI_CLASS": 0xff,
      "fuchsia.BIND_PCI_SUBCLASS": 0,
      "fuchsia.BIND_PCI_INTERFACE": 0,
      "fuchsia.BIND_PCI_REVISION": 1,
      "fuchsia.BIND_PCI_TOPO": 0x08,
      "fuchsia.hardware.pci.Service": "fuchsia.hardware.pci.Service.ZirconTransport",
    });
  });

  it("has a root whose driver could as well be bound by a text of Fuchsia's bind language", () => {
    const rules = parseBind("using fuchsia.pci; fuchsia.BIND_PROTOCOL == fuchsia.pci.BIND_PROTOCOL.ROOT;");
    expect(match(rules, system.manager.find("root.board.pci").properties)).toBe(true);
    const nvme = parseBind(`using fuchsia.pci; fuchsia.Service == "fuchsia.hardware.pci.Service";
      fuchsia.NAME == "00:01.0";`);
    expect(match(nvme, system.manager.find(MONIKER).properties)).toBe(true);
  });

  it("runs the bus driver in the board driver's host, and each function's driver in one of its own", () => {
    const host = (moniker: string) => system.manager.find(moniker).running?.host;
    expect(host("root.board.pci")).toBe(host("root.board"));
    expect(host(MONIKER)).not.toBe(host("root.board.pci"));
  });

  it("gives the root resources to nobody below the board", () => {
    expect(() => ctx.resource("mmio")).toThrow(/^ACCESS_DENIED/);
    expect(() => ctx.banjo("fuchsia.hardware.pciroot")).toThrow(/^NOT_FOUND/);
  });
});

describe("a function's driver", () => {
  it("maps its registers and reads them", async () => {
    const registers = await ctx.mapBar(pci, 2);
    expect(registers.size).toBe(4096);
    expect(registers.read32(Register.ID)).toBe(0x5453_4554);
  });

  it("has the right memory behind every BAR", async () => {
    const large = await ctx.mapBar(pci, 0);
    const small = await ctx.mapBar(pci, 4);
    const part = await ctx.mapBar(pci, 0, { offset: large.size - 0x100 });
    expect(part.size).toBe(0x100);
    expect([large.size, small.size]).toEqual([0x1_0000, 0x100]);
    large.write32(0xfffc, 0x1111_1111);
    small.write32(0xfc, 0x2222_2222);
    expect([large.read32(0xfffc), small.read32(0xfc)]).toEqual([0x1111_1111, 0x2222_2222]);
    expect(ctx.zx.vmoGetSize(await vmoOfBar(4))).toBe(4096);
  });

  it("sees the same registers through two VMOs of one BAR", async () => {
    const [a, b] = [await ctx.mapBar(pci, 2), await ctx.mapBar(pci, 2)];
    expect(a.address).not.toBe(b.address);
    a.write32(Register.SCRATCH, 0xcafe);
    expect(b.read32(Register.SCRATCH)).toBe(0xcafe);
  });

  it("uses its I/O ports after asking for them, and no others", async () => {
    const { size, result } = await pci.getBar(3);
    if (result.kind !== "io") throw new Error(result.kind);
    const [address, end] = [Number(result.io.address), Number(result.io.address + size)];
    expect(() => ctx.zx.ports.in32(address)).toThrow(/^ACCESS_DENIED/);
    ctx.zx.ioportsRequest(ctx.own(result.io.resource), address, Number(size));
    expect(ctx.zx.ports.in32(address + Register.ID)).toBe(0x5453_4554);
    expect(() => ctx.zx.ports.in32(end)).toThrow(/^ACCESS_DENIED/);
  });

  it.each([
    [1, "NOT_FOUND"],
    [5, "NOT_FOUND"],
    [6, "INVALID_ARGS"],
    [0xffff_ffff, "INVALID_ARGS"],
  ])("gets for BAR %d: %s", async (id, status) => {
    await expect(pci.getBar(id)).rejects.toMatchObject({ statusName: status });
  });

  it("finds the capabilities that the function has", async () => {
    expect(await pci.getCapabilities(0x09)).toHaveLength(2);
    const [msi] = await pci.getCapabilities(0x05);
    expect(await pci.readConfig8(msi!)).toBe(0x05);
    expect(await pci.getExtendedCapabilities(1)).toEqual([]);
    expect(await pci.readConfig32(0)).toBe(0x7e57_1234);
    await expect(pci.writeConfig16(0x04, 7)).rejects.toThrow(/^ACCESS_DENIED/);
    await expect(pci.readConfig32(4096)).rejects.toThrow(/^OUT_OF_RANGE/);
  });

  it("reaches memory only as a bus master", async () => {
    const dma = ctx.allocateDma(ctx.own(await pci.getBti(0)), 4096);
    dma.write(0, Uint8Array.of(1, 2, 3, 4));
    const registers = await ctx.mapBar(pci, 2);
    registers.write32(Register.DMA_ADDRESS, dma.deviceAddress);
    expect(registers.read32(Register.DMA_DATA)).toBe(0xffff_ffff);
    await pci.setBusMastering(true);
    expect(registers.read32(Register.DMA_DATA)).toBe(0x0403_0201);
    registers.write32(Register.DMA_DATA, 0x0807_0605);
    expect([...dma.read(0, 4)]).toEqual([5, 6, 7, 8]);
  });

  it("gets its legacy interrupts, one for each acknowledgement", async () => {
    const registers = await ctx.mapBar(pci, 2);
    const irq = await ctx.mapInterrupt(pci);
    for (let i = 0; i < 3; i++) {
      const wait = irq.wait(1e9);
      registers.write32(Register.PIN, 1);
      await wait;
      registers.write32(Register.PIN, 0);
      await irq.ack();
    }
    await expect(irq.wait(1e6)).rejects.toThrow(/^TIMED_OUT/);
  });

  it("is told again of an interrupt that it acknowledges without quieting the device", async () => {
    const registers = await ctx.mapBar(pci, 2);
    const irq = await ctx.mapInterrupt(pci);
    registers.write32(Register.PIN, 1);
    await irq.wait(1e9);
    await irq.ack();
    await irq.wait(1e9);
  });

  it("gets each of its MSIs by itself", async () => {
    const registers = await ctx.mapBar(pci, 2);
    expect(await pci.getInterruptModes()).toEqual({ hasLegacy: true, msiCount: 4, msixCount: 0 });
    await pci.setInterruptMode(InterruptMode.MSI, 4);
    const interrupts: Handle[] = [];
    for (let i = 0; i < 4; i++) interrupts.push(ctx.own(await pci.mapInterrupt(i)));
    for (const which of [2, 0, 3, 1, 2]) {
      const told: number[] = [];
      const wait = ctx.zx.interruptWait(interrupts[which]!).then(() => told.push(which));
      registers.write32(Register.MESSAGE, which);
      await wait;
      expect(told).toEqual([which]);
    }
  });

  it("maps an MSI once, and changes the mode only when all its MSIs are closed", async () => {
    await pci.setInterruptMode(InterruptMode.MSI, 2);
    const interrupt = await pci.mapInterrupt(1);
    await expect(pci.mapInterrupt(1)).rejects.toThrow(/^ALREADY_BOUND/);
    await expect(pci.mapInterrupt(2)).rejects.toThrow(/^INVALID_ARGS/);
    await expect(pci.setInterruptMode(InterruptMode.LEGACY, 1)).rejects.toThrow(/^BAD_STATE/);
    ctx.zx.handleClose(interrupt);
    await pci.setInterruptMode(InterruptMode.LEGACY, 1);
    await pci.setInterruptMode(InterruptMode.DISABLED, 0);
  });
});

describe("stopping the bus driver", () => {
  it("leaves no VMO, interrupt or exclusive resource behind", async () => {
    const left = () =>
      [...system.kernel.objects()]
        .map((object) => object.describe())
        .filter((text) => /pci|interrupt/i.test(text));
    await ctx.mapBar(pci, 2);
    await ctx.mapInterrupt(pci);
    expect(left()).not.toEqual([]);
    await system.manager.remove(system.manager.find("root.board.pci"));
    expect(left()).toEqual([]);
  });
});
