// Generated from fuchsia.hardware.pci.fidl by zirconia fidl compile; do not edit.
/**
 * The FIDL library `fuchsia.hardware.pci`.
 *
 * What the driver of a PCI function asks of the bus driver, and what a tool may ask about a bus.
 *
 * Register and capability numbers are those of the PCI Local Bus Specification 3.0 and of the PCI Code and ID Assignment
 * Specification.
 */
import {
  type Binding,
  bool,
  bytes,
  type CallOptions,
  type ClientCore,
  type Codec,
  type Connection,
  defineProtocol,
  flexibleBits,
  flexibleEnum,
  flexibleUnion,
  type Handle,
  handle,
  type MaybePromise,
  serverMethod,
  status,
  string,
  struct,
  twoWay,
  type UnknownVariant,
  uint8,
  uint16,
  uint32,
  uint64,
  vector,
} from "./runtime/index.ts";

export const MAX_DEVICES = 64;
export const MAX_CAPABILITIES = 32;
export const MAX_EXT_CAPABILITIES = 32;

/** Bytes of configuration space that every function has. */
export const BASE_CONFIG_SIZE = 256;

/** Bytes of configuration space of a PCI Express function. */
export const EXTENDED_CONFIG_SIZE = 4096;

export const BASE_ADDRESS_COUNT = 6;
export const MAX_NAME_LEN = 32;

/** Bytes that one ReadBar returns at most. */
export const READBAR_MAX_SIZE = 1024;

export const MAX_BAR_COUNT = 6;

export interface HostBridgeInfo {
  readonly name: string;
  readonly startBusNumber: number;
  readonly endBusNumber: number;
  readonly segmentGroup: number;
}
const STRING_32 = string(32);
export const HOST_BRIDGE_INFO: Codec<HostBridgeInfo> = struct<HostBridgeInfo>(
  "fuchsia.hardware.pci/HostBridgeInfo",
  { name: STRING_32, startBusNumber: uint8, endBusNumber: uint8, segmentGroup: uint16 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.pci/HostBridgeInfo")) return;
      STRING_32.encode(e, o, v.name);
      e.uint8(o + 16, v.startBusNumber);
      e.uint8(o + 17, v.endBusNumber);
      e.uint16(o + 18, v.segmentGroup);
    },
    decode(d, o) {
      d.padding(o + 20, 4);
      return {
        name: STRING_32.decode(d, o),
        startBusNumber: d.uint8(o + 16),
        endBusNumber: d.uint8(o + 17),
        segmentGroup: d.uint16(o + 18),
      };
    },
  },
);

/** A base address register, as the bus driver has programmed it. */
export interface BaseAddress {
  readonly address: bigint;
  /** In bytes. */
  readonly size: bigint;
  /** Memory, or else I/O ports. */
  readonly isMemory: boolean;
  readonly isPrefetchable: boolean;
  readonly is64bit: boolean;
  /** 0 to 5. */
  readonly id: number;
}
export const BASE_ADDRESS: Codec<BaseAddress> = struct<BaseAddress>(
  "fuchsia.hardware.pci/BaseAddress",
  { address: uint64, size: uint64, isMemory: bool, isPrefetchable: bool, is64bit: bool, id: uint8 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.pci/BaseAddress")) return;
      e.uint64(o, v.address);
      e.uint64(o + 8, v.size);
      e.bool(o + 16, v.isMemory);
      e.bool(o + 17, v.isPrefetchable);
      e.bool(o + 18, v.is64bit);
      e.uint8(o + 19, v.id);
    },
    decode(d, o) {
      d.padding(o + 20, 4);
      return {
        address: d.uint64(o),
        size: d.uint64(o + 8),
        isMemory: d.bool(o + 16),
        isPrefetchable: d.bool(o + 17),
        is64bit: d.bool(o + 18),
        id: d.uint8(o + 19),
      };
    },
  },
  { is64bit: "is_64bit" },
);

/** Where a function is. */
export interface Address {
  readonly bus: number;
  readonly device: number;
  readonly function: number;
}
export const ADDRESS: Codec<Address> = struct<Address>(
  "fuchsia.hardware.pci/Address",
  { bus: uint8, device: uint8, function: uint8 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.pci/Address")) return;
      e.uint8(o, v.bus);
      e.uint8(o + 1, v.device);
      e.uint8(o + 2, v.function);
    },
    decode(d, o) {
      return { bus: d.uint8(o), device: d.uint8(o + 1), function: d.uint8(o + 2) };
    },
  },
);

export interface Capability {
  readonly id: number;
  /** In configuration space. */
  readonly offset: number;
}
export const CAPABILITY: Codec<Capability> = struct<Capability>(
  "fuchsia.hardware.pci/Capability",
  { id: uint8, offset: uint8 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.pci/Capability")) return;
      e.uint8(o, v.id);
      e.uint8(o + 1, v.offset);
    },
    decode(d, o) {
      return { id: d.uint8(o), offset: d.uint8(o + 1) };
    },
  },
);

export interface ExtendedCapability {
  readonly id: number;
  /** In configuration space. */
  readonly offset: number;
}
export const EXTENDED_CAPABILITY: Codec<ExtendedCapability> = struct<ExtendedCapability>(
  "fuchsia.hardware.pci/ExtendedCapability",
  { id: uint16, offset: uint16 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.pci/ExtendedCapability")) return;
      e.uint16(o, v.id);
      e.uint16(o + 2, v.offset);
    },
    decode(d, o) {
      return { id: d.uint16(o), offset: d.uint16(o + 2) };
    },
  },
);

/** All about one function. */
export interface PciDevice {
  readonly baseAddresses: readonly BaseAddress[];
  readonly capabilities: readonly Capability[];
  readonly extCapabilities: readonly ExtendedCapability[];
  /** The first bytes of configuration space. */
  readonly config: Uint8Array;
  readonly busId: number;
  readonly deviceId: number;
  readonly functionId: number;
}
const VECTOR_OF_BASE_ADDRESS_6 = vector(BASE_ADDRESS, 6);
const VECTOR_OF_CAPABILITY_32 = vector(CAPABILITY, 32);
const VECTOR_OF_EXTENDED_CAPABILITY_32 = vector(EXTENDED_CAPABILITY, 32);
const BYTES_256 = bytes(256);
export const PCI_DEVICE: Codec<PciDevice> = struct<PciDevice>(
  "fuchsia.hardware.pci/PciDevice",
  {
    baseAddresses: VECTOR_OF_BASE_ADDRESS_6,
    capabilities: VECTOR_OF_CAPABILITY_32,
    extCapabilities: VECTOR_OF_EXTENDED_CAPABILITY_32,
    config: BYTES_256,
    busId: uint8,
    deviceId: uint8,
    functionId: uint8,
  },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.pci/PciDevice")) return;
      VECTOR_OF_BASE_ADDRESS_6.encode(e, o, v.baseAddresses);
      VECTOR_OF_CAPABILITY_32.encode(e, o + 16, v.capabilities);
      VECTOR_OF_EXTENDED_CAPABILITY_32.encode(e, o + 32, v.extCapabilities);
      BYTES_256.encode(e, o + 48, v.config);
      e.uint8(o + 64, v.busId);
      e.uint8(o + 65, v.deviceId);
      e.uint8(o + 66, v.functionId);
    },
    decode(d, o) {
      d.padding(o + 67, 5);
      return {
        baseAddresses: VECTOR_OF_BASE_ADDRESS_6.decode(d, o),
        capabilities: VECTOR_OF_CAPABILITY_32.decode(d, o + 16),
        extCapabilities: VECTOR_OF_EXTENDED_CAPABILITY_32.decode(d, o + 32),
        config: BYTES_256.decode(d, o + 48),
        busId: d.uint8(o + 64),
        deviceId: d.uint8(o + 65),
        functionId: d.uint8(o + 66),
      };
    },
  },
);

/** Registers of the configuration header, by offset. */
export const Config = {
  VENDOR_ID: 0x00,
  DEVICE_ID: 0x02,
  COMMAND: 0x04,
  STATUS: 0x06,
  REVISION_ID: 0x08,
  CLASS_CODE_INTR: 0x09,
  CLASS_CODE_SUB: 0x0a,
  CLASS_CODE_BASE: 0x0b,
  CACHE_LINE_SIZE: 0x0c,
  LATENCY_TIMER: 0x0d,
  HEADER_TYPE: 0x0e,
  BIST: 0x0f,
  BASE_ADDRESSES: 0x10,
  CARDBUS_CIS_PTR: 0x28,
  SUBSYSTEM_VENDOR_ID: 0x2c,
  SUBSYSTEM_ID: 0x2e,
  EXP_ROM_ADDRESS: 0x30,
  CAPABILITIES_PTR: 0x34,
  INTERRUPT_LINE: 0x3c,
  INTERRUPT_PIN: 0x3d,
  MIN_GRANT: 0x3e,
  MAX_LATENCY: 0x3f,
} as const;
export type Config = number;
export const CONFIG: Codec<Config> = flexibleEnum("fuchsia.hardware.pci/Config", uint16, Config);

/** The command register. */
export const Command = {
  IO_EN: 0x1,
  MEM_EN: 0x2,
  BUS_MASTER_EN: 0x4,
  SPECIAL_EN: 0x8,
  MEM_WR_INV_EN: 0x10,
  PAL_SNOOP_EN: 0x20,
  PERR_RESP_EN: 0x40,
  AD_STEP_EN: 0x80,
  SERR_EN: 0x100,
  FAST_B2B_EN: 0x200,
} as const;
export type Command = number;
export const COMMAND: Codec<Command> = flexibleBits("fuchsia.hardware.pci/Command", uint16, Command);

/** The status register. */
export const Status = {
  INTERRUPT: 0x8,
  NEW_CAPS: 0x10,
  SIXTYSIX_MHZ: 0x20,
  FAST_B2B: 0x80,
  MSTR_PERR: 0x100,
  DEVSEL_LOW: 0x200,
  DEVSEL_HIGH: 0x400,
  TARG_ABORT_SIG: 0x800,
  TARG_ABORT_RCV: 0x1000,
  MSTR_ABORT_RCV: 0x2000,
  SERR_SIG: 0x4000,
  PERR: 0x8000,
} as const;
export type Status = number;
export const STATUS: Codec<Status> = flexibleBits("fuchsia.hardware.pci/Status", uint16, Status);

export const STATUS_DEVSEL_MASK: Status = 0x600;

/** The header type register: a layout, and whether there are more functions. */
export const HeaderType = {
  STANDARD: 0x00,
  BRIDGE: 0x01,
  CARD_BUS: 0x02,
  /** The part that says which layout. */
  MASK: 0x7f,
  /** The bit that says that the device has more than one function. */
  MULTI_FN: 0x80,
} as const;
export type HeaderType = number;
export const HEADER_TYPE: Codec<HeaderType> = flexibleEnum(
  "fuchsia.hardware.pci/HeaderType",
  uint8,
  HeaderType,
);

/** Identifiers of capabilities. */
export const CapabilityId = {
  NULL: 0x00,
  PCI_PWR_MGMT: 0x01,
  AGP: 0x02,
  VITAL_PRODUCT_DATA: 0x03,
  SLOT_IDENTIFICATION: 0x04,
  MSI: 0x05,
  COMPACT_PCI_HOTSWAP: 0x06,
  PCIX: 0x07,
  HYPERTRANSPORT: 0x08,
  VENDOR: 0x09,
  DEBUG_PORT: 0x0a,
  COMPACT_PCI_CRC: 0x0b,
  PCI_HOT_PLUG: 0x0c,
  PCI_BRIDGE_SUBSYSTEM_VID: 0x0d,
  AGP8X: 0x0e,
  SECURE_DEVICE: 0x0f,
  PCI_EXPRESS: 0x10,
  MSIX: 0x11,
  SATA_DATA_NDX_CFG: 0x12,
  ADVANCED_FEATURES: 0x13,
  ENHANCED_ALLOCATION: 0x14,
  FLATTENING_PORTAL_BRIDGE: 0x15,
} as const;
export type CapabilityId = number;
export const CAPABILITY_ID: Codec<CapabilityId> = flexibleEnum(
  "fuchsia.hardware.pci/CapabilityId",
  uint8,
  CapabilityId,
);

/** Identifiers of extended capabilities, which PCI Express functions have. */
export const ExtendedCapabilityId = {
  NULL: 0x00,
  ADVANCED_ERROR_REPORTING: 0x01,
  VIRTUAL_CHANNEL_NO_MFVC: 0x02,
  DEVICE_SERIAL_NUMBER: 0x03,
  POWER_BUDGETING: 0x04,
  ROOT_COMPLEX_LINK_DECLARATION: 0x05,
  ROOT_COMPLEX_INTERNAL_LINK_CONTROL: 0x06,
  ROOT_COMPLEX_EVENT_COLLECTOR_ENDPOINT_ASSOCIATION: 0x07,
  MULTI_FUNCTION_VIRTUAL_CHANNEL: 0x08,
  VIRTUAL_CHANNEL: 0x09,
  RCRB: 0x0a,
  VENDOR: 0x0b,
  CAC: 0x0c,
  ACS: 0x0d,
  ARI: 0x0e,
  ATS: 0x0f,
  SR_IOV: 0x10,
  MR_IOV: 0x11,
  MULTICAST: 0x12,
  PRI: 0x13,
  ENHANCED_ALLOCATION: 0x14,
  RESIZABLE_BAR: 0x15,
  DYNAMIC_POWER_ALLOCATION: 0x16,
  TPH: 0x17,
  LATENCY_TOLERANCE_REPORTING: 0x18,
  SECONDARY_PCI_EXPRESS: 0x19,
  PMUX: 0x1a,
  PASID: 0x1b,
  LNR: 0x1c,
  DPC: 0x1d,
  L1PM_SUBSTATES: 0x1e,
  PRECISION_TIME_MEASUREMENT: 0x1f,
  MPCIE: 0x20,
  FRS_QUEUEING: 0x21,
  READINESS_TIME_REPORTING: 0x22,
  DESIGNATED_VENDOR: 0x23,
  VF_RESIZABLE_BAR: 0x24,
  DATA_LINK_FEATURE: 0x25,
  PHYSICAL_LAYER_16: 0x26,
  LANE_MARGINING_AT_RECEIVER: 0x27,
  HIERARCHY_ID: 0x28,
  NATIVE_PCIE_ENCLOSURE: 0x29,
  PHYSICAL_LAYER_32: 0x2a,
  ALTERNATE_PROTOCOL: 0x2b,
  SYSTEM_FIRMWARE_INTERMEDIARY: 0x2c,
} as const;
export type ExtendedCapabilityId = number;
export const EXTENDED_CAPABILITY_ID: Codec<ExtendedCapabilityId> = flexibleEnum(
  "fuchsia.hardware.pci/ExtendedCapabilityId",
  uint16,
  ExtendedCapabilityId,
);

/** How a function signals interrupts. */
export const InterruptMode = {
  DISABLED: 0,
  /** A pin, shared with other functions; each interrupt must be acknowledged with AckInterrupt. */
  LEGACY: 1,
  /** A pin, without AckInterrupt: the bus driver disables the function when interrupts come in a storm. */
  LEGACY_NOACK: 2,
  /** Messages. */
  MSI: 3,
  /** Messages, of which each has an address of its own. */
  MSI_X: 4,
} as const;
export type InterruptMode = number;
export const INTERRUPT_MODE: Codec<InterruptMode> = flexibleEnum(
  "fuchsia.hardware.pci/InterruptMode",
  uint8,
  InterruptMode,
);

/** Which modes a function can be put into. */
export interface InterruptModes {
  /** Whether it has a pin. */
  readonly hasLegacy: boolean;
  /** How many vectors there can be; 0 where the function lacks the capability. */
  readonly msiCount: number;
  readonly msixCount: number;
}
export const INTERRUPT_MODES: Codec<InterruptModes> = struct<InterruptModes>(
  "fuchsia.hardware.pci/InterruptModes",
  { hasLegacy: bool, msiCount: uint8, msixCount: uint16 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.pci/InterruptModes")) return;
      e.bool(o, v.hasLegacy);
      e.uint8(o + 1, v.msiCount);
      e.uint16(o + 2, v.msixCount);
    },
    decode(d, o) {
      return { hasLegacy: d.bool(o), msiCount: d.uint8(o + 1), msixCount: d.uint16(o + 2) };
    },
  },
);

export type Padding = Record<string, never>;
export const PADDING: Codec<Padding> = struct<Padding>("fuchsia.hardware.pci/Padding", {});

/** What a function says of itself in its configuration header, and where it is. */
export interface DeviceInfo {
  readonly vendorId: number;
  readonly deviceId: number;
  readonly baseClass: number;
  readonly subClass: number;
  readonly programInterface: number;
  readonly revisionId: number;
  readonly busId: number;
  readonly devId: number;
  readonly funcId: number;
  /** Means nothing; the struct has it so as to be as large as the system call's of old. */
  readonly padding: Padding;
}
export const DEVICE_INFO: Codec<DeviceInfo> = struct<DeviceInfo>(
  "fuchsia.hardware.pci/DeviceInfo",
  {
    vendorId: uint16,
    deviceId: uint16,
    baseClass: uint8,
    subClass: uint8,
    programInterface: uint8,
    revisionId: uint8,
    busId: uint8,
    devId: uint8,
    funcId: uint8,
    padding: PADDING,
  },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.pci/DeviceInfo")) return;
      e.uint16(o, v.vendorId);
      e.uint16(o + 2, v.deviceId);
      e.uint8(o + 4, v.baseClass);
      e.uint8(o + 5, v.subClass);
      e.uint8(o + 6, v.programInterface);
      e.uint8(o + 7, v.revisionId);
      e.uint8(o + 8, v.busId);
      e.uint8(o + 9, v.devId);
      e.uint8(o + 10, v.funcId);
      PADDING.encode(e, o + 11, v.padding);
    },
    decode(d, o) {
      return {
        vendorId: d.uint16(o),
        deviceId: d.uint16(o + 2),
        baseClass: d.uint8(o + 4),
        subClass: d.uint8(o + 5),
        programInterface: d.uint8(o + 6),
        revisionId: d.uint8(o + 7),
        busId: d.uint8(o + 8),
        devId: d.uint8(o + 9),
        funcId: d.uint8(o + 10),
        padding: PADDING.decode(d, o + 11),
      };
    },
  },
);

/** I/O ports from `address` on; `resource` is for `zx.ioportsRequest`. */
export interface IoBar {
  readonly address: bigint;
  readonly resource: Handle;
}
const HANDLE_RESOURCE = handle(15);
export const IO_BAR: Codec<IoBar> = struct<IoBar>(
  "fuchsia.hardware.pci/IoBar",
  { address: uint64, resource: HANDLE_RESOURCE },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.pci/IoBar")) return;
      e.uint64(o, v.address);
      HANDLE_RESOURCE.encode(e, o + 8, v.resource);
    },
    decode(d, o) {
      d.padding(o + 12, 4);
      return { address: d.uint64(o), resource: HANDLE_RESOURCE.decode(d, o + 8) };
    },
  },
);

/** What lies behind a base address register. */
export type BarResult =
  | { readonly kind: "io"; readonly io: IoBar }
  | { readonly kind: "vmo"; readonly vmo: Handle }
  | UnknownVariant;
const HANDLE_VMO = handle(3);
export const BAR_RESULT: Codec<BarResult> = flexibleUnion(
  "fuchsia.hardware.pci/BarResult",
  { io: [1, IO_BAR], vmo: [2, HANDLE_VMO] },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.pci/BarResult")) return;
      switch (v.kind) {
        case "io":
          return e.union(o, 1, IO_BAR, v.io);
        case "vmo":
          return e.union(o, 2, HANDLE_VMO, v.vmo);
        default:
          return e.unknownVariant(o, v, "fuchsia.hardware.pci/BarResult");
      }
    },
    decode(d, o) {
      switch (d.unionOrdinal(o)) {
        case 1:
          return { kind: "io", io: d.envelope(o + 8, IO_BAR) };
        case 2:
          return { kind: "vmo", vmo: d.envelope(o + 8, HANDLE_VMO) };
        default:
          return d.unknownVariant(o);
      }
    },
  },
);

/** A base address register. */
export interface Bar {
  /** 0 to 5. */
  readonly barId: number;
  /** Bytes that the device decodes; the VMO is rounded up to whole pages. */
  readonly size: bigint;
  readonly result: BarResult;
}
export const BAR: Codec<Bar> = struct<Bar>(
  "fuchsia.hardware.pci/Bar",
  { barId: uint32, size: uint64, result: BAR_RESULT },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.pci/Bar")) return;
      e.uint32(o, v.barId);
      e.uint64(o + 8, v.size);
      BAR_RESULT.encode(e, o + 16, v.result);
    },
    decode(d, o) {
      d.padding(o + 4, 4);
      return { barId: d.uint32(o), size: d.uint64(o + 8), result: BAR_RESULT.decode(d, o + 16) };
    },
  },
);

/** Of a byte in the first 256 bytes of configuration space. */
export type ConfigOffset = number;

/** Of a byte in configuration space. */
export type ExtendedConfigOffset = number;

interface BusGetHostBridgeInfoResponse {
  readonly info: HostBridgeInfo;
}
const BUS_GET_HOST_BRIDGE_INFO_RESPONSE = struct<BusGetHostBridgeInfoResponse>(
  "fuchsia.hardware.pci/BusGetHostBridgeInfoResponse",
  { info: HOST_BRIDGE_INFO },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.pci/BusGetHostBridgeInfoResponse")) return;
      HOST_BRIDGE_INFO.encode(e, o, v.info);
    },
    decode(d, o) {
      return { info: HOST_BRIDGE_INFO.decode(d, o) };
    },
  },
);

interface BusGetDevicesResponse {
  readonly devices: readonly PciDevice[];
}
const VECTOR_OF_PCI_DEVICE_64 = vector(PCI_DEVICE, 64);
const BUS_GET_DEVICES_RESPONSE = struct<BusGetDevicesResponse>(
  "fuchsia.hardware.pci/BusGetDevicesResponse",
  { devices: VECTOR_OF_PCI_DEVICE_64 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.pci/BusGetDevicesResponse")) return;
      VECTOR_OF_PCI_DEVICE_64.encode(e, o, v.devices);
    },
    decode(d, o) {
      return { devices: VECTOR_OF_PCI_DEVICE_64.decode(d, o) };
    },
  },
);

interface BusReadBarRequest {
  readonly device: Address;
  readonly barId: number;
  readonly offset: bigint;
  readonly size: bigint;
}
const BUS_READ_BAR_REQUEST = struct<BusReadBarRequest>(
  "fuchsia.hardware.pci/BusReadBarRequest",
  { device: ADDRESS, barId: uint8, offset: uint64, size: uint64 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.pci/BusReadBarRequest")) return;
      ADDRESS.encode(e, o, v.device);
      e.uint8(o + 3, v.barId);
      e.uint64(o + 8, v.offset);
      e.uint64(o + 16, v.size);
    },
    decode(d, o) {
      d.padding(o + 4, 4);
      return {
        device: ADDRESS.decode(d, o),
        barId: d.uint8(o + 3),
        offset: d.uint64(o + 8),
        size: d.uint64(o + 16),
      };
    },
  },
);

interface BusReadBarResponse {
  readonly buffer: Uint8Array;
}
const BYTES = bytes();
const BUS_READ_BAR_RESPONSE = struct<BusReadBarResponse>(
  "fuchsia.hardware.pci/Bus_ReadBar_Response",
  { buffer: BYTES },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.pci/Bus_ReadBar_Response")) return;
      BYTES.encode(e, o, v.buffer);
    },
    decode(d, o) {
      return { buffer: BYTES.decode(d, o) };
    },
  },
);
const BUS_GET_HOST_BRIDGE_INFO = twoWay<void, BusGetHostBridgeInfoResponse>({
  name: "fuchsia.hardware.pci/Bus.GetHostBridgeInfo",
  ordinal: 0x39f0b21bcd8c065dn,
  response: BUS_GET_HOST_BRIDGE_INFO_RESPONSE,
});
const BUS_GET_DEVICES = twoWay<void, BusGetDevicesResponse>({
  name: "fuchsia.hardware.pci/Bus.GetDevices",
  ordinal: 0x2b39a32926007c92n,
  response: BUS_GET_DEVICES_RESPONSE,
});
const BUS_READ_BAR = twoWay<BusReadBarRequest, BusReadBarResponse>({
  name: "fuchsia.hardware.pci/Bus.ReadBar",
  ordinal: 0x798f39b0dfdc4860n,
  request: BUS_READ_BAR_REQUEST,
  response: BUS_READ_BAR_RESPONSE,
  error: status,
});

/**
 * `fuchsia.hardware.pci/Bus` as its client sees it. Calls reject with a ZxError.
 *
 * For tools such as lspci: what is on a bus. A driver has `Device`.
 */
export interface BusClient extends Connection {
  /** The host bridge, and the buses that it leads to. */
  getHostBridgeInfo(options?: CallOptions): Promise<HostBridgeInfo>;
  /** Every function that was found. */
  getDevices(options?: CallOptions): Promise<readonly PciDevice[]>;
  /**
   * Reads memory of a device: `size` bytes, `READBAR_MAX_SIZE` at most, from `offset` of a base address register on.
   *
   * Errors:
   * * NOT_FOUND: there is no such device, or it has no such register.
   * * INVALID_ARGS: no device can have a register `bar_id`, or it ends before `offset` + `size`.
   * * NOT_SUPPORTED: the register is about I/O ports.
   */
  readBar(
    device: Address,
    barId: number,
    offset: bigint,
    size: bigint,
    options?: CallOptions,
  ): Promise<Uint8Array>;
}

/** `fuchsia.hardware.pci/Bus` as a server implements it: throws a ZxError to answer with an error. */
export interface BusServer {
  getHostBridgeInfo(binding: Binding): MaybePromise<HostBridgeInfo>;
  getDevices(binding: Binding): MaybePromise<readonly PciDevice[]>;
  readBar(
    device: Address,
    barId: number,
    offset: bigint,
    size: bigint,
    binding: Binding,
  ): MaybePromise<Uint8Array>;
}

class BusProxy implements BusClient {
  readonly #core: ClientCore;

  constructor(core: ClientCore) {
    this.#core = core;
  }

  async getHostBridgeInfo(options?: CallOptions): Promise<HostBridgeInfo> {
    return (await this.#core.call(BUS_GET_HOST_BRIDGE_INFO, undefined, options)).info;
  }
  async getDevices(options?: CallOptions): Promise<readonly PciDevice[]> {
    return (await this.#core.call(BUS_GET_DEVICES, undefined, options)).devices;
  }
  async readBar(
    device: Address,
    barId: number,
    offset: bigint,
    size: bigint,
    options?: CallOptions,
  ): Promise<Uint8Array> {
    return (await this.#core.call(BUS_READ_BAR, { device, barId, offset, size }, options)).buffer;
  }
  close(): void {
    this.#core.close();
  }
  [Symbol.dispose](): void {
    this.#core.close();
  }
}

/** For tools such as lspci: what is on a bus. A driver has `Device`. */
export const Bus = defineProtocol<BusClient, BusServer, unknown, "fuchsia.hardware.pci/Bus">({
  name: "fuchsia.hardware.pci/Bus",
  service: "fuchsia.hardware.pci.BusService",
  openness: "closed",
  client: (core) => new BusProxy(core),
  methods: [
    serverMethod(
      BUS_GET_HOST_BRIDGE_INFO,
      (server, _, binding) => server.getHostBridgeInfo(binding),
      (info) => ({ info }),
    ),
    serverMethod(
      BUS_GET_DEVICES,
      (server, _, binding) => server.getDevices(binding),
      (devices) => ({ devices }),
    ),
    serverMethod(
      BUS_READ_BAR,
      (server, { device, barId, offset, size }, binding) =>
        server.readBar(device, barId, offset, size, binding),
      (buffer) => ({ buffer }),
    ),
  ],
});

interface DeviceGetDeviceInfoResponse {
  readonly info: DeviceInfo;
}
const DEVICE_GET_DEVICE_INFO_RESPONSE = struct<DeviceGetDeviceInfoResponse>(
  "fuchsia.hardware.pci/DeviceGetDeviceInfoResponse",
  { info: DEVICE_INFO },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.pci/DeviceGetDeviceInfoResponse")) return;
      DEVICE_INFO.encode(e, o, v.info);
    },
    decode(d, o) {
      return { info: DEVICE_INFO.decode(d, o) };
    },
  },
);

interface DeviceGetBarRequest {
  readonly barId: number;
}
const DEVICE_GET_BAR_REQUEST = struct<DeviceGetBarRequest>(
  "fuchsia.hardware.pci/DeviceGetBarRequest",
  { barId: uint32 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.pci/DeviceGetBarRequest")) return;
      e.uint32(o, v.barId);
    },
    decode(d, o) {
      return { barId: d.uint32(o) };
    },
  },
);

interface DeviceGetBarResponse {
  readonly result: Bar;
}
const DEVICE_GET_BAR_RESPONSE = struct<DeviceGetBarResponse>(
  "fuchsia.hardware.pci/Device_GetBar_Response",
  { result: BAR },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.pci/Device_GetBar_Response")) return;
      BAR.encode(e, o, v.result);
    },
    decode(d, o) {
      return { result: BAR.decode(d, o) };
    },
  },
);

interface DeviceSetBusMasteringRequest {
  readonly enabled: boolean;
}
const DEVICE_SET_BUS_MASTERING_REQUEST = struct<DeviceSetBusMasteringRequest>(
  "fuchsia.hardware.pci/DeviceSetBusMasteringRequest",
  { enabled: bool },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.pci/DeviceSetBusMasteringRequest")) return;
      e.bool(o, v.enabled);
    },
    decode(d, o) {
      return { enabled: d.bool(o) };
    },
  },
);

interface DeviceMapInterruptRequest {
  readonly whichIrq: number;
}
const DEVICE_MAP_INTERRUPT_REQUEST = struct<DeviceMapInterruptRequest>(
  "fuchsia.hardware.pci/DeviceMapInterruptRequest",
  { whichIrq: uint32 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.pci/DeviceMapInterruptRequest")) return;
      e.uint32(o, v.whichIrq);
    },
    decode(d, o) {
      return { whichIrq: d.uint32(o) };
    },
  },
);

interface DeviceMapInterruptResponse {
  readonly interrupt: Handle;
}
const HANDLE_INTERRUPT = handle(9);
const DEVICE_MAP_INTERRUPT_RESPONSE = struct<DeviceMapInterruptResponse>(
  "fuchsia.hardware.pci/Device_MapInterrupt_Response",
  { interrupt: HANDLE_INTERRUPT },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.pci/Device_MapInterrupt_Response")) return;
      HANDLE_INTERRUPT.encode(e, o, v.interrupt);
    },
    decode(d, o) {
      return { interrupt: HANDLE_INTERRUPT.decode(d, o) };
    },
  },
);

interface DeviceGetInterruptModesResponse {
  readonly modes: InterruptModes;
}
const DEVICE_GET_INTERRUPT_MODES_RESPONSE = struct<DeviceGetInterruptModesResponse>(
  "fuchsia.hardware.pci/DeviceGetInterruptModesResponse",
  { modes: INTERRUPT_MODES },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.pci/DeviceGetInterruptModesResponse")) return;
      INTERRUPT_MODES.encode(e, o, v.modes);
    },
    decode(d, o) {
      return { modes: INTERRUPT_MODES.decode(d, o) };
    },
  },
);

interface DeviceSetInterruptModeRequest {
  readonly mode: InterruptMode;
  readonly requestedIrqCount: number;
}
const DEVICE_SET_INTERRUPT_MODE_REQUEST = struct<DeviceSetInterruptModeRequest>(
  "fuchsia.hardware.pci/DeviceSetInterruptModeRequest",
  { mode: INTERRUPT_MODE, requestedIrqCount: uint32 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.pci/DeviceSetInterruptModeRequest")) return;
      INTERRUPT_MODE.encode(e, o, v.mode);
      e.uint32(o + 4, v.requestedIrqCount);
    },
    decode(d, o) {
      d.padding(o + 1, 3);
      return { mode: INTERRUPT_MODE.decode(d, o), requestedIrqCount: d.uint32(o + 4) };
    },
  },
);

interface DeviceReadConfig8Request {
  readonly offset: ExtendedConfigOffset;
}
const DEVICE_READ_CONFIG8_REQUEST = struct<DeviceReadConfig8Request>(
  "fuchsia.hardware.pci/DeviceReadConfig8Request",
  { offset: uint16 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.pci/DeviceReadConfig8Request")) return;
      e.uint16(o, v.offset);
    },
    decode(d, o) {
      return { offset: d.uint16(o) };
    },
  },
);

interface DeviceReadConfig8Response {
  readonly value: number;
}
const DEVICE_READ_CONFIG8_RESPONSE = struct<DeviceReadConfig8Response>(
  "fuchsia.hardware.pci/Device_ReadConfig8_Response",
  { value: uint8 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.pci/Device_ReadConfig8_Response")) return;
      e.uint8(o, v.value);
    },
    decode(d, o) {
      return { value: d.uint8(o) };
    },
  },
);

interface DeviceReadConfig16Request {
  readonly offset: ExtendedConfigOffset;
}
const DEVICE_READ_CONFIG16_REQUEST = struct<DeviceReadConfig16Request>(
  "fuchsia.hardware.pci/DeviceReadConfig16Request",
  { offset: uint16 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.pci/DeviceReadConfig16Request")) return;
      e.uint16(o, v.offset);
    },
    decode(d, o) {
      return { offset: d.uint16(o) };
    },
  },
);

interface DeviceReadConfig16Response {
  readonly value: number;
}
const DEVICE_READ_CONFIG16_RESPONSE = struct<DeviceReadConfig16Response>(
  "fuchsia.hardware.pci/Device_ReadConfig16_Response",
  { value: uint16 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.pci/Device_ReadConfig16_Response")) return;
      e.uint16(o, v.value);
    },
    decode(d, o) {
      return { value: d.uint16(o) };
    },
  },
);

interface DeviceReadConfig32Request {
  readonly offset: ExtendedConfigOffset;
}
const DEVICE_READ_CONFIG32_REQUEST = struct<DeviceReadConfig32Request>(
  "fuchsia.hardware.pci/DeviceReadConfig32Request",
  { offset: uint16 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.pci/DeviceReadConfig32Request")) return;
      e.uint16(o, v.offset);
    },
    decode(d, o) {
      return { offset: d.uint16(o) };
    },
  },
);

interface DeviceReadConfig32Response {
  readonly value: number;
}
const DEVICE_READ_CONFIG32_RESPONSE = struct<DeviceReadConfig32Response>(
  "fuchsia.hardware.pci/Device_ReadConfig32_Response",
  { value: uint32 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.pci/Device_ReadConfig32_Response")) return;
      e.uint32(o, v.value);
    },
    decode(d, o) {
      return { value: d.uint32(o) };
    },
  },
);

interface DeviceWriteConfig8Request {
  readonly offset: ExtendedConfigOffset;
  readonly value: number;
}
const DEVICE_WRITE_CONFIG8_REQUEST = struct<DeviceWriteConfig8Request>(
  "fuchsia.hardware.pci/DeviceWriteConfig8Request",
  { offset: uint16, value: uint8 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.pci/DeviceWriteConfig8Request")) return;
      e.uint16(o, v.offset);
      e.uint8(o + 2, v.value);
    },
    decode(d, o) {
      d.padding(o + 3, 1);
      return { offset: d.uint16(o), value: d.uint8(o + 2) };
    },
  },
);

interface DeviceWriteConfig16Request {
  readonly offset: ExtendedConfigOffset;
  readonly value: number;
}
const DEVICE_WRITE_CONFIG16_REQUEST = struct<DeviceWriteConfig16Request>(
  "fuchsia.hardware.pci/DeviceWriteConfig16Request",
  { offset: uint16, value: uint16 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.pci/DeviceWriteConfig16Request")) return;
      e.uint16(o, v.offset);
      e.uint16(o + 2, v.value);
    },
    decode(d, o) {
      return { offset: d.uint16(o), value: d.uint16(o + 2) };
    },
  },
);

interface DeviceWriteConfig32Request {
  readonly offset: ExtendedConfigOffset;
  readonly value: number;
}
const DEVICE_WRITE_CONFIG32_REQUEST = struct<DeviceWriteConfig32Request>(
  "fuchsia.hardware.pci/DeviceWriteConfig32Request",
  { offset: uint16, value: uint32 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.pci/DeviceWriteConfig32Request")) return;
      e.uint16(o, v.offset);
      e.uint32(o + 4, v.value);
    },
    decode(d, o) {
      d.padding(o + 2, 2);
      return { offset: d.uint16(o), value: d.uint32(o + 4) };
    },
  },
);

interface DeviceGetCapabilitiesRequest {
  readonly id: CapabilityId;
}
const DEVICE_GET_CAPABILITIES_REQUEST = struct<DeviceGetCapabilitiesRequest>(
  "fuchsia.hardware.pci/DeviceGetCapabilitiesRequest",
  { id: CAPABILITY_ID },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.pci/DeviceGetCapabilitiesRequest")) return;
      CAPABILITY_ID.encode(e, o, v.id);
    },
    decode(d, o) {
      return { id: CAPABILITY_ID.decode(d, o) };
    },
  },
);

interface DeviceGetCapabilitiesResponse {
  readonly offsets: Uint8Array;
}
const BYTES_32 = bytes(32);
const DEVICE_GET_CAPABILITIES_RESPONSE = struct<DeviceGetCapabilitiesResponse>(
  "fuchsia.hardware.pci/DeviceGetCapabilitiesResponse",
  { offsets: BYTES_32 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.pci/DeviceGetCapabilitiesResponse")) return;
      BYTES_32.encode(e, o, v.offsets);
    },
    decode(d, o) {
      return { offsets: BYTES_32.decode(d, o) };
    },
  },
);

interface DeviceGetExtendedCapabilitiesRequest {
  readonly id: ExtendedCapabilityId;
}
const DEVICE_GET_EXTENDED_CAPABILITIES_REQUEST = struct<DeviceGetExtendedCapabilitiesRequest>(
  "fuchsia.hardware.pci/DeviceGetExtendedCapabilitiesRequest",
  { id: EXTENDED_CAPABILITY_ID },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.pci/DeviceGetExtendedCapabilitiesRequest")) return;
      EXTENDED_CAPABILITY_ID.encode(e, o, v.id);
    },
    decode(d, o) {
      return { id: EXTENDED_CAPABILITY_ID.decode(d, o) };
    },
  },
);

interface DeviceGetExtendedCapabilitiesResponse {
  readonly offsets: readonly ExtendedConfigOffset[];
}
const VECTOR_OF_UINT16_32 = vector(uint16, 32);
const DEVICE_GET_EXTENDED_CAPABILITIES_RESPONSE = struct<DeviceGetExtendedCapabilitiesResponse>(
  "fuchsia.hardware.pci/DeviceGetExtendedCapabilitiesResponse",
  { offsets: VECTOR_OF_UINT16_32 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.pci/DeviceGetExtendedCapabilitiesResponse")) return;
      VECTOR_OF_UINT16_32.encode(e, o, v.offsets);
    },
    decode(d, o) {
      return { offsets: VECTOR_OF_UINT16_32.decode(d, o) };
    },
  },
);

interface DeviceGetBtiRequest {
  readonly index: number;
}
const DEVICE_GET_BTI_REQUEST = struct<DeviceGetBtiRequest>(
  "fuchsia.hardware.pci/DeviceGetBtiRequest",
  { index: uint32 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.pci/DeviceGetBtiRequest")) return;
      e.uint32(o, v.index);
    },
    decode(d, o) {
      return { index: d.uint32(o) };
    },
  },
);

interface DeviceGetBtiResponse {
  readonly bti: Handle;
}
const HANDLE_BTI = handle(24);
const DEVICE_GET_BTI_RESPONSE = struct<DeviceGetBtiResponse>(
  "fuchsia.hardware.pci/Device_GetBti_Response",
  { bti: HANDLE_BTI },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.pci/Device_GetBti_Response")) return;
      HANDLE_BTI.encode(e, o, v.bti);
    },
    decode(d, o) {
      return { bti: HANDLE_BTI.decode(d, o) };
    },
  },
);
const DEVICE_GET_DEVICE_INFO = twoWay<void, DeviceGetDeviceInfoResponse>({
  name: "fuchsia.hardware.pci/Device.GetDeviceInfo",
  ordinal: 0x5599d144d4329916n,
  response: DEVICE_GET_DEVICE_INFO_RESPONSE,
});
const DEVICE_GET_BAR = twoWay<DeviceGetBarRequest, DeviceGetBarResponse>({
  name: "fuchsia.hardware.pci/Device.GetBar",
  ordinal: 0x6b2683f6fbbff679n,
  request: DEVICE_GET_BAR_REQUEST,
  response: DEVICE_GET_BAR_RESPONSE,
  error: status,
});
const DEVICE_SET_BUS_MASTERING = twoWay<DeviceSetBusMasteringRequest>({
  name: "fuchsia.hardware.pci/Device.SetBusMastering",
  ordinal: 0x3421e9e030211003n,
  request: DEVICE_SET_BUS_MASTERING_REQUEST,
  error: status,
});
const DEVICE_RESET_DEVICE = twoWay({
  name: "fuchsia.hardware.pci/Device.ResetDevice",
  ordinal: 0x3c5b7579bb6f8b9fn,
  error: status,
});
const DEVICE_ACK_INTERRUPT = twoWay({
  name: "fuchsia.hardware.pci/Device.AckInterrupt",
  ordinal: 0x70742f64692d5a6bn,
  error: status,
});
const DEVICE_MAP_INTERRUPT = twoWay<DeviceMapInterruptRequest, DeviceMapInterruptResponse>({
  name: "fuchsia.hardware.pci/Device.MapInterrupt",
  ordinal: 0x25eeff9d34a1fa13n,
  request: DEVICE_MAP_INTERRUPT_REQUEST,
  response: DEVICE_MAP_INTERRUPT_RESPONSE,
  error: status,
});
const DEVICE_GET_INTERRUPT_MODES = twoWay<void, DeviceGetInterruptModesResponse>({
  name: "fuchsia.hardware.pci/Device.GetInterruptModes",
  ordinal: 0x093f4cd8f79e9f4an,
  response: DEVICE_GET_INTERRUPT_MODES_RESPONSE,
});
const DEVICE_SET_INTERRUPT_MODE = twoWay<DeviceSetInterruptModeRequest>({
  name: "fuchsia.hardware.pci/Device.SetInterruptMode",
  ordinal: 0x085bebad3eb24866n,
  request: DEVICE_SET_INTERRUPT_MODE_REQUEST,
  error: status,
});
const DEVICE_READ_CONFIG8 = twoWay<DeviceReadConfig8Request, DeviceReadConfig8Response>({
  name: "fuchsia.hardware.pci/Device.ReadConfig8",
  ordinal: 0x28f9eb9e6dadda1cn,
  request: DEVICE_READ_CONFIG8_REQUEST,
  response: DEVICE_READ_CONFIG8_RESPONSE,
  error: status,
});
const DEVICE_READ_CONFIG16 = twoWay<DeviceReadConfig16Request, DeviceReadConfig16Response>({
  name: "fuchsia.hardware.pci/Device.ReadConfig16",
  ordinal: 0x3bcda6171a3270bbn,
  request: DEVICE_READ_CONFIG16_REQUEST,
  response: DEVICE_READ_CONFIG16_RESPONSE,
  error: status,
});
const DEVICE_READ_CONFIG32 = twoWay<DeviceReadConfig32Request, DeviceReadConfig32Response>({
  name: "fuchsia.hardware.pci/Device.ReadConfig32",
  ordinal: 0x55357535402f7507n,
  request: DEVICE_READ_CONFIG32_REQUEST,
  response: DEVICE_READ_CONFIG32_RESPONSE,
  error: status,
});
const DEVICE_WRITE_CONFIG8 = twoWay<DeviceWriteConfig8Request>({
  name: "fuchsia.hardware.pci/Device.WriteConfig8",
  ordinal: 0x049a0719e1433cffn,
  request: DEVICE_WRITE_CONFIG8_REQUEST,
  error: status,
});
const DEVICE_WRITE_CONFIG16 = twoWay<DeviceWriteConfig16Request>({
  name: "fuchsia.hardware.pci/Device.WriteConfig16",
  ordinal: 0x3e30bf13f1c07effn,
  request: DEVICE_WRITE_CONFIG16_REQUEST,
  error: status,
});
const DEVICE_WRITE_CONFIG32 = twoWay<DeviceWriteConfig32Request>({
  name: "fuchsia.hardware.pci/Device.WriteConfig32",
  ordinal: 0x0161584e5199b388n,
  request: DEVICE_WRITE_CONFIG32_REQUEST,
  error: status,
});
const DEVICE_GET_CAPABILITIES = twoWay<DeviceGetCapabilitiesRequest, DeviceGetCapabilitiesResponse>({
  name: "fuchsia.hardware.pci/Device.GetCapabilities",
  ordinal: 0x3a050fde46f3ba0fn,
  request: DEVICE_GET_CAPABILITIES_REQUEST,
  response: DEVICE_GET_CAPABILITIES_RESPONSE,
});
const DEVICE_GET_EXTENDED_CAPABILITIES = twoWay<
  DeviceGetExtendedCapabilitiesRequest,
  DeviceGetExtendedCapabilitiesResponse
>({
  name: "fuchsia.hardware.pci/Device.GetExtendedCapabilities",
  ordinal: 0x0b8573efcaae0c39n,
  request: DEVICE_GET_EXTENDED_CAPABILITIES_REQUEST,
  response: DEVICE_GET_EXTENDED_CAPABILITIES_RESPONSE,
});
const DEVICE_GET_BTI = twoWay<DeviceGetBtiRequest, DeviceGetBtiResponse>({
  name: "fuchsia.hardware.pci/Device.GetBti",
  ordinal: 0x5e4fe9efb12d9ee3n,
  request: DEVICE_GET_BTI_REQUEST,
  response: DEVICE_GET_BTI_RESPONSE,
  error: status,
});

/**
 * `fuchsia.hardware.pci/Device` as its client sees it. Calls reject with a ZxError.
 *
 * One function, for its driver.
 */
export interface DeviceClient extends Connection {
  /** What the function says of itself. */
  getDeviceInfo(options?: CallOptions): Promise<DeviceInfo>;
  /**
   * The memory or the ports behind a base address register.
   *
   * Errors:
   * * INVALID_ARGS: `bar_id` is above 5.
   * * NOT_FOUND: the function has no such register.
   * * ACCESS_DENIED: nothing of it is left for the driver, for the tables of MSI-X take all.
   * * INTERNAL: the bus driver failed.
   */
  getBar(barId: number, options?: CallOptions): Promise<Bar>;
  /**
   * Lets the function read and write RAM, or no longer.
   *
   * Errors:
   * * BAD_STATE: the function is disabled.
   */
  setBusMastering(enabled: boolean, options?: CallOptions): Promise<void>;
  /**
   * Resets the function, and answers when that is done. Its interrupts must be disabled.
   *
   * Errors:
   * * BAD_STATE: interrupts are not disabled.
   * * NOT_SUPPORTED: the function has no reset.
   * * TIMED_OUT: it did not come back.
   */
  resetDevice(options?: CallOptions): Promise<void>;
  /**
   * Lets the next interrupt come, in the mode LEGACY.
   *
   * Errors:
   * * BAD_STATE: the mode is another.
   */
  ackInterrupt(options?: CallOptions): Promise<void>;
  /**
   * An interrupt object. A message's can be mapped once at a time; a pin's as often as wanted, always the same object.
   *
   * Errors:
   * * BAD_STATE: interrupts are disabled.
   * * INVALID_ARGS: the mode has no interrupt `which_irq`.
   * * ALREADY_BOUND: this message is mapped.
   */
  mapInterrupt(whichIrq: number, options?: CallOptions): Promise<Handle>;
  /** Which modes SetInterruptMode can choose from. */
  getInterruptModes(options?: CallOptions): Promise<InterruptModes>;
  /**
   * Chooses how the function signals interrupts. All handles of MapInterrupt must have been closed.
   *
   * Errors:
   * * BAD_STATE: handles of messages are open.
   * * INVALID_ARGS: `requested_irq_count` is 0.
   * * NOT_SUPPORTED: the function has no such mode, or not so many interrupts in it.
   */
  setInterruptMode(mode: InterruptMode, requestedIrqCount: number, options?: CallOptions): Promise<void>;
  /**
   * Reads configuration space.
   *
   * Errors:
   * * OUT_OF_RANGE: `offset` is beyond it.
   */
  readConfig8(offset: ExtendedConfigOffset, options?: CallOptions): Promise<number>;
  /**
   * Reads configuration space.
   *
   * Errors:
   * * OUT_OF_RANGE: `offset` is beyond it.
   */
  readConfig16(offset: ExtendedConfigOffset, options?: CallOptions): Promise<number>;
  /**
   * Reads configuration space.
   *
   * Errors:
   * * OUT_OF_RANGE: `offset` is beyond it.
   */
  readConfig32(offset: ExtendedConfigOffset, options?: CallOptions): Promise<number>;
  /**
   * Writes configuration space.
   *
   * Errors:
   * * ACCESS_DENIED: `offset` is below 0x40: the header is the bus driver's.
   * * OUT_OF_RANGE: `offset` is beyond it.
   */
  writeConfig8(offset: ExtendedConfigOffset, value: number, options?: CallOptions): Promise<void>;
  /**
   * Writes configuration space.
   *
   * Errors:
   * * ACCESS_DENIED: `offset` is below 0x40: the header is the bus driver's.
   * * OUT_OF_RANGE: `offset` is beyond it.
   */
  writeConfig16(offset: ExtendedConfigOffset, value: number, options?: CallOptions): Promise<void>;
  /**
   * Writes configuration space.
   *
   * Errors:
   * * ACCESS_DENIED: `offset` is below 0x40: the header is the bus driver's.
   * * OUT_OF_RANGE: `offset` is beyond it.
   */
  writeConfig32(offset: ExtendedConfigOffset, value: number, options?: CallOptions): Promise<void>;
  /** Where in configuration space the capabilities with this id are; nothing if there are none. */
  getCapabilities(id: CapabilityId, options?: CallOptions): Promise<Uint8Array>;
  /** Where in configuration space the extended capabilities with this id are; nothing if there are none. */
  getExtendedCapabilities(
    id: ExtendedCapabilityId,
    options?: CallOptions,
  ): Promise<readonly ExtendedConfigOffset[]>;
  /**
   * The bus transaction initiator of the function.
   *
   * Errors:
   * * OUT_OF_RANGE: `index` is not 0.
   */
  getBti(index: number, options?: CallOptions): Promise<Handle>;
}

/** `fuchsia.hardware.pci/Device` as a server implements it: throws a ZxError to answer with an error. */
export interface DeviceServer {
  getDeviceInfo(binding: Binding): MaybePromise<DeviceInfo>;
  getBar(barId: number, binding: Binding): MaybePromise<Bar>;
  setBusMastering(enabled: boolean, binding: Binding): MaybePromise<void>;
  resetDevice(binding: Binding): MaybePromise<void>;
  ackInterrupt(binding: Binding): MaybePromise<void>;
  mapInterrupt(whichIrq: number, binding: Binding): MaybePromise<Handle>;
  getInterruptModes(binding: Binding): MaybePromise<InterruptModes>;
  setInterruptMode(mode: InterruptMode, requestedIrqCount: number, binding: Binding): MaybePromise<void>;
  readConfig8(offset: ExtendedConfigOffset, binding: Binding): MaybePromise<number>;
  readConfig16(offset: ExtendedConfigOffset, binding: Binding): MaybePromise<number>;
  readConfig32(offset: ExtendedConfigOffset, binding: Binding): MaybePromise<number>;
  writeConfig8(offset: ExtendedConfigOffset, value: number, binding: Binding): MaybePromise<void>;
  writeConfig16(offset: ExtendedConfigOffset, value: number, binding: Binding): MaybePromise<void>;
  writeConfig32(offset: ExtendedConfigOffset, value: number, binding: Binding): MaybePromise<void>;
  getCapabilities(id: CapabilityId, binding: Binding): MaybePromise<Uint8Array>;
  getExtendedCapabilities(
    id: ExtendedCapabilityId,
    binding: Binding,
  ): MaybePromise<readonly ExtendedConfigOffset[]>;
  getBti(index: number, binding: Binding): MaybePromise<Handle>;
}

class DeviceProxy implements DeviceClient {
  readonly #core: ClientCore;

  constructor(core: ClientCore) {
    this.#core = core;
  }

  async getDeviceInfo(options?: CallOptions): Promise<DeviceInfo> {
    return (await this.#core.call(DEVICE_GET_DEVICE_INFO, undefined, options)).info;
  }
  async getBar(barId: number, options?: CallOptions): Promise<Bar> {
    return (await this.#core.call(DEVICE_GET_BAR, { barId }, options)).result;
  }
  setBusMastering(enabled: boolean, options?: CallOptions): Promise<void> {
    return this.#core.call(DEVICE_SET_BUS_MASTERING, { enabled }, options);
  }
  resetDevice(options?: CallOptions): Promise<void> {
    return this.#core.call(DEVICE_RESET_DEVICE, undefined, options);
  }
  ackInterrupt(options?: CallOptions): Promise<void> {
    return this.#core.call(DEVICE_ACK_INTERRUPT, undefined, options);
  }
  async mapInterrupt(whichIrq: number, options?: CallOptions): Promise<Handle> {
    return (await this.#core.call(DEVICE_MAP_INTERRUPT, { whichIrq }, options)).interrupt;
  }
  async getInterruptModes(options?: CallOptions): Promise<InterruptModes> {
    return (await this.#core.call(DEVICE_GET_INTERRUPT_MODES, undefined, options)).modes;
  }
  setInterruptMode(mode: InterruptMode, requestedIrqCount: number, options?: CallOptions): Promise<void> {
    return this.#core.call(DEVICE_SET_INTERRUPT_MODE, { mode, requestedIrqCount }, options);
  }
  async readConfig8(offset: ExtendedConfigOffset, options?: CallOptions): Promise<number> {
    return (await this.#core.call(DEVICE_READ_CONFIG8, { offset }, options)).value;
  }
  async readConfig16(offset: ExtendedConfigOffset, options?: CallOptions): Promise<number> {
    return (await this.#core.call(DEVICE_READ_CONFIG16, { offset }, options)).value;
  }
  async readConfig32(offset: ExtendedConfigOffset, options?: CallOptions): Promise<number> {
    return (await this.#core.call(DEVICE_READ_CONFIG32, { offset }, options)).value;
  }
  writeConfig8(offset: ExtendedConfigOffset, value: number, options?: CallOptions): Promise<void> {
    return this.#core.call(DEVICE_WRITE_CONFIG8, { offset, value }, options);
  }
  writeConfig16(offset: ExtendedConfigOffset, value: number, options?: CallOptions): Promise<void> {
    return this.#core.call(DEVICE_WRITE_CONFIG16, { offset, value }, options);
  }
  writeConfig32(offset: ExtendedConfigOffset, value: number, options?: CallOptions): Promise<void> {
    return this.#core.call(DEVICE_WRITE_CONFIG32, { offset, value }, options);
  }
  async getCapabilities(id: CapabilityId, options?: CallOptions): Promise<Uint8Array> {
    return (await this.#core.call(DEVICE_GET_CAPABILITIES, { id }, options)).offsets;
  }
  async getExtendedCapabilities(
    id: ExtendedCapabilityId,
    options?: CallOptions,
  ): Promise<readonly ExtendedConfigOffset[]> {
    return (await this.#core.call(DEVICE_GET_EXTENDED_CAPABILITIES, { id }, options)).offsets;
  }
  async getBti(index: number, options?: CallOptions): Promise<Handle> {
    return (await this.#core.call(DEVICE_GET_BTI, { index }, options)).bti;
  }
  close(): void {
    this.#core.close();
  }
  [Symbol.dispose](): void {
    this.#core.close();
  }
}

/** One function, for its driver. */
export const Device = defineProtocol<DeviceClient, DeviceServer, unknown, "fuchsia.hardware.pci/Device">({
  name: "fuchsia.hardware.pci/Device",
  service: "fuchsia.hardware.pci.Service",
  openness: "closed",
  client: (core) => new DeviceProxy(core),
  methods: [
    serverMethod(
      DEVICE_GET_DEVICE_INFO,
      (server, _, binding) => server.getDeviceInfo(binding),
      (info) => ({ info }),
    ),
    serverMethod(
      DEVICE_GET_BAR,
      (server, { barId }, binding) => server.getBar(barId, binding),
      (result) => ({ result }),
    ),
    serverMethod(DEVICE_SET_BUS_MASTERING, (server, { enabled }, binding) =>
      server.setBusMastering(enabled, binding),
    ),
    serverMethod(DEVICE_RESET_DEVICE, (server, _, binding) => server.resetDevice(binding)),
    serverMethod(DEVICE_ACK_INTERRUPT, (server, _, binding) => server.ackInterrupt(binding)),
    serverMethod(
      DEVICE_MAP_INTERRUPT,
      (server, { whichIrq }, binding) => server.mapInterrupt(whichIrq, binding),
      (interrupt) => ({ interrupt }),
    ),
    serverMethod(
      DEVICE_GET_INTERRUPT_MODES,
      (server, _, binding) => server.getInterruptModes(binding),
      (modes) => ({ modes }),
    ),
    serverMethod(DEVICE_SET_INTERRUPT_MODE, (server, { mode, requestedIrqCount }, binding) =>
      server.setInterruptMode(mode, requestedIrqCount, binding),
    ),
    serverMethod(
      DEVICE_READ_CONFIG8,
      (server, { offset }, binding) => server.readConfig8(offset, binding),
      (value) => ({ value }),
    ),
    serverMethod(
      DEVICE_READ_CONFIG16,
      (server, { offset }, binding) => server.readConfig16(offset, binding),
      (value) => ({ value }),
    ),
    serverMethod(
      DEVICE_READ_CONFIG32,
      (server, { offset }, binding) => server.readConfig32(offset, binding),
      (value) => ({ value }),
    ),
    serverMethod(DEVICE_WRITE_CONFIG8, (server, { offset, value }, binding) =>
      server.writeConfig8(offset, value, binding),
    ),
    serverMethod(DEVICE_WRITE_CONFIG16, (server, { offset, value }, binding) =>
      server.writeConfig16(offset, value, binding),
    ),
    serverMethod(DEVICE_WRITE_CONFIG32, (server, { offset, value }, binding) =>
      server.writeConfig32(offset, value, binding),
    ),
    serverMethod(
      DEVICE_GET_CAPABILITIES,
      (server, { id }, binding) => server.getCapabilities(id, binding),
      (offsets) => ({ offsets }),
    ),
    serverMethod(
      DEVICE_GET_EXTENDED_CAPABILITIES,
      (server, { id }, binding) => server.getExtendedCapabilities(id, binding),
      (offsets) => ({ offsets }),
    ),
    serverMethod(
      DEVICE_GET_BTI,
      (server, { index }, binding) => server.getBti(index, binding),
      (bti) => ({ bti }),
    ),
  ],
});

/** What the bus driver offers to the node of a function. */
export const Service = {
  name: "fuchsia.hardware.pci.Service",
  members: { device: Device },
} as const;

/** What it offers to tools. */
export const BusService = {
  name: "fuchsia.hardware.pci.BusService",
  members: { bus: Bus },
} as const;
