import { afterEach, beforeEach, expect, test } from "vitest";
import { busDrivers } from "../../src/bus/index.ts";
import pl031 from "../../src/drivers/pl031.ts";
import { Device, type DeviceClient, type Time } from "../../src/fidl/fuchsia.hardware.rtc.ts";
import { Alarm, type AlarmClient } from "../../src/fidl/zirconia.rtc.ts";
import type { Node } from "../../src/framework/node.ts";
import { System } from "../../src/framework/system.ts";
import { Status } from "../../src/zx/status.ts";
import { onEveryMachineAndHost } from "../support/hosts.ts";

const SECOND = 1e9;
const LEAP_DAY: Time = { year: 2028, month: 2, day: 29, hours: 23, minutes: 59, seconds: 58 };

onEveryMachineAndHost(
  "the PL031 driver",
  ({ create, addressSpace }, hosts) => {
    let system: System;
    let node: Node;
    let rtc: DeviceClient;
    let alarm: AlarmClient;

    beforeEach(async () => {
      system = await System.boot({
        machine: await create([]),
        drivers: [...busDrivers, pl031],
        addressSpace,
        hosts: hosts(),
      });
      node = [...system.manager.root.walk()].find(({ driver }) => driver?.name === "pl031")!;
      rtc = system.connect(node.moniker, Device);
      alarm = system.connect(node.moniker, Alarm);
    });

    afterEach(() => system.stop());

    async function pass(seconds: number): Promise<void> {
      const { zx } = system.kernel.root;
      await zx.nanosleep(zx.clockGetMonotonic() + seconds * SECOND);
    }

    test("binds to arm,pl031 and shows the time that the clock has kept", async () => {
      expect(node.state).toBe("running");
      expect(node.running!.inspect.time).toMatch(/^2025-01-01T00:00:0\dZ$/);
      expect(await rtc.get()).toMatchObject({ year: 2025, month: 1, day: 1, hours: 0, minutes: 0 });
    });

    test("sets the clock, which goes on from there, over the end of a leap day", async () => {
      await rtc.set2(LEAP_DAY);
      await pass(3);
      expect(await rtc.get()).toMatchObject({ year: 2028, month: 3, day: 1, hours: 0, minutes: 0 });
    });

    test.each<[what: string, time: Partial<Time>]>([
      ["a 29 February that there is not", { year: 2027 }],
      ["a month 13", { month: 13 }],
      ["a second 60", { seconds: 60 }],
      ["a moment before 1970", { year: 1969 }],
      ["one that 32 bits cannot count to", { year: 2107, day: 28 }],
    ])("refuses %s", async (_, time) => {
      await expect(rtc.set2({ ...LEAP_DAY, ...time })).rejects.toMatchObject({ status: Status.OUT_OF_RANGE });
      expect((await rtc.get()).year).toBe(2025);
    });

    test("tells when a time has come, by interrupt, and not before", async () => {
      await rtc.set2(LEAP_DAY);
      let rang = false;
      const ringing = alarm.waitUntil({ ...LEAP_DAY, day: 1, month: 3, hours: 0, minutes: 0, seconds: 3 });
      void ringing.then(() => {
        rang = true;
      });
      await pass(3);
      expect(rang).toBe(false);
      await pass(4);
      await ringing;
    });

    test("tells at once what is past, and what setting the clock leaves behind", async () => {
      await rtc.set2(LEAP_DAY);
      await alarm.waitUntil({ ...LEAP_DAY, seconds: 0 });
      const ringing = alarm.waitUntil({ ...LEAP_DAY, year: 2029, day: 1 });
      await rtc.set2({ ...LEAP_DAY, year: 2030, day: 1 });
      await ringing;
    });

    test("has one alarm: another one, and the end of the driver, cancel it", async () => {
      const first = alarm.waitUntil({ ...LEAP_DAY });
      const outcome = expect(first).rejects.toMatchObject({ status: Status.CANCELED });
      const second = alarm.waitUntil({ ...LEAP_DAY, day: 1 });
      await outcome;
      const end = expect(second).rejects.toMatchObject({ status: expect.any(Number) });
      await system.manager.remove(node);
      await end;
    });
  },
  ["arm64"],
);
