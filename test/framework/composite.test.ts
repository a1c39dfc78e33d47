/** Nodes with several parents: driver-framework.md 1.5 and 8. */
import { describe, expect, test } from "vitest";
import type { DriverContext } from "../../src/driver/context.ts";
import { type DriverSpec, defineDriver } from "../../src/driver/define.ts";
import type { CompositeNodeSpec } from "../../src/driver/node.ts";
import { offer } from "../../src/driver/offer.ts";
import { CompositeNodeManager, CompositeNodeSpecError } from "../../src/fidl/fuchsia.driver.framework.ts";
import { Device as Edu } from "../../src/fidl/zirconia.edu.ts";
import { boot, leaf, settle } from "./harness.ts";

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
