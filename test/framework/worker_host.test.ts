/** Driver hosts in threads of their own, as the driver manager sees them. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createSimX64 } from "../../src/boards/sim_x64.ts";
import { busDrivers } from "../../src/bus/index.ts";
import type { Driver } from "../../src/driver/define.ts";
import edu from "../../src/drivers/edu.ts";
import { EventStream, type NodeEvent, type SystemEvent } from "../../src/events/events.ts";
import { Device as Edu } from "../../src/fidl/zirconia.edu.ts";
import type { DriverHost, HostEnd } from "../../src/framework/driver_host.ts";
import { System } from "../../src/framework/system.ts";
import { WorkerHosts } from "../../src/framework/worker_host/worker_hosts.ts";
import { findProblems } from "../support/kernel_invariants.ts";
import { workerProgram } from "../support/worker_programs.ts";
import probe from "./programs/probe.ts";

let system: System;
let ends: { name: string; end: HostEnd }[] = [];
const events = new EventStream();

/** Boots with edu, and one more driver. */
async function boot(driver: Driver): Promise<void> {
  const entry = await workerProgram("test_driver_host");
  ends = [];
  system = await System.boot({
    machine: createSimX64(),
    drivers: [...busDrivers, edu, driver],
    addressSpace: "portable",
    events,
    hosts: (kernel) => {
      const hosts = new WorkerHosts(kernel, { entry });
      return {
        create(name) {
          const host: DriverHost = hosts.create(name);
          void host.ended.then((end) => ends.push({ name, end }));
          return host;
        },
        prepare: () => hosts.prepare(),
      };
    },
  });
}

afterEach(async () => {
  await system.stop();
  expect([...system.kernel.objects()]).toEqual([]);
});

async function probeThat(deed: string, binary?: URL) {
  await boot({ ...probe, binary: (binary ?? (await workerProgram("probe"))).href });
  return system.manager.addBoard("probe", { "test.PROBE": deed });
}

/** The probe's host has ended. */
async function endOfProbe(): Promise<HostEnd> {
  for (;;) {
    const found = ends.find(({ name }) => name === "driver-host:probe");
    if (found !== undefined) return found.end;
    await new Promise(setImmediate);
  }
}

async function expectOthersToWork(): Promise<void> {
  const node = [...system.manager.root.walk()].find(({ driver }) => driver?.name === "edu")!;
  using client = system.connect(node.moniker, Edu);
  expect(await client.computeFactorial(6)).toBe(720);
  expect(findProblems(system.kernel)).toEqual([]);
}

describe("a driver in a host in a thread", () => {
  test("is loaded there from its own module, with the one copy of the library that the host has", async () => {
    const node = await probeThat("works");
    expect(node.error).toBeUndefined();
    expect(node.state).toBe("running");
    expect(node.running!.host.kind).toBe("worker");
    expect(node.running!.inspect.library).toBe("one copy");
    await expectOthersToWork();
  });

  test("that cannot start says why, as in any other host", async () => {
    const node = await probeThat("cannot start");
    expect(node.state).toBe("quarantined");
    expect(node.error).toMatchObject({ statusName: "IO", detail: "the device does not answer" });
    await expectOthersToWork();
  });

  test("whose module exports no driver, or is not there, does not start; the error names the module", async () => {
    const node = await probeThat("works", await workerProgram("no_driver"));
    expect(node.error?.message).toMatch(/INVALID_ARGS: .*no_driver\.js does not export a driver by default/);
    await system.stop();
    const missing = await probeThat("works", await workerProgram("nowhere"));
    expect(missing.error?.message).toMatch(/nowhere\.js/);
    expect(missing.state).toBe("quarantined");
  });

  test("that does not say where its module is cannot be loaded", async () => {
    const { binary: _, ...rest } = probe;
    await boot(rest);
    const node = await system.manager.addBoard("probe", { "test.PROBE": "works" });
    expect(node.error?.message).toMatch(/NOT_FOUND: .*probe\.cm .*does not say in which module it is/);
  });

  test("that faults ends its host, by an exception of its process", async () => {
    await probeThat("faults");
    expect(await endOfProbe()).toMatchObject({
      reason: "exception",
      message: expect.stringMatching(/0x123000.*nothing is mapped there/),
    });
    await expectOthersToWork();
  });

  test("that throws where nobody catches it ends its host, with the stack of the error", async () => {
    await probeThat("throws later");
    expect(await endOfProbe()).toMatchObject({
      reason: "error",
      message: expect.stringMatching(/nobody catches this\n +at .*probe\.js/),
    });
    await expectOthersToWork();
  });

  test("that kills its own process is killed, and its thread ends", async () => {
    await probeThat("kills itself");
    expect((await endOfProbe()).reason).toBe("killed");
    await expectOthersToWork();
  });
});

describe("a host in a thread", () => {
  beforeEach(async () => {
    await boot(probe);
  });

  const eduHost = () => [...system.manager.hosts].find(({ name }) => name === "driver-host:edu")!;

  test("whose process is killed from outside ends, and its last access is told by the name of its register", async () => {
    const host = eduHost();
    const told: NodeEvent[] = [];
    const stop = events.listen((event) => told.push(event as NodeEvent), ["node"]);
    const node = [...system.manager.root.walk()].find(({ driver }) => driver?.name === "edu")!;
    using client = system.connect(node.moniker, Edu);
    await client.checkLiveness(1);
    system.kernel.process(host.processKoid).kill(-1024, "for the test");
    expect(await host.ended).toEqual({
      reason: "killed",
      message: expect.stringContaining("for the test"),
      lastAccess: 'read32 of "00:01.0 bar 0" +0x4 (Liveness)',
    });
    await system.manager.settled();
    stop();
    expect(told.find(({ what }) => what === "crashed")?.detail).toMatch(
      /^driver-host:edu has died \(killed\): .*; its last access was read32 of "00:01\.0 bar 0" \+0x4 \(Liveness\); taken back: /,
    );
    expect(system.manager.hosts.has(host)).toBe(false);
  });

  test("tells the accesses and messages of its drivers to whoever listens to the system", async () => {
    const heard: SystemEvent[] = [];
    const stop = events.listen((event) => heard.push(event), ["access", "message"]);
    const node = [...system.manager.root.walk()].find(({ driver }) => driver?.name === "edu")!;
    const client = system.connect(node.moniker, Edu);
    await client.checkLiveness(1);
    await client.checkLiveness(0x0ff0);
    stop();
    client.close();
    const said = heard.flatMap((event) =>
      event.kind === "access" && event.process === "driver-host:edu"
        ? [`${event.op} ${event.register} ${event.value}`]
        : [],
    );
    expect(said.slice(-2)).toEqual([`write Liveness ${0x0ff0}`, `read Liveness ${~0x0ff0 >>> 0}`]);
    expect(heard.some((event) => event.kind === "message" && event.process === "driver-host:edu")).toBe(true);
  });

  test("costs the machine's time what it does in the kernel's thread: 100 ns for an access", async () => {
    const node = [...system.manager.root.walk()].find(({ driver }) => driver?.name === "edu")!;
    const { clock } = system.kernel.machine;
    const client = system.connect(node.moniker, Edu);
    await client.getId();
    const before = clock.now();
    // One write, one read.
    await client.checkLiveness(5);
    expect(clock.now() - before).toBe(200);
    client.close();
  });
});
