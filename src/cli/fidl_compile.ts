import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { generate } from "../fidl/generator/generate.ts";
import { EXIT_FAILURE, EXIT_OK } from "./exit.ts";
import { compileFiles, type FidlOptions, fail, showDiagnostics } from "./fidl.ts";

export interface FidlCompileOptions extends FidlOptions {
  readonly out: string;
  readonly library?: string;
  readonly runtime?: string;
  readonly json?: boolean;
}

/**
 * `zirconia fidl compile`: writes a TypeScript module for each library that was given. What they import is imported: from beside them if
 * it was given too, from this package if it comes with it. Returns the exit status.
 */
export function compileToTypeScript(paths: readonly string[], options: FidlCompileOptions): number {
  const result = compileFiles("compile", paths, options);
  if (typeof result === "number") return result;
  const { compiled, libraries } = result;
  showDiagnostics(compiled.diagnostics);
  if (compiled.ir === undefined) return EXIT_FAILURE;
  const { library } = options;
  if (library !== undefined && !libraries.has(library)) {
    const known = [...libraries].join(", ") || "none";
    return fail("compile", `no library ${library}; given are: ${known}`, EXIT_FAILURE);
  }
  const modules = generate(compiled.ir, {
    libraries: library === undefined ? [...libraries] : [library],
    ...(options.runtime === undefined ? {} : { runtime: options.runtime }),
    specifierOf: (name) => (libraries.has(name) ? `./${name}.ts` : `zirconia/fidl/${name}`),
  });
  try {
    mkdirSync(options.out, { recursive: true });
    const written = modules.map(({ library, file, text }) => {
      const path = join(options.out, file);
      const isNew = text !== previous(path);
      if (isNew) writeFileSync(path, text);
      return { library, path, isNew };
    });
    if (options.json) console.log(JSON.stringify(written, undefined, 2));
    else for (const { path, isNew } of written) console.log(isNew ? path : `${path} (as it was)`);
    return EXIT_OK;
  } catch (error) {
    return fail("compile", error instanceof Error ? error.message : String(error), EXIT_FAILURE);
  }
}

function previous(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
