/**
 * Driver of the gizmo.
 *
 * It starts as a driver of Arm's real-time clock PL031, which sim-arm64 has as a model: make the bind rules, the registers and `start`
 * your device's.
 */
import { defineDriver, PDev } from "zirconia/driver";
import { GizmoRegisters } from "./gizmo_registers.ts";

const SECOND = 1e9;
const PART = 0x31;

export default defineDriver({
  name: "gizmo",
  // All of this must hold of a node. What nodes have: npx zirconia driver list-devices -v -m sim-arm64
  bind: { "fuchsia.devicetree.FIRST_COMPATIBLE": "arm,pl031" },

  async start(ctx) {
    const pdev = await PDev.connect(ctx);

    // The registers: the platform bus makes a VMO of the pages that they are in, which is mapped in this driver's host.
    const registers = GizmoRegisters.on(await pdev.mapMmio(0));
    const { number } = registers.Part.read();
    if (number !== PART) throw ctx.error("NOT_SUPPORTED", `part number ${number}: this is another device`);

    // An interrupt, in a second: taken back from the device first, then from the kernel.
    const irq = await pdev.mapInterrupt(0);
    registers.Control.write({ start: 1 });
    registers.IrqClear.write({ match: 1 });
    registers.IrqMask.write({ match: 1 });
    registers.Match.write(registers.Count.read().raw + 1);
    await irq.wait(2 * SECOND, "the alarm");
    registers.IrqMask.write({ match: 0 });
    registers.IrqClear.write({ match: 1 });
    await irq.ack();

    // What zirconia run shows under the node.
    ctx.inspect.time = new Date(registers.Count.read().raw * 1000).toISOString();
    ctx.log.info("the gizmo is up");
  },
});
