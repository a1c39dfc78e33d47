/** What the driver manager has under way. */
export class Activity {
  readonly #running = new Set<Promise<unknown>>();
  readonly #idle: () => void;

  /** `idle` is called whenever the last thing under way has ended. */
  constructor(idle: () => void) {
    this.#idle = idle;
  }

  get isIdle(): boolean {
    return this.#running.size === 0;
  }

  track<T>(promise: Promise<T>): Promise<T> {
    this.#running.add(promise);
    const end = () => {
      this.#running.delete(promise);
      if (this.#running.size === 0) this.#idle();
    };
    promise.then(end, end);
    return promise;
  }

  /** Fulfilled when nothing is under way. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }
}
