import { JobPolicyCondition, VmOption } from "../../zx/constants.ts";
import { Rights } from "../../zx/rights.ts";
import type { Zx } from "../../zx/syscalls.ts";
import type { KernelHandle } from "../object/handle.ts";
import type { ProcessDispatcher } from "../object/process_dispatcher.ts";
import { VmarDispatcher } from "../object/vmar_dispatcher.ts";
import { VmoDispatcher } from "../object/vmo_dispatcher.ts";
import type { VmAddressRegion } from "../vm/vm_address_region.ts";
import { mask32, unsigned } from "./arguments.ts";

type Calls = Pick<
  Zx,
  "vmarAllocate" | "vmarMap" | "vmarUnmap" | "vmarProtect" | "vmarDestroy" | "vmarOpRange"
>;

const WRITE_AND_EXECUTE = VmOption.PERM_WRITE | VmOption.PERM_EXECUTE;

/** VMARs (zircon.md 1.7). */
export function vmarCalls(process: ProcessDispatcher): Calls {
  const { core, handles } = process;
  const unmapping = attribution(process, "vmar_unmap");
  const protecting = attribution(process, "vmar_protect");
  const destroying = attribution(process, "vmar_destroy");

  const enforceWriteXorExecute = (options: number): void => {
    if ((options & WRITE_AND_EXECUTE) === WRITE_AND_EXECUTE) process.enforce(JobPolicyCondition.VMAR_WX);
  };

  return {
    vmarAllocate(parent, options, offset, size) {
      const flags = mask32(options, "options");
      const range = { offset: unsigned(offset, "offset"), size: unsigned(size, "size") };
      const needed = rightsFor(
        flags,
        VmOption.CAN_MAP_READ,
        VmOption.CAN_MAP_WRITE,
        VmOption.CAN_MAP_EXECUTE,
      );
      const region = handles
        .get(parent, VmarDispatcher, needed)
        .region.allocate({ options: flags, ...range });
      const vmar = new VmarDispatcher(core, region);
      return { vmar: handles.open(vmar, vmar.initialRights), address: region.base };
    },

    vmarMap(vmar, options, vmarOffset, vmo, vmoOffset, length) {
      const flags = mask32(options, "options");
      const where = unsigned(vmarOffset, "vmarOffset");
      const from = unsigned(vmoOffset, "vmoOffset");
      const size = unsigned(length, "length");
      const region = handles.handleOf(vmar, VmarDispatcher);
      const source = handles.handleOf(vmo, VmoDispatcher, Rights.MAP);
      enforceWriteXorExecute(flags);
      return (region.object as VmarDispatcher).region.map({
        options: flags,
        vmarOffset: where,
        vmo: (source.object as VmoDispatcher).vmo,
        vmoOffset: from,
        length: size,
        vmarPermissions: permissions(region),
        vmoPermissions: permissions(source),
      }).base;
    },

    vmarUnmap(vmar, address, length) {
      const start = unsigned(address, "address");
      const size = unsigned(length, "length");
      const handle = handles.handleOf(vmar, VmarDispatcher);
      regionOf(handle).unmap(start, size, {
        children: handle.hasRights(Rights.OP_CHILDREN),
        by: unmapping(),
      });
    },

    vmarProtect(vmar, options, address, length) {
      const flags = mask32(options, "options");
      const range = [unsigned(address, "address"), unsigned(length, "length")] as const;
      const needed = rightsFor(flags, VmOption.PERM_READ, VmOption.PERM_WRITE, VmOption.PERM_EXECUTE);
      const handle = handles.handleOf(vmar, VmarDispatcher, needed);
      enforceWriteXorExecute(flags);
      regionOf(handle).protect(flags, ...range, {
        children: handle.hasRights(Rights.OP_CHILDREN),
        by: protecting(),
      });
    },

    vmarDestroy(vmar) {
      handles.get(vmar, VmarDispatcher, Rights.OP_CHILDREN).region.destroy(destroying());
    },

    vmarOpRange(vmar, op, address, size) {
      const operation = mask32(op, "op");
      const range = [unsigned(address, "address"), unsigned(size, "size")] as const;
      const handle = handles.handleOf(vmar, VmarDispatcher);
      regionOf(handle).opRange(operation, ...range, {
        children: handle.hasRights(Rights.OP_CHILDREN),
        writable: handle.hasRights(Rights.WRITE),
      });
    },
  };
}

/** `vmar_unmap by process "pci" (koid 1041)`, for the message of a later fault: made once, and again when the name changes. */
function attribution(process: ProcessDispatcher, call: string): () => string {
  let name: string | undefined;
  let text = "";
  return () => {
    if (process.label !== name) {
      name = process.label;
      text = `${call} by ${process.describe()}`;
    }
    return text;
  };
}

function regionOf(handle: KernelHandle): VmAddressRegion {
  return (handle.object as VmarDispatcher).region;
}

/** READ, WRITE and EXECUTE for those of three option bits that are set. */
function rightsFor(options: number, read: number, write: number, execute: number): number {
  let rights = 0;
  if ((options & read) !== 0) rights |= Rights.READ;
  if ((options & write) !== 0) rights |= Rights.WRITE;
  if ((options & execute) !== 0) rights |= Rights.EXECUTE;
  return rights;
}

/** What a handle allows a mapping to do. */
function permissions({ rights }: KernelHandle): number {
  let allowed = 0;
  if ((rights & Rights.READ) !== 0) allowed |= VmOption.PERM_READ;
  if ((rights & Rights.WRITE) !== 0) allowed |= VmOption.PERM_WRITE;
  if ((rights & Rights.EXECUTE) !== 0) allowed |= VmOption.PERM_EXECUTE;
  return allowed;
}
