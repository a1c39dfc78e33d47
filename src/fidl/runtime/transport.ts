import type { Handle } from "../../zx/constants.ts";
import type { ZxError } from "../../zx/error.ts";
import type { HandleInfo } from "../../zx/syscalls.ts";
import type { HandleOwner } from "./decoder.ts";

/** A message to send. `bytes` is a view that is only good during the call. */
export interface OutgoingMessage {
  readonly bytes: Uint8Array;
  /** Zero: there is no need to ask for the handles. */
  readonly handleCount: number;
  readonly handles: readonly Handle[];
  /** What the schema says of each handle: `ObjectType`, and the rights that it arrives with. */
  readonly types: readonly number[];
  readonly rights: readonly number[];
}

export interface IncomingMessage {
  readonly bytes: Uint8Array;
  readonly handles: HandleInfo[];
}

/** What carries messages between a client and a server: one end of it, which it owns. */
export interface Transport {
  /** Who speaks here, in message events and log lines. */
  readonly processName: string;
  /** What reduces the rights of handles that come; undefined where none can come. */
  readonly handleOwner: HandleOwner | undefined;
  readonly isOpen: boolean;

  /**
   * Calls `received` for each message, in order, until the transport is closed or `received` closes it. Resolves with why it
   * ended: PEER_CLOSED, once all that was sent has been received, or CANCELED when it was closed at this end. Never rejects.
   */
  receive(received: (message: IncomingMessage) => void): Promise<ZxError>;

  /** Sends a message and its handles, which are gone afterwards in any case. PEER_CLOSED where that is known. */
  send(message: OutgoingMessage): void;

  /** Idempotent. A `receive` in progress ends. */
  close(): void;

  /** Closes handles of messages, whatever they are: what cannot be closed was not ours, or is gone with the process. */
  closeHandles(handles: readonly Handle[]): void;

  /** What a handle is, for message events: `vmo "edu bar 0"`. */
  describeHandle(handle: Handle): string;

  /** Nanoseconds of the clock that `deadline` of a call is on. */
  now(): number;

  /** Calls `ring` once the clock has reached `deadline`, unless the function that is returned is called before. */
  alarm(deadline: number, ring: () => void): () => void;
}
