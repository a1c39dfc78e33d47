/** Waiting for a device inside a synchronous call, on the machine's clock. */
import { ZxError } from "../zx/error.ts";

/** The part of a machine's clock that a synchronous wait needs; times are nanoseconds. */
export interface PollClock {
  now(): number;
  /** Lets at least `ns` pass, in whatever way time passes on the machine. */
  spin(ns: number): void;
}

export interface PollOptions {
  /** Nanoseconds of the machine's clock. */
  readonly timeout: number;
  /** Nanoseconds between two reads (default 1000). */
  readonly interval?: number;
}

const DEFAULT_INTERVAL = 1000;
/** Attempts at one and the same time, after which the clock is taken for broken. */
const STANDSTILL = 100_000;

/**
 * Calls `attempt` until it returns true; false once `timeout` has passed and a last attempt, made after that, has failed
 * too: whoever was kept waiting by something else than the device is not told that the device is late.
 *
 * INVALID_ARGS for a timeout or an interval that is not a finite number of nanoseconds.
 */
export function pollUntil(clock: PollClock, options: PollOptions, attempt: () => boolean): boolean {
  const { timeout, interval } = checkedPoll(options);
  if (attempt()) return true;
  let now = clock.now();
  const deadline = now + timeout;
  for (let still = 0; now < deadline && still < STANDSTILL; still++) {
    clock.spin(Math.min(interval, deadline - now));
    if (attempt()) return true;
    const before = now;
    now = clock.now();
    if (now > before) still = 0;
  }
  return timeout > 0 && attempt();
}

/** The options with their defaults. INVALID_ARGS. */
export function checkedPoll({ timeout, interval = DEFAULT_INTERVAL }: PollOptions): Required<PollOptions> {
  if (!(Number.isFinite(timeout) && timeout >= 0)) {
    throw new ZxError(
      "INVALID_ARGS",
      `poll: the timeout is ${String(timeout)}, not a finite number of nanoseconds`,
    );
  }
  if (!(Number.isFinite(interval) && interval > 0)) {
    throw new ZxError(
      "INVALID_ARGS",
      `poll: the interval is ${String(interval)}, not a positive number of nanoseconds`,
    );
  }
  return { timeout, interval };
}

/** A clock for devices that have none (test doubles): time passes only by waiting. */
export function waitingClock(): PollClock {
  let now = 0;
  return {
    now: () => now,
    spin(ns) {
      now += Math.max(ns, 1);
    },
  };
}
