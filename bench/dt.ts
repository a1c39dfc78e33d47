/** Device trees of real boards, read and resolved in this process, beside a process of dtc for each, which reads and writes it. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseDeviceTree, resolveDevices, serializeDeviceTree } from "../src/firmware/devicetree/index.ts";
import { median } from "./support.ts";

/** Beside the project's folder; the benchmark is compiled into a folder of it. */
const CORPUS = fileURLToPath(new URL("../../../shared/corpus/dtb/", import.meta.url));
const ROUNDS = 7;

export async function run(): Promise<void> {
  if (!existsSync(CORPUS)) return console.log("skipped: no ../shared/corpus/dtb");
  const files = readdirSync(CORPUS)
    .filter((name) => name.endsWith(".dtb"))
    .map((name) => join(CORPUS, name));
  if (spawnSync("dtc", ["--version"]).status !== 0)
    return console.log("skipped: apt-get install device-tree-compiler");

  const dtc = (file: string) =>
    void spawnSync("dtc", ["-q", "-I", "dtb", "-O", "dtb", "-o", "/dev/null", file]);
  const rows: readonly (readonly [string, (file: string) => void])[] = [
    ["parse and resolve", (file) => void resolveDevices(parseDeviceTree(readFileSync(file)))],
    ["parse and write", (file) => void serializeDeviceTree(parseDeviceTree(readFileSync(file)))],
  ];
  // The first round is a row of its own: it is what a command that looks at a few files gets.
  for (const [name, act] of rows) {
    const ratios: number[] = [];
    for (let round = 0; round <= ROUNDS; round++) {
      const ours = timeOf(files, act);
      ratios.push(timeOf(files, dtc) / ours);
    }
    const [first, ...others] = ratios;
    console.log(
      `${name.padEnd(18)} ${files.length} files: ${median(others).toFixed(1)} times as fast as dtc, ${first!.toFixed(1)} times in the first round`,
    );
  }
}

/** Milliseconds for all files. */
function timeOf(files: readonly string[], act: (file: string) => void): number {
  const start = performance.now();
  for (const file of files) act(file);
  return performance.now() - start;
}
