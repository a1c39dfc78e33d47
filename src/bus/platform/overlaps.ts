/** Whose registers overlap: two drivers with one device. Fuchsia's platform bus does not look. */
import { hex } from "../../zx/pages.ts";
import type { PlatformNode } from "./platform_node.ts";

interface Claim {
  readonly who: string;
  readonly start: number;
  readonly end: number;
}

/** Registers and interrupts that were given to platform devices so far. */
export class Claims {
  readonly #mmio: Claim[] = [];
  readonly #vectors = new Map<number, string>();

  /** Adds a device's, and returns what of them other devices have, too, as text. */
  add({ name, mmio, irq }: PlatformNode): string[] {
    const overlaps: string[] = [];
    const own: Claim[] = [];
    for (const [i, { base, length }] of mmio.entries()) {
      if (base === undefined || length === 0) continue;
      const claim = { who: `mmio ${i} of ${name}`, start: base, end: base + length };
      own.push(claim);
      for (const other of this.#mmio) {
        if (other.start < claim.end && claim.start < other.end)
          overlaps.push(`${show(claim)} overlaps with ${show(other)}`);
      }
    }
    this.#mmio.push(...own);
    for (const [i, { vector }] of irq.entries()) {
      const other = this.#vectors.get(vector);
      if (other === undefined) this.#vectors.set(vector, `irq ${i} of ${name}`);
      else overlaps.push(`irq ${i} of ${name} is vector ${vector}, as is ${other}`);
    }
    return overlaps;
  }
}

function show({ who, start, end }: Claim): string {
  return `${who} [${hex(start)}, ${hex(end)})`;
}
