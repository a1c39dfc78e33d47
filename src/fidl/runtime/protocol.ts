import type { EventStream } from "../../events/events.ts";
import type { Handle } from "../../zx/constants.ts";
import type { ZxError } from "../../zx/error.ts";
import type { Zx } from "../../zx/syscalls.ts";
import { ClientCore } from "./client.ts";
import type { Codec } from "./codec.ts";
import { ServerBinding } from "./server.ts";

/** A strict two-way method. `Request` and `Response` are the payload structs; undefined where there is none. */
export interface Method<Request, Response> {
  /** `fuchsia.hardware.pci/Device.GetBar`. */
  readonly name: string;
  /** From SHA-256 of the name, as fidlc computes it. */
  readonly ordinal: bigint;
  readonly request: Codec<Request> | undefined;
  readonly response: Codec<Response> | undefined;
  /** Declared with `error zx.Status`. */
  readonly error: boolean;
}

export interface ConnectionOptions {
  /** Every message becomes a `message` event here, built only while somebody listens. */
  readonly events?: EventStream;
  /** What a handle is, for those events (`vmo "edu bar 0"`); by default the kernel is asked. */
  readonly describeHandle?: (handle: Handle) => string;
}

/** The client's end of a connection, which every client has beside its methods. */
export interface Connection extends Disposable {
  /** Closes the channel; calls in flight fail with CANCELED. Idempotent. */
  close(): void;
}

/** The server's end of a connection. */
export interface Binding {
  /** Resolves once the connection is over: with the reason, or undefined where the client hung up or `close` was called. */
  readonly closed: Promise<ZxError | undefined>;
  /** Closes the channel, after an epitaph if a status is given. Answers to requests in progress are dropped. Idempotent. */
  close(epitaph?: number): void;
}

/** What a FIDL `protocol` is to a program: its names, and the two ends of a channel that speaks it. */
export interface Protocol<Client, Server> {
  /** `fuchsia.hardware.pci/Device`. */
  readonly name: string;
  /** The service that has it as a member: `fuchsia.hardware.pci.Service`. */
  readonly service: string;
  readonly methods: readonly Method<unknown, unknown>[];
  /** Speaks the protocol over `channel`, which is consumed. */
  client(zx: Zx, channel: Handle, options?: ConnectionOptions): Client;
  /** Answers requests that come over `channel`, which is consumed. */
  serve(zx: Zx, channel: Handle, implementation: Server, options?: ConnectionOptions): Binding;
}

/** A method as a server meets it: the message's types are hidden in `handle`. */
export interface ServerMethod<Server> {
  readonly method: Method<unknown, unknown>;
  handle(implementation: Server, request: unknown): unknown;
}

/**
 * Joins a method to the function of a server that answers it. `handle` gets the request's payload and returns, or
 * promises, the response's.
 */
export function serverMethod<Server, Request, Response>(
  method: Method<Request, Response>,
  handle: (implementation: Server, request: Request) => Response | Promise<Response>,
): ServerMethod<Server> {
  return {
    method: method as Method<unknown, unknown>,
    handle: (implementation, request) => handle(implementation, request as Request),
  };
}

/** Makes a protocol of the parts that a binding consists of: a client over the core, and a table of methods. */
export function defineProtocol<Client, Server>(definition: {
  readonly name: string;
  readonly service: string;
  readonly client: (core: ClientCore) => Client;
  readonly methods: readonly ServerMethod<Server>[];
}): Protocol<Client, Server> {
  const { name, service, client } = definition;
  const methods = new Map(definition.methods.map((entry) => [entry.method.ordinal, entry]));
  return {
    name,
    service,
    methods: definition.methods.map(({ method }) => method),
    client: (zx, channel, options = {}) => client(new ClientCore(zx, channel, name, options)),
    serve: (zx, channel, implementation, options = {}) =>
      new ServerBinding(zx, channel, name, methods, implementation, options),
  };
}
