import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { type Bar, Device as Pci } from "../../src/fidl/fuchsia.hardware.pci.ts";
import { Decoder } from "../../src/fidl/runtime/decoder.ts";
import { Encoder } from "../../src/fidl/runtime/encoder.ts";
import { FidlError, type FidlErrorCode } from "../../src/fidl/runtime/errors.ts";
import {
  decodeEpitaph,
  decodeHeader,
  decodeRequest,
  decodeResponse,
  encodeEpitaph,
  encodeRequest,
  encodeResponse,
} from "../../src/fidl/runtime/message.ts";
import {
  BOOL,
  byteVectorOf,
  EMPTY_STRUCT,
  handleOf,
  SIZE64,
  struct,
  UINT8,
  UINT16,
  UINT32,
  union,
  vectorOf,
} from "../../src/fidl/runtime/types.ts";
import { Device as Edu } from "../../src/fidl/zirconia.edu.ts";
import { ObjectType } from "../../src/zx/constants.ts";
import { Status } from "../../src/zx/status.ts";
import type { HandleInfo } from "../../src/zx/syscalls.ts";
import { hexBytes, methodOf } from "./support.ts";

const vmo = (handle: number): HandleInfo => ({ handle, type: ObjectType.VMO, rights: 0 });
const interrupt = (handle: number): HandleInfo => ({ handle, type: ObjectType.INTERRUPT, rights: 0 });

describe("ordinals", () => {
  const ordinalOf = (name: string) =>
    createHash("sha256").update(name).digest().readBigUInt64LE(0) & 0x7fff_ffff_ffff_ffffn;

  it("follow the formula that fidlc's own test pins", () => {
    expect(ordinalOf("a.b.c/protocol.selector")).toBe(4257738365359108720n);
  });

  it.each([Pci, Edu])("of $name are the hash of each method's full name", (protocol) => {
    for (const { name, ordinal } of protocol.methods) expect(ordinal, name).toBe(ordinalOf(name));
    expect(protocol.methods.map(({ name }) => name.startsWith(`${protocol.name}.`))).not.toContain(false);
  });
});

describe("worked messages", () => {
  it("MapInterrupt(2), transaction 1", () => {
    const { bytes, handles, error } = encodeRequest(methodOf(Pci, "MapInterrupt"), 1, { whichIrq: 2 });
    expect(hexBytes(bytes)).toBe("01000000 02000001 13faa134 9dffee25 02000000 00000000");
    expect(handles).toEqual([]);
    expect(error).toBeUndefined();
  });

  it("MapInterrupt's answer: a payload of 4 bytes lies in its envelope", () => {
    const { bytes, handles } = encodeResponse(methodOf(Pci, "MapInterrupt"), 1, {
      response: { interrupt: 0x1003 },
    });
    expect(hexBytes(bytes)).toBe("01000000 02000001 13faa134 9dffee25 01000000 00000000 ffffffff 01000100");
    expect(handles).toEqual([0x1003]);
    const decoded = decodeResponse(methodOf(Pci, "MapInterrupt"), bytes, [interrupt(0x2007)]);
    expect(decoded.value).toEqual({ response: { interrupt: 0x2007 } });
  });

  it("an error BAD_STATE", () => {
    const { bytes } = encodeResponse(methodOf(Pci, "MapInterrupt"), 1, { error: Status.BAD_STATE });
    expect(hexBytes(bytes.subarray(16))).toBe("02000000 00000000 ecffffff 00000100");
    expect(decodeResponse(methodOf(Pci, "MapInterrupt"), bytes, []).value).toEqual({
      error: Status.BAD_STATE,
    });
  });

  it("GetBar's answer: a VMO of 0x20000 bytes", () => {
    const result: Bar = { barId: 0, size: 0x20000, result: { kind: "vmo", vmo: 0x1003 } };
    const { bytes, handles } = encodeResponse(methodOf(Pci, "GetBar"), 7, { response: { result } });
    expect(hexBytes(bytes)).toBe(
      "07000000 02000001 79f6bffb f683266b 01000000 00000000 20000000 01000000 " +
        "00000000 00000000 00000200 00000000 02000000 00000000 ffffffff 01000100",
    );
    expect(handles).toEqual([0x1003]);
    expect(decodeResponse(methodOf(Pci, "GetBar"), bytes, [vmo(0x1003)]).value).toEqual({
      response: { result },
    });
  });

  it("GetBar's answer: I/O ports, the union's content out of line", () => {
    const result: Bar = {
      barId: 2,
      size: 0x20,
      result: { kind: "io", io: { address: 0xc000, resource: 0x1003 } },
    };
    const { bytes } = encodeResponse(methodOf(Pci, "GetBar"), 7, { response: { result } });
    expect(hexBytes(bytes.subarray(16))).toBe(
      "01000000 00000000 30000000 01000000 02000000 00000000 20000000 00000000 " +
        "01000000 00000000 10000000 01000000 00c00000 00000000 ffffffff 00000000",
    );
    const resource = { handle: 0x1003, type: ObjectType.RESOURCE, rights: 0 };
    expect(decodeResponse(methodOf(Pci, "GetBar"), bytes, [resource]).value).toEqual({
      response: { result },
    });
  });

  it("SetBusMastering's answer: an empty struct in its envelope", () => {
    const { bytes } = encodeResponse(methodOf(Pci, "SetBusMastering"), 1, { response: undefined });
    expect(hexBytes(bytes.subarray(16))).toBe("01000000 00000000 00000000 00000100");
  });

  it("a method without payload is a header and nothing else", () => {
    expect(encodeRequest(methodOf(Pci, "GetDeviceInfo"), 3, undefined).bytes).toHaveLength(16);
  });

  it("GetDeviceInfo's answer has no result union, since it is declared without an error", () => {
    const info = {
      vendorId: 0x1234,
      deviceId: 0x11e8,
      baseClass: 0,
      subClass: 0xff,
      programInterface: 0,
      revisionId: 0x10,
      busId: 0,
      devId: 4,
      funcId: 1,
    };
    const { bytes } = encodeResponse(methodOf(Pci, "GetDeviceInfo"), 3, { response: { info } });
    expect(hexBytes(bytes.subarray(16))).toBe("3412e811 00ff0010 00040100 00000000");
    expect(decodeResponse(methodOf(Pci, "GetDeviceInfo"), bytes, []).value).toEqual({ response: { info } });
  });

  it("DmaRoundTrip(5 bytes): the vector's body is padded to 8", () => {
    const data = Uint8Array.of(1, 2, 3, 4, 5);
    const { bytes } = encodeRequest(methodOf(Edu, "DmaRoundTrip"), 1, { data });
    expect(hexBytes(bytes.subarray(16))).toBe("05000000 00000000 ffffffff ffffffff 01020304 05000000");
    expect(decodeRequest(methodOf(Edu, "DmaRoundTrip"), bytes, []).value).toEqual({ data });
  });

  it("an epitaph is 24 bytes with all ones for an ordinal", () => {
    const { bytes } = encodeEpitaph(Status.NOT_SUPPORTED);
    expect(hexBytes(bytes)).toBe("00000000 02000001 ffffffff ffffffff feffffff 00000000");
    expect(decodeHeader(bytes)).toEqual({ txid: 0, ordinal: 0xffff_ffff_ffff_ffffn });
    expect(decodeEpitaph(bytes, [])).toBe(Status.NOT_SUPPORTED);
  });
});

describe("headers", () => {
  const header = () => encodeRequest(methodOf(Pci, "GetDeviceInfo"), 3, undefined).bytes;

  it("ignore flag bits that nobody knows", () => {
    const bytes = header();
    bytes[4] = 0x02 | 0x40;
    bytes[5] = 200;
    bytes[6] = 0x80;
    expect(decodeHeader(bytes)).toEqual({ txid: 3, ordinal: 0x5599_d144_d432_9916n });
  });

  it.each([
    ["another magic number", (b: Uint8Array) => b.fill(2, 7, 8)],
    ["wire format v1", (b: Uint8Array) => b.fill(0, 4, 5)],
    ["15 bytes", (b: Uint8Array) => b.subarray(0, 15)],
    ["no bytes", (b: Uint8Array) => b.subarray(0, 0)],
  ])("with %s are refused", (_, change) => {
    expect(codeOf(() => decodeHeader(change(header())))).toBe("INVALID_HEADER");
  });
});

describe("layouts", () => {
  it("structs lie at natural alignment, with zero padding between and after", () => {
    const codec = struct("S", { a: UINT8, b: UINT32, c: UINT16, d: SIZE64, e: BOOL });
    expect([codec.size, codec.alignment]).toEqual([32, 8]);
    const bytes = encode(codec, { a: 1, b: 2, c: 3, d: 2 ** 40 + 4, e: true });
    expect(hexBytes(bytes)).toBe("01000000 02000000 03000000 00000000 04000000 00010000 01000000 00000000");
  });

  it("out-of-line objects follow depth first", () => {
    const inner = struct("Inner", { data: byteVectorOf(8) });
    const outer = struct("Outer", { list: vectorOf(inner, 4), tail: byteVectorOf(8) });
    const value = { list: [{ data: Uint8Array.of(1) }, { data: Uint8Array.of(2) }], tail: Uint8Array.of(3) };
    const bytes = encode(outer, value);
    expect(bytes[64]).toBe(1);
    expect(bytes[72]).toBe(2);
    expect(bytes[80]).toBe(3);
    expect(decode(outer, bytes)).toEqual(value);
  });

  it("an empty vector is present without a body", () => {
    expect(hexBytes(encode(byteVectorOf(8), new Uint8Array(0)))).toBe("00000000 00000000 ffffffff ffffffff");
  });

  it("a struct without members is one zero byte", () => {
    expect(decode(EMPTY_STRUCT, encode(EMPTY_STRUCT, undefined))).toBeUndefined();
    expect(codeOf(() => decode(EMPTY_STRUCT, Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0)))).toBe(
      "INVALID_PADDING_BYTE",
    );
  });
});

describe("decoding refuses", () => {
  const U = union<{ small: number; large: { a: number; b: number } }>("U", {
    small: [1, UINT16],
    large: [2, struct("L", { a: UINT32, b: UINT32 })],
  });
  const HANDLE = handleOf(ObjectType.VMO);
  const cases: [string, FidlErrorCode, () => unknown][] = [
    ["a bool of 2", "INVALID_BOOL", () => decode(BOOL, "02000000 00000000")],
    ["padding that is not zero", "INVALID_PADDING_BYTE", () => decode(UINT32, "02000000 00000100")],
    [
      "padding inside a struct",
      "INVALID_PADDING_BYTE",
      () => decode(struct("S", { a: UINT8, b: UINT16 }), "01010200 00000000"),
    ],
    [
      "padding after a vector",
      "INVALID_PADDING_BYTE",
      () => decode(byteVectorOf(8), `${head(1)} 01000000 00000001`),
    ],
    ["too few bytes", "TOO_FEW_BYTES", () => decode(SIZE64, "01000000")],
    [
      "bytes left over",
      "TOO_MANY_BYTES_IN_MESSAGE",
      () => decode(UINT32, "02000000 00000000 00000000 00000000"),
    ],
    ["handles left over", "TOO_MANY_HANDLES_IN_MESSAGE", () => decode(UINT32, "02000000 00000000", [vmo(3)])],
    ["a handle that did not come", "TOO_FEW_HANDLES", () => decode(HANDLE, "ffffffff 00000000")],
    ["an absent handle", "NON_NULLABLE_TYPE_WITH_NULL_VALUE", () => decode(HANDLE, "00000000 00000000")],
    [
      "half a handle marker",
      "INVALID_HANDLE_PRESENCE_INDICATOR",
      () => decode(HANDLE, "ffffff00 00000000", [vmo(3)]),
    ],
    [
      "a handle of another type",
      "INCORRECT_HANDLE_TYPE",
      () => decode(HANDLE, "ffffffff 00000000", [interrupt(3)]),
    ],
    ["an address beyond 2^53", "INVALID_VALUE", () => decode(SIZE64, "00000000 00002000")],
    [
      "an absent vector",
      "NON_NULLABLE_TYPE_WITH_NULL_VALUE",
      () => decode(byteVectorOf(8), "00000000 00000000 00000000 00000000"),
    ],
    [
      "an absent vector of 1",
      "NON_EMPTY_VECTOR_WITH_NULL_BODY",
      () => decode(byteVectorOf(8), "01000000 00000000 00000000 00000000"),
    ],
    [
      "half a presence marker",
      "INVALID_PRESENCE_INDICATOR",
      () => decode(byteVectorOf(8), "00000000 00000000 ffffffff 00000000"),
    ],
    ["a vector over its bound", "COUNT_EXCEEDS_LIMIT", () => decode(byteVectorOf(8), head(9))],
    [
      "a count above 32 bits",
      "COUNT_EXCEEDS_32_BIT_LIMIT",
      () => decode(byteVectorOf(8), "01000000 01000000 ffffffff ffffffff"),
    ],
    [
      "a count beyond the message",
      "TOO_FEW_BYTES",
      () => decode(vectorOf(SIZE64, 2 ** 32 - 1), head(2 ** 32 - 1)),
    ],
    [
      "a union without a member",
      "UNION_FIELD_NOT_SET",
      () => decode(U, "00000000 00000000 00000000 00000000"),
    ],
    [
      "a union with a zero envelope",
      "INVALID_INLINE_BIT_IN_ENVELOPE",
      () => decode(U, "01000000 00000000 00000000 00000000"),
    ],
    [
      "a small member out of line",
      "INVALID_INLINE_BIT_IN_ENVELOPE",
      () => decode(U, "01000000 00000000 08000000 00000000 01000000 00000000"),
    ],
    [
      "a large member in the envelope",
      "INVALID_INLINE_BIT_IN_ENVELOPE",
      () => decode(U, "02000000 00000000 01000000 00000100"),
    ],
    [
      "an inline marker of 0xff",
      "INVALID_INLINE_MARKER_IN_ENVELOPE",
      () => decode(U, "01000000 00000000 01000000 0000ff00"),
    ],
    [
      "padding in an envelope",
      "INVALID_PADDING_BYTE",
      () => decode(U, "01000000 00000000 01000100 00000100"),
    ],
    [
      "a wrong byte count in an envelope",
      "INVALID_NUM_BYTES_IN_ENVELOPE",
      () => decode(U, "02000000 00000000 10000000 00000000 01000000 02000000"),
    ],
    [
      "a wrong handle count in an envelope",
      "INVALID_NUM_HANDLES_IN_ENVELOPE",
      () => decode(U, "01000000 00000000 01000000 01000100", [vmo(3)]),
    ],
    [
      "an odd byte count in an unknown envelope",
      "INVALID_NUM_BYTES_IN_ENVELOPE",
      () => decode(U, "03000000 00000000 04000000 00000000 00000000"),
    ],
    [
      "an unknown envelope beyond the bytes",
      "ENVELOPE_BYTES_EXCEED_MESSAGE_LENGTH",
      () => decode(U, "03000000 00000000 10000000 00000000 00000000 00000000"),
    ],
    [
      "an unknown envelope beyond the handles",
      "ENVELOPE_HANDLES_EXCEED_MESSAGE_LENGTH",
      () => decode(U, "03000000 00000000 00000000 02000100", [vmo(3)]),
    ],
  ];
  it.each(cases)("%s: %s", (_, code, act) => {
    expect(codeOf(act)).toBe(code);
  });

  it("a result that is neither response nor error", () => {
    const { bytes } = encodeResponse(methodOf(Pci, "SetBusMastering"), 1, { response: undefined });
    bytes[16] = 3;
    expect(codeOf(() => decodeResponse(methodOf(Pci, "SetBusMastering"), bytes, []))).toBe(
      "STRICT_UNION_UNKNOWN_FIELD",
    );
  });

  it("an error whose status is OK", () => {
    const { bytes } = encodeResponse(methodOf(Pci, "SetBusMastering"), 1, { error: -1 });
    bytes.fill(0, 24, 28);
    expect(codeOf(() => decodeResponse(methodOf(Pci, "SetBusMastering"), bytes, []))).toBe("INVALID_VALUE");
  });

  it("and names the byte, counted from the start of the message", () => {
    const { bytes } = encodeRequest(methodOf(Pci, "SetBusMastering"), 1, { enabled: true });
    bytes[16] = 2;
    expect(() => decodeRequest(methodOf(Pci, "SetBusMastering"), bytes, [])).toThrow(
      /INVALID_BOOL at byte 0x10/,
    );
  });
});

describe("a flexible union", () => {
  const U = union<{ vmo: number }>("U", { vmo: [2, handleOf(ObjectType.VMO)] });

  it("of an unknown member decodes, and leaves its handles to close", () => {
    const decoder = new Decoder(
      fromHex("09000000 00000000 08000000 02000000 aaaaaaaa bbbbbbbb"),
      [vmo(3), vmo(7)],
      0,
    );
    expect(decoder.message(U)).toEqual({ kind: "unknown", ordinal: 9n });
    expect(decoder.discarded).toEqual([3, 7]);
  });

  it("of an unknown member cannot be encoded", () => {
    const encoder = new Encoder();
    U.encode(encoder, encoder.reserve(16), { kind: "unknown", ordinal: 9n });
    expect(encoder.error?.code).toBe("FLEXIBLE_UNION_UNKNOWN_FIELD");
  });
});

describe("encoding", () => {
  const values: [
    string,
    FidlErrorCode,
    { size: number; encode: (e: Encoder, o: number, v: never) => void },
    unknown,
  ][] = [
    ["256 as uint8", "INVALID_VALUE", UINT8, 256],
    ["-1 as uint16", "INVALID_VALUE", UINT16, -1],
    ["1.5 as uint32", "INVALID_VALUE", UINT32, 1.5],
    ["a bigint as uint32", "INVALID_VALUE", UINT32, 1n],
    ["NaN as uint64", "INVALID_VALUE", SIZE64, Number.NaN],
    ["2^53 as uint64", "INVALID_VALUE", SIZE64, 2 ** 53],
    ["a symbol as uint8", "INVALID_VALUE", UINT8, Symbol("x")],
    ["1 as bool", "INVALID_VALUE", BOOL, 1],
    ["handle 0", "NON_NULLABLE_TYPE_WITH_NULL_VALUE", handleOf(ObjectType.VMO), 0],
    ["undefined as a struct", "INVALID_VALUE", struct("S", { a: UINT8 }), undefined],
    ["null as a union", "INVALID_VALUE", union<{ a: number }>("U", { a: [1, UINT8] }), null],
    ["an array as bytes", "INVALID_VALUE", byteVectorOf(8), [1, 2]],
    ["bytes as a vector of structs", "INVALID_VALUE", vectorOf(UINT8, 8), new Uint8Array(2)],
    ["9 bytes where 8 are allowed", "COUNT_EXCEEDS_LIMIT", byteVectorOf(8), new Uint8Array(9)],
    ["70,000 bytes", "TOO_MANY_BYTES_IN_MESSAGE", byteVectorOf(2 ** 32 - 1), new Uint8Array(70_000)],
  ];
  it.each(values)("refuses %s: %s", (_, code, codec, value) => {
    const encoder = new Encoder();
    codec.encode(encoder, encoder.reserve(codec.size), value as never);
    encoder.finish();
    expect(encoder.error?.code).toBe(code);
  });

  it("refuses a message above the channel's limits", () => {
    const handles = vectorOf(handleOf(ObjectType.VMO), 100);
    const encoder = new Encoder();
    handles.encode(
      encoder,
      encoder.reserve(16),
      Array.from({ length: 65 }, (_, i) => i * 4 + 3),
    );
    encoder.finish();
    expect(encoder.error?.code).toBe("TOO_MANY_HANDLES_IN_MESSAGE");
  });

  it("that fails has still collected every handle, before and after what is wrong", () => {
    const codec = struct("S", {
      a: handleOf(ObjectType.VMO),
      wrong: UINT8,
      list: vectorOf(handleOf(ObjectType.VMO), 1),
    });
    const encoder = new Encoder();
    codec.encode(encoder, encoder.reserve(codec.size), { a: 3, wrong: 999, list: [7, 11] });
    expect(encoder.error?.code).toBe("INVALID_VALUE");
    expect(encoder.handles).toEqual([3, 7, 11]);
  });

  it("goes 32 objects deep and no deeper", () => {
    // A chain of vectors: each body is one level.
    let codec = vectorOf(UINT8, 1) as ReturnType<typeof vectorOf<unknown>>;
    let value: unknown[] = [1];
    const deepen = () => {
      codec = vectorOf(codec, 1) as unknown as typeof codec;
      value = [value];
    };
    for (let level = 1; level < 32; level++) deepen();
    const bytes = encode(codec, value);
    expect(decode(codec, bytes)).toEqual(value);

    deepen();
    const encoder = new Encoder();
    codec.encode(encoder, encoder.reserve(16), value);
    expect(encoder.error?.code).toBe("EXCEEDED_MAX_OUT_OF_LINE_DEPTH");
    const deeper = new Uint8Array(bytes.length + 16);
    deeper.set(bytes.subarray(0, 16));
    deeper.set(bytes, 16);
    expect(codeOf(() => decode(codec, deeper))).toBe("EXCEEDED_MAX_OUT_OF_LINE_DEPTH");
  });
});

function fromHex(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text.replaceAll(" ", ""), "hex"));
}

/** The header of a present vector. */
function head(count: number): string {
  return `${hexBytes(new Uint8Array(new Uint32Array([count]).buffer))} 00000000 ffffffff ffffffff`;
}

type AnyCodec<T> = {
  size: number;
  encode(e: Encoder, o: number, v: T): void;
  decode(d: Decoder, o: number): T;
};

function encode<T>(codec: AnyCodec<T>, value: T): Uint8Array {
  const encoder = new Encoder();
  codec.encode(encoder, encoder.reserve(codec.size), value);
  expect(encoder.error).toBeUndefined();
  return encoder.bytes();
}

function decode<T>(codec: AnyCodec<T>, bytes: Uint8Array | string, handles: HandleInfo[] = []): T {
  return new Decoder(typeof bytes === "string" ? fromHex(bytes) : bytes, handles, 0).message(codec);
}

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof FidlError) return error.code;
    throw error;
  }
  return "nothing was thrown";
}
