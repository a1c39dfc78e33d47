// Generated from zirconia.crc.fidl by zirconia fidl compile; do not edit.
/**
 * The FIDL library `zirconia.crc`.
 *
 * What the driver of the CRC engine offers, our device with two register regions.
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
  uint32,
} from "./runtime/index.ts";

/** Bytes of the engine's buffer. */
export const MAX_DATA = 1024;

interface EngineComputeRequest {
  readonly data: Uint8Array;
}
const BYTES_1024 = bytes(1024);
const ENGINE_COMPUTE_REQUEST = struct<EngineComputeRequest>(
  "zirconia.crc/EngineComputeRequest",
  { data: BYTES_1024 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "zirconia.crc/EngineComputeRequest")) return;
      BYTES_1024.encode(e, o, v.data);
    },
    decode(d, o) {
      return { data: BYTES_1024.decode(d, o) };
    },
  },
);

interface EngineComputeResponse {
  readonly crc: number;
}
const ENGINE_COMPUTE_RESPONSE = struct<EngineComputeResponse>(
  "zirconia.crc/Engine_Compute_Response",
  { crc: uint32 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "zirconia.crc/Engine_Compute_Response")) return;
      e.uint32(o, v.crc);
    },
    decode(d, o) {
      return { crc: d.uint32(o) };
    },
  },
);
const ENGINE_COMPUTE = twoWay<EngineComputeRequest, EngineComputeResponse>({
  name: "zirconia.crc/Engine.Compute",
  ordinal: 0x0a15ea0c8753e46an,
  request: ENGINE_COMPUTE_REQUEST,
  response: ENGINE_COMPUTE_RESPONSE,
  error: status,
});

/** `zirconia.crc/Engine` as its client sees it. Calls reject with a ZxError. */
export interface EngineClient extends Connection {
  /**
   * The CRC-32 of `data` (ISO 3309, as in Ethernet and zip), as the device computes it.
   *
   * Errors:
   * * TIMED_OUT: its interrupt did not come.
   */
  compute(data: Uint8Array, options?: CallOptions): Promise<number>;
}

/** `zirconia.crc/Engine` as a server implements it: throws a ZxError to answer with an error. */
export interface EngineServer {
  compute(data: Uint8Array, binding: Binding): MaybePromise<number>;
}

class EngineProxy implements EngineClient {
  readonly #core: ClientCore;

  constructor(core: ClientCore) {
    this.#core = core;
  }

  async compute(data: Uint8Array, options?: CallOptions): Promise<number> {
    return (await this.#core.call(ENGINE_COMPUTE, { data }, options)).crc;
  }
  close(): void {
    this.#core.close();
  }
  [Symbol.dispose](): void {
    this.#core.close();
  }
}

export const Engine = defineProtocol<EngineClient, EngineServer, unknown, "zirconia.crc/Engine">({
  name: "zirconia.crc/Engine",
  service: "zirconia.crc.Service",
  openness: "closed",
  client: (core) => new EngineProxy(core),
  methods: [
    serverMethod(
      ENGINE_COMPUTE,
      (server, { data }, binding) => server.compute(data, binding),
      (crc) => ({ crc }),
    ),
  ],
});

export const Service = {
  name: "zirconia.crc.Service",
  members: { engine: Engine },
} as const;
