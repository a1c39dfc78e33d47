import { describe, expect, test } from "vitest";
import { createSimX64 } from "../../src/boards/sim_x64.ts";
import { edu } from "../../src/models/edu.ts";
import { testDevice } from "../../src/models/test_device.ts";
import { ConfigPorts, ioAt, logOf } from "../support/pci.ts";

const PCIEXBAR = 0x60;

describe("configuration mechanism #1", () => {
  test("reads the register that port 0xCF8 names, byte by byte if asked to", () => {
    const { ports } = createSimX64();
    ports.out32(0xcf8, 0x8000_0800);
    expect(ports.in32(0xcfc)).toBe(0x11e8_1234);
    expect([0, 1, 2, 3].map((i) => ports.in8(0xcfc + i))).toEqual([0x34, 0x12, 0xe8, 0x11]);
    expect([ports.in16(0xcfc), ports.in16(0xcfd), ports.in16(0xcfe)]).toEqual([0x1234, 0xe812, 0x11e8]);
  });

  test("gives the address back, and takes only 32-bit writes of it", () => {
    const { ports } = createSimX64();
    ports.out32(0xcf8, 0x8000_f8fc);
    ports.out8(0xcf8, 0x55);
    ports.out16(0xcfa, 0x5555);
    expect([ports.in32(0xcf8), ports.in16(0xcf8), ports.in8(0xcfb)]).toEqual([0x8000_f8fc, 0xf8fc, 0x80]);
  });

  test("reads all ones while its enable bit is clear, for absent functions and for other buses", () => {
    const { ports } = createSimX64();
    for (const address of [0x0000_0800, 0x8000_0900, 0x8000_1000, 0x8001_0800]) {
      ports.out32(0xcf8, address);
      ports.out32(0xcfc, 0);
      expect([ports.in32(0xcfc), ports.in16(0xcfe), ports.in8(0xcff)]).toEqual([0xffff_ffff, 0xffff, 0xff]);
    }
  });

  test("finds a host bridge, the LPC function and the devices, and nothing else", () => {
    const machine = createSimX64({ devices: ["edu", "testdev"] });
    const found: string[] = [];
    for (let device = 0; device < 32; device++) {
      for (let fn = 0; fn < 8; fn++) {
        const id = new ConfigPorts(machine, device, fn).read32(0);
        if (id !== 0xffff_ffff) found.push(`${device.toString(16)}.${fn} ${id.toString(16)}`);
      }
    }
    expect(found).toEqual(["0.0 29c08086", "1.0 11e81234", "2.0 7e571234", "1f.0 29188086"]);
  });
});

describe("the ECAM window", () => {
  test("is closed until PCIEXBAR is enabled, then shows every function at its place", () => {
    const machine = createSimX64();
    const bridge = new ConfigPorts(machine, 0);
    const ecam = ioAt(machine, 0xb000_0000, 2 ** 28);
    expect(bridge.read32(PCIEXBAR)).toBe(0xb000_0000);
    expect(ecam.read32(0x8000)).toBe(0xffff_ffff);
    bridge.write32(PCIEXBAR, 0xb000_0001);
    expect(machine.resolve(0xb000_0000, 2 ** 28).name).toBe("PCI ECAM");
    expect([ecam.read32(0x8000), ecam.read16(0x8002), ecam.read8(0x8003)]).toEqual([
      0x11e8_1234, 0x11e8, 0x11,
    ]);
    expect([ecam.read64(0x8000), ecam.high]).toEqual([0x11e8_1234, 0x0010_0000]);
    ecam.write16(0x8004, 0x6);
    ecam.write8(0x803c, 0x15);
    ecam.write64(0x8010, 0xc000_0000, 0xffff_ffff);
    const device = new ConfigPorts(machine, 1);
    expect([device.read16(4), device.read8(0x3c), device.read32(0x10), device.read32(0x14)]).toEqual([
      6, 0x15, 0xc000_0000, 0,
    ]);
  });

  test("reads all ones beyond a conventional function's 256 bytes, for absent functions and other buses", () => {
    const machine = createSimX64();
    new ConfigPorts(machine, 0).write32(PCIEXBAR, 0xb000_0001);
    const ecam = ioAt(machine, 0xb000_0000, 2 ** 28);
    for (const offset of [0x8100, 0x8ffc, 0x9000, 0x1_0000, 0x10_8000, 0xfff_fffc]) {
      ecam.write32(offset, 0);
      expect(ecam.read32(offset)).toBe(0xffff_ffff);
    }
  });

  test.each([
    [0, 2 ** 28],
    [1, 2 ** 27],
    [2, 2 ** 26],
  ])("has the size that the length field %d says", (length, size) => {
    const machine = createSimX64();
    const bridge = new ConfigPorts(machine, 0);
    bridge.write32(PCIEXBAR + 4, 0x8);
    bridge.write32(PCIEXBAR, 0xe000_0001 + length * 2);
    const window = machine.bus.find(0x8_e000_0000);
    expect(window).toMatchObject({ base: 0x8_e000_0000, size, name: "PCI ECAM" });
    bridge.write32(PCIEXBAR, 0xe000_0000);
    expect(machine.bus.find(0x8_e000_0000)).toBeUndefined();
  });

  test("stays closed for a reserved length, and over RAM, which is logged", () => {
    const machine = createSimX64();
    const log = logOf(machine);
    const bridge = new ConfigPorts(machine, 0);
    bridge.write32(PCIEXBAR, 0xb000_0007);
    expect(machine.bus.find(0xb000_0000)).toBeUndefined();
    bridge.write32(PCIEXBAR, 0x0000_0001);
    expect(log).toEqual([
      "00:00.0 host bridge error: PCIEXBAR is not decoded: PCI ECAM at [0x0, 0x10000000): RAM is at [0x0, 0x8000000)",
    ]);
  });
});

describe("the slots", () => {
  test("are given out from 00:01.0 up, except where one was asked for", () => {
    const { pci } = createSimX64({ devices: ["edu,addr=2", "edu", "testdev", "edu,addr=1f.3"] });
    expect(pci.functions.map(({ name }) => name)).toEqual([
      "00:00.0 host bridge",
      "00:01.0 edu",
      "00:02.0 edu",
      "00:03.0 testdev",
      "00:1f.0 ICH9 LPC",
      "00:1f.3 edu",
    ]);
  });

  test("with several functions say so in the header type of each", () => {
    const machine = createSimX64({ devices: ["edu,addr=5.0", "edu,addr=5.3", "edu,addr=6"] });
    const header = (device: number, fn: number) => new ConfigPorts(machine, device, fn).read8(0x0e);
    expect([header(5, 0), header(5, 3), header(6, 0), header(0x1f, 0)]).toEqual([0x80, 0x80, 0, 0x80]);
  });

  test("take one function each", () => {
    const { pci } = createSimX64();
    expect(() => pci.add(testDevice, { device: 1, function: 0 })).toThrow(
      "ALREADY_EXISTS: 00:01.0 is taken by 00:01.0 edu: no room for testdev",
    );
    expect(() => pci.add(testDevice, { device: 32, function: 0 })).toThrow(/^OUT_OF_RANGE/);
    expect(() => pci.add(testDevice, { device: 1, function: 8 })).toThrow(/^OUT_OF_RANGE/);
    expect(() => pci.add(testDevice, { device: 1.5, function: 0 })).toThrow(/^OUT_OF_RANGE/);
  });

  test("run out", () => {
    const { pci } = createSimX64({ devices: [] });
    for (let i = 1; i < 31; i++) pci.add(edu());
    expect(() => pci.add(edu())).toThrow(/^NO_RESOURCES/);
  });
});

describe("the wiring of interrupt pins", () => {
  test.each([
    [1, 21],
    [2, 22],
    [3, 23],
    [4, 20],
    [24, 20],
    [25, 16],
    [31, 16],
  ])("pin A of device %d comes to vector %d, as on a q35 board", (device, vector) => {
    const machine = createSimX64({ devices: [`edu,addr=${device.toString(16)}.1`] });
    const config = new ConfigPorts(machine, device, 1);
    config.write32(0x10, 0xc000_0000);
    config.write16(0x04, 2);
    ioAt(machine, 0xc000_0000, 0x100).write32(0x60, 1);
    const asserted = Array.from({ length: 24 }, (_, i) => i).filter((i) => machine.interrupts.isAsserted(i));
    expect(asserted).toEqual([vector]);
  });

  test("is shared: two devices on one vector are ORed", () => {
    const machine = createSimX64({ devices: ["edu,addr=4", "edu,addr=8"] });
    const [first, second] = [4, 8].map((device) => {
      const config = new ConfigPorts(machine, device);
      config.write32(0x10, 0xc000_0000 + device * 0x10_0000);
      config.write16(0x04, 2);
      return ioAt(machine, 0xc000_0000 + device * 0x10_0000, 0x100);
    });
    first!.write32(0x60, 1);
    second!.write32(0x60, 1);
    first!.write32(0x64, 1);
    expect(machine.interrupts.isAsserted(20)).toBe(true);
    second!.write32(0x64, 1);
    expect(machine.interrupts.isAsserted(20)).toBe(false);
  });
});
