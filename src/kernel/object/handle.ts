import { rightsNames } from "../../zx/rights.ts";
import type { Dispatcher } from "./dispatcher.ts";

/**
 * A hold on an object with rights: in a process's handle table, or in a message on its way. Its owner closes it or
 * passes it on; it counts as one handle of the object all the while.
 */
export class KernelHandle {
  readonly object: Dispatcher;
  readonly rights: number;
  #open = true;

  constructor(object: Dispatcher, rights: number) {
    this.object = object;
    this.rights = rights;
    object.handleOpened();
  }

  /** Leaves its process: waits through this handle end with CANCELED. */
  detach(): void {
    this.object.cancelObservers(this);
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.detach();
    this.object.handleClosed();
  }

  hasRights(rights: number): boolean {
    return (this.rights & rights) === rights;
  }

  describe(): string {
    return `${this.object.describe()} with rights ${rightsNames(this.rights)}`;
  }
}
