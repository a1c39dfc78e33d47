import { compileRules } from "../bind/compile_rules.ts";
import type { BindRules } from "../bind/rules.ts";
import { ZxError } from "../zx/error.ts";
import type { DriverContext } from "./context.ts";

export type { NodeProperties, PropertyValue } from "../bind/properties.ts";
export type {
  BindBlock,
  BindCondition,
  BindConditions,
  BindIf,
  BindRules,
  CompositeBindRules,
} from "../bind/rules.ts";

export interface DriverSpec {
  /** Name of the driver, as in its component URL: lower case, digits, `-` and `_`. */
  readonly name: string;
  /** Which nodes it is for: an object of bind rules, or a `.bind` text that `parseBind` has compiled. */
  readonly bind: BindRules;
  /** Runs in the host of the parent node's driver and may use its in-process (Banjo) protocols. Default: a host of its own. */
  readonly colocate?: boolean;
  /** Is chosen only where no other driver's rules match. */
  readonly fallback?: boolean;
  /** When its host dies the driver is started again on its node, which is removed otherwise. Not together with `colocate`. */
  readonly hostRestartOnCrash?: boolean;
  /** Where the module is that exports the driver by default (`import.meta.url`), for a host that has to load it. */
  readonly binary?: string;
  /**
   * Brings the device up. When the promise is fulfilled the driver is started; when it is rejected the node is
   * quarantined, and everything that was obtained through `ctx` is given back.
   */
  start(ctx: DriverContext): Promise<void>;
  /**
   * Quiets the device, before what `ctx` gave is released. Children have been stopped by then. It has 10 s for that, of the machine's
   * time (`SystemOptions.stopDeadline`), which does not wait for work outside of the machine; then its host is killed.
   */
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
  try {
    compileRules(spec.bind);
  } catch (error) {
    if (!(error instanceof ZxError)) throw error;
    throw new TypeError(`driver ${spec.name}: ${error.detail}`, { cause: error });
  }
  return { ...spec, url: `fuchsia-boot:///#meta/${spec.name}.cm` };
}
