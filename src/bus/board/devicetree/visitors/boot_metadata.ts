import { ZxError } from "../../../../zx/error.ts";
import type { Visitor } from "../visitor.ts";

/** `boot-metadata = <type extra>, ...`: items that the boot loader has for the device's driver. */
export const bootMetadataVisitor: Visitor = {
  name: "boot-metadata",
  visit(device) {
    const cells = device.node.get("boot-metadata")?.cells() ?? [];
    if (cells.length % 2 !== 0)
      throw new ZxError(
        "INVALID_ARGS",
        `boot-metadata has ${cells.length} cells, not pairs of type and extra`,
      );
    for (let i = 0; i < cells.length; i += 2) device.addBootMetadata(cells[i]!, cells[i + 1]!);
  },
};
