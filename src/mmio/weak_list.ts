/** A list that does not keep its members alive: who is dropped by everybody else leaves by itself. */
export class WeakList<T extends object> {
  #members: WeakRef<T>[] = [];
  #pruneAt = 16;

  add(member: T): void {
    if (this.#members.length >= this.#pruneAt) {
      this.#members = this.#members.filter((ref) => ref.deref() !== undefined);
      // Twice what is alive, so that adding stays cheap on average.
      this.#pruneAt = Math.max(16, 2 * this.#members.length);
    }
    this.#members.push(new WeakRef(member));
  }

  *[Symbol.iterator](): Iterator<T> {
    // A copy: a member that is told something may add others.
    for (const ref of [...this.#members]) {
      const member = ref.deref();
      if (member !== undefined) yield member;
    }
  }
}
