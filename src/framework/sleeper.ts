import { type Handle, Signals } from "../zx/constants.ts";
import type { Zx } from "../zx/syscalls.ts";

/** Pauses on the machine's clock that can be ended before their time. */
export class Sleeper<Key> {
  readonly #zx: Zx;
  readonly #events = new Map<Key, Handle>();

  constructor(zx: Zx) {
    this.#zx = zx;
  }

  /** `ns` from now, or until `wake` of the same key. Never rejects. */
  async sleep(key: Key, ns: number): Promise<void> {
    const event = this.#zx.eventCreate(0);
    this.#events.set(key, event);
    try {
      await this.#zx.objectWaitOne(event, Signals.SIGNALED, this.#zx.clockGetMonotonic() + ns);
    } catch {
      // TIMED_OUT: it is time. CANCELED: the driver manager's own process has ended.
    } finally {
      this.#events.delete(key);
      this.#zx.handleClose(event);
    }
  }

  wake(key: Key): void {
    const event = this.#events.get(key);
    if (event !== undefined) this.#zx.objectSignal(event, 0, Signals.SIGNALED);
  }
}
