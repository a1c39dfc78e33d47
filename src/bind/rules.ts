/** Bind rules as TypeScript objects. A property called `if` or `composite` cannot be named; bind libraries make no such keys. */
import type { BindProgram } from "./program.ts";
import type { PropertyValue } from "./properties.ts";

/** One value: `==`. Several: `accept`. Under `not`: `!=`, for each of them. */
export type BindCondition =
  | PropertyValue
  | readonly PropertyValue[]
  | { readonly not: PropertyValue | readonly PropertyValue[] };

/** Each key's condition must hold: `{ "fuchsia.BIND_PCI_VID": 0x1234, "fuchsia.BIND_PCI_DID": [0x11e8, 0x11e9] }`. */
export interface BindConditions {
  readonly [key: string]: BindCondition;
}

/** Either block: `{ if: { "fuchsia.acpi.HID": "PNP0303" }, do: ..., else: ... }`. */
export interface BindIf {
  /** One key with one value, or with `{ not: value }`. */
  readonly if: { readonly [key: string]: PropertyValue | { readonly not: PropertyValue } };
  readonly do: BindBlock;
  readonly else: BindBlock;
}

/** What must hold; in a list, all of it, and an `if` comes last. `true` and `false` stand alone. */
export type BindBlock = boolean | BindConditions | BindIf | readonly (BindConditions | BindIf)[];

/** Rules for a node with several parents: `{ composite: "gizmo", primary: { pci: ... }, additional: { tee: ... } }`. */
export interface CompositeBindRules {
  readonly composite: string;
  /** Exactly one: the name under which the driver sees the parent, and its rules. */
  readonly primary: { readonly [name: string]: BindBlock };
  readonly additional?: { readonly [name: string]: BindBlock };
  /** Parents that a node may lack. */
  readonly optional?: { readonly [name: string]: BindBlock };
}

/** Bind rules: as an object, or compiled from the bind language with `parseBind`. */
export type BindRules = BindBlock | CompositeBindRules | BindProgram;
