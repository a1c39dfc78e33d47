/**
 * Callbacks ordered by deadline, then by when they were set: a binary heap in which each entry knows its place, so
 * that one that is cancelled leaves at once (most time-outs are cancelled long before they come).
 */
export interface Timer {
  readonly deadline: number;
  readonly sequence: number;
  readonly callback: () => void;
  /** Place in the heap; -1 once it has fired or was cancelled. */
  place: number;
}

export class TimerQueue {
  readonly #heap: Timer[] = [];
  #sequence = 0;

  get size(): number {
    return this.#heap.length;
  }

  /** The number that the next timer gets: those with a lower one were set before. */
  get sequence(): number {
    return this.#sequence;
  }

  /** The timer that comes first. */
  get first(): Timer | undefined {
    return this.#heap[0];
  }

  add(deadline: number, callback: () => void): Timer {
    const timer: Timer = { deadline, sequence: this.#sequence++, callback, place: this.#heap.length };
    this.#heap.push(timer);
    this.#rise(timer);
    return timer;
  }

  /** Takes a timer out; nothing happens if it has left already. */
  remove(timer: Timer): void {
    const { place } = timer;
    if (place < 0) return;
    timer.place = -1;
    const last = this.#heap.pop()!;
    if (last === timer) return;
    this.#put(last, place);
    this.#rise(last);
    this.#sink(last);
  }

  clear(): void {
    for (const timer of this.#heap) timer.place = -1;
    this.#heap.length = 0;
  }

  #put(timer: Timer, place: number): void {
    this.#heap[place] = timer;
    timer.place = place;
  }

  #rise(timer: Timer): void {
    while (timer.place > 0) {
      const place = timer.place;
      const parent = this.#heap[(place - 1) >> 1]!;
      if (!comesBefore(timer, parent)) return;
      this.#put(timer, parent.place);
      this.#put(parent, place);
    }
  }

  #sink(timer: Timer): void {
    for (;;) {
      const place = timer.place;
      const left = this.#heap[2 * place + 1];
      if (left === undefined) return;
      const right = this.#heap[2 * place + 2];
      const child = right !== undefined && comesBefore(right, left) ? right : left;
      if (!comesBefore(child, timer)) return;
      this.#put(timer, child.place);
      this.#put(child, place);
    }
  }
}

function comesBefore(a: Timer, b: Timer): boolean {
  return a.deadline < b.deadline || (a.deadline === b.deadline && a.sequence < b.sequence);
}
