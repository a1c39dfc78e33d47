import { defineDriver } from "zirconia/driver";
import { Device as Pci } from "zirconia/fidl/fuchsia.hardware.pci";

/** A driver of the edu device that shows its identification. */
export default defineDriver({
  name: "gizmo",
  bind: { "fuchsia.BIND_PCI_VID": 0x1234, "fuchsia.BIND_PCI_DID": 0x11e8 },
  async start(ctx) {
    const pci = await ctx.connect(Pci);
    const registers = await ctx.mapBar(pci, 0);
    ctx.inspect.id = registers.read32(0);
    ctx.log.info("gizmo is up");
  },
});
