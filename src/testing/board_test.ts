/** A whole board, in the spirit of Fuchsia's DriverTestRealm. */
import { createSimArm64 } from "../boards/sim_arm64.ts";
import { createSimX64, type SimX64Options } from "../boards/sim_x64.ts";
import { busDrivers } from "../bus/index.ts";
import type { Driver } from "../driver/define.ts";
import { System, type SystemOptions } from "../framework/system.ts";

export interface BoardTestOptions
  extends Pick<SimX64Options, "devices" | "memory" | "seed">,
    Omit<SystemOptions, "machine" | "drivers"> {
  /** Default `sim-x64`. On `sim-arm64` a missing cache operation is an error (IO_DATA_INTEGRITY) at the driver's next access. */
  readonly machine?: "sim-x64" | "sim-arm64";
  /** Beside those of the board and its buses. */
  readonly drivers?: readonly Driver[];
}

/**
 * Boots a machine of models with these devices (default: `["edu"]`) and drivers, and returns when every driver that can start has started or failed.
 *
 * ```ts
 * await using system = await bootBoard({ devices: ["edu"], drivers: [edu] });
 * expect(await system.connect("root.board.pci.00_01_0", EduDevice).getId()).toBe(0x010000ed);
 * ```
 */
export function bootBoard({
  machine: name = "sim-x64",
  devices = ["edu"],
  memory,
  seed = 0,
  drivers = [],
  addressSpace = "portable",
  ...options
}: BoardTestOptions = {}): Promise<System> {
  const { events } = options;
  const parts = {
    devices,
    seed,
    ...(memory !== undefined && { memory }),
    ...(events !== undefined && { events }),
  };
  const machine =
    name === "sim-x64" ? createSimX64(parts) : createSimArm64({ ...parts, cache: { sanitizer: "strict" } });
  return System.boot({ machine, drivers: [...busDrivers, ...drivers], addressSpace, seed, ...options });
}
