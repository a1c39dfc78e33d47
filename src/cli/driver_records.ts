/** Drivers, nodes, hosts and composite node specifications as plain data: what the `driver` commands print with --json. */
import { compileRules } from "../bind/compile_rules.ts";
import { explainParent, formatBindRule, type ParentSpec } from "../bind/parent_spec.ts";
import { printProgram } from "../bind/print.ts";
import type { NodeProperties, PropertyValue } from "../bind/properties.ts";
import type { Driver } from "../driver/define.ts";
import type { CompositeState } from "../framework/composite/specs.ts";
import type { DriverManager } from "../framework/driver_manager.ts";
import type { Node, NodeState } from "../framework/node.ts";
import type { NodeOffer } from "../framework/offers.ts";
import type { DriverSystem } from "./driver_system.ts";

export interface DriverRecord {
  readonly name: string;
  readonly url: string;
  /** The file that it came from; null for those that come with Zirconia. */
  readonly file: string | null;
  /** As text of the bind language. */
  readonly bindRules: string;
  readonly colocate: boolean;
  readonly fallback: boolean;
  readonly hostRestartOnCrash: boolean;
  readonly disabled: boolean;
  /** Monikers of the nodes that it is bound to. */
  readonly nodes: readonly string[];
}

export function driverRecords({ manager, files }: DriverSystem): DriverRecord[] {
  return manager.index.drivers.map((driver) => {
    const { name, url, bind, colocate = false, fallback = false, hostRestartOnCrash = false } = driver;
    return {
      name,
      url,
      file: files.find((file) => file.driver.url === url)?.path ?? null,
      bindRules: printProgram(compileRules(bind)),
      colocate,
      fallback,
      hostRestartOnCrash,
      disabled: manager.index.isDisabled(url),
      nodes: nodesWith(manager, driver).map(({ moniker }) => moniker),
    };
  });
}

export interface DeviceRecord {
  readonly name: string;
  readonly moniker: string;
  /** The URL of its driver, or who has the node: `unbound`, `owned by parent`, `owned by composite(s)`. */
  readonly driver: string;
  readonly state: NodeState;
  /** Why its driver is not running, or why none was chosen. */
  readonly error: string | null;
  /** Koid of the process that its driver is in. */
  readonly hostKoid: number | null;
  /** Names and monikers of a composite node's parents. */
  readonly parents: readonly { readonly name: string; readonly moniker: string }[];
  readonly properties: NodeProperties;
  readonly offers: readonly (NodeOffer & { readonly source: string | null })[];
}

export function deviceRecords({ manager }: DriverSystem): DeviceRecord[] {
  return [...manager.root.walk()].map((node) => ({
    name: node.name,
    moniker: node.moniker,
    driver: driverOf(node),
    state: node.state,
    error: node.error?.message ?? null,
    hostKoid: node.running?.host.processKoid ?? null,
    parents: node.parents.map((parent) => ({ name: parent.name, moniker: parent.node.moniker })),
    properties: node.properties,
    offers: node.offers.map((offer) => ({ ...offer, source: node.provider?.moniker ?? null })),
  }));
}

export interface HostRecord {
  readonly koid: number;
  readonly name: string;
  readonly kind: "in-thread" | "worker";
  readonly drivers: readonly { readonly url: string; readonly moniker: string }[];
}

export function hostRecords({ manager }: DriverSystem): HostRecord[] {
  return [...manager.hosts].map((host) => ({
    koid: host.processKoid,
    name: host.name,
    kind: host.kind,
    drivers: manager.residents(host).map((node) => ({ url: node.driver!.url, moniker: node.moniker })),
  }));
}

export interface SpecRecord {
  readonly name: string;
  /** URL of the driver whose rules match the parents' properties. */
  readonly driver: string | null;
  /** Moniker of the composite node, once everything is there. */
  readonly node: string | null;
  readonly parents: readonly ParentRecord[];
}

export interface ParentRecord {
  /** What the driver calls it; null while there is no driver. */
  readonly name: string | null;
  readonly primary: boolean;
  readonly bindRules: readonly string[];
  readonly properties: NodeProperties;
  /** Moniker of the node that it is; null while there is none. */
  readonly node: string | null;
  /** Where there is none: the node that fails the fewest of the rules, and these, with what it has instead. */
  readonly nearest: { readonly node: string; readonly failed: readonly FailedRule[] } | null;
}

export interface FailedRule {
  readonly rule: string;
  readonly actual: PropertyValue | null;
}

export function specRecords({ manager }: DriverSystem): SpecRecord[] {
  return manager.compositeNodeSpecs.map((state) => ({
    name: state.spec.name,
    driver: state.driver?.url ?? null,
    node: state.composite?.moniker ?? null,
    parents: state.spec.parents.map((_, index) => parentRecord(manager, state, index)),
  }));
}

function parentRecord(manager: DriverManager, state: CompositeState, index: number): ParentRecord {
  const parent = state.spec.parents[index]!;
  const node = state.nodes[index];
  return {
    name: state.parentNames[index] ?? null,
    primary: index === state.primaryIndex,
    bindRules: parent.bindRules.map(formatBindRule),
    properties: parent.properties,
    node: node?.moniker ?? null,
    nearest: node === undefined ? nearestTo(manager, parent) : null,
  };
}

/** Among the nodes that have a property that is asked for. */
function nearestTo(manager: DriverManager, parent: ParentSpec): ParentRecord["nearest"] {
  const candidates = [...manager.root.walk()].flatMap((node) => {
    const outcomes = explainParent(parent, node.properties);
    const isNear = outcomes.some(({ rule, actual }) => rule.condition === "ACCEPT" && actual !== undefined);
    const failed = outcomes
      .filter(({ held }) => !held)
      .map(({ rule, actual }) => ({ rule: formatBindRule(rule), actual: actual ?? null }));
    return isNear ? [{ node: node.moniker, failed }] : [];
  });
  return candidates.sort((a, b) => a.failed.length - b.failed.length)[0] ?? null;
}

export function nodesWith(manager: DriverManager, { url }: Pick<Driver, "url">): Node[] {
  return [...manager.root.walk()].filter(({ driver }) => driver?.url === url);
}

/** As `ffx driver list-devices` says it. */
export function driverOf(node: Node): string {
  switch (node.owner) {
    case "driver":
      return node.driver!.url;
    case "parent":
      return "owned by parent";
    case "composite":
      return "owned by composite(s)";
    case "none":
      return "unbound";
  }
}
