import type { IncomingMessage, OutgoingMessage, Transport } from "../../../src/fidl/runtime/index.ts";
import { ZxError } from "../../../src/zx/error.ts";
import type { Handles } from "./attempt.ts";

/** A transport whose other end is a test: it delivers what it likes, and what is sent is gone, with its handles. */
export class FakeTransport implements Transport {
  readonly processName = "fuzz";
  readonly handleOwner: Handles;
  readonly #handles: Handles;
  #received: ((message: IncomingMessage) => void) | undefined;
  #end: ((reason: ZxError) => void) | undefined;

  constructor(handles: Handles) {
    this.handleOwner = handles;
    this.#handles = handles;
  }

  get isOpen(): boolean {
    return this.#received !== undefined;
  }

  receive(received: (message: IncomingMessage) => void): Promise<ZxError> {
    this.#received = received;
    return new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  /** Hands a message over; once the connection is closed its handles are closed, as a channel does. */
  deliver(message: IncomingMessage): void {
    if (this.#received === undefined) this.closeHandles(message.handles.map(({ handle }) => handle));
    else this.#received(message);
  }

  send({ handles, handleCount }: OutgoingMessage): void {
    if (handleCount > 0) this.closeHandles(handles);
    if (!this.isOpen) throw new ZxError("CANCELED", "the transport is closed");
  }

  close(): void {
    this.#received = undefined;
    this.#end?.(new ZxError("CANCELED", "the transport was closed"));
  }

  closeHandles(handles: readonly number[]): void {
    for (const handle of handles) this.#handles.close(handle);
  }

  describeHandle(handle: number): string {
    return `handle ${handle}`;
  }

  now(): number {
    return 0;
  }

  alarm(): () => void {
    return () => {};
  }
}
