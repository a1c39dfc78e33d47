/** What a node offers to its driver: services of the driver that added it, under other names of instances. */
import type { PropertyValue } from "../bind/properties.ts";
import type { Offer } from "../fidl/fuchsia.driver.framework.ts";
import { DEFAULT_INSTANCE } from "./service_path.ts";

export type OfferTransport = "ZirconTransport" | "DriverTransport" | "Dictionary";

/** One service. */
export interface NodeOffer {
  readonly transport: OfferTransport;
  /** Its name at the source. */
  readonly sourceService: string;
  /** Its name for the node's driver. */
  readonly service: string;
  /** What its instances are called for the node's driver, and at the source. */
  readonly instances: readonly { readonly source: string; readonly target: string }[];
}

/** The offer of one service whose one instance at the source is `instance`, and the default one for the node's driver. */
export function offerOf(service: string, instance: string): Offer {
  return toFidlOffer({
    transport: "ZirconTransport",
    sourceService: service,
    service,
    instances: [{ source: instance, target: DEFAULT_INSTANCE }],
  });
}

export function toFidlOffer({ transport, sourceService, service, instances }: NodeOffer): Offer {
  const decl = {
    kind: "service",
    service: {
      sourceName: sourceService,
      targetName: service,
      sourceInstanceFilter: [...new Set(instances.map(({ source }) => source))],
      renamedInstances: instances.map(({ source, target }) => ({ sourceName: source, targetName: target })),
    },
  } as const;
  if (transport === "ZirconTransport") return { kind: "zirconTransport", zirconTransport: decl };
  if (transport === "DriverTransport") return { kind: "driverTransport", driverTransport: decl };
  return { kind: "dictionaryOffer", dictionaryOffer: decl };
}

/** Undefined for an offer of an unknown kind; what is missing is for the caller to refuse. */
export function serviceOf(offer: Offer) {
  const decl =
    offer.kind === "zirconTransport"
      ? offer.zirconTransport
      : offer.kind === "driverTransport"
        ? offer.driverTransport
        : offer.kind === "dictionaryOffer"
          ? offer.dictionaryOffer
          : undefined;
  return decl?.kind === "service" ? decl.service : undefined;
}

export function transportOfOffer({ kind }: Offer): OfferTransport {
  if (kind === "driverTransport") return "DriverTransport";
  return kind === "dictionaryOffer" ? "Dictionary" : "ZirconTransport";
}

/** Every offer is also a property, so that a driver can bind to "has service X". */
export function offerProperties(offers: readonly NodeOffer[]): Record<string, PropertyValue> {
  return Object.fromEntries(offers.map(({ service, transport }) => [service, `${service}.${transport}`]));
}
