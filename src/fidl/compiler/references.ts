/** What a name refers to. */
import type { DottedName } from "./ast.ts";
import { Fi } from "./codes.ts";
import type { Decl, LayoutDecl, LibraryScope, Member } from "./model.ts";
import { isLayout } from "./model.ts";
import type { Resolver, Scope } from "./resolver.ts";
import { spanText } from "./source.ts";
import { isDeprecated } from "./versions.ts";

export type Target =
  | { readonly kind: "decl"; readonly decl: Decl }
  | { readonly kind: "member"; readonly decl: LayoutDecl; readonly member: Member }
  /** Part of the language: `uint8`, `vector`, `MAX`, `optional`. */
  | { readonly kind: "builtin"; readonly name: string };

const PRIMITIVES = [
  "bool",
  "int8",
  "int16",
  "int32",
  "int64",
  "uint8",
  "uint16",
  "uint32",
  "uint64",
  "float32",
  "float64",
] as const;

/** Names that mean something unless a library declares them itself. */
const BUILTINS: ReadonlySet<string> = new Set([
  ...PRIMITIVES,
  "byte",
  "string",
  "vector",
  "array",
  "box",
  "client_end",
  "server_end",
  "optional",
  "MAX",
  "HEAD",
  "NEXT",
]);

/** Behind an experimental flag of fidlc; told apart from names that are merely unknown. */
const EXPERIMENTAL: ReadonlySet<string> = new Set([
  "uchar",
  "usize64",
  "uintptr64",
  "experimental_pointer",
  "string_array",
]);

/** Whether a name is a word of the language, which no declaration of the library has taken. */
export function isBuiltin({ parts }: DottedName, word: string, { file }: Scope): boolean {
  if (parts.length === 2 && parts[0]!.text === "fidl")
    return parts[1]!.text === word && !file.imports.has("fidl");
  return parts.length === 1 && parts[0]!.text === word && !file.library.declarations.has(word);
}

/** What the name is wanted for: only in a message. */
export type Purpose = "type" | "value" | "protocol" | "constraint";

export function resolveName(
  r: Resolver,
  name: DottedName,
  scope: Scope,
  purpose: Purpose,
): Target | undefined {
  const target = find(r, name, scope, purpose);
  if (target !== undefined && target.kind !== "builtin") checkDeprecated(r, name, target, scope);
  return target;
}

function find(r: Resolver, name: DottedName, scope: Scope, purpose: Purpose): Target | undefined {
  const { library } = scope.file;
  const parts = name.parts.map(({ text }) => text);
  const [first] = parts as [string];
  const own = library.declarations.get(first);
  if (parts.length === 1) {
    if (own !== undefined) return declared(r, own, name);
    if (BUILTINS.has(first)) return { kind: "builtin", name: first };
    if (EXPERIMENTAL.has(first))
      return r.report(
        Fi.EXPERIMENTAL_TYPE,
        name.span,
        `'${first}' is experimental in FIDL and not supported here`,
      );
    const hint = purpose === "type" ? hintFor(first) : "";
    return r.report(Fi.NAME_NOT_FOUND, name.span, `cannot find '${first}' in library ${library.name}${hint}`);
  }
  if (parts.length === 2 && own !== undefined) return member(r, own, parts[1]!, name);
  // a.b.C is C of library a.b; a.b.C.D is D of C of library a.b, or D of library a.b.C.
  const whole = imported(scope, parts.slice(0, -1));
  if (whole !== undefined) return inLibrary(r, whole, parts.at(-1)!, undefined, name);
  const shorter = parts.length > 2 ? imported(scope, parts.slice(0, -2)) : undefined;
  if (shorter !== undefined) return inLibrary(r, shorter, parts.at(-2)!, parts.at(-1)!, name);
  // The language itself is a library, too, for those who use its words as names.
  if (parts.length === 2 && first === "fidl") {
    if (BUILTINS.has(parts[1]!)) return { kind: "builtin", name: parts[1]! };
    return r.report(Fi.NAME_NOT_FOUND, name.span, `cannot find '${parts[1]}' in library fidl`);
  }
  if (parts.length === 2 && BUILTINS.has(first))
    return r.report(Fi.CANNOT_REFER_TO_MEMBER, name.span, `'${first}' has no members`);
  const full = parts.slice(0, -1).join(".");
  return r.report(
    Fi.UNKNOWN_DEPENDENT_LIBRARY,
    name.span,
    `'${spanText(name.span)}': neither is library '${full}' imported (with \`using ${full};\`) nor is there a '${first}' that has members`,
  );
}

/** Spellings of other languages. */
function hintFor(name: string): string {
  const known: { readonly [name: string]: string } = {
    int: "int32",
    uint: "uint32",
    float: "float32",
    double: "float64",
    bytes: "vector<uint8>",
    handle: "zx.Handle",
    request: "server_end:P",
  };
  return Object.hasOwn(known, name) ? ` (did you mean ${known[name]}?)` : "";
}

function imported({ file }: Scope, parts: readonly string[]): LibraryScope | undefined {
  const text = parts.join(".");
  const found = file.imports.get(text);
  if (found !== undefined) {
    found.isUsed = true;
    return found.library;
  }
  // A library can call its own declarations by their full names.
  return text === file.library.name ? file.library : undefined;
}

function inLibrary(
  r: Resolver,
  library: LibraryScope,
  name: string,
  memberName: string | undefined,
  whole: DottedName,
): Target | undefined {
  const decl = library.declarations.get(name);
  if (decl === undefined)
    return r.report(Fi.NAME_NOT_FOUND, whole.span, `cannot find '${name}' in library ${library.name}`);
  return memberName === undefined ? declared(r, decl, whole) : member(r, decl, memberName, whole);
}

function declared(r: Resolver, decl: Decl, { span }: DottedName): Target | undefined {
  if (isLayout(decl) && decl.isAnonymous)
    return r.report(
      Fi.ANONYMOUS_NAME_REFERENCE,
      span,
      `'${decl.name}' is the name made for a layout that has none; it cannot be referred to`,
    );
  return { kind: "decl", decl };
}

function member(r: Resolver, decl: Decl, name: string, whole: DottedName): Target | undefined {
  const target = declared(r, decl, whole);
  if (target === undefined) return undefined;
  if (decl.kind !== "bits" && decl.kind !== "enum")
    return r.report(
      Fi.CANNOT_REFER_TO_MEMBER,
      whole.span,
      `'${decl.name}' is a ${decl.kind}; only members of bits and enums can be referred to`,
    );
  const found = decl.members.find((one) => one.name === name);
  if (found === undefined)
    return r.report(Fi.MEMBER_NOT_FOUND, whole.span, `${decl.kind} '${decl.name}' has no member '${name}'`);
  return { kind: "member", decl, member: found };
}

function checkDeprecated(
  r: Resolver,
  { span }: DottedName,
  target: Exclude<Target, { kind: "builtin" }>,
  scope: Scope,
): void {
  const { decl } = target;
  const { library } = decl.file;
  if (scope.isDeprecated || library.versions.platform !== scope.file.library.versions.platform) return;
  const { availability } = target.kind === "member" ? target.member : decl;
  if (isDeprecated(availability, library.version))
    r.report(
      Fi.INVALID_REFERENCE_TO_DEPRECATED,
      span,
      `'${spanText(span)}' is deprecated, and what refers to it is not${availability.note === "" ? "" : `: ${availability.note}`}`,
    );
}
