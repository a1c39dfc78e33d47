import { describe, expect, test } from "vitest";
import type { SyscallEvent } from "../../../src/events/events.ts";
import { Status } from "../../../src/zx/status.ts";
import { statusOf } from "../../support/address_spaces.ts";
import { rejection, withKernel } from "../../support/kernel.ts";

describe("the door of the kernel", () => {
  const get = withKernel();
  const listen = () => {
    const events: SyscallEvent[] = [];
    const stop = get().kernel.events.listen((event) => events.push(event as SyscallEvent), ["syscall"]);
    return { events, stop };
  };

  test("a system call is an event, with arguments, result and status, while somebody listens", () => {
    const { zx } = get();
    const { events, stop } = listen();
    const vmo = zx.vmoCreate(4096, 0);
    expect(statusOf(() => zx.vmoSetSize(vmo, 0))).toBe("UNAVAILABLE");
    stop();
    zx.handleClose(vmo);
    expect(events).toEqual([
      {
        kind: "syscall",
        time: 0,
        process: "userboot",
        name: "vmo_create",
        args: [4096, 0],
        result: vmo,
        status: 0,
      },
      {
        kind: "syscall",
        time: 0,
        process: "userboot",
        name: "vmo_set_size",
        args: [vmo, 0],
        result: undefined,
        status: Status.UNAVAILABLE,
      },
    ]);
  });

  test("a call that waits is an event when it ends, whatever it ends with", async () => {
    const { zx, machine } = get();
    const { events } = listen();
    const event = zx.eventCreate(0);
    const wait = rejection(zx.objectWaitOne(event, 8, 30));
    const sleep = zx.nanosleep(40);
    expect(events.map(({ name }) => name)).toEqual(["event_create"]);
    machine.clock.advance(40);
    expect(await wait).toBe("TIMED_OUT");
    await sleep;
    expect(events.slice(1)).toMatchObject([
      { name: "object_wait_one", args: [event, 8, 30], status: Status.TIMED_OUT },
      { name: "nanosleep", status: 0 },
    ]);
  });

  test("a call that waits and fails at once rejects: it never throws", async () => {
    const { zx } = get();
    const call = zx.objectWaitOne(0x7003, 8, 0);
    expect(await rejection(call)).toBe("BAD_HANDLE");
  });

  test("reading the clock is no system call", () => {
    const { zx, machine } = get();
    const { events } = listen();
    machine.clock.advance(5);
    expect(zx.clockGetMonotonic()).toBe(5);
    expect(events).toEqual([]);
  });

  test("a call can be made by name, as from another thread", () => {
    const host = get().host();
    const gate = get().kernel.gateOf(host.koid);
    const [a, b] = gate.call("channelCreate", []) as [number, number];
    gate.call("channelWrite", [a, Uint8Array.of(1), []]);
    expect(gate.call("channelRead", [b])).toEqual({ bytes: Uint8Array.of(1), handles: [] });
    for (const name of ["noSuchCall", "constructor", "memory", "__proto__"]) {
      expect(statusOf(() => gate.call(name, []))).toBe("BAD_SYSCALL");
    }
  });

  test("methods can be taken off the object and called alone", () => {
    const { vmoCreate, vmoGetSize } = get().zx;
    expect(vmoGetSize(vmoCreate(1, 0))).toBe(4096);
  });
});

describe("zx_nanosleep", () => {
  const get = withKernel();

  test("ends when the machine's clock reaches the deadline, and at once for one that has passed", async () => {
    const { zx, machine } = get();
    let awake = false;
    const sleep = zx.nanosleep(100).then(() => {
      awake = true;
    });
    machine.clock.advance(99);
    await Promise.resolve();
    expect(awake).toBe(false);
    machine.clock.advance(1);
    await sleep;
    await zx.nanosleep(50);
    await zx.nanosleep(Number.NEGATIVE_INFINITY);
  });
});
