import type { DeviceTreeNode } from "../../../firmware/devicetree/node.ts";
import type { DeviceTree } from "../../../firmware/devicetree/tree.ts";
import type { BoardDevice } from "./board_device.ts";

/** What visitors know beside the device that they visit. */
export interface Board {
  readonly tree: DeviceTree;
  /** The device of a node; undefined for the root. */
  deviceOf(node: DeviceTreeNode): BoardDevice | undefined;
}

/**
 * Reads one binding: looks at a device tree's node, and adds to the device what that says. Every visitor sees every node, parents
 * first. What it throws is why the device gets no node of its own.
 */
export interface Visitor {
  readonly name: string;
  visit(device: BoardDevice, board: Board): void;
  /** Called for every device after all visits, for what depends on other devices. */
  finalize?(device: BoardDevice, board: Board): void;
}

/** A visitor for nodes that are compatible with one of `compatible`. */
export function driverVisitor(name: string, compatible: readonly string[], visit: Visitor["visit"]): Visitor {
  const known = new Set(compatible);
  return {
    name,
    visit: (device, board) => {
      if (device.node.isCompatible(known)) visit(device, board);
    },
  };
}
