/**
 * What the kernel's memory costs. Each figure is the median of rounds, in each of which a row and its baseline run one after
 * the other in the same process.
 */
import { execFileSync } from "node:child_process";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadLibc } from "../src/native/libc.ts";
import { median } from "./support.ts";

/** Nanoseconds per operation, for each row and round of a case. */
type Times = Readonly<Record<string, readonly number[]>>;

interface Row {
  readonly label: string;
  readonly row: string;
  readonly aim?: number;
}

interface Group {
  readonly title: string;
  /** A case of kernel_rows.ts, and its row that the others are measured against. */
  readonly name: string;
  readonly baseline: string;
  readonly rows: readonly Row[];
}

const GROUPS: readonly Group[] = [
  {
    title: "map and unmap of one page, native, as a multiple of mmap and munmap through the same FFI",
    name: "native map",
    baseline: "mmap and munmap",
    rows: [
      { label: "mmap twice, in the middle of a reservation", row: "mmap twice in a reservation" },
      { label: "vmar_map with MAP_RANGE, vmar_unmap", row: "map with MAP_RANGE and unmap", aim: 2 },
      { label: "vmar_map, page fault, vmar_unmap", row: "map, fault and unmap" },
      { label: "vmar_map, vmar_unmap: nothing is accessed", row: "map and unmap" },
    ],
  },
  {
    title: "map and unmap of one page, portable, as a multiple of a set and a delete in a Map of 1000",
    name: "portable map",
    baseline: "Map set and delete beside 1000",
    rows: [
      { label: "vmar_map, vmar_unmap", row: "map and unmap", aim: 20 },
      { label: "vmar_map, page fault, vmar_unmap", row: "map, fault and unmap" },
      { label: "set and delete in an empty Map", row: "Map set and delete" },
    ],
  },
  ...(["portable", "native"] as const).map((space): Group => {
    return {
      title: `64 KiB, RAM of the ${space} address space, as a multiple of TypedArray.set`,
      name: `${space} read`,
      baseline: "TypedArray.set",
      rows: [
        { label: "vmo_read", row: "vmo_read", aim: 1.5 },
        { label: "vmo_write", row: "vmo_write" },
      ],
    };
  }),
];

const CURVE: readonly { readonly label: string; readonly row: string }[] = [
  { label: "vmar_map", row: "map" },
  { label: "look-up: page fault of a load", row: "fault" },
  { label: "look-up: window, and its release", row: "window" },
  { label: "vmar_unmap", row: "unmap" },
  { label: "get from a Map of as many objects", row: "Map" },
];

export async function run(): Promise<void> {
  const noNative = await loadLibc().then(
    () => undefined,
    (error: Error) => error.message,
  );
  for (const { title, name, baseline, rows } of GROUPS) {
    console.log(`\n${title}`);
    if (noNative !== undefined && name.startsWith("native ")) {
      console.log(`  skipped: ${noNative}`);
      continue;
    }
    const times = measure(name);
    for (const { label, row, aim } of rows) {
      const ratio = ratioOf(times[row]!, times[baseline]!);
      const wanted = aim === undefined ? "" : `   (aim: at most ${aim})`;
      console.log(`  ${label.padEnd(44)}${ratio.toFixed(2).padStart(7)} x${wanted}`);
    }
  }
  printCurve(measure("curve"));
}

/** With O(log n) the time grows as the logarithm does; what grows beside it is what the processor's caches do not hold. */
function printCurve(times: Times): void {
  const populations = Object.keys(times).flatMap((row) =>
    row.startsWith("map ") ? Number(row.slice(4)) : [],
  );
  const first = populations[0]!;
  const line = (label: string, cell: (population: number) => string) =>
    console.log(`  ${label.padEnd(38)}${populations.map((n) => cell(n).padStart(10)).join("")}`);
  console.log(`\nlive mappings in one VMAR, portable: an operation as a multiple of the same with ${first}`);
  line("", String);
  line("log n", (n) => (Math.log(n) / Math.log(first)).toFixed(2));
  for (const { label, row } of CURVE)
    line(label, (n) => ratioOf(times[`${row} ${n}`]!, times[`${row} ${first}`]!).toFixed(2));
}

function measure(name: string): Times {
  process.stderr.write(`measuring: ${name}\n`);
  const self = fileURLToPath(import.meta.url);
  const program = join(self, `../kernel_rows${extname(self)}`);
  const output = execFileSync(process.execPath, [...process.execArgv, program, name], { encoding: "utf8" });
  return JSON.parse(output);
}

function ratioOf(times: readonly number[], baseline: readonly number[]): number {
  return median(times.map((time, round) => time / baseline[round]!));
}
