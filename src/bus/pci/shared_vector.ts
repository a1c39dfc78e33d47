import type { Handle } from "../../zx/constants.ts";
import { isStatus } from "../../zx/error.ts";
import type { Zx } from "../../zx/syscalls.ts";
import type { LegacyIrq } from "./pciroot.ts";

/** A function that has its interrupt pin in use. */
export interface PinUser {
  /** Deals with an interrupt of the function, at this time. False if the function does not signal any. */
  service(timestamp: number): boolean;
}

/**
 * So many interrupts in a row that no function admits to, and the vector is left masked: with its line stuck it would do
 * nothing but interrupt.
 */
const MAX_UNCLAIMED = 100;

/** An interrupt vector that several functions may share, and the loop that waits for it. */
export class SharedVector {
  readonly vector: number;
  readonly #zx: Zx;
  readonly #interrupt: Handle;
  readonly #users = new Set<PinUser>();
  readonly #logError: (text: string) => void;
  #running = false;
  #stopped = false;

  /** The interrupt's handle stays the caller's. */
  constructor(zx: Zx, { vector, interrupt }: LegacyIrq, logError: (text: string) => void) {
    this.#zx = zx;
    this.vector = vector;
    this.#interrupt = interrupt;
    this.#logError = logError;
  }

  add(user: PinUser): void {
    this.#users.add(user);
    if (!this.#running) void this.#run();
  }

  remove(user: PinUser): void {
    this.#users.delete(user);
  }

  /** Ends the loop and destroys the interrupt. Idempotent. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#zx.interruptDestroy(this.#interrupt);
  }

  async #run(): Promise<void> {
    this.#running = true;
    try {
      // Each wait acknowledges the interrupt before, and so unmasks the vector.
      for (let unclaimed = 0; unclaimed < MAX_UNCLAIMED; ) {
        const timestamp = await this.#zx.interruptWait(this.#interrupt);
        unclaimed = this.#service(timestamp) ? 0 : unclaimed + 1;
      }
      this.#logError(
        `vector ${this.vector}: ${MAX_UNCLAIMED} interrupts that no function admits to; it stays masked`,
      );
    } catch (error) {
      // Destroyed: by `stop`, or with the process.
      if (!isStatus(error, "CANCELED")) this.#logError(`vector ${this.vector}: ${String(error)}`);
    }
  }

  #service(timestamp: number): boolean {
    let claimed = false;
    for (const user of [...this.#users]) claimed = user.service(timestamp) || claimed;
    return claimed;
  }
}
