/** Messages that are kept outside of the kernel: whatever could tell the difference has them back first. */
import { expect, test } from "vitest";
import { ChannelDispatcher } from "../../src/kernel/object/channel_dispatcher.ts";
import type { Lane } from "../../src/kernel/object/lane.ts";
import { Signals } from "../../src/zx/constants.ts";
import { Rights } from "../../src/zx/rights.ts";
import { type TestKernel, withKernel } from "../support/kernel.ts";

const get = withKernel();

/** Keeps messages in a list, and says when it does not any more. */
class ListLane implements Lane {
  readonly messages: Uint8Array<ArrayBuffer>[] = [];
  readonly makesSense: boolean;
  isOver = false;

  constructor(makesSense = true) {
    this.makesSense = makesSense;
  }

  keep(messages: readonly Uint8Array[]): boolean {
    this.messages.push(...messages.map((message) => message.slice() as Uint8Array<ArrayBuffer>));
    return true;
  }

  takeBack(): readonly Uint8Array<ArrayBuffer>[] | undefined {
    expect(this.isOver).toBe(false);
    this.isOver = true;
    return this.makesSense ? this.messages : undefined;
  }
}

interface Lent {
  readonly lane: ListLane;
  /** Handles of the first process: who reads, who writes. */
  readonly reader: number;
  readonly writer: number;
  readonly end: ChannelDispatcher;
}

/** A channel of whose messages one waits in a lane. */
function lent(lane = new ListLane()): Lent {
  const { zx, userboot } = get();
  const [reader, writer] = zx.channelCreate();
  zx.channelWrite(writer, Uint8Array.of(7), []);
  const end = userboot.handles.get(reader, ChannelDispatcher);
  expect(end.lend(lane, 0)).toBe(true);
  expect(lane.messages).toHaveLength(1);
  return { lane, reader, writer, end };
}

test.each<[what: string, act: (lent: Lent, kernel: TestKernel) => unknown]>([
  ["a read", ({ reader }, { zx }) => expect(zx.channelRead(reader).bytes).toEqual(Uint8Array.of(7))],
  ["a write", ({ writer }, { zx }) => zx.channelWrite(writer, Uint8Array.of(8), [])],
  [
    "a wait for its signals",
    async ({ reader }, { zx }) => expect(await zx.objectWaitOne(reader, Signals.READABLE, 0)).toBe(3),
  ],
  [
    "a port that waits for its signals",
    async ({ reader }, { zx }) => {
      const port = zx.portCreate(0);
      zx.objectWaitAsync(reader, port, 1n, Signals.READABLE, 0);
      expect((await zx.portWait(port, 0)).key).toBe(1n);
    },
  ],
  ["a user signal", ({ reader }, { zx }) => zx.objectSignal(reader, 0, 0x0100_0000)],
  ["a user signal from the other end", ({ writer }, { zx }) => zx.objectSignalPeer(writer, 0, 0x0100_0000)],
  ["a look at what is pending", ({ end }) => expect(end.pendingMessages).toBe(1)],
  ["the end of who reads", ({ reader }, { zx }) => zx.handleClose(reader)],
  [
    "the end of who writes",
    ({ writer, reader }, { zx }) => {
      zx.handleClose(writer);
      expect(zx.channelRead(reader).bytes).toEqual(Uint8Array.of(7));
      expect(() => zx.channelRead(reader)).toThrow(/PEER_CLOSED/);
    },
  ],
  [
    "a new handle in the reader's place",
    ({ reader }, { zx }) => zx.handleReplace(reader, Rights.SAME_RIGHTS),
  ],
  [
    "a new handle in the writer's place",
    ({ writer }, { zx }) => zx.handleReplace(writer, Rights.SAME_RIGHTS),
  ],
  [
    "a way to another process",
    ({ reader }, { zx }) => {
      const [mine] = zx.channelCreate();
      zx.channelWrite(mine, new Uint8Array(0), [reader]);
    },
  ],
  [
    "a call, whose reply would come there",
    ({ reader }, { zx }) => void zx.channelCall(reader, 0, new Uint8Array(4), []).catch(() => {}),
  ],
  [
    "a call from the other end",
    ({ writer }, { zx }) => void zx.channelCall(writer, 0, new Uint8Array(4), []).catch(() => {}),
  ],
])("%s has the messages back first", async (_, act) => {
  const it = lent();
  await act(it, get());
  expect(it.lane.isOver).toBe(true);
});

test("what was taken back is in front of what comes later", () => {
  const { zx } = get();
  const { reader, writer, lane } = lent();
  lane.keep([Uint8Array.of(8), Uint8Array.of(9)]);
  zx.channelWrite(writer, Uint8Array.of(10), []);
  expect([1, 2, 3, 4].map(() => zx.channelRead(reader).bytes[0])).toEqual([7, 8, 9, 10]);
});

test("messages that make no sense when they are taken back end the channel: each end has lost the other", () => {
  const { zx } = get();
  const { reader, writer } = lent(new ListLane(false));
  expect(() => zx.channelRead(reader)).toThrow(/PEER_CLOSED/);
  expect(() => zx.channelWrite(writer, new Uint8Array(0), [])).toThrow(/PEER_CLOSED/);
});

test.each<[what: string, spoil: (reader: number, writer: number, kernel: TestKernel) => unknown]>([
  [
    "whose message has a handle",
    (_, writer, { zx }) => zx.channelWrite(writer, new Uint8Array(0), [zx.eventCreate(0)]),
  ],
  [
    "that somebody else waits for",
    (reader, _, { zx }) => void zx.objectWaitOne(reader, 1, 1e12).catch(() => {}),
  ],
  ["that is left by its peer", (_, writer, { zx }) => zx.handleClose(writer)],
  [
    "that waits for the reply to a call",
    (reader, _, { zx }) => void zx.channelCall(reader, 1e12, new Uint8Array(4), []).catch(() => {}),
  ],
])("an end %s is not lent", (_, spoil) => {
  const kernel = get();
  const [reader, writer] = kernel.zx.channelCreate();
  const end = kernel.userboot.handles.get(reader, ChannelDispatcher);
  spoil(reader, writer, kernel);
  expect(end.lend(new ListLane(), 0)).toBe(false);
});
