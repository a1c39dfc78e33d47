import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Field, type Fields, r8, r16, r32, r64, registers, wide } from "../../src/registers/index.ts";

const DECLARE = { 8: r8, 16: r16, 32: r32, 64: r64 } as const;
type Width = keyof typeof DECLARE;

/** A register with fields side by side, some bits left out: cuts of [0, width). */
const layout = fc
  .constantFrom<Width[]>(8, 16, 32, 64)
  .chain((width) =>
    fc.tuple(
      fc.constant(width),
      fc.uniqueArray(fc.integer({ min: 0, max: width }), { minLength: 2, maxLength: 9 }),
    ),
  )
  .map(([width, cuts]) => {
    cuts.sort((a, b) => a - b);
    const fields: Record<string, Field> = {};
    for (let i = 0; i + 1 < cuts.length; i++) {
      const [lo, hi] = [cuts[i]!, cuts[i + 1]! - 1];
      if (i % 3 !== 2)
        fields[`f${i}`] = { kind: hi - lo >= 53 ? "wide" : "bits", hi, lo, mode: undefined, doc: undefined };
    }
    return { width, fields: fields as Fields };
  });

const mask = (field: Field): bigint => ((1n << BigInt(field.hi - field.lo + 1)) - 1n) << BigInt(field.lo);
const infoOf = (width: Width, fields: Fields) =>
  registers("d", { R: (DECLARE[width] as typeof r64)(0, fields) }).layout.R;

describe("fields", () => {
  it("read the bits that they name, whatever the layout", () => {
    fc.assert(
      fc.property(layout, fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), ({ width, fields }, value) => {
        const raw = BigInt.asUintN(width, value);
        const decoded = infoOf(width, fields).decode(width === 64 ? raw : Number(raw)) as unknown as Record<
          string,
          number | bigint
        >;
        for (const [name, field] of Object.entries(fields)) {
          expect(BigInt(decoded[name]!)).toBe((raw & mask(field)) >> BigInt(field.lo));
        }
        expect(BigInt(decoded.raw!)).toBe(raw);
      }),
    );
  });

  it("set the bits that they name and no others", () => {
    fc.assert(
      fc.property(
        layout,
        fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
        fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
        ({ width, fields }, base, values) => {
          const raw = BigInt.asUintN(width, base);
          const given: Record<string, number | bigint> = {};
          let expected = raw;
          for (const [name, field] of Object.entries(fields)) {
            const value = (values & mask(field)) >> BigInt(field.lo);
            given[name] = field.kind === "wide" ? value : Number(value);
            expected = (expected & ~mask(field)) | (value << BigInt(field.lo));
          }
          const encoded = infoOf(width, fields).encode(given as never, width === 64 ? raw : Number(raw));
          expect(BigInt(encoded)).toBe(expected);
        },
      ),
    );
  });

  it("refuse values that do not fit, and tell the width", () => {
    const { layout } = registers("d", {
      R: r32(0, { nibble: { kind: "bits", hi: 7, lo: 4, mode: undefined, doc: undefined } }),
      W: r64(8, { w: wide(63, 60) }),
    });
    const garbage = [
      16,
      -1,
      1.5,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      "1",
      null,
      undefined,
      {},
      16n,
      Symbol("s"),
    ];
    for (const value of garbage) {
      expect(() => layout.R.encode({ nibble: value })).toThrow("is not a value of 4 bits");
      expect(() => layout.W.encode({ w: value })).toThrow("is not a value of 4 bits");
    }
    expect(() => layout.R.encode({ nibbel: 1 } as never)).toThrow(
      'R has no field "nibbel": its fields are nibble',
    );
  });
});
