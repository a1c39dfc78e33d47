// Generated from fuchsia.hardware.usb.endpoint.fidl by zirconia fidl compile; do not edit.
/**
 * The FIDL library `fuchsia.hardware.usb.endpoint`.
 *
 * A USB endpoint, for the driver of its device.
 */
import * as fuchsiaHardwareUsbRequest from "./fuchsia.hardware.usb.request.ts";
import {
  type Binding,
  type CallOptions,
  type ClientCore,
  type Codec,
  type Connection,
  defineProtocol,
  event,
  eventMethod,
  flexibleUnion,
  type Handle,
  handle,
  int32,
  type MaybePromise,
  oneWay,
  serverMethod,
  status,
  struct,
  table,
  twoWay,
  type UnknownVariant,
  uint64,
  vector,
} from "./runtime/index.ts";
import type * as zx from "./zx.ts";

/** VMOs in one call. */
export const VMO_VECTOR_MAX = 300;

/** Requests in one call. */
export const REQUEST_MAX = 300;

export type BulkEndpointInfo = Record<string, never>;
export const BULK_ENDPOINT_INFO: Codec<BulkEndpointInfo> = table<BulkEndpointInfo>(
  "fuchsia.hardware.usb.endpoint/BulkEndpointInfo",
  {},
);

export type ControlEndpointInfo = Record<string, never>;
export const CONTROL_ENDPOINT_INFO: Codec<ControlEndpointInfo> = table<ControlEndpointInfo>(
  "fuchsia.hardware.usb.endpoint/ControlEndpointInfo",
  {},
);

export interface IsochronousEndpointInfo {
  /** How many transfers ahead of its time a request must be queued. */
  readonly leadTime?: bigint | undefined;
}
export const ISOCHRONOUS_ENDPOINT_INFO: Codec<IsochronousEndpointInfo> = table<IsochronousEndpointInfo>(
  "fuchsia.hardware.usb.endpoint/IsochronousEndpointInfo",
  { leadTime: [1, uint64] },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.usb.endpoint/IsochronousEndpointInfo")) return;
      let max = 0;
      if (v.leadTime !== undefined) max = 1;
      const t = e.enterTable(o, max);
      if (v.leadTime !== undefined) e.envelope(t, uint64, v.leadTime);
      e.leave();
    },
    decode(d, o) {
      const t = d.enterTable(o);
      const n = d.envelopes;
      const m1 = n >= 1 ? d.optionalEnvelope(t, uint64) : undefined;
      d.leaveTable(t, n, 1);
      return { leadTime: m1 };
    },
  },
);

export type InterruptEndpointInfo = Record<string, never>;
export const INTERRUPT_ENDPOINT_INFO: Codec<InterruptEndpointInfo> = table<InterruptEndpointInfo>(
  "fuchsia.hardware.usb.endpoint/InterruptEndpointInfo",
  {},
);

export type EndpointInfo =
  | { readonly kind: "bulk"; readonly bulk: BulkEndpointInfo }
  | { readonly kind: "control"; readonly control: ControlEndpointInfo }
  | { readonly kind: "isochronous"; readonly isochronous: IsochronousEndpointInfo }
  | { readonly kind: "interrupt"; readonly interrupt: InterruptEndpointInfo }
  | UnknownVariant;
export const ENDPOINT_INFO: Codec<EndpointInfo> = flexibleUnion(
  "fuchsia.hardware.usb.endpoint/EndpointInfo",
  {
    bulk: [1, BULK_ENDPOINT_INFO],
    control: [2, CONTROL_ENDPOINT_INFO],
    isochronous: [3, ISOCHRONOUS_ENDPOINT_INFO],
    interrupt: [4, INTERRUPT_ENDPOINT_INFO],
  },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.usb.endpoint/EndpointInfo")) return;
      switch (v.kind) {
        case "bulk":
          return e.union(o, 1, BULK_ENDPOINT_INFO, v.bulk);
        case "control":
          return e.union(o, 2, CONTROL_ENDPOINT_INFO, v.control);
        case "isochronous":
          return e.union(o, 3, ISOCHRONOUS_ENDPOINT_INFO, v.isochronous);
        case "interrupt":
          return e.union(o, 4, INTERRUPT_ENDPOINT_INFO, v.interrupt);
        default:
          return e.unknownVariant(o, v, "fuchsia.hardware.usb.endpoint/EndpointInfo");
      }
    },
    decode(d, o) {
      switch (d.unionOrdinal(o)) {
        case 1:
          return { kind: "bulk", bulk: d.envelope(o + 8, BULK_ENDPOINT_INFO) };
        case 2:
          return { kind: "control", control: d.envelope(o + 8, CONTROL_ENDPOINT_INFO) };
        case 3:
          return { kind: "isochronous", isochronous: d.envelope(o + 8, ISOCHRONOUS_ENDPOINT_INFO) };
        case 4:
          return { kind: "interrupt", interrupt: d.envelope(o + 8, INTERRUPT_ENDPOINT_INFO) };
        default:
          return d.unknownVariant(o);
      }
    },
  },
);

/** A VMO that shall be. */
export interface VmoInfo {
  readonly id?: fuchsiaHardwareUsbRequest.VmoId | undefined;
  /** In bytes. */
  readonly size?: bigint | undefined;
}
export const VMO_INFO: Codec<VmoInfo> = table<VmoInfo>(
  "fuchsia.hardware.usb.endpoint/VmoInfo",
  { id: [1, uint64], size: [2, uint64] },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.usb.endpoint/VmoInfo")) return;
      let max = 0;
      if (v.id !== undefined) max = 1;
      if (v.size !== undefined) max = 2;
      const t = e.enterTable(o, max);
      if (v.id !== undefined) e.envelope(t, uint64, v.id);
      if (v.size !== undefined) e.envelope(t + 8, uint64, v.size);
      e.leave();
    },
    decode(d, o) {
      const t = d.enterTable(o);
      const n = d.envelopes;
      const m1 = n >= 1 ? d.optionalEnvelope(t, uint64) : undefined;
      const m2 = n >= 2 ? d.optionalEnvelope(t + 8, uint64) : undefined;
      d.leaveTable(t, n, 2);
      return { id: m1, size: m2 };
    },
  },
);

/** A VMO that is. */
export interface VmoHandle {
  readonly id?: fuchsiaHardwareUsbRequest.VmoId | undefined;
  readonly vmo?: Handle | undefined;
}
const HANDLE_VMO = handle(3);
export const VMO_HANDLE: Codec<VmoHandle> = table<VmoHandle>(
  "fuchsia.hardware.usb.endpoint/VmoHandle",
  { id: [1, uint64], vmo: [2, HANDLE_VMO] },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.usb.endpoint/VmoHandle")) return;
      let max = 0;
      if (v.id !== undefined) max = 1;
      if (v.vmo !== undefined) max = 2;
      const t = e.enterTable(o, max);
      if (v.id !== undefined) e.envelope(t, uint64, v.id);
      if (v.vmo !== undefined) e.envelope(t + 8, HANDLE_VMO, v.vmo);
      e.leave();
    },
    decode(d, o) {
      const t = d.enterTable(o);
      const n = d.envelopes;
      const m1 = n >= 1 ? d.optionalEnvelope(t, uint64) : undefined;
      const m2 = n >= 2 ? d.optionalEnvelope(t + 8, HANDLE_VMO) : undefined;
      d.leaveTable(t, n, 2);
      return { id: m1, vmo: m2 };
    },
  },
);

export interface Completion {
  readonly request?: fuchsiaHardwareUsbRequest.Request | undefined;
  readonly status?: zx.Status | undefined;
  /** Bytes that were transferred. */
  readonly transferSize?: bigint | undefined;
}
export const COMPLETION: Codec<Completion> = table<Completion>(
  "fuchsia.hardware.usb.endpoint/Completion",
  { request: [1, fuchsiaHardwareUsbRequest.REQUEST], status: [2, int32], transferSize: [3, uint64] },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.usb.endpoint/Completion")) return;
      let max = 0;
      if (v.request !== undefined) max = 1;
      if (v.status !== undefined) max = 2;
      if (v.transferSize !== undefined) max = 3;
      const t = e.enterTable(o, max);
      if (v.request !== undefined) e.envelope(t, fuchsiaHardwareUsbRequest.REQUEST, v.request);
      if (v.status !== undefined) e.envelope(t + 8, int32, v.status);
      if (v.transferSize !== undefined) e.envelope(t + 16, uint64, v.transferSize);
      e.leave();
    },
    decode(d, o) {
      const t = d.enterTable(o);
      const n = d.envelopes;
      const m1 = n >= 1 ? d.optionalEnvelope(t, fuchsiaHardwareUsbRequest.REQUEST) : undefined;
      const m2 = n >= 2 ? d.optionalEnvelope(t + 8, int32) : undefined;
      const m3 = n >= 3 ? d.optionalEnvelope(t + 16, uint64) : undefined;
      d.leaveTable(t, n, 3);
      return { request: m1, status: m2, transferSize: m3 };
    },
  },
);

interface EndpointGetInfoResponse {
  readonly info: EndpointInfo;
}
const ENDPOINT_GET_INFO_RESPONSE = struct<EndpointGetInfoResponse>(
  "fuchsia.hardware.usb.endpoint/Endpoint_GetInfo_Response",
  { info: ENDPOINT_INFO },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.usb.endpoint/Endpoint_GetInfo_Response")) return;
      ENDPOINT_INFO.encode(e, o, v.info);
    },
    decode(d, o) {
      return { info: ENDPOINT_INFO.decode(d, o) };
    },
  },
);

interface EndpointRegisterVmosRequest {
  readonly vmoIds: readonly VmoInfo[];
}
const VECTOR_OF_VMO_INFO_300 = vector(VMO_INFO, 300);
const ENDPOINT_REGISTER_VMOS_REQUEST = struct<EndpointRegisterVmosRequest>(
  "fuchsia.hardware.usb.endpoint/EndpointRegisterVmosRequest",
  { vmoIds: VECTOR_OF_VMO_INFO_300 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.usb.endpoint/EndpointRegisterVmosRequest")) return;
      VECTOR_OF_VMO_INFO_300.encode(e, o, v.vmoIds);
    },
    decode(d, o) {
      return { vmoIds: VECTOR_OF_VMO_INFO_300.decode(d, o) };
    },
  },
);

interface EndpointRegisterVmosResponse {
  readonly vmos: readonly VmoHandle[];
}
const VECTOR_OF_VMO_HANDLE_300 = vector(VMO_HANDLE, 300);
const ENDPOINT_REGISTER_VMOS_RESPONSE = struct<EndpointRegisterVmosResponse>(
  "fuchsia.hardware.usb.endpoint/EndpointRegisterVmosResponse",
  { vmos: VECTOR_OF_VMO_HANDLE_300 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.usb.endpoint/EndpointRegisterVmosResponse")) return;
      VECTOR_OF_VMO_HANDLE_300.encode(e, o, v.vmos);
    },
    decode(d, o) {
      return { vmos: VECTOR_OF_VMO_HANDLE_300.decode(d, o) };
    },
  },
);

interface EndpointUnregisterVmosRequest {
  readonly vmoIds: readonly fuchsiaHardwareUsbRequest.VmoId[];
}
const VECTOR_OF_UINT64_300 = vector(uint64, 300);
const ENDPOINT_UNREGISTER_VMOS_REQUEST = struct<EndpointUnregisterVmosRequest>(
  "fuchsia.hardware.usb.endpoint/EndpointUnregisterVmosRequest",
  { vmoIds: VECTOR_OF_UINT64_300 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.usb.endpoint/EndpointUnregisterVmosRequest")) return;
      VECTOR_OF_UINT64_300.encode(e, o, v.vmoIds);
    },
    decode(d, o) {
      return { vmoIds: VECTOR_OF_UINT64_300.decode(d, o) };
    },
  },
);

export interface EndpointUnregisterVmosResponse {
  readonly failedVmoIds: readonly fuchsiaHardwareUsbRequest.VmoId[];
  readonly errors: readonly zx.Status[];
}
const VECTOR_OF_INT32_300 = vector(int32, 300);
const ENDPOINT_UNREGISTER_VMOS_RESPONSE = struct<EndpointUnregisterVmosResponse>(
  "fuchsia.hardware.usb.endpoint/EndpointUnregisterVmosResponse",
  { failedVmoIds: VECTOR_OF_UINT64_300, errors: VECTOR_OF_INT32_300 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.usb.endpoint/EndpointUnregisterVmosResponse")) return;
      VECTOR_OF_UINT64_300.encode(e, o, v.failedVmoIds);
      VECTOR_OF_INT32_300.encode(e, o + 16, v.errors);
    },
    decode(d, o) {
      return {
        failedVmoIds: VECTOR_OF_UINT64_300.decode(d, o),
        errors: VECTOR_OF_INT32_300.decode(d, o + 16),
      };
    },
  },
);

interface EndpointQueueRequestsRequest {
  readonly req: readonly fuchsiaHardwareUsbRequest.Request[];
}
const VECTOR_OF_REQUEST_300 = vector(fuchsiaHardwareUsbRequest.REQUEST, 300);
const ENDPOINT_QUEUE_REQUESTS_REQUEST = struct<EndpointQueueRequestsRequest>(
  "fuchsia.hardware.usb.endpoint/EndpointQueueRequestsRequest",
  { req: VECTOR_OF_REQUEST_300 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.usb.endpoint/EndpointQueueRequestsRequest")) return;
      VECTOR_OF_REQUEST_300.encode(e, o, v.req);
    },
    decode(d, o) {
      return { req: VECTOR_OF_REQUEST_300.decode(d, o) };
    },
  },
);

interface EndpointOnCompletionRequest {
  readonly completion: readonly Completion[];
}
const VECTOR_OF_COMPLETION_300 = vector(COMPLETION, 300);
const ENDPOINT_ON_COMPLETION_REQUEST = struct<EndpointOnCompletionRequest>(
  "fuchsia.hardware.usb.endpoint/EndpointOnCompletionRequest",
  { completion: VECTOR_OF_COMPLETION_300 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.usb.endpoint/EndpointOnCompletionRequest")) return;
      VECTOR_OF_COMPLETION_300.encode(e, o, v.completion);
    },
    decode(d, o) {
      return { completion: VECTOR_OF_COMPLETION_300.decode(d, o) };
    },
  },
);
const ENDPOINT_GET_INFO = twoWay<void, EndpointGetInfoResponse>({
  name: "fuchsia.hardware.usb.endpoint/Endpoint.GetInfo",
  ordinal: 0x1fba84f171a95023n,
  response: ENDPOINT_GET_INFO_RESPONSE,
  error: status,
});
const ENDPOINT_REGISTER_VMOS = twoWay<EndpointRegisterVmosRequest, EndpointRegisterVmosResponse>({
  name: "fuchsia.hardware.usb.endpoint/Endpoint.RegisterVmos",
  ordinal: 0x1dea601921185c7bn,
  request: ENDPOINT_REGISTER_VMOS_REQUEST,
  response: ENDPOINT_REGISTER_VMOS_RESPONSE,
});
const ENDPOINT_UNREGISTER_VMOS = twoWay<EndpointUnregisterVmosRequest, EndpointUnregisterVmosResponse>({
  name: "fuchsia.hardware.usb.endpoint/Endpoint.UnregisterVmos",
  ordinal: 0x034719ede1c99c10n,
  request: ENDPOINT_UNREGISTER_VMOS_REQUEST,
  response: ENDPOINT_UNREGISTER_VMOS_RESPONSE,
});
const ENDPOINT_QUEUE_REQUESTS = oneWay<EndpointQueueRequestsRequest>({
  name: "fuchsia.hardware.usb.endpoint/Endpoint.QueueRequests",
  ordinal: 0x431e4170793e38a6n,
  request: ENDPOINT_QUEUE_REQUESTS_REQUEST,
});
const ENDPOINT_ON_COMPLETION = event<EndpointOnCompletionRequest>({
  name: "fuchsia.hardware.usb.endpoint/Endpoint.OnCompletion",
  ordinal: 0x2d6471306c049771n,
  payload: ENDPOINT_ON_COMPLETION_REQUEST,
});
const ENDPOINT_CANCEL_ALL = twoWay({
  name: "fuchsia.hardware.usb.endpoint/Endpoint.CancelAll",
  ordinal: 0x233854c776cda1ccn,
  error: status,
});

/**
 * `fuchsia.hardware.usb.endpoint/Endpoint` as its client sees it. Calls reject with a ZxError.
 *
 * Closing it ends all requests, unregisters all VMOs and disables the endpoint.
 */
export interface EndpointClient extends Connection {
  /** What type of endpoint it is. */
  getInfo(options?: CallOptions): Promise<EndpointInfo>;
  /** Makes, pins and registers VMOs. Those that could not be had are missing in the answer. */
  registerVmos(vmoIds: readonly VmoInfo[], options?: CallOptions): Promise<readonly VmoHandle[]>;
  /** Unregisters VMOs. Answers with those for which that failed, and why: one error each. */
  unregisterVmos(
    vmoIds: readonly fuchsiaHardwareUsbRequest.VmoId[],
    options?: CallOptions,
  ): Promise<EndpointUnregisterVmosResponse>;
  /**
   * Queues transfers, in this order. The client keeps caches coherent: it cleans before a write, and invalidates after a read.
   */
  queueRequests(req: readonly fuchsiaHardwareUsbRequest.Request[]): void;
  /** Transfers are over, well or not. */
  onCompletion(listener: (completion: readonly Completion[]) => void): () => void;
  /**
   * Ends all requests.
   *
   * Errors:
   * * IO_NOT_PRESENT: the device is not there, or not running.
   * * IO: a request could not be ended.
   */
  cancelAll(options?: CallOptions): Promise<void>;
}

/**
 * `fuchsia.hardware.usb.endpoint/Endpoint` as a server implements it: throws a ZxError to answer with an error.
 */
export interface EndpointServer {
  getInfo(binding: Binding<EndpointEvents>): MaybePromise<EndpointInfo>;
  registerVmos(
    vmoIds: readonly VmoInfo[],
    binding: Binding<EndpointEvents>,
  ): MaybePromise<readonly VmoHandle[]>;
  unregisterVmos(
    vmoIds: readonly fuchsiaHardwareUsbRequest.VmoId[],
    binding: Binding<EndpointEvents>,
  ): MaybePromise<EndpointUnregisterVmosResponse>;
  queueRequests(
    req: readonly fuchsiaHardwareUsbRequest.Request[],
    binding: Binding<EndpointEvents>,
  ): MaybePromise<void>;
  cancelAll(binding: Binding<EndpointEvents>): MaybePromise<void>;
}

/** What a server of `fuchsia.hardware.usb.endpoint/Endpoint` can say without being asked. */
export interface EndpointEvents {
  /** Transfers are over, well or not. */
  onCompletion(completion: readonly Completion[]): void;
}

class EndpointProxy implements EndpointClient {
  readonly #core: ClientCore;

  constructor(core: ClientCore) {
    this.#core = core;
  }

  async getInfo(options?: CallOptions): Promise<EndpointInfo> {
    return (await this.#core.call(ENDPOINT_GET_INFO, undefined, options)).info;
  }
  async registerVmos(vmoIds: readonly VmoInfo[], options?: CallOptions): Promise<readonly VmoHandle[]> {
    return (await this.#core.call(ENDPOINT_REGISTER_VMOS, { vmoIds }, options)).vmos;
  }
  unregisterVmos(
    vmoIds: readonly fuchsiaHardwareUsbRequest.VmoId[],
    options?: CallOptions,
  ): Promise<EndpointUnregisterVmosResponse> {
    return this.#core.call(ENDPOINT_UNREGISTER_VMOS, { vmoIds }, options);
  }
  queueRequests(req: readonly fuchsiaHardwareUsbRequest.Request[]): void {
    this.#core.send(ENDPOINT_QUEUE_REQUESTS, { req });
  }
  onCompletion(listener: (completion: readonly Completion[]) => void): () => void {
    return this.#core.on(ENDPOINT_ON_COMPLETION, ({ completion }) => listener(completion));
  }
  cancelAll(options?: CallOptions): Promise<void> {
    return this.#core.call(ENDPOINT_CANCEL_ALL, undefined, options);
  }
  close(): void {
    this.#core.close();
  }
  [Symbol.dispose](): void {
    this.#core.close();
  }
}

/** Closing it ends all requests, unregisters all VMOs and disables the endpoint. */
export const Endpoint = defineProtocol<
  EndpointClient,
  EndpointServer,
  EndpointEvents,
  "fuchsia.hardware.usb.endpoint/Endpoint"
>({
  name: "fuchsia.hardware.usb.endpoint/Endpoint",
  openness: "closed",
  client: (core) => new EndpointProxy(core),
  events: (sender) => ({
    onCompletion: (completion) => sender.send(ENDPOINT_ON_COMPLETION, { completion }),
  }),
  methods: [
    serverMethod(
      ENDPOINT_GET_INFO,
      (server, _, binding) => server.getInfo(binding),
      (info) => ({ info }),
    ),
    serverMethod(
      ENDPOINT_REGISTER_VMOS,
      (server, { vmoIds }, binding) => server.registerVmos(vmoIds, binding),
      (vmos) => ({ vmos }),
    ),
    serverMethod(ENDPOINT_UNREGISTER_VMOS, (server, { vmoIds }, binding) =>
      server.unregisterVmos(vmoIds, binding),
    ),
    serverMethod(ENDPOINT_QUEUE_REQUESTS, (server, { req }, binding) => server.queueRequests(req, binding)),
    eventMethod(ENDPOINT_ON_COMPLETION),
    serverMethod(ENDPOINT_CANCEL_ALL, (server, _, binding) => server.cancelAll(binding)),
  ],
});
