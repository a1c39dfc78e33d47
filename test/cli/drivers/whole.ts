import { defineDriver } from "zirconia/driver";

/** A driver of a composite node. */
export default defineDriver({
  name: "whole",
  bind: {
    composite: "whole",
    primary: { port: { "test.SIDE": "l" } },
    additional: { starboard: { "test.SIDE": "r" } },
  },
  async start() {},
});
