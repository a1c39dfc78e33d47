import type { PciAddress } from "./address.ts";
import { type IrqRoutingEntry, NO_PARENT } from "./pciroot.ts";

/**
 * The vector of an interrupt pin (1 = A to 4 = D; 0 = the function has none) of a function on the root bus; undefined if
 * it leads nowhere.
 */
export function vectorOf(
  { device }: PciAddress,
  pin: number,
  routing: readonly IrqRoutingEntry[],
): number | undefined {
  const entry = routing.find(
    ({ portDeviceId, deviceId }) => portDeviceId === NO_PARENT && deviceId === device,
  );
  return entry?.pins[pin - 1] || undefined;
}
