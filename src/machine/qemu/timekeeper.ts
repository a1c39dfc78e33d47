/**
 * Virtual time of QEMU's Arm boards, which have no timer that a program outside could use: the processor keeps it for us. Its firmware
 * (arm64_rom.ts) sleeps until we wake it with a software-generated interrupt, tells what the generic timer's counter says, and if
 * virtual time is to go somewhere, counts until it is there. With `-icount shift=10` each of its instructions takes 1024 ns of
 * virtual time, and some nanoseconds of real time: a second passes in milliseconds, in steps of some microseconds.
 *
 * (The generic timer's own comparators cannot be used while qtest intercepts interrupts. Their lines are inputs 256 and up of
 * the interrupt controller, and qtest keeps the levels of 256: it would write beyond its array.)
 */
import { ZxError } from "../../zx/error.ts";
import { Intid, Mailbox } from "./arm64_rom.ts";
import { readCommand, writeCommand } from "./commands.ts";
import type { Qtest } from "./qtest.ts";
import type { QemuRam } from "./ram.ts";
import { MOST_STANDSTILL, realNow, sleepReal } from "./real_time.ts";
import { GICD_SGIR, RAM_BASE, SGI_0_TO_CPU_0 } from "./virt_map.ts";
import type { VirtualTime } from "./virtual_time.ts";

const HIGH = 2 ** 32;
/** Looks for the processor's answer, after which it gets real nanoseconds for its turn before each further one. */
const EAGER_LOOKS = 4;
const PAUSE = 10_000;
/** Real nanoseconds in which an interrupt is told of that the processor has raised. */
const UNTOLD = 1e9;

export class Timekeeper implements VirtualTime {
  readonly vectors = [Intid.ANSWER, Intid.REACHED];
  readonly #qtest: Qtest;
  readonly #ram: QemuRam;
  /** Nanoseconds of a tick. */
  #period = 1;
  #request = 0;
  #isAnswered = false;

  constructor(qtest: Qtest, ram: QemuRam) {
    this.#qtest = qtest;
    this.#ram = ram;
  }

  /** BAD_STATE when the processor does not run; NOT_SUPPORTED if it answers, but not by an interrupt that we are told of. */
  start(): void {
    this.#ask();
    let patience = MOST_STANDSTILL;
    for (const start = realNow(); !this.#isAnswered; this.#pause()) {
      const isRunning = this.#read(Mailbox.TIME) !== 0;
      if (isRunning) patience = Math.min(patience, realNow() - start + UNTOLD);
      if (realNow() - start <= patience) continue;
      if (!isRunning) throw standstill();
      throw new ZxError("NOT_SUPPORTED", "this QEMU does not tell of the interrupts of its GIC");
    }
    this.#period = 1e9 / this.#read(Mailbox.FREQUENCY);
  }

  /** BAD_STATE when the processor has stopped. */
  now(): number {
    this.#ask();
    for (let looks = 1, start = realNow(); !this.#isAnswered; looks++) {
      if (realNow() - start > MOST_STANDSTILL) throw standstill();
      if (looks < EAGER_LOOKS) this.#look();
      else this.#pause();
    }
    return this.#read(Mailbox.TIME) * this.#period;
  }

  goTo(goal: 0 | 1, time: number): void {
    this.#post(Mailbox.GOALS + 8 * goal, Math.ceil(time / this.#period));
    this.#wake();
  }

  isAlarm(vector: number): boolean {
    if (vector === Intid.ANSWER) this.#isAnswered = true;
    return vector === Intid.REACHED;
  }

  #ask(): void {
    this.#isAnswered = false;
    this.#post(Mailbox.REQUEST, ++this.#request);
    this.#wake();
    this.#look();
  }

  /** Whatever QEMU has to say comes with the answer to this. */
  #look(): void {
    this.#qtest.ask(readCommand(32, Mailbox.REQUEST));
  }

  #pause(): void {
    sleepReal(PAUSE);
    this.#look();
  }

  #wake(): void {
    this.#qtest.post(writeCommand(32, GICD_SGIR, SGI_0_TO_CPU_0, 0));
  }

  #post(address: number, value: number): void {
    this.#qtest.post(writeCommand(64, address, value % HIGH, Math.floor(value / HIGH)));
  }

  #read(address: number): number {
    const { io } = this.#ram;
    const low = io.read64(address - RAM_BASE);
    return io.high * HIGH + low;
  }
}

function standstill(): ZxError {
  return new ZxError("BAD_STATE", "the virtual time of QEMU stands still: is it stopped?");
}
