import type { AttributeNode, DottedName, TypeNode, ValueNode } from "./ast.ts";
import type { Placement } from "./attribute_schemas.ts";
import { resolveAttributes } from "./attributes.ts";
import { Fi, type FiCode } from "./codes.ts";
import { resolveConstant } from "./constants.ts";
import type { Reporter } from "./diagnostic.ts";
import type { Attribute, ConstantValue } from "./ir.ts";
import type { FileScope, ResolvedType } from "./model.ts";
import { type Purpose, resolveName, type Target } from "./references.ts";
import type { Span } from "./source.ts";
import { resolveType } from "./types.ts";
import { type Availability, isDeprecated } from "./versions.ts";

/** From where a name is looked up. */
export interface Scope {
  readonly file: FileScope;
  /** Whether what refers is itself deprecated, and so may refer to what is. */
  readonly isDeprecated: boolean;
}

export function scopeOf(file: FileScope, availability: Availability): Scope {
  return { file, isDeprecated: isDeprecated(availability, file.library.version) };
}

/** Aliases of aliases, constants of constants: more of it than anybody writes, fewer than the stack holds. */
const MAX_CHAIN = 100;

/** Turns names, values and types of the syntax into what they mean. What has no meaning is reported, and undefined. */
export class Resolver {
  readonly reporter: Reporter;
  readonly #attributes = new Map<readonly AttributeNode[], readonly Attribute[]>();
  #chain = 0;

  constructor(reporter: Reporter) {
    this.reporter = reporter;
  }

  name(name: DottedName, scope: Scope, purpose: Purpose): Target | undefined {
    return resolveName(this, name, scope, purpose);
  }

  constant(value: ValueNode, type: ResolvedType, scope: Scope): ConstantValue | undefined {
    return resolveConstant(this, value, type, scope);
  }

  type(node: TypeNode, scope: Scope): ResolvedType | undefined {
    return resolveType(this, node, scope);
  }

  /** The attributes of one element, checked once. */
  attributes(
    nodes: readonly AttributeNode[],
    placement: Placement,
    isAnonymous: boolean,
    scope: Scope,
  ): readonly Attribute[] {
    let resolved = this.#attributes.get(nodes);
    if (resolved === undefined) {
      resolved = resolveAttributes(this, nodes, placement, isAnonymous, scope);
      this.#attributes.set(nodes, resolved);
    }
    return resolved;
  }

  /** The attributes of an element that has been checked. */
  resolvedAttributes(nodes: readonly AttributeNode[]): readonly Attribute[] {
    return this.#attributes.get(nodes) ?? [];
  }

  report(code: FiCode, span: Span, message: string): undefined {
    this.reporter.report(code, span, message);
    return undefined;
  }

  /** Resolves one declaration because another needs it. */
  chained<T>(span: Span, resolve: () => T): T | undefined {
    if (this.#chain >= MAX_CHAIN)
      return this.report(
        Fi.TOO_DEEP,
        span,
        `more than ${MAX_CHAIN} declarations that are each made of the next`,
      );
    this.#chain++;
    try {
      return resolve();
    } finally {
      this.#chain--;
    }
  }
}
