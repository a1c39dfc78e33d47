/** What drivers of platform devices are bound by: the keys of Fuchsia's bind libraries `fuchsia` and `fuchsia.resource`. */
import type { NodeProperties, PropertyValue } from "../../driver/define.ts";
import type { PlatformNode } from "./platform_node.ts";

/** Values of `fuchsia.BIND_PROTOCOL` and of the platform ids (bind/fuchsia.platform.bind). */
export const PlatformProtocol = { ROOT: 0x1b, DEVICE: 0x55 } as const;
export const PlatformId = { GENERIC: 0, DID_DEVICETREE: 0x32 } as const;

/** The node's own, those that every platform device has, and what it has of each resource. */
export function propertiesOf(node: PlatformNode): NodeProperties {
  return {
    ...node.properties,
    "fuchsia.BIND_PROTOCOL": PlatformProtocol.DEVICE,
    "fuchsia.BIND_PLATFORM_DEV_VID": node.vid,
    "fuchsia.BIND_PLATFORM_DEV_PID": node.pid,
    "fuchsia.BIND_PLATFORM_DEV_DID": node.did,
    "fuchsia.BIND_PLATFORM_DEV_INSTANCE_ID": node.instanceId,
    ...resources("MMIO", node.mmio),
    ...resources("INTERRUPT", node.irq),
    ...resources("BTI", node.bti),
    ...resources("SMC", node.smc),
  };
}

/** As many as the bind library has keys for. */
const MOST_NAMED = 10;

function resources(
  kind: string,
  list: readonly { readonly name: string | undefined }[],
): Record<string, PropertyValue> {
  const properties: Record<string, PropertyValue> = { [`fuchsia.resource.${kind}_COUNT`]: list.length };
  for (const [i, { name }] of list.slice(0, MOST_NAMED).entries())
    properties[`fuchsia.resource.${kind}_${i}`] = name ?? "unknown";
  return properties;
}
