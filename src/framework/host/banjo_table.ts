import type { NodeSymbol } from "../../fidl/fuchsia.driver.framework.ts";

/**
 * The in-process protocols of one driver host: objects by a number that stands for them in a NodeSymbol, as an address does in
 * Fuchsia. The number means nothing in any other host.
 */
export class BanjoTable {
  readonly #objects = new Map<bigint, object>();
  #last = 0n;

  /** The symbols that stand for these objects until `remove`. */
  add(protocols: Readonly<Record<string, object>>): NodeSymbol[] {
    return Object.entries(protocols).map(([name, object]) => {
      this.#objects.set(++this.#last, object);
      return { name, address: this.#last };
    });
  }

  remove(symbols: readonly NodeSymbol[]): void {
    for (const { address } of symbols) this.#objects.delete(address!);
  }

  /** Undefined when whoever offered it has gone. */
  find(address: bigint): object | undefined {
    return this.#objects.get(address);
  }
}
