/** The wire between a peripheral and a DMA controller: how many units the peripheral would take, or give, right now. */
export class DmaRequest {
  #ready = 0;
  #listener = () => {};

  get ready(): number {
    return this.#ready;
  }

  /** The peripheral's side: says how many units of its width can be moved now. */
  set(ready: number): void {
    const isMore = ready > this.#ready;
    this.#ready = ready;
    if (isMore) this.#listener();
  }

  /** The controller's side: called when more units can be moved than before. One listener. */
  onReady(listener: () => void): void {
    this.#listener = listener;
  }
}
