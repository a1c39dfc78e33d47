/** From a device tree to nodes: what becomes of each of its nodes, and why. */
import type { DeviceTreeNode } from "../../../firmware/devicetree/node.ts";
import { MAX_RESOLVED_DEPTH, resolveDevice } from "../../../firmware/devicetree/resolve.ts";
import type { TranslationRule } from "../../../firmware/devicetree/translate.ts";
import type { DeviceTree } from "../../../firmware/devicetree/tree.ts";
import { ZxError } from "../../../zx/error.ts";
import { BoardDevice } from "./board_device.ts";
import { UniqueNames } from "./unique_names.ts";
import type { Board, Visitor } from "./visitor.ts";

/**
 * - `platform`: a platform device.
 * - `child`: it has no resources; a node below the board driver's.
 * - `platform composite`, `child composite`: the same, and it needs other nodes, too.
 * - `composite`: it needs other nodes, and has nothing of its own.
 * - `none`: no node; `reason` says why.
 */
export type Publication =
  | { readonly kind: "platform" | "child" | "platform composite" | "child composite" | "composite" }
  | { readonly kind: "none"; readonly reason: string };

export interface PlannedDevice {
  readonly device: BoardDevice;
  readonly publication: Publication;
}

export interface PlanOptions {
  /** What a bus without `ranges` means; `spec` where not given, `lenient` is what Fuchsia does. */
  readonly rule?: TranslationRule;
}

/** Has the visitors see every node of the tree but the root. Never throws: what is wrong with a node is why it is not published. */
export function planBoard(
  tree: DeviceTree,
  visitors: readonly Visitor[],
  { rule = "spec" }: PlanOptions = {},
): PlannedDevice[] {
  const names = new UniqueNames();
  const devices = new Map<DeviceTreeNode, BoardDevice>();
  for (const node of tree.nodes()) {
    if (node.depth === 0 || node.depth > MAX_RESOLVED_DEPTH) continue;
    const description = resolveDevice(node, { rule });
    devices.set(node, new BoardDevice(node, description, names.of(node), devices.size + 1));
  }
  const board: Board = { tree, deviceOf: (node) => devices.get(node) };
  const all = [...devices.values()];
  for (const device of all)
    for (const visitor of visitors) attempt(device, visitor, () => visitor.visit(device, board));
  for (const device of all)
    for (const visitor of visitors) attempt(device, visitor, () => visitor.finalize?.(device, board));
  return all.map((device) => ({ device, publication: publicationOf(device) }));
}

function attempt(device: BoardDevice, visitor: Visitor, act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof ZxError)) throw error;
    device.withhold(`${visitor.name}: ${error.detail}`);
  }
}

function publicationOf(device: BoardDevice): Publication {
  const { description, withheld } = device;
  const none = (reason: string): Publication => ({ kind: "none", reason });
  if (description.status !== "okay") return none(`its status is ${description.status}`);
  if (description.disabledBy !== null) return none(`${description.disabledBy} is not okay`);
  if (withheld !== undefined) return none(withheld);
  const isComposite = device.parents.length > 0;
  const isBindable = Object.keys(device.properties).length > 0;
  if (!isBindable && !isComposite) return none("nothing could bind to it: it has no compatible");
  if (device.hasResources) return { kind: isComposite ? "platform composite" : "platform" };
  if (!isBindable) return { kind: "composite" };
  return { kind: isComposite ? "child composite" : "child" };
}
