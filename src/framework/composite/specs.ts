/** Composite nodes that are wanted, and what of each is there. */
import { matchCompositeDriver } from "../../bind/composite.ts";
import { matchParents } from "../../bind/parent_spec.ts";
import type { Driver } from "../../driver/define.ts";
import type { CompositeNodeSpec } from "../../driver/node.ts";
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
type MutableState = Mutable<Omit<CompositeState, "nodes">> & { nodes: (Node | undefined)[] };

export class CompositeSpecs {
  readonly #states = new Map<string, MutableState>();

  get states(): readonly CompositeState[] {
    return [...this.#states.values()];
  }

  /** `DomainError` ALREADY_EXISTS for a name that is taken. */
  add(spec: CompositeNodeSpec): void {
    if (this.#states.has(spec.name))
      throw specError("ALREADY_EXISTS", `there is a composite node specification ${spec.name}`);
    this.#states.set(spec.name, {
      spec,
      driver: undefined,
      parentNames: [],
      primaryIndex: 0,
      nodes: spec.parents.map(() => undefined),
      composite: undefined,
    });
  }

  /** Makes a node the parent in each specification that asks for it and has nobody else there. False if there is none. */
  claim(node: Node): boolean {
    let claimed = false;
    for (const { spec, nodes } of this.#states.values()) {
      const known = nodes.includes(node);
      const free = known
        ? undefined
        : matchParents(spec.parents, node.properties).find((i) => nodes[i] === undefined);
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

  /** Those that have everything, and no composite node yet. */
  complete(): (CompositeState & { readonly driver: Driver; readonly nodes: readonly Node[] })[] {
    return this.states.filter(
      (state): state is CompositeState & { driver: Driver; nodes: Node[] } =>
        state.composite === undefined &&
        state.driver !== undefined &&
        state.nodes.every((node) => node !== undefined),
    );
  }

  made(name: string, composite: Node): void {
    this.#states.get(name)!.composite = composite;
  }

  /** A node is gone: as a parent, or as the composite itself. */
  forget(node: Node): void {
    for (const state of this.#states.values()) {
      state.nodes = state.nodes.map((parent) => (parent === node ? undefined : parent));
      if (state.composite === node) state.composite = undefined;
    }
  }
}
