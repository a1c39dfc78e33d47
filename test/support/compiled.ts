import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** The sources as JavaScript, for tests that need processes of their own (Node 20 runs no TypeScript). */
export class CompiledSources {
  readonly folder = mkdtempSync(join(tmpdir(), "zirconia-compiled-"));
  #scripts = 0;

  constructor() {
    const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
    const options = ["-p", join(ROOT, "tsconfig.build.json"), "--outDir", this.folder];
    const skipped = ["--declaration", "false", "--declarationMap", "false", "--sourceMap", "false"];
    // Its exit code tells of types, which are not this one's business.
    const { stdout } = spawnSync(process.execPath, [tsc, ...options, ...skipped], { encoding: "utf8" });
    if (!existsSync(join(this.folder, "machine"))) throw new Error(`tsc made nothing: ${stdout}`);
    writeFileSync(join(this.folder, "package.json"), '{ "type": "module" }');
    symlinkSync(join(ROOT, "node_modules"), join(this.folder, "node_modules"));
  }

  /** Path of a new script beside the compiled sources, which it imports as `./machine/...`. */
  script(text: string): string {
    const path = join(this.folder, `script-${this.#scripts++}.js`);
    writeFileSync(path, text);
    return path;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}
