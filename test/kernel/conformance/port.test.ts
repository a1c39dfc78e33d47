import { describe, expect, test } from "vitest";
import { TIME_INFINITE } from "../../../src/zx/constants.ts";
import { Rights } from "../../../src/zx/rights.ts";
import { statusOf } from "../../support/address_spaces.ts";
import { rejection, withKernel } from "../../support/kernel.ts";

const USER_0 = 1 << 24;
const packet = (key: bigint, ...user: number[]) => ({ key, status: -5, user: Uint8Array.from(user) });

describe("zx_port_create", () => {
  const get = withKernel();

  test("takes 0 or BIND_TO_INTERRUPT", () => {
    const { zx } = get();
    expect([0, 1, 2, 3].map((options) => statusOf(() => zx.portCreate(options)))).toEqual([
      "OK",
      "OK",
      "INVALID_ARGS",
      "INVALID_ARGS",
    ]);
  });
});

describe("zx_port_queue and zx_port_wait", () => {
  const get = withKernel();

  test("packets come out in order, with 32 bytes of the sender's", async () => {
    const { zx } = get();
    const port = zx.portCreate(0);
    zx.portQueue(port, packet(1n, 9, 8));
    zx.portQueue(port, packet(0xffff_ffff_ffff_ffffn));
    expect(await zx.portWait(port, TIME_INFINITE)).toEqual({
      type: "user",
      key: 1n,
      status: -5,
      user: Uint8Array.from([9, 8, ...new Array(30).fill(0)]),
    });
    expect(await zx.portWait(port, TIME_INFINITE)).toMatchObject({ key: 0xffff_ffff_ffff_ffffn });
  });

  test("one waiter gets each packet, the longest first", async () => {
    const { zx } = get();
    const port = zx.portCreate(0);
    const waits = [zx.portWait(port, TIME_INFINITE), zx.portWait(port, TIME_INFINITE)] as const;
    zx.portQueue(port, packet(1n));
    zx.portQueue(port, packet(2n));
    expect(await waits[0]).toMatchObject({ key: 1n });
    expect(await waits[1]).toMatchObject({ key: 2n });
  });

  test("TIMED_OUT on the machine's clock, and the packet after it is not lost", async () => {
    const { zx, machine } = get();
    const port = zx.portCreate(0);
    const wait = rejection(zx.portWait(port, 20));
    machine.clock.advance(20);
    expect(await wait).toBe("TIMED_OUT");
    zx.portQueue(port, packet(3n));
    expect(await zx.portWait(port, 0)).toMatchObject({ key: 3n });
  });

  test("needs WRITE to queue and READ to wait", async () => {
    const { zx } = get();
    const port = zx.portCreate(0);
    const reader = zx.handleDuplicate(port, Rights.READ);
    const writer = zx.handleDuplicate(port, Rights.WRITE);
    expect(statusOf(() => zx.portQueue(reader, packet(1n)))).toBe("ACCESS_DENIED");
    expect(await rejection(zx.portWait(writer, 0))).toBe("ACCESS_DENIED");
    expect(statusOf(() => zx.portQueue(writer, packet(1n)))).toBe("OK");
    expect(await zx.portWait(reader, 0)).toMatchObject({ key: 1n });
  });

  test("more than 32 bytes, or a key that is no 64-bit bigint, is INVALID_ARGS", () => {
    const { zx } = get();
    const port = zx.portCreate(0);
    expect(statusOf(() => zx.portQueue(port, packet(1n, ...new Array(33).fill(0))))).toBe("INVALID_ARGS");
    for (const key of [-1n, 1n << 64n, 1 as unknown as bigint]) {
      expect(statusOf(() => zx.portQueue(port, packet(key)))).toBe("INVALID_ARGS");
    }
  });

  test("a process that queues more than 2048 packets is killed (policy exception)", () => {
    const { kernel } = get();
    const host = get().host();
    const port = host.zx.portCreate(0);
    for (let i = 0; i <= 2048; i++) host.zx.portQueue(port, packet(BigInt(i)));
    expect(statusOf(() => host.zx.portQueue(port, packet(0n)))).toBe("SHOULD_WAIT");
    expect(kernel.process(host.koid).info()).toMatchObject({ exited: true, returnCode: -1026 });
  });

  test("closing the port ends its waits with CANCELED and forgets its observers", async () => {
    const { zx } = get();
    const [port, event] = [zx.portCreate(0), zx.eventCreate(0)];
    zx.objectWaitAsync(event, port, 1n, USER_0, 0);
    const wait = rejection(zx.portWait(port, TIME_INFINITE));
    zx.handleClose(port);
    expect(await wait).toBe("CANCELED");
    expect(statusOf(() => zx.objectSignal(event, 0, USER_0))).toBe("OK");
  });
});

describe("zx_port_cancel", () => {
  const get = withKernel();

  test("PortTest.CancelEventKey: forgets observers with that key, and only those", async () => {
    const { zx } = get();
    const [port, event] = [zx.portCreate(0), zx.eventCreate(0)];
    for (const key of [1n, 2n, 1n]) zx.objectWaitAsync(event, port, key, USER_0, 0);
    zx.portCancel(port, event, 1n);
    zx.objectSignal(event, 0, USER_0);
    expect(await zx.portWait(port, 0)).toMatchObject({ key: 2n });
    expect(await rejection(zx.portWait(port, 0))).toBe("TIMED_OUT");
  });

  test("PortTest.CancelEventKeyAfter: forgets packets that are queued too", async () => {
    const { zx } = get();
    const [port, event] = [zx.portCreate(0), zx.eventCreate(0)];
    zx.objectWaitAsync(event, port, 1n, USER_0, 0);
    zx.objectSignal(event, 0, USER_0);
    zx.portQueue(port, packet(1n));
    zx.portCancel(port, event, 1n);
    expect(await zx.portWait(port, 0)).toMatchObject({ type: "user" });
    expect(await rejection(zx.portWait(port, 0))).toBe("TIMED_OUT");
  });

  test("is by handle: another handle to the same object is NOT_FOUND", () => {
    const { zx } = get();
    const [port, event] = [zx.portCreate(0), zx.eventCreate(0)];
    const other = zx.handleDuplicate(event, Rights.SAME_RIGHTS);
    zx.objectWaitAsync(event, port, 1n, USER_0, 0);
    expect(statusOf(() => zx.portCancel(port, other, 1n))).toBe("NOT_FOUND");
    expect(statusOf(() => zx.portCancel(port, event, 2n))).toBe("NOT_FOUND");
    expect(statusOf(() => zx.portCancel(port, event, 1n))).toBe("OK");
    expect(statusOf(() => zx.portCancel(port, event, 1n))).toBe("NOT_FOUND");
  });

  test("needs WRITE on the port and WAIT on the source", () => {
    const { zx } = get();
    const [port, event] = [zx.portCreate(0), zx.eventCreate(0)];
    expect(statusOf(() => zx.portCancel(zx.handleDuplicate(port, Rights.READ), event, 1n))).toBe(
      "ACCESS_DENIED",
    );
    expect(statusOf(() => zx.portCancel(port, zx.handleDuplicate(event, Rights.SIGNAL), 1n))).toBe(
      "ACCESS_DENIED",
    );
  });
});
