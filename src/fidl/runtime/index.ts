/**
 * The FIDL runtime: what code generated from `.fidl` text calls. Wire format v2.
 *
 * A type is a `Codec<T>` value; its alignment, size and member offsets are computed once. Codecs are composed from small functions:
 *
 *     uint8 uint16 uint32 uint64 int8 int16 int32 int64 float32 float64 bool   64-bit ones are bigint
 *     size64                      a uint64 that is an address, a size or an offset: a safe integer
 *     string(bound)               string; the bound is in UTF-8 bytes; none: MAX_BOUND
 *     bytes(bound)                vector<uint8>: Uint8Array
 *     vector(codec, bound)        readonly T[]
 *     array(codec, count)         readonly T[];   byteArray(count): array<uint8, N> as Uint8Array
 *     optional(codec)             of a string, vector, union, handle or endpoint: T | undefined
 *     box(struct)                 T | undefined
 *     struct(name, { barId: uint32, ... }, functions?, names?)
 *     table(name, { base: [1, uint64], ... }, functions?, names?)            every member may be undefined
 *     flexibleUnion(name, { io: [1, IO_BAR], ... }, functions?, names?)      { kind: "io", io } | UnknownVariant
 *     strictUnion(name, { ... }, functions?, names?)
 *     flexibleEnum(name, uint8, { MSI: 3, ... })   strictEnum   flexibleBits   strictBits   number (bigint over 64 bits)
 *     handle(type?, rights?)      Handle;   clientEnd<"lib/P">("lib/P")   serverEnd<"lib/P">("lib/P")
 *     recursive(name, size, alignment, () => codec)    a codec that is declared further down
 *
 * `names` maps a key to its FIDL name where that is not the key in snake case (`{ reg0: "reg_0" }`).
 * `functions` are what makes a layout fast; without them it is encoded and decoded by a loop over its members. Generated code gives them:
 *
 *     const BAR = struct<Bar>("fuchsia.hardware.pci/Bar", { barId: uint32, size: uint64, result: BAR_RESULT }, {
 *       encode(e, o, v) {
 *         if (!e.object(o, v, "fuchsia.hardware.pci/Bar")) return;
 *         e.uint32(o, v.barId);
 *         e.uint64(o + 8, v.size);
 *         BAR_RESULT.encode(e, o + 16, v.result);
 *       },
 *       decode(d, o) {
 *         d.padding(o + 4, 4);            // after the member that it follows, before the next
 *         return { barId: d.uint32(o), size: d.uint64(o + 8), result: BAR_RESULT.decode(d, o + 16) };
 *       },
 *     });
 *
 * and likewise, for a table (members by rising ordinal, the highest that is set first found)
 *
 *     encode(e, o, v) {
 *       if (!e.object(o, v, NAME)) return;
 *       const t = e.enterTable(o, v.length !== undefined ? 2 : v.base !== undefined ? 1 : 0);
 *       if (v.base !== undefined) e.envelope(t, uint64, v.base);
 *       if (v.length !== undefined) e.envelope(t + 8, uint64, v.length);
 *       e.leave();
 *     },
 *     decode(d, o) {
 *       const t = d.enterTable(o);        // d.envelopes: how many envelopes lie at t
 *       const n = d.envelopes;
 *       const v = {
 *         base: n >= 1 ? d.optionalEnvelope(t, uint64) : undefined,
 *         length: n >= 2 ? d.optionalEnvelope(t + 8, uint64) : undefined,
 *       };
 *       d.leaveTable(t, n, 2);            // skips the envelopes above ordinal 2
 *       return v;
 *     },                                  // a gap in the ordinals: d.unknownEnvelope(t + 8 * (ordinal - 1)) if n >= ordinal
 *
 * and for a union
 *
 *     encode(e, o, v) {
 *       if (!e.object(o, v, NAME)) return;
 *       switch (v.kind) {
 *         case "io": return e.union(o, 1, IO_BAR, v.io);
 *         case "vmo": return e.union(o, 2, VMO, v.vmo);
 *         default: return e.unknownVariant(o, v, NAME);
 *       }
 *     },
 *     decode(d, o) {
 *       switch (d.unionOrdinal(o)) {
 *         case 1: return { kind: "io", io: d.envelope(o + 8, IO_BAR) };
 *         case 2: return { kind: "vmo", vmo: d.envelope(o + 8, VMO) };
 *         default: return d.unknownVariant(o);        // in a strict union: d.strictVariant(o, NAME)
 *       }
 *     },
 *
 * `e.uint32(o, v)`, `d.uint32(o)` and so on exist for every primitive and for `size64`; everything else goes through its codec.
 *
 * Methods and protocols:
 *
 *     const GET_BAR = twoWay<{ barId: number }, { result: Bar }>({
 *       name: "fuchsia.hardware.pci/Device.GetBar", ordinal: 0x6b26_83f6_fbbf_f679n,
 *       request: ..., response: ..., error: status, flexible: false });      // payload codecs; leave out what there is not
 *     const QUEUE = oneWay<Payload>({ name, ordinal, request, flexible });
 *     const ON_COMPLETION = event<Payload>({ name, ordinal, payload, flexible });
 *
 * `error: status` (int32 as zx.Status): the server throws a ZxError, the client's promise rejects with a ZxError of that status. Any other
 * codec: a `DomainError` that carries the value, thrown and caught alike. With `flexible`, a call of a method that the server does not
 * know rejects with NOT_SUPPORTED.
 *
 *     class Client implements DeviceClient {
 *       async getBar(barId: number, options?: CallOptions) { return (await this.#core.call(GET_BAR, { barId }, options)).result; }
 *       queueRequests(req: readonly Request[]): void { this.#core.send(QUEUE, { req }); }
 *       onCompletion(listener: (completion: ...) => void): () => void { return this.#core.on(ON_COMPLETION, ({ completion }) => listener(completion)); }
 *       close(): void { this.#core.close(); }
 *       [Symbol.dispose](): void { this.#core.close(); }
 *     }
 *     export const Device = defineProtocol<DeviceClient, DeviceServer, DeviceEvents, "fuchsia.hardware.pci/Device">({
 *       name: "fuchsia.hardware.pci/Device", service: "fuchsia.hardware.pci.Service", openness: "closed",
 *       client: (core) => new Client(core),
 *       events: (sender) => ({ onCompletion: (completion) => sender.send(ON_COMPLETION, { completion }) }),      // if there are any
 *       methods: [
 *         serverMethod(GET_BAR, (server, { barId }, binding) => server.getBar(barId), (result) => ({ result })),
 *         serverMethod(QUEUE, (server, { req }) => server.queueRequests(req)),
 *         eventMethod(ON_COMPLETION),
 *       ],
 *     });
 */

export type { Handle } from "../../zx/constants.ts";
export {
  acquireDecoder,
  acquireEncoder,
  type DecodedBody,
  decodeBody,
  type EncodedBody,
  encodeBody,
  persist,
  releaseDecoder,
  releaseEncoder,
  unpersist,
} from "./body.ts";
export { ClientCore } from "./client.ts";
export {
  type AnyCodec,
  Codec,
  type CodecFunctions,
  MAX_BOUND,
  MAX_DEPTH,
  type Member,
  type TypeInfo,
  type ValueOf,
} from "./codec.ts";
export { array, box, byteArray, bytes, optional, recursive, string, vector } from "./containers.ts";
export { Decoder, type HandleOwner, type UnknownVariant } from "./decoder.ts";
export { describeMessage, type MessageTextOptions } from "./describe_message.ts";
export { describeValue, type ValueTextOptions } from "./describe_value.ts";
export { Encoder } from "./encoder.ts";
export { DomainError, FidlError, type FidlErrorCode } from "./errors.ts";
export { type ClientEnd, clientEnd, handle, type ServerEnd, serverEnd } from "./handles.ts";
export { KernelTransport } from "./kernel_transport.ts";
export { flexibleUnion, strictUnion, struct, table, type Variant } from "./layouts.ts";
export { MessagePortTransport, type PortLike } from "./message_port_transport.ts";
export { type Event, event, type Method, type OneWay, oneWay, type TwoWay, twoWay } from "./method.ts";
export {
  bool,
  float32,
  float64,
  int8,
  int16,
  int32,
  int64,
  size64,
  uint8,
  uint16,
  uint32,
  uint64,
} from "./primitives.ts";
export {
  type Binding,
  type CallOptions,
  type Connection,
  type ConnectionOptions,
  createEndpoints,
  defineProtocol,
  type EventSender,
  eventMethod,
  type MaybePromise,
  type Openness,
  type Protocol,
  type ProtocolDefinition,
  type ProtocolInfo,
  type ServerMethod,
  serverMethod,
  type UnknownInteraction,
} from "./protocol.ts";
export { status } from "./result.ts";
export type { IncomingMessage, OutgoingMessage, Transport } from "./transport.ts";
export { flexibleBits, flexibleEnum, strictBits, strictEnum } from "./values.ts";
