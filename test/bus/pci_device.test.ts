import { beforeEach, describe, expect, it } from "vitest";
import { Command, Config } from "../../src/bus/pci/config.ts";
import type { Bar } from "../../src/fidl/fuchsia.hardware.pci.ts";
import { CachePolicy } from "../../src/zx/constants.ts";
import { FakeConfig } from "./fake_config.ts";
import { BusHarness } from "./harness.ts";

let h: BusHarness;
beforeEach(async () => {
  h = await BusHarness.create();
});

const edu = () => new FakeConfig().ids(0x1234, 0x11e8).bar(0, { kind: "memory", size: 0x10_0000 });

function vmoOf({ result }: Bar): number {
  if (result.kind !== "vmo") throw new Error(`the BAR is ${result.kind}`);
  return result.vmo;
}

describe("bringing a bus up", () => {
  it("quiets every function and turns decoding on only for what it has", () => {
    const memory = h.add(1, edu().command(Command.BUS_MASTER_EN));
    const io = h.add(2, new FakeConfig().ids(1, 2).bar(0, { kind: "io", size: 0x20 }));
    const nothing = h.add(3, new FakeConfig().ids(1, 3));
    h.bus.start();
    expect(memory.read16(Config.COMMAND)).toBe(Command.INT_DISABLE | Command.MEM_EN);
    expect(io.read16(Config.COMMAND)).toBe(Command.INT_DISABLE | Command.IO_EN);
    expect(nothing.read16(Config.COMMAND)).toBe(Command.INT_DISABLE);
  });

  it("moves no base address register of a function that decodes it", () => {
    const config = h.add(1, edu().command(Command.MEM_EN));
    h.bus.start();
    const moved = config.log.lastIndexOf(`write32 0x10 = 0x${config.read32(0x10).toString(16)}`);
    const commands = config.log.slice(0, moved).filter((line) => line.startsWith("write16 0x4"));
    expect(commands.at(-1)).toBe(`write16 0x4 = 0x${Command.INT_DISABLE.toString(16)}`);
  });

  it("leaves the bus mastering of the chipset's bridges as it was", () => {
    const host = new FakeConfig()
      .ids(0x8086, 0x29c0)
      .poke(Config.BASE_CLASS, 0x06)
      .command(Command.BUS_MASTER_EN);
    h.add(0, host);
    h.bus.start();
    expect(host.read16(Config.COMMAND)).toBe(Command.INT_DISABLE | Command.BUS_MASTER_EN);
  });

  it("disables a function whose memory finds no room, while the others live", () => {
    const greedy = h.add(1, new FakeConfig().ids(1, 1).bar(0, { kind: "memory", size: 0x8000_0000 }));
    h.add(2, edu());
    h.bus.start();
    expect(h.bus.functions.map(({ device }) => device.name)).toEqual(["00:02.0"]);
    expect(greedy.read16(Config.COMMAND)).toBe(Command.INT_DISABLE);
    expect(h.log).toEqual([
      expect.stringMatching(/^error: 00:01.0 is disabled: no room for BAR 0 \(0x80000000 bytes\)/),
    ]);
  });

  it("leaves out a function that makes no sense, and goes on", () => {
    const broken = h.add(
      1,
      new FakeConfig().ids(1, 1).poke(0x06, 0x10).poke(0x34, 0x40).poke(0x40, 9, 0x40).command(3),
    );
    h.add(2, edu());
    h.bus.start();
    expect(h.bus.functions.map(({ device }) => device.name)).toEqual(["00:02.0"]);
    expect(broken.read16(Config.COMMAND)).toBe(Command.INT_DISABLE);
    expect(h.log).toEqual([
      expect.stringMatching(/^error: 00:01.0 is not used: BAD_STATE: the capabilities run in a circle/),
    ]);
  });

  it("reports a bridge and does not go behind it", () => {
    const bridge = h.add(1, new FakeConfig().ids(1, 1, 0x01).command(7));
    h.bus.start();
    expect(h.bus.functions).toEqual([]);
    expect(h.log).toEqual(["warn: 00:01.0 is a bridge: what is behind it is not used"]);
    expect(bridge.log).toEqual([]);
  });

  it("writes the vector of its pin into a function's interrupt line", () => {
    const config = h.add(1, edu().poke(Config.INTERRUPT_PIN, 2));
    h.bus.start();
    expect(config.read8(Config.INTERRUPT_LINE)).toBe(22);
  });

  it("gives everything back when it stops, so that it can be started again", () => {
    const config = h.add(1, edu().poke(Config.INTERRUPT_PIN, 1));
    h.bus.start();
    const base = config.read32(0x10);
    h.server(1).setInterruptMode(1, 1);
    h.bus.stop();
    h.bus.stop();
    expect(config.read16(Config.COMMAND)).toBe(Command.INT_DISABLE);
    expect(h.bus.functions).toEqual([]);
    expect(h.machine.interrupts.isAttached(21)).toBe(false);
    expect(h.root.getAddressSpace({ type: "memory", size: 0x10_0000, low: true }).base).toBe(base);
  });
});

describe("GetDeviceInfo", () => {
  it("says what the function is and where", () => {
    h.add(4, edu().poke(Config.REVISION_ID, 0x10, 0x01, 0x02, 0xff));
    h.bus.start();
    expect(h.server(4).getDeviceInfo()).toEqual({
      vendorId: 0x1234,
      deviceId: 0x11e8,
      baseClass: 0xff,
      subClass: 2,
      programInterface: 1,
      revisionId: 0x10,
      busId: 0,
      devId: 4,
      funcId: 0,
      padding: {},
    });
  });
});

describe("GetBar", () => {
  it("gives a VMO of the function's memory, named after it", () => {
    const config = h.add(4, edu());
    h.bus.start();
    const resolved = whatTheKernelResolves();
    const bar = h.server(4).getBar(0);
    expect(bar).toMatchObject({ barId: 0, size: 0x10_0000n, result: { kind: "vmo" } });
    const info = h.zx.objectGetInfo(vmoOf(bar), "VMO");
    expect(info).toMatchObject({ name: "00:04.0 bar 0", sizeBytes: 0x10_0000 });
    expect(info).toMatchObject({ cachePolicy: CachePolicy.UNCACHED });
    expect(resolved).toEqual([{ address: config.read32(0x10), size: 0x10_0000 }]);
  });

  it("gives a new VMO at each call, over the same memory", () => {
    h.add(4, edu());
    h.bus.start();
    const resolved = whatTheKernelResolves();
    const [a, b] = [h.server(4).getBar(0), h.server(4).getBar(0)].map(
      (bar) => h.zx.objectGetInfo(vmoOf(bar), "VMO").koid,
    );
    expect(a).not.toBe(b);
    expect(resolved).toHaveLength(2);
    expect(resolved[0]).toEqual(resolved[1]);
  });

  it("tells the true size of a BAR below a page, whose VMO is a page", () => {
    h.add(4, new FakeConfig().ids(1, 1).bar(0, { kind: "memory", size: 0x80 }));
    h.bus.start();
    const bar = h.server(4).getBar(0);
    expect(bar.size).toBe(0x80n);
    expect(h.zx.vmoGetSize(vmoOf(bar))).toBe(0x1000);
  });

  it("gives I/O ports as an address and the resource to request them with", () => {
    h.add(4, new FakeConfig().ids(1, 1).bar(1, { kind: "io", size: 0x20 }));
    h.bus.start();
    const { size, result } = h.server(4).getBar(1);
    if (result.kind !== "io") throw new Error(result.kind);
    expect([size, result.io.address]).toEqual([0x20n, 0x1000n]);
    h.zx.ioportsRequest(result.io.resource, 0x1000, 0x20);
    expect(() => h.zx.ioportsRequest(result.io.resource, 0x1000, 0x21)).toThrow(/^OUT_OF_RANGE/);
  });

  it.each([
    ["id 6", "INVALID_ARGS", 6],
    ["the upper half of a 64-bit BAR", "NOT_FOUND", 4],
    ["no BAR at all", "NOT_FOUND", 5],
  ])("refuses %s: %s", (_, status, id) => {
    h.add(4, new FakeConfig().ids(1, 1).bar(3, { kind: "memory", size: 0x4000, is64: true }));
    h.bus.start();
    expect(() => h.server(4).getBar(id)).toThrow(expect.objectContaining({ statusName: status }));
  });

  it("refuses with BAD_STATE when the device is disabled", () => {
    h.add(4, edu());
    h.bus.start();
    const server = h.server(4);
    h.bus.stop();
    expect(() => server.getBar(0)).toThrow(/^BAD_STATE: 00:04.0 is disabled/);
    expect(() => server.setBusMastering(true)).toThrow(/^BAD_STATE/);
    expect(() => server.setInterruptMode(1, 1)).toThrow(/^BAD_STATE/);
  });
});

describe("SetBusMastering", () => {
  it("sets and clears one bit of the command register", () => {
    const config = h.add(4, edu());
    h.bus.start();
    const before = config.read16(Config.COMMAND);
    h.server(4).setBusMastering(true);
    expect(config.read16(Config.COMMAND)).toBe(before | Command.BUS_MASTER_EN);
    h.server(4).setBusMastering(false);
    expect(config.read16(Config.COMMAND)).toBe(before);
  });
});

describe("ResetDevice", () => {
  it("is refused: with BAD_STATE while interrupts are enabled, else because there is no reset", () => {
    h.add(4, edu().poke(Config.INTERRUPT_PIN, 1));
    h.bus.start();
    const server = h.server(4);
    expect(() => server.resetDevice()).toThrow(/^NOT_SUPPORTED: 00:04.0 has no reset/);
    server.setInterruptMode(1, 1);
    expect(() => server.resetDevice()).toThrow(/^BAD_STATE/);
  });
});

describe("configuration space", () => {
  it("can be read everywhere, and written beyond the header", () => {
    h.add(4, edu());
    h.bus.start();
    const server = h.server(4);
    expect(server.readConfig32(0)).toBe(0x11e8_1234);
    expect([server.readConfig8(0xff), server.readConfig16(0xfe), server.readConfig32(0xfc)]).toEqual([
      0, 0, 0,
    ]);
    server.writeConfig8(0x40, 0xab);
    server.writeConfig16(0x42, 0xcdef);
    server.writeConfig32(0xfc, 0x1234_5678);
    expect([server.readConfig32(0x40), server.readConfig32(0xfc)]).toEqual([0xcdef_00ab, 0x1234_5678]);
  });

  it.each([
    ["a write into the header", "ACCESS_DENIED", (s: Server) => s.writeConfig8(0x3f, 0)],
    ["a write across its end", "ACCESS_DENIED", (s: Server) => s.writeConfig32(0x3c, 0)],
    ["a read of the 257th byte", "OUT_OF_RANGE", (s: Server) => s.readConfig8(256)],
    ["a read across the end", "OUT_OF_RANGE", (s: Server) => s.readConfig32(0xfe)],
    ["a write beyond the end", "OUT_OF_RANGE", (s: Server) => s.writeConfig16(0x100, 0)],
    ["a read that is not aligned", "INVALID_ARGS", (s: Server) => s.readConfig16(0x41)],
  ])("refuses %s: %s", (_, status, act) => {
    h.add(4, edu());
    h.bus.start();
    expect(() => act(h.server(4))).toThrow(expect.objectContaining({ statusName: status }));
  });

  it("lists the offsets of capabilities by their id", () => {
    h.add(
      4,
      edu().poke(0x06, 0x10).poke(0x34, 0x40).poke(0x40, 9, 0x48).poke(0x48, 1, 0x50).poke(0x50, 9, 0),
    );
    h.bus.start();
    expect([...h.server(4).getCapabilities(9)]).toEqual([0x40, 0x50]);
    expect([...h.server(4).getCapabilities(5)]).toEqual([]);
    expect(h.server(4).getExtendedCapabilities(1)).toEqual([]);
  });
});

describe("GetBti", () => {
  it("gives the function's bus transaction initiator, and has just one", () => {
    h.add(4, edu());
    h.bus.start();
    expect(h.zx.objectGetInfo(h.server(4).getBti(0), "BTI").pmoCount).toBe(0);
    expect(() => h.server(4).getBti(1)).toThrow(/^OUT_OF_RANGE/);
  });
});

/** What the kernel asks the machine for from now on: the physical ranges behind VMOs. */
function whatTheKernelResolves(): { address: number; size: number }[] {
  const ranges: { address: number; size: number }[] = [];
  h.kernel.events.listen(
    (event) => {
      if (event.kind === "resolve") ranges.push({ address: event.address, size: event.size });
    },
    ["resolve"],
  );
  return ranges;
}

type Server = ReturnType<BusHarness["server"]>;
