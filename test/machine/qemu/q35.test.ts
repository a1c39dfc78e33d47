import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createQemuQ35 } from "../../../src/machine/qemu/q35.ts";
import { describeWithQemu } from "../../support/qemu.ts";
import { EDU_VECTOR, ioAt, QemuEdu } from "../../support/qemu_edu.ts";

describeWithQemu("qemu-q35", () => {
  let edu: QemuEdu;

  beforeAll(async () => {
    edu = await QemuEdu.create();
  });
  afterAll(() => edu.close());

  test("says what it is", () => {
    const { machine } = edu;
    expect(machine).toMatchObject({ name: "qemu-q35", architecture: "x64", coherent: true });
    expect(machine.board.compatible).toEqual(["qemu,pc-q35", "intel,q35"]);
  });

  test("has PCI configuration space behind its ports, all ones where there is no device", () => {
    const { ports } = edu.machine;
    expect(edu.config.read32(0)).toBe(0x11e8_1234);
    ports!.out32(0xcf8, 0x8000_0000 + 9 * 0x800);
    expect(ports!.in32(0xcfc)).toBe(0xffff_ffff);
    expect(ports!.in8(0xcfc)).toBe(0xff);
  });

  test("makes device accesses of every width", () => {
    const { io } = edu;
    expect(io.read32(0)).toBe(0x0100_00ed);
    io.write32(4, 0x1234_5678);
    expect(io.read32(4)).toBe(~0x1234_5678 >>> 0);
    // From 0x80 on, edu takes 64 bits, below only 32.
    io.write64(0x80, 0x89ab_cdef, 0x0123_4567);
    expect([io.read64(0x80), io.high]).toEqual([0x89ab_cdef, 0x0123_4567]);
    // Edu takes neither bytes nor words; memory does.
    const memory = ioAt(edu.machine, 0x20_0000, 8);
    memory.write64(0, 0, 0);
    memory.write8(1, 0x1ab);
    memory.write16(2, 0x5_cdef);
    expect(memory.read32(0)).toBe(0xcdef_ab00);
    expect(memory.read8(3)).toBe(0xcd);
    expect(memory.read16(2)).toBe(0xcdef);
  });

  test("makes a posted write before a later read of another device", () => {
    edu.io.write32(4, 1);
    edu.config.read32(0);
    expect(edu.io.read32(4)).toBe(0xffff_fffe);
  });

  test("reads as zeros where nothing answers", () => {
    expect(ioAt(edu.machine, 0xd000_0000, 0x1000).read32(0)).toBe(0);
  });

  test("refuses accesses that would end QEMU", () => {
    const { ports } = edu.machine;
    expect(() => ports!.in8(0x1_0000)).toThrow(/OUT_OF_RANGE: in8 at port 0x10000/);
    expect(() => ports!.out32(0xffff, 0)).toThrow(/OUT_OF_RANGE/);
    expect(() => edu.io.read32(0x10_0000)).toThrow(/OUT_OF_RANGE: a 32-bit access at offset 1048576/);
    expect(edu.io.read32(0)).toBe(0x0100_00ed);
  });

  test("keeps the PIT, the HPET, the I/O APIC and the local APIC for the kernel", () => {
    const { machine } = edu;
    expect(() => machine.ports!.out8(0x43, 0x34)).toThrow(/ACCESS_DENIED: .* the PIT belongs/);
    expect(() => machine.ports!.out32(0x3f, 0)).toThrow(/ACCESS_DENIED/);
    expect(machine.denied.map(({ base }) => base)).toEqual([0xfec0_0000, 0xfed0_0000, 0xfee0_0000]);
    expect(() => machine.interrupts.attach(2, "edge", () => {})).toThrow(/ACCESS_DENIED/);
  });
});

describeWithQemu("RAM of a QEMU machine", () => {
  describe.each([
    { how: "as an array", viewRam: true },
    { how: "as a file", viewRam: false },
  ])("$how", ({ viewRam }) => {
    let edu: QemuEdu;

    beforeAll(async () => {
      edu = await QemuEdu.create({ viewRam, memory: 16 * 2 ** 20 });
    });
    afterAll(() => edu.close());

    test("is one range from 0, whose first MiB is reserved", () => {
      const { ram } = edu.machine;
      expect(ram.ranges).toEqual([{ base: 0, size: 0x100_0000 }]);
      expect(ram.reserved).toEqual([{ base: 0, size: 0x10_0000 }]);
      expect(ram.offsetOf(0xff_ffff)).toBe(0xff_ffff);
      expect(ram.offsetOf(0x100_0000)).toBeUndefined();
    });

    test("is what QEMU sees, in both directions", () => {
      const { machine } = edu;
      const seenByQemu = ioAt(machine, 0x20_0000, 0x1000);
      machine.ram.write(0x20_0000, Uint8Array.of(1, 2, 3, 4));
      expect(seenByQemu.read32(0)).toBe(0x0403_0201);
      seenByQemu.write32(4, 0xddcc_bbaa);
      seenByQemu.flush?.();
      const bytes = new Uint8Array(4);
      machine.ram.read(0x20_0004, bytes);
      expect([...bytes]).toEqual([0xaa, 0xbb, 0xcc, 0xdd]);
    });

    test("has accesses of every width, little endian", () => {
      const { io } = edu.machine.ram;
      io.write64(0x30_0000, 0x89ab_cdef, 0x0123_4567);
      expect([io.read64(0x30_0000), io.high]).toEqual([0x89ab_cdef, 0x0123_4567]);
      expect(io.read32(0x30_0004)).toBe(0x0123_4567);
      expect(io.read16(0x30_0002)).toBe(0x89ab);
      expect(io.read8(0x30_0007)).toBe(0x01);
      io.write32(0x30_0000, 0xffff_fff0);
      io.write16(0x30_0002, 0x1234);
      io.write8(0x30_0001, 0x56);
      expect(io.read32(0x30_0000)).toBe(0x1234_56f0);
    });

    test("can be filled, and ends where it ends", () => {
      const { ram } = edu.machine;
      ram.fill(0x40_0000, 0x20_0001, 0xa5);
      const bytes = new Uint8Array(2);
      ram.read(0x60_0000, bytes);
      expect([...bytes]).toEqual([0xa5, 0]);
      expect(() => ram.read(0xff_ffff, bytes)).toThrow(/OUT_OF_RANGE/);
      expect(() => ram.write(0x100_0000, bytes)).toThrow(/OUT_OF_RANGE/);
      expect(() => ram.fill(0xff_0000, 0x1_0001, 0)).toThrow(/OUT_OF_RANGE/);
    });

    test("is where devices do DMA", async () => {
      const { machine } = edu;
      const sent = Uint8Array.from({ length: 256 }, (_, i) => i ^ 0x5a);
      machine.ram.write(0x50_0000, sent);
      edu.startDma(0x50_0000, 0x4_0000, sent.length, 0);
      machine.clock.spin(110e6);
      edu.startDma(0x4_0000, 0x51_0000, sent.length, 2);
      machine.clock.spin(110e6);
      const received = new Uint8Array(sent.length);
      machine.ram.read(0x51_0000, received);
      expect(received).toEqual(sent);
    });
  });
});

describeWithQemu("interrupts of a QEMU machine", () => {
  let edu: QemuEdu;

  beforeAll(async () => {
    edu = await QemuEdu.create();
  });
  afterAll(() => edu.close());
  afterEach(() => {
    edu.machine.interrupts.detach(EDU_VECTOR);
    edu.acknowledge();
  });

  test("call the handler once the code that caused them is done, never from inside an access", async () => {
    let calls = 0;
    await new Promise<void>((resolve) => {
      edu.machine.interrupts.attach(EDU_VECTOR, "level", () => {
        calls++;
        resolve();
      });
      edu.raise(1);
      expect(edu.io.read32(0x24)).toBe(1);
      expect(calls).toBe(0);
    });
    expect(calls).toBe(1);
  });

  test("come from threads of the host while nobody does anything", async () => {
    const { interrupts } = edu.machine;
    await new Promise<void>((resolve) => {
      interrupts.attach(EDU_VECTOR, "level", resolve);
      edu.startFactorial(12);
    });
    expect(edu.acknowledge()).toBe(1);
    expect(edu.io.read32(0x08)).toBe(479_001_600);
  });

  test("that are masked come when they are unmasked, if the line is still asserted", async () => {
    const { interrupts } = edu.machine;
    const seen: string[] = [];
    interrupts.attach(EDU_VECTOR, "level", () => seen.push("interrupt"));
    interrupts.mask(EDU_VECTOR);
    edu.raise(2);
    edu.io.flush?.();
    await turn();
    seen.push("unmask");
    interrupts.unmask(EDU_VECTOR);
    await turn();
    expect(seen).toEqual(["unmask", "interrupt"]);
  });

  test("that the driver has quieted do not come again when unmasked, although its write was only posted", async () => {
    const { interrupts } = edu.machine;
    let calls = 0;
    await new Promise<void>((resolve) => {
      interrupts.attach(EDU_VECTOR, "level", () => {
        calls++;
        interrupts.mask(EDU_VECTOR);
        edu.acknowledge();
        interrupts.unmask(EDU_VECTOR);
        resolve();
      });
      edu.raise(4);
    });
    await turn();
    expect(calls).toBe(1);
  });

  test("on an edge-triggered vector come once for each edge, and are lost while masked", async () => {
    const { interrupts } = edu.machine;
    let calls = 0;
    interrupts.attach(EDU_VECTOR, "edge", () => calls++);
    edu.raise(1);
    edu.acknowledge();
    edu.raise(1);
    edu.acknowledge();
    edu.io.flush?.();
    await turn();
    expect(calls).toBe(2);
    interrupts.mask(EDU_VECTOR);
    edu.raise(1);
    edu.io.flush?.();
    interrupts.unmask(EDU_VECTOR);
    await turn();
    expect(calls).toBe(2);
  });

  test("have one handler each, of 24", () => {
    const { interrupts } = edu.machine;
    interrupts.attach(EDU_VECTOR, "level", () => {});
    expect(() => interrupts.attach(EDU_VECTOR, "level", () => {})).toThrow(/ALREADY_BOUND/);
    expect(interrupts.count).toBe(24);
    expect(() => interrupts.mask(24)).toThrow(/OUT_OF_RANGE: interrupt vector 24: there are 0 to 23/);
  });
});

describeWithQemu("message-signalled interrupts of a QEMU machine", () => {
  describe.each([{ msi: "log" as const }, { msi: "memory" as const }])("by $msi", ({ msi }) => {
    let edu: QemuEdu;

    beforeAll(async () => {
      edu = await QemuEdu.create({ msi });
    });
    afterAll(() => edu.close());

    test("call the handler of their block", async () => {
      const { machine } = edu;
      const [other, block] = [machine.allocateMsi(1), machine.allocateMsi(1)];
      const seen: string[] = [];
      other.attach(0, () => seen.push("other"));
      edu.enableMsi(block.address, block.data);
      for (let i = 0; i < 3; i++) {
        await new Promise<void>((resolve) => {
          block.attach(0, () => {
            seen.push("block");
            resolve();
          });
          edu.raise(1 << i);
        });
        block.detach(0);
      }
      expect(seen).toEqual(["block", "block", "block"]);
      other.free();
      block.free();
    });

    test("do not reach a handler that was detached, or one of a block that was freed", async () => {
      const { machine } = edu;
      const block = machine.allocateMsi(1);
      let calls = 0;
      block.attach(0, () => calls++);
      edu.enableMsi(block.address, block.data);
      block.detach(0);
      edu.raise(1);
      edu.io.flush?.();
      await turn();
      block.free();
      expect(calls).toBe(0);
      expect(() => block.attach(0, () => {})).toThrow(/BAD_STATE/);
    });

    test("come in blocks of a power of two, up to 32", () => {
      const { machine } = edu;
      for (const count of [0, 3, 64, 1.5, Number.NaN]) {
        expect(() => machine.allocateMsi(count)).toThrow(/INVALID_ARGS/);
      }
      const block = machine.allocateMsi(32);
      expect(block.data % 32).toBe(0);
      expect(() => block.attach(32, () => {})).toThrow(/OUT_OF_RANGE: MSI 32: the block has 32/);
      block.attach(31, () => {});
      expect(() => block.attach(31, () => {})).toThrow(/ALREADY_BOUND/);
      block.free();
      block.free();
    });

    test("run out, and come back when freed", () => {
      const { machine } = edu;
      const blocks = [];
      for (;;) {
        try {
          blocks.push(machine.allocateMsi(1));
        } catch (error) {
          expect(error).toMatchObject({ statusName: "NO_RESOURCES" });
          break;
        }
      }
      expect(new Set(blocks.map(({ address }) => address)).size).toBe(blocks.length);
      for (const block of blocks) block.free();
      machine.allocateMsi(32).free();
    });
  });

  test("of one block are told apart, however fast they follow one another", async () => {
    const edu = await QemuEdu.create();
    const { machine } = edu;
    const block = machine.allocateMsi(4);
    const seen: number[] = [];
    for (let i = 0; i < 4; i++) block.attach(i, () => seen.push(i));
    // What a device with several messages does, which edu is not: data + i.
    for (const i of [2, 0, 3, 3, 1]) {
      edu.enableMsi(block.address, block.data + i);
      edu.raise(1);
    }
    edu.io.flush?.();
    await turn();
    await edu.close();
    expect(seen).toEqual([2, 0, 3, 3, 1]);
  });

  test("of one block that go through memory call every handler, so that none is lost", async () => {
    const edu = await QemuEdu.create({ msi: "memory" });
    const block = edu.machine.allocateMsi(2);
    edu.enableMsi(block.address, block.data + 1);
    const both = Promise.all([0, 1].map((i) => new Promise<void>((resolve) => block.attach(i, resolve))));
    edu.raise(1);
    await both;
    await edu.close();
  });
});

describeWithQemu("any device of QEMU", () => {
  test("can be named, with any further arguments", async () => {
    const machine = await createQemuQ35({
      devices: ["nvme,serial=zirconia,addr=5,drive=disk"],
      extraArgs: ["-drive", "if=none,id=disk,driver=null-co,size=1M"],
    });
    const { ports } = machine;
    ports!.out32(0xcf8, 0x8000_0000 + 5 * 0x800 + 8);
    expect(ports!.in32(0xcfc) >>> 8).toBe(0x01_0802);
    await machine.close();
  });

  test("sees exactly the accesses that are made", async () => {
    const seen: string[] = [];
    const edu = await QemuEdu.create({
      extraArgs: ["-trace", "memory_region_ops_*"],
      log: (line) => {
        const access = /ops_(read|write) .* addr 0x(fe0\w+) value (0x\w+) size (\d) name 'edu-mmio'/.exec(
          line,
        );
        if (access !== null) seen.push(access.slice(1).join(" "));
      },
    });
    edu.io.read32(0x24);
    edu.io.read32(0x24);
    for (const value of [1, 2, 1]) edu.io.write32(0x04, value);
    edu.io.write64(0x80, 5, 6);
    edu.io.flush?.();
    await turn();
    await edu.close();
    expect(seen).toEqual([
      "read fe000024 0x0 4",
      "read fe000024 0x0 4",
      "write fe000004 0x1 4",
      "write fe000004 0x2 4",
      "write fe000004 0x1 4",
      "write fe000080 0x600000005 8",
    ]);
  });
});

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
