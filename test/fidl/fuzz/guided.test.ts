/**
 * Coverage-guided fuzzing: short here, as long as one likes with `npm run fuzz -- fidl --seconds 600 --seed 7`.
 */
import { expect, test } from "vitest";
import { Dice } from "../runtime/random_types.ts";
import { BlockCoverage } from "./coverage.ts";
import { fuzzGuided, type Progress } from "./guided.ts";
import { ownTargets, seeded } from "./targets.ts";

const seconds = Number(process.env.ZIRCONIA_FUZZ_SECONDS ?? 0);
const seed = Number(process.env.ZIRCONIA_FUZZ_SEED ?? 7);

/** Enough to find its way from zeros to most of what there is. */
const ATTEMPTS = 60_000;
/** Between two lines of a report, in milliseconds. */
const INTERVAL = 5000;

// V8 counts blocks of functions that it compiles while it is asked to: modules are loaded before, and nothing is decoded.
test("mutants that reach new code are kept, and lead to more of it; none does harm", async () => {
  const dice = new Dice(seed);
  const types = await ownTargets();
  using coverage = new BlockCoverage("/src/fidl/");
  const targets = seeded(dice, types, seconds > 0 ? 8 : 0);
  const end = Date.now() + 1000 * seconds;
  let first: Progress | undefined;
  let next = 0;
  const goOn = (progress: Progress) => {
    first ??= progress;
    if (seconds === 0) return progress.attempts < ATTEMPTS;
    if (Date.now() >= next) console.log(line(progress));
    if (Date.now() >= next) next = Date.now() + INTERVAL;
    return Date.now() < end;
  };
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    const last = fuzzGuided(targets, dice, coverage, goOn);
    if (seconds > 0) console.log(line(last));
    else expect(last.found).toBeGreaterThan(50);
    expect(last.reached).toBeGreaterThan(seconds > 0 ? 0 : 1.5 * first!.reached);
  } finally {
    Error.stackTraceLimit = limit;
  }
});

function line({ attempts, found, reached }: Progress): string {
  return `${attempts} messages, ${found} kept, ${reached} characters of code reached`;
}
