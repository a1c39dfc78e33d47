import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { probeBars, writeBar } from "../../src/bus/pci/bar.ts";
import { Command, Config } from "../../src/bus/pci/config.ts";
import { FakeConfig } from "./fake_config.ts";

const DECODING = Command.IO_EN | Command.MEM_EN;

describe("probing base address registers", () => {
  const kinds = [
    [
      "32-bit memory",
      { kind: "memory", size: 0x10_0000, address: 0xfeb0_0000 },
      { is64: false, prefetchable: false },
    ],
    [
      "32-bit prefetchable memory",
      { kind: "memory", size: 0x1000, prefetchable: true, address: 0xe000_1000 },
      { is64: false, prefetchable: true },
    ],
    [
      "64-bit memory",
      { kind: "memory", size: 0x4000, is64: true, address: 0xfebf_0000 },
      { is64: true, prefetchable: false },
    ],
    [
      "64-bit prefetchable memory above 4 GiB",
      { kind: "memory", size: 0x1000_0000, is64: true, prefetchable: true, address: 0x8_1000_0000 },
      { is64: true, prefetchable: true },
    ],
    [
      "64-bit memory of 4 GiB",
      { kind: "memory", size: 2 ** 32, is64: true, address: 0x9_0000_0000 },
      { is64: true, prefetchable: false },
    ],
    [
      "64-bit memory of 1 TiB",
      { kind: "memory", size: 2 ** 40, is64: true, address: 2 ** 41 },
      { is64: true, prefetchable: false },
    ],
    [
      "the smallest memory",
      { kind: "memory", size: 16, address: 0xfeb0_0010 },
      { is64: false, prefetchable: false },
    ],
    ["I/O ports", { kind: "io", size: 0x20, address: 0xc040 }, { is64: false, prefetchable: false }],
    [
      "I/O ports whose register has 16 bits",
      { kind: "io", size: 0x100, address: 0xc000, narrow: true },
      { is64: false, prefetchable: false },
    ],
    ["the smallest I/O", { kind: "io", size: 4, address: 0xc004 }, { is64: false, prefetchable: false }],
  ] as const;
  it.each(kinds)("finds %s", (_, bar, expected) => {
    const config = new FakeConfig().command(DECODING).bar(2, bar);
    const { kind, size, address } = bar;
    expect(probeBars(config, 6)).toEqual([{ id: 2, kind, size, address, ...expected }]);
  });

  it("takes the register after a 64-bit one for its upper half", () => {
    const config = new FakeConfig()
      .bar(0, { kind: "memory", size: 0x1000 })
      .bar(1, { kind: "memory", size: 0x1000, is64: true })
      .bar(3, { kind: "io", size: 0x10 })
      .bar(4, { kind: "memory", size: 0x2000, is64: true });
    expect(probeBars(config, 6).map(({ id }) => id)).toEqual([0, 1, 3, 4]);
  });

  it("skips registers that are not implemented", () => {
    expect(probeBars(new FakeConfig(), 6)).toEqual([]);
  });

  it("takes an address for firmware's only if the function decodes it", () => {
    const bar = { kind: "memory", size: 0x1000, address: 0xfeb0_0000 } as const;
    const addressWith = (command: number) =>
      probeBars(new FakeConfig().command(command).bar(0, bar), 6)[0]?.address;
    expect(addressWith(Command.MEM_EN)).toBe(0xfeb0_0000);
    expect(addressWith(Command.IO_EN)).toBe(0);
    expect(addressWith(0)).toBe(0);
  });

  it("has the function decode nothing meanwhile, and puts everything back", () => {
    const config = new FakeConfig()
      .command(DECODING | Command.BUS_MASTER_EN)
      .bar(0, { kind: "memory", size: 0x1000, is64: true, address: 0x8_0000_1000 });
    const before = [config.read32(0x10), config.read32(0x14)];
    probeBars(config, 6);
    expect(config.log.at(0)).toBe("write16 0x4 = 0x4");
    expect(config.log.at(-1)).toBe("write16 0x4 = 0x7");
    expect([config.read32(0x10), config.read32(0x14)]).toEqual(before);
  });

  const broken = [
    [
      "a 64-bit register that is the last",
      (c: FakeConfig) => c.bar(5, { kind: "memory", size: 0x1000, is64: true }),
      /BAR 5 is 64 bits wide/,
    ],
    ["the reserved type 1", (c: FakeConfig) => c.poke(0x10, 0x02), /reserved type 1/],
    ["the reserved type 3", (c: FakeConfig) => c.poke(0x10, 0x06), /reserved type 3/],
    ["a size with holes", (c: FakeConfig) => c.stickyBits(0, 0xffff_7000), /which is no size/],
    [
      "a 64-bit size with holes",
      (c: FakeConfig) => c.bar(0, { kind: "memory", size: 0x1000, is64: true }).stickyBits(1, 0xff),
      /which is no size/,
    ],
  ] as const;
  it.each(broken)("refuses %s with BAD_STATE, the command register put back", (_, build, message) => {
    const config = build(new FakeConfig().command(DECODING));
    expect(() => probeBars(config, 6)).toThrow(/^BAD_STATE/);
    expect(() => probeBars(config, 6)).toThrow(message);
    expect(config.read16(Config.COMMAND)).toBe(DECODING);
  });

  test("whatever bits a device has there, probing ends with sizes that are powers of two, or with BAD_STATE", () => {
    const word = fc.nat({ max: 0xffff_ffff });
    fc.assert(
      fc.property(fc.array(fc.tuple(word, word), { minLength: 6, maxLength: 6 }), (registers) => {
        const config = new FakeConfig().command(DECODING);
        registers.forEach(([value, sticky], id) => {
          config.stickyBits(id, 0xffff_ffff);
          config.write32(Config.BASE_ADDRESSES + 4 * id, value);
          config.stickyBits(id, sticky);
        });
        try {
          for (const { size } of probeBars(config, 6)) expect(Number.isInteger(Math.log2(size))).toBe(true);
        } catch (error) {
          expect(error).toMatchObject({ statusName: "BAD_STATE" });
        }
        registers.forEach(([value], id) => {
          expect(config.read32(Config.BASE_ADDRESSES + 4 * id)).toBe(value);
        });
      }),
    );
  });
});

describe("writing base address registers", () => {
  it("keeps the flags and writes both halves", () => {
    const config = new FakeConfig().bar(0, { kind: "memory", size: 0x1000, is64: true, prefetchable: true });
    const [bar] = probeBars(config, 6);
    writeBar(config, bar!, 0x8_0123_4000);
    expect(config.read32(0x10)).toBe(0x0123_400c);
    expect(config.read32(0x14)).toBe(8);
  });
});
