import type { Handle } from "../../zx/constants.ts";
import { isStatus, ZxError } from "../../zx/error.ts";
import { Status, statusName } from "../../zx/status.ts";
import type { ChannelMessageEtc, Zx } from "../../zx/syscalls.ts";
import { MessageChannel } from "./channel.ts";
import { FidlError } from "./errors.ts";
import {
  decodeEpitaph,
  decodeHeader,
  decodeResponse,
  EPITAPH_ORDINAL,
  encodeRequest,
  MAX_TXID,
  type Result,
} from "./message.ts";
import type { ConnectionOptions, Method } from "./protocol.ts";

interface PendingCall {
  readonly method: Method<unknown, unknown>;
  readonly request: unknown;
  readonly resolve: (response: unknown) => void;
  readonly reject: (error: ZxError) => void;
}

/** Why no more calls can be made. */
interface End {
  readonly status: number;
  readonly why: string;
  readonly cause?: ZxError;
}

/**
 * The client's end of a connection: any number of calls in flight, told apart by transaction id.
 *
 * A call fails with the status that the server answered (methods with `error`), with INVALID_ARGS (`FidlError`) when a
 * message breaks the wire format, and with the epitaph's status or PEER_CLOSED when the server hangs up.
 */
export class ClientCore {
  readonly #protocol: string;
  readonly #channel: MessageChannel;
  readonly #pending = new Map<number, PendingCall>();
  #lastTxid = 0;
  #end: End | undefined;

  constructor(zx: Zx, channel: Handle, protocol: string, options: ConnectionOptions) {
    this.#protocol = protocol;
    this.#channel = new MessageChannel(zx, channel, options);
    void this.#receive();
  }

  call<Request, Response>(method: Method<Request, Response>, request: Request): Promise<Response> {
    return new Promise<unknown>((resolve, reject) => {
      const txid = this.#nextTxid();
      const message = encodeRequest(method, txid, request);
      const pending: PendingCall = { method: method as Method<unknown, unknown>, request, resolve, reject };
      if (this.#end !== undefined) {
        this.#channel.closeHandles(message.handles);
        reject(this.#endOf(pending));
        return;
      }
      this.#pending.set(txid, pending);
      try {
        this.#channel.send(message, () => ({ method: method.name, what: "request", txid, body: request }));
      } catch (error) {
        // The epitaph, if there is one, is still to be read: the call ends with the connection.
        if (isStatus(error, "PEER_CLOSED")) return;
        this.#pending.delete(txid);
        reject(error);
      }
    }) as Promise<Response>;
  }

  close(): void {
    this.#finish({ status: Status.CANCELED, why: "the client was closed" });
  }

  #nextTxid(): number {
    do this.#lastTxid = this.#lastTxid === MAX_TXID ? 1 : this.#lastTxid + 1;
    while (this.#pending.has(this.#lastTxid));
    return this.#lastTxid;
  }

  async #receive(): Promise<void> {
    const reason = await this.#channel.receive((message) => {
      try {
        this.#dispatch(message);
      } catch (error) {
        this.#channel.closeMessage(message);
        const cause =
          error instanceof ZxError ? error : new ZxError("INTERNAL", String(error), { cause: error });
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

  #dispatch(message: ChannelMessageEtc): void {
    const { txid, ordinal } = decodeHeader(message.bytes);
    if (ordinal === EPITAPH_ORDINAL && txid === 0) {
      const status = decodeEpitaph(message.bytes, message.handles);
      const method = this.#protocol;
      this.#channel.noteReceived(message, () => ({
        method,
        what: "epitaph",
        txid,
        body: { error: statusName(status) },
      }));
      const why = `the server hung up with the epitaph ${statusName(status)}`;
      this.#finish({ status: status === Status.OK ? Status.PEER_CLOSED : status, why });
      return;
    }
    const pending = this.#pending.get(txid);
    if (pending === undefined || pending.method.ordinal !== ordinal) {
      throw new FidlError(
        "UNKNOWN_TXID",
        `ordinal 0x${ordinal.toString(16)}, transaction ${txid}: no such call is in flight`,
      );
    }
    const { value, discarded } = decodeResponse(pending.method, message.bytes, message.handles);
    const { name } = pending.method;
    this.#channel.noteReceived(message, () => ({
      method: name,
      what: "response",
      txid,
      body: bodyOf(value),
    }));
    this.#channel.closeHandles(discarded);
    this.#pending.delete(txid);
    if ("response" in value) pending.resolve(value.response);
    else pending.reject(new ZxError(value.error, `${describeCall(pending)}: the server's answer`));
  }

  #finish(end: End): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.#channel.close();
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const call of pending) call.reject(this.#endOf(call));
  }

  #endOf(call: PendingCall): ZxError {
    const { status, why, cause } = this.#end!;
    return new ZxError(status, `${describeCall(call)}: ${why}`, cause && { cause });
  }
}

/** What message events show of a result. */
export function bodyOf(result: Result<unknown>): unknown {
  return "response" in result ? result.response : { error: statusName(result.error) };
}

/** `fuchsia.hardware.pci/Device.GetBar(barId 6)`. */
function describeCall({ method, request }: PendingCall): string {
  const args = Object.entries(request ?? {}).map(([name, value]) => `${name} ${shortValue(value)}`);
  return `${method.name}(${args.join(", ")})`;
}

function shortValue(value: unknown): string {
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  return typeof value === "object" && value !== null ? "{...}" : String(value);
}
