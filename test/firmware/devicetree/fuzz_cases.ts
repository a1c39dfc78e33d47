/** Files that are nearly device trees, and what must hold of every one of them. */
import {
  applyOverlay,
  type DeviceTree,
  formatDeviceTree,
  memoryOf,
  parseDeviceTree,
  reservedMemoryOf,
  resolveDevices,
  serializeDeviceTree,
  standardOutput,
  translateDmaAddress,
} from "../../../src/firmware/devicetree/index.ts";
import { isStatus } from "../../../src/zx/error.ts";
import { randomStream } from "../../../src/zx/random.ts";
import { tree } from "./support.ts";

/** A board with something of everything. */
const BOARD = serializeDeviceTree(
  tree(
    {
      "#address-cells": 2,
      "#size-cells": 2,
      "interrupt-parent": 1,
      model: "fuzz",
      aliases: { serial0: "/soc/uart@1000" },
      chosen: { "stdout-path": "serial0:115200" },
      __symbols__: { uart: "/soc/uart@1000", soc: "/soc" },
      "memory@0": { device_type: "memory", reg: [0, 0x8000_0000, 0, 0x4000_0000] },
      "reserved-memory": {
        "#address-cells": 2,
        "#size-cells": 2,
        ranges: true,
        pool: { phandle: 4, size: [0, 0x1000] },
      },
      "gic@8000000": {
        phandle: 1,
        compatible: "arm,gic-v3",
        "interrupt-controller": true,
        "#interrupt-cells": 3,
        "#address-cells": 2,
        reg: [0, 0x800_0000, 0, 0x1_0000],
      },
      soc: {
        phandle: 2,
        "#address-cells": 1,
        "#size-cells": 1,
        ranges: [0, 0, 0x1000_0000, 0x100_0000],
        "dma-ranges": true,
        "uart@1000": {
          compatible: ["arm,pl011", "arm,primecell"],
          reg: [0x1000, 0x100, 0x3000, 0x10],
          "reg-names": ["a", "b"],
          interrupts: [0, 5, 4],
          status: "okay",
          "memory-region": [4],
        },
        "gpio@2000": {
          phandle: 3,
          "interrupt-controller": true,
          "#interrupt-cells": 2,
          "interrupts-extended": [1, 1, 2, 8],
        },
      },
      "pcie@40000000": {
        device_type: "pci",
        "#address-cells": 3,
        "#size-cells": 2,
        "#interrupt-cells": 1,
        ranges: [0x200_0000, 0, 0x1000_0000, 0, 0x1000_0000, 0, 0x1000_0000],
        "interrupt-map-mask": [0x1800, 0, 0, 7],
        "interrupt-map": [0, 0, 0, 1, 1, 0, 0, 0, 3, 4, 0x800, 0, 0, 1, 1, 0, 0, 0, 4, 4],
        "nic@1,0": {
          reg: [0x800, 0, 0, 0, 0],
          "assigned-addresses": [0x8200_0810, 0, 0x1000_0000, 0, 0x1000],
          interrupts: [1],
        },
      },
    },
    { reservations: [{ address: 0x8000_0000n, size: 0x1000n }], padding: 8 },
  ),
);
const OVERLAY = serializeDeviceTree(
  tree({
    "fragment@0": {
      target: 0xffff_ffff,
      __overlay__: { clk: { phandle: 1 }, "uart@1000": { clocks: [1, 9], phandle: 2 } },
    },
    "fragment@1": { "target-path": "/soc", __overlay__: { again: { more: [2] } } },
    __symbols__: { clk: "/fragment@0/__overlay__/clk" },
    __fixups__: { soc: "/fragment@0:target:0" },
    __local_fixups__: {
      "fragment@0": { __overlay__: { "uart@1000": { clocks: 0 } } },
      "fragment@1": { __overlay__: { again: { more: 0 } } },
    },
  }),
);

/** Numbers at which something happens. */
const WORDS = [
  0, 1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 255, 256, 0x7fff_ffff, 0x8000_0000, 0xffff_fffe, 0xffff_ffff, 0xd00dfeed,
];

export interface Tally {
  read: number;
  refused: number;
  overlaid: number;
}

/** Files that are nearly device trees, the same ones for the same seed of randomness; `seeds` are what most of them are made of. */
export function* nearlyTrees(
  rounds: number,
  seed: number,
  seeds: readonly Uint8Array[] = [BOARD, OVERLAY],
): Generator<Uint8Array, void, undefined> {
  const random = randomStream(seed, "device trees");
  const below = (limit: number) => Math.floor(random() * limit);
  for (let round = 0; round < rounds; round++)
    yield below(20) === 0 ? randomFile(below) : mutated(seeds[below(seeds.length)]!, below);
}

/** Puts such files to the test. */
export function fuzz(...files: Parameters<typeof nearlyTrees>): Tally {
  const base = parseDeviceTree(BOARD);
  const tally: Tally = { read: 0, refused: 0, overlaid: 0 };
  for (const bytes of nearlyTrees(...files)) {
    try {
      check(bytes, base, tally);
    } catch (error) {
      const which = `file ${tally.read + tally.refused} of seed ${files[1]}`;
      throw new Error(`${which}: ${Buffer.from(bytes).toString("base64")}`, { cause: error });
    }
  }
  return tally;
}

function check(bytes: Uint8Array, base: DeviceTree, tally: Tally): void {
  let read: DeviceTree;
  try {
    read = parseDeviceTree(bytes);
  } catch (error) {
    if (!isStatus(error, "IO_DATA_INTEGRITY") && !isStatus(error, "NOT_SUPPORTED")) throw error;
    if (!/byte 0x[0-9a-f]+: /.test(error.message))
      throw new Error("an error without a place", { cause: error });
    tally.refused++;
    return;
  }
  tally.read++;
  const written = serializeDeviceTree(read);
  // Version 1 has no size of strings, and a list of reservations can be cut short by where it lies.
  if (written.length > 2 * bytes.length + 64) throw new Error("more was written than was read");
  const again = serializeDeviceTree(parseDeviceTree(written));
  if (Buffer.compare(written, again) !== 0) throw new Error("what was written is read as something else");
  if (formatDeviceTree(read).length > 100 * bytes.length) throw new Error("much source text");
  for (const rule of ["spec", "lenient"] as const) {
    for (const { reg, interrupts } of resolveDevices(read, { rule })) {
      for (const one of [...reg, ...interrupts]) {
        if (
          one.kind === "cpu" &&
          !(Number.isSafeInteger(one.base + one.size) && one.size > 0 && one.base >= 0)
        )
          throw new Error("a range that is none");
        if (one.kind === "unresolved" && one.reason === "") throw new Error("no reason");
      }
    }
  }
  standardOutput(read);
  memoryOf(read);
  reservedMemoryOf(read);
  if (read.symbols.size > bytes.length) throw new Error("more symbols than bytes");
  for (const node of read.nodes()) if (node.depth < 5) translateDmaAddress(node, 0x1000n);
  try {
    serializeDeviceTree(applyOverlay(base, read));
    tally.overlaid++;
  } catch (error) {
    if (!isStatus(error, "IO_DATA_INTEGRITY") && !isStatus(error, "NOT_FOUND")) throw error;
  }
}

/** A file with a few words, bytes or stretches changed: mostly in what it says, sometimes in its header, sometimes in its length. */
function mutated(seed: Uint8Array, below: (limit: number) => number): Uint8Array {
  let bytes = seed.slice();
  const view = new DataView(bytes.buffer);
  for (let changes = below(4); changes >= 0; changes--) {
    const at = 4 * below(bytes.length >> 2);
    switch (below(8)) {
      case 0:
        bytes[below(bytes.length)] = below(256);
        break;
      case 1:
        bytes[below(bytes.length)]! ^= 1 << below(8);
        break;
      case 2:
        view.setUint32(
          4 * below(10),
          below(2) === 0 ? WORDS[below(WORDS.length)]! : below(bytes.length + 16),
        );
        break;
      case 3:
        bytes.copyWithin(4 * below(bytes.length >> 2), at, at + 4 * below(16));
        break;
      default:
        if (at >= 56) view.setUint32(at, WORDS[below(WORDS.length)]!);
    }
  }
  if (below(16) === 0) bytes = bytes.slice(0, below(bytes.length + 1));
  return bytes;
}

/** A file with a header that is in order, and a structure of random tokens. */
function randomFile(below: (limit: number) => number): Uint8Array {
  const words: number[] = [1, 0];
  let depth = 1;
  for (let count = below(60); count > 0; count--) {
    const kind = below(6);
    if (kind < 2) {
      words.push(1, ((0x61 + below(26)) << 24) | (below(2) * 0x40_3100));
      depth++;
    } else if (kind === 2 && depth > 1) {
      words.push(2);
      depth--;
    } else if (kind < 5) {
      const length = 4 * below(5);
      words.push(3, length, STRINGS.lastIndexOf("\0", below(STRINGS.length)) + 1);
      for (let i = 0; i < length; i += 4) words.push(WORDS[below(WORDS.length)]!);
    } else words.push(below(50) === 0 ? WORDS[below(WORDS.length)]! : 4);
  }
  for (; depth > 0; depth--) words.push(2);
  words.push(9);
  const bytes = new Uint8Array(56 + 4 * words.length + STRINGS.length);
  const view = new DataView(bytes.buffer);
  const strings = 56 + 4 * words.length;
  for (const [i, word] of [
    0xd00dfeed,
    bytes.length,
    56,
    strings,
    40,
    17,
    16,
    0,
    STRINGS.length,
    4 * words.length,
  ].entries())
    view.setUint32(4 * i, word);
  for (const [i, word] of words.entries()) view.setUint32(56 + 4 * i, word);
  bytes.set(Buffer.from(STRINGS), strings);
  return bytes;
}

const STRINGS = `${[
  "reg",
  "ranges",
  "#address-cells",
  "#size-cells",
  "interrupts",
  "interrupt-parent",
  "#interrupt-cells",
  "interrupt-controller",
  "interrupt-map",
  "interrupt-map-mask",
  "interrupts-extended",
  "phandle",
  "memory-region",
  "compatible",
  "status",
].join("\0")}\0`;
