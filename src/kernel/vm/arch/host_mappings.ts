/**
 * Keeps native address spaces within the host's means: Linux allows a process some 65,000 separate mappings, and the engine
 * needs its share. Since what the MMU holds can be forgotten at any time, no book is kept of what is there, but only of how
 * many changes were made, each of which makes at most two more mappings.
 */

/** Changes, in all address spaces of this process together. */
const MAX_CHANGES = 16_000;

interface Forgetful {
  /** How many of the changes are this address space's. */
  changes: number;
  /** Makes all of its range one mapping again. */
  forgetAll(): void;
}

class HostMappings {
  readonly #aspaces = new Set<Forgetful>();
  #sum = 0;

  add(aspace: Forgetful): void {
    this.#aspaces.add(aspace);
  }

  remove(aspace: Forgetful): void {
    this.#forget(aspace);
    this.#aspaces.delete(aspace);
  }

  /** Counts a change of an address space; when there were too many, the one with the most forgets them. */
  charge(aspace: Forgetful): void {
    aspace.changes++;
    if (++this.#sum <= MAX_CHANGES) return;
    let most = aspace;
    for (const other of this.#aspaces) if (other.changes > most.changes) most = other;
    this.#forget(most);
  }

  #forget(aspace: Forgetful): void {
    aspace.forgetAll();
    this.#sum -= aspace.changes;
    aspace.changes = 0;
  }
}

/** One for the process, as the limit is. */
export const hostMappings = new HostMappings();
