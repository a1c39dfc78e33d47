import { describe, expect, test } from "vitest";
import { Signals, TIME_INFINITE } from "../../../src/zx/constants.ts";
import { Rights } from "../../../src/zx/rights.ts";
import { statusOf } from "../../support/address_spaces.ts";
import { rejection, withKernel } from "../../support/kernel.ts";

const USER_0 = 1 << 24;
const packet = (key: bigint) => ({ key, status: 0, user: new Uint8Array() });

describe("zx_port_queue and zx_port_wait, check order", () => {
  const get = withKernel();

  test("BAD_HANDLE, WRONG_TYPE, ACCESS_DENIED", async () => {
    const { zx } = get();
    const [event, weak] = [zx.eventCreate(0), zx.handleReplace(zx.portCreate(0), Rights.NONE)];
    const expected = ["BAD_HANDLE", "WRONG_TYPE", "ACCESS_DENIED"];
    expect([0x7003, event, weak].map((port) => statusOf(() => zx.portQueue(port, packet(1n))))).toEqual(
      expected,
    );
    const waits = [0x7003, event, weak].map((port) => rejection(zx.portWait(port, 0)));
    expect(await Promise.all(waits)).toEqual(expected);
  });

  test("PortTest.QueueAndClose: packets that nobody takes go with the port", () => {
    const { zx, kernel } = get();
    const objects = [...kernel.objects()].length;
    const port = zx.portCreate(0);
    zx.portQueue(port, packet(1n));
    zx.handleClose(port);
    expect([...kernel.objects()].length).toBe(objects);
  });

  test("what is there already is had although the deadline has passed", async () => {
    const { zx, machine } = get();
    machine.clock.advance(100);
    const port = zx.portCreate(0);
    zx.portQueue(port, packet(4n));
    expect(await zx.portWait(port, 1)).toMatchObject({ key: 4n });
    expect(await rejection(zx.portWait(port, Number.NEGATIVE_INFINITY))).toBe("TIMED_OUT");
  });

  test("packets of signals and of users come in the order in which they were queued", async () => {
    const { zx } = get();
    const [port, event] = [zx.portCreate(0), zx.eventCreate(0)];
    zx.objectWaitAsync(event, port, 2n, USER_0, 0);
    zx.portQueue(port, packet(1n));
    zx.objectSignal(event, 0, USER_0);
    zx.portQueue(port, packet(3n));
    const keys = [await zx.portWait(port, 0), await zx.portWait(port, 0), await zx.portWait(port, 0)];
    expect(keys.map(({ key }) => key)).toEqual([1n, 2n, 3n]);
  });
});

describe("zx_object_wait_async, more", () => {
  const get = withKernel();

  test("PortTest.AsyncWaitEventRepeat: an observer is told once, and can be set up again", async () => {
    const { zx } = get();
    const [port, event] = [zx.portCreate(0), zx.eventCreate(0)];
    for (let round = 0; round < 5; round++) {
      zx.objectWaitAsync(event, port, BigInt(round), Signals.SIGNALED, 0);
      zx.objectSignal(event, 0, Signals.SIGNALED);
      zx.objectSignal(event, Signals.SIGNALED, 0);
      zx.objectSignal(event, 0, Signals.SIGNALED);
      expect(await zx.portWait(port, 0)).toMatchObject({ key: BigInt(round), count: 1 });
      expect(await rejection(zx.portWait(port, 0))).toBe("TIMED_OUT");
      zx.objectSignal(event, Signals.SIGNALED, 0);
    }
  });

  test("PortTest.AsyncWaitChannelTimedOut: sees messages and the end of a channel", async () => {
    const { zx } = get();
    const port = zx.portCreate(0);
    const [a, b] = zx.channelCreate();
    zx.objectWaitAsync(b, port, 1n, Signals.READABLE | Signals.PEER_CLOSED, 0);
    expect(await rejection(zx.portWait(port, 0))).toBe("TIMED_OUT");
    zx.channelWrite(a, new Uint8Array(), []);
    expect(await zx.portWait(port, 0)).toMatchObject({ observed: Signals.READABLE | Signals.WRITABLE });
    zx.channelRead(b);
    zx.objectWaitAsync(b, port, 2n, Signals.READABLE | Signals.PEER_CLOSED, 0);
    zx.handleClose(a);
    expect(await zx.portWait(port, 0)).toMatchObject({ key: 2n, observed: Signals.PEER_CLOSED });
  });

  test.each([
    ["the handle", 0],
    ["the port", 1],
  ] as const)("PortTest.AsyncWaitCloseOrder: %s may be closed first", (_name, first) => {
    const { zx, kernel } = get();
    const objects = [...kernel.objects()].length;
    const [event, port] = [zx.eventCreate(0), zx.portCreate(0)];
    zx.objectWaitAsync(event, port, 1n, USER_0, 0);
    const order = first === 0 ? [event, port] : [port, event];
    for (const handle of order) zx.handleClose(handle);
    expect([...kernel.objects()].length).toBe(objects);
  });

  test("a handle that is sent away takes its observers with it into nothing", async () => {
    const { zx } = get();
    const host = get().host();
    const [port, event] = [zx.portCreate(0), zx.eventCreate(0)];
    zx.objectWaitAsync(event, port, 1n, USER_0, 0);
    const [moved] = host.give(event);
    host.zx.objectSignal(moved!, 0, USER_0);
    expect(await rejection(zx.portWait(port, 0))).toBe("TIMED_OUT");
  });
});

describe("zx_port_cancel, check order", () => {
  const get = withKernel();

  test("the port (BAD_HANDLE, WRONG_TYPE, ACCESS_DENIED), then the source", () => {
    const { zx } = get();
    const [port, event] = [zx.portCreate(0), zx.eventCreate(0)];
    const cancel = (target: number, source: number) => statusOf(() => zx.portCancel(target, source, 1n));
    expect(cancel(0x7003, 0x7003)).toBe("BAD_HANDLE");
    expect(cancel(event, 0x7003)).toBe("WRONG_TYPE");
    expect(cancel(zx.handleDuplicate(port, Rights.READ), 0x7003)).toBe("ACCESS_DENIED");
    expect(cancel(port, 0x7003)).toBe("BAD_HANDLE");
    expect(cancel(port, port)).toBe("ACCESS_DENIED");
    expect(cancel(port, event)).toBe("NOT_FOUND");
  });
});

describe("zx_nanosleep and zx_clock_get_monotonic", () => {
  const get = withKernel();

  test("tell and take the machine's time", async () => {
    const { zx, machine } = get();
    const sleep = zx.nanosleep(1000).then(() => zx.clockGetMonotonic());
    machine.clock.advance(5000);
    expect(await sleep).toBe(5000);
  });

  test("a sleep for ever ends with its process, CANCELED", async () => {
    const { zx } = get();
    const host = get().host();
    const sleep = rejection(host.zx.nanosleep(TIME_INFINITE));
    zx.taskKill(host.process);
    expect(await sleep).toBe("CANCELED");
  });
});
