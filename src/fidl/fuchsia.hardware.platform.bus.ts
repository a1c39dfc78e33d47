// Generated from fuchsia.hardware.platform.bus.fidl by zirconia fidl compile; do not edit.
/**
 * The FIDL library `fuchsia.hardware.platform.bus`.
 *
 * What a board driver tells the platform bus: which devices there are, and what belongs to each.
 *
 * Where a table has a gap, Fuchsia has a member there (the power configuration) that means nothing here; whoever sends it is
 * understood, and it is skipped.
 */
import * as fuchsiaDriverFramework from "./fuchsia.driver.framework.ts";
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
  serverMethod,
  status,
  strictEnum,
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

export const MAX_INFO_STRING_LENGTH = 32;
export const MAX_MMIO = 10;
export const MAX_IRQ = 32;
export const MAX_BTI = 10;
export const MAX_SMC = 10;

/** When an interrupt line means an interrupt; the numbers are options of interrupt_create. */
export const ZirconInterruptMode = {
  DEFAULT: 0,
  EDGE_LOW: 2,
  EDGE_HIGH: 4,
  LEVEL_LOW: 6,
  LEVEL_HIGH: 8,
  EDGE_BOTH: 10,
} as const;
export type ZirconInterruptMode = (typeof ZirconInterruptMode)[keyof typeof ZirconInterruptMode];
export const ZIRCON_INTERRUPT_MODE: Codec<ZirconInterruptMode> = strictEnum(
  "fuchsia.hardware.platform.bus/ZirconInterruptMode",
  uint32,
  ZirconInterruptMode,
) as Codec<ZirconInterruptMode>;

/** Registers of a device. Neither address nor length need be those of pages. */
export interface Mmio {
  /** On the machine's bus. */
  readonly base?: bigint | undefined;
  /** In bytes. */
  readonly length?: bigint | undefined;
  /** For GetMmioByName of `fuchsia.hardware.platform.device`. */
  readonly name?: string | undefined;
}
const STRING_128 = string(128);
export const MMIO: Codec<Mmio> = table<Mmio>(
  "fuchsia.hardware.platform.bus/Mmio",
  { base: [1, uint64], length: [2, uint64], name: [3, STRING_128] },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.platform.bus/Mmio")) return;
      let max = 0;
      if (v.base !== undefined) max = 1;
      if (v.length !== undefined) max = 2;
      if (v.name !== undefined) max = 3;
      const t = e.enterTable(o, max);
      if (v.base !== undefined) e.envelope(t, uint64, v.base);
      if (v.length !== undefined) e.envelope(t + 8, uint64, v.length);
      if (v.name !== undefined) e.envelope(t + 16, STRING_128, v.name);
      e.leave();
    },
    decode(d, o) {
      const t = d.enterTable(o);
      const n = d.envelopes;
      const m1 = n >= 1 ? d.optionalEnvelope(t, uint64) : undefined;
      const m2 = n >= 2 ? d.optionalEnvelope(t + 8, uint64) : undefined;
      const m3 = n >= 3 ? d.optionalEnvelope(t + 16, STRING_128) : undefined;
      d.leaveTable(t, n, 3);
      return { base: m1, length: m2, name: m3 };
    },
  },
);

export interface Irq {
  /** The kernel's vector. */
  readonly irq?: number | undefined;
  readonly mode?: ZirconInterruptMode | undefined;
  /** Of the node that stands for this interrupt. */
  readonly properties?: readonly fuchsiaDriverFramework.NodeProperty2[] | undefined;
  /** For GetInterruptByName of `fuchsia.hardware.platform.device`. */
  readonly name?: string | undefined;
  /** Whether it wakes the system from sleep. */
  readonly wakeVector?: boolean | undefined;
}
const VECTOR_OF_NODE_PROPERTY2_64 = vector(fuchsiaDriverFramework.NODE_PROPERTY2, 64);
export const IRQ: Codec<Irq> = table<Irq>(
  "fuchsia.hardware.platform.bus/Irq",
  {
    irq: [1, uint32],
    mode: [2, ZIRCON_INTERRUPT_MODE],
    properties: [3, VECTOR_OF_NODE_PROPERTY2_64],
    name: [4, STRING_128],
    wakeVector: [5, bool],
  },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.platform.bus/Irq")) return;
      let max = 0;
      if (v.irq !== undefined) max = 1;
      if (v.mode !== undefined) max = 2;
      if (v.properties !== undefined) max = 3;
      if (v.name !== undefined) max = 4;
      if (v.wakeVector !== undefined) max = 5;
      const t = e.enterTable(o, max);
      if (v.irq !== undefined) e.envelope(t, uint32, v.irq);
      if (v.mode !== undefined) e.envelope(t + 8, ZIRCON_INTERRUPT_MODE, v.mode);
      if (v.properties !== undefined) e.envelope(t + 16, VECTOR_OF_NODE_PROPERTY2_64, v.properties);
      if (v.name !== undefined) e.envelope(t + 24, STRING_128, v.name);
      if (v.wakeVector !== undefined) e.envelope(t + 32, bool, v.wakeVector);
      e.leave();
    },
    decode(d, o) {
      const t = d.enterTable(o);
      const n = d.envelopes;
      const m1 = n >= 1 ? d.optionalEnvelope(t, uint32) : undefined;
      const m2 = n >= 2 ? d.optionalEnvelope(t + 8, ZIRCON_INTERRUPT_MODE) : undefined;
      const m3 = n >= 3 ? d.optionalEnvelope(t + 16, VECTOR_OF_NODE_PROPERTY2_64) : undefined;
      const m4 = n >= 4 ? d.optionalEnvelope(t + 24, STRING_128) : undefined;
      const m5 = n >= 5 ? d.optionalEnvelope(t + 32, bool) : undefined;
      d.leaveTable(t, n, 5);
      return { irq: m1, mode: m2, properties: m3, name: m4, wakeVector: m5 };
    },
  },
);

/** A bus transaction initiator: which IOMMU, and what it is called there. */
export interface Bti {
  readonly iommuId?: number | undefined;
  readonly btiId?: number | undefined;
  /** For GetBtiByName of `fuchsia.hardware.platform.device`. */
  readonly name?: string | undefined;
}
export const BTI: Codec<Bti> = table<Bti>(
  "fuchsia.hardware.platform.bus/Bti",
  { iommuId: [1, uint32], btiId: [2, uint32], name: [3, STRING_128] },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.platform.bus/Bti")) return;
      let max = 0;
      if (v.iommuId !== undefined) max = 1;
      if (v.btiId !== undefined) max = 2;
      if (v.name !== undefined) max = 3;
      const t = e.enterTable(o, max);
      if (v.iommuId !== undefined) e.envelope(t, uint32, v.iommuId);
      if (v.btiId !== undefined) e.envelope(t + 8, uint32, v.btiId);
      if (v.name !== undefined) e.envelope(t + 16, STRING_128, v.name);
      e.leave();
    },
    decode(d, o) {
      const t = d.enterTable(o);
      const n = d.envelopes;
      const m1 = n >= 1 ? d.optionalEnvelope(t, uint32) : undefined;
      const m2 = n >= 2 ? d.optionalEnvelope(t + 8, uint32) : undefined;
      const m3 = n >= 3 ? d.optionalEnvelope(t + 16, STRING_128) : undefined;
      d.leaveTable(t, n, 3);
      return { iommuId: m1, btiId: m2, name: m3 };
    },
  },
);

/** A range of secure monitor calls. */
export interface Smc {
  /** The first service call number. */
  readonly serviceCallNumBase?: number | undefined;
  /** How many there are from there on. */
  readonly count?: number | undefined;
  /** Whether nobody else may have them. */
  readonly exclusive?: boolean | undefined;
  /** For GetSmcByName of `fuchsia.hardware.platform.device`. */
  readonly name?: string | undefined;
}
export const SMC: Codec<Smc> = table<Smc>(
  "fuchsia.hardware.platform.bus/Smc",
  { serviceCallNumBase: [1, uint32], count: [2, uint32], exclusive: [3, bool], name: [4, STRING_128] },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.platform.bus/Smc")) return;
      let max = 0;
      if (v.serviceCallNumBase !== undefined) max = 1;
      if (v.count !== undefined) max = 2;
      if (v.exclusive !== undefined) max = 3;
      if (v.name !== undefined) max = 4;
      const t = e.enterTable(o, max);
      if (v.serviceCallNumBase !== undefined) e.envelope(t, uint32, v.serviceCallNumBase);
      if (v.count !== undefined) e.envelope(t + 8, uint32, v.count);
      if (v.exclusive !== undefined) e.envelope(t + 16, bool, v.exclusive);
      if (v.name !== undefined) e.envelope(t + 24, STRING_128, v.name);
      e.leave();
    },
    decode(d, o) {
      const t = d.enterTable(o);
      const n = d.envelopes;
      const m1 = n >= 1 ? d.optionalEnvelope(t, uint32) : undefined;
      const m2 = n >= 2 ? d.optionalEnvelope(t + 8, uint32) : undefined;
      const m3 = n >= 3 ? d.optionalEnvelope(t + 16, bool) : undefined;
      const m4 = n >= 4 ? d.optionalEnvelope(t + 24, STRING_128) : undefined;
      d.leaveTable(t, n, 4);
      return { serviceCallNumBase: m1, count: m2, exclusive: m3, name: m4 };
    },
  },
);

/** Data for the device's driver. */
export interface Metadata {
  readonly id?: string | undefined;
  readonly data?: Uint8Array | undefined;
}
const STRING = string();
const BYTES = bytes();
export const METADATA: Codec<Metadata> = table<Metadata>(
  "fuchsia.hardware.platform.bus/Metadata",
  { id: [1, STRING], data: [2, BYTES] },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.platform.bus/Metadata")) return;
      let max = 0;
      if (v.id !== undefined) max = 1;
      if (v.data !== undefined) max = 2;
      const t = e.enterTable(o, max);
      if (v.id !== undefined) e.envelope(t, STRING, v.id);
      if (v.data !== undefined) e.envelope(t + 8, BYTES, v.data);
      e.leave();
    },
    decode(d, o) {
      const t = d.enterTable(o);
      const n = d.envelopes;
      const m1 = n >= 1 ? d.optionalEnvelope(t, STRING) : undefined;
      const m2 = n >= 2 ? d.optionalEnvelope(t + 8, BYTES) : undefined;
      d.leaveTable(t, n, 2);
      return { id: m1, data: m2 };
    },
  },
);

/** Data for the device's driver, which the boot loader has. */
export interface BootMetadata {
  /** As in the header of the boot item. */
  readonly zbiType?: number | undefined;
  /** As in the header of the boot item: tells items of one type apart. */
  readonly zbiExtra?: number | undefined;
}
export const BOOT_METADATA: Codec<BootMetadata> = table<BootMetadata>(
  "fuchsia.hardware.platform.bus/BootMetadata",
  { zbiType: [1, uint32], zbiExtra: [2, uint32] },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.platform.bus/BootMetadata")) return;
      let max = 0;
      if (v.zbiType !== undefined) max = 1;
      if (v.zbiExtra !== undefined) max = 2;
      const t = e.enterTable(o, max);
      if (v.zbiType !== undefined) e.envelope(t, uint32, v.zbiType);
      if (v.zbiExtra !== undefined) e.envelope(t + 8, uint32, v.zbiExtra);
      e.leave();
    },
    decode(d, o) {
      const t = d.enterTable(o);
      const n = d.envelopes;
      const m1 = n >= 1 ? d.optionalEnvelope(t, uint32) : undefined;
      const m2 = n >= 2 ? d.optionalEnvelope(t + 8, uint32) : undefined;
      d.leaveTable(t, n, 2);
      return { zbiType: m1, zbiExtra: m2 };
    },
  },
);

/** What a board driver knows of its board. */
export interface BoardInfo {
  readonly boardName?: string | undefined;
  readonly boardRevision?: number | undefined;
}
const STRING_32 = string(32);
export const BOARD_INFO: Codec<BoardInfo> = table<BoardInfo>(
  "fuchsia.hardware.platform.bus/BoardInfo",
  { boardName: [1, STRING_32], boardRevision: [2, uint32] },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.platform.bus/BoardInfo")) return;
      let max = 0;
      if (v.boardName !== undefined) max = 1;
      if (v.boardRevision !== undefined) max = 2;
      const t = e.enterTable(o, max);
      if (v.boardName !== undefined) e.envelope(t, STRING_32, v.boardName);
      if (v.boardRevision !== undefined) e.envelope(t + 8, uint32, v.boardRevision);
      e.leave();
    },
    decode(d, o) {
      const t = d.enterTable(o);
      const n = d.envelopes;
      const m1 = n >= 1 ? d.optionalEnvelope(t, STRING_32) : undefined;
      const m2 = n >= 2 ? d.optionalEnvelope(t + 8, uint32) : undefined;
      d.leaveTable(t, n, 2);
      return { boardName: m1, boardRevision: m2 };
    },
  },
);

export interface BootloaderInfo {
  readonly vendor?: string | undefined;
}
export const BOOTLOADER_INFO: Codec<BootloaderInfo> = table<BootloaderInfo>(
  "fuchsia.hardware.platform.bus/BootloaderInfo",
  { vendor: [1, STRING_32] },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.platform.bus/BootloaderInfo")) return;
      let max = 0;
      if (v.vendor !== undefined) max = 1;
      const t = e.enterTable(o, max);
      if (v.vendor !== undefined) e.envelope(t, STRING_32, v.vendor);
      e.leave();
    },
    decode(d, o) {
      const t = d.enterTable(o);
      const n = d.envelopes;
      const m1 = n >= 1 ? d.optionalEnvelope(t, STRING_32) : undefined;
      d.leaveTable(t, n, 1);
      return { vendor: m1 };
    },
  },
);

/** A platform device. */
export interface Node {
  readonly name?: string | undefined;
  /** The property `fuchsia.BIND_PLATFORM_DEV_VID`. */
  readonly vid?: number | undefined;
  /** The property `fuchsia.BIND_PLATFORM_DEV_PID`. */
  readonly pid?: number | undefined;
  /** The property `fuchsia.BIND_PLATFORM_DEV_DID`. */
  readonly did?: number | undefined;
  /** The property `fuchsia.BIND_PLATFORM_DEV_INSTANCE_ID`. */
  readonly instanceId?: number | undefined;
  readonly mmio?: readonly Mmio[] | undefined;
  readonly irq?: readonly Irq[] | undefined;
  readonly bti?: readonly Bti[] | undefined;
  readonly smc?: readonly Smc[] | undefined;
  readonly metadata?: readonly Metadata[] | undefined;
  readonly bootMetadata?: readonly BootMetadata[] | undefined;
  /** Beside those above. */
  readonly properties?: readonly fuchsiaDriverFramework.NodeProperty2[] | undefined;
  /** The name of the host that the driver shall run in. */
  readonly driverHost?: string | undefined;
}
const VECTOR_OF_MMIO_10 = vector(MMIO, 10);
const VECTOR_OF_IRQ_32 = vector(IRQ, 32);
const VECTOR_OF_BTI_10 = vector(BTI, 10);
const VECTOR_OF_SMC_10 = vector(SMC, 10);
const VECTOR_OF_METADATA = vector(METADATA);
const VECTOR_OF_BOOT_METADATA = vector(BOOT_METADATA);
export const NODE: Codec<Node> = table<Node>(
  "fuchsia.hardware.platform.bus/Node",
  {
    name: [1, STRING_128],
    vid: [2, uint32],
    pid: [3, uint32],
    did: [4, uint32],
    instanceId: [5, uint32],
    mmio: [6, VECTOR_OF_MMIO_10],
    irq: [7, VECTOR_OF_IRQ_32],
    bti: [8, VECTOR_OF_BTI_10],
    smc: [9, VECTOR_OF_SMC_10],
    metadata: [10, VECTOR_OF_METADATA],
    bootMetadata: [11, VECTOR_OF_BOOT_METADATA],
    properties: [12, VECTOR_OF_NODE_PROPERTY2_64],
    driverHost: [14, STRING],
  },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.platform.bus/Node")) return;
      let max = 0;
      if (v.name !== undefined) max = 1;
      if (v.vid !== undefined) max = 2;
      if (v.pid !== undefined) max = 3;
      if (v.did !== undefined) max = 4;
      if (v.instanceId !== undefined) max = 5;
      if (v.mmio !== undefined) max = 6;
      if (v.irq !== undefined) max = 7;
      if (v.bti !== undefined) max = 8;
      if (v.smc !== undefined) max = 9;
      if (v.metadata !== undefined) max = 10;
      if (v.bootMetadata !== undefined) max = 11;
      if (v.properties !== undefined) max = 12;
      if (v.driverHost !== undefined) max = 14;
      const t = e.enterTable(o, max);
      if (v.name !== undefined) e.envelope(t, STRING_128, v.name);
      if (v.vid !== undefined) e.envelope(t + 8, uint32, v.vid);
      if (v.pid !== undefined) e.envelope(t + 16, uint32, v.pid);
      if (v.did !== undefined) e.envelope(t + 24, uint32, v.did);
      if (v.instanceId !== undefined) e.envelope(t + 32, uint32, v.instanceId);
      if (v.mmio !== undefined) e.envelope(t + 40, VECTOR_OF_MMIO_10, v.mmio);
      if (v.irq !== undefined) e.envelope(t + 48, VECTOR_OF_IRQ_32, v.irq);
      if (v.bti !== undefined) e.envelope(t + 56, VECTOR_OF_BTI_10, v.bti);
      if (v.smc !== undefined) e.envelope(t + 64, VECTOR_OF_SMC_10, v.smc);
      if (v.metadata !== undefined) e.envelope(t + 72, VECTOR_OF_METADATA, v.metadata);
      if (v.bootMetadata !== undefined) e.envelope(t + 80, VECTOR_OF_BOOT_METADATA, v.bootMetadata);
      if (v.properties !== undefined) e.envelope(t + 88, VECTOR_OF_NODE_PROPERTY2_64, v.properties);
      if (v.driverHost !== undefined) e.envelope(t + 104, STRING, v.driverHost);
      e.leave();
    },
    decode(d, o) {
      const t = d.enterTable(o);
      const n = d.envelopes;
      const m1 = n >= 1 ? d.optionalEnvelope(t, STRING_128) : undefined;
      const m2 = n >= 2 ? d.optionalEnvelope(t + 8, uint32) : undefined;
      const m3 = n >= 3 ? d.optionalEnvelope(t + 16, uint32) : undefined;
      const m4 = n >= 4 ? d.optionalEnvelope(t + 24, uint32) : undefined;
      const m5 = n >= 5 ? d.optionalEnvelope(t + 32, uint32) : undefined;
      const m6 = n >= 6 ? d.optionalEnvelope(t + 40, VECTOR_OF_MMIO_10) : undefined;
      const m7 = n >= 7 ? d.optionalEnvelope(t + 48, VECTOR_OF_IRQ_32) : undefined;
      const m8 = n >= 8 ? d.optionalEnvelope(t + 56, VECTOR_OF_BTI_10) : undefined;
      const m9 = n >= 9 ? d.optionalEnvelope(t + 64, VECTOR_OF_SMC_10) : undefined;
      const m10 = n >= 10 ? d.optionalEnvelope(t + 72, VECTOR_OF_METADATA) : undefined;
      const m11 = n >= 11 ? d.optionalEnvelope(t + 80, VECTOR_OF_BOOT_METADATA) : undefined;
      const m12 = n >= 12 ? d.optionalEnvelope(t + 88, VECTOR_OF_NODE_PROPERTY2_64) : undefined;
      if (n >= 13) d.unknownEnvelope(t + 96);
      const m14 = n >= 14 ? d.optionalEnvelope(t + 104, STRING) : undefined;
      d.leaveTable(t, n, 14);
      return {
        name: m1,
        vid: m2,
        pid: m3,
        did: m4,
        instanceId: m5,
        mmio: m6,
        irq: m7,
        bti: m8,
        smc: m9,
        metadata: m10,
        bootMetadata: m11,
        properties: m12,
        driverHost: m14,
      };
    },
  },
);

/** What is known of the board. */
export interface TemporaryBoardInfo {
  readonly vid: number;
  readonly pid: number;
  readonly boardName: string;
  readonly boardRevision: number;
}
export const TEMPORARY_BOARD_INFO: Codec<TemporaryBoardInfo> = struct<TemporaryBoardInfo>(
  "fuchsia.hardware.platform.bus/TemporaryBoardInfo",
  { vid: uint32, pid: uint32, boardName: STRING_32, boardRevision: uint32 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.platform.bus/TemporaryBoardInfo")) return;
      e.uint32(o, v.vid);
      e.uint32(o + 4, v.pid);
      STRING_32.encode(e, o + 8, v.boardName);
      e.uint32(o + 24, v.boardRevision);
    },
    decode(d, o) {
      d.padding(o + 28, 4);
      return {
        vid: d.uint32(o),
        pid: d.uint32(o + 4),
        boardName: STRING_32.decode(d, o + 8),
        boardRevision: d.uint32(o + 24),
      };
    },
  },
);

/** An IOMMU that leaves every address as it is. */
export type StubIommu = Record<string, never>;
export const STUB_IOMMU: Codec<StubIommu> = struct<StubIommu>("fuchsia.hardware.platform.bus/StubIommu", {});

/** A System Memory Management Unit of ARM. */
export interface ArmSmmu {
  /** Of its registers, which tells it from others. */
  readonly baseAddress: bigint;
}
export const ARM_SMMU: Codec<ArmSmmu> = struct<ArmSmmu>(
  "fuchsia.hardware.platform.bus/ArmSmmu",
  { baseAddress: uint64 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.platform.bus/ArmSmmu")) return;
      e.uint64(o, v.baseAddress);
    },
    decode(d, o) {
      return { baseAddress: d.uint64(o) };
    },
  },
);

export type Iommu =
  | { readonly kind: "stubIommu"; readonly stubIommu: StubIommu }
  | { readonly kind: "armSmmu"; readonly armSmmu: ArmSmmu }
  | UnknownVariant;
export const IOMMU: Codec<Iommu> = flexibleUnion(
  "fuchsia.hardware.platform.bus/Iommu",
  { stubIommu: [1, STUB_IOMMU], armSmmu: [2, ARM_SMMU] },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.platform.bus/Iommu")) return;
      switch (v.kind) {
        case "stubIommu":
          return e.union(o, 1, STUB_IOMMU, v.stubIommu);
        case "armSmmu":
          return e.union(o, 2, ARM_SMMU, v.armSmmu);
        default:
          return e.unknownVariant(o, v, "fuchsia.hardware.platform.bus/Iommu");
      }
    },
    decode(d, o) {
      switch (d.unionOrdinal(o)) {
        case 1:
          return { kind: "stubIommu", stubIommu: d.envelope(o + 8, STUB_IOMMU) };
        case 2:
          return { kind: "armSmmu", armSmmu: d.envelope(o + 8, ARM_SMMU) };
        default:
          return d.unknownVariant(o);
      }
    },
  },
);

export const FirmwareType = {
  DEVICE_TREE: 1,
  ACPI: 2,
  SMBIOS: 3,
} as const;
export type FirmwareType = number;
export const FIRMWARE_TYPE: Codec<FirmwareType> = flexibleEnum(
  "fuchsia.hardware.platform.bus/FirmwareType",
  uint32,
  FirmwareType,
);

export interface FirmwareBlob {
  readonly vmo: Handle;
  /** In bytes. */
  readonly length: bigint;
}
const HANDLE_VMO = handle(3);
export const FIRMWARE_BLOB: Codec<FirmwareBlob> = struct<FirmwareBlob>(
  "fuchsia.hardware.platform.bus/FirmwareBlob",
  { vmo: HANDLE_VMO, length: uint64 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.platform.bus/FirmwareBlob")) return;
      HANDLE_VMO.encode(e, o, v.vmo);
      e.uint64(o + 8, v.length);
    },
    decode(d, o) {
      d.padding(o + 4, 4);
      return { vmo: HANDLE_VMO.decode(d, o), length: d.uint64(o + 8) };
    },
  },
);

interface SysSuspendCallbackRequest {
  readonly enableWake: boolean;
  readonly suspendReason: number;
}
const SYS_SUSPEND_CALLBACK_REQUEST = struct<SysSuspendCallbackRequest>(
  "fuchsia.hardware.platform.bus/SysSuspendCallbackRequest",
  { enableWake: bool, suspendReason: uint8 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.platform.bus/SysSuspendCallbackRequest")) return;
      e.bool(o, v.enableWake);
      e.uint8(o + 1, v.suspendReason);
    },
    decode(d, o) {
      return { enableWake: d.bool(o), suspendReason: d.uint8(o + 1) };
    },
  },
);

interface SysSuspendCallbackResponse {
  readonly outStatus: zx.Status;
}
const SYS_SUSPEND_CALLBACK_RESPONSE = struct<SysSuspendCallbackResponse>(
  "fuchsia.hardware.platform.bus/SysSuspendCallbackResponse",
  { outStatus: int32 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.platform.bus/SysSuspendCallbackResponse")) return;
      e.int32(o, v.outStatus);
    },
    decode(d, o) {
      return { outStatus: d.int32(o) };
    },
  },
);
const SYS_SUSPEND_CALLBACK = twoWay<SysSuspendCallbackRequest, SysSuspendCallbackResponse>({
  name: "fuchsia.hardware.platform.bus/SysSuspend.Callback",
  ordinal: 0x02627dec0f8b3633n,
  request: SYS_SUSPEND_CALLBACK_REQUEST,
  response: SYS_SUSPEND_CALLBACK_RESPONSE,
});

/**
 * `fuchsia.hardware.platform.bus/SysSuspend` as its client sees it. Calls reject with a ZxError.
 *
 * How whoever registers for it learns that the system is about to sleep.
 */
export interface SysSuspendClient extends Connection {
  callback(enableWake: boolean, suspendReason: number, options?: CallOptions): Promise<zx.Status>;
}

/**
 * `fuchsia.hardware.platform.bus/SysSuspend` as a server implements it: throws a ZxError to answer with an error.
 */
export interface SysSuspendServer {
  callback(enableWake: boolean, suspendReason: number, binding: Binding): MaybePromise<zx.Status>;
}

class SysSuspendProxy implements SysSuspendClient {
  readonly #core: ClientCore;

  constructor(core: ClientCore) {
    this.#core = core;
  }

  async callback(enableWake: boolean, suspendReason: number, options?: CallOptions): Promise<zx.Status> {
    return (await this.#core.call(SYS_SUSPEND_CALLBACK, { enableWake, suspendReason }, options)).outStatus;
  }
  close(): void {
    this.#core.close();
  }
  [Symbol.dispose](): void {
    this.#core.close();
  }
}

/** How whoever registers for it learns that the system is about to sleep. */
export const SysSuspend = defineProtocol<
  SysSuspendClient,
  SysSuspendServer,
  unknown,
  "fuchsia.hardware.platform.bus/SysSuspend"
>({
  name: "fuchsia.hardware.platform.bus/SysSuspend",
  openness: "closed",
  client: (core) => new SysSuspendProxy(core),
  methods: [
    serverMethod(
      SYS_SUSPEND_CALLBACK,
      (server, { enableWake, suspendReason }, binding) => server.callback(enableWake, suspendReason, binding),
      (outStatus) => ({ outStatus }),
    ),
  ],
});

interface PlatformBusNodeAddRequest {
  readonly node: Node;
}
const PLATFORM_BUS_NODE_ADD_REQUEST = struct<PlatformBusNodeAddRequest>(
  "fuchsia.hardware.platform.bus/PlatformBusNodeAddRequest",
  { node: NODE },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.platform.bus/PlatformBusNodeAddRequest")) return;
      NODE.encode(e, o, v.node);
    },
    decode(d, o) {
      return { node: NODE.decode(d, o) };
    },
  },
);

interface PlatformBusGetBoardInfoResponse {
  readonly info: TemporaryBoardInfo;
}
const PLATFORM_BUS_GET_BOARD_INFO_RESPONSE = struct<PlatformBusGetBoardInfoResponse>(
  "fuchsia.hardware.platform.bus/PlatformBus_GetBoardInfo_Response",
  { info: TEMPORARY_BOARD_INFO },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.platform.bus/PlatformBus_GetBoardInfo_Response")) return;
      TEMPORARY_BOARD_INFO.encode(e, o, v.info);
    },
    decode(d, o) {
      return { info: TEMPORARY_BOARD_INFO.decode(d, o) };
    },
  },
);

interface PlatformBusSetBoardInfoRequest {
  readonly info: BoardInfo;
}
const PLATFORM_BUS_SET_BOARD_INFO_REQUEST = struct<PlatformBusSetBoardInfoRequest>(
  "fuchsia.hardware.platform.bus/PlatformBusSetBoardInfoRequest",
  { info: BOARD_INFO },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.platform.bus/PlatformBusSetBoardInfoRequest")) return;
      BOARD_INFO.encode(e, o, v.info);
    },
    decode(d, o) {
      return { info: BOARD_INFO.decode(d, o) };
    },
  },
);

interface PlatformBusSetBootloaderInfoRequest {
  readonly info: BootloaderInfo;
}
const PLATFORM_BUS_SET_BOOTLOADER_INFO_REQUEST = struct<PlatformBusSetBootloaderInfoRequest>(
  "fuchsia.hardware.platform.bus/PlatformBusSetBootloaderInfoRequest",
  { info: BOOTLOADER_INFO },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.platform.bus/PlatformBusSetBootloaderInfoRequest")) return;
      BOOTLOADER_INFO.encode(e, o, v.info);
    },
    decode(d, o) {
      return { info: BOOTLOADER_INFO.decode(d, o) };
    },
  },
);

interface PlatformBusRegisterSysSuspendCallbackRequest {
  readonly suspendCb: ClientEnd<"fuchsia.hardware.platform.bus/SysSuspend">;
}
const CLIENT_END_SYS_SUSPEND = clientEnd("fuchsia.hardware.platform.bus/SysSuspend");
const PLATFORM_BUS_REGISTER_SYS_SUSPEND_CALLBACK_REQUEST =
  struct<PlatformBusRegisterSysSuspendCallbackRequest>(
    "fuchsia.hardware.platform.bus/PlatformBusRegisterSysSuspendCallbackRequest",
    { suspendCb: CLIENT_END_SYS_SUSPEND },
    {
      encode(e, o, v) {
        if (!e.object(o, v, "fuchsia.hardware.platform.bus/PlatformBusRegisterSysSuspendCallbackRequest"))
          return;
        CLIENT_END_SYS_SUSPEND.encode(e, o, v.suspendCb);
      },
      decode(d, o) {
        return { suspendCb: CLIENT_END_SYS_SUSPEND.decode(d, o) };
      },
    },
  );

interface PlatformBusAddCompositeNodeSpecRequest {
  readonly node: Node;
  readonly spec: fuchsiaDriverFramework.CompositeNodeSpec;
}
const PLATFORM_BUS_ADD_COMPOSITE_NODE_SPEC_REQUEST = struct<PlatformBusAddCompositeNodeSpecRequest>(
  "fuchsia.hardware.platform.bus/PlatformBusAddCompositeNodeSpecRequest",
  { node: NODE, spec: fuchsiaDriverFramework.COMPOSITE_NODE_SPEC },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.platform.bus/PlatformBusAddCompositeNodeSpecRequest")) return;
      NODE.encode(e, o, v.node);
      fuchsiaDriverFramework.COMPOSITE_NODE_SPEC.encode(e, o + 16, v.spec);
    },
    decode(d, o) {
      return { node: NODE.decode(d, o), spec: fuchsiaDriverFramework.COMPOSITE_NODE_SPEC.decode(d, o + 16) };
    },
  },
);

interface PlatformBusRegisterIommuRequest {
  readonly iommuId: number;
  readonly iommu: Iommu;
}
const PLATFORM_BUS_REGISTER_IOMMU_REQUEST = struct<PlatformBusRegisterIommuRequest>(
  "fuchsia.hardware.platform.bus/PlatformBusRegisterIommuRequest",
  { iommuId: uint32, iommu: IOMMU },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.platform.bus/PlatformBusRegisterIommuRequest")) return;
      e.uint32(o, v.iommuId);
      IOMMU.encode(e, o + 8, v.iommu);
    },
    decode(d, o) {
      d.padding(o + 4, 4);
      return { iommuId: d.uint32(o), iommu: IOMMU.decode(d, o + 8) };
    },
  },
);
const PLATFORM_BUS_NODE_ADD = twoWay<PlatformBusNodeAddRequest>({
  name: "fuchsia.hardware.platform.bus/PlatformBus.NodeAdd",
  ordinal: 0x04344e243148de1en,
  request: PLATFORM_BUS_NODE_ADD_REQUEST,
  error: status,
});
const PLATFORM_BUS_GET_BOARD_INFO = twoWay<void, PlatformBusGetBoardInfoResponse>({
  name: "fuchsia.hardware.platform.bus/PlatformBus.GetBoardInfo",
  ordinal: 0x0fb0599472b9351cn,
  response: PLATFORM_BUS_GET_BOARD_INFO_RESPONSE,
  error: status,
});
const PLATFORM_BUS_SET_BOARD_INFO = twoWay<PlatformBusSetBoardInfoRequest>({
  name: "fuchsia.hardware.platform.bus/PlatformBus.SetBoardInfo",
  ordinal: 0x02f8043bed85f164n,
  request: PLATFORM_BUS_SET_BOARD_INFO_REQUEST,
  error: status,
});
const PLATFORM_BUS_SET_BOOTLOADER_INFO = twoWay<PlatformBusSetBootloaderInfoRequest>({
  name: "fuchsia.hardware.platform.bus/PlatformBus.SetBootloaderInfo",
  ordinal: 0x10fcad3c3e78cd1en,
  request: PLATFORM_BUS_SET_BOOTLOADER_INFO_REQUEST,
  error: status,
});
const PLATFORM_BUS_REGISTER_SYS_SUSPEND_CALLBACK = twoWay<PlatformBusRegisterSysSuspendCallbackRequest>({
  name: "fuchsia.hardware.platform.bus/PlatformBus.RegisterSysSuspendCallback",
  ordinal: 0x3d4f0e1675611f43n,
  request: PLATFORM_BUS_REGISTER_SYS_SUSPEND_CALLBACK_REQUEST,
  error: status,
});
const PLATFORM_BUS_ADD_COMPOSITE_NODE_SPEC = twoWay<PlatformBusAddCompositeNodeSpecRequest>({
  name: "fuchsia.hardware.platform.bus/PlatformBus.AddCompositeNodeSpec",
  ordinal: 0x0645d647fbf38a2cn,
  request: PLATFORM_BUS_ADD_COMPOSITE_NODE_SPEC_REQUEST,
  error: status,
});
const PLATFORM_BUS_REGISTER_IOMMU = twoWay<PlatformBusRegisterIommuRequest>({
  name: "fuchsia.hardware.platform.bus/PlatformBus.RegisterIommu",
  ordinal: 0x4c0593c292eef356n,
  request: PLATFORM_BUS_REGISTER_IOMMU_REQUEST,
  error: status,
});

/** `fuchsia.hardware.platform.bus/PlatformBus` as its client sees it. Calls reject with a ZxError. */
export interface PlatformBusClient extends Connection {
  /**
   * Adds a device. Its driver gets a host of its own unless the node names one.
   *
   * Errors:
   * * INVALID_ARGS: the node has no name, or one of its resources lacks what it must have.
   */
  nodeAdd(node: Node, options?: CallOptions): Promise<void>;
  /** What is known of the board; for a driver that serves several. */
  getBoardInfo(options?: CallOptions): Promise<TemporaryBoardInfo>;
  /** Tells what is known of the board. */
  setBoardInfo(info: BoardInfo, options?: CallOptions): Promise<void>;
  /** Tells what is known of the boot loader. */
  setBootloaderInfo(info: BootloaderInfo, options?: CallOptions): Promise<void>;
  /** Has `suspend_cb` called when the system is about to sleep. */
  registerSysSuspendCallback(
    suspendCb: ClientEnd<"fuchsia.hardware.platform.bus/SysSuspend">,
    options?: CallOptions,
  ): Promise<void>;
  /**
   * Adds a device and a composite node of which it is the first parent.
   *
   * Errors: those of NodeAdd, and of `fuchsia.driver.framework/CompositeNodeManager.AddSpec`.
   */
  addCompositeNodeSpec(
    node: Node,
    spec: fuchsiaDriverFramework.CompositeNodeSpec,
    options?: CallOptions,
  ): Promise<void>;
  /** Has the kernel make an IOMMU, to which `Bti.iommu_id` then refers. */
  registerIommu(iommuId: number, iommu: Iommu, options?: CallOptions): Promise<void>;
}

/**
 * `fuchsia.hardware.platform.bus/PlatformBus` as a server implements it: throws a ZxError to answer with an error.
 */
export interface PlatformBusServer {
  nodeAdd(node: Node, binding: Binding): MaybePromise<void>;
  getBoardInfo(binding: Binding): MaybePromise<TemporaryBoardInfo>;
  setBoardInfo(info: BoardInfo, binding: Binding): MaybePromise<void>;
  setBootloaderInfo(info: BootloaderInfo, binding: Binding): MaybePromise<void>;
  registerSysSuspendCallback(
    suspendCb: ClientEnd<"fuchsia.hardware.platform.bus/SysSuspend">,
    binding: Binding,
  ): MaybePromise<void>;
  addCompositeNodeSpec(
    node: Node,
    spec: fuchsiaDriverFramework.CompositeNodeSpec,
    binding: Binding,
  ): MaybePromise<void>;
  registerIommu(iommuId: number, iommu: Iommu, binding: Binding): MaybePromise<void>;
}

class PlatformBusProxy implements PlatformBusClient {
  readonly #core: ClientCore;

  constructor(core: ClientCore) {
    this.#core = core;
  }

  nodeAdd(node: Node, options?: CallOptions): Promise<void> {
    return this.#core.call(PLATFORM_BUS_NODE_ADD, { node }, options);
  }
  async getBoardInfo(options?: CallOptions): Promise<TemporaryBoardInfo> {
    return (await this.#core.call(PLATFORM_BUS_GET_BOARD_INFO, undefined, options)).info;
  }
  setBoardInfo(info: BoardInfo, options?: CallOptions): Promise<void> {
    return this.#core.call(PLATFORM_BUS_SET_BOARD_INFO, { info }, options);
  }
  setBootloaderInfo(info: BootloaderInfo, options?: CallOptions): Promise<void> {
    return this.#core.call(PLATFORM_BUS_SET_BOOTLOADER_INFO, { info }, options);
  }
  registerSysSuspendCallback(
    suspendCb: ClientEnd<"fuchsia.hardware.platform.bus/SysSuspend">,
    options?: CallOptions,
  ): Promise<void> {
    return this.#core.call(PLATFORM_BUS_REGISTER_SYS_SUSPEND_CALLBACK, { suspendCb }, options);
  }
  addCompositeNodeSpec(
    node: Node,
    spec: fuchsiaDriverFramework.CompositeNodeSpec,
    options?: CallOptions,
  ): Promise<void> {
    return this.#core.call(PLATFORM_BUS_ADD_COMPOSITE_NODE_SPEC, { node, spec }, options);
  }
  registerIommu(iommuId: number, iommu: Iommu, options?: CallOptions): Promise<void> {
    return this.#core.call(PLATFORM_BUS_REGISTER_IOMMU, { iommuId, iommu }, options);
  }
  close(): void {
    this.#core.close();
  }
  [Symbol.dispose](): void {
    this.#core.close();
  }
}

export const PlatformBus = defineProtocol<
  PlatformBusClient,
  PlatformBusServer,
  unknown,
  "fuchsia.hardware.platform.bus/PlatformBus"
>({
  name: "fuchsia.hardware.platform.bus/PlatformBus",
  service: "fuchsia.hardware.platform.bus.Service",
  openness: "open",
  client: (core) => new PlatformBusProxy(core),
  methods: [
    serverMethod(PLATFORM_BUS_NODE_ADD, (server, { node }, binding) => server.nodeAdd(node, binding)),
    serverMethod(
      PLATFORM_BUS_GET_BOARD_INFO,
      (server, _, binding) => server.getBoardInfo(binding),
      (info) => ({ info }),
    ),
    serverMethod(PLATFORM_BUS_SET_BOARD_INFO, (server, { info }, binding) =>
      server.setBoardInfo(info, binding),
    ),
    serverMethod(PLATFORM_BUS_SET_BOOTLOADER_INFO, (server, { info }, binding) =>
      server.setBootloaderInfo(info, binding),
    ),
    serverMethod(PLATFORM_BUS_REGISTER_SYS_SUSPEND_CALLBACK, (server, { suspendCb }, binding) =>
      server.registerSysSuspendCallback(suspendCb, binding),
    ),
    serverMethod(PLATFORM_BUS_ADD_COMPOSITE_NODE_SPEC, (server, { node, spec }, binding) =>
      server.addCompositeNodeSpec(node, spec, binding),
    ),
    serverMethod(PLATFORM_BUS_REGISTER_IOMMU, (server, { iommuId, iommu }, binding) =>
      server.registerIommu(iommuId, iommu, binding),
    ),
  ],
});

interface FirmwareGetFirmwareRequest {
  readonly type: FirmwareType;
}
const FIRMWARE_GET_FIRMWARE_REQUEST = struct<FirmwareGetFirmwareRequest>(
  "fuchsia.hardware.platform.bus/FirmwareGetFirmwareRequest",
  { type: FIRMWARE_TYPE },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.platform.bus/FirmwareGetFirmwareRequest")) return;
      FIRMWARE_TYPE.encode(e, o, v.type);
    },
    decode(d, o) {
      return { type: FIRMWARE_TYPE.decode(d, o) };
    },
  },
);

interface FirmwareGetFirmwareResponse {
  readonly blobs: readonly FirmwareBlob[];
}
const VECTOR_OF_FIRMWARE_BLOB = vector(FIRMWARE_BLOB);
const FIRMWARE_GET_FIRMWARE_RESPONSE = struct<FirmwareGetFirmwareResponse>(
  "fuchsia.hardware.platform.bus/Firmware_GetFirmware_Response",
  { blobs: VECTOR_OF_FIRMWARE_BLOB },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.platform.bus/Firmware_GetFirmware_Response")) return;
      VECTOR_OF_FIRMWARE_BLOB.encode(e, o, v.blobs);
    },
    decode(d, o) {
      return { blobs: VECTOR_OF_FIRMWARE_BLOB.decode(d, o) };
    },
  },
);
const FIRMWARE_GET_FIRMWARE = twoWay<FirmwareGetFirmwareRequest, FirmwareGetFirmwareResponse>({
  name: "fuchsia.hardware.platform.bus/Firmware.GetFirmware",
  ordinal: 0x119233ebf9aaca76n,
  request: FIRMWARE_GET_FIRMWARE_REQUEST,
  response: FIRMWARE_GET_FIRMWARE_RESPONSE,
  error: status,
});

/**
 * `fuchsia.hardware.platform.bus/Firmware` as its client sees it. Calls reject with a ZxError.
 *
 * What the firmware left in memory.
 */
export interface FirmwareClient extends Connection {
  getFirmware(type: FirmwareType, options?: CallOptions): Promise<readonly FirmwareBlob[]>;
}

/**
 * `fuchsia.hardware.platform.bus/Firmware` as a server implements it: throws a ZxError to answer with an error.
 */
export interface FirmwareServer {
  getFirmware(type: FirmwareType, binding: Binding): MaybePromise<readonly FirmwareBlob[]>;
}

class FirmwareProxy implements FirmwareClient {
  readonly #core: ClientCore;

  constructor(core: ClientCore) {
    this.#core = core;
  }

  async getFirmware(type: FirmwareType, options?: CallOptions): Promise<readonly FirmwareBlob[]> {
    return (await this.#core.call(FIRMWARE_GET_FIRMWARE, { type }, options)).blobs;
  }
  close(): void {
    this.#core.close();
  }
  [Symbol.dispose](): void {
    this.#core.close();
  }
}

/** What the firmware left in memory. */
export const Firmware = defineProtocol<
  FirmwareClient,
  FirmwareServer,
  unknown,
  "fuchsia.hardware.platform.bus/Firmware"
>({
  name: "fuchsia.hardware.platform.bus/Firmware",
  service: "fuchsia.hardware.platform.bus.Service",
  openness: "closed",
  client: (core) => new FirmwareProxy(core),
  methods: [
    serverMethod(
      FIRMWARE_GET_FIRMWARE,
      (server, { type }, binding) => server.getFirmware(type, binding),
      (blobs) => ({ blobs }),
    ),
  ],
});

export const Service = {
  name: "fuchsia.hardware.platform.bus.Service",
  members: { platformBus: PlatformBus, firmware: Firmware },
} as const;
