/** Composite nodes that are wanted, and what of each is there. */
import { matchCompositeDriver } from "../../bind/composite.ts";
import { matchParents } from "../../bind/parent_spec.ts";
import type { Driver } from "../../driver/define.ts";
import type { CompositeNodeSpec } from "../../driver/node.ts";
import { monikerPart } from "../moniker.ts";
import type { Node } from "../node.ts";
import { specError } from "./fidl_spec.ts";

/** A specification with the driver that it matches and the nodes that its parents match. */
export interface CompositeState {
  readonly spec: CompositeNodeSpec;
  /** Undefined while no driver's bind rules match the parents' properties. */
  readonly driver: Driver | undefined;
  /** What the driver calls each parent; empty without a driver. */
  readonly parentNames: readonly string[];
  readonly primaryIndex: number;
  /** By parent; undefined for those that are not there yet. */
  readonly nodes: readonly (Node | undefined)[];
  /** The composite node, from when everything is there. */
  readonly composite: Node | undefined;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type MutableState = Mutable<Omit<CompositeState, "nodes">> & {
  nodes: (Node | undefined)[];
  /** The node of the driver that has added it. */
  readonly adder: Node | undefined;
  /** The composite node was removed while its parents stayed: it has crashed, and does not come back unless somebody wants it. */
  isSpent: boolean;
};

export class CompositeSpecs {
  readonly #states = new Map<string, MutableState>();

  get states(): readonly CompositeState[] {
    return [...this.#states.values()];
  }

  /** Lasts until `withdraw` of its adder. `DomainError` ALREADY_EXISTS for a name that is taken, also if only as part of a moniker. */
  add(spec: CompositeNodeSpec, adder?: Node): void {
    const part = monikerPart(spec.name);
    if ([...this.#states.keys()].some((name) => monikerPart(name) === part))
      throw specError("ALREADY_EXISTS", `there is a composite node specification ${spec.name}`);
    this.#states.set(spec.name, {
      spec,
      driver: undefined,
      parentNames: [],
      primaryIndex: 0,
      nodes: spec.parents.map(() => undefined),
      composite: undefined,
      adder,
      isSpent: false,
    });
  }

  /** Ends the specifications of a driver; the composite nodes that were made from them are the result. */
  withdraw(adder: Node): Node[] {
    const withdrawn = [...this.#states.values()].filter((state) => state.adder === adder);
    for (const { spec } of withdrawn) this.#states.delete(spec.name);
    return withdrawn.flatMap(({ composite }) => composite ?? []);
  }

  /** Makes a node the parent in each specification that asks for it and has nobody who stays there. False if there is none. */
  claim(node: Node): boolean {
    let claimed = false;
    for (const { spec, nodes } of this.#states.values()) {
      const known = nodes.includes(node);
      const free = known
        ? undefined
        : matchParents(spec.parents, node.properties).find((i) => nodes[i]?.isLeaving ?? true);
      if (free !== undefined) nodes[free] = node;
      claimed ||= known || free !== undefined;
    }
    return claimed;
  }

  /** Looks for a driver for each specification that has none, or whose driver is not to be used any more. */
  matchDrivers(drivers: readonly Driver[]): void {
    for (const state of this.#states.values()) {
      if (state.composite !== undefined || (state.driver !== undefined && drivers.includes(state.driver)))
        continue;
      state.driver = undefined;
      for (const driver of drivers) {
        const found = matchCompositeDriver(driver.bind, state.spec.parents);
        if (found === undefined) continue;
        state.driver = driver;
        state.parentNames = found.parentNames;
        state.primaryIndex = found.primaryParentIndex;
        break;
      }
    }
  }

  /** Those that have everything, all parents being ready, and no composite node yet. */
  complete(
    isReady: (parent: Node) => boolean,
  ): (CompositeState & { readonly driver: Driver; readonly nodes: readonly Node[] })[] {
    return [...this.#states.values()].filter(
      (state): state is MutableState & { driver: Driver; nodes: Node[] } =>
        state.composite === undefined &&
        !state.isSpent &&
        state.driver !== undefined &&
        state.nodes.every((node) => node !== undefined && isReady(node)),
    );
  }

  /** Composite nodes of these specifications that have crashed may come back. */
  revive(which: (state: CompositeState) => boolean): void {
    for (const state of this.#states.values()) if (which(state)) state.isSpent = false;
  }

  made(name: string, composite: Node): void {
    this.#states.get(name)!.composite = composite;
  }

  /** A node is gone, or somebody else's: as a parent, or as the composite itself. False if it was neither. */
  forget(node: Node): boolean {
    let known = false;
    for (const state of this.#states.values()) {
      if (state.composite === node) {
        state.composite = undefined;
        state.isSpent = !node.parents.some((parent) => parent.node.isLeaving);
        known = true;
      }
      if (state.nodes.includes(node)) {
        state.nodes = state.nodes.map((parent) => (parent === node ? undefined : parent));
        state.isSpent = false;
        known = true;
      }
    }
    return known;
  }
}
