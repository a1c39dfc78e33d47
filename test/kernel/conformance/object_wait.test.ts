import { describe, expect, test } from "vitest";
import { Signals, TIME_INFINITE, WaitAsyncOption } from "../../../src/zx/constants.ts";
import { Rights } from "../../../src/zx/rights.ts";
import { statusOf } from "../../support/address_spaces.ts";
import { rejection, withKernel } from "../../support/kernel.ts";

const USER_0 = 1 << 24;
const USER_7 = 0x8000_0000;

describe("zx_object_signal", () => {
  const get = withKernel();
  const observed = (handle: number) => get().zx.objectWaitOne(handle, 0xffff_ffff, 0);

  test("clears, then sets", async () => {
    const { zx } = get();
    const event = zx.eventCreate(0);
    zx.objectSignal(event, 0, USER_0);
    zx.objectSignal(event, USER_0, USER_0 | USER_7);
    expect(await observed(event)).toBe(USER_0 + USER_7);
    zx.objectSignal(event, USER_0, 0);
    expect(await observed(event)).toBe(USER_7);
  });

  test("changes SIGNALED of events and eventpairs only", () => {
    const { zx } = get();
    const signal = (handle: number) => statusOf(() => zx.objectSignal(handle, 0, Signals.SIGNALED));
    expect(signal(zx.eventCreate(0))).toBe("OK");
    expect(signal(zx.eventpairCreate(0)[0])).toBe("OK");
    expect(signal(zx.channelCreate()[0])).toBe("INVALID_ARGS");
    expect(signal(zx.vmoCreate(0, 0))).toBe("INVALID_ARGS");
  });

  test("refuses the kernel's signals, to set and to clear", () => {
    const { zx } = get();
    const event = zx.eventCreate(0);
    expect(statusOf(() => zx.objectSignal(event, 0, Signals.READABLE))).toBe("INVALID_ARGS");
    expect(statusOf(() => zx.objectSignal(event, Signals.PEER_CLOSED, 0))).toBe("INVALID_ARGS");
  });

  test("needs SIGNAL", () => {
    const { zx } = get();
    const event = zx.handleReplace(zx.eventCreate(0), Rights.WAIT);
    expect(statusOf(() => zx.objectSignal(event, 0, USER_0))).toBe("ACCESS_DENIED");
  });
});

describe("zx_object_signal_peer", () => {
  const get = withKernel();

  test("signals the other one", async () => {
    const { zx } = get();
    const [a, b] = zx.eventpairCreate(0);
    zx.objectSignalPeer(a, 0, USER_0);
    expect(await zx.objectWaitOne(b, USER_0, 0)).toBe(USER_0);
    expect(await rejection(zx.objectWaitOne(a, USER_0, 0))).toBe("TIMED_OUT");
  });

  test("PEER_CLOSED when it is gone", () => {
    const { zx } = get();
    const [a, b] = zx.eventpairCreate(0);
    zx.handleClose(b);
    expect(statusOf(() => zx.objectSignalPeer(a, 0, USER_0))).toBe("PEER_CLOSED");
  });

  test("what has no peer lacks the right to signal one", () => {
    const { zx } = get();
    expect(statusOf(() => zx.objectSignalPeer(zx.eventCreate(0), 0, USER_0))).toBe("ACCESS_DENIED");
  });

  test("works on channels", async () => {
    const { zx } = get();
    const [a, b] = zx.channelCreate();
    zx.objectSignalPeer(a, 0, USER_7);
    expect(await zx.objectWaitOne(b, USER_7, 0)).toBe(Signals.WRITABLE + USER_7);
  });
});

describe("zx_object_wait_one", () => {
  const get = withKernel();

  test("ObjectWaitOneTest.WaitForEventThenSignal: resolves with all signals once one of the mask is there", async () => {
    const { zx } = get();
    const event = zx.eventCreate(0);
    zx.objectSignal(event, 0, USER_0);
    const wait = zx.objectWaitOne(event, Signals.SIGNALED | USER_7, TIME_INFINITE);
    zx.objectSignal(event, 0, Signals.SIGNALED);
    expect(await wait).toBe(Signals.SIGNALED | USER_0);
  });

  test("ObjectWaitOneTest.WaitForEventTimeout: TIMED_OUT at the deadline of the machine's clock, with what was observed", async () => {
    const { zx, machine } = get();
    const event = zx.eventCreate(0);
    zx.objectSignal(event, 0, USER_0);
    let failure: unknown;
    const wait = zx.objectWaitOne(event, Signals.SIGNALED, 1000).catch((error: unknown) => {
      failure = error;
    });
    machine.clock.advance(999);
    await Promise.resolve();
    expect(failure).toBeUndefined();
    machine.clock.advance(1);
    await wait;
    expect(failure).toMatchObject({ statusName: "TIMED_OUT", outputs: { observed: USER_0 } });
  });

  test("a deadline that has passed still finds what is asserted already", async () => {
    const { zx, machine } = get();
    machine.clock.advance(50);
    const event = zx.eventCreate(0);
    expect(await rejection(zx.objectWaitOne(event, Signals.SIGNALED, 10))).toBe("TIMED_OUT");
    zx.objectSignal(event, 0, Signals.SIGNALED);
    expect(await zx.objectWaitOne(event, Signals.SIGNALED, 10)).toBe(Signals.SIGNALED);
  });

  test("CANCELED, with HANDLE_CLOSED observed", async () => {
    const { zx } = get();
    const event = zx.eventCreate(0);
    const wait = zx.objectWaitOne(event, Signals.SIGNALED, TIME_INFINITE);
    zx.handleClose(event);
    await expect(wait).rejects.toMatchObject({
      statusName: "CANCELED",
      outputs: { observed: Signals.HANDLE_CLOSED },
    });
  });

  test("needs WAIT: ports, resources and VMARs do not give it", async () => {
    const { zx, root } = get();
    for (const handle of [zx.portCreate(0), root.mmio, zx.vmarRootSelf, root.iommu]) {
      expect(await rejection(zx.objectWaitOne(handle, USER_0, 0))).toBe("ACCESS_DENIED");
    }
  });

  test("a wait that has ended leaves no timer behind", async () => {
    const { zx, machine } = get();
    const event = zx.eventCreate(0);
    const wait = zx.objectWaitOne(event, Signals.SIGNALED, 1000);
    expect(machine.clock.pendingTimers).toBe(1);
    zx.objectSignal(event, 0, Signals.SIGNALED);
    await wait;
    expect(machine.clock.pendingTimers).toBe(0);
  });
});

describe("zx_object_wait_many", () => {
  const get = withKernel();

  test("ObjectWaitManyTest.WaitForEventsSignaled: resolves with the signals of every item", async () => {
    const { zx } = get();
    const [a, b] = [zx.eventCreate(0), zx.eventCreate(0)];
    const wait = zx.objectWaitMany(
      [
        { handle: a, signals: USER_7 },
        { handle: b, signals: Signals.SIGNALED },
      ],
      TIME_INFINITE,
    );
    zx.objectSignal(a, 0, USER_0);
    zx.objectSignal(b, 0, Signals.SIGNALED);
    expect(await wait).toEqual([USER_0, Signals.SIGNALED]);
  });

  test("ObjectWaitManyTest.TooManyObjects: 65 items are OUT_OF_RANGE, 64 are not", async () => {
    const { zx } = get();
    const event = zx.eventCreate(0);
    const items = (count: number) =>
      Array.from({ length: count }, () => ({ handle: event, signals: USER_0 }));
    expect(await rejection(zx.objectWaitMany(items(65), 0))).toBe("OUT_OF_RANGE");
    expect(await rejection(zx.objectWaitMany(items(64), 0))).toBe("TIMED_OUT");
  });

  test("ObjectWaitManyTest.WaitOnZeroThings: of nothing is a sleep that ends with TIMED_OUT", async () => {
    const { zx, machine } = get();
    const wait = rejection(zx.objectWaitMany([], 10));
    machine.clock.advance(10);
    expect(await wait).toBe("TIMED_OUT");
  });

  test("CANCELED when one of the handles is closed", async () => {
    const { zx } = get();
    const [a, b] = [zx.eventCreate(0), zx.eventCreate(0)];
    const items = [a, b].map((handle) => ({ handle, signals: Signals.SIGNALED }));
    const wait = rejection(zx.objectWaitMany(items, TIME_INFINITE));
    zx.handleClose(b);
    expect(await wait).toBe("CANCELED");
  });

  test("ObjectWaitManyTest.InvalidHandle: one bad handle is BAD_HANDLE", async () => {
    const { zx } = get();
    const items = [zx.eventCreate(0), 0x7003].map((handle) => ({ handle, signals: USER_0 }));
    expect(await rejection(zx.objectWaitMany(items, 0))).toBe("BAD_HANDLE");
  });
});

describe("zx_object_wait_async", () => {
  const get = withKernel();

  test("one packet, when the signal comes", async () => {
    const { zx } = get();
    const [port, event] = [zx.portCreate(0), zx.eventCreate(0)];
    zx.objectWaitAsync(event, port, 17n, Signals.SIGNALED, 0);
    expect(await rejection(zx.portWait(port, 0))).toBe("TIMED_OUT");
    zx.objectSignal(event, 0, Signals.SIGNALED | USER_0);
    zx.objectSignal(event, Signals.SIGNALED, Signals.SIGNALED);
    expect(await zx.portWait(port, 0)).toEqual({
      type: "signal",
      key: 17n,
      trigger: Signals.SIGNALED,
      observed: Signals.SIGNALED | USER_0,
      count: 1,
      timestamp: 0,
    });
    expect(await rejection(zx.portWait(port, 0))).toBe("TIMED_OUT");
  });

  test("a signal that is there already queues at once, with EDGE only when it comes again", async () => {
    const { zx } = get();
    const [port, event] = [zx.portCreate(0), zx.eventCreate(0)];
    zx.objectSignal(event, 0, USER_0);
    zx.objectWaitAsync(event, port, 1n, USER_0, WaitAsyncOption.EDGE);
    zx.objectWaitAsync(event, port, 2n, USER_0, 0);
    expect(await zx.portWait(port, 0)).toMatchObject({ key: 2n });
    expect(await rejection(zx.portWait(port, 0))).toBe("TIMED_OUT");
    zx.objectSignal(event, USER_0, 0);
    zx.objectSignal(event, 0, USER_0);
    expect(await zx.portWait(port, 0)).toMatchObject({ key: 1n });
  });

  test("PortTest.Timestamp: TIMESTAMP puts the time of the signal into the packet", async () => {
    const { zx, machine } = get();
    const [port, event] = [zx.portCreate(0), zx.eventCreate(0)];
    zx.objectWaitAsync(event, port, 1n, USER_0, WaitAsyncOption.TIMESTAMP);
    machine.clock.advance(123);
    zx.objectSignal(event, 0, USER_0);
    machine.clock.advance(1);
    expect(await zx.portWait(port, 0)).toMatchObject({ timestamp: 123 });
  });

  test("closing the handle drops the observer, but keeps a packet that is queued", async () => {
    const { zx } = get();
    const port = zx.portCreate(0);
    const [signaled, silent] = [zx.eventCreate(0), zx.eventCreate(0)];
    const other = zx.handleDuplicate(silent, Rights.SAME_RIGHTS);
    zx.objectWaitAsync(signaled, port, 1n, USER_0, 0);
    zx.objectWaitAsync(silent, port, 2n, USER_0, 0);
    zx.objectSignal(signaled, 0, USER_0);
    zx.handleCloseMany([signaled, silent]);
    zx.objectSignal(other, 0, USER_0);
    expect(await zx.portWait(port, 0)).toMatchObject({ key: 1n });
    expect(await rejection(zx.portWait(port, 0))).toBe("TIMED_OUT");
  });

  test("check order: options, port, its WRITE, object, its WAIT", () => {
    const { zx } = get();
    const [port, event] = [zx.portCreate(0), zx.eventCreate(0)];
    const readPort = zx.handleDuplicate(port, Rights.READ);
    const deaf = zx.handleDuplicate(event, Rights.SIGNAL);
    const wait = (object: number, target: number, options = 0) =>
      statusOf(() => zx.objectWaitAsync(object, target, 0n, USER_0, options));
    expect(wait(0x7003, 0x7003, 4)).toBe("INVALID_ARGS");
    expect(wait(0x7003, 0x7007)).toBe("BAD_HANDLE");
    expect(wait(0x7003, event)).toBe("WRONG_TYPE");
    expect(wait(0x7003, readPort)).toBe("ACCESS_DENIED");
    expect(wait(0x7003, port)).toBe("BAD_HANDLE");
    expect(wait(deaf, port)).toBe("ACCESS_DENIED");
    expect(wait(event, port)).toBe("OK");
  });
});
