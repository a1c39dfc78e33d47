import { describe, expect, it } from "vitest";
import { MmioScript, memoryDouble, RegisterDouble, ScriptError } from "../../src/mmio/index.ts";
import { array, bit, bits, r8, r32, r64, registers } from "../../src/registers/index.ts";

const Device = registers("device", {
  Id: r32(0x00, "ro", {}, { reset: 0x0100_00ed }),
  Status: r32(0x20, { busy: bit(0, "ro"), irq: bit(7) }),
  Events: r32(0x24, "w1c"),
  Count: r32(0x28, "rc"),
  Kick: r32(0x2c, "wo"),
  Wide: r64(0x30),
  Slot: array(2, 4, r32(0x40, { value: bits(3, 0) })),
  Byte: r8(0x50),
});

describe("a memory double", () => {
  it("is plain memory, which the test sees too", () => {
    const bytes = new Uint8Array(16);
    const mmio = memoryDouble(bytes);
    mmio.write32(4, 0x1122_3344);
    expect([...bytes.subarray(4, 8)]).toEqual([0x44, 0x33, 0x22, 0x11]);
    bytes[0] = 9;
    expect(mmio.read8(0)).toBe(9);
    expect(memoryDouble(8).size).toBe(8);
    expect(() => mmio.read32(16)).toThrow('OUT_OF_RANGE: read32 at offset 0x10 of "memory double"');
  });
});

describe("a register double", () => {
  it("holds reset values and behaves as its modes say", () => {
    const device = new RegisterDouble(Device);
    const regs = Device.on(device.mmio);
    expect(regs.Id.read().raw).toBe(0x0100_00ed);
    device.mmio.write32(0x20, 0xffff_ffff);
    expect(regs.Status.read().busy).toBe(0);
    device.set("Events", 0b1111);
    regs.Events.write(0b0101);
    expect(regs.Events.read().raw).toBe(0b1010);
    device.set("Count", 3);
    expect([regs.Count.read().raw, regs.Count.read().raw]).toEqual([3, 0]);
    regs.Wide.write(0x1_2345_6789_abcdn);
    expect(device.get("Wide")).toBe(0x1_2345_6789_abcdn);
    regs.Slot.at(1).write({ value: 9 });
    expect([device.get("Slot[0]"), device.get("Slot[1]")]).toEqual([0, 9]);
    regs.Byte.write(0xab);
    expect(regs.Byte.read().raw).toBe(0xab);
  });

  it("does what the test says when a register is read or written", () => {
    const device = new RegisterDouble(Device);
    const regs = Device.on(device.mmio);
    let reads = 0;
    device
      .on("Kick", { write: (kick) => device.set("Status", { busy: kick.raw === 1 ? 1 : 0 }) })
      .on("Count", { read: () => ++reads })
      .on("Wide", { read: () => 0xffff_ffff_0000_0001n });
    regs.Kick.write(1);
    expect(regs.Status.read().busy).toBe(1);
    expect([regs.Count.read().raw, regs.Count.read().raw]).toEqual([1, 2]);
    expect(regs.Wide.read().high).toBe(0xffff_ffff);
  });

  it("tells an access that no register takes, by name", () => {
    const { mmio } = new RegisterDouble(Device, { size: 0x100 });
    expect(() => mmio.read8(0x20)).toThrow(
      'NOT_SUPPORTED: read8 of device.Status (offset 0x20 of "device double"): Status is a register of 32 bits at 0x20',
    );
    expect(() => mmio.read16(0x22)).toThrow("NOT_SUPPORTED: read16 of device.Status+0x2");
    expect(() => mmio.write32(0x00, 1)).toThrow("Id is declared ro");
    expect(() => mmio.read32(0x2c)).toThrow("Kick is declared wo");
    expect(() => mmio.read32(0x80)).toThrow("device declares no register at 0x80");
  });

  it("tells a name that there is not", () => {
    const device = new RegisterDouble(Device);
    expect(() => device.on("Statsu", {})).toThrow(
      'INVALID_ARGS: device has no register "Statsu": Id, Status',
    );
    expect(() => device.set("Status", { bsy: 1 })).toThrow('Status has no field "bsy"');
    expect(() => device.set("Status", 2 ** 32)).toThrow("is not a value of 32 bits");
  });
});

describe("a script", () => {
  const play = () => new MmioScript(0x100).read32(0x00, 0xed).write32(0x20, 0x80).read64(0x30, 5n);

  it("is satisfied by exactly its accesses in exactly its order", () => {
    const script = play();
    expect(script.mmio.read32(0x00)).toBe(0xed);
    script.mmio.write32(0x20, 0x80);
    expect(script.mmio.read64(0x30)).toBe(5n);
    script.done();
  });

  it("takes narrow accesses, negative values, and declared registers", () => {
    const script = new MmioScript(0x100)
      .read8(1, 0xff)
      .read16(2, 0xffff)
      .write8(3, -1)
      .write16(4, -1)
      .write32(8, -1)
      .write64(0x10, -1n)
      .read(Device.layout.Status, { busy: 1 })
      .write(Device.layout.Wide, 7n);
    const { mmio } = script;
    expect([mmio.read8(1), mmio.read16(2)]).toEqual([0xff, 0xffff]);
    mmio.write8(3, 0xff);
    mmio.write16(4, 0xffff);
    mmio.write32(8, -1);
    mmio.write64(0x10, 0xffff_ffff_ffff_ffffn);
    expect(Device.on(mmio).Status.read().busy).toBe(1);
    mmio.write64(0x30, 7n);
    script.done();
  });

  const different: [string, (script: MmioScript) => void, string][] = [
    [
      "another place",
      ({ mmio }) => mmio.read32(0x24),
      "action #1: expected read32 at 0x0, got read32 at 0x24",
    ],
    ["another width", ({ mmio }) => mmio.read8(0x00), "action #1: expected read32 at 0x0, got read8 at 0x0"],
    [
      "a write for a read",
      ({ mmio }) => mmio.write32(0x00, 1),
      "action #1: expected read32 at 0x0, got write32 at 0x0",
    ],
    [
      "another value",
      ({ mmio }) => {
        mmio.read32(0x00);
        mmio.write32(0x20, 0x81);
      },
      "action #2: expected write32 of 0x00000080 at 0x20, got write32 of 0x00000081 at 0x20",
    ],
    [
      "two halves for one access",
      ({ mmio }) => {
        mmio.read32(0x00);
        mmio.write32(0x20, 0x80);
        mmio.read32(0x30);
      },
      "action #3: expected read64 at 0x30, got read32 at 0x30",
    ],
    [
      "one access too many",
      ({ mmio }) => {
        mmio.read32(0x00);
        mmio.write32(0x20, 0x80);
        mmio.read64(0x30);
        mmio.read64(0x30);
      },
      "action #4: expected nothing more, got read64 at 0x30",
    ],
  ];
  it.each(different)("tells the first difference: %s", (_what, driver, message) => {
    const script = play();
    expect(() => driver(script)).toThrow(new ScriptError(message));
    // A driver that swallows the error does not get away with it.
    expect(() => script.mmio.read32(0x00)).toThrow(message);
    expect(() => script.done()).toThrow(message);
  });

  it("is not done while accesses are missing", () => {
    const script = play();
    script.mmio.read32(0x00);
    expect(() => script.done()).toThrow(
      "action #2: expected write32 of 0x00000080 at 0x20, but nothing more came",
    );
  });

  it("names registers where it knows them", () => {
    const script = new MmioScript(0x100, { registers: Device }).read32(0x20, 0);
    expect(() => script.mmio.read32(0x00)).toThrow(
      "action #1: expected read32 at Status (0x20), got read32 at Id (0x0)",
    );
  });
});
