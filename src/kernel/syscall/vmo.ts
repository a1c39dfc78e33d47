import type { Accessor } from "../../machine/machine.ts";
import {
  CachePolicy,
  INVALID_HANDLE,
  JobPolicyCondition,
  ResourceKind,
  SystemResource,
  VmoChildOption,
  VmoOption,
} from "../../zx/constants.ts";
import { ZxError } from "../../zx/error.ts";
import { hex, PAGE_SHIFT } from "../../zx/pages.ts";
import { DefaultRights, Rights } from "../../zx/rights.ts";
import type { Zx } from "../../zx/syscalls.ts";
import { BtiDispatcher } from "../object/bti_dispatcher.ts";
import { KernelHandle } from "../object/handle.ts";
import type { ProcessDispatcher } from "../object/process_dispatcher.ts";
import { ResourceDispatcher } from "../object/resource_dispatcher.ts";
import { VmoDispatcher } from "../object/vmo_dispatcher.ts";
import type { ChildKind, VmObject } from "../vm/vm_object.ts";
import { VmObjectPaged } from "../vm/vm_object_paged.ts";
import { VmObjectPhysical } from "../vm/vm_object_physical.ts";
import { bytes, mask32, unsigned } from "./arguments.ts";
import { vmoOpRange } from "./vmo_op_range.ts";

type Calls = Pick<
  Zx,
  | "vmoCreate"
  | "vmoCreateContiguous"
  | "vmoCreatePhysical"
  | "vmoCreateChild"
  | "vmoRead"
  | "vmoWrite"
  | "vmoGetSize"
  | "vmoSetSize"
  | "vmoGetStreamSize"
  | "vmoSetStreamSize"
  | "vmoOpRange"
  | "vmoSetCachePolicy"
  | "vmoReplaceAsExecutable"
>;

const CREATE_OPTIONS = VmoOption.RESIZABLE | VmoOption.DISCARDABLE | VmoOption.UNBOUNDED;

const CHILD_KINDS = new Map<number, ChildKind>([
  [VmoChildOption.SNAPSHOT, "snapshot"],
  [VmoChildOption.SNAPSHOT_AT_LEAST_ON_WRITE, "snapshotAtLeastOnWrite"],
  // Of pages that a pager's VMO has modified; without a pager a snapshot of all of them.
  [VmoChildOption.SNAPSHOT_MODIFIED, "snapshot"],
  [VmoChildOption.SLICE, "slice"],
  [VmoChildOption.REFERENCE, "reference"],
]);
const CHILD_KIND_MASK = [...CHILD_KINDS.keys()].reduce((mask, bit) => mask | bit, 0);
const CHILD_MODIFIERS = VmoChildOption.RESIZABLE | VmoChildOption.NO_WRITE;

/** VMOs (zircon.md 1.5 and 1.6). */
export function vmoCalls(process: ProcessDispatcher): Calls {
  const { core, handles } = process;

  const open = (vmo: VmObject, rights: number): number => handles.open(new VmoDispatcher(core, vmo), rights);
  const reading = () => `vmo_read by ${process.describe()}`;
  const writing = () => `vmo_write by ${process.describe()}`;
  const maintainer: Accessor = { kind: "program", describe: () => `vmo_op_range by ${process.describe()}` };
  const find = (value: number, rights = 0): VmObject => handles.get(value, VmoDispatcher, rights).vmo;

  return {
    vmoCreate(size, options) {
      const flags = mask32(options, "options");
      const bytesWanted = unsigned(size, "size");
      const unbounded = (flags & VmoOption.UNBOUNDED) !== 0;
      const resizable = (flags & VmoOption.RESIZABLE) !== 0;
      if ((flags & ~CREATE_OPTIONS) !== 0 || (unbounded && resizable)) throw badOptions("vmo_create", flags);
      process.enforce(JobPolicyCondition.NEW_VMO);
      const discardable = (flags & VmoOption.DISCARDABLE) !== 0;
      const koid = core.newKoid();
      const vmo = VmObjectPaged.create(core.frames, {
        koid,
        size: bytesWanted,
        resizable,
        discardable,
        unbounded,
      });
      return open(vmo, DefaultRights.VMO | (resizable ? Rights.RESIZE : 0));
    },

    vmoCreateContiguous(bti, size, alignmentLog2) {
      const bytesWanted = unsigned(size, "size");
      const alignment = mask32(alignmentLog2, "alignment");
      if (bytesWanted === 0 || (alignment !== 0 && (alignment < PAGE_SHIFT || alignment >= 64))) {
        const asked = `${hex(bytesWanted)} bytes aligned to 2^${alignment}`;
        throw new ZxError(
          "INVALID_ARGS",
          `vmo_create_contiguous: ${asked}: not empty, and at least a page (2^${PAGE_SHIFT})`,
        );
      }
      process.enforce(JobPolicyCondition.NEW_VMO);
      handles.get(bti, BtiDispatcher, Rights.MAP);
      const options = { koid: core.newKoid(), size: bytesWanted, alignmentLog2: alignment };
      return open(VmObjectPaged.createContiguous(core.frames, options), DefaultRights.VMO);
    },

    vmoCreatePhysical(resource, paddr, size) {
      const range = { base: unsigned(paddr, "paddr"), size: unsigned(size, "size") };
      process.enforce(JobPolicyCondition.NEW_VMO);
      handles.get(resource, ResourceDispatcher).validate(ResourceKind.MMIO, range);
      const resolve = (base: number, length: number) => core.resolve(base, length);
      const vmo = VmObjectPhysical.create(core.frames, { koid: core.newKoid(), range, resolve });
      if (vmo.device === undefined) core.resolved(paddr, vmo.size, "RAM", "direct");
      return open(vmo, DefaultRights.VMO);
    },

    vmoCreateChild(value, options, offset, size) {
      const flags = mask32(options, "options");
      const start = unsigned(offset, "offset");
      const length = unsigned(size, "size");
      if ((flags & ~(CHILD_KIND_MASK | CHILD_MODIFIERS)) !== 0) throw badOptions("vmo_create_child", flags);
      const parent = handles.handleOf(value, VmoDispatcher, Rights.DUPLICATE | Rights.READ);
      const { vmo } = parent.object as VmoDispatcher;
      const resizable = (flags & VmoChildOption.RESIZABLE) !== 0;
      const noWrite = (flags & VmoChildOption.NO_WRITE) !== 0;
      if (noWrite && resizable) throw badOptions("vmo_create_child", flags);
      if (vmo.discardable)
        throw new ZxError("NOT_SUPPORTED", `${vmo.describe()} is discardable: it has no children`);
      const kind = CHILD_KINDS.get(flags & CHILD_KIND_MASK);
      if (kind === undefined || (kind === "slice" && resizable)) throw badOptions("vmo_create_child", flags);
      const child = vmo.createChild({ koid: core.newKoid(), kind, resizable, offset: start, size: length });
      return open(child, childRights(parent.rights, kind, resizable, noWrite));
    },

    vmoRead(value, into, offset) {
      const buffer = bytes(into, "into");
      const start = unsigned(offset, "offset");
      const vmo = find(value, Rights.READ);
      core.frames.onBehalfOf(reading, () => vmo.read(start, buffer));
    },

    vmoWrite(value, from, offset) {
      const buffer = bytes(from, "from");
      const start = unsigned(offset, "offset");
      const vmo = find(value, Rights.WRITE);
      core.frames.onBehalfOf(writing, () => vmo.write(start, buffer));
    },

    vmoGetSize(value) {
      return find(value).size;
    },

    vmoSetSize(value, size) {
      const wanted = unsigned(size, "size");
      const handle = handles.handleOf(value, VmoDispatcher);
      const { vmo } = handle.object as VmoDispatcher;
      // Zircon says what can never be done before it says what this handle may not do.
      if (!vmo.resizable) throw new ZxError("UNAVAILABLE", `${vmo.describe()} is not resizable`);
      handles.handle(value, Rights.RESIZE);
      vmo.resize(wanted);
    },

    vmoGetStreamSize(value) {
      return find(value).streamSize;
    },

    vmoSetStreamSize(value, size) {
      const wanted = unsigned(size, "size");
      find(value, Rights.WRITE).setStreamSize(wanted);
    },

    vmoOpRange(value, op, offset, size) {
      const range = { offset: unsigned(offset, "offset"), size: unsigned(size, "size") };
      return vmoOpRange(core, handles.handleOf(value, VmoDispatcher), mask32(op, "op"), range, maintainer);
    },

    vmoSetCachePolicy(value, policy) {
      const wanted = mask32(policy, "policy");
      if (wanted > CachePolicy.MASK)
        throw new ZxError("INVALID_ARGS", `cache policy ${hex(wanted)} does not exist`);
      find(value, Rights.MAP).setCachePolicy(wanted);
    },

    vmoReplaceAsExecutable(value, vmex) {
      const handle = handles.remove(value);
      try {
        if (vmex === INVALID_HANDLE) process.enforce(JobPolicyCondition.AMBIENT_MARK_VMO_EXEC);
        else {
          const base = SystemResource.VMEX;
          handles.get(vmex, ResourceDispatcher).validate(ResourceKind.SYSTEM, { base, size: 1 });
        }
        if (!(handle.object instanceof VmoDispatcher)) {
          throw new ZxError(
            "BAD_HANDLE",
            `vmo_replace_as_executable: ${handle.object.describe()} is not a VMO`,
          );
        }
        return handles.add(new KernelHandle(handle.object, handle.rights | Rights.EXECUTE));
      } finally {
        handle.close();
      }
    },
  };
}

/** The parent handle's rights; what a copy may do that its original may not, and the other way round. */
function childRights(parent: number, kind: ChildKind, resizable: boolean, noWrite: boolean): number {
  let rights = (parent | Rights.GET_PROPERTY | Rights.SET_PROPERTY) & ~Rights.RESIZE;
  if (kind === "snapshot" || kind === "snapshotAtLeastOnWrite")
    rights = (rights | Rights.WRITE) & ~Rights.EXECUTE;
  if (noWrite) rights &= ~Rights.WRITE;
  return resizable ? rights | Rights.RESIZE : rights;
}

function badOptions(call: string, options: number): ZxError {
  return new ZxError("INVALID_ARGS", `${call}: options ${hex(options)} do not exist, or not together`);
}
