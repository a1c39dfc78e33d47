/**
 * Driver of the gizmo.
 *
 * It starts as a driver of QEMU's educational device, which sim-x64 has as a model: make the bind rules, the registers and `start` your
 * device's.
 */
import { defineDriver } from "zirconia/driver";
import { Device as Pci } from "zirconia/fidl/fuchsia.hardware.pci";
import { GizmoRegisters } from "./gizmo_registers.ts";

const SECOND = 1e9;
const PATTERN = 0x12345678;

export default defineDriver({
  name: "gizmo",
  // All of this must hold of a node. What nodes have: npx zirconia driver list-devices -v
  bind: { "fuchsia.BIND_PCI_VID": 0x1234, "fuchsia.BIND_PCI_DID": 0x11e8 },

  async start(ctx) {
    const pci = await ctx.connect(Pci);

    // The registers: the bus driver makes a VMO of BAR 0, which is mapped in this driver's host.
    const registers = GizmoRegisters.on(await ctx.mapBar(pci, 0));
    const { major, minor } = registers.Id.read();
    registers.Liveness.write(PATTERN);
    if (registers.Liveness.read().raw !== ~PATTERN >>> 0) throw ctx.error("IO", "the device does not answer");

    // An interrupt: taken back from the device first, then from the bus.
    const irq = await ctx.mapInterrupt(pci);
    registers.Status.modify({ raiseIrq: 1 });
    registers.Factorial.write(5);
    await irq.wait(SECOND, "the factorial");
    registers.IrqAck.write(registers.IrqStatus.read().raw);
    await irq.ack();

    // What zirconia run shows under the node.
    ctx.inspect.version = `${major}.${minor}`;
    ctx.inspect["5!"] = registers.Factorial.read().raw;
    ctx.log.info("the gizmo is up");
  },
});
