/** What bind rules are compiled to, whichever form they were written in. Plain data. */
import type { PropertyValue } from "./properties.ts";

/** Where a statement stands: in a text, or on which path in an object. Lines and columns count from 1. */
export type Place =
  | { readonly file: string; readonly line: number; readonly column: number }
  | { readonly path: string };

export interface Operand {
  readonly value: PropertyValue;
  /** The name in a bind library that stood for it. */
  readonly name?: string;
}

export interface Condition {
  /** Full name of the property. */
  readonly key: string;
  readonly op: "==" | "!=";
  readonly operand: Operand;
  readonly at: Place;
}

/** A block holds if each of its statements does. */
export type Block = readonly Statement[];

export type Statement =
  | ({ readonly kind: "condition" } & Condition)
  /** The property is there and is one of these. */
  | {
      readonly kind: "accept";
      readonly key: string;
      readonly operands: readonly Operand[];
      readonly at: Place;
    }
  /** Always the last one of its block; `else if` is an `if` alone in an `otherwise`. */
  | {
      readonly kind: "if";
      readonly condition: Condition;
      readonly block: Block;
      readonly otherwise: Block;
      readonly at: Place;
    }
  /** Always alone in its block. */
  | { readonly kind: "true" | "false"; readonly at: Place };

/** - `primary`: the one parent in whose driver host a colocated driver runs.
 *  - `additional`: must be there too.
 *  - `optional`: may be missing from a composite node. */
export type NodeRole = "primary" | "additional" | "optional";

export interface CompositeNode {
  /** Under this name the driver sees the parent's services. */
  readonly name: string;
  readonly role: NodeRole;
  readonly block: Block;
  readonly at: Place;
}

export type BindProgram =
  | { readonly kind: "rules"; readonly block: Block }
  /** For nodes with several parents. Exactly one of the nodes is primary; names are unique. */
  | { readonly kind: "composite"; readonly name: string; readonly nodes: readonly CompositeNode[] };

export type CompositeProgram = Extract<BindProgram, { kind: "composite" }>;

/** How deep `if` statements may stand in one another. */
export const MAX_NESTING = 100;
