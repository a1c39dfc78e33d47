/** Restarts that somebody has asked for. */
import type { Activity } from "./activity.ts";
import type { Binder } from "./binder.ts";
import type { DriverIndex } from "./driver_index.ts";
import type { HostRegistry } from "./host_registry.ts";
import type { Lifecycle } from "./lifecycle.ts";
import type { Node } from "./node.ts";

export interface RestartsParts {
  readonly root: Node;
  readonly index: DriverIndex;
  readonly hosts: HostRegistry;
  readonly lifecycle: Lifecycle;
  readonly binder: Binder;
  readonly activity: Activity;
}

export class Restarts {
  readonly #parts: RestartsParts;

  constructor(parts: RestartsParts) {
    this.#parts = parts;
  }

  /** See `DriverManager.restart`. */
  async restart(url: string, { rematch = false }: { rematch?: boolean }): Promise<number> {
    const { root, index, hosts, binder, activity } = this.#parts;
    index.get(url);
    const users = [...root.walk()].filter(({ driver }) => driver?.url === url);
    const affected = new Set(users.flatMap((node) => hosts.hostOf(node) ?? []));
    const nodes = new Set(users.filter(({ state }) => state === "quarantined" || state === "restarting"));
    for (const host of affected) for (const node of hosts.residents(host)) nodes.add(node);
    await this.#restartAll(topmost(nodes), url, rematch);
    binder.makeCompositesOf(url);
    await activity.settled();
    return affected.size;
  }

  /** All stop before the first is started again, so that no host lives on in which one of them was. */
  async #restartAll(nodes: readonly Node[], url: string, rematch: boolean): Promise<void> {
    const { lifecycle, binder, activity } = this.#parts;
    let stopping = nodes.length;
    let allStopped = () => {};
    const stopped = new Promise<void>((resolve) => {
      allStopped = resolve;
    });
    const restart = async (node: Node): Promise<void> => {
      const { driver } = node;
      const isStaying = !node.isLeaving && node.state !== "removed" && driver !== undefined;
      if (isStaying) await lifecycle.clear(node);
      if (--stopping === 0) allStopped();
      await stopped;
      if (!isStaying || node.isLeaving) return;
      await binder.startAgain(node, rematch && driver.url === url);
    };
    for (const node of nodes) lifecycle.hasten(node);
    await activity.track(Promise.all(nodes.map((node) => node.inTurn(() => restart(node)))));
  }
}

/** Those of `nodes` that are not below others of them: these go and come with them. */
function topmost(nodes: ReadonlySet<Node>): Node[] {
  const isBelow = (node: Node): boolean => {
    const parents = node.isComposite ? node.parents.map((parent) => parent.node) : [node.parent];
    return parents.some((parent) => parent !== undefined && (nodes.has(parent) || isBelow(parent)));
  };
  return [...nodes].filter((node) => !isBelow(node));
}
