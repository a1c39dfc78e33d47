import type { Placement } from "./attribute_schemas.ts";
import { resolveConst } from "./constants.ts";
import { consumeLibrary, type ModifierDefaults } from "./consume.ts";
import { type Diagnostic, Reporter } from "./diagnostic.ts";
import { emit } from "./emit.ts";
import type { Ir } from "./ir.ts";
import { resolveLayout } from "./layouts.ts";
import { makeLibraries } from "./libraries.ts";
import type { Decl, LayoutDecl, LibraryScope, Member } from "./model.ts";
import { isLayout } from "./model.ts";
import { inDependencyOrder } from "./order.ts";
import { parseFile } from "./parse_declarations.ts";
import { resolveProtocol, resolveService } from "./protocols.ts";
import { Resolver, scopeOf } from "./resolver.ts";
import { resolveResource } from "./resources.ts";
import { Shapes } from "./shapes.ts";
import { SourceFile, type SourceText } from "./source.ts";
import { resolveAlias } from "./types.ts";
import { verifyLibrary } from "./verify.ts";
import { parseVersion } from "./versions.ts";

export interface CompileOptions {
  /**
   * At which version of its platform a library is compiled: a number, `"NEXT"` or `"HEAD"`, by platform, which is the first word of a
   * library's name unless its `@available` says another. HEAD where nothing is said.
   */
  readonly available?: { readonly [platform: string]: number | string };
  /**
   * How protocols and methods without modifiers are read. Not saying it changes the bytes of replies, and FIDL's own
   * answer has changed: "required" (the default) makes it an error, "modern" reads open and flexible, "legacy" closed and strict.
   */
  readonly modifiers?: ModifierDefaults;
}

export interface Compiled {
  /** There if there is no error. */
  readonly ir?: Ir;
  /** Errors and warnings, in the order in which they were found. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Compiles `.fidl` files of one or more libraries: those to compile together with all that they import, in any order.
 *
 * A program that is wrong gives diagnostics, never an exception. One run finds the errors of one stage: syntax, then
 * names, then types, then what holds of the whole.
 *
 * @throws RangeError if `options.available` has something that is no version
 */
export function compile(files: readonly SourceText[], options: CompileOptions = {}): Compiled {
  const available = new Map<string, number>();
  for (const [platform, version] of Object.entries(options.available ?? {})) {
    const parsed = parseVersion(String(version));
    if (parsed === undefined)
      throw new RangeError(`no version of ${platform}: ${version}; there are 1 to 2^31-1, NEXT and HEAD`);
    available.set(platform, parsed);
  }
  const reporter = new Reporter();
  const { diagnostics } = reporter;
  const nodes = files.flatMap((file) => parseFile(new SourceFile(file), reporter) ?? []);
  if (reporter.errors > 0) return { diagnostics };

  const libraries = makeLibraries(nodes, available, reporter);
  for (const library of libraries) consumeLibrary(library, options.modifiers ?? "required", reporter);
  if (reporter.errors > 0) return { diagnostics };

  const resolver = new Resolver(reporter);
  for (const library of libraries) resolveLibrary(resolver, library);
  if (reporter.errors > 0) return { diagnostics };

  const all = libraries.flatMap(({ declarations }) => [...declarations.values()]);
  const ordered = inDependencyOrder(resolver, all);
  for (const library of libraries) verifyLibrary(resolver, library);
  if (reporter.errors > 0) return { diagnostics };

  const shapes = new Shapes(resolver, ordered.filter(isLayout));
  if (reporter.errors > 0) return { diagnostics };
  const byLibrary = libraries.map(
    (library) => [library, ordered.filter(({ file }) => file.library === library)] as const,
  );
  return { ir: emit(resolver, shapes, byLibrary), diagnostics };
}

function resolveLibrary(r: Resolver, library: LibraryScope): void {
  const [first] = library.files;
  if (first !== undefined)
    r.attributes(library.attributes, "library", false, scopeOf(first, library.versions.library));
  for (const decl of library.declarations.values()) {
    resolveDeclaration(r, decl);
    checkAttributes(r, decl);
  }
}

function resolveDeclaration(r: Resolver, decl: Decl): void {
  if (isLayout(decl)) resolveLayout(r, decl);
  else if (decl.kind === "const") resolveConst(r, decl);
  else if (decl.kind === "alias") resolveAlias(r, decl);
  else if (decl.kind === "protocol") resolveProtocol(r, decl);
  else if (decl.kind === "service") resolveService(r, decl);
  else resolveResource(r, decl);
}

function checkAttributes(r: Resolver, decl: Decl): void {
  const isAnonymous = isLayout(decl) && decl.isAnonymous;
  r.attributes(decl.attributes, decl.kind, isAnonymous, scopeOf(decl.file, decl.availability));
  const [members, placement] = membersOf(decl);
  for (const { attributes, availability } of members)
    r.attributes(attributes, placement, false, scopeOf(decl.file, availability));
  if (decl.kind !== "protocol") return;
  for (const { node, availability } of [...decl.composed, ...decl.ownMethods])
    r.attributes(
      node.attributes,
      "request" in node ? "method" : "compose",
      false,
      scopeOf(decl.file, availability),
    );
}

function membersOf(decl: Decl): [readonly Member[], Placement] {
  if (isLayout(decl)) return [decl.members, memberPlacement(decl)];
  if (decl.kind === "service") return [decl.members, "service member"];
  if (decl.kind === "resource") return [decl.properties, "resource property"];
  return [[], decl.kind];
}

function memberPlacement({ kind }: LayoutDecl): Placement {
  return `${kind} member`;
}
