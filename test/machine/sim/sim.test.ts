import { describe, expect, test, vi } from "vitest";
import { EventStream } from "../../../src/events/events.ts";
import { createBufferRam } from "../../../src/machine/ram.ts";
import { ACCESS_NS } from "../../../src/machine/sim/clock.ts";
import { SimMachine } from "../../../src/machine/sim/sim.ts";
import type { Io } from "../../../src/zx/memory.ts";
import { ioAt } from "../../support/pci.ts";

/** RAM at 0, a bank of RAM as a device at 0x10_0000, an interrupt controller at 0x20_0000. */
function machine() {
  const log: string[] = [];
  const events = new EventStream();
  events.listen((event) => log.push((event as { message: string }).message), ["log"]);
  const sim = new SimMachine({
    name: "sim-test",
    architecture: "arm64",
    board: { compatible: ["zirconia,test"] },
    ram: createBufferRam({ ranges: [{ base: 0, size: 0x2000 }] }),
    coherent: false,
    interrupts: 8,
    denied: [{ base: 0x20_0000, size: 0x1000, name: "interrupt controller" }],
    seed: 0,
    events,
  });
  const bank = bankOf(0x1000);
  const range = sim.bus.add(0x10_0000, 0x1000, "bank", bank);
  return { sim, bank, range, log };
}

function bankOf(size: number): Io {
  return createBufferRam({ ranges: [{ base: 0, size }] }).io;
}

describe("a range of physical addresses", () => {
  test("takes accesses of every width, at offsets from its start", () => {
    const { sim, bank } = machine();
    const io = ioAt(sim, 0x10_0100, 0x100);
    io.write64(0, 0x89ab_cdef, 0x0123_4567);
    expect([bank.read64(0x100), bank.high]).toEqual([0x89ab_cdef, 0x0123_4567]);
    io.write8(0, 0x11);
    io.write16(2, 0x2222);
    io.write32(4, 0x3333_3333);
    expect([io.read8(0), io.read16(2), io.read32(4)]).toEqual([0x11, 0x2222, 0x3333_3333]);
    expect([io.read64(0), io.high]).toEqual([0x2222_cd11, 0x3333_3333]);
  });

  test("costs virtual time for each access", () => {
    const { sim } = machine();
    const io = ioAt(sim, 0x10_0000, 0x1000);
    io.read32(0);
    io.write64(8, 1, 2);
    expect(sim.clock.now()).toBe(2 * ACCESS_NS);
  });

  test("is named after what lies there", () => {
    const { sim } = machine();
    expect(sim.resolve(0x10_0000, 4).name).toBe("bank");
    expect(sim.resolve(0x30_0000, 4).name).toBe("unassigned");
    expect(sim.resolve(0x10_0000, 0x20_0000).name).toBe("bank, interrupt controller");
  });

  test("reads as all ones and takes writes in vain where nothing answers, which is reported once", () => {
    const { sim, log } = machine();
    const io = ioAt(sim, 0x30_0000, 0x1000);
    expect([io.read8(0), io.read16(0), io.read32(0x10)]).toEqual([0xff, 0xffff, 0xffff_ffff]);
    expect([io.read64(0), io.high]).toEqual([0xffff_ffff, 0xffff_ffff]);
    io.write8(0, 1);
    io.write16(0, 1);
    io.write32(0, 1);
    io.write64(0, 1, 1);
    expect(log).toEqual(["read8 at 0x300000: nothing answers there"]);
  });

  test("may hold several devices and gaps between them", () => {
    const { sim, bank, log } = machine();
    const second = bankOf(0x1000);
    sim.bus.add(0x10_2000, 0x1000, "second bank", second);
    const io = ioAt(sim, 0x10_0000, 0x3000);
    io.write8(0x11, 0x55);
    io.write16(0x2012, 0x6666);
    io.write32(0x2014, 0x7777_7777);
    io.write64(0x2018, 1, 2);
    expect([bank.read8(0x11), io.read8(0x11)]).toEqual([0x55, 0x55]);
    expect([second.read16(0x12), io.read16(0x2012)]).toEqual([0x6666, 0x6666]);
    expect([second.read32(0x14), io.read32(0x2014)]).toEqual([0x7777_7777, 0x7777_7777]);
    expect([io.read64(0x2018), io.high]).toEqual([1, 2]);
    expect(io.read32(0x1004)).toBe(0xffff_ffff);
    expect(log).toEqual([
      "read32 at 0x101004: nothing answers there; the range was mapped for bank, second bank",
    ]);
  });

  test("follows the devices when they move", () => {
    const { sim, bank, range, log } = machine();
    const here = ioAt(sim, 0x10_0000, 0x1000);
    const there = ioAt(sim, 0x40_0000, 0x1000);
    bank.write32(0, 0x1234);
    expect(here.read32(0)).toBe(0x1234);
    sim.bus.remove(range);
    sim.bus.add(0x40_0000, 0x1000, "bank", bank);
    expect(here.read32(0)).toBe(0xffff_ffff);
    expect(there.read32(0)).toBe(0x1234);
    expect(log).toEqual(["read32 at 0x100000: nothing answers there; the range was mapped for bank"]);
  });

  test("that the kernel keeps for itself does not answer, and no device can be put over it or over RAM", () => {
    const { sim, log } = machine();
    expect(ioAt(sim, 0x20_0000, 4).read32(0)).toBe(0xffff_ffff);
    expect(log[0]).toMatch(/interrupt controller/);
    expect(() => sim.bus.add(0x20_0ff0, 0x1000, "x", bankOf(0x1000))).toThrow(
      /^ALREADY_EXISTS.*interrupt controller/,
    );
    expect(() => sim.bus.add(0x1000, 0x1000, "x", bankOf(0x1000))).toThrow(/^ALREADY_EXISTS.*RAM/);
  });

  test.each([
    [-1, 4],
    [0, 0],
    [Number.NaN, 4],
    [Number.MAX_SAFE_INTEGER, 4096],
    [0.5, 4],
  ])("[%d, +%d) is refused: it is no range", (paddr, size) => {
    expect(() => machine().sim.resolve(paddr, size)).toThrow(/^OUT_OF_RANGE/);
  });
});

describe("a sim machine", () => {
  test("fires timers from inside a loop that polls a device", () => {
    const { sim, bank } = machine();
    const io = ioAt(sim, 0x10_0000, 4);
    sim.clock.at(5000, () => bank.write32(0, 1));
    let polls = 0;
    while (io.read32(0) === 0) polls++;
    expect(polls).toBe(5000 / ACCESS_NS - 1);
  });

  test("tells everybody when it fails, once, and answers nothing from then on", () => {
    const { sim } = machine();
    const [before, after] = [vi.fn(), vi.fn()];
    sim.onFailure(before);
    sim.fail("bank", new TypeError("x is undefined"));
    sim.fail("bank", new Error("again"));
    sim.onFailure(after);
    expect(before).toHaveBeenCalledTimes(1);
    expect(after).toHaveBeenCalledTimes(1);
    const error = before.mock.calls[0]![0];
    expect(error.message).toBe("INTERNAL: bank failed: x is undefined");
    expect(error.cause).toBeInstanceOf(TypeError);
    expect(() => sim.resolve(0x10_0000, 4)).toThrow(error);
  });

  test("is gone after close, which may be called twice", async () => {
    const { sim } = machine();
    const io = ioAt(sim, 0x10_0000, 4);
    const timer = vi.fn();
    sim.clock.at(100, timer);
    await sim.close();
    await sim.close();
    sim.clock.spin(1000);
    expect(timer).not.toHaveBeenCalled();
    expect(io.read32(0)).toBe(0xffff_ffff);
    expect(() => sim.resolve(0x10_0000, 4)).toThrow(/^BAD_STATE/);
  });
});

describe("memory as devices reach it", () => {
  test("is RAM, and a word written to the local APICs' range is an interrupt", () => {
    const { sim } = machine();
    expect(sim.dma.write(0x1ffc, Uint8Array.of(1, 2, 3, 4))).toBe(true);
    const into = new Uint8Array(2);
    expect(sim.dma.read(0x1ffd, into)).toBe(true);
    expect([...into]).toEqual([2, 3]);
    const block = sim.allocateMsi(2);
    const handler = vi.fn();
    block.attach(1, handler);
    expect(sim.dma.write(block.address, Uint8Array.of(block.data + 1, 0, 0, 0))).toBe(true);
    expect(handler).toHaveBeenCalledTimes(1);
  });

  test("is nowhere else: not past RAM, not at a device, not beyond what a number can say", () => {
    const { sim } = machine();
    const bytes = new Uint8Array(4);
    for (const paddr of [0x1ffe, 0x10_0000, 0xfee0_0002, 2 ** 60]) {
      expect(sim.dma.read(paddr, bytes)).toBe(false);
      expect(sim.dma.write(paddr, bytes)).toBe(false);
    }
    expect(sim.dma.write(0xfee0_0000, new Uint8Array(8))).toBe(false);
  });
});
