/** Structs, tables and unions: their types, and their codecs with the functions that make them fast. */
import type {
  OrdinalMember,
  StructDeclaration,
  TableDeclaration,
  Type,
  UnionDeclaration,
} from "../compiler/ir.ts";
import type { Module } from "./module.ts";
import { keysOf } from "./names.ts";
import { deprecation } from "./values.ts";
import { quote } from "./writer.ts";

/** A member with its key, and its codec as an expression. */
interface Coded<M> {
  readonly member: M;
  readonly key: string;
  readonly codec: string;
}

export function writeStruct(module: Module, declaration: StructDeclaration): void {
  const { name, codec } = module.names(declaration.name);
  writeStructType(module, declaration, name, true);
  writeStructCodec(module, declaration, name, codec, true);
  module.wrote(declaration.name);
}

/** The interface, also of a message's payload. */
export function writeStructType(
  module: Module,
  declaration: StructDeclaration,
  name: string,
  isExported: boolean,
): void {
  const { body } = module;
  const { members } = declaration;
  const prefix = isExported ? "export " : "";
  body.doc(declaration.doc, deprecation(declaration));
  if (members.length === 0) {
    body.line(`${prefix}type ${name} = Record<string, never>;`);
    return;
  }
  const keys = keysOf(members);
  body.block(
    `${prefix}interface ${name} {`,
    () => {
      for (const [i, member] of members.entries()) {
        body.doc(member.doc, deprecation(member));
        body.line(`readonly ${keys[i]}: ${module.type(member.type)};`);
      }
    },
    "}",
  );
}

export function writeStructCodec(
  module: Module,
  declaration: StructDeclaration,
  type: string,
  codec: string,
  isExported: boolean,
): void {
  const fields = coded(module, declaration.members);
  const args = fields.map(({ key, codec }) => `${key}: ${codec}`);
  writeLayout(module, { declaration, make: "struct", type, codec, isExported, args, fields }, () => {
    const { body } = module;
    body.block(
      "encode(e, o, v) {",
      () => {
        writeGuard(module, quote(declaration.name));
        for (const { member, key, codec } of fields)
          body.line(encodeAt(member.type, at(member.offset), codec, `v.${key}`));
      },
      "},",
    );
    body.block(
      "decode(d, o) {",
      () => {
        for (const { member } of fields) {
          const end = member.offset + member.type.shape.inlineSize;
          if (member.padding > 0) body.line(`d.padding(${at(end)}, ${member.padding});`);
        }
        const items = fields.map(
          ({ member, key, codec }) => `${key}: ${decodeAt(member.type, at(member.offset), codec)}`,
        );
        body.list("return {", items, "};", " ");
      },
      "},",
    );
  });
}

export function writeTable(module: Module, declaration: TableDeclaration): void {
  const { body } = module;
  const { members } = declaration;
  const { name, codec } = module.names(declaration.name);
  body.doc(declaration.doc, deprecation(declaration));
  if (members.length === 0) body.line(`export type ${name} = Record<string, never>;`);
  else {
    const keys = keysOf(members);
    body.block(
      `export interface ${name} {`,
      () => {
        for (const [i, member] of members.entries()) {
          body.doc(member.doc, deprecation(member));
          body.line(`readonly ${keys[i]}?: ${module.type(member.type)} | undefined;`);
        }
      },
      "}",
    );
  }
  const fields = coded(module, members);
  const args = fields.map(({ member, key, codec }) => `${key}: [${member.ordinal}, ${codec}]`);
  writeLayout(
    module,
    { declaration, make: "table", type: name, codec, isExported: true, args, fields },
    () => {
      writeTableFunctions(module, declaration, fields);
    },
  );
  module.wrote(declaration.name);
}

function writeTableFunctions(
  module: Module,
  declaration: TableDeclaration,
  fields: readonly Coded<OrdinalMember>[],
): void {
  const { body } = module;
  const last = fields.at(-1)!.member.ordinal;
  body.block(
    "encode(e, o, v) {",
    () => {
      writeGuard(module, quote(declaration.name));
      body.line("let max = 0;");
      for (const { member, key } of fields) body.when(`v.${key} !== undefined`, `max = ${member.ordinal};`);
      body.line("const t = e.enterTable(o, max);");
      for (const { member, key, codec } of fields)
        body.when(`v.${key} !== undefined`, `e.envelope(${envelope(member.ordinal)}, ${codec}, v.${key});`);
      body.line("e.leave();");
    },
    "},",
  );
  body.block(
    "decode(d, o) {",
    () => {
      body.line("const t = d.enterTable(o);");
      body.line("const n = d.envelopes;");
      // One after the other, for what lies out of line comes in this order.
      let ordinal = 1;
      for (const { member, codec } of fields) {
        for (; ordinal < member.ordinal; ordinal++)
          body.line(`if (n >= ${ordinal}) d.unknownEnvelope(${envelope(ordinal)});`);
        const value = `d.optionalEnvelope(${envelope(ordinal)}, ${codec})`;
        body.choice(`const m${ordinal}`, `n >= ${ordinal}`, value, "undefined");
        ordinal++;
      }
      body.line(`d.leaveTable(t, n, ${last});`);
      body.list(
        "return {",
        fields.map(({ member, key }) => `${key}: m${member.ordinal}`),
        "};",
        " ",
      );
    },
    "},",
  );
}

export function writeUnion(module: Module, declaration: UnionDeclaration): void {
  const { members, strict } = declaration;
  const { name, codec } = module.names(declaration.name);
  // `kind` tells members apart, and `unknown` is what it says of those that are not declared.
  const keys = keysOf(members, ["kind", "unknown"]);
  writeUnionType(module, declaration, name, keys);
  const fields = coded(module, members, keys);
  const args = fields.map(({ member, key, codec }) => `${key}: [${member.ordinal}, ${codec}]`);
  const make = strict ? "strictUnion" : "flexibleUnion";
  writeLayout(module, { declaration, make, type: name, codec, isExported: true, args, fields }, () => {
    writeUnionFunctions(module, declaration, fields);
  });
  module.wrote(declaration.name);
}

function writeUnionType(
  module: Module,
  declaration: UnionDeclaration,
  name: string,
  keys: readonly string[],
): void {
  const { body } = module;
  const { members, strict } = declaration;
  const variants = members.map(
    ({ type }, i) => `{ readonly kind: ${quote(keys[i]!)}; readonly ${keys[i]}: ${module.type(type)} }`,
  );
  if (!strict) variants.push(module.runtimeType("UnknownVariant"));
  const isDocumented = members.some(({ doc, deprecated }) => doc !== "" || deprecated !== null);
  body.doc(declaration.doc, deprecation(declaration));
  const line = `export type ${name} = ${variants.join(" | ") || "never"};`;
  if (!isDocumented && body.fits(line)) {
    body.line(line);
    return;
  }
  body.block(`export type ${name} =`, () => {
    for (const [i, variant] of variants.entries()) {
      const member = members[i];
      if (member !== undefined) body.doc(member.doc, deprecation(member));
      body.line(`| ${variant}${i === variants.length - 1 ? ";" : ""}`);
    }
  });
}

function writeUnionFunctions(
  module: Module,
  { name, strict }: UnionDeclaration,
  fields: readonly Coded<OrdinalMember>[],
): void {
  const { body } = module;
  const label = quote(name);
  const choose = (what: string, cases: readonly (readonly [label: string, result: string])[]) => {
    body.block(
      `switch (${what}) {`,
      () => {
        for (const [label, result] of cases) body.block(`${label}:`, () => body.line(`return ${result};`));
      },
      "}",
    );
  };
  body.block(
    "encode(e, o, v) {",
    () => {
      writeGuard(module, label);
      choose("v.kind", [
        ...fields.map(({ member, key, codec }) => {
          const result = `e.union(o, ${member.ordinal}, ${codec}, v.${key})`;
          return [`case ${quote(key)}`, result] as const;
        }),
        ["default", `e.unknownVariant(o, v, ${label})`],
      ]);
    },
    "},",
  );
  body.block(
    "decode(d, o) {",
    () => {
      choose("d.unionOrdinal(o)", [
        ...fields.map(({ member, key, codec }) => {
          const result = `{ kind: ${quote(key)}, ${key}: d.envelope(o + 8, ${codec}) }`;
          return [`case ${member.ordinal}`, result] as const;
        }),
        ["default", strict ? `d.strictVariant(o, ${label})` : "d.unknownVariant(o)"],
      ]);
    },
    "},",
  );
}

interface Layout {
  readonly declaration: { readonly name: string };
  /** The runtime's function. */
  readonly make: "struct" | "table" | "strictUnion" | "flexibleUnion";
  readonly type: string;
  readonly codec: string;
  readonly isExported: boolean;
  /** Of the runtime's function: `barId: uint32`. */
  readonly args: readonly string[];
  readonly fields: readonly Coded<{ readonly name: string }>[];
}

/** The constant that is the codec; `functions` writes the two functions that encode and decode. */
function writeLayout(module: Module, layout: Layout, functions: () => void): void {
  const { body } = module;
  const { declaration, make, type, codec, isExported, args, fields } = layout;
  // A union's type says its variants, of which the runtime makes its members, unless there are none.
  const isUnion = make === "strictUnion" || make === "flexibleUnion";
  const generic = !isUnion ? `<${type}>` : fields.length === 0 ? "<Record<never, never>>" : "";
  const constant = isExported
    ? `export const ${codec}: ${module.runtimeType("Codec")}<${type}>`
    : `const ${codec}`;
  const call = `${module.runtime(make)}${generic}(`;
  const line = `${constant} = ${call}`;
  const label = quote(declaration.name);
  // Nothing to be fast at.
  if (fields.length === 0) {
    body.list(line, [label, "{}"], ");");
    return;
  }
  // What the runtime would not guess from the key.
  const names = fields
    .filter(({ key, member }) => snakeCase(key) !== member.name)
    .map(({ key, member }) => `${key}: ${quote(member.name)}`);
  const write = (head: string) =>
    body.block(
      head,
      () => {
        body.line(`${label},`);
        body.list("{", args, "},", " ");
        body.block("{", functions, "},");
        if (names.length > 0) body.list("{", names, "},", " ");
      },
      ");",
    );
  if (body.fits(line)) write(line);
  else body.block(`${constant} =`, () => write(call));
}

/** Leaves `encode` for a value that is no object. */
function writeGuard({ body }: Module, label: string): void {
  body.when(`!e.object(o, v, ${label})`, "return;");
}

/** Members with their keys and codecs; codecs that have no name yet are written. */
function coded<M extends { readonly name: string; readonly type: Type }>(
  module: Module,
  members: readonly M[],
  keys: readonly string[] = keysOf(members),
): Coded<M>[] {
  return members.map((member, i) => ({ member, key: keys[i]!, codec: module.codec(member.type) }));
}

/** A statement: primitives are written in place, everything else by its codec. */
function encodeAt(type: Type, offset: string, codec: string, value: string): string {
  return type.kind === "primitive"
    ? `e.${type.subtype}(${offset}, ${value});`
    : `${codec}.encode(e, ${offset}, ${value});`;
}

function decodeAt(type: Type, offset: string, codec: string): string {
  return type.kind === "primitive" ? `d.${type.subtype}(${offset})` : `${codec}.decode(d, ${offset})`;
}

/** `o + 8`: bytes from where the layout begins. */
function at(offset: number): string {
  return offset === 0 ? "o" : `o + ${offset}`;
}

/** Where in a table's envelopes that of an ordinal is. */
function envelope(ordinal: number): string {
  return ordinal === 1 ? "t" : `t + ${8 * (ordinal - 1)}`;
}

/** How the runtime makes a FIDL name of a key. */
function snakeCase(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
