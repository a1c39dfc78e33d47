import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  inCommand,
  interceptCommand,
  outCommand,
  readCommand,
  writeCommand,
} from "../../../src/machine/qemu/commands.ts";
import { ZxError } from "../../../src/zx/error.ts";

describe("a command of qtest", () => {
  test("names width, address and value", () => {
    expect(readCommand(8, 0xfe00_0000)).toBe("readb 0xfe000000");
    expect(readCommand(16, 0)).toBe("readw 0x0");
    expect(readCommand(32, 4)).toBe("readl 0x4");
    expect(readCommand(64, 2 ** 40)).toBe("readq 0x10000000000");
    expect(writeCommand(8, 1, 0x1ff, 0)).toBe("writeb 0x1 0xff");
    expect(writeCommand(16, 2, -1, 0)).toBe("writew 0x2 0xffff");
    expect(writeCommand(32, 4, -1, 0)).toBe("writel 0x4 0xffffffff");
    expect(writeCommand(64, 8, 0x10, 0xfedc_ba98)).toBe("writeq 0x8 0xfedcba9800000010");
    expect(inCommand(32, 0xcfc)).toBe("inl 0xcfc");
    expect(outCommand(8, 0xffff, 3)).toBe("outb 0xffff 0x3");
    expect(interceptCommand("ioapic")).toBe("irq_intercept_in ioapic");
  });

  test("is not made for a port that does not exist: QEMU would abort", () => {
    expect(() => inCommand(8, 0x1_0000)).toThrow(/OUT_OF_RANGE: in8 at port 0x10000: ports are 0 to 0xffff/);
    expect(() => inCommand(32, 0xffff)).toThrow(/OUT_OF_RANGE/);
    for (const port of [-1, 0.5, Number.NaN, 2 ** 53])
      expect(() => outCommand(8, port, 0)).toThrow(/OUT_OF_RANGE/);
  });

  test("is not made for an address that no processor has", () => {
    for (const address of [-1, 0.5, Number.NaN, 2 ** 52, 2 ** 60]) {
      expect(() => readCommand(32, address)).toThrow(/OUT_OF_RANGE/);
    }
    expect(() => readCommand(64, 2 ** 52 - 4)).toThrow(/OUT_OF_RANGE/);
  });

  test("is not made for a path that would be two words", () => {
    expect(() => interceptCommand("ioapic x")).toThrow(/INVALID_ARGS/);
    expect(() => interceptCommand("")).toThrow(/INVALID_ARGS/);
  });

  test("is one line of the right number of words, whatever the arguments", () => {
    const garbage = fc.anything() as fc.Arbitrary<number>;
    const width = fc.constantFrom(8 as const, 16 as const, 32 as const);
    fc.assert(
      fc.property(
        width,
        fc.oneof(fc.integer(), garbage),
        fc.oneof(fc.integer(), fc.double()),
        (bits, where, value) => {
          for (const make of [writeCommand, outCommand]) {
            try {
              expect(make(bits, where, value, 0)).toMatch(/^[a-z]+ 0x[0-9a-f]+ 0x[0-9a-f]+$/);
            } catch (error) {
              expect(error).toBeInstanceOf(ZxError);
            }
          }
        },
      ),
    );
  });
});
