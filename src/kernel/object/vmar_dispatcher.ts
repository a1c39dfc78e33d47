import { ObjectType, VmOption } from "../../zx/constants.ts";
import { hex } from "../../zx/pages.ts";
import { DefaultRights, Rights } from "../../zx/rights.ts";
import type { VmAddressRegion } from "../vm/vm_address_region.ts";
import { Dispatcher } from "./dispatcher.ts";
import type { KernelCore } from "./kernel_core.ts";

/** What handles hold of a VMAR. Closing them changes nothing in the address space. */
export class VmarDispatcher extends Dispatcher {
  static readonly TYPE = ObjectType.VMAR;
  readonly region: VmAddressRegion;

  constructor(core: KernelCore, region: VmAddressRegion) {
    super(core, ObjectType.VMAR);
    this.region = region;
  }

  /** READ, WRITE and EXECUTE of the first handle come from what may be mapped in the region. */
  get initialRights(): number {
    const { canMap } = this.region;
    let rights: number = DefaultRights.VMAR;
    if ((canMap & VmOption.CAN_MAP_READ) !== 0) rights |= Rights.READ;
    if ((canMap & VmOption.CAN_MAP_WRITE) !== 0) rights |= Rights.WRITE;
    if ((canMap & VmOption.CAN_MAP_EXECUTE) !== 0) rights |= Rights.EXECUTE;
    return rights;
  }

  override describe(): string {
    const { base, size } = this.region;
    return `vmar [${hex(base)}, ${hex(base + size)}) (koid ${this.koid})`;
  }
}
