/** The board driver of boards that a device tree describes, in a system. */
import { expect, test } from "vitest";
import { createForeignArm64 } from "../../../src/boards/foreign_arm64.ts";
import type { Visitor } from "../../../src/bus/board/devicetree/visitor.ts";
import { deviceTreeBoard } from "../../../src/bus/board/devicetree_board.ts";
import platformBus from "../../../src/bus/platform/platform_bus.ts";
import { type Driver, defineDriver } from "../../../src/driver/define.ts";
import { EventStream } from "../../../src/events/events.ts";
import { PlatformBus } from "../../../src/fidl/fuchsia.hardware.platform.bus.ts";
import { Device } from "../../../src/fidl/fuchsia.hardware.platform.device.ts";
import { serializeDeviceTree } from "../../../src/firmware/devicetree/serialize.ts";
import { System } from "../../../src/framework/system.ts";
import { createBufferRam } from "../../../src/machine/ram.ts";
import { type Literal, tree } from "../../firmware/devicetree/support.ts";

const BOARD: Literal = {
  compatible: ["acme,board", "acme,soc"],
  model: "ACME Board",
  "#address-cells": 1,
  "#size-cells": 1,
  "gizmo@1000": { compatible: "acme,gizmo", reg: [0x1000, 0x100], "acme,color": "red" },
  "smmu@2000": { compatible: "arm,smmu-v2", reg: [0x2000, 0x100], "#iommu-cells": 1 },
};

async function boot(deviceTree: Uint8Array, drivers: readonly Driver[]) {
  const log: string[] = [];
  const events = new EventStream();
  events.listen(
    (event) => {
      if (event.kind === "log" && event.source === "devicetree")
        log.push(`${event.severity}: ${event.message}`);
    },
    ["log"],
  );
  const ram = createBufferRam({ ranges: [{ base: 2 ** 40, size: 2 ** 24 }] });
  const machine = createForeignArm64({ deviceTree, compatible: ["acme,board"], ram });
  const all = [platformBus, ...drivers];
  return { system: await System.boot({ machine, drivers: all, addressSpace: "portable", events }), log };
}

const DTB = serializeDeviceTree(tree(BOARD));
const PT = "root.sys.platform.pt";

test("The board driver tells the platform bus what board it is, by the tree's model", async () => {
  let board: unknown;
  const gizmo = defineDriver({
    name: "gizmo",
    bind: { "fuchsia.devicetree.FIRST_COMPATIBLE": "acme,gizmo" },
    async start(ctx) {
      board = await (await ctx.connect(Device)).getBoardInfo();
    },
  });
  const { system } = await boot(DTB, [deviceTreeBoard(), gizmo]);
  expect(board).toMatchObject({ boardName: "ACME Board" });
  expect(system.manager.find(PT).running!.inspect).toEqual({ "device tree": "2 nodes, 2 published" });
  await system.stop();
});

test("The board driver makes platform devices whose ids say that a device tree describes them", async () => {
  const { system } = await boot(DTB, [deviceTreeBoard()]);
  expect(system.manager.find("root.sys.platform.gizmo-1000").properties).toMatchObject({
    "fuchsia.BIND_PLATFORM_DEV_VID": 0,
    "fuchsia.BIND_PLATFORM_DEV_PID": 0,
    "fuchsia.BIND_PLATFORM_DEV_DID": 0x32,
    "fuchsia.BIND_PLATFORM_DEV_INSTANCE_ID": 1,
    "fuchsia.devicetree.FIRST_COMPATIBLE": "acme,gizmo",
    "fuchsia.resource.MMIO_COUNT": 1,
  });
  await system.stop();
});

test("The board driver takes visitors for bindings that it does not know", async () => {
  const colors: Visitor = {
    name: "acme-color",
    visit(device) {
      const color = device.node.get("acme,color");
      if (color !== undefined) device.addProperty("acme.COLOR", color.string());
    },
  };
  const { system } = await boot(DTB, [deviceTreeBoard({ visitors: [colors] })]);
  expect(system.manager.find("root.sys.platform.gizmo-1000").properties["acme.COLOR"]).toBe("red");
  await system.stop();
});

test("The board driver tells of an IOMMU that the kernel does not drive", async () => {
  const { system, log } = await boot(DTB, [deviceTreeBoard()]);
  expect(log).toEqual([expect.stringMatching(/^warning: \/smmu@2000: /)]);
  await system.stop();
});

test("A board driver for the one board comes before that for all boards", async () => {
  const acme = defineDriver({
    name: "acme-board",
    bind: { "fuchsia.devicetree.FIRST_COMPATIBLE": "acme,board", "fuchsia.BIND_PLATFORM_DEV_PID": 0 },
    async start(ctx) {
      await (await ctx.connect(PlatformBus)).nodeAdd({ name: "only-one" });
    },
  });
  const { system } = await boot(DTB, [deviceTreeBoard(), acme]);
  expect(system.manager.find(PT).driver!.name).toBe("acme-board");
  expect(system.manager.find("root.sys.platform").children.map(({ name }) => name)).toEqual([
    "pt",
    "only-one",
  ]);
  await system.stop();
});

test("A device tree that makes no sense keeps the board driver from starting, with the reason, and the system goes on", async () => {
  const { system } = await boot(DTB.slice(0, -8), [deviceTreeBoard()]);
  const { state, error } = system.manager.find(PT);
  expect(state).toBe("quarantined");
  expect(error!.message).toMatch(/^IO_DATA_INTEGRITY/);
  expect(system.manager.find("root.sys").state).toBe("running");
  await system.stop();
});
