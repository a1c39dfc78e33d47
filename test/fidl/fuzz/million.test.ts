/** Messages that nobody has made properly: a million of them, the same ones each time. */
import { expect, test } from "vitest";
import { Dice } from "../runtime/random_types.ts";
import { attempt, blame, Handles } from "./attempt.ts";
import { Mutator } from "./mutator.ts";
import { ownTargets, randomTargets, seeded, type Target } from "./targets.ts";

const dice = new Dice(0x2f1d1);
const mutator = new Mutator(dice);

/** Decodes `count` mutants of the targets' messages, `random` of ten of them random from the first byte. */
function fuzz(targets: readonly Target[], count: number, random: number) {
  const handles = new Handles();
  const outcomes = { understood: 0, refused: 0 };
  const limit = Error.stackTraceLimit;
  // Most of these are refused, and an error's stack costs more than the decoding.
  Error.stackTraceLimit = 0;
  try {
    for (let i = 0; i < count; i++) {
      const { name, codec, seeds } = targets[i % targets.length]!;
      const message =
        dice.below(10) < random ? mutator.random() : mutator.mutate(dice.pick(seeds), dice.pick(seeds));
      const understood = blame(name, message, () => attempt(codec, message, handles));
      outcomes[understood ? "understood" : "refused"]++;
    }
  } finally {
    Error.stackTraceLimit = limit;
  }
  return outcomes;
}

test("700,000 messages of our own libraries' types are refused or understood, without a handle lost", async () => {
  const targets = seeded(dice, await ownTargets(), 8);
  expect(targets.length).toBeGreaterThan(150);
  const { understood, refused } = fuzz(targets, 700_000, 1);
  expect(understood).toBeGreaterThan(50_000);
  expect(refused).toBeGreaterThan(300_000);
});

test("300,000 messages of 600 random types, likewise", () => {
  const { understood, refused } = fuzz(seeded(dice, randomTargets(dice, 600), 6), 300_000, 2);
  expect(understood).toBeGreaterThan(20_000);
  expect(refused).toBeGreaterThan(100_000);
});
