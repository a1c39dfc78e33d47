/** The time of the host, for those who wait for QEMU. */
const MS = 1e6;

/** Real nanoseconds after which virtual time that does not get where it was told to go is taken for stopped. */
export const MOST_STANDSTILL = 10e9;

/** Real nanoseconds, from some start. */
export function realNow(): number {
  return Math.floor(performance.now() * MS);
}

const bell = new Int32Array(new SharedArrayBuffer(4));

/** Blocks for that many real nanoseconds; not at all for 0 and less. */
export function sleepReal(ns: number): void {
  if (ns > 0) Atomics.wait(bell, 0, 0, ns / MS);
}
