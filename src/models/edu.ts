/**
 * A model of QEMU's educational device, written from its specification (QEMU's docs/specs/edu.txt).
 *
 * Where the specification is silent it does as QEMU does: while a factorial is computed or a transfer runs, writes to the
 * registers concerned are ignored; a 32-bit write to a 64-bit register clears its upper half; DMA addresses are cut to
 * the mask, and a line says so. Two differences, both where nobody should depend on QEMU: an access of a width that
 * the device does not take reads as all ones also where QEMU's bus answers 0 (8 and 16 bits), and a transfer that leaves
 * the device's buffer, which makes QEMU abort, is logged and not made: the command ends without an interrupt.
 */
import { EDU_BAR_SIZE, EDU_BUFFER_OFFSET, EDU_BUFFER_SIZE, Edu } from "../registers/edu.ts";
import { ZxError } from "../zx/error.ts";
import type { Io } from "../zx/memory.ts";
import { hex } from "../zx/pages.ts";
import type { PciModel, PciPort } from "./pci_model.ts";

export interface EduOptions {
  /** The DMA addresses that the device can drive, all ones from bit 0 (default: 28 bits). */
  readonly dmaMask?: bigint;
}

const registers = Edu.layout;
const ID = registers.Id.offset;
const LIVENESS = registers.Liveness.offset;
const FACTORIAL = registers.Factorial.offset;
const STATUS = registers.Status.offset;
const IRQ_STATUS = registers.IrqStatus.offset;
const IRQ_RAISE = registers.IrqRaise.offset;
const IRQ_ACK = registers.IrqAck.offset;
const DMA_SOURCE = registers.DmaSource.offset;
const DMA_DESTINATION = registers.DmaDestination.offset;
const DMA_COUNT = registers.DmaCount.offset;
const DMA_COMMAND = registers.DmaCommand.offset;

const COMPUTING = registers.Status.encode({ computing: 1 });
const RAISE_IRQ = registers.Status.encode({ raiseIrq: 1 });
const FACTORIAL_IRQ = registers.IrqStatus.encode({ factorial: 1 });
const DMA_IRQ = registers.IrqStatus.encode({ dma: 1 });
const DMA_START = Number(registers.DmaCommand.encode({ start: 1 }));
const DMA_TO_RAM = Number(registers.DmaCommand.encode({ direction: "eduToRam" }));
const DMA_RAISE_IRQ = Number(registers.DmaCommand.encode({ raiseIrq: 1 }));

/** From here on registers have 64 bits. */
const WIDE_REGISTERS = 0x80;
const ONES = 0xffff_ffff;
const DEFAULT_DMA_MASK = 0x0fff_ffffn;

const DMA_TIME = 100_000_000;
/** A factorial takes this long, up to as much again by chance (QEMU's thread has to wake up), and 1 ns a factor. */
const FACTORIAL_TIME = 10_000;
/** From 34! on, 2^32 divides it. */
const FACTORS_UNTIL_ZERO = 34;

/** INVALID_ARGS for a mask that does not fit 64 bits. */
export function edu({ dmaMask = DEFAULT_DMA_MASK }: EduOptions = {}): PciModel {
  if (BigInt.asUintN(64, dmaMask) !== dmaMask) {
    throw new ZxError("INVALID_ARGS", `edu: a DMA mask has 64 bits, not ${hex(dmaMask)}`);
  }
  return {
    name: "edu",
    vendorId: 0x1234,
    deviceId: 0x11e8,
    revision: 0x10,
    classCode: 0x00ff00,
    interruptPin: "A",
    bars: [{ index: 0, kind: "memory32", size: EDU_BAR_SIZE }],
    msi: { vectors: 1, address64: true, maskable: false },
    create: (port) => [new EduDevice(port, dmaMask)],
  };
}

/** A 64-bit register in two halves. */
class Wide {
  low = 0;
  high = 0;

  get value(): bigint {
    return (BigInt(this.high) << 32n) | BigInt(this.low);
  }
}

class EduDevice implements Io {
  high = 0;
  readonly #port: PciPort;
  readonly #dmaMask: bigint;
  #liveness = 0;
  #factorial = 0;
  #status = 0;
  #irqStatus = 0;
  readonly #source = new Wide();
  readonly #destination = new Wide();
  readonly #count = new Wide();
  readonly #command = new Wide();
  readonly #buffer = new Uint8Array(EDU_BUFFER_SIZE);

  constructor(port: PciPort, dmaMask: bigint) {
    this.#port = port;
    this.#dmaMask = dmaMask;
  }

  read32(offset: number): number {
    switch (offset) {
      case ID:
        return registers.Id.reset;
      case LIVENESS:
        return this.#liveness;
      case FACTORIAL:
        return this.#factorial;
      case STATUS:
        return this.#status;
      case IRQ_STATUS:
        return this.#irqStatus;
      default:
        return this.#wideAt(offset)?.low ?? ONES;
    }
  }

  read64(offset: number): number {
    const register = this.#wideAt(offset);
    this.high = register?.high ?? ONES;
    return register?.low ?? ONES;
  }

  write32(offset: number, value: number): void {
    switch (offset) {
      case LIVENESS:
        this.#liveness = ~value >>> 0;
        return;
      case FACTORIAL:
        this.#compute(value);
        return;
      case STATUS:
        this.#status = (this.#status & COMPUTING) | (value & RAISE_IRQ);
        return;
      case IRQ_RAISE:
        this.#raise(value);
        return;
      case IRQ_ACK:
        this.#acknowledge(value);
        return;
      default:
        this.#writeWide(offset, value, 0);
    }
  }

  write64(offset: number, low: number, high: number): void {
    this.#writeWide(offset, low, high);
  }

  read8(): number {
    return 0xff;
  }

  read16(): number {
    return 0xffff;
  }

  write8(): void {}

  write16(): void {}

  #wideAt(offset: number): Wide | undefined {
    switch (offset) {
      case DMA_SOURCE:
        return this.#source;
      case DMA_DESTINATION:
        return this.#destination;
      case DMA_COUNT:
        return this.#count;
      case DMA_COMMAND:
        return this.#command;
      default:
        return undefined;
    }
  }

  #compute(n: number): void {
    if ((this.#status & COMPUTING) !== 0) return;
    this.#factorial = n;
    this.#status |= COMPUTING;
    const time = Math.ceil(FACTORIAL_TIME * (1 + this.#port.random())) + n;
    this.#port.clock.at(this.#port.clock.now() + time, () => {
      this.#factorial = factorial(n);
      this.#status &= ~COMPUTING;
      if ((this.#status & RAISE_IRQ) !== 0) this.#raise(FACTORIAL_IRQ);
    });
  }

  #raise(value: number): void {
    this.#irqStatus = (this.#irqStatus | value) >>> 0;
    if (this.#irqStatus === 0) return;
    if (this.#port.msiEnabled) this.#port.msi(0);
    else this.#port.intx(true);
  }

  #acknowledge(value: number): void {
    this.#irqStatus = (this.#irqStatus & ~value) >>> 0;
    if (this.#irqStatus === 0) this.#port.intx(false);
  }

  #writeWide(offset: number, low: number, high: number): void {
    const register = offset < WIDE_REGISTERS ? undefined : this.#wideAt(offset);
    if (register === undefined || (this.#command.low & DMA_START) !== 0) return;
    if (register === this.#command && (low & DMA_START) === 0) return;
    register.low = low;
    register.high = high;
    if (register !== this.#command) return;
    this.#port.clock.at(this.#port.clock.now() + DMA_TIME, () => this.#transfer());
  }

  #transfer(): void {
    const command = this.#command.low;
    const toRam = (command & DMA_TO_RAM) !== 0;
    const bytes = this.#bufferAt(toRam ? this.#source.value : this.#destination.value, this.#count.value);
    this.#command.low = (command & ~DMA_START) >>> 0;
    if (bytes === undefined) return;
    const address = this.#clamp(toRam ? this.#destination.value : this.#source.value);
    if (toRam) this.#port.dma.write(address, bytes);
    else this.#port.dma.read(address, bytes);
    if ((command & DMA_RAISE_IRQ) !== 0) this.#raise(DMA_IRQ);
  }

  /** The part of the buffer that DMA addresses name, if they do. */
  #bufferAt(address: bigint, count: bigint): Uint8Array | undefined {
    const start = address - BigInt(EDU_BUFFER_OFFSET);
    if (start >= 0n && start + count <= BigInt(EDU_BUFFER_SIZE)) {
      return this.#buffer.subarray(Number(start), Number(start + count));
    }
    this.#port.log(
      "error",
      `DMA of ${hex(count)} bytes at ${hex(address)} of the device: its buffer is ${hex(EDU_BUFFER_SIZE)} bytes at ` +
        `${hex(EDU_BUFFER_OFFSET)}. The transfer is not made (QEMU would abort)`,
    );
    return undefined;
  }

  #clamp(address: bigint): number {
    const clamped = address & this.#dmaMask;
    if (clamped !== address) this.#port.log("warning", `clamping DMA ${hex(address)} to ${hex(clamped)}`);
    return Number(clamped);
  }
}

/** n! modulo 2^32. */
function factorial(n: number): number {
  if (n >= FACTORS_UNTIL_ZERO) return 0;
  let product = 1;
  for (let factor = 2; factor <= n; factor++) product = Math.imul(product, factor);
  return product >>> 0;
}
