/** Programs for threads, made of the sources as they are: Node 20 runs no TypeScript, and a thread is none of Vitest's. */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { rolldown } from "rolldown";

const root = fileURLToPath(new URL("../..", import.meta.url));
const FOLDERS = ["test/remote/programs", "test/framework/programs", "src/drivers"];
const ENTRY = "src/framework/worker_host/driver_host.ts";

let built: Promise<string> | undefined;

/** Where the program of this name is. They share one copy of the library, as a driver and its host do. */
export async function workerProgram(name: string): Promise<URL> {
  built ??= build();
  return pathToFileURL(join(await built, `${name}.js`));
}

async function build(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "zirconia-programs-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  const input = Object.fromEntries(
    [ENTRY, ...FOLDERS.flatMap(programsIn)].map((path) => [basename(path, ".ts"), join(root, path)]),
  );
  const bundle = await rolldown({
    input,
    platform: "node",
    external: ["koffi"],
    transform: { target: "es2023" },
  });
  await bundle.write({ dir: folder, format: "esm" });
  await bundle.close();
  return folder;
}

function programsIn(folder: string): string[] {
  return readdirSync(join(root, folder))
    .filter((name) => name.endsWith(".ts"))
    .map((name) => join(folder, name));
}
