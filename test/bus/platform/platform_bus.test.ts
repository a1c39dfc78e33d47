/** What a board driver can tell the platform bus: `fuchsia.hardware.platform.bus`. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { defineDriver } from "../../../src/driver/define.ts";
import { BusType, Condition, DeviceAddressStability } from "../../../src/fidl/fuchsia.driver.framework.ts";
import {
  FirmwareType,
  type Node,
  ZirconInterruptMode,
} from "../../../src/fidl/fuchsia.hardware.platform.bus.ts";
import { Status } from "../../../src/zx/status.ts";
import { DEVICE, PlatformTest } from "./harness.ts";

let platform: PlatformTest;
beforeEach(async () => {
  platform = await PlatformTest.boot();
});
afterEach(() => platform.system.stop());

const BASE = BigInt(DEVICE);
const { LEVEL_HIGH } = ZirconInterruptMode;

test("The platform bus is on sys; the board driver is on pt, whose properties are the board's", () => {
  const { manager } = platform.system;
  expect(manager.find("root.sys").driver!.name).toBe("platform-bus");
  const pt = manager.find("root.sys.platform.pt");
  expect(pt.driver!.name).toBe("test-board");
  expect(pt.properties).toMatchObject({
    "fuchsia.BIND_PLATFORM_DEV_VID": 0,
    "fuchsia.BIND_PLATFORM_DEV_PID": 0,
    "fuchsia.devicetree.FIRST_COMPATIBLE": "zirconia,fake",
  });
});

test("The board driver has firmware's device tree, and no other firmware", async () => {
  const [blob] = await platform.firmware.getFirmware(FirmwareType.DEVICE_TREE);
  const { deviceTree } = platform.machine.board;
  expect(Number(blob!.length)).toBe(deviceTree.length);
  const bytes = new Uint8Array(deviceTree.length);
  platform.board.zx.vmoRead(blob!.vmo, bytes, 0);
  expect(bytes).toEqual(deviceTree);
  expect(await platform.firmware.getFirmware(FirmwareType.ACPI)).toEqual([]);
  await expect(platform.firmware.getFirmware(99)).rejects.toMatchObject({ status: Status.NOT_SUPPORTED });
});

describe("A platform device", () => {
  test("has a node with its ids, what it has of each resource, and properties of its own", async () => {
    await platform.bus.nodeAdd({
      name: "uart-9000000",
      vid: 1,
      pid: 2,
      did: 3,
      instanceId: 4,
      mmio: [{ base: BASE, length: 0x1000n, name: "control" }],
      irq: [
        { irq: 1, mode: LEVEL_HIGH },
        { irq: 2, mode: LEVEL_HIGH, name: "tx" },
      ],
      properties: [{ key: "zirconia.SPEED", value: { kind: "stringValue", stringValue: "fast" } }],
    });
    const node = platform.system.manager.find("root.sys.platform.uart-9000000");
    expect(node.properties).toEqual({
      "zirconia.SPEED": "fast",
      "fuchsia.BIND_PROTOCOL": 0x55,
      "fuchsia.BIND_PLATFORM_DEV_VID": 1,
      "fuchsia.BIND_PLATFORM_DEV_PID": 2,
      "fuchsia.BIND_PLATFORM_DEV_DID": 3,
      "fuchsia.BIND_PLATFORM_DEV_INSTANCE_ID": 4,
      "fuchsia.resource.MMIO_COUNT": 1,
      "fuchsia.resource.MMIO_0": "control",
      "fuchsia.resource.INTERRUPT_COUNT": 2,
      "fuchsia.resource.INTERRUPT_0": "unknown",
      "fuchsia.resource.INTERRUPT_1": "tx",
      "fuchsia.resource.BTI_COUNT": 0,
      "fuchsia.resource.SMC_COUNT": 0,
      "fuchsia.hardware.platform.device.Service": "fuchsia.hardware.platform.device.Service.ZirconTransport",
      "fuchsia.NAME": "uart-9000000",
      "fuchsia.Service": "fuchsia.hardware.platform.device.Service",
    });
    expect(node.busTopology).toEqual([
      {
        bus: BusType.PLATFORM,
        address: { kind: "stringValue", stringValue: "uart-9000000" },
        addressStability: DeviceAddressStability.STABLE,
      },
    ]);
  });

  test("has no colon in its name", async () => {
    await platform.bus.nodeAdd({ name: "a:b" });
    expect(platform.system.manager.find("root.sys.platform.a_b").name).toBe("a_b");
  });

  test("gets a driver in a host of its own, or in the one that the node names", async () => {
    const hostOf = async (node: Node) => {
      await platform.driver(node);
      return platform.system.manager.find(`root.sys.platform.${node.name}`).running!.host;
    };
    const hosts = [
      await hostOf({ name: "a" }),
      await hostOf({ name: "b", driverHost: "shared" }),
      await hostOf({ name: "c", driverHost: "shared" }),
    ];
    expect(hosts[0]).not.toBe(hosts[1]);
    expect(hosts[1]).toBe(hosts[2]);
  });

  test.each<[what: string, node: Node, message: RegExp]>([
    ["no name", {}, /needs a name/],
    ["registers without length", { name: "x", mmio: [{ base: BASE }] }, /mmio 0 has no length/],
    ["an interrupt without number", { name: "x", irq: [{ mode: LEVEL_HIGH }] }, /irq 0 has no number/],
    ["an interrupt without mode", { name: "x", irq: [{ irq: 1 }] }, /irq 0 has no mode/],
    ["a BTI without IOMMU", { name: "x", bti: [{ btiId: 1 }] }, /bti 0 has no IOMMU/],
    ["a BTI without id", { name: "x", bti: [{ iommuId: 0 }] }, /bti 0 has no id/],
    ["SMCs without base", { name: "x", smc: [{ count: 1, exclusive: true }] }, /smc 0 has no service call/],
    ["metadata without id", { name: "x", metadata: [{ data: Uint8Array.of(1) }] }, /metadata 0 has no id/],
    ["metadata without data", { name: "x", metadata: [{ id: "x" }] }, /metadata 0 has no data/],
    [
      "boot metadata without type",
      { name: "x", bootMetadata: [{ zbiExtra: 0 }] },
      /boot metadata 0 has no type/,
    ],
  ])("with %s is INVALID_ARGS", async (_, node) => {
    await expect(platform.bus.nodeAdd(node)).rejects.toMatchObject({ status: Status.INVALID_ARGS });
    expect(platform.system.manager.find("root.sys.platform").children).toHaveLength(1);
  });

  test("of a name that is taken is refused, and the first one stays", async () => {
    await platform.bus.nodeAdd({ name: "x" });
    await expect(platform.bus.nodeAdd({ name: "x" })).rejects.toMatchObject({
      status: Status.ALREADY_EXISTS,
    });
    expect(platform.system.manager.find("root.sys.platform.x").state).toBe("unbound");
  });
});

describe("Devices that overlap are told of, and added all the same", () => {
  test("registers that share a byte", async () => {
    await platform.bus.nodeAdd({ name: "a", mmio: [{ base: BASE, length: 0x100n }] });
    await platform.bus.nodeAdd({ name: "b", mmio: [{ base: BASE + 0xffn, length: 0x10n }] });
    expect(platform.log).toEqual([
      "warning: mmio 0 of b [0x800000ff, 0x8000010f) overlaps with mmio 0 of a [0x80000000, 0x80000100)",
    ]);
    expect(platform.system.manager.find("root.sys.platform.b").name).toBe("b");
  });

  test("but not registers that only share a page", async () => {
    await platform.bus.nodeAdd({ name: "a", mmio: [{ base: BASE, length: 0x100n }] });
    await platform.bus.nodeAdd({ name: "b", mmio: [{ base: BASE + 0x100n, length: 0x100n }] });
    expect(platform.log).toEqual([]);
  });

  test("interrupts that are one vector", async () => {
    await platform.bus.nodeAdd({ name: "a", irq: [{ irq: 9, mode: LEVEL_HIGH }] });
    await platform.bus.nodeAdd({ name: "b", irq: [{ irq: 9, mode: LEVEL_HIGH }] });
    expect(platform.log).toEqual(["warning: irq 0 of b is vector 9, as is irq 0 of a"]);
  });
});

describe("An IOMMU", () => {
  test("that leaves addresses as they are can be registered, once for each number", async () => {
    const stub = { kind: "stubIommu", stubIommu: {} } as const;
    await platform.bus.registerIommu(1, stub);
    for (const taken of [0, 1])
      await expect(platform.bus.registerIommu(taken, stub)).rejects.toMatchObject({
        status: Status.ALREADY_EXISTS,
      });
  });

  test("of a kind that the kernel does not drive is NOT_SUPPORTED", async () => {
    await expect(
      platform.bus.registerIommu(1, { kind: "armSmmu", armSmmu: { baseAddress: 0x1000n } }),
    ).rejects.toMatchObject({ status: Status.NOT_SUPPORTED });
  });
});

test("A composite node has the platform device as its first parent, and waits for the others", async () => {
  const gizmo = defineDriver({
    name: "gizmo",
    bind: {
      composite: "gizmo",
      primary: { pdev: { "fuchsia.BIND_PLATFORM_DEV_DID": 0x42 } },
      additional: { pin: { "fuchsia.BIND_GPIO_PIN": 3 } },
    },
    async start() {},
  });
  await using test = await PlatformTest.boot(gizmo);
  const pin = { "fuchsia.BIND_GPIO_PIN": 3 };
  const value = { kind: "intValue", intValue: 3 } as const;
  await test.bus.addCompositeNodeSpec(
    { name: "gizmo", did: 0x42 },
    {
      name: "gizmo",
      parents2: [
        {
          bindRules: [{ key: "fuchsia.BIND_GPIO_PIN", condition: Condition.ACCEPT, values: [value] }],
          properties: [{ key: "fuchsia.BIND_GPIO_PIN", value }],
        },
      ],
    },
  );
  await test.system.manager.settled();
  expect(test.system.manager.find("root.sys.platform.gizmo").owner).not.toBe("driver");
  await test.board.addChild({ name: "pin-3", properties: pin });
  await test.system.manager.settled();
  const composite = test.system.manager.find("root.sys.platform.gizmo.gizmo");
  expect(composite.driver!.name).toBe("gizmo");
  expect(composite.parents.map(({ name, node }) => [name, node.name])).toEqual([
    ["pdev", "gizmo"],
    ["pin", "pin-3"],
  ]);
  await expect(
    test.bus.addCompositeNodeSpec({ name: "other", did: 0x42 }, { name: "gizmo", parents2: [] }),
  ).rejects.toMatchObject({ status: Status.ALREADY_EXISTS });
});
