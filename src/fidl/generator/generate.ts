/**
 * TypeScript from FIDL: one module per library, with what a program needs to speak its protocols, and no more than the runtime to
 * import.
 *
 * | FIDL | TypeScript |
 * |---|---|
 * | const | `export const MAX_DEVICES = 64` |
 * | enum | `export const InterruptMode = { ... } as const`; its type is `number` if flexible, the declared values if strict |
 * | bits | likewise; its type is `number` |
 * | int64, uint64 | `bigint` |
 * | struct | `interface`; all members are there |
 * | table | `interface`; every member may be left out, or `undefined` |
 * | union | `{ kind: "vmo"; vmo: Handle } \| ...`; if flexible, `{ kind: "unknown"; ordinal: bigint }` too |
 * | optional | `\| undefined` |
 * | `vector<uint8>`, `array<uint8, N>` | `Uint8Array`; of anything else, a read-only array |
 * | client_end, server_end | `ClientEnd<"library/Protocol">`, `ServerEnd<...>` |
 * | protocol | `Device`, a value for `connect` and `offer`, with the interfaces `DeviceClient` and `DeviceServer` |
 *
 * Every struct, table, union, enum and bits also has a codec, by its name in capitals: `BAR`.
 */
import type { Declaration, Ir, Library } from "../compiler/ir.ts";
import { writeStruct, writeTable, writeUnion } from "./layouts.ts";
import { Module, Shared, type Specifiers } from "./module.ts";
import { libraryNamed } from "./names.ts";
import { writeProtocol, writeService } from "./protocols.ts";
import { writeAlias, writeConst, writeEnum } from "./values.ts";
import type { Writer } from "./writer.ts";

export interface GenerateOptions {
  /** Libraries to generate modules of; every one by default. */
  readonly libraries?: readonly string[];
  /** What modules import the runtime from. */
  readonly runtime?: string;
  /** What modules import another library's module from; `./<library>.ts` by default. */
  readonly specifierOf?: (library: string) => string;
}

export interface GeneratedModule {
  readonly library: string;
  /** `fuchsia.hardware.pci.ts`. */
  readonly file: string;
  readonly text: string;
}

/** From where programs outside this package import the runtime. */
export const RUNTIME = "zirconia/fidl/runtime";

/** The modules of libraries. Throws an Error for a library that is not in the IR. */
export function generate(ir: Ir, options: GenerateOptions = {}): GeneratedModule[] {
  const shared = new Shared(ir);
  const specifiers: Specifiers = {
    runtime: options.runtime ?? RUNTIME,
    library: options.specifierOf ?? ((library) => `./${library}.ts`),
  };
  const libraries = options.libraries ?? ir.libraries.map(({ name }) => name);
  return libraries.map((name) => {
    const library = libraryNamed(ir, name);
    const module = new Module(ir, library, shared, specifiers);
    let previous: Declaration | undefined;
    for (const declaration of inOrder(library)) {
      if (isSilent(module, declaration)) continue;
      if (previous === undefined || !isOneLine(previous) || !isOneLine(declaration)) module.body.gap();
      writeDeclaration(module, declaration);
      previous = declaration;
    }
    return {
      library: name,
      file: `${name}.ts`,
      text: module.finish((writer) => writeHeader(writer, library)),
    };
  });
}

function writeHeader(writer: Writer, library: Library): void {
  const files = new Set(library.declarations.map(({ location }) => location.file.replace(/^.*[\\/]/, "")));
  const source = files.size === 0 ? library.name : [...files].sort().join(", ");
  writer.line(`// Generated from ${source} by zirconia fidl compile; do not edit.`);
  writer.doc(`The FIDL library \`${library.name}\`.${library.doc === "" ? "" : `\n\n${library.doc}`}`);
}

/** Protocols after all that they can name, and services after all protocols. */
function inOrder({ declarations }: Library): Declaration[] {
  const last = (declaration: Declaration) =>
    declaration.kind === "service" ? 2 : declaration.kind === "protocol" ? 1 : 0;
  return [...declarations].sort((a, b) => last(a) - last(b));
}

/** What has no place of its own in TypeScript: protocols write their payloads themselves, and handles are the runtime's. */
function isSilent(module: Module, declaration: Declaration): boolean {
  const { kind } = declaration;
  return (
    kind === "resource" || (kind === "union" && declaration.isResult) || module.isPayloadOnly(declaration)
  );
}

function isOneLine({ kind, doc }: Declaration): boolean {
  return (kind === "const" || kind === "alias") && doc === "";
}

function writeDeclaration(module: Module, declaration: Declaration): void {
  switch (declaration.kind) {
    case "const":
      writeConst(module, declaration);
      break;
    case "alias":
      writeAlias(module, declaration);
      break;
    case "enum":
    case "bits":
      writeEnum(module, declaration);
      break;
    case "struct":
      writeStruct(module, declaration);
      break;
    case "table":
      writeTable(module, declaration);
      break;
    case "union":
      writeUnion(module, declaration);
      break;
    case "protocol":
      writeProtocol(module, declaration);
      break;
    case "service":
      writeService(module, declaration);
      break;
  }
}
