import { type DmaCoherence, dmaCoherence } from "./dma.ts";
import { reasonOf } from "./fdt.ts";
import { type InterruptDescription, interruptsOf } from "./interrupts.ts";
import { memoryRegionsOf, type ReservedMemory } from "./memory.ts";
import type { DeviceTreeNode } from "./node.ts";
import { isPciBus } from "./pci.ts";
import { MAX_ENTRIES, type RegDescription, regOf } from "./reg.ts";
import { type DeviceStatus, disabledBus, statusOf } from "./status.ts";
import type { TranslationRule } from "./translate.ts";
import type { DeviceTree } from "./tree.ts";

/** What a node says of a device, with everything that it refers to found: plain data, no references into the tree. */
export interface DeviceDescription {
  /** `"/soc/uart@9000000"`. `tree.find` gives the node. */
  readonly path: string;
  readonly name: string;
  /** Most specific first. */
  readonly compatible: readonly string[];
  readonly status: DeviceStatus;
  /** Path of a bus above that does not work. */
  readonly disabledBy: string | null;
  readonly phandle: number | null;
  readonly reg: readonly RegDescription[];
  /** Of a PCI function: the base addresses that firmware gave it. */
  readonly assignedAddresses: readonly RegDescription[];
  readonly interrupts: readonly InterruptDescription[];
  readonly memoryRegions: readonly ReservedMemory[];
  readonly dma: DmaCoherence;
  /** What is wrong with the node itself. What is wrong with an entry stands there. */
  readonly problems: readonly string[];
}

export interface ResolveOptions {
  /** What a bus without `ranges` means; `spec` where not given. */
  readonly rule?: TranslationRule;
  /** Whether DMA is coherent where the tree says nothing: not on most Arm boards, always on some other architectures. */
  readonly coherentByDefault?: boolean;
}

/** Levels of nodes that are resolved: as many as Linux takes. Every one can add to the path of every address below it. */
export const MAX_RESOLVED_DEPTH = 64;
/** Buses and nexus nodes on the ways of all entries together: a hundred times as many as on the largest boards. */
const MAX_HOPS = 1_000_000;

/**
 * Every node of a tree but the root, resolved, in the order of the file. Never throws. What a tree nests or lists beyond all measure is
 * left out, and `problems` says where.
 */
export function resolveDevices(tree: DeviceTree, options: ResolveOptions = {}): DeviceDescription[] {
  const found: DeviceDescription[] = [];
  let hops = 0;
  for (const node of tree.nodes()) {
    if (node.depth === 0 || node.depth > MAX_RESOLVED_DEPTH) continue;
    const device = describe(node, options, hops < MAX_HOPS ? MAX_ENTRIES : 0);
    for (const reg of device.reg) hops += reg.hops.length;
    for (const reg of device.assignedAddresses) hops += reg.hops.length;
    for (const interrupt of device.interrupts) hops += interrupt.through.length;
    found.push(device);
  }
  return found;
}

/** One node, resolved. Never throws: what cannot be resolved says why. */
export function resolveDevice(node: DeviceTreeNode, options: ResolveOptions = {}): DeviceDescription {
  return describe(node, options, MAX_ENTRIES);
}

function describe(node: DeviceTreeNode, options: ResolveOptions, limit: number): DeviceDescription {
  const problems: string[] = [];
  const attempt = <T>(make: () => T, otherwise: T): T => {
    try {
      return make();
    } catch (error) {
      problems.push(reasonOf(error));
      return otherwise;
    }
  };
  const strings = (name: string) => attempt(() => node.get(name)?.strings() ?? [], []);
  const regNames = strings("reg-names");
  const interruptNames = strings("interrupt-names");
  const rule = options.rule ?? "spec";
  const reg = regOf(node, { rule, names: regNames, limit });
  const interrupts = interruptsOf(node, interruptNames, limit);
  const isPciFunction = node.parent !== undefined && isPciBus(node.parent);
  const { regions, problem } = memoryRegionsOf(node);
  if (problem !== null) problems.push(problem);
  if (node.has("reg") && reg.length === limit) problems.push(tooMany("reg", limit));
  if (interrupts.length === limit && (node.has("interrupts") || node.has("interrupts-extended")))
    problems.push(tooMany("interrupts", limit));
  notEnough(problems, "reg-names", regNames.length, reg.length);
  notEnough(problems, "interrupt-names", interruptNames.length, interrupts.length);
  if (node.depth === MAX_RESOLVED_DEPTH && node.children.size > 0)
    problems.push(
      `what is under it is nested more than ${MAX_RESOLVED_DEPTH} levels deep, and is not resolved`,
    );
  const phandle = node.phandle;
  if (phandle !== undefined && node.tree.nodeByPhandle(phandle) !== node)
    problems.push(
      `its phandle is also that of ${node.tree.nodeByPhandle(phandle)!.path}, which references mean`,
    );
  return {
    path: node.path,
    name: node.name,
    compatible: attempt(() => node.compatible, []),
    status: statusOf(node),
    disabledBy: disabledBus(node)?.path ?? null,
    phandle: phandle ?? null,
    reg,
    assignedAddresses: isPciFunction ? regOf(node, { rule, property: "assigned-addresses", limit }) : [],
    interrupts,
    memoryRegions: regions,
    dma: dmaCoherence(node, options.coherentByDefault),
    problems,
  };
}

function tooMany(name: string, limit: number): string {
  return `of ${name}, not more than ${limit} entries are resolved`;
}

function notEnough(problems: string[], names: string, named: number, count: number): void {
  if (named > count)
    problems.push(
      `${names} has ${counted(named, "name", "names")} for ${counted(count, "entry", "entries")}`,
    );
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
