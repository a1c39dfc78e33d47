/**
 * The worker's end of a mailbox. Calls wait for their result; what has no result to wait for (the beginning of a wait, an event) is
 * posted: it travels in front of the next call, or once the event loop has come round. So everything arrives in the order in which it
 * was said, and a driver that answers a message and waits for the next one has said both in one go.
 *
 * A program that runs out of stack is thrown out of whichever function of ours is just being called, and may go on after that. So what
 * was not sent is taken back then; between raising a request and waking the kernel's thread for it nothing is called that is not built
 * in; and what was sent and not waited for is waited for by whatever comes next.
 */
import { turnRequester } from "../../machine/sim/turn.ts";
import { ZxError } from "../../zx/error.ts";
import { type CallName, callNumber, Notice, OUT_ARGUMENTS, Record } from "../calls.ts";
import { Gong } from "../gong.ts";
import {
  ADDRESS_DOUBLE,
  Busy,
  MAX_TRANSFER,
  type MailboxMemory,
  onWake,
  REQUEST_SIZE,
  ReplyFlag,
  RequestFlag,
  Word,
} from "../mailbox.ts";
import { NoticeReceiver } from "../notice_ring.ts";
import { Patience } from "../patience.ts";
import { ValueReader } from "../value_reader.ts";
import { ValueWriter } from "../values.ts";
import { needStack } from "./stack.ts";

export interface MailboxListener {
  revoked(window: number): void;
  wants(kinds: number): void;
}

/** Looks at the answer between two at the time. */
const LOOKS = 50;

interface Waiting {
  resolve(value: unknown): void;
  reject(error: ZxError): void;
}

export class MailboxClient {
  /** Bits 63..32 of the last 64-bit read. */
  high = 0;
  readonly #memory: MailboxMemory;
  readonly #gong: Int32Array;
  readonly #words: Int32Array;
  readonly #listener: MailboxListener;
  readonly #notices: NoticeReceiver;
  readonly #patience = new Patience();
  readonly #writer = new ValueWriter();
  /** The kernel's thread has pieces of a request, and not its end. */
  #isInPieces = false;
  readonly #waits = new Map<number, Waiting>();
  /** Called before anything is said to the kernel. */
  #before: () => void = () => {};
  #lastWait = 0;
  #keepers = 0;
  #lastPing = 0;
  #sequence = 0;
  #flushScheduled = false;
  #armed = false;
  readonly #requestTurn = turnRequester(() => this.#turn());

  constructor(memory: MailboxMemory, gong: Int32Array, listener: MailboxListener) {
    this.#memory = memory;
    this.#gong = gong;
    this.#words = memory.words;
    this.#listener = listener;
    this.#notices = new NoticeReceiver(memory);
    this.#requestTurn();
  }

  /** The machine's time waits, although this thread's event loop may be quiet, until the returned function is called. */
  keepBusy(): () => void {
    this.touch();
    this.#keepers++;
    let kept = true;
    return () => {
      if (!kept) return;
      this.#requestTurn();
      kept = false;
      this.#keepers--;
    };
  }

  /** Something that this thread does by itself is to be done before anything that is said later; one such at most. */
  precede(before: () => void): void {
    this.#before = before;
  }

  /** Whether all that was said has left and arrived. */
  get hasSentAll(): boolean {
    return this.#writer.length === 0 && Atomics.load(this.#words, Word.REPLY) === this.#sequence;
  }

  /** Notes an access that this thread makes by itself. */
  noteAlone(access: number, window: number, address: number): void {
    const words = this.#words;
    // Only the request of an access has them read, and that is always waited for.
    words[Word.ACCESS] = access;
    words[Word.WINDOW] = window;
    this.#memory.doubles[ADDRESS_DOUBLE] = address;
    words[Word.ALONE] = 1;
    this.touch();
  }

  /** A call and its result; a ZxError where it failed. */
  call(name: CallName, args: readonly unknown[]): unknown {
    const out = OUT_ARGUMENTS[name];
    this.#record(Record.CALL, callNumber(name), args, out);
    const reader = new ValueReader(this.#wholeReply());
    this.#takeNotices();
    if (reader.u8() !== 0) throw reader.error();
    const result = reader.value();
    if (out !== undefined) {
      const bytes = reader.value();
      // Bytes whose buffer is gone take not even nothing.
      if (bytes instanceof Uint8Array && bytes.length > 0) (args[out] as Uint8Array).set(bytes);
    }
    return result;
  }

  /** A call whose result comes later. */
  wait(name: CallName, args: readonly unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#lastWait = (this.#lastWait + 1) >>> 0;
      this.#waits.set(this.#lastWait, { resolve, reject });
      this.#record(Record.WAIT, callNumber(name), args, undefined, this.#lastWait);
    });
  }

  /** A call that nobody waits for, and whose failure nobody learns of. `soon`: somebody else may be waiting for what it does. */
  post(name: CallName, args: readonly unknown[], when: "soon" | "some time" = "some time"): void {
    this.#record(Record.POST, callNumber(name), args);
    if (when === "some time" || this.#flushScheduled) return;
    this.#flushScheduled = true;
    void done.then(() => {
      this.#flushScheduled = false;
      this.#flushOrFail();
    });
  }

  /** As `post`, and it leaves now. */
  tell(name: CallName): void {
    this.#record(Record.POST, callNumber(name), []);
    this.#flush();
  }

  event(event: object): void {
    const writer = this.#writer;
    const { length } = writer;
    try {
      writer.u8(Record.EVENT);
      writer.value(event);
      this.#flushSoon();
    } catch (error) {
      if (writer.length > length) writer.length = length;
      throw error;
    }
  }

  /** One access through a window. Returns bits 31..0 of what was read; the others are then in `high`. */
  access(access: number, window: number, address: number, low: number, high: number): number {
    const words = this.#words;
    this.#before();
    words[Word.ALONE] = 0;
    if (this.#writer.length > REQUEST_SIZE) this.#flush();
    this.#waitForReply();
    words[Word.ACCESS] = access;
    words[Word.WINDOW] = window;
    words[Word.LOW] = low;
    words[Word.HIGH] = high;
    this.#memory.doubles[ADDRESS_DOUBLE] = address;
    this.#send(this.#writer.length === 0 ? NOTHING : this.#writer.bytes, RequestFlag.ACCESS);
    this.#waitForReply();
    const value = words[Word.REPLY_LOW]!;
    this.high = words[Word.REPLY_HIGH]! >>> 0;
    const failure = words[Word.REPLY_FLAGS] === ReplyFlag.FAILED ? this.#reply() : undefined;
    if (!this.#notices.isEmpty) this.#takeNotices();
    if (failure !== undefined) throw new ValueReader(failure).error();
    return value >>> 0;
  }

  #flushOrFail(): void {
    try {
      this.#flush();
    } catch (error) {
      this.#fail(error as ZxError);
    }
  }

  /** Sends what was posted. */
  #flush(): void {
    if (this.#writer.length === 0) return;
    this.#pieces(0);
  }

  /** With the next call, or before the event loop has nothing left to do. */
  #flushSoon(): void {
    if (this.#writer.length > MAX_TRANSFER / 2) this.#flush();
    else this.touch();
  }

  /** Nobody serves any more: nothing that is waited for will come. */
  #fail(error: ZxError): void {
    const waits = [...this.#waits.values()];
    this.#waits.clear();
    for (const { reject } of waits) reject(error);
  }

  /** Writes a record, and sends it if it is a call. When it throws, nothing of it was sent, nor will be. */
  #record(kind: number, call: number, args: readonly unknown[], out?: number, wait?: number): void {
    this.#before();
    const writer = this.#writer;
    const { length } = writer;
    try {
      writer.u8(kind);
      if (wait !== undefined) writer.u32(wait);
      writer.u8(call);
      writer.array(args, out);
      if (kind === Record.CALL) this.#pieces(RequestFlag.CALL);
      else this.#flushSoon();
    } catch (error) {
      if (writer.length > length) writer.length = length;
      throw error;
    }
  }

  /** The bytes of the reply to a call. */
  #wholeReply(): Uint8Array<ArrayBuffer> {
    this.#waitForReply();
    const first = this.#reply();
    if (this.#words[Word.REPLY_FLAGS] !== ReplyFlag.MORE) return first;
    const whole = new ValueWriter(2 * first.length);
    whole.raw(first);
    while (this.#words[Word.REPLY_FLAGS] === ReplyFlag.MORE) {
      this.#send(NOTHING, RequestFlag.CONTINUE);
      this.#waitForReply();
      whole.raw(this.#reply());
    }
    return whole.bytes;
  }

  #reply(): Uint8Array<ArrayBuffer> {
    return this.#memory.reply.slice(0, this.#words[Word.REPLY_LENGTH]!) as Uint8Array<ArrayBuffer>;
  }

  #pieces(flags: number): void {
    const { bytes } = this.#writer;
    let start = 0;
    for (; bytes.length - start > REQUEST_SIZE; start += REQUEST_SIZE) {
      this.#waitForReply();
      this.#send(bytes.subarray(start, start + REQUEST_SIZE), RequestFlag.MORE, start > 0);
    }
    this.#waitForReply();
    this.#send(start === 0 ? bytes : bytes.subarray(start), flags, start > 0);
  }

  /** `continues`: after the pieces that the kernel's thread has. With the last piece, what was written is gone. */
  #send(bytes: Uint8Array, flags: number, continues = false): void {
    const words = this.#words;
    this.touch();
    if (bytes.length > 0) this.#memory.request.set(bytes);
    words[Word.LENGTH] = bytes.length;
    words[Word.FLAGS] = this.#isInPieces && !continues ? flags | RequestFlag.ANEW : flags;
    this.#ring((this.#sequence + 1) | 0);
    this.#isInPieces = (flags & RequestFlag.MORE) !== 0;
    if (!this.#isInPieces && bytes !== NOTHING) this.#writer.length = 0;
  }

  /** Raises the request of this number, and wakes the kernel's thread if it has to be; calls nothing that is not built in. */
  #ring(sequence: number): void {
    const words = this.#words;
    const gong = this.#gong;
    // The call with the most arguments comes first: where there is stack for it, there is for the others.
    Atomics.store(words, Word.REQUEST, sequence);
    this.#sequence = sequence;
    if (Atomics.load(gong, Gong.HEARD) !== 0) {
      Atomics.add(gong, Gong.STROKES, 1);
      Atomics.notify(gong, Gong.STROKES);
    }
    if (Atomics.load(words, Word.ASLEEP) === 0) return;
    Atomics.add(words, Word.DOORBELL, 1);
    Atomics.notify(words, Word.DOORBELL);
  }

  /** Until the kernel's thread has read, and answered, what was sent last. */
  #waitForReply(): void {
    const words = this.#words;
    if (Atomics.load(words, Word.REPLY) === this.#sequence) return;
    if (this.#spin()) return;
    Atomics.store(words, Word.WAITING, 1);
    for (;;) {
      const reply = Atomics.load(words, Word.REPLY);
      if (reply === this.#sequence) break;
      if (Atomics.load(words, Word.CLOSED) !== 0) throw closed();
      Atomics.wait(words, Word.REPLY, reply);
    }
    Atomics.store(words, Word.WAITING, 0);
  }

  /** Looks for the answer without sleeping; whether it came. */
  #spin(): boolean {
    const { time } = this.#patience;
    const end = time === 0 ? 0 : performance.now() + time;
    do {
      for (let i = 0; i < LOOKS; i++) {
        if (Atomics.load(this.#words, Word.REPLY) !== this.#sequence) continue;
        this.#patience.rewarded();
        return true;
      }
    } while (end !== 0 && performance.now() < end);
    this.#patience.disappointed();
    return false;
  }

  /** From now on, until its event loop is quiet, this thread works. */
  touch(): void {
    if (this.#words[Word.BUSY] === Busy.LOOKS) return;
    needStack();
    this.#requestTurn();
    Atomics.store(this.#words, Word.BUSY, Busy.LOOKS);
  }

  /** A turn of the event loop has passed since the last time that something came. */
  #turn(): void {
    Atomics.store(this.#words, Word.PONG, this.#lastPing);
    try {
      this.#flush();
      // Large buffers are not kept.
      this.#writer.clear();
      if (this.#takeNotices()) {
        this.#requestTurn();
        return;
      }
    } catch (error) {
      this.#fail(error as ZxError);
      return;
    }
    Atomics.store(this.#words, Word.BUSY, this.#keepers > 0 ? Busy.WAITS : Busy.NO);
    // Whoever sent something before it saw that has not rung.
    if (!this.#notices.isEmpty) {
      this.touch();
      return;
    }
    if (Atomics.load(this.#words, Word.WATCHED) !== 0) this.#ring(this.#sequence);
    this.#arm();
  }

  #arm(): void {
    if (this.#armed || Atomics.load(this.#words, Word.CLOSED) !== 0) return;
    this.#armed = true;
    const bell = Atomics.load(this.#words, Word.BELL);
    onWake(this.#words, Word.BELL, bell, () => {
      this.#armed = false;
      if (this.#words[Word.BUSY] === Busy.LOOKS) return;
      this.touch();
      this.#takeNotices();
    });
    if (!this.#notices.isEmpty) this.touch();
  }

  /** Whether there were any. */
  #takeNotices(): boolean {
    let any = false;
    do {
      while (this.#notices.take(this.#takeNotice)) any = true;
      // The rest comes once the kernel's thread has looked, for which any request will do.
    } while (Atomics.load(this.#words, Word.BACKLOG) !== 0 && this.#askForMore());
    return any;
  }

  #askForMore(): true {
    this.#waitForReply();
    this.#send(NOTHING, 0);
    this.#waitForReply();
    return true;
  }

  /** Done in the end, or not at all. */
  readonly #takeNotice = (bytes: Uint8Array<ArrayBuffer>): void => {
    const reader = new ValueReader(bytes);
    switch (reader.u8()) {
      case Notice.DONE: {
        const number = reader.u32();
        const value = reader.value();
        this.#waiting(number)?.resolve(value);
        return;
      }
      case Notice.FAILED: {
        const number = reader.u32();
        const error = reader.error();
        this.#waiting(number)?.reject(error);
        return;
      }
      case Notice.REVOKED:
        this.#listener.revoked(reader.u32());
        return;
      case Notice.WANTS:
        this.#listener.wants(reader.u32());
        return;
      case Notice.PING:
        this.#lastPing = reader.u32();
    }
  };

  #waiting(number: number): Waiting | undefined {
    const waiting = this.#waits.get(number);
    this.#waits.delete(number);
    return waiting;
  }
}

const NOTHING = new Uint8Array(0);
const done = Promise.resolve();

function closed(): ZxError {
  return new ZxError("CANCELED", "the kernel does not serve this process any more");
}
