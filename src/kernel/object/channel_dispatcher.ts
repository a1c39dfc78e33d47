import { ObjectType, Signals } from "../../zx/constants.ts";
import { ZxError } from "../../zx/error.ts";
import type { BlockedCalls } from "./blocked_call.ts";
import { Dispatcher, type SignalObserver } from "./dispatcher.ts";
import { Fifo } from "./fifo.ts";
import type { KernelHandle } from "./handle.ts";
import type { KernelCore } from "./kernel_core.ts";
import type { Lane } from "./lane.ts";

/** Handles in a message are nobody's but the message's: whoever drops it closes them. */
export interface Message {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly handles: readonly KernelHandle[];
}

export interface MessageLimits {
  readonly bytes: number;
  readonly handles: number;
  /** A message that is too large is dropped instead of kept for a larger buffer. */
  readonly mayDiscard: boolean;
}

/** Messages that may wait in one endpoint; a process that writes one more is killed. */
export const CHANNEL_MAX_PENDING_MESSAGES = 3500;

/** Ids that channel_call gives to its messages; the lower half belongs to users. */
const FIRST_KERNEL_TXID = 0x8000_0000;

interface PendingCall {
  complete(reply: Message): void;
  fail(error: ZxError): void;
}

/**
 * One end of a channel. Its messages wait at the end that will read them; or in a lane, which is taken back before anything but the
 * reading and writing there can tell the difference.
 */
export class ChannelDispatcher extends Dispatcher {
  static readonly TYPE = ObjectType.CHANNEL;

  #peer: ChannelDispatcher | undefined;
  #peerKoid = 0;
  readonly #messages = new Fifo<Message>();
  /** Calls that wait for a reply with their transaction id. */
  readonly #calls = new Map<number, PendingCall>();
  #txid = 0;
  /** Keeps the messages to this end, and then none wait here. */
  #lane: Lane | undefined;

  private constructor(core: KernelCore) {
    super(core, ObjectType.CHANNEL, Signals.WRITABLE);
  }

  static createPair(core: KernelCore): [ChannelDispatcher, ChannelDispatcher] {
    const [a, b] = [new ChannelDispatcher(core), new ChannelDispatcher(core)];
    a.#join(b);
    b.#join(a);
    return [a, b];
  }

  #join(peer: ChannelDispatcher): void {
    this.#peer = peer;
    this.#peerKoid = peer.koid;
  }

  override get relatedKoid(): number {
    return this.#peerKoid;
  }

  get peer(): ChannelDispatcher | undefined {
    return this.#peer;
  }

  get pendingMessages(): number {
    this.takeBack();
    return this.#messages.length;
  }

  /** The handles that wait in messages here, for dumps and for the check that nothing leaks. */
  handlesInTransit(): KernelHandle[] {
    return this.#messages.toArray().flatMap(({ handles }) => handles);
  }

  /**
   * Always consumes the message, including in error cases. PEER_CLOSED; SHOULD_WAIT if the peer has left too many
   * messages unread.
   */
  write(message: Message): void {
    const call = this.#peer?.callAnsweredBy(message);
    if (call === undefined) this.#send("write", message);
    else call.complete(message);
  }

  /** The call through this end that waits for a message with this one's id. */
  private callAnsweredBy({ bytes }: Message): PendingCall | undefined {
    return bytes.length >= 4 ? this.#calls.get(readTxid(bytes)) : undefined;
  }

  /** Leaves a message for the peer to read. */
  #send(operation: string, message: Message): void {
    this.#peer?.takeBack();
    const peer = this.#peer;
    if (peer === undefined) {
      dropMessage(message);
      throw this.#peerClosed(operation);
    }
    if (peer.#messages.length >= CHANNEL_MAX_PENDING_MESSAGES) {
      dropMessage(message);
      throw new ZxError("SHOULD_WAIT", `${peer.#messages.length} messages wait unread in ${peer.describe()}`);
    }
    peer.#messages.push(message);
    peer.updateSignals(0, Signals.READABLE);
  }

  /** The oldest message. SHOULD_WAIT, PEER_CLOSED, BUFFER_TOO_SMALL. */
  read(limits: MessageLimits): Message {
    this.takeBack();
    const message = this.#messages.peek();
    if (message === undefined) {
      if (this.#peer === undefined) throw this.#peerClosed("read");
      throw new ZxError("SHOULD_WAIT", `no message in ${this.describe()}`);
    }
    const fits = message.bytes.length <= limits.bytes && message.handles.length <= limits.handles;
    if (fits || limits.mayDiscard) this.#take();
    if (fits) return message;
    const error = tooSmall(message, limits);
    if (limits.mayDiscard) dropMessage(message);
    throw error;
  }

  #take(): void {
    this.#messages.shift();
    if (this.#messages.length === 0) this.updateSignals(Signals.READABLE, 0);
  }

  /**
   * Writes a message whose first four bytes become an id, and waits for the message that carries the same, which
   * `receive` takes apart as soon as it is there. TIMED_OUT; PEER_CLOSED; CANCELED if this end is closed meanwhile.
   */
  call<T>(
    calls: BlockedCalls,
    message: Message,
    deadline: number,
    receive: (reply: Message) => T,
  ): Promise<T> {
    // The reply has to be found among the messages to this end.
    this.takeBack();
    const txid = this.#newTxid();
    writeTxid(message.bytes, txid);
    return calls.wait<T>(deadline, (call) => {
      this.#calls.set(txid, {
        complete: (reply) => call.complete(receive(reply)),
        fail: (error) => call.fail(error),
      });
      call.whenDone(() => this.#calls.delete(txid));
      try {
        // A request is no reply, even if the peer happens to have made a call with the same id.
        this.#send("call", message);
      } catch (error) {
        call.fail(error as ZxError);
      }
    });
  }

  #newTxid(): number {
    do {
      this.#txid = (this.#txid + 1) % FIRST_KERNEL_TXID;
    } while (this.#calls.has(FIRST_KERNEL_TXID + this.#txid));
    return FIRST_KERNEL_TXID + this.#txid;
  }

  // Lanes

  /** Who keeps the messages to this end, while somebody does. */
  get lane(): Lane | undefined {
    return this.#lane;
  }

  /**
   * Has `lane` keep the messages to this end, with those that wait here. False where somebody could tell: a process that waits for this
   * end's signals besides the `observers` that `lane` answers for, a call, handles in messages, handles on their way.
   */
  lend(lane: Lane, observers: number): boolean {
    const isOneToOne = this.handleCount === 1 && this.#peer?.handleCount === 1;
    if (!isOneToOne || this.#lane !== undefined || this.#calls.size > 0) return false;
    if (this.observerCount !== observers) return false;
    const waiting = this.#messages.toArray();
    if (waiting.some(({ handles }) => handles.length > 0)) return false;
    if (!lane.keep(waiting.map(({ bytes }) => bytes))) return false;
    this.#messages.drain();
    super.updateSignals(Signals.READABLE, 0);
    this.#lane = lane;
    return true;
  }

  /** The messages to this end wait here again. */
  takeBack(): void {
    const lane = this.#lane;
    if (lane === undefined) return;
    this.#lane = undefined;
    const messages = lane.takeBack();
    if (messages === undefined) {
      // What was lost cannot be known, so neither end can go on.
      const peer = this.#peer;
      this.losePeer();
      peer?.losePeer();
      return;
    }
    for (const bytes of messages) this.#messages.push({ bytes, handles: [] });
    if (messages.length > 0) super.updateSignals(0, Signals.READABLE);
  }

  override get signals(): number {
    this.takeBack();
    return super.signals;
  }

  override updateSignals(clear: number, set: number): void {
    this.takeBack();
    super.updateSignals(clear, set);
  }

  override addObserver(observer: SignalObserver): void {
    this.takeBack();
    super.addObserver(observer);
  }

  /** A handle leaves its process, whose lanes these were. */
  override cancelObservers(handle: KernelHandle): void {
    this.takeBack();
    this.#peer?.takeBack();
    super.cancelObservers(handle);
  }

  // The end

  protected override onZeroHandles(): void {
    this.shutDown();
  }

  /** Closes this end: for the kernel's own ones, to which there are no handles. */
  shutDown(): void {
    this.takeBack();
    this.#peer?.takeBack();
    this.#failCalls(new ZxError("CANCELED", `${this.describe()} was closed during a call`));
    const peer = this.#peer;
    this.#peer = undefined;
    peer?.losePeer();
    for (const message of this.#messages.drain()) dropMessage(message);
  }

  private losePeer(): void {
    this.#peer = undefined;
    this.updateSignals(Signals.WRITABLE, Signals.PEER_CLOSED);
    this.#failCalls(this.#peerClosed("call"));
  }

  #failCalls(error: ZxError): void {
    for (const call of [...this.#calls.values()]) call.fail(error);
  }

  #peerClosed(operation: string): ZxError {
    return new ZxError(
      "PEER_CLOSED",
      `${operation}: the peer of ${this.describe()} (koid ${this.#peerKoid}) is closed`,
    );
  }
}

export function dropMessage(message: Message): void {
  for (const handle of message.handles) handle.close();
}

/** BUFFER_TOO_SMALL with the sizes that would do. */
export function tooSmall(message: Message, limits: MessageLimits): ZxError {
  const [bytes, handles] = [message.bytes.length, message.handles.length];
  return new ZxError(
    "BUFFER_TOO_SMALL",
    `the message has ${bytes} bytes and ${handles} handles, room is for ${limits.bytes} and ${limits.handles}`,
    { outputs: { actualBytes: bytes, actualHandles: handles } },
  );
}

function readTxid(bytes: Uint8Array): number {
  return (bytes[0]! | (bytes[1]! << 8) | (bytes[2]! << 16) | (bytes[3]! << 24)) >>> 0;
}

function writeTxid(bytes: Uint8Array, txid: number): void {
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(0, txid, true);
}
