/** Messages that go from one process to another without the kernel's thread, and how little anybody can tell. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { SystemEvent } from "../../src/events/events.ts";
import { Signals } from "../../src/zx/constants.ts";
import { randomStream } from "../../src/zx/random.ts";
import { Rights } from "../../src/zx/rights.ts";
import { withKernel } from "../support/kernel.ts";
import type { RemoteProcess } from "../support/remote_process.ts";
import { ask, TalkingProcesses } from "../support/talking_processes.ts";

const get = withKernel("portable");
let processes: TalkingProcesses;
let a: RemoteProcess;
let b: RemoteProcess;

beforeEach(async () => {
  processes = new TalkingProcesses(get().kernel);
  [a, b] = (await processes.start(2)) as [RemoteProcess, RemoteProcess];
});

afterEach(async () => {
  await processes.stop();
  expect(processes.exchange.lanes.size).toBe(0);
});

test("two processes that answer one another go on while the kernel's thread stands still", async () => {
  const [one] = await processes.channelWithLanes(a, b);
  const words = new Int32Array(new SharedArrayBuffer(8));
  const answered = a.run(
    async ({ zx }, channel, words) => {
      for (let meanwhile = 0; meanwhile < 1000; ) {
        zx.channelWritePosted!(channel, Uint8Array.of(meanwhile));
        const { bytes } = await zx.channelReadWhenReadable!(channel);
        if (bytes[0] !== meanwhile % 256) return `message ${meanwhile} was answered with ${bytes}`;
        if (Atomics.load(words, 0) !== 0) meanwhile++;
      }
      Atomics.store(words, 1, 1);
      Atomics.notify(words, 1);
      return "all of them";
    },
    one,
    words,
  );
  // They have begun.
  await get().zx.nanosleep(get().zx.clockGetMonotonic());
  await new Promise((resolve) => setTimeout(resolve, 50));
  Atomics.store(words, 0, 1);
  expect(Atomics.wait(words, 1, 0, 60_000)).not.toBe("timed-out");
  expect(await answered).toBe("all of them");
});

test.each<[what: string, act: (remote: RemoteProcess, channel: number) => Promise<unknown>]>([
  ["read by another call", (remote, channel) => remote.run(readAll, channel)],
  [
    "looked at for its signals",
    async (remote, channel) => {
      const observed = await remote.run(
        async ({ zx, constants: { Signals } }, channel) => zx.objectWaitOne(channel, Signals.READABLE, 0),
        channel,
      );
      expect(observed & Signals.READABLE).not.toBe(0);
      return await remote.run(readAll, channel);
    },
  ],
  [
    "sent away",
    async (remote, channel) => {
      const [third] = await processes.start(1);
      const [from, to] = processes.channel(remote, third!);
      await remote.run(
        ({ zx }, from, channel) => zx.channelWrite(from, new Uint8Array(0), [channel]),
        from,
        channel,
      );
      const moved = await third!.run(({ zx }, to) => zx.channelRead(to).handles[0]!, to);
      return await third!.run(readAll, moved);
    },
  ],
  [
    "replaced",
    async (remote, channel) => {
      const replaced = await remote.run(
        ({ zx }, channel, rights) => zx.handleReplace(channel, rights),
        channel,
        Rights.SAME_RIGHTS,
      );
      return await remote.run(readAll, replaced);
    },
  ],
  [
    "left by the other end",
    async (remote, channel) => {
      await a.stop();
      processes.all.splice(processes.all.indexOf(a), 1);
      return await remote.run(readAll, channel);
    },
  ],
])("what waits unread in a lane is there when the end is %s", async (_, act) => {
  const [one, other] = await processes.channelWithLane(a, b);
  await a.run(({ zx }, channel) => {
    for (let i = 0; i < 5; i++) zx.channelWritePosted!(channel, Uint8Array.of(100 + i));
  }, one);
  expect(processes.exchange.lanes.size).toBe(1);
  expect(await act(b, other)).toEqual([100, 101, 102, 103, 104]);
  expect(processes.exchange.lanes.size).toBe(0);
});

function readAll({ zx }: { zx: RemoteProcessZx }, channel: number): number[] {
  const read: number[] = [];
  try {
    for (;;) read.push(zx.channelRead(channel).bytes[0]!);
  } catch {
    return read;
  }
}

type RemoteProcessZx = ReturnType<typeof get>["zx"];

test("a read that waits ends with CANCELED when the channel is closed, and with PEER_CLOSED when the other end is", async () => {
  for (const [closer, status] of [
    [b, "CANCELED"],
    [a, "PEER_CLOSED"],
  ] as const) {
    const [one, other] = await processes.channelWithLane(a, b);
    const read = b.run(
      ({ zx }, channel) => zx.channelReadWhenReadable!(channel).catch((error) => error.statusName),
      other,
    );
    await closer.run(({ zx }, channel) => zx.handleClose(channel), closer === a ? one : other);
    expect(await read).toBe(status);
  }
});

test("a process that waits for something of its own is woken all the same", async () => {
  const [one] = await processes.channelWithLanes(a, b);
  await b.run(({ keepBusy, kept }) => {
    kept.release = keepBusy();
  });
  await a.run(ask, one, 30);
  expect(processes.exchange.lanes.size).toBe(2);
  await b.run(({ kept }) => (kept.release as () => void)());
});

test("who begins to listen to system calls hears of all from then on", async () => {
  const [one] = await processes.channelWithLanes(a, b);
  const heard: string[] = [];
  const stop = get().kernel.events.listen((event: SystemEvent) => {
    if (event.kind === "syscall") heard.push(event.name);
  });
  expect(processes.exchange.lanes.size).toBe(0);
  await a.run(ask, one, 30);
  stop();
  const count = (name: string) => heard.filter((heard) => heard === name).length;
  expect(count("channel_write")).toBe(60);
  expect(count("channel_read_etc")).toBeGreaterThanOrEqual(60);
  expect(processes.exchange.lanes.size).toBe(0);
});

/** Writes messages that carry their number, in all the ways there are, and closes the channel. */
async function writeMany(
  { zx }: { zx: RemoteProcessZx },
  channel: number,
  choices: readonly number[],
): Promise<void> {
  for (const [i, choice] of choices.entries()) {
    // Mostly short ones; some that fill a lane, some that fit into none.
    const length = 4 + (choice % 16 < 13 ? choice % 200 : choice % 60_000);
    const bytes = new Uint8Array(length).fill(i);
    new DataView(bytes.buffer).setUint32(0, i);
    const how = (choice >> 8) % 100;
    if (how === 0) {
      const [mine, theirs] = zx.eventpairCreate(0);
      zx.channelWrite(channel, bytes, [theirs]);
      zx.handleClose(mine);
    } else if (how === 1) zx.channelWrite(channel, bytes, []);
    else zx.channelWritePosted!(channel, bytes);
    const pause = (choice >> 24) % 8;
    if (pause === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    else if (pause < 4) await new Promise((resolve) => setImmediate(resolve));
  }
  zx.handleClose(channel);
}

/**
 * Reads messages in all the ways there are, until the other end is closed or `most` are read; returns how many. Fails when one is
 * missing, doubled, out of order, or not what was written.
 */
async function readMany(
  { zx, constants }: { zx: RemoteProcessZx; constants: { Signals: typeof Signals; TIME_INFINITE: number } },
  channel: number,
  choices: readonly number[],
  first: number,
  most: number,
): Promise<number> {
  for (let i = first; ; i++) {
    if (i === most) return i;
    const choice = choices[i % choices.length]!;
    try {
      const isWait = (choice >> 8) % 64 === 0;
      if (isWait) {
        const { READABLE, PEER_CLOSED } = constants.Signals;
        await zx.objectWaitOne(channel, READABLE | PEER_CLOSED, constants.TIME_INFINITE);
      }
      const { bytes, handles } = isWait
        ? zx.channelReadEtc(channel)
        : await zx.channelReadWhenReadable!(channel);
      const number = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
      if (number !== i) throw new Error(`message ${number} where ${i} was to come`);
      if (bytes.subarray(4).some((byte) => byte !== (i & 0xff)))
        throw new Error(`message ${i} is not what was written`);
      for (const { handle } of handles) zx.handleClose(handle);
    } catch (error) {
      if ((error as { statusName?: string }).statusName === "PEER_CLOSED") return i;
      throw error;
    }
    if (choice % 32 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

test("no message is lost, doubled or out of order, whatever else is done to its channel", async () => {
  const opened = vi.spyOn(processes.exchange.lanes, "opened");
  const [c] = (await processes.start(1)) as [RemoteProcess];
  const random = randomStream(0x1a9e5, "lanes");
  const below = (limit: number) => Math.floor(random() * limit);
  const choices = (count: number) => Array.from({ length: count }, () => below(2 ** 31));
  for (let round = 0; round < 48; round++) {
    const count = 50 + below(300);
    const [one, other] = processes.channel(a, b);
    const written = a.run(writeMany, one, choices(count));
    // In every other round, the reading end goes on to a third process on the way.
    const moveAt = round % 2 === 0 ? below(count) : count + 1;
    const reads = choices(97);
    let read = await b.run(readMany, other, reads, 0, moveAt);
    if (read === moveAt) {
      const [from, to] = processes.channel(b, c);
      await b.run(({ zx }, from, other) => zx.channelWrite(from, new Uint8Array(0), [other]), from, other);
      const moved = await c.run(({ zx }, to) => {
        const [handle] = zx.channelRead(to).handles;
        zx.handleClose(to);
        return handle!;
      }, to);
      await b.run(({ zx }, from) => zx.handleClose(from), from);
      read = await c.run(readMany, moved, reads, read, count + 1);
      await c.run(({ zx }, moved) => zx.handleClose(moved), moved);
    } else await b.run(({ zx }, other) => zx.handleClose(other), other);
    await written;
    expect(read).toBe(count);
  }
  expect(opened.mock.calls.length).toBeGreaterThan(12);
  expect(get().problems()).toEqual([]);
});

test("a process that is killed leaves what it has written, in order, and then PEER_CLOSED", async () => {
  const random = randomStream(7, "kills");
  for (let round = 0; round < 12; round++) {
    const [writer] = (await processes.start(1)) as [RemoteProcess];
    const [one, other] = processes.channel(writer, b);
    const words = new Int32Array(new SharedArrayBuffer(4));
    const read = b.run(async ({ zx }, channel) => {
      for (let i = 0; ; i++) {
        try {
          const { bytes } = await zx.channelReadWhenReadable!(channel);
          const number = new DataView(bytes.buffer).getUint32(0);
          if (number !== i) return `message ${number} where ${i} was to come`;
        } catch (error) {
          zx.handleClose(channel);
          return (error as { statusName: string }).statusName === "PEER_CLOSED" ? i : String(error);
        }
      }
    }, other);
    void writer
      .run(
        async ({ zx }, channel, words) => {
          for (let i = 0; ; i++) {
            const bytes = new Uint8Array(4 + (i % 50));
            new DataView(bytes.buffer).setUint32(0, i);
            zx.channelWritePosted!(channel, bytes);
            // All that was posted before a call is done when the call is.
            if (i % 16 === 0) {
              zx.clockGetMonotonic();
              Atomics.store(words, 0, i + 1);
            }
            if (i % 5 === 0) await new Promise((resolve) => setImmediate(resolve));
          }
        },
        one,
        words,
      )
      .catch(() => {});
    const enough = Math.floor(random() * 400);
    while (Atomics.load(words, 0) < enough) await new Promise(setImmediate);
    if (round % 2 === 0) get().zx.taskKill(writer.process);
    else await writer.thread.terminate();
    const written = Atomics.load(words, 0);
    await writer.stop();
    processes.all.splice(processes.all.indexOf(writer), 1);
    expect(await read).toBeGreaterThanOrEqual(written);
  }
  expect(get().problems()).toEqual([]);
});
