import { describe, expect, it } from "vitest";
import { irqRouting } from "../../src/bus/board/q35_pciroot.ts";
import { formatAddress, packAddress } from "../../src/bus/pci/address.ts";
import { EcamAccess, PortAccess } from "../../src/bus/pci/config.ts";
import { NO_PARENT } from "../../src/bus/pci/pciroot.ts";
import { vectorOf } from "../../src/bus/pci/routing.ts";
import { scanBus } from "../../src/bus/pci/scan.ts";
import { FakeConfig, FakeConfigAccess } from "./fake_config.ts";

const at = (device: number, fn = 0) => ({ bus: 0, device, function: fn });

describe("scanning a bus", () => {
  it("finds functions in ascending order and asks every device for function 0", () => {
    const access = new FakeConfigAccess();
    access.add(at(31), new FakeConfig().ids(0x8086, 0x2918));
    access.add(at(0), new FakeConfig().ids(0x8086, 0x29c0));
    access.add(at(4), new FakeConfig().ids(0x1234, 0x11e8));
    expect([...scanBus(access, 0)].map(({ address }) => formatAddress(address))).toEqual([
      "00:00.0",
      "00:04.0",
      "00:1f.0",
    ]);
    expect(access.asked).toHaveLength(32);
  });

  it("asks for functions 1 to 7 only of a multi-function device", () => {
    const access = new FakeConfigAccess();
    access.add(at(2), new FakeConfig().ids(1, 1, 0x80));
    access.add(at(2, 3), new FakeConfig().ids(1, 2));
    access.add(at(3), new FakeConfig().ids(1, 3));
    access.add(at(3, 1), new FakeConfig().ids(1, 4));
    expect([...scanBus(access, 0)].map(({ address }) => formatAddress(address))).toEqual([
      "00:02.0",
      "00:02.3",
      "00:03.0",
    ]);
  });

  it("does not find a device that has no function 0", () => {
    const access = new FakeConfigAccess();
    access.add(at(2, 3), new FakeConfig().ids(1, 2));
    expect([...scanBus(access, 0)]).toEqual([]);
  });

  it("tells header types without the multi-function bit", () => {
    const access = new FakeConfigAccess();
    access.add(at(1), new FakeConfig().ids(1, 1, 0x81));
    expect([...scanBus(access, 0)][0]?.headerType).toBe(1);
  });
});

describe("the roads to configuration space", () => {
  it("ECAM gives each function 4 KiB, counted from the first bus", () => {
    const views: number[][] = [];
    const view = (offset: number, size: number) => {
      views.push([offset, size]);
      return new FakeConfig(size);
    };
    const access = new EcamAccess({ view }, 0x40);
    expect(access.at({ bus: 0x41, device: 31, function: 7 }).size).toBe(4096);
    expect(views).toEqual([[(1 << 20) + (31 << 15) + (7 << 12), 4096]]);
  });

  it("ports take the address at 0xcf8 and have the byte lane in the data port", () => {
    const log: string[] = [];
    const read = (name: string, value: number) => (port: number) => {
      log.push(`${name} ${port.toString(16)}`);
      return value;
    };
    const write = (name: string) => (port: number, value: number) => {
      log.push(`${name} ${port.toString(16)} ${value.toString(16)}`);
    };
    const ports = {
      in8: read("in8", 0x12),
      in16: read("in16", 0x1234),
      in32: read("in32", 0x1234_5678),
      out8: write("out8"),
      out16: write("out16"),
      out32: write("out32"),
    };
    const config = new PortAccess(ports).at({ bus: 1, device: 2, function: 3 });
    expect(config.read8(0x0e)).toBe(0x12);
    config.write16(0x06, 0xabcd);
    config.write32(0x60, 0xb000_0001);
    expect(log).toEqual([
      "out32 cf8 8001130c",
      "in8 cfe",
      "out32 cf8 80011304",
      "out16 cfe abcd",
      "out32 cf8 80011360",
      "out32 cfc b0000001",
    ]);
    expect(() => config.read32(0x102)).toThrow(/^OUT_OF_RANGE/);
    expect(() => config.read32(-4)).toThrow(/^OUT_OF_RANGE/);
    expect(() => config.read16(0x3)).toThrow(/^OUT_OF_RANGE/);
  });

  it("a function's requester ID is bus, device and function packed", () => {
    expect(packAddress({ bus: 0x12, device: 0x1f, function: 7 })).toBe(0x12ff);
  });
});

describe("interrupt routing", () => {
  it("of a pin goes to the vector in the board's table", () => {
    const routing = [
      { portDeviceId: 1, portFunctionId: 0, deviceId: 4, pins: [1, 1, 1, 1] },
      { portDeviceId: NO_PARENT, portFunctionId: NO_PARENT, deviceId: 4, pins: [20, 21, 22, 0] },
    ] as const;
    expect([0, 1, 2, 3, 4, 5, 0xff].map((pin) => vectorOf(at(4), pin, routing))).toEqual([
      undefined,
      20,
      21,
      22,
      undefined,
      undefined,
      undefined,
    ]);
    expect(vectorOf(at(5), 1, routing)).toBeUndefined();
  });

  it("on a Q35 swizzles devices 0 to 24 over PIRQ E to H, and gives the others PIRQ A to D", () => {
    const pins = (device: number) => irqRouting()[device]?.pins;
    expect(pins(0)).toEqual([20, 21, 22, 23]);
    expect(pins(1)).toEqual([21, 22, 23, 20]);
    expect(pins(24)).toEqual([20, 21, 22, 23]);
    expect(pins(25)).toEqual([16, 17, 18, 19]);
    expect(pins(31)).toEqual([16, 17, 18, 19]);
    expect(irqRouting()).toHaveLength(32);
  });
});
