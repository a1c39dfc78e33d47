import { describe, expect, test } from "vitest";
import {
  ExceptionType,
  Signals,
  TIME_INFINITE,
  VmOption,
  VmoInfoFlag,
  VmoOption,
} from "../../../src/zx/constants.ts";
import { PAGE_SIZE } from "../../../src/zx/pages.ts";
import { Rights } from "../../../src/zx/rights.ts";
import { Status } from "../../../src/zx/status.ts";
import { statusOf } from "../../support/address_spaces.ts";
import { rejection, withKernel } from "../../support/kernel.ts";

const USER_0 = 1 << 24;
const USER_1 = 1 << 25;
const RW = VmOption.PERM_READ | VmOption.PERM_WRITE;

describe("zx_object_signal and zx_object_signal_peer, check order", () => {
  const get = withKernel();

  test("signal: BAD_HANDLE, ACCESS_DENIED, INVALID_ARGS", () => {
    const { zx } = get();
    const deaf = zx.handleReplace(zx.eventCreate(0), Rights.WAIT);
    const signal = (handle: number) => statusOf(() => zx.objectSignal(handle, 0, Signals.READABLE));
    expect(signal(0x7003)).toBe("BAD_HANDLE");
    expect(signal(deaf)).toBe("ACCESS_DENIED");
    expect(signal(zx.eventCreate(0))).toBe("INVALID_ARGS");
  });

  test("signal_peer: BAD_HANDLE, ACCESS_DENIED, INVALID_ARGS, PEER_CLOSED", () => {
    const { zx } = get();
    const [a, b] = zx.eventpairCreate(0);
    const deaf = zx.handleDuplicate(a, Rights.WAIT);
    zx.handleClose(b);
    const signal = (handle: number, set: number) => statusOf(() => zx.objectSignalPeer(handle, 0, set));
    expect(signal(0x7003, Signals.READABLE)).toBe("BAD_HANDLE");
    expect(signal(deaf, Signals.READABLE)).toBe("ACCESS_DENIED");
    expect(signal(a, Signals.READABLE)).toBe("INVALID_ARGS");
    expect(signal(a, Signals.SIGNALED)).toBe("PEER_CLOSED");
  });

  test("EventPairTest.SignalPeerThenCloseAndVerifySignalReceived: what was signaled stays when the sender closes", async () => {
    const { zx } = get();
    const [a, b] = zx.eventpairCreate(0);
    zx.objectSignalPeer(a, 0, USER_0);
    zx.handleClose(a);
    expect(await zx.objectWaitOne(b, USER_0, 0)).toBe(USER_0 | Signals.PEER_CLOSED);
  });

  test("ChannelTest.CloseSignalsPeerReturnsPeerClosed: the peer of a channel that is gone cannot be signaled", () => {
    const { zx } = get();
    const [a, b] = zx.channelCreate();
    zx.handleClose(b);
    expect(statusOf(() => zx.objectSignalPeer(a, 0, USER_0))).toBe("PEER_CLOSED");
  });
});

describe("zx_object_wait_one and zx_object_wait_many, what they see", () => {
  const get = withKernel();

  test("ObjectWaitOneTest.EmptySignalSet: a wait for nothing times out, and tells what is there", async () => {
    const { zx } = get();
    const event = zx.eventCreate(0);
    zx.objectSignal(event, 0, USER_0);
    await expect(zx.objectWaitOne(event, 0, 0)).rejects.toMatchObject({
      status: Status.TIMED_OUT,
      outputs: { observed: USER_0 },
    });
  });

  test("ObjectWaitOneTest.WaitForEventTimeoutPreSignalClear: a signal that was cleared before is not there", async () => {
    const { zx } = get();
    const event = zx.eventCreate(0);
    zx.objectSignal(event, 0, Signals.SIGNALED);
    zx.objectSignal(event, Signals.SIGNALED, 0);
    expect(await rejection(zx.objectWaitOne(event, Signals.SIGNALED, 0))).toBe("TIMED_OUT");
  });

  test("ObjectWaitOneTest.TransientSignalsNotReturned: signals that came and went meanwhile are not told", async () => {
    const { zx } = get();
    const event = zx.eventCreate(0);
    const wait = zx.objectWaitOne(event, USER_1, TIME_INFINITE);
    zx.objectSignal(event, 0, USER_0);
    zx.objectSignal(event, USER_0, 0);
    zx.objectSignal(event, 0, USER_1);
    expect(await wait).toBe(USER_1);
  });

  test("ObjectWaitManyTest.TransientSignalsNotReturned: nor those of other items; what else is there is", async () => {
    const { zx } = get();
    const events = [zx.eventCreate(0), zx.eventCreate(0), zx.eventCreate(0)] as const;
    const wait = zx.objectWaitMany(
      events.map((handle) => ({ handle, signals: USER_0 })),
      TIME_INFINITE,
    );
    for (const event of [events[0], events[2]]) {
      zx.objectSignal(event, 0, USER_1);
      zx.objectSignal(event, USER_1, 0);
    }
    zx.objectSignal(events[1], 0, USER_1);
    zx.objectSignal(events[0], 0, USER_0);
    expect(await wait).toEqual([USER_0, USER_1, 0]);
  });

  test("wait_one: BAD_HANDLE, then ACCESS_DENIED", async () => {
    const { zx } = get();
    const deaf = zx.handleReplace(zx.eventCreate(0), Rights.SIGNAL);
    expect(await rejection(zx.objectWaitOne(0x7003, USER_0, 0))).toBe("BAD_HANDLE");
    expect(await rejection(zx.objectWaitOne(deaf, USER_0, 0))).toBe("ACCESS_DENIED");
    const items = [{ handle: deaf, signals: USER_0 }];
    expect(await rejection(zx.objectWaitMany(items, 0))).toBe("ACCESS_DENIED");
  });
});

describe("zx_object_get_info, what it says", () => {
  const get = withKernel();
  const basic = (handle: number) => get().zx.objectGetInfo(handle, "HANDLE_BASIC");

  test("related koids: the peer of an eventpair, the job of a process, the parent of a job", () => {
    const { zx, root } = get();
    const [a, b] = zx.eventpairCreate(0);
    const job = zx.jobCreate(root.job, 0);
    const { process } = zx.processCreate(job, "p");
    expect([basic(a).relatedKoid, basic(b).relatedKoid]).toEqual([basic(b).koid, basic(a).koid]);
    expect(basic(process).relatedKoid).toBe(basic(job).koid);
    expect([basic(job).relatedKoid, basic(root.job).relatedKoid]).toEqual([basic(root.job).koid, 0]);
  });

  test("a related koid does not change when the peer is gone", () => {
    const { zx } = get();
    const [a, b] = zx.eventpairCreate(0);
    const { koid } = basic(b);
    zx.handleClose(b);
    expect(basic(a).relatedKoid).toBe(koid);
  });

  test("PROCESS_VMOS has a record for each handle and one for each mapping, and says which is which", () => {
    const { zx } = get();
    const host = get().host();
    const vmo = host.zx.vmoCreate(PAGE_SIZE, VmoOption.DISCARDABLE);
    const readable = host.zx.handleDuplicate(vmo, Rights.READ | Rights.MAP);
    host.zx.vmarMap(
      host.zx.vmarRootSelf,
      VmOption.PERM_READ | VmOption.ALLOW_FAULTS,
      0,
      readable,
      0,
      PAGE_SIZE,
    );
    const kind = VmoInfoFlag.TYPE_PAGED | VmoInfoFlag.DISCARDABLE;
    const records = zx.objectGetInfo(host.process, "PROCESS_VMOS");
    expect(records.map(({ flags }) => flags)).toEqual([
      kind | VmoInfoFlag.VIA_HANDLE,
      kind | VmoInfoFlag.VIA_HANDLE,
      kind | VmoInfoFlag.VIA_MAPPING,
    ]);
    expect(records.slice(1).map(({ handleRights }) => handleRights)).toEqual([Rights.READ | Rights.MAP, 0]);
  });

  test("share_count counts address spaces, num_mappings mappings", () => {
    const { zx } = get();
    const host = get().host();
    const vmo = zx.vmoCreate(PAGE_SIZE, 0);
    const map = () => zx.vmarMap(zx.vmarRootSelf, RW, 0, vmo, 0, PAGE_SIZE);
    map();
    map();
    expect(zx.objectGetInfo(vmo, "VMO")).toMatchObject({ shareCount: 1, numMappings: 2 });
    const [there] = host.give(zx.handleDuplicate(vmo, Rights.SAME_RIGHTS));
    host.zx.vmarMap(host.zx.vmarRootSelf, RW, 0, there!, 0, PAGE_SIZE);
    expect(zx.objectGetInfo(vmo, "VMO")).toMatchObject({ shareCount: 2, numMappings: 3 });
  });
});

describe("zx_object_get_property and zx_object_set_property, check order", () => {
  const get = withKernel();

  test("NAME of an object that has none is WRONG_TYPE to who may ask", () => {
    const { zx, kernel } = get();
    const host = get().host();
    const channel = zx.taskCreateExceptionChannel(host.process, 0);
    const report = { type: ExceptionType.GENERAL, status: Status.INTERNAL, message: "" };
    void kernel.raiseException(host.koid, report);
    const [exception] = zx.channelRead(channel).handles;
    expect(statusOf(() => zx.objectGetProperty(exception!, "NAME"))).toBe("WRONG_TYPE");
    expect(statusOf(() => zx.objectSetProperty(exception!, "NAME", "x"))).toBe("WRONG_TYPE");
  });

  test("BAD_HANDLE, WRONG_TYPE, ACCESS_DENIED", () => {
    const { zx } = get();
    const weak = zx.handleReplace(zx.vmoCreate(PAGE_SIZE, 0), Rights.NONE);
    const event = zx.handleReplace(zx.eventCreate(0), Rights.NONE);
    const read = (handle: number) => statusOf(() => zx.objectGetProperty(handle, "VMO_CONTENT_SIZE"));
    const write = (handle: number) => statusOf(() => zx.objectSetProperty(handle, "VMO_CONTENT_SIZE", 1));
    for (const access of [read, write]) {
      expect([0x7003, event, weak].map(access)).toEqual(["BAD_HANDLE", "WRONG_TYPE", "ACCESS_DENIED"]);
    }
  });

  test("Bti.NameSupport: a name of 31 bytes stays, a longer one is cut, an embedded NUL ends it", () => {
    const { zx } = get();
    const vmo = zx.vmoCreate(PAGE_SIZE, 0);
    const named = (name: string) => {
      zx.objectSetProperty(vmo, "NAME", name);
      return zx.objectGetProperty(vmo, "NAME");
    };
    expect(named("")).toBe("");
    expect(named("n".repeat(31))).toBe("n".repeat(31));
    expect(named("n".repeat(80))).toBe("n".repeat(31));
    expect(named("bar 0\0bar 1")).toBe("bar 0");
    expect(named(`${"n".repeat(30)}\u00e9`)).toBe("n".repeat(30));
  });
});
