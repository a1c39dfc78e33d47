import { describe, expect, it } from "vitest";
import { type AccessEvent, EventStream, type SystemEvent } from "../../src/events/events.ts";
import { MmioBuffer } from "../../src/mmio/index.ts";
import { bit, r32, registers } from "../../src/registers/index.ts";
import { BareProcess, VMO, wasmMemory } from "../support/bare_process.ts";
import { FakeDevice } from "../support/fake_machine.ts";

const Device = registers("device", { Status: r32(0x20, { busy: bit(0), irq: bit(7) }) });
const memory = wasmMemory();
const kinds = [
  ["direct", () => new BareProcess({ memory })],
  ["dispatched", () => new BareProcess({ io: new FakeDevice(0x4000) })],
] as const;

function traced(process: BareProcess) {
  const events = new EventStream();
  const clock = { now: () => 42 };
  const mmio = MmioBuffer.create(process.zx, {
    vmo: VMO,
    name: "bar 0",
    trace: { events, clock, process: "driver-host-1" },
  });
  const heard: AccessEvent[] = [];
  const listen = () => events.listen((event: SystemEvent) => heard.push(event as AccessEvent), ["access"]);
  return { events, mmio, heard, listen };
}

describe.each(kinds)("accesses of %s memory", (_kind, make) => {
  it("are told with register and fields while somebody listens, and only then", () => {
    const { mmio, heard, listen } = traced(make());
    const regs = Device.on(mmio);
    regs.Status.write(0x80);
    const stop = listen();
    regs.Status.modify({ busy: 1 });
    stop();
    regs.Status.write(0);
    const common = {
      kind: "access",
      time: 42,
      process: "driver-host-1",
      mapping: "bar 0",
      offset: 0x20,
      width: 32,
      register: "Status",
    };
    expect(heard).toEqual([
      { ...common, op: "read", value: 0x80, fields: "busy=0 irq=1" },
      { ...common, op: "write", value: 0x81, fields: "busy=1 irq=1" },
    ]);
  });

  it("are told from the start of the buffer, also those of views made before and after", () => {
    const { mmio, heard, listen } = traced(make());
    const early = mmio.view(0x100);
    listen();
    const late = early.view(0x10);
    early.write8(1, 5);
    late.write16(2, 6);
    expect(heard.map(({ offset, width, value, register }) => ({ offset, width, value, register }))).toEqual([
      { offset: 0x101, width: 8, value: 5, register: undefined },
      { offset: 0x112, width: 16, value: 6, register: undefined },
    ]);
  });

  it("of 64 bits are told as one, with a bigint", () => {
    const { mmio, heard, listen } = traced(make());
    listen();
    mmio.write64(0x40, 0xffff_ffff_0000_0001n);
    expect(mmio.read64(0x40)).toBe(0xffff_ffff_0000_0001n);
    expect(heard.map(({ op, width, value }) => [op, width, value])).toEqual([
      ["write", 64, 0xffff_ffff_0000_0001n],
      ["read", 64, 0xffff_ffff_0000_0001n],
    ]);
  });

  it("are told one by one in blocks, ranges, copies and polls", () => {
    const { mmio, heard, listen } = traced(make());
    mmio.write32(0x40, 3);
    listen();
    mmio.readBlock(0x40, new Uint32Array(3));
    mmio.writeRange(0x50, Uint16Array.of(1, 2));
    mmio.copyFrom(0x60, mmio, 0x40, 1, 32);
    mmio.poll32(0x40, 1, 1, { timeout: 0 });
    expect(heard.map(({ op, width, offset }) => `${op}${width} ${offset.toString(16)}`)).toEqual([
      "read32 40",
      "read32 40",
      "read32 40",
      "write16 50",
      "write16 52",
      "read32 40",
      "write32 60",
      "read32 40",
    ]);
  });

  it("that a listener makes itself are made, and not told", () => {
    const { events, mmio } = traced(make());
    mmio.write32(0x20, 1);
    const seen: number[] = [];
    events.listen(() => seen.push(mmio.read32(0x20)), ["access"]);
    mmio.write32(0x20, 2);
    expect(seen).toEqual([1]);
    mmio.read32(0x20);
    expect(seen).toEqual([1, 2]);
  });

  it("are not told after the buffer was released", () => {
    const { mmio, heard, listen } = traced(make());
    listen();
    mmio.release();
    expect(() => mmio.read32(0)).toThrow("BAD_STATE");
    expect(heard).toEqual([]);
  });
});

describe("a write", () => {
  it("is told before it happens, so that what it causes comes after it", () => {
    const events = new EventStream();
    const story: string[] = [];
    const io = Object.assign(new FakeDevice(0x100), { write32: () => void story.push("interrupt") });
    const mmio = MmioBuffer.over(io, 0x100, { trace: { events, clock: { now: () => 0 }, process: "p" } });
    events.listen((event) => story.push(event.kind));
    mmio.write32(0, 1);
    expect(story).toEqual(["access", "interrupt"]);
  });
});
