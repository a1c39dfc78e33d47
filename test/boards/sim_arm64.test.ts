import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { createForeignArm64 } from "../../src/boards/foreign_arm64.ts";
import { createSimArm64, SIM_ARM64_RAM, simArm64Ram } from "../../src/boards/sim_arm64.ts";
import { createBufferRam } from "../../src/machine/ram.ts";
import { TestDeviceRegister } from "../../src/models/test_device.ts";
import { describeWithDtc, dtc } from "../firmware/devicetree/support.ts";
import { aimEduMessages, bringUpEdu, EDU, ecamOf } from "../support/ecam.ts";
import { ioAt, logOf, reached } from "../support/pci.ts";

const MIB = 2 ** 20;

describe("sim-arm64", () => {
  test("says what it is: an arm64 machine whose devices do not see the processor's cache", () => {
    const { name, architecture, board, coherent, interrupts, ports } = createSimArm64();
    expect({
      name,
      architecture,
      compatible: board.compatible,
      coherent,
      vectors: interrupts.count,
      ports,
    }).toEqual({
      name: "sim-arm64",
      architecture: "arm64",
      compatible: ["zirconia,sim-arm64"],
      coherent: false,
      vectors: 288,
      ports: undefined,
    });
  });

  test("has 128 MiB of RAM at 0x40000000 by default, and as much as it is told to", () => {
    expect(createSimArm64().ram.ranges).toEqual([{ base: 0x4000_0000, size: 128 * MIB }]);
    expect(SIM_ARM64_RAM.ranges).toEqual([{ base: 0x4000_0000, size: 128 * MIB }]);
    const ram = createBufferRam(simArm64Ram(4 * MIB));
    expect(createSimArm64({ ram }).ram).toBe(ram);
  });

  test.each([0, 5000, -4096, Number.NaN, 2 ** 40])("refuses RAM of %d bytes", (memory) => {
    expect(() => createSimArm64({ memory })).toThrow(/^INVALID_ARGS/);
  });

  test("keeps the GIC and its message frame for the kernel", () => {
    const machine = createSimArm64();
    expect(machine.denied.map(({ base, size }) => [base, size])).toEqual([
      [0x0800_0000, 0x2_0000],
      [0x0802_0000, 0x1000],
    ]);
    expect(ioAt(machine, 0x0800_0000, 0x1000).read32(0)).toBe(0xffff_ffff);
    expect(() => machine.interrupts.attach(15, "edge", () => {})).toThrow(
      /^ACCESS_DENIED: interrupt vector 15: those below 16 are the kernel's/,
    );
  });

  test.each([
    ["the UART", 0x0900_0000, 0xfe0, 0x11],
    ["the clock", 0x0901_0000, 0xfe0, 0x31],
    ["the GPIO block", 0x0903_0000, 0xfe0, 0x61],
    ["the DMA controller", 0x0904_0000, 0xfe0, 0x80],
    ["the CRC engine", 0x0905_0400, 0, 0x4352_4301],
  ])("has %s where the device tree says", (_, base, offset, id) => {
    expect(ioAt(createSimArm64(), base, 0x100).read32(offset)).toBe(id);
  });

  test("has two regions of the CRC engine, each in a page that it does not fill", () => {
    const machine = createSimArm64();
    expect(machine.resolve(0x0905_0000, 0x1000).name).toBe("crc@50400 control");
    expect(machine.resolve(0x0905_1000, 0x1000).name).toBe("crc@50400 buffer");
    const page = ioAt(machine, 0x0905_1000, 0x1000);
    page.write32(0x800, 0x1234_5678);
    expect([page.read32(0x7fc), page.read32(0x800), page.read32(0xc00)]).toEqual([
      0xffff_ffff, 0x1234_5678, 0xffff_ffff,
    ]);
  });

  test("tells as log lines what its UART sends", async () => {
    const machine = createSimArm64();
    const log = logOf(machine);
    const uart = ioAt(machine, 0x0900_0000, 0x1000);
    uart.write32(0x24, 13);
    uart.write32(0x28, 1);
    uart.write32(0x2c, 0x70);
    uart.write32(0x30, 0x301);
    for (const character of "driver\r\n") uart.write32(0, character.charCodeAt(0));
    await reached(machine, 1e6);
    expect(log).toEqual(["serial@0 info: driver"]);
  });
});

describeWithDtc("the device tree of sim-arm64", () => {
  const source = readFileSync(new URL("../../src/boards/sim_arm64.dts", import.meta.url));

  test("is what sim_arm64.dts says; if not, run node scripts/build-dtb.mjs", () => {
    const { board } = createSimArm64();
    expect(Buffer.from(board.deviceTree!).equals(dtc("dts", "dtb", source))).toBe(true);
  });

  test("says how much memory there is, and differs in nothing else", () => {
    const { board } = createSimArm64({ memory: 4 * MIB });
    const expected = source.toString().replace("0x0 0x08000000>", "0x0 0x00400000>");
    expect(Buffer.from(board.deviceTree!).equals(dtc("dts", "dtb", Buffer.from(expected)))).toBe(true);
  });
});

describe("the PCI host of sim-arm64", () => {
  test("shows a host bridge and the devices in its ECAM window, and all ones elsewhere", () => {
    const machine = createSimArm64({ devices: ["edu", "testdev"] });
    const ids = [0, 1, 2, 3].map((device) => ecamOf(machine, device).read32(0));
    expect(ids).toEqual([0x0008_1b36, 0x11e8_1234, 0x7e57_1234, 0xffff_ffff]);
    expect(machine.resolve(0x40_1000_0000, 2 ** 28).name).toBe("PCI ECAM");
    expect(ioAt(machine, 0x40_1000_0000 + 2 ** 20, 4).read32(0)).toBe(0xffff_ffff);
  });

  test("decodes memory BARs in its windows, below 4 GiB and beyond", () => {
    const machine = createSimArm64({ devices: ["testdev"] });
    const config = ecamOf(machine, 1);
    config.write32(0x10, 0x0000_0000);
    config.write32(0x14, 0x80);
    config.write32(0x18, 0x1000_0000);
    config.write16(0x04, 2);
    expect(ioAt(machine, 0x1000_0000, 0x1000).read32(TestDeviceRegister.ID)).toBe(0x5453_4554);
    const wide = ioAt(machine, 0x80_0000_0000, 0x1_0000);
    wide.write32(0x8000, 5);
    expect(wide.read32(0x8000)).toBe(5);
  });

  test("decodes none outside of them, and says so", () => {
    const machine = createSimArm64();
    const log = logOf(machine);
    const config = ecamOf(machine, 1);
    config.write32(0x10, 0x0a00_0000);
    config.write16(0x04, 2);
    expect(ioAt(machine, 0x0a00_0000, 0x1000).read32(0)).toBe(0xffff_ffff);
    expect(log[0]).toBe(
      "00:01.0 edu error: BAR 0 is not decoded: 00:01.0 edu BAR 0 at [0xa000000, 0xa100000): the host's windows are " +
        "[0x10000000, 0x3eff0000) [0x8000000000, 0x10000000000)",
    );
  });

  test("has I/O addresses as a window of memory", () => {
    const machine = createSimArm64({ devices: ["testdev"] });
    const config = ecamOf(machine, 1);
    config.write32(0x1c, 0x1000);
    config.write16(0x04, 1);
    const window = ioAt(machine, 0x3eff_0000, 0x1_0000);
    expect(window.read32(0x1000)).toBe(0x5453_4554);
    window.write8(0x1005, 0xab);
    expect(window.read32(0x1004)).toBe(0xab00);
    expect(window.read16(0x2000)).toBe(0xffff);
  });

  test("wires interrupt pins as the interrupt-map says", () => {
    const slots = ["1", "2", "3", "4"].map((slot) => `testdev,addr=${slot}`);
    const machine = createSimArm64({ devices: slots });
    const asserted = [1, 2, 3, 4].map((device) => {
      const config = ecamOf(machine, device);
      const bar = 0x1000_0000 + device * 0x1000;
      config.write32(0x18, bar);
      config.write16(0x04, 2);
      const registers = ioAt(machine, bar, 0x1000);
      registers.write32(TestDeviceRegister.PIN, 1);
      const lines = [35, 36, 37, 38].filter((intid) => machine.interrupts.isAsserted(intid));
      registers.write32(TestDeviceRegister.PIN, 0);
      return lines;
    });
    // The test device uses pin B: of device 1 that is SPI 5.
    expect(asserted).toEqual([[37], [38], [35], [36]]);
  });

  test("carries interrupt messages to the GIC's message frame", () => {
    const machine = createSimArm64();
    const edu = bringUpEdu(machine);
    const block = machine.allocateMsi(1);
    expect(block).toMatchObject({ address: 0x0802_0040, data: 80, count: 1 });
    let messages = 0;
    block.attach(0, () => messages++);
    aimEduMessages(machine, block.address, block.data);
    edu.write32(0x60, 1);
    edu.write32(0x60, 2);
    expect(messages).toBe(2);
    expect(machine.interrupts.isAsserted(EDU.intid)).toBe(false);
  });

  test("has a word for a message that the frame does not know", () => {
    const machine = createSimArm64();
    const log = logOf(machine);
    const edu = bringUpEdu(machine);
    aimEduMessages(machine, 0x0802_0040, 33);
    edu.write32(0x60, 1);
    expect(log).toEqual(["msi warning: message 0x21 to 0x8020040: the frame has no such INTID"]);
  });
});

describe("a board that is only a device tree", () => {
  const deviceTree = Uint8Array.of(0xd0, 0x0d, 0xfe, 0xed);
  const ram = () => createBufferRam({ ranges: [{ base: 0x8000_0000, size: MIB }] });

  test("hands the tree on, has its RAM, and nothing else", () => {
    const machine = createForeignArm64({
      deviceTree,
      compatible: ["vendor,board"],
      ram: ram(),
      denied: [{ base: 0x1000_0000, size: 0x1000, name: "GIC" }],
    });
    expect(machine.board).toEqual({ compatible: ["vendor,board"], deviceTree });
    expect(machine).toMatchObject({ name: "sim-arm64", architecture: "arm64", coherent: false });
    expect(machine.resolve(0x1000_0000, 0x1000).name).toBe("GIC");
    expect(machine.resolve(0x2000_0000, 0x1000).name).toBe("unassigned");
    expect(() => machine.allocateMsi(1)).toThrow(/^NOT_SUPPORTED/);
    machine.interrupts.attach(1019, "level", () => {});
  });
});
