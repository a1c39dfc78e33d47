import { describe, expect, test } from "vitest";
import { deviceNames, parseDevice } from "../../src/boards/devices.ts";
import { createSimX64, SIM_X64_RAM, simX64Ram } from "../../src/boards/sim_x64.ts";
import { EventStream, type SystemEvent } from "../../src/events/events.ts";
import { createBufferRam } from "../../src/machine/ram.ts";
import { EDU_BUFFER_OFFSET } from "../../src/registers/edu.ts";
import { ConfigPorts, ioAt, reached } from "../support/pci.ts";

const MIB = 2 ** 20;
const GIB = 2 ** 30;

describe("sim-x64", () => {
  test("says what it is: a coherent x64 machine for which a q35 board driver will do", () => {
    const { name, architecture, board, coherent, interrupts } = createSimX64();
    expect({ name, architecture, board, coherent, vectors: interrupts.count }).toEqual({
      name: "sim-x64",
      architecture: "x64",
      board: { compatible: ["zirconia,sim-x64", "intel,q35"] },
      coherent: true,
      vectors: 24,
    });
  });

  test("has an edu at 00:01.0 unless told otherwise", () => {
    expect(createSimX64().pci.functions.map(({ name }) => name)).toContain("00:01.0 edu");
    expect(createSimX64({ devices: [] }).pci.functions).toHaveLength(2);
  });

  test("has 128 MiB of RAM by default, of which firmware keeps the first", () => {
    const { ram } = createSimX64();
    expect(ram.ranges).toEqual([{ base: 0, size: 128 * MIB }]);
    expect(ram.reserved).toEqual([{ base: 0, size: MIB }]);
    expect(SIM_X64_RAM).toEqual({ ranges: ram.ranges, reserved: ram.reserved });
  });

  test("puts RAM beyond 2 GiB above 4 GiB", () => {
    expect(simX64Ram(3 * GIB).ranges).toEqual([
      { base: 0, size: 2 * GIB },
      { base: 4 * GIB, size: GIB },
    ]);
  });

  test.each([0, MIB, 5000, -4096, Number.NaN, 2 ** 60])("refuses RAM of %d bytes", (memory) => {
    expect(() => createSimX64({ memory })).toThrow(/^(INVALID_ARGS|NO_MEMORY)/);
  });

  test("takes RAM that was made elsewhere", () => {
    const ram = createBufferRam(simX64Ram(4 * MIB));
    expect(createSimX64({ ram }).ram).toBe(ram);
  });

  test("keeps the interrupt controllers for the kernel", () => {
    const machine = createSimX64();
    expect(machine.denied).toMatchObject([{ base: 0xfec0_0000 }, { base: 0xfee0_0000 }]);
    expect(machine.resolve(0xfee0_0000, 0x1000).name).toBe("local APIC");
  });
});

describe("a device by name", () => {
  test("is written as QEMU writes it", () => {
    expect(deviceNames).toEqual(["edu", "testdev"]);
    expect(parseDevice("edu").slot).toBeUndefined();
    expect(parseDevice("edu,addr=1e").slot).toEqual({ device: 0x1e, function: 0 });
    expect(parseDevice("edu,dma_mask=255,addr=0x4.2")).toMatchObject({
      model: { name: "edu" },
      slot: { device: 4, function: 2 },
    });
  });

  test.each([
    ["nvme", 'NOT_FOUND: no model of a device "nvme": there are edu, testdev'],
    ["", 'NOT_FOUND: no model of a device "": there are edu, testdev'],
    ["edu,mask=1", 'INVALID_ARGS: device "edu,mask=1": "mask=1"; edu takes addr=..., dma_mask=...'],
    ["testdev,dma_mask=1", 'INVALID_ARGS: device "testdev,dma_mask=1": "dma_mask=1"; testdev takes addr=...'],
    ["edu,addr", 'INVALID_ARGS: device "edu,addr": "addr"; edu takes addr=..., dma_mask=...'],
    [
      "edu,addr=1,addr=2",
      'INVALID_ARGS: device "edu,addr=1,addr=2": "addr=2"; edu takes addr=..., dma_mask=...',
    ],
    ["edu,addr=g", "INVALID_ARGS: addr=g: a slot is written 4 or 1f.3, hexadecimal"],
    ["edu,addr=1.8", "INVALID_ARGS: addr=1.8: a slot is written 4 or 1f.3, hexadecimal"],
    ["edu,dma_mask=-1", "INVALID_ARGS: dma_mask=-1: a number of 64 bits, like 0xffffffff"],
    [
      "edu,dma_mask=99999999999999999999",
      "INVALID_ARGS: edu: a DMA mask has 64 bits, not 0x56bc75e2d630fffff",
    ],
  ])("%j is refused, and the message says what there is", (text, message) => {
    expect(() => createSimX64({ devices: [text] })).toThrow(message);
  });

  test("cannot go where there is no slot", () => {
    expect(() => createSimX64({ devices: ["edu,addr=20"] })).toThrow(/^OUT_OF_RANGE/);
    expect(() => createSimX64({ devices: ["edu,addr=1f"] })).toThrow(/^ALREADY_EXISTS.*ICH9 LPC/);
  });
});

describe("determinism", () => {
  /** Two devices that work at the same time, an interrupt that is shared, DMA and things that go wrong: all that is seen. */
  async function story(seed: number): Promise<{ seen: string[]; logged: SystemEvent[]; end: number }> {
    const logged: SystemEvent[] = [];
    const seen: string[] = [];
    const events = new EventStream();
    events.listen((event) => logged.push(event));
    const machine = createSimX64({ devices: ["edu,addr=4", "edu,addr=8"], memory: 4 * MIB, seed, events });
    const devices = [4, 8].map((device) => {
      const config = new ConfigPorts(machine, device);
      config.write32(0x10, 0xc000_0000 + device * 0x10_0000);
      config.write16(0x04, device === 4 ? 0x6 : 0x2);
      return ioAt(machine, 0xc000_0000 + device * 0x10_0000, 0x10_0000);
    });
    machine.interrupts.attach(20, "level", () => {
      seen.push(`${machine.clock.now()} interrupt ${devices.map((io) => io.read32(0x24)).join(" ")}`);
      for (const io of devices) io.write32(0x64, 0xffff_ffff);
    });
    const work = devices.map(async (io, i) => {
      io.write32(0x20, 0x80);
      for (let n = 1; n < 20; n++) {
        io.write32(0x08, n);
        while ((io.read32(0x20) & 1) !== 0) await reached(machine, machine.clock.now() + 777);
        seen.push(`${machine.clock.now()} device ${i}: ${n}! = ${io.read32(0x08)}`);
      }
      io.write32(0x80, EDU_BUFFER_OFFSET);
      io.write32(0x88, 0x20_0000 + i * 0x1000);
      io.write32(0x90, 64);
      io.write32(0x98, 0x7);
      await reached(machine, machine.clock.now() + 100_000_000);
    });
    await Promise.all(work);
    await machine.close();
    return { seen, logged, end: machine.clock.now() };
  }

  test("the same seed and the same program give the same story, to the nanosecond", async () => {
    const [first, second] = [await story(1), await story(1)];
    expect(second).toEqual(first);
    expect(first.seen.length).toBeGreaterThan(60);
    expect(first.logged).toMatchObject([{ source: "00:08.0 edu", severity: "error" }]);
  });

  test("another seed gives another story with the same results", async () => {
    const [first, other] = [await story(1), await story(2)];
    expect(other.seen).not.toEqual(first.seen);
    const results = (lines: readonly string[]) =>
      lines
        .filter((line) => line.includes("!"))
        .map((line) => line.replace(/^\d+ /, ""))
        .sort();
    expect(results(other.seen)).toEqual(results(first.seen));
  });
});
