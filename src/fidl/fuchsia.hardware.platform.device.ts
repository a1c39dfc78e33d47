// Generated from fuchsia.hardware.platform.device.fidl by zirconia fidl compile; do not edit.
/**
 * The FIDL library `fuchsia.hardware.platform.device`.
 *
 * What the driver of a platform device asks of the platform bus: the things that its board driver said belong to it.
 */
import {
  type Binding,
  bytes,
  type CallOptions,
  type ClientCore,
  type Codec,
  type Connection,
  defineProtocol,
  type Handle,
  handle,
  type MaybePromise,
  serverMethod,
  status,
  string,
  struct,
  table,
  twoWay,
  uint32,
  uint64,
} from "./runtime/index.ts";
import type * as zx from "./zx.ts";

/** What the board driver said of the device. */
export interface NodeDeviceInfo {
  readonly vid?: number | undefined;
  readonly pid?: number | undefined;
  readonly did?: number | undefined;
  readonly mmioCount?: number | undefined;
  readonly irqCount?: number | undefined;
  readonly btiCount?: number | undefined;
  readonly smcCount?: number | undefined;
  readonly metadataCount?: number | undefined;
  readonly name?: string | undefined;
}
const STRING_32 = string(32);
export const NODE_DEVICE_INFO: Codec<NodeDeviceInfo> = table<NodeDeviceInfo>(
  "fuchsia.hardware.platform.device/NodeDeviceInfo",
  {
    vid: [1, uint32],
    pid: [2, uint32],
    did: [3, uint32],
    mmioCount: [4, uint32],
    irqCount: [5, uint32],
    btiCount: [6, uint32],
    smcCount: [7, uint32],
    metadataCount: [8, uint32],
    name: [9, STRING_32],
  },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.platform.device/NodeDeviceInfo")) return;
      let max = 0;
      if (v.vid !== undefined) max = 1;
      if (v.pid !== undefined) max = 2;
      if (v.did !== undefined) max = 3;
      if (v.mmioCount !== undefined) max = 4;
      if (v.irqCount !== undefined) max = 5;
      if (v.btiCount !== undefined) max = 6;
      if (v.smcCount !== undefined) max = 7;
      if (v.metadataCount !== undefined) max = 8;
      if (v.name !== undefined) max = 9;
      const t = e.enterTable(o, max);
      if (v.vid !== undefined) e.envelope(t, uint32, v.vid);
      if (v.pid !== undefined) e.envelope(t + 8, uint32, v.pid);
      if (v.did !== undefined) e.envelope(t + 16, uint32, v.did);
      if (v.mmioCount !== undefined) e.envelope(t + 24, uint32, v.mmioCount);
      if (v.irqCount !== undefined) e.envelope(t + 32, uint32, v.irqCount);
      if (v.btiCount !== undefined) e.envelope(t + 40, uint32, v.btiCount);
      if (v.smcCount !== undefined) e.envelope(t + 48, uint32, v.smcCount);
      if (v.metadataCount !== undefined) e.envelope(t + 56, uint32, v.metadataCount);
      if (v.name !== undefined) e.envelope(t + 64, STRING_32, v.name);
      e.leave();
    },
    decode(d, o) {
      const t = d.enterTable(o);
      const n = d.envelopes;
      const m1 = n >= 1 ? d.optionalEnvelope(t, uint32) : undefined;
      const m2 = n >= 2 ? d.optionalEnvelope(t + 8, uint32) : undefined;
      const m3 = n >= 3 ? d.optionalEnvelope(t + 16, uint32) : undefined;
      const m4 = n >= 4 ? d.optionalEnvelope(t + 24, uint32) : undefined;
      const m5 = n >= 5 ? d.optionalEnvelope(t + 32, uint32) : undefined;
      const m6 = n >= 6 ? d.optionalEnvelope(t + 40, uint32) : undefined;
      const m7 = n >= 7 ? d.optionalEnvelope(t + 48, uint32) : undefined;
      const m8 = n >= 8 ? d.optionalEnvelope(t + 56, uint32) : undefined;
      const m9 = n >= 9 ? d.optionalEnvelope(t + 64, STRING_32) : undefined;
      d.leaveTable(t, n, 9);
      return {
        vid: m1,
        pid: m2,
        did: m3,
        mmioCount: m4,
        irqCount: m5,
        btiCount: m6,
        smcCount: m7,
        metadataCount: m8,
        name: m9,
      };
    },
  },
);

/** What is known of the board. */
export interface BoardInfo {
  readonly vid?: number | undefined;
  readonly pid?: number | undefined;
  readonly boardName?: string | undefined;
  readonly boardRevision?: number | undefined;
}
export const BOARD_INFO: Codec<BoardInfo> = table<BoardInfo>(
  "fuchsia.hardware.platform.device/BoardInfo",
  { vid: [1, uint32], pid: [2, uint32], boardName: [3, STRING_32], boardRevision: [4, uint32] },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.platform.device/BoardInfo")) return;
      let max = 0;
      if (v.vid !== undefined) max = 1;
      if (v.pid !== undefined) max = 2;
      if (v.boardName !== undefined) max = 3;
      if (v.boardRevision !== undefined) max = 4;
      const t = e.enterTable(o, max);
      if (v.vid !== undefined) e.envelope(t, uint32, v.vid);
      if (v.pid !== undefined) e.envelope(t + 8, uint32, v.pid);
      if (v.boardName !== undefined) e.envelope(t + 16, STRING_32, v.boardName);
      if (v.boardRevision !== undefined) e.envelope(t + 24, uint32, v.boardRevision);
      e.leave();
    },
    decode(d, o) {
      const t = d.enterTable(o);
      const n = d.envelopes;
      const m1 = n >= 1 ? d.optionalEnvelope(t, uint32) : undefined;
      const m2 = n >= 2 ? d.optionalEnvelope(t + 8, uint32) : undefined;
      const m3 = n >= 3 ? d.optionalEnvelope(t + 16, STRING_32) : undefined;
      const m4 = n >= 4 ? d.optionalEnvelope(t + 24, uint32) : undefined;
      d.leaveTable(t, n, 4);
      return { vid: m1, pid: m2, boardName: m3, boardRevision: m4 };
    },
  },
);

/** Registers: a VMO of whole pages, and where in it they begin. */
export interface Mmio {
  /** In bytes, from the start of the VMO. */
  readonly offset?: zx.Off | undefined;
  /** In bytes. */
  readonly size?: bigint | undefined;
  readonly vmo?: Handle | undefined;
}
const HANDLE_VMO = handle(3);
export const MMIO: Codec<Mmio> = table<Mmio>(
  "fuchsia.hardware.platform.device/Mmio",
  { offset: [1, uint64], size: [2, uint64], vmo: [3, HANDLE_VMO] },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.platform.device/Mmio")) return;
      let max = 0;
      if (v.offset !== undefined) max = 1;
      if (v.size !== undefined) max = 2;
      if (v.vmo !== undefined) max = 3;
      const t = e.enterTable(o, max);
      if (v.offset !== undefined) e.envelope(t, uint64, v.offset);
      if (v.size !== undefined) e.envelope(t + 8, uint64, v.size);
      if (v.vmo !== undefined) e.envelope(t + 16, HANDLE_VMO, v.vmo);
      e.leave();
    },
    decode(d, o) {
      const t = d.enterTable(o);
      const n = d.envelopes;
      const m1 = n >= 1 ? d.optionalEnvelope(t, uint64) : undefined;
      const m2 = n >= 2 ? d.optionalEnvelope(t + 8, uint64) : undefined;
      const m3 = n >= 3 ? d.optionalEnvelope(t + 16, HANDLE_VMO) : undefined;
      d.leaveTable(t, n, 3);
      return { offset: m1, size: m2, vmo: m3 };
    },
  },
);

interface DeviceGetMmioByIdRequest {
  readonly index: number;
}
const DEVICE_GET_MMIO_BY_ID_REQUEST = struct<DeviceGetMmioByIdRequest>(
  "fuchsia.hardware.platform.device/DeviceGetMmioByIdRequest",
  { index: uint32 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.platform.device/DeviceGetMmioByIdRequest")) return;
      e.uint32(o, v.index);
    },
    decode(d, o) {
      return { index: d.uint32(o) };
    },
  },
);

interface DeviceGetMmioByNameRequest {
  readonly name: string;
}
const STRING_128 = string(128);
const DEVICE_GET_MMIO_BY_NAME_REQUEST = struct<DeviceGetMmioByNameRequest>(
  "fuchsia.hardware.platform.device/DeviceGetMmioByNameRequest",
  { name: STRING_128 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.platform.device/DeviceGetMmioByNameRequest")) return;
      STRING_128.encode(e, o, v.name);
    },
    decode(d, o) {
      return { name: STRING_128.decode(d, o) };
    },
  },
);

interface DeviceGetInterruptByIdRequest {
  readonly index: number;
  readonly flags: number;
}
const DEVICE_GET_INTERRUPT_BY_ID_REQUEST = struct<DeviceGetInterruptByIdRequest>(
  "fuchsia.hardware.platform.device/DeviceGetInterruptByIdRequest",
  { index: uint32, flags: uint32 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.platform.device/DeviceGetInterruptByIdRequest")) return;
      e.uint32(o, v.index);
      e.uint32(o + 4, v.flags);
    },
    decode(d, o) {
      return { index: d.uint32(o), flags: d.uint32(o + 4) };
    },
  },
);

interface DeviceGetInterruptByIdResponse {
  readonly irq: Handle;
}
const HANDLE_INTERRUPT = handle(9);
const DEVICE_GET_INTERRUPT_BY_ID_RESPONSE = struct<DeviceGetInterruptByIdResponse>(
  "fuchsia.hardware.platform.device/Device_GetInterruptById_Response",
  { irq: HANDLE_INTERRUPT },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.platform.device/Device_GetInterruptById_Response")) return;
      HANDLE_INTERRUPT.encode(e, o, v.irq);
    },
    decode(d, o) {
      return { irq: HANDLE_INTERRUPT.decode(d, o) };
    },
  },
);

interface DeviceGetInterruptByNameRequest {
  readonly name: string;
  readonly flags: number;
}
const DEVICE_GET_INTERRUPT_BY_NAME_REQUEST = struct<DeviceGetInterruptByNameRequest>(
  "fuchsia.hardware.platform.device/DeviceGetInterruptByNameRequest",
  { name: STRING_128, flags: uint32 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.platform.device/DeviceGetInterruptByNameRequest")) return;
      STRING_128.encode(e, o, v.name);
      e.uint32(o + 16, v.flags);
    },
    decode(d, o) {
      d.padding(o + 20, 4);
      return { name: STRING_128.decode(d, o), flags: d.uint32(o + 16) };
    },
  },
);

interface DeviceGetInterruptByNameResponse {
  readonly irq: Handle;
}
const DEVICE_GET_INTERRUPT_BY_NAME_RESPONSE = struct<DeviceGetInterruptByNameResponse>(
  "fuchsia.hardware.platform.device/Device_GetInterruptByName_Response",
  { irq: HANDLE_INTERRUPT },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.platform.device/Device_GetInterruptByName_Response")) return;
      HANDLE_INTERRUPT.encode(e, o, v.irq);
    },
    decode(d, o) {
      return { irq: HANDLE_INTERRUPT.decode(d, o) };
    },
  },
);

interface DeviceGetBtiByIdRequest {
  readonly index: number;
}
const DEVICE_GET_BTI_BY_ID_REQUEST = struct<DeviceGetBtiByIdRequest>(
  "fuchsia.hardware.platform.device/DeviceGetBtiByIdRequest",
  { index: uint32 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.platform.device/DeviceGetBtiByIdRequest")) return;
      e.uint32(o, v.index);
    },
    decode(d, o) {
      return { index: d.uint32(o) };
    },
  },
);

interface DeviceGetBtiByIdResponse {
  readonly bti: Handle;
}
const HANDLE_BTI = handle(24);
const DEVICE_GET_BTI_BY_ID_RESPONSE = struct<DeviceGetBtiByIdResponse>(
  "fuchsia.hardware.platform.device/Device_GetBtiById_Response",
  { bti: HANDLE_BTI },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.platform.device/Device_GetBtiById_Response")) return;
      HANDLE_BTI.encode(e, o, v.bti);
    },
    decode(d, o) {
      return { bti: HANDLE_BTI.decode(d, o) };
    },
  },
);

interface DeviceGetBtiByNameRequest {
  readonly name: string;
}
const DEVICE_GET_BTI_BY_NAME_REQUEST = struct<DeviceGetBtiByNameRequest>(
  "fuchsia.hardware.platform.device/DeviceGetBtiByNameRequest",
  { name: STRING_128 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.platform.device/DeviceGetBtiByNameRequest")) return;
      STRING_128.encode(e, o, v.name);
    },
    decode(d, o) {
      return { name: STRING_128.decode(d, o) };
    },
  },
);

interface DeviceGetBtiByNameResponse {
  readonly bti: Handle;
}
const DEVICE_GET_BTI_BY_NAME_RESPONSE = struct<DeviceGetBtiByNameResponse>(
  "fuchsia.hardware.platform.device/Device_GetBtiByName_Response",
  { bti: HANDLE_BTI },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.platform.device/Device_GetBtiByName_Response")) return;
      HANDLE_BTI.encode(e, o, v.bti);
    },
    decode(d, o) {
      return { bti: HANDLE_BTI.decode(d, o) };
    },
  },
);

interface DeviceGetSmcByIdRequest {
  readonly index: number;
}
const DEVICE_GET_SMC_BY_ID_REQUEST = struct<DeviceGetSmcByIdRequest>(
  "fuchsia.hardware.platform.device/DeviceGetSmcByIdRequest",
  { index: uint32 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.platform.device/DeviceGetSmcByIdRequest")) return;
      e.uint32(o, v.index);
    },
    decode(d, o) {
      return { index: d.uint32(o) };
    },
  },
);

interface DeviceGetSmcByIdResponse {
  readonly smc: Handle;
}
const HANDLE_RESOURCE = handle(15);
const DEVICE_GET_SMC_BY_ID_RESPONSE = struct<DeviceGetSmcByIdResponse>(
  "fuchsia.hardware.platform.device/Device_GetSmcById_Response",
  { smc: HANDLE_RESOURCE },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.platform.device/Device_GetSmcById_Response")) return;
      HANDLE_RESOURCE.encode(e, o, v.smc);
    },
    decode(d, o) {
      return { smc: HANDLE_RESOURCE.decode(d, o) };
    },
  },
);

interface DeviceGetSmcByNameRequest {
  readonly name: string;
}
const DEVICE_GET_SMC_BY_NAME_REQUEST = struct<DeviceGetSmcByNameRequest>(
  "fuchsia.hardware.platform.device/DeviceGetSmcByNameRequest",
  { name: STRING_128 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.platform.device/DeviceGetSmcByNameRequest")) return;
      STRING_128.encode(e, o, v.name);
    },
    decode(d, o) {
      return { name: STRING_128.decode(d, o) };
    },
  },
);

interface DeviceGetSmcByNameResponse {
  readonly smc: Handle;
}
const DEVICE_GET_SMC_BY_NAME_RESPONSE = struct<DeviceGetSmcByNameResponse>(
  "fuchsia.hardware.platform.device/Device_GetSmcByName_Response",
  { smc: HANDLE_RESOURCE },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.platform.device/Device_GetSmcByName_Response")) return;
      HANDLE_RESOURCE.encode(e, o, v.smc);
    },
    decode(d, o) {
      return { smc: HANDLE_RESOURCE.decode(d, o) };
    },
  },
);

interface DeviceGetMetadataRequest {
  readonly id: string;
}
const STRING = string();
const DEVICE_GET_METADATA_REQUEST = struct<DeviceGetMetadataRequest>(
  "fuchsia.hardware.platform.device/DeviceGetMetadataRequest",
  { id: STRING },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.platform.device/DeviceGetMetadataRequest")) return;
      STRING.encode(e, o, v.id);
    },
    decode(d, o) {
      return { id: STRING.decode(d, o) };
    },
  },
);

interface DeviceGetMetadataResponse {
  readonly metadata: Uint8Array;
}
const BYTES = bytes();
const DEVICE_GET_METADATA_RESPONSE = struct<DeviceGetMetadataResponse>(
  "fuchsia.hardware.platform.device/Device_GetMetadata_Response",
  { metadata: BYTES },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.platform.device/Device_GetMetadata_Response")) return;
      BYTES.encode(e, o, v.metadata);
    },
    decode(d, o) {
      return { metadata: BYTES.decode(d, o) };
    },
  },
);
const DEVICE_GET_MMIO_BY_ID = twoWay<DeviceGetMmioByIdRequest, Mmio>({
  name: "fuchsia.hardware.platform.device/Device.GetMmioById",
  ordinal: 0x2fe2767f0aeec203n,
  request: DEVICE_GET_MMIO_BY_ID_REQUEST,
  response: MMIO,
  error: status,
  flexible: true,
});
const DEVICE_GET_MMIO_BY_NAME = twoWay<DeviceGetMmioByNameRequest, Mmio>({
  name: "fuchsia.hardware.platform.device/Device.GetMmioByName",
  ordinal: 0x27dc17076e665076n,
  request: DEVICE_GET_MMIO_BY_NAME_REQUEST,
  response: MMIO,
  error: status,
  flexible: true,
});
const DEVICE_GET_INTERRUPT_BY_ID = twoWay<DeviceGetInterruptByIdRequest, DeviceGetInterruptByIdResponse>({
  name: "fuchsia.hardware.platform.device/Device.GetInterruptById",
  ordinal: 0x4af1d7ccf7a4a4bcn,
  request: DEVICE_GET_INTERRUPT_BY_ID_REQUEST,
  response: DEVICE_GET_INTERRUPT_BY_ID_RESPONSE,
  error: status,
  flexible: true,
});
const DEVICE_GET_INTERRUPT_BY_NAME = twoWay<
  DeviceGetInterruptByNameRequest,
  DeviceGetInterruptByNameResponse
>({
  name: "fuchsia.hardware.platform.device/Device.GetInterruptByName",
  ordinal: 0x165fbc6619b2b64fn,
  request: DEVICE_GET_INTERRUPT_BY_NAME_REQUEST,
  response: DEVICE_GET_INTERRUPT_BY_NAME_RESPONSE,
  error: status,
  flexible: true,
});
const DEVICE_GET_BTI_BY_ID = twoWay<DeviceGetBtiByIdRequest, DeviceGetBtiByIdResponse>({
  name: "fuchsia.hardware.platform.device/Device.GetBtiById",
  ordinal: 0x7b4518a90bcd5463n,
  request: DEVICE_GET_BTI_BY_ID_REQUEST,
  response: DEVICE_GET_BTI_BY_ID_RESPONSE,
  error: status,
  flexible: true,
});
const DEVICE_GET_BTI_BY_NAME = twoWay<DeviceGetBtiByNameRequest, DeviceGetBtiByNameResponse>({
  name: "fuchsia.hardware.platform.device/Device.GetBtiByName",
  ordinal: 0x358f37bd43460531n,
  request: DEVICE_GET_BTI_BY_NAME_REQUEST,
  response: DEVICE_GET_BTI_BY_NAME_RESPONSE,
  error: status,
  flexible: true,
});
const DEVICE_GET_SMC_BY_ID = twoWay<DeviceGetSmcByIdRequest, DeviceGetSmcByIdResponse>({
  name: "fuchsia.hardware.platform.device/Device.GetSmcById",
  ordinal: 0x40e6da56a39e0e34n,
  request: DEVICE_GET_SMC_BY_ID_REQUEST,
  response: DEVICE_GET_SMC_BY_ID_RESPONSE,
  error: status,
  flexible: true,
});
const DEVICE_GET_SMC_BY_NAME = twoWay<DeviceGetSmcByNameRequest, DeviceGetSmcByNameResponse>({
  name: "fuchsia.hardware.platform.device/Device.GetSmcByName",
  ordinal: 0x3e13238c0bba6da2n,
  request: DEVICE_GET_SMC_BY_NAME_REQUEST,
  response: DEVICE_GET_SMC_BY_NAME_RESPONSE,
  error: status,
  flexible: true,
});
const DEVICE_GET_NODE_DEVICE_INFO = twoWay<void, NodeDeviceInfo>({
  name: "fuchsia.hardware.platform.device/Device.GetNodeDeviceInfo",
  ordinal: 0x0009a4e8a63ba682n,
  response: NODE_DEVICE_INFO,
  error: status,
  flexible: true,
});
const DEVICE_GET_BOARD_INFO = twoWay<void, BoardInfo>({
  name: "fuchsia.hardware.platform.device/Device.GetBoardInfo",
  ordinal: 0x09140d82923eee4bn,
  response: BOARD_INFO,
  error: status,
  flexible: true,
});
const DEVICE_GET_METADATA = twoWay<DeviceGetMetadataRequest, DeviceGetMetadataResponse>({
  name: "fuchsia.hardware.platform.device/Device.GetMetadata",
  ordinal: 0x36e18be3a7c6cc70n,
  request: DEVICE_GET_METADATA_REQUEST,
  response: DEVICE_GET_METADATA_RESPONSE,
  error: status,
  flexible: true,
});

/** `fuchsia.hardware.platform.device/Device` as its client sees it. Calls reject with a ZxError. */
export interface DeviceClient extends Connection {
  /**
   * The registers with this index.
   *
   * Errors:
   * * OUT_OF_RANGE: there are not so many.
   * * NOT_FOUND: the board driver does not know where they are.
   * * INTERNAL: the platform bus failed.
   */
  getMmioById(index: number, options?: CallOptions): Promise<Mmio>;
  /**
   * The registers with this name.
   *
   * Errors: those of GetMmioById, and
   * * INVALID_ARGS: `name` is empty.
   * * OUT_OF_RANGE: nothing has this name.
   */
  getMmioByName(name: string, options?: CallOptions): Promise<Mmio>;
  /**
   * The interrupt with this index. `flags` are options of interrupt_create; a mode among them is taken instead of the board's.
   *
   * Errors:
   * * OUT_OF_RANGE: there are not so many.
   * * INVALID_ARGS: `flags` says that the interrupt wakes the system: the board driver decides that.
   */
  getInterruptById(index: number, flags: number, options?: CallOptions): Promise<Handle>;
  /**
   * The interrupt with this name.
   *
   * Errors: those of GetInterruptById, and
   * * INVALID_ARGS: `name` is empty.
   * * OUT_OF_RANGE: nothing has this name.
   */
  getInterruptByName(name: string, flags: number, options?: CallOptions): Promise<Handle>;
  /**
   * The bus transaction initiator with this index.
   *
   * Errors:
   * * OUT_OF_RANGE: there are not so many.
   */
  getBtiById(index: number, options?: CallOptions): Promise<Handle>;
  /**
   * The bus transaction initiator with this name.
   *
   * Errors:
   * * INVALID_ARGS: `name` is empty.
   * * OUT_OF_RANGE: nothing has this name.
   */
  getBtiByName(name: string, options?: CallOptions): Promise<Handle>;
  /**
   * The range of secure monitor calls with this index.
   *
   * Errors:
   * * OUT_OF_RANGE: there are not so many.
   */
  getSmcById(index: number, options?: CallOptions): Promise<Handle>;
  /**
   * The range of secure monitor calls with this name.
   *
   * Errors:
   * * INVALID_ARGS: `name` is empty.
   * * OUT_OF_RANGE: nothing has this name.
   */
  getSmcByName(name: string, options?: CallOptions): Promise<Handle>;
  /** What the board driver said of the device. */
  getNodeDeviceInfo(options?: CallOptions): Promise<NodeDeviceInfo>;
  /** What is known of the board. */
  getBoardInfo(options?: CallOptions): Promise<BoardInfo>;
  /**
   * Data that the board driver left for this driver.
   *
   * Errors:
   * * NOT_FOUND: there is none with this id.
   */
  getMetadata(id: string, options?: CallOptions): Promise<Uint8Array>;
}

/**
 * `fuchsia.hardware.platform.device/Device` as a server implements it: throws a ZxError to answer with an error.
 */
export interface DeviceServer {
  getMmioById(index: number, binding: Binding): MaybePromise<Mmio>;
  getMmioByName(name: string, binding: Binding): MaybePromise<Mmio>;
  getInterruptById(index: number, flags: number, binding: Binding): MaybePromise<Handle>;
  getInterruptByName(name: string, flags: number, binding: Binding): MaybePromise<Handle>;
  getBtiById(index: number, binding: Binding): MaybePromise<Handle>;
  getBtiByName(name: string, binding: Binding): MaybePromise<Handle>;
  getSmcById(index: number, binding: Binding): MaybePromise<Handle>;
  getSmcByName(name: string, binding: Binding): MaybePromise<Handle>;
  getNodeDeviceInfo(binding: Binding): MaybePromise<NodeDeviceInfo>;
  getBoardInfo(binding: Binding): MaybePromise<BoardInfo>;
  getMetadata(id: string, binding: Binding): MaybePromise<Uint8Array>;
}

class DeviceProxy implements DeviceClient {
  readonly #core: ClientCore;

  constructor(core: ClientCore) {
    this.#core = core;
  }

  getMmioById(index: number, options?: CallOptions): Promise<Mmio> {
    return this.#core.call(DEVICE_GET_MMIO_BY_ID, { index }, options);
  }
  getMmioByName(name: string, options?: CallOptions): Promise<Mmio> {
    return this.#core.call(DEVICE_GET_MMIO_BY_NAME, { name }, options);
  }
  async getInterruptById(index: number, flags: number, options?: CallOptions): Promise<Handle> {
    return (await this.#core.call(DEVICE_GET_INTERRUPT_BY_ID, { index, flags }, options)).irq;
  }
  async getInterruptByName(name: string, flags: number, options?: CallOptions): Promise<Handle> {
    return (await this.#core.call(DEVICE_GET_INTERRUPT_BY_NAME, { name, flags }, options)).irq;
  }
  async getBtiById(index: number, options?: CallOptions): Promise<Handle> {
    return (await this.#core.call(DEVICE_GET_BTI_BY_ID, { index }, options)).bti;
  }
  async getBtiByName(name: string, options?: CallOptions): Promise<Handle> {
    return (await this.#core.call(DEVICE_GET_BTI_BY_NAME, { name }, options)).bti;
  }
  async getSmcById(index: number, options?: CallOptions): Promise<Handle> {
    return (await this.#core.call(DEVICE_GET_SMC_BY_ID, { index }, options)).smc;
  }
  async getSmcByName(name: string, options?: CallOptions): Promise<Handle> {
    return (await this.#core.call(DEVICE_GET_SMC_BY_NAME, { name }, options)).smc;
  }
  getNodeDeviceInfo(options?: CallOptions): Promise<NodeDeviceInfo> {
    return this.#core.call(DEVICE_GET_NODE_DEVICE_INFO, undefined, options);
  }
  getBoardInfo(options?: CallOptions): Promise<BoardInfo> {
    return this.#core.call(DEVICE_GET_BOARD_INFO, undefined, options);
  }
  async getMetadata(id: string, options?: CallOptions): Promise<Uint8Array> {
    return (await this.#core.call(DEVICE_GET_METADATA, { id }, options)).metadata;
  }
  close(): void {
    this.#core.close();
  }
  [Symbol.dispose](): void {
    this.#core.close();
  }
}

export const Device = defineProtocol<
  DeviceClient,
  DeviceServer,
  unknown,
  "fuchsia.hardware.platform.device/Device"
>({
  name: "fuchsia.hardware.platform.device/Device",
  service: "fuchsia.hardware.platform.device.Service",
  openness: "open",
  client: (core) => new DeviceProxy(core),
  methods: [
    serverMethod(DEVICE_GET_MMIO_BY_ID, (server, { index }, binding) => server.getMmioById(index, binding)),
    serverMethod(DEVICE_GET_MMIO_BY_NAME, (server, { name }, binding) => server.getMmioByName(name, binding)),
    serverMethod(
      DEVICE_GET_INTERRUPT_BY_ID,
      (server, { index, flags }, binding) => server.getInterruptById(index, flags, binding),
      (irq) => ({ irq }),
    ),
    serverMethod(
      DEVICE_GET_INTERRUPT_BY_NAME,
      (server, { name, flags }, binding) => server.getInterruptByName(name, flags, binding),
      (irq) => ({ irq }),
    ),
    serverMethod(
      DEVICE_GET_BTI_BY_ID,
      (server, { index }, binding) => server.getBtiById(index, binding),
      (bti) => ({ bti }),
    ),
    serverMethod(
      DEVICE_GET_BTI_BY_NAME,
      (server, { name }, binding) => server.getBtiByName(name, binding),
      (bti) => ({ bti }),
    ),
    serverMethod(
      DEVICE_GET_SMC_BY_ID,
      (server, { index }, binding) => server.getSmcById(index, binding),
      (smc) => ({ smc }),
    ),
    serverMethod(
      DEVICE_GET_SMC_BY_NAME,
      (server, { name }, binding) => server.getSmcByName(name, binding),
      (smc) => ({ smc }),
    ),
    serverMethod(DEVICE_GET_NODE_DEVICE_INFO, (server, _, binding) => server.getNodeDeviceInfo(binding)),
    serverMethod(DEVICE_GET_BOARD_INFO, (server, _, binding) => server.getBoardInfo(binding)),
    serverMethod(
      DEVICE_GET_METADATA,
      (server, { id }, binding) => server.getMetadata(id, binding),
      (metadata) => ({ metadata }),
    ),
  ],
});

export const Service = {
  name: "fuchsia.hardware.platform.device.Service",
  members: { device: Device },
} as const;
