/** The syntax of `.fidl` files as the parser leaves it: what is written, where, nothing resolved. */
import type { SourceFile, Span } from "./source.ts";

export interface Node {
  readonly span: Span;
}

export interface Identifier extends Node {
  readonly text: string;
}

/** `a.b.C` */
export interface DottedName extends Node {
  readonly parts: readonly Identifier[];
}

export interface AttributeNode extends Node {
  readonly name: Identifier;
  readonly args: readonly AttributeArg[];
  /** Whether it was written as `///`. */
  readonly isDocComment: boolean;
}

export interface AttributeArg extends Node {
  readonly name: Identifier | null;
  readonly value: ValueNode;
}

export type ValueNode = NameValue | LiteralValue | OrValue;

export interface NameValue extends Node {
  readonly kind: "name";
  readonly name: DottedName;
}

export interface LiteralValue extends Node {
  readonly kind: "literal";
  readonly literal: "string" | "number" | "bool";
  /** A string without quotes and escapes; a number as written. */
  readonly text: string;
}

export interface OrValue extends Node {
  readonly kind: "or";
  readonly left: ValueNode;
  readonly right: ValueNode;
}

/** `vector<T>:<N, optional>`, `Name`, `struct { ... }` */
export interface TypeNode extends Node {
  readonly layout: DottedName | LayoutNode;
  readonly parameters: { readonly items: readonly TypeParameter[]; readonly span: Span } | null;
  readonly constraints: { readonly items: readonly ValueNode[]; readonly span: Span } | null;
}

/** A size, or a type; a bare name can turn out to be either. */
export type TypeParameter = TypeNode | LiteralValue;

export type LayoutKind = "struct" | "table" | "union" | "bits" | "enum";

export interface Modifier extends Node {
  readonly name: string;
  /** `strict(added=2)` */
  readonly available: AttributeNode | null;
}

export interface LayoutNode extends Node {
  readonly kind: LayoutKind;
  readonly attributes: readonly AttributeNode[];
  readonly modifiers: readonly Modifier[];
  readonly subtype: TypeNode | null;
  readonly members: readonly MemberNode[];
}

/** A member of any layout; which parts are there depends on the layout's kind. */
export interface MemberNode extends Node {
  readonly attributes: readonly AttributeNode[];
  readonly name: Identifier;
  /** Of tables and unions. */
  readonly ordinal: LiteralValue | null;
  /** Of structs, tables and unions. */
  readonly type: TypeNode | null;
  /** Of bits and enums; of structs, a default. */
  readonly value: ValueNode | null;
}

export interface DeclarationBase extends Node {
  readonly attributes: readonly AttributeNode[];
  readonly name: Identifier;
}

export type DeclarationNode =
  | ConstNode
  | TypeDeclNode
  | AliasNode
  | ProtocolNode
  | ServiceNode
  | ResourceNode;

export interface ConstNode extends DeclarationBase {
  readonly kind: "const";
  readonly type: TypeNode;
  readonly value: ValueNode;
}

export interface TypeDeclNode extends DeclarationBase {
  readonly kind: "type";
  readonly type: TypeNode;
}

export interface AliasNode extends DeclarationBase {
  readonly kind: "alias";
  readonly type: TypeNode;
}

export interface ProtocolNode extends DeclarationBase {
  readonly kind: "protocol";
  readonly modifiers: readonly Modifier[];
  readonly composed: readonly ComposeNode[];
  readonly methods: readonly MethodNode[];
}

export interface ComposeNode extends Node {
  readonly attributes: readonly AttributeNode[];
  readonly name: DottedName;
}

export interface MethodNode extends Node {
  readonly attributes: readonly AttributeNode[];
  readonly modifiers: readonly Modifier[];
  readonly name: Identifier;
  /** Null for an event. */
  readonly request: PayloadNode | null;
  /** Null for a one-way method. */
  readonly response: PayloadNode | null;
  readonly error: TypeNode | null;
}

/** What stands between the parentheses; `type` is null for `()`. */
export interface PayloadNode extends Node {
  readonly type: TypeNode | null;
}

export interface ServiceNode extends DeclarationBase {
  readonly kind: "service";
  readonly members: readonly MemberNode[];
}

export interface ResourceNode extends DeclarationBase {
  readonly kind: "resource";
  readonly subtype: TypeNode | null;
  readonly properties: readonly MemberNode[];
}

export interface UsingNode extends Node {
  readonly library: DottedName;
  readonly alias: Identifier | null;
}

export interface FileNode {
  readonly file: SourceFile;
  readonly library: DottedName;
  readonly attributes: readonly AttributeNode[];
  readonly imports: readonly UsingNode[];
  readonly declarations: readonly DeclarationNode[];
}
