/** zx_vmar_op_range: an operation on whatever a range of addresses maps. */
import { VmarOp, VmOption } from "../../zx/constants.ts";
import { ZxError } from "../../zx/error.ts";
import { hex, isPageAligned, roundUp } from "../../zx/pages.ts";
import type { VmAddressRegion } from "./vm_address_region.ts";
import type { VmMapping } from "./vm_mapping.ts";

interface Piece {
  readonly mapping: VmMapping;
  readonly start: number;
  readonly end: number;
}

/** Operations that change memory: not through sub-regions, and not without WRITE. */
const CHANGING: readonly number[] = [VmarOp.COMMIT, VmarOp.DECOMMIT, VmarOp.ZERO];

/**
 * All of the range is looked at before anything is done; what the VMOs themselves refuse ends it half-way, as in Zircon.
 */
export function applyRegionOp(
  region: VmAddressRegion,
  op: number,
  address: number,
  size: number,
  rights: { children: boolean; writable: boolean },
): void {
  if (!(Object.values(VmarOp) as number[]).includes(op))
    throw new ZxError("INVALID_ARGS", `vmar_op_range of operation ${op}`);
  if (size === 0) throw new ZxError("INVALID_ARGS", "vmar_op_range of 0 bytes");
  if (!isPageAligned(address))
    throw new ZxError("INVALID_ARGS", `vmar_op_range at ${hex(address)}: not page aligned`);
  const changing = CHANGING.includes(op);
  if (changing && !rights.writable) throw new ZxError("ACCESS_DENIED", "the VMAR's handle lacks WRITE");
  if (!region.alive) throw new ZxError("BAD_STATE", `${region.describe()} is destroyed`);
  const length = roundUp(size);
  if (address < region.base || address > region.end || length > region.end - address) {
    throw new ZxError(
      "OUT_OF_RANGE",
      `[${hex(address)}, ${hex(address + length)}) is not inside ${region.describe()}`,
    );
  }
  const pieces: Piece[] = [];
  collect(region, address, address + length, changing, rights.children, pieces);
  for (const piece of pieces) apply(op, piece);
}

function collect(
  region: VmAddressRegion,
  start: number,
  end: number,
  changing: boolean,
  children: boolean,
  pieces: Piece[],
): void {
  let at = start;
  for (const child of region.overlapping(start, end)) {
    if (child.base > at) break;
    const stop = Math.min(end, child.end);
    if (child.kind === "region") {
      if (changing || !children) throw new ZxError("INVALID_ARGS", `${child.describe()} is a sub-region`);
      collect(child, at, stop, changing, children, pieces);
    } else {
      if (changing && (child.ceiling & VmOption.PERM_WRITE) === 0) {
        throw new ZxError("ACCESS_DENIED", `${child.describe()} was mapped from a handle without WRITE`);
      }
      pieces.push({ mapping: child, start: at, end: stop });
    }
    at = stop;
  }
  if (at < end)
    throw new ZxError("BAD_STATE", `[${hex(start)}, ${hex(end)}): nothing is mapped at ${hex(at)}`);
}

function apply(op: number, { mapping, start, end }: Piece): void {
  const { vmo } = mapping;
  const offset = mapping.vmoOffset + (start - mapping.base);
  const size = end - start;
  switch (op) {
    case VmarOp.COMMIT:
      vmo.commit(offset, size);
      mapping.populate(start, end);
      break;
    case VmarOp.DECOMMIT:
      vmo.decommit(offset, size);
      break;
    case VmarOp.ZERO:
      vmo.zero(offset, size);
      break;
    case VmarOp.MAP_RANGE:
      mapping.populate(start, end);
      break;
    default:
      vmo.prefetch(offset, size);
  }
}
