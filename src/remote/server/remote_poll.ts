/** Polls of registers for a process in another thread: as `pollUntil` makes them, in slices. */
import type { PollClock } from "../../registers/poll.ts";
import { ZxError } from "../../zx/error.ts";
import type { IoPoll } from "../../zx/memory.ts";

/** A poll, and where it has begun already, when it ends, in nanoseconds of the machine's clock. */
export interface RemotePoll extends IoPoll {
  readonly deadline: number | undefined;
}

/** `done` is undefined where the poll has to go on. */
export interface RemotePolled {
  readonly done: boolean | undefined;
  readonly low: number;
  readonly high: number;
  readonly deadline: number;
}

/** Makes single reads. */
export interface PollReader {
  /** The value is then in `low` and `high`. */
  read(width: number, address: number): void;
  readonly low: number;
  readonly high: number;
}

/** Milliseconds of real time for which one poll has the kernel's thread to itself. */
const SLICE = 1;
/** Reads at one and the same time, after which the clock is taken for broken. */
const STANDSTILL = 100_000;

/** INVALID_ARGS for what is no poll. */
export function pollFor(reader: PollReader, clock: PollClock, sent: unknown): RemotePolled {
  const { width, offset, mask, expected, timeout, interval, deadline: begun } = checked(sent);
  const attempt = (): boolean => {
    reader.read(width, offset);
    return (
      (reader.low & mask.low) >>> 0 === expected.low && (reader.high & mask.high) >>> 0 === expected.high
    );
  };
  const ended = (done: boolean | undefined, deadline: number): RemotePolled => {
    const { low, high } = reader;
    return { done, low: low >>> 0, high: high >>> 0, deadline };
  };
  if (begun === undefined && attempt()) return ended(true, 0);
  let now = clock.now();
  const deadline = begun ?? now + timeout;
  const sliceEnd = performance.now() + SLICE;
  for (let still = 0; now < deadline && still < STANDSTILL; still++) {
    clock.spin(Math.min(interval, deadline - now));
    if (attempt()) return ended(true, deadline);
    const before = now;
    now = clock.now();
    if (now === before) continue;
    still = 0;
    if (performance.now() >= sliceEnd && now < deadline) return ended(undefined, deadline);
  }
  return ended(timeout > 0 && attempt(), deadline);
}

function checked(sent: unknown): RemotePoll {
  const { width, offset, mask, expected, timeout, interval, deadline } = (
    typeof sent === "object" && sent !== null ? sent : {}
  ) as Partial<RemotePoll>;
  const isTime = (value: unknown) => typeof value === "number" && Number.isFinite(value) && value >= 0;
  const isGood =
    (width === 8 || width === 16 || width === 32 || width === 64) &&
    typeof offset === "number" &&
    areHalves(mask) &&
    areHalves(expected) &&
    isTime(timeout) &&
    isTime(interval) &&
    interval! > 0 &&
    (deadline === undefined || isTime(deadline));
  if (!isGood) throw new ZxError("INVALID_ARGS", "a poll without width, offset, mask, value and times");
  return { width, offset, mask, expected, timeout: timeout!, interval: interval!, deadline };
}

function areHalves(value: unknown): value is RemotePoll["mask"] {
  if (typeof value !== "object" || value === null) return false;
  const { low, high } = value as Record<string, unknown>;
  return typeof low === "number" && typeof high === "number";
}
