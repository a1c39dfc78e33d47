export type Undo = (() => void | Promise<void>) | Disposable;

/** What must be undone when a driver stops, last first. */
export class UndoList {
  readonly #entries: Undo[] = [];

  push(undo: Undo): void {
    this.#entries.push(undo);
  }

  /** Goes on after a failure, and returns them all. What is pushed meanwhile is undone too. */
  async run(): Promise<unknown[]> {
    const failures: unknown[] = [];
    for (let undo = this.#entries.pop(); undo !== undefined; undo = this.#entries.pop()) {
      try {
        if (typeof undo === "function") await undo();
        else undo[Symbol.dispose]();
      } catch (error) {
        failures.push(error);
      }
    }
    return failures;
  }
}
