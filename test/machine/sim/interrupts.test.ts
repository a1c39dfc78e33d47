import { describe, expect, test, vi } from "vitest";
import { VirtualClock } from "../../../src/machine/sim/clock.ts";
import { InterruptLines } from "../../../src/machine/sim/interrupts.ts";

function lines() {
  const clock = new VirtualClock();
  return { clock, lines: new InterruptLines(24, clock) };
}

describe("an interrupt line", () => {
  test("calls its handler from inside the access that raises it", () => {
    const { lines: irq } = lines();
    const handler = vi.fn();
    irq.attach(21, "level", handler);
    irq.source(21)(true);
    expect(handler).toHaveBeenCalledTimes(1);
  });

  test("is asserted while any of its sources asserts it", () => {
    const { lines: irq } = lines();
    const [a, b] = [irq.source(20), irq.source(20)];
    a(true);
    b(true);
    a(false);
    expect(irq.isAsserted(20)).toBe(true);
    b(false);
    expect(irq.isAsserted(20)).toBe(false);
  });

  test("counts a source once, however often it asserts", () => {
    const { lines: irq } = lines();
    const handler = vi.fn();
    irq.attach(20, "level", handler);
    const source = irq.source(20);
    source(true);
    source(true);
    source(false);
    expect(irq.isAsserted(20)).toBe(false);
    expect(handler).toHaveBeenCalledTimes(1);
  });

  test("level: calls again when it is unmasked while asserted, but only after unmask has returned", () => {
    const { clock, lines: irq } = lines();
    const handler = vi.fn(() => irq.mask(20));
    irq.attach(20, "level", handler);
    const source = irq.source(20);
    source(true);
    irq.unmask(20);
    expect(handler).toHaveBeenCalledTimes(1);
    clock.access();
    expect(handler).toHaveBeenCalledTimes(2);
    source(false);
    irq.unmask(20);
    clock.spin(100);
    expect(handler).toHaveBeenCalledTimes(2);
  });

  test("level: does not call again when the line has fallen, or was masked, in the meantime", () => {
    const { clock, lines: irq } = lines();
    const handler = vi.fn(() => irq.mask(20));
    irq.attach(20, "level", handler);
    const source = irq.source(20);
    source(true);
    irq.unmask(20);
    source(false);
    clock.access();
    expect(handler).toHaveBeenCalledTimes(1);
    irq.mask(20);
    source(true);
    irq.unmask(20);
    irq.mask(20);
    clock.access();
    expect(handler).toHaveBeenCalledTimes(1);
  });

  test("level: a line that was asserted before anybody listened calls after attach", () => {
    const { clock, lines: irq } = lines();
    irq.source(5)(true);
    const handler = vi.fn();
    irq.attach(5, "level", handler);
    expect(handler).not.toHaveBeenCalled();
    clock.access();
    expect(handler).toHaveBeenCalledTimes(1);
  });

  test("edge: calls on each rise, and loses a rise while masked", () => {
    const { clock, lines: irq } = lines();
    const handler = vi.fn();
    irq.attach(7, "edge", handler);
    const source = irq.source(7);
    for (let i = 0; i < 3; i++) {
      source(true);
      source(false);
    }
    expect(handler).toHaveBeenCalledTimes(3);
    irq.mask(7);
    source(true);
    irq.unmask(7);
    clock.spin(100);
    expect(handler).toHaveBeenCalledTimes(3);
  });

  test("has one handler, and none after detach", () => {
    const { lines: irq } = lines();
    const handler = vi.fn();
    irq.attach(3, "edge", handler);
    expect(() => irq.attach(3, "edge", handler)).toThrow(/^ALREADY_BOUND/);
    irq.detach(3);
    irq.source(3)(true);
    expect(handler).not.toHaveBeenCalled();
    irq.attach(3, "edge", handler);
  });

  test.each([-1, 24, 1.5, Number.NaN])("does not exist as vector %d", (vector) => {
    const { lines: irq } = lines();
    expect(() => irq.attach(vector, "edge", () => {})).toThrow(/^OUT_OF_RANGE.*0 to 23/);
    expect(() => irq.mask(vector)).toThrow(/^OUT_OF_RANGE/);
  });
});

describe("an interrupt line of a GIC", () => {
  function gic() {
    const clock = new VirtualClock();
    return { clock, lines: new InterruptLines(64, clock, { keepEdges: true, firstVector: 16 }) };
  }

  test("keeps an edge that comes while it is masked, once", () => {
    const { clock, lines: irq } = gic();
    const handler = vi.fn();
    irq.attach(40, "edge", handler);
    const source = irq.source(40);
    irq.mask(40);
    for (const level of [true, false, true, false]) source(level);
    expect(handler).not.toHaveBeenCalled();
    irq.unmask(40);
    clock.spin(0);
    expect(handler).toHaveBeenCalledTimes(1);
    irq.mask(40);
    irq.unmask(40);
    clock.spin(0);
    expect(handler).toHaveBeenCalledTimes(1);
  });

  test("forgets edges from before its handler was attached", () => {
    const { clock, lines: irq } = gic();
    const source = irq.source(40);
    source(true);
    const handler = vi.fn();
    irq.attach(40, "edge", handler);
    clock.spin(0);
    expect(handler).not.toHaveBeenCalled();
  });

  test("is the kernel's own below the first vector", () => {
    expect(() => gic().lines.attach(15, "edge", () => {})).toThrow(/^ACCESS_DENIED/);
    gic().lines.attach(16, "edge", () => {});
  });
});
