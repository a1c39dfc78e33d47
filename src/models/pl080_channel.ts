/** One channel of a PL080: works off a list of items, burst by burst. */
import { Pl080 } from "../registers/pl080.ts";
import { hex } from "../zx/pages.ts";
import type { PlatformPort } from "./platform_port.ts";

const registers = Pl080.layout.Channel.element;
const BASE = registers.SrcAddr.offset;
const SRC_ADDR = registers.SrcAddr.offset - BASE;
const DEST_ADDR = registers.DestAddr.offset - BASE;
const LLI = registers.Lli.offset - BASE;
const CONTROL = registers.Control.offset - BASE;
const CONFIGURATION = registers.Configuration.offset - BASE;

const SIZE_MASK = 0xfff;
/** What software may write, and what it takes to run. */
const CONFIGURATION_MASK = 0x5ffff & ~registers.Configuration.encode({ active: 1 });
const ENABLE = registers.Configuration.encode({ enable: 1 });
const ACTIVE = registers.Configuration.encode({ active: 1 });
const HALT = registers.Configuration.encode({ halt: 1 });
const ERROR_INTERRUPT = registers.Configuration.encode({ errorInterrupt: 1 });
const TERMINAL_COUNT_INTERRUPT = registers.Configuration.encode({ terminalCountInterrupt: 1 });

/** Transfers in a burst, by the value of its field. */
const BURSTS = [1, 4, 8, 16, 32, 64, 128, 256] as const;
/** Bytes of an item in memory: source, destination, next item, control. */
const ITEM_SIZE = 16;
const ITEM_MASK = ~3;

/** Nanoseconds that a burst costs, and each of its transfers. */
const TIME = { burst: 40, transfer: 10 } as const;

/** What a channel needs of its controller. */
export interface Pl080Surroundings {
  isEnabled(): boolean;
  /** How many units a peripheral can take or give now, at most a burst of this size if software asked for it. */
  ready(peripheral: number, burst: number): number;
  terminalCount(): void;
  failed(why: string): void;
}

export class Pl080Channel {
  readonly #port: PlatformPort;
  readonly #around: Pl080Surroundings;
  #source = 0;
  #destination = 0;
  #next = 0;
  #control = 0;
  #configuration = 0;
  /** A burst is under way. */
  #isBusy = false;
  /** Bytes that were read and do not fill a transfer of the destination's width yet. */
  #fifo: number[] = [];

  constructor(port: PlatformPort, around: Pl080Surroundings) {
    this.#port = port;
    this.#around = around;
  }

  get isEnabled(): boolean {
    return (this.#configuration & ENABLE) !== 0;
  }

  get tellsTerminalCount(): boolean {
    return (this.#configuration & TERMINAL_COUNT_INTERRUPT) !== 0;
  }

  get tellsErrors(): boolean {
    return (this.#configuration & ERROR_INTERRUPT) !== 0;
  }

  /** Offsets count from the channel's start. */
  read(offset: number): number {
    switch (offset) {
      case SRC_ADDR:
        return this.#source;
      case DEST_ADDR:
        return this.#destination;
      case LLI:
        return this.#next;
      case CONTROL:
        return this.#control;
      case CONFIGURATION:
        return this.#configuration | (this.#fifo.length > 0 ? ACTIVE : 0);
      default:
        return 0;
    }
  }

  write(offset: number, value: number): void {
    switch (offset) {
      case SRC_ADDR:
        this.#source = value;
        return;
      case DEST_ADDR:
        this.#destination = value;
        return;
      case LLI:
        this.#next = value;
        return;
      case CONTROL:
        this.#control = value;
        return;
      case CONFIGURATION:
        // A channel that is switched off loses what is in its FIFO.
        if ((value & ENABLE) === 0) this.#fifo = [];
        this.#configuration = value & CONFIGURATION_MASK;
    }
  }

  /** Something changed: works on if it can. */
  wake(): void {
    if (this.#isBusy || !this.isEnabled || !this.#around.isEnabled() || (this.#configuration & HALT) !== 0)
      return;
    const { flowControl } = this.#settings();
    if (typeof flowControl === "number") {
      this.#fail(`flow control ${flowControl} by a peripheral is not modelled`);
      return;
    }
    const count = this.#nextBurst();
    if (count === undefined) return;
    this.#isBusy = true;
    const { clock } = this.#port;
    clock.at(clock.now() + TIME.burst + count * TIME.transfer, () => {
      this.#isBusy = false;
      // Meanwhile software may have switched it off.
      if (this.isEnabled && this.#move(count)) this.#advance();
      this.wake();
    });
  }

  #settings() {
    return registers.Configuration.decode(this.#configuration);
  }

  /** Transfers that the next burst has; undefined while it must wait for a peripheral. */
  #nextBurst(): number | undefined {
    const left = this.#control & SIZE_MASK;
    const { flowControl, sourcePeripheral, destinationPeripheral } = this.#settings();
    let count = Math.min(left, BURSTS[(this.#control >> 12) & 7]!);
    if (left === 0) return 0;
    if (flowControl === "memoryToPeripheral" || flowControl === "peripheralToPeripheral") {
      count = Math.min(count, this.#around.ready(destinationPeripheral, BURSTS[(this.#control >> 15) & 7]!));
    }
    if (flowControl === "peripheralToMemory" || flowControl === "peripheralToPeripheral") {
      count = Math.min(count, this.#around.ready(sourcePeripheral, BURSTS[(this.#control >> 12) & 7]!));
    }
    return count === 0 ? undefined : count;
  }

  /** Moves `count` transfers of the source. False after an error. */
  #move(count: number): boolean {
    const { sourceWidth, destinationWidth, sourceIncrement, destinationIncrement } = registers.Control.decode(
      this.#control,
    );
    const sourceBytes = bytesOf(sourceWidth);
    const destinationBytes = bytesOf(destinationWidth);
    if (sourceBytes === undefined || destinationBytes === undefined)
      return this.#fail("a width that is reserved");
    const unit = new Uint8Array(sourceBytes);
    for (let i = 0; i < count; i++) {
      if (!this.#read(this.#source, unit)) return this.#fail(`nothing can be read at ${hex(this.#source)}`);
      this.#fifo.push(...unit);
      if (sourceIncrement) this.#source = (this.#source + sourceBytes) >>> 0;
      this.#control = (this.#control - 1) >>> 0;
      while (this.#fifo.length >= destinationBytes) {
        const bytes = Uint8Array.from(this.#fifo.splice(0, destinationBytes));
        if (!this.#write(this.#destination, bytes))
          return this.#fail(`nothing can be written at ${hex(this.#destination)}`);
        if (destinationIncrement) this.#destination = (this.#destination + destinationBytes) >>> 0;
      }
    }
    return true;
  }

  /** After an item: the interrupt, and the next item if there is one. */
  #advance(): void {
    if ((this.#control & SIZE_MASK) !== 0) return;
    this.#fifo = [];
    const { interrupt } = registers.Control.decode(this.#control);
    const next = (this.#next & ITEM_MASK) >>> 0;
    if (next === 0) this.#configuration &= ~ENABLE;
    else if (!this.#load(next)) this.#fail(`no list item can be read at ${hex(next)}`);
    if (interrupt) this.#around.terminalCount();
  }

  #load(address: number): boolean {
    const bytes = new Uint8Array(ITEM_SIZE);
    if (!this.#port.dma.read(address, bytes)) return false;
    const item = new DataView(bytes.buffer);
    this.#source = item.getUint32(0, true);
    this.#destination = item.getUint32(4, true);
    this.#next = item.getUint32(8, true);
    this.#control = item.getUint32(12, true);
    return true;
  }

  /** One transfer: of memory, or of a device's register. An address that is not a multiple of the width reaches nothing. */
  #read(address: number, into: Uint8Array): boolean {
    if (address % into.length !== 0) return false;
    if (this.#port.dma.read(address, into)) return true;
    const peer = this.#port.peer(address);
    if (peer === undefined) return false;
    const { io, offset } = peer;
    const value =
      into.length === 4 ? io.read32(offset) : into.length === 2 ? io.read16(offset) : io.read8(offset);
    for (let i = 0; i < into.length; i++) into[i] = value >>> (8 * i);
    return true;
  }

  #write(address: number, from: Uint8Array): boolean {
    if (address % from.length !== 0) return false;
    if (this.#port.dma.write(address, from)) return true;
    const peer = this.#port.peer(address);
    if (peer === undefined) return false;
    const { io, offset } = peer;
    const value = from.reduce((word, byte, i) => word + byte * 2 ** (8 * i), 0);
    if (from.length === 4) io.write32(offset, value);
    else if (from.length === 2) io.write16(offset, value);
    else io.write8(offset, value);
    return true;
  }

  #fail(why: string): false {
    this.#configuration &= ~ENABLE;
    this.#fifo = [];
    this.#around.failed(why);
    return false;
  }
}

/** Of a choice of widths; undefined for one of the reserved values. */
function bytesOf(width: string | number): number | undefined {
  return { byte: 1, halfword: 2, word: 4 }[width as string];
}
