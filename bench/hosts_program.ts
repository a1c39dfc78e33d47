/** A process in a thread that calls, or answers, when the benchmark tells it to. */
import { BroadcastChannel } from "node:worker_threads";
import { Device } from "../src/fidl/zirconia.edu.ts";
import { becomeProcess } from "../src/remote/node/become_process.ts";
import type { Handle } from "../src/zx/constants.ts";

export interface Role {
  /** Of the `BroadcastChannel` on which orders come and times go. */
  readonly name: string;
  readonly channel: Handle;
  readonly isServer: boolean;
}

/** How often to do what. */
export interface Order {
  readonly what: "syscall" | "fidl";
  readonly count: number;
}

void becomeProcess().then(({ zx, payload }) => {
  const { name, channel, isServer } = payload as Role;
  const orders = new BroadcastChannel(name);
  if (isServer) {
    Device.serve(zx, channel, {
      getId: async () => 0,
      checkLiveness: async (value) => ~value >>> 0,
      computeFactorial: async (input) => input,
      dmaRoundTrip: async (data) => data,
    });
    orders.postMessage("ready");
    return;
  }
  const client = Device.client(zx, channel);
  orders.onmessage = async (message) => {
    const { what, count } = (message as { data: Order }).data;
    const start = performance.now();
    for (let i = 0; i < count; i++) {
      if (what === "syscall") zx.objectGetInfo(zx.processSelf, "HANDLE_VALID");
      else await client.checkLiveness(i);
    }
    orders.postMessage((performance.now() - start) / count);
  };
  orders.postMessage("ready");
});
