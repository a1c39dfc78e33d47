/** The ring of notices: messages with their length in front, which may wrap around its end. */
import { type MailboxMemory, RING_SIZE, Word } from "./mailbox.ts";

const MASK = RING_SIZE - 1;

/** The kernel's thread's end. What does not fit waits here, in order. */
export class NoticeSender {
  readonly #memory: MailboxMemory;
  /** Of all that was ever written, modulo 2^32; the worker's own copy of it is nobody's truth. */
  #head = 0;
  #backlog: Uint8Array[] = [];

  constructor(memory: MailboxMemory) {
    this.#memory = memory;
  }

  get hasBacklog(): boolean {
    return this.#backlog.length > 0;
  }

  get head(): number {
    return this.#head;
  }

  /** Whether the worker has read all that was sent. */
  get isRead(): boolean {
    return !this.hasBacklog && Atomics.load(this.#memory.words, Word.TAIL) === this.#head;
  }

  /** `message` is good during the call only. */
  send(message: Uint8Array): void {
    if (this.hasBacklog || !this.#put(message)) {
      this.#backlog.push(message.slice());
      Atomics.store(this.#memory.words, Word.BACKLOG, 1);
    }
  }

  /** Sends what waits for room; whether something went. */
  refill(): boolean {
    let sent = 0;
    while (sent < this.#backlog.length && this.#put(this.#backlog[sent]!)) sent++;
    if (sent === 0) return false;
    this.#backlog = this.#backlog.slice(sent);
    if (!this.hasBacklog) Atomics.store(this.#memory.words, Word.BACKLOG, 0);
    return true;
  }

  /** False where there is no room: a TAIL that makes no sense leaves none. */
  #put(message: Uint8Array): boolean {
    const { words } = this.#memory;
    const used = (this.#head - Atomics.load(words, Word.TAIL)) >>> 0;
    if (used + 4 + message.length > RING_SIZE) return false;
    const { length } = message;
    this.#copy(Uint8Array.of(length, length >> 8, length >> 16, length >> 24));
    this.#copy(message);
    Atomics.store(words, Word.HEAD, this.#head);
    return true;
  }

  #copy(bytes: Uint8Array): void {
    const at = this.#head & MASK;
    const first = Math.min(bytes.length, RING_SIZE - at);
    this.#memory.ring.set(first === bytes.length ? bytes : bytes.subarray(0, first), at);
    if (first < bytes.length) this.#memory.ring.set(bytes.subarray(first), 0);
    this.#head = (this.#head + bytes.length) | 0;
  }
}

/** The worker's end. */
export class NoticeReceiver {
  readonly #memory: MailboxMemory;
  #tail = 0;

  constructor(memory: MailboxMemory) {
    this.#memory = memory;
  }

  get isEmpty(): boolean {
    return Atomics.load(this.#memory.words, Word.HEAD) === this.#tail;
  }

  /** Has `use` see the next message; false if there is none. What `use` throws out of, it sees again the next time. */
  take(use: (message: Uint8Array<ArrayBuffer>) => void): boolean {
    if (this.isEmpty) return false;
    const [a, b, c, d] = this.#copy(this.#tail, 4) as unknown as [number, number, number, number];
    const length = a | (b << 8) | (c << 16) | (d << 24);
    const message = this.#copy(this.#tail + 4, length);
    const before = this.#tail;
    const after = (before + 4 + length) | 0;
    // What it does may lead back to here: to the next one.
    this.#tail = after;
    try {
      use(message);
    } catch (error) {
      if (this.#tail === after) this.#tail = before;
      throw error;
    }
    Atomics.store(this.#memory.words, Word.TAIL, this.#tail);
    return true;
  }

  #copy(start: number, length: number): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(length);
    const at = start & MASK;
    const first = Math.min(length, RING_SIZE - at);
    bytes.set(this.#memory.ring.subarray(at, at + first));
    if (first < length) bytes.set(this.#memory.ring.subarray(0, length - first), first);
    return bytes;
  }
}
