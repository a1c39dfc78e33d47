// Generated from fuchsia.hardware.interrupt.fidl by zirconia fidl compile; do not edit.
/**
 * The FIDL library `fuchsia.hardware.interrupt`.
 *
 * An interrupt as a thing of its own, for drivers that get each of theirs from another parent.
 */
import {
  type Binding,
  type CallOptions,
  type ClientCore,
  type Connection,
  defineProtocol,
  type Handle,
  handle,
  type MaybePromise,
  serverMethod,
  status,
  struct,
  twoWay,
} from "./runtime/index.ts";

interface ProviderGetResponse {
  readonly interrupt: Handle;
}
const HANDLE_INTERRUPT = handle(9);
const PROVIDER_GET_RESPONSE = struct<ProviderGetResponse>(
  "fuchsia.hardware.interrupt/Provider_Get_Response",
  { interrupt: HANDLE_INTERRUPT },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.interrupt/Provider_Get_Response")) return;
      HANDLE_INTERRUPT.encode(e, o, v.interrupt);
    },
    decode(d, o) {
      return { interrupt: HANDLE_INTERRUPT.decode(d, o) };
    },
  },
);
const PROVIDER_GET = twoWay<void, ProviderGetResponse>({
  name: "fuchsia.hardware.interrupt/Provider.Get",
  ordinal: 0x5fbb6de837a31812n,
  response: PROVIDER_GET_RESPONSE,
  error: status,
});

/** `fuchsia.hardware.interrupt/Provider` as its client sees it. Calls reject with a ZxError. */
export interface ProviderClient extends Connection {
  /** The interrupt that this provider stands for. */
  get(options?: CallOptions): Promise<Handle>;
}

/**
 * `fuchsia.hardware.interrupt/Provider` as a server implements it: throws a ZxError to answer with an error.
 */
export interface ProviderServer {
  get(binding: Binding): MaybePromise<Handle>;
}

class ProviderProxy implements ProviderClient {
  readonly #core: ClientCore;

  constructor(core: ClientCore) {
    this.#core = core;
  }

  async get(options?: CallOptions): Promise<Handle> {
    return (await this.#core.call(PROVIDER_GET, undefined, options)).interrupt;
  }
  close(): void {
    this.#core.close();
  }
  [Symbol.dispose](): void {
    this.#core.close();
  }
}

export const Provider = defineProtocol<
  ProviderClient,
  ProviderServer,
  unknown,
  "fuchsia.hardware.interrupt/Provider"
>({
  name: "fuchsia.hardware.interrupt/Provider",
  service: "fuchsia.hardware.interrupt.Service",
  openness: "closed",
  client: (core) => new ProviderProxy(core),
  methods: [
    serverMethod(
      PROVIDER_GET,
      (server, _, binding) => server.get(binding),
      (interrupt) => ({ interrupt }),
    ),
  ],
});

export const Service = {
  name: "fuchsia.hardware.interrupt.Service",
  members: { provider: Provider },
} as const;
