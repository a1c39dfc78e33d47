/** What forbids a child of a paged VMO: the table of zircon.md 1.5, in its order. */
import { CachePolicy, cachePolicyName } from "../../zx/constants.ts";
import { ZxError } from "../../zx/error.ts";
import { hex, isPageAligned } from "../../zx/pages.ts";
import { type ChildOptions, MAX_VMO_SIZE, roundVmoSize } from "./vm_object.ts";
import type { VmObjectPaged } from "./vm_object_paged.ts";

/** Returns the child's size, rounded up to pages. */
export function checkPagedChild(
  parent: VmObjectPaged,
  { kind, resizable, offset, size: asked }: ChildOptions,
): number {
  if (parent.discardable) throw new ZxError("NOT_SUPPORTED", `a child of discardable ${parent.describe()}`);
  if (kind === "slice" && resizable) throw new ZxError("INVALID_ARGS", "a slice cannot be RESIZABLE");
  if (!isPageAligned(offset)) throw new ZxError("INVALID_ARGS", `offset ${hex(offset)} is not page aligned`);
  const size = roundVmoSize(asked);
  const range = `[${hex(offset)}, ${hex(offset + size)})`;
  if (offset + size > MAX_VMO_SIZE) {
    throw new ZxError("OUT_OF_RANGE", `child ${range} ends beyond ${hex(MAX_VMO_SIZE)}`);
  }
  if (kind === "reference") {
    if (offset !== 0 || size !== 0) {
      throw new ZxError("INVALID_ARGS", "a reference is of the whole: offset 0, size 0");
    }
    if (resizable && !parent.resizable) {
      const what = `a RESIZABLE reference of ${parent.describe()}`;
      throw new ZxError("ACCESS_DENIED", `${what}, which is not resizable`);
    }
  } else if (kind === "slice") {
    if (parent.resizable) throw new ZxError("NOT_SUPPORTED", `a slice of resizable ${parent.describe()}`);
    if (offset > parent.size || size > parent.size - offset) {
      const of = `${parent.describe()} of ${hex(parent.size)} bytes`;
      throw new ZxError("INVALID_ARGS", `slice ${range} of ${of}`);
    }
  } else {
    checkSnapshot(parent);
  }
  return size;
}

function checkSnapshot(parent: VmObjectPaged): void {
  if (parent.contiguous) throw new ZxError("INVALID_ARGS", `a snapshot of contiguous ${parent.describe()}`);
  if (parent.cachePolicy !== CachePolicy.CACHED) {
    throw new ZxError(
      "BAD_STATE",
      `a snapshot of ${cachePolicyName(parent.cachePolicy)} ${parent.describe()}`,
    );
  }
  if (parent.hasPinnedPages) {
    throw new ZxError("BAD_STATE", `a snapshot of ${parent.describe()}, which has pinned pages`);
  }
}
