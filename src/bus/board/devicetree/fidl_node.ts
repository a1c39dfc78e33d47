import { toFidlProperties, toFidlValue } from "../../../driver/property_values.ts";
import { type CompositeNodeSpec, Condition } from "../../../fidl/fuchsia.driver.framework.ts";
import type { Node } from "../../../fidl/fuchsia.hardware.platform.bus.ts";
import type { BoardDevice } from "./board_device.ts";

/** `fuchsia.platform.BIND_PLATFORM_DEV_VID.GENERIC` and its like, and the DID of all that a device tree describes. */
const GENERIC = 0;
const DID_DEVICETREE = 0x32;

/** The platform device that a device becomes. */
export function toFidlNode(device: BoardDevice): Node {
  const { name, index, irqs, btis, smcs, metadata, bootMetadata, properties, driverHost } = device;
  return {
    name,
    vid: GENERIC,
    pid: GENERIC,
    did: DID_DEVICETREE,
    instanceId: index,
    mmio: device.mmio.map((mmio) => ({
      ...(mmio.base !== undefined && { base: BigInt(mmio.base) }),
      length: BigInt(mmio.length),
      ...(mmio.name !== undefined && { name: mmio.name }),
    })),
    irq: irqs,
    bti: btis,
    smc: smcs,
    metadata,
    bootMetadata,
    properties: toFidlProperties(properties),
    driverHost,
  };
}

/** The composite node that a device becomes, without its own platform device. */
export function toFidlSpec({ name, parents, driverHost }: BoardDevice): CompositeNodeSpec {
  return {
    name,
    driverHost,
    parents2: parents.map(({ bindRules, properties }) => ({
      bindRules: bindRules.map(({ key, condition, values }) => ({
        key,
        condition: Condition[condition],
        values: values.map(toFidlValue),
      })),
      properties: toFidlProperties(properties),
    })),
  };
}
