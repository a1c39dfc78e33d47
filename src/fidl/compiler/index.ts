/** The FIDL compiler: `.fidl` text in, data out. It runs anywhere, a browser included. */
export { type Compiled, type CompileOptions, compile } from "./compile.ts";
export { type Diagnostic, formatDiagnostic } from "./diagnostic.ts";
export { type Formatted, format } from "./format.ts";
export * from "./ir.ts";
export { camelCase, canonicalName, libraryOf, pascalCase, shortName, upperSnakeCase } from "./names.ts";
export type { SourceText } from "./source.ts";
export { parseVersion } from "./versions.ts";
