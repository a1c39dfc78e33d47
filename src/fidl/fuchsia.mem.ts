// Generated from fuchsia.mem.fidl by zirconia fidl compile; do not edit.
/**
 * The FIDL library `fuchsia.mem`.
 *
 * Memory that is lent or given away.
 */
import {
  bytes,
  type Codec,
  flexibleUnion,
  type Handle,
  handle,
  struct,
  type UnknownVariant,
  uint64,
} from "./runtime/index.ts";

/** Some bytes of a VMO. */
export interface Range {
  readonly vmo: Handle;
  /** Of the first byte, from the start of the VMO. */
  readonly offset: bigint;
  /** In bytes. The range ends within the VMO. */
  readonly size: bigint;
}
const HANDLE_VMO = handle(3);
export const RANGE: Codec<Range> = struct<Range>(
  "fuchsia.mem/Range",
  { vmo: HANDLE_VMO, offset: uint64, size: uint64 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.mem/Range")) return;
      HANDLE_VMO.encode(e, o, v.vmo);
      e.uint64(o + 8, v.offset);
      e.uint64(o + 16, v.size);
    },
    decode(d, o) {
      d.padding(o + 4, 4);
      return { vmo: HANDLE_VMO.decode(d, o), offset: d.uint64(o + 8), size: d.uint64(o + 16) };
    },
  },
);

/** The first bytes of a VMO, whose own size is a multiple of the page size. */
export interface Buffer {
  readonly vmo: Handle;
  /** In bytes. */
  readonly size: bigint;
}
export const BUFFER: Codec<Buffer> = struct<Buffer>(
  "fuchsia.mem/Buffer",
  { vmo: HANDLE_VMO, size: uint64 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.mem/Buffer")) return;
      HANDLE_VMO.encode(e, o, v.vmo);
      e.uint64(o + 8, v.size);
    },
    decode(d, o) {
      d.padding(o + 4, 4);
      return { vmo: HANDLE_VMO.decode(d, o), size: d.uint64(o + 8) };
    },
  },
);

/** Bytes that are sometimes few and sometimes many. */
export type Data =
  /** In the message itself. */
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  /** Beside it. */
  | { readonly kind: "buffer"; readonly buffer: Buffer }
  | UnknownVariant;
const BYTES = bytes();
export const DATA: Codec<Data> = flexibleUnion(
  "fuchsia.mem/Data",
  { bytes: [1, BYTES], buffer: [2, BUFFER] },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.mem/Data")) return;
      switch (v.kind) {
        case "bytes":
          return e.union(o, 1, BYTES, v.bytes);
        case "buffer":
          return e.union(o, 2, BUFFER, v.buffer);
        default:
          return e.unknownVariant(o, v, "fuchsia.mem/Data");
      }
    },
    decode(d, o) {
      switch (d.unionOrdinal(o)) {
        case 1:
          return { kind: "bytes", bytes: d.envelope(o + 8, BYTES) };
        case 2:
          return { kind: "buffer", buffer: d.envelope(o + 8, BUFFER) };
        default:
          return d.unknownVariant(o);
      }
    },
  },
);
