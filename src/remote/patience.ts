/**
 * Whether to stay for something that may come at once. That pays where it comes; where the other thread has first to be woken, or
 * waits for this one's processor, it does harm. Which of these it is, is learnt from how it went the last times: one hiccup of the
 * computer proves nothing, since going away and being woken costs many times what a stay in vain does.
 */

/** Vain stays, less those that were rewarded, after which to leave at once. */
const MOST_DOUBTS = 4;
/** Times of leaving at once after which there is one more try. */
const RETRY = 32;
/** Looks between two at the time. */
const LOOKS = 50;

export class Patience {
  #doubts: number;
  #left = 0;

  /** `none` has first to be won, by a try that is rewarded. */
  constructor(start: "full" | "none" = "full") {
    this.#doubts = start === "full" ? 0 : MOST_DOUBTS;
  }

  /** Whether to stay this time. To be asked once each time. */
  stays(): boolean {
    if (this.#doubts < MOST_DOUBTS) return true;
    this.#left = (this.#left + 1) % RETRY;
    return this.#left === 0;
  }

  /** Looks for it without sleeping, for so many milliseconds at most, if it is to stay this time; whether it came. */
  spin(longest: number, hasCome: () => boolean): boolean {
    if (!this.stays()) return false;
    const end = performance.now() + longest;
    do {
      for (let i = 0; i < LOOKS; i++) {
        if (!hasCome()) continue;
        this.rewarded();
        return true;
      }
    } while (performance.now() < end);
    this.disappointed();
    return false;
  }

  /** It came in time. */
  rewarded(): void {
    if (this.#doubts > 0) this.#doubts--;
  }

  /** It did not. */
  disappointed(): void {
    if (this.#doubts < MOST_DOUBTS) this.#doubts++;
  }
}
