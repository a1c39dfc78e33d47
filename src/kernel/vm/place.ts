/** The "sub-region check" of zircon.md 1.7, which vmar_allocate and vmar_map share, and the place that it leads to. */
import { VmOption } from "../../zx/constants.ts";
import { ZxError } from "../../zx/error.ts";
import { hex, isPageAligned } from "../../zx/pages.ts";
import type { IntervalTree } from "./interval_tree.ts";
import { alignmentOf, permissionNames, permissionsOf } from "./region_options.ts";
import { findSpot } from "./spot.ts";
import type { VmAddressRegion, VmChild } from "./vm_address_region.ts";

export interface PlaceRequest {
  readonly options: number;
  readonly offset: number;
  readonly size: number;
  /** PERM_* bits that the child is to have, or to allow. */
  readonly permissions: number;
}

type Children = IntervalTree<VmChild>;

/** The address for a child of a live region. Checks in the order of zircon.md. */
export function choosePlace(
  region: VmAddressRegion,
  children: Children,
  compact: boolean,
  { options, offset, size, permissions }: PlaceRequest,
): number {
  if (size === 0) throw new ZxError("INVALID_ARGS", "a size of 0 bytes");
  const allowed = permissionsOf(region.canMap);
  if ((permissions & ~allowed) !== 0) {
    const asked = `${permissionNames(permissions)} in ${region.describe()}`;
    throw new ZxError("ACCESS_DENIED", `${asked}, which allows ${permissionNames(allowed)}`);
  }
  const overwrite = (options & VmOption.SPECIFIC_OVERWRITE) !== 0;
  const specific = overwrite || (options & VmOption.SPECIFIC) !== 0;
  const isLimit = (options & VmOption.OFFSET_IS_UPPER_LIMIT) !== 0;
  if (specific && isLimit) {
    throw new ZxError("INVALID_ARGS", "SPECIFIC and OFFSET_IS_UPPER_LIMIT exclude each other");
  }
  if (!specific && !isLimit && offset !== 0) {
    throw new ZxError("INVALID_ARGS", `offset ${hex(offset)} without SPECIFIC or OFFSET_IS_UPPER_LIMIT`);
  }
  if (!isPageAligned(offset)) throw new ZxError("INVALID_ARGS", `offset ${hex(offset)} is not page aligned`);
  if ((specific || isLimit) && (region.canMap & VmOption.CAN_MAP_SPECIFIC) === 0) {
    const what = `a place by offset in ${region.describe()}`;
    throw new ZxError("ACCESS_DENIED", `${what}, which lacks CAN_MAP_SPECIFIC`);
  }
  const alignment = alignmentOf(options);
  if (!specific) return freePlace(region, children, compact, size, alignment, isLimit ? offset : undefined);
  if (offset >= region.size || size > region.size - offset) {
    const range = `offset ${hex(offset)} + ${hex(size)}`;
    throw new ZxError(
      "INVALID_ARGS",
      `${range} is not inside ${region.describe()} of ${hex(region.size)} bytes`,
    );
  }
  const address = region.base + offset;
  if (address % alignment !== 0) {
    throw new ZxError("INVALID_ARGS", `address ${hex(address)} is not aligned to ${hex(alignment)}`);
  }
  checkVacant(children, address, address + size, overwrite);
  return address;
}

function checkVacant(children: Children, start: number, end: number, overwrite: boolean): void {
  for (const child of children.overlapping(start, end)) {
    const there = `[${hex(start)}, ${hex(end)}): ${child.describe()}`;
    if (!overwrite) throw new ZxError("ALREADY_EXISTS", `${there} is there`);
    if (child.kind === "region") throw new ZxError("INVALID_ARGS", `${there} cannot be overwritten`);
  }
}

/** `upperLimit`: an offset in the region that the child must end at or below. */
function freePlace(
  region: VmAddressRegion,
  children: Children,
  compact: boolean,
  size: number,
  alignment: number,
  upperLimit: number | undefined,
): number {
  const inRegion = () => `${region.describe()} of ${hex(region.size)} bytes`;
  if (upperLimit !== undefined && (upperLimit > region.size || size > upperLimit)) {
    throw new ZxError("INVALID_ARGS", `${hex(size)} bytes below offset ${hex(upperLimit)} of ${inRegion()}`);
  }
  if (size > region.size) throw new ZxError("INVALID_ARGS", `${hex(size)} bytes in ${inRegion()}`);
  const limit = upperLimit === undefined ? region.end : region.base + upperLimit;
  const address = findSpot(
    { tree: children, base: region.base, limit, compact },
    size,
    alignment,
    region.aspace.random,
  );
  if (address >= 0) return address;
  const asked = `no gap of ${hex(size)} bytes aligned to ${hex(alignment)} below ${hex(limit)}`;
  throw new ZxError("NO_RESOURCES", `${asked} in ${inRegion()} with ${children.count} children`);
}
