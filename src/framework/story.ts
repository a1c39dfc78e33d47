/** What the driver manager tells the event stream. */
import type { LogEvent, NodeEvent } from "../events/events.ts";
import type { Kernel } from "../kernel/kernel.ts";
import type { ProcessEnd } from "../kernel/object/process_dispatcher.ts";
import type { DriverHost, HostEnd } from "./driver_host.ts";
import type { Node } from "./node.ts";

export class Story {
  readonly #kernel: Kernel;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  tell(
    node: Node,
    what: NodeEvent["what"],
    { host, detail }: { host?: DriverHost | undefined; detail?: string | undefined } = {},
  ): void {
    const { events, machine } = this.#kernel;
    if (!events.wants.node) return;
    events.emit({
      kind: "node",
      time: machine.clock.now(),
      moniker: node.moniker,
      what,
      driver: node.driver?.name,
      host: host?.name,
      detail,
    });
  }

  log(severity: LogEvent["severity"], message: string): void {
    const { events, machine } = this.#kernel;
    if (!events.wants.log) return;
    events.emit({ kind: "log", time: machine.clock.now(), source: "driver_manager", severity, message });
  }
}

/** How a host died, what it did last, and what was taken back, on one line: of an error's text, the first. */
export function describeEnd(
  host: DriverHost,
  { reason, message, lastAccess }: HostEnd,
  left: ProcessEnd,
): string {
  const last = lastAccess === undefined ? "" : `; its last access was ${lastAccess}`;
  const taken = [counted(left.handles, "handle"), counted(left.mappings, "mapping")];
  if (left.pinnedPages > 0)
    taken.push(`${counted(left.pinnedPages, "pinned page")} (in quarantine until the device has been reset)`);
  const [what] = message.split("\n", 1);
  return `${host.name} has died (${reason}): ${what}${last}; taken back: ${taken.join(", ")}`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
