/** What the names in bind rules stand for: the keys and values that bind libraries declare. */
import type { DeclarationNode, KeyType, LibraryFile, NameNode, UsingNode } from "./ast.ts";
import { Code } from "./codes.ts";
import type { Reporter } from "./diagnostic.ts";
import type { PropertyValue } from "./properties.ts";

export type BindSymbol =
  | { readonly kind: "key"; readonly name: string; readonly type: KeyType }
  /** `key` is the property's, also where another library added the value. */
  | {
      readonly kind: "value";
      readonly name: string;
      readonly type: KeyType;
      readonly value: PropertyValue;
      readonly key: string;
    };

/** Finds a library by its name. */
export type FindLibrary = (name: string) => LibraryFile | undefined;

/** Its keys can be used and extended without `using`. */
export const ROOT_LIBRARY = "fuchsia";

/** The symbols of the libraries that are imported, directly or through others, by full name. */
export function collectSymbols(
  using: readonly UsingNode[],
  find: FindLibrary,
  reporter: Reporter,
): ReadonlyMap<string, BindSymbol> {
  const libraries = inImportOrder(using, find, reporter);
  const symbols = new Map<string, BindSymbol>();
  for (const library of libraries)
    for (const declaration of library.declarations)
      if (!declaration.extend) declareKey(library, declaration, symbols, reporter);
  for (const library of libraries)
    for (const declaration of library.declarations)
      if (declaration.extend) extendKey(library, declaration, symbols, reporter);
  return symbols;
}

/** Each library after those that it imports. */
function inImportOrder(using: readonly UsingNode[], find: FindLibrary, reporter: Reporter): LibraryFile[] {
  const done = new Set<string>();
  const under = new Set<string>();
  const ordered: LibraryFile[] = [];

  const enter = (library: LibraryFile): void => {
    const name = library.name.text;
    under.add(name);
    for (const { library: imported } of library.using) visit(imported);
    under.delete(name);
    done.add(name);
    ordered.push(library);
  };
  const visit = ({ text, span }: NameNode): void => {
    const library = find(text);
    if (library === undefined)
      reporter.error(Code.MISSING_DEPENDENCY, span, `there is no bind library \`${text}\` among those given`);
    else if (under.has(text))
      reporter.error(
        Code.CIRCULAR_DEPENDENCY,
        span,
        `\`${text}\` imports the library that it is imported by`,
      );
    else if (!done.has(text)) enter(library);
  };

  const root = find(ROOT_LIBRARY);
  if (root !== undefined) enter(root);
  for (const { library } of using) visit(library);
  return ordered;
}

function declareKey(
  library: LibraryFile,
  { type, key, values }: DeclarationNode,
  symbols: Map<string, BindSymbol>,
  reporter: Reporter,
): void {
  if (key.text.includes(".")) {
    reporter.error(
      Code.MISSING_EXTENDS_KEYWORD,
      key.span,
      `a new key has no dots in its name; is \`extend\` missing in front of \`${type} ${key.text}\`?`,
    );
    return;
  }
  const name = `${library.name.text}.${key.text}`;
  if (symbols.has(name)) {
    reporter.error(Code.DUPLICATE_IDENTIFIER, key.span, `\`${name}\` is declared twice`);
    return;
  }
  symbols.set(name, { kind: "key", name, type });
  declareValues(name, name, type, values, symbols, reporter);
}

function extendKey(
  library: LibraryFile,
  { type, key, values }: DeclarationNode,
  symbols: Map<string, BindSymbol>,
  reporter: Reporter,
): void {
  const dot = key.text.lastIndexOf(".");
  if (dot === -1) {
    reporter.error(
      Code.INVALID_EXTENDS_KEYWORD,
      key.span,
      `\`extend\` is for keys of other libraries; \`${key.text}\` has no library in front`,
    );
    return;
  }
  const namespace = key.text.slice(0, dot);
  const local = key.text.slice(dot + 1);
  const owner =
    namespace === ROOT_LIBRARY
      ? namespace
      : library.using.find((one) => one.library.text === namespace || one.alias?.text === namespace)?.library
          .text;
  if (owner === undefined) {
    reporter.error(
      Code.UNRESOLVED_QUALIFICATION,
      key.span,
      `library \`${namespace}\` is not imported here; add \`using ${namespace};\``,
    );
    return;
  }
  const name = `${owner}.${local}`;
  const symbol = symbols.get(name);
  if (symbol === undefined)
    reporter.error(Code.UNDECLARED_KEY, key.span, `\`${name}\`, which this extends, is not declared`);
  else if (symbol.kind !== "key" || symbol.type !== type)
    reporter.error(
      Code.TYPE_MISMATCH,
      key.span,
      `\`${name}\` is a ${symbol.kind === "key" ? symbol.type : "value"}, and is extended as a ${type}`,
    );
  else declareValues(`${library.name.text}.${local}`, name, type, values, symbols, reporter);
}

function declareValues(
  prefix: string,
  key: string,
  type: KeyType,
  values: DeclarationNode["values"],
  symbols: Map<string, BindSymbol>,
  reporter: Reporter,
): void {
  for (const { name: node, literal } of values) {
    const name = `${prefix}.${node.text}`;
    if (symbols.has(name))
      reporter.error(Code.DUPLICATE_IDENTIFIER, node.span, `\`${name}\` is declared twice`);
    else symbols.set(name, { kind: "value", name, type, value: literal ?? name, key });
  }
}
