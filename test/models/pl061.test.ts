import { describe, expect, test } from "vitest";
import { Pl061 } from "../../src/models/pl061.ts";
import { withDevice } from "./platform.ts";

const Register = {
  DIR: 0x400,
  IS: 0x404,
  IBE: 0x408,
  IEV: 0x40c,
  IE: 0x410,
  RIS: 0x414,
  MIS: 0x418,
  IC: 0x41c,
};
/** All pins. */
const DATA = 0x3fc;

function gpio() {
  return withDevice((port) => new Pl061(port));
}

describe("the model of the PL061", () => {
  test("reads pins, those that the address selects", () => {
    const { io, device } = gpio();
    device.drive(0, true);
    device.drive(7, true);
    expect([io.read32(DATA), io.read32(0x80 << 2), io.read32(0x7e << 2)]).toEqual([0x81, 0x80, 0]);
    device.drive(7, false);
    expect(io.read32(DATA)).toBe(0x01);
  });

  test("writes outputs, those that the address selects, and tells who listens", () => {
    const { io, device } = gpio();
    const seen: [number, boolean][] = [];
    device.onOutput((pin, level) => seen.push([pin, level]));
    io.write32(Register.DIR, 0x0f);
    io.write32(0x05 << 2, 0xff);
    expect([io.read32(DATA), seen]).toEqual([
      0x05,
      [
        [0, true],
        [2, true],
      ],
    ]);
    io.write32(DATA, 0x04);
    expect([device.level(0), device.level(2), seen.at(-1)]).toEqual([false, true, [0, false]]);
  });

  test("lets nobody drive an output from outside", () => {
    const { io, device } = gpio();
    io.write32(Register.DIR, 0x02);
    device.drive(1, true);
    expect(io.read32(DATA)).toBe(0);
  });

  test.each([
    ["rising", 0x00, 0x10, [true], 0x10],
    ["rising", 0x00, 0x10, [true, false], 0x10],
    ["falling", 0x00, 0x00, [true], 0x00],
    ["falling", 0x00, 0x00, [true, false], 0x10],
    ["both", 0x10, 0x00, [true], 0x10],
  ])("remembers %s edges (both %i, event %i) until they are cleared", (_, both, event, levels, status) => {
    const { io, device, isInterrupting } = gpio();
    io.write32(Register.IBE, both);
    io.write32(Register.IEV, event);
    io.write32(Register.IE, 0x10);
    for (const level of levels) device.drive(4, level);
    expect([io.read32(Register.RIS), io.read32(Register.MIS), isInterrupting()]).toEqual([
      status,
      status,
      status !== 0,
    ]);
    io.write32(Register.IC, 0x10);
    expect([io.read32(Register.RIS), isInterrupting()]).toEqual([0, false]);
  });

  test("shows levels for as long as they last", () => {
    const { io, device, isInterrupting } = gpio();
    io.write32(Register.IS, 0x08);
    io.write32(Register.IEV, 0x08);
    device.drive(3, true);
    expect([io.read32(Register.RIS), io.read32(Register.MIS), isInterrupting()]).toEqual([8, 0, false]);
    io.write32(Register.IE, 0x08);
    io.write32(Register.IC, 0x08);
    expect(isInterrupting()).toBe(true);
    device.drive(3, false);
    expect([io.read32(Register.RIS), isInterrupting()]).toEqual([0, false]);
    io.write32(Register.IEV, 0);
    expect(isInterrupting()).toBe(true);
  });

  test("has eight pins", () => {
    const { device } = gpio();
    expect(() => device.level(8)).toThrow(/^OUT_OF_RANGE: pin 8 of a PL061: there are 0 to 7/);
    expect(() => device.drive(-1, true)).toThrow(/^OUT_OF_RANGE/);
  });
});
