/** Which drivers share a host, and what they share then: driver-framework.md 1.3 and 8. */
import { describe, expect, test } from "vitest";
import type { DriverContext } from "../../src/driver/context.ts";
import { offer } from "../../src/driver/offer.ts";
import { Device as Pci } from "../../src/fidl/fuchsia.hardware.pci.ts";
import { dump } from "../../src/inspect/dump.ts";
import { Status } from "../../src/zx/status.ts";
import { boot, leaf } from "./harness.ts";

/** A driver that keeps its context in `contexts`, by the name of its node. */
const kept = (contexts: Map<string, DriverContext>, name: string, more: Parameters<typeof leaf>[1] = {}) =>
  leaf(name, { start: async (ctx) => void contexts.set(ctx.node.name, ctx), ...more });

describe("a driver that is to be colocated", () => {
  test("does not start where its parent has no host", async () => {
    const { system } = await boot(async () => {}, leaf("near", { colocate: true }));
    // Nothing runs on the root node.
    const node = await system.manager.addBoard("second", { kind: "near" });
    expect(node).toMatchObject({ state: "quarantined", error: { status: Status.INVALID_ARGS } });
    expect(node.error!.message).toMatch(/near wants its parent's host, but root has none/);
  });

  test("cannot have its host restarted alone", async () => {
    const { node } = await boot(
      async (ctx) => {
        await ctx.addChild({ name: "child", properties: { kind: "near" } });
      },
      leaf("near", { colocate: true, hostRestartOnCrash: true }),
    );
    expect(node("child")).toMatchObject({ state: "quarantined", error: { status: Status.INVALID_ARGS } });
  });

  test("comes into the host of the nearest driver above, where its parent is that driver's own", async () => {
    const { node } = await boot(
      async (ctx) => {
        const mine = await ctx.addOwnedChild({ name: "mine" });
        await mine.addChild({ name: "child", properties: { kind: "near" } });
      },
      leaf("near", { colocate: true }),
    );
    expect(node("mine.child").running!.host).toBe(node("").running!.host);
  });
});

describe("nodes that name a host", () => {
  test("have their drivers in one, which is gone when the last of them has stopped", async () => {
    const { system, node } = await boot(async (ctx) => {
      for (const name of ["a", "b"])
        await ctx.addChild({ name, properties: { kind: "leaf" }, driverHost: "shared" });
      await ctx.addChild({ name: "c", properties: { kind: "leaf" } });
    }, leaf("leaf"));
    const [a, b, c] = ["a", "b", "c"].map((name) => node(name));
    expect(a!.running!.host).toBe(b!.running!.host);
    expect(a!.running!.host.name).toBe("driver-host:shared");
    expect(c!.running!.host).not.toBe(a!.running!.host);
    expect(system.manager.residents(a!.running!.host)).toEqual([a, b]);
    const { host } = a!.running!;
    await system.manager.remove(a!);
    expect(system.manager.hosts.has(host)).toBe(true);
    await system.manager.remove(b!);
    expect(system.manager.hosts.has(host)).toBe(false);
  });

  test("get a new one after the first is gone", async () => {
    let board: DriverContext | undefined;
    const { system, node } = await boot(async (ctx) => {
      board = ctx;
      await ctx.addChild({ name: "a", properties: { kind: "leaf" }, driverHost: "shared" });
    }, leaf("leaf"));
    const { host } = node("a").running!;
    await system.manager.remove(node("a"));
    await board!.addChild({ name: "b", properties: { kind: "leaf" }, driverHost: "shared" });
    await system.manager.settled();
    expect(node("b").running!.host).not.toBe(host);
  });
});

describe("drivers that share a host", () => {
  test("have each a part of its address space, which goes with all that is left in it", async () => {
    const contexts = new Map<string, DriverContext>();
    const { system, node } = await boot(
      async (ctx) => {
        for (const name of ["a", "b"])
          await ctx.addChild({ name, properties: { kind: "leaf" }, driverHost: "shared" });
      },
      kept(contexts, "leaf"),
    );
    const [a, b] = [contexts.get("a")!, contexts.get("b")!];
    expect(a.zx).toBe(b.zx);
    const region = (ctx: DriverContext) => ctx.zx.objectGetInfo(ctx.vmar, "VMAR");
    const inA = a.mapMmio(a.zx.vmoCreate(4096, 0), { policy: "CACHED" });
    // Mapped by hand, and never unmapped.
    a.zx.vmarMap(a.vmar, 3, 0, a.own(a.zx.vmoCreate(4096, 0)), 0, 4096);
    const inB = b.mapMmio(b.zx.vmoCreate(4096, 0), { policy: "CACHED" });
    for (const [ctx, { address }] of [
      [a, inA],
      [b, inB],
    ] as const) {
      const { base, length } = region(ctx);
      expect(address).toBeGreaterThanOrEqual(base);
      expect(address).toBeLessThan(base + length);
    }
    const mappings = () =>
      dump(system.kernel, "maps", "shared").processes[0]!.maps.filter(({ type }) => type === "mapping")
        .length;
    expect(mappings()).toBe(3);
    await system.manager.remove(node("a"));
    expect(mappings()).toBe(1);
  });

  test("have their buffers for DMA there, too", async () => {
    const { node } = await boot(
      async (ctx) => {
        const iommu = ctx.resource("iommu");
        const getBti = (index: number) => ctx.zx.btiCreate(iommu, 0, index);
        await ctx.addChild({
          name: "a",
          properties: { kind: "leaf" },
          driverHost: "shared",
          offers: [offer(Pci, () => ({ getBti }) as never)],
        });
      },
      leaf("leaf", {
        start: async (ctx) => {
          const bti = ctx.own(await (await ctx.connect(Pci)).getBti(0));
          const { address } = ctx.allocateDma(bti, 4096);
          const { base, length } = ctx.zx.objectGetInfo(ctx.vmar, "VMAR");
          ctx.inspect.inside = address >= base && address < base + length;
        },
      }),
    );
    expect(node("a").running!.inspect).toEqual({ inside: true });
  });

  test("that has a host alone maps into the root VMAR", async () => {
    const contexts = new Map<string, DriverContext>();
    await boot(
      async (ctx) => {
        await ctx.addChild({ name: "a", properties: { kind: "leaf" } });
      },
      kept(contexts, "leaf"),
    );
    const { vmar, zx } = contexts.get("a")!;
    expect(vmar).toBe(zx.vmarRootSelf);
  });
});

describe("symbols", () => {
  const banjo = { counter: { next: () => 42 } };
  const user = (name: string, colocate: boolean) =>
    leaf(name, {
      colocate,
      start: async (ctx) => {
        ctx.inspect.next = ctx.banjo<{ next(): number }>("counter").next();
      },
    });

  test("reach a driver in the host of the one that added its node, also through a named host", async () => {
    const { node } = await boot(
      async (ctx) => {
        await ctx.addChild({ name: "bus", properties: { kind: "bus" }, driverHost: "shared" });
      },
      leaf("bus", {
        start: async (ctx) => {
          await ctx.addChild({ name: "near", properties: { kind: "near" }, banjo });
          await ctx.addChild({ name: "named", properties: { kind: "far" }, banjo, driverHost: "shared" });
          await ctx.addChild({ name: "far", properties: { kind: "far" }, banjo });
        },
      }),
      user("near", true),
      user("far", false),
    );
    expect(node("bus.near").running!.inspect).toEqual({ next: 42 });
    expect(node("bus.named").running!.inspect).toEqual({ next: 42 });
    expect(node("bus.far").error).toMatchObject({ status: Status.NOT_FOUND });
  });
});
