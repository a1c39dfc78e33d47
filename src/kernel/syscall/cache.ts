import type { Accessor, CacheOperation } from "../../machine/machine.ts";
import { CacheFlush } from "../../zx/constants.ts";
import { ZxError } from "../../zx/error.ts";
import { hex } from "../../zx/pages.ts";
import type { Zx } from "../../zx/syscalls.ts";
import type { ProcessDispatcher } from "../object/process_dispatcher.ts";
import { mask32, unsigned } from "./arguments.ts";

const { INSN, DATA, INVALIDATE } = CacheFlush;

/** Every combination that there is. */
const OPERATIONS = new Map<number, CacheOperation>([
  [INSN, "sync"],
  [DATA, "clean"],
  [DATA | INSN, "clean"],
  [DATA | INVALIDATE, "cleanInvalidate"],
  [DATA | INVALIDATE | INSN, "cleanInvalidate"],
]);

/** zx_cache_flush: part of the vDSO in Zircon, since arm64's instructions for it need no kernel. */
export function cacheCalls(process: ProcessDispatcher): Pick<Zx, "cacheFlush"> {
  const who: Accessor = { kind: "program", describe: () => `cache_flush by ${process.describe()}` };
  return {
    cacheFlush(address, size, options) {
      const flags = mask32(options, "options");
      const range = [unsigned(address, "address"), unsigned(size, "size")] as const;
      const operation = OPERATIONS.get(flags);
      if (operation === undefined) {
        throw new ZxError("INVALID_ARGS", `cache_flush: options ${hex(flags)} do not exist, or not together`);
      }
      process.aspace.memory.maintain(operation, ...range, who);
    },
  };
}
