/**
 * The worker's side of the requests in a mailbox: bytes that go to the kernel's thread, and the bytes that it answers. What throws
 * RangeError, for want of stack, may have sent it all the same, or pieces of it: which of these, the number of the last request tells,
 * and nothing else keeps it. Pieces without an end belong to no request.
 */
import { ZxError } from "../../zx/error.ts";
import { type MailboxMemory, REQUEST_SIZE, ReplyFlag, RequestFlag, Word } from "../mailbox.ts";
import { Patience } from "../patience.ts";
import { ValueWriter } from "../values.ts";

/** Milliseconds. A thread that is woken takes about as long. */
const LONGEST_SPIN = 0.05;

export class Requests {
  readonly #memory: MailboxMemory;
  readonly #words: Int32Array;
  readonly #patience = new Patience();
  /** The kernel's thread may have pieces of a request, and not its end. */
  #isInPieces = false;
  readonly #hasCome = () => this.isSettled;

  constructor(memory: MailboxMemory) {
    this.#memory = memory;
    this.#words = memory.words;
  }

  /** Whether the kernel's thread has read, and answered, what was sent last. */
  get isSettled(): boolean {
    return Atomics.load(this.#words, Word.REPLY) === this.#words[Word.REQUEST];
  }

  /** Number of the last piece that was sent. */
  get number(): number {
    return this.#words[Word.REQUEST]!;
  }

  /** Which number the last piece of so many bytes will have, if they are posted now. */
  numberAfter(length: number): number {
    return (this.number + Math.max(1, Math.ceil(length / REQUEST_SIZE))) | 0;
  }

  /** The bytes of the reply to a call that was posted. CANCELED where nobody serves any more. */
  wholeReply(): Uint8Array<ArrayBuffer> {
    this.settle();
    const first = this.reply();
    if (this.#words[Word.REPLY_FLAGS] !== ReplyFlag.MORE) return first;
    const whole = new ValueWriter(2 * first.length);
    whole.raw(first);
    while (this.#words[Word.REPLY_FLAGS] === ReplyFlag.MORE) {
      this.send(NOTHING, RequestFlag.CONTINUE);
      this.settle();
      whole.raw(this.reply());
    }
    return whole.bytes;
  }

  /** Sends what nobody waits for, or what ends with a call (`RequestFlag.CALL`). CANCELED. */
  post(bytes: Uint8Array, flags = 0): void {
    let start = 0;
    for (; bytes.length - start > REQUEST_SIZE; start += REQUEST_SIZE) {
      this.settle();
      this.send(bytes.subarray(start, start + REQUEST_SIZE), RequestFlag.MORE, start > 0);
    }
    this.settle();
    this.send(start === 0 ? bytes : bytes.subarray(start), flags, start > 0);
  }

  /** One piece, when what was sent before has been read. `continues`: after the pieces that the kernel's thread has. */
  send(bytes: Uint8Array, flags: number, continues = false): void {
    const words = this.#words;
    if (bytes.length > 0) this.#memory.request.set(bytes);
    words[Word.LENGTH] = bytes.length;
    words[Word.FLAGS] = this.#isInPieces && !continues ? flags | RequestFlag.ANEW : flags;
    const isLast = (flags & RequestFlag.MORE) === 0;
    if (!isLast) this.#isInPieces = true;
    Atomics.store(words, Word.REQUEST, (words[Word.REQUEST]! + 1) | 0);
    this.ring();
    if (isLast) this.#isInPieces = false;
  }

  /** Waits until the kernel's thread has read, and answered, what was sent last. CANCELED. */
  settle(): void {
    const words = this.#words;
    if (this.isSettled) return;
    if (this.#patience.spin(LONGEST_SPIN, this.#hasCome)) return;
    Atomics.store(words, Word.WAITING, 1);
    // Whoever ran out of stack when it was sent has not rung.
    this.ring();
    for (;;) {
      const reply = Atomics.load(words, Word.REPLY);
      if (reply === this.number) break;
      if (Atomics.load(words, Word.CLOSED) !== 0)
        throw new ZxError("CANCELED", "the kernel does not serve this process any more");
      Atomics.wait(words, Word.REPLY, reply);
    }
    Atomics.store(words, Word.WAITING, 0);
  }

  reply(): Uint8Array<ArrayBuffer> {
    return this.#memory.reply.slice(0, this.#words[Word.REPLY_LENGTH]!) as Uint8Array<ArrayBuffer>;
  }

  /** Wakes the kernel's thread, if it has to be. */
  ring(): void {
    const words = this.#words;
    if (Atomics.load(words, Word.ASLEEP) === 0) return;
    Atomics.add(words, Word.DOORBELL, 1);
    Atomics.notify(words, Word.DOORBELL);
  }
}

const NOTHING = new Uint8Array(0);
