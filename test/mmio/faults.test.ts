import { describe, expect, it } from "vitest";
import { MmioBuffer } from "../../src/mmio/index.ts";
import { bit, r32, registers } from "../../src/registers/index.ts";
import { ZxError } from "../../src/zx/error.ts";
import { BareProcess, FIRST_ADDRESS, VMO, wasmMemory } from "../support/bare_process.ts";
import { FakeDevice } from "../support/fake_machine.ts";

const Device = registers("device", { Status: r32(0x20, { busy: bit(0) }), Far: r32(0x2020) });
const memory = wasmMemory();
const kinds = [
  ["direct", () => new BareProcess({ memory })],
  ["dispatched", () => new BareProcess({ io: new FakeDevice(0x4000) })],
] as const;

function thrown(access: () => unknown): ZxError {
  try {
    access();
  } catch (error) {
    if (error instanceof ZxError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe.each(kinds)("a mapping of %s memory", (_kind, make) => {
  it("that was unmapped gives an error that names register, mapping and who did it", () => {
    const process = make();
    const mmio = MmioBuffer.create(process.zx, { vmo: VMO, name: "00:04.0 bar 0" });
    const regs = Device.on(mmio);
    regs.Status.write(0);
    process.unmap(FIRST_ADDRESS, 0x4000, "driver-host-2");
    for (let again = 0; again < 3; again++) {
      const error = thrown(() => regs.Status.read());
      expect(error.message).toBe(
        'NOT_FOUND: read32 of device.Status (offset 0x20 of "00:04.0 bar 0"): 0x20020 was unmapped by driver-host-2',
      );
      expect(error.cause).toBeInstanceOf(ZxError);
    }
    expect(thrown(() => mmio.write64(8, 1n)).statusName).toBe("NOT_FOUND");
    expect(thrown(() => mmio.view(0x100).read8(1)).message).toContain(
      'read8 at offset 0x101 of "00:04.0 bar 0"',
    );
  });

  it("of which a part was unmapped still works in the rest", () => {
    const process = make();
    const mmio = MmioBuffer.create(process.zx, { vmo: VMO });
    const regs = Device.on(mmio);
    mmio.write32(0x20, 0x1234_5678);
    process.unmap(FIRST_ADDRESS + 0x2000, 0x1000, "somebody");
    expect(regs.Status.read().raw).toBe(0x1234_5678);
    regs.Status.write(7);
    expect(regs.Status.read().raw).toBe(7);
    mmio.write64(0x3000, 0x1_0000_0002n);
    expect(mmio.read64(0x3000)).toBe(0x1_0000_0002n);
    expect(() => regs.Far.read()).toThrow(
      'NOT_FOUND: read32 of device.Far (offset 0x2020 of "bare"): 0x22020 was unmapped by somebody',
    );
    expect(process.windows).toBe(0);
  });

  it("whose window was taken back is asked for again, once", () => {
    const process = make();
    const mmio = MmioBuffer.create(process.zx, { vmo: VMO });
    const view = mmio.view(0x20, 4);
    process.revoke();
    expect(process.windows).toBe(0);
    view.write32(0, 5);
    expect(process.windows).toBe(1);
    expect(mmio.read32(0x20)).toBe(5);
    expect(process.windows).toBe(1);
  });

  it("that must not be written gives what the page fault says", () => {
    const process = make();
    process.writable = false;
    const mmio = MmioBuffer.create(process.zx, { vmo: VMO });
    expect(mmio.read32(0x20)).toBeTypeOf("number");
    expect(() => Device.on(mmio).Status.write(1)).toThrow(
      'ACCESS_DENIED: write32 of device.Status (offset 0x20 of "bare"): the mapping at 0x20020 does not allow to write',
    );
    expect(process.faults).toBe(1);
  });

  it("that may be written after the page fault is written then", () => {
    const process = make();
    process.writable = false;
    process.onFault = () => {
      process.writable = true;
      return true;
    };
    const mmio = MmioBuffer.create(process.zx, { vmo: VMO });
    mmio.write32(0x20, 0xcafe);
    mmio.write32(0x24, 0xcafe);
    expect(mmio.read64(0x20)).toBe(0xcafe_0000_cafen);
    expect(process.faults).toBe(1);
  });

  it("whose page faults never end is an error, not a hang", () => {
    const process = make();
    process.readable = false;
    process.onFault = () => true;
    const mmio = MmioBuffer.create(process.zx, { vmo: VMO });
    expect(() => mmio.read32(0)).toThrow("INTERNAL: read32 at offset 0x0");
  });
});

describe("a device that fails", () => {
  it("gives its own error, with the access in front of it", () => {
    const io = Object.assign(new FakeDevice(0x100), {
      read32(): number {
        throw new ZxError("IO_NOT_PRESENT", "qemu exited with code 1");
      },
      write32(): void {
        throw new ZxError("IO_NOT_PRESENT", "qemu exited with code 1");
      },
    });
    const mmio = MmioBuffer.over(io, 0x100, { name: "bar 0" });
    const regs = Device.on(mmio);
    expect(() => regs.Status.read()).toThrow(
      'IO_NOT_PRESENT: read32 of device.Status (offset 0x20 of "bar 0"): qemu exited with code 1',
    );
    expect(() => regs.Status.write(0)).toThrow("IO_NOT_PRESENT: write32 of device.Status");
  });

  it.each([new RangeError("a bug in a model"), new TypeError("x is undefined")])(
    "with a %o passes it on untouched, and is asked once",
    (bug) => {
      let calls = 0;
      const fail = (): never => {
        calls++;
        throw bug;
      };
      const mmio = MmioBuffer.over(
        Object.assign(new FakeDevice(0x100), { read32: fail, write32: fail, read64: fail, write64: fail }),
        0x100,
      );
      for (const access of [
        () => mmio.read32(0),
        () => mmio.write32(0, 1),
        () => mmio.read64(0),
        () => mmio.write64(0, 1n),
      ]) {
        expect(access).toThrow(bug);
      }
      expect(calls).toBe(4);
    },
  );
});

describe("a misaligned access", () => {
  it("names the register that it falls into", () => {
    const mmio = MmioBuffer.over(new FakeDevice(0x100), 0x100, { name: "bar 0" });
    Device.on(mmio);
    expect(() => mmio.read32(0x22)).toThrow(
      'INVALID_ARGS: read32 of device.Status+0x2 (offset 0x22 of "bar 0"): accesses of 32 bits are aligned to 4 bytes',
    );
  });

  it("names it on a view, and by the view's place in the buffer", () => {
    const mmio = MmioBuffer.over(new FakeDevice(0x100), 0x100, { name: "bar 0" });
    Device.on(mmio.view(0x40));
    expect(() => mmio.read16(0x61)).toThrow('read16 of device.Status+0x1 (offset 0x61 of "bar 0")');
  });
});
