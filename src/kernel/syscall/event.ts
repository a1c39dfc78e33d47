import { JobPolicyCondition } from "../../zx/constants.ts";
import { DefaultRights } from "../../zx/rights.ts";
import type { Zx } from "../../zx/syscalls.ts";
import { EventDispatcher, EventPairDispatcher } from "../object/event_dispatcher.ts";
import type { ProcessDispatcher } from "../object/process_dispatcher.ts";
import { noOptions } from "./arguments.ts";

type Calls = Pick<Zx, "eventCreate" | "eventpairCreate">;

/** Events (zircon.md 1.4). */
export function eventCalls(process: ProcessDispatcher): Calls {
  const { core, handles } = process;
  return {
    eventCreate(options) {
      noOptions(options, "event_create");
      process.enforce(JobPolicyCondition.NEW_EVENT);
      return handles.open(new EventDispatcher(core), DefaultRights.EVENT);
    },

    eventpairCreate(options) {
      noOptions(options, "eventpair_create");
      process.enforce(JobPolicyCondition.NEW_EVENTPAIR);
      const [a, b] = EventPairDispatcher.createPair(core);
      return [handles.open(a, DefaultRights.EVENTPAIR), handles.open(b, DefaultRights.EVENTPAIR)];
    },
  };
}
