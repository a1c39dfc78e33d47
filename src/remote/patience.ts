/**
 * For how long to stay for something that may come at once. That pays where it comes; where the other thread has first to be woken, or
 * waits for this one's processor, it does harm. Which of these it is, is learnt from how it went the last times.
 */

/** Milliseconds. A thread that is woken takes about as long. */
const LONGEST = 0.05;
/** Vain stays after which there is one more try. */
const RETRY = 32;

export class Patience {
  #time = LONGEST;
  #vain = 0;

  /** Milliseconds to stay for; 0 to leave at once. */
  get time(): number {
    return this.#time;
  }

  /** It came in time. */
  rewarded(): void {
    this.#time = LONGEST;
    this.#vain = 0;
  }

  /** It did not. */
  disappointed(): void {
    this.#vain++;
    if (this.#vain % RETRY === 0) this.#time = LONGEST;
    else this.#time = this.#vain % RETRY < 2 ? this.#time / 4 : 0;
  }
}
