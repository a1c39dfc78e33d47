import { readFileSync } from "node:fs";
import { busDrivers } from "../bus/index.ts";
import { EventStream, type SystemEvent } from "../events/events.ts";
import { DriverIndex } from "../framework/driver_index.ts";
import { type SystemSnapshot, snapshot } from "../inspect/snapshot.ts";
import { TRACE_SCOPES, type TraceScope, trace } from "../inspect/trace.ts";
import { formatTree } from "../inspect/tree.ts";
import { deviceDrivers } from "./builtin_drivers.ts";
import { EXIT_FAILURE, EXIT_OK, EXIT_USAGE } from "./exit.ts";
import { jsonText } from "./json_text.ts";
import {
  parseSystemOptions,
  type SystemOptions,
  type SystemRequest,
  styleOf,
  withSystem,
} from "./with_system.ts";

export interface BootOptions extends SystemOptions {
  readonly dtb?: string;
  readonly trace?: boolean | string;
  readonly json?: boolean;
}

/** `zirconia boot`. Returns the exit status. */
export async function boot(options: BootOptions): Promise<number> {
  const parsed = parseSystemOptions(options);
  if (typeof parsed === "string") return usage(parsed);
  const { dtb } = options;
  if (dtb !== undefined && (parsed.machine !== "sim-arm64" || parsed.device !== undefined))
    return usage("--dtb takes the place of the board of sim-arm64, without devices: --machine sim-arm64");
  const scope = options.trace === true ? "story" : options.trace || undefined;
  if (scope !== undefined && !isTraceScope(scope))
    return usage(`--trace takes ${TRACE_SCOPES.join(", ")}, not ${scope}`);

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
  let request: SystemRequest = parsed;
  let candidates: DriverIndex | undefined;
  if (dtb !== undefined) {
    // There are no devices: their drivers would only find that out.
    request = { ...parsed, deviceTree: readFileSync(dtb), drivers: busDrivers };
    candidates = new DriverIndex(deviceDrivers);
  }
  return withSystem(request, events, (system) => {
    endTrace();
    const state = candidates === undefined ? snapshot(system) : withCandidates(snapshot(system), candidates);
    if (options.json) {
      const result = scope === undefined ? state : { ...state, trace: recorded };
      console.log(jsonText(result));
    } else {
      if (scope !== undefined) console.log();
      console.log(formatTree(state, style));
    }
    return state.ok ? EXIT_OK : EXIT_FAILURE;
  });
}

/** Says of each node without a driver which of the candidates would be bound to it. */
function withCandidates(state: SystemSnapshot, candidates: DriverIndex): SystemSnapshot {
  const nodes = state.nodes.map((node) => {
    const driver = node.owner === "none" ? candidates.match(node.properties) : undefined;
    return driver === undefined ? node : { ...node, wouldBind: driver.name };
  });
  return { ...state, nodes };
}

function isTraceScope(word: string): word is TraceScope {
  return (TRACE_SCOPES as readonly string[]).includes(word);
}

function usage(message: string): number {
  console.error(`zirconia boot: ${message}`);
  return EXIT_USAGE;
}
