/**
 * What the compiler works on between syntax and IR: declarations that know each other as objects, their types filled in as
 * they are resolved.
 */
import type {
  AliasNode,
  AttributeNode,
  ConstNode,
  FileNode,
  LayoutKind,
  LayoutNode,
  MethodNode,
  ProtocolNode,
  ResourceNode,
  ServiceNode,
  TypeNode,
  ValueNode,
} from "./ast.ts";
import type { ConstantValue, IntegerSubtype, PrimitiveSubtype } from "./ir.ts";
import type { Span } from "./source.ts";
import type { Availability, Versions } from "./versions.ts";

export interface LibraryScope {
  readonly name: string;
  /** Where its first file names it. */
  readonly span: Span;
  readonly files: readonly FileScope[];
  /** Of all its files' `library` lines. */
  readonly attributes: readonly AttributeNode[];
  readonly versions: Versions;
  /** The version that it is compiled at. */
  readonly version: number;
  /** What is there at that version, by name. */
  readonly declarations: Map<string, Decl>;
  /** Anonymous layouts, by where they are written. */
  readonly layouts: Map<LayoutNode, LayoutDecl>;
}

export interface FileScope {
  readonly node: FileNode;
  readonly library: LibraryScope;
  /** By the name that it is referred to by: its own, or an alias. */
  readonly imports: Map<string, Import>;
}

export interface Import {
  readonly library: LibraryScope;
  readonly span: Span;
  isUsed: boolean;
}

interface DeclBase {
  readonly name: string;
  readonly fullName: string;
  readonly file: FileScope;
  /** Its name, or for something anonymous all of it. */
  readonly span: Span;
  readonly attributes: readonly AttributeNode[];
  readonly availability: Availability;
}

export type Decl = ConstDecl | LayoutDecl | AliasDecl | ProtocolDecl | ServiceDecl | ResourceDecl;

/** How far a lazily resolved thing is; meeting "running" again is a cycle. */
export type Progress = "new" | "running" | "done";

export interface ConstDecl extends DeclBase {
  readonly kind: "const";
  readonly node: ConstNode;
  progress: Progress;
  type: ResolvedType | undefined;
  value: ConstantValue | undefined;
}

export interface LayoutDecl extends DeclBase {
  readonly kind: LayoutKind;
  /** Null for what the compiler makes: result unions and empty successes. */
  readonly node: LayoutNode | null;
  readonly namingContext: readonly string[];
  readonly isAnonymous: boolean;
  readonly strict: boolean;
  /** Of what the compiler makes, known when its members are. */
  resource: boolean;
  readonly isResult: boolean;
  readonly members: Member[];
  /** Of bits and enums: how far the type behind it and its values are. */
  progress: Progress;
  subtype: IntegerSubtype | undefined;
}

export interface Member {
  readonly name: string;
  readonly span: Span;
  readonly attributes: readonly AttributeNode[];
  readonly availability: Availability;
  /** Of tables and unions. */
  readonly ordinal: number;
  readonly typeNode: TypeNode | null;
  readonly valueNode: ValueNode | null;
  type: ResolvedType | undefined;
  /** Of bits and enums. */
  value: bigint | undefined;
}

export interface AliasDecl extends DeclBase {
  readonly kind: "alias";
  readonly node: AliasNode;
  progress: Progress;
  type: ResolvedType | undefined;
}

export interface ProtocolDecl extends DeclBase {
  readonly kind: "protocol";
  readonly node: ProtocolNode;
  readonly openness: "open" | "ajar" | "closed";
  readonly ownMethods: readonly MethodDecl[];
  readonly composed: readonly Compose[];
  /** What `@transport` says; `"Channel"` otherwise. */
  readonly transport: string;
}

export interface Compose {
  readonly span: Span;
  readonly node: ProtocolNode["composed"][number];
  readonly availability: Availability;
  protocol: ProtocolDecl | undefined;
}

export interface MethodDecl {
  readonly name: string;
  readonly node: MethodNode;
  readonly span: Span;
  readonly availability: Availability;
  readonly strict: boolean;
  readonly kind: "oneway" | "twoway" | "event";
  ordinal: bigint;
  request: LayoutDecl | null;
  /** What the source says; of a method with a result union that of its success. */
  response: LayoutDecl | null;
  /** The union that the reply is, and what stands in for an empty success. */
  readonly result: { readonly union: LayoutDecl; readonly empty: LayoutDecl | null } | null;
  error: ResolvedType | null;
}

export interface ServiceDecl extends DeclBase {
  readonly kind: "service";
  readonly node: ServiceNode;
  readonly members: readonly Member[];
}

export interface ResourceDecl extends DeclBase {
  readonly kind: "resource";
  readonly node: ResourceNode;
  readonly properties: readonly Member[];
  progress: Progress;
  subtypeEnum: LayoutDecl | undefined;
  rights: ResolvedType | undefined;
}

/** A type with its names resolved; its shape comes later. */
export type ResolvedType = { readonly alias: string | null } & (
  | { readonly kind: "primitive"; readonly subtype: PrimitiveSubtype }
  | { readonly kind: "string"; readonly bound: number | null; readonly optional: boolean }
  | {
      readonly kind: "vector";
      readonly element: ResolvedType;
      readonly bound: number | null;
      readonly optional: boolean;
    }
  | { readonly kind: "array"; readonly element: ResolvedType; readonly count: number }
  | {
      readonly kind: "handle";
      readonly resource: ResourceDecl;
      readonly subtype: string | null;
      readonly objectType: number;
      readonly rights: number | null;
      readonly optional: boolean;
    }
  | {
      readonly kind: "endpoint";
      readonly role: "client_end" | "server_end";
      readonly protocol: ProtocolDecl;
      readonly optional: boolean;
    }
  | { readonly kind: "box"; readonly struct: LayoutDecl }
  | { readonly kind: "identifier"; readonly decl: LayoutDecl; readonly optional: boolean }
  | { readonly kind: "framework_error" }
);

export function isLayout(decl: Decl): decl is LayoutDecl {
  return ["struct", "table", "union", "bits", "enum"].includes(decl.kind);
}
