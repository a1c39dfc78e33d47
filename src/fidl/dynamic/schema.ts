/**
 * Codecs and protocols straight from the compiler's IR, for programs that meet their `.fidl` text at run time: a wire log, a
 * fuzzer. Values are those of generated code, key for key; generated code is faster, and has types.
 */
import type {
  Declaration,
  FullName,
  Ir,
  LayoutDeclaration,
  Method as MethodDeclaration,
  OrdinalMember,
  PrimitiveSubtype,
  ProtocolDeclaration,
  Type,
  ValueMember,
} from "../compiler/ir.ts";
import { libraryOf } from "../compiler/names.ts";
import { constantName, keysOf } from "../generator/names.ts";
import {
  type AnyCodec,
  array,
  bool,
  box,
  byteArray,
  bytes,
  clientEnd,
  event,
  flexibleBits,
  flexibleEnum,
  flexibleUnion,
  float32,
  float64,
  handle,
  int8,
  int16,
  int32,
  int64,
  type Method,
  oneWay,
  optional,
  type ProtocolInfo,
  recursive,
  serverEnd,
  status,
  strictBits,
  strictEnum,
  strictUnion,
  string,
  struct,
  table,
  twoWay,
  uint8,
  uint16,
  uint32,
  uint64,
  vector,
} from "../runtime/index.ts";

/** The types and protocols of an IR. Codecs are made when they are asked for, once. */
export class Schema {
  readonly #ir: Ir;
  readonly #codecs = new Map<FullName, AnyCodec>();
  readonly #unfinished = new Set<FullName>();
  #protocols: readonly ProtocolInfo[] | undefined;

  constructor(ir: Ir) {
    this.#ir = ir;
  }

  /** Every protocol, in the order of the IR. */
  get protocols(): readonly ProtocolInfo[] {
    this.#protocols ??= [...this.#ir.declarations.values()]
      .filter((each) => each.kind === "protocol")
      .map((each) => this.#protocol(each));
    return this.#protocols;
  }

  /** The codec of a struct, table, union, enum, bits or alias: `"fuchsia.hardware.pci/Bar"`. Undefined where there is no such type. */
  codec(name: FullName): AnyCodec | undefined {
    const declaration = this.#ir.declarations.get(name);
    if (declaration === undefined) return undefined;
    if (declaration.kind === "alias") return this.#type(declaration.type);
    return isLayout(declaration) ? this.#layout(declaration) : undefined;
  }

  #protocol({ name, openness, methods }: ProtocolDeclaration): ProtocolInfo {
    return { name, openness, methods: methods.map((method) => this.#method(name, method)) };
  }

  #method(protocol: FullName, declared: MethodDeclaration): Method {
    const { kind, ordinal, strict, request, response, result, composedFrom } = declared;
    const named = { name: `${composedFrom ?? protocol}.${declared.name}`, ordinal, flexible: !strict };
    switch (kind) {
      case "oneway":
        return oneWay<unknown>({ ...named, ...this.#as("request", request?.payload) });
      case "event":
        return event<unknown>({ ...named, ...this.#as("payload", response?.payload) });
      case "twoway":
        return twoWay<unknown, unknown>({
          ...named,
          ...this.#as("request", request?.payload),
          ...this.#as("response", result === null ? response?.payload : this.#success(result.success)),
          error: result?.error ? this.#type(result.error) : undefined,
        });
    }
  }

  /** The payload of a result; none where the compiler made an empty struct in place of it, which the runtime does by itself. */
  #success(name: FullName): FullName | undefined {
    const declaration = this.#ir.declarations.get(name);
    const isEmpty = declaration?.kind === "struct" && declaration.members.length === 0;
    return isEmpty ? undefined : name;
  }

  #as<K extends string>(key: K, payload: FullName | null | undefined): { readonly [key in K]?: AnyCodec } {
    return payload ? ({ [key]: this.#named(payload) } as { [key in K]: AnyCodec }) : {};
  }

  #named(name: FullName): AnyCodec {
    return this.#layout(this.#ir.declarations.get(name) as LayoutDeclaration);
  }

  #layout(declaration: LayoutDeclaration): AnyCodec {
    const { name, shape } = declaration;
    const known = this.#codecs.get(name);
    if (known !== undefined) return known;
    // It contains itself: to be looked up when a value comes.
    if (this.#unfinished.has(name)) {
      return recursive(name, shape.inlineSize, shape.alignment, () => this.#layout(declaration));
    }
    this.#unfinished.add(name);
    const codec = this.#made(declaration);
    this.#unfinished.delete(name);
    this.#codecs.set(name, codec);
    return codec;
  }

  #made(declaration: LayoutDeclaration): AnyCodec {
    const { name } = declaration;
    switch (declaration.kind) {
      case "enum":
      case "bits": {
        const { kind, strict, subtype } = declaration;
        const make = { enum: [flexibleEnum, strictEnum], bits: [flexibleBits, strictBits] }[kind][
          strict ? 1 : 0
        ]!;
        const of: AnyCodec = PRIMITIVES[subtype];
        return make(name, of, valuesOf(declaration.members, subtype));
      }
      case "struct": {
        const keys = keysOf(declaration.members);
        const members = declaration.members.map(({ type }, i) => [keys[i]!, this.#type(type)] as const);
        return struct<object>(
          name,
          Object.fromEntries(members),
          undefined,
          namesOf(keys, declaration.members),
        );
      }
      case "table": {
        const keys = keysOf(declaration.members);
        const members = this.#ordinalMembers(keys, declaration.members);
        return table<object>(name, members, undefined, namesOf(keys, declaration.members));
      }
      case "union": {
        // As in generated code: `kind` tells members apart, and `unknown` is what it says of others.
        const keys = keysOf(declaration.members, ["kind", "unknown"]);
        const make = declaration.strict ? strictUnion : flexibleUnion;
        const members = this.#ordinalMembers(keys, declaration.members);
        return make<object>(name, members, undefined, namesOf(keys, declaration.members));
      }
    }
  }

  #ordinalMembers(keys: readonly string[], members: readonly OrdinalMember[]) {
    return Object.fromEntries(
      members.map(({ ordinal, type }, i) => [keys[i]!, [ordinal, this.#type(type)] as const]),
    );
  }

  #type(type: Type): AnyCodec {
    const codec = this.#required(type);
    return "optional" in type && type.optional ? optional(codec) : codec;
  }

  #required(type: Type): AnyCodec {
    switch (type.kind) {
      case "primitive":
        return isStatus(type) ? status : PRIMITIVES[type.subtype];
      case "framework_error":
        return int32;
      case "string":
        return string(type.maxBytes);
      case "vector":
        return isByte(type.element)
          ? bytes(type.maxCount)
          : vector<unknown>(this.#type(type.element), type.maxCount);
      case "array":
        return isByte(type.element)
          ? byteArray(type.count)
          : array<unknown>(this.#type(type.element), type.count);
      case "handle":
        return handle(type.objectType, type.rights);
      case "endpoint":
        return type.role === "client_end" ? clientEnd(type.protocol) : serverEnd(type.protocol);
      case "box":
        return box(this.#named(type.struct));
      case "identifier":
        return this.#named(type.name);
    }
  }
}

const PRIMITIVES: { readonly [subtype in PrimitiveSubtype]: AnyCodec } = {
  bool,
  int8,
  int16,
  int32,
  int64,
  uint8,
  uint16,
  uint32,
  uint64,
  float32,
  float64,
};

function isLayout(declaration: Declaration): declaration is LayoutDeclaration {
  return ["bits", "enum", "struct", "table", "union"].includes(declaration.kind);
}

function isByte(type: Type): boolean {
  return type.kind === "primitive" && type.subtype === "uint8";
}

/** zx.Status is an alias of int32, whose values have names. */
function isStatus({ alias }: Type): boolean {
  return alias !== null && libraryOf(alias) === "zx" && /\/status$/i.test(alias);
}

/** Members' values by name: bigint where the type has 64 bits. */
function valuesOf(members: readonly ValueMember[], subtype: string): Record<string, number | bigint> {
  const isWide = subtype === "int64" || subtype === "uint64";
  return Object.fromEntries(
    members.map(({ name, value }) => [constantName(name), isWide ? value : Number(value)]),
  );
}

function namesOf(
  keys: readonly string[],
  members: readonly { readonly name: string }[],
): Record<string, string> {
  return Object.fromEntries(keys.map((key, i) => [key, members[i]!.name]));
}
