import {
  type Compiled,
  compile,
  type Diagnostic,
  formatDiagnostic,
  type Ir,
  parseVersion,
} from "../fidl/compiler/index.ts";
import { EXIT_FAILURE, EXIT_OK, EXIT_USAGE } from "./exit.ts";
import { type FidlProgram, readFidl } from "./fidl_files.ts";

/** Options of every `zirconia fidl` command that compiles. */
export interface FidlOptions {
  /** `["fuchsia:29"]` */
  readonly available: readonly string[];
  readonly modifiers: string;
}

/** `zirconia fidl check`. Returns the exit status. */
export function check(paths: readonly string[], options: FidlOptions & { readonly json?: boolean }): number {
  const result = compileFiles("check", paths, options);
  if (typeof result === "number") return result;
  const { ir, diagnostics } = result.compiled;
  if (options.json) console.log(JSON.stringify(diagnostics, undefined, 2));
  else {
    showDiagnostics(diagnostics);
    if (ir !== undefined)
      console.log(`no errors in ${counted(result.libraries.size, "library", "libraries")}`);
  }
  return ir === undefined ? EXIT_FAILURE : EXIT_OK;
}

/** `zirconia fidl ir`. Returns the exit status. */
export function ir(paths: readonly string[], options: FidlOptions & { readonly library?: string }): number {
  const result = compileFiles("ir", paths, options);
  if (typeof result === "number") return result;
  showDiagnostics(result.compiled.diagnostics);
  if (result.compiled.ir === undefined) return EXIT_FAILURE;
  const { libraries } = result.compiled.ir;
  const wanted = options.library === undefined ? result.libraries : new Set([options.library]);
  const chosen = libraries.filter(({ name }) => wanted.has(name));
  if (chosen.length === 0) {
    const known = libraries.map(({ name }) => name).join(", ");
    return fail("ir", `no library ${options.library}; there are: ${known}`, EXIT_FAILURE);
  }
  console.log(irAsJson(chosen));
  return EXIT_OK;
}

/** Numbers that can have 64 bits become strings, for JSON has none. */
function irAsJson(libraries: Ir["libraries"]): string {
  return JSON.stringify(
    libraries,
    (_key, value: unknown) => {
      if (typeof value === "bigint") return String(value);
      return value instanceof Map ? Object.fromEntries(value) : value;
    },
    2,
  );
}

/** Reads and compiles files and folders of them; an exit status if the command line or a file is at fault. */
export function compileFiles(
  command: string,
  paths: readonly string[],
  { available, modifiers }: FidlOptions,
): { readonly compiled: Compiled; readonly libraries: ReadonlySet<string> } | number {
  if (modifiers !== "required" && modifiers !== "modern" && modifiers !== "legacy")
    return fail(command, `no modifiers ${modifiers}; there are required, modern and legacy`, EXIT_USAGE);
  const versions: Record<string, string> = {};
  for (const given of available) {
    const [platform, version, ...rest] = given.split(":");
    if (!platform || !version || rest.length > 0 || parseVersion(version) === undefined)
      return fail(
        command,
        `--available is PLATFORM:VERSION, as in fuchsia:29 or fuchsia:HEAD, not ${given}`,
        EXIT_USAGE,
      );
    versions[platform] = version;
  }
  let program: FidlProgram;
  try {
    program = readFidl(paths);
  } catch (error) {
    return fail(command, error instanceof Error ? error.message : String(error), EXIT_FAILURE);
  }
  const { files, libraries } = program;
  return { compiled: compile(files, { available: versions, modifiers }), libraries };
}

/** They go to stderr, so that stdout is what was asked for. */
export function showDiagnostics(diagnostics: readonly Diagnostic[]): void {
  for (const diagnostic of diagnostics) console.error(formatDiagnostic(diagnostic));
  const errors = diagnostics.filter(({ severity }) => severity === "error").length;
  if (errors > 0) console.error(counted(errors, "error", "errors"));
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

export function fail(command: string, message: string, status: number): number {
  console.error(`zirconia fidl ${command}: ${message}`);
  return status;
}
