/**
 * Board driver of boards that a device tree describes: of the tree's nodes it makes platform devices, other nodes and composite ones.
 *
 * Source: Fuchsia's `sdk/lib/driver/devicetree` (RFC 0192).
 */
import type { DriverContext } from "../../driver/context.ts";
import { type Driver, defineDriver, type NodeProperties } from "../../driver/define.ts";
import type { CompositeNodeSpec, ParentSpec } from "../../driver/node.ts";
import { BusType, DeviceAddressStability } from "../../fidl/fuchsia.driver.framework.ts";
import {
  Firmware,
  type FirmwareClient,
  FirmwareType,
  PlatformBus,
  type PlatformBusClient,
} from "../../fidl/fuchsia.hardware.platform.bus.ts";
import { parseDeviceTree } from "../../firmware/devicetree/parse.ts";
import type { DeviceTree } from "../../firmware/devicetree/tree.ts";
import { ZxError } from "../../zx/error.ts";
import type { BoardDevice } from "./devicetree/board_device.ts";
import { toFidlNode, toFidlSpec } from "./devicetree/fidl_node.ts";
import { type PlannedDevice, type PlanOptions, planBoard } from "./devicetree/plan.ts";
import type { Visitor } from "./devicetree/visitor.ts";
import { defaultVisitors } from "./devicetree/visitors/index.ts";
import { isIommu } from "./devicetree/visitors/iommu.ts";

export interface DeviceTreeBoardOptions extends PlanOptions {
  /** Beside those that there are. */
  readonly visitors?: readonly Visitor[];
}

/** The board driver with visitors of one's own: for bindings that it does not understand by itself. */
export function deviceTreeBoard({ visitors = [], ...options }: DeviceTreeBoardOptions = {}): Driver {
  return defineDriver({
    name: "devicetree",
    bind: {
      "fuchsia.hardware.platform.bus.Service": "fuchsia.hardware.platform.bus.Service.ZirconTransport",
    },
    // A driver for the one board knows better.
    fallback: true,

    async start(ctx) {
      const tree = await readDeviceTree(ctx, await ctx.connect(Firmware));
      const bus = await ctx.connect(PlatformBus);
      await tellBoard(bus, tree);
      const plan = planBoard(tree, [...defaultVisitors, ...visitors], options);
      await registerIommus(ctx, bus, plan);
      for (const planned of plan) await publish(ctx, bus, planned);
      const published = plan.filter(({ publication }) => publication.kind !== "none").length;
      ctx.inspect["device tree"] = `${plan.length} nodes, ${published} published`;
    },
  });
}

export default deviceTreeBoard();

async function readDeviceTree(ctx: DriverContext, firmware: FirmwareClient): Promise<DeviceTree> {
  const [blob, ...others] = await firmware.getFirmware(FirmwareType.DEVICE_TREE);
  for (const { vmo } of others) ctx.zx.handleClose(vmo);
  if (blob === undefined) throw ctx.error("NOT_FOUND", "firmware left no device tree");
  try {
    const bytes = new Uint8Array(Number(blob.length));
    ctx.zx.vmoRead(blob.vmo, bytes, 0);
    return parseDeviceTree(bytes);
  } finally {
    ctx.zx.handleClose(blob.vmo);
  }
}

const INSTANCE_ID = "fuchsia.BIND_PLATFORM_DEV_INSTANCE_ID";

/** Of a board's name. */
const MAX_BOARD_NAME = 32;

async function tellBoard(bus: PlatformBusClient, tree: DeviceTree): Promise<void> {
  const model = tree.root.get("model");
  if (model?.bytes.at(-1) !== 0) return;
  // Characters beyond ASCII take more bytes than one.
  const boardName = model
    .strings()[0]!
    .replaceAll(/[^\x20-\x7e]/g, "?")
    .slice(0, MAX_BOARD_NAME);
  await bus.setBoardInfo({ boardName });
}

/** One that the kernel does not drive stays unknown: nobody gets a bus transaction initiator behind it. */
async function registerIommus(
  ctx: DriverContext,
  bus: PlatformBusClient,
  plan: readonly PlannedDevice[],
): Promise<void> {
  const iommus = plan.filter(({ device }) => isIommu(device.node));
  for (const [i, { device }] of iommus.entries()) {
    const baseAddress = BigInt(device.mmio[0]?.base ?? 0);
    try {
      await bus.registerIommu(i + 1, { kind: "armSmmu", armSmmu: { baseAddress } });
    } catch (error) {
      if (!(error instanceof ZxError)) throw error;
      ctx.log.warn(`${device.description.path}: ${error.detail}`);
    }
  }
}

/** One device that cannot be published is told, and the others are published all the same. */
async function publish(
  ctx: DriverContext,
  bus: PlatformBusClient,
  { device, publication }: PlannedDevice,
): Promise<void> {
  const { path } = device.description;
  if (publication.kind === "none") {
    ctx.log.debug(`${path} is not published: ${publication.reason}`);
    return;
  }
  for (const note of device.notes) ctx.log.warn(`${path}: ${note}`);
  try {
    switch (publication.kind) {
      case "platform":
        return await bus.nodeAdd(toFidlNode(device));
      case "platform composite":
        return await bus.addCompositeNodeSpec(toFidlNode(device), toFidlSpec(device));
      case "composite":
        return await ctx.addCompositeNodeSpec(specOf(device, device.parents));
      case "child composite":
        // The specification comes first: the node is not to be bound to a driver of its own.
        await ctx.addCompositeNodeSpec(specOf(device, [ownParent(device), ...device.parents]));
        return await addChild(ctx, device, instanceOf(device));
      case "child":
        await addChild(ctx, device);
    }
  } catch (error) {
    if (!(error instanceof ZxError)) throw error;
    ctx.log.error(`${path} cannot be published: ${error.detail}`);
  }
}

function specOf({ name, driverHost }: BoardDevice, parents: readonly ParentSpec[]): CompositeNodeSpec {
  return driverHost === undefined ? { name, parents } : { name, parents, driverHost };
}

/** What tells the node of one device from those of others that are compatible with the same. */
function instanceOf({ index }: BoardDevice): NodeProperties {
  return { [INSTANCE_ID]: index };
}

function ownParent(device: BoardDevice): ParentSpec {
  const rule = { key: INSTANCE_ID, condition: "ACCEPT", values: [device.index] } as const;
  const [first] = device.description.compatible;
  const compatible = { key: "fuchsia.devicetree.FIRST_COMPATIBLE", condition: "ACCEPT" } as const;
  return {
    bindRules: first === undefined ? [rule] : [{ ...compatible, values: [first] }, rule],
    properties: { ...device.properties, ...instanceOf(device) },
  };
}

async function addChild(
  ctx: DriverContext,
  { name, properties, driverHost }: BoardDevice,
  more: NodeProperties = {},
): Promise<void> {
  await ctx.addChild({
    name,
    properties: { ...properties, ...more },
    busInfo: {
      bus: BusType.DEVICE_TREE,
      address: { kind: "stringValue", stringValue: name.slice(0, MAX_BOARD_NAME) },
      addressStability: DeviceAddressStability.STABLE,
    },
    ...(driverHost !== undefined && { driverHost }),
  });
}
