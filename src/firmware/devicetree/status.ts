import type { DeviceTreeNode } from "./node.ts";

/**
 * The state of a device. `okay`: it works, as does one without `status`. `disabled`: not now, though it could. `reserved`: it works,
 * for somebody else. `fail`: it does not work. `invalid`: `status` says something else. Source: Devicetree Specification v0.4, 2.3.4.
 */
export type DeviceStatus = "okay" | "disabled" | "reserved" | "fail" | "invalid";

export function statusOf(device: DeviceTreeNode): DeviceStatus {
  const property = device.get("status");
  if (property === undefined || property.isString("okay") || property.isString("ok")) return "okay";
  for (const status of ["disabled", "reserved", "fail"] as const)
    if (property.isString(status)) return status;
  const { bytes } = property;
  const isOneString = bytes.length > 0 && bytes.indexOf(0) === bytes.length - 1;
  return isOneString && property.string().startsWith("fail-") ? "fail" : "invalid";
}

/** The innermost bus above a device that does not work, which leaves the device out of reach whatever its own status is. */
export function disabledBus(device: DeviceTreeNode): DeviceTreeNode | undefined {
  for (let bus = device.parent; bus !== undefined; bus = bus.parent) if (statusOf(bus) !== "okay") return bus;
  return undefined;
}
