// Generated from fuchsia.component.decl.fidl by zirconia fidl compile; do not edit.
/**
 * The FIDL library `fuchsia.component.decl`.
 *
 * How capabilities are declared, as far as a driver does: it offers services to the nodes that it adds.
 */
import {
  type Codec,
  flexibleUnion,
  optional,
  strictEnum,
  string,
  struct,
  table,
  type UnknownVariant,
  uint32,
  vector,
} from "./runtime/index.ts";

export const MAX_NAME_LENGTH = 100;
export const MAX_CHILD_NAME_LENGTH = 1024;
export const MAX_PATH_LENGTH = 1024;
export type Name = string;
export type ChildName = string;

export type ParentRef = Record<string, never>;
export const PARENT_REF: Codec<ParentRef> = struct<ParentRef>("fuchsia.component.decl/ParentRef", {});

export type SelfRef = Record<string, never>;
export const SELF_REF: Codec<SelfRef> = struct<SelfRef>("fuchsia.component.decl/SelfRef", {});

export type DebugRef = Record<string, never>;
export const DEBUG_REF: Codec<DebugRef> = struct<DebugRef>("fuchsia.component.decl/DebugRef", {});

export type FrameworkRef = Record<string, never>;
export const FRAMEWORK_REF: Codec<FrameworkRef> = struct<FrameworkRef>(
  "fuchsia.component.decl/FrameworkRef",
  {},
);

export type VoidRef = Record<string, never>;
export const VOID_REF: Codec<VoidRef> = struct<VoidRef>("fuchsia.component.decl/VoidRef", {});

export interface ChildRef {
  readonly name: ChildName;
  /** Absent for a child that is declared. */
  readonly collection: Name | undefined;
}
const STRING_1024 = string(1024);
const STRING_100 = string(100);
const OPTIONAL_STRING_100 = optional(STRING_100);
export const CHILD_REF: Codec<ChildRef> = struct<ChildRef>(
  "fuchsia.component.decl/ChildRef",
  { name: STRING_1024, collection: OPTIONAL_STRING_100 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.component.decl/ChildRef")) return;
      STRING_1024.encode(e, o, v.name);
      OPTIONAL_STRING_100.encode(e, o + 16, v.collection);
    },
    decode(d, o) {
      return { name: STRING_1024.decode(d, o), collection: OPTIONAL_STRING_100.decode(d, o + 16) };
    },
  },
);

export interface CollectionRef {
  readonly name: Name;
}
export const COLLECTION_REF: Codec<CollectionRef> = struct<CollectionRef>(
  "fuchsia.component.decl/CollectionRef",
  { name: STRING_100 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.component.decl/CollectionRef")) return;
      STRING_100.encode(e, o, v.name);
    },
    decode(d, o) {
      return { name: STRING_100.decode(d, o) };
    },
  },
);

export interface CapabilityRef {
  readonly name: string;
}
export const CAPABILITY_REF: Codec<CapabilityRef> = struct<CapabilityRef>(
  "fuchsia.component.decl/CapabilityRef",
  { name: STRING_100 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.component.decl/CapabilityRef")) return;
      STRING_100.encode(e, o, v.name);
    },
    decode(d, o) {
      return { name: STRING_100.decode(d, o) };
    },
  },
);

/** Where a capability comes from or goes to, seen from the component. */
export type Ref =
  | { readonly kind: "parent"; readonly parent: ParentRef }
  | { readonly kind: "self"; readonly self: SelfRef }
  | { readonly kind: "child"; readonly child: ChildRef }
  | { readonly kind: "collection"; readonly collection: CollectionRef }
  | { readonly kind: "framework"; readonly framework: FrameworkRef }
  | { readonly kind: "capability"; readonly capability: CapabilityRef }
  | { readonly kind: "debug"; readonly debug: DebugRef }
  | { readonly kind: "voidType"; readonly voidType: VoidRef }
  | UnknownVariant;
export const REF: Codec<Ref> = flexibleUnion(
  "fuchsia.component.decl/Ref",
  {
    parent: [1, PARENT_REF],
    self: [2, SELF_REF],
    child: [3, CHILD_REF],
    collection: [4, COLLECTION_REF],
    framework: [5, FRAMEWORK_REF],
    capability: [6, CAPABILITY_REF],
    debug: [7, DEBUG_REF],
    voidType: [8, VOID_REF],
  },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.component.decl/Ref")) return;
      switch (v.kind) {
        case "parent":
          return e.union(o, 1, PARENT_REF, v.parent);
        case "self":
          return e.union(o, 2, SELF_REF, v.self);
        case "child":
          return e.union(o, 3, CHILD_REF, v.child);
        case "collection":
          return e.union(o, 4, COLLECTION_REF, v.collection);
        case "framework":
          return e.union(o, 5, FRAMEWORK_REF, v.framework);
        case "capability":
          return e.union(o, 6, CAPABILITY_REF, v.capability);
        case "debug":
          return e.union(o, 7, DEBUG_REF, v.debug);
        case "voidType":
          return e.union(o, 8, VOID_REF, v.voidType);
        default:
          return e.unknownVariant(o, v, "fuchsia.component.decl/Ref");
      }
    },
    decode(d, o) {
      switch (d.unionOrdinal(o)) {
        case 1:
          return { kind: "parent", parent: d.envelope(o + 8, PARENT_REF) };
        case 2:
          return { kind: "self", self: d.envelope(o + 8, SELF_REF) };
        case 3:
          return { kind: "child", child: d.envelope(o + 8, CHILD_REF) };
        case 4:
          return { kind: "collection", collection: d.envelope(o + 8, COLLECTION_REF) };
        case 5:
          return { kind: "framework", framework: d.envelope(o + 8, FRAMEWORK_REF) };
        case 6:
          return { kind: "capability", capability: d.envelope(o + 8, CAPABILITY_REF) };
        case 7:
          return { kind: "debug", debug: d.envelope(o + 8, DEBUG_REF) };
        case 8:
          return { kind: "voidType", voidType: d.envelope(o + 8, VOID_REF) };
        default:
          return d.unknownVariant(o);
      }
    },
  },
);

/** What is called one thing at its source and another at its target. */
export interface NameMapping {
  readonly sourceName: Name;
  readonly targetName: Name;
}
export const NAME_MAPPING: Codec<NameMapping> = struct<NameMapping>(
  "fuchsia.component.decl/NameMapping",
  { sourceName: STRING_100, targetName: STRING_100 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.component.decl/NameMapping")) return;
      STRING_100.encode(e, o, v.sourceName);
      STRING_100.encode(e, o + 16, v.targetName);
    },
    decode(d, o) {
      return { sourceName: STRING_100.decode(d, o), targetName: STRING_100.decode(d, o + 16) };
    },
  },
);

/** Whether a capability must be there. */
export const Availability = {
  REQUIRED: 1,
  OPTIONAL: 2,
  SAME_AS_TARGET: 3,
  TRANSITIONAL: 4,
} as const;
export type Availability = (typeof Availability)[keyof typeof Availability];
export const AVAILABILITY: Codec<Availability> = strictEnum(
  "fuchsia.component.decl/Availability",
  uint32,
  Availability,
) as Codec<Availability>;

export interface OfferService {
  readonly source?: Ref | undefined;
  /** The service's name. */
  readonly sourceName?: Name | undefined;
  readonly target?: Ref | undefined;
  /** The service's name for the target. */
  readonly targetName?: Name | undefined;
  /** Instances of which the target may know. */
  readonly sourceInstanceFilter?: readonly string[] | undefined;
  /** What instances are called for the target. */
  readonly renamedInstances?: readonly NameMapping[] | undefined;
  readonly availability?: Availability | undefined;
}
const VECTOR_OF_STRING_100 = vector(STRING_100);
const VECTOR_OF_NAME_MAPPING = vector(NAME_MAPPING);
export const OFFER_SERVICE: Codec<OfferService> = table<OfferService>(
  "fuchsia.component.decl/OfferService",
  {
    source: [1, REF],
    sourceName: [2, STRING_100],
    target: [3, REF],
    targetName: [4, STRING_100],
    sourceInstanceFilter: [5, VECTOR_OF_STRING_100],
    renamedInstances: [6, VECTOR_OF_NAME_MAPPING],
    availability: [7, AVAILABILITY],
  },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.component.decl/OfferService")) return;
      let max = 0;
      if (v.source !== undefined) max = 1;
      if (v.sourceName !== undefined) max = 2;
      if (v.target !== undefined) max = 3;
      if (v.targetName !== undefined) max = 4;
      if (v.sourceInstanceFilter !== undefined) max = 5;
      if (v.renamedInstances !== undefined) max = 6;
      if (v.availability !== undefined) max = 7;
      const t = e.enterTable(o, max);
      if (v.source !== undefined) e.envelope(t, REF, v.source);
      if (v.sourceName !== undefined) e.envelope(t + 8, STRING_100, v.sourceName);
      if (v.target !== undefined) e.envelope(t + 16, REF, v.target);
      if (v.targetName !== undefined) e.envelope(t + 24, STRING_100, v.targetName);
      if (v.sourceInstanceFilter !== undefined)
        e.envelope(t + 32, VECTOR_OF_STRING_100, v.sourceInstanceFilter);
      if (v.renamedInstances !== undefined) e.envelope(t + 40, VECTOR_OF_NAME_MAPPING, v.renamedInstances);
      if (v.availability !== undefined) e.envelope(t + 48, AVAILABILITY, v.availability);
      e.leave();
    },
    decode(d, o) {
      const t = d.enterTable(o);
      const n = d.envelopes;
      const m1 = n >= 1 ? d.optionalEnvelope(t, REF) : undefined;
      const m2 = n >= 2 ? d.optionalEnvelope(t + 8, STRING_100) : undefined;
      const m3 = n >= 3 ? d.optionalEnvelope(t + 16, REF) : undefined;
      const m4 = n >= 4 ? d.optionalEnvelope(t + 24, STRING_100) : undefined;
      const m5 = n >= 5 ? d.optionalEnvelope(t + 32, VECTOR_OF_STRING_100) : undefined;
      const m6 = n >= 6 ? d.optionalEnvelope(t + 40, VECTOR_OF_NAME_MAPPING) : undefined;
      const m7 = n >= 7 ? d.optionalEnvelope(t + 48, AVAILABILITY) : undefined;
      d.leaveTable(t, n, 7);
      return {
        source: m1,
        sourceName: m2,
        target: m3,
        targetName: m4,
        sourceInstanceFilter: m5,
        renamedInstances: m6,
        availability: m7,
      };
    },
  },
);

/** A capability that is offered. Drivers offer services. */
export type Offer = { readonly kind: "service"; readonly service: OfferService } | UnknownVariant;
export const OFFER: Codec<Offer> = flexibleUnion(
  "fuchsia.component.decl/Offer",
  { service: [1, OFFER_SERVICE] },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.component.decl/Offer")) return;
      switch (v.kind) {
        case "service":
          return e.union(o, 1, OFFER_SERVICE, v.service);
        default:
          return e.unknownVariant(o, v, "fuchsia.component.decl/Offer");
      }
    },
    decode(d, o) {
      switch (d.unionOrdinal(o)) {
        case 1:
          return { kind: "service", service: d.envelope(o + 8, OFFER_SERVICE) };
        default:
          return d.unknownVariant(o);
      }
    },
  },
);
