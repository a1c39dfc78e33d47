/** Constants, enums, bits and aliases. */
import type {
  AliasDeclaration,
  BitsDeclaration,
  ConstantValue,
  ConstDeclaration,
  EnumDeclaration,
  IntegerSubtype,
} from "../compiler/ir.ts";
import type { Module } from "./module.ts";
import { claim, constantName } from "./names.ts";
import { integer, quote } from "./writer.ts";

export function writeConst(module: Module, declaration: ConstDeclaration): void {
  const { body } = module;
  const { name } = module.names(declaration.name);
  const { type } = declaration;
  const isNamed = type.kind === "identifier";
  const isBigint = module.type(type) === "bigint" || (isNamed && is64Bits(subtypeOf(module, type.name)));
  const isBits = isNamed && module.declaration(type.name, "bits", "enum").kind === "bits";
  const annotation = isNamed ? `: ${module.typeName(type.name)}` : "";
  body.doc(declaration.doc, deprecation(declaration));
  body.line(`export const ${name}${annotation} = ${literal(declaration.value, isBigint, isBits ? 1 : 0)};`);
}

export function writeAlias(module: Module, declaration: AliasDeclaration): void {
  module.body.doc(declaration.doc, deprecation(declaration));
  module.body.line(`export type ${module.names(declaration.name).name} = ${module.type(declaration.type)};`);
}

/** Its values as a constant, its type, and its codec. */
export function writeEnum(module: Module, declaration: EnumDeclaration | BitsDeclaration): void {
  const { body } = module;
  const { kind, subtype, strict, members } = declaration;
  const { name, codec } = module.names(declaration.name);
  const isBigint = is64Bits(subtype);
  // Small numbers are read as numbers; addresses, ids and bits in hex, of one width.
  const largest = members.reduce((max, { value }) => (value > max ? value : max), 0n);
  const hexDigits = kind === "bits" ? 1 : largest >= 16n ? largest.toString(16).length : 0;
  const taken = new Set<string>();
  body.doc(declaration.doc, deprecation(declaration));
  if (members.length === 0) body.line(`export const ${name} = {} as const;`);
  else {
    body.block(
      `export const ${name} = {`,
      () => {
        for (const member of members) {
          body.doc(member.doc, deprecation(member));
          body.line(`${claimKey(taken, member.name)}: ${integer(member.value, isBigint, hexDigits)},`);
        }
      },
      "} as const;",
    );
  }
  const anyValue = isBigint ? "bigint" : "number";
  const type = kind === "bits" || !strict ? anyValue : `(typeof ${name})[keyof typeof ${name}]`;
  body.line(`export type ${name} = ${type};`);
  const make = module.runtime(`${strict ? "strict" : "flexible"}${kind === "bits" ? "Bits" : "Enum"}`);
  const args = [quote(declaration.name), module.runtime(subtype), name];
  const annotation = `${module.runtimeType("Codec")}<${name}>`;
  // The runtime's codec is of any number; it lets only the declared ones through.
  const end = type === anyValue ? ");" : `) as ${annotation};`;
  body.list(`export const ${codec}: ${annotation} = ${make}(`, args, end);
  module.wrote(declaration.name);
}

/** The tag of a doc comment for what should no longer be used. */
export function deprecation({ deprecated }: { readonly deprecated: string | null }): string[] {
  return deprecated === null ? [] : [`@deprecated ${deprecated}`.trim()];
}

function literal(value: ConstantValue, isBigint: boolean, hexDigits: number): string {
  if (typeof value === "string") return quote(value);
  if (typeof value === "bigint") return integer(value, isBigint, hexDigits);
  return Object.is(value, -0) ? "-0" : String(value);
}

function claimKey(taken: Set<string>, name: string): string {
  return claim(taken, constantName(name));
}

function subtypeOf(module: Module, name: string): IntegerSubtype {
  return module.declaration(name, "bits", "enum").subtype;
}

function is64Bits(subtype: IntegerSubtype): boolean {
  return subtype === "int64" || subtype === "uint64";
}
