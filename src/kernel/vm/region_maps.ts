/** ZX_INFO_PROCESS_MAPS and ZX_INFO_VMAR_MAPS: the tree as a list, depth first and pre-order. */
import type { MapsEntry } from "../../zx/syscalls.ts";
import type { VmAddressRegion } from "./vm_address_region.ts";
import type { VmMapping } from "./vm_mapping.ts";

export function regionMaps(root: VmAddressRegion, depth: number): MapsEntry[] {
  const entries: MapsEntry[] = [];
  const visit = (region: VmAddressRegion, level: number) => {
    entries.push({ type: "vmar", name: region.name, base: region.base, size: region.size, depth: level });
    for (const child of region.children) {
      if (child.kind === "region") visit(child, level + 1);
      else entries.push(...mappingEntries(child, level + 1));
    }
  };
  visit(root, depth);
  return entries;
}

/** One entry for every run of equal permissions. */
function mappingEntries(mapping: VmMapping, depth: number): MapsEntry[] {
  return mapping.protection.map(({ start, end, permissions }) => ({
    type: "mapping",
    name: mapping.vmo.name,
    base: mapping.base + start,
    size: end - start,
    depth,
    mapping: {
      permissions,
      cachePolicy: mapping.cachePolicy,
      memoryType: mapping.memoryType.name,
      vmoKoid: mapping.vmo.koid,
      vmoOffset: mapping.vmoOffset + start,
      committedBytes: mapping.committedBytes(mapping.base + start, mapping.base + end),
    },
  }));
}
