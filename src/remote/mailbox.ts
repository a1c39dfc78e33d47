/**
 * The memory that the kernel's thread and one worker share. Each word has one writer. What the worker writes may be anything at
 * any time, as far as the kernel's thread is concerned: it copies first, checks then, and keeps its own books.
 *
 * A request is bytes (`requests.ts`), in pieces where it is longer than `REQUEST_SIZE`. The worker writes a piece, then raises REQUEST;
 * the kernel's thread has read it when REPLY has the same number. So there is never more than one piece under way.
 *
 * Notices (`notices.ts`) go the other way, through a ring: HEAD is where the kernel's thread writes next, TAIL where the worker reads.
 */

/** Numbers of 32-bit words; writers keep to cache lines of their own. */
export const Word = {
  // Written by the worker.
  REQUEST: 0,
  /** Bytes of this piece. */
  LENGTH: 1,
  /** `RequestFlag`. */
  FLAGS: 2,
  /** Of an access: `Access`, the window, the value. ADDRESS is a double, the one at index `ADDRESS_DOUBLE`. */
  ACCESS: 3,
  WINDOW: 4,
  LOW: 5,
  HIGH: 6,
  ADDRESS: 8,
  /** 1 while the worker sleeps until REPLY changes. */
  WAITING: 10,
  /** `Busy`. */
  BUSY: 11,
  /** Bytes of notices read, modulo 2^32. */
  TAIL: 12,
  /** Raised to wake the kernel's thread. */
  DOORBELL: 13,
  /** Number of the last ping that the worker's event loop has seen. */
  PONG: 14,
  /** 1 when the worker made the access of ACCESS, WINDOW and ADDRESS by itself, and none after it was asked for. */
  ALONE: 15,

  // Written by the kernel's thread.
  REPLY: 32,
  REPLY_LENGTH: 33,
  /** `ReplyFlag`. */
  REPLY_FLAGS: 34,
  REPLY_LOW: 35,
  REPLY_HIGH: 36,
  /** Bytes of notices written, modulo 2^32. */
  HEAD: 48,
  /** 1 while further notices wait for room in the ring. */
  BACKLOG: 49,
  /** 1 while the kernel's thread sleeps, or may: the doorbell must be rung. */
  ASLEEP: 51,
  /** 1 when the kernel's thread has to be told as soon as the worker is no longer busy. */
  WATCHED: 52,
  /** 1 when nobody serves any more. */
  CLOSED: 53,
} as const;

export const ADDRESS_DOUBLE = Word.ADDRESS / 2;

export const Busy = {
  /** The worker's event loop has nothing left to do. */
  NO: 0,
  /** It works, and looks for notices by itself before it stops. */
  LOOKS: 1,
  /** It waits for something that is its own affair (a file being read), and has to be woken. */
  WAITS: 2,
} as const;

export const RequestFlag = {
  /** Further pieces follow. */
  MORE: 1,
  /** The last record of the request is a call, whose result the worker waits for. */
  CALL: 2,
  /** Nothing but the wish for the next piece of a reply. */
  CONTINUE: 4,
  /** After the bytes comes an access, described by words. */
  ACCESS: 8,
  /** Together with others: pieces that came before belong to no request any more. */
  ANEW: 16,
} as const;

export const ReplyFlag = {
  /** Further pieces follow, one for each CONTINUE. */
  MORE: 1,
  /** The access failed: the bytes are its error. */
  FAILED: 2,
} as const;

const HEADER_SIZE = 1024;
/** A message of a channel, with its handles, in one piece. */
export const REQUEST_SIZE = 0x1_4000;
export const REPLY_SIZE = 0x1_4000;
/** A power of two. */
export const RING_SIZE = 0x4_0000;

export const REQUEST_START = HEADER_SIZE;
export const REPLY_START = REQUEST_START + REQUEST_SIZE;
export const RING_START = REPLY_START + REPLY_SIZE;
export const MAILBOX_SIZE = RING_START + RING_SIZE;

/** Bytes that one request or one reply has at most. */
export const MAX_TRANSFER = 0x410_0000;
/** Bytes that one call copies out of memory or into it, at most. */
export const MAX_COPY = 0x400_0000;

/** A mailbox as each side looks at it. */
export class MailboxMemory {
  readonly buffer: SharedArrayBuffer;
  /**
   * One word, raised to wake the worker's event loop. Apart from the rest, since workers that send messages by lanes have it too: what
   * they scribble there wakes somebody in vain.
   */
  readonly bell: Int32Array<SharedArrayBuffer>;
  readonly words: Int32Array;
  readonly doubles: Float64Array;
  readonly request: Uint8Array;
  readonly reply: Uint8Array;
  readonly ring: Uint8Array;

  constructor(buffer = new SharedArrayBuffer(MAILBOX_SIZE), bell = new SharedArrayBuffer(4)) {
    this.buffer = buffer;
    this.bell = new Int32Array(bell);
    this.words = new Int32Array(buffer, 0, HEADER_SIZE / 4);
    this.doubles = new Float64Array(buffer, 0, HEADER_SIZE / 8);
    this.request = new Uint8Array(buffer, REQUEST_START, REQUEST_SIZE);
    this.reply = new Uint8Array(buffer, REPLY_START, REPLY_SIZE);
    this.ring = new Uint8Array(buffer, RING_START, RING_SIZE);
  }
}

/** Wakes a worker's event loop. */
export function ring(bell: Int32Array): void {
  Atomics.add(bell, 0, 1);
  Atomics.notify(bell, 0);
}

/** What the library's types do not know yet. */
const { waitAsync } = Atomics as unknown as {
  waitAsync(
    words: Int32Array,
    index: number,
    value: number,
  ): { readonly async: false } | { readonly async: true; readonly value: Promise<unknown> };
};

/** Calls `woken` once somebody notifies `index`, or soon if it does not hold `value` any more. */
export function onWake(words: Int32Array, index: number, value: number, woken: () => void): void {
  const wait = waitAsync(words, index, value);
  if (wait.async) void wait.value.then(woken);
  else queueMicrotask(woken);
}
