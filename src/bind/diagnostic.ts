import { type BindCode, Code } from "./codes.ts";
import type { SourceFile, Span } from "./source.ts";

/** Something wrong, or doubtful, in bind rules or a bind library. Plain data. */
export interface BindDiagnostic {
  readonly code: BindCode;
  readonly severity: "error" | "warning";
  readonly message: string;
  readonly file: string;
  /** From 1; columns in UTF-16 units. */
  readonly line: number;
  readonly column: number;
  /** Where it starts in the file's text, and how long it is, in UTF-16 units. */
  readonly offset: number;
  readonly length: number;
  /** The line that `line` says. */
  readonly excerpt: string;
}

const MAX_DIAGNOSTICS = 100;

/** Collects the diagnostics of one compilation. */
export class Reporter {
  readonly diagnostics: BindDiagnostic[] = [];
  readonly #places = new Map<SourceFile, Set<number>>();
  #errors = 0;

  get errors(): number {
    return this.#errors;
  }

  /** Nothing more is kept: there is no use in reading on. */
  get isFull(): boolean {
    return this.diagnostics.length > MAX_DIAGNOSTICS;
  }

  /** At one place only the first error is kept: what follows is most often its echo. */
  error(code: BindCode, span: Span, message: string): void {
    this.#errors++;
    const places = this.#places.get(span.file) ?? new Set();
    if (places.has(span.start)) return;
    this.#places.set(span.file, places.add(span.start));
    this.#add(code, "error", span, message);
  }

  warn(code: BindCode, span: Span, message: string): void {
    this.#add(code, "warning", span, message);
  }

  #add(code: BindCode, severity: BindDiagnostic["severity"], span: Span, message: string): void {
    const { length } = this.diagnostics;
    if (length > MAX_DIAGNOSTICS) return;
    if (length < MAX_DIAGNOSTICS) this.diagnostics.push(diagnosticAt(code, severity, span, message));
    else {
      this.#errors++;
      this.diagnostics.push(diagnosticAt(Code.TOO_MANY_ERRORS, "error", span, "there is more from here on"));
    }
  }
}

function diagnosticAt(
  code: BindCode,
  severity: BindDiagnostic["severity"],
  { file, start, end }: Span,
  message: string,
): BindDiagnostic {
  const { line, column } = file.position(start);
  const excerpt = file.line(line);
  return {
    code,
    severity,
    message,
    file: file.name,
    line,
    column,
    offset: start,
    length: end - start,
    excerpt,
  };
}

const SHOWN = 96;

/**
 * A diagnostic as text:
 *
 *     edu.bind:3:25: error: `fuchsia.pci.BIND_PCI_VID.EDU` is not declared [E108]
 *         fuchsia.BIND_PCI_VID == fuchsia.pci.BIND_PCI_VID.EDU;
 *                                 ^~~~~~~~~~~~~~~~~~~~~~~~~~~~
 */
export function formatBindDiagnostic(diagnostic: BindDiagnostic): string {
  const { file, line, column, severity, message, code, excerpt, length } = diagnostic;
  // Of a long line only the surroundings of the place are shown.
  const from = column > SHOWN ? column - SHOWN / 2 : 0;
  const shown = printable(excerpt.slice(from, from + SHOWN));
  const before = shown.slice(0, column - 1 - from);
  // Tabs stay tabs, so that the caret stands under its character however wide they are.
  const indent = before.replaceAll(/[^\t]/g, " ");
  const tail = "~".repeat(Math.max(0, Math.min(length, shown.length - before.length) - 1));
  return `${file}:${line}:${column}: ${severity}: ${printable(message)} [${code}]\n    ${shown}\n    ${indent}^${tail}`;
}

/** Without what a terminal would obey. */
function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, (control) => (control === "\t" ? control : " "));
}
