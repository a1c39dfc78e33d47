import { defineDriver } from "zirconia/driver";

/** A driver of the edu device that does not start. */
export default defineDriver({
  name: "failing",
  bind: { "fuchsia.BIND_PCI_VID": 0x1234, "fuchsia.BIND_PCI_DID": 0x11e8 },
  async start(ctx) {
    throw ctx.error("IO", "nobody is at home");
  },
});
