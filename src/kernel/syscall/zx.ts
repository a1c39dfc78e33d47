import type { Handle } from "../../zx/constants.ts";
import { ZxError } from "../../zx/error.ts";
import type { Memory } from "../../zx/memory.ts";
import { Status } from "../../zx/status.ts";
import type { IoPorts, Zx } from "../../zx/syscalls.ts";
import { ChannelDispatcher } from "../object/channel_dispatcher.ts";
import type { ProcessDispatcher } from "../object/process_dispatcher.ts";
import { list } from "./arguments.ts";
import { btiCalls } from "./bti.ts";
import { cacheCalls } from "./cache.ts";
import { channelCalls } from "./channel.ts";
import { eventCalls } from "./event.ts";
import { handleCalls } from "./handle.ts";
import { interruptCalls } from "./interrupt.ts";
import { msiCalls } from "./msi.ts";
import { objectCalls } from "./object.ts";
import { portCalls } from "./port.ts";
import { resourceCalls } from "./resource.ts";
import { taskCalls } from "./task.ts";
import { timeCalls } from "./time.ts";
import { vmarCalls } from "./vmar.ts";
import { vmoCalls } from "./vmo.ts";

/** What of `Zx` is not a system call. */
type Startup = Pick<Zx, "processName" | "processSelf" | "vmarRootSelf" | "memory" | "ports">;
export type Syscalls = Omit<Zx, keyof Startup | "channelReadWhenReadable" | "channelWritePosted">;
export type SyscallName = keyof Syscalls;

type AnyCall = (...args: unknown[]) => unknown;

/** No way into the kernel in Zircon: the clock is read in the vDSO, and time passes by itself. */
const UNTRACED = new Set<string>(["clockGetMonotonic", "spin"] satisfies SyscallName[]);

/** Calls that give a promise: they reject, and never throw. */
const WAITING = new Set<string>([
  "objectWaitOne",
  "objectWaitMany",
  "channelCall",
  "interruptWait",
  "portWait",
  "nanosleep",
] satisfies SyscallName[]);

/**
 * The one door into the kernel for a process: every system call goes through `call`, whether a driver in this thread makes it
 * as a method of `zx`, or one in another thread by name.
 */
export class SyscallGate {
  readonly zx: Zx;
  readonly #process: ProcessDispatcher;
  readonly #calls: ReadonlyMap<string, AnyCall>;

  constructor(process: ProcessDispatcher) {
    this.#process = process;
    const calls: Syscalls = {
      ...handleCalls(process),
      ...objectCalls(process),
      ...vmoCalls(process),
      ...vmarCalls(process),
      ...cacheCalls(process),
      ...eventCalls(process),
      ...channelCalls(process),
      ...resourceCalls(process),
      ...btiCalls(process),
      ...interruptCalls(process),
      ...portCalls(process),
      ...msiCalls(process),
      ...taskCalls(process),
      ...timeCalls(process),
    };
    this.#calls = new Map(Object.entries(calls) as [string, AnyCall][]);
    const methods = Object.fromEntries(
      [...this.#calls].map(([name, call]) => [name, this.#method(name, call)]),
    );
    this.zx = Object.assign(new StartupPart(process), methods as unknown as Syscalls);
  }

  /** A system call by name; BAD_SYSCALL if there is none of that name. Calls that wait give a promise. */
  call(name: string, args: readonly unknown[]): unknown {
    const call = this.#calls.get(name);
    if (call === undefined) {
      const shown = typeof name === "string" ? JSON.stringify(name) : `with a name of type ${typeof name}`;
      throw new ZxError("BAD_SYSCALL", `there is no system call ${shown}`);
    }
    return this.#enter(name, call, list(args, "arguments"));
  }

  /** The end of a channel that a handle of the process refers to, if it has these rights. No system call: nobody is told. */
  channelOf(handle: unknown, rights: number): ChannelDispatcher | undefined {
    const found = this.#process.handles.find(handle as Handle);
    if (found === undefined || !found.hasRights(rights)) return undefined;
    return found.object instanceof ChannelDispatcher ? found.object : undefined;
  }

  #method(name: string, call: AnyCall): AnyCall {
    // A dead driver's log lines may still want to know the time.
    if (name === "clockGetMonotonic") return call;
    const process = this.#process;
    const { wants } = process.core.events;
    const isTraced = !UNTRACED.has(name);
    return (...args) => {
      if (process.state === "running" && !(isTraced && wants.syscall)) return call(...args);
      return this.#enter(name, call, args);
    };
  }

  #enter(name: string, call: AnyCall, args: readonly unknown[]): unknown {
    let result: unknown;
    try {
      this.#process.checkAlive();
      result = call(...args);
    } catch (error) {
      this.#emit(name, args, undefined, error);
      if (WAITING.has(name)) return Promise.reject(error);
      throw error;
    }
    if (result instanceof Promise) {
      // A call that waits is an event when it ends; the promise itself is the caller's, failure included.
      result.then(
        (value) => this.#emit(name, args, value, undefined),
        (error) => this.#emit(name, args, undefined, error),
      );
    } else this.#emit(name, args, result, undefined);
    return result;
  }

  #emit(name: string, args: readonly unknown[], result: unknown, error: unknown): void {
    const { core, label } = this.#process;
    if (!core.events.wants.syscall || UNTRACED.has(name)) return;
    const failure = error === undefined ? Status.OK : Status.INTERNAL;
    core.events.emit({
      kind: "syscall",
      time: core.now(),
      process: label,
      name: snakeCase(name),
      args,
      result,
      status: error instanceof ZxError ? error.status : failure,
    });
  }
}

/** `vmo_create_physical` for `vmoCreatePhysical`. */
function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

class StartupPart implements Startup {
  readonly #process: ProcessDispatcher;
  readonly memory: Memory;
  readonly ports: IoPorts;

  constructor(process: ProcessDispatcher) {
    this.#process = process;
    this.memory = process.aspace.memory;
    this.ports = process.ports;
  }

  get processName(): string {
    return this.#process.label;
  }

  get processSelf(): number {
    return this.#process.self.process;
  }

  get vmarRootSelf(): number {
    return this.#process.self.vmarRoot;
  }
}
