import type { DriverContext } from "../../driver/context.ts";
import type { OwnedNode } from "../../driver/node.ts";
import { offer } from "../../driver/offer.ts";
import { toFidlProperties, toFidlValue } from "../../driver/property_values.ts";
import {
  BusType,
  type CompositeNodeManagerClient,
  type CompositeNodeSpec,
  CompositeNodeSpecError,
  Condition,
  DeviceAddressStability,
  type ParentSpec2,
} from "../../fidl/fuchsia.driver.framework.ts";
import type {
  BoardInfo,
  BootloaderInfo,
  Iommu,
  Node,
  PlatformBusServer as PlatformBusProtocol,
  TemporaryBoardInfo,
} from "../../fidl/fuchsia.hardware.platform.bus.ts";
import { Device } from "../../fidl/fuchsia.hardware.platform.device.ts";
import { DomainError } from "../../fidl/runtime/errors.ts";
import type { Handle } from "../../zx/constants.ts";
import { ZxError } from "../../zx/error.ts";
import type { BootItems } from "./boot_items.ts";
import { PlatformDevice } from "./device.ts";
import { PlatformDeviceServer } from "./device_server.ts";
import type { Iommus } from "./iommus.ts";
import { KERNEL_RESOURCES, type KernelResources } from "./kernel_resources.ts";
import { PlatformId, PlatformProtocol, propertiesOf } from "./node_properties.ts";
import { Claims } from "./overlaps.ts";
import { PDEV, type PdevBoardInfo } from "./pdev.ts";
import { type PlatformNode, parsePlatformNode } from "./platform_node.ts";

export interface PlatformBusParts {
  readonly ctx: DriverContext;
  /** `sys/platform`, below which the devices' nodes are. */
  readonly platform: OwnedNode;
  readonly resources: KernelResources;
  readonly iommus: Iommus;
  readonly bootItems: BootItems;
  readonly compositeNodes: CompositeNodeManagerClient;
  /** What is known of the board before its driver says more. */
  readonly board: PdevBoardInfo;
}

/** `fuchsia.hardware.platform.bus/PlatformBus`: a board driver says which devices there are. */
export class PlatformBusServer implements PlatformBusProtocol {
  readonly #parts: PlatformBusParts;
  readonly #claims = new Claims();
  #board: PdevBoardInfo;

  constructor(parts: PlatformBusParts) {
    this.#parts = parts;
    this.#board = parts.board;
  }

  async nodeAdd(node: Node): Promise<void> {
    await this.#add(parsePlatformNode(node));
  }

  getBoardInfo(): TemporaryBoardInfo {
    return this.#board;
  }

  setBoardInfo({ boardName, boardRevision }: BoardInfo): void {
    this.#board = {
      ...this.#board,
      ...(boardName !== undefined && { boardName }),
      ...(boardRevision !== undefined && { boardRevision }),
    };
  }

  setBootloaderInfo({ vendor }: BootloaderInfo): void {
    if (vendor !== undefined) this.#parts.ctx.inspect["boot loader"] = vendor;
  }

  /** The system never sleeps, so nobody is ever called. */
  registerSysSuspendCallback(callback: Handle): void {
    this.#parts.ctx.own(callback);
  }

  /** The specification comes first: the node is not to be bound to a driver of its own. */
  async addCompositeNodeSpec(node: Node, spec: CompositeNodeSpec): Promise<void> {
    const checked = parsePlatformNode(node);
    try {
      await this.#parts.compositeNodes.addSpec({
        ...spec,
        parents2: [parentSpecOf(checked), ...(spec.parents2 ?? [])],
      });
    } catch (error) {
      throw specFailure(spec, error);
    }
    await this.#add(checked);
  }

  registerIommu(iommuId: number, iommu: Iommu): void {
    this.#parts.iommus.register(iommuId, iommu);
  }

  async #add(node: PlatformNode): Promise<void> {
    const { ctx, platform, resources, iommus, bootItems } = this.#parts;
    for (const overlap of this.#claims.add(node)) ctx.log.warn(overlap);
    const device = new PlatformDevice({
      zx: ctx.zx,
      node,
      mmio: resources.get("mmio"),
      irq: resources.get("irq"),
      iommus,
      boardInfo: () => this.#board,
      bootMetadata: await bootItems.metadata(node.bootMetadata),
      log: ctx.log,
    });
    await platform.addChild({
      name: node.name,
      properties: propertiesOf(node),
      offers: [offer(Device, () => new PlatformDeviceServer(device))],
      banjo: { [PDEV]: device, [KERNEL_RESOURCES]: resources },
      busInfo: {
        bus: node.did === PlatformId.DID_DEVICETREE ? BusType.DEVICE_TREE : BusType.PLATFORM,
        address: { kind: "stringValue", stringValue: node.name.slice(0, MAX_ADDRESS) },
        addressStability: DeviceAddressStability.STABLE,
      },
      ...(node.driverHost !== undefined && { driverHost: node.driverHost }),
    });
  }
}

/** Of a string in a bus_info. */
const MAX_ADDRESS = 32;

/** What matches the node of a platform device, and no other; its own properties are for the composite's driver. */
function parentSpecOf({ vid, pid, did, instanceId, ...node }: PlatformNode): ParentSpec2 {
  const ids = {
    "fuchsia.BIND_PROTOCOL": PlatformProtocol.DEVICE,
    "fuchsia.BIND_PLATFORM_DEV_VID": vid,
    "fuchsia.BIND_PLATFORM_DEV_PID": pid,
    "fuchsia.BIND_PLATFORM_DEV_DID": did,
    "fuchsia.BIND_PLATFORM_DEV_INSTANCE_ID": instanceId,
  };
  return {
    bindRules: Object.entries(ids).map(([key, value]) => ({
      key,
      condition: Condition.ACCEPT,
      values: [toFidlValue(value)],
    })),
    properties: toFidlProperties({ ...node.properties, ...ids }),
  };
}

function specFailure({ name }: CompositeNodeSpec, error: unknown): unknown {
  if (!(error instanceof DomainError)) return error;
  const [word] = Object.entries(CompositeNodeSpecError).find(([, value]) => value === error.value) ?? [];
  const status = word === "ALREADY_EXISTS" ? "ALREADY_EXISTS" : "INVALID_ARGS";
  return new ZxError(status, `composite node ${JSON.stringify(name)}: ${word}`, { cause: error });
}
