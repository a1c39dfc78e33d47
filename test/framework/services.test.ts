/** How a driver reaches services: directories, routing by the driver manager, and what goes wrong on the way. */
import { describe, expect, test } from "vitest";
import type { DriverContext } from "../../src/driver/context.ts";
import type { Offer } from "../../src/driver/offer.ts";
import { offer } from "../../src/driver/offer.ts";
import { Flags } from "../../src/fidl/fuchsia.io.ts";
import { createEndpoints } from "../../src/fidl/runtime/protocol.ts";
import { Device as Edu } from "../../src/fidl/zirconia.edu.ts";
import { memberOf, parseServicePath } from "../../src/framework/service_path.ts";
import { Status } from "../../src/zx/status.ts";
import { boot, leaf, pageFault, settle } from "./harness.ts";

const server = (id: number) => ({ getId: () => id }) as never;

/** A board that makes these offers to `child`, whose driver is connected to them. */
async function bootClient(offers: readonly Offer[], connect = true) {
  let child: DriverContext | undefined;
  let client: ReturnType<typeof Edu.client> | undefined;
  const booted = await boot(
    async (ctx) => {
      await ctx.addChild({ name: "child", properties: { kind: "child" }, offers });
    },
    leaf("child", {
      start: async (ctx) => {
        child = ctx;
        if (connect) client = await ctx.connect(Edu);
      },
    }),
  );
  return { ...booted, child: child!, client: client! };
}

describe("a path to a service", () => {
  test.each([
    ["fuchsia.hardware.pci/Device", "device"],
    ["fuchsia.hardware.platform.bus/PlatformBus", "platform_bus"],
    ["fuchsia.hardware.usb.hci/UsbHci2", "usb_hci2"],
  ])("calls the member for %s %s", (name, member) => {
    expect(memberOf({ name, openness: "closed", methods: [] })).toBe(member);
  });

  test.each(["", "a", "a/b", "a/b/c/d", "/b/c", "a//c", "a/b/"])("is not %j", (path) => {
    expect(parseServicePath(path)).toBeUndefined();
  });
});

describe("who offers a service", () => {
  test("hears of each connection's end: that its client has hung up", async () => {
    const ends: unknown[] = [];
    const made: unknown[] = [];
    const implementation = () => {
      const it = server(made.length);
      made.push(it);
      return it;
    };
    const { child, client, system } = await bootClient([offer(Edu, implementation, (it) => ends.push(it))]);
    const second = await child.connect(Edu);
    expect(await second.getId()).toBe(1);
    client.close();
    await settle(system);
    expect(ends).toEqual([made[0]]);
    second.close();
    await settle(system);
    expect(ends).toEqual(made);
  });

  test("hears it, too, when the client's process has died", async () => {
    let ends = 0;
    const { child, client, system } = await bootClient([
      offer(
        Edu,
        () => server(1),
        () => ends++,
      ),
    ]);
    expect(await client.getId()).toBe(1);
    child.zx.taskKill(child.zx.processSelf);
    await settle(system);
    expect(ends).toBe(1);
  });

  test("and fails to make a server ends that one connection, and goes on", async () => {
    let isBroken = true;
    const implementation = () => {
      if (isBroken) throw new Error("out of servers");
      return server(1);
    };
    const { child, client, logs } = await bootClient([offer(Edu, implementation)]);
    await expect(client.getId()).rejects.toMatchObject({ status: Status.INTERNAL });
    expect(logs).toContainEqual(
      expect.objectContaining({ message: expect.stringMatching(/out of servers/) }),
    );
    isBroken = false;
    expect(await (await child.connect(Edu)).getId()).toBe(1);
  });

  test("and fails where a connection has ended says so in the log", async () => {
    const failing = offer(
      Edu,
      () => server(1),
      () => {
        throw new Error("cannot clean up");
      },
    );
    const { client, logs, system, node } = await bootClient([failing]);
    expect(await client.getId()).toBe(1);
    client.close();
    await settle(system);
    expect(logs).toContainEqual(
      expect.objectContaining({ message: expect.stringMatching(/cannot clean up/) }),
    );
    expect(node("").state).toBe("running");
  });

  test("and faults where a connection has ended has died", async () => {
    let provider: DriverContext | undefined;
    let client: ReturnType<typeof Edu.client> | undefined;
    const { system, told } = await boot(
      async (ctx) => {
        await ctx.addChild({ name: "bus", properties: { kind: "bus" } });
      },
      leaf("bus", {
        start: async (ctx) => {
          provider = ctx;
          const offers = [
            offer(
              Edu,
              () => server(1),
              () => pageFault(provider!),
            ),
          ];
          await ctx.addChild({ name: "child", properties: { kind: "child" }, offers });
        },
      }),
      leaf("child", {
        start: async (ctx) => {
          client = await ctx.connect(Edu);
          await client.getId();
        },
      }),
    );
    client!.close();
    await settle(system);
    expect(told).toContain("bus crashed");
  });

  test("may not offer one service twice to one child", async () => {
    const { node } = await boot(async (ctx) => {
      const offers = [offer(Edu, () => server(1)), offer(Edu, () => server(2))];
      ctx.inspect.twice = await ctx.addChild({ name: "child", offers }).then(() => "added", String);
      ctx.serve(offers[0]!);
      try {
        ctx.serve(offers[1]!);
      } catch (error) {
        ctx.inspect.own = String(error);
      }
    });
    expect(node("").running!.inspect.twice).toMatch(/ALREADY_EXISTS/);
    expect(node("").running!.inspect.own).toMatch(/ALREADY_EXISTS/);
  });
});

describe("a driver's outgoing directory says in an epitaph", () => {
  /** What a client learns that opens `path`. */
  async function epitaphOf(path: string): Promise<unknown> {
    const { system, node } = await bootClient([offer(Edu, () => server(1))]);
    const { zx } = system.kernel.root;
    const { client, server: end } = createEndpoints(zx, Edu);
    const { outgoing } = node("").running!;
    outgoing.open(path, Flags.PROTOCOL_SERVICE, {}, end);
    using edu = Edu.client(zx, client);
    return await edu.getId().catch((error) => error);
  }

  test.each([
    "svc/zirconia.edu.Service/child/other",
    "svc/zirconia.edu.Service/other/device",
    "svc/other.Service/child/device",
    "other/zirconia.edu.Service/child/device",
    "svc",
    "",
  ])("that there is nothing at %j", async (path) => {
    expect(await epitaphOf(path)).toMatchObject({ status: Status.NOT_FOUND });
  });

  test("nothing where there is something", async () => {
    expect(await epitaphOf("svc/zirconia.edu.Service/child/device")).toBe(1);
  });
});

describe("the driver manager", () => {
  test("connects to what a driver serves: NOT_FOUND for what it does not, BAD_STATE where none runs", async () => {
    const { system, node } = await boot(async (ctx) => {
      await ctx.addChild({ name: "child" });
    });
    await expect(system.manager.connect(node(""), Edu).getId()).rejects.toMatchObject({
      status: Status.NOT_FOUND,
    });
    expect(() => system.manager.connect(node("child"), Edu)).toThrow(/^BAD_STATE.*no running driver/);
  });

  test("connects to what is offered to a node, as its driver would", async () => {
    const { system, node } = await boot(async (ctx) => {
      await ctx.addChild({ name: "child", offers: [offer(Edu, () => server(4))] });
    });
    expect(await system.manager.connectFrom(node("child"), Edu).getId()).toBe(4);
    await expect(system.manager.connectFrom(node(""), Edu).getId()).rejects.toMatchObject({
      status: Status.NOT_FOUND,
    });
  });
});
