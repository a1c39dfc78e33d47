import { defineDriver } from "zirconia/driver";

/** A driver of the edu device that gives its node up after a second. */
export default defineDriver({
  name: "leaving",
  bind: { "fuchsia.BIND_PCI_VID": 0x1234, "fuchsia.BIND_PCI_DID": 0x11e8 },
  async start(ctx) {
    void ctx.clock.sleep(1e9).then(() => {
      ctx.log.warn("leaving");
      ctx.closeNode();
    });
  },
});
