import { CHANNEL_MAX_MSG_BYTES, type Handle } from "../../zx/constants.ts";
import { ZxError } from "../../zx/error.ts";
import type { HandleInfo } from "../../zx/syscalls.ts";
import { toZxError } from "./errors.ts";
import type { IncomingMessage, OutgoingMessage, Transport } from "./transport.ts";

/** What is needed of a MessagePort, a browser's or Node's. */
export interface PortLike {
  postMessage(message: unknown, transfer: ArrayBuffer[]): void;
  // biome-ignore lint/suspicious/noExplicitAny: browsers and Node type their events differently.
  addEventListener(type: "message" | "messageerror" | "close", listener: (event: any) => void): void;
  start(): void;
  close(): void;
}

/** What is posted to say that this end closes: not every browser tells a port that its peer is closed. */
const CLOSING = null;

const MAX_TIMEOUT_MS = 0x7fff_ffff;

/**
 * One end of a MessageChannel, between threads or windows: carries values, no handles. Its clock is `performance.now()`.
 *
 * Each message is a Uint8Array of a FIDL message; null says that the other end closes.
 */
export class MessagePortTransport implements Transport {
  readonly processName: string;
  readonly handleOwner = undefined;
  readonly #port: PortLike;
  #isOpen = true;
  #end: ((reason: ZxError) => void) | undefined;

  /** Owns `port` from now on. `processName`: who speaks here, for message events. */
  constructor(port: PortLike, processName = "port") {
    this.#port = port;
    this.processName = processName;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  receive(received: (message: IncomingMessage) => void): Promise<ZxError> {
    return new Promise((resolve) => {
      this.#end = resolve;
      if (!this.#isOpen) {
        resolve(closedHere());
        return;
      }
      this.#port.addEventListener("message", ({ data }: { data: unknown }) => {
        if (!this.#isOpen) return;
        if (data === CLOSING) {
          resolve(peerClosed());
          return;
        }
        try {
          if (!(data instanceof Uint8Array) || data.length > CHANNEL_MAX_MSG_BYTES) {
            throw new ZxError("INVALID_ARGS", "what came over the port is no FIDL message");
          }
          received({ bytes: data, handles: NO_HANDLES });
        } catch (error) {
          resolve(toZxError(error));
        }
      });
      this.#port.addEventListener("messageerror", () => {
        resolve(new ZxError("INVALID_ARGS", "what came over the port cannot be read"));
      });
      this.#port.addEventListener("close", () => resolve(this.#isOpen ? peerClosed() : closedHere()));
      this.#port.start();
    });
  }

  send({ bytes, handleCount }: OutgoingMessage): void {
    if (handleCount > 0) {
      throw new ZxError(
        "NOT_SUPPORTED",
        `a message with ${handleCount} handles: a MessagePort carries values only`,
      );
    }
    if (!this.#isOpen) throw closedHere();
    // A copy of its own: posting a view would copy all the memory behind it.
    const copy = bytes.slice();
    this.#port.postMessage(copy, [copy.buffer]);
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#port.postMessage(CLOSING, []);
    this.#port.close();
    this.#end?.(closedHere());
  }

  /** There are none to close: a number that was to be sent as a handle belongs to whoever gave it. */
  closeHandles(): void {}

  describeHandle(handle: Handle): string {
    return `handle ${handle}`;
  }

  now(): number {
    return Math.round(performance.now() * 1e6);
  }

  alarm(deadline: number, ring: () => void): () => void {
    let timer: ReturnType<typeof setTimeout>;
    const set = () => {
      // Timers take no more than this, and may ring a little early.
      const ms = Math.min(MAX_TIMEOUT_MS, Math.max(0, Math.ceil((deadline - this.now()) / 1e6)));
      timer = setTimeout(() => (this.now() < deadline ? set() : ring()), ms);
    };
    set();
    return () => clearTimeout(timer);
  }
}

const NO_HANDLES: HandleInfo[] = [];

function closedHere(): ZxError {
  return new ZxError("CANCELED", "the port was closed at this end");
}

function peerClosed(): ZxError {
  return new ZxError("PEER_CLOSED", "the port was closed at the other end");
}
