/**
 * Keeps native address spaces within the host's means: Linux allows a process some 65,000 separate mappings, and the engine
 * needs its share. Since what the MMU holds can be forgotten at any time, no book is kept of what is there, but only of how
 * many changes were made, each of which makes at most two more mappings.
 */

/** Changes, in all address spaces of this process together. */
const MAX_CHANGES = 16_000;

interface Forgetful {
  /** Makes all of its range one mapping again. */
  forgetAll(): void;
}

class HostMappings {
  readonly #changes = new Map<Forgetful, number>();
  #sum = 0;

  /** Counts a change of an address space; when there were too many, the one with the most forgets them. */
  charge(aspace: Forgetful): void {
    this.#changes.set(aspace, (this.#changes.get(aspace) ?? 0) + 1);
    if (++this.#sum <= MAX_CHANGES) return;
    let most = aspace;
    for (const [other, changes] of this.#changes) if (changes > this.#changes.get(most)!) most = other;
    most.forgetAll();
    this.remove(most);
  }

  remove(aspace: Forgetful): void {
    this.#sum -= this.#changes.get(aspace) ?? 0;
    this.#changes.delete(aspace);
  }
}

/** One for the process, as the limit is. */
export const hostMappings = new HostMappings();
