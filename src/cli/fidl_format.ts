import { readFileSync, writeFileSync } from "node:fs";
import { type Diagnostic, format } from "../fidl/compiler/index.ts";
import { EXIT_FAILURE, EXIT_OK } from "./exit.ts";
import { fail, showDiagnostics } from "./fidl.ts";
import { filesAt } from "./fidl_files.ts";

export interface FidlFormatOptions {
  readonly write?: boolean;
  readonly check?: boolean;
}

/**
 * `zirconia fidl format`: prints files in canonical form; with `write` it puts them in place of the files, with `check` it only names those
 * that have another form. Returns the exit status.
 */
export function formatFiles(paths: readonly string[], { write, check }: FidlFormatOptions): number {
  const errors: Diagnostic[] = [];
  let others = 0;
  try {
    for (const name of paths.flatMap(filesAt)) {
      const before = readFileSync(name, "utf8");
      const { text, diagnostics } = format({ name, text: before });
      errors.push(...diagnostics);
      if (text === undefined) continue;
      if (!write && !check) process.stdout.write(text);
      else if (text !== before) {
        others++;
        console.log(name);
        if (write) writeFileSync(name, text);
      }
    }
  } catch (error) {
    return fail("format", error instanceof Error ? error.message : String(error), EXIT_FAILURE);
  }
  showDiagnostics(errors);
  return errors.length > 0 || (check && others > 0) ? EXIT_FAILURE : EXIT_OK;
}
