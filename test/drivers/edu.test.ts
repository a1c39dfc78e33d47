import { afterEach, beforeEach, expect, test } from "vitest";
import { createSimArm64 } from "../../src/boards/sim_arm64.ts";
import { busDrivers } from "../../src/bus/index.ts";
import edu from "../../src/drivers/edu.ts";
import { EventStream, type SystemEvent } from "../../src/events/events.ts";
import { Device as Edu } from "../../src/fidl/zirconia.edu.ts";
import type { Node } from "../../src/framework/node.ts";
import { System } from "../../src/framework/system.ts";
import { Status } from "../../src/zx/status.ts";
import eduWith32Lines from "../framework/programs/edu_with_32_lines.ts";
import { onEveryMachineAndHost } from "../support/hosts.ts";
import { workerProgram } from "../support/worker_programs.ts";

const binary = (await workerProgram("edu_with_32_lines")).href;

onEveryMachineAndHost("the edu driver", ({ create, addressSpace, architecture }, hosts) => {
  // Where RAM is beyond the 28 address lines that the device has by default, it is made with more, and has a driver that knows.
  const isLow = architecture === "x64";
  const device = isLow ? "edu" : "edu,dma_mask=0xffffffff";
  const drivers = [...busDrivers, isLow ? edu : { ...eduWith32Lines, binary }];
  let system: System;
  let node: Node;
  const events = new EventStream();

  beforeEach(async () => {
    system = await System.boot({
      machine: await create([device]),
      drivers,
      addressSpace,
      events,
      hosts: hosts(),
    });
    node = [...system.manager.root.walk()].find(({ driver }) => driver?.name === "edu")!;
  });

  afterEach(async () => {
    await system.stop();
  });

  test("binds to the PCI function 1234:11e8 and runs in a host of its own", () => {
    expect(node.properties).toMatchObject({
      "fuchsia.BIND_PCI_VID": 0x1234,
      "fuchsia.BIND_PCI_DID": 0x11e8,
    });
    expect(node.error).toBeUndefined();
    expect(node.state).toBe("running");
    expect(node.running!.host.name).toBe("driver-host:edu");
    expect(node.running!.host).not.toBe(node.parent!.running!.host);
  });

  test("reads the identification 0x010000ed from BAR 0, mapped in its host's VMAR", async () => {
    expect(node.running!.memory).toEqual([
      expect.objectContaining({ size: 0x100000, vmoOffset: 0, policy: "UNCACHED_DEVICE" }),
    ]);
    expect(await system.connect(node.moniker, Edu).getId()).toBe(0x010000ed);
  });

  test("finds the device alive: what is written to the liveness register comes back inverted", async () => {
    const edu = system.connect(node.moniker, Edu);
    for (const value of [0, 1, 0x12345678, 0xffffffff])
      expect(await edu.checkLiveness(value)).toBe(~value >>> 0);
  });

  test("computes factorials, each announced by an interrupt of the device", async () => {
    const edu = system.connect(node.moniker, Edu);
    const interrupts: SystemEvent[] = [];
    const stop = events.listen((event) => interrupts.push(event), ["interrupt"]);
    expect(await edu.computeFactorial(0)).toBe(1);
    expect(await edu.computeFactorial(5)).toBe(120);
    expect(await edu.computeFactorial(12)).toBe(479001600);
    stop();
    const triggers = interrupts.filter((event) => event.kind === "interrupt" && event.what === "trigger");
    expect(triggers.filter((event) => event.kind === "interrupt" && event.vector !== undefined)).toHaveLength(
      3,
    );
  });

  test("computes factorials modulo 2^32, as the device's 32-bit register does", async () => {
    expect(await system.connect(node.moniker, Edu).computeFactorial(13)).toBe(6227020800 % 2 ** 32);
  });

  test("takes calls that come at once in turn", async () => {
    const edu = system.connect(node.moniker, Edu);
    const answers = await Promise.all([3, 4, 5, 6].map((n) => edu.computeFactorial(n)));
    expect(answers).toEqual([6, 24, 120, 720]);
  });

  test("sends data into the device by DMA and gets the same data back", async () => {
    const edu = system.connect(node.moniker, Edu);
    for (const length of [1, 4, 255, 4095]) {
      const data = Uint8Array.from({ length }, (_, i) => (i * 31 + length) & 0xff);
      expect(await edu.dmaRoundTrip(data)).toEqual(data);
    }
  });

  test("refuses a transfer that the device's buffer cannot hold, and goes on working", async () => {
    const edu = system.connect(node.moniker, Edu);
    await expect(edu.dmaRoundTrip(new Uint8Array(4096))).rejects.toMatchObject({
      status: Status.INVALID_ARGS,
    });
    await expect(edu.dmaRoundTrip(new Uint8Array(0))).rejects.toMatchObject({
      status: Status.INVALID_ARGS,
    });
    expect(await edu.computeFactorial(4)).toBe(24);
  });

  test("gives everything back when it stops: no host, no mapping, no frame is left", async () => {
    const { moniker } = node;
    const edu = system.connect(moniker, Edu);
    await system.manager.remove(node);
    await expect(edu.getId()).rejects.toMatchObject({ status: Status.PEER_CLOSED });
    expect(() => system.manager.find(moniker)).toThrow(/NOT_FOUND/);
    expect([...system.manager.hosts].map(({ name }) => name)).not.toContain("driver-host:edu");
  });
});

test("the edu driver does without DMA where RAM is beyond the device's address lines", async () => {
  await using system = await System.boot({
    machine: createSimArm64({ devices: ["edu"] }),
    drivers: [...busDrivers, edu],
    addressSpace: "portable",
  });
  const { moniker, running } = [...system.manager.root.walk()].find(({ driver }) => driver === edu)!;
  expect(running!.inspect).toMatchObject({ dma: "not used: RAM is beyond 28 address lines" });
  const device = system.connect(moniker, Edu);
  expect(await device.computeFactorial(5)).toBe(120);
  await expect(device.dmaRoundTrip(Uint8Array.of(1))).rejects.toMatchObject({ status: Status.NOT_SUPPORTED });
});
