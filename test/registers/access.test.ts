import { describe, expect, it } from "vitest";
import { MmioScript, RegisterDouble } from "../../src/mmio/index.ts";
import {
  array,
  bit,
  bits,
  block,
  choice,
  r8,
  r16,
  r32,
  r64,
  registers,
  reserved,
  wide,
} from "../../src/registers/index.ts";

const Device = registers("device", {
  Id: r32(0x00, "ro", { magic: bits(7, 0) }),
  Status: r32(0x04, { busy: bit(0, "ro"), mode: choice(2, 1, { off: 0, slow: 1, fast: 2 }), irq: bit(7) }),
  Events: r32(0x08, { enable: bit(0), seen: bit(1, "w1c"), quiet: bit(2, "w0c"), _31_16: reserved(31, 16) }),
  Source: r64(0x10, { address: wide(63, 12), count: bits(11, 0) }),
  Half: r16(0x18, { upper: bits(15, 8), lower: bits(7, 0) }),
  Byte: r8(0x1a),
  Doorbell: r32(0x1c, "wo", { ring: bits(15, 0) }),
  Latch: r32(0x20, "wc"),
  Channel: array(3, 0x10, block(0x40, { Control: r32(0x0, { enable: bit(31) }), Data: r32(0x4) })),
});

/** What a driver does, against the exact accesses that it may make. */
function scripted(
  expected: (script: MmioScript) => MmioScript,
  driver: (regs: ReturnType<typeof Device.on>) => void,
): void {
  const script = expected(new MmioScript(0x100));
  driver(Device.on(script.mmio));
  script.done();
}

describe("reading a register", () => {
  it("is one read of its width, from which every field is taken", () => {
    scripted(
      (script) => script.read32(0x04, 0x85),
      (regs) => {
        const status = regs.Status.read();
        expect([status.busy, status.mode, status.irq, status.raw]).toEqual([1, "fast", 1, 0x85]);
      },
    );
  });

  it("gives the number of a choice that has no name", () => {
    scripted(
      (script) => script.read32(0x04, 0x06),
      (regs) => expect(regs.Status.read().mode).toBe(3),
    );
  });

  it("of 64 bits is one access, as halves and as a bigint", () => {
    scripted(
      (script) => script.read64(0x10, 0xfedc_ba98_7654_3210n),
      (regs) => {
        const source = regs.Source.read();
        expect(source.low).toBe(0x7654_3210);
        expect(source.high).toBe(0xfedc_ba98);
        expect(source.raw).toBe(0xfedc_ba98_7654_3210n);
        expect(source.address).toBe(0xf_edcb_a987_6543n);
        expect(source.count).toBe(0x210);
      },
    );
  });

  it("prints as its value and its fields", () => {
    scripted(
      (script) => script.read32(0x04, 0x85),
      (regs) => expect(String(regs.Status.read())).toBe("0x00000085 busy=1 mode=fast irq=1"),
    );
  });

  it("reaches an element of an array at its own offset", () => {
    scripted(
      (script) => script.read32(0x60, 0x8000_0000).read32(0x64, 5),
      (regs) => {
        expect(regs.Channel.length).toBe(3);
        expect(regs.Channel.at(2).Control.read().enable).toBe(1);
        expect(regs.Channel.at(2).Data.read().raw).toBe(5);
        expect(regs.Channel.at(2).Data.name).toBe("Channel[2].Data");
      },
    );
  });

  it.each([3, -1, 0.5, Number.NaN, "0" as never])("has no element %s", (index) => {
    const regs = Device.on(new MmioScript(0x100).mmio);
    expect(() => regs.Channel.at(index)).toThrow("OUT_OF_RANGE: Channel: no element");
  });
});

describe("writing a register", () => {
  it("is one write of a number, or of fields with everything else zero", () => {
    scripted(
      (script) => script.write32(0x04, 0x80).write32(0x04, 0x84).write16(0x18, 0xab00).write8(0x1a, 0xff),
      (regs) => {
        regs.Status.write(0x80);
        regs.Status.write({ mode: "fast", irq: true });
        regs.Half.write({ upper: 0xab });
        regs.Byte.write(0xff);
      },
    );
  });

  it("of 64 bits is one access", () => {
    scripted(
      (script) =>
        script
          .write64(0x10, 0x1_0000_0005n)
          .write64(0x10, 0xffff_f000n)
          .write64(0x10, 2n ** 53n - 1n),
      (regs) => {
        regs.Source.write(0x1_0000_0005n);
        regs.Source.write({ address: 0xf_ffffn });
        regs.Source.write(2 ** 53 - 1);
      },
    );
  });

  it("writes reserved bits as zero, and leaves alone what reacts to being written", () => {
    scripted(
      (script) =>
        script
          .write32(0x08, 0x0000_ffff)
          .write32(0x08, 0b101)
          .write32(0x08, 0b001 | 0b010),
      (regs) => {
        regs.Events.write(0xffff_ffff);
        regs.Events.write({ enable: 1 });
        regs.Events.write({ enable: 1, seen: 1, quiet: 0 });
      },
    );
  });

  it("refuses fields and values that there are not, and accesses nothing", () => {
    const regs = Device.on(new MmioScript(0x100).mmio);
    expect(() => regs.Status.write({ bussy: 1 } as never)).toThrow(
      'INVALID_ARGS: Status has no field "bussy": its fields are busy, mode, irq',
    );
    expect(() => regs.Status.write({ busy: 1 } as never)).toThrow(
      "INVALID_ARGS: Status.busy cannot be written: it is read only",
    );
    expect(() => regs.Status.write({ mode: "faster" } as never)).toThrow(
      'Status.mode: "faster" is not a value of 2 bits (off, slow, fast)',
    );
    expect(() => regs.Status.write({ mode: 4 })).toThrow("Status.mode: 0x4 is not a value of 2 bits");
    expect(() => regs.Events.write({ _31_16: 1 } as never)).toThrow('no field "_31_16"');
    for (const garbage of [2 ** 32, 1.5, Number.NaN, null, undefined, "1", 2n ** 32n]) {
      expect(() => regs.Status.write(garbage as never)).toThrow("INVALID_ARGS");
      expect(() => regs.Events.write(garbage as never)).toThrow("INVALID_ARGS");
      if (typeof garbage !== "bigint" && garbage !== 2 ** 32)
        expect(() => regs.Source.write(garbage as never)).toThrow("INVALID_ARGS");
    }
  });
});

describe("modifying a register", () => {
  it("is one read and one write that keeps the other bits, declared or not", () => {
    scripted(
      (script) => script.read32(0x04, 0xabcd_0083).write32(0x04, 0xabcd_0005),
      (regs) => regs.Status.modify({ mode: "fast", irq: 0 }),
    );
  });

  it("does not clear by accident what a write would clear, and zeroes reserved bits", () => {
    scripted(
      (script) =>
        script
          .read32(0x08, 0xffff_fffa)
          .write32(0x08, 0x0000_fffd)
          .read32(0x08, 0x0000_0006)
          .write32(0x08, 0x0000_0006),
      (regs) => {
        regs.Events.modify({ enable: 1 });
        regs.Events.modify({ seen: 1 });
      },
    );
  });

  it("works on all 64 bits in two accesses", () => {
    scripted(
      (script) => script.read64(0x10, 0xffff_ffff_ffff_f001n).write64(0x10, 0xffff_ffff_ffff_f002n),
      (regs) => regs.Source.modify({ count: 2 }),
    );
  });
});

describe("a mode forbids at run time too, where no type checker looked", () => {
  const regs = Device.on(new MmioScript(0x100).mmio) as unknown as Record<
    string,
    Record<string, (argument: unknown) => void>
  >;

  it.each([
    ["Id", "write", "NOT_SUPPORTED: device.Id: no write of a register that is declared ro"],
    ["Id", "modify", "no modify of a register that is declared ro"],
    ["Doorbell", "read", "no read of a register that is declared wo"],
    ["Doorbell", "poll", "no poll of a register that is declared wo"],
    ["Latch", "modify", "no modify of a register that is declared wc"],
  ])("%s.%s", (register, method, message) => {
    expect(() => regs[register]![method]!({})).toThrow(message);
  });
});

describe("polling a register", () => {
  it("reads until the fields have the values, on the machine's clock", () => {
    let time = 0;
    const spin = (ns: number) => {
      time += ns;
    };
    const device = new RegisterDouble(Device, { clock: { now: () => time, spin } });
    device.on("Status", { read: (held) => Number(held.raw) | (time < 5000 ? 1 : 0) });
    const status = Device.on(device.mmio).Status.poll({ busy: 0 }, { timeout: 10_000 });
    expect(status.busy).toBe(0);
    expect(time).toBe(5000);
  });

  it("takes a predicate, and the raw value", () => {
    const device = new RegisterDouble(Device);
    let reads = 0;
    device.on("Id", { read: () => reads++ });
    const { Id } = Device.on(device.mmio);
    expect(Id.poll((id) => id.magic > 3, { timeout: 1e6 }).magic).toBe(4);
    expect(Id.poll({ raw: 9 }, { timeout: 1e6 }).raw).toBe(9);
  });

  it("of 64 bits compares both halves", () => {
    const device = new RegisterDouble(Device);
    device.set("Source", 0x5_0000_0000n);
    const { Source } = Device.on(device.mmio);
    expect(Source.poll({ raw: 0x5_0000_0000n }, { timeout: 0 }).high).toBe(5);
    expect(() => Source.poll({ raw: 0x6_0000_0000n }, { timeout: 0 })).toThrow("TIMED_OUT");
  });

  it("times out with the last value, named and decoded", () => {
    const device = new RegisterDouble(Device, { name: "00:04.0 bar 0" });
    device.set("Status", { busy: 1, mode: "slow" });
    expect(() => Device.on(device.mmio).Status.poll({ busy: 0, mode: "fast" }, { timeout: 5000 })).toThrow(
      "TIMED_OUT: device.Status (offset 0x4 of 00:04.0 bar 0): busy=0x0 mode=fast did not come within 5000 ns; " +
        "last value 0x00000003 busy=1 mode=slow irq=0",
    );
  });

  it("ends although the clock stands still", () => {
    const device = new RegisterDouble(Device, { clock: { now: () => 7, spin() {} } });
    expect(() => Device.on(device.mmio).Id.poll({ magic: 1 }, { timeout: 1 })).toThrow("TIMED_OUT");
  });

  it.each([Number.NaN, -1, Number.POSITIVE_INFINITY, "1" as never, undefined as never])(
    "refuses a timeout of %s",
    (timeout) => {
      const { Id } = Device.on(new RegisterDouble(Device).mmio);
      expect(() => Id.poll({ magic: 1 }, { timeout })).toThrow("INVALID_ARGS: poll: the timeout");
    },
  );

  it.each([Number.NaN, 0, -5])("refuses an interval of %s", (interval) => {
    const { Id } = Device.on(new RegisterDouble(Device).mmio);
    expect(() => Id.poll({ magic: 1 }, { timeout: 10, interval })).toThrow(
      "INVALID_ARGS: poll: the interval",
    );
  });
});

describe("a dump", () => {
  const small = registers("small", {
    Control: r32(0x00, {
      mode: choice(9, 8, { off: 0, on: 3 }),
      address: bits(31, 12),
      _1: reserved(1),
      go: bit(0, "wo"),
    }),
    Fifo: r32(0x04, "rw", {}, { readEffect: true }),
    Seen: r32(0x08, "rc"),
    Kick: r32(0x0c, "wo"),
    Wide: r64(0x10, { tail: wide(63, 0) }),
    Plain: r8(0x18),
  });

  it("shows each field with its bits, and bits that no field names", () => {
    const script = new MmioScript(0x20).read32(0, 0x0012_3311).read64(0x10, 0x1_0000_0000n).read8(0x18, 0x80);
    expect(small.dump(script.mmio)).toBe(
      [
        "Control (0x0): 0x00123311",
        "  address[31:12]: 0x00123 (291)",
        "  mode[9:8]: 0x3 (on)",
        "  RsvdZ[1]: 0x0 (0)",
        "  go[0]: write only",
        "  unknown set bits: 0x00000010",
        "Fifo (0x4): not read, reading changes the device",
        "Seen (0x8): not read, reading changes the device",
        "Kick (0xc): not read, write only",
        "Wide (0x10): 0x0000000100000000",
        "  tail[63:0]: 0x0000000100000000 (4294967296)",
        "Plain (0x18): 0x80",
      ].join("\n"),
    );
    script.done();
  });

  it("reads registers that change by it when asked to", () => {
    const device = new RegisterDouble(small);
    device.set("Seen", 0x7);
    expect(small.dump(device.mmio, { readEffects: true })).toContain("Seen (0x8): 0x00000007");
    expect(device.get("Seen")).toBe(0);
  });
});
