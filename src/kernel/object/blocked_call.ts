import { TIME_INFINITE } from "../../zx/constants.ts";
import { ZxError } from "../../zx/error.ts";
import type { KernelCore } from "./kernel_core.ts";

/** How a waiting system call ends: once, in one of these ways. */
export interface BlockedCall<T> {
  readonly isDone: boolean;
  complete(value: T): void;
  fail(error: ZxError): void;
  /** Undoes what the wait set up; called as soon as the call has ended, however that was. */
  whenDone(undo: () => void): void;
}

/** The system calls of one process that wait. When the process dies they all end with CANCELED. */
export class BlockedCalls {
  readonly #core: KernelCore;
  readonly #calls = new Set<BlockedCall<never>>();

  constructor(core: KernelCore) {
    this.#core = core;
  }

  get size(): number {
    return this.#calls.size;
  }

  /**
   * A promise for what `begin` waits for. Time is the machine's: at `deadline` (ns) `expired` says how the call ends
   * that has not ended by then, by default with TIMED_OUT. What is there already wins over a deadline that has passed.
   */
  wait<T>(
    deadline: number,
    begin: (call: BlockedCall<T>) => void,
    expired: (call: BlockedCall<T>) => void = (call) => call.fail(timedOut(deadline)),
  ): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const undo: (() => void)[] = [];
      const finish = (): boolean => {
        if (call.isDone) return false;
        call.isDone = true;
        this.#calls.delete(call);
        for (const step of undo) step();
        return true;
      };
      const call: BlockedCall<T> & { isDone: boolean } = {
        isDone: false,
        complete: (value) => {
          if (finish()) resolve(value);
        },
        fail: (error) => {
          if (finish()) reject(error);
        },
        whenDone: (step) => {
          if (call.isDone) step();
          else undo.push(step);
        },
      };
      this.#calls.add(call);
      begin(call);
      if (call.isDone || deadline === TIME_INFINITE) return;
      if (deadline <= this.#core.now()) return expired(call);
      call.whenDone(this.#core.machine.clock.at(deadline, () => expired(call)));
    });
  }

  cancelAll(why: string): void {
    for (const call of [...this.#calls]) call.fail(new ZxError("CANCELED", why));
  }
}

export function timedOut(deadline: number, outputs?: Readonly<Record<string, number>>): ZxError {
  return new ZxError(
    "TIMED_OUT",
    `nothing happened until ${deadline} ns`,
    outputs === undefined ? {} : { outputs },
  );
}
