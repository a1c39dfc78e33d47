import { describe, expect, test } from "vitest";
import { Signals } from "../../../src/zx/constants.ts";
import { Rights } from "../../../src/zx/rights.ts";
import { statusOf } from "../../support/address_spaces.ts";
import { rejection, withKernel } from "../../support/kernel.ts";

const EVERYTHING = 0xffff_ffff;

describe("zx_event_create", () => {
  const get = withKernel();

  test("gives an event without signals", async () => {
    const { zx } = get();
    expect(await rejection(zx.objectWaitOne(zx.eventCreate(0), EVERYTHING, 0))).toBe("TIMED_OUT");
  });

  test("has no options: INVALID_ARGS", () => {
    expect(statusOf(() => get().zx.eventCreate(1))).toBe("INVALID_ARGS");
  });
});

describe("zx_eventpair_create", () => {
  const get = withKernel();

  test("EventPairTest.HandlesNotInvalid: gives two events without signals, each other's peers", async () => {
    const { zx } = get();
    const [a, b] = zx.eventpairCreate(0);
    expect(a).not.toBe(b);
    for (const end of [a, b]) {
      expect(await rejection(zx.objectWaitOne(end, EVERYTHING, 0))).toBe("TIMED_OUT");
    }
  });

  test("has no options: INVALID_ARGS", () => {
    expect(statusOf(() => get().zx.eventpairCreate(1))).toBe("INVALID_ARGS");
  });

  test("PEER_CLOSED is asserted when the last handle to the other one is closed", async () => {
    const { zx } = get();
    const [a, b] = zx.eventpairCreate(0);
    const copy = zx.handleDuplicate(b, Rights.SAME_RIGHTS);
    zx.handleClose(b);
    expect(await rejection(zx.objectWaitOne(a, Signals.PEER_CLOSED, 0))).toBe("TIMED_OUT");
    zx.handleClose(copy);
    expect(await zx.objectWaitOne(a, EVERYTHING, 0)).toBe(Signals.PEER_CLOSED);
  });
});
