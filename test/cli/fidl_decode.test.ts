import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Schema } from "../../src/fidl/dynamic/schema.ts";
import { Device } from "../../src/fidl/fuchsia.hardware.pci.ts";
import { encodeBody, persist, struct, uint8, uint64 } from "../../src/fidl/runtime/index.ts";
import { Status } from "../../src/zx/status.ts";
import { irOf } from "../fidl/generator/support.ts";
import {
  encodeEpitaph,
  encodeEvent,
  encodeRequest,
  encodeResponse,
  methodOf,
  ok,
} from "../fidl/runtime/support.ts";
import { zirconia } from "./zirconia.ts";

const GET_BAR = methodOf(Device, "GetBar");
const HEADER = "header: transaction 1, flags 02 00 00 (v2, strict), magic 1, ordinal 0x6b2683f6fbbff679\n";
const request = hexOf(encodeRequest(GET_BAR, 1, { barId: 6 }).bytes);
const answer = hexOf(
  encodeResponse(GET_BAR, 1, ok({ result: { barId: 0, size: 0x20000n, result: { kind: "vmo", vmo: 4 } } }))
    .bytes,
);

const decode = (args: readonly string[], input?: string) => zirconia(["fidl", "decode", ...args], {}, input);

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "zirconia-decode-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe("zirconia fidl decode", () => {
  test("says what a message of a library that comes with zirconia means", () => {
    expect(decode([request])).toEqual({
      status: 0,
      stdout: `${HEADER}request fuchsia.hardware.pci/Device.GetBar (transaction 1) = { bar_id: uint32 = 6 }\n`,
      stderr: "",
    });
  });

  test("guesses who sent it, and numbers the handles that it needs", () => {
    expect(decode([answer]).stdout).toBe(
      `${HEADER}${[
        "response fuchsia.hardware.pci/Device.GetBar (transaction 1) = {",
        "  result: fuchsia.hardware.pci/Bar = {",
        "    bar_id: uint32 = 0",
        "    size: uint64 = 0x20000",
        "    result: fuchsia.hardware.pci/BarResult = { vmo: zx.Handle:VMO = handle 1 }",
        "  }",
        "}",
        "",
      ].join("\n")}`,
    );
  });

  test("takes the bytes from arguments, a file or a pipe, as hex or as a dump", () => {
    const { stdout } = decode([request]);
    const dump = request
      .match(/.{32}|.+/g)!
      .map((row, i) => `${(16 * i).toString(16).padStart(8, "0")}: ${row}  ....`);
    const path = file("message.txt", dump.join("\n"));
    expect(decode(request.match(/../g)!).stdout).toBe(stdout);
    expect(decode(["--input", path]).stdout).toBe(stdout);
    expect(decode(["--input", "-"], request).stdout).toBe(stdout);
    expect(decode([], dump.join("\n")).stdout).toBe(stdout);
  });

  test("is told whose message it is where both would look alike", () => {
    const path = file(
      "both.fidl",
      'library both;\nclosed protocol P {\n    @selector("Both") strict M(struct { a uint32; }) -> (struct { b uint32; });\n};\n',
    );
    const ir = JSON.parse(zirconia(["fidl", "ir", path]).stdout);
    const ordinal = BigInt(
      ir[0].declarations.find(({ kind }: { kind: string }) => kind === "protocol").methods[0].ordinal,
    );
    const bytes = new Uint8Array(24);
    const view = new DataView(bytes.buffer);
    view.setBigUint64(0, 0x0100_0002_0000_0003n, true);
    view.setBigUint64(8, ordinal, true);
    view.setUint32(16, 7, true);
    const guessed = decode(["--files", path, hexOf(bytes)]).stdout;
    expect(guessed).toContain("request both/P.M (transaction 3) = { a: uint32 = 7 }\n");
    expect(guessed).toContain("--response reads it as one");
    const told = decode(["--files", path, "--response", hexOf(bytes)]).stdout;
    expect(told).toContain("response both/P.M (transaction 3) = { b: uint32 = 7 }\n");
    expect(told).not.toContain("--response");
  });

  test("knows what comes without a library: an epitaph", () => {
    const { status, stdout } = decode([hexOf(encodeEpitaph(Status.UNAVAILABLE).bytes)]);
    expect(stdout).toMatch(/^epitaph = UNAVAILABLE$/m);
    expect(status).toBe(0);
  });

  test("prints the same as data with --json", () => {
    expect(JSON.parse(decode(["--json", request]).stdout)).toEqual({
      header: { txid: 1, flags: [2, 0, 0], magic: 1, ordinal: "0x6b2683f6fbbff679", strict: true },
      method: "fuchsia.hardware.pci/Device.GetBar",
      kind: "request",
      body: { barId: 6 },
      text: "request fuchsia.hardware.pci/Device.GetBar (transaction 1) = { bar_id: uint32 = 6 }",
    });
  });
});

test("the examples of docs/fidl.md print what the page says", () => {
  const page = readFileSync(new URL("../../docs/fidl.md", import.meta.url), "utf8");
  const examples = [...page.matchAll(/^```console\n\$ npx zirconia fidl decode ([^\n]*)\n(.*?)^```/gms)];
  expect(examples).toHaveLength(2);
  for (const [, args, printed] of examples) {
    const { stdout, stderr } = decode(args!.split(" "));
    expect(stdout + stderr).toBe(printed);
  }
});

describe("zirconia fidl decode of what is wrong", () => {
  test("names the byte, shows it, and exits with 1", () => {
    const damaged = `${request.slice(0, 40)}01${request.slice(42)}`;
    expect(decode([damaged])).toEqual({
      status: 1,
      stdout: HEADER,
      stderr: [
        "zirconia fidl decode: request fuchsia.hardware.pci/Device.GetBar (transaction 1): INVALID_PADDING_BYTE at byte 0x14: padding byte 0x1",
        "  0x10: 06 00 00 00 01 00 00 00",
        "                    ^^",
        "",
      ].join("\n"),
    });
    expect(JSON.parse(decode(["--json", damaged]).stdout)).toMatchObject({
      method: "fuchsia.hardware.pci/Device.GetBar",
      error: { code: "INVALID_PADDING_BYTE", offset: 20 },
    });
  });

  test.each([
    [
      "an ordinal of nobody",
      request.replace("79f6bf", "79f6be"),
      /no method has the ordinal 0x6b2683f6fbbef679, in \d+ protocols/,
    ],
    [
      "another magic number",
      request.replace("02000001", "02000002"),
      /INVALID_HEADER at byte 0x7: magic number 2 is not 1/,
    ],
    ["half a header", request.slice(0, 20), /INVALID_HEADER at byte 0x0: 10 bytes; a header has 16/],
    ["half a message", answer.slice(0, 64), /response .*: TOO_FEW_BYTES/],
    ["no hex", "hello", /line 1: 'hello' is not hex/],
  ])("%s", (_, hex, message) => {
    const { status, stderr } = decode([hex]);
    expect(stderr).toMatch(message);
    expect(status).toBe(1);
  });

  test("a method without such a message", () => {
    const { status, stderr } = decode(["--event", request]);
    expect(stderr).toContain(
      "fuchsia.hardware.pci/Device.GetBar has no event: there is its request and its response",
    );
    expect(status).toBe(1);
  });

  test("a wrong command line exits with 2", () => {
    expect(decode(["--request", "--response", request]).status).toBe(2);
    expect(decode(["--input", "x", request]).status).toBe(2);
    expect(decode(["--available", "soon", "--files", folder, request]).status).toBe(2);
  });
});

describe("zirconia fidl decode with a library of one's own", () => {
  const LIBRARY = `library example.garden;
using zx;

type Plant = flexible enum : uint8 {
    ROSE = 1;
};
type Bed = table {
    1: plants vector<Plant>:8;
    2: name string:32;
    3: watered zx.Status;
};
type Settings = struct {
    seed uint8;
    area uint64;
};
open protocol Garden {
    flexible -> OnBloom(resource struct {
        bed Bed;
        photo zx.Handle:<VMO, zx.Rights.READ>;
    });
};
`;
  test("decodes its events, with the names of what has one", () => {
    const path = file("garden.fidl", LIBRARY);
    const garden = new Schema(irOf(LIBRARY)).protocols.find(({ name }) => name === "example.garden/Garden")!;
    const bed = { plants: [1, 7], name: "by the wall", watered: -2 };
    const { bytes } = encodeEvent(methodOf(garden, "OnBloom"), { bed, photo: 4 });
    const { stdout, status } = decode(["--files", path, hexOf(bytes)]);
    expect(stdout.split("\n").slice(1)).toEqual([
      "event example.garden/Garden.OnBloom = {",
      "  bed: example.garden/Bed = {",
      "    plants: vector<example.garden/Plant>:8 = [ ROSE, 7 (unknown) ]",
      '    name: string:32 = "by the wall"',
      "    watered: zx.Status = NOT_SUPPORTED",
      "  }",
      "  photo: zx.Handle:<VMO, READ> = handle 1",
      "}",
      "",
    ]);
    expect(status).toBe(0);
  });

  test("decodes a value of a type, at rest or as a body alone", () => {
    const path = file("garden.fidl", LIBRARY);
    const SETTINGS = struct<{ seed: number; area: bigint }>("example.garden/Settings", {
      seed: uint8,
      area: uint64,
    });
    const value = { seed: 3, area: 2n ** 60n };
    const type = ["--files", path, "--type", "example.garden/Settings"];
    const line = "example.garden/Settings = { seed: uint8 = 3, area: uint64 = 0x1000000000000000 }\n";
    expect(decode([...type, hexOf(encodeBody(SETTINGS, value).bytes)])).toMatchObject({
      status: 0,
      stdout: line,
    });
    const atRest = hexOf(persist(SETTINGS, value));
    expect(decode([...type, atRest]).stdout).toBe(`a value at rest, in wire format v2\n${line}`);
    expect(JSON.parse(decode([...type, "--json", atRest]).stdout)).toMatchObject({
      type: "example.garden/Settings",
      atRest: true,
      body: { seed: 3, area: "0x1000000000000000" },
    });
    const { status, stderr } = decode([...type, "0300000000000001"]);
    expect(stderr).toMatch(/a body of example.garden\/Settings: TOO_FEW_BYTES_IN_PRIMARY_OBJECT at byte 0x0/);
    expect(status).toBe(1);
  });

  test("says what types and files there are not", () => {
    expect(decode(["--type", "Bar", request])).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/no type Bar/),
    });
    expect(decode(["--files", join(folder, "no.fidl"), request])).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^zirconia fidl decode: ENOENT/),
    });
  });

  test("says what is wrong with it", () => {
    const path = file("wrong.fidl", "library wrong;\ntype S = struct { b Bra; };\n");
    expect(decode(["--files", path, request])).toMatchObject({
      status: 1,
      stdout: "",
      stderr: expect.stringContaining("[fi-0052]"),
    });
  });
});
