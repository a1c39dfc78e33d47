import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** What `npm install` would do in a project that `zirconia new` has made, with what is installed here. */
export function install(project: string): void {
  const modules = join(project, "node_modules");
  mkdirSync(modules);
  for (const name of ["typescript", "vitest", "@types"])
    symlinkSync(join(ROOT, "node_modules", name), join(modules, name));
  symlinkSync(ROOT, join(modules, "zirconia"));
}

/** Runs a tool of the project; its output. Throws if it fails. */
export function runTool(project: string, tool: "tsc" | "vitest", ...args: string[]): string {
  const script = tool === "tsc" ? "typescript/bin/tsc" : "vitest/vitest.mjs";
  return execFileSync(process.execPath, [join(project, "node_modules", script), ...args], {
    cwd: project,
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1", VITEST: undefined },
  });
}
