/** A process of a kernel in a thread, to which a test sends functions. */
import { randomUUID } from "node:crypto";
import { BroadcastChannel } from "node:worker_threads";
import type { EventStream } from "../../src/events/events.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { ProcessThread, type ThreadEnd } from "../../src/remote/node/process_thread.ts";
import { StartedThread } from "../../src/remote/node/started_thread.ts";
import { Exchange } from "../../src/remote/server/exchange.ts";
import { INVALID_HANDLE } from "../../src/zx/constants.ts";
import { ZxError } from "../../src/zx/error.ts";
import type { Context, Outcome } from "../remote/programs/run_functions.ts";
import { workerProgram } from "./worker_programs.ts";

export type { Context };

export interface RemoteOptions {
  readonly name?: string;
  readonly exchange?: Exchange;
  readonly deadline?: number;
  readonly events?: EventStream;
  readonly hold?: () => () => void;
  readonly heapMiB?: number;
}

export class RemoteProcess {
  readonly thread: ProcessThread;
  readonly exchange: Exchange;
  readonly process: number;
  readonly rootVmar: number;
  readonly koid: number;
  readonly kernel: Kernel;
  readonly #channel: BroadcastChannel;
  readonly #orders = new Map<number, (outcome: Outcome) => void>();
  #last = 0;

  static async start(kernel: Kernel, options: RemoteOptions = {}): Promise<RemoteProcess> {
    const { heapMiB } = options;
    const thread = new StartedThread({
      entry: await workerProgram("run_functions"),
      name: options.name ?? "remote",
      ...(heapMiB === undefined ? {} : { limits: { maxOldGenerationSizeMb: heapMiB } }),
    });
    const remote = new RemoteProcess(kernel, new ProcessThread(thread), options);
    await remote.#outcome(0);
    return remote;
  }

  private constructor(kernel: Kernel, thread: ProcessThread, options: RemoteOptions) {
    const { zx, job } = kernel.root;
    const { process, rootVmar } = zx.processCreate(job, options.name ?? "remote");
    zx.processStart(process, INVALID_HANDLE);
    this.kernel = kernel;
    this.thread = thread;
    this.process = process;
    this.rootVmar = rootVmar;
    this.koid = zx.objectGetInfo(process, "HANDLE_BASIC").koid;
    this.exchange = options.exchange ?? new Exchange();
    const payload = randomUUID();
    this.#channel = new BroadcastChannel(payload);
    this.#channel.onmessage = (message) => {
      const { data } = message as { data: Outcome };
      this.#orders.get(data.id)?.(data);
      this.#orders.delete(data.id);
    };
    thread.become({
      exchange: this.exchange,
      gate: kernel.gateOf(this.koid),
      events: options.events ?? kernel.events,
      raise: (report) => kernel.raiseException(this.koid, report),
      mappingAt: (address) => {
        const mapping = kernel.process(this.koid).aspace.find(address);
        return mapping && { name: mapping.vmo.name, base: mapping.base, mapping };
      },
      hold: options.hold ?? (() => kernel.machine.clock.hold?.() ?? (() => {})),
      deadline: options.deadline ?? 0,
      payload,
    });
  }

  /**
   * Runs a function in the thread, which sees nothing but its arguments: no imports, no variables of the test. Fails as it
   * does there, and when the thread ends.
   */
  async run<Args extends readonly unknown[], T>(
    program: (context: Context, ...args: Args) => T | Promise<T>,
    ...args: Args
  ): Promise<T> {
    const id = ++this.#last;
    const outcome = this.#outcome(id);
    this.#channel.postMessage({ id, text: program.toString(), args });
    const { result, failure } = await outcome;
    if (failure === undefined) return result as T;
    const { status, detail, outputs } = failure;
    if (status === undefined) throw new Error(detail);
    throw new ZxError(status, detail, { outputs: outputs as Record<string, number> });
  }

  /** Moves handles of the first process into this one. */
  give(...handles: number[]): number[] {
    const userboot = [...this.kernel.processes()].find(({ label }) => label === "userboot")!;
    const there = this.kernel.process(this.koid).handles;
    return handles.map((handle) => there.add(userboot.handles.remove(handle)));
  }

  /** Ends the thread, then the process. */
  async stop(): Promise<ThreadEnd> {
    const end = await this.thread.terminate();
    this.#channel.close();
    this.kernel.root.zx.taskKill(this.process);
    this.kernel.root.zx.handleCloseMany([this.process, this.rootVmar]);
    return end;
  }

  #outcome(id: number): Promise<Outcome> {
    const outcome = new Promise<Outcome>((resolve) => this.#orders.set(id, resolve));
    const end = this.thread.ended.then(({ reason, message }) => {
      throw new Error(`the thread has ended (${reason}): ${message}`);
    });
    return Promise.race([outcome, end]);
  }
}
