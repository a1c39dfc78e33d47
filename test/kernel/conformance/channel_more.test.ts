import { describe, expect, test } from "vitest";
import { ObjectType, Signals, TIME_INFINITE } from "../../../src/zx/constants.ts";
import { Rights } from "../../../src/zx/rights.ts";
import { statusOf } from "../../support/address_spaces.ts";
import { rejection, withKernel } from "../../support/kernel.ts";

const NONE = new Uint8Array();

describe("zx_channel_read and zx_channel_read_etc, more", () => {
  const get = withKernel();

  test("ChannelTest.ReadWhenEmptyReturnsShouldWait / ReadWhenEmptyAndClosedReturnsPeerClosed: of an empty channel", () => {
    const { zx } = get();
    const [a, b] = zx.channelCreate();
    expect(statusOf(() => zx.channelRead(b))).toBe("SHOULD_WAIT");
    zx.handleClose(a);
    expect(statusOf(() => zx.channelRead(b))).toBe("PEER_CLOSED");
  });

  test("check order: BAD_HANDLE, WRONG_TYPE, ACCESS_DENIED", () => {
    const { zx } = get();
    const weak = zx.handleReplace(zx.channelCreate()[0], Rights.WRITE);
    for (const read of [zx.channelRead, zx.channelReadEtc]) {
      const statuses = [0x7003, zx.eventCreate(0), weak].map((channel) => statusOf(() => read(channel)));
      expect(statuses).toEqual(["BAD_HANDLE", "WRONG_TYPE", "ACCESS_DENIED"]);
    }
  });

  test("ChannelTest.ReadMayDiscardWithNullBuffersReturnsBufferTooSmall: with room for nothing the sizes are told", () => {
    const { zx } = get();
    const [a, b] = zx.channelCreate();
    zx.channelWrite(a, new Uint8Array(1), [zx.eventCreate(0)]);
    const read = () => zx.channelRead(b, { maxBytes: 0, maxHandles: 0, mayDiscard: true });
    expect(read).toThrow(expect.objectContaining({ outputs: { actualBytes: 1, actualHandles: 1 } }));
    expect(statusOf(() => zx.channelRead(b))).toBe("SHOULD_WAIT");
  });

  test("READABLE is asserted from the first message to the last", async () => {
    const { zx } = get();
    const [a, b] = zx.channelCreate();
    const readable = () => rejection(zx.objectWaitOne(b, Signals.READABLE, 0));
    zx.channelWrite(a, NONE, []);
    zx.channelWrite(a, NONE, []);
    zx.channelRead(b);
    expect(await readable()).toBe("OK");
    zx.channelRead(b);
    expect(await readable()).toBe("TIMED_OUT");
  });
});

describe("zx_channel_write, which handles", () => {
  const get = withKernel();

  test.each([
    [
      "ChannelTest.WriteNonTransferableHandleReturnsAccessDeniedAndClosesHandle: one that may not travel",
      "ACCESS_DENIED",
    ],
    [
      "ChannelTest.WriteRepeatedHandlesReturnsBadHandlesAndClosesHandle: one that is there twice",
      "BAD_HANDLE",
    ],
  ])("%s is %s, and closed", (title, status) => {
    const { zx } = get();
    const [a] = zx.channelCreate();
    const stuck = zx.handleReplace(zx.eventCreate(0), Rights.WAIT);
    const event = zx.eventCreate(0);
    const handles = title.includes("twice") ? [event, event] : [stuck];
    expect(statusOf(() => zx.channelWrite(a, NONE, handles))).toBe(status);
    expect(statusOf(() => zx.handleClose(handles[0]!))).toBe("BAD_HANDLE");
  });

  test("a handle keeps its object's type and its rights, and arrives as a new value", () => {
    const { zx } = get();
    const [a, b] = zx.channelCreate();
    const event = zx.handleReplace(zx.eventCreate(0), Rights.TRANSFER | Rights.WAIT);
    zx.channelWrite(a, NONE, [event]);
    const [received] = zx.channelReadEtc(b).handles;
    expect(received).toMatchObject({ type: ObjectType.EVENT, rights: Rights.TRANSFER | Rights.WAIT });
    expect(received!.handle).not.toBe(event);
  });
});

describe("zx_channel_call, more", () => {
  const get = withKernel();

  test("ChannelTest.CallConsumesHandlesOnSuccess / CallHandleAndBytesFitsIsOk: handles go there and come back", async () => {
    const { zx } = get();
    const [client, server] = zx.channelCreate();
    const event = zx.eventCreate(0);
    const call = zx.channelCall(client, TIME_INFINITE, new Uint8Array(6), [event]);
    expect(statusOf(() => zx.handleClose(event))).toBe("BAD_HANDLE");
    const { bytes, handles } = zx.channelRead(server);
    zx.channelWrite(server, bytes, handles);
    const reply = await call;
    expect([reply.bytes.length, reply.handles.length]).toEqual([6, 1]);
  });

  test("a call outlives the sending away of its channel, but not its process: the reply is then an ordinary message", async () => {
    const { zx } = get();
    const host = get().host();
    const [client, server] = zx.channelCreate();
    const [link, back] = zx.channelCreate();
    const [there, linkThere] = host.give(client, link);
    const call = rejection(host.zx.channelCall(there!, TIME_INFINITE, new Uint8Array(4), []));
    const request = zx.channelRead(server).bytes;
    host.zx.channelWrite(linkThere!, NONE, [there!]);
    const [again] = zx.channelRead(back).handles;
    zx.taskKill(host.process);
    expect(await call).toBe("CANCELED");
    zx.channelWrite(server, request, []);
    expect(zx.channelRead(again!).bytes).toEqual(request);
  });

  test("a process that makes calls which nobody reads is killed, as one that writes is", async () => {
    const { kernel } = get();
    const host = get().host();
    const [client] = host.zx.channelCreate();
    for (let i = 0; i < 3500; i++) host.zx.channelWrite(client, NONE, []);
    expect(await rejection(host.zx.channelCall(client, TIME_INFINITE, new Uint8Array(4), []))).toBe(
      "SHOULD_WAIT",
    );
    expect(kernel.process(host.koid).info()).toMatchObject({ exited: true, returnCode: -1026 });
  });
});
