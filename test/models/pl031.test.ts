import { describe, expect, test } from "vitest";
import { Pl031 } from "../../src/models/pl031.ts";
import { withDevice } from "./platform.ts";

const SECOND = 1e9;
const Register = { DR: 0x00, MR: 0x04, LR: 0x08, CR: 0x0c, IMSC: 0x10, RIS: 0x14, MIS: 0x18, ICR: 0x1c };

function rtc() {
  return withDevice((port) => new Pl031(port, 1000));
}

describe("the model of the PL031", () => {
  test("stands still until it is started, and cannot be stopped", () => {
    const { io, clock } = rtc();
    clock.spin(3 * SECOND);
    expect([io.read32(Register.CR), io.read32(Register.DR)]).toEqual([0, 1000]);
    io.write32(Register.CR, 1);
    clock.spin(3 * SECOND);
    io.write32(Register.CR, 0);
    expect([io.read32(Register.CR), io.read32(Register.DR)]).toEqual([1, 1003]);
  });

  test("counts seconds from what is loaded, and wraps around", () => {
    const { io, clock } = rtc();
    io.write32(Register.CR, 1);
    io.write32(Register.LR, 0xffff_ffff);
    expect([io.read32(Register.LR), io.read32(Register.DR)]).toEqual([0xffff_ffff, 0xffff_ffff]);
    clock.spin(2 * SECOND);
    expect(io.read32(Register.DR)).toBe(1);
  });

  test("raises its interrupt in the second that the match register says, until it is cleared", () => {
    const { io, clock, isInterrupting } = rtc();
    io.write32(Register.CR, 1);
    io.write32(Register.IMSC, 1);
    io.write32(Register.MR, 1002);
    clock.spin(1.9 * SECOND);
    expect([io.read32(Register.RIS), isInterrupting()]).toEqual([0, false]);
    clock.spin(0.1 * SECOND);
    expect([io.read32(Register.RIS), io.read32(Register.MIS), isInterrupting()]).toEqual([1, 1, true]);
    io.write32(Register.ICR, 1);
    expect([io.read32(Register.RIS), isInterrupting()]).toEqual([0, false]);
    clock.spin(10 * SECOND);
    expect(isInterrupting()).toBe(false);
  });

  test("raises it at once when the second is now", () => {
    const { io, isInterrupting } = rtc();
    io.write32(Register.CR, 1);
    io.write32(Register.MR, io.read32(Register.DR));
    expect([io.read32(Register.RIS), io.read32(Register.MIS), isInterrupting()]).toEqual([1, 0, false]);
    io.write32(Register.IMSC, 1);
    expect(isInterrupting()).toBe(true);
  });

  test("forgets an alarm when another one is set, or the counter is loaded", () => {
    const { io, clock } = rtc();
    io.write32(Register.CR, 1);
    io.write32(Register.MR, 1002);
    io.write32(Register.MR, 1005);
    clock.spin(3 * SECOND);
    expect(io.read32(Register.RIS)).toBe(0);
    io.write32(Register.LR, 2000);
    clock.spin(10 * SECOND);
    expect(io.read32(Register.RIS)).toBe(0);
    io.write32(Register.LR, 1004);
    clock.spin(SECOND);
    expect(io.read32(Register.RIS)).toBe(1);
  });

  test("says that it is a PL031", () => {
    const { io } = rtc();
    expect([0xfe0, 0xfe4, 0xfe8, 0xfec, 0xff0, 0xff4, 0xff8, 0xffc].map((at) => io.read32(at))).toEqual([
      0x31, 0x10, 0x14, 0x00, 0x0d, 0xf0, 0x05, 0xb1,
    ]);
  });
});
