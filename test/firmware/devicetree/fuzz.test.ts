/** `ZIRCONIA_FUZZ_ROUNDS=10000000 npx vitest run test/firmware/devicetree/fuzz.test.ts` for a longer run, `_SEED` for another one. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import {
  type DeviceTree,
  parseDeviceTree,
  resolveDevices,
  serializeDeviceTree,
} from "../../../src/firmware/devicetree/index.ts";
import { fuzz, nearlyTrees } from "./fuzz_cases.ts";
import { corpus, describeWithCorpus, describeWithDtc, dtc, tree } from "./support.ts";

const ROUNDS = Number(process.env.ZIRCONIA_FUZZ_ROUNDS ?? 100_000);
const SEED = Number(process.env.ZIRCONIA_FUZZ_SEED ?? 1);

test(`${ROUNDS} files that are nearly device trees are read or refused with a place, and whatever is read is dealt with`, () => {
  const { read, refused, overlaid } = fuzz(ROUNDS, SEED);
  expect(read + refused).toBe(ROUNDS);
  // Both happen often, or this would be about one of them only.
  expect(Math.min(read, refused)).toBeGreaterThan(ROUNDS / 10);
  expect(overlaid).toBeGreaterThan(ROUNDS / 100);
});

describeWithDtc("beside dtc", () => {
  test("what is read is read as dtc reads it, when that is forced to", () => {
    let count = 0;
    for (const bytes of nearlyTrees(1000, SEED)) {
      const read = parsed(bytes);
      if (read === undefined) continue;
      count++;
      const options = ["-f", "-V", String(read.version), "-p", String(read.padding)];
      const theirs = dtcOrCrash(bytes, options);
      if (theirs !== undefined) expect(Buffer.compare(serializeDeviceTree(read), theirs)).toBe(0);
    }
    expect(count).toBeGreaterThan(100);
  });

  function parsed(bytes: Uint8Array): DeviceTree | undefined {
    try {
      return parseDeviceTree(bytes);
    } catch {
      return undefined;
    }
  }

  /** Nothing where dtc gives up on one of its own assertions, as it does about a phandle that is no cell. */
  function dtcOrCrash(bytes: Uint8Array, options: readonly string[]): Buffer | undefined {
    try {
      return dtc("dtb", "dtb", bytes, ...options);
    } catch (error) {
      if (String(error).includes("Assertion")) return undefined;
      throw error;
    }
  }
});

describeWithCorpus("trees of real boards with changes", () => {
  test("are dealt with, too", () => {
    const seeds = corpus.map(({ read }) => new Uint8Array(read()));
    const { read } = fuzz(2000, SEED, seeds);
    expect(read).toBeGreaterThan(200);
  });
});

describe("memory that a tree takes is a small multiple of its file", () => {
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc") as () => void;

  function bytesOf<T>(make: () => T): number {
    gc();
    const before = process.memoryUsage().heapUsed;
    const made = make();
    gc();
    const after = process.memoryUsage().heapUsed;
    expect(made).toBeDefined();
    return after - before;
  }

  const wide = tree({});
  for (let i = 0; i < 60_000; i++) wide.root.addNode(i.toString(36));
  const deep = tree({});
  for (let i = 0, node = deep.root; i < 60_000; i++) node = node.addNode("n");
  const full = tree({});
  for (let i = 0; i < 60_000; i++) full.root.setProperty(i.toString(36), new Uint8Array());
  const shapes: Readonly<Record<string, DeviceTree>> = {
    "of many nodes": wide,
    "of nested nodes": deep,
    "of properties": full,
  };

  test.each(Object.entries(shapes))("%s", (_, shape) => {
    const bytes = serializeDeviceTree(shape);
    expect(bytes.length).toBeGreaterThan(700_000);
    expect(bytesOf(() => parseDeviceTree(bytes)) / bytes.length).toBeLessThan(30);
  });

  test("and so it is when its devices are resolved", () => {
    const bytes = serializeDeviceTree(wide);
    expect(bytesOf(() => resolveDevices(parseDeviceTree(bytes))) / bytes.length).toBeLessThan(60);
  });

  test("where properties have the ends of each other's names", () => {
    const names = Array.from({ length: 255 }, (__, i) => "p".repeat(255 - i));
    const bytes = serializeDeviceTree(tree(Object.fromEntries(names.map((name) => [name, true]))));
    // They share the bytes of the longest.
    expect(bytes.length).toBe(56 + 8 + 255 * 12 + 8 + 256);
    expect([...parseDeviceTree(bytes).root.properties.keys()]).toEqual(names);
  });

  test("also where each of many addresses goes through many buses: beyond a million, no more are followed", () => {
    const board = tree({});
    const CELL_1 = Uint8Array.of(0, 0, 0, 1);
    let bus = board.root;
    for (let depth = 0; depth < 60; depth++) {
      bus = bus.addNode("bus");
      for (const name of ["#address-cells", "#size-cells"]) bus.setProperty(name, CELL_1);
      bus.setProperty("ranges", new Uint8Array());
    }
    for (let i = 0; i < 60; i++) bus.addNode(`dev@${i}`).setProperty("reg", new Uint8Array(8 * 1024).fill(1));
    const devices = resolveDevices(board).filter(({ name }) => name.startsWith("dev@"));
    const hops = devices.flatMap(({ reg }) => reg).reduce((sum, reg) => sum + reg.hops.length, 0);
    expect(hops).toBeGreaterThanOrEqual(1_000_000);
    expect(hops).toBeLessThan(1_000_000 + 60 * 1024);
    expect(devices.at(-1)).toMatchObject({
      reg: [],
      problems: ["of reg, not more than 0 entries are resolved"],
    });
  });
});
