/** What somebody can have the driver manager do: restart, disable, register, reload (`ffx driver`). */
import { describe, expect, test } from "vitest";
import { defineDriver } from "../../src/driver/define.ts";
import { boot, leaf } from "./harness.ts";

const URL = (name: string) => `fuchsia-boot:///#meta/${name}.cm`;

describe("restart of a driver", () => {
  test("stops all drivers of its hosts, children first, and starts them again on the same nodes", async () => {
    const { system, told, node } = await boot(
      async (ctx) => {
        for (const name of ["a", "b"])
          await ctx.addChild({ name, properties: { kind: name }, driverHost: "shared" });
        await ctx.addChild({ name: "c", properties: { kind: "b" } });
      },
      leaf("a", {
        start: async (ctx) => {
          await ctx.addChild({ name: "below", properties: { kind: "below" } });
        },
      }),
      leaf("b"),
      leaf("below", { colocate: true }),
    );
    const before = told.length;
    const hosts = ["a", "b", "c"].map((name) => node(name).running!.host);
    expect(await system.manager.restart(URL("a"))).toBe(1);
    const since = told.slice(before);
    expect(since.indexOf("a.below stopped")).toBeLessThan(since.indexOf("a stopped"));
    // No host outlives its drivers: the second has stopped before the first is started.
    expect(since.indexOf("b stopped")).toBeLessThan(since.indexOf("a starting"));
    expect(since.some((line) => line.startsWith("c "))).toBe(false);
    const after = ["a", "b", "c"].map((name) => node(name).running!.host);
    expect(after[0]).toBe(after[1]);
    expect(after[0]).not.toBe(hosts[0]);
    expect(after[2]).toBe(hosts[2]);
    expect(node("a.below").running!.host).toBe(after[0]);
  });

  test("that is disabled has its node look for another one", async () => {
    const { system, node } = await boot(
      async (ctx) => {
        await ctx.addChild({ name: "child", properties: { kind: "leaf" } });
      },
      leaf("leaf"),
      leaf("spare", { bind: { kind: "leaf" }, fallback: true }),
    );
    system.manager.disable(URL("leaf"));
    expect(node("child").driver!.name).toBe("leaf");
    expect(await system.manager.restart(URL("leaf"))).toBe(1);
    expect(node("child")).toMatchObject({ state: "running", driver: { name: "spare" } });
    system.manager.disable(URL("spare"));
    await system.manager.restart(URL("spare"));
    expect(node("child")).toMatchObject({ state: "unbound", driver: undefined });
  });

  test("with rematch has the nodes of this driver look anew, and others in the host keep theirs", async () => {
    const { system, node } = await boot(
      async (ctx) => {
        for (const name of ["one", "two"])
          await ctx.addChild({ name, properties: { kind: name }, driverHost: "shared" });
      },
      leaf("spare", { bind: { kind: ["one", "two"] }, fallback: true }),
    );
    await system.manager.register(defineDriver(leaf("one")));
    expect(node("one").driver!.name).toBe("spare");
    await system.manager.restart(URL("spare"), { rematch: true });
    expect([node("one").driver!.name, node("two").driver!.name]).toEqual(["one", "spare"]);
  });

  test("that runs nowhere is no restart; one that there is not is NOT_FOUND", async () => {
    const { system } = await boot(async () => {}, leaf("idle"));
    expect(await system.manager.restart(URL("idle"))).toBe(0);
    await expect(system.manager.restart(URL("none"))).rejects.toThrow(/^NOT_FOUND.*idle\.cm/);
  });

  test("of a driver that did not start tries again", async () => {
    let isBroken = true;
    const { system, node } = await boot(
      async (ctx) => {
        await ctx.addChild({ name: "child", properties: { kind: "leaf" } });
      },
      leaf("leaf", {
        start: async (ctx) => {
          if (isBroken) throw ctx.error("IO", "broken");
        },
      }),
    );
    isBroken = false;
    expect(await system.manager.restart(URL("leaf"))).toBe(0);
    expect(node("child").state).toBe("running");
  });
});

test("reload binds nodes that have waited for what the new version is for", async () => {
  const { system, node } = await boot(async (ctx) => {
    for (const kind of ["leaf", "more"]) await ctx.addChild({ name: kind, properties: { kind } });
  }, leaf("leaf"));
  expect(node("more").state).toBe("unbound");
  await system.manager.reload(defineDriver(leaf("leaf", { bind: { kind: ["leaf", "more"] } })));
  expect([node("leaf").state, node("more").state]).toEqual(["running", "running"]);
});

test("reload refuses bind rules that make no sense, and what runs goes on", async () => {
  const { system, node } = await boot(async (ctx) => {
    await ctx.addChild({ name: "child", properties: { kind: "leaf" } });
  }, leaf("leaf"));
  const broken = { ...defineDriver(leaf("leaf")), bind: { kind: [] } };
  await expect(system.manager.reload(broken)).rejects.toThrow(/^INVALID_ARGS/);
  expect(node("child").state).toBe("running");
});

test("reload puts another version of a driver in the place of the one that runs", async () => {
  const { system, node } = await boot(async (ctx) => {
    await ctx.addChild({ name: "child", properties: { kind: "leaf" } });
  }, leaf("leaf"));
  const version2 = defineDriver(
    leaf("leaf", {
      start: async (ctx) => {
        ctx.inspect.version = 2;
      },
    }),
  );
  expect(await system.manager.reload(version2)).toBe(1);
  expect(node("child").running!.inspect).toEqual({ version: 2 });
});
