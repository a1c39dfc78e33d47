import type { MessageEvent } from "../../events/events.ts";
import type { Handle } from "../../zx/constants.ts";
import type { ZxError } from "../../zx/error.ts";
import { acquireDecoder, acquireEncoder, releaseDecoder, releaseEncoder } from "./body.ts";
import type { Decoder } from "./decoder.ts";
import type { ValueTextOptions } from "./describe_value.ts";
import type { Encoder } from "./encoder.ts";
import type { ConnectionOptions } from "./protocol.ts";
import type { IncomingMessage, Transport } from "./transport.ts";

/** What a message event says about a message beyond its bytes and handles. */
export type MessageNote = Pick<MessageEvent, "method" | "what" | "txid" | "body"> & {
  /** The body as text. */
  readonly describe: (options: ValueTextOptions) => string;
};

/** A transport with the encoding of what it carries, and the listeners of the event stream. */
export class Link {
  readonly transport: Transport;
  readonly #options: ConnectionOptions;

  constructor(transport: Transport, options: ConnectionOptions) {
    this.transport = transport;
    this.#options = options;
  }

  /** As `Transport.receive`, with a decoder loaded for each message. */
  receive(received: (message: IncomingMessage, decoder: Decoder) => void): Promise<ZxError> {
    const { transport } = this;
    return transport.receive((message) => {
      const decoder = acquireDecoder();
      try {
        decoder.load(message.bytes, message.handles, transport.handleOwner);
        received(message, decoder);
      } finally {
        releaseDecoder(decoder);
      }
    });
  }

  /** Sends what `encode` makes; its handles are gone afterwards in any case. Throws what is wrong with it. */
  send<A, B, C>(
    encode: (encoder: Encoder, a: A, b: B, c: C) => void,
    a: A,
    b: B,
    c: C,
    note: () => MessageNote,
  ): void {
    const encoder = acquireEncoder();
    try {
      encode(encoder, a, b, c);
      if (encoder.error !== undefined) {
        this.transport.closeHandles(encoder.handles);
        throw encoder.error;
      }
      if (!this.#wantsMessages) {
        this.transport.send(encoder);
        return;
      }
      const bytes = encoder.bytes.slice();
      const { rights } = encoder;
      const handles = this.#describe(encoder.handles);
      const noted = note();
      const text = this.#textOf(noted, encoder.handles, handles);
      // Before it is sent: what it causes in another thread is told after it.
      this.#emit("send", bytes, handles, rights, noted, text);
      this.transport.send(encoder);
    } finally {
      releaseEncoder(encoder);
    }
  }

  /** Encodes for nothing, to close the handles that are in the message. */
  drop<A, B, C>(encode: (encoder: Encoder, a: A, b: B, c: C) => void, a: A, b: B, c: C): void {
    const encoder = acquireEncoder();
    try {
      encode(encoder, a, b, c);
      this.transport.closeHandles(encoder.handles);
    } finally {
      releaseEncoder(encoder);
    }
  }

  /** Tells listeners of a message that came in and was understood. */
  noteReceived(message: IncomingMessage, note: () => MessageNote): void {
    if (!this.#wantsMessages) return;
    const handles = message.handles.map(({ handle }) => handle);
    const rights = message.handles.map((info) => info.rights);
    const descriptions = this.#describe(handles);
    const noted = note();
    const text = this.#textOf(noted, handles, descriptions);
    this.#emit("receive", message.bytes, descriptions, rights, noted, text);
  }

  closeMessage(message: IncomingMessage): void {
    if (message.handles.length > 0) this.transport.closeHandles(message.handles.map(({ handle }) => handle));
  }

  /** Reports what must not happen, as a log line of this process. */
  logError(source: string, message: string): void {
    const { events } = this.#options;
    if (!events?.wants.log) return;
    events.emit({ kind: "log", time: this.transport.now(), source, severity: "error", message });
  }

  get #wantsMessages(): boolean {
    return this.#options.events?.wants.message === true;
  }

  #describe(handles: readonly Handle[]): string[] {
    return handles.map(
      (handle) => this.#options.describeHandle?.(handle) ?? this.transport.describeHandle(handle),
    );
  }

  /** The body of a message in one line. */
  #textOf({ describe }: MessageNote, handles: readonly Handle[], descriptions: readonly string[]): string {
    const handleText = (handle: Handle) => descriptions[handles.indexOf(handle)] ?? `handle ${handle}`;
    return describe({ handleText, width: Number.POSITIVE_INFINITY });
  }

  #emit(
    direction: "send" | "receive",
    bytes: Uint8Array,
    handles: readonly string[],
    rights: readonly number[],
    { method, what, txid, body }: MessageNote,
    text: string,
  ): void {
    const time = this.transport.now();
    const process = this.transport.processName;
    const event = {
      kind: "message",
      time,
      process,
      direction,
      method,
      what,
      txid,
      bytes,
      handles,
      rights,
      body,
      text,
    } as const;
    this.#options.events?.emit(event);
  }
}
