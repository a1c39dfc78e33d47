import type { EventStream } from "../events/events.ts";
import type { Kernel } from "../kernel/kernel.ts";
import type { Handle } from "../zx/constants.ts";
import type { Zx } from "../zx/syscalls.ts";
import type { DriverHost, DriverStartArgs, RunningDriver } from "./driver_host.ts";
import { DriverSession } from "./driver_session.ts";

/** A driver host whose drivers run in the kernel's own thread: for debugging, browsers, and speed against models. */
export class InThreadHost implements DriverHost {
  readonly name: string;
  readonly processKoid: number;
  readonly #manager: Zx;
  readonly #process: Handle;
  readonly #zx: Zx;
  readonly #events: EventStream;
  /** Handles reach the process over this channel, and over nothing else. */
  readonly #bootstrap: { readonly manager: Handle; readonly host: Handle };
  #alive = true;

  constructor(kernel: Kernel, name: string) {
    const manager = kernel.root.zx;
    this.name = name;
    this.#manager = manager;
    this.#events = kernel.events;
    const { process, rootVmar } = manager.processCreate(kernel.root.job, name);
    this.#process = process;
    manager.handleClose(rootVmar);
    this.processKoid = manager.objectGetInfo(process, "HANDLE_BASIC").koid;
    const [managerEnd, hostEnd] = manager.channelCreate();
    manager.processStart(process, hostEnd);
    this.#zx = kernel.zxOf(this.processKoid);
    this.#bootstrap = { manager: managerEnd, host: kernel.takeStartHandle(this.processKoid) };
  }

  async start(args: DriverStartArgs): Promise<RunningDriver> {
    const names = Object.keys(args.resources) as (keyof typeof args.resources)[];
    const [incoming, ...resources] = this.#moveIn([
      args.incoming,
      ...names.map((name) => args.resources[name]!),
    ]);
    const session = new DriverSession({
      host: this,
      zx: this.#zx,
      events: this.#events,
      args,
      incoming: incoming!,
      resources: Object.fromEntries(names.map((name, i) => [name, resources[i]!])),
      moveIn: (handle) => this.#moveIn([handle])[0]!,
    });
    await session.start();
    return session;
  }

  destroy(): void {
    if (!this.#alive) return;
    this.#alive = false;
    this.#manager.taskKill(this.#process);
    this.#manager.handleCloseMany([this.#process, this.#bootstrap.manager]);
  }

  /** Moves handles from the manager into this process; INVALID_HANDLE stays INVALID_HANDLE. */
  #moveIn(handles: readonly Handle[]): Handle[] {
    const real = handles.filter((handle) => handle !== 0);
    if (real.length === 0) return handles.map(() => 0);
    this.#manager.channelWrite(this.#bootstrap.manager, new Uint8Array(0), real);
    const moved = [...this.#zx.channelRead(this.#bootstrap.host).handles];
    return handles.map((handle) => (handle === 0 ? 0 : moved.shift()!));
  }
}
