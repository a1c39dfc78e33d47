import { beforeEach, describe, expect, test, vi } from "vitest";
import { createSimX64, type SimX64 } from "../../src/boards/sim_x64.ts";
import { edu } from "../../src/models/edu.ts";
import { EDU_BAR_SIZE, EDU_BUFFER_OFFSET, EDU_BUFFER_SIZE, Edu } from "../../src/registers/edu.ts";
import type { Io } from "../../src/zx/memory.ts";
import { ConfigPorts, ioAt, logOf, reached } from "../support/pci.ts";

const BASE = 0xc000_0000;
const RAM = 0x20_0000;
const ONES = 0xffff_ffff;
const DMA_TIME = 100_000_000;
const VECTOR = 21;
const { Id, Liveness, Factorial, Status, IrqStatus, IrqRaise, IrqAck } = Edu.layout;
const { DmaSource, DmaDestination, DmaCount, DmaCommand } = Edu.layout;

let machine: SimX64;
let config: ConfigPorts;
let io: Io;
let log: string[];

function powerUp(device = "edu"): void {
  machine = createSimX64({ devices: [device] });
  log = logOf(machine);
  config = new ConfigPorts(machine, 1);
  config.write32(0x10, BASE);
  config.write16(0x04, 0x6);
  io = ioAt(machine, BASE, EDU_BAR_SIZE);
}

beforeEach(() => powerUp());

const read = ({ offset }: { offset: number }) => io.read32(offset);
const write = ({ offset }: { offset: number }, value: number) => io.write32(offset, value);
const isAsserted = () => machine.interrupts.isAsserted(VECTOR);

describe("edu: the registers", () => {
  test("identify the device", () => {
    expect(read(Id)).toBe(0x0100_00ed);
    write(Id, 0);
    expect(read(Id)).toBe(0x0100_00ed);
  });

  test("invert what is written to liveness", () => {
    for (const value of [0, 1, 0x1234_5678, ONES]) {
      write(Liveness, value);
      expect(read(Liveness)).toBe(~value >>> 0);
    }
  });

  test("read as zero after reset, and as all ones where there is none", () => {
    for (const register of [
      Liveness,
      Factorial,
      Status,
      IrqStatus,
      DmaSource,
      DmaDestination,
      DmaCount,
      DmaCommand,
    ]) {
      expect(read(register)).toBe(0);
    }
    for (const offset of [
      0x0c,
      IrqRaise.offset,
      IrqAck.offset,
      0x78,
      0x84,
      0xa0,
      0x100,
      EDU_BUFFER_OFFSET,
      0xf_fffc,
    ]) {
      expect(io.read32(offset)).toBe(ONES);
    }
  });
});

describe("edu: access widths", () => {
  /** What a read of a register gives that holds 0x11223344 (and 0 above), by width. */
  const NARROW = { 8: "ones", 16: "ones", 32: "value", 64: "ones" } as const;
  const WIDE = { 8: "ones", 16: "ones", 32: "value", 64: "value" } as const;
  const cases = [Liveness, IrqStatus, DmaSource, DmaDestination, DmaCount].flatMap((register) =>
    ([8, 16, 32, 64] as const).map((width) => ({
      name: register.name,
      register,
      width,
      takes: (register.offset < 0x80 ? NARROW : WIDE)[width],
    })),
  );

  const readWidth = (offset: number, width: 8 | 16 | 32 | 64) =>
    width === 8
      ? [io.read8(offset)]
      : width === 16
        ? [io.read16(offset)]
        : width === 32
          ? [io.read32(offset)]
          : [io.read64(offset), io.high];
  const writeWidth = (offset: number, width: 8 | 16 | 32 | 64, value: number) =>
    width === 8
      ? io.write8(offset, value & 0xff)
      : width === 16
        ? io.write16(offset, value & 0xffff)
        : width === 32
          ? io.write32(offset, value)
          : io.write64(offset, value, 0);

  test.each(cases)("a read of $name with $width bits gives $takes", ({ register, width, takes }) => {
    if (register === Liveness) write(Liveness, ~0x1122_3344 >>> 0);
    else if (register === IrqStatus) write(IrqRaise, 0x1122_3344);
    else write(register, 0x1122_3344);
    const ones = [0xff, 0xffff, ONES, ONES][Math.log2(width / 8)]!;
    const wide = width === 64;
    if (takes === "ones") expect(readWidth(register.offset, width)).toEqual(wide ? [ONES, ONES] : [ones]);
    else expect(readWidth(register.offset, width)).toEqual(wide ? [0x1122_3344, 0] : [0x1122_3344]);
  });

  test.each(cases.filter(({ register }) => register !== IrqStatus))(
    "a write of $name with $width bits is ignored where a read gives ones ($takes)",
    ({ register, width, takes }) => {
      writeWidth(register.offset, width, 0x1122_3344);
      const written = register === Liveness ? ~0x1122_3344 >>> 0 : 0x1122_3344;
      expect(read(register)).toBe(takes === "ones" ? 0 : written);
    },
  );

  test("from 0x80 on a 64-bit access is a whole register, and a 32-bit write clears its upper half", () => {
    io.write64(DmaSource.offset, 0x9abc_def0, 0x1234_5678);
    expect([io.read64(DmaSource.offset), io.high]).toEqual([0x9abc_def0, 0x1234_5678]);
    io.write32(DmaSource.offset + 4, 1);
    expect([io.read64(DmaSource.offset), io.high]).toEqual([0x9abc_def0, 0x1234_5678]);
    io.write32(DmaSource.offset, 0x77);
    expect([io.read64(DmaSource.offset), io.high]).toEqual([0x77, 0]);
  });
});

describe("edu: the factorial", () => {
  async function factorial(n: number): Promise<number> {
    write(Factorial, n);
    expect(read(Status)).toBe(Status.encode({ computing: 1 }));
    while ((read(Status) & 1) !== 0) await undefined;
    return read(Factorial);
  }

  test.each([
    [0, 1],
    [1, 1],
    [2, 2],
    [10, 3_628_800],
    [12, 479_001_600],
    [13, 1_932_053_504],
    [20, 2_192_834_560],
    [33, 0x8000_0000],
    [34, 0],
    [1000, 0],
  ])("of %d is %d, modulo 2^32", async (n, expected) => {
    expect(await factorial(n)).toBe(expected);
  });

  test("takes virtual time, in which the register still holds n and takes no other number", () => {
    write(Factorial, 5);
    expect(read(Factorial)).toBe(5);
    write(Factorial, 6);
    expect(read(Factorial)).toBe(5);
    while ((read(Status) & 1) !== 0);
    expect(read(Factorial)).toBe(120);
    expect(machine.clock.now()).toBeGreaterThan(10_000);
  });

  test("of the largest number does not take the host's time", async () => {
    write(Factorial, ONES);
    await reached(machine, 5e9);
    expect([read(Status), read(Factorial)]).toEqual([0, 0]);
  });

  test("raises an interrupt when it was asked to", async () => {
    write(Status, ONES);
    expect(read(Status)).toBe(0x80);
    write(Factorial, 4);
    await reached(machine, 1e6);
    expect([read(IrqStatus), isAsserted(), read(Status)]).toEqual([1, true, 0x80]);
  });

  test("raises none when it was not, nor when the wish was withdrawn in time", async () => {
    write(Factorial, 4);
    await reached(machine, 1e6);
    write(Status, 0x80);
    write(Factorial, 5);
    write(Status, 0);
    await reached(machine, 2e6);
    expect([read(Factorial), read(IrqStatus), isAsserted()]).toEqual([120, 0, false]);
  });
});

describe("edu: interrupts", () => {
  test("are raised with a value that is ORed, and lowered when all of it is acknowledged", () => {
    write(IrqRaise, 0x5);
    write(IrqRaise, 0x8000_0000);
    expect([read(IrqStatus), isAsserted()]).toEqual([0x8000_0005, true]);
    write(IrqAck, 0x8000_0004);
    expect([read(IrqStatus), isAsserted()]).toEqual([1, true]);
    write(IrqAck, 0xff);
    expect([read(IrqStatus), isAsserted()]).toEqual([0, false]);
  });

  test("are not raised by a value of zero", () => {
    write(IrqRaise, 0);
    expect(isAsserted()).toBe(false);
  });

  test("are messages once MSI is enabled, and must be acknowledged all the same", () => {
    const block = machine.allocateMsi(1);
    const handler = vi.fn();
    block.attach(0, handler);
    config.write32(0x44, block.address);
    config.write32(0x4c, block.data);
    config.write16(0x42, 1);
    write(IrqRaise, 1);
    expect(handler).toHaveBeenCalledTimes(1);
    expect([read(IrqStatus), isAsserted()]).toEqual([1, false]);
    write(IrqAck, 1);
    expect(read(IrqStatus)).toBe(0);
  });
});

describe("edu: DMA", () => {
  const bytes = Uint8Array.from({ length: EDU_BUFFER_SIZE }, (_, i) => (i * 31) ^ (i >> 8));

  function start(
    source: number,
    destination: number,
    count: number,
    command: Parameters<typeof DmaCommand.encode>[0],
  ) {
    io.write64(DmaSource.offset, source % 2 ** 32, Math.floor(source / 2 ** 32));
    io.write64(DmaDestination.offset, destination % 2 ** 32, Math.floor(destination / 2 ** 32));
    io.write32(DmaCount.offset, count);
    io.write32(DmaCommand.offset, Number(DmaCommand.encode({ start: 1, ...command })));
  }

  async function transfer(...args: Parameters<typeof start>): Promise<void> {
    start(...args);
    await reached(machine, machine.clock.now() + DMA_TIME);
  }

  test("carries bytes from RAM to the buffer and back, the whole buffer if need be", async () => {
    machine.ram.write(RAM, bytes);
    await transfer(RAM, EDU_BUFFER_OFFSET, bytes.length, { direction: "ramToEdu" });
    await transfer(EDU_BUFFER_OFFSET + 16, RAM + 0x1_0000, bytes.length - 16, { direction: "eduToRam" });
    const back = new Uint8Array(bytes.length - 16);
    machine.ram.read(RAM + 0x1_0000, back);
    expect(back).toEqual(bytes.slice(16));
    expect(log).toEqual([]);
  });

  test("takes 100 ms of virtual time, in which start reads as 1 and nothing can be written", async () => {
    start(RAM, EDU_BUFFER_OFFSET, 4, { direction: "ramToEdu" });
    const begin = machine.clock.now();
    write(DmaCount, 99);
    write(DmaCommand, 0x3);
    expect([read(DmaCount), read(DmaCommand)]).toEqual([4, 1]);
    await reached(machine, begin + DMA_TIME - 1000);
    expect(read(DmaCommand)).toBe(1);
    await reached(machine, begin + DMA_TIME);
    expect(read(DmaCommand)).toBe(0);
  });

  test("completes inside a loop that polls the command register, as the specification's example does", () => {
    start(RAM, EDU_BUFFER_OFFSET, 100, {});
    while ((read(DmaCommand) & 1) !== 0);
    expect(machine.clock.now()).toBeGreaterThanOrEqual(DMA_TIME);
  });

  test("is not started by a command without the start bit, which is not even kept", () => {
    write(DmaCommand, 0x6);
    expect(read(DmaCommand)).toBe(0);
  });

  test("raises interrupt 0x100 at its end if asked to", async () => {
    await transfer(RAM, EDU_BUFFER_OFFSET, 4, { raiseIrq: 1 });
    expect([read(IrqStatus), isAsserted(), read(DmaCommand)]).toEqual([0x100, true, 4]);
  });

  test("cuts addresses to 28 bits, and says so", async () => {
    powerUp();
    machine.ram.write(RAM, bytes);
    await transfer(0x5_3000_0000 + RAM, EDU_BUFFER_OFFSET, 4, { direction: "ramToEdu" });
    await transfer(EDU_BUFFER_OFFSET, RAM + 0x100, 4, { direction: "eduToRam" });
    expect(machine.ram.io.read32(RAM + 0x100)).toBe(machine.ram.io.read32(RAM));
    expect(log).toEqual(["00:01.0 edu warning: clamping DMA 0x530200000 to 0x200000"]);
  });

  test("drives as many address lines as `dma_mask` says", async () => {
    powerUp("edu,dma_mask=0xffffffff");
    await transfer(0x1_3000_0000, EDU_BUFFER_OFFSET, 4, { direction: "ramToEdu" });
    expect(log).toEqual([
      "00:01.0 edu warning: clamping DMA 0x130000000 to 0x30000000",
      "00:01.0 edu error: DMA read of 4 bytes at 0x30000000: no memory answers there",
    ]);
    powerUp("edu,dma_mask=0xffffffffffffffff");
    start(RAM, EDU_BUFFER_OFFSET, 4, {});
    io.write64(DmaDestination.offset, 0, 0);
    await reached(machine, 2 * DMA_TIME);
    await transfer(EDU_BUFFER_OFFSET, 2 ** 60, 4, { direction: "eduToRam" });
    expect(log).toEqual([
      "00:01.0 edu error: DMA write of 4 bytes at 0x1000000000000000: no memory answers there",
    ]);
  });

  test.each([
    ["before the buffer", EDU_BUFFER_OFFSET - 1, 4],
    ["behind the buffer", EDU_BUFFER_OFFSET + EDU_BUFFER_SIZE, 1],
    ["over its end", EDU_BUFFER_OFFSET + 0xff0, 0x11],
    ["more than all of it", EDU_BUFFER_OFFSET, ONES],
  ])("%s is logged, not made, and ends without an interrupt", async (_, address, count) => {
    for (const direction of ["ramToEdu", "eduToRam"] as const) {
      powerUp();
      machine.ram.fill(RAM, 0x1_0000, 0x5a);
      const [source, destination] = direction === "ramToEdu" ? [RAM, address] : [address, RAM];
      await transfer(source, destination, count, { direction, raiseIrq: 1 });
      expect([read(DmaCommand) & 1, read(IrqStatus), isAsserted()]).toEqual([0, 0, false]);
      expect(machine.ram.io.read32(RAM)).toBe(0x5a5a_5a5a);
      expect(log).toHaveLength(1);
      expect(log[0]).toMatch(/its buffer is 0x1000 bytes at 0x40000/);
    }
  });

  test("without bus mastering brings all ones, and is logged", async () => {
    config.write16(0x04, 0x2);
    machine.ram.fill(RAM, 16, 0x11);
    await transfer(RAM, EDU_BUFFER_OFFSET, 4, { direction: "ramToEdu", raiseIrq: 1 });
    expect(read(IrqStatus)).toBe(0x100);
    config.write16(0x04, 0x6);
    await transfer(EDU_BUFFER_OFFSET, RAM, 4, { direction: "eduToRam" });
    expect(machine.ram.io.read32(RAM)).toBe(ONES);
    expect(log).toEqual(["00:01.0 edu error: DMA read of 4 bytes at 0x200000: bus mastering is off"]);
  });
});

test("an edu cannot be made with a DMA mask of more than 64 bits", () => {
  expect(() => edu({ dmaMask: 1n << 64n })).toThrow(/^INVALID_ARGS/);
  expect(() => edu({ dmaMask: -1n })).toThrow(/^INVALID_ARGS/);
});
