import { needMuchStack } from "../stack.ts";

/** What the kernel's thread has shared with this one, by number. */
export class SharedMemories {
  readonly #takeNext: () => SharedArrayBuffer | WebAssembly.Memory;
  readonly #memories = new Map<number, SharedArrayBuffer | WebAssembly.Memory>();
  #taken = 0;

  /** `takeNext`: the next memory that was shared; it has been sent before it is asked for. */
  constructor(takeNext: () => SharedArrayBuffer | WebAssembly.Memory) {
    this.#takeNext = takeNext;
  }

  get(number: number): SharedArrayBuffer | WebAssembly.Memory {
    while (this.#taken <= number) {
      needMuchStack();
      this.#memories.set(this.#taken, this.#takeNext());
      this.#taken++;
    }
    return this.#memories.get(number)!;
  }

  /** Memory that is asked for once: nothing keeps it afterwards but whoever uses it. */
  take(number: number): SharedArrayBuffer {
    const memory = this.get(number);
    this.#memories.delete(number);
    return memory as SharedArrayBuffer;
  }
}
