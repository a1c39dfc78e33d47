/** Rules that can only be checked when everything is resolved. */
import { Fi } from "./codes.ts";
import type { Decl, LayoutDecl, LibraryScope, ProtocolDecl, ResolvedType } from "./model.ts";
import { isLayout } from "./model.ts";
import { checkMethods } from "./protocols.ts";
import type { Resolver } from "./resolver.ts";
import { placeOf } from "./source.ts";
import { describeType } from "./type_names.ts";

export function verifyLibrary(r: Resolver, library: LibraryScope): void {
  for (const decl of library.declarations.values()) {
    if (isLayout(decl)) checkResource(r, decl);
    else if (decl.kind === "protocol") {
      checkMethods(r, decl);
      checkTransport(r, decl);
    }
  }
  for (const file of library.files)
    for (const [name, { isUsed, span }] of file.imports)
      if (!isUsed)
        r.report(
          Fi.UNUSED_IMPORT,
          span,
          `library ${library.name} imports '${name}' and does not use it in this file`,
        );
}

/** Whether a value can contain handles. */
export function isResource(type: ResolvedType): boolean {
  switch (type.kind) {
    case "handle":
    case "endpoint":
      return true;
    case "vector":
    case "array":
      return isResource(type.element);
    case "box":
      return type.struct.resource;
    case "identifier":
      return type.decl.resource;
    default:
      return false;
  }
}

function checkResource(r: Resolver, decl: LayoutDecl): void {
  const culprit = decl.members.find(({ type }) => type !== undefined && isResource(type));
  if (culprit === undefined || decl.resource) return;
  // What the compiler makes is as its members are.
  if (decl.isResult) decl.resource = true;
  else
    r.report(
      Fi.TYPE_MUST_BE_RESOURCE,
      decl.span,
      `${decl.kind} '${decl.name}' can contain handles, through '${culprit.name}' at ${placeOf(culprit.span)}: it must be a \`resource ${decl.kind}\``,
    );
}

/** What each transport can carry beside values: which transports' ends, and whose handles. */
const CARRIED: {
  readonly [transport: string]: { readonly ends: readonly string[]; readonly handles: readonly string[] };
} = {
  Channel: { ends: ["Channel"], handles: ["zx"] },
  Driver: { ends: ["Channel", "Driver"], handles: ["zx", "fdf"] },
  Banjo: { ends: ["Channel", "Driver", "Banjo"], handles: ["zx", "fdf"] },
  Syscall: { ends: [], handles: ["zx"] },
};

function checkTransport(r: Resolver, decl: ProtocolDecl): void {
  const carried = CARRIED[decl.transport];
  if (carried === undefined) return;
  for (const { request, response, span } of decl.ownMethods) {
    const pending: Decl[] = [request, response].filter((layout) => layout !== null);
    const seen = new Set(pending);
    for (let layout = pending.pop(); layout !== undefined; layout = pending.pop()) {
      if (!isLayout(layout)) continue;
      for (const { type } of layout.members) {
        let inner = type;
        while (inner?.kind === "vector" || inner?.kind === "array") inner = inner.element;
        if (inner === undefined) continue;
        const next =
          inner.kind === "box" ? inner.struct : inner.kind === "identifier" ? inner.decl : undefined;
        if (next !== undefined && !seen.has(next)) {
          seen.add(next);
          pending.push(next);
        }
        if (inner.kind === "endpoint" && !carried.ends.includes(inner.protocol.transport))
          r.report(
            Fi.END_IN_INCOMPATIBLE_TRANSPORT,
            span,
            `${describeType(inner)} is over ${inner.protocol.transport}, and cannot be sent over ${decl.transport}, as '${decl.name}' is`,
          );
        else if (inner.kind === "handle" && isForeign(inner.resource.file.library.name, carried.handles))
          r.report(
            Fi.HANDLE_IN_INCOMPATIBLE_TRANSPORT,
            span,
            `${inner.resource.fullName} cannot be sent over ${decl.transport}, as '${decl.name}' is`,
          );
      }
    }
  }
}

/** Whether a handle's library is one that other transports know. */
function isForeign(library: string, carried: readonly string[]): boolean {
  return (library === "zx" || library === "fdf") && !carried.includes(library);
}
