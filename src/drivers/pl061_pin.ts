import type { DriverContext } from "../driver/context.ts";
import {
  BufferMode,
  type GpioServer,
  type InterruptConfiguration,
  InterruptMode,
} from "../fidl/fuchsia.hardware.gpio.ts";
import type { Pl061 } from "../registers/pl061.ts";
import { type Handle, INVALID_HANDLE, InterruptOption, Signals, TIME_INFINITE } from "../zx/constants.ts";
import { isStatus, ZxError } from "../zx/error.ts";
import { DefaultRights, Rights } from "../zx/rights.ts";

/** What can be waited on with a pin's interrupt, but not triggered. */
const CLIENT_RIGHTS = DefaultRights.INTERRUPT & ~Rights.SIGNAL;

/** One pin: its registers are one bit of the controller's. Its interrupt is a virtual one, triggered when the controller's says so. */
export class Pl061Pin implements GpioServer {
  readonly bit: number;
  readonly #number: number;
  readonly #ctx: DriverContext;
  readonly #gpio: ReturnType<typeof Pl061.on>;
  #interrupt: Handle = INVALID_HANDLE;
  #isLevel = false;

  constructor(ctx: DriverContext, gpio: ReturnType<typeof Pl061.on>, number: number) {
    this.#ctx = ctx;
    this.#gpio = gpio;
    this.#number = number;
    this.bit = 1 << number;
    ctx.defer(() => this.disconnected());
  }

  /** 3.3.1: the address of the data register says which pins are meant. */
  read(): boolean {
    return this.#gpio.Data.at(this.bit).read().pins !== 0;
  }

  setBufferMode(mode: BufferMode): void {
    this.#set("Dir", mode !== BufferMode.INPUT);
    if (mode !== BufferMode.INPUT)
      this.#gpio.Data.at(this.bit).write({ pins: mode === BufferMode.OUTPUT_HIGH ? this.bit : 0 });
  }

  getInterrupt(options: number): Handle {
    const { zx } = this.#ctx;
    if (options !== 0) throw new ZxError("INVALID_ARGS", `pin ${this.#number}: no options are known`);
    if (this.#interrupt !== INVALID_HANDLE)
      throw new ZxError("ALREADY_EXISTS", `the interrupt of pin ${this.#number} is given out already`);
    this.#interrupt = zx.interruptCreate(INVALID_HANDLE, 0, InterruptOption.VIRTUAL);
    this.#gpio.Ic.write({ pins: this.bit });
    this.#set("Ie", true);
    return zx.handleDuplicate(this.#interrupt, CLIENT_RIGHTS);
  }

  configureInterrupt({ mode }: InterruptConfiguration): void {
    if (mode === undefined) throw new ZxError("INVALID_ARGS", `pin ${this.#number}: nothing is configured`);
    this.#isLevel = mode === InterruptMode.LEVEL_HIGH || mode === InterruptMode.LEVEL_LOW;
    this.#set("Is", this.#isLevel);
    this.#set("Ibe", mode === InterruptMode.EDGE_BOTH);
    this.#set("Iev", mode === InterruptMode.EDGE_HIGH || mode === InterruptMode.LEVEL_HIGH);
    this.#gpio.Ic.write({ pins: this.bit });
  }

  releaseInterrupt(): void {
    if (this.#interrupt === INVALID_HANDLE)
      throw new ZxError("NOT_FOUND", `the interrupt of pin ${this.#number} is not given out`);
    this.disconnected();
  }

  /** Who had the interrupt has it no more. */
  disconnected(): void {
    if (this.#interrupt === INVALID_HANDLE) return;
    const interrupt = this.#interrupt;
    this.#interrupt = INVALID_HANDLE;
    this.#set("Ie", false);
    this.#ctx.zx.interruptDestroy(interrupt);
    this.#ctx.zx.handleClose(interrupt);
  }

  /** A level is not looked at again before the client has acknowledged it: it would interrupt all the time. */
  interrupted(): void {
    const { zx } = this.#ctx;
    const interrupt = this.#interrupt;
    this.#gpio.Ic.write({ pins: this.bit });
    if (interrupt === INVALID_HANDLE) return;
    if (this.#isLevel) this.#set("Ie", false);
    zx.interruptTrigger(interrupt, 0, zx.clockGetMonotonic());
    if (this.#isLevel) void this.#unmaskOnceAcknowledged(interrupt);
  }

  async #unmaskOnceAcknowledged(interrupt: Handle): Promise<void> {
    try {
      await this.#ctx.zx.objectWaitOne(interrupt, Signals.VIRTUAL_INTERRUPT_UNTRIGGERED, TIME_INFINITE);
    } catch (error) {
      // Given back meanwhile, or the process has ended.
      if (error instanceof ZxError && (isStatus(error, "CANCELED") || isStatus(error, "BAD_STATE"))) return;
      throw error;
    }
    if (this.#interrupt === interrupt) this.#set("Ie", true);
  }

  #set(register: "Dir" | "Is" | "Ibe" | "Iev" | "Ie", isOne: boolean): void {
    const target = this.#gpio[register];
    const { pins } = target.read();
    target.write({ pins: isOne ? pins | this.bit : pins & ~this.bit });
  }
}
