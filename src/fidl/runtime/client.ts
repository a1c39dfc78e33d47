import { ZxError } from "../../zx/error.ts";
import { hex } from "../../zx/pages.ts";
import { Status, statusName } from "../../zx/status.ts";
import type { Decoder } from "./decoder.ts";
import { DomainError, FidlError, toZxError } from "./errors.ts";
import { Link } from "./link.ts";
import {
  decodeEpitaph,
  decodeEvent,
  decodeHeader,
  decodeResponse,
  encodeRequest,
  type Header,
  isEpitaph,
  isOf,
  MAX_TXID,
  ordinalOf,
} from "./message.ts";
import type { Event, Method, OneWay, TwoWay } from "./method.ts";
import { noteOf, noteOfEpitaph, noteOfResponse } from "./note.ts";
import type { CallOptions, ConnectionOptions, ProtocolInfo } from "./protocol.ts";
import { type Result, status } from "./result.ts";
import type { IncomingMessage, Transport } from "./transport.ts";

/** Why no more calls can be made. */
interface End {
  readonly status: number;
  readonly why: string;
  readonly cause?: ZxError;
}

/**
 * The client's end of a connection: any number of calls in flight, told apart by transaction id.
 *
 * A call fails with the error that the server answered (methods with `error`), with NOT_SUPPORTED where the server does not know a
 * flexible method, with INVALID_ARGS (`FidlError`) when a message breaks the wire format, with TIMED_OUT and CANCELED as its options
 * ask, and with the epitaph's status or PEER_CLOSED when the server hangs up.
 */
export class ClientCore {
  readonly #protocol: ProtocolInfo;
  readonly #options: ConnectionOptions;
  readonly #link: Link;
  readonly #pending = new Map<number, PendingCall>();
  readonly #listeners = new Map<Method, (payload: unknown) => void>();
  #lastTxid = 0;
  #end: End | undefined;

  constructor(transport: Transport, protocol: ProtocolInfo, options: ConnectionOptions) {
    this.#protocol = protocol;
    this.#options = options;
    this.#link = new Link(transport, options);
    void this.#receive();
  }

  /** Calls a method. Handles in `request` are gone, also if the call fails. */
  call<Request, Response>(
    method: TwoWay<Request, Response>,
    request: Request,
    options?: CallOptions,
  ): Promise<Response> {
    return new Promise<unknown>((resolve, reject) => {
      const txid = this.#nextTxid();
      const call = new PendingCall(method, request, resolve, reject);
      if (this.#end !== undefined || options?.signal?.aborted) {
        this.#link.drop(encodeRequest, method, txid, request);
        call.reject(this.#end === undefined ? aborted(call, options!.signal!) : this.#endOf(call));
        return;
      }
      this.#pending.set(txid, call);
      try {
        this.#link.send(encodeRequest, method, txid, request, () => noteOf(method, "request", txid, request));
      } catch (error) {
        // If the peer is gone there may be an epitaph to read: the call then ends with the connection.
        if (!(error instanceof ZxError && error.status === Status.PEER_CLOSED)) {
          this.#pending.delete(txid);
          call.reject(error);
          return;
        }
      }
      if (options !== undefined) this.#limit(call, options);
    }) as Promise<Response>;
  }

  /** Sends a message that has no answer. Throws PEER_CLOSED or what the connection ended with; what cannot be encoded. */
  send<Request>(method: OneWay<Request>, request: Request): void {
    if (this.#end !== undefined) {
      this.#link.drop(encodeRequest, method, 0, request);
      throw new ZxError(this.#end.status, `${method.name}: ${this.#end.why}`);
    }
    this.#link.send(encodeRequest, method, 0, request, () => noteOf(method, "request", 0, request));
  }

  /**
   * Calls `listener` for each event of a kind from now on, in place of the listener before, until the function that is returned is
   * called. Handles in the payload are the listener's. Events without a listener are dropped.
   */
  on<Payload>(event: Event<Payload>, listener: (payload: Payload) => void): () => void {
    const entry = listener as (payload: unknown) => void;
    this.#listeners.set(event, entry);
    return () => {
      if (this.#listeners.get(event) === entry) this.#listeners.delete(event);
    };
  }

  /** Closes the channel; calls in flight fail with CANCELED. Idempotent. */
  close(): void {
    this.#finish({ status: Status.CANCELED, why: "the client was closed" });
  }

  #nextTxid(): number {
    do this.#lastTxid = this.#lastTxid === MAX_TXID ? 1 : this.#lastTxid + 1;
    while (this.#pending.has(this.#lastTxid));
    return this.#lastTxid;
  }

  /** A call that is given up keeps its transaction id: its answer may still come, and is then dropped. */
  #limit(call: PendingCall, { deadline, signal }: CallOptions): void {
    if (signal !== undefined) {
      const abort = () => call.reject(aborted(call, signal));
      signal.addEventListener("abort", abort);
      call.onSettled(() => signal.removeEventListener("abort", abort));
    }
    if (deadline === undefined) return;
    try {
      const ring = () =>
        call.reject(new ZxError("TIMED_OUT", `${call}: no answer by the deadline, ${deadline} ns`));
      call.onSettled(this.#link.transport.alarm(deadline, ring));
    } catch (error) {
      call.reject(error);
    }
  }

  async #receive(): Promise<void> {
    const reason = await this.#link.receive((message, decoder) => {
      try {
        this.#dispatch(message, decoder);
      } catch (error) {
        this.#link.closeMessage(message);
        const cause = toZxError(error);
        this.#finish({
          status: cause.status,
          why: `the server's message is invalid (${cause.detail})`,
          cause,
        });
      }
    });
    const why = reason.status === Status.PEER_CLOSED ? "the server hung up" : reason.detail;
    this.#finish({ status: reason.status, why });
  }

  #dispatch(message: IncomingMessage, decoder: Decoder): void {
    const header = decodeHeader(decoder);
    if (isEpitaph(header)) this.#hungUp(message, decodeEpitaph(decoder));
    else if (header.txid === 0) this.#dispatchEvent(message, decoder, header);
    else this.#dispatchResponse(message, decoder, header);
  }

  #dispatchResponse(message: IncomingMessage, decoder: Decoder, header: Header): void {
    const { txid } = header;
    const call = this.#pending.get(txid);
    if (call === undefined || !isOf(call.method, header)) {
      const detail = `ordinal ${hex(ordinalOf(header))}, transaction ${txid}: no such call is in flight`;
      throw new FidlError("UNKNOWN_TXID", detail);
    }
    const { method } = call;
    const result = decodeResponse(decoder, method);
    this.#link.noteReceived(message, () => noteOfResponse(method, txid, result));
    this.#pending.delete(txid);
    if (call.isSettled) {
      this.#link.closeMessage(message);
      return;
    }
    this.#closeDiscarded(decoder);
    if (result.kind === "response") call.resolve(result.response);
    else call.reject(errorOf(call, result));
  }

  #dispatchEvent(message: IncomingMessage, decoder: Decoder, header: Header): void {
    const { name, openness, methods } = this.#protocol;
    const event = methods.find((method) => method.kind === "event" && isOf(method, header));
    if (event === undefined) {
      const ordinal = ordinalOf(header);
      if (openness === "closed" || !header.flexible) {
        throw new FidlError("UNKNOWN_ORDINAL", `${name} has no event with ordinal ${hex(ordinal)}`);
      }
      this.#link.closeMessage(message);
      this.#options.onUnknown?.({ kind: "event", ordinal });
      return;
    }
    const body = decodeEvent(decoder, event);
    this.#link.noteReceived(message, () => noteOf(event, "event", 0, body));
    const listener = this.#listeners.get(event);
    if (listener === undefined) {
      this.#link.closeMessage(message);
      return;
    }
    this.#closeDiscarded(decoder);
    try {
      listener(body);
    } catch (error) {
      this.#link.logError(name, `a listener of ${event.name} failed: ${stackOf(error)}`);
    }
  }

  #closeDiscarded(decoder: Decoder): void {
    if (decoder.discarded.length > 0) this.#link.transport.closeHandles(decoder.discarded);
  }

  #hungUp(message: IncomingMessage, epitaph: number): void {
    this.#link.noteReceived(message, () => noteOfEpitaph(this.#protocol.name, epitaph));
    const why = `the server hung up with the epitaph ${statusName(epitaph)}`;
    this.#finish({ status: epitaph === Status.OK ? Status.PEER_CLOSED : epitaph, why });
  }

  #finish(end: End): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.#link.transport.close();
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const call of pending) call.reject(this.#endOf(call));
  }

  #endOf(call: PendingCall): ZxError {
    const { status, why, cause } = this.#end!;
    return new ZxError(status, `${call}: ${why}`, cause && { cause });
  }
}

/** A call that waits for its answer. The first of what happens to it counts. */
class PendingCall {
  readonly method: Method;
  readonly #request: unknown;
  readonly #resolve: (response: unknown) => void;
  readonly #reject: (error: unknown) => void;
  #onSettled: (() => void)[] | undefined;
  isSettled = false;

  constructor(
    method: Method,
    request: unknown,
    resolve: (response: unknown) => void,
    reject: (error: unknown) => void,
  ) {
    this.method = method;
    this.#request = request;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  onSettled(act: () => void): void {
    if (this.isSettled) act();
    else if (this.#onSettled === undefined) this.#onSettled = [act];
    else this.#onSettled.push(act);
  }

  resolve(response: unknown): void {
    if (this.#settle()) this.#resolve(response);
  }

  reject(error: unknown): void {
    if (this.#settle()) this.#reject(error);
  }

  /** `fuchsia.hardware.pci/Device.GetBar(barId 6)`. */
  toString(): string {
    const args = Object.entries(this.#request ?? {}).map(([name, value]) => `${name} ${shortValue(value)}`);
    return `${this.method.name}(${args.join(", ")})`;
  }

  #settle(): boolean {
    if (this.isSettled) return false;
    this.isSettled = true;
    for (const act of this.#onSettled ?? []) act();
    return true;
  }
}

function errorOf(call: PendingCall, result: Exclude<Result, { kind: "response" }>): ZxError {
  if (result.kind === "frameworkErr") {
    return new ZxError("NOT_SUPPORTED", `${call}: the server does not know this method`);
  }
  const { err } = result;
  if (call.method.error === status) return new ZxError(err as number, `${call}: the server's answer`);
  return new DomainError(err, `${call}: the server answered with its error ${shortValue(err)}`);
}

function aborted(call: PendingCall, signal: AbortSignal): ZxError {
  return new ZxError("CANCELED", `${call}: the call was aborted`, { cause: signal.reason });
}

export function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function shortValue(value: unknown): string {
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  return typeof value === "object" && value !== null ? "{...}" : String(value);
}
