/** What has been compiled, as the IR. */
import type { AttributeNode } from "./ast.ts";
import { docOf, findAttribute } from "./attributes.ts";
import { integerRange } from "./constants.ts";
import {
  type Declaration,
  type Documented,
  type EndpointType,
  type Ir,
  type Library,
  type Message,
  type Method,
  type OrdinalMember,
  type Type,
  UNBOUNDED,
} from "./ir.ts";
import { isUnknown } from "./layouts.ts";
import { importsOf } from "./libraries.ts";
import type {
  Decl,
  LayoutDecl,
  LibraryScope,
  Member,
  MethodDecl,
  ProtocolDecl,
  ResolvedType,
} from "./model.ts";
import { isLayout } from "./model.ts";
import { allMethods } from "./protocols.ts";
import type { Resolver } from "./resolver.ts";
import type { Shapes } from "./shapes.ts";
import { type Availability, isDeprecated } from "./versions.ts";

/** A handle without stated rights keeps those that it has. */
const RIGHT_SAME_RIGHTS = 0x8000_0000;

/** Makes the IR of libraries and their declarations, both in dependency order. */
export function emit(
  resolver: Resolver,
  shapes: Shapes,
  libraries: readonly (readonly [LibraryScope, readonly Decl[]])[],
): Ir {
  const emitter = new Emitter(resolver, shapes);
  const all = new Map<string, Declaration>();
  const emitted = libraries.map(([library, declarations]): Library => {
    const own = declarations.map((decl) => emitter.declaration(decl));
    for (const decl of own) all.set(decl.name, decl);
    return {
      name: library.name,
      ...emitter.documented(library.attributes, library.versions.library, library),
      imports: importsOf(library)
        .map(({ name }) => name)
        .sort(),
      declarations: own,
    };
  });
  return frozen({ libraries: emitted, declarations: all });
}

/** Freezes data all the way down; what is shared only once. */
function frozen<T>(root: T): T {
  const pending: unknown[] = [root];
  while (pending.length > 0) {
    const value = pending.pop();
    if (typeof value !== "object" || value === null || Object.isFrozen(value)) continue;
    Object.freeze(value);
    for (const part of value instanceof Map ? value.values() : Object.values(value)) pending.push(part);
  }
  return root;
}

class Emitter {
  readonly #resolver: Resolver;
  readonly #shapes: Shapes;
  readonly #own = new Map<MethodDecl, Method>();
  readonly #inherited = new Map<MethodDecl, Method>();

  constructor(resolver: Resolver, shapes: Shapes) {
    this.#resolver = resolver;
    this.#shapes = shapes;
  }

  documented(
    attributes: readonly AttributeNode[],
    availability: Availability,
    { version }: LibraryScope,
  ): Documented {
    return {
      doc: docOf(attributes),
      attributes: this.#resolver.resolvedAttributes(attributes),
      deprecated: isDeprecated(availability, version) ? availability.note : null,
    };
  }

  declaration(decl: Decl): Declaration {
    const { file, span, fullName } = decl;
    const base = {
      name: fullName,
      ...this.documented(decl.attributes, decl.availability, file.library),
      location: { file: span.file.name, ...span.file.position(span.start) },
    };
    if (isLayout(decl)) return this.#layout(decl, base);
    switch (decl.kind) {
      case "const":
        return { kind: "const", ...base, type: this.#type(decl.type!), value: decl.value! };
      case "alias":
        return { kind: "alias", ...base, type: this.#type(decl.type!) };
      case "protocol":
        return this.#protocol(decl, base);
      case "service":
        return {
          kind: "service",
          ...base,
          members: decl.members.map((member) => ({
            name: member.name,
            ...this.#memberDocumented(decl, member),
            type: this.#type(member.type!) as EndpointType,
          })),
        };
      case "resource":
        return {
          kind: "resource",
          ...base,
          subtypeEnum: decl.subtypeEnum!.fullName,
          rightsType: decl.rights === undefined ? null : this.#type(decl.rights),
        };
    }
  }

  #memberDocumented({ file }: Decl, { attributes, availability }: Member): Documented {
    return this.documented(attributes, availability, file.library);
  }

  #layout(decl: LayoutDecl, base: Documented & Pick<Declaration, "name" | "location">): Declaration {
    const { kind, strict, resource } = decl;
    const layout = {
      ...base,
      namingContext: decl.namingContext,
      anonymous: decl.isAnonymous,
      shape: this.#shapes.layout(decl),
    };
    switch (kind) {
      case "struct":
        return {
          kind,
          ...layout,
          resource,
          members: decl.members.map((member) => ({
            name: member.name,
            ...this.#memberDocumented(decl, member),
            type: this.#type(member.type!),
            ...this.#shapes.field(member),
          })),
        };
      case "table":
        return { kind, ...layout, resource, members: this.#ordinalMembers(decl) };
      case "union":
        return {
          kind,
          ...layout,
          resource,
          strict,
          members: this.#ordinalMembers(decl),
          isResult: decl.isResult,
        };
      case "bits":
      case "enum": {
        const subtype = decl.subtype!;
        const members = decl.members.map((member) => ({
          name: member.name,
          ...this.#memberDocumented(decl, member),
          value: member.value!,
        }));
        if (kind === "bits") {
          const mask = members.reduce((all, { value }) => all | value, 0n);
          return { kind, ...layout, subtype, strict, members, mask };
        }
        const unknown = decl.members.find(isUnknown)?.value ?? integerRange(subtype).high;
        return { kind, ...layout, subtype, strict, members, unknownValue: strict ? null : unknown };
      }
    }
  }

  #ordinalMembers(decl: LayoutDecl): OrdinalMember[] {
    return decl.members
      .map((member) => ({
        ordinal: member.ordinal,
        name: member.name,
        ...this.#memberDocumented(decl, member),
        type: this.#type(member.type!),
      }))
      .sort((one, other) => one.ordinal - other.ordinal);
  }

  #protocol(decl: ProtocolDecl, base: Documented & Pick<Declaration, "name" | "location">): Declaration {
    const discoverable = findAttribute(base.attributes, "discoverable");
    const name = discoverable?.arguments.get("name");
    return {
      kind: "protocol",
      ...base,
      openness: decl.openness,
      transport: decl.transport,
      discoverableName:
        discoverable === undefined
          ? null
          : typeof name === "string"
            ? name
            : `${decl.file.library.name}.${decl.name}`,
      composed: decl.composed.flatMap(({ protocol }) => protocol?.fullName ?? []),
      methods: allMethods(decl).map(({ method, owner }) => this.#method(method, owner, owner !== decl)),
    };
  }

  /** Protocols that compose the same one share its methods. */
  #method(method: MethodDecl, owner: ProtocolDecl, isInherited: boolean): Method {
    const known = isInherited ? this.#inherited : this.#own;
    let emitted = known.get(method);
    if (emitted !== undefined) return emitted;
    const { name, ordinal, kind, strict, node, availability, result } = method;
    emitted = {
      name,
      ...this.documented(node.attributes, availability, owner.file.library),
      ordinal,
      kind,
      strict,
      composedFrom: isInherited ? owner.fullName : null,
      request: kind === "event" ? null : this.#message(method.request),
      response: kind === "oneway" ? null : this.#message(result?.union ?? method.response),
      result:
        result === null
          ? null
          : {
              union: result.union.fullName,
              success: method.response!.fullName,
              error: method.error === null ? null : this.#type(method.error),
              hasFrameworkError: !strict,
            },
    };
    known.set(method, emitted);
    return emitted;
  }

  #message(payload: LayoutDecl | null): Message {
    return payload === null
      ? { payload: null, shape: null }
      : { payload: payload.fullName, shape: this.#shapes.layout(payload) };
  }

  #type(type: ResolvedType): Type {
    const base = { shape: this.#shapes.type(type), alias: type.alias };
    switch (type.kind) {
      case "primitive":
        return { kind: "primitive", ...base, subtype: type.subtype };
      case "string":
        return { kind: "string", ...base, maxBytes: type.bound ?? UNBOUNDED, optional: type.optional };
      case "vector": {
        const element = this.#type(type.element);
        return {
          kind: "vector",
          ...base,
          element,
          maxCount: type.bound ?? UNBOUNDED,
          optional: type.optional,
        };
      }
      case "array":
        return { kind: "array", ...base, element: this.#type(type.element), count: type.count };
      case "handle":
        return {
          kind: "handle",
          ...base,
          resource: type.resource.fullName,
          subtype: type.subtype,
          objectType: type.objectType,
          rights: type.rights ?? RIGHT_SAME_RIGHTS,
          optional: type.optional,
        };
      case "endpoint":
        return {
          kind: "endpoint",
          ...base,
          role: type.role,
          protocol: type.protocol.fullName,
          optional: type.optional,
        };
      case "box":
        return { kind: "box", ...base, struct: type.struct.fullName };
      case "identifier":
        return { kind: "identifier", ...base, name: type.decl.fullName, optional: type.optional };
      case "framework_error":
        return { kind: "framework_error", ...base };
    }
  }
}
