import type { NodeProperties } from "../bind/properties.ts";
import type { Driver } from "../driver/define.ts";
import type { BusInfo, NodeSymbol } from "../fidl/fuchsia.driver.framework.ts";
import { monikerOf } from "./moniker.ts";
import { type NodeOffer, offerProperties } from "./offers.ts";
import type { RunningDriver } from "./running_driver.ts";

/**
 * - `unbound`: no driver matches (an orphan), or none has been looked for yet; or the node is somebody else's: see `owner`.
 * - `starting`: a driver was matched and its `start` has not returned.
 * - `running`: it has.
 * - `quarantined`: `start` failed; the node stays, with the error, and has no children.
 * - `restarting`: its driver has stopped or died and will be started again.
 * - `stopping`: on the way out; its children are being removed, or its driver is stopping.
 * - `removed`.
 */
export type NodeState =
  | "unbound"
  | "starting"
  | "running"
  | "quarantined"
  | "restarting"
  | "stopping"
  | "removed";

/** Who has the node: nobody, the driver on it, the driver that added it, composite nodes whose parent it is. */
export type NodeOwner = "none" | "driver" | "parent" | "composite";

/** What a node is made from. */
export interface NodeArgs {
  readonly name: string;
  readonly properties: NodeProperties;
  readonly offers: readonly NodeOffer[];
  readonly symbols: readonly NodeSymbol[];
  readonly busInfo?: BusInfo | undefined;
  readonly driverHost?: string | undefined;
}

/** A parent of a composite node. */
export interface CompositeParent {
  /** In the bind rules of the composite's driver. */
  readonly name: string;
  readonly node: Node;
  /** What the specification says of it. */
  readonly properties: NodeProperties;
}

/** A unit of the topology: a place where a driver can be bound. The driver manager changes it; everybody else looks. */
export class Node {
  readonly name: string;
  readonly moniker: string;
  /** The primary one, where there are several. */
  readonly parent: Node | undefined;
  /** Of a composite node only, the primary one first. */
  readonly parents: readonly CompositeParent[];
  /** Composite nodes are children of each of their parents. */
  readonly children: Node[] = [];
  /** Those that were given, those of any node, and one for each offer; a composite node has none, and none of its parents'. */
  readonly properties: NodeProperties;
  readonly offers: readonly NodeOffer[];
  readonly symbols: readonly NodeSymbol[];
  readonly busInfo: BusInfo | undefined;
  /** The host that its driver shares with those of other nodes that name it. */
  readonly driverHost: string | undefined;
  /** The driver that added it keeps it. */
  readonly isOwned: boolean;
  state: NodeState = "unbound";
  driver: Driver | undefined;
  /** What `driver` is doing here; undefined before it was started and after it has stopped. */
  running: RunningDriver | undefined;
  /** Why the node is quarantined, or why no driver was chosen. */
  error: Error | undefined;
  /** Set once it is certain that it will be removed. */
  isBeingRemoved = false;
  #turn: Promise<unknown> = Promise.resolve();
  readonly #whenRemoved: (() => void)[] = [];

  constructor(
    parent: Node | undefined,
    args: NodeArgs,
    { isOwned = false, parents = [] }: { isOwned?: boolean; parents?: readonly CompositeParent[] } = {},
  ) {
    this.name = args.name;
    this.parent = parent;
    this.parents = parents;
    this.moniker = monikerOf(parent?.moniker, args.name);
    this.properties = parents.length > 0 ? args.properties : propertiesOf(args);
    this.offers = args.offers;
    this.symbols = args.symbols;
    this.busInfo = args.busInfo;
    this.driverHost = args.driverHost;
    this.isOwned = isOwned;
    if (parents.length === 0) parent?.children.push(this);
    else for (const { node } of parents) node.children.push(this);
  }

  get isComposite(): boolean {
    return this.parents.length > 0;
  }

  get owner(): NodeOwner {
    if (this.driver !== undefined) return "driver";
    if (this.isOwned) return "parent";
    return this.children.some((child) => child.isComposite) ? "composite" : "none";
  }

  /** Where it is, from the root on: the bus and address of each node on the way that has one. */
  get busTopology(): readonly BusInfo[] {
    const above = this.parent?.busTopology ?? [];
    return this.busInfo === undefined ? above : [...above, this.busInfo];
  }

  /** The node whose driver added this one, and serves what it offers: not the parent if that is somebody's own. */
  get provider(): Node | undefined {
    return this.parent?.isOwned ? this.parent.provider : this.parent;
  }

  /** On its way out, or below a node that is. */
  get isLeaving(): boolean {
    return (
      this.isBeingRemoved ||
      this.parent?.isLeaving === true ||
      this.parents.some(({ node }) => node.isLeaving)
    );
  }

  /** This node and everything below it, parents first; a composite node is met below its primary parent. */
  *walk(): Generator<Node> {
    yield this;
    for (const child of this.children) if (child.parent === this) yield* child.walk();
  }

  /** Those that were added by the driver on this node, and for which one is looked for. */
  *provided(): Generator<Node> {
    for (const child of this.children) {
      if (child.isOwned) yield* child.provided();
      else if (!child.isComposite) yield child;
    }
  }

  /** What is done to a node is done one after the other. */
  inTurn<T>(act: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(act);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  /** `act` is called when the node has been removed. */
  whenRemoved(act: () => void): void {
    this.#whenRemoved.push(act);
  }

  /** Takes it out of its parents, for good. */
  markRemoved(): void {
    this.state = "removed";
    const parents = this.isComposite ? this.parents.map(({ node }) => node) : [this.parent];
    for (const parent of parents) {
      const index = parent?.children.indexOf(this) ?? -1;
      if (index >= 0) parent!.children.splice(index, 1);
    }
    for (const act of this.#whenRemoved.splice(0)) act();
  }
}

/** With what rules for any bus ask for, unless it was given: the node's name, and the service that it offers (the first one). */
function propertiesOf({ name, properties, offers }: NodeArgs): NodeProperties {
  const given = { ...properties, ...offerProperties(offers) };
  const [first] = offers;
  const generic = { "fuchsia.NAME": name, ...(first !== undefined && { "fuchsia.Service": first.service }) };
  return { ...given, ...generic, ...given };
}
