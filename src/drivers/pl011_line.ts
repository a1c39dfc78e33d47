import type { DriverContext } from "../driver/context.ts";
import type { IrqWaiter } from "../driver/irq_waiter.ts";
import type { Pl011 } from "../registers/pl011.ts";
import { TIME_INFINITE } from "../zx/constants.ts";
import { isStatus, ZxError } from "../zx/error.ts";

/** Characters that are kept for who reads. When they are that many, the rest stays in the FIFO, and on the line if need be. */
const MOST_KEPT = 4096;

interface Waiting<T> {
  resolve(value: T): void;
  reject(error: Error): void;
}

/** The characters of a PL011, both ways: between the FIFOs, which interrupt, and one reader and one writer. */
export class Pl011Line {
  readonly #ctx: DriverContext;
  readonly #uart: ReturnType<typeof Pl011.on>;
  readonly #irq: IrqWaiter;
  #received: number[] = [];
  #errors = 0;
  #reader: Waiting<Uint8Array> | undefined;
  #writer: (Waiting<void> & { readonly data: Uint8Array; sent: number }) | undefined;

  constructor(ctx: DriverContext, uart: ReturnType<typeof Pl011.on>, irq: IrqWaiter) {
    this.#ctx = ctx;
    this.#uart = uart;
    this.#irq = irq;
  }

  start(): void {
    this.#uart.Icr.write(ALL);
    this.#setMask();
    void this.#run().catch((error: unknown) => {
      // The interrupt is given back when the driver stops, or with its process.
      if (!isStatus(error, "CANCELED") && !isStatus(error, "BAD_STATE"))
        this.#ctx.log.error(`interrupt: ${String(error)}`);
    });
  }

  stop(): void {
    this.#uart.Imsc.write({});
    const error = new ZxError("CANCELED", "the UART's driver stops");
    this.#reader?.reject(error);
    this.#writer?.reject(error);
    this.#reader = undefined;
    this.#writer = undefined;
  }

  /** ALREADY_BOUND while another read waits. */
  read(): Promise<Uint8Array> {
    if (this.#reader !== undefined) throw new ZxError("ALREADY_BOUND", "another read is waiting");
    return new Promise((resolve, reject) => {
      this.#reader = { resolve, reject };
      this.#answerReader();
    });
  }

  /** ALREADY_BOUND while another write is under way. */
  write(data: Uint8Array): Promise<void> {
    if (this.#writer !== undefined) throw new ZxError("ALREADY_BOUND", "another write is under way");
    return new Promise((resolve, reject) => {
      this.#writer = { data, sent: 0, resolve, reject };
      this.#send();
      this.#setMask();
    });
  }

  async #run(): Promise<never> {
    for (;;) {
      await this.#irq.wait(TIME_INFINITE);
      this.#receive();
      this.#send();
      this.#answerReader();
      this.#setMask();
      await this.#irq.ack();
    }
  }

  #receive(): void {
    const uart = this.#uart;
    while (this.#received.length < MOST_KEPT && !uart.Fr.read().rxfe) {
      const { data, fe, pe, be, oe } = uart.Dr.read();
      if (fe || pe || be) this.#countError();
      else this.#received.push(data);
      // What overran is lost; this character is not.
      if (oe) this.#countError();
    }
    uart.Icr.write({ rt: 1, fe: 1, pe: 1, be: 1, oe: 1 });
  }

  #countError(): void {
    this.#ctx.inspect["receive errors"] = ++this.#errors;
  }

  #send(): void {
    const writer = this.#writer;
    if (writer === undefined) return;
    const uart = this.#uart;
    while (writer.sent < writer.data.length && !uart.Fr.read().txff)
      uart.Dr.write({ data: writer.data[writer.sent++]! });
    if (writer.sent < writer.data.length) return;
    this.#writer = undefined;
    writer.resolve();
  }

  #answerReader(): void {
    if (this.#reader === undefined || this.#received.length === 0) return;
    const { resolve } = this.#reader;
    const data = Uint8Array.from(this.#received);
    this.#reader = undefined;
    this.#received = [];
    this.#setMask();
    resolve(data);
  }

  /** A full FIFO interrupts again when it has room; a received character when there is room for it here. */
  #setMask(): void {
    const rx = this.#received.length < MOST_KEPT ? 1 : 0;
    const tx = this.#writer === undefined ? 0 : 1;
    this.#uart.Imsc.write({ rx, rt: rx, fe: rx, pe: rx, be: rx, oe: rx, tx });
  }
}

/** Every interrupt that there is. */
const ALL = 0x7ff;
