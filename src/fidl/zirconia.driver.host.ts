// Generated from zirconia.driver.host.fidl by zirconia fidl compile; do not edit.
/**
 * The FIDL library `zirconia.driver.host`.
 *
 * Between the driver manager and the driver hosts that it makes: all that either knows of the other.
 *
 * (Fuchsia's `fuchsia.driver.host` is the same with another wording: there, a failure is a status and what a driver has to tell is
 * read from its Inspect file.)
 */
import * as fuchsiaDriverFramework from "./fuchsia.driver.framework.ts";
import {
  type Binding,
  bool,
  box,
  type CallOptions,
  type ClientCore,
  type Codec,
  type Connection,
  defineProtocol,
  float64,
  type Handle,
  handle,
  int32,
  int64,
  type MaybePromise,
  oneWay,
  type ServerEnd,
  serverEnd,
  serverMethod,
  strictUnion,
  string,
  struct,
  table,
  twoWay,
  uint32,
  uint64,
  vector,
} from "./runtime/index.ts";
import type * as zx from "./zx.ts";

/** Bytes of what went wrong, in words. */
export const MAX_MESSAGE = 8192;

/** Device memory that one driver can have mapped. */
export const MAX_MAPPINGS = 256;

/** The root resources, for a board driver. */
export interface RootResources {
  readonly mmio?: Handle | undefined;
  readonly irq?: Handle | undefined;
  readonly ioport?: Handle | undefined;
  readonly system?: Handle | undefined;
  readonly iommu?: Handle | undefined;
}
const HANDLE_RESOURCE = handle(15);
const HANDLE_IOMMU = handle(23);
export const ROOT_RESOURCES: Codec<RootResources> = table<RootResources>(
  "zirconia.driver.host/RootResources",
  {
    mmio: [1, HANDLE_RESOURCE],
    irq: [2, HANDLE_RESOURCE],
    ioport: [3, HANDLE_RESOURCE],
    system: [4, HANDLE_RESOURCE],
    iommu: [5, HANDLE_IOMMU],
  },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "zirconia.driver.host/RootResources")) return;
      let max = 0;
      if (v.mmio !== undefined) max = 1;
      if (v.irq !== undefined) max = 2;
      if (v.ioport !== undefined) max = 3;
      if (v.system !== undefined) max = 4;
      if (v.iommu !== undefined) max = 5;
      const t = e.enterTable(o, max);
      if (v.mmio !== undefined) e.envelope(t, HANDLE_RESOURCE, v.mmio);
      if (v.irq !== undefined) e.envelope(t + 8, HANDLE_RESOURCE, v.irq);
      if (v.ioport !== undefined) e.envelope(t + 16, HANDLE_RESOURCE, v.ioport);
      if (v.system !== undefined) e.envelope(t + 24, HANDLE_RESOURCE, v.system);
      if (v.iommu !== undefined) e.envelope(t + 32, HANDLE_IOMMU, v.iommu);
      e.leave();
    },
    decode(d, o) {
      const t = d.enterTable(o);
      const n = d.envelopes;
      const m1 = n >= 1 ? d.optionalEnvelope(t, HANDLE_RESOURCE) : undefined;
      const m2 = n >= 2 ? d.optionalEnvelope(t + 8, HANDLE_RESOURCE) : undefined;
      const m3 = n >= 3 ? d.optionalEnvelope(t + 16, HANDLE_RESOURCE) : undefined;
      const m4 = n >= 4 ? d.optionalEnvelope(t + 24, HANDLE_RESOURCE) : undefined;
      const m5 = n >= 5 ? d.optionalEnvelope(t + 32, HANDLE_IOMMU) : undefined;
      d.leaveTable(t, n, 5);
      return { mmio: m1, irq: m2, ioport: m3, system: m4, iommu: m5 };
    },
  },
);

/** An error, in words too. */
export interface Failure {
  readonly status: zx.Status;
  readonly message: string;
}
const STRING_8192 = string(8192);
export const FAILURE: Codec<Failure> = struct<Failure>(
  "zirconia.driver.host/Failure",
  { status: int32, message: STRING_8192 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "zirconia.driver.host/Failure")) return;
      e.int32(o, v.status);
      STRING_8192.encode(e, o + 8, v.message);
    },
    decode(d, o) {
      d.padding(o + 4, 4);
      return { status: d.int32(o), message: STRING_8192.decode(d, o + 8) };
    },
  },
);

export type Started = Record<string, never>;
export const STARTED: Codec<Started> = struct<Started>("zirconia.driver.host/Started", {});

export type StartResult =
  | { readonly kind: "started"; readonly started: Started }
  | { readonly kind: "failed"; readonly failed: Failure };
export const START_RESULT: Codec<StartResult> = strictUnion(
  "zirconia.driver.host/StartResult",
  { started: [1, STARTED], failed: [2, FAILURE] },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "zirconia.driver.host/StartResult")) return;
      switch (v.kind) {
        case "started":
          return e.union(o, 1, STARTED, v.started);
        case "failed":
          return e.union(o, 2, FAILURE, v.failed);
        default:
          return e.unknownVariant(o, v, "zirconia.driver.host/StartResult");
      }
    },
    decode(d, o) {
      switch (d.unionOrdinal(o)) {
        case 1:
          return { kind: "started", started: d.envelope(o + 8, STARTED) };
        case 2:
          return { kind: "failed", failed: d.envelope(o + 8, FAILURE) };
        default:
          return d.strictVariant(o, "zirconia.driver.host/StartResult");
      }
    },
  },
);

export type InspectValue =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "number"; readonly number: number }
  | { readonly kind: "integer"; readonly integer: bigint }
  | { readonly kind: "flag"; readonly flag: boolean };
const STRING = string();
export const INSPECT_VALUE: Codec<InspectValue> = strictUnion(
  "zirconia.driver.host/InspectValue",
  { text: [1, STRING], number: [2, float64], integer: [3, int64], flag: [4, bool] },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "zirconia.driver.host/InspectValue")) return;
      switch (v.kind) {
        case "text":
          return e.union(o, 1, STRING, v.text);
        case "number":
          return e.union(o, 2, float64, v.number);
        case "integer":
          return e.union(o, 3, int64, v.integer);
        case "flag":
          return e.union(o, 4, bool, v.flag);
        default:
          return e.unknownVariant(o, v, "zirconia.driver.host/InspectValue");
      }
    },
    decode(d, o) {
      switch (d.unionOrdinal(o)) {
        case 1:
          return { kind: "text", text: d.envelope(o + 8, STRING) };
        case 2:
          return { kind: "number", number: d.envelope(o + 8, float64) };
        case 3:
          return { kind: "integer", integer: d.envelope(o + 8, int64) };
        case 4:
          return { kind: "flag", flag: d.envelope(o + 8, bool) };
        default:
          return d.strictVariant(o, "zirconia.driver.host/InspectValue");
      }
    },
  },
);

/** A value that the driver shows. */
export interface InspectEntry {
  readonly key: string;
  readonly value: InspectValue;
}
export const INSPECT_ENTRY: Codec<InspectEntry> = struct<InspectEntry>(
  "zirconia.driver.host/InspectEntry",
  { key: STRING, value: INSPECT_VALUE },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "zirconia.driver.host/InspectEntry")) return;
      STRING.encode(e, o, v.key);
      INSPECT_VALUE.encode(e, o + 16, v.value);
    },
    decode(d, o) {
      return { key: STRING.decode(d, o), value: INSPECT_VALUE.decode(d, o + 16) };
    },
  },
);

/** Device memory that a driver has mapped. */
export interface Mapping {
  readonly name: string;
  readonly vmoKoid: bigint;
  /** Bytes from the start of the VMO. */
  readonly vmoOffset: bigint;
  readonly size: bigint;
  /** In the host's address space. */
  readonly address: bigint;
  /** As `zx_vmo_set_cache_policy` takes it. */
  readonly cachePolicy: number;
}
export const MAPPING: Codec<Mapping> = struct<Mapping>(
  "zirconia.driver.host/Mapping",
  { name: STRING, vmoKoid: uint64, vmoOffset: uint64, size: uint64, address: uint64, cachePolicy: uint32 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "zirconia.driver.host/Mapping")) return;
      STRING.encode(e, o, v.name);
      e.uint64(o + 16, v.vmoKoid);
      e.uint64(o + 24, v.vmoOffset);
      e.uint64(o + 32, v.size);
      e.uint64(o + 40, v.address);
      e.uint32(o + 48, v.cachePolicy);
    },
    decode(d, o) {
      d.padding(o + 52, 4);
      return {
        name: STRING.decode(d, o),
        vmoKoid: d.uint64(o + 16),
        vmoOffset: d.uint64(o + 24),
        size: d.uint64(o + 32),
        address: d.uint64(o + 40),
        cachePolicy: d.uint32(o + 48),
      };
    },
  },
);

export interface DriverWatchResponse {
  /**
   * Comes once. After a failure everything that the driver had has been given back, and the host closes its end.
   */
  readonly result?: StartResult | undefined;
  /** Values that are new or have changed. */
  readonly inspect?: readonly InspectEntry[] | undefined;
  /** All the device memory that the driver has mapped, whenever that changes. */
  readonly mappings?: readonly Mapping[] | undefined;
}
const VECTOR_OF_INSPECT_ENTRY = vector(INSPECT_ENTRY);
const VECTOR_OF_MAPPING_256 = vector(MAPPING, 256);
export const DRIVER_WATCH_RESPONSE: Codec<DriverWatchResponse> = table<DriverWatchResponse>(
  "zirconia.driver.host/Driver_Watch_Response",
  { result: [1, START_RESULT], inspect: [2, VECTOR_OF_INSPECT_ENTRY], mappings: [3, VECTOR_OF_MAPPING_256] },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "zirconia.driver.host/Driver_Watch_Response")) return;
      let max = 0;
      if (v.result !== undefined) max = 1;
      if (v.inspect !== undefined) max = 2;
      if (v.mappings !== undefined) max = 3;
      const t = e.enterTable(o, max);
      if (v.result !== undefined) e.envelope(t, START_RESULT, v.result);
      if (v.inspect !== undefined) e.envelope(t + 8, VECTOR_OF_INSPECT_ENTRY, v.inspect);
      if (v.mappings !== undefined) e.envelope(t + 16, VECTOR_OF_MAPPING_256, v.mappings);
      e.leave();
    },
    decode(d, o) {
      const t = d.enterTable(o);
      const n = d.envelopes;
      const m1 = n >= 1 ? d.optionalEnvelope(t, START_RESULT) : undefined;
      const m2 = n >= 2 ? d.optionalEnvelope(t + 8, VECTOR_OF_INSPECT_ENTRY) : undefined;
      const m3 = n >= 3 ? d.optionalEnvelope(t + 16, VECTOR_OF_MAPPING_256) : undefined;
      d.leaveTable(t, n, 3);
      return { result: m1, inspect: m2, mappings: m3 };
    },
  },
);

interface DriverHostStartRequest {
  /** `program` has `binary`: the module to load, where the host has to load it. */
  readonly args: fuchsiaDriverFramework.DriverStartArgs;
  /** The node's, for messages. */
  readonly moniker: string;
  readonly resources: RootResources;
  readonly driver: ServerEnd<"zirconia.driver.host/Driver">;
}
const SERVER_END_DRIVER = serverEnd("zirconia.driver.host/Driver");
const DRIVER_HOST_START_REQUEST = struct<DriverHostStartRequest>(
  "zirconia.driver.host/DriverHostStartRequest",
  {
    args: fuchsiaDriverFramework.DRIVER_START_ARGS,
    moniker: STRING,
    resources: ROOT_RESOURCES,
    driver: SERVER_END_DRIVER,
  },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "zirconia.driver.host/DriverHostStartRequest")) return;
      fuchsiaDriverFramework.DRIVER_START_ARGS.encode(e, o, v.args);
      STRING.encode(e, o + 16, v.moniker);
      ROOT_RESOURCES.encode(e, o + 32, v.resources);
      SERVER_END_DRIVER.encode(e, o + 48, v.driver);
    },
    decode(d, o) {
      d.padding(o + 52, 4);
      return {
        args: fuchsiaDriverFramework.DRIVER_START_ARGS.decode(d, o),
        moniker: STRING.decode(d, o + 16),
        resources: ROOT_RESOURCES.decode(d, o + 32),
        driver: SERVER_END_DRIVER.decode(d, o + 48),
      };
    },
  },
);
const DRIVER_HOST_START = oneWay<DriverHostStartRequest>({
  name: "zirconia.driver.host/DriverHost.Start",
  ordinal: 0x5a17c9b6936f0d91n,
  request: DRIVER_HOST_START_REQUEST,
  flexible: true,
});

/**
 * `zirconia.driver.host/DriverHost` as its client sees it. Calls reject with a ZxError.
 *
 * A driver host, for the driver manager: over the channel that its process is started with.
 */
export interface DriverHostClient extends Connection {
  /**
   * Starts a driver. How that went is the first thing that `Driver.Watch` tells.
   * @param args `program` has `binary`: the module to load, where the host has to load it.
   * @param moniker The node's, for messages.
   */
  start(
    args: fuchsiaDriverFramework.DriverStartArgs,
    moniker: string,
    resources: RootResources,
    driver: ServerEnd<"zirconia.driver.host/Driver">,
  ): void;
}

/** `zirconia.driver.host/DriverHost` as a server implements it: throws a ZxError to answer with an error. */
export interface DriverHostServer {
  start(
    args: fuchsiaDriverFramework.DriverStartArgs,
    moniker: string,
    resources: RootResources,
    driver: ServerEnd<"zirconia.driver.host/Driver">,
    binding: Binding,
  ): MaybePromise<void>;
}

class DriverHostProxy implements DriverHostClient {
  readonly #core: ClientCore;

  constructor(core: ClientCore) {
    this.#core = core;
  }

  start(
    args: fuchsiaDriverFramework.DriverStartArgs,
    moniker: string,
    resources: RootResources,
    driver: ServerEnd<"zirconia.driver.host/Driver">,
  ): void {
    this.#core.send(DRIVER_HOST_START, { args, moniker, resources, driver });
  }
  close(): void {
    this.#core.close();
  }
  [Symbol.dispose](): void {
    this.#core.close();
  }
}

/** A driver host, for the driver manager: over the channel that its process is started with. */
export const DriverHost = defineProtocol<
  DriverHostClient,
  DriverHostServer,
  unknown,
  "zirconia.driver.host/DriverHost"
>({
  name: "zirconia.driver.host/DriverHost",
  openness: "open",
  client: (core) => new DriverHostProxy(core),
  methods: [
    serverMethod(DRIVER_HOST_START, (server, { args, moniker, resources, driver }, binding) =>
      server.start(args, moniker, resources, driver, binding),
    ),
  ],
});

interface DriverStopResponse {
  readonly failure: Failure | undefined;
}
const BOX_FAILURE = box(FAILURE);
const DRIVER_STOP_RESPONSE = struct<DriverStopResponse>(
  "zirconia.driver.host/Driver_Stop_Response",
  { failure: BOX_FAILURE },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "zirconia.driver.host/Driver_Stop_Response")) return;
      BOX_FAILURE.encode(e, o, v.failure);
    },
    decode(d, o) {
      return { failure: BOX_FAILURE.decode(d, o) };
    },
  },
);
const DRIVER_WATCH = twoWay<void, DriverWatchResponse>({
  name: "zirconia.driver.host/Driver.Watch",
  ordinal: 0x13560dcbf547d588n,
  response: DRIVER_WATCH_RESPONSE,
  flexible: true,
});
const DRIVER_STOP = twoWay<void, DriverStopResponse>({
  name: "zirconia.driver.host/Driver.Stop",
  ordinal: 0x6cebf120d3c34a03n,
  response: DRIVER_STOP_RESPONSE,
  flexible: true,
});

/**
 * `zirconia.driver.host/Driver` as its client sees it. Calls reject with a ZxError.
 *
 * A driver in its host, for the driver manager. When the host's end is closed without having been asked to stop, the driver is gone.
 */
export interface DriverClient extends Connection {
  /** Answers when there is something new, with all that has changed since the last answer. */
  watch(options?: CallOptions): Promise<DriverWatchResponse>;
  /**
   * Has it stop. Everything it had is given back when this is answered; `failure` says what went wrong on the way.
   */
  stop(options?: CallOptions): Promise<Failure | undefined>;
}

/** `zirconia.driver.host/Driver` as a server implements it: throws a ZxError to answer with an error. */
export interface DriverServer {
  watch(binding: Binding): MaybePromise<DriverWatchResponse>;
  stop(binding: Binding): MaybePromise<Failure | undefined>;
}

class DriverProxy implements DriverClient {
  readonly #core: ClientCore;

  constructor(core: ClientCore) {
    this.#core = core;
  }

  watch(options?: CallOptions): Promise<DriverWatchResponse> {
    return this.#core.call(DRIVER_WATCH, undefined, options);
  }
  async stop(options?: CallOptions): Promise<Failure | undefined> {
    return (await this.#core.call(DRIVER_STOP, undefined, options)).failure;
  }
  close(): void {
    this.#core.close();
  }
  [Symbol.dispose](): void {
    this.#core.close();
  }
}

/**
 * A driver in its host, for the driver manager. When the host's end is closed without having been asked to stop, the driver is gone.
 */
export const Driver = defineProtocol<DriverClient, DriverServer, unknown, "zirconia.driver.host/Driver">({
  name: "zirconia.driver.host/Driver",
  openness: "open",
  client: (core) => new DriverProxy(core),
  methods: [
    serverMethod(DRIVER_WATCH, (server, _, binding) => server.watch(binding)),
    serverMethod(
      DRIVER_STOP,
      (server, _, binding) => server.stop(binding),
      (failure) => ({ failure }),
    ),
  ],
});
