/** What happens when drivers and hosts end without having been asked: driver-framework.md, table 1.4. */
import { describe, expect, test } from "vitest";
import type { DriverContext } from "../../src/driver/context.ts";
import { offer } from "../../src/driver/offer.ts";
import { Device as Edu } from "../../src/fidl/zirconia.edu.ts";
import { InThreadHosts } from "../../src/framework/in_thread_host.ts";
import { ExceptionState, Signals, TIME_INFINITE } from "../../src/zx/constants.ts";
import { Status } from "../../src/zx/status.ts";
import { boot, bootWith, kill, leaf, pageFault, settle } from "./harness.ts";

/** What a driver of a test does when it is told to. */
type Act = (ctx: DriverContext) => void;

const dropNode: Act = (ctx) => ctx.closeNode();

/** A board with `victim`, below which is `below`, and with `bystander`. */
async function bootVictim(more: Parameters<typeof leaf>[1] = {}) {
  let victim: DriverContext | undefined;
  let starts = 0;
  const booted = await boot(
    async (ctx) => {
      await ctx.addChild({ name: "victim", properties: { kind: "victim" } });
      await ctx.addChild({ name: "bystander", properties: { kind: "other" } });
    },
    leaf("victim", {
      start: async (ctx) => {
        victim = ctx;
        starts++;
        await ctx.addChild({ name: "below", properties: { kind: "other" } });
      },
      ...more,
    }),
    leaf("other"),
  );
  const before = booted.told.length;
  return {
    ...booted,
    starts: () => starts,
    /** Has the victim do something, and waits for what comes of it. */
    async have(act: Act): Promise<string[]> {
      try {
        act(victim!);
      } catch {
        // The fault that the act is about.
      }
      await settle(booted.system);
      return booted.told.slice(before);
    },
  };
}

describe("a driver whose start fails", () => {
  const bad = () =>
    leaf("victim", {
      start: async (ctx) => {
        await ctx.addChild({ name: "below", properties: { kind: "other" } });
        throw ctx.error("IO", "it does not work");
      },
    });

  test("leaves its node in quarantine without children, and the parent as it was", async () => {
    const { node, told } = await boot(
      async (ctx) => {
        await ctx.addChild({ name: "victim", properties: { kind: "victim" } });
      },
      bad(),
      leaf("other"),
    );
    expect(node("victim")).toMatchObject({
      state: "quarantined",
      children: [],
      error: { status: Status.IO },
    });
    expect(node("").state).toBe("running");
    expect(told.slice(-3)).toEqual(["victim.below added", "victim.below removed", "victim failed"]);
  });

  test("is not told to stop", async () => {
    let stopped = false;
    const { system } = await boot(
      async (ctx) => {
        await ctx.addChild({ name: "victim", properties: { kind: "victim" } });
      },
      {
        ...bad(),
        stop: async () => {
          stopped = true;
        },
      },
    );
    await system.stop();
    expect(stopped).toBe(false);
  });

  test("with an error that is none of ours is INTERNAL, and the log says where it comes from", async () => {
    const { node, logs } = await boot(
      async (ctx) => {
        await ctx.addChild({ name: "victim", properties: { kind: "victim" } });
      },
      leaf("victim", { start: async () => void (undefined as unknown as DriverContext).zx }),
    );
    expect(node("victim").error).toMatchObject({ status: Status.INTERNAL });
    expect(logs).toContainEqual(
      expect.objectContaining({ source: "victim", message: expect.stringMatching(/failure\.test\.ts/) }),
    );
  });
});

describe("a driver that closes its Node", () => {
  test("while it starts: it is only logged, and the node is kept", async () => {
    const { node, logs } = await boot(
      async (ctx) => {
        await ctx.addChild({ name: "victim", properties: { kind: "victim" } });
      },
      leaf("victim", {
        start: async (ctx) => {
          ctx.closeNode();
          await ctx.clock.sleep(1000);
        },
      }),
    );
    expect(node("victim").state).toBe("running");
    expect(logs).toContainEqual(
      expect.objectContaining({
        severity: "warning",
        message: expect.stringMatching(/closed its node while it started/),
      }),
    );
  });

  test("while it runs: it is stopped, and its node is removed with all below", async () => {
    let undone = false;
    const { have, system } = await bootVictim({
      stop: async () => {
        undone = true;
      },
    });
    expect(await have(dropNode)).toEqual([
      "victim crashed",
      "victim.below stopping",
      "victim.below stopped",
      "victim.below removed",
      "victim stopping",
      "victim stopped",
      "victim removed",
    ]);
    expect(undone).toBe(true);
    expect(() => system.manager.find("root.board.victim")).toThrow(/NOT_FOUND/);
  });

  test("while it runs, and its host is to be restarted on crash: it is started again", async () => {
    const { have, node, starts } = await bootVictim({ hostRestartOnCrash: true });
    await have(dropNode);
    expect(starts()).toBe(2);
    expect([node("victim").state, node("victim.below").state]).toEqual(["running", "running"]);
  });
});

describe("a host that dies", () => {
  test("while its driver runs: the node and all below are removed, others live", async () => {
    const { have, node, system } = await bootVictim();
    expect(await have(kill)).toEqual([
      "victim crashed",
      "victim.below stopping",
      "victim.below stopped",
      "victim.below removed",
      "victim removed",
    ]);
    expect(node("bystander").state).toBe("running");
    expect([...system.manager.hosts].map(({ name }) => name)).toEqual([
      "driver-host:board",
      "driver-host:other",
    ]);
  });

  test("while its driver runs, and is to be restarted: the same driver starts again on the same node", async () => {
    const { have, node, starts } = await bootVictim({ hostRestartOnCrash: true });
    const before = node("victim");
    expect(await have(kill)).toEqual([
      "victim crashed",
      "victim restarting",
      "victim.below stopping",
      "victim.below stopped",
      "victim.below removed",
      "victim bound",
      "victim starting",
      "victim.below added",
      "victim started",
      "victim.below bound",
      "victim.below starting",
      "victim.below started",
    ]);
    expect(node("victim")).toBe(before);
    expect(starts()).toBe(2);
  });

  test("while its driver starts: the start has failed, and the node is kept", async () => {
    const { node } = await boot(
      async (ctx) => {
        await ctx.addChild({ name: "victim", properties: { kind: "victim" } });
      },
      leaf("victim", {
        start: async (ctx) => {
          kill(ctx);
          await ctx.clock.sleep(1000);
        },
      }),
    );
    expect(node("victim")).toMatchObject({ state: "quarantined", error: { status: Status.PEER_CLOSED } });
    expect(node("victim").error!.message).toMatch(/driver-host:victim has died \(killed\)/);
  });

  test("while its driver stops: the stop goes on, and nothing is told of a crash", async () => {
    const { system, node, told } = await bootVictim({ stop: async (ctx) => kill(ctx) });
    await system.manager.remove(node("victim"));
    expect(told.slice(-2)).toEqual(["victim stopped", "victim removed"]);
    expect(told.join()).not.toMatch(/crashed/);
  });

  test("takes all drivers in it along", async () => {
    let colocated: DriverContext | undefined;
    const { system, told } = await boot(
      async (ctx) => {
        await ctx.addChild({ name: "parent", properties: { kind: "parent" } });
      },
      leaf("parent", {
        start: async (ctx) => {
          await ctx.addChild({ name: "near", properties: { kind: "near" } });
        },
      }),
      leaf("near", {
        colocate: true,
        start: async (ctx) => {
          colocated = ctx;
        },
      }),
    );
    kill(colocated!);
    await settle(system);
    expect(told).toEqual(expect.arrayContaining(["parent crashed", "parent.near crashed", "parent removed"]));
    expect([...system.manager.root.walk()].map(({ moniker }) => moniker)).toEqual(["root", "root.board"]);
  });

  test("is told of with what it had: handles, mappings, pinned pages", async () => {
    let victim: DriverContext | undefined;
    const { have, logs, nodeEvents } = await bootVictim({
      start: async (ctx) => {
        victim = ctx;
        ctx.mapMmio(ctx.zx.vmoCreate(8192, 0), { policy: "CACHED" });
      },
    });
    await have(() => kill(victim!));
    const told = /driver-host:victim has died \(killed\): .*; taken back: \d+ handles, 1 mapping/;
    expect(nodeEvents.find(({ what }) => what === "crashed")!.detail).toMatch(told);
    expect(logs.find(({ source }) => source === "driver_manager")!.message).toMatch(
      /has died.* It was the host of victim on root\.board\.victim/,
    );
  });

  test("leaves a client of its driver with a closed channel, not with a call that never ends", async () => {
    const { system, node } = await boot(async (ctx) => {
      ctx.serve(
        offer(
          Edu,
          () =>
            ({
              getId: async () => {
                kill(ctx);
                return 1;
              },
            }) as never,
        ),
      );
    });
    const call = system.manager.connect(node(""), Edu).getId();
    await expect(call).rejects.toMatchObject({ status: Status.PEER_CLOSED });
  });
});

describe("a page fault that a driver does not catch", () => {
  test("in its start ends the host, as an exception does on hardware; the register is told", async () => {
    const { node, system } = await boot(
      async (ctx) => {
        await ctx.addChild({ name: "victim", properties: { kind: "victim" } });
      },
      leaf("victim", { start: async (ctx) => pageFault(ctx) }),
    );
    expect(node("victim").state).toBe("quarantined");
    expect(node("victim").error!.message).toMatch(
      /driver-host:victim has died \(exception\): driver victim on root\.board\.victim: read32 of doomed\.Status \(offset 0x8 of "doomed"\).*vmar_unmap/,
    );
    expect([...system.manager.hosts].map(({ name }) => name)).toEqual(["driver-host:board"]);
  });

  test("in one of its servers ends the host and removes its node", async () => {
    const { system, told, node } = await boot(
      async (ctx) => {
        await ctx.addChild({ name: "victim", properties: { kind: "victim" } });
      },
      leaf("victim", {
        start: async (ctx) => ctx.serve(offer(Edu, () => ({ getId: async () => pageFault(ctx) }) as never)),
      }),
    );
    await expect(system.connect("root.board.victim", Edu).getId()).rejects.toMatchObject({
      status: Status.PEER_CLOSED,
    });
    await settle(system);
    expect(told.slice(-2)).toEqual(["victim crashed", "victim removed"]);
    expect(node("").state).toBe("running");
  });

  test("that it does catch is an error like others", async () => {
    const { node } = await boot(async (ctx) => {
      try {
        pageFault(ctx);
      } catch (error) {
        ctx.inspect.caught = String(error);
      }
    });
    expect(node("").state).toBe("running");
    expect(node("").running!.inspect.caught).toMatch(/NOT_FOUND/);
  });

  test("is an error like others where somebody handles the exception", async () => {
    const { node } = await bootWith(
      {
        hosts: (kernel, load) => {
          const { zx, job } = kernel.root;
          const exceptions = zx.taskCreateExceptionChannel(job, 0);
          void zx.objectWaitOne(exceptions, Signals.READABLE, TIME_INFINITE).then(() => {
            const { handles } = zx.channelRead(exceptions);
            zx.objectSetProperty(handles[0]!, "EXCEPTION_STATE", ExceptionState.HANDLED);
            zx.handleCloseMany([handles[0]!, exceptions]);
          });
          return new InThreadHosts(kernel, load);
        },
      },
      async (ctx) => pageFault(ctx),
    );
    expect(node("").error).toMatchObject({
      status: Status.NOT_FOUND,
      message: expect.stringMatching(/doomed/),
    });
    expect(node("").state).toBe("quarantined");
  });

  test("an ordinary error of a server ends one connection, and nothing else", async () => {
    const { system, node } = await boot(async (ctx) =>
      ctx.serve(
        offer(
          Edu,
          () =>
            ({
              getId: () => {
                throw new Error("a bug");
              },
              checkLiveness: (value: number) => value,
            }) as never,
        ),
      ),
    );
    await expect(system.connect("root.board", Edu).getId()).rejects.toMatchObject({
      status: Status.INTERNAL,
    });
    expect(await system.connect("root.board", Edu).checkLiveness(3)).toBe(3);
    expect(node("").state).toBe("running");
  });
});
