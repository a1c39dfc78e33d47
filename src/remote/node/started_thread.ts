import { type ResourceLimits, Worker } from "node:worker_threads";

export interface ThreadOptions {
  /** The module that the thread runs: it calls `becomeProcess`. */
  readonly entry: URL;
  readonly name: string;
  readonly limits?: ResourceLimits;
}

/** What becomes of a thread. */
export interface ThreadListener {
  message(message: unknown): void;
  /** An error that nobody caught. */
  failed(error: unknown): void;
  exited(code: number): void;
}

/** A thread that loads its program while it is not known yet which process it will be, nor to whom. */
export class StartedThread {
  readonly worker: Worker;
  /** Fulfilled when the thread runs, or is gone without having run. */
  readonly online: Promise<void>;
  /** What became of it before anybody listened. */
  readonly #past: ((listener: ThreadListener) => void)[] = [];
  #listener: ThreadListener | undefined;

  constructor({ entry, name, limits }: ThreadOptions) {
    const worker = new Worker(entry, {
      name,
      ...(limits && { resourceLimits: limits }),
      trackUnmanagedFds: false,
    });
    this.worker = worker;
    worker.on("message", (message) => this.#tell((listener) => listener.message(message)));
    worker.on("error", (error) => this.#tell((listener) => listener.failed(error)));
    this.online = new Promise((resolve) => {
      worker.once("online", resolve);
      worker.once("exit", (code) => {
        resolve();
        worker.removeAllListeners();
        this.#tell((listener) => listener.exited(code));
      });
    });
    // After the listeners: one for messages keeps our process alive.
    worker.unref();
  }

  /** One listener, which is also told what it has missed. */
  listen(listener: ThreadListener): void {
    this.#listener = listener;
    for (const tell of this.#past.splice(0)) tell(listener);
  }

  #tell(event: (listener: ThreadListener) => void): void {
    if (this.#listener === undefined) this.#past.push(event);
    else event(this.#listener);
  }
}
