/**
 * The memory of a lane: messages on their way from one process to another, which both reach without the kernel's thread. HEAD is where
 * the writer writes next, TAIL where the reader reads, in bytes modulo 2^32; each moves with one atomic exchange, which fails once the
 * kernel's thread has closed the lane. So what that finds there is the exact truth, and it waits for nobody: a message whose exchange
 * has failed was never written, or never read.
 *
 * Both processes may scribble here whatever they like. What they can break with it is what goes from the one to the other.
 */
import { CHANNEL_MAX_MSG_BYTES } from "../zx/constants.ts";
import { ZxError } from "../zx/error.ts";
import { Busy } from "./mailbox.ts";

/** Numbers of 32-bit words, in cache lines of their own. READER is where the reader's event loop is, as the writer has to know: `Busy`. */
const Word = { HEAD: 0, TAIL: 16, READER: 32 } as const;

/** Of READER, besides `Busy`: it rests, and no read waits for a message. */
const UNWANTED = 3;

const HEADER_SIZE = 256;
/** A power of two. Of the shortest messages, there is room for fewer than may wait in a channel. */
const SIZE = 0x8000;
const MASK = SIZE - 1;
/** Each message begins at a multiple of it, with its length in 32 bits: so there is a bit to spare in HEAD and TAIL. */
const ALIGNMENT = 16;
const LENGTH_SIZE = 4;
const CLOSED = 1;

export class LaneRing {
  readonly buffer: SharedArrayBuffer;
  readonly #words: Int32Array;
  readonly #lengths: Int32Array;
  readonly #bytes: Uint8Array;

  /** A new one, whose reader works; or one that somebody else has made. */
  constructor(buffer?: SharedArrayBuffer) {
    this.buffer = buffer ?? new SharedArrayBuffer(HEADER_SIZE + SIZE);
    this.#words = new Int32Array(this.buffer, 0, HEADER_SIZE / 4);
    this.#lengths = new Int32Array(this.buffer, HEADER_SIZE, SIZE / 4);
    this.#bytes = new Uint8Array(this.buffer, HEADER_SIZE, SIZE);
    if (buffer === undefined) this.setReader(Busy.LOOKS);
  }

  get isClosed(): boolean {
    return (Atomics.load(this.#words, Word.HEAD) & CLOSED) !== 0;
  }

  /** Of all that was ever written. */
  get head(): number {
    return Atomics.load(this.#words, Word.HEAD) & ~CLOSED;
  }

  get isEmpty(): boolean {
    return this.head === (Atomics.load(this.#words, Word.TAIL) & ~CLOSED);
  }

  /** Whether neither a message in it nor, as far as it says, its reader has anything to do. */
  get isIdle(): boolean {
    const reader = Atomics.load(this.#words, Word.READER);
    return reader === UNWANTED || (reader === Busy.NO && this.isEmpty);
  }

  /** Whether the reader has to be woken for what was written. */
  get isAsleep(): boolean {
    const reader = Atomics.load(this.#words, Word.READER);
    return reader !== Busy.LOOKS && reader !== UNWANTED;
  }

  /** For the reader: where its event loop is, and whether a read waits for a message. */
  setReader(busy: number, isWanted = true): void {
    const state = busy === Busy.NO && !isWanted ? UNWANTED : busy;
    Atomics.store(this.#words, Word.READER, state);
  }

  /** For the writer. False where there is no room, and when the lane is closed: then the message is not written. */
  write(message: Uint8Array): boolean {
    const head = Atomics.load(this.#words, Word.HEAD);
    if ((head & CLOSED) !== 0) return false;
    const used = (head - (Atomics.load(this.#words, Word.TAIL) & ~CLOSED)) >>> 0;
    const { length } = message;
    const size = sizeOf(length);
    if (used + size > SIZE) return false;
    this.#lengths[(head & MASK) / 4] = length;
    const start = (head + LENGTH_SIZE) & MASK;
    const first = SIZE - start;
    this.#bytes.set(length <= first ? message : message.subarray(0, first), start);
    if (length > first) this.#bytes.set(message.subarray(first), 0);
    return Atomics.compareExchange(this.#words, Word.HEAD, head, (head + size) | 0) === head;
  }

  /** For the reader: the next message; undefined where there is none, and when the lane is closed. IO_DATA_INTEGRITY. */
  read(): Uint8Array<ArrayBuffer> | undefined {
    const tail = Atomics.load(this.#words, Word.TAIL);
    const head = this.head;
    if ((tail & CLOSED) !== 0 || head === tail) return undefined;
    const message = this.#message(tail, (head - tail) >>> 0);
    if (message === undefined) throw new ZxError("IO_DATA_INTEGRITY", "a message in a lane that is none");
    const next = (tail + sizeOf(message.length)) | 0;
    return Atomics.compareExchange(this.#words, Word.TAIL, tail, next) === tail ? message : undefined;
  }

  /** For the kernel's thread: nothing is written or read any more. What nobody has read, in order; undefined where it makes no sense. */
  close(): Uint8Array<ArrayBuffer>[] | undefined {
    const head = Atomics.or(this.#words, Word.HEAD, CLOSED) & ~CLOSED;
    const tail = Atomics.or(this.#words, Word.TAIL, CLOSED) & ~CLOSED;
    const messages: Uint8Array<ArrayBuffer>[] = [];
    for (let at = tail, rest = (head - tail) >>> 0; rest > 0; ) {
      const message = this.#message(at, rest);
      if (message === undefined) return undefined;
      messages.push(message);
      const size = sizeOf(message.length);
      at = (at + size) | 0;
      rest -= size;
    }
    return messages;
  }

  /** A copy of the message at `at`, where `rest` bytes are; undefined where that cannot be one. */
  #message(at: number, rest: number): Uint8Array<ArrayBuffer> | undefined {
    if (at % ALIGNMENT !== 0 || rest > SIZE) return undefined;
    const length = this.#lengths[(at & MASK) / 4]!;
    if (length < 0 || length > CHANNEL_MAX_MSG_BYTES || sizeOf(length) > rest) return undefined;
    const start = (at + LENGTH_SIZE) & MASK;
    const first = SIZE - start;
    if (length <= first) return this.#bytes.slice(start, start + length) as Uint8Array<ArrayBuffer>;
    const message = new Uint8Array(length);
    message.set(this.#bytes.subarray(start));
    message.set(this.#bytes.subarray(0, length - first), first);
    return message;
  }
}

/** Bytes that a message takes. */
function sizeOf(length: number): number {
  return (LENGTH_SIZE + length + ALIGNMENT - 1) & -ALIGNMENT;
}
