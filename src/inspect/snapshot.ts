import type { Node, NodeOwner, NodeState } from "../framework/node.ts";
import { routesOf } from "../framework/routes.ts";
import type { System } from "../framework/system.ts";
import { hex } from "../zx/pages.ts";

/** A system at one moment, as plain data: addresses and sizes are hexadecimal strings. `zirconia boot --json` prints it. */
export interface SystemSnapshot {
  readonly machine: string;
  readonly architecture: string;
  readonly addressSpace: "native" | "portable";
  /** Whether every driver that was bound is running. */
  readonly ok: boolean;
  /** Nanoseconds of the machine's clock. */
  readonly time: number;
  readonly nodes: readonly NodeSnapshot[];
}

export interface NodeSnapshot {
  readonly moniker: string;
  readonly name: string;
  readonly depth: number;
  readonly state: NodeState;
  /** Who has it: its driver, the driver that added it, composite nodes, nobody. */
  readonly owner: NodeOwner;
  /** Name and URL of its driver. */
  readonly driver: string | null;
  readonly url: string | null;
  readonly host: string | null;
  /** Of a composite node: its parents by the names that its driver has for them, the primary one first. */
  readonly parents: readonly { readonly name: string; readonly moniker: string }[];
  /** What it offers to its driver: services, where they come from, and what their instances are called. */
  readonly offers: readonly {
    readonly service: string;
    readonly source: string;
    readonly instances: readonly string[];
  }[];
  readonly properties: Readonly<Record<string, string | number | boolean>>;
  readonly memory: readonly MemorySnapshot[];
  readonly inspect: Readonly<Record<string, string | number | boolean>>;
  readonly error: string | null;
  /** The driver that would be bound, of a board whose devices are not there. */
  readonly wouldBind?: string;
}

/** Device memory on its way: physical range -> VMO -> address in the host's VMAR. */
export interface MemorySnapshot {
  readonly name: string;
  readonly physical: string;
  readonly size: string;
  readonly vmo: { readonly koid: number; readonly name: string; readonly size: string };
  readonly address: string;
  readonly cachePolicy: string;
}

export function snapshot(system: System): SystemSnapshot {
  const { kernel, manager } = system;
  const nodes = [...walk(manager.root, 0)];
  return {
    machine: kernel.machine.name,
    architecture: kernel.machine.architecture,
    addressSpace: kernel.addressSpaceKind,
    ok: nodes.every(({ node }) => node.driver === undefined || node.state === "running"),
    time: kernel.machine.clock.now(),
    nodes: nodes.map(({ node, depth }) => nodeSnapshot(system, node, depth)),
  };
}

function nodeSnapshot({ kernel }: System, node: Node, depth: number): NodeSnapshot {
  const memory = (node.running?.memory ?? []).map((range): MemorySnapshot => {
    const vmo = kernel.vmo(range.vmoKoid);
    return {
      name: range.name,
      physical: vmo?.physicalBase === undefined ? "paged" : hex(vmo.physicalBase + range.vmoOffset),
      size: hex(range.size),
      vmo: { koid: range.vmoKoid, name: vmo?.name ?? "", size: hex(vmo?.size ?? 0) },
      address: hex(range.address),
      cachePolicy: range.policy,
    };
  });
  const inspect = Object.entries(node.running?.inspect ?? {}).map(([key, value]) => [
    key,
    typeof value === "bigint" ? hex(value) : value,
  ]);
  return {
    moniker: node.moniker,
    name: node.name,
    depth,
    state: node.state,
    owner: node.owner,
    driver: node.driver?.name ?? null,
    url: node.driver?.url ?? null,
    host: node.running?.host.name ?? null,
    parents: node.parents.map((parent) => ({ name: parent.name, moniker: parent.node.moniker })),
    offers: routesOf(node).map(({ from, offer: { service, instances } }) => ({
      service,
      source: from.provider?.moniker ?? "",
      instances: instances.map(({ target }) => target),
    })),
    properties: node.properties,
    memory,
    inspect: Object.fromEntries(inspect),
    error: node.error?.message ?? null,
  };
}

function* walk(node: Node, depth: number): Generator<{ node: Node; depth: number }> {
  yield { node, depth };
  for (const child of node.children) if (child.parent === node) yield* walk(child, depth + 1);
}
