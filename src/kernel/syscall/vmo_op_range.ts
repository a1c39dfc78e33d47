import type { Accessor, CacheOperation } from "../../machine/machine.ts";
import { VmoOp } from "../../zx/constants.ts";
import { ZxError } from "../../zx/error.ts";
import { hex } from "../../zx/pages.ts";
import { Rights } from "../../zx/rights.ts";
import type { VmoLockState } from "../../zx/syscalls.ts";
import type { KernelHandle } from "../object/handle.ts";
import type { KernelCore } from "../object/kernel_core.ts";
import type { VmoDispatcher } from "../object/vmo_dispatcher.ts";
import type { VmObject } from "../vm/vm_object.ts";

interface Operation {
  /** Any one of these rights is enough; none where it is 0. */
  readonly rights: number;
  run(vmo: VmObject, offset: number, size: number, who: Accessor): VmoLockState | undefined;
}

function operation(
  rights: number,
  run: (vmo: VmObject, offset: number, size: number, who: Accessor) => void,
): Operation {
  return {
    rights,
    run(vmo, offset, size, who) {
      run(vmo, offset, size, who);
      return undefined;
    },
  };
}

function cacheOperation(rights: number, kind: CacheOperation): Operation {
  return operation(rights, (vmo, offset, size, who) => vmo.cacheOperation(kind, offset, size, who));
}

const ANY = Rights.READ | Rights.WRITE;

const OPERATIONS = new Map<number, Operation>([
  [VmoOp.COMMIT, operation(Rights.WRITE, (vmo, offset, size) => vmo.commit(offset, size))],
  [VmoOp.DECOMMIT, operation(Rights.WRITE, (vmo, offset, size) => vmo.decommit(offset, size))],
  [VmoOp.ZERO, operation(Rights.WRITE, (vmo, offset, size) => vmo.zero(offset, size))],
  [VmoOp.LOCK, { rights: ANY, run: lock }],
  [VmoOp.TRY_LOCK, operation(ANY, (vmo, offset, size) => vmo.tryLock(offset, size))],
  [VmoOp.UNLOCK, operation(ANY, (vmo, offset, size) => vmo.unlock(offset, size))],
  [VmoOp.CACHE_SYNC, cacheOperation(Rights.READ, "sync")],
  [VmoOp.CACHE_INVALIDATE, cacheOperation(Rights.WRITE, "invalidate")],
  [VmoOp.CACHE_CLEAN, cacheOperation(Rights.READ, "clean")],
  [VmoOp.CACHE_CLEAN_INVALIDATE, cacheOperation(Rights.READ, "cleanInvalidate")],
  [VmoOp.DONT_NEED, operation(0, checkHint)],
  [VmoOp.ALWAYS_NEED, operation(0, checkHint)],
  [VmoOp.PREFETCH, operation(Rights.READ, (vmo, offset, size) => vmo.prefetch(offset, size))],
]);

/** zx_vmo_op_range (zircon.md 1.5): which right each operation needs, and what it does. */
export function vmoOpRange(
  core: KernelCore,
  handle: KernelHandle,
  op: number,
  { offset, size }: { readonly offset: number; readonly size: number },
  who: Accessor,
): VmoLockState | undefined {
  const { vmo } = handle.object as VmoDispatcher;
  const wanted = OPERATIONS.get(op);
  if (wanted === undefined) throw new ZxError("INVALID_ARGS", `vmo_op_range: operation ${op} does not exist`);
  if (op === VmoOp.CACHE_INVALIDATE && !core.debuggingSyscalls) {
    throw new ZxError(
      "NOT_SUPPORTED",
      "CACHE_INVALIDATE is a debugging system call, and the kernel runs without those",
    );
  }
  if (wanted.rights !== 0 && (handle.rights & wanted.rights) === 0) {
    throw new ZxError("ACCESS_DENIED", `vmo_op_range: operation ${op} on a handle to ${handle.describe()}`);
  }
  return wanted.run(vmo, offset, size, who);
}

function lock(vmo: VmObject, offset: number, size: number): VmoLockState {
  const { discarded } = vmo.lock(offset, size);
  return { offset, size, discardedOffset: 0, discardedSize: discarded ? size : 0 };
}

/** Hints are for pagers: without one there is nothing to do, in whatever part of the VMO. */
function checkHint(vmo: VmObject, offset: number, size: number): void {
  if (offset <= vmo.size && size <= vmo.size - offset) return;
  throw new ZxError(
    "OUT_OF_RANGE",
    `[${hex(offset)}, ${hex(offset + size)}) is not inside ${vmo.describe()}`,
  );
}
