/** How often, and when, drivers whose hosts die are started again. */
import { describe, expect, test } from "vitest";
import type { DriverContext } from "../../src/driver/context.ts";
import { Status } from "../../src/zx/status.ts";
import { bootWith, kill, leaf, pageFault } from "./harness.ts";

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
});
