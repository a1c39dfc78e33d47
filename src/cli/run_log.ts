/** What `zirconia run` writes while drivers run. */
import type { LogEvent, NodeEvent } from "../events/events.ts";
import type { Style } from "../inspect/style.ts";
import { withoutTags } from "./module_hooks.ts";

/** `[00012.345678][edu] INFO: edu device version major=1 minor=0`, as Fuchsia's log listener writes it. */
export function formatLog({ time, source, severity, message }: LogEvent, style: Style): string {
  const line = `${stamp(time, style)}[${source}] ${severity.toUpperCase()}: ${withoutTags(message)}`;
  return severity === "error" || severity === "warning" ? style.bad(line) : line;
}

/** Of what happens to a node, what a driver's author wants to hear beside the log: undefined for the rest. */
export function formatNode(
  { time, moniker, what, driver, host, detail }: NodeEvent,
  style: Style,
): string | undefined {
  const start = `${stamp(time, style)} ${moniker}:`;
  switch (what) {
    case "started":
      return `${start} ${driver} started in ${host}`;
    case "failed":
      // Without a host it had started, died, and is given up.
      return style.bad(`${start} ${host === undefined ? "" : `${driver} did not start: `}${detail}`);
    case "removed":
      return `${start} removed`;
    default:
      return undefined;
  }
}

function stamp(time: number, style: Style): string {
  return style.dim(`[${(time / 1e9).toFixed(6).padStart(12, "0")}]`);
}
