/** The models beside the devices that they are models of: the same accesses on QEMU's q35 board give the same answers. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createSimX64 } from "../../src/boards/sim_x64.ts";
import type { Machine } from "../../src/machine/machine.ts";
import { createQemuQ35 } from "../../src/machine/qemu/q35.ts";
import { EDU_BUFFER_OFFSET, Edu } from "../../src/registers/edu.ts";
import type { Io } from "../../src/zx/memory.ts";
import { ConfigPorts, ioAt } from "../support/pci.ts";
import { qemuMissing } from "../support/qemu.ts";

const BAR = 0xc000_0000;
const RAM = 0x20_0000;
const missing = qemuMissing();

/** The same thing done on both machines. */
interface Side {
  readonly machine: Machine;
  readonly config: ConfigPorts;
  readonly io: Io;
}

describe.skipIf(missing !== undefined)(
  `beside QEMU${missing === undefined ? "" : ` (skipped: ${missing})`}`,
  () => {
    let sides: readonly Side[] = [];
    const both = <T>(what: (side: Side) => T): [sim: T, qemu: T] => [what(sides[0]!), what(sides[1]!)];
    const expectSame = (what: (side: Side) => unknown) => {
      const [sim, qemu] = both(what);
      expect(sim).toEqual(qemu);
    };

    /** The device decodes its BAR, may be a bus master, and remembers nothing. */
    function reset(): void {
      both(({ config, io }) => {
        config.write16(0x42, 0);
        config.write32(0x44, 0);
        config.write32(0x48, 0);
        config.write32(0x4c, 0);
        config.write32(0x0c, 0);
        config.write8(0x3c, 0);
        config.write32(0x10, BAR);
        config.write16(0x04, 0x6);
        io.write32(0x04, 0xffff_ffff);
        io.write32(0x20, 0);
        io.write32(0x64, 0xffff_ffff);
        for (const offset of [0x80, 0x88, 0x90]) io.write64(offset, 0, 0);
      });
    }

    beforeAll(async () => {
      const machines = [createSimX64({ devices: ["edu"] }), await createQemuQ35({ devices: ["edu"] })];
      sides = machines.map((machine) => ({
        machine,
        config: new ConfigPorts(machine, 1),
        io: ioAt(machine, BAR, 0x10_0000),
      }));
    });
    afterAll(async () => {
      for (const { machine } of sides) await machine.close();
    });

    const words = (config: ConfigPorts, from: number, to: number) =>
      Array.from({ length: (to - from) / 4 }, (_, i) => config.read32(from + 4 * i));

    test("configuration space is the same when the machine starts", () => {
      expectSame(({ config }) => words(config, 0, 0x50));
      for (const device of [0, 0x1f]) {
        expectSame(({ machine }) => {
          const config = new ConfigPorts(machine, device);
          return [words(config, 0, 0x40), words(config, 0x60, 0x6c)];
        });
      }
    });

    test("configuration writes of every width change the same bits", () => {
      const write = fc.record({
        offset: fc.nat(0x4f),
        width: fc.constantFrom(1, 2, 4),
        value: fc.oneof(fc.constant(0xffff_ffff), fc.integer({ min: 0, max: 0xffff_ffff })),
      });
      fc.assert(
        fc.property(fc.array(write, { minLength: 1, maxLength: 20 }), (writes) => {
          for (const { offset, width, value } of writes) {
            both(({ config }) => {
              if (width === 1) config.write8(offset, value & 0xff);
              else if (width === 2) config.write16(offset - (offset % 2), value & 0xffff);
              else config.write32(offset - (offset % 4), value);
            });
          }
          // QEMU lets software write the bytes behind the capability too, which PCI reserves: from 0x4e on.
          expectSame(({ config }) => [words(config, 0, 0x4c), config.read16(0x4c)]);
          reset();
        }),
        { numRuns: 100 },
      );
    });

    test("the ECAM window shows the same, beyond 256 bytes and where no function is too", () => {
      both(({ machine }) => new ConfigPorts(machine, 0).write32(0x60, 0xb000_0001));
      for (const offset of [
        0x0, 0x8, 0x8000, 0x8008, 0x802c, 0x803c, 0x8040, 0x8100, 0x8ffc, 0x1_0000, 0xf_8000, 0x10_8000,
      ]) {
        expectSame(({ machine }) => {
          const io = ioAt(machine, 0xb000_0000 + offset, 4);
          return [io.read8(0), io.read16(2), io.read32(0)];
        });
      }
    });

    test("registers answer the same to 32-bit accesses everywhere, and to 64-bit ones", () => {
      // Factorials and transfers take time, each machine's own: they have tests below.
      const { Factorial, DmaCommand } = Edu.layout;
      const offset = fc
        .oneof(
          fc.nat(0x2a).map((n) => 4 * n),
          fc.constantFrom(0x100, EDU_BUFFER_OFFSET, 0xf_fff8),
        )
        .filter((at) => at !== Factorial.offset && at !== DmaCommand.offset);
      const step = fc.record({
        offset,
        wide: fc.boolean(),
        low: fc.integer({ min: 0, max: 0xffff_ffff }),
        high: fc.integer({ min: 0, max: 0xffff_ffff }),
      });
      reset();
      fc.assert(
        fc.property(fc.array(step, { minLength: 1, maxLength: 20 }), (steps) => {
          for (const { offset, wide, low, high } of steps) {
            both(({ io }) =>
              wide && offset % 8 === 0 ? io.write64(offset, low, high) : io.write32(offset, low),
            );
            if (offset % 8 === 0) expectSame(({ io }) => [io.read64(offset), io.high]);
            expectSame(({ io, config }) => [io.read32(offset), io.read32(0x24), config.read16(0x06)]);
          }
          reset();
        }),
        { numRuns: 100 },
      );
    });

    test.each([0, 1, 5, 12, 13, 33, 34, 100])("%d! is the same number", (n) => {
      reset();
      expectSame(({ machine, io }) => {
        io.write32(0x20, 0x80);
        io.write32(0x08, n);
        while ((io.read32(0x20) & 1) !== 0) machine.clock.spin(1000);
        return [io.read32(0x08), io.read32(0x24), io.read32(0x20)];
      });
    });

    test.each([
      ["the first bytes", EDU_BUFFER_OFFSET, 100, 0],
      ["a part in the middle", EDU_BUFFER_OFFSET + 0x123, 0x456, 0],
      ["addresses that are too long", EDU_BUFFER_OFFSET, 64, 0x3000_0000],
    ])("DMA carries the same bytes: %s", (_, at, count, beyond) => {
      reset();
      const sent = Uint8Array.from({ length: count }, (_, i) => (i * 7) ^ (i >> 3));
      expectSame(({ machine, io }) => {
        machine.ram.write(RAM, sent);
        machine.ram.fill(RAM + 0x1_0000, 0x1000, 0);
        for (const [source, destination, command] of [
          [RAM + beyond, at, 0x1],
          [at, RAM + 0x1_0000 + beyond, 0x7],
        ] as const) {
          io.write64(0x80, source, 0);
          io.write64(0x88, destination, 0);
          io.write64(0x90, count, 0);
          io.write32(0x98, command);
          while ((io.read32(0x98) & 1) !== 0) machine.clock.spin(1_000_000);
        }
        const back = new Uint8Array(0x1000);
        machine.ram.read(RAM + 0x1_0000, back);
        expect(back.subarray(0, count)).toEqual(sent);
        return [[...back], io.read32(0x24), io.read32(0x98)];
      });
    });
  },
);
