/**
 * What an access costs through lib/mmio, beside every other way to make one. Each row is a ratio: the median of rounds, in each
 * of which every row runs once, alone in a process.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { median } from "./support.ts";

const ROUNDS = 5;

interface Row {
  readonly label: string;
  /** A row of access_rows.ts, or one that begins with `C `: an argument of the C program. */
  readonly subject: string;
  readonly baseline: string;
  readonly aim?: number;
}

const WASM = "a bare call of the Wasm export";
const groups: { title: string; rows: readonly Row[] }[] = [
  {
    title: `read32 of RAM, as a multiple of ${WASM}`,
    rows: [
      { label: "C volatile", subject: "C read", baseline: "Wasm read" },
      { label: "Uint32Array element", subject: "typed array read", baseline: "Wasm read" },
      { label: "Atomics.load", subject: "Atomics read", baseline: "Wasm read" },
      { label: "koffi call", subject: "koffi read", baseline: "Wasm read" },
      { label: "MmioBuffer, native", subject: "native read", baseline: "Wasm read", aim: 1.3 },
      {
        label: "MmioBuffer, native, after six other kinds",
        subject: "native read after others",
        baseline: "Wasm read",
      },
      { label: "MmioBuffer, portable", subject: "portable read", baseline: "Wasm read" },
    ],
  },
  {
    title: `write32 to RAM, as a multiple of ${WASM} (store and barrier)`,
    rows: [
      { label: "C volatile, without a barrier", subject: "C write", baseline: "Wasm write" },
      { label: "C volatile, with a barrier", subject: "C barrier", baseline: "Wasm write" },
      {
        label: "Uint32Array element, without a barrier",
        subject: "typed array write",
        baseline: "Wasm write",
      },
      { label: "Atomics.store", subject: "Atomics write", baseline: "Wasm write" },
      { label: "koffi call", subject: "koffi write", baseline: "Wasm write" },
      { label: "MmioBuffer, native", subject: "native write", baseline: "Wasm write", aim: 1.3 },
      { label: "MmioBuffer, portable", subject: "portable write", baseline: "Wasm write" },
    ],
  },
  {
    title: "a field of a register, as a multiple of the read of that register",
    rows: [
      { label: "native", subject: "native field", baseline: "native one", aim: 2 },
      {
        label: "native, after six other kinds",
        subject: "native field after others",
        baseline: "native one",
      },
      { label: "portable", subject: "portable field", baseline: "portable one", aim: 2 },
    ],
  },
  {
    title: "edu on sim-x64 through an MmioBuffer, as a multiple of a direct call of the model's method",
    rows: [
      { label: "read32 as the machine makes it", subject: "machine read", baseline: "model read" },
      { label: "read32", subject: "sim read", baseline: "model read", aim: 2 },
      { label: "read32, after six other kinds", subject: "sim read after others", baseline: "model read" },
      { label: "write32 as the machine makes it", subject: "machine write", baseline: "model write" },
      { label: "write32", subject: "sim write", baseline: "model write", aim: 2 },
    ],
  },
];

const C_SOURCE = `
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static volatile uint32_t words[8];

uint32_t bench_read(uint32_t index) { return words[index]; }
void bench_write(uint32_t index, uint32_t value) { words[index] = value; }

int main(int argc, char **argv) {
  const uint32_t times = 20000000;
  const char *what = argc > 1 ? argv[1] : "read";
  uint32_t sum = 0;
  double best = 1e9;
  for (int round = 0; round < 7; round++) {
    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    if (!strcmp(what, "read")) for (uint32_t i = 0; i < times; i++) sum += words[i & 7];
    else if (!strcmp(what, "write")) for (uint32_t i = 0; i < times; i++) words[i & 7] = i;
    else for (uint32_t i = 0; i < times; i++) { words[i & 7] = i; __sync_synchronize(); }
    clock_gettime(CLOCK_MONOTONIC, &end);
    const double ns = ((end.tv_sec - start.tv_sec) * 1e9 + (end.tv_nsec - start.tv_nsec)) / times;
    if (ns < best) best = ns;
  }
  printf("%f\\n", best);
  return sum == 1;
}
`;

export async function run(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "zirconia-access-"));
  try {
    const skipped = compile(folder);
    const times = measure(folder, skipped);
    for (const { title, rows } of groups) {
      console.log(`\n${title}`);
      for (const row of rows) console.log(`  ${row.label.padEnd(44)}${result(row, times, skipped)}`);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Compiles the C rows; returns why rows cannot run. */
function compile(folder: string): Map<string, string> {
  const source = join(folder, "access.c");
  writeFileSync(source, C_SOURCE);
  const cc = (...args: string[]) =>
    spawnSync("cc", ["-O2", source, ...args], { stdio: "ignore" }).status === 0;
  const compiled =
    cc("-o", join(folder, "access")) && cc("-shared", "-fPIC", "-o", join(folder, "access.so"));
  const reason = "skipped: no C compiler (cc)";
  return new Map(
    compiled
      ? []
      : ["C read", "C write", "C barrier", "koffi read", "koffi write"].map((row) => [row, reason]),
  );
}

/** Nanoseconds per access, for each row and round. Rows that cannot run here are put into `skipped`. */
function measure(folder: string, skipped: Map<string, string>): ReadonlyMap<string, readonly number[]> {
  const subjects = groups.flatMap(({ rows }) => rows.flatMap(({ subject, baseline }) => [baseline, subject]));
  const times = new Map([...new Set(subjects)].map((row) => [row, [] as number[]]));
  const self = fileURLToPath(import.meta.url);
  const program = join(self, `../access_rows${extname(self)}`);
  for (let round = 1; round <= ROUNDS; round++) {
    process.stderr.write(`round ${round} of ${ROUNDS}\n`);
    for (const [row, list] of times) {
      if (skipped.has(row)) continue;
      const [command, ...args] = row.startsWith("C ")
        ? [join(folder, "access"), row.slice(2)]
        : [process.execPath, program, row, join(folder, "access.so")];
      const { status, stdout, stderr } = spawnSync(command!, args, { encoding: "utf8" });
      if (status === 0) list.push(Number(stdout));
      else
        skipped.set(
          row,
          `skipped: ${stderr.split("\n").find((line) => /error/i.test(line)) ?? `exit code ${status}`}`,
        );
    }
  }
  return times;
}

function result(
  row: Row,
  times: ReadonlyMap<string, readonly number[]>,
  skipped: ReadonlyMap<string, string>,
): string {
  const reason = skipped.get(row.subject) ?? skipped.get(row.baseline);
  if (reason !== undefined) return reason;
  // Both ran in each round: what else the computer did then falls on both.
  const ratio = median(times.get(row.subject)!.map((time, round) => time / times.get(row.baseline)![round]!));
  return `${ratio.toFixed(2).padStart(7)} x${row.aim === undefined ? "" : `   (aim: at most ${row.aim})`}`;
}
