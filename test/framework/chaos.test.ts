/** Everything at once, seeded: plain and composite nodes, shared hosts, deaths, drivers that hang, and somebody who restarts and disables. */
import { expect, test } from "vitest";
import type { DriverContext } from "../../src/driver/context.ts";
import type { NodeController } from "../../src/driver/node.ts";
import type { Node } from "../../src/framework/node.ts";
import type { System } from "../../src/framework/system.ts";
import { randomStream } from "../../src/zx/random.ts";
import { bootWith, census, kill, leaf, settle } from "./harness.ts";

const URL = (name: string) => `fuchsia-boot:///#meta/${name}.cm`;
const ROLES = ["a", "b", "c"];
const HOUR = 3600e9;

/** What holds whenever nothing is under way. */
function check(system: System): void {
  const nodes = [...system.manager.root.walk()];
  const monikers = nodes.map(({ moniker }) => moniker);
  expect(new Set(monikers).size).toBe(monikers.length);
  for (const node of nodes) {
    expect(["unbound", "running", "quarantined"], node.moniker).toContain(node.state);
    expect(node.running !== undefined, node.moniker).toBe(node.state === "running");
    if (!node.isComposite) continue;
    for (const parent of node.parents) {
      expect(parent.node).toMatchObject({ driver: undefined, state: "unbound" });
      expect(parent.node.children).toContain(node);
    }
  }
  const residents = (host: Parameters<System["manager"]["residents"]>[0]) => system.manager.residents(host);
  for (const host of system.manager.hosts) expect(residents(host).length).toBeGreaterThan(0);
  const inHosts = [...system.manager.hosts].flatMap((host) => residents(host));
  expect(new Set(inHosts)).toEqual(new Set(nodes.filter(({ running }) => running !== undefined)));
  expect(system.kernel.machine.clock.now()).toBeLessThan(HOUR);
}

test.each([1, 2, 3, 4, 5, 6])(
  "whatever happens, the topology makes sense and ends (seed %d)",
  async (seed) => {
    const random = randomStream(seed, "chaos");
    const pick = (count: number) => Math.floor(random() * count);
    const oneOf = <T>(values: readonly T[]): T | undefined => values[pick(values.length)];
    const alive = new Set<DriverContext>();
    let isCalm = false;
    const never = () => new Promise<void>(() => {});
    const start = async (ctx: DriverContext) => {
      alive.add(ctx);
      ctx.defer(() => void alive.delete(ctx));
      if (isCalm) return;
      if (pick(12) === 0) kill(ctx);
      if (pick(12) === 0) throw ctx.error("IO", "unlucky");
      if (pick(20) === 0) await never();
    };
    const stop = () => (!isCalm && pick(8) === 0 ? never() : Promise.resolve());
    const plain = (name: string) => leaf(name, { start, stop, hostRestartOnCrash: pick(2) === 0 });
    const bush = leaf("bush", {
      start: async (ctx) => {
        const child = await ctx.addChild({ name: "below", properties: { kind: "leaf" } });
        if (pick(2) === 0) await child.waitForDriver().catch(() => {});
        // Its composite nodes are of parents that others have added.
        await ctx
          .addCompositeNodeSpec({ name: `of-${ctx.node.name}`, parents: parentsOf(ROLES) })
          .catch(() => {});
        await start(ctx);
      },
      stop,
    });
    const both = (more: Partial<Parameters<typeof leaf>[1]>, name: string) =>
      leaf(name, {
        bind: {
          composite: "both",
          primary: { first: { "its.role": "a" } },
          additional: { second: { "its.role": "b" } },
          optional: { third: { "its.role": "c" } },
        },
        start,
        stop,
        ...more,
      });
    const parentsOf = (roles: readonly string[]) =>
      roles.map((role) => ({
        bindRules: [{ key: "role", condition: "ACCEPT", values: [role] } as const],
        properties: { "its.role": role },
      }));

    let board: DriverContext | undefined;
    const { system } = await bootWith(
      { stopDeadline: 1e9 },
      async (ctx) => {
        board = ctx;
        await ctx.addCompositeNodeSpec({ name: "two", parents: parentsOf(["b", "a"]), driverHost: "shared" });
        await ctx.addCompositeNodeSpec({ name: "three", parents: parentsOf(ROLES) });
      },
      plain("leaf"),
      bush,
      both({ hostRestartOnCrash: true }, "both"),
      both({}, "other"),
      leaf("role", { bind: { role: ["a", "c"] }, start, stop }),
    );
    await settle(system);
    const before = census(system);

    let controllers: NodeController[] = [];
    const nodes = (): Node[] => [...system.manager.root.walk()].filter((node) => node.parent?.parent);
    const drivers = ["leaf", "bush", "both", "other", "role"];
    const add = async () => {
      const properties = oneOf([{ role: oneOf(ROLES)! }, { kind: "leaf" }, { kind: "bush" }])!;
      const host = pick(3) === 0 ? { driverHost: "shared" } : {};
      controllers.push(await board!.addChild({ name: `n${pick(12)}`, properties, ...host }));
    };
    const acts: (() => unknown)[] = [
      ...[add, add, add, add, add],
      () => controllers.splice(pick(controllers.length), 1)[0]?.remove(),
      () => oneOf(controllers)?.requestBind({ forceRebind: pick(2) === 0 }),
      () => oneOf(controllers)?.requestBind({ forceRebind: true, driverUrlSuffix: "role.cm" }),
      () => oneOf(controllers)?.waitForDriver(),
      () => {
        const ctx = oneOf([...alive]);
        if (ctx === undefined) return;
        alive.delete(ctx);
        kill(ctx);
      },
      () => oneOf([...alive])?.closeNode(),
      () => system.manager.restart(URL(oneOf(drivers)!), { rematch: pick(2) === 0 }),
      () => system.manager.disable(URL(oneOf(drivers)!)),
      () => system.manager.enable(URL(oneOf(drivers)!)),
      () => Promise.all(drivers.map((name) => system.manager.enable(URL(name)))),
      () => {
        const node = oneOf(nodes());
        return node && system.manager.remove(node);
      },
    ];
    for (let round = 0; round < 12; round++) {
      const pending: Promise<unknown>[] = [];
      for (let step = 0; step < 12; step++) {
        pending.push((async () => oneOf(acts)!())().catch(() => {}));
        for (let i = pick(120); i > 0; i--) await null;
      }
      // A driver whose start hangs is only stopped when somebody wants it.
      const isHung = ({ state, running }: Node) => state === "starting" && running !== undefined;
      const clear = async () => {
        for (const node of nodes()) if (isHung(node)) await system.manager.remove(node);
      };
      let isOver = false;
      const over = Promise.all(pending)
        .then(() => settle(system))
        .then(() => (isOver = true));
      while (!isOver) {
        await new Promise((resolve) => setImmediate(resolve));
        await clear();
      }
      await over;
      controllers = controllers.filter(({ moniker }) => nodes().some((node) => node.moniker === moniker));
      check(system);
    }

    isCalm = true;
    for (const name of drivers) await system.manager.enable(URL(name));
    for (const node of nodes()) await system.manager.remove(node);
    alive.clear();
    await settle(system);
    check(system);
    expect(nodes()).toEqual([]);
    const { objects, handles } = census(system);
    expect({ objects, handles }).toEqual({ objects: before.objects, handles: before.handles });

    // As good as new.
    for (const role of ["a", "b"]) await board!.addChild({ name: role, properties: { role } });
    await system.manager.settled();
    expect(system.manager.find("root.board.a.two").state).toBe("running");
    await system.stop();
  },
);
