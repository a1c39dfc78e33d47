/**
 * A model of the Arm PrimeCell Real Time Clock PL031 (DDI 0224C). Its 1 Hz clock ticks at whole seconds of the machine's clock.
 *
 * A load takes effect at once, where the real one waits for the next tick.
 */
import { Pl031 as Registers } from "../registers/pl031.ts";
import { ApbDevice } from "./apb_device.ts";
import type { PlatformPort } from "./platform_port.ts";

const registers = Registers.layout;
const DR = registers.Dr.offset;
const MR = registers.Mr.offset;
const LR = registers.Lr.offset;
const CR = registers.Cr.offset;
const IMSC = registers.Imsc.offset;
const RIS = registers.Ris.offset;
const MIS = registers.Mis.offset;
const ICR = registers.Icr.offset;

const MATCH = registers.Ris.encode({ match: 1 });
const START = registers.Cr.encode({ start: 1 });
const SECOND = 1e9;

export class Pl031 extends ApbDevice {
  readonly #port: PlatformPort;
  /** The counter's value, as of tick `#since` of the machine's clock. */
  #count: number;
  #since = 0;
  #match = 0;
  #load = 0;
  #running = false;
  #mask = 0;
  #status = 0;
  #cancelAlarm = () => {};

  /** `seconds`: what the counter holds until it is loaded, as if a battery had kept it. */
  constructor(port: PlatformPort, seconds: number) {
    super([0x31, 0x10, 0x14, 0x00, 0x0d, 0xf0, 0x05, 0xb1]);
    this.#port = port;
    this.#count = seconds >>> 0;
  }

  protected readRegister(offset: number): number {
    switch (offset) {
      case DR:
        return this.#now();
      case MR:
        return this.#match;
      case LR:
        return this.#load;
      case CR:
        return this.#running ? START : 0;
      case IMSC:
        return this.#mask;
      case RIS:
        return this.#status;
      case MIS:
        return this.#status & this.#mask;
      default:
        return 0;
    }
  }

  protected writeRegister(offset: number, value: number): void {
    switch (offset) {
      case MR:
        this.#match = value;
        this.#setAlarm();
        return;
      case LR:
        this.#load = value;
        this.#setCount(value);
        return;
      case CR:
        if ((value & START) === 0 || this.#running) return;
        this.#setCount(this.#count);
        this.#running = true;
        this.#setAlarm();
        return;
      case IMSC:
        this.#mask = value & MATCH;
        this.#update();
        return;
      case ICR:
        this.#status &= ~value;
        this.#update();
    }
  }

  #tick(): number {
    return Math.floor(this.#port.clock.now() / SECOND);
  }

  #now(): number {
    return this.#running ? (this.#count + this.#tick() - this.#since) % 2 ** 32 : this.#count;
  }

  #setCount(value: number): void {
    this.#count = value;
    this.#since = this.#tick();
    this.#setAlarm();
  }

  /** Waits for the tick at which the counter and the match register are equal; they may be now. */
  #setAlarm(): void {
    this.#cancelAlarm();
    if (!this.#running) return;
    const ticks = (this.#match - this.#now() + 2 ** 32) % 2 ** 32;
    if (ticks === 0) {
      this.#raise();
      return;
    }
    this.#cancelAlarm = this.#port.clock.at((this.#tick() + ticks) * SECOND, () => this.#raise());
  }

  #raise(): void {
    this.#status = MATCH;
    this.#update();
  }

  #update(): void {
    this.#port.irq((this.#status & this.#mask) !== 0);
  }
}
