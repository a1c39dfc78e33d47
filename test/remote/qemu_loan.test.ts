/** Processes in threads that make accesses to QEMU's devices by themselves. */
import { describe, expect, test } from "vitest";
import { Kernel } from "../../src/kernel/kernel.ts";
import { createQemuQ35, type QemuMachine, type QemuQ35Options } from "../../src/machine/qemu/q35.ts";
import type { Io } from "../../src/zx/memory.ts";
import { spacesUnderTest } from "../support/address_spaces.ts";
import { ConfigPorts } from "../support/pci.ts";
import { describeWithQemu } from "../support/qemu.ts";
import { EDU_VECTOR, ioAt } from "../support/qemu_edu.ts";
import { type RemoteOptions, RemoteProcess } from "../support/remote_process.ts";

const FIRST = 4;
const BAR_SIZE = 0x10_0000;
const IDENTIFICATION = 0x0100_00ed;
const barOf = (number: number) => 0xfe00_0000 + number * BAR_SIZE;

/** A q35 with two edu devices, its kernel, and threads that have one of them. */
class Setup {
  readonly machine: QemuMachine;
  readonly kernel: Kernel;
  readonly failures: Error[] = [];

  static async create(kind: "native" | "portable", options: Partial<QemuQ35Options> = {}): Promise<Setup> {
    const devices = [0, 1].map((number) => `edu,addr=${FIRST + number},dma_mask=0xffffffff`);
    const machine = await createQemuQ35({ devices, ...options });
    for (const number of [0, 1]) {
      const config = new ConfigPorts(machine, FIRST + number);
      config.write32(0x10, barOf(number));
      config.write16(0x04, 6);
    }
    return new Setup(machine, await Kernel.create({ machine, addressSpace: kind }));
  }

  private constructor(machine: QemuMachine, kernel: Kernel) {
    this.machine = machine;
    this.kernel = kernel;
    machine.onFailure((error) => this.failures.push(error));
  }

  io(number: number): Io {
    return ioAt(this.machine, barOf(number), BAR_SIZE);
  }

  /** A thread, with `kept.edu` for the registers. */
  async thread(number: number, options: RemoteOptions = {}): Promise<RemoteProcess> {
    const { zx, mmio } = this.kernel.root;
    const remote = await RemoteProcess.start(this.kernel, options);
    const [bar] = remote.give(zx.vmoCreatePhysical(mmio, barOf(number), BAR_SIZE));
    await remote.run(({ zx, kept, MmioBuffer }, bar) => {
      kept.edu = MmioBuffer.create(zx, { offset: 0, size: zx.vmoGetSize(bar), vmo: bar });
    }, bar!);
    return remote;
  }

  async close(): Promise<void> {
    await this.kernel.close();
  }
}

/** Accesses by the thread until the count; gives how many values were wrong. */
function hammer(remote: RemoteProcess, count: number): Promise<number> {
  return remote.run(({ kept }, count) => {
    const edu = kept.edu as { read32(at: number): number; write32(at: number, value: number): void };
    let wrong = 0;
    for (let i = 0; i < count; i++) {
      edu.write32(4, i);
      if (edu.read32(4) !== ~i >>> 0) wrong++;
    }
    return wrong;
  }, count);
}

describeWithQemu("accesses to QEMU by threads", () => {
  describe.each(spacesUnderTest.filter(({ missing }) => missing === undefined))("$kind", ({ kind }) => {
    test("two threads and the kernel's at once each find what they have written, every time", async () => {
      const setup = await Setup.create(kind);
      const remotes = [await setup.thread(0), await setup.thread(1)];
      let isDone = false;
      const all = Promise.all(remotes.map((remote) => hammer(remote, 10_000))).finally(() => {
        isDone = true;
      });
      const io = setup.io(0);
      let own = 0;
      for (; !isDone; await new Promise((resolve) => setTimeout(resolve, own % 3)))
        if (io.read32(0) === IDENTIFICATION) own++;
      expect(await all).toEqual([0, 0]);
      expect(own).toBeGreaterThan(0);
      expect(setup.failures).toEqual([]);
      for (const remote of remotes) await remote.stop();
      await setup.close();
    });

    test("interrupts that come meanwhile are told, each time the line is raised", async () => {
      const setup = await Setup.create(kind);
      const { interrupts } = setup.machine;
      let count = 0;
      interrupts.attach(EDU_VECTOR, "edge", () => count++);
      const remote = await setup.thread(0);
      const wrong = await remote.run(({ kept }) => {
        const edu = kept.edu as { read32(at: number): number; write32(at: number, value: number): void };
        let wrong = 0;
        for (let i = 1; i <= 500; i++) {
          for (let j = 0; j < i % 7; j++) edu.read32(0);
          edu.write32(0x60, i);
          if (edu.read32(0x24) !== i) wrong++;
          edu.write32(0x64, i);
          if (edu.read32(0x24) !== 0) wrong++;
        }
        return wrong;
      });
      expect([wrong, count]).toEqual([0, 500]);
      await remote.stop();
      await setup.close();
    });
  });

  test("each access is made once", async () => {
    const seen = new Map<string, number>();
    const setup = await Setup.create("portable", {
      extraArgs: ["-trace", "memory_region_ops_write"],
      log: (line) => {
        const match = /memory_region_ops_write .* addr 0x(fe[01]00004) value 0x([0-9a-f]+)/.exec(line);
        if (match !== null)
          seen.set(`${match[1]} ${match[2]}`, (seen.get(`${match[1]} ${match[2]}`) ?? 0) + 1);
      },
    });
    const remotes = [await setup.thread(0), await setup.thread(1)];
    expect(await Promise.all(remotes.map((remote) => hammer(remote, 1000)))).toEqual([0, 0]);
    setup.io(0).flush!();
    for (const remote of remotes) await remote.stop();
    expect([seen.size, Math.max(...seen.values())]).toEqual([2000, 1]);
    await setup.close();
  });

  test("a QEMU that is killed meanwhile is IO_NOT_PRESENT for the thread, and a failure of the machine", async () => {
    const setup = await Setup.create("portable");
    const remote = await setup.thread(0);
    const end = hammer(remote, 1e9);
    setTimeout(() => process.kill(setup.machine.pid, "SIGKILL"), 50);
    await expect(end).rejects.toMatchObject({
      statusName: "IO_NOT_PRESENT",
      detail: expect.stringContaining("QEMU ended"),
    });
    expect(setup.failures).toHaveLength(1);
    await remote.stop();
    await setup.close();
  });

  test("a machine that is closed meanwhile is BAD_STATE for the thread", async () => {
    const setup = await Setup.create("portable");
    const remote = await setup.thread(0);
    const end = hammer(remote, 1e9).catch((error: unknown) => String(error));
    await new Promise((resolve) => setTimeout(resolve, 50));
    await setup.machine.close();
    expect(await end).toMatch(/BAD_STATE.*the machine was closed/);
    await remote.stop();
    await setup.close();
  });

  test("a thread that is ended in the middle leaves QEMU to the others, and tells of its last access", async () => {
    const setup = await Setup.create("portable");
    const other = await setup.thread(1);
    let isDone = false;
    const steady = (async () => {
      let wrong = 0;
      while (!isDone) wrong += await hammer(other, 100);
      return wrong;
    })();
    for (let i = 0; i < 50; i++) {
      const remote = await setup.thread(0);
      expect(await hammer(remote, 1)).toBe(0);
      hammer(remote, 1e9).catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, i % 13));
      const { reason, lastAccess } = await remote.stop();
      expect(reason).toBe("terminated");
      expect([lastAccess?.offset, lastAccess?.width]).toEqual([4, 32]);
      expect(setup.io(0).read32(0)).toBe(IDENTIFICATION);
    }
    isDone = true;
    expect(await steady).toBe(0);
    expect(setup.failures).toEqual([]);
    await other.stop();
    await setup.close();
  });

  test("a thread that runs out of memory in the middle leaves QEMU to the others", async () => {
    const setup = await Setup.create("portable");
    const other = await setup.thread(1);
    for (let i = 0; i < 8; i++) {
      const remote = await setup.thread(0, { heapMiB: 16 });
      remote
        .run(({ kept }) => {
          const edu = kept.edu as { read32(at: number): number };
          const all: unknown[] = [];
          for (;;) all.push(new Array(200).fill(edu.read32(0)));
        })
        .catch(() => {});
      const { reason } = await remote.thread.ended;
      expect(reason).toBe("out of memory");
      await remote.stop();
      expect(await hammer(other, 50)).toBe(0);
    }
    expect(setup.failures).toEqual([]);
    await other.stop();
    await setup.close();
  });

  test("a thread that runs out of stack in the middle of accesses goes on, as does QEMU, and no write is lost", async () => {
    const setup = await Setup.create("portable");
    const remote = await setup.thread(0, { deadline: 20_000 });
    const { overflows, wrong } = await remote.run(({ kept }) => {
      const edu = kept.edu as { read32(at: number): number; write32(at: number, value: number): void };
      let overflows = 0;
      let wrong = 0;
      let unmoved = 0;
      // The register holds the last value that was written, or one whose writing ended somewhere in its middle.
      let last = 0;
      let next = 0;
      const access = () => {
        next++;
        edu.write32(4, next);
        last = next;
        const value = ~edu.read32(4) >>> 0;
        if (value < last || value > next) wrong++;
        unmoved++;
      };
      const dive = (...words: number[]): void => {
        try {
          dive(...words);
        } catch {
          // On the way back up, with ever more room.
          try {
            access();
          } catch {
            overflows++;
          }
          if (unmoved < 100) throw new RangeError();
        }
      };
      edu.write32(4, 0);
      for (let i = 0; i < 20; i++) {
        unmoved = 0;
        dive(...Array.from({ length: i }, () => 0));
        const value = ~edu.read32(4) >>> 0;
        if (value < last || value > next) wrong++;
      }
      return { overflows, wrong };
    });
    expect(overflows).toBeGreaterThan(0);
    expect(wrong).toBe(0);
    expect(await hammer(remote, 100)).toBe(0);
    expect(setup.io(0).read32(0)).toBe(IDENTIFICATION);
    expect(setup.failures).toEqual([]);
    await remote.stop();
    await setup.close();
  });
});
