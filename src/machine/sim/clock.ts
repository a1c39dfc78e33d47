/**
 * Virtual time. It passes in three ways, none of which is the host's clock:
 *
 * - every access to a device costs `ACCESS_NS`, so that a loop that polls a register makes progress;
 * - `spin` lets a stated time pass;
 * - when everything waits, time jumps to the next deadline. "Everything waits" is: the host's task queue has had two
 *   turns, all microtasks included, in which no device was accessed and no timer was set or cancelled, and nobody holds time
 *   because another thread works.
 *
 * So a program of drivers and models runs the same way on a fast host and on a slow one. What the machine cannot see is
 * work outside of it (a file being read, a fetch): time does not wait for that.
 *
 * A timer keeps the host's process alive only as long as time needs to reach it. Nothing else here does.
 */
import { ZxError } from "../../zx/error.ts";
import type { Clock } from "../machine.ts";
import { TimerQueue } from "../timer_queue.ts";
import { turnRequester } from "./turn.ts";

/** What one access to a device costs, in virtual nanoseconds: the order of an uncached read over PCI. */
export const ACCESS_NS = 100;

/** Accesses that are counted before the count is folded into the time: a small integer, which V8 counts fastest. */
const MOST_ACCESSES = 2 ** 30 - 1;

export class VirtualClock implements Clock {
  /** Time when `#left` was set to `#granted`. */
  #base = 0;
  /** Accesses until a timer falls due, as of `#base`. */
  #granted = MOST_ACCESSES;
  /** Those of them that are still to come; what an access costs is to count this down. */
  #left = MOST_ACCESSES;
  #firing = false;
  #closed = false;
  readonly #timers = new TimerQueue();
  readonly #requestTurn = turnRequester(() => this.#turn());
  /** Timers set and cancelled so far: a change between two turns means that somebody runs. */
  #changes = 0;
  #changesSeen = -1;
  #timeSeen = -1;
  #holders = 0;

  now(): number {
    return this.#base + (this.#granted - this.#left) * ACCESS_NS;
  }

  /** One access to a device: a little time passes, and what falls due happens. */
  access(): void {
    if (--this.#left <= 0) this.#fold();
  }

  /** INVALID_ARGS for a deadline that is no number. One that has passed is called as soon as time moves or everything waits. */
  at(deadline: number, callback: () => void): () => void {
    if (typeof deadline !== "number" || Number.isNaN(deadline)) {
      throw new ZxError("INVALID_ARGS", `a deadline is a number of nanoseconds, not ${String(deadline)}`);
    }
    if (deadline > Number.MAX_SAFE_INTEGER || this.#closed) return () => {};
    // A callback that sets itself again for a time that has come must not stop time: it is called 1 ns later.
    const earliest = this.now() + (this.#firing ? 1 : 0);
    const timer = this.#timers.add(Math.max(Math.ceil(deadline), earliest), callback);
    this.#changed();
    return () => {
      if (timer.place < 0) return;
      this.#timers.remove(timer);
      this.#changed();
    };
  }

  /** INVALID_ARGS for a time that is negative or endless. */
  spin(ns: number): void {
    if (typeof ns !== "number" || !(ns >= 0 && ns <= Number.MAX_SAFE_INTEGER)) {
      throw new ZxError("INVALID_ARGS", `cannot spin for ${String(ns)} ns`);
    }
    const end = this.now() + Math.ceil(ns);
    for (;;) {
      const first = this.#timers.first;
      if (first === undefined || first.deadline > end || this.#firing) break;
      this.#moveTo(first.deadline);
      this.#fireDue();
    }
    this.#moveTo(end);
    this.#aim();
  }

  hold(): () => void {
    this.#holders++;
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      if (--this.#holders > 0) return;
      this.#changesSeen = -1;
      if (this.#timers.size > 0) this.#requestTurn();
    };
  }

  /** Drops all timers and takes no more. Time can still be read. */
  close(): void {
    this.#closed = true;
    this.#timers.clear();
    this.#changed();
  }

  #changed(): void {
    this.#changes++;
    this.#aim();
    if (this.#timers.size > 0) this.#requestTurn();
  }

  /** Forwards only: a timer may have let more time pass than was asked for. */
  #moveTo(time: number): void {
    this.#base = Math.max(time, this.now());
    this.#left = this.#granted;
  }

  /** Grants as many accesses as there are before the first timer. */
  #aim(): void {
    this.#base = this.now();
    const first = this.#timers.first;
    const wait = first === undefined ? MOST_ACCESSES : Math.ceil((first.deadline - this.#base) / ACCESS_NS);
    this.#granted = Math.min(Math.max(wait, 1), MOST_ACCESSES);
    this.#left = this.#granted;
  }

  #fold(): void {
    this.#moveTo(this.now());
    this.#fireDue();
    this.#aim();
  }

  /**
   * Calls what is due now, in order; what callbacks set meanwhile is left for the next round. Nothing from inside a
   * callback: its own accesses only let time pass.
   */
  #fireDue(): void {
    if (this.#firing) return;
    this.#firing = true;
    const round = this.#timers.sequence;
    try {
      for (;;) {
        const first = this.#timers.first;
        if (first === undefined || first.deadline > this.now() || first.sequence >= round) return;
        this.#timers.remove(first);
        first.callback();
      }
    } finally {
      this.#firing = false;
      this.#aim();
      if (this.#timers.size > 0) this.#requestTurn();
    }
  }

  /** One turn of the host's task queue has passed. */
  #turn(): void {
    const first = this.#timers.first;
    if (first === undefined) return;
    const isHeld = this.#holders > 0;
    const isQuiet = !isHeld && this.#changes === this.#changesSeen && this.now() === this.#timeSeen;
    if (isQuiet) this.#moveTo(first.deadline);
    if (first.deadline <= this.now()) {
      this.#changesSeen = -1;
      this.#fireDue();
      return;
    }
    // Whoever lets go of time asks for the next turn.
    if (isHeld) return;
    this.#changesSeen = this.#changes;
    this.#timeSeen = this.now();
    this.#requestTurn();
  }
}
