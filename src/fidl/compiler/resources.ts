/** `resource_definition`: what kinds of handle there are, and what their rights are. */
import { Fi } from "./codes.ts";
import type { ResolvedType, ResourceDecl } from "./model.ts";
import { type Resolver, scopeOf } from "./resolver.ts";

export function resolveResource(r: Resolver, decl: ResourceDecl): void {
  if (decl.progress === "done") return;
  if (decl.progress === "running") {
    r.report(Fi.INCLUDE_CYCLE, decl.span, `resource definition '${decl.name}' is made of itself`);
    return;
  }
  decl.progress = "running";
  const { node, name } = decl;
  const scope = scopeOf(decl.file, decl.availability);
  const base = node.subtype === null ? undefined : r.type(node.subtype, scope);
  if (node.subtype !== null && base !== undefined && !isUint32(base))
    r.report(Fi.RESOURCE_MUST_BE_UINT32, node.subtype.span, `resource '${name}' must be a uint32`);
  for (const property of decl.properties)
    property.type = r.type(property.typeNode!, scopeOf(decl.file, property.availability));

  const subtype = decl.properties.find((property) => property.name === "subtype");
  if (subtype === undefined)
    r.report(Fi.RESOURCE_MISSING_SUBTYPE, decl.span, `resource '${name}' lacks the property 'subtype'`);
  else if (subtype.type !== undefined) {
    if (subtype.type.kind === "identifier" && subtype.type.decl.kind === "enum")
      decl.subtypeEnum = subtype.type.decl;
    else
      r.report(
        Fi.RESOURCE_SUBTYPE_MUST_BE_ENUM,
        subtype.span,
        `the property 'subtype' of resource '${name}' must be an enum`,
      );
  }
  const rights = decl.properties.find((property) => property.name === "rights");
  if (rights?.type !== undefined) {
    if (isUint32(rights.type) || (rights.type.kind === "identifier" && rights.type.decl.kind === "bits"))
      decl.rights = rights.type;
    else
      r.report(
        Fi.RESOURCE_RIGHTS_MUST_BE_BITS,
        rights.span,
        `the property 'rights' of resource '${name}' must be a uint32 or bits of it`,
      );
  }
  decl.progress = "done";
}

function isUint32(type: ResolvedType): boolean {
  return type.kind === "primitive" && type.subtype === "uint32";
}
