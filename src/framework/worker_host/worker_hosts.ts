import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { DriverHost as DriverHostProtocol } from "../../fidl/zirconia.driver.host.ts";
import type { Kernel } from "../../kernel/kernel.ts";
import { TaskReturnCode } from "../../kernel/object/job_dispatcher.ts";
import type { ProcessDispatcher, ProcessEnd } from "../../kernel/object/process_dispatcher.ts";
import { ProcessThread, type ThreadEnd, type ThreadEndReason } from "../../remote/node/process_thread.ts";
import { Exchange } from "../../remote/server/exchange.ts";
import type { LastAccess } from "../../remote/server/last_access.ts";
import { ExceptionType } from "../../zx/constants.ts";
import { hex } from "../../zx/pages.ts";
import { Status } from "../../zx/status.ts";
import type { DriverHost, DriverHostFactory, HostEnd, HostEndReason } from "../driver_host.ts";
import type { HostPayload } from "./host_program.ts";
import { FIRST_HOSTS, HostThreads } from "./host_threads.ts";

/** Milliseconds of real time. */
const DEFAULT_DEADLINE = 5000;

export interface WorkerHostOptions {
  /** See `HostThreadsOptions`. */
  readonly heap?: number;
  /** Milliseconds for which the event loop of a host may stand still (default 5000); 0 for any time. None while we are debugged. */
  readonly deadline?: number;
  /** The module that a host's thread runs; by default the package's own. */
  readonly entry?: URL;
  /** Whether threads are started ahead: for the first hosts, and one whenever nothing is being started (default true). */
  readonly spare?: boolean;
  /** Instead of `heap` and `entry`: threads that somebody has prepared. They are closed with the hosts. */
  readonly threads?: HostThreads;
}

/** Driver hosts that are threads: each has a heap of its own, and its end is nobody else's. */
export class WorkerHosts implements DriverHostFactory {
  readonly #kernel: Kernel;
  readonly #deadline: number;
  readonly #spares: boolean;
  readonly #threads: HostThreads;
  readonly #exchange = new Exchange();
  readonly #hosts = new Set<DriverHost>();
  #isClosed = false;

  constructor(kernel: Kernel, options: WorkerHostOptions = {}) {
    this.#kernel = kernel;
    const { heap, deadline = DEFAULT_DEADLINE, entry, threads, spare = true } = options;
    this.#deadline = deadline;
    this.#spares = spare;
    this.#threads = threads ?? new HostThreads({ entry: entry ?? packagedEntry(), heap });
    const { zx } = kernel.root;
    const { koid } = zx.objectGetInfo(zx.processSelf, "HANDLE_BASIC");
    kernel.process(koid).onDeath(() => void this.close());
    if (spare) this.#threads.prepare(FIRST_HOSTS);
  }

  create(name: string): DriverHost {
    const thread = new ProcessThread(this.#threads.take());
    const host = new WorkerHost(this.#kernel, this.#exchange, thread, name, this.#deadline);
    this.#hosts.add(host);
    void host.ended.then(() => this.#hosts.delete(host));
    return host;
  }

  prepare(): void {
    if (this.#spares && !this.#isClosed) this.#threads.prepare(1);
  }

  /** Ends all hosts, and the threads that were started ahead. Fulfilled when they are gone. By itself when the kernel is closed. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const hosts = [...this.#hosts];
    for (const host of hosts) host.destroy();
    await Promise.all([this.#threads.close(), ...hosts.map(({ ended }) => ended)]);
  }
}

/**
 * What the thread of a host runs, wherever this file is: in the package as installed, or among its sources. Unbundled, since drivers
 * that are loaded there share the library with it.
 */
function packagedEntry(): URL {
  const manifest = createRequire(import.meta.url).resolve("zirconia/package.json");
  return pathToFileURL(join(manifest, "../dist/framework/worker_host/driver_host.js"));
}

class WorkerHost implements DriverHost {
  readonly kind = "worker";
  readonly name: string;
  readonly processKoid: number;
  readonly rootVmar: number;
  readonly client: DriverHost["client"];
  readonly ended: Promise<HostEnd>;
  readonly #kernel: Kernel;
  readonly #dispatcher: ProcessDispatcher;
  readonly #process: number;
  readonly #thread: ProcessThread;
  #isDestroyed = false;

  constructor(kernel: Kernel, exchange: Exchange, thread: ProcessThread, name: string, deadline: number) {
    const { zx, job } = kernel.root;
    const { process, rootVmar } = zx.processCreate(job, name);
    const koid = zx.objectGetInfo(process, "HANDLE_BASIC").koid;
    const [managerEnd, hostEnd] = zx.channelCreate();
    zx.processStart(process, hostEnd);
    this.name = name;
    this.processKoid = koid;
    this.rootVmar = rootVmar;
    this.client = DriverHostProtocol.client(zx, managerEnd);
    this.#kernel = kernel;
    this.#process = process;
    this.#thread = thread;
    const { clock } = kernel.machine;
    const dispatcher = kernel.process(koid);
    this.#dispatcher = dispatcher;
    thread.become({
      exchange,
      gate: kernel.gateOf(koid),
      events: kernel.events,
      raise: (report) => kernel.raiseException(koid, report),
      mappingAt: (address) => {
        const mapping = dispatcher.aspace.find(address);
        return mapping && { name: mapping.vmo.name, base: mapping.base, mapping };
      },
      hold: () => clock.hold?.() ?? (() => {}),
      deadline,
      payload: { channel: kernel.takeStartHandle(koid) } satisfies HostPayload,
    });
    const died = new Promise<ProcessEnd>((resolve) => dispatcher.onDeath(resolve));
    // Whichever dies first takes the other with it.
    void died.then(() => thread.terminate());
    this.ended = Promise.all([thread.ended.then((end) => this.#threadEnded(end)), died]).then(
      ([threadEnd, processEnd]) => this.#endOf(threadEnd, processEnd),
    );
  }

  destroy(): void {
    if (this.#isDestroyed) return;
    this.#isDestroyed = true;
    const { zx } = this.#kernel.root;
    zx.taskKill(this.#process);
    void this.#thread.terminate();
    this.client.close();
    zx.handleCloseMany([this.#process, this.rootVmar]);
  }

  /** The process does not outlive its program. */
  async #threadEnded(end: ThreadEnd): Promise<ThreadEnd> {
    const { reason, message } = end;
    const process = this.#dispatcher;
    if (process.state !== "dead" && (reason === "exception" || reason === "rejection"))
      await process.raise({ type: ExceptionType.GENERAL, status: Status.INTERNAL, message });
    // Whatever a debugger has said to that: there is no program any more.
    process.kill(TaskReturnCode.EXCEPTION_KILL, message);
    return end;
  }

  #endOf(thread: ThreadEnd, { returnCode, reason }: ProcessEnd): HostEnd {
    const lastAccess = thread.lastAccess && describeAccess(thread.lastAccess);
    if (this.#isDestroyed)
      return { reason: "destroyed", message: "the driver manager has destroyed it", lastAccess };
    if (thread.reason !== "terminated")
      return { reason: REASONS[thread.reason], message: thread.message, lastAccess };
    const isException =
      returnCode === TaskReturnCode.EXCEPTION_KILL || returnCode === TaskReturnCode.POLICY_KILL;
    const message = reason ?? `the process was killed (${returnCode})`;
    return { reason: isException ? "exception" : "killed", message, lastAccess };
  }
}

const REASONS: Readonly<Record<Exclude<ThreadEndReason, "terminated">, HostEndReason>> = {
  exception: "error",
  rejection: "rejection",
  exit: "exit",
  unresponsive: "unresponsive",
  "out of memory": "out of memory",
  violation: "error",
};

/** `read32 of "00:01.0 bar 0" +0x20 (Status)`. */
function describeAccess({ op, width, mapping, offset, register }: LastAccess): string {
  if (mapping === undefined) return `${op}${width} at ${hex(offset)}, where nothing is mapped`;
  const name = register === undefined ? "" : ` (${register})`;
  return `${op}${width} of ${JSON.stringify(mapping)} +${hex(offset)}${name}`;
}
