import { describe, expect, test } from "vitest";
import type { InterruptEvent } from "../../../src/events/events.ts";
import {
  InterruptOption,
  PortOption,
  ResourceKind,
  Signals,
  TIME_INFINITE,
} from "../../../src/zx/constants.ts";
import { Rights } from "../../../src/zx/rights.ts";
import { statusOf } from "../../support/address_spaces.ts";
import { rejection, withKernel } from "../../support/kernel.ts";

const BIND = 0;
const UNBIND = 1;

describe("zx_interrupt_create", () => {
  const get = withKernel();

  test("a virtual interrupt needs no resource, and takes no other option", () => {
    const { zx } = get();
    const create = (options: number) => statusOf(() => zx.interruptCreate(0, 0, options));
    expect(create(InterruptOption.VIRTUAL)).toBe("OK");
    expect(create(InterruptOption.VIRTUAL | InterruptOption.MODE_EDGE_HIGH)).toBe("INVALID_ARGS");
    expect(create(InterruptOption.VIRTUAL | 0x100)).toBe("INVALID_ARGS");
  });

  test("check order: resource, kind, range, options, vector in use", () => {
    const { zx, root } = get();
    const create = (resource: number, vector: number, options: number) =>
      statusOf(() => zx.interruptCreate(resource, vector, options));
    const irq = zx.resourceCreate(root.irq, ResourceKind.IRQ, 4, 2, "two");
    expect(create(0x7003, 4, 0x100)).toBe("BAD_HANDLE");
    expect(create(zx.eventCreate(0), 4, 0x100)).toBe("WRONG_TYPE");
    expect(create(root.mmio, 4, 0x100)).toBe("WRONG_TYPE");
    expect(create(irq, 6, 0x100)).toBe("OUT_OF_RANGE");
    expect(create(irq, 4, 0x100)).toBe("INVALID_ARGS");
    expect(create(irq, 4, 0xc)).toBe("INVALID_ARGS");
    expect(create(irq, 4, 62)).toBe("INVALID_ARGS");
    expect(create(irq, 4, InterruptOption.MODE_LEVEL_LOW)).toBe("OK");
    expect(create(irq, 4, InterruptOption.MODE_LEVEL_LOW)).toBe("ALREADY_BOUND");
  });

  test("closing the interrupt frees its vector", () => {
    const { zx, root, machine } = get();
    zx.handleClose(zx.interruptCreate(root.irq, 9, 0));
    expect(machine.interrupts.isAttached(9)).toBe(false);
    expect(statusOf(() => zx.interruptCreate(root.irq, 9, 0))).toBe("OK");
  });
});

describe("a virtual interrupt that is waited for", () => {
  const get = withKernel();
  const create = () => get().zx.interruptCreate(0, 0, InterruptOption.VIRTUAL);

  test("InterruptTest.VirtualInterrupts: a trigger before the wait is not lost; its time is told", async () => {
    const { zx } = get();
    const interrupt = create();
    zx.interruptTrigger(interrupt, 0, 12345);
    expect(await zx.interruptWait(interrupt)).toBe(12345);
  });

  test("a trigger wakes the waiter", async () => {
    const { zx } = get();
    const interrupt = create();
    const wait = zx.interruptWait(interrupt);
    zx.interruptTrigger(interrupt, 0, 7);
    expect(await wait).toBe(7);
  });

  test("triggers that nobody has been told of are one, with the time of the first", async () => {
    const { zx } = get();
    const interrupt = create();
    for (const time of [5, 6, 7]) zx.interruptTrigger(interrupt, 0, time);
    expect(await zx.interruptWait(interrupt)).toBe(5);
    const next = zx.interruptWait(interrupt);
    zx.interruptTrigger(interrupt, 0, 8);
    expect(await next).toBe(8);
  });

  test("a trigger before the acknowledgement shows at the next wait, which acknowledges", async () => {
    const { zx } = get();
    const interrupt = create();
    zx.interruptTrigger(interrupt, 0, 1);
    await zx.interruptWait(interrupt);
    zx.interruptTrigger(interrupt, 0, 2);
    zx.interruptTrigger(interrupt, 0, 3);
    expect(await zx.interruptWait(interrupt)).toBe(2);
  });

  test("a second waiter is BAD_STATE", async () => {
    const { zx } = get();
    const interrupt = create();
    const first = zx.interruptWait(interrupt);
    expect(await rejection(zx.interruptWait(interrupt))).toBe("BAD_STATE");
    zx.interruptTrigger(interrupt, 0, 1);
    expect(await first).toBe(1);
  });

  test("destroying it ends the wait with CANCELED, as does closing the last handle", async () => {
    const { zx } = get();
    for (const end of [zx.interruptDestroy, zx.handleClose]) {
      const interrupt = create();
      const wait = rejection(zx.interruptWait(interrupt));
      end(interrupt);
      expect(await wait).toBe("CANCELED");
    }
  });

  test("after destroy, wait, trigger and bind are CANCELED", async () => {
    const { zx } = get();
    const interrupt = create();
    zx.interruptDestroy(interrupt);
    expect(await rejection(zx.interruptWait(interrupt))).toBe("CANCELED");
    expect(statusOf(() => zx.interruptTrigger(interrupt, 0, 0))).toBe("CANCELED");
    const port = zx.portCreate(PortOption.BIND_TO_INTERRUPT);
    expect(statusOf(() => zx.interruptBind(interrupt, port, 0n, BIND))).toBe("CANCELED");
    expect(statusOf(() => zx.interruptDestroy(interrupt))).toBe("OK");
  });

  test("ack without a port is BAD_STATE", () => {
    expect(statusOf(() => get().zx.interruptAck(create()))).toBe("BAD_STATE");
  });

  test("UNTRIGGERED is asserted until a trigger, and again after the next wait", async () => {
    const { zx } = get();
    const interrupt = create();
    const untriggered = () =>
      rejection(zx.objectWaitOne(interrupt, Signals.VIRTUAL_INTERRUPT_UNTRIGGERED, 0));
    expect(await untriggered()).toBe("OK");
    zx.interruptTrigger(interrupt, 0, 1);
    expect(await untriggered()).toBe("TIMED_OUT");
    await zx.interruptWait(interrupt);
    expect(await untriggered()).toBe("TIMED_OUT");
    const wait = zx.interruptWait(interrupt);
    expect(await untriggered()).toBe("OK");
    zx.interruptTrigger(interrupt, 0, 2);
    await wait;
  });

  test("each call needs its right", async () => {
    const { zx } = get();
    const interrupt = create();
    const weak = zx.handleDuplicate(interrupt, Rights.DUPLICATE);
    const port = zx.portCreate(PortOption.BIND_TO_INTERRUPT);
    expect(await rejection(zx.interruptWait(weak))).toBe("ACCESS_DENIED");
    expect(statusOf(() => zx.interruptAck(weak))).toBe("ACCESS_DENIED");
    expect(statusOf(() => zx.interruptTrigger(weak, 0, 0))).toBe("ACCESS_DENIED");
    expect(statusOf(() => zx.interruptDestroy(weak))).toBe("ACCESS_DENIED");
    expect(statusOf(() => zx.interruptBind(weak, port, 0n, BIND))).toBe("ACCESS_DENIED");
    expect(statusOf(() => zx.interruptTrigger(interrupt, 1, 0))).toBe("INVALID_ARGS");
  });
});

describe("an interrupt bound to a port", () => {
  const get = withKernel();
  const setUp = () => {
    const { zx } = get();
    const interrupt = zx.interruptCreate(0, 0, InterruptOption.VIRTUAL);
    const port = zx.portCreate(PortOption.BIND_TO_INTERRUPT);
    return { zx, interrupt, port };
  };

  test("InterruptTest.BindPort: a trigger is a packet with key and time", async () => {
    const { zx, interrupt, port } = setUp();
    zx.interruptBind(interrupt, port, 789n, BIND);
    zx.interruptTrigger(interrupt, 0, 55);
    expect(await zx.portWait(port, 0)).toEqual({ type: "interrupt", key: 789n, timestamp: 55 });
  });

  test("only one packet is outstanding; triggers before the ack become one more, the first time wins", async () => {
    const { zx, interrupt, port } = setUp();
    zx.interruptBind(interrupt, port, 1n, BIND);
    for (const time of [1, 2, 3]) zx.interruptTrigger(interrupt, 0, time);
    expect(await zx.portWait(port, 0)).toMatchObject({ timestamp: 1 });
    expect(await rejection(zx.portWait(port, 0))).toBe("TIMED_OUT");
    zx.interruptAck(interrupt);
    expect(await zx.portWait(port, 0)).toMatchObject({ timestamp: 2 });
    zx.interruptAck(interrupt);
    expect(await rejection(zx.portWait(port, 0))).toBe("TIMED_OUT");
    zx.interruptTrigger(interrupt, 0, 4);
    expect(await zx.portWait(port, 0)).toMatchObject({ timestamp: 4 });
  });

  test("an ack that finds the packet unread and another one due is BAD_STATE", () => {
    const { zx, interrupt, port } = setUp();
    zx.interruptBind(interrupt, port, 1n, BIND);
    zx.interruptTrigger(interrupt, 0, 1);
    zx.interruptTrigger(interrupt, 0, 2);
    expect(statusOf(() => zx.interruptAck(interrupt))).toBe("BAD_STATE");
  });

  test("an ack with nothing to acknowledge is OK", () => {
    const { zx, interrupt, port } = setUp();
    zx.interruptBind(interrupt, port, 1n, BIND);
    expect(statusOf(() => zx.interruptAck(interrupt))).toBe("OK");
  });

  test("binding a triggered interrupt queues its packet at once", async () => {
    const { zx, interrupt, port } = setUp();
    zx.interruptTrigger(interrupt, 0, 9);
    zx.interruptBind(interrupt, port, 1n, BIND);
    expect(await zx.portWait(port, 0)).toMatchObject({ timestamp: 9 });
  });

  test("interrupt packets go before others", async () => {
    const { zx, interrupt, port } = setUp();
    zx.interruptBind(interrupt, port, 1n, BIND);
    zx.portQueue(port, { key: 2n, status: 0, user: new Uint8Array() });
    zx.interruptTrigger(interrupt, 0, 1);
    expect(await zx.portWait(port, 0)).toMatchObject({ type: "interrupt" });
    expect(await zx.portWait(port, 0)).toMatchObject({ type: "user" });
  });

  test("wait is BAD_STATE", async () => {
    const { zx, interrupt, port } = setUp();
    zx.interruptBind(interrupt, port, 1n, BIND);
    expect(await rejection(zx.interruptWait(interrupt))).toBe("BAD_STATE");
  });

  test("InterruptTest.NonBindablePort: bind: INVALID_ARGS, WRONG_TYPE for an ordinary port, ALREADY_BOUND, BAD_STATE during a wait", async () => {
    const { zx, interrupt, port } = setUp();
    expect(statusOf(() => zx.interruptBind(interrupt, port, 1n, 2))).toBe("INVALID_ARGS");
    expect(statusOf(() => zx.interruptBind(interrupt, zx.portCreate(0), 1n, BIND))).toBe("WRONG_TYPE");
    const wait = zx.interruptWait(interrupt);
    expect(statusOf(() => zx.interruptBind(interrupt, port, 1n, BIND))).toBe("BAD_STATE");
    zx.interruptTrigger(interrupt, 0, 1);
    await wait;
    expect(statusOf(() => zx.interruptBind(interrupt, port, 1n, BIND))).toBe("OK");
    expect(statusOf(() => zx.interruptBind(interrupt, port, 1n, BIND))).toBe("ALREADY_BOUND");
  });

  test("InterruptTest.UnBindPort: unbinding takes the queued packet back, and waits work again", async () => {
    const { zx, interrupt, port } = setUp();
    const other = zx.portCreate(PortOption.BIND_TO_INTERRUPT);
    zx.interruptBind(interrupt, port, 1n, BIND);
    zx.interruptTrigger(interrupt, 0, 1);
    expect(statusOf(() => zx.interruptBind(interrupt, other, 1n, UNBIND))).toBe("NOT_FOUND");
    zx.interruptBind(interrupt, port, 1n, UNBIND);
    expect(await rejection(zx.portWait(port, 0))).toBe("TIMED_OUT");
    const wait = zx.interruptWait(interrupt);
    zx.interruptTrigger(interrupt, 0, 2);
    expect(await wait).toBe(2);
  });

  test("destroy takes a queued packet back; one that was read and not acknowledged is NOT_FOUND", async () => {
    const { zx, interrupt, port } = setUp();
    zx.interruptBind(interrupt, port, 1n, BIND);
    zx.interruptTrigger(interrupt, 0, 1);
    expect(statusOf(() => zx.interruptDestroy(interrupt))).toBe("OK");
    expect(await rejection(zx.portWait(port, 0))).toBe("TIMED_OUT");
    const second = setUp();
    zx.interruptBind(second.interrupt, second.port, 1n, BIND);
    zx.interruptTrigger(second.interrupt, 0, 1);
    await zx.portWait(second.port, 0);
    expect(statusOf(() => zx.interruptDestroy(second.interrupt))).toBe("NOT_FOUND");
    expect(statusOf(() => zx.interruptTrigger(second.interrupt, 0, 1))).toBe("CANCELED");
    expect(statusOf(() => zx.interruptAck(second.interrupt))).toBe("CANCELED");
  });

  test("survives the port: triggers then go nowhere", () => {
    const { zx, interrupt, port } = setUp();
    zx.interruptBind(interrupt, port, 1n, BIND);
    zx.interruptTrigger(interrupt, 0, 1);
    zx.handleClose(port);
    zx.interruptAck(interrupt);
    expect(statusOf(() => zx.interruptTrigger(interrupt, 0, 1))).toBe("OK");
  });
});

describe("an interrupt of a machine's vector", () => {
  const get = withKernel();

  test("cannot be triggered by a program", () => {
    const { zx, root } = get();
    const interrupt = zx.interruptCreate(root.irq, 17, 0);
    expect(statusOf(() => zx.interruptTrigger(interrupt, 0, 0))).toBe("BAD_STATE");
  });

  test("when level-triggered, is masked from trigger to the next wait; still asserted, it fires again", async () => {
    const { zx, root, machine } = get();
    const interrupt = zx.interruptCreate(root.irq, 17, InterruptOption.MODE_LEVEL_LOW);
    machine.clock.advance(100);
    machine.interrupts.raise(17);
    expect(machine.interrupts.isMasked(17)).toBe(true);
    machine.clock.advance(50);
    expect(await zx.interruptWait(interrupt)).toBe(100);
    expect(machine.interrupts.isMasked(17)).toBe(true);
    expect(await zx.interruptWait(interrupt)).toBe(150);
    machine.interrupts.lower(17);
    const wait = zx.interruptWait(interrupt);
    expect(machine.interrupts.isMasked(17)).toBe(false);
    machine.interrupts.raise(17);
    expect(await wait).toBe(150);
  });

  test("when level-triggered and bound, is masked from packet to ack; still asserted, the ack brings another packet", async () => {
    const { zx, root, machine } = get();
    const interrupt = zx.interruptCreate(root.irq, 17, InterruptOption.MODE_LEVEL_HIGH);
    const port = zx.portCreate(PortOption.BIND_TO_INTERRUPT);
    zx.interruptBind(interrupt, port, 1n, BIND);
    machine.interrupts.raise(17);
    await zx.portWait(port, TIME_INFINITE);
    expect(machine.interrupts.isMasked(17)).toBe(true);
    zx.interruptAck(interrupt);
    await zx.portWait(port, TIME_INFINITE);
    machine.interrupts.lower(17);
    zx.interruptAck(interrupt);
    expect(machine.interrupts.isMasked(17)).toBe(false);
    expect(await rejection(zx.portWait(port, 0))).toBe("TIMED_OUT");
  });

  test("when edge-triggered, is never masked, and remembers an edge that comes before the ack", async () => {
    const { zx, root, machine } = get();
    const interrupt = zx.interruptCreate(root.irq, 17, InterruptOption.MODE_EDGE_HIGH);
    const port = zx.portCreate(PortOption.BIND_TO_INTERRUPT);
    zx.interruptBind(interrupt, port, 1n, BIND);
    machine.interrupts.raise(17);
    machine.clock.advance(5);
    machine.interrupts.raise(17);
    expect(machine.interrupts.isMasked(17)).toBe(false);
    expect(await zx.portWait(port, 0)).toMatchObject({ timestamp: 0 });
    zx.interruptAck(interrupt);
    expect(await zx.portWait(port, 0)).toMatchObject({ timestamp: 5 });
  });

  test("whose line is asserted when it is made is triggered at once", async () => {
    const { zx, root, machine } = get();
    machine.interrupts.raise(20);
    const interrupt = zx.interruptCreate(root.irq, 20, 0);
    expect(await zx.interruptWait(interrupt)).toBe(0);
  });

  test("the default mode is edge for ISA vectors of a PC, level otherwise", () => {
    const { zx, root, machine } = get();
    for (const vector of [4, 20]) {
      zx.interruptCreate(root.irq, vector, 0);
      machine.interrupts.raise(vector);
    }
    expect([4, 20].map((vector) => machine.interrupts.isMasked(vector))).toEqual([false, true]);
  });

  test("trigger and acknowledgement are events, while somebody listens", async () => {
    const { zx, root, machine, kernel } = get();
    const interrupt = zx.interruptCreate(root.irq, 17, InterruptOption.MODE_EDGE_HIGH);
    const { koid } = zx.objectGetInfo(interrupt, "HANDLE_BASIC");
    const events: InterruptEvent[] = [];
    const stop = kernel.events.listen((event) => events.push(event as InterruptEvent), ["interrupt"]);
    machine.interrupts.raise(17);
    await zx.interruptWait(interrupt);
    void rejection(zx.interruptWait(interrupt));
    stop();
    machine.interrupts.raise(17);
    expect(events).toEqual([
      { kind: "interrupt", time: 0, what: "trigger", vector: 17, koid },
      { kind: "interrupt", time: 0, what: "ack", vector: 17, koid },
    ]);
  });
});
