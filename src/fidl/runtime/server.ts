import type { Handle } from "../../zx/constants.ts";
import { isStatus, ZxError } from "../../zx/error.ts";
import { Status, statusName } from "../../zx/status.ts";
import type { ChannelMessageEtc, Zx } from "../../zx/syscalls.ts";
import { MessageChannel } from "./channel.ts";
import { bodyOf } from "./client.ts";
import { FidlError } from "./errors.ts";
import { decodeHeader, decodeRequest, encodeEpitaph, encodeResponse, type Result } from "./message.ts";
import type { Binding, ConnectionOptions, Method, ServerMethod } from "./protocol.ts";

/**
 * The server's end of a connection to a closed protocol. Requests are started in the order in which they come; their answers go
 * out as they are ready.
 *
 * A message that breaks the rules (an unknown ordinal, no transaction id, a malformed body) ends the connection with
 * an epitaph that says so. A ZxError of the implementation becomes the answer of a method declared with `error`.
 */
export class ServerBinding<Server> implements Binding {
  readonly closed: Promise<ZxError | undefined>;
  readonly #protocol: string;
  readonly #methods: ReadonlyMap<bigint, ServerMethod<Server>>;
  readonly #implementation: Server;
  readonly #channel: MessageChannel;
  #reason: ZxError | undefined;

  constructor(
    zx: Zx,
    channel: Handle,
    protocol: string,
    methods: ReadonlyMap<bigint, ServerMethod<Server>>,
    implementation: Server,
    options: ConnectionOptions,
  ) {
    this.#protocol = protocol;
    this.#methods = methods;
    this.#implementation = implementation;
    this.#channel = new MessageChannel(zx, channel, options);
    this.closed = this.#serve();
  }

  close(epitaph?: number): void {
    if (epitaph !== undefined && this.#channel.isOpen) {
      try {
        const body = { error: statusName(epitaph) };
        this.#channel.send(encodeEpitaph(epitaph), () => ({
          method: this.#protocol,
          what: "epitaph",
          txid: 0,
          body,
        }));
      } catch (error) {
        // A client that is gone needs no epitaph.
        if (!isStatus(error, "PEER_CLOSED"))
          this.#channel.logError(this.#protocol, `no epitaph: ${String(error)}`);
      }
    }
    this.#channel.close();
  }

  async #serve(): Promise<ZxError | undefined> {
    const end = await this.#channel.receive((message) => {
      try {
        this.#dispatch(message);
      } catch (error) {
        this.#channel.closeMessage(message);
        this.#fail(toZxError(error));
      }
    });
    this.#channel.close();
    return this.#reason ?? (isStatus(end, "PEER_CLOSED") || isStatus(end, "CANCELED") ? undefined : end);
  }

  #dispatch(message: ChannelMessageEtc): void {
    const { txid, ordinal } = decodeHeader(message.bytes);
    const entry = this.#methods.get(ordinal);
    if (entry === undefined) {
      throw new ZxError(
        "NOT_SUPPORTED",
        `${this.#protocol} has no method with ordinal 0x${ordinal.toString(16)}`,
      );
    }
    const { method } = entry;
    if (txid === 0) throw new FidlError("INVALID_HEADER", `${method.name} came without a transaction id`, 0);
    const { value, discarded } = decodeRequest(method, message.bytes, message.handles);
    this.#channel.noteReceived(message, () => ({ method: method.name, what: "request", txid, body: value }));
    this.#channel.closeHandles(discarded);
    void this.#answer(entry, txid, value);
  }

  async #answer({ method, handle }: ServerMethod<Server>, txid: number, request: unknown): Promise<void> {
    let result: Result<unknown>;
    try {
      result = { response: await handle(this.#implementation, request) };
    } catch (error) {
      if (!(error instanceof ZxError)) {
        const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
        this.#channel.logError(this.#protocol, `${method.name} failed: ${text}`);
      }
      const reason = toZxError(error);
      if (!method.error) return this.#fail(reason);
      result = { error: reason.status === Status.OK ? Status.INTERNAL : reason.status };
    }
    this.#respond(method, txid, result);
  }

  #respond(method: Method<unknown, unknown>, txid: number, result: Result<unknown>): void {
    try {
      const note = () => ({ method: method.name, what: "response", txid, body: bodyOf(result) }) as const;
      this.#channel.send(encodeResponse(method, txid, result), note);
    } catch (error) {
      // The client is gone, or this end is: closed, or with its process.
      if (isStatus(error, "PEER_CLOSED") || isStatus(error, "CANCELED") || isStatus(error, "BAD_STATE"))
        return;
      this.#channel.logError(this.#protocol, `${method.name} could not be answered: ${String(error)}`);
      this.#fail(new ZxError("INTERNAL", `${method.name} could not be answered`, { cause: error }));
    }
  }

  #fail(reason: ZxError): void {
    if (!this.#channel.isOpen) return;
    this.#reason = reason;
    this.close(reason.status);
  }
}

function toZxError(error: unknown): ZxError {
  return error instanceof ZxError ? error : new ZxError("INTERNAL", String(error), { cause: error });
}
