/**
 * What the FIDL compiler makes of `.fidl` text: plain frozen data, for a generator of code, a runtime, a wire log.
 *
 * Declarations refer to each other by full name (`"fuchsia.hardware.pci/Bar"`), never by object, so that recursive types are
 * plain data too; `ir.declarations` finds them. Names are as written in the source; `names.ts` re-cases them.
 * Aliases are already resolved: a type says what it is, and beside it which alias the source used.
 *
 * The data is close to the JSON IR of Fuchsia's fidlc; where it says the same thing, it says it with the same word.
 */

/** `library/Name`, as in `"zx/Status"`. */
export type FullName = string;

export interface Ir {
  /** Each library after those that it imports. */
  readonly libraries: readonly Library[];
  /** Every declaration of every library. */
  readonly declarations: ReadonlyMap<FullName, Declaration>;
}

export interface Library extends Documented {
  readonly name: string;
  /** Names of the libraries that its files import, sorted. */
  readonly imports: readonly string[];
  /**
   * Each declaration after those whose encoding it contains. Recursion goes through an optional, and what is only reached
   * that way, or named by an endpoint, may come later.
   */
  readonly declarations: readonly Declaration[];
}

/** What may stand in front of a thing: a doc comment and attributes. */
export interface Documented {
  /** Lines of `///` without the slashes and one leading space, joined by `\n`; empty if there is none. */
  readonly doc: string;
  /** All attributes but `@doc`, in source order. */
  readonly attributes: readonly Attribute[];
  /** Of `@available(deprecated=, note=)`, if the thing is deprecated at the compiled version: the note, else null. */
  readonly deprecated: string | null;
}

export interface Attribute {
  /** As written, without the `@`. */
  readonly name: string;
  /** Strings and booleans; an argument without a name is called `value`. Versions in `@available` are strings as written. */
  readonly arguments: ReadonlyMap<string, ConstantValue>;
}

/** `bigint` for every integer type, bits and enum; `number` for floats. */
export type ConstantValue = boolean | bigint | number | string;

// ---- Types

export type PrimitiveSubtype =
  | "bool"
  | "int8"
  | "int16"
  | "int32"
  | "int64"
  | "uint8"
  | "uint16"
  | "uint32"
  | "uint64"
  | "float32"
  | "float64";

export type IntegerSubtype = Exclude<PrimitiveSubtype, "bool" | "float32" | "float64">;

/** The bound of a vector or string that has none; also every figure of a shape that has no limit. */
export const UNBOUNDED = 0xffff_ffff;

export type Type =
  | PrimitiveType
  | StringType
  | VectorType
  | ArrayType
  | HandleType
  | EndpointType
  | BoxType
  | IdentifierType
  | FrameworkErrorType;

interface TypeBase {
  readonly shape: Shape;
  /** The alias by which the source named this type, if by one. */
  readonly alias: FullName | null;
}

export interface PrimitiveType extends TypeBase {
  readonly kind: "primitive";
  readonly subtype: PrimitiveSubtype;
}

export interface StringType extends TypeBase {
  readonly kind: "string";
  /** In UTF-8 bytes, or `UNBOUNDED`. */
  readonly maxBytes: number;
  readonly optional: boolean;
}

export interface VectorType extends TypeBase {
  readonly kind: "vector";
  readonly element: Type;
  /** Elements, or `UNBOUNDED`. */
  readonly maxCount: number;
  readonly optional: boolean;
}

export interface ArrayType extends TypeBase {
  readonly kind: "array";
  readonly element: Type;
  /** Elements; at least 1. */
  readonly count: number;
}

export interface HandleType extends TypeBase {
  readonly kind: "handle";
  /** The `resource_definition`, as in `"zx/Handle"`. */
  readonly resource: FullName;
  /** The member of its subtype enum as written (`"VMO"`), or null for a handle of any kind. */
  readonly subtype: string | null;
  /** The value of that member, `zx.ObjType`; 0 for a handle of any kind. */
  readonly objectType: number;
  /** Required rights as a mask, `RIGHT_SAME_RIGHTS` (0x80000000) if the source names none. */
  readonly rights: number;
  readonly optional: boolean;
}

export interface EndpointType extends TypeBase {
  readonly kind: "endpoint";
  readonly role: "client_end" | "server_end";
  readonly protocol: FullName;
  readonly optional: boolean;
}

/** `box<S>`: an optional struct, out of line. */
export interface BoxType extends TypeBase {
  readonly kind: "box";
  readonly struct: FullName;
}

/** A type that is declared by name: bits, enum, struct, table or union. */
export interface IdentifierType extends TypeBase {
  readonly kind: "identifier";
  readonly name: FullName;
  /** Of unions only. */
  readonly optional: boolean;
}

/** What a result union carries when the other side does not know the method: an int32 that is -2. */
export interface FrameworkErrorType extends TypeBase {
  readonly kind: "framework_error";
}

/** How large a value can be on the wire (format v2). Every figure saturates at `UNBOUNDED`. */
export interface Shape {
  /** Bytes in line, padding at the end included. */
  readonly inlineSize: number;
  readonly alignment: 1 | 2 | 4 | 8;
  /** Pointers and envelopes to follow to the deepest part. */
  readonly depth: number;
  readonly maxHandles: number;
  /** Bytes out of line, with their padding, at most. */
  readonly maxOutOfLine: number;
  /** Whether a value contains bytes that must be zero. */
  readonly hasPadding: boolean;
  /** Whether a value can contain members that this schema does not know. */
  readonly hasFlexibleEnvelope: boolean;
}

// ---- Declarations

export type Declaration =
  | ConstDeclaration
  | BitsDeclaration
  | EnumDeclaration
  | StructDeclaration
  | TableDeclaration
  | UnionDeclaration
  | AliasDeclaration
  | ProtocolDeclaration
  | ServiceDeclaration
  | ResourceDeclaration;

/** Declarations that a message body can be. */
export type PayloadDeclaration = StructDeclaration | TableDeclaration | UnionDeclaration;

/** Declarations that are types. */
export type LayoutDeclaration = BitsDeclaration | EnumDeclaration | PayloadDeclaration;

interface DeclarationBase extends Documented {
  readonly name: FullName;
  /** Where it is declared; for an error message or an editor. */
  readonly location: Location;
}

interface LayoutBase extends DeclarationBase {
  /**
   * For a layout without a name of its own, the path to where it is written, from which its name is made:
   * `["Launcher", "Start", "Request", "options"]`. For a named one, its name.
   */
  readonly namingContext: readonly string[];
  /** Whether the source gives it a name, with `type Name =`. */
  readonly anonymous: boolean;
  readonly shape: Shape;
}

export interface ConstDeclaration extends DeclarationBase {
  readonly kind: "const";
  readonly type: Type;
  readonly value: ConstantValue;
}

export interface BitsDeclaration extends LayoutBase {
  readonly kind: "bits";
  readonly subtype: IntegerSubtype;
  readonly strict: boolean;
  readonly members: readonly ValueMember[];
  /** All members' bits. */
  readonly mask: bigint;
}

export interface EnumDeclaration extends LayoutBase {
  readonly kind: "enum";
  readonly subtype: IntegerSubtype;
  readonly strict: boolean;
  readonly members: readonly ValueMember[];
  /** Of a flexible enum: what bindings use for "unknown" (the member with `@unknown`, else the type's maximum); else null. */
  readonly unknownValue: bigint | null;
}

export interface ValueMember extends Documented {
  readonly name: string;
  readonly value: bigint;
}

export interface StructDeclaration extends LayoutBase {
  readonly kind: "struct";
  readonly resource: boolean;
  /** None: the struct is one zero byte. */
  readonly members: readonly StructMember[];
}

export interface StructMember extends Documented {
  readonly name: string;
  readonly type: Type;
  /** Bytes from the struct's start. */
  readonly offset: number;
  /** Zero bytes between it and the next member or the struct's end. */
  readonly padding: number;
}

export interface TableDeclaration extends LayoutBase {
  readonly kind: "table";
  readonly resource: boolean;
  /** By ordinal, rising; gaps are possible. */
  readonly members: readonly OrdinalMember[];
}

export interface UnionDeclaration extends LayoutBase {
  readonly kind: "union";
  readonly resource: boolean;
  readonly strict: boolean;
  /** By ordinal, rising. */
  readonly members: readonly OrdinalMember[];
  /**
   * Whether the compiler made it to carry a method's result: members `response` (1), and `err` (2) and `framework_err` (3)
   * as far as the method can have them. It is strict.
   */
  readonly isResult: boolean;
}

export interface OrdinalMember extends Documented {
  readonly ordinal: number;
  readonly name: string;
  readonly type: Type;
}

export interface AliasDeclaration extends DeclarationBase {
  readonly kind: "alias";
  readonly type: Type;
}

export interface ProtocolDeclaration extends DeclarationBase {
  readonly kind: "protocol";
  readonly openness: "open" | "ajar" | "closed";
  /** `"Channel"`, or what `@transport` says. */
  readonly transport: string;
  /** The name for discovery (`"fuchsia.hardware.pci.Device"`), if the protocol is `@discoverable`; else null. */
  readonly discoverableName: string | null;
  /** Protocols named by `compose`, in source order. */
  readonly composed: readonly FullName[];
  /** Its own in source order, then those of the composed protocols. */
  readonly methods: readonly Method[];
}

export interface Method extends Documented {
  readonly name: string;
  /** 63 bits, never 0. */
  readonly ordinal: bigint;
  readonly kind: "oneway" | "twoway" | "event";
  readonly strict: boolean;
  /** The protocol that declares it, where that is not the one that it is listed in. */
  readonly composedFrom: FullName | null;
  /** The client's message; null for an event. */
  readonly request: Message | null;
  /** The server's message: the reply, or the event; null for a one-way method. */
  readonly response: Message | null;
  /** What the reply of a two-way method means, if it is a result union, which `response.payload` then names; else null. */
  readonly result: Result | null;
}

/** A message, its header left aside. */
export interface Message {
  /** The struct, table or union that is the body; null for a message that ends with its header. */
  readonly payload: FullName | null;
  /** The shape of that body; null without one. */
  readonly shape: Shape | null;
}

export interface Result {
  /** The result union. */
  readonly union: FullName;
  /** Its member `response`: a struct, table or union; an empty struct, made for it, where the source says `()`. */
  readonly success: FullName;
  /** The type behind `error`; null if the method declares none. */
  readonly error: Type | null;
  /** Whether the method is flexible, so that `framework_err` is possible. */
  readonly hasFrameworkError: boolean;
}

export interface ServiceDeclaration extends DeclarationBase {
  readonly kind: "service";
  readonly members: readonly ServiceMember[];
}

export interface ServiceMember extends Documented {
  readonly name: string;
  /** A `client_end`, never optional. */
  readonly type: EndpointType;
}

/** A kind of handle; the library `zx` declares `Handle`. */
export interface ResourceDeclaration extends DeclarationBase {
  readonly kind: "resource";
  /** The enum behind its property `subtype`. */
  readonly subtypeEnum: FullName;
  /** The bits (or uint32) behind its property `rights`; null if it has none. */
  readonly rightsType: Type | null;
}

/** Lines and columns from 1; a column counts UTF-16 units. */
export interface Location {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}
