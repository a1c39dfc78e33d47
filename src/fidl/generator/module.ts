import {
  type Declaration,
  type FullName,
  type Ir,
  type Library,
  type Type,
  UNBOUNDED,
} from "../compiler/ir.ts";
import { camelCase, libraryOf, pascalCase, shortName, upperSnakeCase } from "../compiler/names.ts";
import { claim, type DeclarationNames, LibraryNames, libraryNamed } from "./names.ts";
import { quote, Writer } from "./writer.ts";

/** Rights that mean "whatever the handle has". */
const SAME_RIGHTS = 0x8000_0000;

/** Variables of the functions that encode and decode, in which other libraries' codecs are used. */
const LOCALS = /^(e|d|o|v|t|n|max|m\d+)$/;

/** Where a module finds the runtime and the modules of other libraries. */
export interface Specifiers {
  readonly runtime: string;
  readonly library: (name: string) => string;
}

/** What the modules of one run share: facts about the whole IR. */
export class Shared {
  readonly #ir: Ir;
  readonly #names = new Map<string, LibraryNames>();
  readonly #payloads = new Set<FullName>();

  constructor(ir: Ir) {
    this.#ir = ir;
    for (const declaration of ir.declarations.values()) {
      if (declaration.kind !== "protocol") continue;
      for (const { request, response, result } of declaration.methods) {
        const names = [request?.payload, response?.payload, result?.success];
        for (const name of names) if (typeof name === "string") this.#payloads.add(name);
      }
    }
  }

  namesOf(library: string): LibraryNames {
    let names = this.#names.get(library);
    if (names === undefined) {
      names = new LibraryNames(libraryNamed(this.#ir, library));
      this.#names.set(library, names);
    }
    return names;
  }

  /** Whether a declaration is the body of some message. */
  isPayload(name: FullName): boolean {
    return this.#payloads.has(name);
  }
}

/**
 * A module in the making: what is written so far, what it must import for that, and the codecs of unnamed types (`vector<Bar>:6`), each
 * of which becomes a constant in front of its first use.
 */
export class Module {
  readonly ir: Ir;
  readonly library: Library;
  readonly body = new Writer();
  readonly #specifiers: Specifiers;
  readonly #shared: Shared;
  readonly #types: Set<string>;
  readonly #values: Set<string>;
  /** Local names of what the runtime exports: types and values. */
  readonly #runtime = new Map<string, { readonly local: string; readonly isType: boolean }>();
  /** Local names of other libraries' modules, and whether values of them are used or only types. */
  readonly #imports = new Map<string, { readonly local: string; value: boolean }>();
  readonly #codecs = new Map<string, string>();
  readonly #written = new Set<FullName>();
  readonly #payloads = new Map<FullName, { readonly type: string; readonly codec: string }>();

  constructor(ir: Ir, library: Library, shared: Shared, specifiers: Specifiers) {
    this.ir = ir;
    this.library = library;
    this.#shared = shared;
    this.#specifiers = specifiers;
    const own = shared.namesOf(library.name);
    this.#types = new Set(own.types);
    this.#values = new Set(own.values);
  }

  declaration<K extends Declaration["kind"]>(
    name: FullName,
    ...kinds: K[]
  ): Extract<Declaration, { kind: K }> {
    const found = this.ir.declarations.get(name);
    if (found === undefined || !kinds.some((kind) => kind === found.kind))
      throw new Error(`${name} is not a ${kinds.join(" or ")}`);
    return found as Extract<Declaration, { kind: K }>;
  }

  names(name: FullName): DeclarationNames {
    return this.#shared.namesOf(libraryOf(name)).get(name);
  }

  /**
   * Names in this module of a payload that other modules do not export: of this library's, or of a protocol's in another library
   * that one of this library is composed of.
   */
  ownNames(name: FullName): { readonly name: string; readonly codec: string } {
    if (libraryOf(name) === this.library.name) return this.names(name);
    const own = pascalCase(shortName(name));
    return { name: claim(this.#types, own), codec: this.local(upperSnakeCase(own)) };
  }

  /** What `write` writes of a payload and returns, the first time. */
  once(
    payload: FullName,
    write: () => { readonly type: string; readonly codec: string },
  ): { readonly type: string; readonly codec: string } {
    let known = this.#payloads.get(payload);
    if (known === undefined) {
      known = write();
      this.#payloads.set(payload, known);
    }
    return known;
  }

  /** The value of a protocol: `Device`, or `fuchsiaHardwarePci.Device`. */
  protocolValue(name: FullName): string {
    return this.#qualified(name, this.names(name).name, true);
  }

  /** Whether a declaration is a struct that is written as a message's body, so that it needs no name of its own. */
  isPayloadOnly(declaration: Declaration): boolean {
    return declaration.kind === "struct" && declaration.anonymous && this.#shared.isPayload(declaration.name);
  }

  /** A name in the module for a constant that is not exported. */
  local(name: string): string {
    return claim(this.#values, name);
  }

  /** Notes that a declaration's codec is there from here on. */
  wrote(name: FullName): void {
    this.#written.add(name);
  }

  /** Something of the runtime, as the module calls it. */
  runtime(name: string): string {
    return this.#fromRuntime(name, false);
  }

  runtimeType(name: string): string {
    return this.#fromRuntime(name, true);
  }

  /** A type that is declared by name: `Bar`, or `fuchsiaMem.Range`. */
  typeName(name: FullName): string {
    return this.#qualified(name, this.names(name).name, false);
  }

  /** A type as TypeScript writes it. */
  type(type: Type): string {
    if (type.alias !== null) {
      const alias = this.declaration(type.alias, "alias");
      const wasOptional = "optional" in alias.type && alias.type.optional;
      const name = this.typeName(type.alias);
      return "optional" in type && type.optional && !wasOptional ? `${name} | undefined` : name;
    }
    const text = this.#plainType(type);
    return ("optional" in type && type.optional) || type.kind === "box" ? `${text} | undefined` : text;
  }

  /** The codec of a type: a name. What has no name yet is written, as a constant, in front of what follows. */
  codec(type: Type): string {
    const codec = this.#requiredCodec(type);
    const isOptional = "optional" in type && type.optional;
    return isOptional ? this.#constant(`OPTIONAL_${label(codec)}`, "optional", codec) : codec;
  }

  /** The codec of what is declared by name. */
  codecOf(name: FullName): string {
    const isOwn = libraryOf(name) === this.library.name;
    const { codec } = this.names(name);
    if (!isOwn || this.#written.has(name)) return this.#qualified(name, codec, true);
    // Declared further down, or being declared: to be looked up when a value comes.
    const { shape } = this.declaration(name, "bits", "enum", "struct", "table", "union");
    const args = [quote(name), String(shape.inlineSize), String(shape.alignment), `() => ${codec}`];
    return this.#constant(`RECURSIVE_${codec}`, "recursive", ...args);
  }

  /** The whole module. */
  finish(header: (writer: Writer) => void): string {
    const writer = new Writer();
    header(writer);
    const names = [...this.#runtime].sort(([, a], [, b]) => compareNames(a.local, b.local));
    const allTypes = names.every(([, { isType }]) => isType);
    const items = names.map(([name, { local, isType }]) => {
      const item = name === local ? name : `${name} as ${local}`;
      return isType && !allTypes ? `type ${item}` : item;
    });
    const from = (local: string) => ` from ${quote(local)};`;
    const libraries = [...this.#imports].map(([library, { local, value }]) => ({
      specifier: this.#specifiers.library(library),
      head: `import ${value ? "" : "type "}* as ${local}`,
    }));
    const imports: { specifier: string; write: () => void }[] = libraries.map(({ specifier, head }) => ({
      specifier,
      write: () => writer.line(`${head}${from(specifier)}`),
    }));
    if (items.length > 0) {
      const specifier = this.#specifiers.runtime;
      const open = allTypes ? "import type {" : "import {";
      imports.push({ specifier, write: () => writer.list(open, items, `}${from(specifier)}`, " ") });
    }
    // Packages before files.
    const rank = ({ specifier }: { specifier: string }) => (specifier.startsWith(".") ? 1 : 0);
    imports.sort((a, b) => rank(a) - rank(b) || compareNames(a.specifier, b.specifier));
    for (const { write } of imports) write();
    writer.gap();
    return `${writer}${this.body}`.replace(/\n+$/, "\n");
  }

  #fromRuntime(name: string, isType: boolean): string {
    const known = this.#runtime.get(name);
    if (known !== undefined) return known.local;
    const taken = isType ? this.#types : this.#values;
    const local = claim(taken, taken.has(name) ? `Fidl${name}` : name);
    this.#runtime.set(name, { local, isType });
    return local;
  }

  #qualified(fullName: FullName, name: string, isValue: boolean): string {
    const library = libraryOf(fullName);
    if (library === this.library.name) return name;
    let entry = this.#imports.get(library);
    if (entry === undefined) {
      const name = camelCase(library.replaceAll(".", "_"));
      entry = { local: this.local(LOCALS.test(name) ? `${name}_` : name), value: isValue };
      this.#imports.set(library, entry);
    }
    entry.value ||= isValue;
    return `${entry.local}.${name}`;
  }

  #plainType(type: Type): string {
    switch (type.kind) {
      case "primitive":
        if (type.subtype === "bool") return "boolean";
        return type.subtype === "int64" || type.subtype === "uint64" ? "bigint" : "number";
      case "string":
        return "string";
      case "vector":
      case "array": {
        if (isByte(type.element)) return "Uint8Array";
        const element = this.type(type.element);
        return `readonly ${element.includes(" ") ? `(${element})` : element}[]`;
      }
      case "handle":
        return this.runtimeType("Handle");
      case "endpoint": {
        const end = type.role === "client_end" ? "ClientEnd" : "ServerEnd";
        return `${this.runtimeType(end)}<${quote(type.protocol)}>`;
      }
      case "box":
        return this.typeName(type.struct);
      case "identifier":
        return this.typeName(type.name);
      case "framework_error":
        return "number";
    }
  }

  #requiredCodec(type: Type): string {
    switch (type.kind) {
      case "primitive":
        return this.runtime(type.subtype);
      case "framework_error":
        return this.runtime("int32");
      case "identifier":
        return this.codecOf(type.name);
      case "box": {
        const struct = this.codecOf(type.struct);
        return this.#constant(`BOX_${label(struct)}`, "box", struct);
      }
      case "string":
        return this.#constant(`STRING${suffix(type.maxBytes)}`, "string", ...limit(type.maxBytes));
      case "vector": {
        const { element, maxCount } = type;
        if (isByte(element)) return this.#constant(`BYTES${suffix(maxCount)}`, "bytes", ...limit(maxCount));
        const codec = this.codec(element);
        return this.#constant(
          `VECTOR_OF_${label(codec)}${suffix(maxCount)}`,
          "vector",
          codec,
          ...limit(maxCount),
        );
      }
      case "array": {
        const { element, count } = type;
        if (isByte(element)) return this.#constant(`BYTE_ARRAY_${count}`, "byteArray", String(count));
        const codec = this.codec(element);
        return this.#constant(`ARRAY_OF_${label(codec)}_${count}`, "array", codec, String(count));
      }
      case "handle": {
        const { subtype, objectType, rights } = type;
        const args = rights === SAME_RIGHTS ? [] : [`0x${rights.toString(16)}`];
        if (args.length > 0 || subtype !== null) args.unshift(String(objectType));
        const name = `HANDLE_${subtype ?? "ANY"}${rights === SAME_RIGHTS ? "" : `_${rights.toString(16).toUpperCase()}`}`;
        return this.#constant(name, "handle", ...args);
      }
      case "endpoint": {
        const make = type.role === "client_end" ? "clientEnd" : "serverEnd";
        const name = `${upperSnakeCase(make)}_${upperSnakeCase(shortName(type.protocol))}`;
        return this.#constant(name, make, quote(type.protocol));
      }
    }
  }

  /** The constant that is the call of a runtime's function, written now unless it is there. */
  #constant(name: string, make: string, ...args: string[]): string {
    const call = `${make}(${args.join(", ")})`;
    const known = this.#codecs.get(call);
    if (known !== undefined) return known;
    const local = this.local(name);
    this.#codecs.set(call, local);
    this.body.list(`const ${local} = ${this.runtime(make)}(`, args, ");");
    return local;
  }
}

function isByte(element: Type): boolean {
  return element.kind === "primitive" && element.subtype === "uint8";
}

/** The part of a constant's name that says the bound. */
function suffix(bound: number): string {
  return bound === UNBOUNDED ? "" : `_${bound}`;
}

/** The bound as an argument; none if there is no bound. */
function limit(bound: number): string[] {
  return bound === UNBOUNDED ? [] : [String(bound)];
}

/** Part of a constant's name: `RANGE` for `fuchsiaMem.RANGE`, `UINT32` for `uint32`. */
function label(codec: string): string {
  return upperSnakeCase(codec.slice(codec.indexOf(".") + 1));
}

function parts(name: string): readonly string[] {
  return name.match(/\d+|./g) ?? [];
}

/** As formatters sort imports: by letters, capitals first, and numbers as numbers. */
function compareNames(a: string, b: string): number {
  const [x, y] = [parts(a), parts(b)];
  for (const [i, part] of x.entries()) {
    const other = y[i];
    if (other === undefined) return 1;
    if (part === other) continue;
    const byNumber = Number(part) - Number(other);
    if (!Number.isNaN(byNumber)) return byNumber;
    const [lower, otherLower] = [part.toLowerCase(), other.toLowerCase()];
    if (lower !== otherLower) return lower < otherLower ? -1 : 1;
    return part < other ? -1 : 1;
  }
  return x.length - y.length;
}
