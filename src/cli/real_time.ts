import type { Clock } from "../machine/machine.ts";

/** Nanoseconds that virtual time may be ahead of real time. */
const STEP = 10e6;

/**
 * Keeps a machine's virtual time from running ahead of real time from now on, until the returned function is called: a driver that
 * waits for a second waits for one. Machines with real time stay as they are.
 */
export function keepRealTime(clock: Clock): () => void {
  if (clock.hold === undefined) return () => {};
  const ahead = clock.now() - realTime();
  let release = () => {};
  let cancel = () => {};
  let timer: NodeJS.Timeout | undefined;
  /** Lets time go on for a step, once real time has come so far. */
  const catchUp = () => {
    const wait = clock.now() - realTime() - ahead;
    if (wait > 0) {
      timer = setTimeout(catchUp, Math.ceil(wait / 1e6));
      return;
    }
    cancel = clock.at(clock.now() + STEP, step);
    release();
  };
  const step = () => {
    release = clock.hold!();
    catchUp();
  };
  step();
  return () => {
    clearTimeout(timer);
    cancel();
    release();
  };
}

function realTime(): number {
  return performance.now() * 1e6;
}
