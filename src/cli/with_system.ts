import type { Driver } from "../driver/define.ts";
import type { EventStream } from "../events/events.ts";
import { System, type SystemOptions as SystemParts } from "../framework/system.ts";
import type { HostThreads } from "../framework/worker_host/host_threads.ts";
import { WorkerHosts } from "../framework/worker_host/worker_hosts.ts";
import { COLOR, PLAIN, type Style } from "../inspect/style.ts";
import type { Kernel } from "../kernel/kernel.ts";
import { builtinDrivers } from "./builtin_drivers.ts";
import { createMachine } from "./create_machine.ts";
import { EXIT_INTERRUPTED } from "./exit.ts";
import { isMachineName, MACHINE_NAMES, type MachineName } from "./machine_names.ts";

/** The options of every command that boots a machine, as they come from the command line. */
export interface SystemOptions {
  readonly machine: string;
  readonly device?: readonly string[];
  readonly addressSpace: string;
  readonly hosts: string;
  /** Not from the command line: the threads of hosts that are workers. */
  readonly threads?: HostThreads | undefined;
}

/** The same, after the check. */
export interface SystemRequest {
  readonly machine: MachineName;
  readonly device: readonly string[] | undefined;
  readonly addressSpace: "auto" | "native" | "portable";
  /** See `MachineRequest`. */
  readonly deviceTree?: Uint8Array | undefined;
  /** Default: those that come with Zirconia. */
  readonly drivers?: readonly Driver[];
  readonly hosts?: SystemParts["hosts"];
  readonly restart?: SystemParts["restart"];
}

/** What the options ask for; a string is what is wrong with them. `spare`: hosts may have to be started later, too. */
export function parseSystemOptions(
  options: SystemOptions,
  { spare = false }: { readonly spare?: boolean } = {},
): SystemRequest | string {
  const { machine, device, addressSpace, hosts, threads } = options;
  if (!isMachineName(machine)) return `no machine ${machine}; there are: ${MACHINE_NAMES.join(", ")}`;
  if (addressSpace !== "auto" && addressSpace !== "native" && addressSpace !== "portable") {
    return `no address space ${addressSpace}; there are: auto, native, portable`;
  }
  if (hosts !== "worker" && hosts !== "in-thread") {
    return `no hosts ${hosts}; there are: worker, in-thread`;
  }
  const workers = threads && ((kernel: Kernel) => new WorkerHosts(kernel, { threads, spare }));
  return { machine, device, addressSpace, hosts: workers };
}

/**
 * Boots a machine with drivers, has `look` look at it, and stops it. Ctrl-C (or SIGTERM) stops it, too, and fulfils `interrupted`; a
 * second one ends this process at once.
 */
export async function withSystem<T>(
  request: SystemRequest,
  events: EventStream,
  look: (system: System, interrupted: Promise<void>) => T | Promise<T>,
): Promise<T> {
  const { machine: name, device: devices, deviceTree, addressSpace, hosts, restart } = request;
  const { drivers = builtinDrivers } = request;
  const nativeRam = addressSpace !== "portable";
  const machine = await createMachine({ name, devices, deviceTree, nativeRam, events });
  let system: System | undefined;
  let stopping: Promise<void> | undefined;
  let announce = () => {};
  const interrupted = new Promise<void>((resolve) => {
    announce = resolve;
  });
  const interrupt = () => {
    if (stopping !== undefined) process.exit(EXIT_INTERRUPTED);
    process.exitCode = EXIT_INTERRUPTED;
    stopping = system === undefined ? machine.close() : system.stop();
    announce();
  };
  for (const signal of STOP_SIGNALS) process.on(signal, interrupt);
  try {
    system = await System.boot({ machine, drivers, addressSpace, hosts, restart, events });
    try {
      return await look(system, interrupted);
    } finally {
      await system.stop();
    }
  } finally {
    for (const signal of STOP_SIGNALS) process.removeListener(signal, interrupt);
    await stopping;
  }
}

const STOP_SIGNALS = ["SIGINT", "SIGTERM"] as const;

/** Colours for a terminal, unless NO_COLOR is set. */
export function styleOf(stream: NodeJS.WriteStream): Style {
  return stream.isTTY && !process.env.NO_COLOR ? COLOR : PLAIN;
}
