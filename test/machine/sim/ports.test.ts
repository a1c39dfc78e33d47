import { describe, expect, test } from "vitest";
import { VirtualClock } from "../../../src/machine/sim/clock.ts";
import { NarrowIo } from "../../../src/machine/sim/narrow_io.ts";
import { SimPorts } from "../../../src/machine/sim/ports.ts";

/** Writes down each access, and answers with its offset in every byte. */
class Recorder extends NarrowIo {
  readonly seen: string[] = [];
  read8(offset: number): number {
    this.seen.push(`r8 ${offset}`);
    return offset;
  }
  read16(offset: number): number {
    this.seen.push(`r16 ${offset}`);
    return offset + (offset + 1) * 0x100;
  }
  read32(offset: number): number {
    this.seen.push(`r32 ${offset}`);
    return 0x0302_0100;
  }
  write8(offset: number, value: number): void {
    this.seen.push(`w8 ${offset} ${value.toString(16)}`);
  }
  write16(offset: number, value: number): void {
    this.seen.push(`w16 ${offset} ${value.toString(16)}`);
  }
  write32(offset: number, value: number): void {
    this.seen.push(`w32 ${offset} ${value.toString(16)}`);
  }
}

function ports() {
  const log: string[] = [];
  const clock = new VirtualClock();
  const space = new SimPorts(clock, (_source, _severity, message) => log.push(message));
  const device = new Recorder();
  space.map.add(0x100, 4, "device", device);
  return { clock, space, device, log };
}

describe("the I/O ports", () => {
  test("an aligned access reaches its device as one access of its width", () => {
    const { space, device } = ports();
    space.in8(0x101);
    space.in16(0x102);
    expect(space.in32(0x100)).toBe(0x0302_0100);
    space.out8(0x103, 0x1ff);
    space.out16(0x100, 0xabcd);
    space.out32(0x100, -1);
    expect(device.seen).toEqual(["r8 1", "r16 2", "r32 0", "w8 3 ff", "w16 0 abcd", "w32 0 ffffffff"]);
  });

  test("an access that is not aligned is made of smaller ones", () => {
    const { space, device } = ports();
    expect(space.in16(0x101)).toBe(0x0201);
    expect(device.seen).toEqual(["r8 1", "r8 2"]);
    space.out32(0x102, 0x44332211);
    expect(device.seen.slice(2)).toEqual(["w16 2 2211"]);
  });

  test("where nobody answers, reads are all ones, writes are lost, and each port is reported once", () => {
    const { space, log } = ports();
    expect([space.in8(0x60), space.in16(0x64), space.in32(0x68)]).toEqual([0xff, 0xffff, 0xffff_ffff]);
    space.out8(0x60, 1);
    space.in8(0x60);
    expect(log.filter((line) => line.includes("port 0x60:"))).toEqual([
      "in8 at port 0x60: nothing answers there",
    ]);
  });

  test("every access takes time, so that a loop that polls a port ends", () => {
    const { clock, space } = ports();
    let ready = false;
    clock.at(1000, () => {
      ready = true;
    });
    while (!ready) space.in8(0x100);
    expect(clock.now()).toBe(1000);
  });

  test.each([-1, 0x10000, 1.5, Number.NaN])("there is no port %d", (port) => {
    const { space } = ports();
    expect(() => space.in8(port)).toThrow(/^OUT_OF_RANGE/);
    expect(() => space.out8(port, 0)).toThrow(/^OUT_OF_RANGE/);
  });

  test("an access does not wrap around the last port", () => {
    const { space } = ports();
    expect(() => space.in32(0xfffe)).toThrow(/^OUT_OF_RANGE/);
    expect(space.in8(0xffff)).toBe(0xff);
  });
});
