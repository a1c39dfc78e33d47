/** The edu device by message-signalled interrupts, on every machine. */
import { afterEach, expect, test } from "vitest";
import { busDrivers } from "../../src/bus/index.ts";
import { defineDriver } from "../../src/driver/define.ts";
import { Device as Pci } from "../../src/fidl/fuchsia.hardware.pci.ts";
import { System } from "../../src/framework/system.ts";
import { Edu } from "../../src/registers/edu.ts";
import { onEveryMachine } from "../support/machines.ts";

onEveryMachine("a driver", ({ create, addressSpace }) => {
  let system: System | undefined;

  afterEach(async () => {
    await system?.stop();
  });

  test("is interrupted by messages as it is by a line, as often as the device has something to say", async () => {
    const byMessage = defineDriver({
      name: "edu-msi",
      bind: { "fuchsia.BIND_PCI_VID": 0x1234 },
      async start(ctx) {
        const pci = await ctx.connect(Pci);
        const edu = Edu.on(await ctx.mapBar(pci, 0));
        const irq = await ctx.mapInterrupt(pci, { mode: "MSI" });
        // A message is a write by the device: without bus mastering it never leaves.
        await pci.setBusMastering(true);
        edu.Status.modify({ raiseIrq: 1 });
        for (const n of [3, 4, 5]) {
          edu.Factorial.write(n);
          await irq.wait(1e9, `${n}!`);
          ctx.inspect[`${n}!`] = edu.Factorial.read().raw;
          edu.IrqAck.write(edu.IrqStatus.read().raw);
          await irq.ack();
        }
      },
    });
    const drivers = [...busDrivers, byMessage];
    system = await System.boot({ machine: await create(["edu"]), drivers, addressSpace });
    const node = [...system.manager.root.walk()].find(({ driver }) => driver?.name === "edu-msi")!;
    expect(node.error).toBeUndefined();
    expect(node.running!.inspect).toEqual({ "3!": 6, "4!": 24, "5!": 120 });
  });
});
