/**
 * What things are called in generated TypeScript: types `PascalCase`, members, methods and arguments `camelCase`, constants
 * and codecs `UPPER_SNAKE_CASE`.
 *
 * The compiler lets no two names of a scope differ by case or underscores alone, so that names stay apart when re-cased. What can
 * still collide (`DeviceClient`, which is made from `Device`, with a type of that name; a word that TypeScript keeps for
 * itself) gets an underscore at its end.
 */
import type { Declaration, FullName, Ir, Library } from "../compiler/ir.ts";
import { camelCase, pascalCase, shortName, upperSnakeCase } from "../compiler/names.ts";

/** Words that cannot be a parameter's or a constant's name in a module. */
const KEYWORDS = new Set(
  (
    "arguments await break case catch class const continue debugger default delete do else enum eval export extends false finally " +
    "for function if implements import in instanceof interface let new null package private protected public return static super " +
    "switch this throw true try typeof undefined var void while with yield"
  ).split(" "),
);

/** Global names that generated code uses, and must not hide. */
const GLOBALS = ["Promise", "Symbol", "Uint8Array"];

/** A name that is not taken, and now is. */
export function claim(taken: Set<string>, name: string): string {
  let free = name;
  while (taken.has(free) || KEYWORDS.has(free)) free += "_";
  taken.add(free);
  return free;
}

/** camelCase keys for members of one scope, none of which is among `reserved`. */
export function keysOf(
  members: readonly { readonly name: string }[],
  reserved: Iterable<string> = [],
): string[] {
  const taken = new Set(reserved);
  return members.map(({ name }) => {
    let key = camelCase(name);
    while (taken.has(key)) key += "_";
    taken.add(key);
    return key;
  });
}

/** The same for names of parameters and variables, which must not be keywords either. */
export function parametersOf(
  members: readonly { readonly name: string }[],
  reserved: Iterable<string>,
): string[] {
  const taken = new Set(reserved);
  return members.map(({ name }) => claim(taken, camelCase(name)));
}

/** The name of a constant or of an enum's or bits' member: as written where that is in upper case, as it nearly always is. */
export function constantName(name: string): string {
  return /^[A-Z][A-Z0-9_]*$/.test(name) ? name : upperSnakeCase(name);
}

/** What one declaration is called, as far as it has such a thing. */
export interface DeclarationNames {
  /** The interface, the type, the constant, or the protocol's or service's value. */
  readonly name: string;
  /** Of layouts. */
  readonly codec: string;
  /** Of protocols: interfaces, and the class behind the client's. */
  readonly client: string;
  readonly server: string;
  readonly events: string;
  readonly proxy: string;
}

/** Names of what a library's module exports; computed from the library alone, so that other modules can refer to them. */
export class LibraryNames {
  readonly #names = new Map<FullName, DeclarationNames>();
  /** Types and values of the module. A type and a value may share a name. */
  readonly types = new Set(GLOBALS);
  readonly values = new Set(GLOBALS);

  constructor(library: Library) {
    const first = new Map(library.declarations.map((declaration) => [declaration, this.#own(declaration)]));
    for (const [declaration, name] of first) {
      const { kind } = declaration;
      const isLayout =
        kind === "bits" || kind === "enum" || kind === "struct" || kind === "table" || kind === "union";
      const isProtocol = kind === "protocol";
      this.#names.set(declaration.name, {
        name,
        codec: isLayout ? claim(this.values, upperSnakeCase(shortName(declaration.name))) : "",
        client: isProtocol ? claim(this.types, `${name}Client`) : "",
        server: isProtocol ? claim(this.types, `${name}Server`) : "",
        events: isProtocol ? claim(this.types, `${name}Events`) : "",
        proxy: isProtocol ? claim(this.values, `${name}Proxy`) : "",
      });
    }
  }

  get(name: FullName): DeclarationNames {
    const found = this.#names.get(name);
    if (found === undefined) throw new Error(`${name} is not in the library`);
    return found;
  }

  #own({ kind, name: fullName }: Declaration): string {
    const short = shortName(fullName);
    if (kind === "const") return claim(this.values, constantName(short));
    const name = /^[A-Z][A-Za-z0-9]*$/.test(short) ? short : pascalCase(short);
    switch (kind) {
      case "bits":
      case "enum":
        return this.#claimBoth(name);
      case "protocol":
      case "service":
        return claim(this.values, name);
      case "resource":
        return "";
      default:
        return claim(this.types, name);
    }
  }

  /** For what is a type and a value. */
  #claimBoth(name: string): string {
    let free = name;
    while (this.types.has(free) || this.values.has(free)) free += "_";
    this.types.add(free);
    this.values.add(free);
    return free;
  }
}

/** The library with this name. */
export function libraryNamed(ir: Ir, name: string): Library {
  const library = ir.libraries.find((candidate) => candidate.name === name);
  if (library === undefined) {
    const known = ir.libraries.map((candidate) => candidate.name).join(", ") || "none";
    throw new Error(`there is no library ${name} (there are: ${known})`);
  }
  return library;
}
