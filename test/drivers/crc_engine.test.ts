import { crc32 } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createSimArm64 } from "../../src/boards/sim_arm64.ts";
import { builtinDrivers } from "../../src/cli/builtin_drivers.ts";
import { Engine, type EngineClient } from "../../src/fidl/zirconia.crc.ts";
import type { Node } from "../../src/framework/node.ts";
import { System } from "../../src/framework/system.ts";
import { randomStream } from "../../src/zx/random.ts";

let system: System;
let node: Node;
let engine: EngineClient;

beforeEach(async () => {
  const machine = createSimArm64({ devices: [] });
  system = await System.boot({ machine, drivers: builtinDrivers, addressSpace: "portable" });
  node = [...system.manager.root.walk()].find(({ driver }) => driver?.name === "crc-engine")!;
  engine = system.connect(node.moniker, Engine);
});

afterEach(() => system.stop());

test("The CRC engine's driver maps two regions, each from its own VMO and at its offset in the page", () => {
  const { memory } = node.running!;
  expect(memory.map(({ name, vmoOffset, size }) => [name, vmoOffset, size])).toEqual([
    ["crc-50400 control", 0x400, 0x100],
    ["crc-50400 buffer", 0x800, 0x400],
  ]);
  expect(memory[0]!.vmoKoid).not.toBe(memory[1]!.vmoKoid);
  expect(memory.map(({ vmoKoid }) => system.kernel.vmo(vmoKoid)!.physicalBase)).toEqual([
    0x0905_0000, 0x0905_1000,
  ]);
});

test("The CRC engine computes CRC-32, as zlib does", async () => {
  const random = randomStream(1, "crc");
  for (const length of [0, 1, 3, 4, 255, 1023, 1024]) {
    const data = Uint8Array.from({ length }, () => random() * 256);
    expect(await engine.compute(data)).toBe(crc32(data));
  }
});

test("The CRC engine takes calls that come at once in turn", async () => {
  const texts = ["a", "bc", "def"].map((text) => new TextEncoder().encode(text));
  expect(await Promise.all(texts.map((text) => engine.compute(text)))).toEqual(
    texts.map((text) => crc32(text)),
  );
});
