/** What the PCI bus driver does for a device whose driver dies, and what the next driver finds: driver-framework.md 1.4. */
import { afterEach, expect, test } from "vitest";
import type { DriverContext } from "../../src/driver/context.ts";
import { defineDriver } from "../../src/driver/define.ts";
import edu from "../../src/drivers/edu.ts";
import { EventStream } from "../../src/events/events.ts";
import { Device as Pci } from "../../src/fidl/fuchsia.hardware.pci.ts";
import { Device as EduDevice } from "../../src/fidl/zirconia.edu.ts";
import type { System } from "../../src/framework/system.ts";
import { bootBoard } from "../../src/testing/index.ts";
import { kill, settle } from "../framework/harness.ts";
import { findProblems } from "../support/kernel_invariants.ts";

const EDU = "root.board.pci.00_01_0";
const COMMAND = 4;
const BUS_MASTER = 1 << 2;
const INTERRUPT_DISABLE = 1 << 10;

let system: System;

afterEach(() => system.stop());

function listen() {
  const events = new EventStream();
  const logs: string[] = [];
  const crashes: string[] = [];
  events.listen(
    (event) => {
      if (event.kind === "log") logs.push(event.message);
      else if (event.kind === "node" && event.what === "crashed") crashes.push(event.detail!);
    },
    ["log", "node"],
  );
  return { events, logs, crashes };
}

/** The edu driver, which is started again when it dies. */
async function bootEdu() {
  const { events, logs } = listen();
  let context: DriverContext | undefined;
  const watched = defineDriver({
    ...edu,
    hostRestartOnCrash: true,
    start: async (ctx) => {
      context = ctx;
      await edu.start(ctx);
    },
  });
  system = await bootBoard({ devices: ["edu"], drivers: [watched], events });
  const node = system.manager.find(EDU);
  expect(node.error).toBeUndefined();
  return {
    node,
    logs,
    ctx: () => context!,
    die: async () => {
      kill(context!);
      await settle(system);
    },
  };
}

test("bus mastering and interrupts of a device are off once its driver is dead, before the next one starts", async () => {
  let command = 0;
  let reader: DriverContext | undefined;
  const { events, logs } = listen();
  const victim = defineDriver({
    name: "victim",
    bind: { "fuchsia.BIND_PCI_VID": 0x1234 },
    hostRestartOnCrash: true,
    start: async (ctx) => {
      reader = ctx;
      const pci = await ctx.connect(Pci);
      command = await pci.readConfig16(COMMAND);
      await pci.setBusMastering(true);
      await ctx.mapInterrupt(pci);
    },
  });
  system = await bootBoard({ drivers: [victim], events });
  expect(command & (BUS_MASTER | INTERRUPT_DISABLE)).toBe(INTERRUPT_DISABLE);
  command = 0xffff;
  kill(reader!);
  await settle(system);
  expect(system.manager.find(EDU).state).toBe("running");
  expect(command & (BUS_MASTER | INTERRUPT_DISABLE)).toBe(INTERRUPT_DISABLE);
  expect(logs).toContain("00:01.0: its driver is gone; bus mastering and interrupts switched off");
});

test("a driver that stops in good order leaves nothing for the bus driver to do", async () => {
  const { logs, node } = await bootEdu();
  await system.manager.remove(node);
  expect(logs.join("\n")).not.toMatch(/its driver is gone/);
});

test("pages that a dead driver had pinned stay in quarantine until the next one releases them", async () => {
  const { logs, crashes, events } = listen();
  const seen: number[] = [];
  let context: DriverContext | undefined;
  const victim = defineDriver({
    name: "victim",
    bind: { "fuchsia.BIND_PCI_VID": 0x1234 },
    hostRestartOnCrash: true,
    start: async (ctx) => {
      context = ctx;
      const bti = ctx.own(await (await ctx.connect(Pci)).getBti(0));
      const quarantined = () => ctx.zx.objectGetInfo(bti, "BTI").quarantineCount;
      seen.push(quarantined());
      ctx.zx.btiReleaseQuarantine(bti);
      seen.push(quarantined());
      ctx.allocateDma(bti, 3 * 4096);
    },
  });
  system = await bootBoard({ drivers: [victim], events });
  const frames = system.kernel.frames.used;
  kill(context!);
  await settle(system);
  expect(seen).toEqual([0, 0, 1, 0]);
  expect(system.kernel.frames.used).toBe(frames);
  expect(crashes[0]).toMatch(/taken back: \d+ handles, 1 mapping, 3 pinned pages \(in quarantine/);
  expect(logs.join("\n")).not.toMatch(/has leaked/);
});

test("the edu driver has a device at work that is quiet before it takes the pages back", async () => {
  const { die, node } = await bootEdu();
  const frames = system.kernel.frames.used;
  await die();
  expect(node.error).toBeUndefined();
  expect(system.kernel.frames.used).toBe(frames);
});

test("the next driver gets the same range for the device's registers", async () => {
  const { die, node } = await bootEdu();
  const physical = () => {
    const [memory] = node.running!.memory;
    return system.kernel.vmo(memory!.vmoKoid)!.physicalBase;
  };
  const before = physical();
  await die();
  expect(physical()).toBe(before);
});

test("a driver may die in the midst of a transfer: the next one works, and nothing leaks over many deaths", async () => {
  const { die, node, ctx } = await bootEdu();
  const census = () => ({
    frames: system.kernel.frames.used,
    objects: [...system.kernel.objects()].length,
    processes: [...system.kernel.processes()].length,
  });
  let first: ReturnType<typeof census> | undefined;
  for (let death = 0; death < 12; death++) {
    // Begun, and not waited for: the device is at work when the host dies.
    void system
      .connect(EDU, EduDevice)
      .computeFactorial(9)
      .catch(() => {});
    void system
      .connect(EDU, EduDevice)
      .dmaRoundTrip(new Uint8Array(64))
      .catch(() => {});
    await new Promise((resolve) => setImmediate(resolve));
    await ctx().clock.sleep(45_000_000 * (death % 4) + 1);
    await die();
    // A row of deaths ends when the driver has run for long enough.
    await system.kernel.root.zx.nanosleep(system.kernel.machine.clock.now() + 60e9);
    expect(node).toMatchObject({ state: "running", error: undefined });
    expect(await system.connect(EDU, EduDevice).computeFactorial(5)).toBe(120);
    await settle(system);
    expect(findProblems(system.kernel)).toEqual([]);
    first ??= census();
  }
  expect(census()).toEqual(first);
});
