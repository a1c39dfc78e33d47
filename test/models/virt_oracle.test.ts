import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createSimArm64 } from "../../src/boards/sim_arm64.ts";
import type { Machine } from "../../src/machine/machine.ts";
import { createQemuVirt } from "../../src/machine/qemu/virt.ts";
import type { Io } from "../../src/zx/memory.ts";
import { ecamOf } from "../support/ecam.ts";
import { ioAt } from "../support/pci.ts";
import { describeWithQemu } from "../support/qemu.ts";

const MS = 1e6;
const UART = 0x0900_0000;
const RTC = 0x0901_0000;
const GPIO = 0x0903_0000;

describeWithQemu(
  "beside QEMU's Arm board",
  () => {
    let machines: readonly Machine[] = [];

    beforeAll(async () => {
      machines = [createSimArm64({ devices: ["edu"] }), await createQemuVirt({ devices: ["edu"] })];
    });
    afterAll(async () => {
      for (const machine of machines) await machine.close();
    });

    /** Does it on both machines, to the device at `base`, and expects the same of both. */
    function expectSame(base: number, what: (io: Io, machine: Machine) => unknown): void {
      const [sim, qemu] = machines.map((machine) => what(ioAt(machine, base, 0x1000), machine));
      expect(sim).toEqual(qemu);
    }

    test("every PrimeCell says the same of itself", () => {
      for (const base of [UART, RTC, GPIO]) {
        expectSame(base, (io) => Array.from({ length: 12 }, (_, i) => io.read32(0xfd0 + 4 * i)));
      }
    });

    test("configuration space of the host bridge and of a device is the same", () => {
      for (const device of [0, 1, 2]) {
        const [sim, qemu] = machines.map((machine) => {
          const config = ecamOf(machine, device);
          return Array.from({ length: 16 }, (_, i) => config.read32(4 * i));
        });
        expect(sim).toEqual(qemu);
      }
    });

    test("PL011: the same programs leave the same registers", () => {
      const Register = { DR: 0x00, FR: 0x18, IBRD: 0x24, LCR_H: 0x2c, CR: 0x30, RIS: 0x3c, MIS: 0x40 };
      /** QEMU has no receive timeout. */
      const WITHOUT_TIMEOUT = ~0x40;
      const bitsOf = new Map([
        [0x20, 0xff],
        [0x24, 0xffff],
        [0x28, 0x3f],
        // FIFOs stay off: QEMU's have other interrupt levels. No break.
        [0x2c, 0xee],
        // No loopback, which QEMU 7.2 does not have, and no infrared.
        [0x30, 0xff01],
        [0x34, 0x3f],
        [0x38, 0x7ff],
        [0x44, 0x7ff],
      ]);
      const write = fc
        .tuple(fc.constantFrom(...bitsOf.keys()), fc.nat(0xffff))
        .map(([at, value]) => ({ at, value: value & bitsOf.get(at)! }));
      const send = fc.record({ character: fc.nat(0xff) });
      const step = fc.oneof({ weight: 3, arbitrary: write }, { weight: 1, arbitrary: send });
      const state = (io: Io) => [
        ...[0x20, 0x24, 0x28, 0x2c, 0x30, 0x34, 0x38, 0x48].map((at) => io.read32(at)),
        io.read32(Register.FR),
        io.read32(Register.RIS) & WITHOUT_TIMEOUT,
        io.read32(Register.MIS) & WITHOUT_TIMEOUT,
      ];
      expectSame(UART, state);
      fc.assert(
        fc.property(fc.array(step, { minLength: 1, maxLength: 20 }), (steps) => {
          for (const step of steps) {
            expectSame(UART, (io, { clock }) => {
              if ("at" in step) io.write32(step.at, step.value);
              else {
                // The model only sends at a baud rate, and when it is enabled.
                for (const [at, value] of [
                  [Register.IBRD, 1],
                  [Register.LCR_H, 0x60],
                  [Register.CR, 0x301],
                ] as const)
                  io.write32(at, value);
                io.write32(Register.DR, step.character);
                clock.spin(0.1 * MS);
              }
              return state(io);
            });
          }
        }),
        { numRuns: 100 },
      );
    });

    test("PL061: the same programs leave the same pins, and the same status once edges are cleared", () => {
      const Register = { DIR: 0x400, IC: 0x41c };
      const write = fc.record({
        at: fc.oneof(
          fc.nat(0xff).map((pins) => 4 * pins),
          fc.constantFrom(0x404, 0x408, 0x40c, 0x410, 0x420),
        ),
        value: fc.nat(0xff),
      });
      const state = (io: Io) => {
        // QEMU keeps levels, too, until they are cleared.
        io.write32(Register.IC, 0xff);
        return [0x3fc, 0x2a8, 0x400, 0x404, 0x408, 0x40c, 0x410, 0x414, 0x418, 0x420].map((at) =>
          io.read32(at),
        );
      };
      fc.assert(
        fc.property(fc.nat(0xff), fc.array(write, { minLength: 1, maxLength: 20 }), (outputs, writes) => {
          expectSame(GPIO, (io) => {
            // All pins low, then some of them inputs, for good: QEMU takes for an edge what an input did as an output.
            for (const [at, value] of [
              [Register.DIR, 0xff],
              [0x3fc, 0],
              [Register.DIR, 0],
              [Register.DIR, outputs],
            ] as const)
              io.write32(at, value);
            return state(io);
          });
          for (const { at, value } of writes) {
            expectSame(GPIO, (io) => {
              io.write32(at, value);
              return state(io);
            });
          }
        }),
        { numRuns: 100 },
      );
    });

    test("PL031: the same programs count the same seconds and raise the same alarms", () => {
      const Register = { DR: 0x00, MR: 0x04, LR: 0x08, CR: 0x0c };
      const step = fc.oneof(
        fc.record({ at: fc.constant(Register.MR), value: fc.integer({ min: 1000, max: 1006 }) }),
        fc.record({ at: fc.constant(Register.LR), value: fc.constantFrom(1000, 1003, 0xffff_ffff) }),
        fc.record({ at: fc.constantFrom(0x10, 0x1c), value: fc.nat(1) }),
        // Nothing but time.
        fc.constant({ at: Register.CR, value: 1 }),
      );
      /** To the start of a second, as the counter tells. */
      const nextSecond = (io: Io, { clock }: Machine) => {
        clock.spin(100 * MS);
        const before = io.read32(Register.DR);
        while (io.read32(Register.DR) === before) clock.spin(10 * MS);
      };
      fc.assert(
        fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), (steps) => {
          expectSame(RTC, (io, machine) => {
            io.write32(Register.CR, 1);
            nextSecond(io, machine);
            for (const [at, value] of [
              [0x10, 0],
              [Register.LR, 1000],
              [Register.MR, 999],
              [0x1c, 1],
            ] as const)
              io.write32(at, value);
          });
          for (const [i, { at, value }] of steps.entries()) {
            expectSame(RTC, (io, machine) => {
              // QEMU counts an alarm's seconds from when it was set, not from tick to tick. So each step comes a little later in its
              // second, and half a second later both have seen what the second brings.
              machine.clock.spin(15 * i * MS);
              io.write32(at, value);
              machine.clock.spin(500 * MS);
              const state = [0x00, 0x04, 0x08, 0x0c, 0x10, 0x14, 0x18].map((at) => io.read32(at));
              nextSecond(io, machine);
              return state;
            });
          }
        }),
        { numRuns: 8 },
      );
    });
  },
  "qemu-system-aarch64",
);
