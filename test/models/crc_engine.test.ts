import { crc32 } from "node:zlib";
import { describe, expect, test } from "vitest";
import { createSimArm64 } from "../../src/boards/sim_arm64.ts";
import { CRC_BUFFER_SIZE, CrcControl } from "../../src/registers/crc_engine.ts";
import { ioAt } from "../support/pci.ts";

const { layout } = CrcControl;
const INTID = 41;

function engine() {
  const machine = createSimArm64({ devices: [], memory: 0x1000 });
  const control = ioAt(machine, 0x0905_0400, 0x100);
  const buffer = ioAt(machine, 0x0905_1800, CRC_BUFFER_SIZE);
  return {
    machine,
    control,
    buffer,
    run(count: number) {
      control.write32(layout.Count.offset, count);
      control.write32(layout.Command.offset, 1);
    },
    status: () => control.read32(layout.Status.offset),
  };
}

describe("the CRC engine", () => {
  test.each([
    ["nothing", new Uint8Array()],
    ["123456789", new TextEncoder().encode("123456789")],
    ["all that fits", new Uint8Array(CRC_BUFFER_SIZE).fill(0xa5)],
  ])("computes the CRC-32 of %s", (_, bytes) => {
    const { machine, control, buffer, run, status } = engine();
    for (const [i, byte] of bytes.entries()) buffer.write8(i, byte);
    run(bytes.length);
    expect(status()).toBe(1);
    machine.clock.spin(10_000);
    expect([status(), control.read32(layout.Result.offset)]).toEqual([2, crc32(bytes)]);
  });

  test("interrupts when it is done, if it is asked to, until that is acknowledged", () => {
    const { machine, control, run } = engine();
    control.write32(layout.IrqEnable.offset, 2);
    run(4);
    expect(machine.interrupts.isAsserted(INTID)).toBe(false);
    machine.clock.spin(10_000);
    expect(machine.interrupts.isAsserted(INTID)).toBe(true);
    control.write32(layout.IrqAck.offset, 2);
    expect(machine.interrupts.isAsserted(INTID)).toBe(false);
  });

  test("refuses more bytes than there are, and keeps its result", () => {
    const { machine, control, run, status } = engine();
    run(4);
    machine.clock.spin(10_000);
    const result = control.read32(layout.Result.offset);
    run(CRC_BUFFER_SIZE + 1);
    machine.clock.spin(10_000);
    expect([status(), control.read32(layout.Result.offset)]).toEqual([4, result]);
  });

  test("does not start again while it is at work", () => {
    const { machine, control, run, status } = engine();
    run(CRC_BUFFER_SIZE);
    run(0);
    machine.clock.spin(2000);
    expect(status()).toBe(1);
    machine.clock.spin(10_000);
    expect([status(), control.read32(layout.Result.offset)]).toEqual([
      2,
      crc32(new Uint8Array(CRC_BUFFER_SIZE)),
    ]);
  });

  test("takes only 32-bit accesses in its control region", () => {
    const { control } = engine();
    control.write8(layout.Count.offset, 5);
    control.write16(layout.Count.offset, 5);
    expect([control.read32(layout.Count.offset), control.read8(0), control.read16(0)]).toEqual([
      0, 0xff, 0xffff,
    ]);
  });
});
