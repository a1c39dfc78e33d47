/**
 * Syntax to declarations: every declaration and every anonymous layout gets its name, its availability and its modifiers, and what
 * is not there at the compiled version is left out. Nothing is resolved yet.
 */
import type {
  AttributeNode,
  DeclarationNode,
  LayoutNode,
  MemberNode,
  MethodNode,
  Modifier,
  ProtocolNode,
  TypeNode,
} from "./ast.ts";
import { Fi } from "./codes.ts";
import { checkNames, type Named } from "./collisions.ts";
import type { Reporter } from "./diagnostic.ts";
import type { Decl, FileScope, LayoutDecl, LibraryScope, Member, MethodDecl } from "./model.ts";
import { canonicalName, pascalCase } from "./names.ts";
import { type Abi, checkReplacements } from "./replacements.ts";
import type { Span } from "./source.ts";
import { type Availability, isAvailable } from "./versions.ts";

/** How modifiers that are not written are read. */
export type ModifierDefaults = "required" | "modern" | "legacy";

/** Where an anonymous layout stands, which gives it its name. */
interface Context {
  readonly path: readonly string[];
  readonly name: string;
}

function enter({ path }: Context, member: string): Context {
  return { path: [...path, member], name: pascalCase(member) };
}

/** Fills `library.declarations`. */
export function consumeLibrary(library: LibraryScope, defaults: ModifierDefaults, reporter: Reporter): void {
  const consumer = new Consumer(library, defaults, reporter);
  for (const file of library.files)
    for (const node of file.node.declarations) consumer.declaration(file, node);
  checkNames(consumer.all, wordFor, reporter);
  const declared = consumer.all.filter((decl) => !("isAnonymous" in decl && decl.isAnonymous));
  checkReplacements(declared, wordFor, reporter);
  for (const decl of consumer.all) {
    checkImports(decl, reporter);
    if (isAvailable(decl.availability, library.version) && !library.declarations.has(decl.name))
      library.declarations.set(decl.name, decl);
  }
}

function wordFor({ kind }: Decl): string {
  return kind === "resource" ? "resource definition" : kind;
}

/** A declaration that has the name of an import could not be told from it. */
function checkImports({ name, span, file }: Decl, reporter: Reporter): void {
  for (const other of file.library.files) {
    for (const imported of other.imports.keys()) {
      if (imported === name)
        reporter.report(
          Fi.DECL_NAME_CONFLICTS_WITH_IMPORT,
          span,
          `'${name}' is the name of an imported library; import it under another: using ${name} as ...;`,
        );
      else if (canonicalName(imported) === canonicalName(name))
        reporter.report(
          Fi.DECL_NAME_CONFLICTS_WITH_IMPORT_CANONICAL,
          span,
          `'${name}' conflicts with the imported library '${imported}': both are '${canonicalName(name)}' once re-cased`,
        );
    }
  }
}

class Consumer {
  /** Those of other versions, too. */
  readonly all: Decl[] = [];
  readonly #library: LibraryScope;
  readonly #defaults: ModifierDefaults;
  readonly #reporter: Reporter;

  constructor(library: LibraryScope, defaults: ModifierDefaults, reporter: Reporter) {
    this.#library = library;
    this.#defaults = defaults;
    this.#reporter = reporter;
  }

  declaration(file: FileScope, node: DeclarationNode): void {
    const { attributes } = node;
    const name = node.name.text;
    const availability = this.#library.versions.of(
      attributes,
      this.#library.versions.library,
      "declaration",
      name,
    );
    const base = {
      name,
      fullName: `${this.#library.name}/${name}`,
      file,
      span: node.name.span,
      attributes,
      availability,
    };
    const context: Context = { path: [name], name };
    switch (node.kind) {
      case "const":
        this.#type(file, node.type, context, availability);
        this.all.push({ ...base, kind: "const", node, progress: "new", type: undefined, value: undefined });
        break;
      case "alias":
        this.#type(file, node.type, context, availability);
        this.all.push({ ...base, kind: "alias", node, progress: "new", type: undefined });
        break;
      case "type":
        if ("kind" in node.type.layout)
          this.#layout(file, node.type.layout, context, availability, { span: base.span, attributes });
        else
          this.#reporter.report(
            Fi.NEW_TYPES_NOT_ALLOWED,
            node.span,
            `'${name}' would be a new type made of another, which is experimental in FIDL; write \`alias ${name} = ...;\``,
          );
        break;
      case "protocol":
        this.#protocol(file, node, base);
        break;
      case "service":
        this.all.push({
          ...base,
          kind: "service",
          node,
          members: this.#members(file, node.members, context, availability, "service member"),
        });
        break;
      case "resource":
        this.all.push({
          ...base,
          kind: "resource",
          node,
          properties: this.#members(file, node.properties, context, availability, "resource property"),
          progress: "new",
          subtypeEnum: undefined,
          rights: undefined,
        });
    }
  }

  /** Anonymous layouts in a type. */
  #type(file: FileScope, type: TypeNode, context: Context, availability: Availability): void {
    if ("kind" in type.layout) this.#layout(file, type.layout, context, availability, undefined);
    for (const parameter of type.parameters?.items ?? [])
      if ("layout" in parameter) this.#type(file, parameter, context, availability);
  }

  #layout(
    file: FileScope,
    node: LayoutNode,
    context: Context,
    availability: Availability,
    declared: { span: Span; attributes: readonly AttributeNode[] } | undefined,
  ): LayoutDecl {
    const name = declared === undefined ? (generatedName(node.attributes) ?? context.name) : context.name;
    const modifiers = this.#activeModifiers(node.modifiers);
    const canBeStrict = node.kind === "union" || node.kind === "bits" || node.kind === "enum";
    const decl: LayoutDecl = {
      kind: node.kind,
      name,
      fullName: `${this.#library.name}/${name}`,
      file,
      span: declared?.span ?? node.span,
      attributes: declared?.attributes ?? node.attributes,
      availability,
      node,
      namingContext: context.path,
      isAnonymous: declared === undefined,
      strict: canBeStrict && modifiers.includes("strict"),
      resource: modifiers.includes("resource"),
      isResult: false,
      members: this.#members(file, node.members, context, availability, `${node.kind} member`),
      progress: "new",
      subtype: undefined,
    };
    this.all.push(decl);
    this.#library.layouts.set(node, decl);
    return decl;
  }

  #members(
    file: FileScope,
    nodes: readonly MemberNode[],
    context: Context,
    parent: Availability,
    what: string,
  ): Member[] {
    const all = nodes.map((node): Member => {
      const name = node.name.text;
      const availability = this.#library.versions.of(node.attributes, parent, "member", name);
      if (node.type !== null) this.#type(file, node.type, enter(context, name), availability);
      return {
        name,
        span: node.name.span,
        attributes: node.attributes,
        availability,
        ordinal: node.ordinal === null ? 0 : Number(node.ordinal.text),
        typeNode: node.type,
        valueNode: node.value,
        type: undefined,
        value: undefined,
      };
    });
    checkNames(all, () => what, this.#reporter);
    checkReplacements(all, () => what, this.#reporter, memberAbi);
    return this.#active(all);
  }

  #active<T extends Named>(elements: readonly T[]): T[] {
    return elements.filter(({ availability }) => isAvailable(availability, this.#library.version));
  }

  #protocol(
    file: FileScope,
    node: ProtocolNode,
    base: Pick<Decl, "name" | "fullName" | "file" | "span" | "attributes" | "availability">,
  ): void {
    const { versions } = this.#library;
    const openness = this.#activeModifiers(node.modifiers).find((word) => word !== "resource");
    if (openness === undefined && this.#mustSay(base.availability))
      this.#reporter.report(
        Fi.PROTOCOL_MUST_DEFINE_OPENNESS,
        base.span,
        `protocol '${base.name}' must say whether it is open, ajar or closed`,
      );
    const methods = node.methods.map((method) => this.#method(file, method, base));
    checkNames(methods, () => "method", this.#reporter);
    checkReplacements(methods, () => "method", this.#reporter, methodAbi);
    const composed = node.composed.map((compose) => ({
      span: compose.span,
      name: "",
      node: compose,
      availability: versions.of(compose.attributes, base.availability, "member"),
      protocol: undefined,
    }));
    this.all.push({
      ...base,
      kind: "protocol",
      node,
      openness: isOpenness(openness) ? openness : this.#defaults === "legacy" ? "closed" : "open",
      ownMethods: this.#active(methods),
      composed: this.#active(composed),
      transport: literalArgument(node.attributes, "transport") ?? "Channel",
    });
  }

  #method(
    file: FileScope,
    node: MethodNode,
    protocol: Pick<Decl, "name" | "fullName" | "availability">,
  ): MethodDecl {
    const name = node.name.text;
    const { request, response, error } = node;
    const availability = this.#library.versions.of(node.attributes, protocol.availability, "member", name);
    const kind = request === null ? "event" : response === null ? "oneway" : "twoway";
    const strictness = this.#activeModifiers(node.modifiers).find(
      (word) => word === "strict" || word === "flexible",
    );
    if (strictness === undefined && this.#mustSay(availability))
      this.#reporter.report(
        Fi.METHOD_MUST_DEFINE_STRICTNESS,
        node.name.span,
        `method '${name}' must say whether it is strict or flexible`,
      );
    const strict = strictness === undefined ? this.#defaults === "legacy" : strictness === "strict";
    const hasResult = kind === "twoway" && (error !== null || !strict);
    const context = (message: "Request" | "Response"): Context => ({
      path: [protocol.name, name, message],
      name: `${pascalCase(protocol.name)}${pascalCase(name)}${message}`,
    });
    const part = (member: string, suffix: string): Context => ({
      path: [...context("Response").path, ...(member === "" ? [] : [member])],
      name: `${protocol.name}_${name}_${suffix}`,
    });
    if (request?.type) this.#type(file, request.type, context("Request"), availability);
    if (response?.type) {
      const where = hasResult
        ? part("response", "Response")
        : context(kind === "event" ? "Request" : "Response");
      this.#type(file, response.type, where, availability);
    }
    if (error !== null) this.#type(file, error, part("err", "Error"), availability);
    return {
      name,
      node,
      span: node.name.span,
      availability,
      strict,
      kind,
      ordinal: 0n,
      request: null,
      response: null,
      result: hasResult
        ? {
            union: this.#made(file, node, part("", "Result"), availability, "union"),
            empty:
              response?.type == null
                ? this.#made(file, node, part("response", "Response"), availability, "struct")
                : null,
          }
        : null,
      error: null,
    };
  }

  #mustSay(availability: Availability): boolean {
    return this.#defaults === "required" && isAvailable(availability, this.#library.version);
  }

  /** A layout that the compiler makes for a method. */
  #made(
    file: FileScope,
    { name }: MethodNode,
    context: Context,
    availability: Availability,
    kind: "union" | "struct",
  ): LayoutDecl {
    const decl: LayoutDecl = {
      kind,
      name: context.name,
      fullName: `${this.#library.name}/${context.name}`,
      file,
      span: name.span,
      attributes: [],
      availability,
      node: null,
      namingContext: context.path,
      isAnonymous: true,
      strict: kind === "union",
      resource: false,
      isResult: kind === "union",
      members: [],
      progress: "done",
      subtype: undefined,
    };
    this.all.push(decl);
    return decl;
  }

  /** The modifiers that are there at the compiled version. */
  #activeModifiers(modifiers: readonly Modifier[]): string[] {
    const { versions, version } = this.#library;
    return modifiers
      .filter(
        ({ available }) =>
          available === null || isAvailable(versions.of([available], versions.library, "modifier"), version),
      )
      .map(({ name }) => name);
  }
}

/** An ordinal, or the value of an enum's or bits' member where it is written out. */
function memberAbi({ ordinal, typeNode, valueNode }: Member): Abi | undefined {
  if (ordinal > 0) return { what: "ordinal", text: String(ordinal) };
  if (typeNode !== null || valueNode?.kind !== "literal" || valueNode.literal !== "number") return undefined;
  return { what: "value", text: valueNode.text };
}

/** What the ordinal of a method is made of. */
function methodAbi({ name, node }: MethodDecl): Abi {
  return { what: "selector", text: literalArgument(node.attributes, "selector") ?? name };
}

function isOpenness(word: string | undefined): word is "open" | "ajar" | "closed" {
  return word === "open" || word === "ajar" || word === "closed";
}

/** What `@generated_name` says, if that can be read; otherwise the check of attributes will tell. */
function generatedName(attributes: readonly AttributeNode[]): string | undefined {
  const name = literalArgument(attributes, "generated_name");
  return name !== undefined && isIdentifier(name) ? name : undefined;
}

/** The argument of an attribute that must be a literal. */
function literalArgument(attributes: readonly AttributeNode[], attribute: string): string | undefined {
  const value = attributes.find(({ name }) => name.text === attribute)?.args[0]?.value;
  return value?.kind === "literal" && value.literal === "string" ? value.text : undefined;
}

export function isIdentifier(text: string): boolean {
  return /^[A-Za-z]([A-Za-z0-9_]*[A-Za-z0-9])?$/.test(text);
}
