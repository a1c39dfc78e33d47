import { describe, expect, test } from "vitest";
import { randomStream } from "../../src/zx/random.ts";

const take = (stream: () => number) => Array.from({ length: 1000 }, stream);

describe("a random stream", () => {
  test("is the same for the same seed and name, and another for another", () => {
    const first = take(randomStream(1, "00:01.0 edu"));
    expect(take(randomStream(1, "00:01.0 edu"))).toEqual(first);
    expect(take(randomStream(2, "00:01.0 edu"))).not.toEqual(first);
    expect(take(randomStream(1, "00:02.0 edu"))).not.toEqual(first);
  });

  test("is spread evenly over [0, 1)", () => {
    const counts = new Array<number>(10).fill(0);
    for (const value of take(randomStream(7, "x"))) counts[Math.floor(value * 10)]!++;
    for (const count of counts) expect(count).toBeGreaterThan(60);
    expect(counts).toHaveLength(10);
  });
});
