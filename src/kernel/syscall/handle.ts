import { ZxError } from "../../zx/error.ts";
import { Rights, rightsNames } from "../../zx/rights.ts";
import type { Zx } from "../../zx/syscalls.ts";
import { KernelHandle } from "../object/handle.ts";
import type { ProcessDispatcher } from "../object/process_dispatcher.ts";
import { list, mask32 } from "./arguments.ts";

type Calls = Pick<Zx, "handleClose" | "handleCloseMany" | "handleDuplicate" | "handleReplace">;

/** Handles of any type (zircon.md 1.3). */
export function handleCalls({ handles }: ProcessDispatcher): Calls {
  return {
    handleClose(value) {
      handles.close(value);
    },

    handleCloseMany(values) {
      const bad = handles.closeMany(list(values, "handles"));
      if (bad !== undefined) handles.handle(bad);
    },

    handleDuplicate(value, rights) {
      const wanted = mask32(rights, "rights");
      const handle = handles.handle(value, Rights.DUPLICATE);
      return handles.add(new KernelHandle(handle.object, rightsOf(handle, wanted)));
    },

    handleReplace(value, rights) {
      // The handle is gone from here on, even if the rights are wrong.
      const handle = handles.remove(value);
      try {
        return handles.add(new KernelHandle(handle.object, rightsOf(handle, mask32(rights, "rights"))));
      } finally {
        handle.close();
      }
    },
  };
}

/** The rights that a handle made of `handle` gets. INVALID_ARGS unless they are a subset. */
function rightsOf(handle: KernelHandle, wanted: number): number {
  if (wanted === Rights.SAME_RIGHTS) return handle.rights;
  if ((wanted & ~handle.rights) === 0) return wanted;
  const surplus = rightsNames(wanted & ~handle.rights);
  throw new ZxError("INVALID_ARGS", `${surplus} cannot be added: this is a handle to ${handle.describe()}`);
}
