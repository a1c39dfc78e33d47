/**
 * This thread's event loop, as those see it who may send something: when it works it looks for what has come by itself, before it rests;
 * when it rests it has to be woken. It rests once a turn has passed in which nothing came.
 */
import { turnRequester } from "../../machine/sim/turn.ts";
import type { ZxError } from "../../zx/error.ts";
import { Busy, onWake } from "../mailbox.ts";
import { Patience } from "../patience.ts";
import { needStack } from "../stack.ts";

/** What comes to this thread, and leaves it. */
export interface Traffic {
  /** Nothing has come that would have to be taken. */
  readonly isEmpty: boolean;
  /** The program waits for something that may come here. */
  readonly isAwaited: boolean;
  /** Nobody serves this thread any more. */
  readonly isClosed: boolean;
  /** A turn of the event loop: says what was to be said with it, and takes what has come. Whether there was anything to take. */
  turn(): boolean;
  /** Takes what has come. */
  take(): void;
  /** Tells all who may send something where the event loop is: `Busy`. What they have sent before they see it is there. */
  announce(busy: number): void;
  /** The event loop rests, and has told. */
  rests(): void;
  failed(error: ZxError): void;
}

/**
 * Milliseconds that the thread sleeps at most, away from its event loop. Far more than it is meant to: a timer that falls due before
 * the system's next tick has to be set up in hardware, which may cost more than the whole wait does.
 */
const LONGEST_STAY = 5;
/** Milliseconds within which something has come soon. */
const SOON = 0.5;
/** Milliseconds. Whoever is to send something may have to be woken himself, which takes half of that. */
const LONGEST_SPIN = 0.1;

export class EventLoop {
  readonly #bell: Int32Array;
  readonly #traffic: Traffic;
  readonly #isAlone: () => boolean;
  /** A program that is starting has more to wait for than what comes here. */
  readonly #patience = new Patience("none");
  readonly #spinPatience = new Patience();
  readonly #requestTurn = turnRequester(() => this.#turn());
  #busy: number = Busy.LOOKS;
  #keepers = 0;
  #armed = false;

  /** `isAlone`: whether the event loop waits for nothing that falls due or ends by itself (timers, files, sockets). */
  constructor(bell: Int32Array, traffic: Traffic, isAlone: () => boolean) {
    this.#bell = bell;
    this.#traffic = traffic;
    this.#isAlone = isAlone;
    this.#requestTurn();
  }

  /** From now on, until it rests again, this thread works. */
  touch(): void {
    if (this.#busy === Busy.LOOKS) return;
    needStack();
    this.#requestTurn();
    this.#become(Busy.LOOKS);
  }

  /** The machine's time waits, although the event loop may be quiet, until the returned function is called. */
  keepBusy(): () => void {
    this.touch();
    this.#keepers++;
    let kept = true;
    return () => {
      if (!kept) return;
      this.#requestTurn();
      kept = false;
      this.#keepers--;
    };
  }

  #become(busy: number): void {
    this.#busy = busy;
    this.#traffic.announce(busy);
  }

  #turn(): void {
    const traffic = this.#traffic;
    try {
      if (traffic.turn()) {
        this.#requestTurn();
        return;
      }
    } catch (error) {
      traffic.failed(error as ZxError);
      return;
    }
    const bell = Atomics.load(this.#bell, 0);
    this.#become(this.#keepers > 0 ? Busy.WAITS : Busy.NO);
    // Whoever sent something before it saw that has not rung.
    if (!traffic.isEmpty) {
      this.touch();
      return;
    }
    traffic.rests();
    if (this.#mayStay()) this.#stay(bell);
    else this.#arm();
  }

  /** Whether to wait without the event loop, which has just looked for what else there is to do. */
  #mayStay(): boolean {
    const { isAwaited, isClosed } = this.#traffic;
    return isAwaited && !isClosed && this.#keepers === 0 && this.#patience.stays() && this.#isAlone();
  }

  #stay(bell: number): void {
    const start = performance.now();
    // Two threads that answer each other at once need no system call at all, where there is a processor for each.
    const isRung = this.#spinPatience.spin(LONGEST_SPIN, () => Atomics.load(this.#bell, 0) !== bell);
    if (!isRung) Atomics.wait(this.#bell, 0, bell, LONGEST_STAY);
    if (performance.now() < start + SOON) this.#patience.rewarded();
    else this.#patience.disappointed();
    if (this.#traffic.isEmpty) this.#arm();
    else this.#wake();
  }

  #arm(): void {
    if (this.#armed || this.#traffic.isClosed) return;
    this.#armed = true;
    onWake(this.#bell, 0, Atomics.load(this.#bell, 0), () => {
      this.#armed = false;
      if (this.#busy !== Busy.LOOKS) this.#wake();
    });
    if (!this.#traffic.isEmpty) this.touch();
  }

  #wake(): void {
    this.touch();
    try {
      this.#traffic.take();
    } catch (error) {
      this.#traffic.failed(error as ZxError);
    }
  }
}
