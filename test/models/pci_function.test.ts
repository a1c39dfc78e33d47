import { describe, expect, test, vi } from "vitest";
import { createSimX64, type SimX64 } from "../../src/boards/sim_x64.ts";
import { NarrowIo } from "../../src/machine/sim/narrow_io.ts";
import { edu } from "../../src/models/edu.ts";
import type { PciBarSpec, PciModel, PciPort } from "../../src/models/pci_model.ts";
import { TestDeviceRegister, testDevice } from "../../src/models/test_device.ts";
import { ConfigPorts, ioAt, logOf } from "../support/pci.ts";

const COMMAND = 0x04;
const STATUS = 0x06;
const BAR0 = 0x10;
const IO = 1;
const MEMORY = 2;
const MASTER = 4;
const INT_DISABLE = 0x400;

/** Answers with a number, so that tests see who was reached. */
class Answer extends NarrowIo {
  readonly #value: number;
  constructor(value: number) {
    super();
    this.#value = value;
  }
  read8 = () => this.#value & 0xff;
  read16 = () => this.#value & 0xffff;
  read32 = (offset: number) => this.#value + offset;
  write8() {}
  write16() {}
  write32() {}
}

function withBars(bars: readonly PciBarSpec[], value = 0x1000): PciModel {
  return {
    name: "bars",
    vendorId: 0x1234,
    deviceId: 1,
    classCode: 0xff0000,
    bars,
    create: () => bars.map((_, i) => new Answer(value * (i + 1))),
  };
}

function plug(model: PciModel): { machine: SimX64; config: ConfigPorts; log: string[] } {
  const machine = createSimX64({ devices: [{ model }] });
  return { machine, config: new ConfigPorts(machine, 1), log: logOf(machine) };
}

/** Size of a BAR as software finds it (PCI 3.0, section 6.2.5.1, "Implementation note: sizing"). */
function sizeOf(config: ConfigPorts, register: number): number {
  const old = config.read32(register);
  config.write32(register, 0xffff_ffff);
  const low = config.read32(register);
  config.write32(register, old);
  if ((old & 1) !== 0) return ~(low & ~3) + 1;
  if ((old & 6) === 0) return (~(low & ~0xf) + 1) >>> 0;
  const oldHigh = config.read32(register + 4);
  config.write32(register + 4, 0xffff_ffff);
  const high = config.read32(register + 4);
  config.write32(register + 4, oldHigh);
  return Number(BigInt.asUintN(64, ~((BigInt(high) << 32n) | (BigInt(low) & ~0xfn))) + 1n);
}

describe("the header of a function", () => {
  test("holds what the model declares, and software cannot change it", () => {
    const { config } = plug(testDevice);
    for (let offset = 0; offset < 0x10; offset += 4)
      if (offset !== COMMAND) config.write32(offset, 0xffff_ffff);
    expect(config.read32(0x00)).toBe(0x7e57_1234);
    expect(config.read32(0x08)).toBe(0xff00_0001);
    expect(config.read8(0x0e)).toBe(0);
    expect(config.read32(0x2c)).toBe(0x1100_1af4);
    expect(config.read8(0x3d)).toBe(2);
  });

  test("lets software write the command bits that exist, cache line size and interrupt line", () => {
    const { config } = plug(edu());
    config.write16(COMMAND, 0xffff);
    expect(config.read16(COMMAND)).toBe(0x0507);
    config.write8(0x0c, 0x10);
    config.write32(0x3c, 0xffff_ff2a);
    expect(config.read8(0x0c)).toBe(0x10);
    expect(config.read32(0x3c)).toBe(0x0000_012a);
  });

  test("is written byte by byte where software writes bytes", () => {
    const { config } = plug(edu());
    config.write8(COMMAND + 1, 0x04);
    expect(config.read16(COMMAND)).toBe(0x0400);
    config.write8(COMMAND, MEMORY);
    expect(config.read16(COMMAND)).toBe(0x0402);
  });
});

describe("sizing of BARs", () => {
  const powers = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, i) => 2 ** (from + i));

  test.each(powers(4, 31))("a 32-bit BAR of %d bytes", (size) => {
    for (const prefetchable of [false, true]) {
      const { config } = plug(withBars([{ index: 5, kind: "memory32", size, prefetchable }]));
      expect(config.read32(BAR0 + 20)).toBe(prefetchable ? 8 : 0);
      expect(sizeOf(config, BAR0 + 20)).toBe(size);
    }
  });

  test.each(powers(4, 52))("a 64-bit BAR of %d bytes", (size) => {
    const { config } = plug(withBars([{ index: 4, kind: "memory64", size, prefetchable: true }]));
    expect(config.read32(BAR0 + 16)).toBe(0xc);
    expect(sizeOf(config, BAR0 + 16)).toBe(size);
  });

  test.each(powers(2, 8))("an I/O BAR of %d ports", (size) => {
    const { config } = plug(withBars([{ index: 0, kind: "io", size }]));
    expect(config.read32(BAR0)).toBe(1);
    expect(sizeOf(config, BAR0)).toBe(size);
  });

  test("disturbs nobody: all ones are not decoded, not even while decoding is on", () => {
    const { machine, config, log } = plug(edu());
    config.write32(BAR0, 0xc000_0000);
    config.write16(COMMAND, MEMORY);
    const io = ioAt(machine, 0xc000_0000, 4);
    expect(io.read32(0)).toBe(0x0100_00ed);
    expect(sizeOf(config, BAR0)).toBe(0x10_0000);
    expect(io.read32(0)).toBe(0x0100_00ed);
    expect(log).toEqual([]);
  });

  test("finds nothing where there is no BAR", () => {
    const { config } = plug(edu());
    config.write32(BAR0 + 4, 0xffff_ffff);
    expect(config.read32(BAR0 + 4)).toBe(0);
  });

  test.each<[string, PciBarSpec]>([
    ["not a power of two", { index: 0, kind: "memory32", size: 0x3000 }],
    ["too small", { index: 0, kind: "memory32", size: 8 }],
    ["too large for 32 bits", { index: 0, kind: "memory32", size: 2 ** 32 }],
    ["more ports than a BAR can have", { index: 0, kind: "io", size: 512 }],
    ["64 bits in the last register", { index: 5, kind: "memory64", size: 16 }],
    ["a seventh register", { index: 6, kind: "memory32", size: 16 }],
  ])("a model cannot declare one that is %s", (_, spec) => {
    expect(() => plug(withBars([spec]))).toThrow(/^INVALID_ARGS: 00:01.0 bars BAR/);
  });
});

describe("decoding", () => {
  const both: readonly PciBarSpec[] = [
    { index: 0, kind: "memory32", size: 0x1000 },
    { index: 1, kind: "memory32", size: 0x1000 },
    { index: 2, kind: "io", size: 32 },
    { index: 4, kind: "memory64", size: 0x1_0000 },
  ];

  test("of memory and of ports is enabled each by its own bit", () => {
    const { machine, config } = plug(withBars(both));
    config.write32(BAR0, 0xc000_0000);
    config.write32(BAR0 + 8, 0x1000);
    const io = ioAt(machine, 0xc000_0000, 0x1000);
    const read = () => [io.read32(8), machine.ports.in32(0x1004)];
    const ones = 0xffff_ffff;
    expect(read()).toEqual([ones, ones]);
    config.write16(COMMAND, MEMORY);
    expect(read()).toEqual([0x1008, ones]);
    config.write16(COMMAND, IO);
    expect(read()).toEqual([ones, 0x3004]);
    config.write16(COMMAND, IO | MEMORY);
    expect(read()).toEqual([0x1008, 0x3004]);
  });

  test("moves with the address that is written, also above 4 GiB", () => {
    const { machine, config } = plug(withBars(both));
    config.write16(COMMAND, MEMORY);
    config.write32(BAR0 + 16, 0x4567_0000);
    config.write32(BAR0 + 20, 0x8);
    const high = ioAt(machine, 0x8_4567_0000, 0x1_0000);
    expect(high.read32(0xfff0)).toBe(0x4000 + 0xfff0);
    config.write32(BAR0 + 20, 0x9);
    expect(high.read32(0)).toBe(0xffff_ffff);
    expect(ioAt(machine, 0x9_4567_0000, 0x1_0000).read32(4)).toBe(0x4004);
  });

  test("does not happen at address 0: no address was given", () => {
    const { machine, config } = plug(withBars(both));
    config.write16(COMMAND, MEMORY | IO);
    expect(machine.ports.in32(0)).toBe(0xffff_ffff);
    expect(machine.bus.find(0)?.name).toBe("RAM");
  });

  test("of a BAR over RAM or over another device does not happen, and is logged once", () => {
    const { machine, config, log } = plug(withBars(both));
    config.write32(BAR0, 0x10_0000);
    config.write16(COMMAND, MEMORY);
    expect(log).toEqual([
      "00:01.0 bars error: BAR 0 is not decoded: 00:01.0 bars BAR 0 at [0x100000, 0x101000): RAM is at [0x0, 0x8000000)",
    ]);
    config.write32(BAR0, 0xc000_0000);
    config.write32(BAR0 + 4, 0xc000_0000);
    config.write32(0x3c, 1);
    expect(log[1]).toMatch(/BAR 1 is not decoded.*BAR 0 is at/);
    expect(log).toHaveLength(2);
    expect(ioAt(machine, 0xc000_0000, 4).read32(0)).toBe(0x1000);
  });

  test("happens as soon as what was in the way has left", () => {
    const machine = createSimX64({
      devices: [{ model: withBars(both, 0x1000) }, { model: withBars(both, 0x7000) }],
    });
    const [first, second] = [new ConfigPorts(machine, 1), new ConfigPorts(machine, 2)];
    for (const config of [first, second]) {
      config.write32(BAR0, 0xc000_0000);
      config.write16(COMMAND, MEMORY);
    }
    const io = ioAt(machine, 0xc000_0000, 4);
    expect(io.read32(0)).toBe(0x1000);
    first.write16(COMMAND, 0);
    expect(io.read32(0)).toBe(0x7000);
  });

  test("reaches the model straight: a BAR smaller than a page has only its own bytes", () => {
    const { machine, config } = plug(testDevice);
    config.write32(BAR0 + 16, 0xc000_0100);
    config.write16(COMMAND, MEMORY);
    const page = ioAt(machine, 0xc000_0000, 0x1000);
    page.write32(0x104, 0x1234);
    expect(page.read32(0x104)).toBe(0x1234);
    expect(page.read32(0x0fc)).toBe(0xffff_ffff);
    expect(page.read32(0x200)).toBe(0xffff_ffff);
  });
});

describe("capabilities", () => {
  test("are a list from 0x34 on: MSI, then the vendor's", () => {
    const { config } = plug(testDevice);
    expect(config.read16(STATUS) & 0x10).toBe(0x10);
    const found: [id: number, offset: number][] = [];
    for (let at = config.read8(0x34); at !== 0; at = config.read8(at + 1)) found.push([config.read8(at), at]);
    expect(found).toEqual([
      [0x05, 0x40],
      [0x09, 0x54],
      [0x09, 0x5c],
    ]);
    expect(config.read8(0x54 + 2)).toBe(7);
    expect(config.read32(0x54)).toBe(0x5a07_5c09);
    expect(config.read8(0x5c + 2)).toBe(4);
  });

  test("are none for a function without", () => {
    const { config } = plug(withBars([]));
    expect([config.read8(0x34), config.read16(STATUS)]).toEqual([0, 0]);
  });

  test("that do not fit are refused", () => {
    const model = { ...testDevice, vendorCapabilities: [new Uint8Array(200)] };
    expect(() => plug(model)).toThrow(/^NO_RESOURCES: capability 0x09/);
  });
});

/** The test device with its registers at 0xc0000000, bus mastering on. */
function testDeviceAt(command = MEMORY | MASTER) {
  const { machine, config, log } = plug(testDevice);
  config.write32(BAR0 + 8, 0xc000_0000);
  config.write16(COMMAND, command);
  return { machine, config, log, registers: ioAt(machine, 0xc000_0000, 0x1000) };
}

describe("the interrupt pin", () => {
  // Device 1, pin B: PIRQ (1 + 1) % 4 after E.
  const VECTOR = 22;

  test("asserts its line and shows in STATUS", () => {
    const { machine, config, registers } = testDeviceAt();
    registers.write32(TestDeviceRegister.PIN, 1);
    expect(machine.interrupts.isAsserted(VECTOR)).toBe(true);
    expect(config.read16(STATUS) & 8).toBe(8);
    registers.write32(TestDeviceRegister.PIN, 0);
    expect(machine.interrupts.isAsserted(VECTOR)).toBe(false);
    expect(config.read16(STATUS) & 8).toBe(0);
  });

  test("is silenced by INT_DISABLE, while STATUS still shows the condition", () => {
    const { machine, config, registers } = testDeviceAt();
    registers.write32(TestDeviceRegister.PIN, 1);
    config.write16(COMMAND, MEMORY | INT_DISABLE);
    expect(machine.interrupts.isAsserted(VECTOR)).toBe(false);
    expect(config.read16(STATUS) & 8).toBe(8);
    config.write16(COMMAND, MEMORY);
    expect(machine.interrupts.isAsserted(VECTOR)).toBe(true);
  });

  test("is silent while MSI is enabled", () => {
    const { machine, config, registers } = testDeviceAt();
    registers.write32(TestDeviceRegister.PIN, 1);
    config.write16(0x42, 1);
    expect(machine.interrupts.isAsserted(VECTOR)).toBe(false);
    expect(config.read16(STATUS) & 8).toBe(0);
  });

  test("does not exist where the model declares none", () => {
    let port: PciPort | undefined;
    const { machine } = plug({
      ...withBars([]),
      create(given) {
        port = given;
        return [];
      },
    });
    port!.intx(true);
    port!.msi(0);
    for (let vector = 0; vector < 24; vector++) expect(machine.interrupts.isAsserted(vector)).toBe(false);
  });
});

describe("MSI", () => {
  const CONTROL = 0x42;
  const ADDRESS = 0x44;
  const DATA = 0x48;
  const MASK = 0x4c;
  const PENDING = 0x50;

  function enabled(vectorsLog2: number) {
    const device = testDeviceAt();
    const block = device.machine.allocateMsi(4);
    const handlers = [0, 1, 2, 3].map((index) => {
      const handler = vi.fn();
      block.attach(index, handler);
      return handler;
    });
    device.config.write32(ADDRESS, block.address);
    device.config.write16(DATA, block.data);
    device.config.write16(CONTROL, 1 | (vectorsLog2 << 4));
    const send = (index: number) => device.registers.write32(TestDeviceRegister.MESSAGE, index);
    return { ...device, block, send, counts: () => handlers.map((handler) => handler.mock.calls.length) };
  }

  test("has the control bits of its kind, and enables no more vectors than there are", () => {
    const { config } = testDeviceAt();
    expect(config.read16(CONTROL)).toBe(0x104);
    config.write16(CONTROL, 0xffff);
    expect(config.read16(CONTROL)).toBe(0x125);
    const wide = plug(edu()).config;
    expect(wide.read16(CONTROL)).toBe(0x80);
    wide.write16(CONTROL, 0xffff);
    expect(wide.read16(CONTROL)).toBe(0x81);
    wide.write32(ADDRESS, 0xffff_ffff);
    wide.write32(ADDRESS + 4, 0xffff_ffff);
    wide.write32(ADDRESS + 8, 0xffff_ffff);
    expect([wide.read32(ADDRESS), wide.read32(ADDRESS + 4), wide.read32(ADDRESS + 8)]).toEqual([
      0xffff_fffc, 0xffff_ffff, 0xffff,
    ]);
  });

  test("sends each message to its own vector", () => {
    const { send, counts } = enabled(2);
    for (const index of [0, 1, 1, 3]) send(index);
    expect(counts()).toEqual([1, 2, 0, 1]);
  });

  test("shares the vectors where fewer were enabled than there are", () => {
    const { send, counts } = enabled(1);
    for (const index of [0, 1, 2, 3]) send(index);
    expect(counts()).toEqual([2, 2, 0, 0]);
  });

  test("holds a masked message as pending until it is unmasked", () => {
    const { config, send, counts } = enabled(2);
    config.write32(MASK, 0b0110);
    for (const index of [1, 1, 2, 3]) send(index);
    expect(counts()).toEqual([0, 0, 0, 1]);
    expect(config.read32(PENDING)).toBe(0b0110);
    config.write32(PENDING, 0);
    config.write32(MASK, 0b0100);
    expect(counts()).toEqual([0, 1, 0, 1]);
    expect(config.read32(PENDING)).toBe(0b0100);
  });

  test("sends nothing while it is off, and nothing without bus mastering", () => {
    const { config, send, counts, log } = enabled(2);
    config.write16(COMMAND, MEMORY);
    send(0);
    expect(log[0]).toMatch(/DMA write of 4 bytes at 0xfee00000: bus mastering is off/);
    config.write16(COMMAND, MEMORY | MASTER);
    config.write16(CONTROL, 0);
    send(0);
    expect(counts()).toEqual([0, 0, 0, 0]);
  });

  test("writes to RAM where it is aimed at RAM", () => {
    const { machine, config, send } = enabled(2);
    config.write32(ADDRESS, 0x20_0000);
    config.write16(DATA, 0x1230);
    send(2);
    expect(machine.ram.io.read32(0x20_0000)).toBe(0x1232);
  });

  test("cannot be declared with a number of vectors that PCI does not know", () => {
    const model = { ...testDevice, msi: { vectors: 3, address64: false, maskable: false } };
    expect(() => plug(model)).toThrow(/^INVALID_ARGS: MSI with 3 vectors/);
  });
});

describe("a device's access to memory", () => {
  const { DMA_ADDRESS, DMA_DATA } = TestDeviceRegister;

  test("reaches RAM while bus mastering is on", () => {
    const { machine, registers } = testDeviceAt();
    registers.write32(DMA_ADDRESS, 0x20_0000);
    registers.write32(DMA_DATA, 0xcafe_f00d);
    expect(machine.ram.io.read32(0x20_0000)).toBe(0xcafe_f00d);
    machine.ram.io.write32(0x20_0000, 0x1234_5678);
    expect(registers.read32(DMA_DATA)).toBe(0x1234_5678);
  });

  test("without bus mastering reads all ones, loses writes, and is logged", () => {
    const { machine, registers, log } = testDeviceAt(MEMORY);
    registers.write32(DMA_ADDRESS, 0x20_0000);
    registers.write32(DMA_DATA, 0xcafe_f00d);
    expect(machine.ram.io.read32(0x20_0000)).toBe(0);
    expect(registers.read32(DMA_DATA)).toBe(0xffff_ffff);
    expect(log).toEqual([
      "00:01.0 testdev error: DMA write of 4 bytes at 0x200000: bus mastering is off",
      "00:01.0 testdev error: DMA read of 4 bytes at 0x200000: bus mastering is off",
    ]);
  });

  test("where there is no memory is a master abort, which STATUS keeps until it is cleared", () => {
    const { config, registers, log } = testDeviceAt();
    registers.write32(DMA_ADDRESS, 0xd000_0000);
    expect(registers.read32(DMA_DATA)).toBe(0xffff_ffff);
    expect(log).toEqual([
      "00:01.0 testdev error: DMA read of 4 bytes at 0xd0000000: no memory answers there",
    ]);
    expect(config.read16(STATUS) & 0x2000).toBe(0x2000);
    config.write16(STATUS, 0x0010);
    expect(config.read16(STATUS) & 0x2000).toBe(0x2000);
    config.write16(STATUS, 0x2000);
    expect(config.read16(STATUS) & 0x2000).toBe(0);
    expect(config.read16(STATUS) & 0x10).toBe(0x10);
  });
});

describe("a model that is broken", () => {
  test("and throws from a timer makes the machine fail, with its name", async () => {
    const { machine } = plug({
      ...withBars([]),
      create({ clock }) {
        clock.at(1000, () => {
          throw new Error("no such state");
        });
        return [];
      },
    });
    const error = await new Promise<Error>((resolve) => machine.onFailure(resolve));
    expect(error.message).toBe("INTERNAL: 00:01.0 bars failed: no such state");
  });

  test("and answers for fewer BARs than it declares cannot be plugged in", () => {
    const model: PciModel = { ...withBars([{ index: 0, kind: "memory32", size: 16 }]), create: () => [] };
    expect(() => plug(model)).toThrow("INVALID_ARGS: 00:01.0 bars has 1 BARs, and 0 to answer for them");
  });
});

describe("the registers of the test device", () => {
  const { ID, SCRATCH, ACCESSES, LAST_ACCESS } = TestDeviceRegister;

  test("tell which access was the last, in memory and in ports", () => {
    const { machine, config, registers } = testDeviceAt(MEMORY | IO);
    config.write32(BAR0 + 12, 0x1000);
    registers.write16(SCRATCH + 2, 0xabcd);
    expect(registers.read32(LAST_ACCESS)).toBe(0x0110_0006);
    expect(machine.ports.in8(0x1000 + SCRATCH + 3)).toBe(0xab);
    expect(registers.read32(LAST_ACCESS)).toBe(0x0008_0007);
    expect([registers.read64(ID), registers.high]).toEqual([0x5453_4554, 0xabcd_0000]);
    expect(registers.read32(LAST_ACCESS)).toBe(0x0040_0000);
    expect(registers.read32(ACCESSES)).toBe(3);
  });
});
