import { ObjectType } from "../../zx/constants.ts";
import { PAGE_SIZE } from "../../zx/pages.ts";
import { Dispatcher } from "./dispatcher.ts";
import type { KernelCore } from "./kernel_core.ts";

/** The "dummy" IOMMU: devices see physical addresses, every device id is valid, and nothing is checked. */
export class IommuDispatcher extends Dispatcher {
  static readonly TYPE = ObjectType.IOMMU;
  readonly minimumContiguity = PAGE_SIZE;
  readonly aspaceSize = 0xffff_ffff_ffff_ffffn;

  constructor(core: KernelCore) {
    super(core, ObjectType.IOMMU);
  }
}
