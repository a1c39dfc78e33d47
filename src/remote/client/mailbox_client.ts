/**
 * The worker's end of a mailbox. Calls wait for their result; what has no result to wait for (the beginning of a wait, an event) is
 * posted: it travels in front of the next call, or once the event loop has come round. So everything arrives in the order in which it
 * was said, and a driver that answers a message and waits for the next one has said both in one go.
 *
 * A program that runs out of stack is thrown out of whichever function of ours is just being called, and may go on after that. So what
 * was not sent is taken back then; what was sent and not waited for is waited for by whatever comes next; and what could not be taken
 * back is only begun where there is stack enough for it.
 */
import type { Handle } from "../../zx/constants.ts";
import type { ZxError } from "../../zx/error.ts";
import type { ChannelMessageEtc } from "../../zx/syscalls.ts";
import { type CallName, callNumber, Notice, OUT_ARGUMENTS, Record } from "../calls.ts";
import {
  ADDRESS_DOUBLE,
  MAX_TRANSFER,
  type MailboxMemory,
  REQUEST_SIZE,
  ReplyFlag,
  RequestFlag,
  Word,
} from "../mailbox.ts";
import { NoticeReceiver } from "../notice_ring.ts";
import type { TakenLane } from "../server/lane_traffic.ts";
import { needMuchStack, needStack } from "../stack.ts";
import { ValueReader } from "../value_reader.ts";
import { ValueWriter } from "../values.ts";
import { EventLoop, type Traffic } from "./event_loop.ts";
import { Lanes, type Waiting } from "./lanes.ts";
import { Requests } from "./requests.ts";
import type { SharedMemories } from "./shared_memories.ts";

export interface MailboxListener {
  revoked(window: number): void;
  wants(kinds: number): void;
  /** Whether this thread's event loop waits for nothing that falls due or ends by itself: timers, files, sockets. */
  isAlone(): boolean;
}

/** A wait that the kernel's thread will end. */
interface Wait extends Waiting {
  /** What is read, if it is a read of a channel. */
  readonly channel: Handle | undefined;
}

export class MailboxClient implements Traffic {
  /** Bits 63..32 of the last 64-bit read. */
  high = 0;
  readonly #memory: MailboxMemory;
  readonly #words: Int32Array;
  readonly #listener: MailboxListener;
  readonly #notices: NoticeReceiver;
  readonly #requests: Requests;
  readonly #writer = new ValueWriter();
  readonly #waits = new Map<number, Wait>();
  readonly #lanes: Lanes;
  readonly #loop: EventLoop;
  /** Lanes that may be taken. */
  #offers: number[] = [];
  /** Called before anything is said to the kernel. */
  #before: () => void = () => {};
  #lastWait = 0;
  #lastPing = 0;
  #flushScheduled = false;

  constructor(memory: MailboxMemory, shared: SharedMemories, listener: MailboxListener) {
    this.#memory = memory;
    this.#words = memory.words;
    this.#listener = listener;
    this.#requests = new Requests(memory);
    this.#notices = new NoticeReceiver(memory);
    this.#lanes = new Lanes(shared, (number) => this.post("lane.return", [number]));
    this.#loop = new EventLoop(memory.bell, this, () => listener.isAlone());
  }

  /** The machine's time waits, although this thread's event loop may be quiet, until the returned function is called. */
  keepBusy(): () => void {
    return this.#loop.keepBusy();
  }

  /** Something that this thread does by itself is to be done before anything that is said later; one such at most. */
  precede(before: () => void): void {
    this.#before = before;
  }

  /** Whether all that was said has been done. */
  get hasSentAll(): boolean {
    return this.#writer.length === 0 && this.#requests.isSettled;
  }

  /** From now on, until its event loop is quiet, this thread works. */
  touch(): void {
    this.#loop.touch();
  }

  /** Notes an access that this thread makes by itself. */
  noteAlone(access: number, window: number, address: number): void {
    const words = this.#words;
    // Only the request of an access has them read, and that is always waited for.
    words[Word.ACCESS] = access;
    words[Word.WINDOW] = window;
    this.#memory.doubles[ADDRESS_DOUBLE] = address;
    words[Word.ALONE] = 1;
    this.#loop.touch();
  }

  /** A call and its result; a ZxError where it failed. */
  call(name: CallName, args: readonly unknown[]): unknown {
    const out = OUT_ARGUMENTS[name];
    this.#record(Record.CALL, callNumber(name), args, out);
    const reader = new ValueReader(this.#requests.wholeReply());
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
    return new Promise((resolve, reject) => this.#wait(name, args, { resolve, reject, channel: undefined }));
  }

  /** The next message of a channel, once there is one. */
  read(channel: Handle): Promise<ChannelMessageEtc> {
    return new Promise<ChannelMessageEtc>((resolve, reject) => {
      const waiting = { resolve: resolve as Waiting["resolve"], reject };
      this.#loop.touch();
      if (this.#lanes.leadsFrom(channel)) {
        needStack();
        this.#lanes.read(channel, waiting);
        this.#takeNotices();
      } else this.#wait("channelReadWhenReadable", [channel], { ...waiting, channel });
    });
  }

  #wait(name: CallName, args: readonly unknown[], wait: Wait): void {
    this.#lastWait = (this.#lastWait + 1) >>> 0;
    const number = this.#lastWait;
    this.#waits.set(number, wait);
    try {
      this.#record(Record.WAIT, callNumber(name), args, undefined, number);
    } catch (error) {
      this.#waits.delete(number);
      throw error;
    }
  }

  /** A message without handles, for a channel; nobody waits until it is written. */
  write(channel: Handle, bytes: Uint8Array): void {
    const isByLane = this.#lanes.leadsTo(channel) && this.#isSettled() && this.#lanes.write(channel, bytes);
    if (!isByLane) this.post("channelWritePosted", [channel, bytes], "soon");
  }

  /** Sees to it that all that was said has been done, and that the machine's time waits for what follows from now. */
  #isSettled(): boolean {
    try {
      needStack();
      this.#before();
      this.#flush();
      this.#requests.settle();
      this.#loop.touch();
      // Something of this thread's own has woken it.
      if (Atomics.load(this.#words, Word.WATCHED) === 0) this.#requests.send(NOTHING, 0);
      return true;
    } catch {
      return false;
    }
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
    this.#loop.touch();
    this.#requests.settle();
    words[Word.ACCESS] = access;
    words[Word.WINDOW] = window;
    words[Word.LOW] = low;
    words[Word.HIGH] = high;
    this.#memory.doubles[ADDRESS_DOUBLE] = address;
    this.#send(RequestFlag.ACCESS);
    this.#requests.settle();
    const value = words[Word.REPLY_LOW]!;
    this.high = words[Word.REPLY_HIGH]! >>> 0;
    const failure = words[Word.REPLY_FLAGS] === ReplyFlag.FAILED ? this.#requests.reply() : undefined;
    if (!this.#notices.isEmpty) this.#takeNotices();
    if (failure !== undefined) throw new ValueReader(failure).error();
    return value >>> 0;
  }

  #flushOrFail(): void {
    try {
      this.#flush();
    } catch (error) {
      this.failed(error as ZxError);
    }
  }

  /** Sends what was posted. */
  #flush(): void {
    if (this.#writer.length === 0) return;
    this.#loop.touch();
    this.#send(0);
  }

  /** Sends what was written; which is gone then, even if we were thrown out after that. */
  #send(flags: number): void {
    const writer = this.#writer;
    const bytes = writer.length === 0 ? NOTHING : writer.bytes;
    const last = this.#requests.numberAfter(bytes.length);
    try {
      this.#requests.post(bytes, flags);
    } finally {
      if (this.#words[Word.REQUEST] === last) writer.length = 0;
    }
  }

  /** With the next call, or before the event loop has nothing left to do. */
  #flushSoon(): void {
    if (this.#writer.length > MAX_TRANSFER / 2) this.#flush();
    else this.#loop.touch();
  }

  /** Nobody serves any more: nothing that is waited for will come. */
  failed(error: ZxError): void {
    const waits = [...this.#waits.values()];
    this.#waits.clear();
    this.#lanes.failed(error);
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
      if (kind === Record.CALL) {
        this.#loop.touch();
        this.#send(RequestFlag.CALL);
      } else this.#flushSoon();
    } catch (error) {
      if (writer.length > length) writer.length = length;
      throw error;
    }
  }

  // For the event loop

  get isEmpty(): boolean {
    return this.#notices.isEmpty && this.#lanes.isEmpty;
  }

  get isAwaited(): boolean {
    return this.#waits.size > 0 || this.#lanes.isAwaited;
  }

  get isClosed(): boolean {
    return Atomics.load(this.#words, Word.CLOSED) !== 0;
  }

  turn(): boolean {
    Atomics.store(this.#words, Word.PONG, this.#lastPing);
    this.#flush();
    // Large buffers are not kept.
    this.#writer.clear();
    // A call takes notices too.
    const any = this.#takeOffers();
    return this.take() || any;
  }

  /**
   * Notices last: whoever has sent a message may have had the kernel's thread send a notice before, which has to be known when the
   * program comes to see the message.
   */
  take(): boolean {
    const any = this.#lanes.turn();
    return this.#takeNotices() || any;
  }

  announce(busy: number): void {
    Atomics.store(this.#words, Word.BUSY, busy);
    this.#lanes.announce(busy);
  }

  rests(): void {
    const isWatched = Atomics.load(this.#words, Word.WATCHED) !== 0 && !this.#lanes.othersWork;
    if (isWatched || !this.#requests.isSettled) this.#requests.ring();
  }

  /** Whether there were any. */
  #takeOffers(): boolean {
    const offers = this.#offers;
    this.#offers = [];
    for (const number of offers) {
      const taken = this.call("lane.take", [number]) as TakenLane | undefined;
      if (taken !== undefined) this.#lanes.took(number, taken);
    }
    return offers.length > 0;
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
    this.#loop.touch();
    this.#requests.post(NOTHING);
    this.#requests.settle();
    return true;
  }

  /** Done in the end, or not at all. */
  readonly #takeNotice = (bytes: Uint8Array<ArrayBuffer>): void => {
    const reader = new ValueReader(bytes);
    switch (reader.u8()) {
      case Notice.DONE: {
        const number = reader.u32();
        const value = reader.value();
        this.#ended(number)?.resolve(value);
        return;
      }
      case Notice.FAILED: {
        const number = reader.u32();
        const error = reader.error();
        this.#ended(number)?.reject(error);
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
        return;
      case Notice.OFFER:
        this.#offers.push(reader.u32());
        return;
      case Notice.LANE:
        needMuchStack();
        this.#openLane(reader);
        return;
      case Notice.YOURS: {
        needMuchStack();
        const number = reader.u32();
        this.#waits.delete(number);
        this.#lanes.handedOver(number);
        return;
      }
      case Notice.RECALLED: {
        needMuchStack();
        const { channel, reads } = this.#lanes.recalled(reader.u32(), reader.u32() !== 0);
        for (const read of reads) this.#wait("channelReadWhenReadable", [channel], { ...read, channel });
      }
    }
  };

  #openLane(reader: ValueReader): void {
    const [number, channel, ring] = [reader.u32(), reader.u32(), reader.u32()];
    const handed = new Set<number>();
    while (!reader.isAtEnd) handed.add(reader.u32());
    const reads = [...this.#waits]
      .filter(([, wait]) => wait.channel === channel)
      .map(([number, waiting]) => ({ number, waiting, isOurs: handed.has(number) }));
    for (const number of handed) this.#waits.delete(number);
    this.#lanes.opened(number, channel, ring, reads);
  }

  #ended(number: number): Waiting | undefined {
    const wait = this.#waits.get(number);
    this.#waits.delete(number);
    if (wait?.channel !== undefined) this.#lanes.ended(number);
    return wait;
  }
}

const NOTHING = new Uint8Array(0);
const done = Promise.resolve();
