import { ResourceKind, SystemResource } from "../../zx/constants.ts";
import { DefaultRights, Rights } from "../../zx/rights.ts";
import type { Zx } from "../../zx/syscalls.ts";
import { MsiAllocationDispatcher } from "../object/msi_allocation_dispatcher.ts";
import { MsiInterrupt } from "../object/msi_interrupt.ts";
import type { ProcessDispatcher } from "../object/process_dispatcher.ts";
import { ResourceDispatcher } from "../object/resource_dispatcher.ts";
import { VmoDispatcher } from "../object/vmo_dispatcher.ts";
import { mask32, unsigned } from "./arguments.ts";

type Calls = Pick<Zx, "msiAllocate" | "msiCreate">;

/** Message-signalled interrupts (zircon.md 1.15). */
export function msiCalls(process: ProcessDispatcher): Calls {
  const { core, handles } = process;
  return {
    msiAllocate(resource, count) {
      const wanted = mask32(count, "count");
      const region = { base: SystemResource.MSI, size: 1 };
      handles.get(resource, ResourceDispatcher).validate(ResourceKind.SYSTEM, region);
      return handles.open(MsiAllocationDispatcher.create(core, wanted), DefaultRights.MSI);
    },

    msiCreate(msi, options, msiId, vmo, vmoOffset) {
      const flags = mask32(options, "options");
      const id = mask32(msiId, "msiId");
      const offset = unsigned(vmoOffset, "vmoOffset");
      const allocation = handles.get(msi, MsiAllocationDispatcher);
      const registers = handles.get(vmo, VmoDispatcher, Rights.MAP).vmo;
      const wanted = { allocation, options: flags, id, vmo: registers, vmoOffset: offset };
      return handles.open(MsiInterrupt.create(core, wanted), DefaultRights.INTERRUPT);
    },
  };
}
