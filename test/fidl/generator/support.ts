import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { compile, formatDiagnostic, type Ir } from "../../../src/fidl/compiler/index.ts";
import { generate } from "../../../src/fidl/generator/generate.ts";

export const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

/** The libraries in `fidl/`. */
export const OWN_FILES = readdirSync(join(ROOT, "fidl"))
  .filter((name) => name.endsWith(".fidl"))
  .map((name) => ({ name, text: readFileSync(join(ROOT, "fidl", name), "utf8") }));

export const ZX = OWN_FILES.find(({ name }) => name === "zx.fidl")!;

/** Compiles a library that may use `zx`; throws what is wrong with it. */
export function irOf(text: string): Ir {
  const { ir, diagnostics } = compile([{ name: "test.fidl", text }, ZX]);
  if (ir === undefined) throw new Error(diagnostics.map(formatDiagnostic).join("\n"));
  return ir;
}

/** The module of a library that may use `zx`. */
export function moduleOf(text: string): string {
  const ir = irOf(text);
  const library = /library ([a-z0-9.]+);/.exec(text)![1]!;
  return generate(ir, { libraries: [library] })[0]!.text;
}

/** A folder with generated modules and programs that use them, as somebody outside this package would have it. */
export class Project {
  readonly folder = mkdtempSync(join(tmpdir(), "zirconia-fidl-"));

  /** Writes the modules of all libraries of an IR. */
  generate(ir: Ir): this {
    for (const { file, text } of generate(ir, { runtime: this.pathOf("src/fidl/runtime/index.ts") }))
      this.write(file, text);
    return this;
  }

  write(name: string, text: string): this {
    writeFileSync(join(this.folder, name), text);
    return this;
  }

  /** A file of this package, as a module of the project imports it. */
  pathOf(file: string): string {
    return relative(this.folder, join(ROOT, file));
  }

  /** What the TypeScript compiler has against the project, with all that this package is strict about. */
  typeErrors(): string {
    this.write("package.json", '{ "type": "module" }');
    this.write(
      "tsconfig.json",
      JSON.stringify({
        extends: join(ROOT, "tsconfig.json"),
        compilerOptions: { typeRoots: [join(ROOT, "node_modules/@types")] },
        include: ["*.ts"],
      }),
    );
    const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
    const { stdout } = spawnSync(process.execPath, [tsc, "-p", this.folder], { encoding: "utf8" });
    // Of the project only: the sources that it imports have a check of their own.
    const lines = stdout.split("\n").filter((line) => /\berror TS/.test(line) && !/^[./]*src\//.test(line));
    return lines.filter((line) => !line.startsWith(relative(process.cwd(), join(ROOT, "src")))).join("\n");
  }

  /** Loads a module of the project. */
  async import(name: string): Promise<Record<string, unknown>> {
    return import(/* @vite-ignore */ join(this.folder, name));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}
