/**
 * The inputs of the machine's I/O APIC, which QEMU tells us of instead of passing them on.
 *
 * Level: the handler is called when the line becomes asserted, and again when it is unmasked while asserted. Edge: it is
 * called when the line becomes asserted; an edge on a masked vector is lost (82093AA, "Interrupt Mask"). Handlers are never
 * called from inside an access or one of the methods here, and in the order in which the lines changed.
 */
import { ZxError } from "../../zx/error.ts";
import type { InterruptController, TriggerMode } from "../machine.ts";
import type { Deliveries } from "./deliveries.ts";
import { HPET_VECTOR } from "./hpet.ts";

/** QOM path of the I/O APIC. */
export const IOAPIC = "ioapic";
export const IOAPIC_RANGE = { base: 0xfec0_0000, size: 0x1000 };
const VECTORS = 24;
/** The PIT's, as QEMU names it before it becomes `HPET_VECTOR`. */
const PIT_VECTOR = 0;

interface Attachment {
  readonly mode: TriggerMode;
  readonly handler: () => void;
  readonly release: () => void;
  masked: boolean;
}

export interface QemuInterruptsOptions {
  readonly deliveries: Deliveries;
  /** Keeps the process alive while a handler is attached, until the returned function is called. */
  readonly hold: () => () => void;
  /** Waits until QEMU has done, and told, all that was posted. */
  readonly flush: () => void;
}

export class QemuInterrupts implements InterruptController {
  readonly count = VECTORS;
  readonly #options: QemuInterruptsOptions;
  readonly #asserted = new Set<number>();
  readonly #attached = new Map<number, Attachment>();

  constructor(options: QemuInterruptsOptions) {
    this.#options = options;
  }

  get attachedCount(): number {
    return this.#attached.size;
  }

  /** QEMU tells that a line changed. Safe inside an access. */
  change(vector: number, asserted: boolean): void {
    if (asserted === this.#asserted.has(vector)) return;
    if (!asserted) {
      this.#asserted.delete(vector);
      return;
    }
    this.#asserted.add(vector);
    const attachment = this.#attached.get(vector);
    if (attachment !== undefined && !attachment.masked) this.#signal(vector, attachment);
  }

  /** OUT_OF_RANGE for a vector that does not exist, ACCESS_DENIED for the clock's own, ALREADY_BOUND if it has a handler. */
  attach(vector: number, mode: TriggerMode, handler: () => void): void {
    this.#check(vector);
    if (vector === HPET_VECTOR || vector === PIT_VECTOR) {
      throw new ZxError("ACCESS_DENIED", `interrupt vector ${vector} belongs to the machine's clock`);
    }
    if (this.#attached.has(vector)) {
      throw new ZxError("ALREADY_BOUND", `interrupt vector ${vector} has a handler already`);
    }
    this.#attached.set(vector, { mode, handler, release: this.#options.hold(), masked: true });
    this.unmask(vector);
  }

  detach(vector: number): void {
    this.#check(vector);
    this.#attached.get(vector)?.release();
    this.#attached.delete(vector);
  }

  mask(vector: number): void {
    this.#check(vector);
    const attachment = this.#attached.get(vector);
    if (attachment !== undefined) attachment.masked = true;
  }

  unmask(vector: number): void {
    this.#check(vector);
    const attachment = this.#attached.get(vector);
    if (attachment === undefined || !attachment.masked) return;
    // The write that quiets the device may still be on its way: only what is asserted after it counts.
    if (attachment.mode === "level" && this.#asserted.has(vector)) this.#options.flush();
    attachment.masked = false;
    if (attachment.mode === "level" && this.#asserted.has(vector)) this.#signal(vector, attachment);
  }

  /** Detaches all handlers. */
  close(): void {
    for (const vector of [...this.#attached.keys()]) this.detach(vector);
  }

  #signal(vector: number, attachment: Attachment): void {
    this.#options.deliveries.post(() => {
      const isStill = this.#attached.get(vector) === attachment && !attachment.masked;
      const isWanted = attachment.mode === "edge" || this.#asserted.has(vector);
      if (isStill && isWanted) attachment.handler();
    });
  }

  #check(vector: number): void {
    if (!(Number.isInteger(vector) && vector >= 0 && vector < VECTORS)) {
      throw new ZxError("OUT_OF_RANGE", `interrupt vector ${String(vector)}: there are 0 to ${VECTORS - 1}`);
    }
  }
}
