import { expect, test } from "vitest";
import { keepRealTime } from "../../src/cli/real_time.ts";
import { VirtualClock } from "../../src/machine/sim/clock.ts";

const MS = 1e6;

/** Fulfilled when the clock has reached a time. */
const reached = (clock: VirtualClock, time: number) =>
  new Promise<void>((resolve) => {
    clock.at(time, resolve);
  });

test("virtual time waits for real time, but for one step", async () => {
  const clock = new VirtualClock();
  await reached(clock, 3600e9);
  const start = performance.now();
  const stop = keepRealTime(clock);
  await reached(clock, clock.now() + 60 * MS);
  expect(performance.now() - start).toBeGreaterThanOrEqual(50);
  stop();
});

test("afterwards it runs ahead again", async () => {
  const clock = new VirtualClock();
  keepRealTime(clock)();
  // An hour: nobody would wait for it.
  await reached(clock, 3600e9);
  expect(clock.now()).toBeGreaterThanOrEqual(3600e9);
});

test("a machine with real time stays as it is", () => {
  const clock = { now: () => 0, at: () => () => {}, spin: () => {} };
  expect(() => keepRealTime(clock)()).not.toThrow();
});
