/** The PCI root of a host bridge that a device tree describes. The whole of it, with devices, is in test/drivers/edu.test.ts. */
import { beforeEach, describe, expect, test } from "vitest";
import { EcamPciRoot } from "../../../src/bus/board/ecam_pciroot.ts";
import { PlatformDevice } from "../../../src/bus/platform/device.ts";
import { Iommus } from "../../../src/bus/platform/iommus.ts";
import type { KernelResources } from "../../../src/bus/platform/kernel_resources.ts";
import { parsePlatformNode } from "../../../src/bus/platform/platform_node.ts";
import { ZirconInterruptMode } from "../../../src/fidl/fuchsia.hardware.platform.bus.ts";
import { type Host, Space, type Window } from "../../../src/fidl/zirconia.pci.host.ts";
import { Kernel } from "../../../src/kernel/kernel.ts";
import type { Zx } from "../../../src/zx/syscalls.ts";
import { FakeMachine } from "../../support/fake_machine.ts";

const ECAM = 0x4000_0000;

/** `cpu` where it is not `pci`. */
function window(space: Space, pci: number, size: number, cpu = pci): Window {
  return { space, prefetchable: false, pciBase: BigInt(pci), cpuBase: BigInt(cpu), size: BigInt(size) };
}

const HOST: Host = {
  segmentGroup: 1,
  startBus: 2,
  endBus: 3,
  windows: [
    window(Space.IO, 0, 0x1_0000, 0x3eff_0000),
    window(Space.MEMORY_32, 0x1000_0000, 0x100_0000, 0x5000_0000),
    window(Space.MEMORY_64, 0x80_0000_0000, 2 ** 32),
  ],
  vectors: [5, 6],
  interruptRoutes: [{ device: 1, pins: [5, 6, 0, 0] }],
};

let kernel: Kernel;
let zx: Zx;
let resources: KernelResources;
beforeEach(async () => {
  kernel = await Kernel.create({
    machine: new FakeMachine({ architecture: "arm64" }),
    addressSpace: "portable",
  });
  zx = kernel.root.zx;
  resources = { get: (name) => kernel.root[name] };
});

function root(host: Host = HOST): EcamPciRoot {
  const node = parsePlatformNode({
    name: "pcie",
    mmio: [{ base: BigInt(ECAM), length: 0x20_0000n }],
    irq: [5, 6].map((irq) => ({ irq, mode: ZirconInterruptMode.LEVEL_HIGH })),
  });
  const { mmio, irq, iommu, system } = kernel.root;
  const pdev = new PlatformDevice({
    zx,
    node,
    mmio,
    irq,
    iommus: new Iommus(zx, iommu, system),
    boardInfo: () => ({ vid: 0, pid: 0, boardName: "", boardRevision: 0 }),
    bootMetadata: new Map(),
    log: { warn: () => {} },
  });
  return new EcamPciRoot(zx, pdev, resources, host);
}

test("The PCI root of an ECAM host tells its buses, its configuration space, its vectors and routes", () => {
  const info = root().getPciPlatformInfo();
  expect(info).toMatchObject({ name: "PCI1", segmentGroup: 1, startBus: 2, endBus: 3 });
  const { koid, name } = zx.objectGetInfo(info.cam.vmo, "VMO");
  expect([name, kernel.vmo(koid)!.physicalBase]).toEqual(["PCI ECAM", ECAM]);
  expect(info.legacyIrqs.map(({ vector }) => vector)).toEqual([5, 6]);
  expect(info.irqRouting).toEqual([
    { portDeviceId: 0xff, portFunctionId: 0xff, deviceId: 1, pins: [5, 6, 0, 0] },
  ]);
});

test("The PCI root of an ECAM host leaks nothing where an interrupt cannot be had", () => {
  const objects = () => [...kernel.objects()].length;
  zx.interruptCreate(kernel.root.irq, 6, ZirconInterruptMode.LEVEL_HIGH);
  const before = objects();
  expect(() => root().getPciPlatformInfo()).toThrow(/^ALREADY_BOUND/);
  expect(objects()).toBe(before);
});

describe("Address space of an ECAM host", () => {
  test.each([
    [
      "memory below 4 GiB",
      { type: "memory", size: 0x1000, low: true },
      0x1000_0000,
      0x5000_0000,
      "PCI Mmio32",
    ],
    [
      "memory above",
      { type: "memory", size: 0x1000, low: false },
      0x80_0000_0000,
      0x80_0000_0000,
      "PCI Mmio64",
    ],
    ["I/O ports", { type: "io", size: 0x20, low: true }, 0x1000, 0x3eff_1000, "PCI Io"],
  ] as const)(
    "for %s has the bus's address, and a resource for the processors'",
    (_, request, base, cpuBase, name) => {
      const space = root().getAddressSpace(request);
      expect(space).toMatchObject({ base, cpuBase, size: request.size });
      expect(zx.objectGetInfo(space.resource, "RESOURCE")).toMatchObject({
        base: cpuBase,
        size: request.size,
        name,
      });
    },
  );

  test("is given at the base that firmware chose, and back again", () => {
    const made = root();
    const request = { type: "memory", size: 0x1000, base: 0x1000_4000, low: true } as const;
    const space = made.getAddressSpace(request);
    expect(space.cpuBase).toBe(0x5000_4000);
    expect(() => made.getAddressSpace(request)).toThrow(/^NOT_FOUND/);
    space.release();
    expect(made.getAddressSpace(request).base).toBe(0x1000_4000);
  });

  test("comes out of no window that there is not", () => {
    const made = root({ ...HOST, windows: [] });
    expect(() => made.getAddressSpace({ type: "io", size: 0x20, low: true })).toThrow(/^NO_RESOURCES/);
    expect(() => made.getAddressSpace({ type: "memory", size: 0x1000, low: true })).toThrow(/^NO_RESOURCES/);
  });

  test("of a window across 4 GiB is parted there; a window that overlaps with one before is left out", () => {
    const made = root({
      windows: [
        window(Space.MEMORY_64, 2 ** 32 - 0x1000, 0x2000),
        window(Space.MEMORY_64, 2 ** 32 - 0x1000, 0x1000, 0x9000_0000),
      ],
    });
    const request = { type: "memory", size: 0x1000 } as const;
    expect(made.getAddressSpace({ ...request, low: true }).cpuBase).toBe(2 ** 32 - 0x1000);
    expect(made.getAddressSpace({ ...request, low: false }).cpuBase).toBe(2 ** 32);
    expect(() => made.getAddressSpace({ ...request, low: true })).toThrow(/^NO_RESOURCES/);
  });
});

test("The PCI root of an ECAM host has one initiator for each function, and blocks of messages", () => {
  const made = root();
  expect(zx.objectGetInfo(made.getBti(0x10, 0), "BTI").quarantineCount).toBe(0);
  expect(() => made.getBti(0x10, 1)).toThrow(/^OUT_OF_RANGE/);
  expect(zx.objectGetInfo(made.allocateMsi(4), "MSI")).toMatchObject({ numIrq: 4 });
});
