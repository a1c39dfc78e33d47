import { EventStream, type SystemEvent } from "../events/events.ts";
import { snapshot } from "../inspect/snapshot.ts";
import { trace } from "../inspect/trace.ts";
import { formatTree } from "../inspect/tree.ts";
import { EXIT_FAILURE, EXIT_OK, EXIT_USAGE } from "./exit.ts";
import { parseSystemOptions, type SystemOptions, styleOf, withSystem } from "./with_system.ts";

export interface BootOptions extends SystemOptions {
  readonly trace?: boolean | string;
  readonly json?: boolean;
}

/** `zirconia boot`. Returns the exit status. */
export async function boot(options: BootOptions): Promise<number> {
  const request = parseSystemOptions(options);
  if (typeof request === "string") return usage(request);
  const scope = options.trace === true ? "story" : options.trace || undefined;
  if (scope !== undefined && scope !== "story" && scope !== "all")
    return usage(`--trace takes story or all, not ${scope}`);

  const events = new EventStream();
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
  return withSystem(request, events, (system) => {
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
  });
}

function usage(message: string): number {
  console.error(`zirconia boot: ${message}`);
  return EXIT_USAGE;
}

/** What JSON has no word for: 64-bit values and bytes become hexadecimal strings. */
function jsonValue(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return `0x${value.toString(16)}`;
  if (value instanceof Uint8Array)
    return [...value].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return value;
}
