import { describe, expect, it } from "vitest";
import { MmioBuffer } from "../../src/mmio/index.ts";
import { bit, r32, registers } from "../../src/registers/index.ts";
import { BareProcess, VMO, wasmMemory } from "../support/bare_process.ts";
import { FakeDevice } from "../support/fake_machine.ts";

/** A register at 0x20 that gives these values one after the other, then the last one for ever. */
function sequence(...values: number[]) {
  const io = new FakeDevice(0x100);
  const read32 = io.read32.bind(io);
  return Object.assign(io, {
    read32(offset: number): number {
      read32(offset);
      return values.length > 1 ? values.shift()! : values[0]!;
    },
  });
}

describe("a poll", () => {
  it("reads until the masked value is the expected one, and no more", () => {
    const io = sequence(0x10, 0x11, 0x83, 0x99);
    const mmio = MmioBuffer.over(io, 0x100);
    expect(mmio.poll32(0x20, 0x83, 0x83, { timeout: 1e6 })).toBe(0x83);
    expect(io.log.splice(0)).toEqual(Array(3).fill("read32 0x20"));
  });

  it("of a timeout of 0 reads once", () => {
    const io = sequence(0);
    expect(() => MmioBuffer.over(io, 0x100).poll32(0x20, 1, 1, { timeout: 0 })).toThrow("TIMED_OUT");
    expect(io.log.splice(0)).toHaveLength(1);
  });

  it("lets the machine's time pass between reads, and takes a last look when it is up", () => {
    const process = new BareProcess({ io: sequence(0) });
    const mmio = MmioBuffer.create(process.zx, { vmo: VMO });
    expect(() => mmio.poll32(0x20, 1, 1, { timeout: 10_000, interval: 4000 })).toThrow("TIMED_OUT");
    expect(process.time).toBe(10_000);
  });

  it("says what it waited for, the last value, and its fields", () => {
    const Device = registers("device", { Status: r32(0x20, { busy: bit(0), irq: bit(7) }) });
    const mmio = MmioBuffer.over(sequence(0x81), 0x100, { name: "bar 0" });
    Device.on(mmio);
    expect(() => mmio.poll32(0x20, 1, 0, { timeout: 3000 })).toThrow(
      'TIMED_OUT: read32 of device.Status (offset 0x20 of "bar 0"): (value & 0x1) == 0x0 did not come within 3000 ns; ' +
        "last value 0x00000081 busy=1 irq=1",
    );
  });

  it("refuses what can never come, and what is no number of its width", () => {
    const io = sequence(0);
    const mmio = MmioBuffer.over(io, 0x100);
    const soon = { timeout: 10 };
    expect(() => mmio.poll32(0x20, 1, 2, soon)).toThrow("the expected value has bits outside the mask");
    expect(() => mmio.poll64(0x20, 1n, 2n, soon)).toThrow("the expected value has bits outside the mask");
    expect(() => mmio.poll8(0x20, 0x100, 0, soon)).toThrow(
      "INVALID_ARGS: mask 0x100 is not a number of 8 bits",
    );
    expect(() => mmio.poll32(0x20, 1n as never, 0, soon)).toThrow("INVALID_ARGS: mask");
    expect(() => mmio.poll64(0x20, 1 as never, 0n, soon)).toThrow("INVALID_ARGS: mask");
    expect(() => mmio.poll32(0x22, 1, 0, soon)).toThrow("INVALID_ARGS");
    expect(() => mmio.poll32(0x100, 1, 0, soon)).toThrow("OUT_OF_RANGE");
    expect(() => mmio.poll32(0x20, 1, 0, { timeout: Number.NaN })).toThrow("INVALID_ARGS");
    expect(io.log.splice(0)).toEqual([]);
  });
});

describe.each([
  ["direct", () => new BareProcess({ memory: wasmMemory() })],
  ["dispatched", () => new BareProcess({ io: new FakeDevice(0x4000) })],
])("over %s memory, a poll", (_kind, make) => {
  it.each([8, 16, 32] as const)("of %i bits returns the whole value", (width) => {
    const mmio = MmioBuffer.create(make().zx, { vmo: VMO });
    const top = 2 ** (width - 1);
    mmio[`write${width}`](0x20, top + 5);
    expect(mmio[`poll${width}`](0x20, top + 1, top + 1, { timeout: 1e6 })).toBe(top + 5);
    expect(mmio[`poll${width}`](0x20, -1, top + 5, { timeout: 1e6 })).toBe(top + 5);
    expect(() => mmio[`poll${width}`](0x20, 2, 2, { timeout: 1e4 })).toThrow("TIMED_OUT");
  });

  it("of 64 bits compares all of them", () => {
    const mmio = MmioBuffer.create(make().zx, { vmo: VMO });
    mmio.write64(0x20, 0x8000_0001_0000_0003n);
    expect(mmio.poll64(0x20, 0x8000_0001_0000_0000n, 0x8000_0001_0000_0000n, { timeout: 1e6 })).toBe(
      0x8000_0001_0000_0003n,
    );
    expect(() => mmio.poll64(0x20, 0x1_0000_0001n, 0x1_0000_0000n, { timeout: 1e4 })).toThrow(
      "(value & 0x100000001) == 0x100000000 did not come within 10000 ns; last value 0x8000000100000003",
    );
  });

  it("of a mapping that is gone is its page fault", () => {
    const process = make();
    const mmio = MmioBuffer.create(process.zx, { vmo: VMO });
    process.unmap(mmio.address, mmio.size, "somebody");
    expect(() => mmio.poll32(0x20, 1, 1, { timeout: 1e6 })).toThrow("NOT_FOUND: read32");
    mmio.release();
    expect(() => mmio.poll64(0x20, 1n, 1n, { timeout: 1e6 })).toThrow("BAD_STATE");
  });
});
