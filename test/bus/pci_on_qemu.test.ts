import { afterAll, beforeAll, expect, it } from "vitest";
import q35 from "../../src/bus/board/q35.ts";
import pciBus from "../../src/bus/pci/pci_bus.ts";
import type { DriverContext } from "../../src/driver/context.ts";
import { defineDriver } from "../../src/driver/define.ts";
import { type DeviceClient, Device as Pci } from "../../src/fidl/fuchsia.hardware.pci.ts";
import { System } from "../../src/framework/system.ts";
import { createQemuQ35 } from "../../src/machine/qemu/q35.ts";
import { describeWithQemu } from "../support/qemu.ts";

/** A driver that binds to everything and does nothing: the tests do what a driver would. */
const contexts = new Map<string, DriverContext>();
const clients = new Map<string, DeviceClient>();
const probe = defineDriver({
  name: "probe",
  bind: { "fuchsia.hardware.pci.Service": "fuchsia.hardware.pci.Service.ZirconTransport" },
  async start(ctx) {
    contexts.set(ctx.node.name, ctx);
    clients.set(ctx.node.name, await ctx.connect(Pci));
  },
});

describeWithQemu("the PCI bus driver on QEMU's devices", () => {
  let system: System;
  beforeAll(async () => {
    const machine = await createQemuQ35({
      devices: [
        "edu,addr=1",
        "e1000e,addr=2",
        "nvme,serial=1,addr=3",
        "virtio-rng-pci,addr=4.0,multifunction=on",
        "virtio-rng-pci,addr=4.1,disable-legacy=on",
        "pcie-root-port,addr=5,chassis=1",
        "ivshmem-plain,memdev=shared,addr=6",
        "qemu-xhci,addr=7",
      ],
      extraArgs: ["-object", "memory-backend-ram,id=shared,size=16M"],
    });
    system = await System.boot({ machine, drivers: [q35, pciBus, probe], addressSpace: "portable" });
  });
  afterAll(() => system?.stop());

  it("finds every function but the bridge", () => {
    const nodes = system.manager.find("root.board.pci").children;
    expect(nodes.map(({ name }) => name)).toEqual([
      "00:00.0",
      "00:01.0",
      "00:02.0",
      "00:03.0",
      "00:04.0",
      "00:04.1",
      "00:06.0",
      "00:07.0",
      "00:1f.0",
      "00:1f.2",
      "00:1f.3",
    ]);
  });

  // Sizes and kinds as QEMU's `info pci` and the devices' specifications have them.
  const devices: [string, string, Record<number, [kind: string, size: number]>][] = [
    ["edu", "00:01.0", { 0: ["vmo", 0x10_0000] }],
    [
      "e1000e",
      "00:02.0",
      { 0: ["vmo", 0x2_0000], 1: ["vmo", 0x2_0000], 2: ["io", 0x20], 3: ["vmo", 0x4000] },
    ],
    ["nvme", "00:03.0", { 0: ["vmo", 0x4000] }],
    ["ivshmem", "00:06.0", { 0: ["vmo", 0x100], 2: ["vmo", 0x100_0000] }],
    ["xhci", "00:07.0", { 0: ["vmo", 0x4000] }],
    ["ahci", "00:1f.2", { 4: ["io", 0x20], 5: ["vmo", 0x1000] }],
  ];
  it.each(devices)("gives the BARs of %s", async (_, name, expected) => {
    const pci = clients.get(name)!;
    const found: Record<number, [string, number]> = {};
    for (let id = 0; id < 6; id++) {
      try {
        const { size, result } = await pci.getBar(id);
        found[id] = [result.kind, Number(size)];
      } catch (error) {
        expect(error).toMatchObject({ statusName: "NOT_FOUND" });
      }
    }
    expect(found).toEqual(expected);
  });

  it("gives registers that answer: the version of the NVMe controller, behind a 64-bit BAR", async () => {
    const ctx = contexts.get("00:03.0")!;
    const registers = await ctx.mapBar(clients.get("00:03.0")!, 0);
    expect(registers.read32(0x08)).toBe(0x0001_0400);
  });

  it("gives memory that keeps what is written, behind a 64-bit prefetchable BAR", async () => {
    const memory = await contexts.get("00:06.0")!.mapBar(clients.get("00:06.0")!, 2);
    memory.write32(0xff_fffc, 0x600d_cafe);
    expect(memory.read32(0xff_fffc)).toBe(0x600d_cafe);
  });

  it("reads extended configuration space of PCI Express functions", async () => {
    const AER = 0x0001;
    const [offset] = await clients.get("00:02.0")!.getExtendedCapabilities(AER);
    expect(offset).toBeGreaterThanOrEqual(0x100);
    expect((await clients.get("00:02.0")!.readConfig32(offset!)) & 0xffff).toBe(AER);
    expect(await clients.get("00:01.0")!.getExtendedCapabilities(AER)).toEqual([]);
  });

  it("knows what interrupts each function can have", async () => {
    expect(await clients.get("00:01.0")!.getInterruptModes()).toMatchObject({ hasLegacy: true, msiCount: 1 });
    expect(await clients.get("00:00.0")!.getInterruptModes()).toMatchObject({
      hasLegacy: false,
      msiCount: 0,
    });
  });
});
