/**
 * The machine's HPET (IA-PC HPET specification 1.0a), which is ours alone: its counter tells virtual time, and its comparators
 * give virtual time, which only moves from deadline to deadline, a deadline to move to.
 */
import { readCommand, writeCommand } from "./commands.ts";
import type { Qtest } from "./qtest.ts";
import type { VirtualTime } from "./virtual_time.ts";

export const HPET_RANGE = { base: 0xfed0_0000, size: 0x1000 };
/** The interrupt of all comparators. */
const HPET_VECTOR = 2;
/** The PIT's, as QEMU names it before it becomes `HPET_VECTOR`. */
const PIT_VECTOR = 0;

const CAPABILITIES = HPET_RANGE.base;
const CONFIGURATION = HPET_RANGE.base + 0x10;
const COUNTER = HPET_RANGE.base + 0xf0;
const ENABLE = 1;
/** Of a comparator's configuration: interrupt enable, and its route from bit 9. */
const COMPARATOR = (1 << 2) | (HPET_VECTOR << 9);
const HIGH = 2 ** 32;

export class Hpet implements VirtualTime {
  readonly vectors = [PIT_VECTOR, HPET_VECTOR];
  readonly #qtest: Qtest;
  /** Nanoseconds of a tick. */
  #period = 1;

  constructor(qtest: Qtest) {
    this.#qtest = qtest;
  }

  /** Starts the counter. */
  start(): void {
    this.#qtest.ask(readCommand(64, CAPABILITIES));
    // The upper half is the period in femtoseconds.
    this.#period = this.#qtest.high / 1e6;
    for (const comparator of [0, 1]) this.#write(registerOf(comparator), COMPARATOR);
    this.#write(CONFIGURATION, ENABLE);
  }

  now(): number {
    const low = this.#qtest.ask(readCommand(64, COUNTER));
    return (this.#qtest.high * HIGH + low) * this.#period;
  }

  isAlarm(vector: number): boolean {
    return vector === HPET_VECTOR;
  }

  goTo(goal: 0 | 1, time: number): void {
    this.#write(registerOf(goal) + 8, Math.ceil(time / this.#period));
  }

  #write(address: number, value: number): void {
    this.#qtest.post(writeCommand(64, address, value % HIGH, Math.floor(value / HIGH)));
  }
}

function registerOf(comparator: number): number {
  return HPET_RANGE.base + 0x100 + 0x20 * comparator;
}
