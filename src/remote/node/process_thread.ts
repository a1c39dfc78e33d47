/** A thread that becomes a process of the kernel: the kernel's side of it, with how it may end. */
import { url as inspectorUrl } from "node:inspector";
import { MessageChannel, type MessagePort, type Worker } from "node:worker_threads";
import type { ProcessStart } from "../client/remote_zx.ts";
import { MailboxMemory } from "../mailbox.ts";
import { Connection, type ConnectionOptions } from "../server/connection.ts";
import type { Exchange } from "../server/exchange.ts";
import type { LastAccess } from "../server/last_access.ts";
import type { StartedThread } from "./started_thread.ts";

export type ThreadEndReason =
  /** `terminate` was called. */
  | "terminated"
  /** An error that nobody caught. */
  | "exception"
  /** A promise was rejected, and nobody cared. */
  | "rejection"
  /** The program called process.exit. */
  | "exit"
  /** Its event loop stood still for too long. */
  | "unresponsive"
  | "out of memory"
  /** It wrote nonsense into its mailbox. */
  | "violation";

export interface ThreadEnd {
  readonly reason: ThreadEndReason;
  /** In words; for errors, with the stack. */
  readonly message: string;
  readonly lastAccess: LastAccess | undefined;
}

export interface ProcessOptions extends Omit<ConnectionOptions, "share" | "hold" | "violated" | "lanes"> {
  readonly exchange: Exchange;
  /** Keeps the machine's time from passing while the thread works, until the returned function is called. */
  readonly hold: () => () => void;
  /** Milliseconds that the thread's event loop may stand still; 0 for any time. */
  readonly deadline: number;
  /** For the program: what structured cloning can copy. */
  readonly payload: unknown;
}

/** What the thread is told when it becomes a process. */
export interface StartMessage extends ProcessStart {
  readonly shared: MessagePort;
  readonly payload: unknown;
}

/** What the thread tells when its program fails. */
export interface FaultMessage {
  readonly origin: "uncaughtException" | "unhandledRejection";
}

/** Signs of life that are asked for within a deadline. */
const PINGS = 4;

export class ProcessThread {
  /** Fulfilled when the thread is gone. */
  readonly ended: Promise<ThreadEnd>;
  readonly #worker: Worker;
  /** Why it ends, as soon as that is known. */
  #reason: Pick<ThreadEnd, "reason" | "message"> | undefined;
  #lastAccess: LastAccess | undefined;
  #origin: FaultMessage["origin"] | undefined;
  #connection: Connection | undefined;
  #exchange: Exchange | undefined;
  #shared: MessagePort | undefined;
  #watchdog: NodeJS.Timeout | undefined;

  /** Takes a thread; what it will be comes with `become`. */
  constructor(thread: StartedThread) {
    this.#worker = thread.worker;
    this.ended = new Promise((resolve) => {
      thread.listen({
        message: (message) => {
          this.#origin = (message as FaultMessage).origin;
        },
        failed: (error) => this.#failed(error),
        exited: (code) => {
          this.#decide("exit", `the program ended its thread with exit code ${code}`);
          resolve(this.#end());
        },
      });
    });
  }

  /** The thread becomes a process, which is served from now on. */
  become(options: ProcessOptions): void {
    const { exchange, gate, hold, deadline, payload } = options;
    const { zx } = gate;
    const memory = new MailboxMemory();
    const { port1, port2 } = new MessageChannel();
    const start: StartMessage = {
      mailbox: memory.buffer,
      bell: memory.bell.buffer,
      processName: zx.processName,
      processSelf: zx.processSelf,
      vmarRootSelf: zx.vmarRootSelf,
      coherent: zx.memory.coherent,
      shared: port2,
      payload,
    };
    this.#shared = port1;
    this.#exchange = exchange;
    this.#connection = new Connection(memory, {
      ...options,
      lanes: exchange.lanes,
      share: (shared) => port1.postMessage(shared),
      hold: () => this.#hold(hold),
      violated: (error) => this.#stop("violation", error.message),
    });
    exchange.add(this.#connection);
    this.#worker.postMessage(start, [port2]);
    // A program that is being debugged stands still for as long as it likes.
    if (deadline > 0 && inspectorUrl() === undefined) this.#watch(this.#connection, deadline);
  }

  /** Ends the thread, wherever it is. Nothing that it asks for is done any more. Idempotent. */
  terminate(message = "the thread was ended"): Promise<ThreadEnd> {
    this.#stop("terminated", message);
    return this.ended;
  }

  /** While the thread works, it also keeps our process alive. */
  #hold(hold: () => () => void): () => void {
    const release = hold();
    this.#worker.ref();
    return () => {
      this.#worker.unref();
      release();
    };
  }

  #watch(connection: Connection, deadline: number): void {
    let misses = 0;
    const look = () => {
      if (connection.isAlive) {
        misses = 0;
        connection.ping();
      } else if (++misses >= PINGS) {
        // Counted, not timed: while this thread itself is kept from running, nobody is late.
        this.#stop("unresponsive", `the program's event loop has stood still for ${deadline} ms`);
      }
    };
    this.#watchdog = setInterval(look, deadline / PINGS);
    this.#watchdog.unref();
  }

  #failed(error: unknown): void {
    const { code, stack } = error as { code?: unknown; stack?: unknown };
    const message = typeof stack === "string" ? stack : String(error);
    this.#decide(code === "ERR_WORKER_OUT_OF_MEMORY" ? "out of memory" : "exception", message);
  }

  #stop(reason: ThreadEndReason, message: string): void {
    if (this.#decide(reason, message)) void this.#worker.terminate();
  }

  /** The thread ends, and this is why, unless that was known already: nothing is served any more. */
  #decide(reason: ThreadEndReason, message: string): boolean {
    if (this.#reason !== undefined) return false;
    this.#reason = { reason, message };
    clearInterval(this.#watchdog);
    const connection = this.#connection;
    if (connection !== undefined) {
      // Before the thread is ended: so it is in the middle of no access to what was lent to it.
      this.#exchange!.remove(connection);
      this.#lastAccess = connection.process.memory.lastAccess;
      this.#connection = undefined;
    }
    this.#shared?.close();
    this.#shared = undefined;
    return true;
  }

  /** When the thread is gone, all that it had to say of its end has come. */
  #end(): ThreadEnd {
    const { reason, message } = this.#reason!;
    const isRejection = reason === "exception" && this.#origin === "unhandledRejection";
    return { reason: isRejection ? "rejection" : reason, message, lastAccess: this.#lastAccess };
  }
}
