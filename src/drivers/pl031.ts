/**
 * Driver of Arm's real-time clock PL031 (DDI 0224C). It serves `fuchsia.hardware.rtc/Device`, and `zirconia.rtc/Alarm` for the
 * interrupt.
 */
import type { DriverContext } from "../driver/context.ts";
import { defineDriver } from "../driver/define.ts";
import type { IrqWaiter } from "../driver/irq_waiter.ts";
import { offer } from "../driver/offer.ts";
import { PDev } from "../driver/pdev.ts";
import { Device, type Time } from "../fidl/fuchsia.hardware.rtc.ts";
import { Alarm } from "../fidl/zirconia.rtc.ts";
import { Pl031 } from "../registers/pl031.ts";
import { TIME_INFINITE } from "../zx/constants.ts";
import { isStatus, ZxError } from "../zx/error.ts";
import { expectPrimeCell } from "./primecell.ts";

const PART = 0x031;
const MAX_SECONDS = 2 ** 32 - 1;

export default defineDriver({
  name: "pl031",
  bind: { "fuchsia.devicetree.FIRST_COMPATIBLE": "arm,pl031" },

  async start(ctx) {
    const pdev = await PDev.connect(ctx);
    const rtc = Pl031.on(await pdev.mapMmio());
    expectPrimeCell(ctx, rtc, PART);
    // 3.3.4: what runs cannot be stopped; what a battery has kept running is not set back by this.
    rtc.Cr.write({ start: 1 });
    rtc.Imsc.write({ match: 0 });
    rtc.Icr.write({ match: 1 });
    ctx.inspect.time = formatTime(toTime(rtc.Dr.read().raw));

    const alarm = new AlarmClock(ctx, rtc, await pdev.mapInterrupt());
    ctx.defer(() => alarm.stop());
    ctx.serve(
      offer(Device, () => ({
        get: () => toTime(rtc.Dr.read().raw),
        set2: (time) => {
          rtc.Lr.write(toSeconds(time));
          alarm.clockWasSet();
        },
      })),
    );
    ctx.serve(offer(Alarm, () => ({ waitUntil: (time) => alarm.waitUntil(toSeconds(time)) })));
  },
});

/** The one alarm that the device has (3.3.2). */
class AlarmClock {
  readonly #rtc: ReturnType<typeof Pl031.on>;
  readonly #irq: IrqWaiter;
  #waiting: { readonly seconds: number; resolve(): void; reject(error: Error): void } | undefined;

  constructor(ctx: DriverContext, rtc: ReturnType<typeof Pl031.on>, irq: IrqWaiter) {
    this.#rtc = rtc;
    this.#irq = irq;
    void this.#run().catch((error: unknown) => {
      // The interrupt is given back when the driver stops, or with its process.
      if (!isStatus(error, "CANCELED") && !isStatus(error, "BAD_STATE"))
        ctx.log.error(`alarm: ${String(error)}`);
    });
  }

  waitUntil(seconds: number): Promise<void> {
    this.#cancel("another alarm was set");
    return new Promise((resolve, reject) => {
      this.#waiting = { seconds, resolve, reject };
      this.#rtc.Mr.write(seconds);
      this.#rtc.Imsc.write({ match: 1 });
      this.#check();
    });
  }

  /** The interrupt comes when the counter is the match value, not when it is set beyond it. */
  clockWasSet(): void {
    this.#check();
  }

  stop(): void {
    this.#rtc.Imsc.write({ match: 0 });
    this.#cancel("the clock's driver stops");
  }

  async #run(): Promise<never> {
    for (;;) {
      await this.#irq.wait(TIME_INFINITE);
      this.#rtc.Icr.write({ match: 1 });
      await this.#irq.ack();
      this.#check();
    }
  }

  #check(): void {
    const waiting = this.#waiting;
    if (waiting === undefined || this.#rtc.Dr.read().raw < waiting.seconds) return;
    this.#waiting = undefined;
    this.#rtc.Imsc.write({ match: 0 });
    waiting.resolve();
  }

  #cancel(why: string): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.reject(new ZxError("CANCELED", `alarm: ${why}`));
  }
}

/** Seconds since 1970, in UTC. OUT_OF_RANGE for what is no moment, or none that 32 bits can count to. */
function toSeconds({ year, month, day, hours, minutes, seconds }: Time): number {
  const count = Date.UTC(year, month - 1, day, hours, minutes, seconds) / 1000;
  const time = { year, month, day, hours, minutes, seconds };
  if (!(count >= 0 && count <= MAX_SECONDS) || formatTime(toTime(count)) !== formatTime(time))
    throw new ZxError("OUT_OF_RANGE", `${formatTime(time)} is no time that the clock can show`);
  return count;
}

function toTime(count: number): Time {
  const date = new Date(count * 1000);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hours: date.getUTCHours(),
    minutes: date.getUTCMinutes(),
    seconds: date.getUTCSeconds(),
  };
}

/** `2025-01-01T00:00:00Z`. */
function formatTime({ year, month, day, hours, minutes, seconds }: Time): string {
  const two = (value: number) => String(value).padStart(2, "0");
  return `${String(year).padStart(4, "0")}-${two(month)}-${two(day)}T${two(hours)}:${two(minutes)}:${two(seconds)}Z`;
}
