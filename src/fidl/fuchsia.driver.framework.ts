// Generated from fuchsia.driver.framework.fidl by zirconia fidl compile; do not edit.
/**
 * The FIDL library `fuchsia.driver.framework`.
 *
 * Between drivers and the driver manager: nodes, what they are called, what they offer, and how a driver is started on one.
 *
 * Where a table has a gap, Fuchsia has a member there (devfs, the power framework, the log sink) that means nothing here;
 * whoever sends it is understood, and it is skipped.
 */
import * as fuchsiaComponentDecl from "./fuchsia.component.decl.ts";
import * as fuchsiaComponentRunner from "./fuchsia.component.runner.ts";
import * as fuchsiaData from "./fuchsia.data.ts";
import {
  type Binding,
  bool,
  bytes,
  type CallOptions,
  type ClientCore,
  type ClientEnd,
  type Codec,
  type Connection,
  clientEnd,
  defineProtocol,
  flexibleEnum,
  flexibleUnion,
  type Handle,
  handle,
  int32,
  type MaybePromise,
  oneWay,
  optional,
  type ServerEnd,
  serverEnd,
  serverMethod,
  status,
  strictEnum,
  strictUnion,
  string,
  struct,
  table,
  twoWay,
  type UnknownVariant,
  uint8,
  uint32,
  uint64,
  vector,
} from "./runtime/index.ts";
import type * as zx from "./zx.ts";

export const MAX_OFFER_COUNT = 128;
export const MAX_SYMBOL_COUNT = 64;
export const MAX_PROPERTY_COUNT = 64;
export const MAX_NODE_NAME_LENGTH = 128;
export const MAX_SYMBOL_NAME_LENGTH = 128;
export const MAX_MODULE_NAME_LENGTH = 128;
export const MAX_RESOURCE_NAME_LENGTH = 128;
export const MAX_DRIVER_HOST_LENGTH = 128;
export const MAX_DEVICE_ADDRESS_ARRAY_LEN = 10;
export const MAX_DEVICE_ADDRESS_STR_LEN = 32;
export const MAX_NAMESPACE_COUNT = 32;
export type NodePropertyKeyString = string;
export type NodePropertyKeyUint = number;
export type NodePropertyValueUint = number;
export type NodePropertyValueString = string;
export type NodePropertyValueBool = boolean;
export type NodePropertyValueEnum = string;
export type NodeName = string;

/** A property's value. */
export type NodePropertyValue =
  | { readonly kind: "intValue"; readonly intValue: NodePropertyValueUint }
  | { readonly kind: "stringValue"; readonly stringValue: NodePropertyValueString }
  | { readonly kind: "boolValue"; readonly boolValue: NodePropertyValueBool }
  /** The full name of an enum's member in a bind library. */
  | { readonly kind: "enumValue"; readonly enumValue: NodePropertyValueEnum }
  | UnknownVariant;
const STRING_256 = string(256);
export const NODE_PROPERTY_VALUE: Codec<NodePropertyValue> = flexibleUnion(
  "fuchsia.driver.framework/NodePropertyValue",
  { intValue: [1, uint32], stringValue: [2, STRING_256], boolValue: [3, bool], enumValue: [4, STRING_256] },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.driver.framework/NodePropertyValue")) return;
      switch (v.kind) {
        case "intValue":
          return e.union(o, 1, uint32, v.intValue);
        case "stringValue":
          return e.union(o, 2, STRING_256, v.stringValue);
        case "boolValue":
          return e.union(o, 3, bool, v.boolValue);
        case "enumValue":
          return e.union(o, 4, STRING_256, v.enumValue);
        default:
          return e.unknownVariant(o, v, "fuchsia.driver.framework/NodePropertyValue");
      }
    },
    decode(d, o) {
      switch (d.unionOrdinal(o)) {
        case 1:
          return { kind: "intValue", intValue: d.envelope(o + 8, uint32) };
        case 2:
          return { kind: "stringValue", stringValue: d.envelope(o + 8, STRING_256) };
        case 3:
          return { kind: "boolValue", boolValue: d.envelope(o + 8, bool) };
        case 4:
          return { kind: "enumValue", enumValue: d.envelope(o + 8, STRING_256) };
        default:
          return d.unknownVariant(o);
      }
    },
  },
);

/** What bind rules look at. */
export interface NodeProperty2 {
  readonly key: NodePropertyKeyString;
  readonly value: NodePropertyValue;
}
export const NODE_PROPERTY2: Codec<NodeProperty2> = struct<NodeProperty2>(
  "fuchsia.driver.framework/NodeProperty2",
  { key: STRING_256, value: NODE_PROPERTY_VALUE },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.driver.framework/NodeProperty2")) return;
      STRING_256.encode(e, o, v.key);
      NODE_PROPERTY_VALUE.encode(e, o + 16, v.value);
    },
    decode(d, o) {
      return { key: STRING_256.decode(d, o), value: NODE_PROPERTY_VALUE.decode(d, o + 16) };
    },
  },
);

export type NodeProperties = readonly NodeProperty2[];

/** A property's key. Only strings are in use. */
export type NodePropertyKey =
  | { readonly kind: "intValue"; readonly intValue: NodePropertyKeyUint }
  | { readonly kind: "stringValue"; readonly stringValue: NodePropertyKeyString };
export const NODE_PROPERTY_KEY: Codec<NodePropertyKey> = strictUnion(
  "fuchsia.driver.framework/NodePropertyKey",
  { intValue: [1, uint32], stringValue: [2, STRING_256] },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.driver.framework/NodePropertyKey")) return;
      switch (v.kind) {
        case "intValue":
          return e.union(o, 1, uint32, v.intValue);
        case "stringValue":
          return e.union(o, 2, STRING_256, v.stringValue);
        default:
          return e.unknownVariant(o, v, "fuchsia.driver.framework/NodePropertyKey");
      }
    },
    decode(d, o) {
      switch (d.unionOrdinal(o)) {
        case 1:
          return { kind: "intValue", intValue: d.envelope(o + 8, uint32) };
        case 2:
          return { kind: "stringValue", stringValue: d.envelope(o + 8, STRING_256) };
        default:
          return d.strictVariant(o, "fuchsia.driver.framework/NodePropertyKey");
      }
    },
  },
);

export interface NodeProperty {
  readonly key: NodePropertyKey;
  readonly value: NodePropertyValue;
}
export const NODE_PROPERTY: Codec<NodeProperty> = struct<NodeProperty>(
  "fuchsia.driver.framework/NodeProperty",
  { key: NODE_PROPERTY_KEY, value: NODE_PROPERTY_VALUE },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.driver.framework/NodeProperty")) return;
      NODE_PROPERTY_KEY.encode(e, o, v.key);
      NODE_PROPERTY_VALUE.encode(e, o + 16, v.value);
    },
    decode(d, o) {
      return { key: NODE_PROPERTY_KEY.decode(d, o), value: NODE_PROPERTY_VALUE.decode(d, o + 16) };
    },
  },
);

export type NodePropertyVector = readonly NodeProperty[];

/**
 * A service that a node offers to the driver on it. Neither source nor target are set; a filter and new names of instances must be.
 */
export type Offer =
  | { readonly kind: "zirconTransport"; readonly zirconTransport: fuchsiaComponentDecl.Offer }
  | { readonly kind: "driverTransport"; readonly driverTransport: fuchsiaComponentDecl.Offer }
  | { readonly kind: "dictionaryOffer"; readonly dictionaryOffer: fuchsiaComponentDecl.Offer }
  | UnknownVariant;
export const OFFER: Codec<Offer> = flexibleUnion(
  "fuchsia.driver.framework/Offer",
  {
    zirconTransport: [1, fuchsiaComponentDecl.OFFER],
    driverTransport: [2, fuchsiaComponentDecl.OFFER],
    dictionaryOffer: [3, fuchsiaComponentDecl.OFFER],
  },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.driver.framework/Offer")) return;
      switch (v.kind) {
        case "zirconTransport":
          return e.union(o, 1, fuchsiaComponentDecl.OFFER, v.zirconTransport);
        case "driverTransport":
          return e.union(o, 2, fuchsiaComponentDecl.OFFER, v.driverTransport);
        case "dictionaryOffer":
          return e.union(o, 3, fuchsiaComponentDecl.OFFER, v.dictionaryOffer);
        default:
          return e.unknownVariant(o, v, "fuchsia.driver.framework/Offer");
      }
    },
    decode(d, o) {
      switch (d.unionOrdinal(o)) {
        case 1:
          return { kind: "zirconTransport", zirconTransport: d.envelope(o + 8, fuchsiaComponentDecl.OFFER) };
        case 2:
          return { kind: "driverTransport", driverTransport: d.envelope(o + 8, fuchsiaComponentDecl.OFFER) };
        case 3:
          return { kind: "dictionaryOffer", dictionaryOffer: d.envelope(o + 8, fuchsiaComponentDecl.OFFER) };
        default:
          return d.unknownVariant(o);
      }
    },
  },
);

export type NodeOffersVector = readonly Offer[];

/** A node's properties. */
export interface NodePropertyEntry2 {
  /** Which parent's, for a composite node; "default" for the primary one's or a plain node's own. */
  readonly name: NodeName;
  readonly properties: NodeProperties;
}
const STRING_128 = string(128);
const VECTOR_OF_NODE_PROPERTY2_64 = vector(NODE_PROPERTY2, 64);
export const NODE_PROPERTY_ENTRY2: Codec<NodePropertyEntry2> = struct<NodePropertyEntry2>(
  "fuchsia.driver.framework/NodePropertyEntry2",
  { name: STRING_128, properties: VECTOR_OF_NODE_PROPERTY2_64 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.driver.framework/NodePropertyEntry2")) return;
      STRING_128.encode(e, o, v.name);
      VECTOR_OF_NODE_PROPERTY2_64.encode(e, o + 16, v.properties);
    },
    decode(d, o) {
      return { name: STRING_128.decode(d, o), properties: VECTOR_OF_NODE_PROPERTY2_64.decode(d, o + 16) };
    },
  },
);

export type NodePropertyDictionary2 = readonly NodePropertyEntry2[];

/** Something in a driver host's memory that a driver in the same host may use. */
export interface NodeSymbol {
  readonly name?: string | undefined;
  readonly address?: bigint | undefined;
  /** Which module it is from; absent for the primary parent's. */
  readonly moduleName?: string | undefined;
}
export const NODE_SYMBOL: Codec<NodeSymbol> = table<NodeSymbol>(
  "fuchsia.driver.framework/NodeSymbol",
  { name: [1, STRING_128], address: [2, uint64], moduleName: [3, STRING_128] },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.driver.framework/NodeSymbol")) return;
      let max = 0;
      if (v.name !== undefined) max = 1;
      if (v.address !== undefined) max = 2;
      if (v.moduleName !== undefined) max = 3;
      const t = e.enterTable(o, max);
      if (v.name !== undefined) e.envelope(t, STRING_128, v.name);
      if (v.address !== undefined) e.envelope(t + 8, uint64, v.address);
      if (v.moduleName !== undefined) e.envelope(t + 16, STRING_128, v.moduleName);
      e.leave();
    },
    decode(d, o) {
      const t = d.enterTable(o);
      const n = d.envelopes;
      const m1 = n >= 1 ? d.optionalEnvelope(t, STRING_128) : undefined;
      const m2 = n >= 2 ? d.optionalEnvelope(t + 8, uint64) : undefined;
      const m3 = n >= 3 ? d.optionalEnvelope(t + 16, STRING_128) : undefined;
      d.leaveTable(t, n, 3);
      return { name: m1, address: m2, moduleName: m3 };
    },
  },
);

export const BusType = {
  PLATFORM: 1,
  ACPI: 2,
  DEVICE_TREE: 3,
  PCI: 4,
  USB: 5,
  GPIO: 6,
  I2C: 7,
  SPI: 8,
  SDIO: 9,
  UART: 10,
  SPMI: 11,
} as const;
export type BusType = number;
export const BUS_TYPE: Codec<BusType> = flexibleEnum("fuchsia.driver.framework/BusType", uint32, BusType);

/** Where on its bus a device is. */
export type DeviceAddress =
  | { readonly kind: "intValue"; readonly intValue: number }
  /** Such as bus, device and function. */
  | { readonly kind: "arrayIntValue"; readonly arrayIntValue: Uint8Array }
  | { readonly kind: "charIntValue"; readonly charIntValue: string }
  /** Such as an ACPI path. */
  | { readonly kind: "arrayCharIntValue"; readonly arrayCharIntValue: readonly string[] }
  /** Such as the name of a devicetree node. */
  | { readonly kind: "stringValue"; readonly stringValue: string }
  | UnknownVariant;
const BYTES_10 = bytes(10);
const STRING_4 = string(4);
const VECTOR_OF_STRING_4_10 = vector(STRING_4, 10);
const STRING_32 = string(32);
export const DEVICE_ADDRESS: Codec<DeviceAddress> = flexibleUnion(
  "fuchsia.driver.framework/DeviceAddress",
  {
    intValue: [1, uint8],
    arrayIntValue: [2, BYTES_10],
    charIntValue: [3, STRING_4],
    arrayCharIntValue: [4, VECTOR_OF_STRING_4_10],
    stringValue: [5, STRING_32],
  },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.driver.framework/DeviceAddress")) return;
      switch (v.kind) {
        case "intValue":
          return e.union(o, 1, uint8, v.intValue);
        case "arrayIntValue":
          return e.union(o, 2, BYTES_10, v.arrayIntValue);
        case "charIntValue":
          return e.union(o, 3, STRING_4, v.charIntValue);
        case "arrayCharIntValue":
          return e.union(o, 4, VECTOR_OF_STRING_4_10, v.arrayCharIntValue);
        case "stringValue":
          return e.union(o, 5, STRING_32, v.stringValue);
        default:
          return e.unknownVariant(o, v, "fuchsia.driver.framework/DeviceAddress");
      }
    },
    decode(d, o) {
      switch (d.unionOrdinal(o)) {
        case 1:
          return { kind: "intValue", intValue: d.envelope(o + 8, uint8) };
        case 2:
          return { kind: "arrayIntValue", arrayIntValue: d.envelope(o + 8, BYTES_10) };
        case 3:
          return { kind: "charIntValue", charIntValue: d.envelope(o + 8, STRING_4) };
        case 4:
          return { kind: "arrayCharIntValue", arrayCharIntValue: d.envelope(o + 8, VECTOR_OF_STRING_4_10) };
        case 5:
          return { kind: "stringValue", stringValue: d.envelope(o + 8, STRING_32) };
        default:
          return d.unknownVariant(o);
      }
    },
  },
);

/** For how long an address stays what it is. */
export const DeviceAddressStability = {
  UNSTABLE_BETWEEN_DRIVER_RESTART: 0,
  UNSTABLE_BETWEEN_BOOT: 1,
  UNSTABLE_BETWEEN_SOFTWARE_UPDATE: 2,
  STABLE: 3,
} as const;
export type DeviceAddressStability = number;
export const DEVICE_ADDRESS_STABILITY: Codec<DeviceAddressStability> = flexibleEnum(
  "fuchsia.driver.framework/DeviceAddressStability",
  uint32,
  DeviceAddressStability,
);

export interface BusInfo {
  readonly bus?: BusType | undefined;
  readonly address?: DeviceAddress | undefined;
  readonly addressStability?: DeviceAddressStability | undefined;
}
export const BUS_INFO: Codec<BusInfo> = table<BusInfo>(
  "fuchsia.driver.framework/BusInfo",
  { bus: [1, BUS_TYPE], address: [2, DEVICE_ADDRESS], addressStability: [3, DEVICE_ADDRESS_STABILITY] },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.driver.framework/BusInfo")) return;
      let max = 0;
      if (v.bus !== undefined) max = 1;
      if (v.address !== undefined) max = 2;
      if (v.addressStability !== undefined) max = 3;
      const t = e.enterTable(o, max);
      if (v.bus !== undefined) e.envelope(t, BUS_TYPE, v.bus);
      if (v.address !== undefined) e.envelope(t + 8, DEVICE_ADDRESS, v.address);
      if (v.addressStability !== undefined) e.envelope(t + 16, DEVICE_ADDRESS_STABILITY, v.addressStability);
      e.leave();
    },
    decode(d, o) {
      const t = d.enterTable(o);
      const n = d.envelopes;
      const m1 = n >= 1 ? d.optionalEnvelope(t, BUS_TYPE) : undefined;
      const m2 = n >= 2 ? d.optionalEnvelope(t + 8, DEVICE_ADDRESS) : undefined;
      const m3 = n >= 3 ? d.optionalEnvelope(t + 16, DEVICE_ADDRESS_STABILITY) : undefined;
      d.leaveTable(t, n, 3);
      return { bus: m1, address: m2, addressStability: m3 };
    },
  },
);

/** What a node shall be. */
export interface NodeAddArgs {
  readonly name?: NodeName | undefined;
  /** For a driver in the same host. */
  readonly symbols?: readonly NodeSymbol[] | undefined;
  /** The older form of properties; those with both forms are refused. */
  readonly properties?: NodePropertyVector | undefined;
  /** Served by the driver that adds the node, from before it adds it. */
  readonly offers2?: NodeOffersVector | undefined;
  readonly busInfo?: BusInfo | undefined;
  readonly properties2?: NodeProperties | undefined;
  /** Nodes with the same name here have their drivers in one host. */
  readonly driverHost?: string | undefined;
}
const VECTOR_OF_NODE_SYMBOL_64 = vector(NODE_SYMBOL, 64);
const VECTOR_OF_NODE_PROPERTY_64 = vector(NODE_PROPERTY, 64);
const VECTOR_OF_OFFER_128 = vector(OFFER, 128);
export const NODE_ADD_ARGS: Codec<NodeAddArgs> = table<NodeAddArgs>(
  "fuchsia.driver.framework/NodeAddArgs",
  {
    name: [1, STRING_128],
    symbols: [3, VECTOR_OF_NODE_SYMBOL_64],
    properties: [4, VECTOR_OF_NODE_PROPERTY_64],
    offers2: [6, VECTOR_OF_OFFER_128],
    busInfo: [7, BUS_INFO],
    properties2: [8, VECTOR_OF_NODE_PROPERTY2_64],
    driverHost: [10, STRING_128],
  },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.driver.framework/NodeAddArgs")) return;
      let max = 0;
      if (v.name !== undefined) max = 1;
      if (v.symbols !== undefined) max = 3;
      if (v.properties !== undefined) max = 4;
      if (v.offers2 !== undefined) max = 6;
      if (v.busInfo !== undefined) max = 7;
      if (v.properties2 !== undefined) max = 8;
      if (v.driverHost !== undefined) max = 10;
      const t = e.enterTable(o, max);
      if (v.name !== undefined) e.envelope(t, STRING_128, v.name);
      if (v.symbols !== undefined) e.envelope(t + 16, VECTOR_OF_NODE_SYMBOL_64, v.symbols);
      if (v.properties !== undefined) e.envelope(t + 24, VECTOR_OF_NODE_PROPERTY_64, v.properties);
      if (v.offers2 !== undefined) e.envelope(t + 40, VECTOR_OF_OFFER_128, v.offers2);
      if (v.busInfo !== undefined) e.envelope(t + 48, BUS_INFO, v.busInfo);
      if (v.properties2 !== undefined) e.envelope(t + 56, VECTOR_OF_NODE_PROPERTY2_64, v.properties2);
      if (v.driverHost !== undefined) e.envelope(t + 72, STRING_128, v.driverHost);
      e.leave();
    },
    decode(d, o) {
      const t = d.enterTable(o);
      const n = d.envelopes;
      const m1 = n >= 1 ? d.optionalEnvelope(t, STRING_128) : undefined;
      if (n >= 2) d.unknownEnvelope(t + 8);
      const m3 = n >= 3 ? d.optionalEnvelope(t + 16, VECTOR_OF_NODE_SYMBOL_64) : undefined;
      const m4 = n >= 4 ? d.optionalEnvelope(t + 24, VECTOR_OF_NODE_PROPERTY_64) : undefined;
      if (n >= 5) d.unknownEnvelope(t + 32);
      const m6 = n >= 6 ? d.optionalEnvelope(t + 40, VECTOR_OF_OFFER_128) : undefined;
      const m7 = n >= 7 ? d.optionalEnvelope(t + 48, BUS_INFO) : undefined;
      const m8 = n >= 8 ? d.optionalEnvelope(t + 56, VECTOR_OF_NODE_PROPERTY2_64) : undefined;
      if (n >= 9) d.unknownEnvelope(t + 64);
      const m10 = n >= 10 ? d.optionalEnvelope(t + 72, STRING_128) : undefined;
      d.leaveTable(t, n, 10);
      return {
        name: m1,
        symbols: m3,
        properties: m4,
        offers2: m6,
        busInfo: m7,
        properties2: m8,
        driverHost: m10,
      };
    },
  },
);

/** Why a node was not added. */
export const NodeError = {
  INTERNAL: 1,
  /** The parent is gone. */
  NODE_REMOVED: 2,
  NAME_MISSING: 3,
  /** There is a full stop in it. */
  NAME_INVALID: 4,
  /** Another child of the parent has it. */
  NAME_ALREADY_EXISTS: 5,
  OFFER_SOURCE_NAME_MISSING: 6,
  /** An offer has a source or a target. */
  OFFER_REF_EXISTS: 7,
  SYMBOL_NAME_MISSING: 8,
  SYMBOL_ADDRESS_MISSING: 9,
  SYMBOL_ALREADY_EXISTS: 10,
  /** The parent's children are being removed. */
  UNBIND_CHILDREN_IN_PROGRESS: 11,
  UNSUPPORTED_ARGS: 12,
  DUPLICATE_PROPERTY_KEYS: 13,
  OFFER_SOURCE_INSTANCE_FILTER_MISSING: 14,
  OFFER_RENAMED_INSTANCES_MISSING: 15,
} as const;
export type NodeError = number;
export const NODE_ERROR: Codec<NodeError> = flexibleEnum(
  "fuchsia.driver.framework/NodeError",
  uint32,
  NodeError,
);

/** What became of a node's driver. */
export type DriverResult =
  /** It runs: here is what stands for its node. */
  | { readonly kind: "driverStartedNodeToken"; readonly driverStartedNodeToken: Handle }
  /** No driver is meant for the node. */
  | { readonly kind: "matchError"; readonly matchError: zx.Status }
  /** It failed to start. */
  | { readonly kind: "startError"; readonly startError: zx.Status }
  | UnknownVariant;
const HANDLE_EVENT = handle(5);
export const DRIVER_RESULT: Codec<DriverResult> = flexibleUnion(
  "fuchsia.driver.framework/DriverResult",
  { driverStartedNodeToken: [1, HANDLE_EVENT], matchError: [2, int32], startError: [3, int32] },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.driver.framework/DriverResult")) return;
      switch (v.kind) {
        case "driverStartedNodeToken":
          return e.union(o, 1, HANDLE_EVENT, v.driverStartedNodeToken);
        case "matchError":
          return e.union(o, 2, int32, v.matchError);
        case "startError":
          return e.union(o, 3, int32, v.startError);
        default:
          return e.unknownVariant(o, v, "fuchsia.driver.framework/DriverResult");
      }
    },
    decode(d, o) {
      switch (d.unionOrdinal(o)) {
        case 1:
          return { kind: "driverStartedNodeToken", driverStartedNodeToken: d.envelope(o + 8, HANDLE_EVENT) };
        case 2:
          return { kind: "matchError", matchError: d.envelope(o + 8, int32) };
        case 3:
          return { kind: "startError", startError: d.envelope(o + 8, int32) };
        default:
          return d.unknownVariant(o);
      }
    },
  },
);

export interface NodeControllerRequestBindRequest {
  /** Stops the driver that the node has. */
  readonly forceRebind?: boolean | undefined;
  /** Considers only drivers whose URL ends like this. */
  readonly driverUrlSuffix?: string | undefined;
}
const STRING = string();
export const NODE_CONTROLLER_REQUEST_BIND_REQUEST: Codec<NodeControllerRequestBindRequest> =
  table<NodeControllerRequestBindRequest>(
    "fuchsia.driver.framework/NodeControllerRequestBindRequest",
    { forceRebind: [1, bool], driverUrlSuffix: [2, STRING] },
    {
      encode(e, o, v) {
        if (!e.object(o, v, "fuchsia.driver.framework/NodeControllerRequestBindRequest")) return;
        let max = 0;
        if (v.forceRebind !== undefined) max = 1;
        if (v.driverUrlSuffix !== undefined) max = 2;
        const t = e.enterTable(o, max);
        if (v.forceRebind !== undefined) e.envelope(t, bool, v.forceRebind);
        if (v.driverUrlSuffix !== undefined) e.envelope(t + 8, STRING, v.driverUrlSuffix);
        e.leave();
      },
      decode(d, o) {
        const t = d.enterTable(o);
        const n = d.envelopes;
        const m1 = n >= 1 ? d.optionalEnvelope(t, bool) : undefined;
        const m2 = n >= 2 ? d.optionalEnvelope(t + 8, STRING) : undefined;
        d.leaveTable(t, n, 2);
        return { forceRebind: m1, driverUrlSuffix: m2 };
      },
    },
  );

/** What a driver is started with. */
export interface DriverStartArgs {
  readonly node?: ClientEnd<"fuchsia.driver.framework/Node"> | undefined;
  /** Of the driver that added the node, if both are in one host. */
  readonly symbols?: readonly NodeSymbol[] | undefined;
  /** Where the driver is from. */
  readonly url?: string | undefined;
  /** The program section of its manifest. */
  readonly program?: fuchsiaData.Dictionary | undefined;
  readonly incoming?: readonly fuchsiaComponentRunner.ComponentNamespaceEntry[] | undefined;
  readonly outgoingDir?: ServerEnd<"fuchsia.io/Directory"> | undefined;
  /** Its configuration. */
  readonly config?: Handle | undefined;
  readonly nodeName?: string | undefined;
  readonly nodeOffers?: NodeOffersVector | undefined;
  /** What stands for the node. */
  readonly nodeToken?: Handle | undefined;
  readonly nodeProperties2?: NodePropertyDictionary2 | undefined;
  /** The region that the driver should map into. */
  readonly vmar?: Handle | undefined;
}
const CLIENT_END_NODE = clientEnd("fuchsia.driver.framework/Node");
const STRING_4096 = string(4096);
const VECTOR_OF_COMPONENT_NAMESPACE_ENTRY_32 = vector(fuchsiaComponentRunner.COMPONENT_NAMESPACE_ENTRY, 32);
const SERVER_END_DIRECTORY = serverEnd("fuchsia.io/Directory");
const HANDLE_VMO = handle(3);
const VECTOR_OF_NODE_PROPERTY_ENTRY2 = vector(NODE_PROPERTY_ENTRY2);
const HANDLE_VMAR = handle(18);
export const DRIVER_START_ARGS: Codec<DriverStartArgs> = table<DriverStartArgs>(
  "fuchsia.driver.framework/DriverStartArgs",
  {
    node: [1, CLIENT_END_NODE],
    symbols: [2, VECTOR_OF_NODE_SYMBOL_64],
    url: [3, STRING_4096],
    program: [4, fuchsiaData.DICTIONARY],
    incoming: [5, VECTOR_OF_COMPONENT_NAMESPACE_ENTRY_32],
    outgoingDir: [6, SERVER_END_DIRECTORY],
    config: [7, HANDLE_VMO],
    nodeName: [8, STRING],
    nodeOffers: [10, VECTOR_OF_OFFER_128],
    nodeToken: [11, HANDLE_EVENT],
    nodeProperties2: [12, VECTOR_OF_NODE_PROPERTY_ENTRY2],
    vmar: [13, HANDLE_VMAR],
  },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.driver.framework/DriverStartArgs")) return;
      let max = 0;
      if (v.node !== undefined) max = 1;
      if (v.symbols !== undefined) max = 2;
      if (v.url !== undefined) max = 3;
      if (v.program !== undefined) max = 4;
      if (v.incoming !== undefined) max = 5;
      if (v.outgoingDir !== undefined) max = 6;
      if (v.config !== undefined) max = 7;
      if (v.nodeName !== undefined) max = 8;
      if (v.nodeOffers !== undefined) max = 10;
      if (v.nodeToken !== undefined) max = 11;
      if (v.nodeProperties2 !== undefined) max = 12;
      if (v.vmar !== undefined) max = 13;
      const t = e.enterTable(o, max);
      if (v.node !== undefined) e.envelope(t, CLIENT_END_NODE, v.node);
      if (v.symbols !== undefined) e.envelope(t + 8, VECTOR_OF_NODE_SYMBOL_64, v.symbols);
      if (v.url !== undefined) e.envelope(t + 16, STRING_4096, v.url);
      if (v.program !== undefined) e.envelope(t + 24, fuchsiaData.DICTIONARY, v.program);
      if (v.incoming !== undefined) e.envelope(t + 32, VECTOR_OF_COMPONENT_NAMESPACE_ENTRY_32, v.incoming);
      if (v.outgoingDir !== undefined) e.envelope(t + 40, SERVER_END_DIRECTORY, v.outgoingDir);
      if (v.config !== undefined) e.envelope(t + 48, HANDLE_VMO, v.config);
      if (v.nodeName !== undefined) e.envelope(t + 56, STRING, v.nodeName);
      if (v.nodeOffers !== undefined) e.envelope(t + 72, VECTOR_OF_OFFER_128, v.nodeOffers);
      if (v.nodeToken !== undefined) e.envelope(t + 80, HANDLE_EVENT, v.nodeToken);
      if (v.nodeProperties2 !== undefined)
        e.envelope(t + 88, VECTOR_OF_NODE_PROPERTY_ENTRY2, v.nodeProperties2);
      if (v.vmar !== undefined) e.envelope(t + 96, HANDLE_VMAR, v.vmar);
      e.leave();
    },
    decode(d, o) {
      const t = d.enterTable(o);
      const n = d.envelopes;
      const m1 = n >= 1 ? d.optionalEnvelope(t, CLIENT_END_NODE) : undefined;
      const m2 = n >= 2 ? d.optionalEnvelope(t + 8, VECTOR_OF_NODE_SYMBOL_64) : undefined;
      const m3 = n >= 3 ? d.optionalEnvelope(t + 16, STRING_4096) : undefined;
      const m4 = n >= 4 ? d.optionalEnvelope(t + 24, fuchsiaData.DICTIONARY) : undefined;
      const m5 = n >= 5 ? d.optionalEnvelope(t + 32, VECTOR_OF_COMPONENT_NAMESPACE_ENTRY_32) : undefined;
      const m6 = n >= 6 ? d.optionalEnvelope(t + 40, SERVER_END_DIRECTORY) : undefined;
      const m7 = n >= 7 ? d.optionalEnvelope(t + 48, HANDLE_VMO) : undefined;
      const m8 = n >= 8 ? d.optionalEnvelope(t + 56, STRING) : undefined;
      if (n >= 9) d.unknownEnvelope(t + 64);
      const m10 = n >= 10 ? d.optionalEnvelope(t + 72, VECTOR_OF_OFFER_128) : undefined;
      const m11 = n >= 11 ? d.optionalEnvelope(t + 80, HANDLE_EVENT) : undefined;
      const m12 = n >= 12 ? d.optionalEnvelope(t + 88, VECTOR_OF_NODE_PROPERTY_ENTRY2) : undefined;
      const m13 = n >= 13 ? d.optionalEnvelope(t + 96, HANDLE_VMAR) : undefined;
      d.leaveTable(t, n, 13);
      return {
        node: m1,
        symbols: m2,
        url: m3,
        program: m4,
        incoming: m5,
        outgoingDir: m6,
        config: m7,
        nodeName: m8,
        nodeOffers: m10,
        nodeToken: m11,
        nodeProperties2: m12,
        vmar: m13,
      };
    },
  },
  { nodeProperties2: "node_properties_2" },
);

/** What a bind rule does with the values that it names. */
export const Condition = {
  UNKNOWN: 0,
  ACCEPT: 1,
  REJECT: 2,
} as const;
export type Condition = (typeof Condition)[keyof typeof Condition];
export const CONDITION: Codec<Condition> = strictEnum(
  "fuchsia.driver.framework/Condition",
  uint32,
  Condition,
) as Codec<Condition>;

export interface BindRule {
  readonly key: NodePropertyKey;
  readonly condition: Condition;
  /** At least one, all of one kind. */
  readonly values: readonly NodePropertyValue[];
}
const VECTOR_OF_NODE_PROPERTY_VALUE_64 = vector(NODE_PROPERTY_VALUE, 64);
export const BIND_RULE: Codec<BindRule> = struct<BindRule>(
  "fuchsia.driver.framework/BindRule",
  { key: NODE_PROPERTY_KEY, condition: CONDITION, values: VECTOR_OF_NODE_PROPERTY_VALUE_64 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.driver.framework/BindRule")) return;
      NODE_PROPERTY_KEY.encode(e, o, v.key);
      CONDITION.encode(e, o + 16, v.condition);
      VECTOR_OF_NODE_PROPERTY_VALUE_64.encode(e, o + 24, v.values);
    },
    decode(d, o) {
      d.padding(o + 20, 4);
      return {
        key: NODE_PROPERTY_KEY.decode(d, o),
        condition: CONDITION.decode(d, o + 16),
        values: VECTOR_OF_NODE_PROPERTY_VALUE_64.decode(d, o + 24),
      };
    },
  },
);

export interface BindRule2 {
  readonly key: NodePropertyKeyString;
  readonly condition: Condition;
  /** At least one, all of one kind. */
  readonly values: readonly NodePropertyValue[];
}
export const BIND_RULE2: Codec<BindRule2> = struct<BindRule2>(
  "fuchsia.driver.framework/BindRule2",
  { key: STRING_256, condition: CONDITION, values: VECTOR_OF_NODE_PROPERTY_VALUE_64 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.driver.framework/BindRule2")) return;
      STRING_256.encode(e, o, v.key);
      CONDITION.encode(e, o + 16, v.condition);
      VECTOR_OF_NODE_PROPERTY_VALUE_64.encode(e, o + 24, v.values);
    },
    decode(d, o) {
      d.padding(o + 20, 4);
      return {
        key: STRING_256.decode(d, o),
        condition: CONDITION.decode(d, o + 16),
        values: VECTOR_OF_NODE_PROPERTY_VALUE_64.decode(d, o + 24),
      };
    },
  },
);

export interface ParentSpec {
  /** Which node the parent is. At least one; each key once. */
  readonly bindRules: readonly BindRule[];
  /** What the composite driver's bind rules see of it. */
  readonly properties: readonly NodeProperty[];
}
const VECTOR_OF_BIND_RULE_64 = vector(BIND_RULE, 64);
export const PARENT_SPEC: Codec<ParentSpec> = struct<ParentSpec>(
  "fuchsia.driver.framework/ParentSpec",
  { bindRules: VECTOR_OF_BIND_RULE_64, properties: VECTOR_OF_NODE_PROPERTY_64 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.driver.framework/ParentSpec")) return;
      VECTOR_OF_BIND_RULE_64.encode(e, o, v.bindRules);
      VECTOR_OF_NODE_PROPERTY_64.encode(e, o + 16, v.properties);
    },
    decode(d, o) {
      return {
        bindRules: VECTOR_OF_BIND_RULE_64.decode(d, o),
        properties: VECTOR_OF_NODE_PROPERTY_64.decode(d, o + 16),
      };
    },
  },
);

export interface ParentSpec2 {
  /** Which node the parent is. At least one; each key once. */
  readonly bindRules: readonly BindRule2[];
  /** What the composite driver's bind rules see of it. */
  readonly properties: readonly NodeProperty2[];
}
const VECTOR_OF_BIND_RULE2_64 = vector(BIND_RULE2, 64);
export const PARENT_SPEC2: Codec<ParentSpec2> = struct<ParentSpec2>(
  "fuchsia.driver.framework/ParentSpec2",
  { bindRules: VECTOR_OF_BIND_RULE2_64, properties: VECTOR_OF_NODE_PROPERTY2_64 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.driver.framework/ParentSpec2")) return;
      VECTOR_OF_BIND_RULE2_64.encode(e, o, v.bindRules);
      VECTOR_OF_NODE_PROPERTY2_64.encode(e, o + 16, v.properties);
    },
    decode(d, o) {
      return {
        bindRules: VECTOR_OF_BIND_RULE2_64.decode(d, o),
        properties: VECTOR_OF_NODE_PROPERTY2_64.decode(d, o + 16),
      };
    },
  },
);

/** A node with several parents, the first of which is the primary one. */
export interface CompositeNodeSpec {
  readonly name?: string | undefined;
  /** The older form of parents; specifications with both forms are refused. */
  readonly parents?: readonly ParentSpec[] | undefined;
  readonly parents2?: readonly ParentSpec2[] | undefined;
  /** As in NodeAddArgs. */
  readonly driverHost?: string | undefined;
}
const VECTOR_OF_PARENT_SPEC = vector(PARENT_SPEC);
const VECTOR_OF_PARENT_SPEC2 = vector(PARENT_SPEC2);
export const COMPOSITE_NODE_SPEC: Codec<CompositeNodeSpec> = table<CompositeNodeSpec>(
  "fuchsia.driver.framework/CompositeNodeSpec",
  {
    name: [1, STRING],
    parents: [2, VECTOR_OF_PARENT_SPEC],
    parents2: [3, VECTOR_OF_PARENT_SPEC2],
    driverHost: [4, STRING_128],
  },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.driver.framework/CompositeNodeSpec")) return;
      let max = 0;
      if (v.name !== undefined) max = 1;
      if (v.parents !== undefined) max = 2;
      if (v.parents2 !== undefined) max = 3;
      if (v.driverHost !== undefined) max = 4;
      const t = e.enterTable(o, max);
      if (v.name !== undefined) e.envelope(t, STRING, v.name);
      if (v.parents !== undefined) e.envelope(t + 8, VECTOR_OF_PARENT_SPEC, v.parents);
      if (v.parents2 !== undefined) e.envelope(t + 16, VECTOR_OF_PARENT_SPEC2, v.parents2);
      if (v.driverHost !== undefined) e.envelope(t + 24, STRING_128, v.driverHost);
      e.leave();
    },
    decode(d, o) {
      const t = d.enterTable(o);
      const n = d.envelopes;
      const m1 = n >= 1 ? d.optionalEnvelope(t, STRING) : undefined;
      const m2 = n >= 2 ? d.optionalEnvelope(t + 8, VECTOR_OF_PARENT_SPEC) : undefined;
      const m3 = n >= 3 ? d.optionalEnvelope(t + 16, VECTOR_OF_PARENT_SPEC2) : undefined;
      const m4 = n >= 4 ? d.optionalEnvelope(t + 24, STRING_128) : undefined;
      d.leaveTable(t, n, 4);
      return { name: m1, parents: m2, parents2: m3, driverHost: m4 };
    },
  },
);

/** Why a composite node was not added. */
export const CompositeNodeSpecError = {
  MISSING_ARGS: 1,
  EMPTY_NODES: 2,
  ALREADY_EXISTS: 3,
  DRIVER_INDEX_FAILURE: 4,
  DUPLICATE_PARENTS: 5,
} as const;
export type CompositeNodeSpecError = number;
export const COMPOSITE_NODE_SPEC_ERROR: Codec<CompositeNodeSpecError> = flexibleEnum(
  "fuchsia.driver.framework/CompositeNodeSpecError",
  uint32,
  CompositeNodeSpecError,
);

const NODE_CONTROLLER_REMOVE = oneWay({
  name: "fuchsia.driver.framework/NodeController.Remove",
  ordinal: 0x54fa8b3dfe7bb341n,
  flexible: true,
});
const NODE_CONTROLLER_REQUEST_BIND = twoWay<NodeControllerRequestBindRequest>({
  name: "fuchsia.driver.framework/NodeController.RequestBind",
  ordinal: 0x41b954726b13508fn,
  request: NODE_CONTROLLER_REQUEST_BIND_REQUEST,
  error: status,
  flexible: true,
});
const NODE_CONTROLLER_WAIT_FOR_DRIVER = twoWay<void, DriverResult>({
  name: "fuchsia.driver.framework/NodeController.WaitForDriver",
  ordinal: 0x69f7106e47d81387n,
  response: DRIVER_RESULT,
  error: status,
  flexible: true,
});

/**
 * `fuchsia.driver.framework/NodeController` as its client sees it. Calls reject with a ZxError.
 *
 * A child, for the driver that added it. Closing it changes nothing.
 */
export interface NodeControllerClient extends Connection {
  /** Removes the node and all below it. */
  remove(): void;
  /**
   * Looks for a driver again.
   *
   * Errors:
   * * ALREADY_BOUND: it has one, and `force_rebind` is not set.
   * * ALREADY_EXISTS: another such request is under way.
   * * NOT_FOUND: no driver is meant for the node.
   */
  requestBind(request: NodeControllerRequestBindRequest, options?: CallOptions): Promise<void>;
  /**
   * Answers at once if the driver has started, and with what went wrong once no driver can come any more.
   *
   * Errors:
   * * ALREADY_EXISTS: another such request is waiting.
   * * CANCELED: the node was removed.
   */
  waitForDriver(options?: CallOptions): Promise<DriverResult>;
}

/**
 * `fuchsia.driver.framework/NodeController` as a server implements it: throws a ZxError to answer with an error.
 */
export interface NodeControllerServer {
  remove(binding: Binding): MaybePromise<void>;
  requestBind(request: NodeControllerRequestBindRequest, binding: Binding): MaybePromise<void>;
  waitForDriver(binding: Binding): MaybePromise<DriverResult>;
}

class NodeControllerProxy implements NodeControllerClient {
  readonly #core: ClientCore;

  constructor(core: ClientCore) {
    this.#core = core;
  }

  remove(): void {
    this.#core.send(NODE_CONTROLLER_REMOVE, undefined);
  }
  requestBind(request: NodeControllerRequestBindRequest, options?: CallOptions): Promise<void> {
    return this.#core.call(NODE_CONTROLLER_REQUEST_BIND, request, options);
  }
  waitForDriver(options?: CallOptions): Promise<DriverResult> {
    return this.#core.call(NODE_CONTROLLER_WAIT_FOR_DRIVER, undefined, options);
  }
  close(): void {
    this.#core.close();
  }
  [Symbol.dispose](): void {
    this.#core.close();
  }
}

/** A child, for the driver that added it. Closing it changes nothing. */
export const NodeController = defineProtocol<
  NodeControllerClient,
  NodeControllerServer,
  unknown,
  "fuchsia.driver.framework/NodeController"
>({
  name: "fuchsia.driver.framework/NodeController",
  openness: "open",
  client: (core) => new NodeControllerProxy(core),
  methods: [
    serverMethod(NODE_CONTROLLER_REMOVE, (server, _, binding) => server.remove(binding)),
    serverMethod(NODE_CONTROLLER_REQUEST_BIND, (server, request, binding) =>
      server.requestBind(request, binding),
    ),
    serverMethod(NODE_CONTROLLER_WAIT_FOR_DRIVER, (server, _, binding) => server.waitForDriver(binding)),
  ],
});

interface NodeAddChildRequest {
  readonly args: NodeAddArgs;
  readonly controller: ServerEnd<"fuchsia.driver.framework/NodeController">;
  readonly node: ServerEnd<"fuchsia.driver.framework/Node"> | undefined;
}
const SERVER_END_NODE_CONTROLLER = serverEnd("fuchsia.driver.framework/NodeController");
const SERVER_END_NODE = serverEnd("fuchsia.driver.framework/Node");
const OPTIONAL_SERVER_END_NODE = optional(SERVER_END_NODE);
const NODE_ADD_CHILD_REQUEST = struct<NodeAddChildRequest>(
  "fuchsia.driver.framework/NodeAddChildRequest",
  { args: NODE_ADD_ARGS, controller: SERVER_END_NODE_CONTROLLER, node: OPTIONAL_SERVER_END_NODE },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.driver.framework/NodeAddChildRequest")) return;
      NODE_ADD_ARGS.encode(e, o, v.args);
      SERVER_END_NODE_CONTROLLER.encode(e, o + 16, v.controller);
      OPTIONAL_SERVER_END_NODE.encode(e, o + 20, v.node);
    },
    decode(d, o) {
      return {
        args: NODE_ADD_ARGS.decode(d, o),
        controller: SERVER_END_NODE_CONTROLLER.decode(d, o + 16),
        node: OPTIONAL_SERVER_END_NODE.decode(d, o + 20),
      };
    },
  },
);
const NODE_ADD_CHILD = twoWay<NodeAddChildRequest>({
  name: "fuchsia.driver.framework/Node.AddChild",
  ordinal: 0x77d10dff3c1ea129n,
  request: NODE_ADD_CHILD_REQUEST,
  error: NODE_ERROR,
  flexible: true,
});

/**
 * `fuchsia.driver.framework/Node` as its client sees it. Calls reject with a ZxError.
 *
 * A node, for the driver on it. Closing it while the driver runs removes driver and node.
 */
export interface NodeClient extends Connection {
  /** Adds a child. With `node`, it belongs to whoever has the other end; without, a driver is looked for. */
  addChild(
    args: NodeAddArgs,
    controller: ServerEnd<"fuchsia.driver.framework/NodeController">,
    node: ServerEnd<"fuchsia.driver.framework/Node"> | undefined,
    options?: CallOptions,
  ): Promise<void>;
}

/** `fuchsia.driver.framework/Node` as a server implements it: throws a ZxError to answer with an error. */
export interface NodeServer {
  addChild(
    args: NodeAddArgs,
    controller: ServerEnd<"fuchsia.driver.framework/NodeController">,
    node: ServerEnd<"fuchsia.driver.framework/Node"> | undefined,
    binding: Binding,
  ): MaybePromise<void>;
}

class NodeProxy implements NodeClient {
  readonly #core: ClientCore;

  constructor(core: ClientCore) {
    this.#core = core;
  }

  addChild(
    args: NodeAddArgs,
    controller: ServerEnd<"fuchsia.driver.framework/NodeController">,
    node: ServerEnd<"fuchsia.driver.framework/Node"> | undefined,
    options?: CallOptions,
  ): Promise<void> {
    return this.#core.call(NODE_ADD_CHILD, { args, controller, node }, options);
  }
  close(): void {
    this.#core.close();
  }
  [Symbol.dispose](): void {
    this.#core.close();
  }
}

/** A node, for the driver on it. Closing it while the driver runs removes driver and node. */
export const Node = defineProtocol<NodeClient, NodeServer, unknown, "fuchsia.driver.framework/Node">({
  name: "fuchsia.driver.framework/Node",
  openness: "open",
  client: (core) => new NodeProxy(core),
  methods: [
    serverMethod(NODE_ADD_CHILD, (server, { args, controller, node }, binding) =>
      server.addChild(args, controller, node, binding),
    ),
  ],
});

interface DriverStartRequest {
  readonly startArgs: DriverStartArgs;
}
const DRIVER_START_REQUEST = struct<DriverStartRequest>(
  "fuchsia.driver.framework/DriverStartRequest",
  { startArgs: DRIVER_START_ARGS },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.driver.framework/DriverStartRequest")) return;
      DRIVER_START_ARGS.encode(e, o, v.startArgs);
    },
    decode(d, o) {
      return { startArgs: DRIVER_START_ARGS.decode(d, o) };
    },
  },
);
const DRIVER_START = twoWay<DriverStartRequest>({
  name: "fuchsia.driver.framework/Driver.Start",
  ordinal: 0x27be00ae42aa60c2n,
  request: DRIVER_START_REQUEST,
  error: status,
  flexible: true,
});
const DRIVER_STOP = oneWay({
  name: "fuchsia.driver.framework/Driver.Stop",
  ordinal: 0x4b96c67e29b3843dn,
  flexible: true,
});

/**
 * `fuchsia.driver.framework/Driver` as its client sees it. Calls reject with a ZxError.
 *
 * A driver, for its host. When it has closed its end, it has stopped.
 */
export interface DriverClient extends Connection {
  /** Starts it. It has started when it answers, and should have added all nodes that it can by then. */
  start(startArgs: DriverStartArgs, options?: CallOptions): Promise<void>;
  /** Has it stop. */
  stop(): void;
}

/** `fuchsia.driver.framework/Driver` as a server implements it: throws a ZxError to answer with an error. */
export interface DriverServer {
  start(startArgs: DriverStartArgs, binding: Binding): MaybePromise<void>;
  stop(binding: Binding): MaybePromise<void>;
}

class DriverProxy implements DriverClient {
  readonly #core: ClientCore;

  constructor(core: ClientCore) {
    this.#core = core;
  }

  start(startArgs: DriverStartArgs, options?: CallOptions): Promise<void> {
    return this.#core.call(DRIVER_START, { startArgs }, options);
  }
  stop(): void {
    this.#core.send(DRIVER_STOP, undefined);
  }
  close(): void {
    this.#core.close();
  }
  [Symbol.dispose](): void {
    this.#core.close();
  }
}

/** A driver, for its host. When it has closed its end, it has stopped. */
export const Driver = defineProtocol<DriverClient, DriverServer, unknown, "fuchsia.driver.framework/Driver">({
  name: "fuchsia.driver.framework/Driver",
  openness: "open",
  client: (core) => new DriverProxy(core),
  methods: [
    serverMethod(DRIVER_START, (server, { startArgs }, binding) => server.start(startArgs, binding)),
    serverMethod(DRIVER_STOP, (server, _, binding) => server.stop(binding)),
  ],
});

const COMPOSITE_NODE_MANAGER_ADD_SPEC = twoWay<CompositeNodeSpec>({
  name: "fuchsia.driver.framework/CompositeNodeManager.AddSpec",
  ordinal: 0x524e353c8130cc74n,
  request: COMPOSITE_NODE_SPEC,
  error: COMPOSITE_NODE_SPEC_ERROR,
  flexible: true,
});

/**
 * `fuchsia.driver.framework/CompositeNodeManager` as its client sees it. Calls reject with a ZxError.
 *
 * For those who know what belongs together: board drivers and buses.
 */
export interface CompositeNodeManagerClient extends Connection {
  /** Adds a node that comes into being once all its parents are there. */
  addSpec(compositeNodeSpec: CompositeNodeSpec, options?: CallOptions): Promise<void>;
}

/**
 * `fuchsia.driver.framework/CompositeNodeManager` as a server implements it: throws a ZxError to answer with an error.
 */
export interface CompositeNodeManagerServer {
  addSpec(compositeNodeSpec: CompositeNodeSpec, binding: Binding): MaybePromise<void>;
}

class CompositeNodeManagerProxy implements CompositeNodeManagerClient {
  readonly #core: ClientCore;

  constructor(core: ClientCore) {
    this.#core = core;
  }

  addSpec(compositeNodeSpec: CompositeNodeSpec, options?: CallOptions): Promise<void> {
    return this.#core.call(COMPOSITE_NODE_MANAGER_ADD_SPEC, compositeNodeSpec, options);
  }
  close(): void {
    this.#core.close();
  }
  [Symbol.dispose](): void {
    this.#core.close();
  }
}

/** For those who know what belongs together: board drivers and buses. */
export const CompositeNodeManager = defineProtocol<
  CompositeNodeManagerClient,
  CompositeNodeManagerServer,
  unknown,
  "fuchsia.driver.framework/CompositeNodeManager"
>({
  name: "fuchsia.driver.framework/CompositeNodeManager",
  openness: "open",
  client: (core) => new CompositeNodeManagerProxy(core),
  methods: [
    serverMethod(COMPOSITE_NODE_MANAGER_ADD_SPEC, (server, compositeNodeSpec, binding) =>
      server.addSpec(compositeNodeSpec, binding),
    ),
  ],
});
