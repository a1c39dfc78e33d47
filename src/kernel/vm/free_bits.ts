/**
 * A set of free numbers 0..size-1 in which the lowest one is found in a few steps, however many there are: bits, above
 * them one bit for every word that has a bit set, and so on up to one word.
 */
export class FreeBits {
  readonly size: number;
  /** `#levels[0]` has a bit per number; each level above a bit per non-zero word of the one below. */
  readonly #levels: Int32Array[] = [];
  #freeCount = 0;

  /** Nothing is free at first. */
  constructor(size: number) {
    this.size = size;
    let words = Math.max(1, Math.ceil(size / 32));
    this.#levels.push(new Int32Array(words));
    while (words > 1) {
      words = Math.ceil(words / 32);
      this.#levels.push(new Int32Array(words));
    }
  }

  get freeCount(): number {
    return this.#freeCount;
  }

  isFree(index: number): boolean {
    return (this.#levels[0]![index >>> 5]! & (1 << (index & 31))) !== 0;
  }

  /** The lowest free number, or -1. */
  lowest(): number {
    let index = 0;
    for (let level = this.#levels.length - 1; level >= 0; level--) {
      const word = this.#levels[level]![index]!;
      if (word === 0) return -1;
      index = index * 32 + lowestBit(word);
    }
    return index;
  }

  /** Marks numbers as free; those that were not yet. */
  setFree(first: number, count: number): void {
    for (let index = first; index < first + count; index++) {
      let at = index;
      for (const words of this.#levels) {
        const before = words[at >>> 5]!;
        words[at >>> 5] = before | (1 << (at & 31));
        if (before !== 0) break;
        at >>>= 5;
      }
    }
    this.#freeCount += count;
  }

  /** Takes free numbers out. */
  take(first: number, count: number): void {
    for (let index = first; index < first + count; index++) {
      let at = index;
      for (const words of this.#levels) {
        const after = words[at >>> 5]! & ~(1 << (at & 31));
        words[at >>> 5] = after;
        if (after !== 0) break;
        at >>>= 5;
      }
    }
    this.#freeCount -= count;
  }

  /**
   * The lowest `first` in [start, end) such that `count` numbers from it on are free and `first + phase` is a multiple of
   * `alignment`; -1 if there is none.
   */
  findRun(start: number, end: number, count: number, alignment: number, phase: number): number {
    let first = start + distanceToMultiple(start + phase, alignment);
    while (first + count <= end) {
      const taken = this.#lastTaken(first, first + count);
      if (taken < 0) return first;
      const next = this.#nextFree(taken + 1, end);
      if (next < 0) return -1;
      first = next + distanceToMultiple(next + phase, alignment);
    }
    return -1;
  }

  /** The highest number in [start, end) that is not free, or -1. */
  #lastTaken(start: number, end: number): number {
    const bits = this.#levels[0]!;
    let index = end - 1;
    while (index >= start) {
      if ((index & 31) === 31 && index - 31 >= start && bits[index >>> 5] === -1) index -= 32;
      else if (this.isFree(index)) index--;
      else return index;
    }
    return -1;
  }

  /** The lowest free number in [start, end), or -1. */
  #nextFree(start: number, end: number): number {
    const bits = this.#levels[0]!;
    let index = start;
    while (index < end) {
      if ((index & 31) === 0 && bits[index >>> 5] === 0) index += 32;
      else if (this.isFree(index)) return index;
      else index++;
    }
    return -1;
  }
}

function lowestBit(word: number): number {
  return 31 - Math.clz32(word & -word);
}

function distanceToMultiple(value: number, alignment: number): number {
  const rest = ((value % alignment) + alignment) % alignment;
  return rest === 0 ? 0 : alignment - rest;
}
