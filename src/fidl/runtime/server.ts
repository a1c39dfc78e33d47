import { isStatus, ZxError } from "../../zx/error.ts";
import { hex } from "../../zx/pages.ts";
import { Status } from "../../zx/status.ts";
import { stackOf } from "./client.ts";
import type { Decoder } from "./decoder.ts";
import { DomainError, FidlError, toZxError } from "./errors.ts";
import { Link } from "./link.ts";
import {
  decodeHeader,
  decodeRequest,
  encodeEpitaph,
  encodeEvent,
  encodeResponse,
  encodeUnknownMethod,
  type Header,
  isOf,
  ordinalOf,
} from "./message.ts";
import type { Event, Method } from "./method.ts";
import { noteOf, noteOfEpitaph, noteOfResponse, noteOfUnknownMethod } from "./note.ts";
import type {
  Binding,
  ConnectionOptions,
  EventSender,
  ProtocolDefinition,
  ServerMethod,
} from "./protocol.ts";
import { type Result, status } from "./result.ts";
import type { IncomingMessage, Transport } from "./transport.ts";

/**
 * The server's end of a connection. Requests are started in the order in which they come; their answers go out as they are
 * ready.
 *
 * A message that breaks the rules (an ordinal that must be known and is not, a transaction id where none belongs, a malformed
 * body) ends the connection with an epitaph that says so. An error of the implementation becomes the answer of a method
 * declared with such an error, and otherwise ends the connection.
 */
export class ServerBinding<Server, Events> implements Binding<Events>, EventSender {
  readonly closed: Promise<ZxError | undefined>;
  readonly events: Events;
  readonly #protocol: ProtocolDefinition<unknown, Server, Events>;
  readonly #implementation: Server;
  readonly #options: ConnectionOptions;
  readonly #link: Link;
  #reason: ZxError | undefined;

  constructor(
    transport: Transport,
    protocol: ProtocolDefinition<unknown, Server, Events>,
    implementation: Server,
    options: ConnectionOptions,
  ) {
    this.#protocol = protocol;
    this.#implementation = implementation;
    this.#options = options;
    this.#link = new Link(transport, options);
    this.events = protocol.events?.(this) as Events;
    this.closed = this.#serve();
  }

  close(epitaph?: number): void {
    const { name } = this.#protocol;
    if (epitaph !== undefined && this.#link.transport.isOpen) {
      try {
        this.#link.send(encodeEpitaph, epitaph, undefined, undefined, () => noteOfEpitaph(name, epitaph));
      } catch (error) {
        // A client that is gone needs no epitaph.
        if (!isOver(error)) this.#link.logError(name, `no epitaph: ${String(error)}`);
      }
    }
    this.#link.transport.close();
  }

  send<Payload>(event: Event<Payload>, payload: Payload): void {
    try {
      this.#link.send(encodeEvent, event, payload, undefined, () => noteOf(event, "event", 0, payload));
    } catch (error) {
      if (!isOver(error)) throw error;
    }
  }

  async #serve(): Promise<ZxError | undefined> {
    const end = await this.#link.receive((message, decoder) => {
      try {
        this.#dispatch(message, decoder);
      } catch (error) {
        this.#link.closeMessage(message);
        this.#fail(toZxError(error));
      }
    });
    this.#link.transport.close();
    return this.#reason ?? (isStatus(end, "PEER_CLOSED") || isStatus(end, "CANCELED") ? undefined : end);
  }

  #dispatch(message: IncomingMessage, decoder: Decoder): void {
    const header = decodeHeader(decoder);
    const entry = this.#entryOf(header);
    if (entry === undefined) {
      this.#unknown(message, header);
      return;
    }
    const { method } = entry;
    const { txid } = header;
    if ((txid === 0) !== (method.kind === "oneWay")) {
      const detail = txid === 0 ? "came without a transaction id" : `came with the transaction id ${txid}`;
      throw new FidlError("INVALID_HEADER", `${method.name} ${detail}`, 0);
    }
    const request = decodeRequest(decoder, method);
    this.#link.noteReceived(message, () => noteOf(method, "request", txid, request));
    if (decoder.discarded.length > 0) this.#link.transport.closeHandles(decoder.discarded);
    this.#answer(entry, txid, request);
  }

  #entryOf(header: Header): ServerMethod<Server, Events> | undefined {
    for (const entry of this.#protocol.methods) if (isOf(entry.method, header)) return entry.call && entry;
    return undefined;
  }

  /** A request that nobody knows: whether the two ends may go on is the protocol's to say, and the header's. */
  #unknown(message: IncomingMessage, header: Header): void {
    const { name, openness = "closed" } = this.#protocol;
    const kind = header.txid === 0 ? "oneWay" : "twoWay";
    const mayGoOn = header.flexible && (openness === "open" || (openness === "ajar" && kind === "oneWay"));
    const ordinal = ordinalOf(header);
    if (!mayGoOn) throw new ZxError("NOT_SUPPORTED", `${name} has no method with ordinal ${hex(ordinal)}`);
    this.#link.closeMessage(message);
    if (kind === "twoWay") {
      const note = () => noteOfUnknownMethod(`${name}.(${hex(ordinal)})`, header.txid);
      this.#sendOrEnd(() => this.#link.send(encodeUnknownMethod, header, undefined, undefined, note));
    }
    this.#options.onUnknown?.({ kind, ordinal });
  }

  #answer(entry: ServerMethod<Server, Events>, txid: number, request: unknown): void {
    const { method, call } = entry;
    let answer: unknown;
    try {
      answer = call!(this.#implementation, request, this);
    } catch (error) {
      this.#answerError(method, txid, error);
      return;
    }
    if (!isThenable(answer)) {
      this.#answerValue(entry, txid, answer);
      return;
    }
    answer.then(
      (value) => this.#answerValue(entry, txid, value),
      (error) => this.#answerError(method, txid, error),
    );
  }

  #answerValue({ method, wrap }: ServerMethod<Server, Events>, txid: number, value: unknown): void {
    if (method.kind === "oneWay") return;
    let response = value;
    try {
      if (wrap !== undefined) response = wrap(value);
    } catch (error) {
      this.#answerError(method, txid, error);
      return;
    }
    this.#respond(method, txid, { kind: "response", response });
  }

  #answerError(method: Method, txid: number, error: unknown): void {
    if (method.kind === "twoWay") {
      if (method.error === status && !(error instanceof DomainError)) {
        this.#logBug(method, error);
        const { status: code } = toZxError(error);
        this.#respond(method, txid, { kind: "err", err: code === Status.OK ? Status.INTERNAL : code });
        return;
      }
      if (method.error !== undefined && error instanceof DomainError) {
        this.#respond(method, txid, { kind: "err", err: error.value });
        return;
      }
    }
    this.#logBug(method, error);
    this.#fail(toZxError(error));
  }

  #respond(method: Method, txid: number, result: Result): void {
    const note = () => noteOfResponse(method, txid, result);
    this.#sendOrEnd(
      () => this.#link.send(encodeResponse, method, txid, result, note),
      `${method.name} could not be answered`,
    );
  }

  /** A client that is gone, or an end that is closed (or gone with its process), needs no answer. */
  #sendOrEnd(send: () => void, failure = "no answer could be sent"): void {
    try {
      send();
    } catch (error) {
      if (isOver(error)) return;
      this.#link.logError(this.#protocol.name, `${failure}: ${String(error)}`);
      this.#fail(new ZxError("INTERNAL", failure, { cause: error }));
    }
  }

  /** An error that is no ZxError was nobody's intention. */
  #logBug(method: Method, error: unknown): void {
    if (error instanceof ZxError) return;
    this.#link.logError(this.#protocol.name, `${method.name} failed: ${stackOf(error)}`);
  }

  #fail(reason: ZxError): void {
    if (!this.#link.transport.isOpen) return;
    this.#reason = reason;
    this.close(reason.status);
  }
}

function isOver(error: unknown): boolean {
  return isStatus(error, "PEER_CLOSED") || isStatus(error, "CANCELED") || isStatus(error, "BAD_STATE");
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}
