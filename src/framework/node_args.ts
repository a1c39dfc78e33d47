/** The checks of AddChild, in Fuchsia's order (`src/devices/bin/driver_manager/node.cc`). */

import { fromFidlProperties } from "../driver/property_values.ts";
import {
  type NodeAddArgs,
  NodeError,
  type NodeSymbol,
  type Offer,
} from "../fidl/fuchsia.driver.framework.ts";
import { DomainError } from "../fidl/runtime/errors.ts";
import { monikerPart } from "./moniker.ts";
import type { Node, NodeArgs } from "./node.ts";
import { type NodeOffer, serviceOf, transportOfOffer } from "./offers.ts";

/** What a child of `parent` is made from. Throws what AddChild answers (`DomainError` of a NodeError). */
export function parseNodeArgs(parent: Node, args: NodeAddArgs): NodeArgs {
  const { name, symbols = [], properties, properties2 = [], offers2 = [], busInfo, driverHost } = args;
  if (parent.isLeaving || ["quarantined", "restarting", "stopping", "removed"].includes(parent.state)) {
    if (parent.children.length > 0)
      throw nodeError("UNBIND_CHILDREN_IN_PROGRESS", `${parent.moniker} is losing its children`);
    throw nodeError("NODE_REMOVED", `${parent.moniker} is being removed`);
  }
  if (name === undefined || name === "") throw nodeError("NAME_MISSING", "a node needs a name");
  // It would be several names in the path of a service.
  if (name.includes("/")) throw nodeError("NAME_INVALID", `${JSON.stringify(name)}: no slash in a name`);
  const part = monikerPart(name);
  if (parent.children.some((sibling) => monikerPart(sibling.name) === part))
    throw nodeError("NAME_ALREADY_EXISTS", `${parent.moniker} has a child ${name}`);
  const offers = offers2.map(parseOffer);
  checkSymbols(symbols);
  if (properties !== undefined)
    throw nodeError("UNSUPPORTED_ARGS", `${name}: properties are understood in their newer form only`);
  const keys = properties2.map(({ key }) => key);
  if (new Set(keys).size < keys.length)
    throw nodeError("DUPLICATE_PROPERTY_KEYS", `${name}: two properties with one key`);
  return { name, properties: fromFidlProperties(properties2), offers, symbols, busInfo, driverHost };
}

function parseOffer(offer: Offer): NodeOffer {
  const service = serviceOf(offer);
  if (service === undefined) throw nodeError("UNSUPPORTED_ARGS", "an offer of something else than a service");
  const { sourceName, targetName, source, target, sourceInstanceFilter, renamedInstances } = service;
  if (!sourceName) throw nodeError("OFFER_SOURCE_NAME_MISSING", "an offer without the service's name");
  if (source !== undefined || target !== undefined)
    throw nodeError("OFFER_REF_EXISTS", `the offer of ${sourceName} has a source or a target`);
  if (sourceInstanceFilter === undefined)
    throw nodeError("OFFER_SOURCE_INSTANCE_FILTER_MISSING", `the offer of ${sourceName} has no filter`);
  if (renamedInstances === undefined)
    throw nodeError("OFFER_RENAMED_INSTANCES_MISSING", `the offer of ${sourceName} renames no instances`);
  return {
    transport: transportOfOffer(offer),
    sourceService: sourceName,
    service: targetName ?? sourceName,
    instances: renamedInstances
      .filter((renamed) => sourceInstanceFilter.includes(renamed.sourceName))
      .map((renamed) => ({ source: renamed.sourceName, target: renamed.targetName })),
  };
}

function checkSymbols(symbols: readonly NodeSymbol[]): void {
  const names = new Set<string>();
  for (const { name, address } of symbols) {
    if (name === undefined) throw nodeError("SYMBOL_NAME_MISSING", "a symbol without a name");
    if (address === undefined) throw nodeError("SYMBOL_ADDRESS_MISSING", `the symbol ${name} has no address`);
    if (names.has(name)) throw nodeError("SYMBOL_ALREADY_EXISTS", `two symbols ${name}`);
    names.add(name);
  }
}

export function nodeError(name: keyof typeof NodeError, detail: string): DomainError<number> {
  return new DomainError(NodeError[name], detail);
}
