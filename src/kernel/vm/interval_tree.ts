/**
 * Ranges that do not overlap, in order of address: a balanced (AVL) tree in which every node knows the largest gap below it,
 * so that looking up, inserting, deleting and finding room take O(log n).
 */
export interface Interval {
  readonly base: number;
  readonly size: number;
}

interface Node<T> {
  readonly item: T;
  readonly base: number;
  readonly end: number;
  left: Node<T> | undefined;
  right: Node<T> | undefined;
  height: number;
  /** Base of the first and end of the last item of this subtree, and the largest gap between two of its items. */
  min: number;
  max: number;
  gap: number;
}

export class IntervalTree<T extends Interval> {
  #root: Node<T> | undefined;
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** The caller has made sure that the range is free. An item's range must not change while it is in the tree. */
  insert(item: T): void {
    const end = item.base + item.size;
    const leaf: Node<T> = {
      item,
      base: item.base,
      end,
      left: undefined,
      right: undefined,
      height: 1,
      min: item.base,
      max: end,
      gap: 0,
    };
    this.#root = insertNode(this.#root, leaf);
    this.#count++;
  }

  delete(item: T): void {
    this.#root = deleteNode(this.#root, item.base);
    this.#count--;
  }

  clear(): void {
    this.#root = undefined;
    this.#count = 0;
  }

  /** The item that contains an address. */
  at(address: number): T | undefined {
    let node = this.#root;
    while (node !== undefined) {
      if (address < node.base) node = node.left;
      else if (address >= node.end) node = node.right;
      else return node.item;
    }
    return undefined;
  }

  /** The items that have a byte in [start, end), ascending. */
  overlapping(start: number, end: number): T[] {
    const found: T[] = [];
    collect(this.#root, start, end, found);
    return found;
  }

  /** Every item, ascending. */
  items(): T[] {
    return this.overlapping(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
  }

  /** Base of the first item; Infinity without items. */
  lowestBase(): number {
    return this.#root?.min ?? Number.POSITIVE_INFINITY;
  }

  isFree(start: number, end: number): boolean {
    let node = this.#root;
    while (node !== undefined) {
      if (end <= node.base) node = node.left;
      else if (start >= node.end) node = node.right;
      else return false;
    }
    return true;
  }

  /** The lowest multiple of `alignment` in [from, limit - size] with `size` free bytes behind it; -1 if there is none. */
  lowestFit(size: number, alignment: number, from: number, limit: number): number {
    return findFit(this.#root, from, limit, size, alignment, from, limit);
  }
}

function collect<T>(node: Node<T> | undefined, start: number, end: number, found: T[]): void {
  if (node === undefined || node.max <= start || node.min >= end) return;
  collect(node.left, start, end, found);
  if (node.base < end && node.end > start) found.push(node.item);
  collect(node.right, start, end, found);
}

/** `gapStart` and `gapEnd`: the end of the item before this subtree and the base of the one behind it. */
function findFit<T>(
  node: Node<T> | undefined,
  gapStart: number,
  gapEnd: number,
  size: number,
  alignment: number,
  from: number,
  limit: number,
): number {
  const start = Math.max(gapStart, from);
  const end = Math.min(gapEnd, limit);
  if (end - start < size) return -1;
  if (node === undefined) {
    const rest = start % alignment;
    const address = rest === 0 ? start : start - rest + alignment;
    return address + size <= end ? address : -1;
  }
  if (Math.max(node.gap, node.min - gapStart, gapEnd - node.max) < size) return -1;
  const below = findFit(node.left, gapStart, node.base, size, alignment, from, limit);
  return below >= 0 ? below : findFit(node.right, node.end, gapEnd, size, alignment, from, limit);
}

function insertNode<T>(node: Node<T> | undefined, leaf: Node<T>): Node<T> {
  if (node === undefined) return leaf;
  if (leaf.base < node.base) node.left = insertNode(node.left, leaf);
  else node.right = insertNode(node.right, leaf);
  return balance(node);
}

function deleteNode<T>(node: Node<T> | undefined, base: number): Node<T> | undefined {
  if (node === undefined) return undefined;
  if (base < node.base) {
    node.left = deleteNode(node.left, base);
  } else if (base > node.base) {
    node.right = deleteNode(node.right, base);
  } else {
    if (node.left === undefined) return node.right;
    if (node.right === undefined) return node.left;
    let successor = node.right;
    while (successor.left !== undefined) successor = successor.left;
    successor.right = deleteNode(node.right, successor.base);
    successor.left = node.left;
    return balance(successor);
  }
  return balance(node);
}

function balance<T>(node: Node<T>): Node<T> {
  const lean = heightOf(node.left) - heightOf(node.right);
  if (lean > 1) {
    const left = node.left!;
    if (heightOf(left.left) < heightOf(left.right)) node.left = rotateLeft(left);
    return rotateRight(node);
  }
  if (lean < -1) {
    const right = node.right!;
    if (heightOf(right.right) < heightOf(right.left)) node.right = rotateRight(right);
    return rotateLeft(node);
  }
  return summarize(node);
}

function rotateLeft<T>(node: Node<T>): Node<T> {
  const top = node.right!;
  node.right = top.left;
  top.left = summarize(node);
  return summarize(top);
}

function rotateRight<T>(node: Node<T>): Node<T> {
  const top = node.left!;
  node.left = top.right;
  top.right = summarize(node);
  return summarize(top);
}

function summarize<T>(node: Node<T>): Node<T> {
  const { left, right } = node;
  node.height = 1 + Math.max(heightOf(left), heightOf(right));
  node.min = left === undefined ? node.base : left.min;
  node.max = right === undefined ? node.end : right.max;
  let gap = 0;
  if (left !== undefined) gap = Math.max(left.gap, node.base - left.max);
  if (right !== undefined) gap = Math.max(gap, right.gap, right.min - node.end);
  node.gap = gap;
  return node;
}

function heightOf<T>(node: Node<T> | undefined): number {
  return node === undefined ? 0 : node.height;
}
