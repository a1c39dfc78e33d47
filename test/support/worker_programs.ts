/** Programs for threads, made of the sources as they are: Node 20 runs no TypeScript, and a thread is none of Vitest's. */
import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { rolldown } from "rolldown";
import { inject } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const FOLDERS = ["test/remote/programs", "test/framework/programs", "src/drivers"];
const ENTRY = "src/framework/worker_host/driver_host.ts";

let built: Promise<void> | undefined;

/** Where the program of this name is. They share one copy of the library, as a driver and its host do. */
export async function workerProgram(name: string): Promise<URL> {
  const folder = inject("programs");
  built ??= existsSync(folder) ? Promise.resolve() : build(folder);
  await built;
  return pathToFileURL(join(folder, `${name}.js`));
}

async function build(folder: string): Promise<void> {
  const input = Object.fromEntries(
    [ENTRY, ...FOLDERS.flatMap(programsIn)].map((path) => [basename(path, ".ts"), join(root, path)]),
  );
  const bundle = await rolldown({
    input,
    platform: "node",
    external: ["koffi"],
    transform: { target: "es2023" },
  });
  const own = mkdtempSync(`${folder}-`);
  await bundle.write({ dir: own, format: "esm" });
  await bundle.close();
  try {
    renameSync(own, folder);
  } catch (error) {
    // Another test file has built the same meanwhile.
    if (!existsSync(folder)) throw error;
    rmSync(own, { recursive: true });
  }
}

function programsIn(folder: string): string[] {
  return readdirSync(join(root, folder))
    .filter((name) => name.endsWith(".ts"))
    .map((name) => join(folder, name));
}
