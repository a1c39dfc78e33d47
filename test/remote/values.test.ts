import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ValueReader } from "../../src/remote/value_reader.ts";
import { SOMETHING_ELSE, ValueWriter } from "../../src/remote/values.ts";
import { PageFault, ZxError } from "../../src/zx/error.ts";
import { GARBAGE } from "../support/garbage.ts";

function across(value: unknown): unknown {
  const writer = new ValueWriter();
  writer.value(value);
  const reader = new ValueReader(writer.bytes.slice());
  const result = reader.value();
  expect(reader.isAtEnd).toBe(true);
  return result;
}

const plain = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.integer(),
    fc.double(),
    fc.maxSafeInteger(),
    fc.bigInt({ min: -(2n ** 130n), max: 2n ** 130n }),
    fc.string({ unit: "binary" }),
    fc.constantFrom(undefined, null, true, false, "bytes", "handles", "\ud800", "x\udfff"),
    fc.uint8Array({ maxLength: 300 }),
    fc.array(tie("value")),
    fc.dictionary(fc.string({ maxLength: 20 }), tie("value")),
  ),
})).value;

describe("a value that crosses between threads", () => {
  test("is the same on the other side: numbers, bigints, text, bytes, lists and objects in any nesting", () => {
    fc.assert(
      fc.property(plain, (value) => {
        expect(across(value)).toEqual(value);
      }),
    );
  });

  test("keeps what numbers tell apart: minus zero, NaN, the bounds of 32 bits", () => {
    for (const value of [-0, 0, Number.NaN, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), -(2 ** 31) - 1, 0.1, 1 / 0])
      expect(Object.is(across(value), value)).toBe(true);
  });

  test("is something else, which no call takes, where it is a symbol, a function, or throws when it is looked at", () => {
    for (const value of [Symbol("s"), () => 1, new Uint16Array(2), new DataView(new ArrayBuffer(1))])
      expect(across(value)).toBe(SOMETHING_ELSE);
    for (const { make } of GARBAGE) expect(() => across(make())).not.toThrow();
    const circle: unknown[] = [];
    circle.push(circle);
    expect(() => across(circle)).not.toThrow();
  });

  test("does not touch the prototypes of the side it comes to", () => {
    const value = JSON.parse('{"__proto__": {"polluted": 1}}');
    const result = across(value) as object;
    expect(Object.getPrototypeOf(result)).toBe(Object.prototype);
    expect(Object.keys(result)).toEqual(["__proto__"]);
  });

  test("is an error with its status, its words, its outputs and the address of its page fault", () => {
    const cross = (error: ZxError) => {
      const writer = new ValueWriter();
      writer.error(error);
      return new ValueReader(writer.bytes.slice()).error();
    };
    const late = cross(new ZxError("TIMED_OUT", "too late", { outputs: { observed: 5 } }));
    expect(late).toMatchObject({ statusName: "TIMED_OUT", detail: "too late", outputs: { observed: 5 } });
    const fault = cross(new PageFault("NOT_FOUND", "nothing there", 0x1000));
    expect(fault).toBeInstanceOf(PageFault);
    expect(fault).toMatchObject({ statusName: "NOT_FOUND", address: 0x1000 });
    const caused = cross(new ZxError("IO", "wrapped", { cause: new PageFault("NOT_FOUND", "x", 0x2000) }));
    expect(caused).toMatchObject({ statusName: "IO", address: 0x2000 });
  });
});

describe("bytes that are no value", () => {
  test("are IO_DATA_INTEGRITY, whatever they are, and take no more memory than they have bytes for", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const reader = new ValueReader(new Uint8Array(bytes));
        try {
          while (!reader.isAtEnd) reader.value();
        } catch (error) {
          expect(error).toBeInstanceOf(ZxError);
          expect((error as ZxError).statusName).toBe("IO_DATA_INTEGRITY");
        }
      }),
      { numRuns: 2000 },
    );
  });

  test("are refused where a value is cut off anywhere", () => {
    const writer = new ValueWriter();
    writer.value({ bytes: new Uint8Array(9), handles: [1, 2.5, 3n], name: "x", "a key": ["\ud800", null] });
    const whole = writer.bytes.slice();
    for (let length = 0; length < whole.length; length++)
      expect(() => new ValueReader(whole.slice(0, length)).value()).toThrow(/IO_DATA_INTEGRITY/);
  });
});
