import { Fi, type FiCode, WARNINGS } from "./codes.ts";
import type { Location } from "./ir.ts";
import type { Span } from "./source.ts";

/** Something wrong, or doubtful, in a program. Plain data: it can be sent to an editor as it is. */
export interface Diagnostic extends Location {
  /** `"fi-0052"`: Fuchsia's catalogue number; from `fi-1001` on our own. */
  readonly code: string;
  readonly severity: "error" | "warning";
  readonly message: string;
  /** Where it starts in the file's text, and how long it is, in UTF-16 units. */
  readonly offset: number;
  readonly length: number;
  /** The line that `line` says. */
  readonly excerpt: string;
}

/** As many errors as a person will read; a file of garbage could give one for each of its bytes. */
const MAX_DIAGNOSTICS = 200;

/** Collects the diagnostics of one compilation. */
export class Reporter {
  readonly diagnostics: Diagnostic[] = [];
  #errors = 0;

  get errors(): number {
    return this.#errors;
  }

  report(code: FiCode, span: Span, message: string): void {
    const severity = WARNINGS.has(code) ? "warning" : "error";
    if (severity === "error") this.#errors++;
    if (this.diagnostics.length > MAX_DIAGNOSTICS) return;
    if (this.diagnostics.length === MAX_DIAGNOSTICS) {
      this.#errors++;
      this.diagnostics.push(
        diagnosticAt(Fi.TOO_MANY_ERRORS, "error", span, "there are more errors from here on"),
      );
    } else this.diagnostics.push(diagnosticAt(code, severity, span, message));
  }
}

function diagnosticAt(
  code: FiCode,
  severity: Diagnostic["severity"],
  { file, start, end }: Span,
  message: string,
): Diagnostic {
  const { line, column } = file.position(start);
  return Object.freeze({
    code: `fi-${String(code).padStart(4, "0")}`,
    severity,
    message,
    file: file.name,
    line,
    column,
    offset: start,
    length: end - start,
    excerpt: file.line(line),
  });
}

const COLUMNS = 96;

/**
 * A diagnostic as text:
 *
 *     pci.fidl:7:10: error: cannot find 'Bra' in library example [fi-0052]
 *         result Bra;
 *                ^~~
 */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  const { file, line, column, severity, message, code } = diagnostic;
  const head = `${file}:${line}:${column}: ${severity}: ${message} [${code}]`;
  // Of a long line only the surroundings of the place are shown.
  const from = column > COLUMNS ? column - COLUMNS / 2 : 0;
  const shown = printable(diagnostic.excerpt.slice(from, from + COLUMNS));
  const before = shown.slice(0, column - 1 - from);
  // Tabs stay tabs, so that the caret stands under its character however wide they are.
  const indent = before.replaceAll(/[^\t]/g, " ");
  const width = Math.max(1, Math.min(diagnostic.length, shown.length - before.length));
  return `${head}\n    ${shown}\n    ${indent}^${"~".repeat(width - 1)}`;
}

/** Without what a terminal would obey. */
function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, (control) => (control === "\t" ? control : " "));
}
