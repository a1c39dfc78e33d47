import {
  CHANNEL_MAX_MSG_BYTES,
  type Handle,
  INVALID_HANDLE,
  ObjectType,
  Signals,
  TIME_INFINITE,
} from "../../zx/constants.ts";
import { isStatus, ZxError } from "../../zx/error.ts";
import type { ChannelMessageEtc, HandleDisposition, HandleInfo, Zx } from "../../zx/syscalls.ts";
import { toZxError } from "./errors.ts";
import type { IncomingMessage, OutgoingMessage, Transport } from "./transport.ts";

/** One end of a kernel's channel. */
export class KernelTransport implements Transport {
  readonly handleOwner: Zx;
  readonly #zx: Zx;
  #channel: Handle;
  #hasSent = false;

  /** Owns `channel` from now on. */
  constructor(zx: Zx, channel: Handle) {
    this.handleOwner = zx;
    this.#zx = zx;
    this.#channel = channel;
  }

  get processName(): string {
    return this.#zx.processName;
  }

  get isOpen(): boolean {
    return this.#channel !== INVALID_HANDLE;
  }

  async receive(received: (message: IncomingMessage) => void): Promise<ZxError> {
    try {
      while (this.isOpen) {
        const message = await this.#next();
        if (message === undefined) break;
        const { bytes, handles } = message;
        if (this.isOpen) received({ bytes, handles: handles.length === 0 ? NO_HANDLES : [...handles] });
        else this.closeHandles(handles.map(({ handle }) => handle));
      }
    } catch (error) {
      if (this.isOpen) return toZxError(error);
    }
    return closedHere();
  }

  async #next(): Promise<ChannelMessageEtc | undefined> {
    const read = this.#zx.channelReadWhenReadable;
    if (read !== undefined) return read(this.#channel);
    // One wait for each message: finding the channel empty would cost more, being an error.
    await this.#zx.objectWaitOne(this.#channel, Signals.READABLE | Signals.PEER_CLOSED, TIME_INFINITE);
    return this.isOpen ? this.#zx.channelReadEtc(this.#channel) : undefined;
  }

  send(message: OutgoingMessage): void {
    if (!this.isOpen) {
      this.closeHandles(message.handles);
      throw closedHere();
    }
    const post = this.#zx.channelWritePosted;
    // Once a message has gone the channel is known to be one that can be written to; what else can go wrong is that the other end is
    // closed, which the receiver finds.
    if (
      post !== undefined &&
      this.#hasSent &&
      message.handleCount === 0 &&
      message.bytes.length <= CHANNEL_MAX_MSG_BYTES
    ) {
      post(this.#channel, message.bytes);
      return;
    }
    const dispositions = message.handleCount === 0 ? NO_DISPOSITIONS : dispositionsOf(message);
    this.#zx.channelWriteEtc(this.#channel, message.bytes, dispositions);
    this.#hasSent = true;
  }

  close(): void {
    const channel = this.#channel;
    this.#channel = INVALID_HANDLE;
    if (channel !== INVALID_HANDLE) this.closeHandles([channel]);
  }

  closeHandles(handles: readonly Handle[]): void {
    if (handles.length === 0) return;
    try {
      this.#zx.handleCloseMany(handles);
    } catch (error) {
      if (!isStatus(error, "BAD_HANDLE") && !isStatus(error, "BAD_STATE")) throw error;
    }
  }

  /** `vmo "edu bar 0"`; just the type where the object has no name. */
  describeHandle(handle: Handle): string {
    try {
      const { type } = this.#zx.objectGetInfo(handle, "HANDLE_BASIC");
      const typeName = typeNames.get(type) ?? `object of type ${type}`;
      const named = type === ObjectType.VMO || type === ObjectType.PROCESS;
      const name = named ? this.#zx.objectGetName(handle) : "";
      return name === "" ? typeName : `${typeName} ${JSON.stringify(name)}`;
    } catch (error) {
      if (error instanceof ZxError) return `handle ${handle} (${error.statusName})`;
      throw error;
    }
  }

  now(): number {
    return this.#zx.clockGetMonotonic();
  }

  alarm(deadline: number, ring: () => void): () => void {
    // A wait for an event that nobody signals, because a sleep could not be ended before its time.
    const event = this.#zx.eventCreate(0);
    const cancel = () => this.closeHandles([event]);
    this.#zx.objectWaitOne(event, Signals.SIGNALED, deadline).catch((error: unknown) => {
      if (isStatus(error, "TIMED_OUT")) ring();
    });
    return cancel;
  }
}

const NO_HANDLES: HandleInfo[] = [];
const NO_DISPOSITIONS: readonly HandleDisposition[] = [];

function dispositionsOf({ handles, types, rights }: OutgoingMessage): HandleDisposition[] {
  return handles.map((handle, i) => ({ operation: "move", handle, type: types[i]!, rights: rights[i]! }));
}

const typeNames = new Map<number, string>(
  Object.entries(ObjectType).map(([name, type]) => [type, name.toLowerCase()]),
);

function closedHere(): ZxError {
  return new ZxError("CANCELED", "the channel was closed at this end");
}
