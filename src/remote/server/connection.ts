/**
 * The kernel's end of one worker's mailbox: does what the worker asks for, as its process. The worker is as little trusted as any
 * process: what it sends is copied first and checked then, and whatever makes no sense ends the connection.
 */
import type { ChannelDispatcher } from "../../kernel/object/channel_dispatcher.ts";
import { ZxError } from "../../zx/error.ts";
import { Notice } from "../calls.ts";
import {
  ADDRESS_DOUBLE,
  Busy,
  MAX_TRANSFER,
  type MailboxMemory,
  onWake,
  REPLY_SIZE,
  REQUEST_SIZE,
  ReplyFlag,
  RequestFlag,
  ring,
  Word,
} from "../mailbox.ts";
import { NoticeSender } from "../notice_ring.ts";
import { malformed, ValueWriter } from "../values.ts";
import type { LaneUser } from "./lane_traffic.ts";
import type { Lanes } from "./lanes.ts";
import { ProcessServer, type ProcessServerOptions } from "./process_server.ts";

export interface ConnectionOptions extends Omit<ProcessServerOptions, "send" | "lanes" | "user"> {
  /** Those of all workers of this kernel's thread. */
  readonly lanes: Lanes;
  /** Called while the worker has something to do; the returned function when it has done all of it. */
  readonly hold: () => () => void;
  /** The worker has sent what no worker of ours sends. */
  readonly violated: (error: ZxError) => void;
}

/** So far from the number of the last request is none that a worker has sent. */
const NO_ANSWER = 2 ** 30;

export class Connection implements LaneUser {
  readonly memory: MailboxMemory;
  readonly process: ProcessServer;
  readonly #words: Int32Array;
  readonly #options: ConnectionOptions;
  readonly #notices: NoticeSender;
  /** The last request that was read. */
  #served = 0;
  /** Pieces of a request of which more are to come. */
  #pieces: ValueWriter | undefined;
  /** What of a reply is still to be fetched. */
  #rest: Uint8Array | undefined;
  #release: (() => void) | undefined;
  #armed = false;
  #pings = 0;
  #isClosed = false;

  constructor(memory: MailboxMemory, options: ConnectionOptions) {
    this.memory = memory;
    this.#words = memory.words;
    this.#options = options;
    this.#notices = new NoticeSender(memory);
    this.process = new ProcessServer({ ...options, send: (message) => this.#send(message), user: this });
    // The worker works from its very beginning.
    Atomics.store(this.#words, Word.BUSY, Busy.LOOKS);
    this.hold();
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Whether the worker works, as far as the last look has told, so that it may soon ask for something. */
  get isAtWork(): boolean {
    return this.#release !== undefined && Atomics.load(this.#words, Word.BUSY) !== Busy.WAITS;
  }

  /** Asks for a sign of life. */
  ping(): void {
    this.#pings = (this.#pings + 1) & 0x7fff_ffff;
    this.process.notify(Notice.PING, this.#pings);
  }

  /** Whether the worker's event loop has come to the last ping. */
  get isAlive(): boolean {
    return Atomics.load(this.#words, Word.PONG) === this.#pings;
  }

  /** Does the next thing that the worker wants, if there is one; whether there was. */
  look(): boolean {
    if (this.#isClosed) return false;
    const request = Atomics.load(this.#words, Word.REQUEST);
    let did = false;
    if (request !== this.#served) {
      this.#served = request;
      did = true;
      try {
        this.#serve();
      } catch (error) {
        this.#fail(error);
        return true;
      }
    }
    if (this.#notices.hasBacklog && this.#notices.refill()) this.#wake();
    if (this.#mayRest) this.#options.lanes.rest(this);
    return did;
  }

  /** The kernel's thread is about to sleep: `woken` is called when it must look again. False if it must at once. */
  sleep(woken: () => void): boolean {
    const words = this.#words;
    Atomics.store(words, Word.ASLEEP, 1);
    if (!this.#armed) {
      this.#armed = true;
      onWake(words, Word.DOORBELL, Atomics.load(words, Word.DOORBELL), () => {
        this.#armed = false;
        if (!this.#isClosed) woken();
      });
    }
    if (Atomics.load(words, Word.REQUEST) !== this.#served) return false;
    return !this.#mayRest;
  }

  /** The kernel's thread looks by itself. */
  awake(): void {
    Atomics.store(this.#words, Word.ASLEEP, 0);
  }

  /** Serves nothing more, and forgets everything that the worker has. Idempotent. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#noteAccess();
    this.#options.lanes.leave(this);
    this.process.close();
    Atomics.store(this.#words, Word.CLOSED, 1);
    // Who sleeps on the mailbox would keep it in memory. The number of the next request would be taken for its answer.
    Atomics.add(this.#words, Word.REPLY, NO_ANSWER);
    Atomics.notify(this.#words, Word.REPLY);
    Atomics.add(this.#words, Word.DOORBELL, 1);
    Atomics.notify(this.#words, Word.DOORBELL);
    ring(this.memory.bell);
    this.letGo();
  }

  #serve(): void {
    const words = this.#words;
    const allFlags = words[Word.FLAGS]!;
    const flags = allFlags & ~RequestFlag.ANEW;
    if (flags !== allFlags) this.#pieces = undefined;
    const length = words[Word.LENGTH]!;
    if (length < 0 || length > REQUEST_SIZE) throw malformed(`a request of ${length} bytes`);
    this.#hold();
    switch (flags) {
      case RequestFlag.MORE:
        this.#collect(length);
        this.#answer();
        return;
      case RequestFlag.CONTINUE:
        if (this.#rest === undefined) throw malformed("more of a reply that has ended");
        this.#reply(this.#rest);
        return;
      case RequestFlag.CALL: {
        const result = this.process.run(this.#take(length));
        if (result === undefined) throw malformed("no call where one was announced");
        this.#reply(result);
        return;
      }
      case RequestFlag.ACCESS:
        this.#access(length);
        return;
      case 0: {
        if (this.process.run(this.#take(length)) !== undefined)
          throw malformed("a call that nobody waits for");
        // Not before: what the worker does by itself, once it sees this, comes after what it has sent.
        this.#answer();
        return;
      }
      default:
        throw malformed(`flags ${flags}`);
    }
  }

  #access(length: number): void {
    const { words, doubles } = this.memory;
    const [access, window, low, high] = [
      words[Word.ACCESS]!,
      words[Word.WINDOW]!,
      words[Word.LOW]!,
      words[Word.HIGH]!,
    ];
    const address = doubles[ADDRESS_DOUBLE]!;
    if (length > 0 && this.process.run(this.#take(length)) !== undefined)
      throw malformed("a call in front of an access");
    const failure = this.process.memory.access(access, window, address, low, high);
    words[Word.REPLY_LOW] = this.process.memory.low;
    words[Word.REPLY_HIGH] = this.process.memory.high;
    words[Word.REPLY_FLAGS] = 0;
    if (failure !== undefined) {
      const length = Math.min(failure.length, REPLY_SIZE);
      this.memory.reply.set(failure.subarray(0, length));
      words[Word.REPLY_LENGTH] = length;
      words[Word.REPLY_FLAGS] = ReplyFlag.FAILED;
    }
    this.#answer();
  }

  /** A copy of a whole request, whose last piece has `length` bytes. */
  #take(length: number): Uint8Array<ArrayBuffer> {
    const pieces = this.#pieces;
    if (pieces === undefined) return this.memory.request.slice(0, length) as Uint8Array<ArrayBuffer>;
    this.#collect(length);
    this.#pieces = undefined;
    return pieces.bytes;
  }

  #collect(length: number): void {
    this.#pieces ??= new ValueWriter(4 * REQUEST_SIZE);
    if (this.#pieces.length + length > MAX_TRANSFER) throw malformed("a request without end");
    this.#pieces.raw(this.memory.request.subarray(0, length));
  }

  /** Gives as much of a reply as there is room for. */
  #reply(bytes: Uint8Array): void {
    const isLast = bytes.length <= REPLY_SIZE;
    this.memory.reply.set(isLast ? bytes : bytes.subarray(0, REPLY_SIZE));
    this.#rest = isLast ? undefined : bytes.slice(REPLY_SIZE);
    this.#words[Word.REPLY_LENGTH] = Math.min(bytes.length, REPLY_SIZE);
    this.#words[Word.REPLY_FLAGS] = isLast ? 0 : ReplyFlag.MORE;
    this.#answer();
  }

  #answer(): void {
    Atomics.store(this.#words, Word.REPLY, this.#served);
    if (Atomics.load(this.#words, Word.WAITING) !== 0) Atomics.notify(this.#words, Word.REPLY);
  }

  #send(message: Uint8Array): void {
    if (this.#isClosed) return;
    this.#hold();
    this.#notices.send(message);
    this.#wake();
  }

  #wake(): void {
    if (Atomics.load(this.#words, Word.BUSY) === Busy.LOOKS) return;
    ring(this.memory.bell);
  }

  #hold(): void {
    if (this.#release !== undefined) return;
    this.hold();
    this.#options.lanes.held(this);
  }

  get #mayRest(): boolean {
    return this.#release !== undefined && this.#options.lanes.canRest(this);
  }

  // What lanes ask of the worker

  get bell(): SharedArrayBuffer {
    return this.memory.bell.buffer;
  }

  get isUnobserved(): boolean {
    return !this.process.isObserved;
  }

  get isQuiet(): boolean {
    if (!this.#notices.isRead || Atomics.load(this.#words, Word.BUSY) !== Busy.NO) return false;
    return Atomics.load(this.#words, Word.REQUEST) === this.#served;
  }

  channelOf(handle: unknown, rights: number): ChannelDispatcher | undefined {
    return this.#options.gate.channelOf(handle, rights);
  }

  share(memory: SharedArrayBuffer): number {
    return this.process.share(memory);
  }

  notify(kind: number, ...values: readonly number[]): void {
    this.process.notify(kind, ...values);
  }

  watch(watched: boolean): void {
    Atomics.store(this.#words, Word.WATCHED, watched ? 1 : 0);
  }

  hold(): void {
    if (this.#release !== undefined || this.#isClosed) return;
    this.watch(true);
    this.#release = this.#options.hold();
  }

  letGo(): void {
    const release = this.#release;
    if (release === undefined) return;
    this.watch(false);
    this.#release = undefined;
    if (!this.#isClosed) this.process.memory.quiet();
    release();
  }

  /** For the story of the worker's end. */
  #noteAccess(): void {
    const { words, doubles } = this.memory;
    if (words[Word.ALONE] !== 1) return;
    this.process.memory.noteAccess(words[Word.ACCESS]!, words[Word.WINDOW]!, doubles[ADDRESS_DOUBLE]!);
  }

  #fail(error: unknown): void {
    const reason =
      error instanceof ZxError ? error : new ZxError("INTERNAL", String(error), { cause: error });
    this.close();
    this.#options.violated(reason);
  }
}
