/** The CRC engine of `registers/crc_engine.ts`, a device with two register regions. */
import { createBufferRam } from "../machine/ram.ts";
import { NarrowIo } from "../machine/sim/narrow_io.ts";
import { CRC_BUFFER_SIZE, CrcControl } from "../registers/crc_engine.ts";
import type { Io } from "../zx/memory.ts";
import type { PlatformPort } from "./platform_port.ts";

const registers = CrcControl.layout;
const ID = registers.Id.offset;
const COUNT = registers.Count.offset;
const COMMAND = registers.Command.offset;
const STATUS = registers.Status.offset;
const IRQ_ENABLE = registers.IrqEnable.offset;
const IRQ_ACK = registers.IrqAck.offset;
const RESULT = registers.Result.offset;

const START = registers.Command.encode({ start: 1 });
const BUSY = registers.Status.encode({ busy: 1 });
const DONE = registers.Status.encode({ done: 1 });
const ERROR = registers.Status.encode({ error: 1 });
const INTERRUPTS = DONE | ERROR;
const COUNT_MASK = 0x7ff;
const ONES = 0xffff_ffff;

/** Nanoseconds before the first byte, and for each. */
const TIME = { start: 1000, byte: 4 } as const;

export class CrcEngine {
  /** Region 1. */
  readonly buffer: Io;
  /** Region 0. */
  readonly control: Io;

  constructor(port: PlatformPort) {
    const ram = createBufferRam({ ranges: [{ base: 0, size: 0x1000 }] });
    this.buffer = ram.io;
    this.control = new ControlRegion(port, ram.bytes!.subarray(0, CRC_BUFFER_SIZE));
  }
}

/** Takes 32-bit accesses; others read as all ones and write nothing. */
class ControlRegion extends NarrowIo {
  readonly #port: PlatformPort;
  readonly #buffer: Uint8Array;
  #count = 0;
  #status = 0;
  #enabled = 0;
  #result = 0;

  constructor(port: PlatformPort, buffer: Uint8Array) {
    super();
    this.#port = port;
    this.#buffer = buffer;
  }

  read32(offset: number): number {
    switch (offset) {
      case ID:
        return registers.Id.reset;
      case COUNT:
        return this.#count;
      case STATUS:
        return this.#status;
      case IRQ_ENABLE:
        return this.#enabled;
      case RESULT:
        return this.#result;
      default:
        return 0;
    }
  }

  write32(offset: number, value: number): void {
    switch (offset) {
      case COUNT:
        this.#count = value & COUNT_MASK;
        return;
      case COMMAND:
        if ((value & START) !== 0 && (this.#status & BUSY) === 0) this.#start();
        return;
      case IRQ_ENABLE:
        this.#enabled = value & INTERRUPTS;
        this.#update();
        return;
      case IRQ_ACK:
        this.#status &= ~(value & INTERRUPTS);
        this.#update();
    }
  }

  read8(): number {
    return 0xff;
  }

  read16(): number {
    return 0xffff;
  }

  write8(): void {}

  write16(): void {}

  /** The engine reads the buffer at the end of its time: what software changes meanwhile counts. */
  #start(): void {
    const count = this.#count;
    const { clock } = this.#port;
    this.#status = BUSY;
    this.#update();
    const isTooMuch = count > CRC_BUFFER_SIZE;
    clock.at(clock.now() + TIME.start + (isTooMuch ? 0 : count * TIME.byte), () => {
      if (!isTooMuch) this.#result = crc32(this.#buffer.subarray(0, count));
      this.#status = isTooMuch ? ERROR : DONE;
      this.#update();
    });
  }

  #update(): void {
    this.#port.irq((this.#status & this.#enabled) !== 0);
  }
}

/** Bit by bit, lowest first: the polynomial 0x04c11db7 reflected. */
function crc32(bytes: Uint8Array): number {
  let crc = ONES;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ ((crc & 1) * 0xedb8_8320);
  }
  return (crc ^ ONES) >>> 0;
}
