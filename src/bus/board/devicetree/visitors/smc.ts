import { ZxError } from "../../../../zx/error.ts";
import type { Visitor } from "../visitor.ts";

/** `smcs = <base count exclusive>, ...`: ranges of secure monitor calls, with names in `smc-names`. */
export const smcVisitor: Visitor = {
  name: "smc",
  visit(device) {
    const cells = device.node.get("smcs")?.cells() ?? [];
    if (cells.length % 3 !== 0)
      throw new ZxError(
        "INVALID_ARGS",
        `smcs has ${cells.length} cells, not triples of base, count, exclusive`,
      );
    const names = device.node.get("smc-names")?.strings() ?? [];
    for (let i = 0; i < cells.length; i += 3) {
      device.addSmc({
        serviceCallNumBase: cells[i]!,
        count: cells[i + 1]!,
        exclusive: cells[i + 2] !== 0,
        ...(names[i / 3] !== undefined && { name: names[i / 3] }),
      });
    }
  },
};
