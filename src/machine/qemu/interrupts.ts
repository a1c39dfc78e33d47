/**
 * The inputs of the machine's interrupt controller, of whose changes QEMU tells us.
 *
 * Level: the handler is called when the line becomes asserted, and again when it is unmasked while asserted. Edge: it is
 * called when the line becomes asserted. An edge on a masked vector is lost on an I/O APIC (82093AA, "Interrupt Mask"); on a GIC it
 * stays pending until the vector is unmasked (GIC architecture specification 2.0, section 3.2.4). Handlers are never called
 * from inside an access or one of the methods here, and in the order in which the lines changed.
 */
import { ZxError } from "../../zx/error.ts";
import type { InterruptController, TriggerMode } from "../machine.ts";
import type { Deliveries } from "./deliveries.ts";

/** A board's interrupt controller. */
export interface QemuInterruptController {
  /** QOM path of the device whose inputs are intercepted. */
  readonly path: string;
  /** Vectors are 0 .. count-1. */
  readonly count: number;
  /** Vectors below this one are the kernel's own. */
  readonly firstVector: number;
  /** Whether an edge that comes while its vector is masked stays pending. */
  readonly keepsEdges: boolean;
  /** The vector of an input, as QEMU numbers those. */
  vectorOf(input: number): number;
}

interface Attachment {
  readonly mode: TriggerMode;
  readonly handler: () => void;
  readonly release: () => void;
  masked: boolean;
  /** An edge came while the vector was masked, and is kept. */
  pending: boolean;
}

export interface QemuInterruptsOptions {
  readonly controller: QemuInterruptController;
  /** Vectors that the machine's clock uses. */
  readonly clockVectors: readonly number[];
  readonly deliveries: Deliveries;
  /** Keeps the process alive while a handler is attached, until the returned function is called. */
  readonly hold: () => () => void;
  /** Waits until QEMU has done, and told, all that was posted. */
  readonly flush: () => void;
}

export class QemuInterrupts implements InterruptController {
  readonly count: number;
  readonly #options: QemuInterruptsOptions;
  readonly #asserted = new Set<number>();
  readonly #attached = new Map<number, Attachment>();

  constructor(options: QemuInterruptsOptions) {
    this.#options = options;
    this.count = options.controller.count;
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
    if (attachment === undefined) return;
    if (!attachment.masked) this.#signal(vector, attachment);
    else if (this.#options.controller.keepsEdges) attachment.pending = true;
  }

  /**
   * OUT_OF_RANGE for a vector that does not exist, ACCESS_DENIED for those of the kernel and of the clock, ALREADY_BOUND if it has
   * a handler.
   */
  attach(vector: number, mode: TriggerMode, handler: () => void): void {
    this.#check(vector);
    const { controller, clockVectors } = this.#options;
    if (clockVectors.includes(vector)) {
      throw new ZxError("ACCESS_DENIED", `interrupt vector ${vector} belongs to the machine's clock`);
    }
    if (vector < controller.firstVector) {
      const least = controller.firstVector;
      throw new ZxError("ACCESS_DENIED", `interrupt vector ${vector}: those below ${least} are the kernel's`);
    }
    if (this.#attached.has(vector)) {
      throw new ZxError("ALREADY_BOUND", `interrupt vector ${vector} has a handler already`);
    }
    this.#attached.set(vector, {
      mode,
      handler,
      release: this.#options.hold(),
      masked: true,
      pending: false,
    });
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
    const isDue = attachment.mode === "level" ? this.#asserted.has(vector) : attachment.pending;
    attachment.pending = false;
    if (isDue) this.#signal(vector, attachment);
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
    if (!(Number.isInteger(vector) && vector >= 0 && vector < this.count)) {
      throw new ZxError(
        "OUT_OF_RANGE",
        `interrupt vector ${String(vector)}: there are 0 to ${this.count - 1}`,
      );
    }
  }
}
