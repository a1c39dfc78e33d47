import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Clock } from "../../../src/machine/machine.ts";
import { HPET_RANGE } from "../../../src/machine/qemu/hpet.ts";
import { describeWithQemu } from "../../support/qemu.ts";
import { EDU_VECTOR, ioAt, QemuEdu } from "../../support/qemu_edu.ts";

const MS = 1e6;
const SECOND = 1e9;
const HOUR = 3600 * SECOND;
/** Edu's DMA timer counts whole milliseconds. */
const DMA_TIME = 99 * MS;

describeWithQemu("the clock of a QEMU machine", () => {
  let edu: QemuEdu;
  let clock: Clock;

  beforeAll(async () => {
    // So long a grace that a test which relies on it would never end.
    edu = await QemuEdu.create({ grace: HOUR });
    clock = edu.machine.clock;
  });
  afterAll(() => edu.close());
  afterEach(() => edu.machine.interrupts.detach(EDU_VECTOR));

  function sleep(ns: number): Promise<void> {
    return new Promise((resolve) => {
      clock.at(clock.now() + ns, resolve);
    });
  }

  test("goes on, also when nobody talks to QEMU", () => {
    const start = clock.now();
    expect(start).toBeGreaterThan(0);
    let now = start;
    while (now < start + MS) {
      const next = clock.now();
      expect(next).toBeGreaterThanOrEqual(now);
      now = next;
    }
  });

  test("goes on in a loop that reads a register until a deadline", () => {
    const end = clock.now() + 5 * MS;
    while (clock.now() < end) edu.io.read32(0);
  });

  test("moves for devices too in a loop that waits for nothing else", () => {
    // The HPET counts virtual time, which stands still unless somebody has it move.
    const counter = ioAt(edu.machine, HPET_RANGE.base + 0xf0, 8);
    const start = counter.read32(0);
    const ticks = 20 * MS * 1e-1;
    while (counter.read32(0) - start < ticks);
  });

  test("jumps to the deadline when everybody sleeps", async () => {
    const real = performance.now();
    const start = clock.now();
    await sleep(HOUR);
    expect(clock.now() - start).toBeGreaterThanOrEqual(HOUR);
    expect(performance.now() - real).toBeLessThan(HOUR / MS);
  });

  test("calls back in the order of the deadlines, and at equal ones in the order of the calls", async () => {
    const order: string[] = [];
    const start = clock.now() + 10 * MS;
    clock.at(start + 2 * MS, () => order.push("second"));
    clock.at(start + 3 * MS, () => order.push("third"));
    clock.at(start + 3 * MS, () => order.push("fourth"));
    clock.at(start + MS, () => order.push("first"));
    await sleep(20 * MS);
    expect(order).toEqual(["first", "second", "third", "fourth"]);
  });

  test("does not call back what was cancelled, also by a callback of the same time", async () => {
    const called: string[] = [];
    const deadline = clock.now() + MS;
    clock.at(deadline, () => {
      called.push("first");
      cancelSecond();
    });
    const cancelSecond = clock.at(deadline, () => called.push("second"));
    clock.at(deadline - 1, () => called.push("third"))();
    await sleep(2 * MS);
    expect(called).toEqual(["first"]);
  });

  test("calls back at once, but not from inside the call, for a deadline that has passed", async () => {
    let inside = true;
    await new Promise<void>((resolve) => {
      clock.at(0, () => {
        expect(inside).toBe(false);
        resolve();
      });
      inside = false;
    });
  });

  test("refuses a deadline that is no number, and never calls back for one without end", () => {
    expect(() => clock.at(Number.NaN, () => {})).toThrow(/INVALID_ARGS/);
    expect(() => clock.at(undefined as unknown as number, () => {})).toThrow(/INVALID_ARGS/);
    clock.at(Number.POSITIVE_INFINITY, () => expect.unreachable())();
  });

  test("passes at least the time of a spin, and what devices have due on the way happens", () => {
    edu.startDma(0x20_0000, 0x4_0000, 16, 0);
    const start = clock.now();
    clock.spin(200 * MS);
    expect(clock.now() - start).toBeGreaterThanOrEqual(200 * MS);
    expect(edu.io.read32(0x98) & 1).toBe(0);
  });

  test("spins for more ticks than 32 bits count", () => {
    const start = clock.now();
    clock.spin(100 * SECOND);
    expect(clock.now() - start).toBeGreaterThanOrEqual(100 * SECOND);
    clock.spin(0);
    expect(() => clock.spin(-1)).toThrow(/INVALID_ARGS/);
    expect(() => clock.spin(Number.POSITIVE_INFINITY)).toThrow(/INVALID_ARGS/);
  });

  test("lets a device's time pass by itself while somebody waits for its interrupt", async () => {
    const start = clock.now();
    await new Promise<void>((resolve) => {
      edu.machine.interrupts.attach(EDU_VECTOR, "level", resolve);
      edu.startDma(0x20_0000, 0x4_0000, 16, 4);
    });
    expect(edu.acknowledge()).toBe(0x100);
    expect(clock.now() - start).toBeGreaterThanOrEqual(DMA_TIME);
  });

  test("does not run out on a wait for what a thread of the host is computing", async () => {
    const outcome = await new Promise<string>((resolve) => {
      const cancel = clock.at(clock.now() + HOUR, () => resolve("timed out"));
      edu.machine.interrupts.attach(EDU_VECTOR, "level", () => {
        cancel();
        resolve("interrupt");
      });
      // Some tens of milliseconds of multiplications.
      edu.startFactorial(2 ** 25);
    });
    edu.acknowledge();
    expect(outcome).toBe("interrupt");
  });

  test("lets real time reach a deadline by itself while an interrupt is awaited", async () => {
    edu.machine.interrupts.attach(EDU_VECTOR, "level", () => {});
    const real = performance.now();
    await sleep(30 * MS);
    expect(performance.now() - real).toBeGreaterThanOrEqual(29);
  });
});

describeWithQemu("the grace of a QEMU machine's clock", () => {
  test("is over some time, and the wait times out", async () => {
    const edu = await QemuEdu.create({ grace: 10 * MS });
    const { clock, interrupts } = edu.machine;
    interrupts.attach(EDU_VECTOR, "level", () => {});
    const real = performance.now();
    await new Promise<void>((resolve) => {
      clock.at(clock.now() + HOUR, resolve);
    });
    expect(performance.now() - real).toBeLessThan(HOUR / MS);
    await edu.close();
  });
});
