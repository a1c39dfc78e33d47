import type { EventStream } from "../events/events.ts";
import { System } from "../framework/system.ts";
import { COLOR, PLAIN, type Style } from "../inspect/style.ts";
import { builtinDrivers } from "./builtin_drivers.ts";
import { createMachine } from "./create_machine.ts";
import { EXIT_INTERRUPTED } from "./exit.ts";
import { isMachineName, MACHINE_NAMES, type MachineName } from "./machine_names.ts";

/** The options of every command that boots a machine, as they come from the command line. */
export interface SystemOptions {
  readonly machine: string;
  readonly device?: readonly string[];
  readonly addressSpace: string;
}

/** The same, after the check. */
export interface SystemRequest {
  readonly machine: MachineName;
  readonly device: readonly string[] | undefined;
  readonly addressSpace: "auto" | "native" | "portable";
}

/** What the options ask for; a string is what is wrong with them. */
export function parseSystemOptions({ machine, device, addressSpace }: SystemOptions): SystemRequest | string {
  if (!isMachineName(machine)) return `no machine ${machine}; there are: ${MACHINE_NAMES.join(", ")}`;
  if (addressSpace !== "auto" && addressSpace !== "native" && addressSpace !== "portable") {
    return `no address space ${addressSpace}; there are: auto, native, portable`;
  }
  return { machine, device, addressSpace };
}

/** Boots a machine with the drivers that come with Zirconia, has `look` look at it, and stops it, also after Ctrl-C. */
export async function withSystem<T>(
  { machine: name, device: devices, addressSpace }: SystemRequest,
  events: EventStream,
  look: (system: System) => T,
): Promise<T> {
  const machine = await createMachine({ name, devices, nativeRam: addressSpace !== "portable", events });
  let stopping: Promise<void> | undefined;
  const interrupted = () => {
    stopping ??= machine.close();
    process.exitCode = EXIT_INTERRUPTED;
  };
  process.once("SIGINT", interrupted);
  try {
    const system = await System.boot({ machine, drivers: builtinDrivers, addressSpace, events });
    try {
      return look(system);
    } finally {
      await system.stop();
    }
  } finally {
    process.removeListener("SIGINT", interrupted);
    await stopping;
  }
}

/** Colours for a terminal, unless NO_COLOR is set. */
export function styleOf(stream: NodeJS.WriteStream): Style {
  return stream.isTTY && !process.env.NO_COLOR ? COLOR : PLAIN;
}
