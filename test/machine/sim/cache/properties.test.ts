/** Random programs against what every byte should be, with every kind of eviction and prefetch. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  bytesOf,
  LINE,
  MOST_STEPS,
  OneMemory,
  type Path,
  Runner,
  type Step,
  step,
} from "../../../support/cache_programs.ts";

/** Seeds that are tried until a report proves to be right. */
const MOST_SEEDS = 20_000;

const programs = fc.array(step, { minLength: 1, maxLength: MOST_STEPS });

/** The rules of a write-back cache that never evicts and never prefetches, a line at a time. */
class LineByLine {
  readonly memory = new Uint8Array(4 * LINE);
  readonly lines = new Map<number, { readonly bytes: Uint8Array; dirty: boolean }>();

  run(step: Step, bytes: Uint8Array): number[] | undefined {
    const result: number[] = [];
    for (let i = 0; i < step.size; i++) {
      const at = step.at + i;
      const line = Math.floor(at / LINE);
      if (step.do === "read" || step.do === "load") result.push(this.#read(step.path, line, at));
      else if (step.do === "write" || step.do === "store") this.#write(step.path, line, at, bytes[i]!);
      else if (i === 0 || at % LINE === 0) this.#maintain(step.do, line);
    }
    return result.length > 0 ? result : undefined;
  }

  #fetch(line: number) {
    const known = this.lines.get(line);
    if (known !== undefined) return known;
    const fetched = { bytes: this.memory.slice(line * LINE, (line + 1) * LINE), dirty: false };
    this.lines.set(line, fetched);
    return fetched;
  }

  #read(path: Path, line: number, at: number): number {
    if (path === "cached") return this.#fetch(line).bytes[at % LINE]!;
    const known = path === "coherent device" ? this.lines.get(line) : undefined;
    return known === undefined ? this.memory[at]! : known.bytes[at % LINE]!;
  }

  #write(path: Path, line: number, at: number, value: number): void {
    if (path === "cached") {
      const fetched = this.#fetch(line);
      fetched.bytes[at % LINE] = value;
      fetched.dirty = true;
      return;
    }
    if (path === "coherent device") this.#maintain("cleanInvalidate", line);
    this.memory[at] = value;
  }

  #maintain(operation: string, line: number): void {
    const known = this.lines.get(line);
    if (known === undefined || operation === "sync") return;
    if (operation !== "invalidate" && known.dirty) {
      this.memory.set(known.bytes, line * LINE);
      known.dirty = false;
    }
    if (operation !== "clean") this.lines.delete(line);
  }
}

/** The step at which the sanitizer first had something to tell, and what the steps up to it read. */
function runUntilReport(program: readonly Step[], seed: number) {
  // Small caches and such as never run full, busy and idle ones.
  const chance = [0, 0.02, 0.2, 0.4][seed % 4]!;
  const shape = seed % 8 < 4 ? { sets: 2, ways: 1 } : { sets: 8, ways: 2 };
  const runner = new Runner(seed, { sanitizer: "report", evictions: chance, prefetches: chance, ...shape });
  const truth = new OneMemory();
  for (const [index, step] of program.entries()) {
    const bytes = bytesOf(index, step.size);
    const seen = runner.run(step, bytes);
    if (step.do === "write" || step.do === "store") truth.write(step.at, bytes);
    const isRight = seen === undefined || seen.every((byte, i) => byte === truth.bytes[step.at + i]);
    const [report] = runner.cache.sanitizer!.reports;
    if (report !== undefined) return { index, step, isRight, report };
    if (!isRight) return { index, step, isRight, report: undefined };
  }
  return undefined;
}

describe("a cache, whatever the program", () => {
  test("is a write-back cache that allocates on writes, where it neither evicts nor prefetches", () => {
    fc.assert(
      fc.property(programs, (program) => {
        const runner = new Runner(1, { evictions: 0, prefetches: 0 });
        const model = new LineByLine();
        for (const [index, step] of program.entries()) {
          const bytes = bytesOf(index, step.size);
          expect(runner.run(step, bytes)).toEqual(model.run(step, bytes));
        }
      }),
      { numRuns: 1000 },
    );
  });

  test("gives wrong values only to accesses that the sanitizer tells of, or after one of which it has told", () => {
    fc.assert(
      fc.property(programs, fc.nat(), (program, seed) => {
        const end = runUntilReport(program, seed);
        if (end !== undefined) expect(end.report).toBeDefined();
      }),
      { numRuns: 5000 },
    );
  });

  test("gives a wrong value, with one seed or another, to each access that the sanitizer tells of first", () => {
    let told = 0;
    fc.assert(
      fc.property(programs, fc.nat(), (program, seed) => {
        const end = runUntilReport(program, seed);
        if (end === undefined) return;
        told++;
        // What the report says of this run is true of it, and every seed tells of the same access.
        expect(end.report!.wrongThisTime).toBe(!end.isRight);
        let isWrongSometimes = false;
        for (let other = 0; other < MOST_SEEDS && (other < 50 || !isWrongSometimes); other++) {
          const again = runUntilReport(program, other);
          expect(again?.index).toBe(end.index);
          if (!again!.isRight) isWrongSometimes = true;
        }
        expect(isWrongSometimes).toBe(true);
      }),
      // Some schedules are rare, so which programs are tried is not left to chance.
      { numRuns: 1000, seed: 6 },
    );
    expect(told).toBeGreaterThan(100);
  });
});
