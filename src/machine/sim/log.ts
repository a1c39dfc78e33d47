import type { EventStream, LogEvent } from "../../events/events.ts";
import type { Clock } from "../machine.ts";

/** How the parts of a machine, and device models, report: `log("00:01.0 edu", "warning", "...")`. */
export type Log = (source: string, severity: LogEvent["severity"], message: string) => void;

/** Lines become `log` events with the machine's time. */
export function logTo(events: EventStream, clock: Clock): Log {
  return (source, severity, message) => {
    if (events.wants.log) events.emit({ kind: "log", time: clock.now(), source, severity, message });
  };
}
