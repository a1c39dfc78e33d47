import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { QemuMachine } from "../../../src/machine/qemu/q35.ts";
import { createQemuVirt } from "../../../src/machine/qemu/virt.ts";
import { aimEduMessages, bringUpEdu, EDU, ecamOf } from "../../support/ecam.ts";
import { ioAt, reached } from "../../support/pci.ts";
import { describeWithQemu } from "../../support/qemu.ts";

const MIB = 2 ** 20;
const MS = 1e6;
const SECOND = 1e9;
const RAM = 0x4000_0000;
const UART = { base: 0x0900_0000, intid: 33 };
const RTC = { base: 0x0901_0000, intid: 34 };

const describeWithArm = (subject: string, tests: () => void) =>
  describeWithQemu(subject, tests, "qemu-system-aarch64");

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

describeWithArm("qemu-virt-arm64", () => {
  let machine: QemuMachine;

  beforeAll(async () => {
    machine = await createQemuVirt({ devices: ["edu,dma_mask=0xffffffff"] });
  });
  afterAll(() => machine.close());

  test("says what it is", () => {
    expect(machine).toMatchObject({ name: "qemu-virt-arm64", architecture: "arm64", coherent: true });
    expect(machine.ports).toBeUndefined();
    expect(machine.board.compatible).toEqual(["linux,dummy-virt"]);
    expect(machine.interrupts.count).toBe(288);
  });

  test("has the device tree that QEMU left at the start of RAM", () => {
    const tree = machine.board.deviceTree!;
    const header = new DataView(tree.buffer, tree.byteOffset);
    expect([header.getUint32(0), header.getUint32(4)]).toEqual([0xd00d_feed, tree.length]);
    expect(Buffer.from(tree).includes("pci-host-ecam-generic")).toBe(true);
  });

  test("keeps the GIC, its message frame and the messages of the clock for the kernel", () => {
    expect(machine.denied).toEqual([
      { base: 0x0800_0000, size: 0x2_0000 },
      { base: 0x0802_0000, size: 0x1000 },
    ]);
    expect(() => machine.interrupts.attach(15, "edge", () => {})).toThrow(/^ACCESS_DENIED.*are the kernel's/);
    for (const intid of [142, 143]) {
      expect(() => machine.interrupts.attach(intid, "edge", () => {})).toThrow(
        /ACCESS_DENIED.*machine's clock/,
      );
    }
    expect(() => machine.interrupts.attach(288, "edge", () => {})).toThrow(/^OUT_OF_RANGE/);
  });

  test("has its devices where the device tree says, and zeros where nothing answers", () => {
    const idOf = (base: number) => ioAt(machine, base, 0x1000).read32(0xfe0);
    expect([UART.base, RTC.base, 0x0903_0000].map(idOf)).toEqual([0x11, 0x31, 0x61]);
    expect(ioAt(machine, 0x0b00_0000, 0x1000).read32(0)).toBe(0);
  });

  test("has PCI behind its ECAM window", () => {
    expect([0, 1, 2].map((device) => ecamOf(machine, device).read32(0))).toEqual([
      0x0008_1b36, 0x11e8_1234, 0xffff_ffff,
    ]);
    expect(bringUpEdu(machine).read32(0)).toBe(0x0100_00ed);
  });

  test("makes device accesses of every width", () => {
    const edu = bringUpEdu(machine);
    edu.write64(0x80, 0x89ab_cdef, 0x0123_4567);
    expect([edu.read64(0x80), edu.high]).toEqual([0x89ab_cdef, 0x0123_4567]);
    const memory = ioAt(machine, RAM + 4 * MIB, 8);
    memory.write64(0, 0, 0);
    memory.write8(1, 0x1ab);
    memory.write16(2, 0x5_cdef);
    expect([memory.read32(0), memory.read8(3), memory.read16(2)]).toEqual([0xcdef_ab00, 0xcd, 0xcdef]);
  });

  test("carries DMA to and from RAM", () => {
    const edu = bringUpEdu(machine);
    const sent = Uint8Array.from({ length: 256 }, (_, i) => i ^ 0x5a);
    machine.ram.write(RAM + 0x50_0000, sent);
    for (const [source, destination, command] of [
      [RAM + 0x50_0000, 0x4_0000, 1],
      [0x4_0000, RAM + 0x51_0000, 3],
    ] as const) {
      edu.write64(0x80, source, 0);
      edu.write64(0x88, destination, 0);
      edu.write64(0x90, sent.length, 0);
      edu.write32(0x98, command);
      machine.clock.spin(110 * MS);
    }
    const received = new Uint8Array(sent.length);
    machine.ram.read(RAM + 0x51_0000, received);
    expect(received).toEqual(sent);
  });
});

describeWithArm("RAM of a QEMU Arm machine", () => {
  test.each([
    ["as an array", true],
    ["as a file", false],
  ])("%s starts at 0x40000000 with what firmware keeps, and is what QEMU sees", async (_, viewRam) => {
    const machine = await createQemuVirt({ devices: [], viewRam, memory: 16 * MIB });
    const { ram } = machine;
    expect(ram.ranges).toEqual([{ base: RAM, size: 16 * MIB }]);
    expect(ram.reserved).toEqual([{ base: RAM, size: 2 * MIB }]);
    expect([ram.offsetOf(RAM), ram.offsetOf(RAM + 16 * MIB), ram.offsetOf(0)]).toEqual([
      0,
      undefined,
      undefined,
    ]);
    const seenByQemu = ioAt(machine, RAM + 3 * MIB, 0x1000);
    ram.write(RAM + 3 * MIB, Uint8Array.of(1, 2, 3, 4));
    expect(seenByQemu.read32(0)).toBe(0x0403_0201);
    seenByQemu.write32(4, 0xddcc_bbaa);
    seenByQemu.flush?.();
    expect(ram.io.read32(3 * MIB + 4)).toBe(0xddcc_bbaa);
    ram.fill(RAM + 4 * MIB, 5, 0xa5);
    ram.io.write8(4 * MIB + 1, 0x11);
    const bytes = new Uint8Array(3);
    ram.read(RAM + 4 * MIB + 3, bytes);
    expect([...bytes, ram.io.read16(4 * MIB)]).toEqual([0xa5, 0xa5, 0, 0x11a5]);
    for (const at of [0, RAM - 1, RAM + 16 * MIB - 1]) {
      expect(() => ram.read(at, bytes)).toThrow(/^OUT_OF_RANGE: .* is not RAM: \[0x40000000, 0x41000000\)/);
    }
    await machine.close();
  });
});

describeWithArm("interrupts of a QEMU Arm machine", () => {
  let machine: QemuMachine;

  beforeAll(async () => {
    machine = await createQemuVirt({ devices: ["edu"], grace: 10 * MS });
  });
  afterAll(() => machine.close());
  afterEach(() => {
    for (const intid of [UART.intid, RTC.intid, EDU.intid]) machine.interrupts.detach(intid);
  });

  test("of the UART are INTID 33, as the device tree says", async () => {
    const uart = ioAt(machine, UART.base, 0x1000);
    await new Promise<void>((resolve) => {
      machine.interrupts.attach(UART.intid, "level", resolve);
      uart.write32(0x38, 0x20);
      uart.write32(0x00, 65);
    });
    expect(uart.read32(0x40)).toBe(0x20);
    uart.write32(0x38, 0);
  });

  test("of the real-time clock come when its second does, before a deadline that is later", async () => {
    const rtc = ioAt(machine, RTC.base, 0x1000);
    const start = rtc.read32(0);
    expect(start).toBeGreaterThanOrEqual(1_735_689_600);
    const outcome = await new Promise<string>((resolve) => {
      const cancel = machine.clock.at(machine.clock.now() + 60 * SECOND, () => resolve("timed out"));
      machine.interrupts.attach(RTC.intid, "level", () => {
        rtc.write32(0x1c, 1);
        cancel();
        resolve("interrupt");
      });
      rtc.write32(0x10, 1);
      rtc.write32(0x04, start + 30);
    });
    expect(outcome).toBe("interrupt");
    expect(rtc.read32(0)).toBeGreaterThanOrEqual(start + 30);
    rtc.write32(0x10, 0);
  });

  test("of PCI pins come at the INTIDs of the interrupt-map", async () => {
    const edu = bringUpEdu(machine);
    await new Promise<void>((resolve) => {
      machine.interrupts.attach(EDU.intid, "level", resolve);
      edu.write32(0x60, 1);
    });
    edu.write32(0x64, 1);
  });

  test("on an edge-triggered vector that is masked stay pending until it is unmasked", async () => {
    const edu = bringUpEdu(machine);
    let calls = 0;
    machine.interrupts.attach(EDU.intid, "edge", () => calls++);
    machine.interrupts.mask(EDU.intid);
    for (let i = 0; i < 2; i++) {
      edu.write32(0x60, 1);
      edu.write32(0x64, 1);
    }
    edu.flush?.();
    await turn();
    expect(calls).toBe(0);
    machine.interrupts.unmask(EDU.intid);
    await turn();
    expect(calls).toBe(1);
  });

  test("by message go through the GICv2m frame, each to its own handler", async () => {
    const edu = bringUpEdu(machine);
    const [first, second] = [machine.allocateMsi(1), machine.allocateMsi(4)];
    expect([first.address, first.data, second.data]).toEqual([0x0802_0040, 80, 84]);
    first.attach(0, () => expect.unreachable());
    for (const index of [0, 3]) {
      aimEduMessages(machine, second.address, second.data + index);
      await new Promise<void>((resolve) => {
        second.attach(index, resolve);
        edu.write32(0x60, 1);
      });
      edu.write32(0x64, 1);
    }
    first.free();
    second.free();
    ecamOf(machine, EDU.device).write16(EDU.msi + 2, 0);
  });

  test("by message are 62: the last two of the frame are the clock's", () => {
    const blocks = [machine.allocateMsi(32)];
    expect(() => machine.allocateMsi(32)).toThrow(/^NO_RESOURCES/);
    for (let i = 0; i < 30; i++) blocks.push(machine.allocateMsi(1));
    expect(() => machine.allocateMsi(1)).toThrow(/^NO_RESOURCES/);
    for (const block of blocks) block.free();
  });
});

describeWithArm("the clock of a QEMU Arm machine", () => {
  let machine: QemuMachine;

  beforeAll(async () => {
    machine = await createQemuVirt({ devices: ["edu"] });
  });
  afterAll(() => machine.close());

  test("goes on, also when nobody talks to QEMU", () => {
    const { clock } = machine;
    const start = clock.now();
    for (let now = start; now < start + MS; ) {
      const next = clock.now();
      expect(next).toBeGreaterThanOrEqual(now);
      now = next;
    }
  });

  test.each([1000, MS, 100 * MS, 10 * SECOND])(
    "jumps to a deadline in %d ns when everybody sleeps",
    async (ns) => {
      const { clock } = machine;
      const start = clock.now();
      await reached(machine, start + ns);
      expect(clock.now() - start).toBeGreaterThanOrEqual(ns);
    },
  );

  test("passes a minute in much less than one", async () => {
    const real = performance.now();
    await reached(machine, machine.clock.now() + 60 * SECOND);
    expect(performance.now() - real).toBeLessThan(60e3);
  });

  test("calls back in the order of the deadlines", async () => {
    const { clock } = machine;
    const order: string[] = [];
    const start = clock.now() + 10 * MS;
    clock.at(start + 2 * MS, () => order.push("second"));
    clock.at(start + 3 * MS, () => order.push("third"));
    clock.at(start + MS, () => order.push("first"));
    clock.at(start, () => order.push("never"))();
    await reached(machine, start + 4 * MS);
    expect(order).toEqual(["first", "second", "third"]);
  });

  test("passes at least the time of a spin, and devices live through it", () => {
    const { clock } = machine;
    const rtc = ioAt(machine, RTC.base, 0x1000);
    const [start, seconds] = [clock.now(), rtc.read32(0)];
    clock.spin(5 * SECOND);
    expect(clock.now() - start).toBeGreaterThanOrEqual(5 * SECOND);
    expect(rtc.read32(0)).toBeGreaterThanOrEqual(seconds + 5);
    clock.spin(0);
    expect(() => clock.spin(-1)).toThrow(/^INVALID_ARGS/);
  });

  test("is not dragged along by an alarm that is many years away", async () => {
    const rtc = ioAt(machine, RTC.base, 0x1000);
    const start = machine.clock.now();
    // The match register is 0: the alarm comes once the seconds have wrapped around.
    rtc.write32(0x08, 1_700_000_000);
    await reached(machine, start + SECOND);
    expect(machine.clock.now() - start).toBeLessThan(60 * SECOND);
    expect(rtc.read32(0)).toBeLessThan(1_700_000_060);
  });

  test("moves for devices too in a loop that waits for nothing else", () => {
    const rtc = ioAt(machine, RTC.base, 0x1000);
    const start = rtc.read32(0);
    while (rtc.read32(0) < start + 1);
  });
});

describeWithArm("a QEMU Arm machine that ends while it is used", () => {
  test("fails the access in progress with QEMU's own words, and tells why", async () => {
    const machine = await createQemuVirt({ devices: ["edu"] });
    const failures: Error[] = [];
    machine.onFailure((error) => failures.push(error));
    const edu = bringUpEdu(machine);
    edu.write64(0x80, RAM + 4 * MIB, 0);
    edu.write64(0x88, 0x4_0000, 0);
    edu.write64(0x90, 0x2000, 0);
    edu.write32(0x98, 1);
    expect(() => machine.clock.spin(200 * MS)).toThrow(/^IO_NOT_PRESENT: .*EDU: DMA range .* out of bounds/s);
    await turn();
    expect(failures).toHaveLength(1);
    await machine.close();
  });

  test("leaves a clock that goes on, so that whoever waits can give up", async () => {
    const machine = await createQemuVirt({ devices: [] });
    const start = machine.clock.now();
    machine.interrupts.attach(UART.intid, "level", () => {});
    const timeOut = reached(machine, start + 50 * MS);
    process.kill(machine.pid, "SIGKILL");
    await timeOut;
    expect(machine.clock.now()).toBeGreaterThanOrEqual(start + 50 * MS);
    await machine.close();
  });

  test("refuses everything once it is closed", async () => {
    const machine = await createQemuVirt({ devices: [], viewRam: false });
    const block = machine.allocateMsi(1);
    block.attach(0, () => expect.unreachable());
    await Promise.all([machine.close(), machine.close()]);
    expect(() => ioAt(machine, UART.base, 4).read32(0)).toThrow(/BAD_STATE: .* the machine was closed/);
    expect(() => machine.ram.read(RAM, new Uint8Array(4))).toThrow(/BAD_STATE/);
    block.free();
  });

  test("says which device it does not know, and what options cannot be", async () => {
    await expect(createQemuVirt({ devices: ["nosuch"] })).rejects.toThrow(
      /^IO_NOT_PRESENT: QEMU did not start: .*'nosuch' is not a valid device model name/,
    );
    await expect(createQemuVirt({ devices: [], memory: 1 })).rejects.toThrow(/^INVALID_ARGS/);
    await expect(createQemuVirt({ devices: [], qemu: "qemu-system-nosuch" })).rejects.toThrow(
      /^UNAVAILABLE: .*apt-get install qemu-system-arm /,
    );
  });

  test("is refused where interrupts of the GIC are not told of", async () => {
    const { createQemuMachine } = await import("../../../src/machine/qemu/qemu_machine.ts");
    const { VIRT } = await import("../../../src/machine/qemu/virt.ts");
    // Another device: the processor.
    const interrupts = { ...VIRT.interrupts, path: "/machine/unattached/device[0]" };
    await expect(createQemuMachine({ ...VIRT, interrupts }, { devices: [] })).rejects.toThrow(
      /^NOT_SUPPORTED: this QEMU does not tell of the interrupts of its GIC/,
    );
  });
});
