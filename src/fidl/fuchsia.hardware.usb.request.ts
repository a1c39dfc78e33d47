// Generated from fuchsia.hardware.usb.request.fidl by zirconia fidl compile; do not edit.
/**
 * The FIDL library `fuchsia.hardware.usb.request`.
 *
 * What is sent to an endpoint.
 */
import * as fuchsiaHardwareUsbDescriptor from "./fuchsia.hardware.usb.descriptor.ts";
import {
  bool,
  bytes,
  type Codec,
  flexibleUnion,
  table,
  type UnknownVariant,
  uint64,
  vector,
} from "./runtime/index.ts";

/** What a VMO was registered as, with `fuchsia.hardware.usb.endpoint/Endpoint.RegisterVmos`. */
export type VmoId = bigint;

/** Bytes that a request can carry itself. */
export const MAX_TRANSFER_SIZE = 300;

/** Where a transfer's data is. */
export type Buffer =
  /** In a registered VMO, which stays pinned from request to request. */
  | { readonly kind: "vmoId"; readonly vmoId: VmoId }
  /** Here; for little data, and seldom. */
  | { readonly kind: "data"; readonly data: Uint8Array }
  | UnknownVariant;
const BYTES_300 = bytes(300);
export const BUFFER: Codec<Buffer> = flexibleUnion(
  "fuchsia.hardware.usb.request/Buffer",
  { vmoId: [1, uint64], data: [2, BYTES_300] },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.usb.request/Buffer")) return;
      switch (v.kind) {
        case "vmoId":
          return e.union(o, 1, uint64, v.vmoId);
        case "data":
          return e.union(o, 2, BYTES_300, v.data);
        default:
          return e.unknownVariant(o, v, "fuchsia.hardware.usb.request/Buffer");
      }
    },
    decode(d, o) {
      switch (d.unionOrdinal(o)) {
        case 1:
          return { kind: "vmoId", vmoId: d.envelope(o + 8, uint64) };
        case 2:
          return { kind: "data", data: d.envelope(o + 8, BYTES_300) };
        default:
          return d.unknownVariant(o);
      }
    },
  },
);

/** A part of a buffer. */
export interface BufferRegion {
  readonly buffer?: Buffer | undefined;
  /** In bytes; in a VMO from where it was registered. */
  readonly offset?: bigint | undefined;
  /** In bytes. */
  readonly size?: bigint | undefined;
}
export const BUFFER_REGION: Codec<BufferRegion> = table<BufferRegion>(
  "fuchsia.hardware.usb.request/BufferRegion",
  { buffer: [1, BUFFER], offset: [2, uint64], size: [3, uint64] },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.usb.request/BufferRegion")) return;
      let max = 0;
      if (v.buffer !== undefined) max = 1;
      if (v.offset !== undefined) max = 2;
      if (v.size !== undefined) max = 3;
      const t = e.enterTable(o, max);
      if (v.buffer !== undefined) e.envelope(t, BUFFER, v.buffer);
      if (v.offset !== undefined) e.envelope(t + 8, uint64, v.offset);
      if (v.size !== undefined) e.envelope(t + 16, uint64, v.size);
      e.leave();
    },
    decode(d, o) {
      const t = d.enterTable(o);
      const n = d.envelopes;
      const m1 = n >= 1 ? d.optionalEnvelope(t, BUFFER) : undefined;
      const m2 = n >= 2 ? d.optionalEnvelope(t + 8, uint64) : undefined;
      const m3 = n >= 3 ? d.optionalEnvelope(t + 16, uint64) : undefined;
      d.leaveTable(t, n, 3);
      return { buffer: m1, offset: m2, size: m3 };
    },
  },
);

export interface ControlRequestInfo {
  readonly setup?: fuchsiaHardwareUsbDescriptor.UsbSetup | undefined;
}
export const CONTROL_REQUEST_INFO: Codec<ControlRequestInfo> = table<ControlRequestInfo>(
  "fuchsia.hardware.usb.request/ControlRequestInfo",
  { setup: [1, fuchsiaHardwareUsbDescriptor.USB_SETUP] },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.usb.request/ControlRequestInfo")) return;
      let max = 0;
      if (v.setup !== undefined) max = 1;
      const t = e.enterTable(o, max);
      if (v.setup !== undefined) e.envelope(t, fuchsiaHardwareUsbDescriptor.USB_SETUP, v.setup);
      e.leave();
    },
    decode(d, o) {
      const t = d.enterTable(o);
      const n = d.envelopes;
      const m1 = n >= 1 ? d.optionalEnvelope(t, fuchsiaHardwareUsbDescriptor.USB_SETUP) : undefined;
      d.leaveTable(t, n, 1);
      return { setup: m1 };
    },
  },
);

export type BulkRequestInfo = Record<string, never>;
export const BULK_REQUEST_INFO: Codec<BulkRequestInfo> = table<BulkRequestInfo>(
  "fuchsia.hardware.usb.request/BulkRequestInfo",
  {},
);

export interface IsochronousRequestInfo {
  readonly frameId?: bigint | undefined;
}
export const ISOCHRONOUS_REQUEST_INFO: Codec<IsochronousRequestInfo> = table<IsochronousRequestInfo>(
  "fuchsia.hardware.usb.request/IsochronousRequestInfo",
  { frameId: [1, uint64] },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.usb.request/IsochronousRequestInfo")) return;
      let max = 0;
      if (v.frameId !== undefined) max = 1;
      const t = e.enterTable(o, max);
      if (v.frameId !== undefined) e.envelope(t, uint64, v.frameId);
      e.leave();
    },
    decode(d, o) {
      const t = d.enterTable(o);
      const n = d.envelopes;
      const m1 = n >= 1 ? d.optionalEnvelope(t, uint64) : undefined;
      d.leaveTable(t, n, 1);
      return { frameId: m1 };
    },
  },
);

export type InterruptRequestInfo = Record<string, never>;
export const INTERRUPT_REQUEST_INFO: Codec<InterruptRequestInfo> = table<InterruptRequestInfo>(
  "fuchsia.hardware.usb.request/InterruptRequestInfo",
  {},
);

/** What only some types of endpoint need to know. */
export type RequestInfo =
  | { readonly kind: "control"; readonly control: ControlRequestInfo }
  | { readonly kind: "bulk"; readonly bulk: BulkRequestInfo }
  | { readonly kind: "isochronous"; readonly isochronous: IsochronousRequestInfo }
  | { readonly kind: "interrupt"; readonly interrupt: InterruptRequestInfo }
  | UnknownVariant;
export const REQUEST_INFO: Codec<RequestInfo> = flexibleUnion(
  "fuchsia.hardware.usb.request/RequestInfo",
  {
    control: [1, CONTROL_REQUEST_INFO],
    bulk: [2, BULK_REQUEST_INFO],
    isochronous: [3, ISOCHRONOUS_REQUEST_INFO],
    interrupt: [4, INTERRUPT_REQUEST_INFO],
  },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.usb.request/RequestInfo")) return;
      switch (v.kind) {
        case "control":
          return e.union(o, 1, CONTROL_REQUEST_INFO, v.control);
        case "bulk":
          return e.union(o, 2, BULK_REQUEST_INFO, v.bulk);
        case "isochronous":
          return e.union(o, 3, ISOCHRONOUS_REQUEST_INFO, v.isochronous);
        case "interrupt":
          return e.union(o, 4, INTERRUPT_REQUEST_INFO, v.interrupt);
        default:
          return e.unknownVariant(o, v, "fuchsia.hardware.usb.request/RequestInfo");
      }
    },
    decode(d, o) {
      switch (d.unionOrdinal(o)) {
        case 1:
          return { kind: "control", control: d.envelope(o + 8, CONTROL_REQUEST_INFO) };
        case 2:
          return { kind: "bulk", bulk: d.envelope(o + 8, BULK_REQUEST_INFO) };
        case 3:
          return { kind: "isochronous", isochronous: d.envelope(o + 8, ISOCHRONOUS_REQUEST_INFO) };
        case 4:
          return { kind: "interrupt", interrupt: d.envelope(o + 8, INTERRUPT_REQUEST_INFO) };
        default:
          return d.unknownVariant(o);
      }
    },
  },
);

/** A transfer. */
export interface Request {
  /** In this order, one after the other. */
  readonly data?: readonly BufferRegion[] | undefined;
  /** Whether its completion may wait for that of a later one without this mark, or for a failure. */
  readonly deferCompletion?: boolean | undefined;
  readonly information?: RequestInfo | undefined;
}
const VECTOR_OF_BUFFER_REGION = vector(BUFFER_REGION);
export const REQUEST: Codec<Request> = table<Request>(
  "fuchsia.hardware.usb.request/Request",
  { data: [1, VECTOR_OF_BUFFER_REGION], deferCompletion: [2, bool], information: [3, REQUEST_INFO] },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.usb.request/Request")) return;
      let max = 0;
      if (v.data !== undefined) max = 1;
      if (v.deferCompletion !== undefined) max = 2;
      if (v.information !== undefined) max = 3;
      const t = e.enterTable(o, max);
      if (v.data !== undefined) e.envelope(t, VECTOR_OF_BUFFER_REGION, v.data);
      if (v.deferCompletion !== undefined) e.envelope(t + 8, bool, v.deferCompletion);
      if (v.information !== undefined) e.envelope(t + 16, REQUEST_INFO, v.information);
      e.leave();
    },
    decode(d, o) {
      const t = d.enterTable(o);
      const n = d.envelopes;
      const m1 = n >= 1 ? d.optionalEnvelope(t, VECTOR_OF_BUFFER_REGION) : undefined;
      const m2 = n >= 2 ? d.optionalEnvelope(t + 8, bool) : undefined;
      const m3 = n >= 3 ? d.optionalEnvelope(t + 16, REQUEST_INFO) : undefined;
      d.leaveTable(t, n, 3);
      return { data: m1, deferCompletion: m2, information: m3 };
    },
  },
);
