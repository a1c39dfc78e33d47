/**
 * A model of the Arm PrimeCell UART PL011, revision r1p1 (DDI 0183F), with a line that takes its time: a character is sent when its
 * last bit has gone out, at the baud rate that software has set.
 *
 * It is as strict as hardware where QEMU's is lenient: nothing is sent or received while the UART or that direction is disabled, or while
 * there is no baud rate. Not there: IrDA, parity (nothing on the line ever gets it wrong), and the modem's inputs, which are
 * inactive except in loopback.
 */
import { PL011_FIFO_SIZE, Pl011 as Registers } from "../registers/pl011.ts";
import { ApbDevice } from "./apb_device.ts";
import { DmaRequest } from "./dma_request.ts";
import type { PlatformPort } from "./platform_port.ts";

const registers = Registers.layout;
const DR = registers.Dr.offset;
const RSR = registers.Rsr.offset;
const FR = registers.Fr.offset;
const ILPR = registers.Ilpr.offset;
const IBRD = registers.Ibrd.offset;
const FBRD = registers.Fbrd.offset;
const LCR_H = registers.LcrH.offset;
const CR = registers.Cr.offset;
const IFLS = registers.Ifls.offset;
const IMSC = registers.Imsc.offset;
const RIS = registers.Ris.offset;
const MIS = registers.Mis.offset;
const ICR = registers.Icr.offset;
const DMACR = registers.Dmacr.offset;

const Flag = {
  CTS: registers.Fr.encode({ cts: 1 }),
  DSR: registers.Fr.encode({ dsr: 1 }),
  DCD: registers.Fr.encode({ dcd: 1 }),
  BUSY: registers.Fr.encode({ busy: 1 }),
  RXFE: registers.Fr.encode({ rxfe: 1 }),
  TXFF: registers.Fr.encode({ txff: 1 }),
  RXFF: registers.Fr.encode({ rxff: 1 }),
  TXFE: registers.Fr.encode({ txfe: 1 }),
  RI: registers.Fr.encode({ ri: 1 }),
} as const;
const Interrupt = {
  RI: registers.Ris.encode({ ri: 1 }),
  CTS: registers.Ris.encode({ cts: 1 }),
  DCD: registers.Ris.encode({ dcd: 1 }),
  DSR: registers.Ris.encode({ dsr: 1 }),
  RX: registers.Ris.encode({ rx: 1 }),
  TX: registers.Ris.encode({ tx: 1 }),
  RT: registers.Ris.encode({ rt: 1 }),
  BE: registers.Ris.encode({ be: 1 }),
  OE: registers.Ris.encode({ oe: 1 }),
} as const;
const INTERRUPTS = 0x7ff;
const Control = {
  UARTEN: registers.Cr.encode({ uarten: 1 }),
  LBE: registers.Cr.encode({ lbe: 1 }),
  TXE: registers.Cr.encode({ txe: 1 }),
  RXE: registers.Cr.encode({ rxe: 1 }),
  DTR: registers.Cr.encode({ dtr: 1 }),
  RTS: registers.Cr.encode({ rts: 1 }),
  OUT1: registers.Cr.encode({ out1: 1 }),
  OUT2: registers.Cr.encode({ out2: 1 }),
  RTSEN: registers.Cr.encode({ rtsen: 1 }),
  CTSEN: registers.Cr.encode({ ctsen: 1 }),
} as const;
const Line = {
  BRK: registers.LcrH.encode({ brk: 1 }),
  PEN: registers.LcrH.encode({ pen: 1 }),
  STP2: registers.LcrH.encode({ stp2: 1 }),
  FEN: registers.LcrH.encode({ fen: 1 }),
} as const;
const TXDMAE = registers.Dmacr.encode({ txdmae: 1 });
const RXDMAE = registers.Dmacr.encode({ rxdmae: 1 });
/** Of a received character, as Dr shows them. */
const BREAK_ERROR = registers.Dr.encode({ be: 1 });
const OVERRUN_ERROR = registers.Dr.encode({ oe: 1 });
/** Errors are in Rsr what they are in Dr, from bit 0 on. */
const ERROR_SHIFT = 8;
const RSR_OVERRUN = OVERRUN_ERROR >> ERROR_SHIFT;

/** What the modem outputs are connected to in loopback (section 2.4.1): the input's flag and its interrupt. */
const LOOPBACK = [
  { output: Control.RTS, flag: Flag.CTS, interrupt: Interrupt.CTS },
  { output: Control.DTR, flag: Flag.DSR, interrupt: Interrupt.DSR },
  { output: Control.OUT1, flag: Flag.DCD, interrupt: Interrupt.DCD },
  { output: Control.OUT2, flag: Flag.RI, interrupt: Interrupt.RI },
] as const;

/** Characters in a FIFO of 16 at which an interrupt comes, by the value in Ifls; the last three values are reserved. */
const LEVELS = [2, 4, 8, 12, 14, 14, 14, 14] as const;
/** Bit periods without a character after which the receive timeout comes. */
const TIMEOUT_BITS = 32;
/** What the other end sends at while this one has no baud rate. */
const SENDER_BIT_TIME = 1e9 / 115200;

export class Pl011 extends ApbDevice {
  /** To a DMA controller: room in the transmit FIFO, characters in the receive FIFO. */
  readonly transmitRequest = new DmaRequest();
  readonly receiveRequest = new DmaRequest();
  readonly #port: PlatformPort;
  readonly #clockHz: number;
  readonly #listeners: ((character: number) => void)[] = [];
  #ilpr = 0;
  #ibrd = 0;
  #fbrd = 0;
  #lcr = 0;
  #cr: number = registers.Cr.reset;
  #ifls: number = registers.Ifls.reset;
  #imsc = 0;
  #ris = 0;
  #dmacr = 0;
  #rsr = 0;
  /** The baud rate divisor, as it was when Lcr_H was written. */
  #divisor = 0;
  readonly #transmit: number[] = [];
  /** The character that is on its way out. */
  #shifter: number | undefined;
  /** Characters with their errors. */
  readonly #received: number[] = [];
  #hasOverrun = false;
  #cancelTimeout = () => {};
  /** What the other end has sent, and is still on the line. */
  readonly #incoming: number[] = [];
  #isArriving = false;

  /** `clockHz`: of UARTCLK, which the baud rate is made from. */
  constructor(port: PlatformPort, clockHz: number) {
    super([0x11, 0x10, 0x14, 0x00, 0x0d, 0xf0, 0x05, 0xb1]);
    this.#port = port;
    this.#clockHz = clockHz;
  }

  /** Sends characters from the other end: they arrive one after the other, at this end's baud rate. */
  send(characters: Iterable<number>): void {
    for (const character of characters) this.#incoming.push(character & 0xff);
    this.#startArrival();
  }

  /** Sends a break from the other end. */
  sendBreak(): void {
    this.#incoming.push(BREAK_ERROR);
    this.#startArrival();
  }

  /** Calls `listener` with each character that has gone out on the line. */
  onTransmit(listener: (character: number) => void): void {
    this.#listeners.push(listener);
  }

  protected readRegister(offset: number): number {
    switch (offset) {
      case DR:
        return this.#take();
      case RSR:
        return this.#rsr;
      case FR:
        return this.#flags();
      case ILPR:
        return this.#ilpr;
      case IBRD:
        return this.#ibrd;
      case FBRD:
        return this.#fbrd;
      case LCR_H:
        return this.#lcr;
      case CR:
        return this.#cr;
      case IFLS:
        return this.#ifls;
      case IMSC:
        return this.#imsc;
      case RIS:
        return this.#ris;
      case MIS:
        return this.#ris & this.#imsc;
      case DMACR:
        return this.#dmacr;
      default:
        return 0;
    }
  }

  protected writeRegister(offset: number, value: number): void {
    switch (offset) {
      case DR:
        this.#put(value & 0xff);
        return;
      case RSR:
        this.#rsr = 0;
        return;
      case ILPR:
        this.#ilpr = value & 0xff;
        return;
      case IBRD:
        this.#ibrd = value & 0xffff;
        return;
      case FBRD:
        this.#fbrd = value & 0x3f;
        return;
      case LCR_H:
        this.#setLine(value & 0xff);
        return;
      case CR:
        this.#setControl(value & 0xffff);
        return;
      case IFLS:
        this.#ifls = value & 0x3f;
        return;
      case IMSC:
        this.#imsc = value & INTERRUPTS;
        break;
      case ICR:
        this.#ris &= ~value;
        break;
      case DMACR:
        this.#dmacr = value & 0x7;
    }
    this.#update();
  }

  get #depth(): number {
    return (this.#lcr & Line.FEN) !== 0 ? PL011_FIFO_SIZE : 1;
  }

  /** Characters from which on there is a receive interrupt. */
  get #receiveLevel(): number {
    return this.#depth === 1 ? 1 : LEVELS[(this.#ifls >> 3) & 7]!;
  }

  /** Characters down to which there is a transmit interrupt. */
  get #transmitLevel(): number {
    return this.#depth === 1 ? 0 : LEVELS[this.#ifls & 7]!;
  }

  /** Nanoseconds; undefined while there is no baud rate. */
  get #bitTime(): number | undefined {
    return this.#divisor < 1 ? undefined : (16 * this.#divisor * 1e9) / this.#clockHz;
  }

  /** Bits of a character on the line: start, data, parity, stop. */
  get #frameBits(): number {
    const data = 5 + ((this.#lcr >> 5) & 3);
    return 1 + data + ((this.#lcr & Line.PEN) !== 0 ? 1 : 0) + ((this.#lcr & Line.STP2) !== 0 ? 2 : 1);
  }

  #has(bits: number): boolean {
    return (this.#cr & bits) === bits;
  }

  #flags(): number {
    const { length: waiting } = this.#transmit;
    const { length: received } = this.#received;
    return (
      this.#modem() |
      (waiting === 0 ? Flag.TXFE : 0) |
      (waiting >= this.#depth ? Flag.TXFF : 0) |
      (received === 0 ? Flag.RXFE : 0) |
      (received >= this.#depth ? Flag.RXFF : 0) |
      (waiting > 0 || this.#shifter !== undefined ? Flag.BUSY : 0)
    );
  }

  /** The modem's inputs, as flags. */
  #modem(): number {
    if (!this.#has(Control.LBE)) return 0;
    return LOOPBACK.reduce((flags, { output, flag }) => flags | (this.#has(output) ? flag : 0), 0);
  }

  #setControl(value: number): void {
    const before = this.#modem();
    this.#cr = value;
    const changed = this.#modem() ^ before;
    for (const { flag, interrupt } of LOOPBACK) if ((changed & flag) !== 0) this.#ris |= interrupt;
    this.#startCharacter();
    this.#startArrival();
    this.#update();
  }

  #setLine(value: number): void {
    const changed = this.#lcr ^ value;
    this.#lcr = value;
    this.#divisor = this.#ibrd + this.#fbrd / 64;
    if ((changed & Line.FEN) !== 0) this.#flushFifos();
    if ((changed & value & Line.BRK) !== 0 && this.#has(Control.LBE)) this.#arrive(BREAK_ERROR);
    this.#startCharacter();
    this.#update();
  }

  #flushFifos(): void {
    this.#transmit.length = 0;
    this.#received.length = 0;
    this.#cancelTimeout();
    this.#ris &= ~(Interrupt.RX | Interrupt.RT);
  }

  #put(character: number): void {
    if (this.#transmit.length >= this.#depth) {
      this.#port.log("warning", `the transmit FIFO is full: character 0x${character.toString(16)} is lost`);
      return;
    }
    this.#transmit.push(character);
    if (this.#depth === 1 || this.#transmit.length > this.#transmitLevel) this.#ris &= ~Interrupt.TX;
    this.#startCharacter();
    this.#update();
  }

  /** Moves a character from the FIFO to the line, if it may go. The transmit interrupt comes when the FIFO falls to its level. */
  #startCharacter(): void {
    const bitTime = this.#bitTime;
    const isClear = !this.#has(Control.CTSEN) || (this.#modem() & Flag.CTS) !== 0;
    const isEnabled = this.#has(Control.UARTEN | Control.TXE) && bitTime !== undefined && isClear;
    if (!isEnabled || this.#shifter !== undefined || this.#transmit.length === 0) return;
    this.#shifter = this.#transmit.shift();
    if (this.#transmit.length === this.#transmitLevel) this.#ris |= Interrupt.TX;
    const { clock } = this.#port;
    clock.at(clock.now() + bitTime * this.#frameBits, () => this.#sent());
  }

  #sent(): void {
    const character = this.#shifter!;
    this.#shifter = undefined;
    if (this.#has(Control.LBE)) this.#arrive(character);
    else for (const listener of this.#listeners) listener(character);
    this.#startCharacter();
    this.#update();
  }

  /** The other end sends one character after the other; with hardware flow control it waits while the FIFO is at its level. */
  #startArrival(): void {
    const isHeld = this.#has(Control.RTSEN) && this.#received.length >= this.#receiveLevel;
    if (this.#isArriving || this.#incoming.length === 0 || isHeld) return;
    this.#isArriving = true;
    const { clock } = this.#port;
    clock.at(clock.now() + (this.#bitTime ?? SENDER_BIT_TIME) * this.#frameBits, () => {
      this.#isArriving = false;
      const character = this.#incoming.shift()!;
      if (!this.#has(Control.LBE)) this.#arrive(character);
      this.#startArrival();
      this.#update();
    });
  }

  /** A character has come in. */
  #arrive(character: number): void {
    if (!this.#has(Control.UARTEN | Control.RXE)) return;
    if (this.#received.length >= this.#depth) {
      this.#hasOverrun = true;
      this.#rsr |= RSR_OVERRUN;
      this.#ris |= Interrupt.OE;
      return;
    }
    this.#hasOverrun = false;
    this.#received.push(character);
    if ((character & BREAK_ERROR) !== 0) this.#ris |= Interrupt.BE;
    if (this.#received.length >= this.#receiveLevel) this.#ris |= Interrupt.RX;
    this.#cancelTimeout();
    const { clock } = this.#port;
    this.#cancelTimeout = clock.at(clock.now() + TIMEOUT_BITS * (this.#bitTime ?? SENDER_BIT_TIME), () => {
      this.#ris |= Interrupt.RT;
      this.#update();
    });
  }

  /** A read of Dr; 0 where there is no character. */
  #take(): number {
    const character = this.#received.shift() ?? 0;
    const errors = (character >> ERROR_SHIFT) & 0xf;
    this.#rsr = (this.#rsr & RSR_OVERRUN) | errors;
    if (this.#received.length < this.#receiveLevel) this.#ris &= ~Interrupt.RX;
    if (this.#received.length === 0) {
      this.#ris &= ~Interrupt.RT;
      this.#cancelTimeout();
    }
    this.#startArrival();
    this.#update();
    return character | (this.#hasOverrun ? OVERRUN_ERROR : 0);
  }

  /** The interrupt line and the DMA requests follow. */
  #update(): void {
    this.#port.irq((this.#ris & this.#imsc) !== 0);
    const mayTransmit = (this.#dmacr & TXDMAE) !== 0 && this.#has(Control.UARTEN | Control.TXE);
    this.transmitRequest.set(mayTransmit ? this.#depth - this.#transmit.length : 0);
    this.receiveRequest.set((this.#dmacr & RXDMAE) !== 0 ? this.#received.length : 0);
  }
}
