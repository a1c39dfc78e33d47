import { JobPolicyCondition, PortOption } from "../../zx/constants.ts";
import { isStatus, ZxError } from "../../zx/error.ts";
import { hex } from "../../zx/pages.ts";
import { DefaultRights, Rights } from "../../zx/rights.ts";
import type { Zx } from "../../zx/syscalls.ts";
import { PortDispatcher } from "../object/port_dispatcher.ts";
import type { ProcessDispatcher } from "../object/process_dispatcher.ts";
import { bytes, key64, mask32, record, time } from "./arguments.ts";

type Calls = Pick<Zx, "portCreate" | "portQueue" | "portWait" | "portCancel">;

/** Bytes that a user packet carries. */
const USER_BYTES = 32;

/** Ports (zircon.md 1.13). */
export function portCalls(process: ProcessDispatcher): Calls {
  const { core, handles, calls } = process;
  return {
    portCreate(options) {
      const flags = mask32(options, "options");
      if (flags !== 0 && flags !== PortOption.BIND_TO_INTERRUPT) {
        throw new ZxError("INVALID_ARGS", `port_create: options ${hex(flags)}`);
      }
      process.enforce(JobPolicyCondition.NEW_PORT);
      return handles.open(new PortDispatcher(core, flags), DefaultRights.PORT);
    },

    portQueue(port, packet) {
      const { key, status, user } = record(packet, "packet", ["key", "status", "user"]);
      const id = key64(key, "key");
      const code = mask32(status, "status") | 0;
      const carried = bytes(user, "user");
      if (carried.length > USER_BYTES) {
        throw new ZxError("INVALID_ARGS", `port_queue: ${carried.length} bytes: a packet has ${USER_BYTES}`);
      }
      const data = new Uint8Array(USER_BYTES);
      data.set(carried);
      const target = handles.get(port, PortDispatcher, Rights.WRITE);
      try {
        target.queueUser({ type: "user", key: id, status: code, user: data });
      } catch (error) {
        if (isStatus(error, "SHOULD_WAIT")) process.violate(error);
        throw error;
      }
    },

    async portWait(port, deadline) {
      const until = time(deadline, "deadline");
      return handles.get(port, PortDispatcher, Rights.READ).wait(calls, until);
    },

    portCancel(port, source, key) {
      const id = key64(key, "key");
      const target = handles.get(port, PortDispatcher, Rights.WRITE);
      const handle = handles.handle(source, Rights.WAIT);
      if (!target.cancel(handle, id)) {
        throw new ZxError(
          "NOT_FOUND",
          `${target.describe()} waits for nothing of ${handle.object.describe()} with key ${id}`,
        );
      }
    },
  };
}
