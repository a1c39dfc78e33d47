/**
 * The time that QEMU's devices live in. The processor is halted, so it stands still until some timer of a device is armed; then it jumps
 * to that timer's deadline at once (`-icount sleep=off`) or passes as real time does (`sleep=on`). Each board has something
 * of its own by which it can be read and moved.
 */
export interface VirtualTime {
  /** The interrupt vectors that are used for it. */
  readonly vectors: readonly number[];
  /** Takes hold of it: interrupt lines are told from now on. */
  start(): void;
  /** Virtual nanoseconds. Round trips to QEMU. */
  now(): number;
  /**
   * Has virtual time go to `time`, soon after this is sent; one of its vectors is then asserted. There are two such goals, and the later
   * one counts. Posted.
   */
  goTo(goal: 0 | 1, time: number): void;
  /** One of its vectors was asserted: whether that says that a goal was reached. Safe inside an access. */
  isAlarm(vector: number): boolean;
}
