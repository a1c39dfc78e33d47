import { expect, test } from "vitest";
import { defineDriver } from "../../src/driver/define.ts";
import { offer } from "../../src/driver/offer.ts";
import { PDev } from "../../src/driver/pdev.ts";
import { Device } from "../../src/fidl/fuchsia.hardware.platform.device.ts";
import { memoryDouble } from "../../src/mmio/memory_double.ts";
import { FakePDev, startDriver } from "../../src/testing/index.ts";
import { Status } from "../../src/zx/status.ts";

/** Starts a driver that does one thing with its platform device, and shows the result. */
async function result(
  act: (pdev: PDev) => Promise<string | number>,
  prepare: (fake: FakePDev) => void = () => {},
): Promise<unknown> {
  const driver = defineDriver({
    name: "probe",
    bind: true,
    async start(ctx) {
      ctx.inspect.result = await act(await PDev.connect(ctx));
    },
  });
  await using test = await startDriver(driver, {
    offers: (env) => {
      const fake = new FakePDev(env, {
        mmios: { control: memoryDouble(Uint8Array.of(1, 2, 3, 4)), buffer: memoryDouble(Uint8Array.of(9)) },
        irqs: ["done", "error"],
        btis: ["dma"],
        metadata: { serial: Uint8Array.of(42) },
        deviceInfo: { vid: 7 },
        boardInfo: { boardName: "bench" },
      });
      prepare(fake);
      return [offer(Device, () => fake)];
    },
  });
  return test.inspect.result;
}

test("registers are doubles, by index and by name", async () => {
  expect(await result(async (pdev) => (await pdev.mapMmio(0)).read32(0))).toBe(0x04030201);
  expect(await result(async (pdev) => (await pdev.mapMmio("buffer")).read8(0))).toBe(9);
});

test("interrupts are triggered by the test, by index and by name", async () => {
  const wait = async (pdev: PDev) => {
    const irq = await pdev.mapInterrupt("error");
    await irq.wait(1e9);
    await irq.ack();
    return "interrupted";
  };
  expect(await result(wait, (fake) => fake.trigger("error"))).toBe("interrupted");
  expect(await result(wait, (fake) => fake.trigger(1))).toBe("interrupted");
  await expect(result(wait, (fake) => fake.trigger(0))).rejects.toMatchObject({ status: Status.TIMED_OUT });
  await expect(result(wait, (fake) => fake.trigger("reset"))).rejects.toThrow(
    "no interrupt reset; the fake has: done, error",
  );
});

test("tells of itself what the test has said, and counts the rest", async () => {
  const told = await result(async ({ device }) => {
    const { vid, mmioCount, irqCount, btiCount, smcCount, metadataCount } = await device.getNodeDeviceInfo();
    const { boardName } = await device.getBoardInfo();
    const [serial] = await device.getMetadata("serial");
    return [vid, mmioCount, irqCount, btiCount, smcCount, metadataCount, boardName, serial].join(" ");
  });
  expect(told).toBe("7 2 2 1 0 1 bench 42");
});

test.each([
  ["registers by index", (pdev: PDev) => pdev.mapMmio(2), Status.OUT_OF_RANGE],
  ["registers by name", (pdev: PDev) => pdev.mapMmio("status"), Status.OUT_OF_RANGE],
  ["an interrupt", (pdev: PDev) => pdev.mapInterrupt(2), Status.OUT_OF_RANGE],
  ["a bus transaction initiator", (pdev: PDev) => pdev.getBti("video"), Status.OUT_OF_RANGE],
  ["a secure monitor call", (pdev: PDev) => pdev.device.getSmcById(0), Status.OUT_OF_RANGE],
  ["metadata", (pdev: PDev) => pdev.device.getMetadata("toString"), Status.NOT_FOUND],
])("%s that it does not have is an error, as of the platform bus", async (_, ask, status) => {
  await expect(result(async (pdev) => String(await ask(pdev)))).rejects.toMatchObject({ status });
});
