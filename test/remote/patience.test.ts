import { expect, test } from "vitest";
import { Patience } from "../../src/remote/patience.ts";

/** Of 64 times, how often there is a stay; each ends as it says. */
function stays(patience: Patience, comes: boolean): number {
  let stays = 0;
  for (let i = 0; i < 64; i++) {
    if (!patience.stays()) continue;
    stays++;
    if (comes) patience.rewarded();
    else patience.disappointed();
  }
  return stays;
}

test("who is always rewarded always stays", () => {
  expect(stays(new Patience(), true)).toBe(64);
});

test("one disappointment now and then proves nothing", () => {
  const patience = new Patience();
  for (let i = 0; i < 100; i++) {
    patience.disappointed();
    expect(patience.stays()).toBe(true);
    patience.rewarded();
  }
});

test("who waits in vain again and again leaves at once, but tries again once in a while", () => {
  const patience = new Patience();
  expect(stays(patience, false)).toBeLessThan(8);
  expect(stays(patience, false)).toBe(2);
});

test("one try that is rewarded gives the patience back", () => {
  const patience = new Patience();
  stays(patience, false);
  while (!patience.stays());
  patience.rewarded();
  expect(stays(patience, true)).toBe(64);
});

test("patience that has first to be won is won by the first try", () => {
  const patience = new Patience("none");
  expect(patience.stays()).toBe(false);
  while (!patience.stays());
  patience.rewarded();
  expect(stays(patience, true)).toBe(64);
});
