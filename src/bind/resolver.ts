import type { ConditionNode, KeyType, NameNode, UsingNode, ValueNode } from "./ast.ts";
import { Code } from "./codes.ts";
import type { Reporter } from "./diagnostic.ts";
import type { Condition, Operand, Place } from "./program.ts";
import { formatValue, type PropertyValue } from "./properties.ts";
import type { BindSymbol, FindLibrary } from "./symbols.ts";

/** A key as rules use it; `type` is undefined where the key is not known and nothing more can be said. */
interface Key {
  readonly name: string;
  readonly type: KeyType | undefined;
}

/** Looks up the names in one file of rules, and checks that values can be compared with their keys. */
export class Resolver {
  readonly #aliases: ReadonlyMap<string, string>;
  readonly #symbols: ReadonlyMap<string, BindSymbol>;
  readonly #find: FindLibrary;
  readonly reporter: Reporter;

  constructor(
    using: readonly UsingNode[],
    symbols: ReadonlyMap<string, BindSymbol>,
    find: FindLibrary,
    reporter: Reporter,
  ) {
    this.#aliases = new Map(
      using.flatMap(({ library, alias }) => (alias ? [[alias.text, library.text]] : [])),
    );
    this.#symbols = symbols;
    this.#find = find;
    this.reporter = reporter;
    const seen = new Set<string>();
    for (const { alias } of using) {
      if (alias === undefined) continue;
      if (seen.has(alias.text))
        reporter.error(
          Code.DUPLICATE_IDENTIFIER,
          alias.span,
          `another library is called \`${alias.text}\` here`,
        );
      seen.add(alias.text);
    }
  }

  condition({ key: keyNode, op, value }: ConditionNode, at: Place): Condition {
    const key = this.key(keyNode);
    return { key: key.name, op, operand: this.value(value, key), at };
  }

  key(node: NameNode): Key {
    const symbol = this.#lookUp(node, "key");
    if (symbol?.kind === "value")
      this.reporter.error(
        Code.NEITHER_KEY_NOR_VALUE,
        node.span,
        `\`${node.text}\` is a value of \`${symbol.key}\`; a key is expected on this side`,
      );
    return symbol?.kind === "key" ? symbol : { name: node.text, type: undefined };
  }

  value(node: ValueNode, key: Key): Operand {
    if (node.kind === "literal") {
      this.#checkType(node, typeOfLiteral(node.value), formatValue(node.value), key);
      return { value: node.value };
    }
    const symbol = this.#lookUp(node, "value");
    if (symbol === undefined) return { value: 0 };
    if (symbol.kind === "key") {
      this.reporter.error(
        Code.NEITHER_KEY_NOR_VALUE,
        node.span,
        `\`${node.text}\` is a key; a value is expected on this side`,
      );
      return { value: 0 };
    }
    if (this.#checkType(node, symbol.type, `\`${node.text}\``, key) && key.name !== symbol.key)
      this.reporter.warn(
        Code.VALUE_OF_OTHER_KEY,
        node.span,
        `\`${node.text}\` is declared as a value of \`${symbol.key}\`, not of \`${key.name}\``,
      );
    return { value: symbol.value, name: symbol.name };
  }

  #checkType(node: ValueNode, type: KeyType, shown: string, key: Key): boolean {
    if (key.type === undefined) return false;
    if (key.type === type) return true;
    const members = key.type === "enum" ? this.#members(key.name) : "";
    this.reporter.error(
      Code.MISMATCH_VALUE_TYPES,
      node.span,
      `\`${key.name}\` is ${IN_WORDS[key.type]}, and ${shown} is ${IN_WORDS[type]}${members}`,
    );
    return false;
  }

  #lookUp(node: NameNode, expected: "key" | "value"): BindSymbol | undefined {
    const found = this.#symbols.get(node.text) ?? this.#symbols.get(this.#withoutAlias(node.text));
    if (found === undefined)
      this.reporter.error(
        Code.UNKNOWN_KEY,
        node.span,
        `\`${node.text}\` is not declared${this.#hint(node.text, expected)}`,
      );
    return found;
  }

  #withoutAlias(name: string): string {
    const dot = name.indexOf(".");
    const library = dot === -1 ? undefined : this.#aliases.get(name.slice(0, dot));
    return library === undefined ? name : `${library}${name.slice(dot)}`;
  }

  /** Where the name may have been meant to come from. */
  #hint(text: string, expected: "key" | "value"): string {
    const name = this.#withoutAlias(text);
    const parts = name.split(".");
    const library = parts.slice(0, expected === "key" ? -1 : -2).join(".");
    const isImported = [...this.#symbols.keys()].some((known) => known.startsWith(`${library}.`));
    if (library !== "" && !isImported && this.#find(library) !== undefined)
      return `; it may be in the library \`${library}\`: add \`using ${library};\``;
    if (!name.includes(".")) return "; keys are written with their library, as in `fuchsia.BIND_PCI_VID`";
    const parent = name.slice(0, name.lastIndexOf(".") + 1);
    const siblings = [...this.#symbols.values()].filter(
      (symbol) =>
        symbol.kind === expected &&
        symbol.name.startsWith(parent) &&
        !symbol.name.slice(parent.length).includes("."),
    );
    const likeness = (other: string): number => {
      const differsAt = [...other].findIndex((char, index) => char !== name[index]);
      return differsAt === -1 ? other.length : differsAt;
    };
    return listOf(
      siblings.map((symbol) => symbol.name).sort((one, other) => likeness(other) - likeness(one)),
    );
  }

  #members(key: string): string {
    const values = [...this.#symbols.values()].filter(
      (symbol) => symbol.kind === "value" && symbol.key === key,
    );
    return listOf(values.map(({ name }) => name));
  }
}

/** How many names a message lists. */
const MAX_SHOWN = 8;

function listOf(names: readonly string[]): string {
  const [first] = names;
  if (first === undefined) return "";
  const parent = first.slice(0, first.lastIndexOf(".") + 1);
  const isShared = names.every((name) => name.startsWith(parent));
  const shown = names.slice(0, MAX_SHOWN).map((name) => (isShared ? name.slice(parent.length) : name));
  const all = `${shown.join(", ")}${names.length > MAX_SHOWN ? ", ..." : ""}`;
  return isShared ? `; \`${parent.slice(0, -1)}\` has ${all}` : `; there are ${all}`;
}

function typeOfLiteral(value: PropertyValue): KeyType {
  return typeof value === "number" ? "uint" : typeof value === "string" ? "string" : "bool";
}

const IN_WORDS: Readonly<Record<KeyType, string>> = {
  uint: "a uint",
  string: "a string",
  bool: "a bool",
  enum: "an enum",
};
