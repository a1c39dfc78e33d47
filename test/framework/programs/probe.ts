/** A driver for a board's node that does what its name for the day says: what happens to its host then is the test's affair. */
import { defineDriver } from "../../../src/driver/define.ts";
import { EventStream } from "../../../src/events/events.ts";
import { ZxError } from "../../../src/zx/error.ts";

const DEEDS: Readonly<Record<string, (zx: import("../../../src/zx/syscalls.ts").Zx) => unknown>> = {
  works: () => {},
  "cannot start": () => {
    throw new ZxError("IO", "the device does not answer");
  },
  faults: (zx) => zx.memory.fault(0x123000, "read", 4),
  "throws later": () => {
    setImmediate(() => {
      throw new Error("nobody catches this");
    });
  },
  "kills itself": (zx) => zx.taskKill(zx.processSelf),
};

export default defineDriver({
  name: "probe",
  bind: { "test.PROBE": Object.keys(DEEDS) },
  async start(ctx) {
    const deed = String(ctx.node.properties["test.PROBE"]);
    ctx.inspect.library = ctx.events instanceof EventStream ? "one copy" : "two copies";
    await DEEDS[deed]!(ctx.zx);
  },
});
