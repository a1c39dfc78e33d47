import { beforeEach, describe, expect, it } from "vitest";
import { Command, Config, ConfigStatus } from "../../src/bus/pci/config.ts";
import { InterruptMode } from "../../src/fidl/fuchsia.hardware.pci.ts";
import { FakeConfig } from "./fake_config.ts";
import { BusHarness } from "./harness.ts";

const { DISABLED, LEGACY, LEGACY_NOACK, MSI, MSI_X } = InterruptMode;

/** Devices 1 and 5 share GSI 21 with pin A; device 2 is on GSI 22. */
const VECTOR = 21;

let h: BusHarness;
beforeEach(async () => {
  h = await BusHarness.create();
});

const withPin = (pin = 1) => new FakeConfig().ids(1, 1).poke(Config.INTERRUPT_PIN, pin);
const withMsi = (control = 0x00) =>
  withPin().poke(0x06, 0x10).poke(0x34, 0x50).poke(0x50, 0x05, 0, control, 0);

/** The function asserts its pin: its status says so, and so does the line unless the function may not. */
function assertPin(config: FakeConfig, vector = VECTOR): void {
  config.poke(Config.STATUS, config.read8(Config.STATUS) | ConfigStatus.INTERRUPT);
  h.machine.interrupts.raise(vector);
}
function releasePin(config: FakeConfig, vector = VECTOR): void {
  config.poke(Config.STATUS, config.read8(Config.STATUS) & ~ConfigStatus.INTERRUPT);
  h.machine.interrupts.lower(vector);
}
const pinIsOff = (config: FakeConfig) => (config.read16(Config.COMMAND) & Command.INT_DISABLE) !== 0;

describe("a legacy interrupt", () => {
  it("reaches the function's driver, with its pin off until AckInterrupt", async () => {
    const config = h.add(1, withPin());
    h.bus.start();
    const server = h.server(1);
    server.setInterruptMode(LEGACY, 1);
    expect(pinIsOff(config)).toBe(false);
    const wait = h.zx.interruptWait(server.mapInterrupt(0));
    h.machine.clock.advance(5000);
    assertPin(config);
    expect(await wait).toBe(5000);
    expect(pinIsOff(config)).toBe(true);
    releasePin(config);
    server.ackInterrupt();
    expect(pinIsOff(config)).toBe(false);
  });

  it("can be waited for again and again", async () => {
    const config = h.add(1, withPin());
    h.bus.start();
    const server = h.server(1);
    server.setInterruptMode(LEGACY, 1);
    const interrupt = server.mapInterrupt(0);
    for (let i = 0; i < 5; i++) {
      const wait = h.zx.interruptWait(interrupt);
      assertPin(config);
      await wait;
      releasePin(config);
      server.ackInterrupt();
    }
    expect(h.log).toEqual([]);
  });

  it("goes only to the function that signals, of those that share the vector", async () => {
    const quiet = h.add(1, withPin());
    const loud = h.add(5, withPin());
    h.bus.start();
    const interrupts = [h.server(1), h.server(5)].map((server) => {
      server.setInterruptMode(LEGACY, 1);
      return server.mapInterrupt(0);
    });
    let quietWasTold = false;
    void h.zx.interruptWait(interrupts[0]!).then(() => {
      quietWasTold = true;
    });
    const wait = h.zx.interruptWait(interrupts[1]!);
    assertPin(loud);
    await wait;
    expect([quietWasTold, pinIsOff(quiet), pinIsOff(loud)]).toEqual([false, false, true]);
  });

  it("that no function admits to leaves the vector masked, with a word in the log", async () => {
    h.add(1, withPin());
    h.bus.start();
    h.server(1).setInterruptMode(LEGACY, 1);
    h.machine.interrupts.raise(VECTOR);
    await settle();
    expect(h.machine.interrupts.isMasked(VECTOR)).toBe(true);
    expect(h.log).toEqual(["error: vector 21: 100 interrupts that no function admits to; it stays masked"]);
  });

  it("without acknowledgement leaves the pin on, until it storms", async () => {
    const config = h.add(1, withPin());
    h.bus.start();
    const server = h.server(1);
    server.setInterruptMode(LEGACY_NOACK, 1);
    const wait = h.zx.interruptWait(server.mapInterrupt(0));
    config.poke(Config.STATUS, ConfigStatus.INTERRUPT);
    h.machine.interrupts.raise(VECTOR);
    h.machine.interrupts.lower(VECTOR);
    await wait;
    expect(pinIsOff(config)).toBe(false);

    h.machine.interrupts.raise(VECTOR);
    await settle();
    expect(pinIsOff(config)).toBe(true);
    expect(h.log[0]).toMatch(
      /^error: 00:01.0: more than 10000 interrupts in a second; its pin is turned off/,
    );
  });

  it("gives a handle that can be waited on but not triggered", () => {
    h.add(1, withPin());
    h.bus.start();
    const server = h.server(1);
    server.setInterruptMode(LEGACY, 1);
    expect(() => h.zx.interruptTrigger(server.mapInterrupt(0), 0, 0)).toThrow(/^ACCESS_DENIED/);
  });

  it("ends with CANCELED for who waits, when the mode is changed", async () => {
    const config = h.add(1, withPin());
    h.bus.start();
    const server = h.server(1);
    server.setInterruptMode(LEGACY, 1);
    const wait = h.zx.interruptWait(server.mapInterrupt(0));
    server.setInterruptMode(DISABLED, 0);
    await expect(wait).rejects.toThrow(/^CANCELED/);
    expect(pinIsOff(config)).toBe(true);
  });
});

describe("SetInterruptMode", () => {
  const cases: [string, FakeConfig, number, number, string][] = [
    ["no interrupts", withPin(), LEGACY, 0, "INVALID_ARGS"],
    ["two pins", withPin(), LEGACY, 2, "INVALID_ARGS"],
    ["a pin where there is none", withPin(0), LEGACY, 1, "NOT_SUPPORTED"],
    ["a pin that cannot be", withPin(5), LEGACY_NOACK, 1, "NOT_SUPPORTED"],
    ["MSI without the capability", withPin(), MSI, 1, "NOT_SUPPORTED"],
    ["MSI-X", withMsi(), MSI_X, 1, "NOT_SUPPORTED"],
    ["a mode that does not exist", withMsi(), 77, 1, "NOT_SUPPORTED"],
    ["3 MSIs", withMsi(0x04), MSI, 3, "INVALID_ARGS"],
    ["more MSIs than there are", withMsi(0x04), MSI, 8, "INVALID_ARGS"],
  ];
  it.each(cases)("refuses %s", (_, config, mode, count, status) => {
    h.add(1, config);
    h.bus.start();
    expect(() => h.server(1).setInterruptMode(mode, count)).toThrow(
      expect.objectContaining({ statusName: status }),
    );
  });

  it("keeps the present mode when it refuses another", () => {
    h.add(1, withPin());
    h.bus.start();
    const server = h.server(1);
    server.setInterruptMode(LEGACY, 1);
    expect(() => server.setInterruptMode(MSI, 1)).toThrow(/^NOT_SUPPORTED/);
    server.ackInterrupt();
  });

  it("to DISABLED can be said at any time", () => {
    h.add(1, withPin());
    h.bus.start();
    h.server(1).setInterruptMode(DISABLED, 0);
    h.server(1).setInterruptMode(DISABLED, 0);
  });
});

describe("while interrupts are disabled", () => {
  it("MapInterrupt and AckInterrupt are BAD_STATE", () => {
    h.add(1, withPin());
    h.bus.start();
    expect(() => h.server(1).mapInterrupt(0)).toThrow(/^BAD_STATE/);
    expect(() => h.server(1).ackInterrupt()).toThrow(/^BAD_STATE/);
  });
});

describe("GetInterruptModes", () => {
  it("says what there is", () => {
    h.add(1, withPin(0));
    h.add(2, withPin());
    h.add(3, withMsi(0x06));
    h.bus.start();
    const none = { hasLegacy: false, msiCount: 0, msixCount: 0 };
    expect(h.server(1).getInterruptModes()).toEqual(none);
    expect(h.server(2).getInterruptModes()).toEqual({ ...none, hasLegacy: true });
    expect(h.server(3).getInterruptModes()).toEqual({ hasLegacy: true, msiCount: 8, msixCount: 0 });
  });
});

describe("MSI", () => {
  it("programs address, data and count, turns it on, and lets the function write to memory", () => {
    const config = h.add(1, withMsi(0x04));
    h.bus.start();
    h.server(1).setInterruptMode(MSI, 2);
    expect(config.read32(0x54)).toBe(0xfee0_0000);
    expect(config.read16(0x58)).toBe(0x40);
    expect(config.read16(0x52)).toBe(0x0015);
    expect(config.read16(Config.COMMAND) & (Command.BUS_MASTER_EN | Command.INT_DISABLE)).toBe(
      Command.BUS_MASTER_EN | Command.INT_DISABLE,
    );
  });

  it("has the data register elsewhere when the address has 64 bits", () => {
    const config = h.add(1, withMsi(0x80));
    config.poke(0x58, 1, 2, 3, 4);
    h.bus.start();
    h.server(1).setInterruptMode(MSI, 1);
    expect([config.read32(0x54), config.read32(0x58), config.read16(0x5c)]).toEqual([0xfee0_0000, 0, 0x40]);
  });

  it("is not acknowledged, and has as many interrupts as were asked for", () => {
    h.add(1, withMsi(0x04));
    h.bus.start();
    const server = h.server(1);
    server.setInterruptMode(MSI, 2);
    expect(() => server.ackInterrupt()).toThrow(/^BAD_STATE/);
    expect(() => server.mapInterrupt(2)).toThrow(/^INVALID_ARGS/);
  });

  it("is off after DISABLED", () => {
    const config = h.add(1, withMsi(0x04));
    h.bus.start();
    h.server(1).setInterruptMode(MSI, 4);
    h.server(1).setInterruptMode(DISABLED, 0);
    expect(config.read16(0x52) & 1).toBe(0);
  });
});

/** Lets everything that waits for nothing but promises run. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
