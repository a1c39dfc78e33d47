/** What the `driver` commands have in common: a machine that is booted with drivers, some of them perhaps one's own. */
import type { Driver } from "../driver/define.ts";
import { EventStream } from "../events/events.ts";
import type { DriverIndex } from "../framework/driver_index.ts";
import type { DriverManager } from "../framework/driver_manager.ts";
import type { Node } from "../framework/node.ts";
import type { System } from "../framework/system.ts";
import { ZxError } from "../zx/error.ts";
import { builtinDrivers, deviceDrivers } from "./builtin_drivers.ts";
import { type DriverFile, DriverFileError, loadDrivers } from "./driver_files.ts";
import { EXIT_FAILURE, EXIT_USAGE } from "./exit.ts";
import { parseSystemOptions, type SystemOptions, withSystem } from "./with_system.ts";

export interface DriverOptions extends SystemOptions {
  /** Files of drivers of one's own. */
  readonly driver?: readonly string[];
  readonly verbose?: boolean;
  readonly json?: boolean;
}

/** A booted machine, and the drivers that came from files. */
export interface DriverSystem {
  readonly system: System;
  readonly manager: DriverManager;
  readonly files: readonly DriverFile[];
}

/** Boots, does something, stops. What was wrong is told as the command's; returns the exit status. */
export async function onSystem(
  command: string,
  options: DriverOptions,
  act: (booted: DriverSystem) => number | Promise<number>,
): Promise<number> {
  const complain = (message: string, status: number) => {
    console.error(`zirconia driver ${command}: ${message}`);
    return status;
  };
  const request = parseSystemOptions(options);
  if (typeof request === "string") return complain(request, EXIT_USAGE);
  try {
    const files = await loadDrivers(options.driver ?? [], options);
    return await withSystem({ ...request, drivers: driversWith(files) }, new EventStream(), (system) =>
      act({ system, manager: system.manager, files }),
    );
  } catch (error) {
    if (error instanceof DriverFileError) return complain(error.message, EXIT_FAILURE);
    if (error instanceof ZxError) return complain(error.detail, EXIT_FAILURE);
    throw error;
  }
}

/**
 * Drivers of one's own and those that come with Zirconia. Where both would be bound to a device, one's own is: the others are fallback
 * drivers then. Boards and buses are as always, but one whose name is taken is left out, whatever it is.
 */
export function driversWith(files: readonly DriverFile[]): readonly Driver[] {
  if (files.length === 0) return builtinDrivers;
  const own = files.map(({ driver }) => driver);
  const others = builtinDrivers.filter(({ url }) => !own.some((driver) => driver.url === url));
  return [
    ...own,
    ...others.map((driver) => (deviceDrivers.includes(driver) ? { ...driver, fallback: true } : driver)),
  ];
}

/** A driver by its URL or its name. NOT_FOUND names those that there are. */
export function findDriver(index: DriverIndex, word: string): Driver {
  return index.drivers.find(({ name }) => name === word) ?? index.get(word);
}

/** A node by its moniker, or by a name that only one node has. NOT_FOUND names those that there are. */
export function findNode(manager: DriverManager, word: string): Node {
  const nodes = [...manager.root.walk()];
  const exact = nodes.find(({ moniker }) => moniker === word);
  const named = nodes.filter(({ name }) => name === word);
  if (exact === undefined && named.length > 1) {
    const monikers = named.map(({ moniker }) => moniker).join(", ");
    throw new ZxError("NOT_FOUND", `several nodes are called ${word}: ${monikers}`);
  }
  return exact ?? named[0] ?? manager.find(word);
}
