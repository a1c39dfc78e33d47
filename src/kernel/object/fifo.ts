/** A queue in order of arrival; taking from the front costs the same however long it is. */
export class Fifo<T> {
  #items: (T | undefined)[] = [];
  #head = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  peek(): T | undefined {
    return this.#items[this.#head];
  }

  shift(): T | undefined {
    const item = this.#items[this.#head];
    if (this.#head < this.#items.length) this.#items[this.#head++] = undefined;
    if (this.#head > 32 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  /** Takes out what `matches`, wherever it is; whether there was any. */
  remove(matches: (item: T) => boolean): boolean {
    const kept = this.toArray().filter((item) => !matches(item));
    if (kept.length === this.length) return false;
    this.#items = kept;
    this.#head = 0;
    return true;
  }

  toArray(): T[] {
    return this.#items.slice(this.#head) as T[];
  }

  /** Empties the queue. */
  drain(): T[] {
    const items = this.toArray();
    this.#items = [];
    this.#head = 0;
    return items;
  }
}
