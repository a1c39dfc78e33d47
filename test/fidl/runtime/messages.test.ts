import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { type Bar, Bus, Device as Pci } from "../../../src/fidl/fuchsia.hardware.pci.ts";
import { handle } from "../../../src/fidl/runtime/handles.ts";
import { encodeBody, persist, struct, uint32, unpersist, vector } from "../../../src/fidl/runtime/index.ts";
import { Device as Edu } from "../../../src/fidl/zirconia.edu.ts";
import { ObjectType } from "../../../src/zx/constants.ts";
import { Rights } from "../../../src/zx/rights.ts";
import { Status } from "../../../src/zx/status.ts";
import type { HandleInfo } from "../../../src/zx/syscalls.ts";
import {
  codeOf,
  decodeEpitaph,
  decodeHeader,
  decodeRequest,
  decodeResponse,
  encodeEpitaph,
  encodeRequest,
  encodeResponse,
  fromHex,
  hexBytes,
  methodOf,
  ok,
} from "./support.ts";

const vmo = (handle: number): HandleInfo => ({ handle, type: ObjectType.VMO, rights: 0 });
const interrupt = (handle: number): HandleInfo => ({ handle, type: ObjectType.INTERRUPT, rights: 0 });

describe("ordinals", () => {
  const ordinalOf = (name: string) =>
    createHash("sha256").update(name).digest().readBigUInt64LE(0) & 0x7fff_ffff_ffff_ffffn;

  it("follow the formula that fidlc's own test pins", () => {
    expect(ordinalOf("a.b.c/protocol.selector")).toBe(4257738365359108720n);
  });

  it.each([Pci, Bus, Edu])("of $name are the hash of each method's full name", (protocol) => {
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
    const message = encodeResponse(methodOf(Pci, "MapInterrupt"), 1, ok({ interrupt: 0x1003 }));
    expect(hexBytes(message.bytes)).toBe(
      "01000000 02000001 13faa134 9dffee25 01000000 00000000 ffffffff 01000100",
    );
    expect(message).toMatchObject({
      handles: [0x1003],
      types: [ObjectType.INTERRUPT],
      rights: [Rights.SAME_RIGHTS],
    });
    const decoded = decodeResponse(methodOf(Pci, "MapInterrupt"), message.bytes, [interrupt(0x2007)]);
    expect(decoded.value).toEqual(ok({ interrupt: 0x2007 }));
  });

  it("an error BAD_STATE", () => {
    const method = methodOf(Pci, "MapInterrupt");
    const error = { kind: "err", err: Status.BAD_STATE } as const;
    const { bytes } = encodeResponse(method, 1, error);
    expect(hexBytes(bytes.subarray(16))).toBe("02000000 00000000 ecffffff 00000100");
    expect(decodeResponse(method, bytes).value).toEqual(error);
  });

  it("GetBar's answer: a VMO of 0x20000 bytes", () => {
    const method = methodOf(Pci, "GetBar");
    const result: Bar = { barId: 0, size: 0x20000n, result: { kind: "vmo", vmo: 0x1003 } };
    const { bytes, handles } = encodeResponse(method, 7, ok({ result }));
    expect(hexBytes(bytes)).toBe(
      "07000000 02000001 79f6bffb f683266b 01000000 00000000 20000000 01000000 " +
        "00000000 00000000 00000200 00000000 02000000 00000000 ffffffff 01000100",
    );
    expect(handles).toEqual([0x1003]);
    expect(decodeResponse(method, bytes, [vmo(0x1003)]).value).toEqual(ok({ result }));
  });

  it("GetBar's answer: I/O ports, the union's content out of line", () => {
    const method = methodOf(Pci, "GetBar");
    const io = { address: 0xc000n, resource: 0x1003 };
    const result: Bar = { barId: 2, size: 0x20n, result: { kind: "io", io } };
    const { bytes } = encodeResponse(method, 7, ok({ result }));
    expect(hexBytes(bytes.subarray(16))).toBe(
      "01000000 00000000 30000000 01000000 02000000 00000000 20000000 00000000 " +
        "01000000 00000000 10000000 01000000 00c00000 00000000 ffffffff 00000000",
    );
    const resource = { handle: 0x1003, type: ObjectType.RESOURCE, rights: 0 };
    expect(decodeResponse(method, bytes, [resource]).value).toEqual(ok({ result }));
  });

  it("SetBusMastering's answer: an empty struct in its envelope", () => {
    const { bytes } = encodeResponse(methodOf(Pci, "SetBusMastering"), 1, ok());
    expect(hexBytes(bytes.subarray(16))).toBe("01000000 00000000 00000000 00000100");
    expect(decodeResponse(methodOf(Pci, "SetBusMastering"), bytes).value).toEqual(ok());
  });

  it("a method without payload is a header and nothing else", () => {
    const { bytes } = encodeRequest(methodOf(Pci, "GetDeviceInfo"), 3, undefined);
    expect(bytes).toHaveLength(16);
    expect(decodeRequest(methodOf(Pci, "GetDeviceInfo"), bytes).value).toBeUndefined();
  });

  it("GetInterruptModes' answer has no result union, since it is declared without an error", () => {
    const method = methodOf(Pci, "GetInterruptModes");
    const modes = { hasLegacy: true, msiCount: 2, msixCount: 0x0304 };
    const { bytes } = encodeResponse(method, 3, ok({ modes }));
    expect(hexBytes(bytes.subarray(16))).toBe("01020403 00000000");
    expect(decodeResponse(method, bytes).value).toEqual(ok({ modes }));
  });

  it("DmaRoundTrip(5 bytes): the vector's body is padded to 8", () => {
    const data = Uint8Array.of(1, 2, 3, 4, 5);
    const { bytes } = encodeRequest(methodOf(Edu, "DmaRoundTrip"), 1, { data });
    expect(hexBytes(bytes.subarray(16))).toBe("05000000 00000000 ffffffff ffffffff 01020304 05000000");
    expect(decodeRequest(methodOf(Edu, "DmaRoundTrip"), bytes).value).toEqual({ data });
  });

  it("an epitaph is 24 bytes with all ones for an ordinal", () => {
    const { bytes } = encodeEpitaph(Status.NOT_SUPPORTED);
    expect(hexBytes(bytes)).toBe("00000000 02000001 ffffffff ffffffff feffffff 00000000");
    expect(decodeHeader(bytes)).toEqual({ txid: 0, flexible: false, ordinal: 0xffff_ffff_ffff_ffffn });
    expect(decodeEpitaph(bytes)).toBe(Status.NOT_SUPPORTED);
  });
});

describe("headers", () => {
  const header = () => encodeRequest(methodOf(Pci, "GetDeviceInfo"), 3, undefined).bytes;

  it("ignore flag bits that nobody knows", () => {
    const bytes = header();
    bytes[4] = 0x02 | 0x40;
    bytes[5] = 200;
    bytes[6] = 0x7f;
    expect(decodeHeader(bytes)).toEqual({ txid: 3, flexible: false, ordinal: 0x5599_d144_d432_9916n });
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

describe("answers refuse", () => {
  const method = methodOf(Pci, "SetBusMastering");

  it("what is neither response nor error", () => {
    const { bytes } = encodeResponse(method, 1, ok());
    bytes[16] = 3;
    expect(codeOf(() => decodeResponse(method, bytes))).toBe("STRICT_UNION_UNKNOWN_FIELD");
  });

  it("an error whose status is OK", () => {
    const { bytes } = encodeResponse(method, 1, { kind: "err", err: -1 });
    bytes.fill(0, 24, 28);
    expect(codeOf(() => decodeResponse(method, bytes))).toBe("INVALID_VALUE");
  });

  it("to be sent as an error that the method does not have", () => {
    const { error } = encodeResponse(methodOf(Pci, "GetInterruptModes"), 1, { kind: "err", err: -1 });
    expect(error?.message).toMatch(/GetInterruptModes is declared without an error/);
    const unknown = { kind: "frameworkErr", frameworkErr: -2 } as const;
    expect(encodeResponse(method, 1, unknown).error?.code).toBe("INVALID_VALUE");
  });

  it("and name the byte, counted from the start of the message", () => {
    const { bytes } = encodeRequest(method, 1, { enabled: true });
    bytes[16] = 2;
    expect(() => decodeRequest(method, bytes)).toThrow(/INVALID_BOOL at byte 0x10/);
  });
});

describe("limits of a channel", () => {
  const handles = (count: number) => Array.from({ length: count }, (_, i) => i * 4 + 3);
  const TAKES_HANDLES = struct<{ list: readonly number[] }>("T", { list: vector(handle()) });

  it("64 handles are a message, 65 are none", () => {
    const method = { ...methodOf(Edu, "GetId"), request: TAKES_HANDLES };
    expect(encodeRequest(method, 1, { list: handles(64) }).error).toBeUndefined();
    const refused = encodeRequest(method, 1, { list: handles(65) });
    expect(refused.error?.code).toBe("TOO_MANY_HANDLES_IN_MESSAGE");
    expect(refused.handles).toHaveLength(65);
  });

  it("65,536 bytes are a message, more are none, however they come together", () => {
    const codec = struct<{ a: readonly (readonly number[])[] }>("A", { a: vector(vector(uint32)) });
    const words = (count: number) => Array.from({ length: count }, () => 7);
    const room = 65_536 - 16 - 3 * 16;
    const value = (extra: number) => ({ a: [words(8000), words(1000), words(room / 4 - 9000 + extra)] });
    expect(encodeBody(codec, value(0)).bytes).toHaveLength(65_536);
    expect(encodeBody(codec, value(2)).error?.code).toBe("TOO_MANY_BYTES_IN_MESSAGE");
    // The next message is as if nothing had happened.
    expect(hexBytes(encodeBody(codec, { a: [] }).bytes)).toBe("00000000 00000000 ffffffff ffffffff");
  });
});

describe("a value at rest", () => {
  const POINT = struct<{ x: number; y: number }>("Point", { x: uint32, y: uint32 });

  it("is eight bytes that name the wire format, and the body", () => {
    const bytes = persist(POINT, { x: 1, y: 2 });
    expect(hexBytes(bytes)).toBe("00010200 00000000 01000000 02000000");
    expect(unpersist(POINT, bytes)).toEqual({ x: 1, y: 2 });
  });

  it("can be larger than a message", () => {
    const list = Array.from({ length: 100_000 }, (_, i) => i);
    expect(unpersist(vector(uint32), persist(vector(uint32), list))).toEqual(list);
  });

  it("can have reserved bytes that somebody uses later", () => {
    expect(unpersist(POINT, fromHex("0001ffff 01020304 01000000 02000000"))).toEqual({ x: 1, y: 2 });
  });

  it.each([
    ["without its header", "000102", "INVALID_HEADER"],
    ["with another disambiguator", "01010200 00000000 01000000 02000000", "INVALID_HEADER"],
    ["with another magic number", "00020200 00000000 01000000 02000000", "INVALID_HEADER"],
    ["of wire format v1", "00010000 00000000 01000000 02000000", "INVALID_HEADER"],
    ["cut short", "00010200 00000000 01000000", "TOO_FEW_BYTES_IN_PRIMARY_OBJECT"],
    [
      "with something after it",
      "00010200 00000000 01000000 02000000 00000000 00000000",
      "TOO_MANY_BYTES_IN_MESSAGE",
    ],
  ])("%s is refused", (_, hex, code) => {
    expect(codeOf(() => unpersist(POINT, fromHex(hex)))).toBe(code);
  });

  it("has no handles", () => {
    expect(codeOf(() => persist(vector(handle()), [3]))).toBe("INVALID_VALUE");
    expect(persist(vector(handle()), [])).toHaveLength(24);
  });

  it("must be one that can be encoded", () => {
    expect(codeOf(() => persist(POINT, { x: -1, y: 2 }))).toBe("INVALID_VALUE");
  });
});
