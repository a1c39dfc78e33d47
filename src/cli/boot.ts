import { EventStream, type SystemEvent } from "../events/events.ts";
import { System } from "../framework/system.ts";
import { snapshot } from "../inspect/snapshot.ts";
import { COLOR, PLAIN, type Style } from "../inspect/style.ts";
import { trace } from "../inspect/trace.ts";
import { formatTree } from "../inspect/tree.ts";
import { builtinDrivers } from "./builtin_drivers.ts";
import { createMachine } from "./create_machine.ts";
import { EXIT_FAILURE, EXIT_INTERRUPTED, EXIT_OK, EXIT_USAGE } from "./exit.ts";
import { isMachineName, MACHINE_NAMES } from "./machine_names.ts";

export interface BootOptions {
  readonly machine: string;
  readonly device?: readonly string[];
  readonly addressSpace: string;
  readonly trace?: boolean | string;
  readonly json?: boolean;
}

/** `zirconia boot`. Returns the exit status. */
export async function boot(options: BootOptions): Promise<number> {
  const { machine: name, addressSpace } = options;
  if (!isMachineName(name)) return usage(`no machine ${name}; there are: ${MACHINE_NAMES.join(", ")}`);
  if (addressSpace !== "auto" && addressSpace !== "native" && addressSpace !== "portable") {
    return usage(`no address space ${addressSpace}; there are: auto, native, portable`);
  }
  const scope = options.trace === true ? "story" : options.trace || undefined;
  if (scope !== undefined && scope !== "story" && scope !== "all")
    return usage(`--trace takes story or all, not ${scope}`);

  const events = new EventStream();
  const machine = await createMachine({
    name,
    devices: options.device,
    nativeRam: addressSpace !== "portable",
    events,
  });
  let stopping: Promise<void> | undefined;
  const interrupted = () => {
    stopping ??= machine.close();
    process.exitCode = EXIT_INTERRUPTED;
  };
  process.once("SIGINT", interrupted);
  try {
    const style = styleOf(process.stdout);
    const recorded: SystemEvent[] = [];
    let endTrace = () => {};
    if (scope !== undefined) {
      endTrace = options.json
        ? events.listen((event) => recorded.push(event))
        : trace(events, {
            write: (line) => console.log(line),
            style,
            scope,
            quiet: (mapping) => mapping === "pci config",
          });
    }
    const system = await System.boot({ machine, drivers: builtinDrivers, addressSpace, events });
    try {
      endTrace();
      const state = snapshot(system);
      if (options.json) {
        const result = scope === undefined ? state : { ...state, trace: recorded };
        console.log(JSON.stringify(result, jsonValue, 2));
      } else {
        if (scope !== undefined) console.log();
        console.log(formatTree(state, style));
      }
      return state.ok ? EXIT_OK : EXIT_FAILURE;
    } finally {
      await system.stop();
    }
  } finally {
    process.removeListener("SIGINT", interrupted);
    await stopping;
  }
}

function usage(message: string): number {
  console.error(`zirconia boot: ${message}`);
  return EXIT_USAGE;
}

function styleOf(stream: NodeJS.WriteStream): Style {
  return stream.isTTY && !process.env.NO_COLOR ? COLOR : PLAIN;
}

/** What JSON has no word for: 64-bit values and bytes become hexadecimal strings. */
function jsonValue(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return `0x${value.toString(16)}`;
  if (value instanceof Uint8Array)
    return [...value].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return value;
}
