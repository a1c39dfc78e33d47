import fc from "fast-check";
import { expect, test } from "vitest";
import { createSimArm64 } from "../../src/boards/sim_arm64.ts";
import type { Io } from "../../src/zx/memory.ts";
import { ioAt } from "../support/pci.ts";

const MIB = 2 ** 20;
const RAM = 0x4000_0000;
const BASES = [
  0x0800_0000, 0x0900_0000, 0x0901_0000, 0x0903_0000, 0x0904_0000, 0x0905_0000, 0x1000_0000, 0x3eff_0000,
  0x40_1000_0000,
];

const word = fc.oneof(
  fc.constantFrom(0, 1, 2, 6, 7, 0xffff_ffff, 0x1000_0000, RAM, RAM + 0x100, 0x0900_0000, 0x0802_0040),
  fc.nat(0xff),
  fc.integer({ min: 0, max: 0xffff_ffff }),
);
const memory = fc.record({
  base: fc.constantFrom(...BASES),
  offset: fc.oneof(fc.nat(0x3f), fc.nat(0x1ff), fc.nat(0x1_ffff)).map((n) => n * 8),
  half: fc.constantFrom(0, 4),
  width: fc.constantFrom(8, 16, 32, 32, 32, 64),
  write: fc.boolean(),
  value: word,
});
const outside = fc.record({ pin: fc.nat(7), level: fc.boolean(), characters: fc.array(fc.nat(0x1ff)) });
const step = fc.oneof(
  { weight: 12, arbitrary: memory },
  { weight: 1, arbitrary: fc.record({ ns: fc.nat(2_000_000_000) }) },
  { weight: 1, arbitrary: outside },
);

/** One access; what a read gives must be a number of its width. */
function access(io: Io, offset: number, bits: number, write: boolean, value: number): void {
  if (write) {
    if (bits === 8) io.write8(offset, value & 0xff);
    else if (bits === 16) io.write16(offset, value & 0xffff);
    else if (bits === 32) io.write32(offset, value);
    else io.write64(offset, value, value);
    return;
  }
  const read = {
    8: () => io.read8(offset),
    16: () => io.read16(offset),
    32: () => io.read32(offset),
    64: () => io.read64(offset),
  };
  const got = read[bits as keyof typeof read]();
  expect(Number.isInteger(got) && got >= 0 && got < 2 ** Math.min(bits, 32)).toBe(true);
  if (bits === 64) expect(Number.isInteger(io.high) && io.high >= 0 && io.high < 2 ** 32).toBe(true);
}

test("whatever software writes where on sim-arm64, it neither throws nor hangs, and reads give numbers of their width", () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 20, maxLength: 120 }), (steps) => {
      const machine = createSimArm64({ devices: ["edu", "testdev"], memory: MIB });
      let failure: Error | undefined;
      machine.onFailure((error) => {
        failure = error;
      });
      const windows = new Map(BASES.map((base) => [base, ioAt(machine, base, MIB)]));
      for (const now of steps) {
        if ("ns" in now) machine.clock.spin(now.ns);
        else if ("pin" in now) {
          machine.gpio.drive(now.pin, now.level);
          machine.uart.send(now.characters);
        } else {
          const offset = now.offset + (now.width === 64 ? 0 : now.half);
          access(windows.get(now.base)!, offset, now.width, now.write, now.value);
        }
      }
      machine.clock.spin(1e9);
      expect(failure).toBeUndefined();
    }),
    { numRuns: 300 },
  );
});
