/**
 * Driver of Arm's GPIO controller PL061 (DDI 0190B): a node for each of its eight pins that somebody needs, which offers
 * `fuchsia.hardware.gpio/Gpio`.
 */
import type { DriverContext } from "../driver/context.ts";
import { defineDriver } from "../driver/define.ts";
import { offer } from "../driver/offer.ts";
import { PDev } from "../driver/pdev.ts";
import { Gpio } from "../fidl/fuchsia.hardware.gpio.ts";
import { unpersist } from "../fidl/runtime/body.ts";
import { METADATA_ID, PINS, type Pins } from "../fidl/zirconia.gpio.ts";
import { Pl061 } from "../registers/pl061.ts";
import { TIME_INFINITE } from "../zx/constants.ts";
import { isStatus } from "../zx/error.ts";
import { Pl061Pin } from "./pl061_pin.ts";
import { expectPrimeCell } from "./primecell.ts";

const PART = 0x061;
const PIN_COUNT = 8;

export default defineDriver({
  name: "pl061",
  bind: { "fuchsia.devicetree.FIRST_COMPATIBLE": "arm,pl061" },

  async start(ctx) {
    const pdev = await PDev.connect(ctx);
    const gpio = Pl061.on(await pdev.mapMmio());
    expectPrimeCell(ctx, gpio, PART);
    gpio.Ie.write({});
    gpio.Ic.write({ pins: 0xff });
    const irq = await pdev.mapInterrupt();
    ctx.defer(() => gpio.Ie.write({}));

    const { controller = 0, pins = [] } = await pinsOf(pdev);
    const served: Pl061Pin[] = [];
    for (const number of pins) {
      if (number >= PIN_COUNT) {
        ctx.log.warn(`there is no pin ${number}: there are ${PIN_COUNT}`);
        continue;
      }
      const pin = new Pl061Pin(ctx, gpio, number);
      served.push(pin);
      await ctx.addChild({
        name: `gpio-${number}`,
        properties: { "fuchsia.BIND_GPIO_CONTROLLER": controller, "fuchsia.BIND_GPIO_PIN": number },
        offers: [
          offer(
            Gpio,
            () => pin,
            () => pin.disconnected(),
          ),
        ],
      });
    }
    void serveInterrupts(ctx, async () => {
      await irq.wait(TIME_INFINITE);
      const { pins: pending } = gpio.Mis.read();
      for (const pin of served) if ((pending & pin.bit) !== 0) pin.interrupted();
      await irq.ack();
    });
  },
});

/** None where the board driver says nothing of pins. */
async function pinsOf(pdev: PDev): Promise<Pins> {
  try {
    return unpersist(PINS, await pdev.device.getMetadata(METADATA_ID));
  } catch (error) {
    if (isStatus(error, "NOT_FOUND")) return {};
    throw error;
  }
}

/** Until the interrupt is given back: when the driver stops, or with its process. */
async function serveInterrupts(ctx: DriverContext, next: () => Promise<void>): Promise<void> {
  try {
    for (;;) await next();
  } catch (error) {
    if (!isStatus(error, "CANCELED") && !isStatus(error, "BAD_STATE"))
      ctx.log.error(`interrupt: ${String(error)}`);
  }
}
