/** Which driver a node gets, and when: driver-framework.md 1.2, 1.3, 1.8 and 8. */
import { describe, expect, test } from "vitest";
import type { DriverContext } from "../../src/driver/context.ts";
import { type DriverSpec, defineDriver } from "../../src/driver/define.ts";
import type { NodeController } from "../../src/driver/node.ts";
import { Status } from "../../src/zx/status.ts";
import { boot, Gate, leaf, settle } from "./harness.ts";

/** A board with one child, `child`, and the board's hold on it. */
async function bootChild(properties: Record<string, string>, ...drivers: DriverSpec[]) {
  let controller: NodeController | undefined;
  let board: DriverContext | undefined;
  const booted = await boot(
    async (ctx) => {
      board = ctx;
      controller = await ctx.addChild({ name: "child", properties });
    },
    ...drivers,
  );
  return { ...booted, controller: controller!, board: board!, child: booted.node("child") };
}

const broken = (name: string, status: "IO" | "NOT_FOUND" = "IO"): DriverSpec =>
  leaf(name, {
    start: async (ctx) => {
      throw ctx.error(status, "it is broken");
    },
  });

describe("a node that no driver matches", () => {
  test("is an orphan, and is bound when a driver for it is registered later", async () => {
    const { system, child } = await bootChild({ kind: "late" });
    expect(child).toMatchObject({ state: "unbound", owner: "none" });
    expect(await system.manager.register(defineDriver(leaf("late")))).toEqual([child]);
    expect(child).toMatchObject({ state: "running", owner: "driver", driver: { name: "late" } });
  });

  test("stays one when the driver that is registered is for others", async () => {
    const { system, child } = await bootChild({ kind: "late" });
    expect(await system.manager.register(defineDriver(leaf("other")))).toEqual([]);
    expect(child.state).toBe("unbound");
  });
});

describe("two drivers that match", () => {
  const two = (name: string): DriverSpec => leaf(name, { bind: { kind: "both" } });

  test("are one too many: nothing binds, and the log names them", async () => {
    const { child, logs } = await bootChild({ kind: "both" }, two("one"), two("two"));
    expect(child).toMatchObject({ state: "unbound", error: { status: Status.NOT_SUPPORTED } });
    expect(logs).toContainEqual(
      expect.objectContaining({ severity: "error", message: expect.stringMatching(/one\.cm.*two\.cm/) }),
    );
  });

  test("are one when the other is a fallback: that is used only alone", async () => {
    const { child } = await bootChild({ kind: "both" }, { ...two("spare"), fallback: true }, two("real"));
    expect(child.driver!.name).toBe("real");
    const alone = await bootChild({ kind: "both" }, { ...two("spare"), fallback: true });
    expect(alone.child.driver!.name).toBe("spare");
  });

  test("are one when the other is disabled, and the node is bound as soon as it is", async () => {
    const { system, child } = await bootChild({ kind: "both" }, two("one"), two("two"));
    system.manager.disable("fuchsia-boot:///#meta/one.cm");
    await system.manager.enable("fuchsia-boot:///#meta/two.cm");
    expect(child.driver!.name).toBe("two");
  });

  test("are one for who asks for the URL of one of them", async () => {
    const { controller, child } = await bootChild({ kind: "both" }, two("one"), two("two"));
    await controller.requestBind({ driverUrlSuffix: "two.cm" });
    expect(child).toMatchObject({ state: "running", driver: { name: "two" }, error: undefined });
  });
});

describe("a disabled driver", () => {
  test("is not bound to new nodes, and goes on where it runs", async () => {
    const { system, child, board, node } = await bootChild({ kind: "leaf" }, leaf("leaf"));
    system.manager.disable("fuchsia-boot:///#meta/leaf.cm");
    await board.addChild({ name: "second", properties: { kind: "leaf" } });
    await settle(system);
    expect([child.state, node("second").state]).toEqual(["running", "unbound"]);
    await system.manager.enable("fuchsia-boot:///#meta/leaf.cm");
    expect(node("second").state).toBe("running");
  });

  test("must be one that there is", async () => {
    const { system } = await bootChild({});
    expect(() => system.manager.disable("fuchsia-boot:///#meta/none.cm")).toThrow(/^NOT_FOUND.*board\.cm/);
  });
});

describe("RequestBind", () => {
  test("is ALREADY_BOUND for a node with a driver, and rebinds it if forced to", async () => {
    let starts = 0;
    const counting = leaf("leaf", { start: async () => void starts++ });
    const { controller, child } = await bootChild({ kind: "leaf" }, counting);
    await expect(controller.requestBind()).rejects.toMatchObject({ status: Status.ALREADY_BOUND });
    await controller.requestBind({ forceRebind: true });
    expect(starts).toBe(2);
    expect(child.state).toBe("running");
  });

  test("is ALREADY_EXISTS while another one is under way", async () => {
    const gate = new Gate();
    const slow = leaf("leaf", {
      bind: { kind: "leaf", "fuchsia.BIND_AUTOBIND": 0 },
      start: () => gate.wait(),
    });
    const { controller, system, child } = await bootChild({ kind: "leaf" }, slow);
    const first = controller.requestBind({ driverUrlSuffix: "leaf.cm" });
    await expect(controller.requestBind()).rejects.toMatchObject({ status: Status.ALREADY_EXISTS });
    gate.open();
    await first;
    await system.manager.settled();
    expect(child.state).toBe("running");
  });

  test("is NOT_FOUND where nothing is meant for the node", async () => {
    const { controller } = await bootChild({ kind: "nothing" }, leaf("leaf"));
    await expect(controller.requestBind()).rejects.toMatchObject({ status: Status.NOT_FOUND });
    await expect(controller.requestBind({ driverUrlSuffix: "leaf.cm" })).rejects.toMatchObject({
      status: Status.NOT_FOUND,
    });
  });

  test("binds a driver that binds by request only", async () => {
    const { controller, child } = await bootChild(
      { kind: "leaf" },
      leaf("shy", { bind: { kind: "leaf", "fuchsia.BIND_AUTOBIND": 0 } }),
    );
    expect(child.state).toBe("unbound");
    await controller.requestBind({ driverUrlSuffix: "shy.cm" });
    expect(child.state).toBe("running");
  });

  test("tries again where a start has failed, and says why it fails again", async () => {
    let isBroken = true;
    const fragile = leaf("fragile", {
      start: async (ctx) => {
        if (isBroken) throw ctx.error("IO", "not yet");
      },
    });
    const { controller, child } = await bootChild({ kind: "fragile" }, fragile);
    expect(child).toMatchObject({ state: "quarantined", driver: { name: "fragile" } });
    await expect(controller.requestBind()).rejects.toMatchObject({ status: Status.IO });
    isBroken = false;
    await controller.requestBind();
    expect(child).toMatchObject({ state: "running", error: undefined });
  });

  test("may come while the parent's driver starts", async () => {
    const { node } = await boot(async (ctx) => {
      const child = await ctx.addChild({ name: "child", properties: { kind: "leaf" } });
      await child.requestBind();
      ctx.inspect.bound = true;
    }, leaf("leaf"));
    expect(node("child").state).toBe("running");
    expect(node("").running!.inspect).toEqual({ bound: true });
  });
});

describe("WaitForDriver", () => {
  test("succeeds at once where a driver runs", async () => {
    const { controller } = await bootChild({ kind: "leaf" }, leaf("leaf"));
    await controller.waitForDriver();
  });

  test("tells that nothing matches only when no driver can come any more", async () => {
    let answer: Promise<unknown> = Promise.resolve();
    const gate = new Gate();
    const booting = boot(
      async (ctx) => {
        const child = await ctx.addChild({ name: "child", properties: { kind: "nothing" } });
        await ctx.addChild({ name: "slow", properties: { kind: "slow" } });
        answer = child.waitForDriver().catch((error) => error);
      },
      leaf("slow", { start: () => gate.wait() }),
    );
    let told = false;
    await gate.reached;
    void answer.then(() => (told = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(told).toBe(false);
    gate.open();
    await booting;
    expect(await answer).toMatchObject({ status: Status.NOT_FOUND });
  });

  test("may be awaited by the parent's driver in its own start: the child is bound before that ends", async () => {
    const { node, told } = await boot(async (ctx) => {
      const child = await ctx.addChild({ name: "child", properties: { kind: "leaf" } });
      await child.waitForDriver();
      ctx.inspect.bound = true;
    }, leaf("leaf"));
    expect(node("").running!.inspect).toEqual({ bound: true });
    expect(told.indexOf("child started")).toBeLessThan(told.indexOf("board started"));
  });

  test("may be awaited so at every level of a tree", async () => {
    const down = (name: string, below: string) =>
      leaf(name, {
        start: async (ctx) => {
          const child = await ctx.addChild({ name: "below", properties: { kind: below } });
          await child.waitForDriver();
        },
      });
    const { node } = await boot(down("", "one").start, down("one", "two"), leaf("two"));
    expect(node("below.below").state).toBe("running");
  });

  test.each([
    ["nothing", Status.NOT_FOUND],
    ["bad", Status.IO],
  ])(
    "ends with an error, too, where the parent's driver asks in its own start (%s)",
    async (kind, status) => {
      const { node } = await boot(async (ctx) => {
        const child = await ctx.addChild({ name: "child", properties: { kind } });
        ctx.inspect.status = await child.waitForDriver().then(
          () => 0,
          (error) => error.status,
        );
      }, broken("bad"));
      expect(node("").running!.inspect).toEqual({ status });
      expect(node("").state).toBe("running");
    },
  );

  test("is satisfied by a driver that is registered late", async () => {
    const { controller, system } = await bootChild({ kind: "late" });
    const registered = system.manager.register(defineDriver(leaf("late")));
    await controller.waitForDriver();
    await registered;
  });

  test("tells what a start failed with", async () => {
    const { controller } = await bootChild({ kind: "bad" }, broken("bad"));
    await expect(controller.waitForDriver()).rejects.toMatchObject({ status: Status.IO });
  });

  test("is ALREADY_EXISTS while another one waits, and CANCELED when the node is removed", async () => {
    const gate = new Gate();
    const slow = leaf("slow", { start: () => gate.wait() });
    const { controller, board, system } = await bootChild({ kind: "none" }, slow);
    await board.addChild({ name: "busy", properties: { kind: "slow" } });
    await gate.reached;
    const first = controller.waitForDriver().catch((error) => error);
    await expect(controller.waitForDriver()).rejects.toMatchObject({ status: Status.ALREADY_EXISTS });
    await controller.remove();
    expect(await first).toMatchObject({ status: Status.CANCELED });
    gate.open();
    await system.manager.settled();
  });
});
