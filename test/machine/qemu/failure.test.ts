import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createQemuQ35 } from "../../../src/machine/qemu/q35.ts";
import { describeWithQemu } from "../../support/qemu.ts";
import { EDU_VECTOR, QemuEdu } from "../../support/qemu_edu.ts";

const MS = 1e6;

describe("a QEMU that cannot be started", () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "zirconia-test-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  function script(name: string, text: string): string {
    const path = join(folder, name);
    writeFileSync(path, `#!/bin/sh\n${text}\n`);
    chmodSync(path, 0o755);
    return path;
  }

  test("because it is not there is UNAVAILABLE, with how to install it", async () => {
    for (const qemu of ["qemu-system-nosuch", "/nonexistent/qemu", folder]) {
      const start = createQemuQ35({ devices: [], qemu });
      await expect(start).rejects.toThrow(
        /^UNAVAILABLE: .*apt-get install qemu-system-x86 .*brew install qemu/s,
      );
    }
  });

  test("because its options cannot be is INVALID_ARGS", async () => {
    for (const options of [
      { devices: [], memory: 1 },
      { devices: [], memory: 2 ** 40 },
      { devices: [], memory: Number.NaN },
      { devices: [], memory: Object.create(null) },
      { devices: [], grace: -1 },
      { devices: ["edu\0"] },
      { devices: [5 as unknown as string] },
      { devices: "edu" as unknown as string[] },
    ]) {
      await expect(createQemuQ35(options)).rejects.toMatchObject({ statusName: "INVALID_ARGS" });
    }
  });

  test("because it ends at once is IO_NOT_PRESENT, with what it said", async () => {
    const qemu = script("dies", "echo 'no accelerator found' >&2; exit 1");
    await expect(createQemuQ35({ devices: [], qemu })).rejects.toThrow(
      "IO_NOT_PRESENT: QEMU did not start: no accelerator found",
    );
    const silent = script("silent", "exit 0");
    await expect(createQemuQ35({ devices: [], qemu: silent })).rejects.toThrow(/it said nothing/);
  });

  test("because it is no QEMU but talks is IO_NOT_PRESENT too", async () => {
    const qemu = script(
      "talks",
      `while [ "$1" != -qtest ]; do shift; done
       pipe=$(echo "$2" | cut -d: -f2)
       exec <>"$pipe.in" >"$pipe.out"
       while read -r command; do echo OK hello; done`,
    );
    await expect(createQemuQ35({ devices: [], qemu })).rejects.toThrow(
      /^IO_NOT_PRESENT: QEMU answered "hello" to "readq 0xfed00000"$/,
    );
  });
});

describeWithQemu("a QEMU that does not like its arguments", () => {
  test("says which device it does not know", async () => {
    await expect(createQemuQ35({ devices: ["nosuch"] })).rejects.toThrow(
      /^IO_NOT_PRESENT: QEMU did not start: .*'nosuch' is not a valid device model name/,
    );
  });

  test("says what is wrong with a property or an option", async () => {
    await expect(createQemuQ35({ devices: ["edu,nosuch=1"] })).rejects.toThrow(/nosuch/);
    await expect(createQemuQ35({ devices: [], extraArgs: ["-nosuch"] })).rejects.toThrow(/nosuch/);
    await expect(createQemuQ35({ devices: ["nvme,serial=x,drive=d"] })).rejects.toThrow(
      /can't find value 'd'/i,
    );
  });
});

describeWithQemu("a QEMU that ends while it is used", () => {
  /** Has edu copy more than its buffer holds, which ends QEMU when the transfer is due. */
  function abort(edu: QemuEdu): void {
    edu.startDma(0x20_0000, 0x4_0000, 0x2000, 0);
  }

  test("fails the access in progress with its own words, then every other", async () => {
    const edu = await QemuEdu.create();
    const failures: Error[] = [];
    edu.machine.onFailure((error) => failures.push(error));
    abort(edu);
    expect(() => edu.machine.clock.spin(200 * MS)).toThrow(
      /^IO_NOT_PRESENT: QEMU ended during "readq 0x\w+": .*EDU: DMA range .* out of bounds/,
    );
    const later = /^IO_NOT_PRESENT: .* failed: QEMU ended during .* out of bounds/;
    expect(() => edu.io.read32(0)).toThrow(later);
    expect(() => edu.io.write32(4, 0)).toThrow(later);
    expect(() => edu.io.flush?.()).toThrow(later);
    expect(() => edu.machine.ports!.in8(0x80)).toThrow(later);
    expect(failures).toEqual([]);
    await Promise.resolve();
    expect(failures).toHaveLength(1);
    expect(failures[0]!.message).toMatch(/out of bounds/);
    expect(failures[0]!.message).not.toMatch(/EAX/);
    expect(edu.machine.words()).toMatch(/out of bounds/);
    await edu.close();
  });

  test("is told by onFailure also when nobody does anything, once, and to those who ask later", async () => {
    const edu = await QemuEdu.create();
    const failures: Error[] = [];
    await new Promise<void>((resolve) => {
      edu.machine.interrupts.attach(EDU_VECTOR, "level", () => {});
      edu.machine.onFailure((error) => {
        failures.push(error);
        resolve();
      });
      abort(edu);
    });
    const late = await new Promise<Error>((resolve) => edu.machine.onFailure(resolve));
    expect(late).toBe(failures[0]);
    await edu.close();
    expect(failures).toHaveLength(1);
  });

  test("leaves a clock that goes on, so that whoever waits can give up", async () => {
    const edu = await QemuEdu.create();
    const { clock, interrupts } = edu.machine;
    interrupts.attach(EDU_VECTOR, "level", () => {});
    const start = clock.now();
    const timeOut = new Promise<void>((resolve) => {
      clock.at(start + 300 * MS, resolve);
    });
    await new Promise<void>((resolve) => {
      edu.machine.onFailure(() => resolve());
      process.kill(edu.machine.pid, "SIGKILL");
    });
    await timeOut;
    expect(clock.now()).toBeGreaterThanOrEqual(start + 300 * MS);
    await new Promise<void>((resolve) => {
      clock.at(clock.now() + 2 * MS, resolve);
    });
    interrupts.detach(EDU_VECTOR);
    await edu.close();
  });

  test("because software reset the machine says so", async () => {
    const edu = await QemuEdu.create();
    const failure = new Promise<Error>((resolve) => edu.machine.onFailure(resolve));
    edu.machine.interrupts.attach(EDU_VECTOR, "level", () => {});
    try {
      edu.machine.ports!.out8(0xcf9, 0x06);
    } catch {
      // Whether QEMU still answers is its own affair.
    }
    expect((await failure).message).toMatch(/a reset or a power-off by software/);
    await edu.close();
  });
});

describeWithQemu("a QEMU machine that was closed", () => {
  test("refuses accesses, calls nobody, and can be closed again", async () => {
    const edu = await QemuEdu.create({ viewRam: false });
    const { machine } = edu;
    machine.onFailure(() => expect.unreachable());
    machine.clock.at(machine.clock.now() + MS, () => expect.unreachable());
    machine.interrupts.attach(EDU_VECTOR, "level", () => expect.unreachable());
    const block = machine.allocateMsi(1);
    block.attach(0, () => expect.unreachable());
    edu.raise(1);
    await Promise.all([machine.close(), machine.close()]);
    await machine.close();
    expect(() => edu.io.read32(0)).toThrow(/BAD_STATE: .* the machine was closed/);
    expect(() => machine.ram.read(0, new Uint8Array(4))).toThrow(/BAD_STATE/);
    machine.interrupts.mask(EDU_VECTOR);
    machine.interrupts.detach(EDU_VECTOR);
    block.detach(0);
    block.free();
    expect(machine.clock.now()).toBeGreaterThan(0);
    expect(machine.words()).toMatch(/it said nothing/);
  });
});
