import { afterEach } from "vitest";
import { createSimX64 } from "../../src/boards/sim_x64.ts";
import type { DriverContext } from "../../src/driver/context.ts";
import { type DriverSpec, defineDriver } from "../../src/driver/define.ts";
import { EventStream, type LogEvent, type NodeEvent } from "../../src/events/events.ts";
import type { Node } from "../../src/framework/node.ts";
import { System, type SystemOptions } from "../../src/framework/system.ts";
import { r32, registers } from "../../src/registers/index.ts";

export const BOARD = { "fuchsia.devicetree.FIRST_COMPATIBLE": "zirconia,sim-x64" };

export interface Booted {
  readonly system: System;
  /** What happened to nodes: `"board added"`, `"child.leaf started"`. */
  readonly told: string[];
  readonly nodeEvents: NodeEvent[];
  readonly logs: LogEvent[];
  /** A node below the board, `""` for the board itself. */
  node(path: string): Node;
}

let systems: System[] = [];

afterEach(async () => {
  for (const system of systems) await system.stop();
  systems = [];
});

/** Boots a machine without devices, with a board driver made of this `start` and drivers for its children. */
export function boot(start: DriverSpec["start"], ...children: DriverSpec[]): Promise<Booted> {
  return bootWith({}, start, ...children);
}

export async function bootWith(
  options: Partial<SystemOptions>,
  start: DriverSpec["start"],
  ...children: DriverSpec[]
): Promise<Booted> {
  const events = new EventStream();
  const told: string[] = [];
  const nodeEvents: NodeEvent[] = [];
  const logs: LogEvent[] = [];
  events.listen(
    (event) => {
      if (event.kind === "log") logs.push(event);
      if (event.kind !== "node") return;
      nodeEvents.push(event);
      told.push(`${event.moniker.replace(/^root\.board\.?/, "") || "board"} ${event.what}`);
    },
    ["node", "log"],
  );
  const drivers = [{ name: "board", bind: BOARD, start }, ...children].map((spec) => defineDriver(spec));
  const system = await System.boot({
    machine: createSimX64({ devices: [], events }),
    drivers,
    addressSpace: "portable",
    events,
    ...options,
  });
  systems.push(system);
  const node = (path: string) => system.manager.find(path === "" ? "root.board" : `root.board.${path}`);
  return { system, told, nodeEvents, logs, node };
}

/** A driver for nodes with `kind: name`, which does nothing unless told to. */
export function leaf(name: string, more: Partial<DriverSpec> = {}): DriverSpec {
  return { name, bind: { kind: name }, start: async () => {}, ...more };
}

/** A place in a driver where it waits until the test lets it go on. */
export class Gate {
  /** Fulfilled when a driver waits. */
  readonly reached: Promise<void>;
  readonly #opened: Promise<void>;
  #reach = () => {};
  #open = () => {};

  constructor() {
    this.reached = new Promise((resolve) => {
      this.#reach = resolve;
    });
    this.#opened = new Promise((resolve) => {
      this.#open = resolve;
    });
  }

  wait(): Promise<void> {
    this.#reach();
    return this.#opened;
  }

  open(): void {
    this.#open();
  }
}

/** Ends the driver's process, as somebody else would. */
export function kill({ zx }: DriverContext): void {
  zx.taskKill(zx.processSelf);
}

const Doomed = registers("doomed", { Status: r32(8) });

/** Touches memory that has been unmapped: on hardware, a page fault. */
export function pageFault(ctx: DriverContext): never {
  const vmo = ctx.zx.vmoCreate(4096, 0);
  const memory = ctx.mapMmio(vmo, { policy: "CACHED", name: "doomed" });
  const doomed = Doomed.on(memory);
  ctx.zx.vmarUnmap(ctx.vmar, memory.address, 4096);
  doomed.Status.read();
  throw new Error("the access was made");
}

/** Lets messages that are on their way arrive, and what they begin end. */
export async function settle(system: System): Promise<void> {
  for (let i = 0; i < 3; i++) {
    await new Promise((resolve) => setImmediate(resolve));
    await system.manager.settled();
  }
}

/** Objects of a kernel and handles of its first process (the driver manager), to see that nothing is left behind. */
export function census({ kernel }: System): { objects: number; handles: number; frames: number } {
  return {
    objects: [...kernel.objects()].length,
    handles: [...kernel.processes()].reduce((sum, process) => sum + process.handles.size, 0),
    frames: kernel.frames.used,
  };
}
