/**
 * Bindings of the FIDL library `zirconia.edu`: what the driver of the educational PCI device offers.
 */
import type { ClientCore } from "./runtime/client.ts";
import { type Connection, defineProtocol, type Method, serverMethod } from "./runtime/protocol.ts";
import { byteVectorOf, struct, UINT32 } from "./runtime/types.ts";

/** The size of the device's DMA buffer, in bytes. */
export const MAX_DATA = 4096;

/** `zirconia.edu/Device` as its client sees it. Every method rejects with a ZxError. */
export interface DeviceClient extends Connection {
  /** The identification register: 0xMMmm00ed, major and minor version. */
  getId(): Promise<number>;
  /** Writes `value` to the liveness register and returns what is read back: all bits inverted. */
  checkLiveness(value: number): Promise<number>;
  /** input! modulo 2^32, as the device computes it. */
  computeFactorial(input: number): Promise<number>;
  /** Sends `data` into the device's buffer by DMA, and fetches it back into other RAM. */
  dmaRoundTrip(data: Uint8Array): Promise<Uint8Array>;
}

type MaybePromise<T> = T | Promise<T>;

/** `zirconia.edu/Device` as a driver implements it: throws a ZxError to answer with an error. */
export type DeviceServer = {
  readonly [K in Exclude<keyof DeviceClient, keyof Connection>]: (
    ...args: Parameters<DeviceClient[K]>
  ) => MaybePromise<Awaited<ReturnType<DeviceClient[K]>>>;
};

const PROTOCOL = "zirconia.edu/Device";

const GET_ID: Method<void, { id: number }> = {
  name: `${PROTOCOL}.GetId`,
  ordinal: 0x268c_4bb9_cec5_eeafn,
  request: undefined,
  response: struct("GetIdResponse", { id: UINT32 }),
  error: false,
};
const CHECK_LIVENESS: Method<{ value: number }, { answer: number }> = {
  name: `${PROTOCOL}.CheckLiveness`,
  ordinal: 0x7158_0e21_e493_2586n,
  request: struct("CheckLivenessRequest", { value: UINT32 }),
  response: struct("CheckLivenessResponse", { answer: UINT32 }),
  error: false,
};
const COMPUTE_FACTORIAL: Method<{ input: number }, { output: number }> = {
  name: `${PROTOCOL}.ComputeFactorial`,
  ordinal: 0x46d1_c1b7_62da_e969n,
  request: struct("ComputeFactorialRequest", { input: UINT32 }),
  response: struct("ComputeFactorialResponse", { output: UINT32 }),
  error: true,
};
const DMA_ROUND_TRIP: Method<{ data: Uint8Array }, { data: Uint8Array }> = {
  name: `${PROTOCOL}.DmaRoundTrip`,
  ordinal: 0x0890_732d_1d48_33abn,
  request: struct("DmaRoundTripRequest", { data: byteVectorOf(MAX_DATA) }),
  response: struct("DmaRoundTripResponse", { data: byteVectorOf(MAX_DATA) }),
  error: true,
};

class Client implements DeviceClient {
  readonly #core: ClientCore;

  constructor(core: ClientCore) {
    this.#core = core;
  }

  async getId(): Promise<number> {
    return (await this.#core.call(GET_ID, undefined)).id;
  }
  async checkLiveness(value: number): Promise<number> {
    return (await this.#core.call(CHECK_LIVENESS, { value })).answer;
  }
  async computeFactorial(input: number): Promise<number> {
    return (await this.#core.call(COMPUTE_FACTORIAL, { input })).output;
  }
  async dmaRoundTrip(data: Uint8Array): Promise<Uint8Array> {
    return (await this.#core.call(DMA_ROUND_TRIP, { data })).data;
  }
  close(): void {
    this.#core.close();
  }
  [Symbol.dispose](): void {
    this.#core.close();
  }
}

export const Device = defineProtocol<DeviceClient, DeviceServer>({
  name: PROTOCOL,
  service: "zirconia.edu.Service",
  client: (core) => new Client(core),
  methods: [
    serverMethod(GET_ID, async (server) => ({ id: await server.getId() })),
    serverMethod(CHECK_LIVENESS, async (server, { value }) => ({
      answer: await server.checkLiveness(value),
    })),
    serverMethod(COMPUTE_FACTORIAL, async (server, { input }) => ({
      output: await server.computeFactorial(input),
    })),
    serverMethod(DMA_ROUND_TRIP, async (server, { data }) => ({ data: await server.dmaRoundTrip(data) })),
  ],
});
