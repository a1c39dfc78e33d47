/** `zirconia boot` of sim-x64 as a whole process, beside the start of an empty Node process. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { median } from "./support.ts";

const ROUNDS = 15;
const CLI = fileURLToPath(new URL("../../dist/bin/zirconia.js", import.meta.url));

export async function run(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "zirconia-bench-"));
  const empty = join(folder, "empty.mjs");
  writeFileSync(empty, "");
  const cases = {
    "empty Node process": [empty],
    "zirconia boot (sim-x64, worker hosts)": [CLI, "boot"],
    "zirconia boot --hosts in-thread": [CLI, "boot", "--hosts", "in-thread"],
    "the same, --address-space portable": [
      ...[CLI, "boot", "--hosts", "in-thread", "--address-space", "portable"],
    ],
  };
  const times = new Map<string, number[]>(Object.keys(cases).map((name) => [name, []]));
  try {
    for (let round = 0; round < ROUNDS; round++) {
      for (const [name, args] of Object.entries(cases)) times.get(name)!.push(timeProcess(args));
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  const baseline = median(times.get("empty Node process")!);
  for (const [name, list] of times) {
    console.log(`${name.padEnd(42)} ${(median(list) / baseline).toFixed(2)} x an empty Node process`);
  }
}

/** Milliseconds from spawn to exit. */
function timeProcess(args: readonly string[]): number {
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${args.join(" ")} exited with ${status}: ${stderr}`);
  return performance.now() - start;
}
