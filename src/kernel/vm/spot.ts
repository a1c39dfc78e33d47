/** Where a mapping or region goes whose caller does not say where. */
import type { Interval, IntervalTree } from "./interval_tree.ts";

/** Positions beyond the first 2^30 are not candidates, as in Zircon. */
const POSITIONS = 2 ** 30;
/** A COMPACT region starts at one of the first 2^8 positions and keeps its children together behind it. */
const COMPACT_POSITIONS = 2 ** 8;
const TRIES = 8;

export interface Space {
  readonly tree: IntervalTree<Interval>;
  readonly base: number;
  /** Nothing may end beyond it. */
  readonly limit: number;
  readonly compact: boolean;
}

/**
 * An address with `size` free bytes, a multiple of `alignment`; -1 if there is none. The lowest one without `random`; else
 * one of all candidates with equal probability while there is room (a random position is tried a few times), and in
 * crowded regions the first that fits behind a random position.
 */
export function findSpot(
  space: Space,
  size: number,
  alignment: number,
  random: (() => number) | undefined,
): number {
  const { tree, base, limit, compact } = space;
  if (random === undefined) return tree.lowestFit(size, alignment, base, limit);
  const rest = base % alignment;
  const lowest = rest === 0 ? base : base - rest + alignment;
  const positions = Math.floor((limit - size - lowest) / alignment) + 1;
  if (positions <= 0) return -1;
  if (compact) {
    const first =
      tree.count === 0
        ? lowest + pick(random, Math.min(positions, COMPACT_POSITIONS)) * alignment
        : tree.lowestBase();
    const near = tree.lowestFit(size, alignment, first, limit);
    return near >= 0 ? near : tree.lowestFit(size, alignment, base, limit);
  }
  let address = lowest;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    address = lowest + pick(random, Math.min(positions, POSITIONS)) * alignment;
    if (tree.isFree(address, address + size)) return address;
  }
  const behind = tree.lowestFit(size, alignment, address, limit);
  return behind >= 0 ? behind : tree.lowestFit(size, alignment, base, limit);
}

function pick(random: () => number, positions: number): number {
  return Math.floor(random() * positions);
}
