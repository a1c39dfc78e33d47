import { ResourceFlag, ResourceKind } from "../../zx/constants.ts";
import { ZxError } from "../../zx/error.ts";
import { hex } from "../../zx/pages.ts";
import { DefaultRights, Rights } from "../../zx/rights.ts";
import type { Zx } from "../../zx/syscalls.ts";
import type { ProcessDispatcher } from "../object/process_dispatcher.ts";
import { ResourceDispatcher } from "../object/resource_dispatcher.ts";
import { mask32, objectName, unsigned } from "./arguments.ts";

type Calls = Pick<Zx, "resourceCreate" | "ioportsRequest" | "ioportsRelease">;

/** Resources, and the I/O ports that they open (zircon.md 1.9 and 1.15). */
export function resourceCalls(process: ProcessDispatcher): Calls {
  const { handles } = process;

  const setPorts = (resource: number, address: number, length: number, open: boolean): void => {
    const range = { base: unsigned(address, "address"), size: unsigned(length, "length") };
    if (!process.ports.exist) throw new ZxError("NOT_SUPPORTED", "this machine has no I/O ports");
    handles.get(resource, ResourceDispatcher).validate(ResourceKind.IOPORT, range);
    process.ports.set(range.base, range.size, open);
  };

  return {
    resourceCreate(parent, options, base, size, name) {
      const flags = mask32(options, "options");
      const region = { base: unsigned(base, "base"), size: unsigned(size, "size") };
      const text = objectName(name, "name");
      const root = handles.get(parent, ResourceDispatcher, Rights.WRITE);
      const kind = flags & 0xffff;
      const unknown = flags & ResourceFlag.MASK & ~ResourceFlag.EXCLUSIVE;
      if (kind >= ResourceKind.COUNT || unknown !== 0) {
        throw new ZxError("INVALID_ARGS", `resource_create: options ${hex(flags)}: no such kind or flag`);
      }
      return handles.open(
        root.createChild(kind, flags & ResourceFlag.MASK, region, text),
        DefaultRights.RESOURCE,
      );
    },

    ioportsRequest(resource, address, length) {
      setPorts(resource, address, length, true);
    },

    ioportsRelease(resource, address, length) {
      setPorts(resource, address, length, false);
    },
  };
}
