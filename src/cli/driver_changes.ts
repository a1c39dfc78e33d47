/** What a `driver` command has changed: the hosts and nodes of before beside those of after. */
import type { DriverManager } from "../framework/driver_manager.ts";
import type { NodeState } from "../framework/node.ts";
import { type Style, wrap } from "../inspect/style.ts";
import { driverOf } from "./driver_records.ts";

interface NodeMoment {
  readonly driver: string;
  readonly state: NodeState;
  readonly hostKoid: number | null;
  readonly host: string | null;
  readonly error: string | null;
}

export type Moment = ReadonlyMap<string, NodeMoment>;

export interface NodeChange {
  readonly moniker: string;
  /** Null for a node that was not there, or is not any more. */
  readonly before: NodeMoment | null;
  readonly after: NodeMoment | null;
}

export function momentOf(manager: DriverManager): Moment {
  return new Map(
    [...manager.root.walk()].map((node) => [
      node.moniker,
      {
        driver: driverOf(node),
        state: node.state,
        hostKoid: node.running?.host.processKoid ?? null,
        host: node.running?.host.name ?? null,
        error: node.error?.message ?? null,
      },
    ]),
  );
}

/** Nodes that have come or gone, or have another driver, state or host. */
export function changes(before: Moment, after: Moment): NodeChange[] {
  const monikers = new Set([...before.keys(), ...after.keys()]);
  return [...monikers].flatMap((moniker) => {
    const [was, is] = [before.get(moniker) ?? null, after.get(moniker) ?? null];
    const same = was?.driver === is?.driver && was?.state === is?.state && was?.hostKoid === is?.hostKoid;
    return same ? [] : [{ moniker, before: was, after: is }];
  });
}

export function formatChanges(list: readonly NodeChange[], style: Style): string {
  if (list.length === 0) return "  nothing has changed";
  const width = Math.max(...list.map(({ moniker }) => moniker.length));
  return list.flatMap((change) => changeLines(change, width, style)).join("\n");
}

function changeLines({ moniker, before, after }: NodeChange, width: number, style: Style): string[] {
  const same = before?.driver === after?.driver;
  const lines = [
    `  ${style.bold(moniker.padEnd(width))}  ${same ? "" : `${nameOf(before)} -> `}${nameOf(after)} ${stateOf(after, style)}`.trimEnd(),
  ];
  if (after?.hostKoid != null)
    lines.push(
      style.dim(
        `  ${" ".repeat(width)}  in ${after.host}, koid ${before?.hostKoid == null ? "" : `${before.hostKoid} -> `}${after.hostKoid}`,
      ),
    );
  if (after?.error != null) lines.push(...wrap(after.error, 94).map((line) => `    ${style.bad(line)}`));
  return lines;
}

function stateOf(moment: NodeMoment | null, style: Style): string {
  if (moment === null || !moment.driver.includes("://")) return "";
  return moment.state === "running" ? style.good("running") : style.bad(moment.state);
}

/** `edu` of `fuchsia-boot:///#meta/edu.cm`. */
function nameOf(moment: NodeMoment | null): string {
  if (moment === null) return "no node";
  return /#meta\/(.+)\.cm$/.exec(moment.driver)?.[1] ?? moment.driver;
}
