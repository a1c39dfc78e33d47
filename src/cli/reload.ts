/** A driver's new version in the place of its old one. */
import type { Driver } from "../driver/define.ts";
import type { DriverManager } from "../framework/driver_manager.ts";
import type { RestartPolicy } from "../framework/restart_policy.ts";
import type { DriverFile } from "./driver_files.ts";
import { nodesWith } from "./driver_records.ts";

/**
 * For `run --watch`: when a driver dies its node stays, and the next version can have it. It is not started again before that, unless
 * its author wants it to be: see `restartPolicyOf`.
 */
export function kept(file: DriverFile): DriverFile {
  const { driver } = file;
  return driver.colocate ? file : { ...file, driver: { ...driver, hostRestartOnCrash: true } };
}

export function restartPolicyOf(files: readonly DriverFile[]): Partial<RestartPolicy> {
  return files.some(({ driver }) => driver.hostRestartOnCrash) ? {} : { limit: 0 };
}

/** Stops the old version, and binds the new one wherever its rules ask for: it may have other rules, and another name. */
export async function reloadDriver(manager: DriverManager, before: Driver, driver: Driver): Promise<void> {
  const { index } = manager;
  if (driver.url !== before.url) {
    manager.disable(before.url);
    await manager.restart(before.url);
  }
  if (index.drivers.some(({ url }) => url === driver.url)) await manager.reload(driver);
  else await manager.register(driver);
  await manager.enable(driver.url);
  await takeOver(manager, driver);
}

/** Fallback drivers give way at once, and not only when they are started anew. */
async function takeOver(manager: DriverManager, driver: Driver): Promise<void> {
  for (const other of manager.index.drivers) {
    if (!other.fallback) continue;
    const wanted = nodesWith(manager, other).some((node) => chosen(manager, node) === driver);
    if (wanted) await manager.restart(other.url, { rematch: true });
  }
}

/** The driver that the index would choose now; undefined if there is none, or several. */
function chosen({ index }: DriverManager, node: { readonly properties: Parameters<typeof index.match>[0] }) {
  try {
    return index.match(node.properties);
  } catch {
    return undefined;
  }
}
