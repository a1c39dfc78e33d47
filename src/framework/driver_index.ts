import { compileRules } from "../bind/compile_rules.ts";
import { match } from "../bind/match.ts";
import { type NodeProperties, withAutobind } from "../bind/properties.ts";
import type { Driver } from "../driver/define.ts";
import { ZxError } from "../zx/error.ts";

export interface MatchOptions {
  /** Only drivers whose URL ends like this; then also those that bind by request only. */
  readonly urlSuffix?: string | undefined;
}

/** Knows all drivers and says which one a node's properties ask for. */
export class DriverIndex {
  readonly #drivers = new Map<string, Driver>();
  readonly #disabled = new Set<string>();
  readonly #boot: ReadonlySet<string>;

  /** Boot drivers; others are registered later. */
  constructor(drivers: readonly Driver[]) {
    for (const driver of drivers) this.register(driver);
    this.#boot = new Set(this.#drivers.keys());
  }

  /** ALREADY_EXISTS for a URL that is known. */
  register(driver: Driver): void {
    if (this.#drivers.has(driver.url))
      throw new ZxError("ALREADY_EXISTS", `driver ${driver.url} is registered already`);
    compileRules(driver.bind);
    this.#drivers.set(driver.url, driver);
  }

  /** Puts another version of a driver in the place of the one that has its URL. NOT_FOUND, INVALID_ARGS. */
  replace(driver: Driver): void {
    this.get(driver.url);
    compileRules(driver.bind);
    this.#drivers.set(driver.url, driver);
  }

  /** NOT_FOUND names those that there are. */
  get(url: string): Driver {
    const driver = this.#drivers.get(url);
    if (driver !== undefined) return driver;
    const known = [...this.#drivers.keys()].join(", ") || "none";
    throw new ZxError("NOT_FOUND", `no driver ${url}; there are: ${known}`);
  }

  get drivers(): readonly Driver[] {
    return [...this.#drivers.values()];
  }

  /** Those that may be bound. */
  get enabled(): readonly Driver[] {
    return this.drivers.filter(({ url }) => !this.#disabled.has(url));
  }

  /** Whether it was there from the start. */
  isBoot(url: string): boolean {
    return this.#boot.has(url);
  }

  isDisabled(url: string): boolean {
    return this.#disabled.has(url);
  }

  /** A disabled driver is not bound any more; where it runs it goes on. NOT_FOUND. */
  disable(url: string): void {
    this.#disabled.add(this.get(url).url);
  }

  enable(url: string): void {
    this.#disabled.delete(this.get(url).url);
  }

  /**
   * The driver whose bind rules these properties satisfy, or undefined; a fallback driver only where no other one does. NOT_SUPPORTED
   * when there are several: then nothing binds, as in Fuchsia. Drivers of composite nodes are not among them.
   */
  match(properties: NodeProperties, { urlSuffix }: MatchOptions = {}): Driver | undefined {
    const asked = withAutobind(properties, urlSuffix !== undefined);
    const matches = this.enabled.filter(
      ({ url, bind }) => (urlSuffix === undefined || url.endsWith(urlSuffix)) && match(bind, asked),
    );
    return (
      only(matches.filter(({ fallback }) => !fallback)) ?? only(matches.filter(({ fallback }) => fallback))
    );
  }
}

function only(matches: readonly Driver[]): Driver | undefined {
  if (matches.length > 1)
    throw new ZxError("NOT_SUPPORTED", `several drivers match: ${matches.map(({ url }) => url).join(", ")}`);
  return matches[0];
}
