/** Drivers that cannot be loaded, and hosts that cannot be made. */
import { describe, expect, test } from "vitest";
import { InThreadHosts } from "../../src/framework/in_thread_host.ts";
import { ZxError } from "../../src/zx/error.ts";
import { Status } from "../../src/zx/status.ts";
import { bootWith, leaf } from "./harness.ts";

describe("a driver that cannot be loaded", () => {
  test("has not started, and its host lives no longer", async () => {
    const { system, node } = await bootWith(
      {
        hosts: (kernel, load) =>
          new InThreadHosts(kernel, (url) => {
            if (url.includes("victim")) throw new ZxError("NOT_FOUND", "no such module");
            return load(url);
          }),
      },
      async (ctx) => {
        await ctx.addChild({ name: "victim", properties: { kind: "victim" } });
      },
      leaf("victim"),
    );
    expect(node("victim")).toMatchObject({ state: "quarantined", error: { status: Status.NOT_FOUND } });
    expect([...system.manager.hosts].map(({ name }) => name)).toEqual(["driver-host:board"]);
  });

  test("has not started either if its host cannot be made, or is dead when it is there", async () => {
    for (const failure of ["rejects", "dead"]) {
      const { system, node } = await bootWith(
        {
          hosts: (kernel, load) => {
            const hosts = new InThreadHosts(kernel, load);
            return {
              create: async (name) => {
                if (!name.includes("victim")) return hosts.create(name);
                if (failure === "rejects") throw new ZxError("NO_MEMORY", "no thread for it");
                const host = hosts.create(name);
                kernel.process(host.processKoid).kill(-1, "bad luck");
                return host;
              },
            };
          },
        },
        async (ctx) => {
          await ctx.addChild({ name: "victim", properties: { kind: "victim" } });
        },
        leaf("victim"),
      );
      expect(node("victim").state).toBe("quarantined");
      expect(node("victim").error!.message).toMatch(/no thread for it|has died \(killed\): bad luck/);
      expect(system.manager.hosts.size).toBe(1);
    }
  });

  test.each([
    ["and it cannot be", new ZxError("NOT_FOUND", "no such module")],
    ["and it can be", undefined],
  ])("is forgotten if its host dies while it is loaded, %s", async (_, failure) => {
    let koid = 0;
    const { node, system } = await bootWith(
      {
        hosts: (kernel, load) => {
          const hosts = new InThreadHosts(kernel, (url) => {
            if (!url.includes("victim")) return load(url);
            kernel.process(koid).kill(-1, "bad luck");
            if (failure !== undefined) throw failure;
            return load(url);
          });
          return {
            create(name) {
              const host = hosts.create(name);
              koid = host.processKoid;
              return host;
            },
          };
        },
      },
      async (ctx) => {
        await ctx.addChild({ name: "victim", properties: { kind: "victim" } });
      },
      leaf("victim"),
    );
    expect(node("victim").error!.message).toMatch(/has died \(killed\): bad luck/);
    expect(system.manager.hosts.size).toBe(1);
  });
});
