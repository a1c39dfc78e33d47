import {
  type BindOptions,
  type BindProgram,
  compileBind,
  formatBindDiagnostic,
  type SourceText,
} from "../../src/bind/index.ts";

/** A library of every type of key, for programs here. */
export const GIZMO: SourceText = {
  name: "gizmo.bind",
  text: `library gizmo;
uint COUNT { ONE = 1, TWO = 0x2 };
string LABEL { RED = "red", QUOTED = "a \\"b\\" \\\\c" };
bool FAST { YES = true, NO = false };
enum SHAPE { ROUND, SQUARE };
uint OTHER;
extend uint fuchsia.BIND_PCI_VID { GIZMOTRONICS = 0x4242 };
`,
};

export const OPTIONS: BindOptions = { libraries: [GIZMO] };

/** Compiles rules that must be right, and must not be doubtful either. */
export function compiled(text: string, options: BindOptions = OPTIONS): BindProgram {
  const { program, diagnostics } = compileBind({ name: "test.bind", text }, options);
  if (program === undefined || diagnostics.length > 0)
    throw new Error(diagnostics.map(formatBindDiagnostic).join("\n"));
  return program;
}

/** `"E108 test.bind:2:10-13"`: each diagnostic with its place and the column behind it. */
export function diagnosticsOf(text: string, libraries: readonly SourceText[] = [GIZMO]): string[] {
  return compileBind({ name: "test.bind", text }, { libraries }).diagnostics.map(
    ({ code, file, line, column, length }) => `${code} ${file}:${line}:${column}-${column + length}`,
  );
}

/**
 * Takes the marks out of a text and says what they say: `«E108»` name `«/»` stands for a diagnostic E108 that points at the
 * name, and `«E006/»` for one that points at nothing, between two characters.
 */
export function unmarked(
  name: string,
  marked: string,
): { readonly text: string; readonly expected: string[] } {
  const expected: string[] = [];
  let text = "";
  let line = 1;
  let column = 1;
  let open: { code: string; line: number; column: number } | undefined;
  for (const piece of marked.match(/«[^»]*»|\n|[^«\n]/gu) ?? []) {
    if (piece.startsWith("«E")) open = { code: piece.slice(1, 5), line, column };
    if (piece.endsWith("/»")) {
      if (open === undefined) throw new Error("a mark that ends nothing");
      expected.push(`${open.code} ${name}:${open.line}:${open.column}-${column}`);
      open = undefined;
    }
    if (piece.startsWith("«")) continue;
    text += piece;
    line += piece === "\n" ? 1 : 0;
    column = piece === "\n" ? 1 : column + piece.length;
  }
  return { text, expected };
}

/** A program without what tells where and how it was written: what it means. */
export function meaning(program: BindProgram): unknown {
  return JSON.parse(
    JSON.stringify(program, (key, value) =>
      key === "at" || (key === "name" && program.kind === "rules") ? undefined : value,
    ),
  );
}
