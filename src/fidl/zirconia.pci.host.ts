// Generated from zirconia.pci.host.fidl by zirconia fidl compile; do not edit.
/**
 * The FIDL library `zirconia.pci.host`.
 *
 * What a board driver tells the driver of a PCI host bridge beside its registers, as metadata `HOST`.
 */
import {
  array,
  bool,
  type Codec,
  strictEnum,
  struct,
  table,
  uint8,
  uint16,
  uint32,
  uint64,
  vector,
} from "./runtime/index.ts";

/** The metadata's id. */
export const METADATA_ID = "zirconia.pci.host.Host";

export const Space = {
  IO: 1,
  /** Memory that can be addressed with 32 bits. */
  MEMORY_32: 2,
  MEMORY_64: 3,
} as const;
export type Space = (typeof Space)[keyof typeof Space];
export const SPACE: Codec<Space> = strictEnum("zirconia.pci.host/Space", uint8, Space) as Codec<Space>;

/** A window through which the processors reach the bus. */
export interface Window {
  readonly space: Space;
  readonly prefetchable: boolean;
  /** Where it is on the bus, and for the processors. */
  readonly pciBase: bigint;
  readonly cpuBase: bigint;
  /** In bytes. */
  readonly size: bigint;
}
export const WINDOW: Codec<Window> = struct<Window>(
  "zirconia.pci.host/Window",
  { space: SPACE, prefetchable: bool, pciBase: uint64, cpuBase: uint64, size: uint64 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "zirconia.pci.host/Window")) return;
      SPACE.encode(e, o, v.space);
      e.bool(o + 1, v.prefetchable);
      e.uint64(o + 8, v.pciBase);
      e.uint64(o + 16, v.cpuBase);
      e.uint64(o + 24, v.size);
    },
    decode(d, o) {
      d.padding(o + 2, 6);
      return {
        space: SPACE.decode(d, o),
        prefetchable: d.bool(o + 1),
        pciBase: d.uint64(o + 8),
        cpuBase: d.uint64(o + 16),
        size: d.uint64(o + 24),
      };
    },
  },
);

/** Where the four pins of a device on the root bus lead: vectors, 0 for nowhere. */
export interface InterruptRoute {
  readonly device: number;
  readonly pins: readonly number[];
}
const ARRAY_OF_UINT32_4 = array(uint32, 4);
export const INTERRUPT_ROUTE: Codec<InterruptRoute> = struct<InterruptRoute>(
  "zirconia.pci.host/InterruptRoute",
  { device: uint8, pins: ARRAY_OF_UINT32_4 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "zirconia.pci.host/InterruptRoute")) return;
      e.uint8(o, v.device);
      ARRAY_OF_UINT32_4.encode(e, o + 4, v.pins);
    },
    decode(d, o) {
      d.padding(o + 1, 3);
      return { device: d.uint8(o), pins: ARRAY_OF_UINT32_4.decode(d, o + 4) };
    },
  },
);

export interface Host {
  readonly segmentGroup?: number | undefined;
  readonly startBus?: number | undefined;
  readonly endBus?: number | undefined;
  readonly windows?: readonly Window[] | undefined;
  readonly interruptRoutes?: readonly InterruptRoute[] | undefined;
  /** The vectors that the routes lead to, in the order of the node's interrupts. */
  readonly vectors?: readonly number[] | undefined;
}
const VECTOR_OF_WINDOW = vector(WINDOW);
const VECTOR_OF_INTERRUPT_ROUTE_32 = vector(INTERRUPT_ROUTE, 32);
const VECTOR_OF_UINT32_32 = vector(uint32, 32);
export const HOST: Codec<Host> = table<Host>(
  "zirconia.pci.host/Host",
  {
    segmentGroup: [1, uint16],
    startBus: [2, uint8],
    endBus: [3, uint8],
    windows: [4, VECTOR_OF_WINDOW],
    interruptRoutes: [5, VECTOR_OF_INTERRUPT_ROUTE_32],
    vectors: [6, VECTOR_OF_UINT32_32],
  },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "zirconia.pci.host/Host")) return;
      let max = 0;
      if (v.segmentGroup !== undefined) max = 1;
      if (v.startBus !== undefined) max = 2;
      if (v.endBus !== undefined) max = 3;
      if (v.windows !== undefined) max = 4;
      if (v.interruptRoutes !== undefined) max = 5;
      if (v.vectors !== undefined) max = 6;
      const t = e.enterTable(o, max);
      if (v.segmentGroup !== undefined) e.envelope(t, uint16, v.segmentGroup);
      if (v.startBus !== undefined) e.envelope(t + 8, uint8, v.startBus);
      if (v.endBus !== undefined) e.envelope(t + 16, uint8, v.endBus);
      if (v.windows !== undefined) e.envelope(t + 24, VECTOR_OF_WINDOW, v.windows);
      if (v.interruptRoutes !== undefined)
        e.envelope(t + 32, VECTOR_OF_INTERRUPT_ROUTE_32, v.interruptRoutes);
      if (v.vectors !== undefined) e.envelope(t + 40, VECTOR_OF_UINT32_32, v.vectors);
      e.leave();
    },
    decode(d, o) {
      const t = d.enterTable(o);
      const n = d.envelopes;
      const m1 = n >= 1 ? d.optionalEnvelope(t, uint16) : undefined;
      const m2 = n >= 2 ? d.optionalEnvelope(t + 8, uint8) : undefined;
      const m3 = n >= 3 ? d.optionalEnvelope(t + 16, uint8) : undefined;
      const m4 = n >= 4 ? d.optionalEnvelope(t + 24, VECTOR_OF_WINDOW) : undefined;
      const m5 = n >= 5 ? d.optionalEnvelope(t + 32, VECTOR_OF_INTERRUPT_ROUTE_32) : undefined;
      const m6 = n >= 6 ? d.optionalEnvelope(t + 40, VECTOR_OF_UINT32_32) : undefined;
      d.leaveTable(t, n, 6);
      return { segmentGroup: m1, startBus: m2, endBus: m3, windows: m4, interruptRoutes: m5, vectors: m6 };
    },
  },
);
