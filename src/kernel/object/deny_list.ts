import type { Machine } from "../../machine/machine.ts";
import { roundDown, roundUp } from "../../zx/pages.ts";
import type { Region } from "./resource_spaces.ts";

/**
 * Physical pages that no root resource gives out: RAM, except what firmware keeps for itself (its tables are read
 * through physical VMOs), and what the machine keeps for the kernel (interrupt controllers, IOMMUs).
 */
export class DenyList {
  readonly #machine: Machine;

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  /** What of it shares a page with `wanted`: `"RAM"`, `"the kernel's devices"`; undefined if nothing does. */
  find(wanted: Region): string | undefined {
    const first = roundDown(wanted.base);
    const end = roundUp(wanted.base + wanted.size);
    const touches = ({ base, size }: Region): boolean =>
      roundDown(base) < end && first < roundUp(base + size);
    if (this.#machine.denied.some(touches)) return "the kernel's own devices";
    const { ranges, reserved } = this.#machine.ram;
    for (const range of ranges) {
      if (!touches(range)) continue;
      let uncovered = Math.max(first, range.base);
      const stop = Math.min(end, range.base + range.size);
      // Whole pages only: a page that firmware shares with the kernel's RAM stays denied.
      for (const { base, size } of [...reserved].sort((a, b) => a.base - b.base)) {
        if (roundUp(base) <= uncovered && roundDown(base + size) > uncovered)
          uncovered = roundDown(base + size);
      }
      if (uncovered < stop) return "RAM";
    }
    return undefined;
  }
}
