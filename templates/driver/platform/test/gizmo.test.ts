import { expect, test } from "vitest";
import { offer } from "zirconia/driver";
import { Device } from "zirconia/fidl/fuchsia.hardware.platform.device";
import { RegisterDouble } from "zirconia/mmio";
import { type DriverTest, FakePDev, startDriver } from "zirconia/testing";
import driver from "../src/gizmo.ts";
import { GizmoRegisters } from "../src/gizmo_registers.ts";

/** Starts the driver on a device made of the declaration of its registers, and of what it does besides. */
function startOnFake(part: number): Promise<DriverTest> {
  const registers = new RegisterDouble(GizmoRegisters);
  registers.set("Part", { number: part });
  registers.set("Count", 1_700_000_000);
  return startDriver(driver, {
    offers: (env) => {
      const pdev = new FakePDev(env, { mmios: { registers: registers.mmio }, irqs: ["alarm"] });
      registers.on("Match", {
        write: ({ raw }) => {
          registers.set("Count", raw);
          pdev.trigger("alarm");
        },
      });
      return [offer(Device, () => pdev)];
    },
  });
}

test("brings a device up that interrupts", async () => {
  await using started = await startOnFake(0x31);
  expect(started.inspect).toEqual({ time: "2023-11-14T22:13:21.000Z" });
});

test("does not start on another device", async () => {
  await expect(startOnFake(0x11)).rejects.toThrow("part number 17: this is another device");
});
