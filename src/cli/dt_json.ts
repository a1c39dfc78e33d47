import { standardOutput } from "../firmware/devicetree/chosen.ts";
import { memoryOf, type ReservedMemory, reservedMemoryOf } from "../firmware/devicetree/memory.ts";
import type { RegDescription } from "../firmware/devicetree/reg.ts";
import { resolveDevices } from "../firmware/devicetree/resolve.ts";
import type { TranslationRule } from "../firmware/devicetree/translate.ts";
import type { DeviceTree } from "../firmware/devicetree/tree.ts";
import { hex } from "../zx/pages.ts";

/** A tree with its devices resolved, as JSON. Addresses and sizes are hexadecimal strings, cells are numbers. */
export function deviceTreeAsJson(tree: DeviceTree, rule: TranslationRule): string {
  const output = standardOutput(tree);
  const data = {
    version: tree.version,
    bootCpu: tree.bootCpu,
    reservations: tree.reservations,
    rule,
    standardOutput:
      output === undefined
        ? null
        : { path: output.path, options: output.options ?? null, node: output.node?.path ?? null },
    aliases: Object.fromEntries([...tree.aliases].map(([name, { path }]) => [name, path])),
    memory: memoryOf(tree).map((memory) => ({ ...memory, reg: memory.reg.map(regAsJson) })),
    reservedMemory: reservedMemoryOf(tree).map(reservedAsJson),
    nodes: resolveDevices(tree, { rule }).map((device) => ({
      ...device,
      reg: device.reg.map(regAsJson),
      assignedAddresses: device.assignedAddresses.map(regAsJson),
      memoryRegions: device.memoryRegions.map(({ path }) => path),
    })),
  };
  return JSON.stringify(data, (_, value: unknown) => (typeof value === "bigint" ? hex(value) : value), 2);
}

function reservedAsJson(reserved: ReservedMemory) {
  const { dynamic } = reserved;
  return {
    ...reserved,
    reg: reserved.reg.map(regAsJson),
    dynamic: dynamic === null ? null : { ...dynamic, within: dynamic.within.map(regAsJson) },
  };
}

function regAsJson(reg: RegDescription) {
  return reg.kind === "cpu" ? { ...reg, base: hex(reg.base), size: hex(reg.size) } : reg;
}
