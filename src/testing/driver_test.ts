/** One driver with fake parents, in the spirit of Fuchsia's fdf_testing. */
import { createSimX64 } from "../boards/sim_x64.ts";
import type { Driver } from "../driver/define.ts";
import { EventStream, type LogEvent } from "../events/events.ts";
import type { Protocol } from "../fidl/runtime/protocol.ts";
import type { Node } from "../framework/node.ts";
import { System, type SystemOptions } from "../framework/system.ts";
import { ZxError } from "../zx/error.ts";
import { TestEnvironment } from "./environment.ts";
import { type FakeParents, fakeParents, forFakeParents } from "./test_parent.ts";

export interface DriverTestOptions
  extends FakeParents,
    Pick<SystemOptions, "addressSpace" | "hosts" | "restart" | "stopDeadline" | "events"> {
  /** Drivers for the nodes that the driver adds; without any, these stay unbound. */
  readonly drivers?: readonly Driver[];
}

/**
 * Starts a driver on a node of a machine that has nothing else, whatever the driver's bind rules say. Rejects with the driver's error
 * if it does not start; everything is gone by then.
 *
 * ```ts
 * const double = new RegisterDouble(Gizmo);
 * await using test = await startDriver(gizmo, { offers: (env) => [offer(Pci, () => new FakePci(env, { bars: { 0: double.mmio } }))] });
 * expect(await test.connect(GizmoDevice).getId()).toBe(7);
 * ```
 */
export async function startDriver(driver: Driver, options: DriverTestOptions = {}): Promise<DriverTest> {
  const {
    drivers = [],
    addressSpace = "portable",
    hosts,
    restart,
    stopDeadline,
    events = new EventStream(),
  } = options;
  const machine = createSimX64({ devices: [], events });
  const log: LogEvent[] = [];
  const stopListening = events.listen((event) => void log.push(event as LogEvent), ["log"]);
  let env: TestEnvironment | undefined;
  const parent = fakeParents(options, (ctx) => {
    env = new TestEnvironment(ctx, machine);
    return env;
  });
  const subject = forFakeParents(driver, options);
  const system = await System.boot({
    machine,
    drivers: [parent, subject, ...drivers],
    addressSpace,
    hosts,
    restart,
    stopDeadline,
    events,
  });
  try {
    return new DriverTest(system, driver, env, log, stopListening);
  } catch (error) {
    await system.stop();
    throw error;
  }
}

/** A driver that runs, and what can be seen of it. */
export class DriverTest implements AsyncDisposable {
  readonly system: System;
  /** The fakes' side. */
  readonly env: TestEnvironment;
  readonly node: Node;
  /** What the driver, its host and the driver manager have logged. */
  readonly log: readonly LogEvent[];
  readonly #stopListening: () => void;

  /** Throws what the driver, or the fake parent, did not start with. */
  constructor(
    system: System,
    driver: Driver,
    env: TestEnvironment | undefined,
    log: readonly LogEvent[],
    stopListening: () => void,
  ) {
    const { manager } = system;
    const board = manager.find("root.board");
    const node = [...manager.root.walk()].find((candidate) => candidate.driver?.url === driver.url);
    const error = board.error ?? node?.error;
    if (error !== undefined) throw error;
    if (node === undefined || env === undefined)
      throw new ZxError("NOT_FOUND", `${driver.name} was not bound`);
    this.system = system;
    this.env = env;
    this.node = node;
    this.log = log;
    this.#stopListening = stopListening;
  }

  /** The nodes that the driver has added. */
  get children(): readonly Node[] {
    return this.node.children;
  }

  /** Values that the driver shows. */
  get inspect(): Readonly<Record<string, string | number | boolean | bigint>> {
    return this.node.running?.inspect ?? {};
  }

  /** NOT_FOUND names those that there are. */
  child(name: string): Node {
    const found = this.children.find((child) => child.name === name);
    if (found !== undefined) return found;
    const known = this.children.map((child) => child.name).join(", ") || "none";
    throw new ZxError("NOT_FOUND", `the driver has added no child ${name}; there are: ${known}`);
  }

  /** A client of what the driver serves at its own node. */
  connect<Client>(protocol: Protocol<Client, never>): Client {
    return this.system.manager.connect(this.node, protocol);
  }

  /** A client of what the driver offers to a child, as that child's driver would get it. */
  connectAsChild<Client>(child: string, protocol: Protocol<Client, never>): Client {
    return this.system.manager.connectFrom(this.child(child), protocol);
  }

  /** Stops the driver, and looks at nothing else: its node is gone. Idempotent. */
  async stopDriver(): Promise<void> {
    await this.system.manager.remove(this.node);
  }

  /** Stops everything. Idempotent. */
  async stop(): Promise<void> {
    await this.system.stop();
    this.#stopListening();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}
