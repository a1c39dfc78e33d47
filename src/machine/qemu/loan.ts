/**
 * QEMU lent to other threads of our process, whose file descriptors are also theirs.
 *
 * QEMU belongs to the kernel's thread. When that has nothing under way, it lends QEMU to threads that read from it again and again, and
 * stops listening to it. It takes QEMU back whenever it has something to say itself, when a borrower has become quiet, and when nobody
 * has used QEMU for a moment; so nothing else here has to know of loans.
 *
 * A borrower makes each access under the lock, and looks first whether it is still a borrower: once the owner has struck out all
 * borrowers and seen the lock free, QEMU is its own. What QEMU says to a borrower is read onto the *tape*. Where that is answers
 * and nothing else, the borrower wipes it; otherwise the rest is news for the owner: the borrower leaves the tape as it is, and its loan ends.
 *
 * A thread may end in the middle of an access, for want of memory. What it had read is on the tape, even if it did not live to
 * say how much that is; what it had sent nobody knows, so the owner then asks QEMU something that has an answer of its own.
 */
import { existsSync } from "node:fs";
import type { IoTicket } from "../../zx/memory.ts";

/** Numbers of 32-bit words. */
export const LoanWord = {
  /** The host's id of the thread that makes an access; 0 when free. */
  LOCK: 0,
  /** Threads that sleep until the lock is free. */
  SLEEPERS: 1,
  /** Posted commands whose answers have not been read. */
  UNANSWERED: 2,
  /** Raised with each access. */
  TRAFFIC: 3,
  /** Bytes on the tape. */
  LENGTH: 4,
  /** 1 when a borrower broke off an access. */
  TORN: 5,
  /** The first of the borrowers' own words: 1 while QEMU is lent to that one. */
  BORROWERS: 16,
} as const;

const MOST_BORROWERS = 1008;
export const TAPE_START = 4 * (LoanWord.BORROWERS + MOST_BORROWERS);
/** What may come between a command and its answer, and more. */
export const TAPE_SIZE = 0x4_0000;

/** Milliseconds after which a loan that nobody uses ends. */
const MOST_IDLE = 1;
/** Milliseconds between two looks at whether the thread that has the lock is still there. */
const DOUBT = 10;

/** Whose threads may have QEMU for a while. */
export interface Lendable {
  readonly commands: number;
  readonly answers: number;
  /** Whether the owner takes what QEMU says as it comes. */
  listen(isOn: boolean): void;
}

/** What the owner gets back. */
export interface Returned {
  /** What QEMU said that is not only answers; of those that are among it, all are the borrowers'. */
  readonly text: string;
  /** How many accesses were made. */
  readonly accesses: number;
  readonly unanswered: number;
  /** A thread ended in the middle of an access: `unanswered` is not known. */
  readonly isTorn: boolean;
}

/** The owner's side. */
export class Loans {
  readonly #buffer = new SharedArrayBuffer(TAPE_START + TAPE_SIZE);
  readonly #words = new Int32Array(this.#buffer, 0, TAPE_START / 4);
  readonly #tape = new Uint8Array(this.#buffer, TAPE_START, TAPE_SIZE);
  readonly #pipes: Lendable;
  readonly #takeBack: () => void;
  readonly #slots = new Set<number>();
  readonly #lentTo = new Set<number>();
  #seen = 0;
  #trafficBefore = 0;
  #watch: NodeJS.Timeout | undefined;

  /** `takeBack`: a loan is over. */
  constructor(pipes: Lendable, takeBack: () => void) {
    this.#pipes = pipes;
    this.#takeBack = takeBack;
  }

  get traffic(): number {
    return this.#words[LoanWord.TRAFFIC]!;
  }

  get areOut(): boolean {
    return this.#lentTo.size > 0;
  }

  /** A further borrower; undefined when there are too many, or threads of this host cannot be told from dead ones. */
  enroll(): IoTicket | undefined {
    let slot = 0;
    while (this.#slots.has(slot)) slot++;
    if (slot === MOST_BORROWERS || !existsSync("/proc/thread-self")) return undefined;
    this.#slots.add(slot);
    const { commands, answers } = this.#pipes;
    return { shared: this.#buffer, slot, commands, answers };
  }

  /** Nothing is lent to that one. */
  dismiss(slot: number): void {
    this.#slots.delete(slot);
  }

  lend(slot: number): void {
    if (!this.areOut) {
      this.#pipes.listen(false);
      this.#trafficBefore = this.traffic;
    }
    this.#lentTo.add(slot);
    Atomics.store(this.#words, LoanWord.BORROWERS + slot, 1);
    if (this.#watch === undefined) this.#look();
  }

  /** Ends all loans; returns when nobody uses QEMU any more. */
  end(): Returned {
    const words = this.#words;
    clearTimeout(this.#watch);
    this.#watch = undefined;
    for (const slot of this.#lentTo) Atomics.store(words, LoanWord.BORROWERS + slot, 0);
    this.#lentTo.clear();
    const isDead = !this.#waitForLock();
    const isTorn = isDead || words[LoanWord.TORN] === 1;
    let length = words[LoanWord.LENGTH]!;
    if (isTorn) length = this.#tape.findLastIndex((byte) => byte !== 0) + 1;
    const text = Buffer.from(this.#tape.slice(0, length)).toString("latin1");
    const unanswered = words[LoanWord.UNANSWERED]!;
    this.#tape.fill(0, 0, length);
    words[LoanWord.LENGTH] = 0;
    words[LoanWord.UNANSWERED] = 0;
    words[LoanWord.TORN] = 0;
    if (isDead) unlock(words);
    this.#pipes.listen(true);
    const accesses = this.traffic - this.#trafficBefore;
    return { text: text.replaceAll("\0", ""), accesses, unanswered, isTorn };
  }

  /** False when the thread that has the lock is gone. */
  #waitForLock(): boolean {
    const words = this.#words;
    for (;;) {
      const owner = sleepUntilFree(words, DOUBT);
      if (owner === 0) return true;
      // It may have just let go, and ended.
      if (!existsSync(`/proc/self/task/${owner}`) && Atomics.load(words, LoanWord.LOCK) === owner)
        return false;
    }
  }

  #look(): void {
    this.#seen = this.traffic;
    this.#watch = setTimeout(() => {
      if (this.traffic === this.#seen) this.#takeBack();
      else this.#look();
    }, MOST_IDLE);
  }
}

/** Sleeps until the lock is free, or the time is over; returns who has it. */
export function sleepUntilFree(words: Int32Array, time?: number): number {
  const owner = Atomics.load(words, LoanWord.LOCK);
  if (owner === 0) return 0;
  Atomics.add(words, LoanWord.SLEEPERS, 1);
  Atomics.wait(words, LoanWord.LOCK, owner, time);
  Atomics.sub(words, LoanWord.SLEEPERS, 1);
  return Atomics.load(words, LoanWord.LOCK);
}

export function unlock(words: Int32Array): void {
  Atomics.store(words, LoanWord.LOCK, 0);
  if (Atomics.load(words, LoanWord.SLEEPERS) > 0) Atomics.notify(words, LoanWord.LOCK);
}
