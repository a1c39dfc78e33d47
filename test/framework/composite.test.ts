/** Nodes with several parents: driver-framework.md 1.5 and 8. */
import { describe, expect, test } from "vitest";
import type { DriverContext } from "../../src/driver/context.ts";
import { type DriverSpec, defineDriver } from "../../src/driver/define.ts";
import type { CompositeNodeSpec, NodeController } from "../../src/driver/node.ts";
import { offer } from "../../src/driver/offer.ts";
import { CompositeNodeManager, CompositeNodeSpecError } from "../../src/fidl/fuchsia.driver.framework.ts";
import { Device as Edu } from "../../src/fidl/zirconia.edu.ts";
import type { System } from "../../src/framework/system.ts";
import { boot, Gate, kill, leaf, settle } from "./harness.ts";

const GIZMO = "fuchsia-boot:///#meta/gizmo.cm";

const accept = (key: string, ...values: string[]) => ({ key, condition: "ACCEPT", values }) as const;

/** Parents are found by `role`; the driver's rules see `function`. */
const spec: CompositeNodeSpec = {
  name: "gizmo",
  parents: [
    { bindRules: [accept("role", "registers")], properties: { function: "pci" } },
    { bindRules: [accept("role", "pin")], properties: { function: "gpio" } },
  ],
};

const gizmo = (more: Partial<DriverSpec> = {}): DriverSpec => ({
  name: "gizmo",
  bind: {
    composite: "gizmo",
    primary: { pci: { function: "pci" } },
    additional: { gpio: { function: "gpio" } },
  },
  start: async () => {},
  ...more,
});

const serving = (id: number) => [offer(Edu, () => ({ getId: () => id }) as never)];
const addParents = async (ctx: DriverContext) => {
  await ctx.addChild({ name: "bar", properties: { role: "registers" }, offers: serving(1) });
  await ctx.addChild({ name: "line", properties: { role: "pin" }, offers: serving(2) });
};

describe("a composite node", () => {
  test("comes into being when all its parents are there, below each of them, and gets its driver", async () => {
    let board: DriverContext | undefined;
    const { system, node, told } = await boot(async (ctx) => {
      board = ctx;
      await ctx.addCompositeNodeSpec(spec);
      await ctx.addChild({ name: "bar", properties: { role: "registers" } });
    }, gizmo());
    expect(told).not.toContain("bar.gizmo added");
    await board!.addChild({ name: "line", properties: { role: "pin" } });
    await system.manager.settled();
    const composite = node("bar.gizmo");
    expect(composite).toMatchObject({ state: "running", driver: { name: "gizmo" }, properties: {} });
    expect(node("bar").children).toEqual([composite]);
    expect(node("line").children).toEqual([composite]);
    expect([node("bar").owner, node("line").owner]).toEqual(["composite", "composite"]);
    expect([...system.manager.root.walk()].filter((other) => other === composite)).toHaveLength(1);
  });

  test("may be specified after its parents have been added", async () => {
    const { node } = await boot(async (ctx) => {
      await addParents(ctx);
      await ctx.addCompositeNodeSpec(spec);
    }, gizmo());
    expect(node("bar.gizmo").state).toBe("running");
  });

  test("waits for its driver, too", async () => {
    const { system, node } = await boot(async (ctx) => {
      await ctx.addCompositeNodeSpec(spec);
      await addParents(ctx);
    });
    expect(node("bar").children).toEqual([]);
    await system.manager.register(defineDriver(gizmo()));
    expect(node("bar.gizmo").state).toBe("running");
  });

  test("reaches each parent's service under the parent's name, and the primary one's by default", async () => {
    const { node } = await boot(
      async (ctx) => {
        await ctx.addCompositeNodeSpec(spec);
        await addParents(ctx);
      },
      gizmo({
        start: async (ctx) => {
          const ids = [];
          for (const parent of [undefined, "pci", "gpio"])
            ids.push(await (await ctx.connect(Edu, parent)).getId());
          ctx.inspect.ids = ids.join();
          ctx.inspect.other = await ctx.connect(Edu, "i2c").then(() => "connected", String);
        },
      }),
    );
    const { ids, other } = node("bar.gizmo").running!.inspect;
    expect(ids).toBe("1,1,2");
    expect(other).toMatch(/^ZxError: NOT_FOUND: .*"i2c" does not offer zirconia\.edu\.Service.*\(gpio\)/);
  });

  test("has the properties that the specification gives each parent, and none of the parents' own", async () => {
    const { node } = await boot(
      async (ctx) => {
        await ctx.addCompositeNodeSpec(spec);
        await addParents(ctx);
      },
      gizmo({
        start: async (ctx) => {
          ctx.inspect.node = JSON.stringify([ctx.node.properties, ctx.node.parents]);
        },
      }),
    );
    expect(JSON.parse(node("bar.gizmo").running!.inspect.node as string)).toEqual([
      { function: "pci" },
      { pci: { function: "pci" }, gpio: { function: "gpio" } },
    ]);
  });

  test("is removed, first, with any of its parents; and made anew when that comes back", async () => {
    let board: DriverContext | undefined;
    const { system, node, told } = await boot(async (ctx) => {
      board = ctx;
      await ctx.addCompositeNodeSpec(spec);
      await addParents(ctx);
    }, gizmo());
    await system.manager.remove(node("line"));
    expect(told.slice(-4)).toEqual([
      "bar.gizmo stopping",
      "bar.gizmo stopped",
      "bar.gizmo removed",
      "line removed",
    ]);
    expect(node("bar").children).toEqual([]);
    await board!.addChild({ name: "line", properties: { role: "pin" } });
    await system.manager.settled();
    expect(node("bar.gizmo").state).toBe("running");
  });

  test("may have its driver in the host of the primary parent's, with the in-process protocols from there", async () => {
    const { node } = await boot(
      async (ctx) => {
        await ctx.addCompositeNodeSpec(spec);
        await ctx.addChild({ name: "bar", properties: { role: "registers" }, banjo: { root: { x: 1 } } });
        await ctx.addChild({ name: "line", properties: { role: "pin" }, banjo: { pin: { x: 2 } } });
      },
      gizmo({
        colocate: true,
        start: async (ctx) => {
          ctx.inspect.root = ctx.banjo<{ x: number }>("root").x;
          expect(() => ctx.banjo("pin")).toThrow(/^NOT_FOUND/);
        },
      }),
    );
    expect(node("bar.gizmo").error).toBeUndefined();
    expect(node("bar.gizmo").running!.inspect).toEqual({ root: 1 });
    expect(node("bar.gizmo").running!.host).toBe(node("").running!.host);
  });

  test("has its driver in the host that the specification names", async () => {
    const { node } = await boot(async (ctx) => {
      await ctx.addCompositeNodeSpec({ ...spec, driverHost: "gizmos" });
      await addParents(ctx);
    }, gizmo());
    expect(node("bar.gizmo").running!.host.name).toBe("driver-host:gizmos");
  });

  test("may lack a parent that is optional in its driver's rules", async () => {
    const optional = gizmo({
      bind: {
        composite: "gizmo",
        primary: { pci: { function: "pci" } },
        additional: { gpio: { function: "gpio" } },
        optional: { clock: { function: "clock" } },
      },
      start: async (ctx) => {
        ctx.inspect.parents = Object.keys(ctx.node.parents).join();
      },
    });
    const { node } = await boot(async (ctx) => {
      await ctx.addCompositeNodeSpec(spec);
      await addParents(ctx);
    }, optional);
    expect(node("bar.gizmo").running!.inspect).toEqual({ parents: "pci,gpio" });
  });

  test("crashes as others do: it is removed, and its parents stay", async () => {
    let context: DriverContext | undefined;
    const { system, node } = await boot(
      async (ctx) => {
        await ctx.addCompositeNodeSpec(spec);
        await addParents(ctx);
      },
      gizmo({
        start: async (ctx) => {
          context = ctx;
        },
      }),
    );
    context!.zx.taskKill(context!.zx.processSelf);
    await settle(system);
    expect(node("bar").children).toEqual([]);
    expect(node("line").state).toBe("unbound");
  });
});

describe("a composite node whose driver has crashed", () => {
  const crashing = async (more: Partial<DriverSpec> = {}) => {
    let board: DriverContext | undefined;
    const contexts: DriverContext[] = [];
    const booted = await boot(
      async (ctx) => {
        board = ctx;
        await ctx.addCompositeNodeSpec(spec);
        await addParents(ctx);
      },
      gizmo({ start: async (ctx) => void contexts.push(ctx), ...more }),
      leaf("other"),
    );
    const crash = async () => {
      kill(contexts.at(-1)!);
      await settle(booted.system);
    };
    return { ...booted, board: board!, crash, starts: () => contexts.length };
  };

  test("comes again by itself if its host is to be restarted", async () => {
    const { crash, node, starts } = await crashing({ hostRestartOnCrash: true });
    const before = node("bar.gizmo");
    await crash();
    expect(node("bar.gizmo")).toBe(before);
    expect([before.state, starts()]).toEqual(["running", 2]);
  });

  test("does not come back because something else has happened", async () => {
    const { crash, node, board, system, starts } = await crashing();
    await crash();
    await board.addCompositeNodeSpec({ ...spec, name: "gadget" });
    await system.manager.settled();
    expect(node("bar").children.map(({ name }) => name)).toEqual(["gadget"]);
    expect(starts()).toBe(2);
  });

  test.each<[string, (system: System) => Promise<unknown>]>([
    ["the driver is restarted", ({ manager }) => manager.restart(GIZMO)],
    ["there is another driver", ({ manager }) => manager.register(defineDriver(leaf("another")))],
  ])("comes back when %s", async (_, act) => {
    const { crash, node, system } = await crashing();
    await crash();
    expect(node("bar").children).toEqual([]);
    await act(system);
    expect(node("bar.gizmo").state).toBe("running");
  });

  test("comes back when one of its parents does", async () => {
    const { crash, node, board, system } = await crashing();
    await crash();
    await system.manager.remove(node("line"));
    await board.addChild({ name: "line", properties: { role: "pin" } });
    await system.manager.settled();
    expect(node("bar.gizmo").state).toBe("running");
  });

  test("comes back when a driver is asked for one of its parents", async () => {
    let line: NodeController | undefined;
    let context: DriverContext | undefined;
    const { system, node } = await boot(
      async (ctx) => {
        await ctx.addCompositeNodeSpec(spec);
        await ctx.addChild({ name: "bar", properties: { role: "registers" } });
        line = await ctx.addChild({ name: "line", properties: { role: "pin" } });
      },
      gizmo({
        start: async (ctx) => {
          context = ctx;
        },
      }),
    );
    kill(context!);
    await settle(system);
    await line!.requestBind();
    await system.manager.settled();
    expect(node("bar.gizmo").state).toBe("running");
  });
});

describe("a composite node whose driver", () => {
  const other = gizmo({ name: "spare" });
  const start = async (ctx: DriverContext) => {
    await ctx.addCompositeNodeSpec(spec);
    await addParents(ctx);
  };

  test("is disabled goes on until that is restarted, and then gets another one", async () => {
    const { system, node } = await boot(start, gizmo(), other);
    expect(node("bar.gizmo").driver!.name).toBe("gizmo");
    system.manager.disable(GIZMO);
    expect(node("bar.gizmo").state).toBe("running");
    await system.manager.restart(GIZMO);
    expect(node("bar.gizmo")).toMatchObject({ state: "running", driver: { name: "spare" } });
  });

  test("is disabled and restarted is gone if there is no other, and comes when it is enabled", async () => {
    const { system, node } = await boot(start, gizmo());
    system.manager.disable(GIZMO);
    await system.manager.restart(GIZMO);
    expect(node("bar").children).toEqual([]);
    expect(node("bar")).toMatchObject({ state: "unbound", owner: "none" });
    await system.manager.enable(GIZMO);
    expect(node("bar.gizmo").state).toBe("running");
  });

  test("is reloaded with other names for its parents knows them by these", async () => {
    const { system, node } = await boot(start, gizmo());
    const names = { composite: "gizmo", primary: { registers: { function: "pci" } } };
    const bind = { ...names, additional: { line: { function: "gpio" } } };
    await system.manager.reload(defineDriver(gizmo({ bind })));
    expect(node("bar.gizmo").parents.map(({ name }) => name)).toEqual(["registers", "line"]);
  });
});

describe("a specification lasts as long as the driver that has added it", () => {
  test("which may add it again when it is restarted", async () => {
    const { system, node } = await boot(async (ctx) => {
      await ctx.addCompositeNodeSpec(spec);
      await addParents(ctx);
    }, gizmo());
    await system.manager.restart("fuchsia-boot:///#meta/board.cm");
    expect(node("").error).toBeUndefined();
    expect(node("bar.gizmo").state).toBe("running");
  });

  test("or when its start has failed and is tried again", async () => {
    let isBroken = true;
    const { system, node } = await boot(async (ctx) => {
      await ctx.addCompositeNodeSpec(spec);
      await addParents(ctx);
      if (isBroken) throw ctx.error("IO", "broken");
    }, gizmo());
    expect(system.manager.compositeNodeSpecs).toEqual([]);
    isBroken = false;
    await system.manager.restart("fuchsia-boot:///#meta/board.cm");
    expect(node("bar.gizmo").state).toBe("running");
  });

  test("and its composite node goes with it, though the parents stay, and are free for others", async () => {
    const { system, node } = await boot(
      async (ctx) => {
        await addParents(ctx);
        await ctx.addChild({ name: "adder", properties: { kind: "adder" } });
      },
      leaf("adder", { start: (ctx) => ctx.addCompositeNodeSpec(spec) }),
      gizmo(),
      leaf("plain", { bind: { role: "pin" }, fallback: true }),
    );
    // The nodes were there before the specification, and one has a driver.
    expect(node("line").driver!.name).toBe("plain");
    system.manager.disable("fuchsia-boot:///#meta/plain.cm");
    await system.manager.restart("fuchsia-boot:///#meta/plain.cm");
    expect(node("bar.gizmo").state).toBe("running");
    system.manager.enable("fuchsia-boot:///#meta/plain.cm");
    await system.manager.remove(node("adder"));
    await system.manager.settled();
    expect(node("bar").children).toEqual([]);
    expect(node("line").driver!.name).toBe("plain");
  });
});

describe("a parent of a composite node", () => {
  test("that is on its way out leaves its place to the next one", async () => {
    let board: DriverContext | undefined;
    const gate = new Gate();
    const { system, node } = await boot(
      async (ctx) => {
        board = ctx;
        await ctx.addCompositeNodeSpec(spec);
        await addParents(ctx);
      },
      gizmo({ stop: () => gate.wait() }),
    );
    const removed = system.manager.remove(node("line"));
    await gate.reached;
    await board!.addChild({ name: "line2", properties: { role: "pin" } });
    gate.open();
    await removed;
    await system.manager.settled();
    expect(node("bar.gizmo").parents.map((parent) => parent.node.name)).toEqual(["bar", "line2"]);
    expect(node("bar.gizmo").state).toBe("running");
  });

  test("is replaced by one that has waited for the place", async () => {
    const { system, node } = await boot(async (ctx) => {
      await ctx.addCompositeNodeSpec(spec);
      await addParents(ctx);
      await ctx.addChild({ name: "spare", properties: { role: "pin" } });
    }, gizmo());
    await system.manager.remove(node("line"));
    await system.manager.settled();
    expect(node("bar.gizmo").parents.map((parent) => parent.node.name)).toEqual(["bar", "spare"]);
  });

  test("that gets a driver of its own by request is no parent any more", async () => {
    let line: NodeController | undefined;
    const { system, node } = await boot(
      async (ctx) => {
        await ctx.addCompositeNodeSpec(spec);
        await ctx.addChild({ name: "bar", properties: { role: "registers" } });
        line = await ctx.addChild({ name: "line", properties: { role: "pin" } });
      },
      gizmo(),
      leaf("plain", { bind: { role: "pin" } }),
    );
    await line!.requestBind({ forceRebind: true, driverUrlSuffix: "plain.cm" });
    await system.manager.register(defineDriver(leaf("another")));
    expect(node("line")).toMatchObject({ state: "running", driver: { name: "plain" }, children: [] });
    expect(node("bar").children).toEqual([]);
  });
});

describe("a node that a specification asks for", () => {
  test("goes to the specification, although a driver would match it", async () => {
    const { node } = await boot(
      async (ctx) => {
        await ctx.addCompositeNodeSpec(spec);
        await addParents(ctx);
      },
      gizmo(),
      leaf("plain", { bind: { role: "registers" } }),
    );
    expect(node("bar")).toMatchObject({ owner: "composite", driver: undefined });
  });

  test("may be the parent of several composite nodes", async () => {
    const { node } = await boot(async (ctx) => {
      await ctx.addCompositeNodeSpec(spec);
      await ctx.addCompositeNodeSpec({ ...spec, name: "gadget" });
      await addParents(ctx);
    }, gizmo());
    expect(node("line").children.map(({ name }) => name)).toEqual(["gizmo", "gadget"]);
    expect(node("bar.gadget").state).toBe("running");
  });

  test("is not for a node with a value that the specification rejects", async () => {
    const [registers, pin] = spec.parents;
    const rules = [...registers!.bindRules, { key: "revision", condition: "REJECT", values: ["1"] } as const];
    const { system, node } = await boot(async (ctx) => {
      await ctx.addCompositeNodeSpec({ ...spec, parents: [{ ...registers!, bindRules: rules }, pin!] });
      await ctx.addChild({ name: "old", properties: { role: "registers", revision: "1" } });
      await ctx.addChild({ name: "line", properties: { role: "pin" } });
      await ctx.addChild({ name: "new", properties: { role: "registers", revision: "2" } });
    }, gizmo());
    expect(node("new.gizmo").state).toBe("running");
    expect(node("old").children).toEqual([]);
    expect(system.manager.compositeNodeSpecs[0]!.nodes).toEqual([node("new"), node("line")]);
  });
});

describe("AddSpec refuses", () => {
  const [registers] = spec.parents;
  test.each<[string, CompositeNodeSpec, keyof typeof CompositeNodeSpecError]>([
    ["a specification without a name", { ...spec, name: "" }, "MISSING_ARGS"],
    ["no parents", { ...spec, parents: [] }, "EMPTY_NODES"],
    ["a name that is taken", { ...spec, name: "taken" }, "ALREADY_EXISTS"],
    ["two parents with the same rules", { ...spec, parents: [registers!, registers!] }, "DUPLICATE_PARENTS"],
    ["a parent without rules", { ...spec, parents: [{ ...registers!, bindRules: [] }] }, "MISSING_ARGS"],
    [
      "a rule without values",
      { ...spec, parents: [{ ...registers!, bindRules: [accept("role")] }] },
      "MISSING_ARGS",
    ],
  ])("%s", async (_, wrong, error) => {
    const { node } = await boot(async (ctx) => {
      await ctx.addCompositeNodeSpec({ ...spec, name: "taken" });
      ctx.inspect.error = await ctx.addCompositeNodeSpec(wrong).then(() => "none", String);
    });
    expect(node("").running!.inspect.error).toMatch(new RegExp(`\\(${error}\\)$`));
  });

  test("parents in the older form, or none at all, with the same protocol over FIDL", async () => {
    const { node } = await boot(async (ctx) => {
      const manager = await ctx.connect(CompositeNodeManager);
      const error = (promise: Promise<void>) =>
        promise.then(
          () => 0,
          (reason) => reason.value,
        );
      ctx.inspect.old = await error(manager.addSpec({ name: "x", parents: [] }));
      ctx.inspect.none = await error(manager.addSpec({ name: "x" }));
    });
    const { MISSING_ARGS } = CompositeNodeSpecError;
    expect(node("").running!.inspect).toEqual({ old: MISSING_ARGS, none: MISSING_ARGS });
  });
});
