import { defineDriver } from "zirconia/driver";

/** A driver of the edu device that adds two nodes, and asks for one that has both as its parents; and for one that cannot be. */
export default defineDriver({
  name: "halves",
  bind: { "fuchsia.BIND_PCI_VID": 0x1234, "fuchsia.BIND_PCI_DID": 0x11e8 },
  async start(ctx) {
    for (const half of ["left", "right"])
      await ctx.addChild({ name: half, properties: { "test.HALF": half } });
    const parent = (half: string, side: string) => ({
      bindRules: [{ key: "test.HALF", condition: "ACCEPT", values: [half] } as const],
      properties: { "test.SIDE": side },
    });
    await ctx.addCompositeNodeSpec({ name: "whole", parents: [parent("left", "l"), parent("right", "r")] });
    await ctx.addCompositeNodeSpec({
      name: "hole",
      parents: [
        {
          bindRules: [
            { key: "test.HALF", condition: "ACCEPT", values: ["middle"] },
            { key: "test.COLOR", condition: "REJECT", values: ["red"] },
          ],
          properties: { "test.SIDE": "m" },
        },
      ],
    });
  },
});
