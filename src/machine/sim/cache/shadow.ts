/** What the sanitizer knows of lines: who wrote which byte, and which cache operations have been done since. */

import type { SanitizerEvent } from "../../../events/events.ts";
import type { CacheOperation } from "../../machine.ts";

/** Written through the cache and not cleaned since: memory may not have it. */
export const DIRTY = 1;
/** Written past the cache and not invalidated since: the cache may have something older. */
export const STALE = 2;
/** Neither the cache nor memory has it for certain. */
export const LOST = 4;

export interface Somebody {
  describe(): string;
}

/** How bytes came to be lost: what the program did, who wrote them, and what they should be. */
export interface Loss {
  readonly problem: SanitizerEvent["problem"];
  readonly writer: Somebody;
  readonly missing: string;
  /** Before this, an operation would have helped. */
  readonly since: number;
  readonly expected: Uint8Array;
}

export class LineShadow {
  /** DIRTY, STALE and LOST of each byte. */
  readonly states: Uint8Array;
  /** Who wrote through the cache last, and when. */
  writer: Somebody | undefined;
  written = 0;
  /** Who wrote past it last, and when. */
  device: Somebody | undefined;
  changed = 0;
  loss: Loss | undefined;

  constructor(lineSize: number) {
    this.states = new Uint8Array(lineSize);
  }

  /** Whether a byte of [from, to) is in one of `states`. */
  has(states: number, from = 0, to = this.states.length): boolean {
    for (let i = from; i < to; i++) if ((this.states[i]! & states) !== 0) return true;
    return false;
  }

  clear(states: number, from = 0, to = this.states.length): void {
    for (let i = from; i < to; i++) this.states[i]! &= ~states;
  }

  /** Bytes of [from, to) become lost. What else is known of them stays, and what was lost before keeps the value it should have. */
  lose(loss: Omit<Loss, "expected">, from: number, to: number, value: (i: number) => number): void {
    const expected = this.loss?.expected ?? new Uint8Array(this.states.length);
    for (let i = from; i < to; i++) {
      this.states[i]! |= LOST;
      expected[i] = value(i);
    }
    this.loss = { ...loss, expected };
  }
}

/** A cache operation that was done. Places as everywhere in the cache. */
export interface DoneOperation {
  readonly operation: CacheOperation;
  readonly start: number;
  readonly end: number;
  readonly who: Somebody;
  readonly time: number;
}

/** Operations that are remembered for each page. */
const MOST_OPERATIONS = 4;

/** The last operations on each page, for reports. */
export class OperationHistory {
  readonly #pages = new Map<number, DoneOperation[]>();
  readonly #pageSize: number;

  constructor(pageSize: number) {
    this.#pageSize = pageSize;
  }

  add(done: DoneOperation): void {
    const last = Math.floor((done.end - 1) / this.#pageSize);
    for (let page = Math.floor(done.start / this.#pageSize); page <= last; page++) {
      const known = this.#pages.get(page);
      if (known === undefined) this.#pages.set(page, [done]);
      else if (known.push(done) > MOST_OPERATIONS) known.shift();
    }
  }

  /**
   * The operation that was most likely meant for a line, where one was needed after `since`: the last that reaches the line, or
   * another part of what is accessed, or ends where that begins; else the last that came too early; else whatever was done last on the page.
   */
  likely(
    line: number,
    lineSize: number,
    access: { readonly start: number; readonly end: number },
    since: number,
  ): DoneOperation | undefined {
    const done = [...(this.#pages.get(Math.floor(line / this.#pageSize)) ?? [])].reverse();
    const reaches = ({ start, end }: DoneOperation) => start < line + lineSize && line < end;
    const touches = ({ start, end }: DoneOperation) => start <= access.end && access.start <= end;
    return (
      done.find((one) => one.time > since && reaches(one)) ??
      done.find((one) => one.time > since && touches(one)) ??
      done.find(reaches) ??
      done[0]
    );
  }
}
