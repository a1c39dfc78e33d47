import { Fi } from "./codes.ts";
import type { Reporter } from "./diagnostic.ts";
import { canonicalName } from "./names.ts";
import { placeOf, type Span } from "./source.ts";
import { type Availability, overlap } from "./versions.ts";

/** Something that has a name in a scope. */
export interface Named {
  readonly name: string;
  readonly span: Span;
  readonly availability: Availability;
}

/**
 * Reports names of one scope that are the same, or that are once re-cased. Things that are never there at the same version
 * may share a name. `what` is what a message calls one of them.
 */
export function checkNames<T extends Named>(
  scope: readonly T[],
  what: (element: T) => string,
  reporter: Reporter,
): void {
  const seen = new Map<string, T[]>();
  for (const element of scope) {
    const canonical = canonicalName(element.name);
    const others = seen.get(canonical) ?? [];
    const other = others.find(({ availability }) => overlap(availability, element.availability));
    if (other !== undefined) reportCollision(element, other, canonical, what, reporter);
    others.push(element);
    seen.set(canonical, others);
  }
}

function reportCollision<T extends Named>(
  element: T,
  other: T,
  canonical: string,
  what: (element: T) => string,
  reporter: Reporter,
): void {
  const { added, removed } = element.availability;
  const isSameTime = added === other.availability.added && removed === other.availability.removed;
  const when = isSameTime ? "" : "; there are versions at which both are there";
  const place = `${what(other)} at ${placeOf(other.span)}`;
  if (element.name === other.name)
    reporter.report(
      isSameTime ? Fi.NAME_COLLISION : Fi.NAME_OVERLAP,
      element.span,
      `${what(element)} '${element.name}' has the name of the ${place}${when}`,
    );
  else
    reporter.report(
      isSameTime ? Fi.NAME_COLLISION_CANONICAL : Fi.NAME_OVERLAP_CANONICAL,
      element.span,
      `${what(element)} '${element.name}' conflicts with '${other.name}', the ${place}: both are '${canonical}' once re-cased${when}`,
    );
}
