import type { ResolvedType } from "./model.ts";

/** A type as the source would write it, for a message. */
export function describeType(type: ResolvedType): string {
  switch (type.kind) {
    case "primitive":
      return type.subtype;
    case "string":
      return `string${constraints(bound(type.bound), optional(type.optional))}`;
    case "vector":
      return `vector<${describeType(type.element)}>${constraints(bound(type.bound), optional(type.optional))}`;
    case "array":
      return `array<${describeType(type.element)}, ${type.count}>`;
    case "handle":
      return `${type.resource.name}${constraints(type.subtype, optional(type.optional))}`;
    case "endpoint":
      return `${type.role}${constraints(type.protocol.name, optional(type.optional))}`;
    case "box":
      return `box<${type.struct.name}>`;
    case "identifier":
      return `${type.decl.name}${constraints(optional(type.optional))}`;
    case "framework_error":
      return "framework_err";
  }
}

function bound(count: number | null): string | null {
  return count === null ? null : String(count);
}

function optional(is: boolean): string | null {
  return is ? "optional" : null;
}

function constraints(...all: (string | null)[]): string {
  const given = all.filter((one) => one !== null);
  if (given.length === 0) return "";
  return given.length === 1 ? `:${given[0]}` : `:<${given.join(", ")}>`;
}
