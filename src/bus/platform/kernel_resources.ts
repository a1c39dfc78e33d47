import type { ResourceName } from "../../driver/context.ts";
import type { Handle } from "../../zx/constants.ts";

/**
 * Its name among a platform node's in-process protocols: the root resources, for bus drivers that run in the platform bus's own host (a
 * PCI root, which gives out parts of its windows). Drivers elsewhere cannot get them.
 */
export const KERNEL_RESOURCES = "zirconia.kernel.Resources";

export interface KernelResources {
  /** Stays the platform bus's. */
  get(name: ResourceName): Handle;
}
