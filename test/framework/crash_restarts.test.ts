/** How often, and when, drivers whose hosts die are started again. */
import { describe, expect, test } from "vitest";
import type { DriverContext } from "../../src/driver/context.ts";
import type { NodeController } from "../../src/driver/node.ts";
import type { RestartPolicy } from "../../src/framework/restart_policy.ts";
import { Status } from "../../src/zx/status.ts";
import { bootWith, Gate, kill, leaf, pageFault, settle } from "./harness.ts";

describe("restarts after crashes", () => {
  const crashing = (times: number, log: number[]) =>
    leaf("victim", {
      hostRestartOnCrash: true,
      start: async (ctx) => {
        log.push(ctx.clock.now());
        if (log.length <= times) pageFault(ctx);
      },
    });
  const board = async (ctx: DriverContext) => {
    await ctx.addChild({ name: "victim", properties: { kind: "victim" } });
  };

  test("wait twice as long each time, on the machine's clock, up to a limit", async () => {
    const starts: number[] = [];
    const restart = { firstDelay: 1e6, maxDelay: 5e6, limit: 10 };
    const { node } = await bootWith({ restart }, board, crashing(5, starts));
    const pauses = starts.slice(1).map((time, i) => Math.round((time - starts[i]!) / 1e6));
    expect(pauses).toEqual([1, 2, 4, 5, 5]);
    expect(node("victim").state).toBe("running");
  });

  test("end when there were too many in a row: the node is quarantined, and can be tried again", async () => {
    const starts: number[] = [];
    const { node, system } = await bootWith({ restart: { limit: 3 } }, board, crashing(4, starts));
    expect(starts).toHaveLength(4);
    expect(node("victim")).toMatchObject({ state: "quarantined", error: { status: Status.UNAVAILABLE } });
    await system.manager.restart("fuchsia-boot:///#meta/victim.cm");
    expect(node("victim").state).toBe("running");
  });

  test("that are waited for end when the node is removed", async () => {
    const starts: number[] = [];
    let victim: DriverContext | undefined;
    const restart = { firstDelay: 3600e9, maxDelay: 3600e9 };
    const { system, node } = await bootWith(
      { restart },
      board,
      leaf("victim", {
        hostRestartOnCrash: true,
        start: async (ctx) => {
          victim = ctx;
          starts.push(ctx.clock.now());
        },
      }),
    );
    const doomed = node("victim");
    kill(victim!);
    // Time stands still while anything can run.
    for (let i = 0; i < 1000; i++) await null;
    expect(doomed.state).toBe("restarting");
    await system.manager.remove(doomed);
    expect(starts).toHaveLength(1);
    expect(system.kernel.machine.clock.now()).toBeLessThan(3600e9);
  });

  /** A driver that runs until it is killed, and waits for an hour before it is started again. */
  const bootPatient = async (restart: Partial<RestartPolicy>) => {
    const contexts: DriverContext[] = [];
    const booted = await bootWith(
      { restart },
      board,
      leaf("victim", { hostRestartOnCrash: true, start: async (ctx) => void contexts.push(ctx) }),
      leaf("spare", { bind: { kind: "victim" }, fallback: true }),
    );
    const crash = () => kill(contexts.at(-1)!);
    return { ...booted, starts: () => contexts.length, crash };
  };
  const HOUR = { firstDelay: 3600e9, maxDelay: 3600e9 };
  const VICTIM = "fuchsia-boot:///#meta/victim.cm";

  test("begin a new row when somebody has had the driver started again", async () => {
    const { system, node, crash, starts } = await bootPatient({ limit: 1 });
    for (let i = 0; i < 2; i++) {
      crash();
      await settle(system);
    }
    expect([node("victim").state, starts()]).toEqual(["quarantined", 2]);
    await system.manager.restart(VICTIM);
    crash();
    await settle(system);
    expect([node("victim").state, starts()]).toEqual(["running", 4]);
  });

  test("are not waited for by who wants it now", async () => {
    const { system, node, crash, starts } = await bootPatient(HOUR);
    crash();
    for (let i = 0; i < 1000; i++) await null;
    expect(node("victim").state).toBe("restarting");
    await system.manager.restart(VICTIM);
    expect([node("victim").state, starts()]).toEqual(["running", 2]);
    await settle(system);
    expect(starts()).toBe(2);
    expect(system.kernel.machine.clock.now()).toBeLessThan(3600e9);
  });

  test("are another driver's where the driver is disabled by then", async () => {
    const { system, node, crash } = await bootPatient({});
    system.manager.disable(VICTIM);
    crash();
    await settle(system);
    expect(node("victim")).toMatchObject({ state: "running", driver: { name: "spare" } });
  });

  test("leave alone what somebody has had started since the crash", async () => {
    const gate = new Gate();
    let child: NodeController | undefined;
    let starts = 0;
    const booting = bootWith(
      {},
      async (ctx) => {
        child = await ctx.addChild({ name: "victim", properties: { kind: "victim" } });
      },
      leaf("victim", {
        hostRestartOnCrash: true,
        start: async (ctx) => {
          starts++;
          if (starts > 1) return;
          await gate.wait();
          kill(ctx);
        },
      }),
    );
    await gate.reached;
    // Has its turn when the start is over, before what comes of the crash.
    const requested = child!.requestBind({ forceRebind: true });
    await new Promise((resolve) => setImmediate(resolve));
    gate.open();
    const { system, node } = await booting;
    await requested;
    await settle(system);
    expect([node("victim").state, starts]).toEqual(["running", 2]);
  });
});
