/**
 * The clock of a QEMU machine, made of two times that know nothing of each other.
 *
 * *Virtual time* is what QEMU's devices live in. The processor is halted, so it stands still until some timer is armed. On a q35 it then
 * jumps to its deadline at once: a device's 100 ms pass in the time of a few round trips. On each board something is ours to have
 * virtual time go where we want (virtual_time.ts).
 *
 * *Real time* passes meanwhile, for parts of QEMU work in threads of the host: edu's factorial, block devices, sockets.
 *
 * The machine's clock goes on by whichever of the two has gone on more since it was last looked at. So it never stands still
 * (a loop that reads a register until a deadline ends), and it leaps when virtual time does. From there:
 *
 * - a deadline is reached by having virtual time jump to it: sleeping costs no time, and what devices have due on the way happens;
 * - but while anybody has an interrupt attached, a deadline may be the time-out of a wait for something that a thread of the host is
 *   about to finish. So whatever virtual time does, real time gets the chance to come there by itself, for at most `grace`;
 * - `spin` jumps too, and lets real time pass by at most `MOST_SPIN`, for the same reason;
 * - a program that reads registers without ever waiting (say, a free-running counter until it has moved) finds that virtual
 *   time follows real time: now and then it is told to catch up.
 *
 * What cannot be had on a q35: a device that has a timer armed pulls virtual time to its deadline whether anybody waits or not. On a
 * machine with a device that ticks all the time (a running USB 1.1 controller) virtual time runs far ahead of real time.
 */
import { ZxError } from "../../zx/error.ts";
import type { Clock } from "../machine.ts";
import { TimerQueue } from "../timer_queue.ts";
import { callSafely } from "./deliveries.ts";
import type { Qtest } from "./qtest.ts";
import { MOST_STANDSTILL, realNow, sleepReal } from "./real_time.ts";
import type { VirtualTime } from "./virtual_time.ts";

const MS = 1e6;
/** Real nanoseconds for which a look at the clock is good if nothing was said to QEMU: less than it takes to ask again. */
const FRESH = 20_000;
/** Real nanoseconds that one `spin` takes at most, beyond its round trips. */
const MOST_SPIN = MS;
/** Real nanoseconds by which virtual time may be behind before it is told to catch up. */
const MOST_LAG = MS;
/** Real nanoseconds between two looks at whether virtual time has come where it was told to go. */
const LEAST_PAUSE = 20_000;
const MOST_PAUSE = 5 * MS;
/** Longest wait that setTimeout takes, in ms. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;

export interface QemuClockOptions {
  readonly qtest: Qtest;
  readonly virtualTime: VirtualTime;
  /** Real nanoseconds; see above. */
  readonly grace: number;
  /** Whether a deadline may be a time-out. */
  readonly isAwaited: () => boolean;
  /** Keeps the process alive while timers are set, until the returned function is called. */
  readonly hold: () => () => void;
}

export class QemuClock implements Clock {
  readonly #qtest: Qtest;
  readonly #virtualTime: VirtualTime;
  readonly #options: QemuClockOptions;
  readonly #timers = new TimerQueue();
  /** The clock, virtual time and real time when they were last looked at together. */
  #time = 0;
  #virtual = 0;
  #real = realNow();
  #trafficSeen = 0;
  #release: (() => void) | undefined;
  /** The deadline that is being worked for, and the turn of the event loop that is waited for. */
  #aim: number | undefined;
  #wait: NodeJS.Timeout | NodeJS.Immediate | undefined;
  /** Real time until which virtual time does not jump to the deadline if anybody awaits an interrupt. */
  #graceEnd = 0;
  /** Virtual time was told to go to the deadline. */
  #jumping = false;
  #closed = false;

  constructor(options: QemuClockOptions) {
    this.#options = options;
    this.#qtest = options.qtest;
    this.#virtualTime = options.virtualTime;
  }

  /** Virtual time runs: this is time 0. */
  start(): void {
    this.#virtual = this.#virtualTime.now();
    this.#real = realNow();
    this.#trafficSeen = this.#qtest.traffic;
  }

  /** Once QEMU is gone, the clock goes on with real time, so that whoever waits can give up. */
  now(): number {
    if (this.#qtest.traffic !== this.#trafficSeen || realNow() - this.#real >= FRESH) this.#look();
    return this.#time;
  }

  /** INVALID_ARGS for a deadline that is no number. */
  at(deadline: number, callback: () => void): () => void {
    if (typeof deadline !== "number" || Number.isNaN(deadline)) {
      throw new ZxError("INVALID_ARGS", `a deadline is a number of nanoseconds, not ${String(deadline)}`);
    }
    if (deadline > Number.MAX_SAFE_INTEGER || this.#closed) return () => {};
    const timer = this.#timers.add(deadline, callback);
    this.#release ??= this.#options.hold();
    this.#takeAim();
    return () => {
      this.#timers.remove(timer);
      this.#takeAim();
    };
  }

  /** INVALID_ARGS for a time that is negative or endless. IO_NOT_PRESENT when QEMU is gone, BAD_STATE when it was stopped. */
  spin(ns: number): void {
    if (!(ns >= 0 && ns <= Number.MAX_SAFE_INTEGER)) {
      throw new ZxError("INVALID_ARGS", `cannot spin for ${String(ns)} ns`);
    }
    if (this.#qtest.failure === undefined) this.#look();
    const start = this.#real;
    const end = this.#virtual + ns;
    // Who asks all the time keeps QEMU from getting there.
    for (let pause = LEAST_PAUSE; ; pause = Math.min(2 * pause, MOST_PAUSE)) {
      // Again each time: `followRealTime` may have set a nearer goal.
      this.#virtualTime.goTo(1, end);
      if (this.#virtualTime.now() >= end) break;
      if (realNow() - start > MOST_STANDSTILL + ns / 10) {
        throw new ZxError("BAD_STATE", "the virtual time of QEMU stands still: is it stopped?");
      }
      sleepReal(pause);
    }
    sleepReal(Math.min(ns, MOST_SPIN) - (realNow() - start));
    this.#look();
  }

  /** Virtual time has come to a goal. */
  alarm(): void {
    if (!this.#jumping) return;
    this.#jumping = false;
    this.#arrive();
  }

  /** Somebody keeps QEMU busy without waiting: virtual time follows real time. Only posts. */
  followRealTime(): void {
    const lag = realNow() - this.#real;
    if (lag > MOST_LAG) this.#virtualTime.goTo(1, this.#virtual + lag);
  }

  /** QEMU is gone: deadlines come in real time. */
  fail(): void {
    this.#aim = undefined;
    this.#takeAim();
  }

  /** Drops all timers and takes no more. Time can still be read. */
  close(): void {
    this.#closed = true;
    this.#timers.clear();
    this.#takeAim();
  }

  #look(): void {
    let virtual = this.#virtual;
    if (this.#qtest.failure === undefined) {
      try {
        virtual = this.#virtualTime.now();
      } catch (error) {
        // QEMU ended just now; others are told so. A clock can still tell the time.
        if (this.#qtest.failure === undefined) throw error;
      }
    }
    const real = realNow();
    this.#time += Math.max(virtual - this.#virtual, real - this.#real);
    this.#virtual = virtual;
    this.#real = real;
    this.#trafficSeen = this.#qtest.traffic;
  }

  /** Works for the first deadline, if it is another one than before. */
  #takeAim(): void {
    const deadline = this.#timers.first?.deadline;
    if (deadline === this.#aim) return;
    this.#aim = deadline;
    this.#jumping = false;
    this.#stopWaiting();
    if (deadline === undefined) {
      this.#release?.();
      this.#release = undefined;
      return;
    }
    const left = deadline - this.now();
    this.#graceEnd = realNow() + Math.min(left, this.#options.grace);
    this.#wait = setImmediate(() => this.#arrive());
  }

  /** A wait is over, or a jump: calls what is due, else waits on or jumps. */
  #arrive(): void {
    this.#stopWaiting();
    this.#look();
    const { first } = this.#timers;
    if (first === undefined) return;
    const left = first.deadline - this.now();
    const isReal = this.#qtest.failure !== undefined;
    const wait = isReal ? left : this.#options.isAwaited() ? this.#graceEnd - realNow() : 0;
    if (wait >= MS) this.#wait = setTimeout(() => this.#arrive(), Math.min(wait / MS, LONGEST_TIMEOUT));
    else if (left <= 0) this.#fireDue();
    else if (isReal) this.#wait = setImmediate(() => this.#arrive());
    else if (!this.#jump(left)) this.fail();
  }

  /** False when QEMU is gone. */
  #jump(ns: number): boolean {
    try {
      this.#virtualTime.goTo(0, this.#virtual + ns);
      this.#jumping = true;
      return true;
    } catch (error) {
      if (this.#qtest.failure === undefined) throw error;
      return false;
    }
  }

  /** Calls what is due now, in order; what callbacks set meanwhile is left for the next turn. */
  #fireDue(): void {
    const now = this.now();
    const round = this.#timers.sequence;
    for (;;) {
      const { first } = this.#timers;
      if (first === undefined || first.deadline > now || first.sequence >= round) break;
      this.#timers.remove(first);
      callSafely(first.callback);
    }
    this.#aim = undefined;
    this.#takeAim();
  }

  #stopWaiting(): void {
    clearTimeout(this.#wait as NodeJS.Timeout);
    clearImmediate(this.#wait as NodeJS.Immediate);
    this.#wait = undefined;
  }
}
