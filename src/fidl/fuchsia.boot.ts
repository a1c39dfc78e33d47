// Generated from fuchsia.boot.fidl by zirconia fidl compile; do not edit.
/**
 * The FIDL library `fuchsia.boot`.
 *
 * What the boot loader has left for the system.
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
  optional,
  serverMethod,
  struct,
  twoWay,
  uint32,
} from "./runtime/index.ts";

interface ItemsGetRequest {
  readonly type: number;
  readonly extra: number;
}
const ITEMS_GET_REQUEST = struct<ItemsGetRequest>(
  "fuchsia.boot/ItemsGetRequest",
  { type: uint32, extra: uint32 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.boot/ItemsGetRequest")) return;
      e.uint32(o, v.type);
      e.uint32(o + 4, v.extra);
    },
    decode(d, o) {
      return { type: d.uint32(o), extra: d.uint32(o + 4) };
    },
  },
);

export interface ItemsGetResponse {
  readonly payload: Handle | undefined;
  /** In bytes; the VMO has whole pages. */
  readonly length: number;
}
const HANDLE_VMO = handle(3);
const OPTIONAL_HANDLE_VMO = optional(HANDLE_VMO);
const ITEMS_GET_RESPONSE = struct<ItemsGetResponse>(
  "fuchsia.boot/ItemsGetResponse",
  { payload: OPTIONAL_HANDLE_VMO, length: uint32 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.boot/ItemsGetResponse")) return;
      OPTIONAL_HANDLE_VMO.encode(e, o, v.payload);
      e.uint32(o + 4, v.length);
    },
    decode(d, o) {
      return { payload: OPTIONAL_HANDLE_VMO.decode(d, o), length: d.uint32(o + 4) };
    },
  },
);
const ITEMS_GET = twoWay<ItemsGetRequest, ItemsGetResponse>({
  name: "fuchsia.boot/Items.Get",
  ordinal: 0x542db3f176641edcn,
  request: ITEMS_GET_REQUEST,
  response: ITEMS_GET_RESPONSE,
});

/**
 * `fuchsia.boot/Items` as its client sees it. Calls reject with a ZxError.
 *
 * Boot items, by the types of the header `zbi.h`.
 */
export interface ItemsClient extends Connection {
  /** The item of a type; `extra` tells items of one type apart. Without a payload there is none. */
  get(type: number, extra: number, options?: CallOptions): Promise<ItemsGetResponse>;
}

/** `fuchsia.boot/Items` as a server implements it: throws a ZxError to answer with an error. */
export interface ItemsServer {
  get(type: number, extra: number, binding: Binding): MaybePromise<ItemsGetResponse>;
}

class ItemsProxy implements ItemsClient {
  readonly #core: ClientCore;

  constructor(core: ClientCore) {
    this.#core = core;
  }

  get(type: number, extra: number, options?: CallOptions): Promise<ItemsGetResponse> {
    return this.#core.call(ITEMS_GET, { type, extra }, options);
  }
  close(): void {
    this.#core.close();
  }
  [Symbol.dispose](): void {
    this.#core.close();
  }
}

/** Boot items, by the types of the header `zbi.h`. */
export const Items = defineProtocol<ItemsClient, ItemsServer, unknown, "fuchsia.boot/Items">({
  name: "fuchsia.boot/Items",
  openness: "closed",
  client: (core) => new ItemsProxy(core),
  methods: [serverMethod(ITEMS_GET, (server, { type, extra }, binding) => server.get(type, extra, binding))],
});
