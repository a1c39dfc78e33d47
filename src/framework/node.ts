import type { Driver, NodeProperties, PropertyValue } from "../driver/define.ts";
import type { Offer } from "../driver/offer.ts";
import { ZxError } from "../zx/error.ts";
import type { RunningDriver } from "./driver_host.ts";

/**
 * - `unbound`: no driver matches (an orphan).
 * - `starting`: a driver was matched and its `start` has not returned.
 * - `running`: it has.
 * - `quarantined`: `start` failed; the node stays, with the error, and has no children.
 * - `stopping`, `removed`: on the way out.
 */
export type NodeState = "unbound" | "starting" | "running" | "quarantined" | "stopping" | "removed";

/** What a node is made from; the offers of a driver have become services by name. */
export interface NodeArgs {
  readonly name: string;
  readonly properties: NodeProperties;
  readonly offers: readonly Offer[];
  readonly banjo: Readonly<Record<string, object>>;
}

/** A unit of the topology: a place where a driver can be bound. Plain data; the driver manager changes it. */
export class Node {
  readonly name: string;
  readonly moniker: string;
  readonly parent: Node | undefined;
  readonly children: Node[] = [];
  readonly properties: NodeProperties;
  readonly offers: readonly Offer[];
  readonly banjo: Readonly<Record<string, object>>;
  state: NodeState = "unbound";
  driver: Driver | undefined;
  /** What `driver` is doing here; undefined before it was started and after it has stopped. */
  running: RunningDriver | undefined;
  /** Why the node is quarantined, or why no driver was chosen. */
  error: Error | undefined;

  /** INVALID_ARGS for a missing name (NAME_MISSING), ALREADY_EXISTS for a sibling's (NAME_ALREADY_EXISTS). */
  constructor(parent: Node | undefined, args: NodeArgs) {
    if (typeof args.name !== "string" || args.name === "")
      throw new ZxError("INVALID_ARGS", "a node needs a name");
    if (parent?.children.some((sibling) => sibling.name === args.name)) {
      throw new ZxError(
        "ALREADY_EXISTS",
        `${parent.moniker} already has a child named ${JSON.stringify(args.name)}`,
      );
    }
    this.name = args.name;
    this.parent = parent;
    // As Fuchsia's manager does: "." separates names in a moniker and ":" is not allowed in one.
    const part = args.name.replaceAll(/[.:]/g, "_");
    this.moniker = parent === undefined ? part : `${parent.moniker}.${part}`;
    this.properties = { ...args.properties, ...offerProperties(args.offers) };
    this.offers = args.offers;
    this.banjo = args.banjo;
    parent?.children.push(this);
  }

  /** This node and everything below it, parents first. */
  *walk(): Generator<Node> {
    yield this;
    for (const child of this.children) yield* child.walk();
  }
}

/** Every offer is also a property, so that a driver can bind to "has service X". */
function offerProperties(offers: readonly Offer[]): Record<string, PropertyValue> {
  return Object.fromEntries(
    offers.map(({ protocol: { service } }) => [service, `${service}.ZirconTransport`]),
  );
}
