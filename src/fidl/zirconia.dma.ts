// Generated from zirconia.dma.fidl by zirconia fidl compile; do not edit.
/**
 * The FIDL library `zirconia.dma`.
 *
 * What the driver of a DMA controller offers for its own proof: memory that it copies.
 */
import {
  type Binding,
  bytes,
  type CallOptions,
  type ClientCore,
  type Connection,
  defineProtocol,
  type MaybePromise,
  serverMethod,
  status,
  struct,
  twoWay,
} from "./runtime/index.ts";

/** Bytes of one copy. */
export const MAX_DATA = 4096;

interface CopierCopyRequest {
  readonly data: Uint8Array;
}
const BYTES_4096 = bytes(4096);
const COPIER_COPY_REQUEST = struct<CopierCopyRequest>(
  "zirconia.dma/CopierCopyRequest",
  { data: BYTES_4096 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "zirconia.dma/CopierCopyRequest")) return;
      BYTES_4096.encode(e, o, v.data);
    },
    decode(d, o) {
      return { data: BYTES_4096.decode(d, o) };
    },
  },
);

interface CopierCopyResponse {
  readonly data: Uint8Array;
}
const COPIER_COPY_RESPONSE = struct<CopierCopyResponse>(
  "zirconia.dma/Copier_Copy_Response",
  { data: BYTES_4096 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "zirconia.dma/Copier_Copy_Response")) return;
      BYTES_4096.encode(e, o, v.data);
    },
    decode(d, o) {
      return { data: BYTES_4096.decode(d, o) };
    },
  },
);
const COPIER_COPY = twoWay<CopierCopyRequest, CopierCopyResponse>({
  name: "zirconia.dma/Copier.Copy",
  ordinal: 0x0ad1c71b754b61afn,
  request: COPIER_COPY_REQUEST,
  response: COPIER_COPY_RESPONSE,
  error: status,
});

/** `zirconia.dma/Copier` as its client sees it. Calls reject with a ZxError. */
export interface CopierClient extends Connection {
  /**
   * Has the controller copy `data` from one place in RAM to another, and answers with what arrived there.
   *
   * Errors:
   * * INVALID_ARGS: no data.
   * * TIMED_OUT: the interrupt did not come.
   * * IO: the controller reports an error.
   */
  copy(data: Uint8Array, options?: CallOptions): Promise<Uint8Array>;
}

/** `zirconia.dma/Copier` as a server implements it: throws a ZxError to answer with an error. */
export interface CopierServer {
  copy(data: Uint8Array, binding: Binding): MaybePromise<Uint8Array>;
}

class CopierProxy implements CopierClient {
  readonly #core: ClientCore;

  constructor(core: ClientCore) {
    this.#core = core;
  }

  async copy(data: Uint8Array, options?: CallOptions): Promise<Uint8Array> {
    return (await this.#core.call(COPIER_COPY, { data }, options)).data;
  }
  close(): void {
    this.#core.close();
  }
  [Symbol.dispose](): void {
    this.#core.close();
  }
}

export const Copier = defineProtocol<CopierClient, CopierServer, unknown, "zirconia.dma/Copier">({
  name: "zirconia.dma/Copier",
  service: "zirconia.dma.Service",
  openness: "closed",
  client: (core) => new CopierProxy(core),
  methods: [
    serverMethod(
      COPIER_COPY,
      (server, { data }, binding) => server.copy(data, binding),
      (data) => ({ data }),
    ),
  ],
});

export const Service = {
  name: "zirconia.dma.Service",
  members: { copier: Copier },
} as const;
