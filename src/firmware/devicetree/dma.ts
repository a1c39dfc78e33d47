import type { DeviceTreeNode } from "./node.ts";

/** Whether what a device reads and writes by DMA goes through the processors' caches, and the node that says so. */
export interface DmaCoherence {
  readonly coherent: boolean;
  /** Path of the node with `dma-coherent` or `dma-noncoherent`; null if there is none. */
  readonly saidBy: string | null;
}

/**
 * A device is coherent if it or the nearest of its buses that says anything says `dma-coherent`. Where none does, `byDefault` holds: false
 * for most Arm boards, true on architectures that are always coherent. Source: Devicetree Specification v0.4, 2.3.10 and 2.3.11.
 */
export function dmaCoherence(device: DeviceTreeNode, byDefault = false): DmaCoherence {
  for (let node: DeviceTreeNode | undefined = device; node !== undefined; node = node.parent) {
    if (node.has("dma-coherent")) return { coherent: true, saidBy: node.path };
    if (node.has("dma-noncoherent")) return { coherent: false, saidBy: node.path };
  }
  return { coherent: byDefault, saidBy: null };
}
