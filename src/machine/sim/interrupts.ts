/**
 * Interrupt vectors with several sources each, as the pins of an I/O APIC or of a GIC's distributor: a vector's line is
 * asserted while any of its sources asserts it.
 *
 * Level: the handler is called when the line becomes asserted, and again when it is unmasked while asserted. Edge: it is
 * called when the line becomes asserted. An edge on a masked vector is lost on an I/O APIC (82093AA, "Interrupt Mask"); on a
 * GIC it stays pending until the vector is unmasked (GIC architecture specification 2.0, section 3.2.4).
 */
import { ZxError } from "../../zx/error.ts";
import type { Clock, InterruptController, TriggerMode } from "../machine.ts";

interface Vector {
  /** Sources that assert the line. */
  asserting: number;
  masked: boolean;
  mode: TriggerMode;
  /** An edge came while the vector was masked, and is kept. */
  pending: boolean;
  handler: (() => void) | undefined;
}

/** What is special about a controller; by default it is an I/O APIC. */
export interface InterruptLineOptions {
  /** Keeps an edge that comes while its vector is masked. */
  readonly keepEdges?: boolean;
  /** Vectors below this one are the kernel's own (a GIC's software-generated interrupts). */
  readonly firstVector?: number;
}

export class InterruptLines implements InterruptController {
  readonly count: number;
  readonly #vectors: readonly Vector[];
  readonly #clock: Clock;
  readonly #keepEdges: boolean;
  readonly #firstVector: number;

  constructor(
    count: number,
    clock: Clock,
    { keepEdges = false, firstVector = 0 }: InterruptLineOptions = {},
  ) {
    this.count = count;
    this.#clock = clock;
    this.#keepEdges = keepEdges;
    this.#firstVector = firstVector;
    this.#vectors = Array.from({ length: count }, () => ({
      asserting: 0,
      masked: true,
      mode: "edge",
      pending: false,
      handler: undefined,
    }));
  }

  /** A new source of a vector, not asserted: the returned function sets its level. */
  source(vector: number): (level: boolean) => void {
    const line = this.#at(vector);
    let asserted = false;
    return (level) => {
      if (level === asserted) return;
      asserted = level;
      line.asserting += level ? 1 : -1;
      if (!level || line.asserting !== 1) return;
      if (!line.masked) line.handler?.();
      else if (this.#keepEdges) line.pending = true;
    };
  }

  isAsserted(vector: number): boolean {
    return this.#at(vector).asserting > 0;
  }

  /** ALREADY_BOUND if the vector has a handler, ACCESS_DENIED if it is the kernel's own. */
  attach(vector: number, mode: TriggerMode, handler: () => void): void {
    const line = this.#at(vector);
    if (vector < this.#firstVector) {
      throw new ZxError(
        "ACCESS_DENIED",
        `interrupt vector ${vector}: those below ${this.#firstVector} are the kernel's`,
      );
    }
    if (line.handler !== undefined)
      throw new ZxError("ALREADY_BOUND", `interrupt vector ${vector} has a handler already`);
    line.mode = mode;
    line.handler = handler;
    // What came while nobody listened was nobody's.
    line.pending = false;
    this.unmask(vector);
  }

  detach(vector: number): void {
    const line = this.#at(vector);
    line.handler = undefined;
    line.masked = true;
  }

  mask(vector: number): void {
    this.#at(vector).masked = true;
  }

  unmask(vector: number): void {
    const line = this.#at(vector);
    if (!line.masked || line.handler === undefined) return;
    line.masked = false;
    const isDue = () => (line.mode === "level" ? line.asserting > 0 : line.pending);
    if (!isDue()) return;
    // From the event loop, so that whoever unmasks is done with its own bookkeeping first.
    const { handler } = line;
    this.#clock.at(this.#clock.now(), () => {
      if (line.handler !== handler || line.masked || !isDue()) return;
      line.pending = false;
      handler();
    });
  }

  #at(vector: number): Vector {
    const line = this.#vectors[vector];
    if (line === undefined)
      throw new ZxError("OUT_OF_RANGE", `interrupt vector ${vector}: there are 0 to ${this.count - 1}`);
    return line;
  }
}
