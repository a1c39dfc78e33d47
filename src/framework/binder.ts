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
    const isServed = provider === this.#parts.root || provider?.state === "running";
    if (isServed && !node.isLeaving) void this.#bindSoon(node);
  }

  /** A driver has started. */
  started(node: Node): void {
    for (const child of node.provided()) void this.#bindSoon(child);
  }

  /**
   * Somebody waits for a driver on a node: its parent's driver. If that does so in its own start, the node is bound without waiting
   * for the end of that start, which may not come before.
   */
  async wanted(node: Node): Promise<void> {
    if (node.provider?.state === "starting") await this.#bindSoon(node);
  }

  /** A driver is about to go, and with it the composite nodes that it has specified. */
  leaving(node: Node): void {
    for (const composite of this.#parts.specs.withdraw(node)) void this.#parts.lifecycle.remove(composite);
  }

  /** Where it was, or wherever it was a parent, there may be others to take its place. */
  removed(node: Node): void {
    if (this.#parts.specs.forget(node) || node.isComposite) this.#bindAllAvailable();
  }

  /** `adder`: the node of the driver that adds it, as long as which it lasts. `DomainError` of CompositeNodeSpecError; BAD_STATE. */
  addSpec(spec: CompositeNodeSpec, adder?: Node): void {
    if (adder !== undefined && (adder.isLeaving || !["starting", "running"].includes(adder.state)))
      throw new ZxError("BAD_STATE", `the driver on ${adder.moniker} is stopping`);
    this.#parts.specs.add(spec, adder);
    this.#bindAllAvailable();
  }

  /** There are other drivers than before. */
  driversChanged(): void {
    this.#parts.specs.revive(() => true);
    this.#bindAllAvailable();
  }

  /** Composite nodes of this driver that have crashed are made again. */
  makeCompositesOf(url: string): void {
    this.#parts.specs.revive(({ driver }) => driver?.url === url);
    this.#makeComposites();
  }

  /** RequestBind: see `NodeController` in fuchsia.driver.framework. */
  async request(
    node: Node,
    { forceRebind, driverUrlSuffix }: { forceRebind: boolean; driverUrlSuffix: string | undefined },
  ): Promise<void> {
    const { lifecycle, specs, activity } = this.#parts;
    if (this.#requests.has(node))
      throw new ZxError("ALREADY_EXISTS", `${node.moniker}: a request to bind it is under way`);
    checkCanBind(node, forceRebind);
    this.#requests.add(node);
    if (forceRebind) lifecycle.hasten(node);
    const bind = async () => {
      checkStays(node);
      checkCanBind(node, forceRebind);
      if (node.driver !== undefined || node.children.length > 0) await lifecycle.clear(node);
      checkStays(node);
      this.#unbind(node);
      specs.revive(({ nodes }) => nodes.includes(node));
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

  /**
   * Starts the driver of a node that has stopped, in the node's turn. `isRematch`, or if that driver is disabled by now: looks for a
   * driver anew. A composite node is made anew for that, since what it is made of depends on its driver's bind rules.
   */
  async startAgain(node: Node, isRematch = false): Promise<void> {
    const { index, lifecycle, specs, activity } = this.#parts;
    const { url } = node.driver!;
    if (!isRematch && !index.isDisabled(url)) {
      await lifecycle.start(node, index.get(url));
    } else if (node.isComposite) {
      const remade = async () => {
        await lifecycle.remove(node);
        specs.revive(({ spec }) => spec.name === node.name);
        this.#makeComposites();
      };
      void activity.track(remade());
    } else {
      this.#unbind(node);
      await this.#bind(node);
    }
  }

  /** Nodes without a driver are looked at again. */
  #bindAllAvailable(): void {
    for (const node of this.#parts.root.walk())
      if (node.owner === "none" || node.owner === "composite") this.added(node);
    this.#makeComposites();
  }

  #unbind(node: Node): void {
    node.state = "unbound";
    node.driver = undefined;
    node.error = undefined;
  }

  #bindSoon(node: Node): Promise<void> {
    return this.#parts.activity.track(
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
    specs.forget(node);
    await lifecycle.start(node, driver);
    return true;
  }

  /** Makes each composite node for which everything is there, and starts its driver. */
  #makeComposites(): void {
    const { specs, index, lifecycle, activity, story } = this.#parts;
    specs.matchDrivers(index.enabled);
    for (const state of specs.complete(isReady)) {
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

/** Throws ALREADY_BOUND for a node that somebody has, unless its driver may be stopped. */
function checkCanBind(node: Node, forceRebind: boolean): void {
  const isBound = node.owner !== "none" && node.state !== "quarantined";
  if (isBound && (!forceRebind || node.isOwned))
    throw new ZxError(
      "ALREADY_BOUND",
      `${node.moniker} is bound to ${node.driver?.url ?? `its ${node.owner}`}`,
    );
}

function checkStays(node: Node): void {
  if (node.isLeaving || node.state === "removed")
    throw new ZxError("CANCELED", `${node.moniker} is being removed`);
}

/** Whether a composite node can have it as a parent now: the driver that serves it is not on its way out. */
function isReady(node: Node): boolean {
  const { provider } = node;
  const isServed = provider?.parent === undefined || ["starting", "running"].includes(provider.state);
  return isServed && !node.isLeaving;
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
