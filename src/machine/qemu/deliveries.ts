/**
 * Calls to whoever waits for something of the machine, in order, one after the other, and never from inside an access:
 * from a microtask, once the code that runs now is done.
 */
export class Deliveries {
  readonly #calls: (() => void)[] = [];
  #scheduled = false;

  post(call: () => void): void {
    this.#calls.push(call);
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => this.#deliver());
  }

  #deliver(): void {
    // Calls may post further ones: they come in the same round, behind.
    for (let next = 0; next < this.#calls.length; next++) callSafely(this.#calls[next]!);
    this.#calls.length = 0;
    this.#scheduled = false;
  }
}

/** Calls it; what it throws is an uncaught exception of the process, and takes nothing from who is called next. */
export function callSafely(call: () => void): void {
  try {
    call();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
