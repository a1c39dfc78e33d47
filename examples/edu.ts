import { defineDriver } from "zirconia/driver";
import { Device as Pci } from "zirconia/fidl/fuchsia.hardware.pci";
import { bit, bits, r32, registers } from "zirconia/registers";

const Edu = registers("edu", {
  Id: r32(0x00, "ro", { magic: bits(7, 0), minor: bits(23, 16), major: bits(31, 24) }),
  Factorial: r32(0x08),
  Status: r32(0x20, { computing: bit(0, "ro"), raiseIrq: bit(7) }),
  IrqStatus: r32(0x24, "ro"),
  IrqAck: r32(0x64, "wo"),
});

export default defineDriver({
  name: "edu-example",
  bind: { "fuchsia.BIND_PCI_VID": 0x1234, "fuchsia.BIND_PCI_DID": 0x11e8 },
  async start(ctx) {
    const pci = await ctx.connect(Pci);
    const edu = Edu.on(await ctx.mapBar(pci, 0)); // GetBar: a VMO comes; it is mapped in this host's VMAR
    const irq = await ctx.mapInterrupt(pci);
    edu.Status.modify({ raiseIrq: 1 });
    edu.Factorial.write(10);
    await irq.wait(1e9, "the factorial"); // at most a second of the machine's clock
    edu.IrqAck.write(edu.IrqStatus.read().raw);
    await irq.ack();
    ctx.inspect.version = `${edu.Id.read().major}.${edu.Id.read().minor}`;
    ctx.inspect["10!"] = edu.Factorial.read().raw;
  },
});
