/** AddChild and its refusals: driver-framework.md 1.2 and 8. */
import { describe, expect, test } from "vitest";
import { offer } from "../../src/driver/offer.ts";
import { type NodeAddArgs, NodeError, type Offer } from "../../src/fidl/fuchsia.driver.framework.ts";
import { DomainError } from "../../src/fidl/runtime/errors.ts";
import { Device as Edu } from "../../src/fidl/zirconia.edu.ts";
import { Node } from "../../src/framework/node.ts";
import { parseNodeArgs } from "../../src/framework/node_args.ts";
import { boot, leaf, settle } from "./harness.ts";

const plain = { properties: {}, offers: [], symbols: [] };
const root = () => new Node(undefined, { name: "root", ...plain });

function refusal(args: NodeAddArgs, parent = root()): string | undefined {
  try {
    parseNodeArgs(parent, args);
    return undefined;
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return Object.entries(NodeError).find(([, value]) => value === error.value)?.[0];
  }
}

const service = (more: object): Offer => ({
  kind: "zirconTransport",
  zirconTransport: {
    kind: "service",
    service: { sourceName: "s", sourceInstanceFilter: ["i"], renamedInstances: [], ...more },
  },
});
const property = (key: string) => ({ key, value: { kind: "intValue", intValue: 1 } }) as const;

describe("AddChild refuses", () => {
  const twins = root();
  new Node(twins, { name: "00:1.0", ...plain });

  test.each<[string, NodeAddArgs, string, Node?]>([
    ["a node without a name", {}, "NAME_MISSING"],
    ["a node with an empty name", { name: "" }, "NAME_MISSING"],
    ["a name with a slash, which would be two names in a path", { name: "a/b" }, "NAME_INVALID"],
    ["the name of a sibling", { name: "00:1.0" }, "NAME_ALREADY_EXISTS", twins],
    ["a name that gives a sibling's moniker", { name: "00_1_0" }, "NAME_ALREADY_EXISTS", twins],
    ["properties in the older form", { name: "n", properties: [] }, "UNSUPPORTED_ARGS"],
    [
      "properties in both forms",
      { name: "n", properties: [], properties2: [property("k")] },
      "UNSUPPORTED_ARGS",
    ],
    [
      "two properties with one key",
      { name: "n", properties2: [property("k"), property("k")] },
      "DUPLICATE_PROPERTY_KEYS",
    ],
    ["a symbol without a name", { name: "n", symbols: [{ address: 1n }] }, "SYMBOL_NAME_MISSING"],
    ["a symbol without an address", { name: "n", symbols: [{ name: "s" }] }, "SYMBOL_ADDRESS_MISSING"],
    [
      "two symbols with one name",
      {
        name: "n",
        symbols: [
          { name: "s", address: 1n },
          { name: "s", address: 2n },
        ],
      },
      "SYMBOL_ALREADY_EXISTS",
    ],
    [
      "an offer without the service's name",
      { name: "n", offers2: [service({ sourceName: undefined })] },
      "OFFER_SOURCE_NAME_MISSING",
    ],
    [
      "an offer with a source",
      { name: "n", offers2: [service({ source: { kind: "self", self: {} } })] },
      "OFFER_REF_EXISTS",
    ],
    [
      "an offer with a target",
      { name: "n", offers2: [service({ target: { kind: "self", self: {} } })] },
      "OFFER_REF_EXISTS",
    ],
    [
      "an offer that does not say which instances it has",
      { name: "n", offers2: [service({ sourceInstanceFilter: undefined })] },
      "OFFER_SOURCE_INSTANCE_FILTER_MISSING",
    ],
    [
      "an offer that does not say what its instances are called",
      { name: "n", offers2: [service({ renamedInstances: undefined })] },
      "OFFER_RENAMED_INSTANCES_MISSING",
    ],
  ])("%s", (_, args, error, parent) => {
    expect(refusal(args, parent)).toBe(error);
  });

  test("children of a node that is being removed", () => {
    const parent = root();
    parent.isBeingRemoved = true;
    expect(refusal({ name: "n" }, parent)).toBe("NODE_REMOVED");
    new Node(parent, { name: "child", ...plain });
    expect(refusal({ name: "n" }, parent)).toBe("UNBIND_CHILDREN_IN_PROGRESS");
  });
});

describe("a driver that adds a child", () => {
  test("is told the refusal in words, with a status, and stays alive", async () => {
    const { node } = await boot(async (ctx) => {
      await ctx.addChild({ name: "twin" });
      const errors: unknown[] = [];
      for (const name of ["twin", "", "a/b"])
        await ctx.addChild({ name }).catch((error) => errors.push(error));
      ctx.inspect.errors = errors.map(String).join("\n");
    });
    const { errors } = node("").running!.inspect;
    expect(errors).toMatch(/ALREADY_EXISTS: child "twin" of root\.board: .*\(NAME_ALREADY_EXISTS\)/);
    expect(errors).toMatch(/INVALID_ARGS: child "" of root\.board: .*\(NAME_MISSING\)/);
    expect(errors).toMatch(/INVALID_ARGS: child "a\/b" of root\.board: .*\(NAME_INVALID\)/);
  });

  test("gives it a property for each service that it offers", async () => {
    const { node } = await boot(async (ctx) => {
      await ctx.addChild({
        name: "child",
        properties: { kind: "none" },
        offers: [offer(Edu, () => undefined as never)],
      });
    });
    expect(node("child").properties).toEqual({
      kind: "none",
      "zirconia.edu.Service": "zirconia.edu.Service.ZirconTransport",
      "fuchsia.NAME": "child",
      "fuchsia.Service": "zirconia.edu.Service",
    });
  });

  test("gives it its name as a property, unless it has another value for that", async () => {
    const { node } = await boot(
      async (ctx) => {
        await ctx.addChild({ name: "00:14.0" });
        await ctx.addChild({ name: "other", properties: { "fuchsia.NAME": "alias" } });
      },
      leaf("named", { bind: { "fuchsia.NAME": "00:14.0" } }),
      leaf("alias", { bind: { "fuchsia.NAME": "alias" } }),
    );
    expect([node("00_14_0").driver!.name, node("other").driver!.name]).toEqual(["named", "alias"]);
  });

  test("gives properties of all types, which arrive as they are", async () => {
    const properties = { kind: "leaf", number: 0xffff_ffff, text: "x", flag: false };
    const { node } = await boot(
      async (ctx) => {
        await ctx.addChild({ name: "child", properties });
      },
      leaf("leaf", {
        start: async (ctx) => {
          ctx.inspect.properties = JSON.stringify(ctx.node.properties);
        },
      }),
    );
    const arrived = JSON.parse(node("child").running!.inspect.properties as string);
    expect(arrived).toEqual({ ...properties, "fuchsia.NAME": "child" });
  });

  test("may say where the device is, and the addresses on the way are its topology", async () => {
    const { node } = await boot(async (ctx) => {
      const bus = await ctx.addOwnedChild({ name: "bus", busInfo: { bus: 4 } });
      await bus.addChild({ name: "device", busInfo: { bus: 5, address: { kind: "intValue", intValue: 7 } } });
    });
    expect(node("bus.device").busTopology.map(({ bus, address }) => [bus, address])).toEqual([
      [4, undefined],
      [5, { kind: "intValue", intValue: 7 }],
    ]);
  });

  test("may have two children that offer the same service, each its own", async () => {
    const server = (id: number) => offer(Edu, () => ({ getId: () => id }) as never);
    const ask = leaf("ask", {
      start: async (ctx) => {
        ctx.inspect.id = await (await ctx.connect(Edu)).getId();
      },
    });
    const { node } = await boot(async (ctx) => {
      // One of them is called like the instance under which a driver serves what is its own.
      ctx.serve(server(1));
      await ctx.addChild({ name: "default", properties: { kind: "ask" }, offers: [server(2)] });
      await ctx.addChild({ name: "other", properties: { kind: "ask" }, offers: [server(3)] });
      // A refused twin must not take the service of the child that is there.
      await ctx.addChild({ name: "other", offers: [server(4)] }).catch(() => {});
    }, ask);
    expect(node("default").running!.inspect.id).toBe(2);
    expect(node("other").running!.inspect.id).toBe(3);
  });
});

describe("an owned child", () => {
  test("gets no driver, although one would match", async () => {
    const { node } = await boot(async (ctx) => {
      await ctx.addOwnedChild({ name: "mine", properties: { kind: "leaf" } });
    }, leaf("leaf"));
    expect(node("mine")).toMatchObject({ state: "unbound", owner: "parent", driver: undefined });
  });

  test("has children that get drivers, which reach the services of the driver that owns it", async () => {
    const { node } = await boot(
      async (ctx) => {
        const mine = await ctx.addOwnedChild({ name: "mine" });
        const offers = [offer(Edu, () => ({ getId: () => 5 }) as never)];
        await mine.addChild({ name: "leaf", properties: { kind: "leaf" }, offers });
      },
      leaf("leaf", {
        start: async (ctx) => {
          ctx.inspect.id = await (await ctx.connect(Edu)).getId();
        },
      }),
    );
    expect(node("mine.leaf").running!.inspect).toEqual({ id: 5 });
  });

  test("is removed with what is below it when its owner lets go of it", async () => {
    let close = () => {};
    const { system, told } = await boot(async (ctx) => {
      const mine = await ctx.addOwnedChild({ name: "mine" });
      await mine.addChild({ name: "leaf", properties: { kind: "leaf" } });
      close = () => mine.close();
    }, leaf("leaf"));
    close();
    await settle(system);
    expect(told.slice(-4)).toEqual([
      "mine.leaf stopping",
      "mine.leaf stopped",
      "mine.leaf removed",
      "mine removed",
    ]);
  });
});
