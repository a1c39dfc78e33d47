/** Which declaration contains which, the order that follows, and cycles, of which there must be none. */
import { Fi } from "./codes.ts";
import type { Decl, ResolvedType } from "./model.ts";
import { isLayout } from "./model.ts";
import type { Resolver } from "./resolver.ts";

/**
 * Sorts declarations so that each comes after those that it contains, in source order otherwise. A declaration that contains itself other
 * than through an optional type, or a protocol that composes itself, is reported.
 */
export function inDependencyOrder(r: Resolver, declarations: readonly Decl[]): Decl[] {
  const ordered: Decl[] = [];
  const state = new Map<Decl, "open" | "done">();
  for (const root of declarations) {
    if (state.has(root)) continue;
    // An explicit stack: chains of declarations can be longer than the call stack.
    const path: { decl: Decl; pending: Decl[] }[] = [];
    const open = (decl: Decl): void => {
      state.set(decl, "open");
      path.push({ decl, pending: contained(decl) });
    };
    open(root);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const next = top.pending.shift();
      if (next === undefined) {
        state.set(top.decl, "done");
        ordered.push(top.decl);
        path.pop();
      } else if (state.get(next) === "open") {
        const cycle = path.map(({ decl }) => decl);
        reportCycle(r, [...cycle.slice(cycle.indexOf(next)), next]);
      } else if (state.get(next) === undefined) open(next);
    }
  }
  return ordered;
}

function reportCycle(r: Resolver, cycle: readonly Decl[]): void {
  const shown = cycle.map(({ kind, name }) => `${kind} '${name}'`).join(" -> ");
  r.report(Fi.INCLUDE_CYCLE, cycle[0]!.span, `declarations contain each other: ${shown}`);
}

function contained(decl: Decl): Decl[] {
  if (isLayout(decl))
    return decl.members.flatMap(({ type }) => (type === undefined ? [] : containedIn(type)));
  switch (decl.kind) {
    case "const":
    case "alias":
      return decl.type === undefined ? [] : containedIn(decl.type);
    case "protocol": {
      const layouts = decl.ownMethods.flatMap(({ request, response, result }) => [
        request,
        response,
        result?.union ?? null,
      ]);
      const protocols = decl.composed.map(({ protocol }) => protocol ?? null);
      return [...layouts, ...protocols].filter((one) => one !== null);
    }
    case "resource":
      return decl.properties.flatMap(({ type }) => (type === undefined ? [] : containedIn(type)));
    default:
      return [];
  }
}

/** What a type contains that is not optional, and so must end somewhere. */
function containedIn(type: ResolvedType): Decl[] {
  switch (type.kind) {
    case "vector":
      return type.optional ? [] : containedIn(type.element);
    case "array":
      return containedIn(type.element);
    case "identifier":
      return type.optional ? [] : [type.decl];
    case "handle":
      return [type.resource];
    default:
      return [];
  }
}
