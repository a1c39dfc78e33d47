import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createSimArm64, type SimArm64 } from "../../src/boards/sim_arm64.ts";
import { busDrivers } from "../../src/bus/index.ts";
import type { DriverContext } from "../../src/driver/context.ts";
import { defineDriver } from "../../src/driver/define.ts";
import { IrqWaiter } from "../../src/driver/irq_waiter.ts";
import pl061 from "../../src/drivers/pl061.ts";
import { BufferMode, Gpio, type GpioClient, InterruptMode } from "../../src/fidl/fuchsia.hardware.gpio.ts";
import { System } from "../../src/framework/system.ts";
import { Status } from "../../src/zx/status.ts";
import { onEveryMachineAndHost } from "../support/hosts.ts";

const POWER_KEY = 3;

interface Keys {
  readonly ctx: DriverContext;
  readonly gpio: GpioClient;
}

/** A driver of what both boards have: keys on pins of the PL061. */
function keysDriver(started: (keys: Keys) => void) {
  return defineDriver({
    name: "keys",
    bind: {
      composite: "gpio_keys",
      primary: { keys: { "fuchsia.devicetree.FIRST_COMPATIBLE": "gpio-keys" } },
      additional: {
        power: { "fuchsia.hardware.gpio.Service": "fuchsia.hardware.gpio.Service.ZirconTransport" },
      },
    },
    async start(ctx) {
      started({ ctx, gpio: await ctx.connect(Gpio, "power") });
    },
  });
}

onEveryMachineAndHost(
  "the PL061 driver",
  ({ create, addressSpace }, hosts) => {
    let system: System;
    let keys: Keys;

    beforeEach(async () => {
      const driver = keysDriver((found) => {
        keys = found;
      });
      system = await System.boot({
        machine: await create([]),
        drivers: [...busDrivers, pl061, driver],
        addressSpace,
        hosts: hosts("keys"),
      });
    });

    afterEach(() => system.stop());

    test("publishes the pin that the device tree's gpio-keys refers to, and no other", () => {
      const { children, properties } = [...system.manager.root.walk()].find(
        ({ driver }) => driver?.name === "pl061",
      )!;
      expect(properties["fuchsia.devicetree.FIRST_COMPATIBLE"]).toBe("arm,pl061");
      expect(children.map(({ name }) => name)).toEqual(["gpio-3"]);
      expect(children[0]!.properties).toMatchObject({ "fuchsia.BIND_GPIO_PIN": POWER_KEY });
    });

    test("gives the pin to the composite node that the board driver asks for: the keys with their pin", () => {
      const composite = [...system.manager.root.walk()].find(({ driver }) => driver?.name === "keys")!;
      expect(composite.state).toBe("running");
      expect(composite.parents.map(({ name, node }) => [name, node.name])).toEqual([
        ["keys", "gpio-keys"],
        ["power", "gpio-3"],
      ]);
      expect(keys.ctx.node.parents.keys).toMatchObject({
        "fuchsia.devicetree.FIRST_COMPATIBLE": "gpio-keys",
      });
    });

    test("drives a pin high and low, and reads it back", async () => {
      const { gpio } = keys;
      await gpio.setBufferMode(BufferMode.OUTPUT_HIGH);
      expect(await gpio.read()).toBe(true);
      await gpio.setBufferMode(BufferMode.OUTPUT_LOW);
      expect(await gpio.read()).toBe(false);
    });

    test("gives the pin's interrupt out once at a time", async () => {
      const { gpio, ctx } = keys;
      await expect(gpio.releaseInterrupt()).rejects.toMatchObject({ status: Status.NOT_FOUND });
      await expect(gpio.configureInterrupt({})).rejects.toMatchObject({ status: Status.INVALID_ARGS });
      await expect(gpio.getInterrupt(0x02)).rejects.toMatchObject({ status: Status.INVALID_ARGS });
      ctx.own(await gpio.getInterrupt(0));
      await expect(gpio.getInterrupt(0)).rejects.toMatchObject({ status: Status.ALREADY_EXISTS });
      await gpio.releaseInterrupt();
      ctx.own(await gpio.getInterrupt(0));
    });
  },
  ["arm64"],
);

describe("A pin of the PL061 that somebody presses", () => {
  let system: System;
  let machine: SimArm64;
  let keys: Keys;
  let irq: IrqWaiter;

  beforeEach(async () => {
    machine = createSimArm64({ devices: [] });
    const driver = keysDriver((found) => {
      keys = found;
    });
    system = await System.boot({
      machine,
      drivers: [...busDrivers, pl061, driver],
      addressSpace: "portable",
    });
  });

  afterEach(() => system.stop());

  async function configure(mode: InterruptMode): Promise<void> {
    await keys.gpio.configureInterrupt({ mode });
    irq = new IrqWaiter(keys.ctx.zx, await keys.gpio.getInterrupt(0));
    keys.ctx.defer(irq);
  }

  const press = (isDown: boolean) => machine.gpio.drive(POWER_KEY, isDown);
  const isQuiet = () => expect(irq.wait(1e6)).rejects.toMatchObject({ status: Status.TIMED_OUT });

  test("reads as it is", async () => {
    expect(await keys.gpio.read()).toBe(false);
    press(true);
    expect(await keys.gpio.read()).toBe(true);
  });

  test("interrupts once for each rising edge", async () => {
    await configure(InterruptMode.EDGE_HIGH);
    for (let round = 0; round < 3; round++) {
      press(true);
      await irq.wait(1e9);
      await irq.ack();
      press(false);
      await isQuiet();
    }
  });

  test("interrupts for both edges if it is told to", async () => {
    await configure(InterruptMode.EDGE_BOTH);
    for (const isDown of [true, false]) {
      press(isDown);
      await irq.wait(1e9);
      await irq.ack();
    }
  });

  test("interrupts for as long as the level lasts, once for each acknowledgement", async () => {
    await configure(InterruptMode.LEVEL_HIGH);
    press(true);
    for (let round = 0; round < 3; round++) {
      await irq.wait(1e9);
      await irq.ack();
    }
    press(false);
    await isQuiet();
  });
});
