import { beforeEach, describe, expect, it } from "vitest";
import { createSimX64 } from "../../src/boards/sim_x64.ts";
import q35 from "../../src/bus/board/q35.ts";
import { ECAM, Q35PciRoot } from "../../src/bus/board/q35_pciroot.ts";
import { System } from "../../src/framework/system.ts";
import { Kernel } from "../../src/kernel/kernel.ts";
import type { Zx } from "../../src/zx/syscalls.ts";
import { FakeMachine } from "../support/fake_machine.ts";

describe("the Q35 board driver", () => {
  it("opens the memory-mapped configuration space where it says it is", async () => {
    const machine = createSimX64({ devices: [] });
    const system = await System.boot({ machine, drivers: [q35], addressSpace: "portable" });
    expect(system.manager.find("root.board").state).toBe("running");
    const { name, io } = dispatched(machine.resolve(ECAM.base, 4096));
    expect([name, io.read32(0)]).toEqual(["PCI ECAM", 0x29c0_8086]);
    await system.stop();
  });

  it("refuses another chipset", async () => {
    class OtherPc extends FakeMachine {
      override readonly board = { compatible: ["intel,q35"] };
    }
    const system = await System.boot({ machine: new OtherPc(), drivers: [q35], addressSpace: "portable" });
    const { state, error } = system.manager.find("root.board");
    expect(state).toBe("quarantined");
    expect(error?.message).toMatch(
      /^NOT_SUPPORTED: .*the host bridge is [0-9a-f]{4}:[0-9a-f]{4}, not a Q35's 8086:29c0/,
    );
    await system.stop();
  });
});

describe("the PCI root of a Q35", () => {
  let kernel: Kernel;
  let zx: Zx;
  let root: Q35PciRoot;
  beforeEach(async () => {
    kernel = await Kernel.create({ machine: new FakeMachine(), addressSpace: "portable" });
    zx = kernel.root.zx;
    root = new Q35PciRoot(zx, kernel.root);
  });

  it.each([
    ["memory below 4 GiB", { type: "memory", size: 0x1000, low: true }, 0xc000_0000, "PCI Mmio32"],
    ["memory above 4 GiB", { type: "memory", size: 0x1000, low: false }, 0x8_0000_0000, "PCI Mmio64"],
    ["I/O ports", { type: "io", size: 0x20, low: true }, 0x1000, "PCI Io"],
  ] as const)("gives %s with an exclusive resource for it", (_, request, base, name) => {
    const space = root.getAddressSpace(request);
    expect(space.base).toBe(base);
    const info = zx.objectGetInfo(space.resource, "RESOURCE");
    expect(info).toMatchObject({ base, size: request.size, name });
    expect(root.getAddressSpace(request).base).toBe(base + request.size);
    space.release();
    space.release();
    expect(root.getAddressSpace(request).base).toBe(base);
  });

  it("keeps nothing of a range for which there can be no resource", () => {
    const before = zx.resourceCreate(kernel.root.mmio, 0, 0xc000_0000, 0x1000, "somebody");
    const request = { type: "memory", size: 0x1000, low: true } as const;
    expect(() => root.getAddressSpace(request)).toThrow(/^NOT_FOUND/);
    zx.handleClose(before);
    expect(root.getAddressSpace(request).base).toBe(0xc000_0000);
  });

  it("stays inside its windows", () => {
    expect(() =>
      root.getAddressSpace({ type: "memory", size: 0x1000, base: 0xfec0_0000, low: true }),
    ).toThrow(/^NOT_FOUND/);
    expect(() => root.getAddressSpace({ type: "memory", size: 2 ** 40, low: false })).toThrow(
      /^NO_RESOURCES/,
    );
    expect(() => root.getAddressSpace({ type: "io", size: 0x8, base: 0xcf8, low: true })).toThrow(
      /^NOT_FOUND/,
    );
  });

  it("tells the platform's handles anew once the first ones are closed, and leaks none when it cannot", () => {
    const first = root.getPciPlatformInfo();
    const objects = () => [...kernel.objects()].length;
    const count = objects();
    expect(() => root.getPciPlatformInfo()).toThrow(/^ALREADY_BOUND: vector 16/);
    expect(objects()).toBe(count);
    zx.handleCloseMany([first.cam.vmo, ...first.legacyIrqs.map(({ interrupt }) => interrupt)]);
    expect(root.getPciPlatformInfo().legacyIrqs.map(({ vector }) => vector)).toEqual([
      16, 17, 18, 19, 20, 21, 22, 23,
    ]);
  });

  it("has one bus transaction initiator for each function", () => {
    expect(zx.objectGetInfo(root.getBti(0x20, 0), "BTI").quarantineCount).toBe(0);
    expect(() => root.getBti(0x20, 1)).toThrow(/^OUT_OF_RANGE/);
  });

  it("allocates MSIs by powers of two", () => {
    expect(zx.objectGetInfo(root.allocateMsi(4), "MSI")).toMatchObject({ numIrq: 4, interruptCount: 0 });
    expect(() => root.allocateMsi(3)).toThrow(/^INVALID_ARGS/);
  });
});

function dispatched(target: ReturnType<ReturnType<typeof createSimX64>["resolve"]>) {
  if (target.kind !== "dispatched") throw new Error(target.kind);
  return target;
}
