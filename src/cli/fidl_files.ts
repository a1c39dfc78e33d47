import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The libraries that come with this package: one file each, called after the library. */
export const OWN_LIBRARIES = fileURLToPath(new URL("../../fidl/", import.meta.url));

export interface FidlFile {
  readonly name: string;
  readonly text: string;
}

export interface FidlProgram {
  /** What was asked for, and then the libraries of this package that it imports. */
  readonly files: FidlFile[];
  /** Names of the libraries that were asked for. */
  readonly libraries: ReadonlySet<string>;
}

/**
 * Reads `.fidl` files, and all such files in folders. What they import and nobody gave is taken from this package's own libraries, as
 * far as it is there. Throws the file system's errors.
 */
export function readFidl(paths: readonly string[]): FidlProgram {
  const files = paths.flatMap(filesAt).map((name) => ({ name, text: readFileSync(name, "utf8") }));
  const libraries = new Set(files.flatMap(({ text }) => libraryOf(text)));
  const known = new Set(libraries);
  for (const file of files) {
    for (const library of importsOf(file.text)) {
      const name = join(OWN_LIBRARIES, `${library}.fidl`);
      if (known.has(library) || !existsSync(name)) continue;
      known.add(library);
      // The loop goes on to this one, and to what it imports itself.
      files.push({ name, text: readFileSync(name, "utf8") });
    }
  }
  return { files, libraries };
}

/** A file, or the `.fidl` files of a folder. Throws the file system's errors. */
export function filesAt(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .filter((name) => name.endsWith(".fidl"))
    .sort()
    .map((name) => join(path, name));
}

function libraryOf(text: string): string[] {
  const name = /^\s*library\s+([a-z][a-z0-9.]*)\s*;/m.exec(text)?.[1];
  return name === undefined ? [] : [name];
}

function importsOf(text: string): string[] {
  return [...text.matchAll(/^\s*using\s+([a-z][a-z0-9.]*)/gm)].map(([, name]) => name!);
}
