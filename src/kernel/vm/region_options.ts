/** The option words of vmar_allocate, vmar_map and vmar_protect: which bits go where, and what their errors are. */
import { VmOption } from "../../zx/constants.ts";
import { ZxError } from "../../zx/error.ts";
import { hex, PAGE_SIZE } from "../../zx/pages.ts";
import type { VmObject } from "./vm_object.ts";

export const PERMISSIONS = VmOption.PERM_READ | VmOption.PERM_WRITE | VmOption.PERM_EXECUTE;
export const CAN_MAP_PERMISSIONS = VmOption.CAN_MAP_READ | VmOption.CAN_MAP_WRITE | VmOption.CAN_MAP_EXECUTE;

const ALIGN_MASK = 0xff00_0000;
const ALLOCATE_BITS =
  VmOption.COMPACT |
  VmOption.SPECIFIC |
  VmOption.CAN_MAP_SPECIFIC |
  CAN_MAP_PERMISSIONS |
  VmOption.OFFSET_IS_UPPER_LIMIT;
const MAP_BITS =
  PERMISSIONS |
  VmOption.COMPACT |
  VmOption.SPECIFIC |
  VmOption.SPECIFIC_OVERWRITE |
  VmOption.CAN_MAP_SPECIFIC |
  VmOption.MAP_RANGE |
  VmOption.REQUIRE_NON_RESIZABLE |
  VmOption.ALLOW_FAULTS |
  VmOption.OFFSET_IS_UPPER_LIMIT |
  VmOption.PERM_READ_IF_XOM_UNSUPPORTED |
  VmOption.FAULT_BEYOND_STREAM_SIZE;

/** CAN_MAP_READ / PERM_READ, and so on for the others. */
const CAN_MAP_SHIFT = VmOption.CAN_MAP_READ / VmOption.PERM_READ;

/** The PERM_* bits that CAN_MAP_* bits allow. */
export function permissionsOf(canMap: number): number {
  return (canMap & CAN_MAP_PERMISSIONS) / CAN_MAP_SHIFT;
}

export function permissionNames(permissions: number): string {
  const names: string[] = [];
  if ((permissions & VmOption.PERM_READ) !== 0) names.push("READ");
  if ((permissions & VmOption.PERM_WRITE) !== 0) names.push("WRITE");
  if ((permissions & VmOption.PERM_EXECUTE) !== 0) names.push("EXECUTE");
  return names.length === 0 ? "nothing" : names.join("|");
}

/** Bytes: the page at least. */
export function alignmentOf(options: number): number {
  return Math.max(PAGE_SIZE, 2 ** (options >>> VmOption.ALIGN_BASE));
}

export function checkRegionOptions(options: number): void {
  checkBits("vmar_allocate", options, ALLOCATE_BITS);
}

/**
 * Checks 4 to 8 and the flags of 12; `allowed` are the permissions of both handles. Returns the options, with READ in the
 * place of PERM_READ_IF_XOM_UNSUPPORTED: execute-only memory is not had here.
 */
export function checkMapOptions(asked: number, allowed: number): number {
  const options = addReadForExecuteOnly(asked);
  checkReadable("vmar_map", options);
  if ((options & VmOption.MAP_RANGE) !== 0 && (options & VmOption.SPECIFIC_OVERWRITE) !== 0) {
    throw new ZxError("INVALID_ARGS", "MAP_RANGE and SPECIFIC_OVERWRITE exclude each other");
  }
  if ((options & CAN_MAP_PERMISSIONS) !== 0)
    throw new ZxError("INVALID_ARGS", "CAN_MAP_* are for vmar_allocate");
  if ((options & PERMISSIONS & ~allowed) !== 0) {
    const wanted = permissionNames(options & PERMISSIONS);
    throw new ZxError(
      "ACCESS_DENIED",
      `${wanted}; the handles of the VMAR and the VMO allow ${permissionNames(allowed)}`,
    );
  }
  checkBits("vmar_map", options, MAP_BITS);
  return options;
}

/** Checks 9 to 12: options that depend on the VMO. */
export function checkVmoOptions(options: number, vmo: VmObject): void {
  const allowsFaults = (options & VmOption.ALLOW_FAULTS) !== 0;
  if ((options & VmOption.REQUIRE_NON_RESIZABLE) !== 0 && vmo.resizable) {
    throw new ZxError("NOT_SUPPORTED", `REQUIRE_NON_RESIZABLE, and ${vmo.describe()} is resizable`);
  }
  if (vmo.discardable && !allowsFaults) {
    throw new ZxError(
      "NOT_SUPPORTED",
      `${vmo.describe()} is discardable: it is mapped with ALLOW_FAULTS only`,
    );
  }
  if ((options & VmOption.FAULT_BEYOND_STREAM_SIZE) !== 0) {
    if (!allowsFaults) throw new ZxError("INVALID_ARGS", "FAULT_BEYOND_STREAM_SIZE without ALLOW_FAULTS");
    if (vmo.contiguous) {
      throw new ZxError(
        "NOT_SUPPORTED",
        `FAULT_BEYOND_STREAM_SIZE on ${vmo.describe()}, which is physical or contiguous`,
      );
    }
  }
  if ((options & (VmOption.COMPACT | VmOption.CAN_MAP_SPECIFIC)) !== 0) {
    throw new ZxError("INVALID_ARGS", "COMPACT and CAN_MAP_SPECIFIC are for vmar_allocate");
  }
}

/** Returns the PERM_* bits. */
export function checkProtectOptions(asked: number): number {
  const options = addReadForExecuteOnly(asked);
  const rest = options & ~(PERMISSIONS | VmOption.PERM_READ_IF_XOM_UNSUPPORTED);
  if (rest !== 0)
    throw new ZxError(
      "INVALID_ARGS",
      `vmar_protect with options ${hex(rest >>> 0)}, which are no permissions`,
    );
  checkReadable("vmar_protect", options);
  return options & PERMISSIONS;
}

function addReadForExecuteOnly(options: number): number {
  return (options & VmOption.PERM_READ_IF_XOM_UNSUPPORTED) !== 0 ? options | VmOption.PERM_READ : options;
}

function checkReadable(call: string, options: number): void {
  const beyondRead = options & (VmOption.PERM_WRITE | VmOption.PERM_EXECUTE);
  if (beyondRead !== 0 && (options & VmOption.PERM_READ) === 0) {
    throw new ZxError("INVALID_ARGS", `${call} with ${permissionNames(beyondRead)} but not READ`);
  }
}

function checkBits(call: string, options: number, known: number): void {
  const rest = options & ~(known | ALIGN_MASK);
  if (rest !== 0)
    throw new ZxError("INVALID_ARGS", `${call} with options ${hex(rest >>> 0)}, which it does not have`);
  const log2 = options >>> VmOption.ALIGN_BASE;
  if (log2 !== 0 && (log2 < 10 || log2 > 32)) {
    throw new ZxError("INVALID_ARGS", `${call} with alignment 2^${log2}: 2^10 to 2^32`);
  }
}
