import { expect, test } from "vitest";
import { offer } from "zirconia/driver";
import { Device as Pci } from "zirconia/fidl/fuchsia.hardware.pci";
import { RegisterDouble } from "zirconia/mmio";
import { bootBoard, FakePci, startDriver, type TestEnvironment } from "zirconia/testing";
import driver from "../src/gizmo.ts";
import { GizmoRegisters } from "../src/gizmo_registers.ts";

/** A device made of the declaration of its registers, and of what it does besides. */
function fakeGizmo(env: TestEnvironment): FakePci {
  const registers = new RegisterDouble(GizmoRegisters);
  const pci = new FakePci(env, { bars: { 0: registers.mmio } });
  registers.set("Id", { major: 7, minor: 2 });
  registers.on("Liveness", { write: ({ raw }) => registers.set("Liveness", ~Number(raw) >>> 0) });
  registers.on("Factorial", {
    write: () => {
      registers.set("Factorial", 120);
      pci.trigger();
    },
  });
  return pci;
}

test("brings a device up that answers and interrupts", async () => {
  let pci: FakePci | undefined;
  await using started = await startDriver(driver, {
    offers: (env) => {
      pci = fakeGizmo(env);
      return [offer(Pci, () => pci!)];
    },
  });
  expect(started.inspect).toEqual({ version: "7.2", "5!": 120 });
  expect(pci!.acks).toBe(1);
});

test("does not start on a device that does not answer", async () => {
  const dead = new RegisterDouble(GizmoRegisters);
  const starting = startDriver(driver, {
    offers: (env) => [offer(Pci, () => new FakePci(env, { bars: { 0: dead.mmio } }))],
  });
  await expect(starting).rejects.toThrow("the device does not answer");
});

test("is bound to the model of its device, and runs on it", async () => {
  await using board = await bootBoard({ devices: ["edu"], drivers: [driver] });
  const node = board.manager.find("root.board.pci.00_01_0");
  expect(node.driver).toBe(driver);
  expect(node.running?.inspect).toEqual({ version: "1.0", "5!": 120 });
});
