/** The `zirconia driver` commands; each returns the exit status. */
import type { DriverManager } from "../framework/driver_manager.ts";
import { snapshot } from "../inspect/snapshot.ts";
import type { Style } from "../inspect/style.ts";
import { changes, formatChanges, momentOf, type NodeChange } from "./driver_changes.ts";
import { loadDriver } from "./driver_files.ts";
import { formatUnbound, nearMisses } from "./driver_near_misses.ts";
import { deviceRecords, driverRecords, hostRecords, nodesWith, specRecords } from "./driver_records.ts";
import { type DriverOptions, type DriverSystem, findDriver, onSystem } from "./driver_system.ts";
import { formatDevices, formatDrivers, formatHosts, formatSpecs } from "./driver_tables.ts";
import { EXIT_FAILURE, EXIT_OK } from "./exit.ts";
import { jsonText } from "./json_text.ts";
import { debugBindCommand, machineWords, quoted } from "./suggestions.ts";
import { styleOf } from "./with_system.ts";

export { debugBind } from "./driver_debug_bind.ts";

export interface ListOptions extends DriverOptions {
  readonly loaded?: boolean;
}

/** `zirconia driver list`. */
export function list(options: ListOptions): Promise<number> {
  const records = (booted: DriverSystem) =>
    driverRecords(booted).filter(({ nodes }) => !options.loaded || nodes.length > 0);
  return show("list", options, records, formatDrivers);
}

/** `zirconia driver list-devices`. */
export function listDevices(options: DriverOptions): Promise<number> {
  return show("list-devices", options, deviceRecords, formatDevices);
}

/** `zirconia driver list-hosts`. */
export function listHosts(options: DriverOptions): Promise<number> {
  return show("list-hosts", options, hostRecords, (records, _, style) => formatHosts(records, style));
}

/** `zirconia driver list-composite-node-specs`. */
export function listCompositeNodeSpecs(options: DriverOptions): Promise<number> {
  return show("list-composite-node-specs", options, specRecords, formatSpecs);
}

function show<Record>(
  command: string,
  options: DriverOptions,
  recordsOf: (booted: DriverSystem) => readonly Record[],
  format: (records: readonly Record[], verbose: boolean, style: Style) => string,
): Promise<number> {
  return onSystem(command, options, (booted) => {
    const records = recordsOf(booted);
    console.log(
      options.json ? jsonText(records) : format(records, options.verbose === true, styleOf(process.stdout)),
    );
    return EXIT_OK;
  });
}

export interface RestartOptions extends DriverOptions {
  readonly rematch?: boolean;
}

/** `zirconia driver restart`. */
export function restart(word: string, options: RestartOptions): Promise<number> {
  return onSystem("restart", options, async ({ system, manager }) => {
    const { url } = findDriver(manager.index, word);
    const { hosts, changed } = await change(manager, () =>
      manager.restart(url, { rematch: options.rematch === true }),
    );
    tell(options, { url, hosts, changed }, `Restarted ${hostsText(hosts)} with ${url}`);
    return snapshot(system).ok ? EXIT_OK : EXIT_FAILURE;
  });
}

/** `zirconia driver disable`. */
export function disable(word: string, options: DriverOptions): Promise<number> {
  return onSystem("disable", options, async ({ system, manager }) => {
    const { url } = findDriver(manager.index, word);
    const { hosts, changed } = await change(manager, () => {
      manager.disable(url);
      return manager.restart(url);
    });
    tell(options, { url, hosts, changed }, `Disabled ${url} and restarted ${hostsText(hosts)}`);
    return snapshot(system).ok ? EXIT_OK : EXIT_FAILURE;
  });
}

/** `zirconia driver register`. */
export function register(path: string, options: DriverOptions): Promise<number> {
  return onSystem("register", options, async ({ system, manager }) => {
    const { driver } = await loadDriver(path, options);
    const { url } = driver;
    const { changed } = await change(manager, async () => (await manager.register(driver)).length);
    const nodes = nodesWith(manager, driver).map(({ moniker }) => moniker);
    const misses = nearMisses(manager, driver);
    tell(options, { url, nodes, changed, nearMisses: misses }, `Registered ${url}`);
    if (!options.json && nodes.length === 0) {
      console.log(`${path} was bound to no node:`);
      const debugBind = (node: string) => debugBindCommand(node, path, options, options.driver ?? []);
      console.log(formatUnbound(manager, driver, debugBind, styleOf(process.stdout)).join("\n"));
      if (misses[0]?.instead != null)
        console.log(
          `  A driver that is there from the start comes first: zirconia run ${quoted(path)}${machineWords(options)}`,
        );
    }
    return snapshot(system).ok ? EXIT_OK : EXIT_FAILURE;
  });
}

/** Does something that says how many hosts it was done to, and sees what has become of the nodes. */
async function change(
  manager: DriverManager,
  act: () => Promise<number>,
): Promise<{ hosts: number; changed: readonly NodeChange[] }> {
  const before = momentOf(manager);
  const hosts = await act();
  return { hosts, changed: changes(before, momentOf(manager)) };
}

function tell<Result extends { readonly changed: readonly NodeChange[] }>(
  options: DriverOptions,
  result: Result,
  title: string,
): void {
  if (options.json) console.log(jsonText(result));
  else console.log(`${title}:\n${formatChanges(result.changed, styleOf(process.stdout))}`);
}

function hostsText(count: number): string {
  return `${count} driver host${count === 1 ? "" : "s"}`;
}
