import { describe, expect, test } from "vitest";
import { InterruptOption, PortOption, Signals } from "../../../src/zx/constants.ts";
import { Rights } from "../../../src/zx/rights.ts";
import { statusOf } from "../../support/address_spaces.ts";
import { rejection, withKernel } from "../../support/kernel.ts";

const BIND = 0;
const UNBIND = 1;
const USER_0 = 1 << 24;

describe("an interrupt bound to a port, step by step", () => {
  const get = withKernel();
  const setUp = () => {
    const { zx } = get();
    const interrupt = zx.interruptCreate(0, 0, InterruptOption.VIRTUAL);
    const port = zx.portCreate(PortOption.BIND_TO_INTERRUPT);
    const trigger = (time: number) => zx.interruptTrigger(interrupt, 0, time);
    const packet = () => zx.portWait(port, 0);
    return { zx, interrupt, port, trigger, packet };
  };

  test("InterruptTest.BindPort: the whole life of one that is bound, told, triggered again and destroyed", async () => {
    const { zx, interrupt, port, trigger, packet } = setUp();
    zx.interruptBind(interrupt, port, 789n, BIND);
    trigger(12345);
    expect(await packet()).toEqual({ type: "interrupt", key: 789n, timestamp: 12345 });
    trigger(12345);
    zx.interruptAck(interrupt);
    expect(await packet()).toEqual({ type: "interrupt", key: 789n, timestamp: 12345 });
    zx.interruptAck(interrupt);
    trigger(12345);
    trigger(67890);
    expect(await packet()).toMatchObject({ timestamp: 12345 });
    zx.interruptAck(interrupt);
    expect(await packet()).toMatchObject({ timestamp: 67890 });
    expect(statusOf(() => zx.interruptDestroy(interrupt))).toBe("NOT_FOUND");
    expect(statusOf(() => zx.interruptAck(interrupt))).toBe("CANCELED");
    expect(statusOf(() => trigger(12345))).toBe("CANCELED");
  });

  test("InterruptTest.UnBindPort: unbinding after its packet was read, before it is, and after destroy", async () => {
    const { zx, interrupt, port, trigger, packet } = setUp();
    zx.interruptBind(interrupt, port, 789n, BIND);
    trigger(12345);
    expect(await packet()).toMatchObject({ timestamp: 12345 });
    zx.interruptBind(interrupt, port, 0n, UNBIND);
    trigger(12345);
    expect(await rejection(packet())).toBe("TIMED_OUT");
    zx.interruptBind(interrupt, port, 789n, BIND);
    trigger(12345);
    zx.interruptBind(interrupt, port, 0n, UNBIND);
    expect(await rejection(packet())).toBe("TIMED_OUT");
    zx.interruptBind(interrupt, port, 789n, BIND);
    expect(statusOf(() => zx.interruptDestroy(interrupt))).toBe("NOT_FOUND");
    expect(statusOf(() => zx.interruptBind(interrupt, port, 0n, UNBIND))).toBe("CANCELED");
  });

  test("binding needs READ of the interrupt and WRITE of the port", () => {
    const { zx, interrupt, port } = setUp();
    const deafPort = zx.handleDuplicate(port, Rights.READ);
    const weak = zx.handleDuplicate(interrupt, Rights.WRITE);
    expect(statusOf(() => zx.interruptBind(weak, port, 0n, BIND))).toBe("ACCESS_DENIED");
    expect(statusOf(() => zx.interruptBind(interrupt, deafPort, 0n, BIND))).toBe("ACCESS_DENIED");
    expect(statusOf(() => zx.interruptBind(interrupt, 0x7003, 0n, BIND))).toBe("BAD_HANDLE");
    expect(statusOf(() => zx.interruptBind(interrupt, interrupt, 0n, BIND))).toBe("WRONG_TYPE");
    expect(statusOf(() => zx.interruptBind(interrupt, port, 0n, BIND))).toBe("OK");
  });
});

describe("interrupt calls, what they are for", () => {
  const get = withKernel();

  test("a vector's interrupt is told by interrupt_wait, not by signals; users may signal it all the same", async () => {
    const { zx, root, machine } = get();
    const interrupt = zx.interruptCreate(root.irq, 17, 0);
    const every = zx.objectWaitOne(interrupt, 0xffff_ffff, 50);
    machine.interrupts.raise(17);
    machine.clock.advance(50);
    expect(await rejection(every)).toBe("TIMED_OUT");
    zx.objectSignal(interrupt, 0, USER_0);
    expect(await zx.objectWaitOne(interrupt, USER_0, 0)).toBe(USER_0);
    expect(statusOf(() => zx.objectSignal(interrupt, 0, Signals.SIGNALED))).toBe("INVALID_ARGS");
  });

  test("WAKE_VECTOR and TIMESTAMP_MONO are taken for a vector, not for a virtual interrupt", () => {
    const { zx, root } = get();
    const { WAKE_VECTOR, TIMESTAMP_MONO, VIRTUAL, REMAP_IRQ } = InterruptOption;
    const options = REMAP_IRQ | WAKE_VECTOR | TIMESTAMP_MONO;
    expect(statusOf(() => zx.interruptCreate(root.irq, 17, options))).toBe("OK");
    for (const option of [REMAP_IRQ, WAKE_VECTOR, TIMESTAMP_MONO]) {
      expect(statusOf(() => zx.interruptCreate(0, 0, VIRTUAL | option))).toBe("INVALID_ARGS");
    }
  });

  test("check order: BAD_HANDLE, WRONG_TYPE, ACCESS_DENIED, and then the interrupt's state", async () => {
    const { zx } = get();
    const interrupt = zx.interruptCreate(0, 0, InterruptOption.VIRTUAL);
    const weak = zx.handleDuplicate(interrupt, Rights.NONE);
    const event = zx.eventCreate(0);
    const calls = [
      (handle: number) => zx.interruptAck(handle),
      (handle: number) => zx.interruptTrigger(handle, 0, 0),
      (handle: number) => zx.interruptDestroy(handle),
    ];
    for (const call of calls) {
      const statuses = [0x7003, event, weak].map((handle) => statusOf(() => call(handle)));
      expect(statuses).toEqual(["BAD_HANDLE", "WRONG_TYPE", "ACCESS_DENIED"]);
    }
    const waits = [0x7003, event, weak].map((handle) => rejection(zx.interruptWait(handle)));
    expect(await Promise.all(waits)).toEqual(["BAD_HANDLE", "WRONG_TYPE", "ACCESS_DENIED"]);
    expect(statusOf(() => zx.interruptAck(interrupt))).toBe("BAD_STATE");
  });
});
