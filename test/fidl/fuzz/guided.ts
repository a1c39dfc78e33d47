import type { Dice } from "../runtime/random_types.ts";
import { attempt, blame, Handles } from "./attempt.ts";
import type { BlockCoverage, Place } from "./coverage.ts";
import { Mutator } from "./mutator.ts";
import type { Message, Target } from "./targets.ts";

/** So many messages are tried before V8 is asked what they have reached: the fewer, the more there is to find. */
const MIN_BATCH = 512;
const MAX_BATCH = 8192;

export interface Progress {
  readonly attempts: number;
  /** Messages that have reached something that none before them had. */
  readonly found: number;
  /** Characters of code that have run. */
  readonly reached: number;
}

interface Trial {
  readonly target: Target;
  readonly message: Message;
}

/**
 * Fuzzes targets, starting with their seeds: a message that runs code which has not run before becomes a seed itself, so that the
 * next ones go on from there. Ends when `goOn` says so. `guided: false` keeps nothing, for comparison.
 */
export function fuzzGuided(
  targets: readonly Target[],
  dice: Dice,
  coverage: BlockCoverage,
  goOn: (progress: Progress) => boolean,
  guided = true,
): Progress {
  const mutator = new Mutator(dice);
  const handles = new Handles();
  let attempts = 0;
  let found = 0;
  let batch = MIN_BATCH;
  const run = ({ target, message }: Trial) => {
    attempts++;
    blame(target.name, message, () => attempt(target.codec, message, handles));
  };
  for (const target of targets) for (const message of target.seeds) run({ target, message });
  coverage.takeNew();
  for (;;) {
    const progress = { attempts, found, reached: coverage.reached };
    if (!goOn(progress)) return progress;
    const trials = Array.from({ length: batch }, (): Trial => {
      const target = dice.pick(targets);
      const { bytes, handles } = mutator.mutate(dice.pick(target.seeds), dice.pick(target.seeds));
      return { target, message: { bytes: bytes.slice(), handles } };
    });
    for (const trial of trials) run(trial);
    const fresh = coverage.takeNew();
    batch = fresh.length === 0 ? Math.min(MAX_BATCH, 2 * batch) : Math.max(MIN_BATCH, batch >> 1);
    if (fresh.length === 0 || !guided) continue;
    for (const { target, message } of reachers(trials, fresh, run, coverage)) {
      target.seeds.push(message);
      found++;
    }
  }
}

/** Which of the trials reach places: halves are run again, until it is clear. */
function reachers(
  trials: readonly Trial[],
  places: readonly Place[],
  run: (trial: Trial) => void,
  coverage: BlockCoverage,
): Trial[] {
  if (trials.length === 1) return [...trials];
  const found: Trial[] = [];
  let missing = places;
  const middle = trials.length >> 1;
  for (const half of [trials.slice(0, middle), trials.slice(middle)]) {
    coverage.take();
    for (const trial of half) run(trial);
    coverage.take();
    const reached = missing.filter((place) => coverage.hasRun(place));
    if (reached.length === 0) continue;
    missing = missing.filter((place) => !reached.includes(place));
    found.push(...reachers(half, reached, run, coverage));
  }
  return found;
}
