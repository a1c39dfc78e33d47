import { describe, expect, it } from "vitest";
import { Bus, Device as Pci } from "../../../src/fidl/fuchsia.hardware.pci.ts";
import {
  type AnyCodec,
  array,
  box,
  bytes,
  describeMessage,
  describeValue,
  flexibleBits,
  flexibleEnum,
  flexibleUnion,
  float64,
  handle,
  optional,
  status,
  string,
  struct,
  table,
  uint8,
  uint64,
  vector,
} from "../../../src/fidl/runtime/index.ts";
import { Device as Edu } from "../../../src/fidl/zirconia.edu.ts";
import { ObjectType } from "../../../src/zx/constants.ts";
import { Status } from "../../../src/zx/status.ts";
import {
  encodeEpitaph,
  encodeEvent,
  encodeRequest,
  encodeResponse,
  methodOf,
  ok,
  withOrdinal,
} from "./support.ts";
import { FLEXIBLE_EMPTY, ON_STRICT, STRICT, STRICT_EMPTY, Target } from "./target.ts";

const protocols = [Pci, Bus, Edu, Target];
const GET_BAR = methodOf(Pci, "GetBar");
const bar = ok({ result: { barId: 0, size: 0x20000n, result: { kind: "vmo", vmo: 4 } } });

describe("a message as text", () => {
  const cases: [string, Uint8Array, string[], string][] = [
    [
      "a request",
      encodeRequest(GET_BAR, 1, { barId: 6 }).bytes,
      [],
      "request fuchsia.hardware.pci/Device.GetBar (transaction 1) = { bar_id: uint32 = 6 }",
    ],
    [
      "a request without payload",
      encodeRequest(STRICT_EMPTY, 1, undefined).bytes,
      [],
      "request test/Target.StrictEmpty (transaction 1)",
    ],
    [
      "an error",
      encodeResponse(GET_BAR, 1, { kind: "err", err: Status.NOT_FOUND }).bytes,
      [],
      "response fuchsia.hardware.pci/Device.GetBar (transaction 1) = { err: zx.Status = NOT_FOUND }",
    ],
    [
      "an answer that the server does not know the method",
      encodeResponse(FLEXIBLE_EMPTY, 1, { kind: "frameworkErr", frameworkErr: -2 }).bytes,
      [],
      "response test/Target.FlexibleEmpty (transaction 1) = {\n  framework_err: fidl/FrameworkErr = UNKNOWN_METHOD\n}",
    ],
    [
      "an event",
      encodeEvent(ON_STRICT, { value: -1 }).bytes,
      [],
      "event test/Target.OnStrict = { value: int32 = -1 }",
    ],
    ["an epitaph", encodeEpitaph(Status.UNAVAILABLE).bytes, [], "epitaph = UNAVAILABLE"],
    [
      "an unknown method",
      withOrdinal(encodeRequest(FLEXIBLE_EMPTY, 1, undefined).bytes, 0x7777n),
      [],
      "flexible message of an unknown method, ordinal 0x0000000000007777 (transaction 1): 16 bytes",
    ],
    [
      "an unknown method with a handle",
      withOrdinal(encodeRequest(STRICT_EMPTY, 0, undefined).bytes, 0x7777n),
      ["event"],
      "strict message of an unknown method, ordinal 0x0000000000007777: 16 bytes, with event",
    ],
    [
      "too few bytes",
      new Uint8Array(3),
      [],
      "no FIDL message: INVALID_HEADER at byte 0x0: 3 bytes; a header has 16",
    ],
    [
      "a body that is cut short",
      encodeRequest(GET_BAR, 1, { barId: 6 }).bytes.subarray(0, 16),
      [],
      "request fuchsia.hardware.pci/Device.GetBar (transaction 1): TOO_FEW_BYTES_IN_PRIMARY_OBJECT at byte 0x10: fuchsia.hardware.pci/DeviceGetBarRequest takes 4 bytes and padding to 8, where 0 are left",
    ],
  ];
  it.each(cases)("%s", (_, message, handles, text) => {
    expect(describeMessage(message, handles, protocols)).toBe(text);
  });

  it("spreads what is too long for a line over several", () => {
    const { bytes: message } = encodeResponse(GET_BAR, 7, bar);
    expect(describeMessage(message, ['vmo "edu bar 0"'], protocols)).toBe(
      [
        "response fuchsia.hardware.pci/Device.GetBar (transaction 7) = {",
        "  result: fuchsia.hardware.pci/Bar = {",
        "    bar_id: uint32 = 0",
        "    size: uint64 = 0x20000",
        '    result: fuchsia.hardware.pci/BarResult = { vmo: zx.Handle:VMO = vmo "edu bar 0" }',
        "  }",
        "}",
      ].join("\n"),
    );
  });

  it("makes do without the handles, where they are lost", () => {
    const { bytes: message } = encodeResponse(GET_BAR, 7, bar);
    const text = describeMessage(message, undefined, protocols, { width: 1000 });
    expect(text).toMatch(/\{ vmo: zx\.Handle:VMO = handle 1 \} \} \}$/);
    expect(describeMessage(message, [], protocols, { from: "server" })).toMatch(/TOO_FEW_HANDLES/);
  });

  it("needs to be told who sent it, where a request and its response look alike", () => {
    const { bytes: message } = encodeRequest(STRICT, 1, { value: 1 });
    expect(describeMessage(message, [], protocols)).toMatch(/^request/);
    expect(describeMessage(message, [], protocols, { from: "client" })).toMatch(/^request/);
    expect(describeMessage(message, [], protocols, { from: "server" })).toMatch(/^response/);
  });

  it("never fails, whatever the bytes are", () => {
    const { bytes: good } = encodeResponse(GET_BAR, 7, bar);
    for (let at = 0; at < good.length; at++) {
      for (const value of [0, 1, 0x80, 0xff]) {
        const damaged = good.slice();
        damaged[at] = value;
        for (const handles of [undefined, [], ["vmo"], ["vmo", "event"]]) {
          expect(describeMessage(damaged, handles, protocols)).toMatch(/\S/);
        }
      }
    }
  });
});

describe("a value as text", () => {
  const POINT = struct<object>("Point", { x: uint8, nearY: optional(string()) });
  const cases: [string, AnyCodec, unknown, string][] = [
    ["a small number", uint8, 9, "9"],
    ["a larger one, in hexadecimal", uint8, 255, "0xff"],
    ["a 64-bit one", uint64, 0x1234_5678_9abc_def0n, "0x123456789abcdef0"],
    ["a float", float64, 0.5, "0.5"],
    ["a string", string(), 'a "b"\n', '"a \\"b\\"\\n"'],
    ["bytes", bytes(), Uint8Array.of(1, 0xab), "<2 bytes: 01 ab>"],
    ["one byte", bytes(), Uint8Array.of(1), "<1 byte: 01>"],
    ["many bytes", bytes(), new Uint8Array(40), `<40 bytes: ${"00 ".repeat(32)}...>`],
    [
      "a struct, with FIDL's names, without what is absent",
      POINT,
      { x: 1, nearY: undefined },
      "{ x: uint8 = 1 }",
    ],
    ["a struct, with all", POINT, { x: 1, nearY: "n" }, '{ x: uint8 = 1, near_y: string:optional = "n" }'],
    ["an empty struct", struct<object>("E", {}), undefined, "{}"],
    ["a box", box(POINT), { x: 1 }, "{ x: uint8 = 1 }"],
    ["what is absent", box(POINT), undefined, "absent"],
    ["an enum's member", flexibleEnum("Mode", uint8, { MSI: 3 }), 3, "MSI"],
    ["an enum's unknown value", flexibleEnum("Mode", uint8, { MSI: 3 }), 4, "4 (unknown)"],
    ["bits", flexibleBits("Flags", uint8, { READ: 1, WRITE: 2 }), 3, "READ | WRITE"],
    ["unknown bits", flexibleBits("Flags", uint64, { READ: 1n }), 0x81n, "READ | 0x80"],
    ["no bits", flexibleBits("Flags", uint8, { READ: 1 }), 0, "0"],
    [
      "a union",
      flexibleUnion<{ a: number }>("U", { a: [1, uint8] }),
      { kind: "a", a: 1 },
      "{ a: uint8 = 1 }",
    ],
    [
      "a union's unknown member",
      flexibleUnion<{ a: number }>("U", { a: [1, uint8] }),
      { kind: "unknown", ordinal: 9n },
      "{ unknown member 9 }",
    ],
    [
      "a table, of which only what is set",
      table<object>("T", { a: [1, uint8], b: [2, uint8] }),
      { b: 1 },
      "{ b: uint8 = 1 }",
    ],
    ["a vector", vector(uint8), [1, 2], "[ 1, 2 ]"],
    ["an empty vector", vector(uint8), [], "[]"],
    ["a long vector", array(uint8, 34), Array(34).fill(1), `[ ${"1, ".repeat(32)}... 2 more ]`],
    ["a handle", handle(ObjectType.VMO), 7, "handle 7"],
    ["a status", status, -20, "BAD_STATE"],
    [
      "a name that is not the key in snake case",
      struct<object>("R", { reg0: uint8 }, undefined, { reg0: "reg_0" }),
      { reg0: 1 },
      "{ reg_0: uint8 = 1 }",
    ],
    ["something else than the type says", POINT, 5, "5"],
    [
      "something else in a union",
      flexibleUnion<{ a: number }>("U", { a: [1, uint8] }),
      { kind: 7 },
      "an object",
    ],
  ];
  it.each(cases)("%s", (_, codec, value, text) => {
    expect(describeValue(codec, value, { width: Number.POSITIVE_INFINITY })).toBe(text);
  });

  it("indents lists in lists", () => {
    const codec = struct<object>("S", { rows: vector(vector(uint8)) });
    const row = Array(8).fill(255);
    expect(describeValue(codec, { rows: [row, [1]] }, { width: 40 })).toBe(
      [
        "{",
        "  rows: vector<vector<uint8>> = [",
        "    [",
        ...row.map(() => "      0xff"),
        "    ]",
        "    [ 1 ]",
        "  ]",
        "}",
      ].join("\n"),
    );
  });

  it("takes no longer for a value that is deep", () => {
    let codec: AnyCodec = uint8;
    let value: unknown = 1;
    for (let depth = 0; depth < 30; depth++) [codec, value] = [vector(codec), [value]];
    expect(describeValue(codec, value, { width: 10 }).split("\n").length).toBeGreaterThan(40);
  });
});
