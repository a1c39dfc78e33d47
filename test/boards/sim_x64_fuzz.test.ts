import fc from "fast-check";
import { expect, test } from "vitest";
import { createSimX64 } from "../../src/boards/sim_x64.ts";
import type { PortSpace } from "../../src/machine/machine.ts";
import type { Io } from "../../src/zx/memory.ts";
import { ioAt } from "../support/pci.ts";

const MIB = 2 ** 20;
const word = fc.oneof(
  fc.constantFrom(0, 1, 2, 4, 6, 7, 0xffff_ffff, 0xb000_0001, 0xc000_0000, 0xfee0_0000, 0x4_0000),
  fc.nat(0xff),
  fc.integer({ min: 0, max: 0xffff_ffff }),
);
const width = fc.constantFrom(8, 16, 32, 64);
const config = fc.record({ slot: fc.constantFrom(0, 8, 16, 0xf8), register: fc.nat(63), value: word });
const port = fc.record({
  port: fc.nat(0xfffc),
  width: fc.constantFrom(8, 16, 32),
  write: fc.boolean(),
  value: word,
});
const memory = fc.record({
  base: fc.constantFrom(0xb000_0000, 0xc000_0000, 0xfff0_0000, 0x8_0000_0000, 0xfee0_0000, 0),
  offset: fc.oneof(fc.nat(0x1f), fc.nat(0x1_ffff)).map((n) => n * 8),
  width,
  write: fc.boolean(),
  value: word,
});
const spin = fc.record({ ns: fc.nat(200_000_000) });
const step = fc.oneof(
  { weight: 3, arbitrary: config },
  { weight: 1, arbitrary: port },
  { weight: 4, arbitrary: memory },
  { weight: 1, arbitrary: spin },
);

function isOf(got: number, limit: number): boolean {
  return Number.isInteger(got) && got >= 0 && got < limit;
}

/** One access; what a read gives must be a number of its width. */
function access(io: Io, offset: number, bits: number, write: boolean, value: number): void {
  if (write) {
    if (bits === 8) io.write8(offset, value & 0xff);
    else if (bits === 16) io.write16(offset, value & 0xffff);
    else if (bits === 32) io.write32(offset, value);
    else io.write64(offset, value, value);
    return;
  }
  const got =
    bits === 8
      ? io.read8(offset)
      : bits === 16
        ? io.read16(offset)
        : bits === 32
          ? io.read32(offset)
          : io.read64(offset);
  expect(isOf(got, 2 ** Math.min(bits, 32))).toBe(true);
  if (bits === 64) expect(isOf(io.high, 2 ** 32)).toBe(true);
}

function accessPort(ports: PortSpace, port: number, bits: number, write: boolean, value: number): void {
  if (write) {
    if (bits === 8) ports.out8(port, value);
    else if (bits === 16) ports.out16(port, value);
    else ports.out32(port, value);
    return;
  }
  expect(
    isOf(bits === 8 ? ports.in8(port) : bits === 16 ? ports.in16(port) : ports.in32(port), 2 ** bits),
  ).toBe(true);
}

test("whatever software writes where, the machine neither throws nor hangs, and reads give numbers of their width", () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 20, maxLength: 120 }), (steps) => {
      const machine = createSimX64({ devices: ["edu", "testdev"], memory: 2 * MIB });
      let failure: Error | undefined;
      machine.onFailure((error) => {
        failure = error;
      });
      const { ports, clock } = machine;
      const windows = new Map<number, Io>();
      for (const now of steps) {
        if ("ns" in now) clock.spin(now.ns);
        else if ("slot" in now) {
          ports.out32(0xcf8, 0x8000_0000 + now.slot * 0x100 + now.register * 4);
          ports.out32(0xcfc, now.value);
        } else if ("port" in now) accessPort(ports, now.port, now.width, now.write, now.value);
        else {
          const io = windows.get(now.base) ?? ioAt(machine, now.base, 0x10_0000);
          windows.set(now.base, io);
          access(io, now.offset, now.width, now.write, now.value);
        }
      }
      machine.clock.spin(1e9);
      expect(failure).toBeUndefined();
    }),
    { numRuns: 300 },
  );
});
