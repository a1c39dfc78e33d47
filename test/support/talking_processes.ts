/** Processes in threads of their own, served by one exchange, and the channels between them. */
import type { Kernel } from "../../src/kernel/kernel.ts";
import { Exchange } from "../../src/remote/server/exchange.ts";
import type { Context } from "../remote/programs/run_functions.ts";
import { RemoteProcess } from "./remote_process.ts";

export class TalkingProcesses {
  readonly kernel: Kernel;
  readonly exchange = new Exchange();
  readonly all: RemoteProcess[] = [];

  constructor(kernel: Kernel) {
    this.kernel = kernel;
  }

  /** Starts so many more. */
  async start(count: number): Promise<RemoteProcess[]> {
    const { exchange, kernel } = this;
    const names = Array.from({ length: count }, (_, i) => `talker ${this.all.length + i}`);
    const started = await Promise.all(names.map((name) => RemoteProcess.start(kernel, { name, exchange })));
    this.all.push(...started);
    return started;
  }

  /** A channel; each of the two has one end of it. */
  channel(a: RemoteProcess, b: RemoteProcess): [number, number] {
    const [one, other] = this.kernel.root.zx.channelCreate();
    return [a.give(one)[0]!, b.give(other)[0]!];
  }

  /** A channel for each direction of which there is a lane. */
  async channelWithLanes(a: RemoteProcess, b: RemoteProcess): Promise<[number, number]> {
    const [one, other] = this.channel(a, b);
    void b.run(echo, other).catch(() => {});
    const before = this.exchange.lanes.size;
    while (this.exchange.lanes.size < before + 2) await a.run(ask, one, 8);
    return [one, other];
  }

  /** A channel with a lane from the first end to the second, in which nothing waits. */
  async channelWithLane(a: RemoteProcess, b: RemoteProcess): Promise<[number, number]> {
    const [one, other] = this.channel(a, b);
    const read = b.run(async ({ zx }, channel) => {
      while ((await zx.channelReadWhenReadable!(channel)).bytes.length === 0);
    }, other);
    const write = (length: number) =>
      a.run(
        ({ zx }, channel, length) => zx.channelWritePosted!(channel, new Uint8Array(length)),
        one,
        length,
      );
    const before = this.exchange.lanes.size;
    while (this.exchange.lanes.size === before) await write(0);
    await write(1);
    await read;
    return [one, other];
  }

  async stop(): Promise<void> {
    await Promise.all(this.all.map((remote) => remote.stop()));
  }
}

/** Answers every message with itself, until the channel is closed. */
export async function echo({ zx }: Context, channel: number): Promise<void> {
  for (;;) {
    const { bytes } = await zx.channelReadWhenReadable!(channel);
    zx.channelWritePosted!(channel, bytes);
  }
}

/** So many messages and their answers, one after the other. */
export async function ask({ zx }: Context, channel: number, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    zx.channelWritePosted!(channel, Uint8Array.of(i));
    const { bytes } = await zx.channelReadWhenReadable!(channel);
    if (bytes.length !== 1 || bytes[0] !== i % 256)
      throw new Error(`message ${i} was answered with ${bytes}`);
  }
}
