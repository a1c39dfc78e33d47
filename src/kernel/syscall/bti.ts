import { BtiPin, ResourceKind, SystemResource } from "../../zx/constants.ts";
import { ZxError } from "../../zx/error.ts";
import { hex, isPageAligned, PAGE_SIZE } from "../../zx/pages.ts";
import { DefaultRights, Rights, rightsNames } from "../../zx/rights.ts";
import type { Zx } from "../../zx/syscalls.ts";
import { BtiDispatcher, PmtDispatcher } from "../object/bti_dispatcher.ts";
import type { KernelHandle } from "../object/handle.ts";
import { IommuDispatcher } from "../object/iommu_dispatcher.ts";
import type { ProcessDispatcher } from "../object/process_dispatcher.ts";
import { ResourceDispatcher } from "../object/resource_dispatcher.ts";
import { VmoDispatcher } from "../object/vmo_dispatcher.ts";
import { mask32, noOptions, unsigned } from "./arguments.ts";

type Calls = Pick<Zx, "iommuCreate" | "btiCreate" | "btiPin" | "btiReleaseQuarantine" | "pmtUnpin">;

/** ZX_IOMMU_TYPE_DUMMY. */
const DUMMY_IOMMU = 0;
const PERMISSIONS = BtiPin.PERM_READ | BtiPin.PERM_WRITE | BtiPin.PERM_EXECUTE;

/** What a device needs of memory (zircon.md 1.10). */
export function btiCalls(process: ProcessDispatcher): Calls {
  const { core, handles } = process;
  return {
    iommuCreate(resource, type) {
      const wanted = mask32(type, "type");
      const region = { base: SystemResource.IOMMU, size: 1 };
      handles.get(resource, ResourceDispatcher).validate(ResourceKind.SYSTEM, region);
      if (wanted !== DUMMY_IOMMU)
        throw new ZxError("NOT_SUPPORTED", `an IOMMU of type ${wanted}: there is only the dummy, 0`);
      return handles.open(new IommuDispatcher(core), DefaultRights.IOMMU);
    },

    btiCreate(iommu, options, btiId) {
      noOptions(options, "bti_create");
      const id = unsigned(btiId, "btiId");
      return handles.open(
        new BtiDispatcher(core, handles.get(iommu, IommuDispatcher), id),
        DefaultRights.BTI,
      );
    },

    btiPin(bti, options, vmo, offset, size) {
      const flags = mask32(options, "options");
      const [start, length] = [unsigned(offset, "offset"), unsigned(size, "size")];
      const device = handles.get(bti, BtiDispatcher, Rights.MAP);
      if (!isPageAligned(start) || !isPageAligned(length)) {
        throw new ZxError("INVALID_ARGS", `bti_pin of [${hex(start)}, +${hex(length)}): not whole pages`);
      }
      const source = handles.handleOf(vmo, VmoDispatcher, Rights.MAP);
      checkPin(flags, source);
      const pmt = device.pin((source.object as VmoDispatcher).vmo, start, length);
      const unit = unitOf(flags, length, device);
      return { addrs: pmt.addresses(unit), pmt: handles.open(pmt, DefaultRights.PMT) };
    },

    btiReleaseQuarantine(bti) {
      handles.get(bti, BtiDispatcher, Rights.WRITE).releaseQuarantine();
    },

    pmtUnpin(value) {
      // Whatever it is a handle to, it is gone.
      const handle = handles.remove(value);
      try {
        if (!(handle.object instanceof PmtDispatcher)) {
          throw new ZxError("WRONG_TYPE", `pmt_unpin: ${handle.object.describe()} is not a pmt`);
        }
        handle.object.unpin();
      } finally {
        handle.close();
      }
    },
  };
}

/** ACCESS_DENIED for permissions that the VMO's handle has not; INVALID_ARGS for what does not go together. */
function checkPin(options: number, source: KernelHandle): void {
  // What a device may execute is not what the processor may: READ is asked for.
  const needsRead = (options & (BtiPin.PERM_READ | BtiPin.PERM_EXECUTE)) !== 0;
  const needsWrite = (options & BtiPin.PERM_WRITE) !== 0;
  const needed = (needsRead ? Rights.READ : 0) | (needsWrite ? Rights.WRITE : 0);
  if (!source.hasRights(needed)) {
    throw new ZxError("ACCESS_DENIED", `bti_pin needs ${rightsNames(needed)} of ${source.describe()}`);
  }
  const layout = options & (BtiPin.COMPRESS | BtiPin.CONTIGUOUS);
  const { vmo } = source.object as VmoDispatcher;
  const known = PERMISSIONS | BtiPin.COMPRESS | BtiPin.CONTIGUOUS;
  if (
    layout === (BtiPin.COMPRESS | BtiPin.CONTIGUOUS) ||
    (options & ~known) !== 0 ||
    (options & PERMISSIONS) === 0
  ) {
    throw new ZxError("INVALID_ARGS", `bti_pin: options ${hex(options)} do not exist, or not together`);
  }
  if (layout === BtiPin.CONTIGUOUS && !vmo.contiguous) {
    throw new ZxError("INVALID_ARGS", `bti_pin with CONTIGUOUS: ${vmo.describe()} is not contiguous`);
  }
}

/** Bytes that each address in the result stands for. */
function unitOf(options: number, size: number, bti: BtiDispatcher): number {
  if ((options & BtiPin.CONTIGUOUS) !== 0) return size;
  return (options & BtiPin.COMPRESS) !== 0 ? bti.minimumContiguity : PAGE_SIZE;
}
