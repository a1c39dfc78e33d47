/**
 * A model of the Arm PrimeCell General Purpose Input/Output PL061 (DDI 0190B): eight pins. What nobody drives stays at the level it
 * had, 0 at first. Pins that are given to the hardware (`Afsel`) are connected to nothing on it.
 */
import { Pl061 as Registers } from "../registers/pl061.ts";
import { ZxError } from "../zx/error.ts";
import { ApbDevice } from "./apb_device.ts";
import type { PlatformPort } from "./platform_port.ts";

const registers = Registers.layout;
const DATA_END = registers.Data.count * registers.Data.stride;
const DIR = registers.Dir.offset;
const IS = registers.Is.offset;
const IBE = registers.Ibe.offset;
const IEV = registers.Iev.offset;
const IE = registers.Ie.offset;
const RIS = registers.Ris.offset;
const MIS = registers.Mis.offset;
const IC = registers.Ic.offset;
const AFSEL = registers.Afsel.offset;

const PINS = 8;

export class Pl061 extends ApbDevice {
  readonly #port: PlatformPort;
  /** Levels of the pins, by bit. */
  #pins = 0;
  #direction = 0;
  #isLevel = 0;
  #isBoth = 0;
  #isHigh = 0;
  #mask = 0;
  #alternate = 0;
  /** Edges that were seen and not cleared. */
  #edges = 0;
  readonly #listeners: ((pin: number, level: boolean) => void)[] = [];

  constructor(port: PlatformPort) {
    super([0x61, 0x10, 0x04, 0x00, 0x0d, 0xf0, 0x05, 0xb1]);
    this.#port = port;
  }

  /** The level of a pin, 0 to 7. OUT_OF_RANGE. */
  level(pin: number): boolean {
    return (this.#pins & bitOf(pin)) !== 0;
  }

  /** Drives a pin from outside. Nothing happens to one that software has made an output. OUT_OF_RANGE. */
  drive(pin: number, level: boolean): void {
    const bit = bitOf(pin) & ~this.#direction;
    this.#setPins(level ? this.#pins | bit : this.#pins & ~bit);
  }

  /** Calls `listener` whenever software changes the level of an output. */
  onOutput(listener: (pin: number, level: boolean) => void): void {
    this.#listeners.push(listener);
  }

  protected readRegister(offset: number): number {
    if (offset < DATA_END) return this.#pins & (offset >> 2);
    switch (offset) {
      case DIR:
        return this.#direction;
      case IS:
        return this.#isLevel;
      case IBE:
        return this.#isBoth;
      case IEV:
        return this.#isHigh;
      case IE:
        return this.#mask;
      case RIS:
        return this.#status();
      case MIS:
        return this.#status() & this.#mask;
      case AFSEL:
        return this.#alternate;
      default:
        return 0;
    }
  }

  protected writeRegister(offset: number, value: number): void {
    if (offset < DATA_END) {
      this.#write((offset >> 2) & this.#direction, value);
      return;
    }
    const byte = value & 0xff;
    switch (offset) {
      case DIR:
        // A pin that becomes an output starts at the level it has.
        this.#direction = byte;
        return;
      case IS:
        this.#isLevel = byte;
        break;
      case IBE:
        this.#isBoth = byte;
        break;
      case IEV:
        this.#isHigh = byte;
        break;
      case IE:
        this.#mask = byte;
        break;
      case IC:
        this.#edges &= ~byte;
        break;
      case AFSEL:
        this.#alternate = byte;
        return;
    }
    this.#update();
  }

  #write(outputs: number, value: number): void {
    const pins = (this.#pins & ~outputs) | (value & outputs);
    const changed = pins ^ this.#pins;
    this.#setPins(pins);
    for (let pin = 0; pin < PINS; pin++) {
      if ((changed & (1 << pin)) === 0) continue;
      for (const listener of this.#listeners) listener(pin, this.level(pin));
    }
  }

  /** Inputs that changed may be edges that somebody waits for. */
  #setPins(pins: number): void {
    const changed = (pins ^ this.#pins) & ~this.#direction & ~this.#isLevel;
    this.#pins = pins;
    this.#edges |= changed & (this.#isBoth | ~(pins ^ this.#isHigh));
    this.#update();
  }

  /** Before the mask: edges until they are cleared, levels for as long as they last. */
  #status(): number {
    return (this.#edges & ~this.#isLevel) | (~(this.#pins ^ this.#isHigh) & this.#isLevel);
  }

  #update(): void {
    this.#port.irq((this.#status() & this.#mask) !== 0);
  }
}

function bitOf(pin: number): number {
  if (Number.isInteger(pin) && pin >= 0 && pin < PINS) return 1 << pin;
  throw new ZxError("OUT_OF_RANGE", `pin ${String(pin)} of a PL061: there are 0 to ${PINS - 1}`);
}
