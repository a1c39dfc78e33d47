import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MmioBuffer } from "../../src/mmio/index.ts";
import { BareProcess, VMO, wasmMemory } from "../support/bare_process.ts";
import { FakeDevice } from "../support/fake_machine.ts";

const SIZE = 0x4000;
const memory = wasmMemory();
const kinds = [
  ["direct", () => new BareProcess({ memory })],
  ["dispatched", () => new BareProcess({ io: new FakeDevice(SIZE) })],
] as const;

type Method = "read8" | "read16" | "read32" | "read64" | "write8" | "write16" | "write32" | "write64";

describe.each(kinds)("over %s memory", (_kind, make) => {
  const mmio = MmioBuffer.create(make().zx, { vmo: VMO, name: "bar 0" });

  it("accesses of different widths see the same little-endian bytes", () => {
    mmio.write64(0x10, 0x8877_6655_4433_2211n);
    expect([0, 1, 2, 3, 4, 5, 6, 7].map((i) => mmio.read8(0x10 + i))).toEqual([
      0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88,
    ]);
    expect([mmio.read16(0x12), mmio.read32(0x14)]).toEqual([0x4433, 0x8877_6655]);
    expect(mmio.read64(0x10)).toBe(0x8877_6655_4433_2211n);
    expect(mmio.read64Halves(0x10)).toBe(0x4433_2211);
    expect(mmio.high).toBe(0x8877_6655);
  });

  it("values are unsigned, whatever the top bit", () => {
    mmio.write64Halves(0x20, 0xffff_fffe, 0x8000_0000);
    expect(mmio.read32(0x20)).toBe(0xffff_fffe);
    expect(mmio.read16(0x20)).toBe(0xfffe);
    expect(mmio.read8(0x21)).toBe(0xff);
    expect(mmio.read64(0x20)).toBe(0x8000_0000_ffff_fffen);
  });

  it("a narrow write leaves its neighbours alone", () => {
    mmio.write64(0x30, 0xffff_ffff_ffff_ffffn);
    mmio.write8(0x31, 0);
    mmio.write16(0x34, 0);
    expect(mmio.read64(0x30)).toBe(0xffff_0000_ffff_00ffn);
    mmio.write32(0x30, 0x1234_5678);
    expect(mmio.read64(0x30)).toBe(0xffff_0000_1234_5678n);
  });

  it("negative numbers are written as their bit pattern", () => {
    mmio.write8(0x40, -1);
    mmio.write16(0x42, -2);
    mmio.write32(0x44, ~0x0f);
    mmio.write64(0x48, -3n);
    mmio.write64Halves(0x50, -1, -2);
    expect(mmio.read64(0x40)).toBe(0xffff_fff0_fffe_00ffn);
    expect(mmio.read64(0x48)).toBe(0xffff_ffff_ffff_fffdn);
    expect(mmio.read64(0x50)).toBe(0xffff_fffe_ffff_ffffn);
  });

  it("the last bytes can be accessed, and none beyond", () => {
    mmio.write8(SIZE - 1, 0xee);
    mmio.write32(SIZE - 4, 0xdddd_dddd);
    expect(mmio.read64(SIZE - 8) >> 32n).toBe(0xdddd_ddddn);
    for (const [method, bytes] of [
      ["read8", 1],
      ["read16", 2],
      ["read32", 4],
      ["read64", 8],
    ] as const) {
      expect(() => mmio[method](SIZE)).toThrow(
        `OUT_OF_RANGE: ${method} at offset 0x4000 of "bar 0": it has 0x4000 bytes`,
      );
      expect(() => mmio[method](-bytes)).toThrow("OUT_OF_RANGE");
      expect(() => mmio[method](2 ** 32)).toThrow("OUT_OF_RANGE");
      expect(() => mmio[method](2 ** 40)).toThrow("OUT_OF_RANGE");
    }
    expect(() => mmio.view(0x10, 6).read32(4)).toThrow(
      'OUT_OF_RANGE: read32 at offset 0x4 of the view of "bar 0" from 0x10 on: it has 0x6 bytes',
    );
  });

  it("alignment is checked before bounds", () => {
    expect(() => mmio.read16(1)).toThrow(
      'INVALID_ARGS: read16 at offset 0x1 of "bar 0": accesses of 16 bits are aligned to 2 bytes',
    );
    expect(() => mmio.read32(SIZE + 2)).toThrow("INVALID_ARGS: read32");
    expect(() => mmio.write32(6, 0)).toThrow("INVALID_ARGS: write32");
    expect(() => mmio.write64(12, 0n)).toThrow("INVALID_ARGS: write64");
    expect(() => mmio.read64Halves(4)).toThrow("INVALID_ARGS: read64");
  });

  it.each([
    Number.NaN,
    0.5,
    "0",
    "16",
    null,
    undefined,
    4n,
    {},
    [],
    Symbol("s"),
    true,
    Number.POSITIVE_INFINITY,
    2 ** 53,
  ])("an offset of %s is INVALID_ARGS", (offset) => {
    const methods: Method[] = ["read8", "read16", "read32", "read64", "write8", "write16", "write32"];
    for (const method of methods) {
      expect(() => (mmio[method] as (offset: unknown, value: unknown) => unknown)(offset, 0)).toThrow(
        "INVALID_ARGS",
      );
    }
    expect(() => mmio.write64(offset as never, 0n)).toThrow("INVALID_ARGS");
    expect(() => mmio.write64Halves(offset as never, 0, 0)).toThrow("INVALID_ARGS");
    expect(() => mmio.read64Halves(offset as never)).toThrow("INVALID_ARGS");
  });

  it("values that do not fit are INVALID_ARGS, and nothing is written", () => {
    mmio.write64(0x60, 0x5555_5555_5555_5555n);
    const bad: [Method, unknown[]][] = [
      ["write8", [256, -129]],
      ["write16", [65536, -32769]],
      ["write32", [2 ** 32, -(2 ** 31) - 1]],
      ["write64", [2n ** 64n, -(2n ** 63n) - 1n, 5]],
    ];
    const garbage = [Number.NaN, 1.5, "1", null, undefined, {}, Symbol("s"), Number.POSITIVE_INFINITY];
    for (const [method, values] of bad) {
      for (const value of [...values, ...garbage, ...(method === "write64" ? [] : [1n])]) {
        expect(() => (mmio[method] as (offset: number, value: unknown) => void)(0x60, value)).toThrow(
          "INVALID_ARGS",
        );
      }
    }
    expect(() => mmio.write64Halves(0x60, 2 ** 32, 0)).toThrow("INVALID_ARGS");
    expect(() => mmio.write64Halves(0x60, 0, "1" as never)).toThrow("INVALID_ARGS");
    expect(mmio.read64(0x60)).toBe(0x5555_5555_5555_5555n);
  });

  it("random accesses agree with an array of bytes", () => {
    const bytes = new DataView(new ArrayBuffer(256));
    for (let i = 0; i < 256; i++) mmio.write8(0x100 + i, 0);
    const window = mmio.view(0x100, 256);
    const access = fc.record({
      width: fc.constantFrom(1, 2, 4, 8),
      at: fc.nat(255),
      value: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      write: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(access, { maxLength: 40 }), (accesses) => {
        for (const { width, at, value, write } of accesses) {
          const offset = at - (at % width);
          const [number, big] = [Number(BigInt.asUintN(Math.min(width, 4) * 8, value)), value];
          if (write) {
            if (width === 1) bytes.setUint8(offset, number);
            else if (width === 2) bytes.setUint16(offset, number, true);
            else if (width === 4) bytes.setUint32(offset, number, true);
            else bytes.setBigUint64(offset, big, true);
            if (width === 1) window.write8(offset, number);
            else if (width === 2) window.write16(offset, number);
            else if (width === 4) window.write32(offset, number);
            else window.write64(offset, big);
          }
          expect(window.read8(offset)).toBe(bytes.getUint8(offset));
          if (width === 2) expect(window.read16(offset)).toBe(bytes.getUint16(offset, true));
          if (width === 4) expect(window.read32(offset)).toBe(bytes.getUint32(offset, true));
          if (width === 8) expect(window.read64(offset)).toBe(bytes.getBigUint64(offset, true));
        }
      }),
    );
  });
});

describe("over dispatched memory", () => {
  it("each access is exactly one access of its width", () => {
    const io = new FakeDevice(SIZE);
    const mmio = MmioBuffer.create(new BareProcess({ io }).zx, { vmo: VMO });
    mmio.read8(1);
    mmio.read16(2);
    mmio.read32(4);
    mmio.read64(8);
    mmio.read64Halves(8);
    mmio.write8(1, 1);
    mmio.write16(2, 2);
    mmio.write32(4, 3);
    mmio.write64(8, 4n);
    expect(io.log).toEqual([
      "read8 0x1",
      "read16 0x2",
      "read32 0x4",
      "read64 0x8",
      "read64 0x8",
      "write8 0x1 = 0x1",
      "write16 0x2 = 0x2",
      "write32 0x4 = 0x3",
      "write64 0x8 = 0x4",
    ]);
  });

  it("reaches registers beyond 2 and 4 GiB too", () => {
    const seen: string[] = [];
    const io = Object.assign(new FakeDevice(8), {
      read32: (offset: number) => {
        seen.push(`read32 ${offset.toString(16)}`);
        return 5;
      },
      write8: (offset: number, value: number) => void seen.push(`write8 ${offset.toString(16)} = ${value}`),
    });
    const mmio = MmioBuffer.over(io, 2 ** 33);
    expect(mmio.read32(2 ** 31)).toBe(5);
    expect(mmio.read32(2 ** 33 - 4)).toBe(5);
    mmio.view(2 ** 32).write8(2 ** 31 + 1, 7);
    expect(() => mmio.read32(2 ** 33)).toThrow("OUT_OF_RANGE");
    expect(seen).toEqual(["read32 80000000", "read32 1fffffffc", "write8 180000001 = 7"]);
  });

  it("what a sloppy device returns is cut to the width", () => {
    const io = Object.assign(new FakeDevice(16), {
      read8: () => -1,
      read16: () => 0x1_2345,
      read32: () => -1,
    });
    const mmio = MmioBuffer.over(io, 16);
    expect([mmio.read8(0), mmio.read16(0), mmio.read32(0)]).toEqual([0xff, 0x2345, 0xffff_ffff]);
  });

  it("flush reaches the device, where it has posted writes", () => {
    let flushed = 0;
    const io = Object.assign(new FakeDevice(16), { flush: () => flushed++ });
    const mmio = MmioBuffer.over(io, 16);
    mmio.flush();
    mmio.view(4).flush();
    MmioBuffer.over(new FakeDevice(16), 16).flush();
    expect(flushed).toBe(2);
  });
});
