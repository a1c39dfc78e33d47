/** Who unmapped what, as far back as it is useful to tell: the answer to "but I mapped this" in a fault's message. */
import { hex } from "../../zx/pages.ts";
import type { VmObject } from "./vm_object.ts";

const KEPT = 128;

interface Unmapped {
  readonly base: number;
  readonly size: number;
  readonly vmo: VmObject;
  readonly vmoOffset: number;
  /** `vmar_unmap by "pci"`. */
  readonly by: string;
}

export class UnmapHistory {
  readonly #ring: Unmapped[] = [];
  #next = 0;
  #endedBy: string | undefined;

  record(entry: Unmapped): void {
    this.#ring[this.#next] = entry;
    this.#next = (this.#next + 1) % KEPT;
  }

  /** The address space as a whole is gone. */
  end(by: string): void {
    this.#endedBy = by;
    this.#ring.length = 0;
  }

  /** What was last at an address and who took it away, as a half-sentence; undefined if nobody remembers. */
  tell(address: number): string | undefined {
    if (this.#endedBy !== undefined) return `everything was unmapped: ${this.#endedBy}`;
    for (let age = 1; age <= this.#ring.length; age++) {
      const entry = this.#ring[(this.#next - age + KEPT) % KEPT];
      if (entry === undefined || address < entry.base || address >= entry.base + entry.size) continue;
      const offset = hex(entry.vmoOffset + (address - entry.base));
      return `${entry.vmo.describe()} +${offset} was mapped there until: ${entry.by}`;
    }
    return undefined;
  }
}
