import fc from "fast-check";
import { expect, test } from "vitest";
import { type PollClock, pollUntil } from "../../src/registers/poll.ts";
import { pollFor, type RemotePoll } from "../../src/remote/server/remote_poll.ts";
import { ValueReader } from "../../src/remote/value_reader.ts";
import { ValueWriter } from "../../src/remote/values.ts";
import { GARBAGE } from "../support/garbage.ts";

/** A register that changes as time passes, and counts its reads. */
class Device implements PollClock {
  reads = 0;
  low = 0;
  high = 0;
  #time = 0;
  readonly #value: (time: number) => number;

  constructor(value: (time: number) => number) {
    this.#value = value;
  }

  now(): number {
    return this.#time;
  }

  spin(ns: number): void {
    this.#time += ns;
  }

  read(): void {
    this.reads++;
    this.#time += 100;
    this.low = this.#value(this.#time);
  }
}

const poll = {
  width: 32,
  offset: 0,
  mask: { low: 1, high: 0 },
  expected: { low: 1, high: 0 },
  timeout: 1000,
  interval: 10,
} as const;

test("a poll that is made for another thread makes the reads that pollUntil makes, at the same times, with the same end", () => {
  const times = fc.record({
    readyAt: fc.nat(20_000),
    timeout: fc.nat(20_000),
    interval: fc.integer({ min: 1, max: 3000 }),
  });
  fc.assert(
    fc.property(times, ({ readyAt, timeout, interval }) => {
      const value = (time: number) => (time >= readyAt ? 1 : 0);
      const here = new Device(value);
      const done = pollUntil(here, { timeout, interval }, () => {
        here.read();
        return here.low === 1;
      });
      const there = new Device(value);
      let state: RemotePoll = { ...poll, timeout, interval, deadline: undefined };
      let polled = pollFor(there, there, state);
      while (polled.done === undefined) {
        state = { ...state, deadline: polled.deadline };
        polled = pollFor(there, there, state);
      }
      expect([polled.done, polled.low, there.reads, there.now()]).toEqual([
        done,
        here.low,
        here.reads,
        here.now(),
      ]);
    }),
  );
});

test("a long poll comes back now and then, so that others are served, and goes on where it was", () => {
  const device = new Device(() => 0);
  let state: RemotePoll = { ...poll, timeout: 1e9, interval: 100, deadline: undefined };
  const first = pollFor(device, device, state);
  expect(first.done).toBeUndefined();
  state = { ...state, deadline: first.deadline };
  const { reads } = device;
  expect(pollFor(device, device, state).deadline).toBe(first.deadline);
  expect(device.reads).toBeGreaterThan(reads);
});

test("a clock that stands still ends the poll", () => {
  const device = new Device(() => 0);
  const still = { now: () => 5, spin: () => {} };
  expect(pollFor(device, still, { ...poll, deadline: undefined }).done).toBe(false);
});

test("what is no poll is INVALID_ARGS, and nothing is read", () => {
  for (const field of Object.keys(poll)) {
    for (const { name, make } of GARBAGE) {
      const garbage = crossed(make());
      const isGood = typeof garbage === "number" && Number.isFinite(garbage) && garbage >= 0;
      if (isGood || (field === "offset" && typeof garbage === "number")) continue;
      const device = new Device(() => 1);
      expect(() => pollFor(device, device, { ...poll, [field]: garbage }), `${field}: ${name}`).toThrow(
        /INVALID_ARGS/,
      );
      expect(device.reads).toBe(0);
    }
  }
  const device = new Device(() => 1);
  for (const { make } of GARBAGE)
    expect(() => pollFor(device, device, crossed(make()))).toThrow(/INVALID_ARGS/);
});

/** As it arrives: whatever it was, it is plain data now. */
function crossed(value: unknown): unknown {
  const writer = new ValueWriter();
  writer.value(value);
  return new ValueReader(writer.bytes.slice()).value();
}
