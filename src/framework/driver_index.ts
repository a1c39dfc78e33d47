import type { BindRules, Driver, NodeProperties } from "../driver/define.ts";
import { ZxError } from "../zx/error.ts";

/** Knows all drivers and says which one a node's properties ask for. */
export class DriverIndex {
  readonly #drivers: Driver[] = [];

  constructor(drivers: readonly Driver[]) {
    for (const driver of drivers) this.register(driver);
  }

  /** ALREADY_EXISTS for a URL that is known. */
  register(driver: Driver): void {
    if (this.#drivers.some(({ url }) => url === driver.url)) {
      throw new ZxError("ALREADY_EXISTS", `driver ${driver.url} is registered already`);
    }
    this.#drivers.push(driver);
  }

  get drivers(): readonly Driver[] {
    return this.#drivers;
  }

  /**
   * The driver whose bind rules these properties satisfy, or undefined. NOT_SUPPORTED when there are several: then
   * nothing binds, as in Fuchsia.
   */
  match(properties: NodeProperties): Driver | undefined {
    const matches = this.#drivers.filter(({ bind }) => satisfies(properties, bind));
    if (matches.length > 1) {
      throw new ZxError(
        "NOT_SUPPORTED",
        `several drivers match: ${matches.map(({ url }) => url).join(", ")}`,
      );
    }
    return matches[0];
  }
}

/** Whether each rule's key is a property with the rule's value, or one of its values. */
export function satisfies(properties: NodeProperties, rules: BindRules): boolean {
  return Object.entries(rules).every(([key, wanted]) => {
    const actual = Object.hasOwn(properties, key) ? properties[key] : undefined;
    return typeof wanted === "object" ? wanted.some((value) => value === actual) : wanted === actual;
  });
}
