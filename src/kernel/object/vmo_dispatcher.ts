import { ObjectType, Signals, VmoInfoFlag } from "../../zx/constants.ts";
import type { VmoInfo } from "../../zx/syscalls.ts";
import type { VmObject } from "../vm/vm_object.ts";
import { Dispatcher } from "./dispatcher.ts";
import type { KernelCore } from "./kernel_core.ts";

/** What handles hold of a VMO. The VMO itself may outlive it, in mappings, pins and children. */
export class VmoDispatcher extends Dispatcher {
  static readonly TYPE = ObjectType.VMO;
  readonly vmo: VmObject;

  /** Takes over the creator's reference of `vmo`, whose koid it has. */
  constructor(core: KernelCore, vmo: VmObject) {
    super(core, ObjectType.VMO, vmo.numChildren === 0 ? Signals.VMO_ZERO_CHILDREN : 0, vmo.koid);
    this.vmo = vmo;
    vmo.onChildrenChanged = (zero) => {
      this.updateSignals(zero ? 0 : Signals.VMO_ZERO_CHILDREN, zero ? Signals.VMO_ZERO_CHILDREN : 0);
    };
  }

  override get isNamed(): boolean {
    return true;
  }

  override get label(): string {
    return this.vmo.name;
  }

  override rename(name: string): void {
    this.vmo.name = name;
  }

  override describe(): string {
    return this.vmo.describe();
  }

  protected override onDestroy(): void {
    this.vmo.onChildrenChanged = undefined;
    this.vmo.release();
  }
}

/** A record of ZX_INFO_VMO. `via`: VmoInfoFlag.VIA_HANDLE or VIA_MAPPING. */
export function vmoInfo(vmo: VmObject, handleRights: number, via: number): VmoInfo {
  let flags = via;
  if (vmo.kind === "paged") flags |= VmoInfoFlag.TYPE_PAGED;
  if (vmo.resizable) flags |= VmoInfoFlag.RESIZABLE;
  if (vmo.isCowClone) flags |= VmoInfoFlag.IS_COW_CLONE;
  if (vmo.contiguous) flags |= VmoInfoFlag.CONTIGUOUS;
  if (vmo.discardable) flags |= VmoInfoFlag.DISCARDABLE;
  return {
    koid: vmo.koid,
    name: vmo.name,
    sizeBytes: vmo.size,
    parentKoid: vmo.parentKoid,
    numChildren: vmo.numChildren,
    numMappings: vmo.numMappings,
    shareCount: vmo.shareCount,
    flags,
    committedBytes: vmo.committedBytes,
    handleRights,
    cachePolicy: vmo.cachePolicy,
  };
}
