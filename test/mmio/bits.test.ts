import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MmioBuffer } from "../../src/mmio/index.ts";
import { FakeDevice } from "../support/fake_machine.ts";

const OFFSET = 0x8;
const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });

function buffer() {
  const io = new FakeDevice(0x20);
  return { io, mmio: MmioBuffer.over(io, 0x20) };
}

// biome-ignore lint/suspicious/noExplicitAny: each width has its own methods, called by name here
type Any = any;

describe.each([8, 16, 32, 64])("bits of a %i-bit register", (width) => {
  const all = (1n << BigInt(width)) - 1n;
  const as = (value: bigint): number | bigint => (width === 64 ? value & all : Number(value & all));
  const { io, mmio } = buffer();
  const registers = mmio as Any;
  const put = (value: bigint) => {
    registers[`write${width}`](OFFSET, as(value));
    io.log.splice(0);
  };
  const now = () => {
    const accesses = io.log.splice(0);
    const value = BigInt(registers[`read${width}`](OFFSET));
    io.log.splice(0);
    return { accesses, value };
  };
  const readThenWrite = (value: bigint) => ({
    accesses: [`read${width} 0x8`, `write${width} 0x8 = 0x${value.toString(16)}`],
    value,
  });

  it("are replaced under a mask by one read and one write; bits outside it do not leak", () => {
    fc.assert(
      fc.property(u64, u64, u64, (start, mask, value) => {
        put(start);
        registers[`modifyBits${width}`](OFFSET, as(mask), as(value));
        expect(now()).toEqual(readThenWrite(((start & ~mask) | (value & mask)) & all));
        put(start);
        registers[`setBits${width}`](OFFSET, as(mask));
        expect(now()).toEqual(readThenWrite((start | mask) & all));
        put(start);
        registers[`clearBits${width}`](OFFSET, as(mask));
        expect(now()).toEqual(readThenWrite(start & ~mask & all));
      }),
    );
  });

  it("are read under a mask by one read", () => {
    fc.assert(
      fc.property(u64, u64, (start, mask) => {
        put(start);
        expect(BigInt(registers[`readMasked${width}`](OFFSET, as(mask)))).toBe(start & mask & all);
        expect(now().accesses).toEqual([`read${width} 0x8`]);
      }),
    );
  });

  it("are read and replaced as fields, of any place and width up to all", () => {
    const range = fc
      .tuple(fc.nat(width - 1), fc.nat(width - 1))
      .map(([a, b]) => [Math.max(a, b), Math.min(a, b)] as const);
    fc.assert(
      fc.property(u64, range, u64, (start, [hi, lo], value) => {
        const ones = (1n << BigInt(hi - lo + 1)) - 1n;
        put(start);
        expect(BigInt(registers[`getBits${width}`](OFFSET, hi, lo))).toBe((start >> BigInt(lo)) & ones);
        expect(io.log.splice(0)).toEqual([`read${width} 0x8`]);
        registers[`putBits${width}`](OFFSET, hi, lo, as(value & ones));
        expect(now()).toEqual(
          readThenWrite(((start & ~(ones << BigInt(lo))) | ((value & ones) << BigInt(lo))) & all),
        );
      }),
    );
  });

  it("refuse masks, values and bit numbers that do not fit, before any access", () => {
    const big = width === 64;
    for (const bad of [
      2n ** 64n,
      big ? 1 : 1n,
      "1",
      null,
      undefined,
      Number.NaN,
      0.5,
      big ? -(2n ** 63n) - 1n : 2 ** width,
    ]) {
      expect(() => registers[`modifyBits${width}`](OFFSET, bad, as(0n))).toThrow("INVALID_ARGS: mask");
      expect(() => registers[`modifyBits${width}`](OFFSET, as(0n), bad)).toThrow("INVALID_ARGS: value");
      expect(() => registers[`readMasked${width}`](OFFSET, bad)).toThrow("INVALID_ARGS: mask");
      expect(() => registers[`putBits${width}`](OFFSET, 3, 0, bad)).toThrow("INVALID_ARGS: value");
    }
    for (const [hi, lo] of [
      [width, 0],
      [0, 1],
      [-1, -1],
      [1.5, 0],
      [Number.NaN, 0],
      ["1", "0"],
    ]) {
      expect(() => registers[`getBits${width}`](OFFSET, hi, lo)).toThrow("INVALID_ARGS: bits");
      expect(() => registers[`putBits${width}`](OFFSET, hi, lo, as(0n))).toThrow("INVALID_ARGS: bits");
    }
    expect(() => registers[`putBits${width}`](OFFSET, 3, 0, as(16n))).toThrow(
      "INVALID_ARGS: value 0x10 is not a",
    );
    expect(io.log.splice(0)).toEqual([]);
  });
});
