import {
  type CompileOptions,
  compile,
  type Declaration,
  formatDiagnostic,
  type Ir,
  type SourceText,
} from "../../../src/fidl/compiler/index.ts";

/** The parts of `zx` that programs here use. */
export const ZX = `library zx;
type ObjType = strict enum : uint32 { NONE = 0; VMO = 3; CHANNEL = 4; INTERRUPT = 9; };
type Rights = strict bits : uint32 { DUPLICATE = 1; TRANSFER = 2; READ = 4; WRITE = 8; };
resource_definition Handle : uint32 { properties { subtype ObjType; rights Rights; }; };
alias Status = int32;
`;

/** A program as files: its first library is `example` unless it says otherwise; `zx` is there if it is imported. */
export function filesOf(program: string): SourceText[] {
  const parts = program.split(/^---\n/m).map((part) => part.replace(/^\n/, ""));
  const files = parts.map((part, index) => {
    const name = index === 0 ? "example.fidl" : `other${index}.fidl`;
    return {
      name,
      text: /^(?:«\d+»)?library /m.test(part) ? part : `library example;\n${part}`,
    };
  });
  if (files.some(({ text }) => text.includes("using zx"))) files.push({ name: "zx.fidl", text: ZX });
  return files;
}

const MODERN = { modifiers: "modern" } as const;

/** Compiles a program that must be right. */
export function compiled(program: string, options: CompileOptions = MODERN): Ir {
  const { ir, diagnostics } = compile(filesOf(program), options);
  if (ir === undefined || diagnostics.length > 0)
    throw new Error(diagnostics.map(formatDiagnostic).join("\n"));
  return ir;
}

export function declared<K extends Declaration["kind"]>(
  ir: Ir,
  name: string,
  kind: K,
): Extract<Declaration, { kind: K }> {
  const found = ir.declarations.get(name.includes("/") ? name : `example/${name}`);
  if (found?.kind !== kind) throw new Error(`${name} is ${found?.kind}, not ${kind}`);
  return found as Extract<Declaration, { kind: K }>;
}

/** `"fi-0052 example.fidl:2:10-13"`: each diagnostic with its place and the column behind it. */
export function diagnosticsOf(
  program: string | readonly SourceText[],
  options: CompileOptions = MODERN,
): string[] {
  return compile(typeof program === "string" ? filesOf(program) : program, options).diagnostics.map(
    ({ code, file, line, column, length }) => `${code} ${file}:${line}:${column}-${column + length}`,
  );
}

/**
 * Takes the marks out of a program and says what they say: `«1»` text `«/»` stands for a diagnostic fi-0001 that points at the text,
 * `«1,2»` for two of them, and `«1/»` for one that points at nothing, between two characters.
 */
export function unmarked(program: string): { files: SourceText[]; expected: string[] } {
  const expected: string[] = [];
  const files = filesOf(program).map(({ name, text }) => {
    let line = 1;
    let column = 1;
    const open: { codes: string[]; line: number; column: number }[] = [];
    const close = () => {
      const { codes, ...start } = open.pop()!;
      for (const code of codes)
        expected.push(`fi-${code.padStart(4, "0")} ${name}:${start.line}:${start.column}-${column}`);
    };
    const clean = text.replaceAll(
      /«([\d,]+)(\/?)»|«\/»|\n|./gsu,
      (piece, codes?: string, isEmpty?: string) => {
        if (codes !== undefined) open.push({ codes: codes.split(","), line, column });
        if (isEmpty === "/" || piece === "«/»") close();
        if (piece.startsWith("«")) return "";
        if (piece === "\n") {
          line++;
          column = 1;
        } else column += piece.length;
        return piece;
      },
    );
    return { name, text: clean };
  });
  return { files, expected };
}
