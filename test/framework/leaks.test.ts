/** Nothing is left behind: objects, handles and frames are the same after nodes have come and gone. */
import { describe, expect, test } from "vitest";
import type { DriverContext } from "../../src/driver/context.ts";
import type { DriverSpec } from "../../src/driver/define.ts";
import type { NodeController } from "../../src/driver/node.ts";
import { offer } from "../../src/driver/offer.ts";
import { Device as Edu } from "../../src/fidl/zirconia.edu.ts";
import { randomStream } from "../../src/zx/random.ts";
import { findProblems } from "../support/kernel_invariants.ts";
import { type Booted, boot, census, Gate, leaf, pageFault, settle } from "./harness.ts";

const offers = () => [offer(Edu, () => ({ getId: () => 1 }) as never)];

/** A driver that uses all that a driver can have, and gives nothing back by itself. */
const greedy = (more: Partial<DriverSpec> = {}): DriverSpec =>
  leaf("greedy", {
    start: async (ctx) => {
      await (await ctx.connect(Edu)).getId();
      ctx.mapMmio(ctx.zx.vmoCreate(8192, 0), { policy: "CACHED" });
      ctx.own(ctx.zx.eventCreate(0));
      ctx.serve(offers()[0]!);
      await ctx.addChild({ name: "child", properties: { kind: "none" }, offers: offers(), banjo: { x: {} } });
      const mine = await ctx.addOwnedChild({ name: "mine" });
      await mine.addChild({ name: "leaf", properties: { kind: "leaf" }, offers: offers() });
    },
    ...more,
  });

/** Runs `cycle` a few times; after the first, which may fill caches, each must leave the same behind. */
async function expectNoLeak(
  drivers: DriverSpec[],
  cycle: (board: DriverContext, booted: Booted) => Promise<void>,
): Promise<void> {
  let board: DriverContext | undefined;
  const booted = await boot(
    async (ctx) => {
      board = ctx;
    },
    ...drivers,
  );
  const { system } = booted;
  await cycle(board!, booted);
  await settle(system);
  const first = census(system);
  for (let i = 0; i < 3; i++) {
    await cycle(board!, booted);
    await settle(system);
    expect(findProblems(system.kernel)).toEqual([]);
    expect(census(system)).toEqual(first);
  }
}

const add = (board: DriverContext): Promise<NodeController> =>
  board.addChild({ name: "greedy", properties: { kind: "greedy" }, offers: offers(), banjo: { y: {} } });

describe("nothing is left of", () => {
  test("a node that is added, bound and removed", async () => {
    await expectNoLeak([greedy(), leaf("leaf")], async (board, { system }) => {
      const controller = await add(board);
      await system.manager.settled();
      await controller.waitForDriver();
      await controller.remove();
    });
  });

  test("a node that is removed as soon as it is added", async () => {
    await expectNoLeak([greedy(), leaf("leaf")], async (board) => {
      await (await add(board)).remove();
    });
  });

  test("a node that is removed while its driver starts", async () => {
    let gate = new Gate();
    const slow = greedy({
      start: async (ctx) => {
        await greedy().start(ctx);
        await gate.wait();
      },
    });
    await expectNoLeak([slow, leaf("leaf")], async (board) => {
      gate = new Gate();
      const controller = await add(board);
      await gate.reached;
      const removed = controller.remove();
      gate.open();
      await removed;
    });
  });

  test("a driver that does not start", async () => {
    const broken = greedy({
      start: async (ctx) => {
        await greedy().start(ctx);
        throw ctx.error("IO", "no");
      },
    });
    await expectNoLeak([broken, leaf("leaf")], async (board, { system }) => {
      const controller = await add(board);
      await system.manager.settled();
      await controller.remove();
    });
  });

  test("a host that dies of its driver", async () => {
    let victim: DriverContext | undefined;
    const dying = greedy({
      start: async (ctx) => {
        victim = ctx;
        await greedy().start(ctx);
      },
    });
    await expectNoLeak([dying, leaf("leaf")], async (board, { system }) => {
      await add(board);
      await system.manager.settled();
      victim!.zx.taskKill(victim!.zx.processSelf);
      await settle(system);
    });
  });

  test("a host that dies while its driver starts, and is started again", async () => {
    let isDoomed = true;
    const dying = greedy({
      hostRestartOnCrash: true,
      start: async (ctx) => {
        await greedy().start(ctx);
        if (isDoomed) {
          isDoomed = false;
          pageFault(ctx);
        }
      },
    });
    await expectNoLeak([dying, leaf("leaf")], async (board, { system, node }) => {
      isDoomed = true;
      const controller = await add(board);
      await settle(system);
      expect(node("greedy").state).toBe("running");
      await controller.remove();
    });
  });

  test("a child that is refused", async () => {
    await expectNoLeak([], async (board) => {
      const controller = await board.addChild({ name: "twin", offers: offers() });
      for (const args of [{ name: "twin" }, { name: "" }, { name: "a/b" }]) {
        await board.addChild({ ...args, offers: offers(), banjo: { x: {} } }).catch(() => {});
        await board.addOwnedChild({ ...args, offers: offers() }).catch(() => {});
      }
      await controller.remove();
    });
  });
});

test.each([1, 2, 3])(
  "whatever order nodes are added, bound, killed and removed in, nothing is left (seed %d)",
  async (seed) => {
    const random = randomStream(seed, "leaks");
    const pick = (count: number) => Math.floor(random() * count);
    const alive = new Map<string, DriverContext>();
    const driver = greedy({
      hostRestartOnCrash: true,
      start: async (ctx) => {
        alive.set(ctx.node.name, ctx);
        await greedy().start(ctx);
        if (pick(8) === 0) pageFault(ctx);
        if (pick(8) === 0) throw ctx.error("IO", "unlucky");
      },
    });
    await expectNoLeak([driver, leaf("leaf")], async (board, { system }) => {
      const controllers: NodeController[] = [];
      for (let step = 0; step < 60; step++) {
        const choice = pick(6);
        if (choice < 2 && controllers.length < 5) {
          const name = `n${step}`;
          controllers.push(await board.addChild({ name, properties: { kind: "greedy" }, offers: offers() }));
        } else if (choice === 2) void controllers.pop()?.remove();
        else if (choice === 3)
          void controllers
            .at(-1)
            ?.requestBind({ forceRebind: true })
            .catch(() => {});
        else if (choice === 4) {
          const [name, ctx] = [...alive].at(pick(Math.max(alive.size, 1))) ?? [];
          if (name === undefined) continue;
          alive.delete(name);
          try {
            ctx!.zx.taskKill(ctx!.zx.processSelf);
          } catch {
            // It is dead already.
          }
        } else for (let i = pick(200); i > 0; i--) await null;
      }
      await Promise.all(controllers.map((controller) => controller.remove()));
      alive.clear();
      await settle(system);
      expect(board.node.moniker).toBe("root.board");
      expect([...system.manager.root.walk()].map(({ moniker }) => moniker)).toEqual(["root", "root.board"]);
      expect(system.manager.hosts.size).toBe(1);
    });
  },
);
