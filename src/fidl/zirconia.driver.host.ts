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
  event,
  eventMethod,
  float64,
  type Handle,
  handle,
  int32,
  int64,
  type MaybePromise,
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

interface DriverHostStartResponse {
  readonly result: StartResult;
}
const DRIVER_HOST_START_RESPONSE = struct<DriverHostStartResponse>(
  "zirconia.driver.host/DriverHost_Start_Response",
  { result: START_RESULT },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "zirconia.driver.host/DriverHost_Start_Response")) return;
      START_RESULT.encode(e, o, v.result);
    },
    decode(d, o) {
      return { result: START_RESULT.decode(d, o) };
    },
  },
);
const DRIVER_HOST_START = twoWay<DriverHostStartRequest, DriverHostStartResponse>({
  name: "zirconia.driver.host/DriverHost.Start",
  ordinal: 0x5a17c9b6936f0d91n,
  request: DRIVER_HOST_START_REQUEST,
  response: DRIVER_HOST_START_RESPONSE,
  flexible: true,
});

/**
 * `zirconia.driver.host/DriverHost` as its client sees it. Calls reject with a ZxError.
 *
 * A driver host, for the driver manager: over the channel that its process is started with.
 */
export interface DriverHostClient extends Connection {
  /**
   * Starts a driver. It is answered when the driver's own start has ended; if that failed, everything that the driver had is
   * given back by then.
   * @param args `program` has `binary`: the module to load, where the host has to load it.
   * @param moniker The node's, for messages.
   */
  start(
    args: fuchsiaDriverFramework.DriverStartArgs,
    moniker: string,
    resources: RootResources,
    driver: ServerEnd<"zirconia.driver.host/Driver">,
    options?: CallOptions,
  ): Promise<StartResult>;
}

/** `zirconia.driver.host/DriverHost` as a server implements it: throws a ZxError to answer with an error. */
export interface DriverHostServer {
  start(
    args: fuchsiaDriverFramework.DriverStartArgs,
    moniker: string,
    resources: RootResources,
    driver: ServerEnd<"zirconia.driver.host/Driver">,
    binding: Binding,
  ): MaybePromise<StartResult>;
}

class DriverHostProxy implements DriverHostClient {
  readonly #core: ClientCore;

  constructor(core: ClientCore) {
    this.#core = core;
  }

  async start(
    args: fuchsiaDriverFramework.DriverStartArgs,
    moniker: string,
    resources: RootResources,
    driver: ServerEnd<"zirconia.driver.host/Driver">,
    options?: CallOptions,
  ): Promise<StartResult> {
    return (await this.#core.call(DRIVER_HOST_START, { args, moniker, resources, driver }, options)).result;
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
    serverMethod(
      DRIVER_HOST_START,
      (server, { args, moniker, resources, driver }, binding) =>
        server.start(args, moniker, resources, driver, binding),
      (result) => ({ result }),
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

interface DriverOnInspectRequest {
  readonly key: string;
  readonly value: InspectValue;
}
const DRIVER_ON_INSPECT_REQUEST = struct<DriverOnInspectRequest>(
  "zirconia.driver.host/DriverOnInspectRequest",
  { key: STRING, value: INSPECT_VALUE },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "zirconia.driver.host/DriverOnInspectRequest")) return;
      STRING.encode(e, o, v.key);
      INSPECT_VALUE.encode(e, o + 16, v.value);
    },
    decode(d, o) {
      return { key: STRING.decode(d, o), value: INSPECT_VALUE.decode(d, o + 16) };
    },
  },
);

interface DriverOnMappingsRequest {
  readonly mappings: readonly Mapping[];
}
const VECTOR_OF_MAPPING_256 = vector(MAPPING, 256);
const DRIVER_ON_MAPPINGS_REQUEST = struct<DriverOnMappingsRequest>(
  "zirconia.driver.host/DriverOnMappingsRequest",
  { mappings: VECTOR_OF_MAPPING_256 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "zirconia.driver.host/DriverOnMappingsRequest")) return;
      VECTOR_OF_MAPPING_256.encode(e, o, v.mappings);
    },
    decode(d, o) {
      return { mappings: VECTOR_OF_MAPPING_256.decode(d, o) };
    },
  },
);
const DRIVER_STOP = twoWay<void, DriverStopResponse>({
  name: "zirconia.driver.host/Driver.Stop",
  ordinal: 0x6cebf120d3c34a03n,
  response: DRIVER_STOP_RESPONSE,
  flexible: true,
});
const DRIVER_ON_INSPECT = event<DriverOnInspectRequest>({
  name: "zirconia.driver.host/Driver.OnInspect",
  ordinal: 0x7101954520ff6ea6n,
  payload: DRIVER_ON_INSPECT_REQUEST,
  flexible: true,
});
const DRIVER_ON_MAPPINGS = event<DriverOnMappingsRequest>({
  name: "zirconia.driver.host/Driver.OnMappings",
  ordinal: 0x4a4ff2947eb05c6an,
  payload: DRIVER_ON_MAPPINGS_REQUEST,
  flexible: true,
});

/**
 * `zirconia.driver.host/Driver` as its client sees it. Calls reject with a ZxError.
 *
 * A driver in its host, for the driver manager. When the host's end is closed without having been asked to stop, the driver is gone.
 */
export interface DriverClient extends Connection {
  /**
   * Has it stop. Everything it had is given back when this is answered; `failure` says what went wrong on the way.
   */
  stop(options?: CallOptions): Promise<Failure | undefined>;
  /** A value that the driver shows, new or changed. */
  onInspect(listener: (key: string, value: InspectValue) => void): () => void;
  /** The device memory that the driver has mapped, whenever it changes. */
  onMappings(listener: (mappings: readonly Mapping[]) => void): () => void;
}

/** `zirconia.driver.host/Driver` as a server implements it: throws a ZxError to answer with an error. */
export interface DriverServer {
  stop(binding: Binding<DriverEvents>): MaybePromise<Failure | undefined>;
}

/** What a server of `zirconia.driver.host/Driver` can say without being asked. */
export interface DriverEvents {
  /** A value that the driver shows, new or changed. */
  onInspect(key: string, value: InspectValue): void;
  /** The device memory that the driver has mapped, whenever it changes. */
  onMappings(mappings: readonly Mapping[]): void;
}

class DriverProxy implements DriverClient {
  readonly #core: ClientCore;

  constructor(core: ClientCore) {
    this.#core = core;
  }

  async stop(options?: CallOptions): Promise<Failure | undefined> {
    return (await this.#core.call(DRIVER_STOP, undefined, options)).failure;
  }
  onInspect(listener: (key: string, value: InspectValue) => void): () => void {
    return this.#core.on(DRIVER_ON_INSPECT, ({ key, value }) => listener(key, value));
  }
  onMappings(listener: (mappings: readonly Mapping[]) => void): () => void {
    return this.#core.on(DRIVER_ON_MAPPINGS, ({ mappings }) => listener(mappings));
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
export const Driver = defineProtocol<
  DriverClient,
  DriverServer,
  DriverEvents,
  "zirconia.driver.host/Driver"
>({
  name: "zirconia.driver.host/Driver",
  openness: "open",
  client: (core) => new DriverProxy(core),
  events: (sender) => ({
    onInspect: (key, value) => sender.send(DRIVER_ON_INSPECT, { key, value }),
    onMappings: (mappings) => sender.send(DRIVER_ON_MAPPINGS, { mappings }),
  }),
  methods: [
    serverMethod(
      DRIVER_STOP,
      (server, _, binding) => server.stop(binding),
      (failure) => ({ failure }),
    ),
    eventMethod(DRIVER_ON_INSPECT),
    eventMethod(DRIVER_ON_MAPPINGS),
  ],
});
