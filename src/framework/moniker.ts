/**
 * The name that all of the framework knows a node by: the names on the way to it, joined by full stops. What means something else in
 * a moniker becomes `_`, as in Fuchsia.
 */
export function monikerOf(parent: string | undefined, name: string): string {
  const part = monikerPart(name);
  return parent === undefined ? part : `${parent}.${part}`;
}

export function monikerPart(name: string): string {
  return name.replaceAll(/[.:]/g, "_");
}
