import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { readCapabilities, readExtendedCapabilities } from "../../src/bus/pci/capabilities.ts";
import { ZxError } from "../../src/zx/error.ts";
import { FakeConfig } from "./fake_config.ts";

const withList = (pointer: number) => new FakeConfig().poke(0x06, 0x10).poke(0x34, pointer);

describe("standard capabilities", () => {
  it("are listed in the order of their pointers", () => {
    const config = withList(0x50).poke(0x50, 0x05, 0x40).poke(0x40, 0x09, 0x60).poke(0x60, 0x09, 0);
    expect(readCapabilities(config)).toEqual([
      { id: 0x05, offset: 0x50 },
      { id: 0x09, offset: 0x40 },
      { id: 0x09, offset: 0x60 },
    ]);
  });

  it("are none if the status register says so, whatever the pointer", () => {
    expect(readCapabilities(new FakeConfig().poke(0x34, 0x40))).toEqual([]);
  });

  it("have pointers whose two low bits do not count", () => {
    expect(readCapabilities(withList(0x43).poke(0x40, 0x09, 0x02))).toEqual([{ id: 0x09, offset: 0x40 }]);
  });

  it("that point into the header are OUT_OF_RANGE", () => {
    expect(() => readCapabilities(withList(0x40).poke(0x40, 0x09, 0x10))).toThrow(/^OUT_OF_RANGE.*0x10/);
  });

  it("that run in a circle are BAD_STATE", () => {
    expect(() => readCapabilities(withList(0x40).poke(0x40, 0x09, 0x48).poke(0x48, 0x09, 0x40))).toThrow(
      /^BAD_STATE.*0x40/,
    );
  });

  it.each([0x01, 0x05, 0x10, 0x11])(
    "of which there can be only one are BAD_STATE when there are two: %d",
    (id) => {
      expect(() => readCapabilities(withList(0x40).poke(0x40, id, 0x48).poke(0x48, id, 0))).toThrow(
        /^BAD_STATE: a second/,
      );
    },
  );

  test("of any bytes end in a list or in a status", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 256, maxLength: 256 }), (bytes) => {
        const config = new FakeConfig().poke(0, ...bytes);
        endsWell(() => expect(readCapabilities(config).length).toBeLessThanOrEqual(48));
      }),
    );
  });
});

describe("extended capabilities", () => {
  const extended = () => new FakeConfig(4096);

  it("begin at 0x100 and are chained by 12-bit offsets", () => {
    const config = extended().poke(0x100, 0x01, 0x00, 0x02, 0x20).poke(0x200, 0x03, 0x00, 0x01, 0x00);
    expect(readExtendedCapabilities(config)).toEqual([
      { id: 1, offset: 0x100 },
      { id: 3, offset: 0x200 },
    ]);
  });

  it.each([0x00, 0xff])("are none where the space reads %d", (byte) => {
    expect(readExtendedCapabilities(extended().poke(0x100, byte, byte, byte, byte))).toEqual([]);
  });

  it("are none where only 256 bytes can be reached", () => {
    expect(readExtendedCapabilities(new FakeConfig(256))).toEqual([]);
  });

  it("that point below 0x100 are OUT_OF_RANGE, in a circle BAD_STATE", () => {
    expect(() => readExtendedCapabilities(extended().poke(0x100, 1, 0, 2, 4))).toThrow(/^OUT_OF_RANGE.*0x40/);
    expect(() => readExtendedCapabilities(extended().poke(0x100, 1, 0, 2, 0x10))).toThrow(
      /^BAD_STATE.*0x100/,
    );
  });

  test("of any bytes end in a list or in a status", () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 255 }), { minLength: 3840, maxLength: 3840 }), (bytes) => {
        endsWell(() => readExtendedCapabilities(extended().poke(0x100, ...bytes)));
      }),
      { numRuns: 30 },
    );
  });
});

function endsWell(act: () => unknown): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof ZxError)) throw error;
  }
}
