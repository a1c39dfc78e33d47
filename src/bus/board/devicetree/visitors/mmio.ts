import { ZxError } from "../../../../zx/error.ts";
import type { BoardDevice } from "../board_device.ts";
import type { Visitor } from "../visitor.ts";

/** `reg`, as ranges of the machine's memory, and the regions that `memory-region` refers to. */
export const mmioVisitor: Visitor = {
  name: "mmio",
  visit(device) {
    if (device.registerType !== "mmio") return;
    const { reg } = device.description;
    const names = device.node.get("reg-names")?.strings() ?? [];
    if (names.length > reg.length)
      throw new ZxError("INVALID_ARGS", `${names.length} reg-names for ${reg.length} entries of reg`);
    for (const entry of reg) {
      const name = entry.name ?? undefined;
      if (entry.kind === "cpu") {
        device.addMmio({ base: entry.base, length: entry.size, name });
        if (entry.note !== null) device.note(`reg ${entry.index}: ${entry.note}`);
      } else if (entry.kind === "unresolved") {
        // The registers are there, nobody knows where: so their driver learns, and the index of the others stays as it is.
        device.addMmio({ base: undefined, length: Number(entry.busSize), name });
        device.note(`reg ${entry.index}: ${entry.reason}`);
      } else break;
    }
    addMemoryRegions(device);
  },
};

function addMemoryRegions(device: BoardDevice): void {
  const names = device.node.get("memory-region-names")?.strings() ?? [];
  for (const [i, region] of device.description.memoryRegions.entries()) {
    for (const entry of region.reg)
      if (entry.kind === "cpu") device.addMmio({ base: entry.base, length: entry.size, name: names[i] });
  }
}
