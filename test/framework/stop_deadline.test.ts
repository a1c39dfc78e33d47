/** Drivers that never end what they have begun: nobody waits for them for ever. Deadlines are of the machine's clock. */
import { describe, expect, test } from "vitest";
import type { DriverContext } from "../../src/driver/context.ts";
import type { NodeController } from "../../src/driver/node.ts";
import { Status } from "../../src/zx/status.ts";
import { type Booted, bootWith, leaf, settle } from "./harness.ts";

const never = () => new Promise<void>(() => {});

/** A board with `hung`, a driver of which does not end its stop, and `other`. */
function bootHung(stopDeadline?: number, driverHost?: string): Promise<Booted> {
  return bootWith(
    { stopDeadline },
    async (ctx) => {
      const host = driverHost === undefined ? {} : { driverHost };
      await ctx.addChild({ name: "hung", properties: { kind: "hung" }, ...host });
      await ctx.addChild({ name: "other", properties: { kind: "other" }, ...host });
    },
    leaf("hung", { stop: never }),
    leaf("other"),
  );
}

describe("a driver that does not end its stop", () => {
  test("does not keep the system from stopping: its host is killed when the time is up", async () => {
    const { system, told, logs } = await bootHung();
    const { clock } = system.kernel.machine;
    const before = clock.now();
    await system.stop();
    expect(clock.now() - before).toBeGreaterThanOrEqual(10e9);
    expect(told.slice(-7)).toEqual([
      "other removed",
      "hung stopping",
      "hung stopped",
      "hung removed",
      "board stopping",
      "board stopped",
      "board removed",
    ]);
    expect(logs.map(({ message }) => message)).toContainEqual(
      expect.stringMatching(/has died \(killed\): hung on root\.board\.hung has not stopped within 10 s/),
    );
  });

  test("has as long as the system gives it", async () => {
    const { system, node } = await bootHung(2e9);
    const { clock } = system.kernel.machine;
    const before = clock.now();
    await system.manager.remove(node("hung"));
    const took = clock.now() - before;
    expect(took).toBeGreaterThanOrEqual(2e9);
    expect(took).toBeLessThan(3e9);
  });

  test("takes the drivers in its host along, as any death of a host does", async () => {
    const { system, node } = await bootHung(1e9, "shared");
    await system.manager.remove(node("hung"));
    await settle(system);
    expect(node("").children).toEqual([]);
  });

  test("is restarted all the same, in another host", async () => {
    const { system, node } = await bootHung(1e9);
    const { host } = node("hung").running!;
    await system.manager.restart("fuchsia-boot:///#meta/hung.cm");
    expect(node("hung").state).toBe("running");
    expect(node("hung").running!.host).not.toBe(host);
  });
});

test("a driver that stops in time is let alone, and no deadline is left behind", async () => {
  const { system, node, logs } = await bootWith(
    { stopDeadline: 2e9 },
    async (ctx) => {
      await ctx.addChild({ name: "slow", properties: { kind: "slow" } });
    },
    leaf("slow", { stop: (ctx) => ctx.clock.sleep(1e9) }),
  );
  const { clock } = system.kernel.machine;
  await system.manager.remove(node("slow"));
  await new Promise<void>((resolve) => clock.at(clock.now() + 60e9, resolve));
  expect(logs).toEqual([]);
  expect(node("").state).toBe("running");
});

describe("a driver that does not end its start", () => {
  const bootStarting = async () => {
    let board: DriverContext | undefined;
    const starts: number[] = [];
    const booted = await bootWith(
      { stopDeadline: 1e9 },
      async (ctx) => {
        board = ctx;
      },
      leaf("hung", {
        start: async () => {
          starts.push(starts.length);
          if (starts.length === 1) await never();
        },
      }),
    );
    const child: NodeController = await board!.addChild({ name: "hung", properties: { kind: "hung" } });
    while (starts.length === 0) await new Promise((resolve) => setImmediate(resolve));
    return { ...booted, child };
  };

  test("is left alone as long as nobody waits for it", async () => {
    const { system, node } = await bootStarting();
    const { clock } = system.kernel.machine;
    await new Promise<void>((resolve) => clock.at(clock.now() + 60e9, resolve));
    expect(node("hung").state).toBe("starting");
  });

  test("does not keep its node from being removed, nor the system from stopping", async () => {
    const { child, node, told } = await bootStarting();
    await child.remove();
    expect(told.slice(-2)).toEqual(["hung failed", "hung removed"]);
    expect(node("").state).toBe("running");
  });

  test("is restarted when somebody wants it", async () => {
    const { system, node } = await bootStarting();
    await system.manager.restart("fuchsia-boot:///#meta/hung.cm");
    expect(node("hung").state).toBe("running");
  });

  test("is replaced when a driver is asked for with force, and not without", async () => {
    const { child, node } = await bootStarting();
    await expect(child.requestBind()).rejects.toMatchObject({ status: Status.ALREADY_BOUND });
    await child.requestBind({ forceRebind: true });
    expect(node("hung").state).toBe("running");
  });
});
