import type { NodeRole } from "./program.ts";
import type { PropertyValue } from "./properties.ts";
import type { SourceFile, Span } from "./source.ts";

/** An identifier, or several joined by dots. */
export interface NameNode {
  readonly text: string;
  readonly span: Span;
}

export interface UsingNode {
  readonly library: NameNode;
  readonly alias: NameNode | undefined;
}

export type ValueNode =
  | { readonly kind: "literal"; readonly value: PropertyValue; readonly span: Span }
  | ({ readonly kind: "name" } & NameNode);

export interface ConditionNode {
  readonly key: NameNode;
  readonly op: "==" | "!=";
  readonly value: ValueNode;
  readonly span: Span;
}

export type StatementNode =
  | { readonly kind: "condition"; readonly condition: ConditionNode; readonly span: Span }
  | {
      readonly kind: "accept";
      readonly key: NameNode;
      readonly values: readonly ValueNode[];
      readonly span: Span;
    }
  | {
      readonly kind: "if";
      /** `if` and each `else if`. */
      readonly branches: readonly {
        readonly condition: ConditionNode;
        readonly block: BlockNode;
        readonly span: Span;
      }[];
      readonly otherwise: BlockNode;
      /** Of the first line. */
      readonly span: Span;
    }
  | { readonly kind: "true" | "false"; readonly span: Span };

export type BlockNode = readonly StatementNode[];

export interface RulesFile {
  readonly kind: "rules";
  readonly using: readonly UsingNode[];
  readonly block: BlockNode;
}

export interface CompositeFile {
  readonly kind: "composite";
  readonly name: NameNode;
  readonly using: readonly UsingNode[];
  readonly nodes: readonly {
    readonly role: NodeRole;
    readonly name: NameNode;
    readonly block: BlockNode;
    /** From the first keyword to the name. */
    readonly span: Span;
  }[];
}

/** What a key's values are, in the words of the language. */
export type KeyType = "uint" | "string" | "bool" | "enum";

export interface DeclarationNode {
  readonly extend: boolean;
  readonly type: KeyType;
  readonly key: NameNode;
  /** Members of an enum have no literal. */
  readonly values: readonly { readonly name: NameNode; readonly literal: PropertyValue | undefined }[];
}

export interface LibraryFile {
  readonly kind: "library";
  readonly file: SourceFile;
  readonly name: NameNode;
  readonly using: readonly UsingNode[];
  readonly declarations: readonly DeclarationNode[];
}
