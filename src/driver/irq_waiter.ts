import { type Handle, PortOption } from "../zx/constants.ts";
import { isStatus, ZxError } from "../zx/error.ts";
import type { Zx } from "../zx/syscalls.ts";

const KEY = 0n;
const BIND = 0;

/**
 * A device's interrupt, as a driver waits for it: an interrupt object bound to a port, so that the wait can have a
 * deadline. Consumes the interrupt's handle.
 *
 * Each interrupt must be acknowledged, first at the device and then here, before the next one is delivered.
 */
export class IrqWaiter implements Disposable {
  readonly #zx: Zx;
  readonly #interrupt: Handle;
  readonly #port: Handle;
  readonly #ackBus: () => Promise<void>;
  #released = false;

  /** `ackBus`: what the bus wants after each interrupt (`AckInterrupt` of a legacy PCI interrupt). */
  constructor(zx: Zx, interrupt: Handle, ackBus: () => Promise<void> = async () => {}) {
    this.#zx = zx;
    this.#interrupt = interrupt;
    this.#ackBus = ackBus;
    this.#port = zx.portCreate(PortOption.BIND_TO_INTERRUPT);
    try {
      zx.interruptBind(interrupt, this.#port, KEY, BIND);
    } catch (error) {
      zx.handleCloseMany([interrupt, this.#port]);
      throw error;
    }
  }

  /**
   * Waits at most `timeout` nanoseconds and returns the time of the interrupt. TIMED_OUT names `what` was waited for.
   */
  async wait(timeout: number, what = "the interrupt"): Promise<number> {
    try {
      const packet = await this.#zx.portWait(this.#port, this.#zx.clockGetMonotonic() + timeout);
      if (packet.type !== "interrupt") throw new ZxError("INTERNAL", `port packet of type ${packet.type}`);
      return packet.timestamp;
    } catch (error) {
      if (!isStatus(error, "TIMED_OUT")) throw error;
      throw new ZxError("TIMED_OUT", `${what}: no interrupt within ${timeout / 1e6} ms`, { cause: error });
    }
  }

  /** Lets the next interrupt come. Call it once the device has taken its request back. */
  async ack(): Promise<void> {
    await this.#ackBus();
    this.#zx.interruptAck(this.#interrupt);
  }

  /** Idempotent. A wait in progress ends with CANCELED. */
  release(): void {
    if (this.#released) return;
    this.#released = true;
    this.#zx.handleCloseMany([this.#interrupt, this.#port]);
  }

  [Symbol.dispose](): void {
    this.release();
  }
}
