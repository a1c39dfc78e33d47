/** What is known of the last access of a process in a thread, when it has ended. */
import { beforeEach, expect, test } from "vitest";
import type { LastAccess } from "../../src/remote/server/last_access.ts";
import { FakeDevice } from "../support/fake_machine.ts";
import { onBothKernels } from "../support/kernel.ts";
import { type Context, RemoteProcess } from "../support/remote_process.ts";

const BAR = 0xfe00_0000;
const BAR_SIZE = 0x4000;

onBothKernels("the last access of a process in a thread", (get) => {
  let remote: RemoteProcess;
  let bar: number;

  beforeEach(async () => {
    const { machine, zx, root, kernel } = get();
    machine.addDevice(BAR, BAR_SIZE, "device", new FakeDevice(BAR_SIZE));
    const vmo = zx.vmoCreatePhysical(root.mmio, BAR, BAR_SIZE);
    zx.objectSetName(vmo, "bar 0");
    remote = await RemoteProcess.start(kernel);
    bar = remote.give(vmo)[0]!;
  });

  /** After the process has run this, and was ended. */
  async function lastOf(
    program: (context: Context, bar: number) => unknown,
  ): Promise<LastAccess | undefined> {
    await remote.run(program, bar);
    return (await remote.stop()).lastAccess;
  }

  test("is undefined where there was none", async () => {
    expect(await lastOf(({ zx }) => zx.eventCreate(0))).toBeUndefined();
  });

  test("has the name of its register, its mapping, and its place there", async () => {
    const last = await lastOf(({ zx, MmioBuffer, registers: { registers, r32 } }, vmo) => {
      const device = registers("device", { Control: r32(0x10), Status: r32(0x20) });
      const regs = device.on(MmioBuffer.create(zx, { vmo }));
      regs.Control.write(1);
      regs.Status.read();
    });
    expect(last).toMatchObject({
      op: "read",
      width: 32,
      mapping: "bar 0",
      offset: 0x20,
      register: "Status",
    });
  });

  test.each<[what: string, access: (mmio: Mmio) => unknown, register: string | undefined]>([
    ["an element of an array of blocks", (mmio) => mmio.read32(0x104 + 3 * 0x10), "Channel[3].Control"],
    ["a part of a register", (mmio) => mmio.read16(0x22), "Status+0x2"],
    ["a register that shares its place with one that is only written", (mmio) => mmio.read32(0x30), "Result"],
    ["a register that shares its place with one that is only read", (mmio) => mmio.write32(0x30, 0), "Start"],
    ["a place without a register", (mmio) => mmio.read32(0x28), undefined],
    ["a register of a declaration further on", (mmio) => mmio.read32(0x1008), "Head"],
  ])("names %s", async (_, access, register) => {
    await remote.run(({ zx, kept, MmioBuffer, registers: { registers, r32, array, block } }, vmo) => {
      const device = registers("device", {
        Status: r32(0x20),
        Start: r32(0x30, "wo"),
        Result: r32(0x30, "ro"),
        Channel: array(4, 0x10, block(0x100, { Address: r32(0), Control: r32(4) })),
      });
      const mmio = MmioBuffer.create(zx, { vmo });
      device.on(mmio);
      registers("queue", { Head: r32(8) }).on(mmio.view(0x1000));
      kept.mmio = mmio;
    }, bar);
    await remote.run(new Function("context", `(${access})(context.kept.mmio)`) as () => void);
    expect((await remote.stop()).lastAccess?.register).toBe(register);
  });

  test("may be one that was a page fault", async () => {
    const last = await lastOf(({ zx }) => {
      try {
        zx.memory.fault(0x123008, "write", 8);
      } catch {
        // A driver would have ended with that.
      }
    });
    expect(last).toMatchObject({ op: "write", width: 64, offset: 0x123008, mapping: undefined });
  });

  test("is told without names where the process says nonsense of its registers, or more than anybody has", async () => {
    const last = await lastOf(({ zx, MmioBuffer }, vmo) => {
      const mmio = MmioBuffer.create(zx, { vmo });
      const describe = (places: unknown) =>
        zx.memory.describe!(mmio.address, places as Parameters<NonNullable<typeof zx.memory.describe>>[1]);
      const place = { name: "Nobody", offset: 0, size: 4, readable: true, writable: true };
      describe([{ ...place, name: "", offset: "0" }]);
      describe([{ ...place, size: {} }]);
      for (let i = 0; i < 100; i++) {
        const other = zx.vmarMap(zx.vmarRootSelf, 3, 0, zx.vmoCreate(4096, 0), 0, 4096);
        zx.memory.describe!(other, Array(5000).fill(place));
      }
      describe([]);
      mmio.read32(0);
    });
    expect(last).toMatchObject({ mapping: "bar 0", offset: 0, register: undefined });
  });
});

interface Mmio {
  read16(offset: number): number;
  read32(offset: number): number;
  write32(offset: number, value: number): void;
}
