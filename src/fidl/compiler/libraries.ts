/** Files to libraries: which files make one, which versions they are at, what they import. */
import type { DottedName, FileNode, UsingNode } from "./ast.ts";
import { Fi } from "./codes.ts";
import type { Reporter } from "./diagnostic.ts";
import type { FileScope, LibraryScope } from "./model.ts";
import { HEAD, Versions } from "./versions.ts";

export function textOf({ parts }: DottedName): string {
  return parts.map(({ text }) => text).join(".");
}

/**
 * Libraries of all files, each after those that it imports.
 *
 * `available` says at which version of its platform a library is compiled; HEAD for a platform that it does not name.
 */
export function makeLibraries(
  files: readonly FileNode[],
  available: ReadonlyMap<string, number>,
  reporter: Reporter,
): LibraryScope[] {
  const byName = new Map<string, FileNode[]>();
  for (const node of files) {
    const name = textOf(node.library);
    const others = byName.get(name);
    if (others === undefined) byName.set(name, [node]);
    else others.push(node);
  }
  const libraries = new Map<string, LibraryScope>();
  for (const [name, nodes] of byName) {
    const attributes = nodes.flatMap((node) => node.attributes);
    const versions = new Versions(name, attributes, reporter);
    const scopes: FileScope[] = [];
    const library: LibraryScope = {
      name,
      span: nodes[0]!.library.span,
      files: scopes,
      attributes,
      versions,
      version: available.get(versions.platform) ?? HEAD,
      declarations: new Map(),
      layouts: new Map(),
    };
    for (const node of nodes) scopes.push({ node, library, imports: new Map() });
    libraries.set(name, library);
  }
  for (const library of libraries.values())
    for (const file of library.files)
      for (const node of file.node.imports) addImport(file, node, libraries, reporter);
  return inImportOrder([...libraries.values()], reporter);
}

function addImport(
  file: FileScope,
  { library: name, alias, span }: UsingNode,
  libraries: ReadonlyMap<string, LibraryScope>,
  reporter: Reporter,
): void {
  const text = textOf(name);
  const library = libraries.get(text);
  if (library === undefined || library === file.library) {
    const message =
      library === undefined
        ? `cannot find library '${text}'; are its files among those to compile?`
        : `library '${text}' cannot import itself`;
    reporter.report(Fi.UNKNOWN_LIBRARY, name.span, message);
    return;
  }
  if ([...file.imports.values()].some((other) => other.library === library)) {
    reporter.report(Fi.DUPLICATE_LIBRARY_IMPORT, name.span, `library '${text}' is imported twice`);
    return;
  }
  const shown = alias?.text ?? text;
  if (file.imports.has(shown)) {
    if (alias === null)
      reporter.report(
        Fi.CONFLICTING_LIBRARY_IMPORT,
        name.span,
        `another library is imported under the name of library '${text}'`,
      );
    else
      reporter.report(
        Fi.CONFLICTING_LIBRARY_IMPORT_ALIAS,
        alias.span,
        `another library is imported under the name '${shown}'`,
      );
    return;
  }
  file.imports.set(shown, { library, span, isUsed: false });
}

/** Sorts by imports. Libraries that import each other are reported. */
function inImportOrder(libraries: readonly LibraryScope[], reporter: Reporter): LibraryScope[] {
  const ordered: LibraryScope[] = [];
  const missing = new Map(libraries.map((library) => [library, new Set(importsOf(library))]));
  while (missing.size > 0) {
    const ready = [...missing].filter(([, imports]) => imports.size === 0).map(([library]) => library);
    if (ready.length === 0) {
      reportCycle([...missing.keys()][0]!, missing, reporter);
      return ordered;
    }
    for (const library of ready) {
      ordered.push(library);
      missing.delete(library);
      for (const imports of missing.values()) imports.delete(library);
    }
  }
  return ordered;
}

export function importsOf(library: LibraryScope): LibraryScope[] {
  return [
    ...new Set(library.files.flatMap(({ imports }) => [...imports.values()].map((one) => one.library))),
  ];
}

/** Follows imports until a library comes again. */
function reportCycle(
  start: LibraryScope,
  missing: ReadonlyMap<LibraryScope, ReadonlySet<LibraryScope>>,
  reporter: Reporter,
): void {
  const path: LibraryScope[] = [];
  let library = start;
  while (!path.includes(library)) {
    path.push(library);
    library = [...missing.get(library)!][0]!;
  }
  const cycle = [...path.slice(path.indexOf(library)), library];
  reporter.report(
    Fi.INCLUDE_CYCLE,
    library.span,
    `libraries import each other: ${cycle.map(({ name }) => name).join(" -> ")}`,
  );
}
