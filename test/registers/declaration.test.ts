import { describe, expect, expectTypeOf, it } from "vitest";
import {
  array,
  bit,
  bits,
  block,
  choice,
  r8,
  r16,
  r32,
  r64,
  registers,
  reserved,
  wide,
} from "../../src/registers/index.ts";

const Device = registers("device", {
  Id: r32(
    0x00,
    "ro",
    { magic: bits(7, 0), minor: bits(23, 16), major: bits(31, 24) },
    { reset: 0x0100_00ed },
  ),
  Status: r32(0x20, {
    computing: bit(0, "ro"),
    mode: choice(2, 1, { off: 0, slow: 1, fast: 2 }),
    _3: reserved(3),
    raiseIrq: bit(7),
  }),
  Command: r16(0x24, "wo", { go: bit(15) }),
  Small: r8(0x26),
  Source: r64(0x28, { address: wide(63, 12), length: bits(11, 0) }),
  Channel: array(
    4,
    0x20,
    block(0x100, { Control: r32(0x0, { enable: bit(0) }), Status: r32(0x4, "w1c", { done: bit(0) }) }),
  ),
  Table: array(3, 4, r32(0x200)),
});

describe("the layout of a declaration", () => {
  it("knows each register's offset, width and reset value by name", () => {
    expect(Device.layout.Id.offset).toBe(0);
    expect(Device.layout.Id.reset).toBe(0x0100_00ed);
    expect(Device.layout.Source.width).toBe(64);
    expect(Device.layout.Source.reset).toBe(0n);
    expect(Device.layout.Channel.element.Status.offset).toBe(0x104);
    expect(Device.layout.Channel.count).toBe(4);
  });

  it("lists every register by ascending offset, array elements included", () => {
    expect(Device.list.map(({ name, offset }) => `${name}@${offset.toString(16)}`)).toEqual([
      "Id@0",
      "Status@20",
      "Command@24",
      "Small@26",
      "Source@28",
      "Channel[0].Control@100",
      "Channel[0].Status@104",
      "Channel[1].Control@120",
      "Channel[1].Status@124",
      "Channel[2].Control@140",
      "Channel[2].Status@144",
      "Channel[3].Control@160",
      "Channel[3].Status@164",
      "Table[0]@200",
      "Table[1]@204",
      "Table[2]@208",
    ]);
    expect(Device.size).toBe(0x20c);
  });

  it("finds the register at an offset, also inside it", () => {
    expect(Device.at(0x20)?.name).toBe("Status");
    expect(Device.at(0x144)).toMatchObject({ name: "Channel[2].Status", byte: 0, offset: 0x144 });
    expect(Device.at(0x2d)).toMatchObject({ name: "Source", byte: 5 });
    expect(Device.at(0x27)).toBeUndefined();
    expect(Device.at(0x1000)).toBeUndefined();
    expect(Device.at(-1)).toBeUndefined();
    expect(Device.at(Number.NaN)).toBeUndefined();
  });

  it("names offsets and decodes values, as a trace wants them", () => {
    expect(Device.nameAt(0x164, "read")).toBe("Channel[3].Status");
    expect(Device.nameAt(0x22, "read")).toBe("Status+0x2");
    expect(Device.nameAt(0x90, "read")).toBeUndefined();
    expect(Device.fieldsAt(0x20, 32, "read", 0x85)).toBe("computing=1 mode=fast raiseIrq=1");
    expect(Device.fieldsAt(0x20, 16, "read", 0x85)).toBeUndefined();
    expect(Device.fieldsAt(0x26, 8, "read", 1)).toBeUndefined();
    expect(Device.fieldsAt(0x28, 64, "write", 0x1234_5678_9abc_d010n)).toBe(
      "length=0x10 address=0x123456789abcd",
    );
  });

  it("lets two registers share an offset when one is only read and the other only written", () => {
    const uart = registers("uart", { Receive: r8(0, "ro"), Transmit: r8(0, "wo") });
    expect(uart.at(0, "read")?.name).toBe("Receive");
    expect(uart.at(0, "write")?.name).toBe("Transmit");
    expect(uart.nameAt(0, "write")).toBe("Transmit");
  });

  it("lets a register lie over others where it says so, and names the others", () => {
    const set = registers("timer", {
      Count: r64(0x0, "rw", {}, { overlay: true }),
      Low: r32(0x0),
      High: r32(0x4),
    });
    expect(set.at(0)?.name).toBe("Low");
    expect(set.at(4)?.name).toBe("High");
  });
});

describe("a declaration that cannot be right is refused with what is wrong", () => {
  const wrong: [string, () => unknown, string][] = [
    [
      "registers that overlap",
      () => registers("d", { A: r32(0), B: r16(2) }),
      "d: A (0x0, 32 bits) and B (0x2, 16 bits) overlap",
    ],
    [
      "two registers at one offset",
      () => registers("d", { A: r32(4), B: r32(4) }),
      "A (0x4, 32 bits) and B (0x4, 32 bits) overlap",
    ],
    [
      "array elements that overlap",
      () => registers("d", { A: array(2, 2, r32(0)) }),
      "d.A[1]: offset 0x2 is not a multiple of its 4 bytes",
    ],
    [
      "an array over a register",
      () => registers("d", { A: array(4, 8, r32(0)), B: r32(0x10) }),
      "A[2] (0x10, 32 bits) and B (0x10, 32 bits) overlap",
    ],
    [
      "a register that is not aligned",
      () => registers("d", { A: r32(2) }),
      "d.A: offset 0x2 is not a multiple of its 4 bytes",
    ],
    ["a negative offset", () => registers("d", { A: r32(-4) }), "d.A: offset -4"],
    ["an offset that is no number", () => registers("d", { A: r32(Number.NaN) }), "d.A: offset NaN"],
    ["an empty array", () => registers("d", { A: array(0, 4, r32(0)) }), "d.A: an array of 0 elements"],
    [
      "an array without end",
      () => registers("d", { A: array(2 ** 20, 4, r32(0)) }),
      "more than 65536 registers",
    ],
    [
      "fields that overlap",
      () => registers("d", { A: r32(0, { x: bits(7, 4), y: bit(4) }) }),
      "d.A: fields x (7..4) and y (4..4) overlap",
    ],
    [
      "a field beyond the register",
      () => registers("d", { A: r8(0, { x: bit(8) }) }),
      "d.A.x: bits 8..8 of a register of 8 bits",
    ],
    [
      "a field with its bits turned round",
      () => registers("d", { A: r32(0, { x: bits(0, 7) }) }),
      "d.A.x: bits 0..7",
    ],
    [
      "a choice that does not fit",
      () => registers("d", { A: r32(0, { x: choice(1, 0, { on: 4 }) }) }),
      "d.A.x: on = 4 does not fit in 2 bits",
    ],
    ["a number of 54 bits", () => registers("d", { A: r64(0, { x: bits(53, 0) }) }), "use wide(53, 0)"],
    [
      "a field called raw",
      () => registers("d", { A: r32(0, { raw: bit(0) }) }),
      "d.A.raw: the name is taken",
    ],
    [
      "a reset value that does not fit",
      () => registers("d", { A: r8(0, "rw", {}, { reset: 256 }) }),
      "the reset value 256 does not fit in 8 bits",
    ],
    [
      "a writable field of a read-only register",
      () => registers("d", { A: r32(0, "ro", { x: bit(0, "rw") }) }),
      "d.A.x: mode rw in a register that is read only",
    ],
    ["no name", () => registers("", {}), "a declaration needs a name"],
  ];
  it.each(wrong)("%s", (_what, declare, message) => {
    expect(declare).toThrow(message);
    expect(declare).toThrow("INVALID_ARGS");
  });
});

describe("types follow from the declaration", () => {
  type Regs = ReturnType<typeof Device.on>;

  it("gives fields their names and types", () => {
    expectTypeOf<ReturnType<Regs["Id"]["read"]>["magic"]>().toEqualTypeOf<number>();
    expectTypeOf<ReturnType<Regs["Id"]["read"]>["raw"]>().toEqualTypeOf<number>();
    expectTypeOf<ReturnType<Regs["Status"]["read"]>["mode"]>().toEqualTypeOf<
      "off" | "slow" | "fast" | number
    >();
    expectTypeOf<ReturnType<Regs["Source"]["read"]>["raw"]>().toEqualTypeOf<bigint>();
    expectTypeOf<ReturnType<Regs["Source"]["read"]>["address"]>().toEqualTypeOf<bigint>();
    expectTypeOf<ReturnType<Regs["Source"]["read"]>["low"]>().toEqualTypeOf<number>();
    expectTypeOf<
      ReturnType<ReturnType<Regs["Channel"]["at"]>["Status"]["read"]>["done"]
    >().toEqualTypeOf<number>();
  });

  it("offers only what the mode allows", () => {
    expectTypeOf<Regs["Id"]>().not.toHaveProperty("write");
    expectTypeOf<Regs["Id"]>().not.toHaveProperty("modify");
    expectTypeOf<Regs["Command"]>().not.toHaveProperty("read");
    expectTypeOf<Regs["Command"]>().not.toHaveProperty("poll");
    expectTypeOf<Regs["Command"]>().toHaveProperty("write");
    expectTypeOf<ReturnType<Regs["Status"]["read"]>>().not.toHaveProperty("_3");
  });

  it("refuses at compile time what a register has not", () => {
    const misuse = (regs: Regs) => {
      // @ts-expect-error a read-only register
      regs.Id.write(0);
      // @ts-expect-error an unknown field
      regs.Status.modify({ computes: 1 });
      // @ts-expect-error a read-only field
      regs.Status.write({ computing: 1 });
      // @ts-expect-error an unknown choice
      regs.Status.write({ mode: "faster" });
      // @ts-expect-error a reserved field
      regs.Status.write({ _3: 1 });
      // @ts-expect-error an unknown register
      regs.Statsu;
      regs.Status.write({ mode: "fast", raiseIrq: true });
      regs.Source.write(1n);
    };
    expect(misuse).toBeTypeOf("function");
  });
});
