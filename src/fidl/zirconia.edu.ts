// Generated from zirconia.edu.fidl by zirconia fidl compile; do not edit.
/**
 * The FIDL library `zirconia.edu`.
 *
 * What the driver of the educational PCI device (QEMU's `docs/specs/edu.txt`) offers.
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

/** The size of the device's DMA buffer, in bytes. */
export const MAX_DATA = 4096;

interface DeviceGetIdResponse {
  readonly id: number;
}
const DEVICE_GET_ID_RESPONSE = struct<DeviceGetIdResponse>(
  "zirconia.edu/DeviceGetIdResponse",
  { id: uint32 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "zirconia.edu/DeviceGetIdResponse")) return;
      e.uint32(o, v.id);
    },
    decode(d, o) {
      return { id: d.uint32(o) };
    },
  },
);

interface DeviceCheckLivenessRequest {
  readonly value: number;
}
const DEVICE_CHECK_LIVENESS_REQUEST = struct<DeviceCheckLivenessRequest>(
  "zirconia.edu/DeviceCheckLivenessRequest",
  { value: uint32 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "zirconia.edu/DeviceCheckLivenessRequest")) return;
      e.uint32(o, v.value);
    },
    decode(d, o) {
      return { value: d.uint32(o) };
    },
  },
);

interface DeviceCheckLivenessResponse {
  readonly answer: number;
}
const DEVICE_CHECK_LIVENESS_RESPONSE = struct<DeviceCheckLivenessResponse>(
  "zirconia.edu/DeviceCheckLivenessResponse",
  { answer: uint32 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "zirconia.edu/DeviceCheckLivenessResponse")) return;
      e.uint32(o, v.answer);
    },
    decode(d, o) {
      return { answer: d.uint32(o) };
    },
  },
);

interface DeviceComputeFactorialRequest {
  readonly input: number;
}
const DEVICE_COMPUTE_FACTORIAL_REQUEST = struct<DeviceComputeFactorialRequest>(
  "zirconia.edu/DeviceComputeFactorialRequest",
  { input: uint32 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "zirconia.edu/DeviceComputeFactorialRequest")) return;
      e.uint32(o, v.input);
    },
    decode(d, o) {
      return { input: d.uint32(o) };
    },
  },
);

interface DeviceComputeFactorialResponse {
  readonly output: number;
}
const DEVICE_COMPUTE_FACTORIAL_RESPONSE = struct<DeviceComputeFactorialResponse>(
  "zirconia.edu/Device_ComputeFactorial_Response",
  { output: uint32 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "zirconia.edu/Device_ComputeFactorial_Response")) return;
      e.uint32(o, v.output);
    },
    decode(d, o) {
      return { output: d.uint32(o) };
    },
  },
);

interface DeviceDmaRoundTripRequest {
  readonly data: Uint8Array;
}
const BYTES_4096 = bytes(4096);
const DEVICE_DMA_ROUND_TRIP_REQUEST = struct<DeviceDmaRoundTripRequest>(
  "zirconia.edu/DeviceDmaRoundTripRequest",
  { data: BYTES_4096 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "zirconia.edu/DeviceDmaRoundTripRequest")) return;
      BYTES_4096.encode(e, o, v.data);
    },
    decode(d, o) {
      return { data: BYTES_4096.decode(d, o) };
    },
  },
);

interface DeviceDmaRoundTripResponse {
  readonly data: Uint8Array;
}
const DEVICE_DMA_ROUND_TRIP_RESPONSE = struct<DeviceDmaRoundTripResponse>(
  "zirconia.edu/Device_DmaRoundTrip_Response",
  { data: BYTES_4096 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "zirconia.edu/Device_DmaRoundTrip_Response")) return;
      BYTES_4096.encode(e, o, v.data);
    },
    decode(d, o) {
      return { data: BYTES_4096.decode(d, o) };
    },
  },
);
const DEVICE_GET_ID = twoWay<void, DeviceGetIdResponse>({
  name: "zirconia.edu/Device.GetId",
  ordinal: 0x268c4bb9cec5eeafn,
  response: DEVICE_GET_ID_RESPONSE,
});
const DEVICE_CHECK_LIVENESS = twoWay<DeviceCheckLivenessRequest, DeviceCheckLivenessResponse>({
  name: "zirconia.edu/Device.CheckLiveness",
  ordinal: 0x71580e21e4932586n,
  request: DEVICE_CHECK_LIVENESS_REQUEST,
  response: DEVICE_CHECK_LIVENESS_RESPONSE,
});
const DEVICE_COMPUTE_FACTORIAL = twoWay<DeviceComputeFactorialRequest, DeviceComputeFactorialResponse>({
  name: "zirconia.edu/Device.ComputeFactorial",
  ordinal: 0x46d1c1b762dae969n,
  request: DEVICE_COMPUTE_FACTORIAL_REQUEST,
  response: DEVICE_COMPUTE_FACTORIAL_RESPONSE,
  error: status,
});
const DEVICE_DMA_ROUND_TRIP = twoWay<DeviceDmaRoundTripRequest, DeviceDmaRoundTripResponse>({
  name: "zirconia.edu/Device.DmaRoundTrip",
  ordinal: 0x0890732d1d4833abn,
  request: DEVICE_DMA_ROUND_TRIP_REQUEST,
  response: DEVICE_DMA_ROUND_TRIP_RESPONSE,
  error: status,
});

/** `zirconia.edu/Device` as its client sees it. Calls reject with a ZxError. */
export interface DeviceClient extends Connection {
  /** The identification register: 0xMMmm00ed, major and minor version. */
  getId(options?: CallOptions): Promise<number>;
  /** Writes `value` to the liveness register and answers with what is read back: all bits inverted. */
  checkLiveness(value: number, options?: CallOptions): Promise<number>;
  /**
   * `input`! modulo 2^32, as the device computes it.
   *
   * Errors:
   * * TIMED_OUT: its interrupt did not come.
   */
  computeFactorial(input: number, options?: CallOptions): Promise<number>;
  /**
   * Sends `data` into the device's buffer by DMA, and fetches it back into other RAM.
   *
   * Errors:
   * * TIMED_OUT: an interrupt did not come.
   */
  dmaRoundTrip(data: Uint8Array, options?: CallOptions): Promise<Uint8Array>;
}

/** `zirconia.edu/Device` as a server implements it: throws a ZxError to answer with an error. */
export interface DeviceServer {
  getId(binding: Binding): MaybePromise<number>;
  checkLiveness(value: number, binding: Binding): MaybePromise<number>;
  computeFactorial(input: number, binding: Binding): MaybePromise<number>;
  dmaRoundTrip(data: Uint8Array, binding: Binding): MaybePromise<Uint8Array>;
}

class DeviceProxy implements DeviceClient {
  readonly #core: ClientCore;

  constructor(core: ClientCore) {
    this.#core = core;
  }

  async getId(options?: CallOptions): Promise<number> {
    return (await this.#core.call(DEVICE_GET_ID, undefined, options)).id;
  }
  async checkLiveness(value: number, options?: CallOptions): Promise<number> {
    return (await this.#core.call(DEVICE_CHECK_LIVENESS, { value }, options)).answer;
  }
  async computeFactorial(input: number, options?: CallOptions): Promise<number> {
    return (await this.#core.call(DEVICE_COMPUTE_FACTORIAL, { input }, options)).output;
  }
  async dmaRoundTrip(data: Uint8Array, options?: CallOptions): Promise<Uint8Array> {
    return (await this.#core.call(DEVICE_DMA_ROUND_TRIP, { data }, options)).data;
  }
  close(): void {
    this.#core.close();
  }
  [Symbol.dispose](): void {
    this.#core.close();
  }
}

export const Device = defineProtocol<DeviceClient, DeviceServer, unknown, "zirconia.edu/Device">({
  name: "zirconia.edu/Device",
  service: "zirconia.edu.Service",
  openness: "closed",
  client: (core) => new DeviceProxy(core),
  methods: [
    serverMethod(
      DEVICE_GET_ID,
      (server, _, binding) => server.getId(binding),
      (id) => ({ id }),
    ),
    serverMethod(
      DEVICE_CHECK_LIVENESS,
      (server, { value }, binding) => server.checkLiveness(value, binding),
      (answer) => ({ answer }),
    ),
    serverMethod(
      DEVICE_COMPUTE_FACTORIAL,
      (server, { input }, binding) => server.computeFactorial(input, binding),
      (output) => ({ output }),
    ),
    serverMethod(
      DEVICE_DMA_ROUND_TRIP,
      (server, { data }, binding) => server.dmaRoundTrip(data, binding),
      (data) => ({ data }),
    ),
  ],
});

export const Service = {
  name: "zirconia.edu.Service",
  members: { device: Device },
} as const;
