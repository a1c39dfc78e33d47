import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  afterRead,
  afterWrite,
  bit,
  bits,
  type FieldMode,
  type Mode,
  r32,
  readResult,
  registers,
} from "../../src/registers/index.ts";

/** What one bit of each mode holds after a write: [stored 0 written 0, 0/1, 1/0, 1/1]. */
const WRITES: Record<Mode, readonly [number, number, number, number]> = {
  rw: [0, 1, 0, 1],
  wo: [0, 1, 0, 1],
  ro: [0, 0, 1, 1],
  rc: [0, 0, 1, 1],
  rs: [0, 0, 1, 1],
  w1c: [0, 0, 1, 0],
  w1s: [0, 1, 1, 1],
  w1t: [0, 1, 1, 0],
  w0c: [0, 0, 0, 1],
  w0s: [1, 0, 1, 1],
  w0t: [1, 0, 0, 1],
  wc: [0, 0, 0, 0],
  ws: [1, 1, 1, 1],
};

describe("the effect of a write", () => {
  it.each(Object.entries(WRITES) as [Mode, readonly number[]][])("on bits that are %s", (mode, expected) => {
    const { R } = registers("d", { R: r32(0, mode) }).layout;
    const all = (bitValue: number) => ({ low: bitValue === 1 ? 0xffff_ffff : 0, high: 0 });
    const seen = [0, 1, 2, 3].map((n) => afterWrite(R, all(n >> 1), all(n & 1)));
    expect(seen).toEqual(expected.map(all));
  });

  it("is each field's own, and the register's for bits of no field", () => {
    const { R } = registers("d", {
      R: r32(0, "rw", { a: bits(7, 4, "ro"), b: bits(11, 8, "w1c"), c: bit(31, "w1t") }),
    }).layout;
    expect(afterWrite(R, { low: 0x8000_0ff0, high: 0 }, { low: 0xc000_0a0f, high: 0 })).toEqual({
      low: 0x4000_05ff,
      high: 0,
    });
  });
});

describe("the effect of a read", () => {
  const { R } = registers("d", {
    R: r32(0, { count: bits(7, 0, "rc"), armed: bit(8, "rs"), secret: bits(15, 12, "wo"), plain: bit(16) }),
  }).layout;

  it("gives what can be read, then clears or sets what reading clears or sets", () => {
    const stored = { low: 0x0001_f0aa, high: 0 };
    expect(readResult(R, stored)).toEqual({ low: 0x0001_00aa, high: 0 });
    expect(afterRead(R, stored)).toEqual({ low: 0x0001_f100, high: 0 });
  });
});

describe("modify", () => {
  const modes: FieldMode[] = ["rw", "ro", "w1c", "w1s", "w1t", "w0c", "w0s", "w0t"];

  it("changes what it names and nothing else, whatever modes the fields have", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...modes), { minLength: 4, maxLength: 4 }),
        fc.nat(0xffff_ffff),
        fc.integer({ min: 0, max: 255 }),
        (four, stored, value) => {
          const [a, b, c, d] = four as [FieldMode, FieldMode, FieldMode, FieldMode];
          const { R } = registers("d", {
            R: r32(0, {
              named: bits(7, 0),
              a: bits(15, 8, a),
              b: bits(20, 16, b),
              c: bit(24, c),
              d: bits(31, 30, d),
            }),
          }).layout;
          const written = R.recompose(stored, 0, { named: value });
          const after = afterWrite(R, { low: stored, high: 0 }, written);
          expect(after.low).toBe(((stored & 0xffff_ff00) | value) >>> 0);
        },
      ),
    );
  });
});
