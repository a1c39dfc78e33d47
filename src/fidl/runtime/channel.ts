import type { MessageEvent } from "../../events/events.ts";
import { type Handle, INVALID_HANDLE, ObjectType, Signals, TIME_INFINITE } from "../../zx/constants.ts";
import { isStatus, ZxError } from "../../zx/error.ts";
import type { ChannelMessageEtc, Zx } from "../../zx/syscalls.ts";
import type { Outgoing } from "./message.ts";
import type { ConnectionOptions } from "./protocol.ts";

/** What a message event says about a message beyond its bytes and handles. */
export type MessageNote = Pick<MessageEvent, "method" | "what" | "txid" | "body">;

/** One end of a channel that carries FIDL messages: owns the handle, sends, receives, and tells who listens. */
export class MessageChannel {
  readonly #zx: Zx;
  readonly #options: ConnectionOptions;
  #channel: Handle;

  constructor(zx: Zx, channel: Handle, options: ConnectionOptions) {
    this.#zx = zx;
    this.#channel = channel;
    this.#options = options;
  }

  get isOpen(): boolean {
    return this.#channel !== INVALID_HANDLE;
  }

  /**
   * Calls `received` for each message, in order, until the channel is closed or `received` closes it. Returns why it
   * ended: PEER_CLOSED, or CANCELED when it was closed at this end. Never throws.
   */
  async receive(received: (message: ChannelMessageEtc) => void): Promise<ZxError> {
    try {
      while (this.isOpen) {
        // One wait for each message: finding the channel empty would cost more, being an error.
        await this.#zx.objectWaitOne(this.#channel, Signals.READABLE | Signals.PEER_CLOSED, TIME_INFINITE);
        if (this.isOpen) received(this.#zx.channelReadEtc(this.#channel));
      }
    } catch (error) {
      if (this.isOpen) return error instanceof ZxError ? error : unexpected(error);
    }
    return new ZxError("CANCELED", "the channel was closed at this end");
  }

  /** Sends a message and its handles, which are gone afterwards in any case. */
  send(message: Outgoing, note: () => MessageNote): void {
    const { bytes, handles, error } = message;
    if (error !== undefined || !this.isOpen) {
      this.closeHandles(handles);
      throw error ?? new ZxError("CANCELED", "the channel was closed at this end");
    }
    const descriptions = this.#wantsMessages ? this.#describe(handles) : undefined;
    this.#zx.channelWrite(this.#channel, bytes, handles);
    if (descriptions !== undefined) this.#emit("send", bytes, descriptions, note());
  }

  /** Tells listeners of a message that came in and was understood. */
  noteReceived(message: ChannelMessageEtc, note: () => MessageNote): void {
    if (!this.#wantsMessages) return;
    this.#emit("receive", message.bytes, this.#describe(message.handles.map(({ handle }) => handle)), note());
  }

  closeMessage(message: ChannelMessageEtc): void {
    this.closeHandles(message.handles.map(({ handle }) => handle));
  }

  /** Closes handles, whatever they are: what cannot be closed was not ours, or is gone with the process. */
  closeHandles(handles: readonly Handle[]): void {
    if (handles.length === 0) return;
    try {
      this.#zx.handleCloseMany(handles);
    } catch (error) {
      if (!isStatus(error, "BAD_HANDLE") && !isStatus(error, "BAD_STATE")) throw error;
    }
  }

  /** Idempotent. A `receive` in progress ends. */
  close(): void {
    const channel = this.#channel;
    this.#channel = INVALID_HANDLE;
    if (channel !== INVALID_HANDLE) this.closeHandles([channel]);
  }

  /** Reports what must not happen, as a log line of this process. */
  logError(source: string, message: string): void {
    const events = this.#options.events;
    if (!events?.wants.log) return;
    events.emit({ kind: "log", time: this.#zx.clockGetMonotonic(), source, severity: "error", message });
  }

  get #wantsMessages(): boolean {
    return this.#options.events?.wants.message === true;
  }

  #describe(handles: readonly Handle[]): string[] {
    return handles.map(
      (handle) => this.#options.describeHandle?.(handle) ?? describeHandle(this.#zx, handle),
    );
  }

  #emit(
    direction: "send" | "receive",
    bytes: Uint8Array,
    handles: readonly string[],
    note: MessageNote,
  ): void {
    const time = this.#zx.clockGetMonotonic();
    const process = this.#zx.processName;
    this.#options.events?.emit({ kind: "message", time, process, direction, bytes, handles, ...note });
  }
}

const typeNames = new Map<number, string>(
  Object.entries(ObjectType).map(([name, type]) => [type, name.toLowerCase()]),
);

/** `vmo "edu bar 0"`; just the type where the object has no name. */
function describeHandle(zx: Zx, handle: Handle): string {
  try {
    const { type } = zx.objectGetInfo(handle, "HANDLE_BASIC");
    const typeName = typeNames.get(type) ?? `object of type ${type}`;
    const named = type === ObjectType.VMO || type === ObjectType.PROCESS;
    const name = named ? zx.objectGetName(handle) : "";
    return name === "" ? typeName : `${typeName} ${JSON.stringify(name)}`;
  } catch (error) {
    if (error instanceof ZxError) return `handle ${handle} (${error.statusName})`;
    throw error;
  }
}

function unexpected(cause: unknown): ZxError {
  return new ZxError("INTERNAL", `the connection failed: ${String(cause)}`, { cause });
}
