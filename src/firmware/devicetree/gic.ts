/** What the cells of an interrupt of Arm's Generic Interrupt Controller say. Source: bindings arm,gic and arm,gic-v3. */
import type { DeviceTreeNode } from "./node.ts";

export interface GicInterrupt {
  /** Shared or private peripheral interrupt; E: of the extended ranges of GICv3.1. */
  readonly type: "SPI" | "PPI" | "ESPI" | "EPPI";
  /** As the tree counts them, each type from 0. */
  readonly number: number;
  /** As the GIC counts them: what its registers, and `zx_interrupt_create`, go by. */
  readonly intid: number;
  readonly trigger: InterruptTrigger;
}

export type InterruptTrigger =
  | "edge-rising"
  | "edge-falling"
  | "edge-both"
  | "level-high"
  | "level-low"
  /** The tree leaves it to the controller's reset state. */
  | "none";

const GIC_V2 = new Set([
  "arm,arm1176jzf-devchip-gic",
  "arm,arm11mp-gic",
  "arm,cortex-a15-gic",
  "arm,cortex-a5-gic",
  "arm,cortex-a7-gic",
  "arm,cortex-a9-gic",
  "arm,eb11mp-gic",
  "arm,gic-400",
  "arm,pl390",
  "arm,tc11mp-gic",
  "brcm,brahma-b15-gic",
  "nvidia,tegra210-agic",
  "qcom,msm-8660-qgic",
  "qcom,msm-qgic2",
]);
const GIC_V3 = new Set(["arm,gic-v3", "qcom,msm8996-gic-v3"]);

/** By the first cell: the INTID of number 0, and how many there are. */
const TYPES = [
  { type: "SPI", base: 32, count: 988 },
  { type: "PPI", base: 16, count: 16 },
  { type: "ESPI", base: 4096, count: 1024 },
  { type: "EPPI", base: 1056, count: 64 },
] as const;

const TRIGGERS = new Map<number, InterruptTrigger>([
  [0, "none"],
  [1, "edge-rising"],
  [2, "edge-falling"],
  [3, "edge-both"],
  [4, "level-high"],
  [8, "level-low"],
]);

/** Which version's binding describes a controller: 2 for GICv1 and v2, 3 for GICv3 and v4; undefined if it is no GIC. */
export function gicVersion(controller: DeviceTreeNode): 2 | 3 | undefined {
  const property = controller.get("compatible");
  if (property === undefined) return undefined;
  return controller.tree.memo(property, () => {
    if (controller.isCompatible(GIC_V3)) return 3;
    return controller.isCompatible(GIC_V2) ? 2 : undefined;
  });
}

/** Decodes the cells of an interrupt of a GIC; a string is what is wrong with them. */
export function decodeGicInterrupt(version: 2 | 3, cells: readonly number[]): GicInterrupt | string {
  const [kind, number, flags] = cells;
  if (kind === undefined || number === undefined || flags === undefined)
    return `a GIC's interrupts have 3 cells at least, not ${cells.length}`;
  const found = version === 2 && kind > 1 ? undefined : TYPES[kind];
  if (found === undefined) return `GICv${version} has no interrupts of type ${kind}`;
  const { type, base, count } = found;
  if (number >= count) return `there is no ${type} ${number}: there are ${count}`;
  // Bits 8 to 15 are the processors of a PPI.
  const trigger = TRIGGERS.get(flags & 0xf);
  if (trigger === undefined) return `${type} ${number} has the trigger ${flags & 0xf}, which does not exist`;
  return { type, number, intid: base + number, trigger };
}
