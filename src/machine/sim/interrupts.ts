/**
 * Interrupt vectors with several sources each, as the pins of an I/O APIC: a vector's line is asserted while any of its
 * sources asserts it.
 *
 * Level: the handler is called when the line becomes asserted, and again when it is unmasked while asserted. Edge: it is
 * called when the line becomes asserted; an edge on a masked vector is lost (82093AA, "Interrupt Mask").
 */
import { ZxError } from "../../zx/error.ts";
import type { Clock, InterruptController, TriggerMode } from "../machine.ts";

interface Vector {
  /** Sources that assert the line. */
  asserting: number;
  masked: boolean;
  mode: TriggerMode;
  handler: (() => void) | undefined;
}

export class InterruptLines implements InterruptController {
  readonly count: number;
  readonly #vectors: readonly Vector[];
  readonly #clock: Clock;

  constructor(count: number, clock: Clock) {
    this.count = count;
    this.#clock = clock;
    this.#vectors = Array.from({ length: count }, () => ({
      asserting: 0,
      masked: true,
      mode: "edge",
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
      if (level && line.asserting === 1 && !line.masked) line.handler?.();
    };
  }

  isAsserted(vector: number): boolean {
    return this.#at(vector).asserting > 0;
  }

  /** ALREADY_BOUND if the vector has a handler. */
  attach(vector: number, mode: TriggerMode, handler: () => void): void {
    const line = this.#at(vector);
    if (line.handler !== undefined)
      throw new ZxError("ALREADY_BOUND", `interrupt vector ${vector} has a handler already`);
    line.mode = mode;
    line.handler = handler;
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
    if (line.mode !== "level" || line.asserting === 0) return;
    // From the event loop, so that whoever unmasks is done with its own bookkeeping first.
    const { handler } = line;
    this.#clock.at(this.#clock.now(), () => {
      if (line.handler === handler && !line.masked && line.asserting > 0) handler();
    });
  }

  #at(vector: number): Vector {
    const line = this.#vectors[vector];
    if (line === undefined)
      throw new ZxError("OUT_OF_RANGE", `interrupt vector ${vector}: there are 0 to ${this.count - 1}`);
    return line;
  }
}
