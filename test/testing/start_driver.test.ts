/** `zirconia/testing`: one driver with fake parents, and a whole board. */
import { describe, expect, test } from "vitest";
import { defineDriver } from "../../src/driver/define.ts";
import { offer } from "../../src/driver/offer.ts";
import edu from "../../src/drivers/edu.ts";
import { Device as Pci } from "../../src/fidl/fuchsia.hardware.pci.ts";
import { Device as EduDevice } from "../../src/fidl/zirconia.edu.ts";
import { memoryDouble } from "../../src/mmio/memory_double.ts";
import { RegisterDouble } from "../../src/mmio/register_double.ts";
import { MmioScript } from "../../src/mmio/script_double.ts";
import { Edu } from "../../src/registers/edu.ts";
import { bootBoard, FakePci, startDriver } from "../../src/testing/index.ts";
import { Status } from "../../src/zx/status.ts";

/** A driver of one register, behind PCI. */
const gizmo = defineDriver({
  name: "gizmo",
  bind: { "fuchsia.BIND_PCI_VID": 0x1af4 },
  async start(ctx) {
    const pci = await ctx.connect(Pci);
    const registers = await ctx.mapBar(pci, 2);
    const irq = await ctx.mapInterrupt(pci);
    ctx.inspect.id = registers.read32(0);
    ctx.serve(
      offer(EduDevice, () => ({
        getId: () => registers.read32(0),
        checkLiveness: (value: number) => {
          registers.write32(4, value);
          return registers.read32(4);
        },
        computeFactorial: async () => {
          await irq.wait(1e9);
          await irq.ack();
          return 1;
        },
        dmaRoundTrip: () => new Uint8Array(0),
      })),
    );
    await ctx.addChild({
      name: "port",
      properties: { kind: "port" },
      offers: [offer(EduDevice, () => ({ getId: () => 77 }) as never)],
    });
    ctx.log.info("gizmo is up");
  },
  async stop(ctx) {
    ctx.log.info("gizmo is down");
  },
});

describe("startDriver", () => {
  test("starts a driver on registers that are a test's double, through a real VMO and mapping", async () => {
    const double = memoryDouble(Uint8Array.of(0x78, 0x56, 0x34, 0x12, 0, 0, 0, 0));
    await using test = await startDriver(gizmo, {
      offers: (env) => [offer(Pci, () => new FakePci(env, { bars: { 2: double } }))],
    });
    expect(test.inspect).toEqual({ id: 0x12345678 });
    expect(await test.connect(EduDevice).checkLiveness(0xcafe)).toBe(0xcafe);
    expect(double.read32(4)).toBe(0xcafe);
    expect(test.node.running!.memory).toMatchObject([{ name: "fake bar 2", size: 8 }]);
    expect(test.log.map(({ message }) => message)).toContain("gizmo is up");
  });

  test("shows the children that the driver adds, and connects to what it offers them", async () => {
    await using test = await startDriver(gizmo, {
      offers: (env) => [offer(Pci, () => new FakePci(env, { bars: { 2: memoryDouble(8) } }))],
    });
    expect(test.children.map(({ name }) => name)).toEqual(["port"]);
    expect(test.child("port").properties).toMatchObject({ kind: "port" });
    expect(await test.connectAsChild("port", EduDevice).getId()).toBe(77);
    expect(() => test.child("other")).toThrow(/^NOT_FOUND.*port/);
  });

  test("lets the test interrupt the driver", async () => {
    let pci: FakePci | undefined;
    await using test = await startDriver(gizmo, {
      offers: (env) => {
        const fake = new FakePci(env, { bars: { 2: memoryDouble(8) } });
        pci = fake;
        return [offer(Pci, () => fake)];
      },
    });
    const answer = test.connect(EduDevice).computeFactorial(3);
    pci!.trigger();
    expect(await answer).toBe(1);
    expect(pci!.acks).toBe(1);
  });

  test("rejects with what the driver did not start with, and leaves nothing running", async () => {
    const started = startDriver(gizmo, { offers: (env) => [offer(Pci, () => new FakePci(env))] });
    await expect(started).rejects.toMatchObject({ status: Status.NOT_FOUND });
  });

  test("rejects where a fake parent is what fails", async () => {
    const started = startDriver(gizmo, {
      offers: () => {
        throw new Error("the fake is broken");
      },
    });
    await expect(started).rejects.toThrow("the fake is broken");
  });

  test("stops the driver", async () => {
    await using test = await startDriver(gizmo, {
      offers: (env) => [offer(Pci, () => new FakePci(env, { bars: { 2: memoryDouble(8) } }))],
    });
    await test.stopDriver();
    expect(test.node.state).toBe("removed");
    expect(test.log.map(({ message }) => message)).toContain("gizmo is down");
    await test.stopDriver();
  });

  test("starts a driver of composite nodes, with a fake for each parent", async () => {
    const composite = defineDriver({
      name: "pair",
      bind: { composite: "pair", primary: { left: { x: 1 } }, additional: { right: { x: 2 } } },
      async start(ctx) {
        for (const side of ["left", "right"])
          ctx.inspect[side] = await (await ctx.connect(EduDevice, side)).getId();
        ctx.inspect.property = String(ctx.node.properties.color);
      },
    });
    const side = (id: number) => () => [offer(EduDevice, () => ({ getId: () => id }) as never)];
    await using test = await startDriver(composite, {
      parents: { left: side(1), right: side(2) },
      properties: { color: "red" },
    });
    expect(test.inspect).toEqual({ left: 1, right: 2, property: "red" });
  });

  test("gives a colocated driver its parent's in-process protocols", async () => {
    const near = defineDriver({
      name: "near",
      bind: { never: true },
      colocate: true,
      start: async (ctx) => {
        ctx.inspect.answer = ctx.banjo<{ answer(): number }>("oracle").answer();
      },
    });
    await using test = await startDriver(near, { banjo: () => ({ oracle: { answer: () => 42 } }) });
    expect(test.inspect).toEqual({ answer: 42 });
  });

  test("has drivers for the driver's own children, where the test gives some", async () => {
    const port = defineDriver({
      name: "port",
      bind: { kind: "port" },
      start: async (ctx) => {
        ctx.inspect.id = await (await ctx.connect(EduDevice)).getId();
      },
    });
    await using test = await startDriver(gizmo, {
      offers: (env) => [offer(Pci, () => new FakePci(env, { bars: { 2: memoryDouble(8) } }))],
      drivers: [port],
    });
    expect(test.child("port").running!.inspect).toEqual({ id: 77 });
  });
});

describe("doubles behind a fake PCI function", () => {
  test("a scripted one sees the driver's accesses, and only these", async () => {
    const script = new MmioScript(8).read32(0, 7).read32(0, 8);
    await using test = await startDriver(gizmo, {
      offers: (env) => [offer(Pci, () => new FakePci(env, { bars: { 2: script.mmio } }))],
    });
    expect(await test.connect(EduDevice).getId()).toBe(8);
    script.done();
  });

  test("one made of a register declaration brings the edu driver up, with its interrupts and DMA buffer", async () => {
    const double = new RegisterDouble(Edu, { size: 0x10_0000 });
    let pci: FakePci | undefined;
    const raise = (value: number) => {
      double.set("IrqStatus", value);
      pci!.trigger();
    };
    double
      .on("Liveness", { read: () => 0xedcb_a987 })
      .on("Factorial", { read: () => 3628800, write: () => raise(1) })
      .on("DmaCommand", { read: () => 0n, write: () => raise(0x100) });
    const started = startDriver(edu, {
      offers: (env) => {
        const fake = new FakePci(env, { vendorId: 0x1234, deviceId: 0x11e8, bars: { 0: double.mmio } });
        pci = fake;
        return [offer(Pci, () => fake)];
      },
    });
    // The double moves no data: that is what the driver finds out last.
    await expect(started).rejects.toMatchObject({ status: Status.IO_DATA_INTEGRITY });
    expect(pci!.isBusMaster).toBe(false);
  });
});

describe("bootBoard", () => {
  test("boots a board with a device and its driver", async () => {
    await using system = await bootBoard({ devices: ["edu"], drivers: [edu] });
    expect(await system.connect("root.board.pci.00_01_0", EduDevice).getId()).toBe(0x010000ed);
  });
});
