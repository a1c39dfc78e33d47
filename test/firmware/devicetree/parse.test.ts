import { describe, expect, test } from "vitest";
import { DeviceTree, parseDeviceTree, serializeDeviceTree } from "../../../src/firmware/devicetree/index.ts";
import { isStatus } from "../../../src/zx/error.ts";
import { asData, at, tree } from "./support.ts";

const SAMPLE = tree(
  { model: "sample", "#address-cells": 1, "uart@9000": { reg: [0x9000, 0x1000], child: {} } },
  { bootCpu: 3, reservations: [{ address: 0x8000_0000_0000n, size: 0x1000n }], padding: 0 },
);
const BYTES = serializeDeviceTree(SAMPLE);
/** Where the blocks of the sample are. */
const RESERVATIONS = 40;
const STRUCTURE = RESERVATIONS + 32;
const view = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const STRINGS = view(BYTES).getUint32(12);

/** The sample with 32-bit words changed, by offset. */
function changed(words: Readonly<Record<number, number>>): Uint8Array {
  const bytes = BYTES.slice();
  for (const [offset, word] of Object.entries(words)) view(bytes).setUint32(Number(offset), word);
  return bytes;
}

/** A file of version 17 with this structure block (words, or bytes of text padded with NULs) and these strings. */
function fileOf(structure: readonly (number | string)[], strings = ""): Uint8Array {
  const words = structure.flatMap((part) =>
    typeof part === "number"
      ? [part >>> 24, (part >>> 16) & 0xff, (part >>> 8) & 0xff, part & 0xff]
      : [...Buffer.from(part.padEnd(Math.ceil((part.length + 1) / 4) * 4, "\0"), "latin1")],
  );
  const bytes = Uint8Array.from([...new Uint8Array(56), ...words, ...Buffer.from(strings, "latin1")]);
  const header = [
    0xd00dfeed,
    bytes.length,
    56,
    56 + words.length,
    40,
    17,
    16,
    0,
    strings.length,
    words.length,
  ];
  for (const [i, word] of header.entries()) view(bytes).setUint32(4 * i, word);
  return bytes;
}

function refusal(bytes: Uint8Array): string {
  try {
    parseDeviceTree(bytes);
  } catch (error) {
    if (isStatus(error, "IO_DATA_INTEGRITY") || isStatus(error, "NOT_SUPPORTED")) return error.message;
    throw error;
  }
  throw new Error("it was read");
}

const [BEGIN, CLOSE, PROP, NOP, END] = [1, 2, 3, 4, 9];

describe("a flattened device tree", () => {
  test("is read with everything that it has", () => {
    const read = parseDeviceTree(BYTES);
    expect(asData(read)).toEqual(asData(SAMPLE));
    expect(read).toMatchObject({ version: 17, bootCpu: 3, padding: 0 });
    expect(read.reservations).toEqual([{ address: 0x8000_0000_0000n, size: 0x1000n }]);
    expect(at(read, "/uart@9000").get("reg")!.cells()).toEqual([0x9000, 0x1000]);
  });

  test("may be followed by other bytes, which are not looked at", () => {
    const longer = new Uint8Array(BYTES.length + 100).fill(0xff);
    longer.set(BYTES);
    expect(asData(parseDeviceTree(longer))).toEqual(asData(SAMPLE));
  });

  test("may stand anywhere in memory that others write to, for it is copied before it is read", () => {
    const shared = new Uint8Array(new SharedArrayBuffer(BYTES.length + 3), 3);
    shared.set(BYTES);
    const read = parseDeviceTree(shared);
    shared.fill(0xff);
    expect(asData(read)).toEqual(asData(SAMPLE));
    const buffer = Buffer.from(BYTES);
    const again = parseDeviceTree(buffer);
    buffer.fill(0xff);
    expect(asData(again)).toEqual(asData(SAMPLE));
  });

  test("keeps free space at its end", () => {
    const padded = new Uint8Array(BYTES.length + 64);
    padded.set(BYTES);
    view(padded).setUint32(4, padded.length);
    expect(parseDeviceTree(padded).padding).toBe(64);
    expect(serializeDeviceTree(parseDeviceTree(padded))).toEqual(padded);
  });

  test("keeps names of any bytes", () => {
    const odd = fileOf([BEGIN, "", PROP, 0, 0, BEGIN, "n\u00ff\u0001@", CLOSE, CLOSE, END], "\u00e4 b\0");
    const read = parseDeviceTree(odd);
    expect([...read.root.properties.keys()]).toEqual(["\u00e4 b"]);
    expect(serializeDeviceTree(read)).toEqual(odd);
  });

  test("may have NOPs anywhere between its tokens, and properties behind nodes", () => {
    const read = parseDeviceTree(
      fileOf([NOP, BEGIN, "", NOP, BEGIN, "a", CLOSE, PROP, 4, 0, 7, NOP, CLOSE, NOP, END], "p\0"),
    );
    expect(asData(read)).toEqual(asData(tree({ a: {}, p: 7 })));
  });

  test("of version 16 has no size of its structure block, and is written as such", () => {
    const old = new DeviceTree({ version: 16 });
    old.root.setProperty("p", new Uint8Array(4));
    const bytes = serializeDeviceTree(old);
    expect(view(bytes).getUint32(20)).toBe(16);
    expect(view(bytes).getUint32(36)).toBe(0);
    expect(parseDeviceTree(bytes).version).toBe(16);
    expect(serializeDeviceTree(parseDeviceTree(bytes))).toEqual(bytes);
  });

  test("of version 1 to 3 has paths for names and longer values at multiples of 8", () => {
    // By hand: header of version 3, an empty list of reservations, structure, strings.
    const structure = [
      BEGIN,
      "/",
      PROP,
      8,
      0,
      0,
      1,
      2,
      BEGIN,
      "/a",
      BEGIN,
      "/a/b@1",
      PROP,
      4,
      0,
      5,
      CLOSE,
      CLOSE,
      CLOSE,
      END,
    ];
    const modern = fileOf(structure, "p\0");
    const old = changedHeader(modern, { 20: 3, 24: 1 });
    const read = parseDeviceTree(old);
    expect(asData(read)).toEqual(asData(tree({ p: [1, 2], a: { "b@1": { p: 5 } } })));
    expect(read.version).toBe(17);
    expect(
      refusal(
        changedHeader(fileOf([BEGIN, "/", BEGIN, "/a", BEGIN, "/c/b", CLOSE, CLOSE, CLOSE, END]), {
          20: 2,
          24: 2,
        }),
      ),
    ).toMatch(/byte 0x4c: "\/c\/b" is no path of a child of \/a$/);
  });

  test("can be nested as deeply as it likes", () => {
    const depth = 100_000;
    const deep = fileOf([
      BEGIN,
      "",
      ...Array(depth).fill([BEGIN, "n"]).flat(),
      ...Array(depth + 1).fill(CLOSE),
      END,
    ]);
    const read = parseDeviceTree(deep);
    expect([...read.nodes()].length).toBe(depth + 1);
    expect(Buffer.compare(serializeDeviceTree(read), deep)).toBe(0);
  });
});

function changedHeader(bytes: Uint8Array, words: Readonly<Record<number, number>>): Uint8Array {
  for (const [offset, word] of Object.entries(words)) view(bytes).setUint32(Number(offset), word);
  return bytes;
}

describe("what is no device tree is refused, with the place", () => {
  test.each([
    ["nothing", new Uint8Array(), "byte 0x0: the file ends in the header"],
    ["half a header", BYTES.slice(0, 27), "byte 0x1b: the file ends in the header"],
    ["another magic number", changed({ 0: 0xd00dfeee }), "byte 0x0: 0xd00dfeee is not the magic number"],
    ["less than it says", BYTES.slice(0, -1), "byte 0x4: the total size is"],
    ["a size that is less than the header's", changed({ 4: 20 }), "byte 0x4: the total size is 20"],
    [
      "a version's header that does not fit",
      changed({ 4: 36 }),
      "byte 0x24: the header of version 17 has 40 bytes",
    ],
    ["version 0", changed({ 20: 0, 24: 0 }), "byte 0x14: version 0, compatible with 0, does not exist"],
    [
      "a version older than those that it is compatible with",
      changed({ 20: 16, 24: 17 }),
      "byte 0x14: version 16",
    ],
    [
      "a version for newer readers",
      changed({ 20: 18, 24: 18 }),
      "NOT_SUPPORTED: device tree, byte 0x18: version 18",
    ],
    ["a structure in the header", changed({ 8: 36 }), "byte 0x8: the structure block begins at 0x24"],
    [
      "a structure behind the end",
      changed({ 8: 0xffff_fff0 }),
      "byte 0x8: the structure block begins at 0xfffffff0",
    ],
    ["a structure that is too long", changed({ 36: 0xffff_ffff }), "byte 0x24: the structure block at"],
    [
      "strings behind the end",
      changed({ 12: 0x8000_0000 }),
      "byte 0xc: the strings block begins at 0x80000000",
    ],
    ["strings that are too long", changed({ 32: 0x1000 }), "byte 0x20: the strings block at"],
    ["reservations behind the end", changed({ 16: BYTES.length }), "byte 0x10: the memory reservation block"],
    [
      "reservations without an end",
      changed({ 16: BYTES.length - 12 }),
      "the file ends before the memory reservation",
    ],
    ["no token", changed({ [STRUCTURE]: 5 }), `byte 0x${STRUCTURE.toString(16)}: 0x5 is no token`],
    ["no structure", changed({ 36: 0 }), "byte 0x48: the structure block ends where a token was expected"],
    [
      "a property of no node",
      fileOf([PROP, 0, 0], "p\0"),
      "byte 0x38: a property stands outside of the root node",
    ],
    ["an end of no node", fileOf([CLOSE]), "byte 0x38: a node ends, but none is open"],
    ["an end without a root", fileOf([END]), "byte 0x38: the structure ends without a root node"],
    ["two roots", fileOf([BEGIN, "", CLOSE, BEGIN, "", CLOSE, END]), "byte 0x44: a second root node begins"],
    ["a root with a name", fileOf([BEGIN, "soc", CLOSE, END]), 'byte 0x3c: the root node is called "soc"'],
    [
      "a node that stays open",
      fileOf([BEGIN, "", BEGIN, "a", CLOSE, END]),
      "byte 0x4c: the structure ends inside /",
    ],
    ["no end", fileOf([BEGIN, "", CLOSE]), "byte 0x44: the structure block ends where a token was expected"],
    ["a name without an end", fileOf([BEGIN, "", BEGIN, 0x61616161]), "byte 0x44: a node's name has no end"],
    [
      "a node without a name",
      fileOf([BEGIN, "", BEGIN, "", CLOSE, CLOSE, END]),
      'byte 0x44: "" in / is no name',
    ],
    [
      "a name with a slash",
      fileOf([BEGIN, "", BEGIN, "a/b", CLOSE, CLOSE, END]),
      'byte 0x44: "a/b" in / is no name',
    ],
    ["a name of 256 bytes", fileOf([BEGIN, "", BEGIN, "a".repeat(256), CLOSE, CLOSE, END]), "byte 0x44: "],
    [
      "half a property",
      fileOf([BEGIN, "", PROP, 4], "p\0"),
      "byte 0x48: the structure block ends where a property's name",
    ],
    [
      "a value that is too long",
      fileOf([BEGIN, "", PROP, 5, 0, 0], "p\0"),
      "byte 0x44: a property of / has 5 bytes, 4 are left",
    ],
    [
      "a name behind the strings",
      fileOf([BEGIN, "", PROP, 0, 2, CLOSE, END], "p\0"),
      "byte 0x48: a property's name is at 0x2 of 0x2 bytes",
    ],
    [
      "a property's name without an end",
      fileOf([BEGIN, "", PROP, 0, 0, CLOSE, END], "p"),
      "a property's name has no end",
    ],
    [
      "a property's name of 256 bytes",
      fileOf([BEGIN, "", PROP, 0, 0, CLOSE, END], `${"p".repeat(256)}\0`),
      "more than 255 bytes",
    ],
    [
      "two properties of one name",
      fileOf([BEGIN, "", PROP, 0, 0, PROP, 0, 2, CLOSE, END], "p\0p\0"),
      "byte 0x4c: / has two properties p",
    ],
    [
      "two nodes of one name",
      fileOf([BEGIN, "", BEGIN, "a", CLOSE, BEGIN, "a", CLOSE, CLOSE, END]),
      "byte 0x50: / has two nodes a",
    ],
  ])("%s", (_, bytes, message) => {
    expect(refusal(bytes)).toContain(message);
  });

  test("every file that is cut off", () => {
    for (let length = 0; length < STRINGS; length++) {
      const cut = BYTES.slice(0, length);
      expect(refusal(cut)).toMatch(/byte 0x/);
      if (length < 40) continue;
      view(cut).setUint32(4, length);
      expect(refusal(cut)).toMatch(/byte 0x/);
    }
  });
});

describe("a tree that no file can hold is not written", () => {
  test.each([
    ["a name with a slash", () => tree({ "a/b": {} }), 'INVALID_ARGS: /: "a/b"'],
    ["a name that is none", () => tree({ "": {} }), 'INVALID_ARGS: /: ""'],
    ["a property's name with a NUL", () => tree({ "a\0": 1 }), "INVALID_ARGS: /: "],
    ["a name beyond Latin-1", () => tree({ "\u0100": 1 }), "INVALID_ARGS: /: "],
    ["a name of 256 bytes", () => tree({ ["a".repeat(256)]: {} }), "INVALID_ARGS: /: "],
    [
      "a reservation without a size",
      () => new DeviceTree({ reservations: [{ address: 1n, size: 0n }] }),
      "INVALID_ARGS: memory reservation 0",
    ],
  ])("%s", (_, make, message) => {
    expect(() => serializeDeviceTree(make())).toThrow(message);
  });
});
