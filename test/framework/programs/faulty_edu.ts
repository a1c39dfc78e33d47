/**
 * The edu driver with a death in it: it asks the test when and how it is to die, counts the system calls and the accesses of its
 * whole host, and dies in the middle of one.
 */
import { BroadcastChannel } from "node:worker_threads";
import { defineDriver } from "../../../src/driver/define.ts";
import edu from "../../../src/drivers/edu.ts";
import type { Io } from "../../../src/zx/memory.ts";
import type { Zx } from "../../../src/zx/syscalls.ts";

export type Death = "throw" | "reject" | "loop" | "heap" | "exit";

/** How to die, and after how many system calls and accesses. */
export interface Plan {
  readonly death: Death;
  readonly after: number;
}

/** Where the test gives out plans. */
export const PLANS = "zirconia-fault-campaign";

export default defineDriver({
  ...edu,
  name: "faulty-edu",
  bind: { ...(edu.bind as object), "fuchsia.BIND_PCI_TOPO": 1 << 3 },
  hostRestartOnCrash: true,
  async start(ctx) {
    const { death, after } = await nextPlan();
    let left = after;
    infect(ctx.zx, () => {
      if (--left === 0) die(death);
    });
    await edu.start(ctx);
  },
});

function nextPlan(): Promise<Plan> {
  const channel = new BroadcastChannel(PLANS);
  return new Promise((resolve) => {
    channel.onmessage = (message) => {
      const { plan } = (message as { data: { plan?: Plan } }).data;
      if (plan === undefined) return;
      channel.close();
      resolve(plan);
    };
    channel.postMessage({ asked: true });
  });
}

/** Calls `step` before every system call and every access that this host makes from now on. */
function infect(zx: Zx, step: () => void): void {
  const calls = zx as unknown as Record<string, unknown>;
  for (const [name, call] of Object.entries(calls)) {
    if (typeof call !== "function") continue;
    calls[name] = (...args: unknown[]) => {
      step();
      return call.apply(zx, args);
    };
  }
  const { memory } = zx;
  const windowOf = memory.window.bind(memory);
  memory.window = (address, size, revoked) => {
    const window = windowOf(address, size, revoked);
    if (window.kind === "dispatched") Object.assign(window, { io: infected(window.io, step) });
    return window;
  };
}

function infected(io: Io, step: () => void): Io {
  return new Proxy(io, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      return (...args: unknown[]) => {
        step();
        return value.apply(target, args);
      };
    },
  });
}

function die(death: Death): void {
  switch (death) {
    case "throw":
      queueMicrotask(() => {
        throw new Error("injected");
      });
      return;
    case "reject":
      void Promise.reject(new Error("injected"));
      return;
    case "loop":
      for (;;);
    case "heap":
      for (const hog: unknown[] = []; ; ) hog.push(new Array(200_000).fill(hog.length));
    case "exit":
      process.exit(3);
  }
}
