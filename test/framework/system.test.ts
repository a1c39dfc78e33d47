import { describe, expect, test } from "vitest";
import { builtinDrivers } from "../../src/cli/builtin_drivers.ts";
import { type DriverSpec, defineDriver } from "../../src/driver/define.ts";
import { offer } from "../../src/driver/offer.ts";
import { Device as Edu } from "../../src/fidl/zirconia.edu.ts";
import { Status } from "../../src/zx/status.ts";
import { boot } from "./harness.ts";

const eduServer = (id: number) => ({
  getId: async () => id,
  checkLiveness: async () => 0,
  computeFactorial: async () => 0,
  dmaRoundTrip: async (data: Uint8Array) => data,
});

describe("nodes", () => {
  test("a child is bound once its parent's driver has started", async () => {
    const { told } = await boot(
      async (ctx) => {
        await ctx.addChild({ name: "one", properties: { kind: "leaf" } });
      },
      { name: "leaf", bind: { kind: "leaf" }, start: async () => {} },
    );
    expect(told).toEqual([
      "board added",
      "board bound",
      "board starting",
      "one added",
      "board started",
      "one bound",
      "one starting",
      "one started",
    ]);
  });

  test("a node that no driver matches stays, unbound", async () => {
    const { system } = await boot(async (ctx) => {
      await ctx.addChild({ name: "orphan", properties: { kind: "unknown" } });
    });
    expect(system.manager.find("root.board.orphan")).toMatchObject({ state: "unbound", driver: undefined });
  });

  test("two siblings cannot have one name", async () => {
    const { system } = await boot(async (ctx) => {
      await ctx.addChild({ name: "twin" });
      await ctx.addChild({ name: "twin" });
    });
    expect(system.manager.find("root.board").error).toMatchObject({ status: Status.ALREADY_EXISTS });
  });

  test("a node needs a name", async () => {
    const { system } = await boot(async (ctx) => {
      await ctx.addChild({ name: "" });
    });
    expect(system.manager.find("root.board").error).toMatchObject({ status: Status.INVALID_ARGS });
  });

  test("`.` and `:` in a name become `_` in the moniker", async () => {
    const { system } = await boot(async (ctx) => {
      await ctx.addChild({ name: "00:14.0" });
    });
    expect(system.manager.find("root.board.00_14_0").name).toBe("00:14.0");
  });

  test("asking for a node that is not there names those that are", async () => {
    const { system } = await boot(async () => {});
    expect(() => system.manager.find("root.nothing")).toThrow(/root\.board/);
  });
});

describe("a start that fails", () => {
  test("quarantines the node with the driver's error and removes its children", async () => {
    const { system, told } = await boot(async (ctx) => {
      await ctx.addChild({ name: "child" });
      throw ctx.error("IO", "the device is on fire");
    });
    const board = system.manager.find("root.board");
    expect(board).toMatchObject({ state: "quarantined", children: [], error: { status: Status.IO } });
    expect(board.error!.message).toMatch(/on fire/);
    expect(told).toContain("child removed");
  });

  test("gives back what was obtained, last first", async () => {
    const undone: string[] = [];
    const { system } = await boot(async (ctx) => {
      ctx.defer(() => void undone.push("first"));
      ctx.defer(() => void undone.push("second"));
      throw new Error("no");
    });
    expect(undone).toEqual(["second", "first"]);
    expect(system.manager.hosts.size).toBe(0);
  });

  test("leaves the parent and the siblings alone", async () => {
    const { system } = await boot(
      async (ctx) => {
        await ctx.addChild({ name: "bad", properties: { kind: "bad" } });
        await ctx.addChild({ name: "good", properties: { kind: "good" } });
      },
      {
        name: "bad",
        bind: { kind: "bad" },
        start: async () => {
          throw new Error("no");
        },
      },
      { name: "good", bind: { kind: "good" }, start: async () => {} },
    );
    expect(system.manager.find("root.board").state).toBe("running");
    expect(system.manager.find("root.board.bad").state).toBe("quarantined");
    expect(system.manager.find("root.board.good").state).toBe("running");
  });
});

describe("hosts", () => {
  test("each driver has a host of its own unless it is colocated with its parent", async () => {
    const { system } = await boot(
      async (ctx) => {
        await ctx.addChild({ name: "near", properties: { kind: "near" } });
        await ctx.addChild({ name: "far", properties: { kind: "far" } });
      },
      { name: "near", bind: { kind: "near" }, colocate: true, start: async () => {} },
      { name: "far", bind: { kind: "far" }, start: async () => {} },
    );
    const [board, near, far] = ["root.board", "root.board.near", "root.board.far"].map((moniker) =>
      system.manager.find(moniker),
    );
    expect(near!.running!.host).toBe(board!.running!.host);
    expect(far!.running!.host).not.toBe(board!.running!.host);
  });

  test("in-process protocols reach a colocated child, and no other", async () => {
    const { system } = await boot(
      async (ctx) => {
        const banjo = { counter: { next: () => 41 + 1 } };
        await ctx.addChild({ name: "near", properties: { kind: "near" }, banjo });
        await ctx.addChild({ name: "far", properties: { kind: "far" }, banjo });
      },
      {
        name: "near",
        bind: { kind: "near" },
        colocate: true,
        start: async (ctx) => {
          ctx.inspect.next = ctx.banjo<{ next(): number }>("counter").next();
        },
      },
      {
        name: "far",
        bind: { kind: "far" },
        start: async (ctx) => {
          ctx.banjo("counter");
        },
      },
    );
    expect(system.manager.find("root.board.near").running!.inspect).toEqual({ next: 42 });
    expect(system.manager.find("root.board.far").error).toMatchObject({ status: Status.NOT_FOUND });
  });

  test("only a board driver is given the root resources", async () => {
    const { system } = await boot(
      async (ctx) => {
        ctx.inspect.mmio = ctx.resource("mmio") !== 0;
        await ctx.addChild({ name: "leaf", properties: { kind: "leaf" } });
      },
      {
        name: "leaf",
        bind: { kind: "leaf" },
        start: async (ctx) => {
          ctx.resource("mmio");
        },
      },
    );
    expect(system.manager.find("root.board").running!.inspect).toEqual({ mmio: true });
    expect(system.manager.find("root.board.leaf").error).toMatchObject({ status: Status.ACCESS_DENIED });
  });
});

describe("services", () => {
  const child = (start: DriverSpec["start"]): DriverSpec => ({
    name: "child",
    bind: { kind: "child" },
    start,
  });

  test("a child connects to what its parent offers, over a channel", async () => {
    const { system } = await boot(
      async (ctx) => {
        await ctx.addChild({
          name: "child",
          properties: { kind: "child" },
          offers: [offer(Edu, () => eduServer(7))],
        });
      },
      child(async (ctx) => {
        ctx.inspect.id = await (await ctx.connect(Edu)).getId();
      }),
    );
    expect(system.manager.find("root.board.child").running!.inspect).toEqual({ id: 7 });
  });

  test("an offer is also a property that rules can bind to", async () => {
    const { system } = await boot(
      async (ctx) => {
        await ctx.addChild({ name: "child", offers: [offer(Edu, () => eduServer(7))] });
      },
      {
        name: "by-service",
        bind: { "zirconia.edu.Service": "zirconia.edu.Service.ZirconTransport" },
        start: async () => {},
      },
    );
    expect(system.manager.find("root.board.child").driver!.name).toBe("by-service");
  });

  test("connecting to what is not offered says what is", async () => {
    const { system } = await boot(
      async (ctx) => {
        await ctx.addChild({ name: "child", properties: { kind: "child" } });
      },
      child(async (ctx) => {
        await ctx.connect(Edu);
      }),
    );
    expect(system.manager.find("root.board.child").error).toMatchObject({ status: Status.NOT_FOUND });
  });

  test("a driver's own services are reached by the moniker of its node", async () => {
    const { system } = await boot(async (ctx) => ctx.serve(offer(Edu, () => eduServer(9))));
    expect(await system.connect("root.board", Edu).getId()).toBe(9);
  });
});

describe("stopping", () => {
  test("goes bottom-up, last added first", async () => {
    const stopped: string[] = [];
    const leaf = (name: string): DriverSpec => ({
      name,
      bind: { kind: name },
      start: async () => {},
      stop: async () => void stopped.push(name),
    });
    const { system } = await boot(
      async (ctx) => {
        ctx.defer(() => void stopped.push("board"));
        await ctx.addChild({ name: "a", properties: { kind: "a" } });
        await ctx.addChild({ name: "b", properties: { kind: "b" } });
      },
      leaf("a"),
      leaf("b"),
    );
    await system.stop();
    expect(stopped).toEqual(["b", "a", "board"]);
  });

  test("begins with the drivers that were registered after the start, wherever they are", async () => {
    const stopped: string[] = [];
    const stopping = (name: string): DriverSpec => ({
      name,
      bind: { kind: name },
      start: async (ctx) => {
        if (name === "late") await ctx.addChild({ name: "below", properties: { kind: "below" } });
      },
      stop: async () => void stopped.push(name),
    });
    const { system } = await boot(
      async (ctx) => {
        for (const kind of ["late", "early"]) await ctx.addChild({ name: kind, properties: { kind } });
      },
      stopping("early"),
      stopping("below"),
    );
    await system.manager.register(defineDriver(stopping("late")));
    await system.stop();
    expect(stopped).toEqual(["below", "late", "early"]);
  });

  test("a driver that fails to stop does not keep the others from stopping", async () => {
    const stopped: string[] = [];
    const { system, told } = await boot(
      async (ctx) => {
        ctx.defer(() => void stopped.push("board"));
        await ctx.addChild({ name: "bad", properties: { kind: "bad" } });
      },
      {
        name: "bad",
        bind: { kind: "bad" },
        start: async () => {},
        stop: async () => {
          throw new Error("stuck");
        },
      },
    );
    await system.stop();
    expect(stopped).toEqual(["board"]);
    expect(told).toContain("bad stopped");
  });

  test("a parent can remove a child, and what is below it goes first", async () => {
    const stopped: string[] = [];
    let remove: (() => Promise<void>) | undefined;
    const { system } = await boot(
      async (ctx) => {
        const controller = await ctx.addChild({ name: "middle", properties: { kind: "middle" } });
        remove = () => controller.remove();
      },
      {
        name: "middle",
        bind: { kind: "middle" },
        start: async (ctx) => {
          ctx.defer(() => void stopped.push("middle"));
          await ctx.addChild({ name: "leaf", properties: { kind: "leaf" } });
        },
      },
      {
        name: "leaf",
        bind: { kind: "leaf" },
        start: async (ctx) => ctx.defer(() => void stopped.push("leaf")),
      },
    );
    await remove!();
    expect(stopped).toEqual(["leaf", "middle"]);
    expect([...system.manager.root.walk()].map(({ moniker }) => moniker)).toEqual(["root", "root.board"]);
  });

  test("a driver can remove a child that it has just added, in the midst of its own start", async () => {
    const { system, told } = await boot(async (ctx) => {
      const controller = await ctx.addChild({ name: "brief", properties: { kind: "leaf" } });
      await controller.remove();
    });
    expect(system.manager.find("root.board").state).toBe("running");
    expect(told).toContain("brief removed");
  });

  test("removing a node waits for a driver below it that is starting", async () => {
    const story: string[] = [];
    let remove: (() => Promise<void>) | undefined;
    let startLeaf = () => {};
    const booting = boot(
      async (ctx) => {
        const controller = await ctx.addChild({ name: "slow", properties: { kind: "slow" } });
        remove = () => controller.remove();
      },
      {
        name: "slow",
        bind: { kind: "slow" },
        start: async () => {
          await new Promise<void>((resolve) => {
            startLeaf = resolve;
          });
          story.push("started");
        },
        stop: async () => void story.push("stopped"),
      },
    );
    while (remove === undefined) await new Promise((resolve) => setImmediate(resolve));
    const removed = remove();
    while (story.length === 0) {
      startLeaf();
      await new Promise((resolve) => setImmediate(resolve));
    }
    await removed;
    await booting;
    expect(story).toEqual(["started", "stopped"]);
  });

  test("a system can be stopped twice", async () => {
    const { system } = await boot(async () => {});
    await system.stop();
    await system.stop();
  });
});

test("the built-in drivers are all different and have different rules", () => {
  const rules = builtinDrivers.map(({ bind }) => JSON.stringify(bind));
  expect(new Set(rules).size).toBe(builtinDrivers.length);
});
