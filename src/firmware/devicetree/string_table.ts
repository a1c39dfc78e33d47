/** The strings of a file: the names of its properties, each of them once. */
export interface StringTable {
  /** Where each name begins. */
  readonly offsets: ReadonlyMap<string, number>;
  /** The names that stand there themselves, in their order. */
  readonly stored: readonly string[];
  /** Bytes. */
  readonly size: number;
}

/** A name on its way into the table. `host` is the first name, by order, that ends with this one. */
interface Entry {
  readonly order: number;
  readonly reversed: string;
  host: number;
}

/**
 * Lays out names, given once each and in the order of their first use, as dtc does: a name that an earlier one ends with (`reg` after
 * `syscon-reg`) is not stored again, but points into that one.
 */
export function layOutStrings(names: readonly string[]): StringTable {
  const entries = names.map((name, order): Entry => ({ order, reversed: reverse(name), host: order }));
  findHosts([...entries].sort(({ reversed: a }, { reversed: b }) => (a < b ? -1 : a > b ? 1 : 0)));
  const offsets = new Map<string, number>();
  const stored: string[] = [];
  let size = 0;
  for (const { order, host } of entries) {
    const name = names[order]!;
    if (host === order) {
      offsets.set(name, size);
      stored.push(name);
      size += name.length + 1;
    } else {
      const other = names[host]!;
      offsets.set(name, offsets.get(other)! + other.length - name.length);
    }
  }
  return { offsets, stored, size };
}

/** In the order of reversed names, those that end with a name come right behind it. */
function findHosts(sorted: readonly Entry[]): void {
  /** Each one ends with those under it. */
  const open: Entry[] = [];
  const close = () => {
    const { host } = open.pop()!;
    const outer = open.at(-1);
    if (outer !== undefined) outer.host = Math.min(outer.host, host);
  };
  for (const entry of sorted) {
    while (open.length > 0 && !entry.reversed.startsWith(open.at(-1)!.reversed)) close();
    open.push(entry);
  }
  while (open.length > 0) close();
}

function reverse(name: string): string {
  let reversed = "";
  for (let i = name.length - 1; i >= 0; i--) reversed += name[i];
  return reversed;
}
