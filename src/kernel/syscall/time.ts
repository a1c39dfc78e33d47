import { TIME_INFINITE } from "../../zx/constants.ts";
import { ZxError } from "../../zx/error.ts";
import type { Zx } from "../../zx/syscalls.ts";
import type { ProcessDispatcher } from "../object/process_dispatcher.ts";
import { time } from "./arguments.ts";

type Calls = Pick<Zx, "clockGetMonotonic" | "nanosleep" | "spin">;

/** The machine's time. */
export function timeCalls(process: ProcessDispatcher): Calls {
  const { core, calls } = process;
  return {
    clockGetMonotonic() {
      return core.now();
    },

    async nanosleep(deadline) {
      const until = time(deadline, "deadline");
      return calls.wait<void>(
        until,
        () => {},
        (call) => call.complete(),
      );
    },

    spin(ns) {
      if (time(ns, "ns") < 0 || ns === TIME_INFINITE) throw new ZxError("INVALID_ARGS", `spin for ${ns} ns`);
      core.machine.clock.spin(ns);
    },
  };
}
