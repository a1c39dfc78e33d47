import { describe, expect, test } from "vitest";
import {
  CHANNEL_MAX_MSG_BYTES,
  CHANNEL_MAX_MSG_HANDLES,
  ObjectType,
  Signals,
  TIME_INFINITE,
} from "../../../src/zx/constants.ts";
import { Rights } from "../../../src/zx/rights.ts";
import type { HandleDisposition } from "../../../src/zx/syscalls.ts";
import { statusOf } from "../../support/address_spaces.ts";
import { rejection, withKernel } from "../../support/kernel.ts";

const NONE = new Uint8Array();
const bytes = (...values: number[]) => Uint8Array.from(values);

describe("zx_channel_create", () => {
  const get = withKernel();
  const signals = (handle: number) => {
    const koid = get().zx.objectGetInfo(handle, "HANDLE_BASIC").koid;
    return [...get().kernel.objects()].find((object) => object.koid === koid)!.signals;
  };

  test("ChannelTest.CreateIsOkAndEndpointsAreRelated: each end's related koid is the other", () => {
    const { zx } = get();
    const [a, b] = zx.channelCreate();
    const [infoA, infoB] = [zx.objectGetInfo(a, "HANDLE_BASIC"), zx.objectGetInfo(b, "HANDLE_BASIC")];
    expect(infoA.relatedKoid).toBe(infoB.koid);
    expect(infoB.relatedKoid).toBe(infoA.koid);
    zx.handleClose(a);
    expect(zx.objectGetInfo(b, "HANDLE_BASIC").relatedKoid).toBe(infoA.koid);
  });

  test("ChannelTest.IsWriteableByDefault: both ends are writable, none is readable", () => {
    const [a, b] = get().zx.channelCreate();
    expect([signals(a), signals(b)]).toEqual([Signals.WRITABLE, Signals.WRITABLE]);
  });

  test("ChannelTest.CloseSignalsPeerClosed / CloseClearsSignalsWriteable / ReadRemainingMessagesWhenPeerIsClosed: PEER_CLOSED is set, WRITABLE cleared, queued messages stay readable", () => {
    const { zx } = get();
    const [a, b] = zx.channelCreate();
    zx.channelWrite(a, bytes(7), []);
    zx.handleClose(a);
    expect(signals(b)).toBe(Signals.PEER_CLOSED | Signals.READABLE);
    expect([...zx.channelRead(b).bytes]).toEqual([7]);
    expect(signals(b)).toBe(Signals.PEER_CLOSED);
    expect(statusOf(() => zx.channelRead(b))).toBe("PEER_CLOSED");
    expect(statusOf(() => zx.channelWrite(b, NONE, []))).toBe("PEER_CLOSED");
  });

  test("a handle to a channel cannot be duplicated", () => {
    const { zx } = get();
    const [a] = zx.channelCreate();
    expect(statusOf(() => zx.handleDuplicate(a, Rights.SAME_RIGHTS))).toBe("ACCESS_DENIED");
  });
});

describe("zx_channel_write and zx_channel_read", () => {
  const get = withKernel();

  test("messages arrive in order and whole, as copies", () => {
    const { zx } = get();
    const [a, b] = zx.channelCreate();
    const first = bytes(1, 2, 3);
    zx.channelWrite(a, first, []);
    zx.channelWrite(a, bytes(4), []);
    first.fill(9);
    expect([...zx.channelRead(b).bytes]).toEqual([1, 2, 3]);
    expect([...zx.channelRead(b).bytes]).toEqual([4]);
    expect(statusOf(() => zx.channelRead(b))).toBe("SHOULD_WAIT");
  });

  test("handles arrive as new values with the same object and rights", () => {
    const { zx } = get();
    const host = get().host();
    const event = zx.handleReplace(zx.eventCreate(0), Rights.TRANSFER | Rights.SIGNAL);
    const { koid } = zx.objectGetInfo(event, "HANDLE_BASIC");
    const [moved] = host.give(event);
    expect(moved).not.toBe(event);
    expect(statusOf(() => zx.handleClose(event))).toBe("BAD_HANDLE");
    expect(host.zx.objectGetInfo(moved!, "HANDLE_BASIC")).toMatchObject({
      koid,
      rights: Rights.TRANSFER | Rights.SIGNAL,
    });
  });

  test("channel_read_etc tells type and rights of each handle", () => {
    const { zx } = get();
    const [a, b] = zx.channelCreate();
    zx.channelWrite(a, NONE, [zx.handleReplace(zx.vmoCreate(0, 0), Rights.TRANSFER), zx.eventCreate(0)]);
    expect(zx.channelReadEtc(b).handles).toMatchObject([
      { type: ObjectType.VMO, rights: Rights.TRANSFER },
      { type: ObjectType.EVENT },
    ]);
  });

  test("beyond 65536 bytes or 64 handles is OUT_OF_RANGE", () => {
    const { zx } = get();
    const [a, b] = zx.channelCreate();
    const events = (count: number) => Array.from({ length: count }, () => zx.eventCreate(0));
    expect(statusOf(() => zx.channelWrite(a, new Uint8Array(CHANNEL_MAX_MSG_BYTES + 1), []))).toBe(
      "OUT_OF_RANGE",
    );
    expect(statusOf(() => zx.channelWrite(a, NONE, events(CHANNEL_MAX_MSG_HANDLES + 1)))).toBe(
      "OUT_OF_RANGE",
    );
    zx.channelWrite(a, new Uint8Array(CHANNEL_MAX_MSG_BYTES), events(CHANNEL_MAX_MSG_HANDLES));
    expect(zx.channelRead(b).handles.length).toBe(CHANNEL_MAX_MSG_HANDLES);
  });

  test.each([
    ["to a bad channel", "BAD_HANDLE"],
    ["to something else", "WRONG_TYPE"],
    ["without WRITE", "ACCESS_DENIED"],
    ["of too many bytes", "OUT_OF_RANGE"],
    ["of no bytes at all", "INVALID_ARGS"],
    ["with a handle that is bad", "BAD_HANDLE"],
    ["with a handle twice", "BAD_HANDLE"],
    ["with a handle that lacks TRANSFER", "ACCESS_DENIED"],
    ["with the channel itself", "NOT_SUPPORTED"],
    ["to a peer that is gone", "PEER_CLOSED"],
  ])("a write %s fails with %s and consumes the handles", (how, status) => {
    const { zx } = get();
    const [a, b] = zx.channelCreate();
    const event = zx.eventCreate(0);
    const other = zx.eventCreate(0);
    const stuck = zx.handleReplace(zx.eventCreate(0), Rights.WAIT);
    const write = (channel: number, data: Uint8Array, handles: number[]) => () =>
      zx.channelWrite(channel, data, [event, ...handles]);
    if (how === "to a peer that is gone") zx.handleClose(b);
    const readOnly = how === "without WRITE" ? zx.handleReplace(a, Rights.READ) : 0;
    const writes: Record<string, () => void> = {
      "to a bad channel": write(a ^ 4, NONE, []),
      "to something else": write(other, NONE, []),
      "without WRITE": write(readOnly, NONE, []),
      "of too many bytes": write(a, new Uint8Array(70000), []),
      "of no bytes at all": write(a, "bytes" as unknown as Uint8Array, []),
      "with a handle that is bad": write(a, NONE, [other ^ 4, other]),
      "with a handle twice": write(a, NONE, [event]),
      "with a handle that lacks TRANSFER": write(a, NONE, [stuck]),
      "with the channel itself": write(a, NONE, [a]),
      "to a peer that is gone": write(a, NONE, []),
    };
    expect(statusOf(writes[how]!)).toBe(status);
    expect(statusOf(() => zx.handleClose(event))).toBe("BAD_HANDLE");
  });

  test("the first handle that is wrong decides", () => {
    const { zx } = get();
    const [a] = zx.channelCreate();
    const stuck = () => zx.handleReplace(zx.eventCreate(0), Rights.WAIT);
    expect(statusOf(() => zx.channelWrite(a, NONE, [stuck(), 0x7003]))).toBe("ACCESS_DENIED");
    expect(statusOf(() => zx.channelWrite(a, NONE, [0x7003, stuck()]))).toBe("BAD_HANDLE");
  });

  test("ChannelTest.WriteSelfHandleReturnsNotSupported: the channel is consumed", () => {
    const { zx } = get();
    const [a, b] = zx.channelCreate();
    expect(statusOf(() => zx.channelWrite(a, NONE, [a]))).toBe("NOT_SUPPORTED");
    expect(statusOf(() => zx.handleClose(a))).toBe("BAD_HANDLE");
    expect(statusOf(() => zx.channelWrite(b, NONE, []))).toBe("PEER_CLOSED");
  });

  test("the peer's handle may be sent", () => {
    const { zx } = get();
    const [a, b] = zx.channelCreate();
    zx.channelWrite(b, bytes(1), []);
    const [c, d] = zx.channelCreate();
    zx.channelWrite(c, NONE, [b]);
    const [again] = zx.channelRead(d).handles;
    zx.channelWrite(again!, bytes(2), []);
    expect([...zx.channelRead(a).bytes, ...zx.channelRead(a).bytes]).toEqual([1, 2]);
  });

  test("BUFFER_TOO_SMALL says the sizes and keeps the message", () => {
    const { zx } = get();
    const [a, b] = zx.channelCreate();
    zx.channelWrite(a, bytes(1, 2, 3), [zx.eventCreate(0)]);
    const tooSmall = { status: -15, outputs: { actualBytes: 3, actualHandles: 1 } };
    for (const limits of [{ maxBytes: 2 }, { maxHandles: 0 }, { maxBytes: 0, maxHandles: 0 }]) {
      expect(() => zx.channelRead(b, limits)).toThrow(expect.objectContaining(tooSmall));
    }
    expect(zx.channelRead(b, { maxBytes: 3, maxHandles: 1 }).bytes.length).toBe(3);
  });

  test("ChannelTest.ReadMayDiscardWithSmallerBufferDiscardHandlesAndDateReturnsBufferTooSmall: the message that does not fit is gone, and its handles closed", async () => {
    const { zx } = get();
    const [a, b] = zx.channelCreate();
    const [near, far] = zx.eventpairCreate(0);
    zx.channelWrite(a, bytes(1, 2, 3), [far]);
    expect(statusOf(() => zx.channelRead(b, { maxBytes: 2, mayDiscard: true }))).toBe("BUFFER_TOO_SMALL");
    expect(statusOf(() => zx.channelRead(b))).toBe("SHOULD_WAIT");
    expect(await zx.objectWaitOne(near, Signals.PEER_CLOSED, 0)).toBe(Signals.PEER_CLOSED);
  });

  test("a read needs READ", () => {
    const { zx } = get();
    const [a] = zx.channelCreate();
    expect(statusOf(() => zx.channelRead(zx.handleReplace(a, Rights.WRITE)))).toBe("ACCESS_DENIED");
  });

  test("ChannelTest.OnFlightHandlesSignalledWhenPeerIsClosed: closing an end closes the handles that nobody read", async () => {
    const { zx } = get();
    const [a, b] = zx.channelCreate();
    const [near, far] = zx.eventpairCreate(0);
    zx.channelWrite(a, NONE, [far]);
    zx.handleClose(b);
    expect(await zx.objectWaitOne(near, Signals.PEER_CLOSED, 0)).toBe(Signals.PEER_CLOSED);
  });

  test("ChannelTest.NestingIsOk: 20000 channels inside one another are closed without growing the stack", () => {
    const { zx, kernel } = get();
    const before = [...kernel.objects()].length;
    let [outer, inner] = zx.channelCreate();
    for (let i = 0; i < 20000; i++) {
      const [a, b] = zx.channelCreate();
      zx.channelWrite(a, NONE, [inner, outer]);
      [outer, inner] = [a, b];
    }
    zx.handleCloseMany([outer, inner]);
    expect([...kernel.objects()].length).toBe(before);
  });

  test("a process that fills a channel which nobody reads is killed (policy CHANNEL_FULL_WRITE)", () => {
    const { kernel } = get();
    const host = get().host();
    const [a] = host.zx.channelCreate();
    for (let i = 0; i < 3500; i++) host.zx.channelWrite(a, NONE, []);
    expect(statusOf(() => host.zx.channelWrite(a, NONE, []))).toBe("SHOULD_WAIT");
    expect(kernel.process(host.koid).info()).toMatchObject({ exited: true, returnCode: -1026 });
  });
});

describe("zx_channel_write_etc", () => {
  const get = withKernel();
  const move = (handle: number, type = 0, rights: number = Rights.SAME_RIGHTS): HandleDisposition => ({
    operation: "move",
    handle,
    type,
    rights,
  });
  const duplicate = (handle: number, type = 0, rights: number = Rights.SAME_RIGHTS): HandleDisposition => ({
    ...move(handle, type, rights),
    operation: "duplicate",
  });

  test("ChannelWriteEtcTest.MoveSuccess: moves with fewer rights, and duplicates", () => {
    const { zx } = get();
    const [a, b] = zx.channelCreate();
    const [moved, kept] = [zx.eventCreate(0), zx.eventCreate(0)];
    zx.channelWriteEtc(a, NONE, [move(moved, ObjectType.EVENT, Rights.WAIT), duplicate(kept)]);
    const { handles } = zx.channelReadEtc(b);
    expect(handles[0]).toMatchObject({ type: ObjectType.EVENT, rights: Rights.WAIT });
    expect(zx.objectGetInfo(kept, "HANDLE_COUNT")).toBe(2);
    expect(statusOf(() => zx.handleClose(moved))).toBe("BAD_HANDLE");
  });

  test.each([
    ["another type", "WRONG_TYPE"],
    ["more rights", "INVALID_ARGS"],
    ["a duplicate without DUPLICATE", "ACCESS_DENIED"],
  ])("%s is %s; what was to be moved is consumed, what was to be duplicated stays", (how, status) => {
    const { zx } = get();
    const [a] = zx.channelCreate();
    const [moved, kept] = [zx.eventCreate(0), zx.eventCreate(0)];
    const weak = zx.handleReplace(zx.eventCreate(0), Rights.TRANSFER);
    const bad: Record<string, HandleDisposition> = {
      "another type": duplicate(kept, ObjectType.VMO),
      "more rights": duplicate(kept, 0, Rights.EXECUTE),
      "a duplicate without DUPLICATE": duplicate(weak),
    };
    expect(statusOf(() => zx.channelWriteEtc(a, NONE, [move(moved), duplicate(kept), bad[how]!]))).toBe(
      status,
    );
    expect(statusOf(() => zx.handleClose(moved))).toBe("BAD_HANDLE");
    expect(zx.objectGetInfo(kept, "HANDLE_COUNT")).toBe(1);
  });
});

describe("zx_channel_call", () => {
  const get = withKernel();
  const request = () => Uint8Array.of(1, 2, 3, 4, 42);

  test("ChannelTest.CallBytesFitIsOk / CallHandlesFitIsOk: gives the message an id from 0x80000000 on and resolves with the reply that carries it", async () => {
    const { zx } = get();
    const [client, server] = zx.channelCreate();
    const sent = request();
    const reply = zx.channelCall(client, TIME_INFINITE, sent, []);
    const { bytes: asked } = zx.channelRead(server);
    expect(asked[3]! & 0x80).toBe(0x80);
    expect(asked[4]).toBe(42);
    expect([...sent]).toEqual([1, 2, 3, 4, 42]);
    zx.channelWrite(server, Uint8Array.of(0, 0, 0, 0), []);
    zx.channelWrite(server, Uint8Array.of(...asked.subarray(0, 4), 7), [zx.eventCreate(0)]);
    const answer = await reply;
    expect(answer.bytes[4]).toBe(7);
    expect(zx.objectGetInfo(answer.handles[0]!, "HANDLE_BASIC").type).toBe(ObjectType.EVENT);
    // What is no reply waits for a reader.
    expect([...zx.channelRead(client).bytes]).toEqual([0, 0, 0, 0]);
  });

  test("ChannelTest.CallPendingTransactionsUseDifferentIds: replies find their calls in any order", async () => {
    const { zx } = get();
    const [client, server] = zx.channelCreate();
    const calls = [0, 1, 2].map(() => zx.channelCall(client, TIME_INFINITE, request(), []));
    const ids = [0, 1, 2].map(() => zx.channelRead(server).bytes.subarray(0, 4));
    for (const i of [2, 0, 1]) zx.channelWrite(server, Uint8Array.of(...ids[i]!, i), []);
    const answers = await Promise.all(calls);
    expect(answers.map(({ bytes: answer }) => answer[4])).toEqual([0, 1, 2]);
  });

  test("calls from both ends at once do not take each other for replies", async () => {
    const { zx } = get();
    const [a, b] = zx.channelCreate();
    const calls = [
      zx.channelCall(a, TIME_INFINITE, request(), []),
      zx.channelCall(b, TIME_INFINITE, request(), []),
    ];
    for (const [end, answer] of [
      [b, 1],
      [a, 2],
    ] as const) {
      zx.channelWrite(end, Uint8Array.of(...zx.channelRead(end).bytes.subarray(0, 4), answer), []);
    }
    expect((await Promise.all(calls)).map(({ bytes: reply }) => reply[4])).toEqual([1, 2]);
  });

  test("ChannelTest.CallWrittenBytesSmallerThanZxTxIdReturnsInvalidArgs / CallConsumesHandlesOnError: fewer than 4 bytes; the handles are consumed", async () => {
    const { zx } = get();
    const [client] = zx.channelCreate();
    const event = zx.eventCreate(0);
    expect(await rejection(zx.channelCall(client, TIME_INFINITE, bytes(1, 2, 3), [event]))).toBe(
      "INVALID_ARGS",
    );
    expect(statusOf(() => zx.handleClose(event))).toBe("BAD_HANDLE");
  });

  test("ChannelTest.CallDeadlineExceededReturnsTimedOut: TIMED_OUT at the deadline; a later reply is an ordinary message", async () => {
    const { zx, machine } = get();
    const [client, server] = zx.channelCreate();
    const failure = rejection(zx.channelCall(client, 100, request(), []));
    const { bytes: asked } = zx.channelRead(server);
    machine.clock.advance(100);
    expect(await failure).toBe("TIMED_OUT");
    zx.channelWrite(server, asked, []);
    expect(zx.channelRead(client).bytes.length).toBe(5);
  });

  test("ChannelTest.CallNotifiedOnPeerClosed: PEER_CLOSED, before the call and during it", async () => {
    const { zx } = get();
    const [client, server] = zx.channelCreate();
    const during = rejection(zx.channelCall(client, TIME_INFINITE, request(), []));
    zx.handleClose(server);
    expect(await during).toBe("PEER_CLOSED");
    expect(await rejection(zx.channelCall(client, TIME_INFINITE, request(), []))).toBe("PEER_CLOSED");
  });

  test("CANCELED when the caller's own handle is closed", async () => {
    const { zx } = get();
    const [client] = zx.channelCreate();
    const failure = rejection(zx.channelCall(client, TIME_INFINITE, request(), []));
    zx.handleClose(client);
    expect(await failure).toBe("CANCELED");
  });

  test("transferring the caller's end does not disturb the call", async () => {
    const { zx } = get();
    const [client, server] = zx.channelCreate();
    const host = get().host();
    const reply = zx.channelCall(client, TIME_INFINITE, request(), []);
    host.give(client);
    zx.channelWrite(server, zx.channelRead(server).bytes, []);
    expect((await reply).bytes[4]).toBe(42);
  });

  test("needs READ and WRITE", async () => {
    const { zx } = get();
    const [a, b] = zx.channelCreate();
    const writeOnly = zx.handleReplace(a, Rights.WRITE);
    const readOnly = zx.handleReplace(b, Rights.READ);
    expect(await rejection(zx.channelCall(writeOnly, TIME_INFINITE, request(), []))).toBe("ACCESS_DENIED");
    expect(await rejection(zx.channelCall(readOnly, TIME_INFINITE, request(), []))).toBe("ACCESS_DENIED");
  });
});

describe("a handle that is sent away", () => {
  const get = withKernel();

  test("ends the waits through it with CANCELED, and nobody else's", async () => {
    const { zx } = get();
    const [a] = zx.channelCreate();
    const event = zx.eventCreate(0);
    const copy = zx.handleDuplicate(event, Rights.SAME_RIGHTS);
    const through = rejection(zx.objectWaitOne(event, Signals.SIGNALED, TIME_INFINITE));
    const beside = zx.objectWaitOne(copy, Signals.SIGNALED, TIME_INFINITE);
    zx.channelWrite(a, NONE, [event]);
    expect(await through).toBe("CANCELED");
    zx.objectSignal(copy, 0, Signals.SIGNALED);
    expect(await beside).toBe(Signals.SIGNALED);
  });
});
