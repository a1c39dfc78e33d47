import { StartedThread } from "../../remote/node/started_thread.ts";

/** Bytes of heap that a host's program may have; V8 counts them in MiB. */
const DEFAULT_HEAP = 256 * 2 ** 20;

/** Hosts that a machine needs for sure: that of its board and bus drivers, and that of a device's driver. */
export const FIRST_HOSTS = 2;

export interface HostThreadsOptions {
  /** The module that the threads run. */
  readonly entry: URL;
  /** Bytes that the programs of one host have on their heap at most (default 256 MiB). */
  readonly heap?: number | undefined;
}

/**
 * The threads of driver hosts, some of them started ahead: these load what every host needs while nobody waits for it. They need no
 * kernel, so a program can begin with them, and load the rest of itself in the meantime.
 */
export class HostThreads {
  readonly #options: HostThreadsOptions;
  readonly #ahead: StartedThread[] = [];
  #wanted = 0;
  #isStarting = false;

  constructor(options: HostThreadsOptions) {
    this.#options = options;
  }

  /** From now on `count` are ahead, until they are taken. Each is started once the one before runs: they would keep each other waiting. */
  prepare(count: number): void {
    this.#wanted = count;
    this.#startNext();
  }

  /** One that was started ahead, if there is one. */
  take(): StartedThread {
    const thread = this.#ahead.shift();
    if (this.#wanted > 0) this.#wanted--;
    return thread ?? this.#start();
  }

  /** Ends those that nobody has taken. Fulfilled when they are gone. */
  async close(): Promise<void> {
    this.#wanted = 0;
    await Promise.all(this.#ahead.splice(0).map(({ worker }) => worker.terminate()));
  }

  #startNext(): void {
    if (this.#isStarting || this.#ahead.length >= this.#wanted) return;
    this.#isStarting = true;
    const thread = this.#start();
    this.#ahead.push(thread);
    void thread.online.then(() => {
      this.#isStarting = false;
      this.#startNext();
    });
  }

  #start(): StartedThread {
    const { entry, heap = DEFAULT_HEAP } = this.#options;
    const limits = { maxOldGenerationSizeMb: Math.max(1, Math.round(heap / 2 ** 20)) };
    return new StartedThread({ entry, name: "zirconia driver host", limits });
  }
}
