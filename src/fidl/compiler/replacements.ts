/**
 * What becomes of what ends: what is `removed` must be gone, what is `replaced` must go on under its name (or that which `renamed` gives),
 * as the same thing on the wire.
 */
import { Fi, type FiCode } from "./codes.ts";
import type { Named } from "./collisions.ts";
import type { Reporter } from "./diagnostic.ts";
import { placeOf } from "./source.ts";
import { isAvailable, versionName } from "./versions.ts";

/** What tells an element from others on the wire: an ordinal, a value, a selector; `text` where that can be known. */
export interface Abi {
  readonly what: "ordinal" | "value" | "selector";
  readonly text: string;
}

/**
 * Checks the elements of one scope that are removed or replaced at some version. `abiOf` is asked for what an element is on the wire, and
 * `what` for what a message calls it.
 */
export function checkReplacements<T extends Named>(
  scope: readonly T[],
  what: (element: T) => string,
  reporter: Reporter,
  abiOf: (element: T) => Abi | undefined = () => undefined,
): void {
  for (const element of scope) {
    const { ending, removed, renamed } = element.availability;
    if (ending === undefined) continue;
    const later = scope.filter((other) => other !== element && isAvailable(other.availability, removed));
    const title = `${what(element)} '${element.name}' is ${ending}=${versionName(removed)}`;
    const report = (code: FiCode, message: string) =>
      reporter.report(code, element.availability.span ?? element.span, `${title}${message}`);
    const successors = later.filter(({ availability }) => availability.added === removed);
    const abi = abiOf(element);
    if (ending === "removed") {
      checkRemoved({ element, abi, later, successors, report }, abiOf);
      continue;
    }
    const successor = successors.find(({ name }) => name === (renamed ?? element.name));
    if (successor === undefined) {
      if (renamed === undefined)
        report(Fi.REPLACED_WITHOUT_REPLACEMENT, `, and no other '${element.name}' is added then`);
      else report(Fi.RENAMED_WITHOUT_REPLACEMENT, `, and no '${renamed}' is added then`);
      continue;
    }
    const other = abiOf(successor);
    if (abi !== undefined && other !== undefined && abi.text !== other.text)
      report(
        Fi.REPLACED_BY_ANOTHER_ABI,
        `, but its ${abi.what} ${abi.text} is not that of the other, ${other.text}, at ${placeOf(successor.span)}`,
      );
  }
}

interface Removed<T> {
  readonly element: T;
  readonly abi: Abi | undefined;
  /** What is there once it is gone, and what of that comes just then. */
  readonly later: readonly T[];
  readonly successors: readonly T[];
  readonly report: (code: FiCode, message: string) => void;
}

function checkRemoved<T extends Named>(
  { element, abi, later, successors, report }: Removed<T>,
  abiOf: (element: T) => Abi | undefined,
): void {
  const { renamed } = element.availability;
  const namesake =
    renamed === undefined
      ? successors.find(({ name }) => name === element.name)
      : later.find(({ name }) => name === renamed);
  if (namesake !== undefined) {
    const place = placeOf(namesake.span);
    if (renamed === undefined)
      report(Fi.REMOVED_AND_FOLLOWED, `, but another is added then, at ${place}; say replaced`);
    else report(Fi.REMOVED_AND_RENAMED_TO_TAKEN, `, but '${renamed}' is the name of another, at ${place}`);
    return;
  }
  const heir = abi && successors.find((other) => abiOf(other)?.text === abi.text);
  if (heir !== undefined)
    report(
      Fi.REMOVED_ABI_REUSED,
      `, but its ${abi!.what} ${abi!.text} is used again at ${placeOf(heir.span)}; say replaced and renamed`,
    );
}
