import type { DriverContext } from "./context.ts";

/** A node property: what bind rules are matched against. */
export type PropertyValue = number | string | boolean;
export type NodeProperties = Readonly<Record<string, PropertyValue>>;

/**
 * Bind rules in object form: every key must be a property of the node, with this value or one of these values
 * (`==` and `accept` of Fuchsia's bind language). No rule at all matches nothing.
 */
export type BindRules = Readonly<Record<string, PropertyValue | readonly PropertyValue[]>>;

export interface DriverSpec {
  /** Name of the driver, as in its component URL: lower case, digits, `-` and `_`. */
  readonly name: string;
  readonly bind: BindRules;
  /** Runs in the host of the parent node's driver and may use its in-process (Banjo) protocols. Default: a host of its own. */
  readonly colocate?: boolean;
  /**
   * Brings the device up. When the promise is fulfilled the driver is started; when it is rejected the node is
   * quarantined, and everything that was obtained through `ctx` is given back.
   */
  start(ctx: DriverContext): Promise<void>;
  /** Quiets the device, before what `ctx` gave is released. Children have been stopped by then. */
  stop?(ctx: DriverContext): Promise<void>;
}

export interface Driver extends DriverSpec {
  /** `fuchsia-boot:///#meta/edu.cm`: how Fuchsia's tools name a driver. */
  readonly url: string;
}

/** What a driver's file exports by default. */
export function defineDriver(spec: DriverSpec): Driver {
  if (!/^[a-z0-9][a-z0-9_-]*$/.test(spec.name)) {
    throw new TypeError(
      `driver name ${JSON.stringify(spec.name)}: use lower case letters, digits, "-" and "_"`,
    );
  }
  if (Object.keys(spec.bind).length === 0) {
    throw new TypeError(`driver ${spec.name}: bind rules are empty, so it would match every node`);
  }
  return { ...spec, url: `fuchsia-boot:///#meta/${spec.name}.cm` };
}
