/**
 * The lock of a discardable VMO: while nobody holds it, the kernel may take the pages when RAM runs out, the one that was
 * unlocked longest ago first.
 */
import type { FrameAllocator } from "./frames.ts";

export class DiscardableState {
  readonly #frames: FrameAllocator;
  readonly #discard: () => boolean;
  #locks = 0;
  #stopReclaim: (() => void) | undefined;
  #inUse = false;
  /** The content is lost, and whoever locks the VMO next has not been told yet. */
  discarded = false;

  /** `discard` gives the pages back; false if there were none to give. */
  constructor(frames: FrameAllocator, discard: () => boolean) {
    this.#frames = frames;
    this.#discard = discard;
    this.#allowReclaim();
  }

  /** Returns whether the content was lost. */
  lock(): boolean {
    const discarded = this.discarded;
    this.discarded = false;
    this.#locks++;
    this.#forbidReclaim();
    return discarded;
  }

  /** Locks unless the content was lost. */
  tryLock(): boolean {
    if (this.discarded) return false;
    this.lock();
    return true;
  }

  /** False if it is not locked. */
  unlock(): boolean {
    if (this.#locks === 0) return false;
    this.#locks--;
    if (this.#locks === 0) this.#allowReclaim();
    return true;
  }

  /** Gives pages to the VMO: it is not the one to lose its pages for that. */
  whileGrowing<T>(action: () => T): T {
    this.#inUse = true;
    try {
      return action();
    } finally {
      this.#inUse = false;
    }
  }

  destroy(): void {
    this.#forbidReclaim();
  }

  #allowReclaim(): void {
    this.#stopReclaim = this.#frames.addReclaimer(() => {
      if (this.#inUse || !this.#discard()) return false;
      this.discarded = true;
      this.#forbidReclaim();
      return true;
    });
  }

  #forbidReclaim(): void {
    this.#stopReclaim?.();
    this.#stopReclaim = undefined;
  }
}
