/** Which frame each page of a VMO has: sparse, since a VMO may be larger than any RAM. */

/** Pages in one node of the list. */
const FAN_OUT = 32;

interface Node {
  readonly frames: number[];
  count: number;
}

export class PageList {
  readonly #nodes = new Map<number, Node>();
  #lastIndex = -1;
  #last: Node | undefined;

  /** Frame of a page, or -1. */
  get(page: number): number {
    const index = Math.floor(page / FAN_OUT);
    if (index !== this.#lastIndex) {
      this.#last = this.#nodes.get(index);
      this.#lastIndex = index;
    }
    return this.#last === undefined ? -1 : this.#last.frames[page - index * FAN_OUT]!;
  }

  set(page: number, frame: number): void {
    const index = Math.floor(page / FAN_OUT);
    let node = this.#nodes.get(index);
    if (node === undefined) {
      node = { frames: new Array<number>(FAN_OUT).fill(-1), count: 0 };
      this.#nodes.set(index, node);
      this.#lastIndex = index;
      this.#last = node;
    }
    const slot = page - index * FAN_OUT;
    if (node.frames[slot]! < 0) node.count++;
    node.frames[slot] = frame;
  }

  delete(page: number): void {
    const index = Math.floor(page / FAN_OUT);
    const node = this.#nodes.get(index);
    const slot = page - index * FAN_OUT;
    if (node === undefined || node.frames[slot]! < 0) return;
    node.frames[slot] = -1;
    node.count--;
    if (node.count > 0) return;
    this.#nodes.delete(index);
    this.#lastIndex = -1;
  }

  /**
   * Calls `visit` for every page in [first, end) that has a frame; `visit` may delete or replace that page. The order is
   * ascending within a node, and the time is that of the frames there are, not of the pages asked for.
   */
  forEach(first: number, end: number, visit: (page: number, frame: number) => void): void {
    const firstNode = Math.floor(first / FAN_OUT);
    const lastNode = Math.floor((end - 1) / FAN_OUT);
    if (lastNode - firstNode < this.#nodes.size) {
      for (let index = firstNode; index <= lastNode; index++) this.#visitNode(index, first, end, visit);
    } else {
      for (const index of [...this.#nodes.keys()]) this.#visitNode(index, first, end, visit);
    }
  }

  #visitNode(index: number, first: number, end: number, visit: (page: number, frame: number) => void): void {
    const node = this.#nodes.get(index);
    if (node === undefined) return;
    const start = index * FAN_OUT;
    const stop = Math.min(FAN_OUT, end - start);
    for (let slot = Math.max(0, first - start); slot < stop; slot++) {
      const frame = node.frames[slot]!;
      if (frame >= 0) visit(start + slot, frame);
    }
  }
}
