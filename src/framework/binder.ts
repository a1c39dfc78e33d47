/** Finds drivers for nodes: plain ones by the index, composite ones by their specifications. */

import type { Driver } from "../driver/define.ts";
import type { CompositeNodeSpec } from "../driver/node.ts";
import { ZxError } from "../zx/error.ts";
import type { Activity } from "./activity.ts";
import type { CompositeSpecs, CompositeState } from "./composite/specs.ts";
import type { DriverIndex } from "./driver_index.ts";
import type { Lifecycle } from "./lifecycle.ts";
import { Node } from "./node.ts";
import type { Story } from "./story.ts";

export interface BinderParts {
  readonly root: Node;
  readonly index: DriverIndex;
  readonly specs: CompositeSpecs;
  readonly lifecycle: Lifecycle;
  readonly activity: Activity;
  readonly story: Story;
}

export class Binder {
  readonly #parts: BinderParts;
  /** Nodes for which somebody has asked for a driver (RequestBind). */
  readonly #requests = new Set<Node>();

  constructor(parts: BinderParts) {
    this.#parts = parts;
  }

  /** A node can be bound once the driver that added it has started: until then that may not be able to answer, or may yet fail. */
  added(node: Node): void {
    const { provider } = node;
    if (provider === this.#parts.root || provider?.state === "running") this.#bindSoon(node);
  }

  /** A driver has started. */
  started(node: Node): void {
    for (const child of node.provided()) this.#bindSoon(child);
  }

  removed(node: Node): void {
    this.#parts.specs.forget(node);
  }

  /** `DomainError` of CompositeNodeSpecError. */
  addSpec(spec: CompositeNodeSpec): void {
    this.#parts.specs.add(spec);
    this.bindAllAvailable();
  }

  /** Nodes without a driver are looked at again, since there are other drivers or specifications than before. */
  bindAllAvailable(): void {
    for (const node of this.#parts.root.walk())
      if (node.owner === "none" || node.owner === "composite") this.added(node);
    this.#makeComposites();
  }

  /** RequestBind: see `NodeController` in fuchsia.driver.framework. */
  async request(
    node: Node,
    { forceRebind, driverUrlSuffix }: { forceRebind: boolean; driverUrlSuffix: string | undefined },
  ): Promise<void> {
    const { lifecycle, activity } = this.#parts;
    if (this.#requests.has(node))
      throw new ZxError("ALREADY_EXISTS", `${node.moniker}: a request to bind it is under way`);
    const isBound = node.owner !== "none" && node.state !== "quarantined";
    if (isBound && (!forceRebind || node.isOwned))
      throw new ZxError(
        "ALREADY_BOUND",
        `${node.moniker} is bound to ${node.driver?.url ?? `its ${node.owner}`}`,
      );
    this.#requests.add(node);
    const bind = async () => {
      this.#checkStays(node);
      if (node.driver !== undefined || node.children.length > 0) await lifecycle.clear(node);
      this.#checkStays(node);
      this.#unbind(node);
      if (!(await this.#bind(node, driverUrlSuffix)))
        throw node.error ?? new ZxError("NOT_FOUND", `no driver is meant for ${node.moniker}`);
      if (node.state === "quarantined") throw node.error;
    };
    try {
      await activity.track(node.inTurn(bind));
    } finally {
      this.#requests.delete(node);
    }
  }

  /** Looks for a driver for a node that had one, in the node's turn. */
  async rebind(node: Node): Promise<void> {
    this.#unbind(node);
    await this.#bind(node);
  }

  #unbind(node: Node): void {
    node.state = "unbound";
    node.driver = undefined;
    node.error = undefined;
  }

  #checkStays(node: Node): void {
    if (node.isLeaving || node.state === "removed")
      throw new ZxError("CANCELED", `${node.moniker} is being removed`);
  }

  #bindSoon(node: Node): void {
    void this.#parts.activity.track(
      node.inTurn(async () => {
        if (node.state === "unbound" && node.driver === undefined && !node.isOwned) await this.#bind(node);
      }),
    );
  }

  /** In the node's turn. False if nothing is meant for it. */
  async #bind(node: Node, urlSuffix?: string): Promise<boolean> {
    const { index, specs, lifecycle, story } = this.#parts;
    if (node.isLeaving) return false;
    // Specifications come first; whoever asks for a certain driver does not mean a composite node's.
    if (urlSuffix === undefined && !node.isComposite && specs.claim(node)) {
      this.#makeComposites();
      return true;
    }
    if (node.children.some((child) => child.isComposite)) return true;
    let driver: Driver | undefined;
    try {
      driver = index.match(node.properties, { urlSuffix });
    } catch (error) {
      node.error = error as Error;
      story.log("error", `no driver for ${node.moniker}: ${node.error.message}`);
      return false;
    }
    node.error = undefined;
    if (driver === undefined) return false;
    await lifecycle.start(node, driver);
    return true;
  }

  /** Makes each composite node for which everything is there, and starts its driver. */
  #makeComposites(): void {
    const { specs, index, lifecycle, activity, story } = this.#parts;
    specs.matchDrivers(index.enabled);
    for (const state of specs.complete()) {
      const node = compositeOf(state);
      specs.made(state.spec.name, node);
      story.tell(node, "added");
      void activity.track(
        node.inTurn(async () => {
          if (!node.isLeaving) await lifecycle.start(node, state.driver);
        }),
      );
    }
  }
}

function compositeOf({
  spec,
  nodes,
  parentNames,
  primaryIndex,
}: CompositeState & { readonly nodes: readonly Node[] }): Node {
  const parents = spec.parents.map(({ properties }, i) => ({
    name: parentNames[i]!,
    node: nodes[i]!,
    properties,
  }));
  const primary = parents[primaryIndex]!;
  const ordered = [primary, ...parents.filter((parent) => parent !== primary)];
  const args = { name: spec.name, properties: {}, offers: [], symbols: [], driverHost: spec.driverHost };
  return new Node(primary.node, args, { parents: ordered });
}
