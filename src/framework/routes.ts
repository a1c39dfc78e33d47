/** Which services a node's driver may connect to, and whose they are. */
import type { Offer } from "../fidl/fuchsia.driver.framework.ts";
import type { Node } from "./node.ts";
import { type NodeOffer, toFidlOffer } from "./offers.ts";
import { DEFAULT_INSTANCE } from "./service_path.ts";

/** One service of one parent, under the names that the node's driver knows. */
export interface Route {
  /** The node that has the offer; its provider serves it. */
  readonly from: Node;
  readonly offer: NodeOffer;
}

/**
 * A plain node's driver has the node's own offers. That of a composite node has those of all parents: each one's default instance
 * is called like the parent, and the primary one's is the default one too.
 */
export function routesOf(node: Node): Route[] {
  if (!node.isComposite) return node.offers.map((offer) => ({ from: node, offer }));
  return node.parents.flatMap(({ name, node: parent }, index) =>
    parent.offers.map((offer) => ({ from: parent, offer: renamed(offer, name, index === 0) })),
  );
}

export function fidlOffersOf(node: Node): Offer[] {
  return routesOf(node).map(({ offer }) => toFidlOffer(offer));
}

function renamed(offer: NodeOffer, parent: string, isPrimary: boolean): NodeOffer {
  const instances = offer.instances.flatMap(({ source, target }) => {
    const isDefault = target === DEFAULT_INSTANCE;
    const names = isDefault ? [parent, ...(isPrimary ? [DEFAULT_INSTANCE] : [])] : [`${parent}-${target}`];
    return names.map((name) => ({ source, target: name }));
  });
  return { ...offer, instances };
}
