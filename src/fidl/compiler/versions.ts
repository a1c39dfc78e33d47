/**
 * `@available`: a library is compiled as it is at one version of its platform. Fuchsia's compiler can compile for a set of versions;
 * for a single one that comes down to leaving out what is not there at that version.
 */
import type { AttributeArg, AttributeNode } from "./ast.ts";
import { Fi } from "./codes.ts";
import type { Reporter } from "./diagnostic.ts";
import { placeOf, type Span, spanText } from "./source.ts";

/** A version in the making, and the one that everything not yet stable belongs to. */
export const NEXT = 0xffd0_0000;
export const HEAD = 0xffe0_0000;
const NEVER = 0xffff_ffff;
const MAX_NUMBERED = 0x7fff_ffff;
/** The platform of libraries that have no `@available`; it has one version. */
const UNVERSIONED = "unversioned";

/** When a thing is there: `added <= version < removed`. */
export interface Availability {
  readonly added: number;
  readonly removed: number;
  /** From which version on it is deprecated; `NEVER` if at none. */
  readonly deprecated: number;
  /** Why, or what instead. */
  readonly note: string;
  /** How it ends, if it says so itself; and the name that it has from then on, if it says that. */
  readonly ending: "removed" | "replaced" | undefined;
  readonly renamed: string | undefined;
  /** Where it says so; what a message about a conflict points to. */
  readonly span: Span | null;
}

export const ALWAYS: Availability = {
  added: 0,
  removed: NEVER,
  deprecated: NEVER,
  note: "",
  ending: undefined,
  renamed: undefined,
  span: null,
};

/** `"14"`, `"0xe"`, `"NEXT"`, `"HEAD"`; undefined for anything else. */
export function parseVersion(text: string): number | undefined {
  if (text === "NEXT") return NEXT;
  if (text === "HEAD") return HEAD;
  if (!/^(0x[0-9a-f]+|0b[01]+|[0-9]+)$/i.test(text)) return undefined;
  const version = Number(text);
  const isSpecial = version === NEXT || version === HEAD;
  return (version >= 1 && version <= MAX_NUMBERED) || isSpecial ? version : undefined;
}

export function isAvailable({ added, removed }: Availability, version: number): boolean {
  return added <= version && version < removed;
}

export function isDeprecated({ deprecated }: Availability, version: number): boolean {
  return deprecated <= version;
}

export function overlap(one: Availability, other: Availability): boolean {
  return one.added < other.removed && other.added < one.removed;
}

/** What a thing has of what it belongs to: that has ended, not the thing itself. */
function inherited(parent: Availability): Availability {
  return parent.ending === undefined ? parent : { ...parent, ending: undefined, renamed: undefined };
}

export type VersionedElement = "library" | "declaration" | "member" | "modifier";

const ARGUMENTS = ["platform", "added", "deprecated", "removed", "replaced", "renamed", "note"];

/** Reads the `@available` attributes of one library. */
export class Versions {
  readonly platform: string;
  /** What the library itself says, which everything in it inherits. */
  readonly library: Availability;
  readonly #hasLibraryAvailability: boolean;
  readonly #libraryName: string;
  readonly #reporter: Reporter;

  constructor(libraryName: string, attributes: readonly AttributeNode[], reporter: Reporter) {
    this.#libraryName = libraryName;
    this.#reporter = reporter;
    const attribute = available(attributes);
    this.#hasLibraryAvailability = attribute !== undefined;
    if (attribute === undefined) {
      this.platform = UNVERSIONED;
      this.library = ALWAYS;
      return;
    }
    const platform = argument(attribute, "platform");
    this.platform = this.#platform(platform) ?? libraryName.split(".")[0]!;
    this.library = this.#read(attribute, ALWAYS, "library", undefined);
    if (argument(attribute, "added") === undefined)
      reporter.report(
        Fi.LIBRARY_AVAILABILITY_MISSING_ADDED,
        attribute.span,
        "a library's @available says since when: added=",
      );
  }

  /** The availability of something in the library; `parent` is that of what it belongs to. */
  of(
    attributes: readonly AttributeNode[],
    parent: Availability,
    element: VersionedElement,
    name?: string,
  ): Availability {
    const attribute = available(attributes);
    if (attribute === undefined) return inherited(parent);
    if (!this.#hasLibraryAvailability) {
      this.#reporter.report(
        Fi.MISSING_LIBRARY_AVAILABILITY,
        attribute.span,
        `nothing in it can have an availability unless \`library ${this.#libraryName};\` has: put @available(added=...) before it`,
      );
      return parent;
    }
    return this.#read(attribute, parent, element, name);
  }

  #platform(given: AttributeArg | undefined): string | undefined {
    if (given === undefined) return undefined;
    const { value } = given;
    if (value.kind !== "literal" || value.literal !== "string") return undefined;
    if (!/^[a-z][a-z0-9]*$/.test(value.text))
      this.#reporter.report(
        Fi.INVALID_PLATFORM,
        value.span,
        `invalid platform '${value.text}': it consists of lower-case letters and digits`,
      );
    else if (value.text === UNVERSIONED)
      this.#reporter.report(Fi.RESERVED_PLATFORM, value.span, `the platform '${value.text}' is reserved`);
    return value.text;
  }

  #read(
    attribute: AttributeNode,
    parent: Availability,
    element: VersionedElement,
    name: string | undefined,
  ): Availability {
    const { span } = attribute;
    const report = (code: Parameters<Reporter["report"]>[0], where: Span, message: string) =>
      this.#reporter.report(code, where, message);
    this.#checkArguments(attribute, element);

    const removed = argument(attribute, "removed");
    const replaced = argument(attribute, "replaced");
    const renamed = argument(attribute, "renamed");
    const note = argument(attribute, "note");
    const ended = removed ?? replaced;
    const deprecated = argument(attribute, "deprecated");
    if (removed !== undefined && replaced !== undefined)
      report(Fi.REMOVED_AND_REPLACED, span, "'removed' and 'replaced' exclude each other");
    if (replaced !== undefined && element === "library")
      report(Fi.LIBRARY_REPLACED, replaced.span, "a library can be removed, not replaced");
    if (note !== undefined && deprecated === undefined && ended === undefined)
      report(
        Fi.NOTE_WITHOUT_DEPRECATION,
        note.span,
        "'note' goes with 'deprecated', 'removed' or 'replaced'",
      );
    if (renamed !== undefined) {
      if (element !== "member")
        report(Fi.CANNOT_BE_RENAMED, renamed.span, "'renamed' is for members of a declaration only");
      else if (ended === undefined)
        report(
          Fi.RENAMED_WITHOUT_REPLACED_OR_REMOVED,
          renamed.span,
          "'renamed' goes with 'replaced' or 'removed'",
        );
      else if (stringOf(renamed) === name)
        report(Fi.RENAMED_TO_SAME_NAME, renamed.span, `it is already named '${name}'`);
    }

    const own = {
      added: this.#version(argument(attribute, "added")),
      deprecated: this.#version(deprecated),
      removed: this.#version(ended),
    };
    const order: [keyof typeof own, keyof typeof own, string][] = [
      ["added", "removed", "added < removed"],
      ["deprecated", "removed", "deprecated < removed"],
      ["added", "deprecated", "added <= deprecated"],
    ];
    for (const [first, second, rule] of order) {
      const [a, b] = [own[first], own[second]];
      if (a === undefined || b === undefined) continue;
      if (a > b || (a === b && second === "removed")) {
        report(Fi.INVALID_AVAILABILITY_ORDER, span, `versions out of order: it must be ${rule}`);
        return parent;
      }
    }
    for (const [what, version] of Object.entries(own)) {
      const conflict = version === undefined ? undefined : conflictWith(parent, what, version);
      if (conflict === undefined) continue;
      const where = parent.span === null ? "" : ` (${placeOf(parent.span)})`;
      report(
        Fi.AVAILABILITY_CONFLICTS_WITH_PARENT,
        span,
        `${what}=${versionName(version!)} is ${conflict}, to which it belongs${where}`,
      );
      return parent;
    }
    const added = own.added ?? parent.added;
    const inherited = parent.deprecated === NEVER ? NEVER : Math.max(parent.deprecated, added);
    return {
      added,
      removed: own.removed ?? parent.removed,
      deprecated: own.deprecated ?? inherited,
      note: own.deprecated === undefined ? parent.note : (stringOf(note) ?? ""),
      ending: own.removed === undefined ? undefined : removed === undefined ? "replaced" : "removed",
      renamed: stringOf(renamed),
      span,
    };
  }

  #checkArguments({ args, span, name }: AttributeNode, element: VersionedElement): void {
    if (!args.some((arg) => arg.name !== null && arg.name.text !== "note"))
      this.#reporter.report(
        Fi.AVAILABLE_MISSING_ARGUMENTS,
        span,
        "@available says at least one of 'added', 'deprecated' and 'removed'",
      );
    for (const arg of args) {
      const given = arg.name?.text;
      if (given === undefined)
        this.#reporter.report(
          Fi.ATTRIBUTE_ARG_NOT_NAMED,
          arg.span,
          `the arguments of @${name.text} are named`,
        );
      else if (!ARGUMENTS.includes(given)) {
        this.#reporter.report(
          Fi.UNKNOWN_ATTRIBUTE_ARG,
          arg.span,
          `@available has no argument '${given}'; there are ${ARGUMENTS.join(", ")}`,
        );
      } else if (element === "modifier" && given !== "added" && given !== "removed")
        this.#reporter.report(
          Fi.INVALID_MODIFIER_AVAILABLE_ARGUMENT,
          arg.span,
          `a modifier has 'added' and 'removed' only, not '${given}'`,
        );
      else if (element !== "library" && given === "platform")
        this.#reporter.report(
          Fi.PLATFORM_NOT_ON_LIBRARY,
          arg.span,
          "'platform' belongs to the library's @available",
        );
      else if (["platform", "renamed", "note"].includes(given) && stringOf(arg) === undefined)
        this.#notAString(arg);
    }
  }

  #notAString({ value }: AttributeArg): void {
    if (value.kind === "literal")
      this.#reporter.report(
        Fi.TYPE_CANNOT_BE_CONVERTED,
        value.span,
        `${spanText(value.span)} is not a string`,
      );
    else
      this.#reporter.report(
        Fi.ATTRIBUTE_ARG_REQUIRES_LITERAL,
        value.span,
        "a literal is wanted here, not the name of a constant",
      );
  }

  #version(given: AttributeArg | undefined): number | undefined {
    if (given === undefined) return undefined;
    const { value } = given;
    let version: number | undefined;
    if (value.kind === "name") version = parseVersion(spanText(value.span));
    else if (value.kind === "literal" && value.literal === "number") version = parseVersion(value.text);
    if (version === undefined)
      this.#reporter.report(
        Fi.INVALID_VERSION,
        value.span,
        `invalid version '${spanText(value.span)}': it is a number from 1 to 2^31-1, NEXT or HEAD`,
      );
    return version;
  }
}

function conflictWith(parent: Availability, what: string, version: number): string | undefined {
  if (what === "removed") {
    if (version <= parent.added) return "before the thing is added";
    return version > parent.removed ? "after the thing is removed" : undefined;
  }
  if (version < parent.added) return "before the thing is added";
  if (version >= parent.removed) return "after the thing is removed";
  return what === "deprecated" && version > parent.deprecated ? "after the thing is deprecated" : undefined;
}

export function versionName(version: number): string {
  if (version === HEAD) return "HEAD";
  return version === NEXT ? "NEXT" : String(version);
}

function available(attributes: readonly AttributeNode[]): AttributeNode | undefined {
  return attributes.find(({ name, isDocComment }) => !isDocComment && name.text === "available");
}

function argument({ args }: AttributeNode, name: string): AttributeArg | undefined {
  return args.find((arg) => arg.name?.text === name);
}

function stringOf(arg: AttributeArg | undefined): string | undefined {
  return arg?.value.kind === "literal" && arg.value.literal === "string" ? arg.value.text : undefined;
}
