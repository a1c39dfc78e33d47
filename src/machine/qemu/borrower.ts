/** QEMU as a thread has it that has borrowed it (loan.ts). */
import { readlinkSync, readSync, writeSync } from "node:fs";
import { basename } from "node:path";
import { ZxError } from "../../zx/error.ts";
import type { IoBorrower, IoTicket } from "../../zx/memory.ts";
import { parseLine, parseValue } from "./answers.ts";
import { readCommand, type Width, writeCommand } from "./commands.ts";
import { LoanWord, sleepUntilFree, TAPE_SIZE, TAPE_START, unlock } from "./loan.ts";
import { MOST_UNANSWERED } from "./qtest.ts";

/** What a pipe takes as one piece (POSIX: PIPE_BUF; this is Linux's). */
const MOST_BYTES = 4096;
/** Bytes of one command, at most. */
const LONGEST_COMMAND = 48;
/** Accesses of one loan: then the owner has its turn. */
const MOST_ACCESSES = 64;
/** Bytes that are read at a time. */
const CHUNK = 0x1_0000;
/** Looks at the lock before sleeping: some microseconds. */
const LOOKS = 200;
const [NEWLINE, O, K] = [10, 79, 75];

export class QtestBorrower implements IoBorrower {
  low = 0;
  high = 0;
  hasNews = false;
  readonly #words: Int32Array;
  readonly #tape: Uint8Array;
  readonly #commands: number;
  readonly #answers: number;
  /** Number of the word that says whether QEMU is lent to us. */
  readonly #lent: number;
  readonly #thread = Number(basename(readlinkSync("/proc/thread-self")));
  /** Posted commands, not sent. */
  readonly #out = Buffer.allocUnsafe(MOST_BYTES);
  #outLength = 0;
  #outCount = 0;
  #accesses = 0;
  /** Bytes of the tape that were looked at; all of them answers, as long as nothing is for the owner. */
  #scanned = 0;
  #isForOwner = false;
  /** Where the last answer is. */
  #start = 0;
  #end = 0;

  constructor({ shared, slot, commands, answers }: IoTicket) {
    this.#words = new Int32Array(shared, 0, TAPE_START / 4);
    this.#tape = new Uint8Array(shared, TAPE_START, TAPE_SIZE);
    this.#lent = LoanWord.BORROWERS + slot;
    this.#commands = commands;
    this.#answers = answers;
  }

  get isLent(): boolean {
    return Atomics.load(this.#words, this.#lent) === 1;
  }

  post(width: Width, address: number, low: number, high: number): boolean {
    // A read is to have room behind.
    if (this.#outLength > MOST_BYTES - 2 * LONGEST_COMMAND) return false;
    this.#add(writeCommand(width, address, low, high));
    return true;
  }

  forget(): void {
    this.#outLength = 0;
    this.#outCount = 0;
  }

  send(): boolean {
    return this.#alone(() => this.#write());
  }

  read(width: Width, address: number): boolean {
    const command = readCommand(width, address);
    return this.#alone(() => {
      this.#add(command);
      if (!this.#write() || !this.#drain(0)) return false;
      this.#takeValue(command);
      return true;
    });
  }

  #add(command: string): void {
    this.#outLength += this.#out.write(`${command}\n`, this.#outLength, "latin1");
    this.#outCount++;
  }

  /** Under the lock. False, and nothing was done, when QEMU is not lent to us (any more); or when `act` finds that it is gone. */
  #alone(act: () => boolean): boolean {
    if (!this.isLent) return false;
    const words = this.#words;
    try {
      this.#lock();
      const isDone = this.#begin() && act();
      if (!isDone || !this.#wipe()) this.#endLoan();
      unlock(words);
      return isDone;
    } catch (error) {
      // Maybe for want of stack, so this calls nothing of ours. The owner will soon see that nobody goes on.
      if (Atomics.load(words, LoanWord.LOCK) === this.#thread) {
        this.#outLength = 0;
        this.#outCount = 0;
        words[LoanWord.TORN] = 1;
        Atomics.store(words, this.#lent, 0);
        Atomics.store(words, LoanWord.LOCK, 0);
        Atomics.notify(words, LoanWord.LOCK);
      }
      throw error;
    }
  }

  #lock(): void {
    for (let looks = 1; Atomics.compareExchange(this.#words, LoanWord.LOCK, 0, this.#thread) !== 0; looks++)
      if (looks > LOOKS) sleepUntilFree(this.#words);
  }

  /** Whether the loan goes on. */
  #begin(): boolean {
    const words = this.#words;
    const isClean = words[LoanWord.LENGTH] === 0 && words[LoanWord.TORN] === 0;
    if (!this.isLent || !isClean || this.#accesses >= MOST_ACCESSES) return false;
    this.#accesses++;
    this.#scanned = 0;
    this.#isForOwner = false;
    words[LoanWord.TRAFFIC]!++;
    return true;
  }

  #endLoan(): void {
    this.#accesses = 0;
    Atomics.store(this.#words, this.#lent, 0);
  }

  /** Wipes the tape, unless there is something on it for the owner: then false. */
  #wipe(): boolean {
    const words = this.#words;
    const length = words[LoanWord.LENGTH]!;
    this.hasNews = this.#isForOwner || this.#scanned < length;
    if (this.hasNews) return false;
    this.#tape.fill(0, 0, length);
    words[LoanWord.LENGTH] = 0;
    return true;
  }

  /** Sends what is to be sent. False if QEMU is gone. */
  #write(): boolean {
    const words = this.#words;
    if (!this.#drain(MOST_UNANSWERED - this.#outCount)) return false;
    writeSync(this.#commands, this.#out, 0, this.#outLength);
    words[LoanWord.UNANSWERED]! += this.#outCount;
    this.forget();
    return true;
  }

  /** Reads until no more than `most` commands are unanswered. False if QEMU is gone. */
  #drain(most: number): boolean {
    const words = this.#words;
    while (words[LoanWord.UNANSWERED]! > most) {
      const length = words[LoanWord.LENGTH]!;
      const room = Math.min(TAPE_SIZE - length, CHUNK);
      if (room === 0) throw new ZxError("IO", `QEMU says ${TAPE_SIZE} bytes, and not what it was asked for`);
      const count = readSync(this.#answers, this.#tape, length, room, null);
      if (count === 0) return false;
      words[LoanWord.LENGTH] = length + count;
      this.#scan(length + count);
    }
    return true;
  }

  /** Looks at the lines that are complete. */
  #scan(length: number): void {
    const tape = this.#tape;
    for (;;) {
      const start = this.#scanned;
      let end = start;
      while (end < length && tape[end] !== NEWLINE) end++;
      if (end === length) return;
      this.#scanned = end + 1;
      const isOk = tape[start] === O && tape[start + 1] === K && end - start < LONGEST_COMMAND;
      if (!isOk) this.#isForOwner = true;
      if (!isOk && parseLine(this.#text(start, end)).kind !== "refused") continue;
      this.#start = start;
      this.#end = end;
      this.#words[LoanWord.UNANSWERED]!--;
    }
  }

  #takeValue(command: string): void {
    const line = this.#text(this.#start, this.#end);
    const value = parseValue(line.slice("OK ".length));
    if (value === undefined) throw new ZxError("IO", `QEMU answered ${JSON.stringify(line)} to "${command}"`);
    this.low = value.low;
    this.high = value.high;
  }

  #text(start: number, end: number): string {
    return Buffer.from(this.#tape.buffer, this.#tape.byteOffset + start, end - start).toString("latin1");
  }
}
